#include "guest/packed.h"

#include <string.h>

#include "guest/cursor.h"
#include "guest/latin1.h"

/* The numbers of kinds are libwasmtime's. */
_Static_assert((int) UW_TYPE_U64 == WASMTIME_COMPONENT_U64
                   && (int) UW_TYPE_STRING == WASMTIME_COMPONENT_STRING
                   && (int) UW_TYPE_VARIANT == WASMTIME_COMPONENT_VARIANT
                   && (int) UW_TYPE_FLAGS == WASMTIME_COMPONENT_FLAGS,
               "kinds of types");


/* ---- From values to bytes ---- */

typedef struct {
    const uw_handles_t *handles;
    uw_packing_t packing;
    bool carried;
} uw_packed_writer_t;


static int uw_write_value(uw_packed_writer_t *writer, const uw_type_t *type,
                          const uw_val_t *val);


/* The low bytes of a number. */
static int
uw_write_number(uw_packed_writer_t *writer, uint64_t number, size_t width)
{
    uw_pack_number(&writer->packing, number, width);

    return writer->packing.complete ? 0 : -1;
}


static uint64_t
uw_val_bits(const uw_val_t *val)
{
    uint64_t wide;
    uint32_t narrow;

    switch (val->kind) {
    case WASMTIME_COMPONENT_BOOL:
        return val->of.boolean;
    case WASMTIME_COMPONENT_S8:
    case WASMTIME_COMPONENT_U8:
        return val->of.u8;
    case WASMTIME_COMPONENT_S16:
    case WASMTIME_COMPONENT_U16:
        return val->of.u16;
    case WASMTIME_COMPONENT_F32:
        memcpy(&narrow, &val->of.f32, sizeof(narrow));
        return narrow;
    case WASMTIME_COMPONENT_F64:
        memcpy(&wide, &val->of.f64, sizeof(wide));
        return wide;
    case WASMTIME_COMPONENT_S64:
    case WASMTIME_COMPONENT_U64:
        return val->of.u64;
    default:
        return val->of.u32; /* a char is one, too */
    }
}


static int
uw_write_string(uw_packed_writer_t *writer, const wasm_name_t *string)
{
    uw_pack_slice(
        &writer->packing,
        (uw_slice_t) { (const uint8_t *) string->data, string->size });

    return writer->packing.complete ? 0 : -1;
}


/* What a string carries. */
static int
uw_write_carried(uw_packed_writer_t *writer, const uw_type_t *type,
                 const wasm_name_t *string)
{
    const uint8_t *text = (const uint8_t *) string->data;
    uint8_t *bytes;
    size_t size;
    int form = uw_carried(text, string->size, &size);

    if ((form != UW_CARRIED_PLAIN && form != UW_CARRIED_PACKED)
        || size > UINT32_MAX
        || (uw_type_is_bytes(type) && uw_write_number(writer, size, 4) != 0))
    {
        return -1;
    }
    if (form == UW_CARRIED_PLAIN) {
        return uw_buf_append(writer->packing.bytes, text, size);
    }
    bytes = uw_buf_reserve(writer->packing.bytes, size);
    if (bytes == NULL) {
        return -1;
    }
    uw_unpack(text, bytes, size);
    uw_buf_grew(writer->packing.bytes, size);

    return 0;
}


static int
uw_write_list(uw_packed_writer_t *writer, const uw_type_t *item,
              const wasmtime_component_vallist_t *list)
{
    uint8_t *bytes;

    if (list->size > UINT32_MAX || uw_write_number(writer, list->size, 4) != 0)
    {
        return -1;
    }
    if (item->kind != UW_TYPE_U8) {
        for (size_t i = 0; i < list->size; i++) {
            if (uw_write_value(writer, item, &list->data[i]) != 0) {
                return -1;
            }
        }
        return 0;
    }

    bytes = uw_buf_reserve(writer->packing.bytes, list->size);
    if (bytes == NULL) {
        return -1;
    }
    for (size_t i = 0; i < list->size; i++) {
        if (list->data[i].kind != WASMTIME_COMPONENT_U8) {
            return -1;
        }
        bytes[i] = list->data[i].of.u8;
    }
    uw_buf_grew(writer->packing.bytes, list->size);

    return 0;
}


static int
uw_write_fields(uw_packed_writer_t *writer, const uw_type_t *type,
                const uw_val_t *val)
{
    bool record = type->kind == UW_TYPE_RECORD;
    size_t size = record ? val->of.record.size : val->of.tuple.size;

    if (size != type->count) {
        return -1;
    }
    for (uint32_t i = 0; i < type->count; i++) {
        if (uw_write_value(writer, &type->parts[i],
                           record ? &val->of.record.data[i].val
                                  : &val->of.tuple.data[i])
            != 0)
        {
            return -1;
        }
    }

    return 0;
}


/* Which of the names it is; `count` where it is none. */
static uint32_t
uw_type_index(const uw_type_t *type, const wasm_name_t *name)
{
    uint32_t index = 0;

    while (index < type->count
           && (type->names[index].size != name->size
               || memcmp(type->names[index].data, name->data, name->size) != 0))
    {
        index++;
    }

    return index;
}


/* A case with its value, which has to be there as the type says. */
static int
uw_write_case(uw_packed_writer_t *writer, uint64_t number, size_t width,
              const uw_type_t *part, const uw_val_t *payload)
{
    if ((part->kind == UW_TYPE_NONE) != (payload == NULL)
        || uw_write_number(writer, number, width) != 0)
    {
        return -1;
    }

    return payload == NULL ? 0 : uw_write_value(writer, part, payload);
}


static int
uw_write_named(uw_packed_writer_t *writer, const uw_type_t *type,
               const uw_val_t *val)
{
    static const uw_type_t none = { .kind = UW_TYPE_NONE };
    bool variant = type->kind == UW_TYPE_VARIANT;
    uint32_t index = uw_type_index(type, variant ? &val->of.variant.discriminant
                                                 : &val->of.enumeration);

    if (index == type->count) {
        return -1;
    }

    return uw_write_case(writer, index, type->width,
                         variant ? &type->parts[index] : &none,
                         variant ? val->of.variant.val : NULL);
}


static int
uw_write_flags(uw_packed_writer_t *writer, const uw_type_t *type,
               const wasmtime_component_valflags_t *flags)
{
    uint8_t *bytes = uw_buf_reserve(writer->packing.bytes, type->least);

    if (bytes == NULL) {
        return -1;
    }
    memset(bytes, 0, type->least);
    for (size_t i = 0; i < flags->size; i++) {
        uint32_t index = uw_type_index(type, &flags->data[i]);

        if (index == type->count) {
            return -1;
        }
        bytes[index / 8] |= (uint8_t) (1u << index % 8);
    }
    uw_buf_grew(writer->packing.bytes, type->least);

    return 0;
}


static int
uw_write_handle(uw_packed_writer_t *writer, const uw_type_t *type,
                const uw_val_t *val)
{
    uint32_t number;

    return val->kind == WASMTIME_COMPONENT_RESOURCE
                   && writer->handles->number(writer->handles->data, type, val,
                                              &number)
                          == 0
               ? uw_write_number(writer, number, 4)
               : -1;
}


static int
uw_write_value(uw_packed_writer_t *writer, const uw_type_t *type,
               const uw_val_t *val)
{
    if (type->kind == UW_TYPE_OWN || type->kind == UW_TYPE_BORROW) {
        return uw_write_handle(writer, type, val);
    }
    if (writer->carried && uw_type_is_carried(type)) {
        return val->kind == WASMTIME_COMPONENT_STRING
                   ? uw_write_carried(writer, type, &val->of.string)
                   : -1;
    }
    if (val->kind != type->kind) {
        return -1;
    }

    switch (type->kind) {
    case UW_TYPE_STRING:
        return uw_write_string(writer, &val->of.string);
    case UW_TYPE_LIST:
        return uw_write_list(writer, &type->parts[0], &val->of.list);
    case UW_TYPE_RECORD:
    case UW_TYPE_TUPLE:
        return uw_write_fields(writer, type, val);
    case UW_TYPE_VARIANT:
    case UW_TYPE_ENUM:
        return uw_write_named(writer, type, val);
    case UW_TYPE_OPTION:
        return val->of.option == NULL
                   ? uw_write_number(writer, 0, 1)
                   : uw_write_case(writer, 1, 1, &type->parts[0],
                                   val->of.option);
    case UW_TYPE_RESULT:
        return uw_write_case(writer, !val->of.result.is_ok, 1,
                             &type->parts[!val->of.result.is_ok],
                             val->of.result.val);
    case UW_TYPE_FLAGS:
        return uw_write_flags(writer, type, &val->of.flags);
    default:
        return uw_write_number(writer, uw_val_bits(val), type->width);
    }
}


int
uw_packed_write(const uw_handles_t *handles, const uw_type_t *types,
                size_t count, bool carried, const uw_val_t *vals,
                uw_buf_t *packed)
{
    uw_packed_writer_t writer = { handles, { packed, true }, carried };

    for (size_t i = 0; i < count; i++) {
        if (uw_write_value(&writer, &types[i], &vals[i]) != 0) {
            return -1;
        }
    }

    return 0;
}
