/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_KEYVALUE_DRAFT2_H
#define UW_WASI_GEN_KEYVALUE_DRAFT2_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"
#include "wasi/gen/keyvalue.h"

typedef struct {
    uw_slice_t f0;
    uw_slice_t f1;
} uw_keyvalue_draft2_tuple_string_bytes_t;

typedef struct {
    bool is_some;
    uw_slice_t value;
} uw_keyvalue_draft2_option_string_t;

typedef enum {
    UW_KEYVALUE_DRAFT2_STORE_ERROR_NO_SUCH_STORE,
    UW_KEYVALUE_DRAFT2_STORE_ERROR_ACCESS_DENIED,
    UW_KEYVALUE_DRAFT2_STORE_ERROR_OTHER,
} uw_keyvalue_draft2_store_error_tag_t;

typedef struct {
    uw_keyvalue_draft2_store_error_tag_t tag;
    union {
        uw_slice_t other;
    } of;
} uw_keyvalue_draft2_store_error_t;

typedef enum {
    UW_KEYVALUE_DRAFT2_ATOMICS_CAS_ERROR_STORE_ERROR,
    UW_KEYVALUE_DRAFT2_ATOMICS_CAS_ERROR_CAS_FAILED,
} uw_keyvalue_draft2_atomics_cas_error_tag_t;

typedef struct {
    uw_keyvalue_draft2_atomics_cas_error_tag_t tag;
    union {
        uw_keyvalue_draft2_store_error_t store_error;
        uw_resource_t *cas_failed;
    } of;
} uw_keyvalue_draft2_atomics_cas_error_t;

typedef struct {
    bool is_some;
    uw_slice_t value;
} uw_keyvalue_draft2_option_bytes_t;

typedef struct {
    uw_slice_t f0;
    uw_keyvalue_draft2_option_bytes_t f1;
} uw_keyvalue_draft2_tuple_string_option_bytes_t;

typedef struct {
    uw_val_t keys;
    uw_keyvalue_draft2_option_string_t cursor;
} uw_keyvalue_draft2_store_key_response_t;

extern const char *const uw_keyvalue_draft2_store_error_names[3];

extern const char *const uw_keyvalue_draft2_atomics_cas_error_names[2];

extern const char *const uw_keyvalue_draft2_store_key_response_names[2];

bool uw_read_keyvalue_draft2_tuple_string_bytes(
    uw_call_t *call, const uw_val_t *val,
    uw_keyvalue_draft2_tuple_string_bytes_t *value);

bool uw_read_keyvalue_draft2_option_string(
    uw_call_t *call, const uw_val_t *val,
    uw_keyvalue_draft2_option_string_t *value);

uw_val_t uw_make_keyvalue_draft2_option_string(
    uw_call_t *call, const uw_keyvalue_draft2_option_string_t *value);

uw_val_t uw_make_keyvalue_draft2_tuple_string_bytes(
    uw_call_t *call, const uw_keyvalue_draft2_tuple_string_bytes_t *value);

uw_val_t uw_make_keyvalue_draft2_store_error(
    uw_call_t *call, const uw_keyvalue_draft2_store_error_t *value);

bool uw_make_keyvalue_draft2_atomics_cas_error(
    uw_call_t *call, const uw_keyvalue_draft2_atomics_cas_error_t *value,
    uw_val_t *val);

uw_val_t uw_make_keyvalue_draft2_option_bytes(
    uw_call_t *call, const uw_keyvalue_draft2_option_bytes_t *value);

uw_val_t uw_make_keyvalue_draft2_tuple_string_option_bytes(
    uw_call_t *call,
    const uw_keyvalue_draft2_tuple_string_option_bytes_t *value);

uw_val_t uw_make_keyvalue_draft2_store_key_response(
    uw_call_t *call, const uw_keyvalue_draft2_store_key_response_t *value);

extern const uw_resource_type_t uw_keyvalue_draft2_atomics_cas_type;
void uw_keyvalue_draft2_atomics_cas_drop(uw_instance_t *instance,
                                         uw_resource_t *resource);
extern const uw_resource_type_t uw_keyvalue_draft2_store_bucket_type;

/* [static]cas.new(bucket: borrow<bucket>, key: string) -> result<cas, error> */
uw_step_t uw_keyvalue_draft2_atomics_cas_new(uw_call_t *call,
                                             uw_resource_t *bucket,
                                             uw_slice_t key);

/* [method]cas.current(self: borrow<cas>) -> result<option<list<u8>>, error> */
uw_step_t uw_keyvalue_draft2_atomics_cas_current(uw_call_t *call,
                                                 uw_resource_t *self);

/* increment(bucket: borrow<bucket>, key: string, delta: s64) -> result<s64, error> */
uw_step_t uw_keyvalue_draft2_atomics_increment(uw_call_t *call,
                                               uw_resource_t *bucket,
                                               uw_slice_t key, int64_t delta);

/* swap(cas: cas, value: list<u8>) -> result<_, cas-error> */
uw_step_t uw_keyvalue_draft2_atomics_swap(uw_call_t *call, uw_resource_t *cas,
                                          uw_slice_t value);

/* get-many(bucket: borrow<bucket>, keys: list<string>) -> result<list<tuple<string, option<list<u8>>>>, error> */
uw_step_t uw_keyvalue_draft2_batch_get_many(uw_call_t *call,
                                            uw_resource_t *bucket,
                                            const uw_val_t *keys);

/* [method]bucket.list-keys(self: borrow<bucket>, cursor: option<string>) -> result<key-response, error> */
uw_step_t uw_keyvalue_draft2_store_bucket_list_keys(uw_call_t *call,
                                                    uw_resource_t *self,
                                                    const uw_slice_t *cursor);

/* open(identifier: string) -> result<bucket, error> */
uw_step_t uw_keyvalue_draft2_store_open(uw_call_t *call, uw_slice_t identifier);

extern const uw_host_interface_t uw_keyvalue_draft2_interfaces[];

#endif /* UW_WASI_GEN_KEYVALUE_DRAFT2_H */
