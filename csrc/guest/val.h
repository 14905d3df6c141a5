/*
 * Component values: reading what a guest passed, making what it gets back.
 *
 * A `list<u8>` is a list of tagged values in libwasmtime's C API, one for each
 * byte.  For the bytes of streams that is too slow, so in a rewritten component
 * (unit_wasm/component/rewrite/rewrite.py) the functions of a table, those of
 * streams, files and random bytes, use strings instead (guest/latin1.h): the
 * `_stream_bytes` functions below, one for what the guest writes, the other, in
 * another form, for what it reads.  Through a front (rewrite/front.py) that is so
 * for some other functions.
 * Everything else looks as in the WIT.
 *
 * libwasmtime frees what the makers below allocate: results when the host
 * function has returned, payloads with the value they were moved into.  Its
 * allocator ends the process when out of memory, so nothing here can fail for
 * that reason.
 */

#ifndef UW_GUEST_VAL_H
#define UW_GUEST_VAL_H

#include "base/arena.h"
#include "http/exchange.h"
#include "wasmtime/api.h"

typedef wasmtime_component_val_t uw_val_t;

/* How values look on the border to one component. */
typedef struct {
    const uw_wasmtime_t *wt;
    bool rewritten;
    bool carried; /* in a call through a front: every list<u8> is a string */
} uw_abi_t;

/* ---- Reading ---- */

/*
 * The bytes of a `list<u8>` or `string`.  The slice is good until the arena is
 * reset or the value is freed.  Returns 0, or -1 when the value is neither or
 * out of memory.
 */
int uw_val_get_bytes(uw_arena_t *arena, const uw_val_t *val, uw_slice_t *bytes)
    UW_CHECKED;

/*
 * The same for the bytes that are written to a stream; -1 also when a string
 * of a rewritten component is of no known form.  Where uw_is_announced() says
 * so, there are none yet: bytes->size come in pieces, with the next calls.
 */
int uw_val_get_stream_bytes(const uw_abi_t *abi, uw_arena_t *arena,
                            const uw_val_t *val, uw_slice_t *bytes) UW_CHECKED;

bool uw_is_announced(uw_slice_t bytes);

/* The same for a string in a call through a front; none is announced there. */
int uw_val_get_carried_bytes(uw_arena_t *arena, const uw_val_t *val,
                             uw_slice_t *bytes) UW_CHECKED;

/* ---- Making ---- */

static inline uw_val_t
uw_val_bool(bool boolean)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_BOOL,
                        .of = { .boolean = boolean } };
}

static inline uw_val_t
uw_val_u8(uint8_t number)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_U8, .of = { .u8 = number } };
}

static inline uw_val_t
uw_val_u16(uint16_t number)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_U16,
                        .of = { .u16 = number } };
}

static inline uw_val_t
uw_val_u32(uint32_t number)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_U32,
                        .of = { .u32 = number } };
}

static inline uw_val_t
uw_val_u64(uint64_t number)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_U64,
                        .of = { .u64 = number } };
}

/* A name as libwasmtime has it in values: of a case, a field, a flag. */
wasm_name_t uw_val_name(const uw_abi_t *abi, const char *text);

/* A `list<u8>`. */
uw_val_t uw_val_bytes(const uw_abi_t *abi, const uint8_t *bytes, size_t size);

/* Bytes that were read from a stream, and others of that table. */
uw_val_t uw_val_stream_bytes(const uw_abi_t *abi, const uint8_t *bytes,
                             size_t size);

/* A `string`; the bytes must be UTF-8 (the caller has checked). */
uw_val_t uw_val_string(const uw_abi_t *abi, const uint8_t *utf8, size_t size);

uw_val_t uw_val_enum(const uw_abi_t *abi, const char *name);

/* The payload is moved; NULL for a case that has none. */
uw_val_t uw_val_variant(const uw_abi_t *abi, const char *name,
                        uw_val_t *payload);

/* Moves *payload; NULL is `none`. */
uw_val_t uw_val_option(const uw_abi_t *abi, uw_val_t *payload);

/* Move *payload; NULL for a side without one. */
uw_val_t uw_val_ok(const uw_abi_t *abi, uw_val_t *payload);
uw_val_t uw_val_err(const uw_abi_t *abi, uw_val_t *payload);

/* A list or tuple of `size` values to be overwritten in `of.list.data`. */
uw_val_t uw_val_list(const uw_abi_t *abi, size_t size);
uw_val_t uw_val_tuple(const uw_abi_t *abi, size_t size);

/* A record of `size` fields; field `i` is named with the second, and its value,
 * `of.record.data[i].val`, overwritten. */
uw_val_t uw_val_record(const uw_abi_t *abi, size_t size);
void uw_val_record_name(const uw_abi_t *abi, uw_val_t *record, size_t i,
                        const char *name);

#endif /* UW_GUEST_VAL_H */
