/*
 * What the generated code in csrc/wasi/gen reads arguments with, and makes
 * results with: a function for each kind of type (those of numbers are generated,
 * too, in wasi/gen/numbers.h).
 *
 * A component may import a function with another type than WASI's, so the kind
 * of each value is looked at.  Each reader answers false after uw_trap().
 * Bytes and lists are views, good until the host function returns.
 */

#ifndef UW_GUEST_CODEC_H
#define UW_GUEST_CODEC_H

#include "guest/host.h"

/* ---- Reading ---- */

/* Traps: an argument has another type than WASI's.  Answers false. */
bool uw_read_mismatch(uw_call_t *call);

static inline bool
uw_read_kind(uw_call_t *call, const uw_val_t *val,
             wasmtime_component_valkind_t kind)
{
    return val->kind == kind || uw_read_mismatch(call);
}

/* The value of a case that has to have one. */
static inline bool
uw_read_has(uw_call_t *call, const uw_val_t *payload)
{
    return payload != NULL || uw_read_mismatch(call);
}

/* A `string`, and a `list<u8>` that may be a string, too. */
bool uw_read_string(uw_call_t *call, const uw_val_t *val, uw_slice_t *bytes);
bool uw_read_bytes(uw_call_t *call, const uw_val_t *val, uw_slice_t *bytes);

/* What is written to a stream, which may be a string of another form (guest/val.h); a
 * trap where it is more than any stream takes at once. */
bool uw_read_stream_bytes(uw_call_t *call, const uw_val_t *val,
                          uw_slice_t *bytes);

/* A list as it is: its items are `list.of.list`. */
static inline bool
uw_read_list(uw_call_t *call, const uw_val_t *val, uw_val_t *list)
{
    *list = *val;

    return uw_read_kind(call, val, WASMTIME_COMPONENT_LIST);
}

/*
 * A handle, borrowed or owned.  An owned one leaves the guest's table by this:
 * the host function must keep or delete the resource.
 */
bool uw_read_handle(uw_call_t *call, const uw_val_t *val,
                    const uw_resource_type_t *type, uw_resource_t **resource);

/* NULL for none. */
bool uw_read_option_handle(uw_call_t *call, const uw_val_t *val,
                           const uw_resource_type_t *type,
                           uw_resource_t **resource);

static inline bool
uw_read_record(uw_call_t *call, const uw_val_t *val, size_t size)
{
    return uw_read_kind(call, val, WASMTIME_COMPONENT_RECORD)
           && (val->of.record.size == size || uw_read_mismatch(call));
}

static inline bool
uw_read_tuple(uw_call_t *call, const uw_val_t *val, size_t size)
{
    return uw_read_kind(call, val, WASMTIME_COMPONENT_TUPLE)
           && (val->of.tuple.size == size || uw_read_mismatch(call));
}

/* Which of the names it is.  *payload is NULL where the case has no value. */
bool uw_read_variant(uw_call_t *call, const uw_val_t *val,
                     const char *const *names, uint32_t count, uint32_t *index,
                     const uw_val_t **payload);
bool uw_read_enum(uw_call_t *call, const uw_val_t *val,
                  const char *const *names, uint32_t count, uint32_t *index);

/* A bit for each name, the first one is the lowest; at most 32. */
bool uw_read_flags(uw_call_t *call, const uw_val_t *val,
                   const char *const *names, uint32_t count, uint32_t *bits);

/* ---- Making: what guest/val.h and guest/host.h have not ---- */

uw_val_t uw_val_flags(const uw_abi_t *abi, const char *const *names,
                      uint32_t count, uint32_t bits);

/* none for NULL; false after uw_trap(). */
bool uw_option_handle(uw_call_t *call, const uw_resource_t *resource,
                      uw_val_t *val);

/* Frees what was made of a value of which the rest could not be. */
void uw_unmake(uw_call_t *call, uw_val_t *val);

#endif /* UW_GUEST_CODEC_H */
