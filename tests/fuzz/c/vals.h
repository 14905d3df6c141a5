/*
 * Component values without libwasmtime: what it allocates and frees for them, in
 * its place.  A handle is a number in a pointer, of which nothing is freed.
 */

#ifndef FUZZ_VALS_H
#define FUZZ_VALS_H

#include "guest/val.h"

#include "fuzz.h"

static inline void *
fuzz_zeroes(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size);

    FUZZ_CHECK(memory != NULL);

    return memory;
}


static inline void
byte_vec_new_uninitialized(wasm_byte_vec_t *out, size_t size)
{
    out->size = size;
    out->data = fuzz_zeroes(size, 1);
}


static inline void
byte_vec_new(wasm_byte_vec_t *out, size_t size, const wasm_byte_t *data)
{
    byte_vec_new_uninitialized(out, size);
    if (size != 0) {
        memcpy(out->data, data, size);
    }
}


static inline void
byte_vec_delete(wasm_byte_vec_t *vec)
{
    free(vec->data);
    *vec = (wasm_byte_vec_t) { 0, NULL };
}

/* Valid values, all of them `false`, or empty names. */

static inline void
vallist_new_uninit(wasmtime_component_vallist_t *out, size_t size)
{
    out->size = size;
    out->data = fuzz_zeroes(size, sizeof(*out->data));
}


static inline void
valtuple_new_uninit(wasmtime_component_valtuple_t *out, size_t size)
{
    out->size = size;
    out->data = fuzz_zeroes(size, sizeof(*out->data));
}


static inline void
valrecord_new_uninit(wasmtime_component_valrecord_t *out, size_t size)
{
    out->size = size;
    out->data = fuzz_zeroes(size, sizeof(*out->data));
}


static inline void
valflags_new_uninit(wasmtime_component_valflags_t *out, size_t size)
{
    out->size = size;
    out->data = fuzz_zeroes(size, sizeof(*out->data));
}


static inline wasmtime_component_val_t *
val_new(wasmtime_component_val_t *value)
{
    wasmtime_component_val_t *box = fuzz_zeroes(1, sizeof(*box));

    *box = *value;
    *value = (uw_val_t) { .kind = WASMTIME_COMPONENT_BOOL };

    return box;
}


static inline void val_delete(uw_val_t *val);


static inline void
val_delete_box(uw_val_t *box)
{
    if (box != NULL) {
        val_delete(box);
        free(box);
    }
}


/* Leaves the struct as it is, as libwasmtime does. */
static inline void
val_delete(uw_val_t *val)
{
    switch (val->kind) {
    case WASMTIME_COMPONENT_STRING:
    case WASMTIME_COMPONENT_ENUM:
        byte_vec_delete(&val->of.string);
        break;
    case WASMTIME_COMPONENT_LIST:
    case WASMTIME_COMPONENT_TUPLE:
        for (size_t i = 0; i < val->of.list.size; i++) {
            val_delete(&val->of.list.data[i]);
        }
        free(val->of.list.data);
        break;
    case WASMTIME_COMPONENT_RECORD:
        for (size_t i = 0; i < val->of.record.size; i++) {
            byte_vec_delete(&val->of.record.data[i].name);
            val_delete(&val->of.record.data[i].val);
        }
        free(val->of.record.data);
        break;
    case WASMTIME_COMPONENT_FLAGS:
        for (size_t i = 0; i < val->of.flags.size; i++) {
            byte_vec_delete(&val->of.flags.data[i]);
        }
        free(val->of.flags.data);
        break;
    case WASMTIME_COMPONENT_VARIANT:
        byte_vec_delete(&val->of.variant.discriminant);
        val_delete_box(val->of.variant.val);
        break;
    case WASMTIME_COMPONENT_OPTION:
        val_delete_box(val->of.option);
        break;
    case WASMTIME_COMPONENT_RESULT:
        val_delete_box(val->of.result.val);
        break;
    default:
        break;
    }
}


/* The members of a uw_wasmtime_t that these are. */
#define FUZZ_VALS                                                              \
    .wasm_byte_vec_new = byte_vec_new,                                         \
    .wasm_byte_vec_new_uninitialized = byte_vec_new_uninitialized,             \
    .wasm_byte_vec_delete = byte_vec_delete,                                   \
    .component_vallist_new_uninit = vallist_new_uninit,                        \
    .component_valtuple_new_uninit = valtuple_new_uninit,                      \
    .component_valrecord_new_uninit = valrecord_new_uninit,                    \
    .component_valflags_new_uninit = valflags_new_uninit,                      \
    .component_val_new = val_new, .component_val_delete = val_delete

#endif /* FUZZ_VALS_H */
