/*
 * Invariant: guest/val.c reads from any value only what the value holds, refuses
 * every value of another shape, and reads back unchanged what it has made.  What
 * the arena holds for that is on its account, and is given back.
 */

#include "guest/latin1.h"
#include "guest/val.h"

#include "fuzz.h"
#include "vals.h"

#define VALUE_DEPTH 3
#define VALUE_ITEMS 40
#define VALUE_TEXT 300

/* What an arena may keep over a reset. */
#define VALUE_KEPT 5000

static const uw_wasmtime_t stand_in = { FUZZ_VALS };


/* ---- Values that a guest could pass ---- */

static uw_val_t make(fuzz_t *fuzz, const uw_abi_t *abi, int depth);


static uw_val_t
make_list(fuzz_t *fuzz, const uw_abi_t *abi, int depth)
{
    uw_val_t list = uw_val_list(abi, fuzz_byte(fuzz) % VALUE_ITEMS);
    bool bytes = fuzz_byte(fuzz) % 4 != 0;

    for (size_t i = 0; i < list.of.list.size; i++) {
        list.of.list.data[i] =
            bytes ? uw_val_u8(fuzz_byte(fuzz)) : make(fuzz, abi, depth - 1);
    }

    return list;
}


static uw_val_t
make(fuzz_t *fuzz, const uw_abi_t *abi, int depth)
{
    uw_val_t payload;
    const uint8_t *text;
    size_t size;
    int kind = depth == 0 ? 0 : fuzz_byte(fuzz) % 8;

    switch (kind) {
    case 1:
        text = fuzz_bytes(fuzz, VALUE_TEXT, &size);
        return uw_val_string(abi, text, size);
    case 2:
        return make_list(fuzz, abi, depth);
    case 3:
        return uw_val_enum(abi, fuzz_byte(fuzz) % 2 == 0 ? "get" : "");
    case 4:
        payload = make(fuzz, abi, depth - 1);
        return uw_val_variant(abi, "other", &payload);
    case 5:
        return uw_val_variant(abi, "HTTP", NULL);
    case 6:
        payload = make(fuzz, abi, depth - 1);
        return uw_val_ok(abi, &payload);
    case 7:
        payload = make(fuzz, abi, depth - 1);
        return uw_val_option(abi, &payload);
    default:
        return uw_val_u64(fuzz_u16(fuzz));
    }
}


static bool
is_bytes(const uw_val_t *val)
{
    if (val->kind != WASMTIME_COMPONENT_LIST) {
        return val->kind == WASMTIME_COMPONENT_STRING;
    }
    for (size_t i = 0; i < val->of.list.size; i++) {
        if (val->of.list.data[i].kind != WASMTIME_COMPONENT_U8) {
            return false;
        }
    }

    return true;
}


static void
check_bytes(uw_arena_t *arena, const uw_val_t *val)
{
    uw_slice_t found = { NULL, 0 };

    FUZZ_CHECK((uw_val_get_bytes(arena, val, &found) == 0) == is_bytes(val));
    if (!is_bytes(val)) {
        return;
    }
    if (val->kind == WASMTIME_COMPONENT_STRING) {
        FUZZ_CHECK(found.size == val->of.string.size);
        FUZZ_CHECK(found.size == 0
                   || memcmp(found.data, val->of.string.data, found.size) == 0);
        return;
    }
    FUZZ_CHECK(found.size == val->of.list.size);
    for (size_t i = 0; i < found.size; i++) {
        FUZZ_CHECK(found.data[i] == val->of.list.data[i].of.u8);
    }
}


static void
check_stream(const uw_abi_t *abi, uw_arena_t *arena, const uw_val_t *val)
{
    uw_slice_t found = { NULL, 0 };
    int status = uw_val_get_stream_bytes(abi, arena, val, &found);

    if (!abi->rewritten || val->kind != WASMTIME_COMPONENT_STRING) {
        FUZZ_CHECK((status == 0) == is_bytes(val));
        return;
    }
    if (status != 0) {
        return;
    }
    if (uw_is_announced(found)) {
        FUZZ_CHECK(val->of.string.size == 7);
        return;
    }
    FUZZ_CHECK(found.size <= val->of.string.size);
    if (found.size != 0) {
        free(fuzz_copy(found.data, found.size));
    }
}


static void
check_round_trip(const uw_abi_t *abi, uw_arena_t *arena, fuzz_t *fuzz)
{
    size_t size;
    const uint8_t *bytes = fuzz_bytes(fuzz, VALUE_TEXT, &size);
    uint8_t *exact = fuzz_copy(bytes, size);
    uw_val_t vals[] = { uw_val_stream_bytes(abi, exact, size),
                        uw_val_bytes(abi, exact, size) };
    uw_slice_t found;

    if (abi->rewritten) {
        FUZZ_CHECK(vals[0].of.string.size
                   == uw_packed_size(size, uw_latin1_is_ascii(exact, size)));
    } else {
        FUZZ_CHECK(uw_val_get_stream_bytes(abi, arena, &vals[0], &found) == 0);
        FUZZ_CHECK(found.size == size);
        FUZZ_CHECK(size == 0 || memcmp(found.data, exact, size) == 0);
    }
    FUZZ_CHECK(uw_val_get_bytes(arena, &vals[1], &found) == 0);
    FUZZ_CHECK(found.size == size);
    FUZZ_CHECK(size == 0 || memcmp(found.data, exact, size) == 0);

    val_delete(&vals[0]);
    val_delete(&vals[1]);
    free(exact);
}


static void
check_record(const uw_abi_t *abi, fuzz_t *fuzz)
{
    uw_val_t record = uw_val_record(abi, 2);
    uw_val_t tuple = uw_val_tuple(abi, 1);

    tuple.of.tuple.data[0] = make(fuzz, abi, VALUE_DEPTH);
    uw_val_record_name(abi, &record, 0, "first");
    record.of.record.data[0].val = tuple;
    uw_val_record_name(abi, &record, 1, "second");
    record.of.record.data[1].val = uw_val_u32(7);
    FUZZ_CHECK(record.of.record.data[1].val.of.u32 == 7);
    val_delete(&record);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t fuzz = { data, size };
    uw_abi_t abi = { .wt = &stand_in, .rewritten = fuzz_byte(&fuzz) % 2 != 0 };
    uw_account_t account = { .limit = SIZE_MAX / 2 };
    uw_arena_t arena = { .account = &account };
    uw_val_t val;

    while (fuzz.size != 0) {
        val = make(&fuzz, &abi, VALUE_DEPTH);
        check_bytes(&arena, &val);
        check_stream(&abi, &arena, &val);
        val_delete(&val);
        check_round_trip(&abi, &arena, &fuzz);
        check_record(&abi, &fuzz);
        if (fuzz_byte(&fuzz) % 2 == 0) {
            uw_arena_reset(&arena);
            FUZZ_CHECK(uw_account_held(&account) <= VALUE_KEPT);
        }
    }
    uw_arena_free(&arena);
    FUZZ_CHECK(uw_account_held(&account) == 0);
    FUZZ_CHECK(!uw_account_is_over(&account));

    return 0;
}
