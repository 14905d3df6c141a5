#include "guest/val.h"

#include <string.h>

#include "guest/latin1.h"


static uw_slice_t
uw_name_slice(const wasm_name_t *name)
{
    return (uw_slice_t) { (const uint8_t *) name->data, name->size };
}


static int
uw_list_bytes(uw_arena_t *arena, const wasmtime_component_vallist_t *list,
              uw_slice_t *bytes)
{
    uint8_t *copy = uw_arena_alloc(arena, list->size);

    if (copy == NULL) {
        return -1;
    }

    for (size_t i = 0; i < list->size; i++) {
        if (list->data[i].kind != WASMTIME_COMPONENT_U8) {
            return -1;
        }
        copy[i] = list->data[i].of.u8;
    }
    *bytes = (uw_slice_t) { copy, list->size };

    return 0;
}


int
uw_val_get_bytes(uw_arena_t *arena, const uw_val_t *val, uw_slice_t *bytes)
{
    switch (val->kind) {
    case WASMTIME_COMPONENT_STRING:
        *bytes = uw_name_slice(&val->of.string);
        return 0;
    case WASMTIME_COMPONENT_LIST:
        return uw_list_bytes(arena, &val->of.list, bytes);
    default:
        return -1;
    }
}


/* What is nowhere else: its address tells that bytes are only announced. */
static const uint8_t uw_announced_bytes;


bool
uw_is_announced(uw_slice_t bytes)
{
    return bytes.data == &uw_announced_bytes;
}


static int
uw_val_get_packed(uw_arena_t *arena, const uw_val_t *val, uw_slice_t *bytes)
{
    uw_slice_t text;
    uint8_t *unpacked;
    size_t size;

    text = uw_name_slice(&val->of.string);
    switch (uw_carried(text.data, text.size, &size)) {
    case UW_CARRIED_PLAIN:
        *bytes = text;
        return 0;
    case UW_CARRIED_ANNOUNCED:
        *bytes = (uw_slice_t) { &uw_announced_bytes, size };
        return 0;
    case UW_CARRIED_PACKED:
        break;
    default:
        return -1;
    }

    unpacked = uw_arena_alloc(arena, size);
    if (unpacked == NULL) {
        return -1;
    }
    uw_unpack(text.data, unpacked, size);
    *bytes = (uw_slice_t) { unpacked, size };

    return 0;
}


int
uw_val_get_stream_bytes(const uw_abi_t *abi, uw_arena_t *arena,
                        const uw_val_t *val, uw_slice_t *bytes)
{
    return abi->rewritten && val->kind == WASMTIME_COMPONENT_STRING
               ? uw_val_get_packed(arena, val, bytes)
               : uw_val_get_bytes(arena, val, bytes);
}


int
uw_val_get_carried_bytes(uw_arena_t *arena, const uw_val_t *val,
                         uw_slice_t *bytes)
{
    return val->kind == WASMTIME_COMPONENT_STRING
                   && uw_val_get_packed(arena, val, bytes) == 0
                   && !uw_is_announced(*bytes)
               ? 0
               : -1;
}


wasm_name_t
uw_val_name(const uw_abi_t *abi, const char *text)
{
    wasm_name_t name;

    abi->wt->wasm_byte_vec_new(&name, strlen(text), text);

    return name;
}


static uw_val_t
uw_val_packed(const uw_abi_t *abi, const uint8_t *bytes, size_t size)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_STRING };
    bool ascii = uw_latin1_is_ascii(bytes, size);

    abi->wt->wasm_byte_vec_new_uninitialized(&val.of.string,
                                             uw_packed_size(size, ascii));
    uw_pack(bytes, size, ascii, (uint8_t *) val.of.string.data);

    return val;
}


uw_val_t
uw_val_stream_bytes(const uw_abi_t *abi, const uint8_t *bytes, size_t size)
{
    return abi->rewritten ? uw_val_packed(abi, bytes, size)
                          : uw_val_bytes(abi, bytes, size);
}


uw_val_t
uw_val_bytes(const uw_abi_t *abi, const uint8_t *bytes, size_t size)
{
    uw_val_t list;

    if (abi->carried) {
        return uw_val_packed(abi, bytes, size);
    }
    list = uw_val_list(abi, size);
    for (size_t i = 0; i < size; i++) {
        list.of.list.data[i] = uw_val_u8(bytes[i]);
    }

    return list;
}


uw_val_t
uw_val_string(const uw_abi_t *abi, const uint8_t *utf8, size_t size)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_STRING };

    abi->wt->wasm_byte_vec_new(&val.of.string, size, (const char *) utf8);

    return val;
}


uw_val_t
uw_val_enum(const uw_abi_t *abi, const char *name)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_ENUM,
                        .of = { .enumeration = uw_val_name(abi, name) } };
}


/* Moves a payload to where libwasmtime will free it; NULL stays NULL. */
static uw_val_t *
uw_val_box(const uw_abi_t *abi, uw_val_t *payload)
{
    return payload == NULL ? NULL : abi->wt->component_val_new(payload);
}


uw_val_t
uw_val_variant(const uw_abi_t *abi, const char *name, uw_val_t *payload)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_VARIANT };

    val.of.variant.discriminant = uw_val_name(abi, name);
    val.of.variant.val = uw_val_box(abi, payload);

    return val;
}


uw_val_t
uw_val_option(const uw_abi_t *abi, uw_val_t *payload)
{
    return (uw_val_t) { .kind = WASMTIME_COMPONENT_OPTION,
                        .of = { .option = uw_val_box(abi, payload) } };
}


static uw_val_t
uw_val_result(const uw_abi_t *abi, bool is_ok, uw_val_t *payload)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_RESULT };

    val.of.result.is_ok = is_ok;
    val.of.result.val = uw_val_box(abi, payload);

    return val;
}


uw_val_t
uw_val_ok(const uw_abi_t *abi, uw_val_t *payload)
{
    return uw_val_result(abi, true, payload);
}


uw_val_t
uw_val_err(const uw_abi_t *abi, uw_val_t *payload)
{
    return uw_val_result(abi, false, payload);
}


uw_val_t
uw_val_list(const uw_abi_t *abi, size_t size)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_LIST };

    abi->wt->component_vallist_new_uninit(&val.of.list, size);

    return val;
}


uw_val_t
uw_val_tuple(const uw_abi_t *abi, size_t size)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_TUPLE };

    abi->wt->component_valtuple_new_uninit(&val.of.tuple, size);

    return val;
}


uw_val_t
uw_val_record(const uw_abi_t *abi, size_t size)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_RECORD };

    abi->wt->component_valrecord_new_uninit(&val.of.record, size);

    return val;
}


void
uw_val_record_name(const uw_abi_t *abi, uw_val_t *record, size_t i,
                   const char *name)
{
    wasmtime_component_valrecord_entry_t *entry = &record->of.record.data[i];

    abi->wt->wasm_byte_vec_delete(&entry->name);
    entry->name = uw_val_name(abi, name);
}
