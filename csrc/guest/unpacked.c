#include "guest/unpacked.h"

#include <string.h>

#include "base/utf8.h"
#include "guest/cursor.h"
#include "guest/latin1.h"


typedef struct {
    const uw_wasmtime_t *wt;
    const uw_handles_t *handles;
    const uint8_t *start; /* of all bytes */
    uw_unpacking_t from;
    size_t room; /* bytes that values may still take */
    bool carried;
    uw_packed_fault_t *fault;
} uw_packed_reader_t;


/* All of these leave a value in *val that can be deleted, also where they fail. */
static int uw_read_value(uw_packed_reader_t *reader, const uw_type_t *type,
                         uw_val_t *val);


static int
uw_read_fault(uw_packed_reader_t *reader, size_t at, const char *why)
{
    *reader->fault = (uw_packed_fault_t) { at, why };

    return -1;
}


/* How many bytes have been read. */
static size_t
uw_read_at(const uw_packed_reader_t *reader)
{
    return reader->from.at == NULL ? 0
                                   : (size_t) (reader->from.at - reader->start);
}


static const uint8_t *
uw_read_raw(uw_packed_reader_t *reader, size_t size)
{
    const uint8_t *bytes = uw_unpack_raw(&reader->from, size);

    if (bytes == NULL) {
        (void) uw_read_fault(reader, uw_read_at(reader), "it ends too early");
    }

    return bytes;
}


static int
uw_read_number(uw_packed_reader_t *reader, size_t width, uint64_t *number)
{
    *number = uw_unpack_number(&reader->from, width);

    return reader->from.bad
               ? uw_read_fault(reader, uw_read_at(reader), "it ends too early")
               : 0;
}


static int
uw_read_room(uw_packed_reader_t *reader, size_t count, size_t size)
{
    if (count > reader->room / size) {
        return uw_read_fault(reader, uw_read_at(reader),
                             "its values take too much memory");
    }
    reader->room -= count * size;

    return 0;
}


static int
uw_read_bits(uw_packed_reader_t *reader, const uw_type_t *type, uw_val_t *val)
{
    size_t at = uw_read_at(reader);
    uint64_t bits;
    uint32_t narrow;

    if (uw_read_number(reader, type->width, &bits) != 0) {
        return -1;
    }
    if (type->kind == UW_TYPE_BOOL && bits > 1) {
        return uw_read_fault(reader, at, "a bool is neither 0 nor 1");
    }
    if (type->kind == UW_TYPE_CHAR
        && (bits > 0x10FFFF || (bits >= 0xD800 && bits <= 0xDFFF)))
    {
        return uw_read_fault(reader, at, "a char is no character");
    }

    narrow = (uint32_t) bits;
    switch (type->kind) {
    case UW_TYPE_BOOL:
        val->of.boolean = bits != 0;
        break;
    case UW_TYPE_S8:
    case UW_TYPE_U8:
        val->of.u8 = (uint8_t) bits;
        break;
    case UW_TYPE_S16:
    case UW_TYPE_U16:
        val->of.u16 = (uint16_t) bits;
        break;
    case UW_TYPE_F32:
        memcpy(&val->of.f32, &narrow, sizeof(narrow));
        break;
    case UW_TYPE_F64:
        memcpy(&val->of.f64, &bits, sizeof(bits));
        break;
    case UW_TYPE_S64:
    case UW_TYPE_U64:
        val->of.u64 = bits;
        break;
    default:
        val->of.u32 = narrow;
        break;
    }
    val->kind = type->kind;

    return 0;
}


static int
uw_read_text(uw_packed_reader_t *reader, uw_val_t *val)
{
    uint64_t size;
    const uint8_t *bytes;

    if (uw_read_number(reader, 4, &size) != 0) {
        return -1;
    }
    bytes = uw_read_raw(reader, size);
    if (bytes == NULL || uw_read_room(reader, size, 1) != 0) {
        return -1;
    }
    if (!uw_utf8_valid(bytes, size)) {
        return uw_read_fault(reader, uw_read_at(reader) - size,
                             "a string is not UTF-8");
    }
    reader->wt->wasm_byte_vec_new(&val->of.string, size, (const char *) bytes);
    val->kind = WASMTIME_COMPONENT_STRING;

    return 0;
}


/* A string that carries a list. */
static int
uw_read_carried(uw_packed_reader_t *reader, const uw_type_t *type,
                uw_val_t *val)
{
    size_t at = uw_read_at(reader);
    const uw_slice_t all = { reader->start, at + reader->from.left };
    size_t size = at;
    const uint8_t *bytes;
    bool ascii;

    if (uw_packed_check(type, all, &at, reader->fault) != 0) {
        return -1;
    }
    size = at - size;
    bytes = uw_read_raw(reader, size);
    if (bytes == NULL) {
        return -1;
    }
    if (uw_type_is_bytes(type)) {
        bytes += 4;
        size -= 4;
    }
    ascii = uw_latin1_is_ascii(bytes, size);
    if (uw_read_room(reader, uw_packed_size(size, ascii), 1) != 0) {
        return -1;
    }
    reader->wt->wasm_byte_vec_new_uninitialized(&val->of.string,
                                                uw_packed_size(size, ascii));
    val->kind = WASMTIME_COMPONENT_STRING;
    uw_pack(bytes, size, ascii, (uint8_t *) val->of.string.data);

    return 0;
}


static int
uw_read_items(uw_packed_reader_t *reader, const uw_type_t *item, uw_val_t *val)
{
    uint64_t count;
    const uint8_t *bytes;
    uw_val_t *items;

    if (uw_read_number(reader, 4, &count) != 0) {
        return -1;
    }
    if (count > reader->from.left / item->least) {
        return uw_read_fault(reader, uw_read_at(reader), "it ends too early");
    }
    if (uw_read_room(reader, count, sizeof(uw_val_t)) != 0) {
        return -1;
    }

    reader->wt->component_vallist_new_uninit(&val->of.list, count);
    val->kind = WASMTIME_COMPONENT_LIST;
    items = val->of.list.data;
    if (item->kind == UW_TYPE_U8) {
        bytes = uw_read_raw(reader, count);
        if (bytes == NULL) {
            return -1;
        }
        for (uint64_t i = 0; i < count; i++) {
            items[i] = uw_val_u8(bytes[i]);
        }
        return 0;
    }
    for (uint64_t i = 0; i < count; i++) {
        if (uw_read_value(reader, item, &items[i]) != 0) {
            return -1;
        }
    }

    return 0;
}


static void
uw_read_name(uw_packed_reader_t *reader, const uw_slice_t *name,
             wasm_name_t *copy)
{
    reader->wt->wasm_byte_vec_new(copy, name->size, (const char *) name->data);
}


static int
uw_read_fields(uw_packed_reader_t *reader, const uw_type_t *type, uw_val_t *val)
{
    wasmtime_component_valrecord_entry_t *entry;

    if (uw_read_room(reader, type->count, sizeof(*entry)) != 0) {
        return -1;
    }
    if (type->kind == UW_TYPE_TUPLE) {
        reader->wt->component_valtuple_new_uninit(&val->of.tuple, type->count);
        val->kind = WASMTIME_COMPONENT_TUPLE;
        for (uint32_t i = 0; i < type->count; i++) {
            if (uw_read_value(reader, &type->parts[i], &val->of.tuple.data[i])
                != 0)
            {
                return -1;
            }
        }
        return 0;
    }

    reader->wt->component_valrecord_new_uninit(&val->of.record, type->count);
    val->kind = WASMTIME_COMPONENT_RECORD;
    for (uint32_t i = 0; i < type->count; i++) {
        entry = &val->of.record.data[i];
        reader->wt->wasm_byte_vec_delete(&entry->name);
        uw_read_name(reader, &type->names[i], &entry->name);
        if (uw_read_value(reader, &type->parts[i], &entry->val) != 0) {
            return -1;
        }
    }

    return 0;
}


/* The value of a case, which may have none. */
static int
uw_read_payload(uw_packed_reader_t *reader, const uw_type_t *part,
                uw_val_t **boxed)
{
    uw_val_t payload = uw_val_bool(false);

    *boxed = NULL;
    if (part->kind == UW_TYPE_NONE) {
        return 0;
    }
    if (uw_read_room(reader, 1, sizeof(payload)) != 0) {
        return -1;
    }
    if (uw_read_value(reader, part, &payload) != 0) {
        reader->wt->component_val_delete(&payload);
        return -1;
    }
    *boxed = reader->wt->component_val_new(&payload);

    return 0;
}


/* The number of one of `count` cases. */
static int
uw_read_case(uw_packed_reader_t *reader, const uw_type_t *type, uint32_t count,
             uint32_t *index)
{
    size_t at = uw_read_at(reader);
    uint64_t number;

    if (uw_read_number(reader, type->width, &number) != 0) {
        return -1;
    }
    if (number >= count) {
        return uw_read_fault(reader, at, "there is no case of that number");
    }
    *index = (uint32_t) number;

    return 0;
}


static int
uw_read_named(uw_packed_reader_t *reader, const uw_type_t *type, uw_val_t *val)
{
    uint32_t index;
    uw_val_t *payload = NULL;

    if (uw_read_case(reader, type, type->count, &index) != 0
        || uw_read_room(reader, 1, type->names[index].size + 1) != 0)
    {
        return -1;
    }
    if (type->kind == UW_TYPE_ENUM) {
        uw_read_name(reader, &type->names[index], &val->of.enumeration);
        val->kind = WASMTIME_COMPONENT_ENUM;
        return 0;
    }

    if (uw_read_payload(reader, &type->parts[index], &payload) != 0) {
        return -1;
    }
    uw_read_name(reader, &type->names[index], &val->of.variant.discriminant);
    val->of.variant.val = payload;
    val->kind = WASMTIME_COMPONENT_VARIANT;

    return 0;
}


static int
uw_read_either(uw_packed_reader_t *reader, const uw_type_t *type, uw_val_t *val)
{
    static const uw_type_t none = { .kind = UW_TYPE_NONE };
    bool option = type->kind == UW_TYPE_OPTION;
    uint32_t index;
    uw_val_t *payload;

    if (uw_read_case(reader, type, 2, &index) != 0) {
        return -1;
    }
    if (uw_read_payload(reader,
                        !option      ? &type->parts[index]
                        : index == 0 ? &none
                                     : &type->parts[0],
                        &payload)
        != 0)
    {
        return -1;
    }
    val->kind = type->kind;
    if (option) {
        val->of.option = payload;
    } else {
        val->of.result =
            (wasmtime_component_valresult_t) { index == 0, payload };
    }

    return 0;
}


static int
uw_read_set(uw_packed_reader_t *reader, const uw_type_t *type, uw_val_t *val)
{
    size_t at = uw_read_at(reader);
    const uint8_t *bytes = uw_read_raw(reader, type->least);
    size_t set = 0;

    if (bytes == NULL) {
        return -1;
    }
    for (size_t i = 0; i < 8 * type->least; i++) {
        if ((bytes[i / 8] >> i % 8 & 1) == 0) {
            continue;
        }
        if (i >= type->count) {
            return uw_read_fault(reader, at, "there is no flag of that number");
        }
        set++;
    }
    if (uw_read_room(reader, set, sizeof(wasm_name_t)) != 0) {
        return -1;
    }

    reader->wt->component_valflags_new_uninit(&val->of.flags, set);
    val->kind = WASMTIME_COMPONENT_FLAGS;
    set = 0;
    for (uint32_t i = 0; i < type->count; i++) {
        if ((bytes[i / 8] >> i % 8 & 1) != 0) {
            wasm_name_t *name = &val->of.flags.data[set++];

            reader->wt->wasm_byte_vec_delete(name);
            uw_read_name(reader, &type->names[i], name);
        }
    }

    return 0;
}


static int
uw_read_resource(uw_packed_reader_t *reader, const uw_type_t *type,
                 uw_val_t *val)
{
    size_t at = uw_read_at(reader);
    uint64_t number;

    if (uw_read_number(reader, 4, &number) != 0) {
        return -1;
    }
    if (reader->handles->handle(reader->handles->data, type, (uint32_t) number,
                                val)
        != 0)
    {
        return uw_read_fault(reader, at, NULL);
    }

    return 0;
}


static int
uw_read_value(uw_packed_reader_t *reader, const uw_type_t *type, uw_val_t *val)
{
    switch (type->kind) {
    case UW_TYPE_STRING:
        return uw_read_text(reader, val);
    case UW_TYPE_LIST:
        return reader->carried && !type->handles
                   ? uw_read_carried(reader, type, val)
                   : uw_read_items(reader, &type->parts[0], val);
    case UW_TYPE_RECORD:
    case UW_TYPE_TUPLE:
        return uw_read_fields(reader, type, val);
    case UW_TYPE_VARIANT:
    case UW_TYPE_ENUM:
        return uw_read_named(reader, type, val);
    case UW_TYPE_OPTION:
    case UW_TYPE_RESULT:
        return uw_read_either(reader, type, val);
    case UW_TYPE_FLAGS:
        return uw_read_set(reader, type, val);
    case UW_TYPE_OWN:
    case UW_TYPE_BORROW:
        return uw_read_resource(reader, type, val);
    default:
        return uw_read_bits(reader, type, val);
    }
}


int
uw_packed_read(const uw_wasmtime_t *wt, const uw_handles_t *handles,
               const uw_type_t *types, size_t count, bool carried,
               uw_slice_t packed, size_t most, uw_val_t *vals,
               uw_packed_fault_t *fault)
{
    uw_packed_reader_t reader = {
        .wt = wt,
        .handles = handles,
        .start = packed.data,
        .from = { packed.data, packed.size, false },
        .room = most,
        .carried = carried,
        .fault = fault,
    };
    size_t made = 0;
    int status = 0;

    while (made < count && status == 0) {
        vals[made] = uw_val_bool(false);
        status = uw_read_value(&reader, &types[made], &vals[made]);
        made++;
    }
    if (status == 0 && reader.from.left != 0) {
        status =
            uw_read_fault(&reader, uw_read_at(&reader), "bytes follow its end");
    }
    if (status != 0) {
        while (made != 0) {
            wt->component_val_delete(&vals[--made]);
            vals[made] = uw_val_bool(false);
        }
    }

    return status;
}
