/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_KEYVALUE_H
#define UW_WASI_GEN_KEYVALUE_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"

typedef struct {
    uw_slice_t f0;
    uw_slice_t f1;
} uw_keyvalue_tuple_string_bytes_t;

typedef struct {
    bool is_some;
    uint64_t value;
} uw_keyvalue_option_u64_t;

typedef enum {
    UW_KEYVALUE_STORE_ERROR_NO_SUCH_STORE,
    UW_KEYVALUE_STORE_ERROR_ACCESS_DENIED,
    UW_KEYVALUE_STORE_ERROR_OTHER,
} uw_keyvalue_store_error_tag_t;

typedef struct {
    uw_keyvalue_store_error_tag_t tag;
    union {
        uw_slice_t other;
    } of;
} uw_keyvalue_store_error_t;

typedef struct {
    uw_val_t keys;
    uw_keyvalue_option_u64_t cursor;
} uw_keyvalue_store_key_response_t;

extern const char *const uw_keyvalue_store_error_names[3];

extern const char *const uw_keyvalue_store_key_response_names[2];

bool uw_read_keyvalue_tuple_string_bytes(
    uw_call_t *call, const uw_val_t *val,
    uw_keyvalue_tuple_string_bytes_t *value);

bool uw_read_keyvalue_option_u64(uw_call_t *call, const uw_val_t *val,
                                 uw_keyvalue_option_u64_t *value);

uw_val_t uw_make_keyvalue_option_u64(uw_call_t *call,
                                     const uw_keyvalue_option_u64_t *value);

uw_val_t uw_make_keyvalue_tuple_string_bytes(
    uw_call_t *call, const uw_keyvalue_tuple_string_bytes_t *value);

uw_val_t uw_make_keyvalue_store_error(uw_call_t *call,
                                      const uw_keyvalue_store_error_t *value);

uw_val_t uw_make_keyvalue_store_key_response(
    uw_call_t *call, const uw_keyvalue_store_key_response_t *value);

extern const uw_resource_type_t uw_keyvalue_store_bucket_type;
void uw_keyvalue_store_bucket_drop(uw_instance_t *instance,
                                   uw_resource_t *resource);

/* increment(bucket: borrow<bucket>, key: string, delta: u64) -> result<u64, error> */
uw_step_t uw_keyvalue_atomics_increment(uw_call_t *call, uw_resource_t *bucket,
                                        uw_slice_t key, uint64_t delta);

/* get-many(bucket: borrow<bucket>, keys: list<string>) -> result<list<option<tuple<string, list<u8>>>>, error> */
uw_step_t uw_keyvalue_batch_get_many(uw_call_t *call, uw_resource_t *bucket,
                                     const uw_val_t *keys);

/* set-many(bucket: borrow<bucket>, key-values: list<tuple<string, list<u8>>>) -> result<_, error> */
uw_step_t uw_keyvalue_batch_set_many(uw_call_t *call, uw_resource_t *bucket,
                                     const uw_val_t *key_values);

/* delete-many(bucket: borrow<bucket>, keys: list<string>) -> result<_, error> */
uw_step_t uw_keyvalue_batch_delete_many(uw_call_t *call, uw_resource_t *bucket,
                                        const uw_val_t *keys);

/* [method]bucket.get(self: borrow<bucket>, key: string) -> result<option<list<u8>>, error> */
uw_step_t uw_keyvalue_store_bucket_get(uw_call_t *call, uw_resource_t *self,
                                       uw_slice_t key);

/* [method]bucket.set(self: borrow<bucket>, key: string, value: list<u8>) -> result<_, error> */
uw_step_t uw_keyvalue_store_bucket_set(uw_call_t *call, uw_resource_t *self,
                                       uw_slice_t key, uw_slice_t value);

/* [method]bucket.delete(self: borrow<bucket>, key: string) -> result<_, error> */
uw_step_t uw_keyvalue_store_bucket_delete(uw_call_t *call, uw_resource_t *self,
                                          uw_slice_t key);

/* [method]bucket.exists(self: borrow<bucket>, key: string) -> result<bool, error> */
uw_step_t uw_keyvalue_store_bucket_exists(uw_call_t *call, uw_resource_t *self,
                                          uw_slice_t key);

/* [method]bucket.list-keys(self: borrow<bucket>, cursor: option<u64>) -> result<key-response, error> */
uw_step_t uw_keyvalue_store_bucket_list_keys(uw_call_t *call,
                                             uw_resource_t *self,
                                             const uint64_t *cursor);

/* open(identifier: string) -> result<bucket, error> */
uw_step_t uw_keyvalue_store_open(uw_call_t *call, uw_slice_t identifier);

extern const uw_host_interface_t uw_keyvalue_interfaces[];

#endif /* UW_WASI_GEN_KEYVALUE_H */
