/* wasi:config, wasi:logging and wasi:keyvalue; see wasi_http.h for how to read
 * them. */
#ifndef SERVICES_H
#define SERVICES_H

#include "guest.h"
#include "wasi_more.h"

#define SERVICE_IMPORT(interface, name)                                        \
    __attribute__((import_module("wasi:" interface), import_name(name))) extern

/* ---- wasi:config, three ways --------------------------------------------- */

typedef struct {
    uint8_t is_err;
    union {
        wasi_option_string ok;
        struct {
            uint8_t tag;
            wasi_bytes text;
        } err;
    };
} config_result_value;

typedef struct {
    uint8_t is_err;
    union {
        wasi_variable_list ok;
        struct {
            uint8_t tag;
            wasi_bytes text;
        } err;
    };
} config_result_all;

SERVICE_IMPORT("config/store@0.2.0-rc.1", "get")
void config_get(const char *key, size_t length, config_result_value *result);
SERVICE_IMPORT("config/store@0.2.0-rc.1", "get-all")
void config_get_all(config_result_all *result);
SERVICE_IMPORT("config/store@0.2.0-draft", "get")
void config_draft_get(const char *key, size_t length,
                      config_result_value *result);
SERVICE_IMPORT("config/runtime@0.2.0-draft", "get")
void config_runtime_get(const char *key, size_t length,
                        config_result_value *result);
SERVICE_IMPORT("config/runtime@0.2.0-draft", "get-all")
void config_runtime_get_all(config_result_all *result);

/* ---- wasi:logging -------------------------------------------------------- */

SERVICE_IMPORT("logging/logging", "log")
void logging_log(int32_t level, const char *context, size_t context_length,
                 const char *message, size_t length);
SERVICE_IMPORT("logging/logging@0.1.0-draft", "log")
void logging_draft_log(int32_t level, const char *context,
                       size_t context_length, const char *message,
                       size_t length);

/* ---- wasi:keyvalue, what its drafts have in common ----------------------- */

typedef struct {
    uint8_t tag;
    wasi_bytes text;
} kv_error;

typedef struct {
    uint8_t is_err;
    union {
        int32_t ok;
        kv_error err;
    };
} kv_result_handle;

typedef struct {
    uint8_t is_err;
    union {
        wasi_option_string ok;
        kv_error err;
    };
} kv_result_option;

typedef struct {
    uint8_t is_err;
    kv_error err;
} kv_result_void;

typedef struct {
    uint8_t is_err;
    union {
        uint8_t ok;
        kv_error err;
    };
} kv_result_bool;

typedef struct {
    uint8_t is_err;
    union {
        uint64_t ok;
        kv_error err;
    };
} kv_result_number;

typedef struct {
    uint8_t is_err;
    union {
        struct {
            wasi_bytes_list keys;
            uint8_t some;
            uint64_t cursor;
        } ok;
        kv_error err;
    };
} kv1_result_keys;

typedef struct {
    uint8_t is_err;
    union {
        struct {
            wasi_bytes_list keys;
            wasi_option_string cursor;
        } ok;
        kv_error err;
    };
} kv2_result_keys;

typedef struct {
    uint8_t is_err;
    union {
        struct {
            struct {
                uint8_t some;
                wasi_bytes key;
                wasi_bytes value;
            } *ptr;
            size_t len;
        } ok;
        kv_error err;
    };
} kv1_result_many;

typedef struct {
    uint8_t is_err;
    union {
        struct {
            struct {
                wasi_bytes key;
                wasi_option_string value;
            } *ptr;
            size_t len;
        } ok;
        kv_error err;
    };
} kv2_result_many;

/* ---- wasi:keyvalue at 0.2.0-draft --------------------------------------- */

SERVICE_IMPORT("keyvalue/store@0.2.0-draft", "open")
void kv1_open(const char *name, size_t length, kv_result_handle *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft", "[resource-drop]bucket")
void kv1_drop(int32_t bucket);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft", "[method]bucket.get")
void kv1_get(int32_t self, const char *key, size_t length,
             kv_result_option *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft", "[method]bucket.set")
void kv1_set(int32_t self, const char *key, size_t length, const char *value,
             size_t value_length, kv_result_void *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft", "[method]bucket.delete")
void kv1_delete(int32_t self, const char *key, size_t length,
                kv_result_void *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft", "[method]bucket.exists")
void kv1_exists(int32_t self, const char *key, size_t length,
                kv_result_bool *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft", "[method]bucket.list-keys")
void kv1_list_keys(int32_t self, int32_t some, int64_t cursor,
                   kv1_result_keys *result);
SERVICE_IMPORT("keyvalue/atomics@0.2.0-draft", "increment")
void kv1_increment(int32_t bucket, const char *key, size_t length,
                   uint64_t delta, kv_result_number *result);
SERVICE_IMPORT("keyvalue/batch@0.2.0-draft", "get-many")
void kv1_get_many(int32_t bucket, const wasi_bytes *keys, size_t count,
                  kv1_result_many *result);
SERVICE_IMPORT("keyvalue/batch@0.2.0-draft", "set-many")
void kv1_set_many(int32_t bucket, const wasi_variable *pairs, size_t count,
                  kv_result_void *result);
SERVICE_IMPORT("keyvalue/batch@0.2.0-draft", "delete-many")
void kv1_delete_many(int32_t bucket, const wasi_bytes *keys, size_t count,
                     kv_result_void *result);

/* ---- wasi:keyvalue at 0.2.0-draft2 --------------------------------------- */

SERVICE_IMPORT("keyvalue/store@0.2.0-draft2", "open")
void kv2_open(const char *name, size_t length, kv_result_handle *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft2", "[resource-drop]bucket")
void kv2_drop(int32_t bucket);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft2", "[method]bucket.get")
void kv2_get(int32_t self, const char *key, size_t length,
             kv_result_option *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft2", "[method]bucket.set")
void kv2_set(int32_t self, const char *key, size_t length, const char *value,
             size_t value_length, kv_result_void *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft2", "[method]bucket.delete")
void kv2_delete(int32_t self, const char *key, size_t length,
                kv_result_void *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft2", "[method]bucket.exists")
void kv2_exists(int32_t self, const char *key, size_t length,
                kv_result_bool *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft2", "[method]bucket.list-keys")
void kv2_list_keys(int32_t self, int32_t some, const char *cursor, size_t cursor_length,
                   kv2_result_keys *result);
SERVICE_IMPORT("keyvalue/atomics@0.2.0-draft2", "increment")
void kv2_increment(int32_t bucket, const char *key, size_t length,
                   int64_t delta, kv_result_number *result);
SERVICE_IMPORT("keyvalue/batch@0.2.0-draft2", "get-many")
void kv2_get_many(int32_t bucket, const wasi_bytes *keys, size_t count,
                  kv2_result_many *result);
SERVICE_IMPORT("keyvalue/batch@0.2.0-draft2", "set-many")
void kv2_set_many(int32_t bucket, const wasi_variable *pairs, size_t count,
                  kv_result_void *result);
SERVICE_IMPORT("keyvalue/batch@0.2.0-draft2", "delete-many")
void kv2_delete_many(int32_t bucket, const wasi_bytes *keys, size_t count,
                     kv_result_void *result);

typedef struct {
    uint8_t is_err;
    struct {
        uint8_t tag; /* 0: of the store, 1: the value was another one */
        union {
            kv_error store;
            int32_t cas;
        };
    } err;
} kv_result_swap;

SERVICE_IMPORT("keyvalue/atomics@0.2.0-draft2", "[static]cas.new")
void kv_cas_new(int32_t bucket, const char *key, size_t length,
                kv_result_handle *result);
SERVICE_IMPORT("keyvalue/atomics@0.2.0-draft2", "[method]cas.current")
void kv_cas_current(int32_t self, kv_result_option *result);
SERVICE_IMPORT("keyvalue/atomics@0.2.0-draft2", "[resource-drop]cas")
void kv_cas_drop(int32_t cas);
SERVICE_IMPORT("keyvalue/atomics@0.2.0-draft2", "swap")
void kv_swap(int32_t own_cas, const char *value, size_t length,
             kv_result_swap *result);

/* ---- test:hosted/things, which is in Python ------------------------------ */

#define HOSTED_IMPORT(name)                                                    \
    __attribute__((import_module("test:hosted/things"),                       \
                   import_name(name))) extern

typedef struct {
    uint8_t is_err;
    wasi_bytes text;
} hosted_result;

HOSTED_IMPORT("[constructor]counter")
int32_t hosted_counter_new(int32_t start);
HOSTED_IMPORT("[method]counter.next")
int32_t hosted_counter_next(int32_t self);
HOSTED_IMPORT("[resource-drop]counter")
void hosted_counter_drop(int32_t self);
HOSTED_IMPORT("check")
void hosted_check(const char *text, size_t length, hosted_result *result);
HOSTED_IMPORT("slow")
int32_t hosted_slow(int32_t ms);

#endif
