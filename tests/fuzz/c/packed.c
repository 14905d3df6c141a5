/*
 * Invariant: for any type, packed bytes are either refused, with a place in them,
 * and nothing is left behind, or they become values that are written as the very
 * same bytes; and no bytes can be taken from such, or added to them.
 *
 * The input: 0, and a program of any bytes; or a program of one export, whose
 * parameters are drawn, and then bytes for them.
 */

#include "guest/unpacked.h"

#include "fuzz.h"
#include "vals.h"

#define PACKED_DEPTH 4
#define PACKED_PROGRAM 4000

static const uw_wasmtime_t stand_in = { FUZZ_VALS };


/* ---- A program ---- */

typedef struct {
    char text[PACKED_PROGRAM];
    size_t size;
} program_t;


static void
add(program_t *program, const char *text)
{
    size_t size = strlen(text);

    FUZZ_CHECK(program->size + size < sizeof(program->text));
    memcpy(program->text + program->size, text, size);
    program->size += size;
}


static void add_type(program_t *program, fuzz_t *fuzz, int depth, bool none);


/* Some parts, with names or without. */
static void
add_parts(program_t *program, fuzz_t *fuzz, int depth, const char *letter,
          bool named, bool none)
{
    unsigned count = 1 + fuzz_byte(fuzz) % 3;
    char text[16];

    (void) snprintf(text, sizeof(text), "%s%u;", letter, count);
    add(program, text);
    for (unsigned i = 0; i < count; i++) {
        if (named) {
            (void) snprintf(text, sizeof(text), "n%u:", i);
            add(program, text);
        }
        add_type(program, fuzz, depth, none);
    }
}


/* Names alone, so many that all widths of their numbers occur. */
static void
add_names(program_t *program, fuzz_t *fuzz, const char *letter)
{
    static const unsigned counts[] = { 1, 7, 8, 9, 33, 257 };
    unsigned count = counts[fuzz_byte(fuzz) % 6];
    char text[16];

    if (program->size > PACKED_PROGRAM / 4) {
        count = 1;
    }
    (void) snprintf(text, sizeof(text), "%s%u;", letter, count);
    add(program, text);
    for (unsigned i = 0; i < count; i++) {
        (void) snprintf(text, sizeof(text), "%u:", i);
        add(program, text);
    }
}


static void
add_type(program_t *program, fuzz_t *fuzz, int depth, bool none)
{
    static const char *const simple[] = {
        "b", "c", "C", "h", "H",  "i", "I", "q", "Q",   "f",  "d",
        "u", "s", "s", "C", "[C", "u", "b", "s", "o0;", "p1;"
    };
    int kind = depth == 0 || program->size > PACKED_PROGRAM / 2
                   ? 0
                   : fuzz_byte(fuzz) % 10;

    switch (kind) {
    case 1:
        add(program, "[");
        add_type(program, fuzz, depth - 1, false);
        break;
    case 2:
        add(program, "?");
        add_type(program, fuzz, depth - 1, false);
        break;
    case 3:
        add(program, "=");
        add_type(program, fuzz, depth - 1, true);
        add_type(program, fuzz, depth - 1, true);
        break;
    case 4:
        add_parts(program, fuzz, depth - 1, "(", false, false);
        break;
    case 5:
        add_parts(program, fuzz, depth - 1, "{", true, false);
        break;
    case 6:
        add_parts(program, fuzz, depth - 1, "|", true, true);
        break;
    case 7:
        add_names(program, fuzz, "e");
        break;
    case 8:
        add_names(program, fuzz, "&");
        break;
    default:
        add(program, none && fuzz_byte(fuzz) % 4 == 0
                         ? "."
                         : simple[fuzz_byte(fuzz)
                                  % (sizeof(simple) / sizeof(simple[0]))]);
        break;
    }
}


static void
draw_program(uw_program_t *program, fuzz_t *fuzz)
{
    program_t drawn = { .size = 0 };
    unsigned count = fuzz_byte(fuzz) % 4;
    char text[16];

    add(&drawn, "R g a:b/c x0 one\nR h - x1 two\nE - f x2 ");
    (void) snprintf(text, sizeof(text), "%u;", count);
    add(&drawn, text);
    for (unsigned i = 0; i < count; i++) {
        add_type(&drawn, fuzz, PACKED_DEPTH, false);
    }
    add(&drawn, " .\n");
    FUZZ_CHECK(uw_program_read(program, drawn.text, drawn.size) == 0);
    FUZZ_CHECK(program->resource_count == 2 && program->resources[0].guest
               && !program->resources[1].guest);
    FUZZ_CHECK(strcmp(program->resources[0].interface, "a:b/c") == 0);
    FUZZ_CHECK(program->resources[1].interface == NULL);
    FUZZ_CHECK(program->export_count == 1
               && program->exports[0].param_count == count
               && program->most_params == count);
}


/* ---- Handles: every number but one is good ---- */

#define NO_HANDLE 13


static int
number_of(void *data, const uw_type_t *type, const uw_val_t *val,
          uint32_t *number)
{
    (void) data;
    FUZZ_CHECK(type->resource == (type->kind == UW_TYPE_BORROW));
    *number = (uint32_t) (uintptr_t) val->of.resource;

    return 0;
}


static int
handle_of(void *data, const uw_type_t *type, uint32_t number, uw_val_t *val)
{
    (void) data;
    FUZZ_CHECK(type->resource == (type->kind == UW_TYPE_BORROW));
    if (number == NO_HANDLE) {
        return -1;
    }
    val->kind = WASMTIME_COMPONENT_RESOURCE;
    val->of.resource = (void *) (uintptr_t) number;

    return 0;
}


static const uw_handles_t handles = { NULL, number_of, handle_of };


/* ---- Values ---- */

static int
read_values(const uw_signature_t *function, const uint8_t *bytes, size_t size,
            size_t most, bool carried, uw_val_t *vals)
{
    uw_packed_fault_t fault = { SIZE_MAX, NULL };
    uint8_t *exact = fuzz_copy(bytes, size);
    int status = uw_packed_read(
        &stand_in, &handles, function->params, function->param_count, carried,
        (uw_slice_t) { exact, size }, most, vals, &fault);

    FUZZ_CHECK(status == 0 || status == -1);
    if (status == 0) {
        FUZZ_CHECK(fault.offset == SIZE_MAX);
    } else {
        FUZZ_CHECK(fault.offset <= size);
    }
    free(exact);

    return status;
}


static void
delete_values(const uw_signature_t *function, uw_val_t *vals)
{
    for (uint32_t i = 0; i < function->param_count; i++) {
        val_delete(&vals[i]);
    }
}


/* The longest beginning of the bytes that is good; SIZE_MAX: none. */
static size_t
good_size(const uw_signature_t *function, const uint8_t *bytes, size_t size)
{
    size_t found = SIZE_MAX;
    uw_val_t vals[4];

    for (size_t i = 0; i <= size; i++) {
        if (read_values(function, bytes, i, SIZE_MAX, false, vals) == 0) {
            FUZZ_CHECK(found == SIZE_MAX);
            found = i;
            delete_values(function, vals);
        }
    }

    return found;
}


static void
check_alone(const uw_signature_t *function, const uint8_t *bytes, size_t size)
{
    uw_packed_fault_t fault;
    size_t at = 0;

    for (uint32_t i = 0; i < function->param_count; i++) {
        const uw_type_t *type = &function->params[i];

        if (type->handles) {
            return;
        }
        FUZZ_CHECK(
            uw_packed_check(type, (uw_slice_t) { bytes, size }, &at, &fault)
            == 0);
    }
    FUZZ_CHECK(at == size);
}


/* The same bytes are refused, looked at alone, as are no values. */
static void
check_refused(const uw_signature_t *function, const uint8_t *bytes, size_t size)
{
    uw_packed_fault_t fault = { SIZE_MAX, NULL };
    uint8_t *exact = fuzz_copy(bytes, size);
    int status = 0;
    size_t at = 0;

    for (uint32_t i = 0; i < function->param_count && status == 0; i++) {
        status = uw_packed_check(&function->params[i],
                                 (uw_slice_t) { exact, size }, &at, &fault);
        FUZZ_CHECK(at <= size && (status == 0 || fault.offset <= size));
        if (function->params[i].handles) {
            status = -1;
        }
    }
    FUZZ_CHECK(status != 0 || at != size);
    free(exact);
}


static void
check(const uw_signature_t *function, const uint8_t *bytes, size_t size)
{
    size_t good = good_size(function, bytes, size);
    uw_account_t account = { .limit = SIZE_MAX / 2 };
    uw_buf_t packed = { .account = &account };
    uw_val_t vals[4];

    if (good == SIZE_MAX) {
        check_refused(function, bytes, size);
        return;
    }
    FUZZ_CHECK(read_values(function, bytes, good, SIZE_MAX, false, vals) == 0);
    FUZZ_CHECK(uw_packed_write(&handles, function->params,
                               function->param_count, false, vals, &packed)
               == 0);
    FUZZ_CHECK(uw_buf_size(&packed) == good);
    FUZZ_CHECK(good == 0 || memcmp(uw_buf_head(&packed), bytes, good) == 0);
    uw_buf_free(&packed);
    FUZZ_CHECK(uw_account_held(&account) == 0);
    delete_values(function, vals);

    /* What is looked at alone is as good, and ends where the value ends. */
    check_alone(function, bytes, good);
    /* The host writes bytes in one form and reads them in another. */
    FUZZ_CHECK(read_values(function, bytes, good, SIZE_MAX, true, vals) == 0);
    packed = (uw_buf_t) { .account = &account };
    (void) !uw_packed_write(&handles, function->params, function->param_count,
                            true, vals, &packed);
    uw_buf_free(&packed);
    FUZZ_CHECK(uw_account_held(&account) == 0);
    delete_values(function, vals);

    /* Memory that is short refuses, or is enough. */
    for (size_t most = 0; most <= 64; most += 8) {
        if (read_values(function, bytes, good, most, most % 16 == 0, vals) == 0)
        {
            delete_values(function, vals);
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t fuzz = { data, size };
    uw_program_t program = { 0 };
    uint8_t *text;

    if (fuzz_byte(&fuzz) == 0) {
        text = fuzz_copy(fuzz.data, fuzz.size);
        if (uw_program_read(&program, (char *) text, fuzz.size) == 0) {
            uw_program_free(&program);
        }
        FUZZ_CHECK(program.memory == NULL && program.exports == NULL);
        free(text);
        return 0;
    }

    draw_program(&program, &fuzz);
    check(&program.exports[0], fuzz.data, fuzz.size < 300 ? fuzz.size : 300);
    uw_program_free(&program);

    return 0;
}
