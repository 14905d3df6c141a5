/*
 * wasi:keyvalue: what both drafts have in common.  A bucket is a name; whatever is
 * done with it is a host call (guest/hostcall.h), which Python answers with a
 * store (unit_wasm/hosting/keyvalue).
 */

#ifndef UW_WASI_KEYVALUE_COMMON_H
#define UW_WASI_KEYVALUE_COMMON_H

#include "guest/codec.h"
#include "guest/cursor.h"
#include "guest/hostcall.h"

/* Bytes of a bucket's name: no store has a longer one. */
#define UW_BUCKET_NAME 255

/* The bucket of which components that need only one say no name. */
#define UW_BUCKET_DEFAULT "default"

typedef struct {
    uint8_t *name; /* owned */
    size_t size;
} uw_bucket_t;

UW_RESOURCE_AS(bucket, uw_bucket_t)

/* store.open: the handle of a bucket of that type, or an error. */
uw_step_t uw_keyvalue_open(uw_call_t *call, const uw_resource_type_t *type,
                           uw_slice_t identifier);

/* ---- Asking ---- */

/* The arguments of a call begin with the bucket; false after uw_trap(). */
bool uw_keyvalue_begin(uw_call_t *call, uw_packing_t *packing,
                       const uw_bucket_t *bucket);

/* Calls with a bucket and what follows. */
uw_step_t uw_keyvalue_ask_increment(uw_call_t *call, uint32_t function,
                                    const uw_resource_t *bucket, uw_slice_t key,
                                    uint64_t delta, uw_hostcall_take_t take);
uw_step_t uw_keyvalue_ask_keys(uw_call_t *call, uint32_t function,
                               const uw_resource_t *bucket,
                               const uw_val_t *keys, uw_hostcall_take_t take);

/* ---- What comes back ---- */

/* list<string> as a value. */
uw_val_t uw_unpack_strings(const uw_call_t *call, uw_unpacking_t *from);

/* An error of the store. */
uw_val_t uw_unpack_error(const uw_call_t *call, uw_unpacking_t *from);

/* Ends with a value that was made of a result, which is freed where that was not
 * as it should be. */
uw_step_t uw_keyvalue_end(uw_call_t *call, const uw_unpacking_t *from,
                          uw_val_t *value);

/* The same with ok(value). */
uw_step_t uw_keyvalue_end_ok(uw_call_t *call, const uw_unpacking_t *from,
                             uw_val_t *payload);

/* Makes the value of a result that is ok. */
typedef uw_val_t (*uw_keyvalue_unpack_t)(uw_call_t *call, uw_unpacking_t *from);

/* Answers with a result: the store's error, or ok with what `unpack` makes of the
 * rest; NULL: ok has no value. */
uw_step_t uw_keyvalue_take(uw_call_t *call, uw_slice_t result,
                           uw_keyvalue_unpack_t unpack);

#endif /* UW_WASI_KEYVALUE_COMMON_H */
