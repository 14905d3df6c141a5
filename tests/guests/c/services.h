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
    uint8_t tag;
    wasi_bytes text;
} service_error;

typedef WASI_RESULT(wasi_option_string, service_error) config_result_value;
typedef WASI_RESULT(wasi_variable_list, service_error) config_result_all;

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
    uint8_t is_err;
    service_error err;
} kv_result_void;

typedef WASI_RESULT(int32_t, service_error) kv_result_handle;
typedef WASI_RESULT(wasi_option_string, service_error) kv_result_option;
typedef WASI_RESULT(uint8_t, service_error) kv_result_bool;
typedef WASI_RESULT(uint64_t, service_error) kv_result_number;

/* kv1_NAME and kv2_NAME: they differ in nothing but the draft. */
#define KV_BOTH(interface, function, name, ...)                                \
    SERVICE_IMPORT("keyvalue/" interface "@0.2.0-draft", function)             \
    void kv1_##name(__VA_ARGS__);                                              \
    SERVICE_IMPORT("keyvalue/" interface "@0.2.0-draft2", function)            \
    void kv2_##name(__VA_ARGS__)

KV_BOTH("store", "open", open, const char *name, size_t length,
        kv_result_handle *result);
KV_BOTH("store", "[resource-drop]bucket", drop, int32_t bucket);
KV_BOTH("store", "[method]bucket.get", get, int32_t self, const char *key,
        size_t length, kv_result_option *result);
KV_BOTH("store", "[method]bucket.set", set, int32_t self, const char *key,
        size_t length, const char *value, size_t value_length,
        kv_result_void *result);
KV_BOTH("store", "[method]bucket.delete", delete, int32_t self, const char *key,
        size_t length, kv_result_void *result);
KV_BOTH("store", "[method]bucket.exists", exists, int32_t self, const char *key,
        size_t length, kv_result_bool *result);
KV_BOTH("atomics", "increment", increment, int32_t bucket, const char *key,
        size_t length, int64_t delta, kv_result_number *result);
KV_BOTH("batch", "set-many", set_many, int32_t bucket,
        const wasi_variable *pairs, size_t count, kv_result_void *result);
KV_BOTH("batch", "delete-many", delete_many, int32_t bucket,
        const wasi_bytes *keys, size_t count, kv_result_void *result);

/* ---- wasi:keyvalue, what differs ----------------------------------------- */

typedef WASI_RESULT(struct {
    wasi_bytes_list keys;
    WASI_OPTION(uint64_t) cursor;
}, service_error) kv1_result_keys;

typedef WASI_RESULT(struct {
    wasi_bytes_list keys;
    wasi_option_string cursor;
}, service_error) kv2_result_keys;

typedef WASI_RESULT(WASI_LIST(WASI_OPTION(wasi_variable)), service_error)
    kv1_result_many;

typedef WASI_RESULT(WASI_LIST(struct {
    wasi_bytes key;
    wasi_option_string value;
}), service_error) kv2_result_many;

SERVICE_IMPORT("keyvalue/store@0.2.0-draft", "[method]bucket.list-keys")
void kv1_list_keys(int32_t self, int32_t some, int64_t cursor,
                   kv1_result_keys *result);
SERVICE_IMPORT("keyvalue/store@0.2.0-draft2", "[method]bucket.list-keys")
void kv2_list_keys(int32_t self, int32_t some, const char *cursor,
                   size_t cursor_length, kv2_result_keys *result);
SERVICE_IMPORT("keyvalue/batch@0.2.0-draft", "get-many")
void kv1_get_many(int32_t bucket, const wasi_bytes *keys, size_t count,
                  kv1_result_many *result);
SERVICE_IMPORT("keyvalue/batch@0.2.0-draft2", "get-many")
void kv2_get_many(int32_t bucket, const wasi_bytes *keys, size_t count,
                  kv2_result_many *result);

typedef struct {
    uint8_t is_err;
    struct {
        uint8_t tag; /* 0: of the store, 1: the value was another one */
        union {
            service_error store;
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
