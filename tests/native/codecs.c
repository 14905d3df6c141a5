/*
 * Readers and makers that tools/bindgen.py writes, with values of every type of
 * WASI: what was read and made again is what it was.  tests/native/test_codecs.py
 * writes codecs_cases.h beside them.
 *
 * libwasmtime is not needed: values are those of tests/fuzz/c/vals.h, and a
 * handle is the number of its resource.
 */

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest/codec.h"
#include "guest/rows.h"

#include "vals.h"


/* ---- In the place of libwasmtime ---- */

static char said[256];


static wasmtime_error_t *
error_new(const char *text)
{
    (void) snprintf(said, sizeof(said), "%s", text);

    return (wasmtime_error_t *) said;
}


/* A handle, in its three forms, is the number of the resource. */

static wasmtime_error_t *
any_to_host(wasmtime_context_t *context,
            const wasmtime_component_resource_any_t *any,
            wasmtime_component_resource_host_t **host)
{
    (void) context;
    *host = (wasmtime_component_resource_host_t *) (uintptr_t) any;

    return NULL;
}


static wasmtime_error_t *
host_to_any(wasmtime_context_t *context,
            const wasmtime_component_resource_host_t *host,
            wasmtime_component_resource_any_t **any)
{
    (void) context;
    *any = (wasmtime_component_resource_any_t *) (uintptr_t) host;

    return NULL;
}


static uint32_t
host_rep(const wasmtime_component_resource_host_t *host)
{
    return (uint32_t) (uintptr_t) host & 0xffff;
}


static uint32_t
host_type(const wasmtime_component_resource_host_t *host)
{
    return (uint32_t) ((uintptr_t) host >> 16);
}


static wasmtime_component_resource_host_t *
host_new(bool owned, uint32_t rep, uint32_t type)
{
    assert(owned);

    return (wasmtime_component_resource_host_t *) (((uintptr_t) type << 16)
                                                   | rep);
}


static void
host_delete(wasmtime_component_resource_host_t *host)
{
    (void) host;
}


static const uw_wasmtime_t stand_in = {
    FUZZ_VALS,
    .component_resource_any_to_host = any_to_host,
    .component_resource_host_to_any = host_to_any,
    .component_resource_host_rep = host_rep,
    .component_resource_host_type = host_type,
    .component_resource_host_new = host_new,
    .component_resource_host_delete = host_delete,
    .error_new = error_new,
};

static uw_instance_t instance = { .abi = { .wt = &stand_in } };
static uw_call_t the_call = { .instance = &instance, .abi = &instance.abi };

#define ABI (&instance.abi)


/* What wasi:http does when a handle is dropped: not here. */
void uw_http_release(uw_instance_t *of, uw_resource_t *resource);

void
uw_http_release(uw_instance_t *of, uw_resource_t *resource)
{
    (void) of;
    (void) resource;
}


/* ---- Values, written as the cases have them ---- */

static uw_val_t
of_string(const char *text)
{
    return uw_val_string(ABI, (const uint8_t *) text, strlen(text));
}


static uw_val_t
of_bytes(const char *text)
{
    return uw_val_bytes(ABI, (const uint8_t *) text, strlen(text));
}


static uw_val_t
of_variant(const char *name)
{
    return uw_val_variant(ABI, name, NULL);
}


static uw_val_t
of_case(const char *name, uw_val_t payload)
{
    return uw_val_variant(ABI, name, &payload);
}


static uw_val_t
of_some(uw_val_t payload)
{
    return uw_val_option(ABI, &payload);
}


static uw_val_t
of_ok(uw_val_t payload)
{
    return uw_val_ok(ABI, &payload);
}


static uw_val_t
of_err(uw_val_t payload)
{
    return uw_val_err(ABI, &payload);
}


static uw_val_t
of_handle(const uw_resource_type_t *type)
{
    uw_resource_t *resource =
        uw_resource_new(&instance.resources, type, 0, UINT32_MAX);
    uw_val_t val;

    assert(resource != NULL);
    assert(uw_handle(&the_call, resource, &val));

    return val;
}


static uw_val_t
of_tuple(size_t size, ...)
{
    uw_val_t val = uw_val_tuple(ABI, size);
    va_list args;

    va_start(args, size);
    for (size_t i = 0; i < size; i++) {
        val.of.tuple.data[i] = va_arg(args, uw_val_t);
    }
    va_end(args);

    return val;
}


static uw_val_t
of_list(size_t size, ...)
{
    uw_val_t val = uw_val_list(ABI, size);
    va_list args;

    va_start(args, size);
    for (size_t i = 0; i < size; i++) {
        val.of.list.data[i] = va_arg(args, uw_val_t);
    }
    va_end(args);

    return val;
}


static uw_val_t
of_record(size_t size, ...)
{
    uw_val_t val = uw_val_record(ABI, size);
    va_list args;

    va_start(args, size);
    for (size_t i = 0; i < size; i++) {
        uw_val_record_name(ABI, &val, i, va_arg(args, const char *));
        val.of.record.data[i].val = va_arg(args, uw_val_t);
    }
    va_end(args);

    return val;
}


static uw_val_t
of_flags(size_t size, ...)
{
    uw_val_t val = { .kind = WASMTIME_COMPONENT_FLAGS };
    va_list args;

    valflags_new_uninit(&val.of.flags, size);
    va_start(args, size);
    for (size_t i = 0; i < size; i++) {
        val.of.flags.data[i] = uw_val_name(ABI, va_arg(args, const char *));
    }
    va_end(args);

    return val;
}


/* ---- Comparing ---- */

static bool same(const uw_val_t *a, const uw_val_t *b);


static bool
same_name(const wasm_name_t *a, const wasm_name_t *b)
{
    return a->size == b->size && memcmp(a->data, b->data, a->size) == 0;
}


static bool
same_payload(const uw_val_t *a, const uw_val_t *b)
{
    return a == NULL || b == NULL ? a == b : same(a, b);
}


static bool
same_vals(const uw_val_t *a, size_t a_size, const uw_val_t *b, size_t b_size)
{
    bool equal = a_size == b_size;

    for (size_t i = 0; equal && i < a_size; i++) {
        equal = same(&a[i], &b[i]);
    }

    return equal;
}


static bool
same_record(const wasmtime_component_valrecord_t *a,
            const wasmtime_component_valrecord_t *b)
{
    bool equal = a->size == b->size;

    for (size_t i = 0; equal && i < a->size; i++) {
        equal = same_name(&a->data[i].name, &b->data[i].name)
                && same(&a->data[i].val, &b->data[i].val);
    }

    return equal;
}


static bool
same_flags(const wasmtime_component_valflags_t *a,
           const wasmtime_component_valflags_t *b)
{
    bool equal = a->size == b->size;

    for (size_t i = 0; equal && i < a->size; i++) {
        equal = same_name(&a->data[i], &b->data[i]);
    }

    return equal;
}


static bool
same_number(const uw_val_t *a, const uw_val_t *b)
{
    switch (a->kind) {
    case WASMTIME_COMPONENT_BOOL:
        return a->of.boolean == b->of.boolean;
    case WASMTIME_COMPONENT_S8:
    case WASMTIME_COMPONENT_U8:
        return a->of.u8 == b->of.u8;
    case WASMTIME_COMPONENT_S16:
    case WASMTIME_COMPONENT_U16:
        return a->of.u16 == b->of.u16;
    case WASMTIME_COMPONENT_S32:
    case WASMTIME_COMPONENT_U32:
    case WASMTIME_COMPONENT_F32:
    case WASMTIME_COMPONENT_CHAR:
        return a->of.u32 == b->of.u32;
    default:
        return a->of.u64 == b->of.u64;
    }
}


static bool
same(const uw_val_t *a, const uw_val_t *b)
{
    if (a->kind != b->kind) {
        return false;
    }

    switch (a->kind) {
    case WASMTIME_COMPONENT_STRING:
    case WASMTIME_COMPONENT_ENUM:
        return same_name(&a->of.string, &b->of.string);
    case WASMTIME_COMPONENT_LIST:
        return same_vals(a->of.list.data, a->of.list.size, b->of.list.data,
                         b->of.list.size);
    case WASMTIME_COMPONENT_TUPLE:
        return same_vals(a->of.tuple.data, a->of.tuple.size, b->of.tuple.data,
                         b->of.tuple.size);
    case WASMTIME_COMPONENT_RECORD:
        return same_record(&a->of.record, &b->of.record);
    case WASMTIME_COMPONENT_FLAGS:
        return same_flags(&a->of.flags, &b->of.flags);
    case WASMTIME_COMPONENT_VARIANT:
        return same_name(&a->of.variant.discriminant,
                         &b->of.variant.discriminant)
               && same_payload(a->of.variant.val, b->of.variant.val);
    case WASMTIME_COMPONENT_OPTION:
        return same_payload(a->of.option, b->of.option);
    case WASMTIME_COMPONENT_RESULT:
        return a->of.result.is_ok == b->of.result.is_ok
               && same_payload(a->of.result.val, b->of.result.val);
    default:
        return same_number(a, b);
    }
}


/* ---- Lists, which C has as they came: both values hold the same one ---- */

static void forget_shared(const uw_val_t *in, uw_val_t *out);


static void
forget_all_shared(const uw_val_t *in, uw_val_t *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        forget_shared(&in[i], &out[i]);
    }
}


static void
forget_shared(const uw_val_t *in, uw_val_t *out)
{
    const uw_val_t *in_payload = NULL;
    uw_val_t *out_payload = NULL;

    switch (in->kind) {
    case WASMTIME_COMPONENT_LIST:
        if (in->of.list.data == out->of.list.data) {
            *out = uw_val_bool(false);
        }
        return;
    case WASMTIME_COMPONENT_TUPLE:
        forget_all_shared(in->of.tuple.data, out->of.tuple.data,
                          in->of.tuple.size);
        return;
    case WASMTIME_COMPONENT_RECORD:
        for (size_t i = 0; i < in->of.record.size; i++) {
            forget_shared(&in->of.record.data[i].val,
                          &out->of.record.data[i].val);
        }
        return;
    case WASMTIME_COMPONENT_VARIANT:
        in_payload = in->of.variant.val;
        out_payload = out->of.variant.val;
        break;
    case WASMTIME_COMPONENT_OPTION:
        in_payload = in->of.option;
        out_payload = out->of.option;
        break;
    case WASMTIME_COMPONENT_RESULT:
        in_payload = in->of.result.val;
        out_payload = out->of.result.val;
        break;
    default:
        break;
    }
    if (in_payload != NULL) {
        forget_shared(in_payload, out_payload);
    }
}


/* ---- The cases ---- */

/* Reads a value and makes it again; false after a trap. */
typedef bool (*round_trip_t)(uw_call_t *call, const uw_val_t *in,
                             uw_val_t *out);

static int failures;


static void
failed(const char *name, const char *why)
{
    printf("%s: %s: %s\n", name, why, said);
    failures++;
}


static void
check(const char *name, round_trip_t round_trip, uw_val_t in)
{
    uw_val_t out = { .kind = WASMTIME_COMPONENT_BOOL };

    said[0] = '\0';
    the_call.error = NULL;
    if (!round_trip(&the_call, &in, &out)) {
        failed(name, "was not read, or not made");
    } else if (!same(&in, &out)) {
        failed(name, "is another value");
    } else {
        forget_shared(&in, &out);
    }
    uw_arena_reset(&instance.arena);
    val_delete(&out);
    val_delete(&in);
}


static void
check_refused(const char *name, round_trip_t round_trip, uw_val_t in)
{
    uw_val_t out = { .kind = WASMTIME_COMPONENT_BOOL };

    said[0] = '\0';
    the_call.error = NULL;
    if (round_trip(&the_call, &in, &out)) {
        failed(name, "was read");
        val_delete(&out);
    } else if (strcmp(said, "an argument has another type than WASI's") != 0
               && strcmp(said, "an argument is no string of bytes") != 0)
    {
        failed(name, "was refused otherwise");
    }
    uw_arena_reset(&instance.arena);
    val_delete(&in);
}


#include "codecs_cases.h"


/* ---- Versions ---- */

static bool
imported(const char *name, const char *const *versions)
{
    uw_host_interface_t interface = { .name = "a:b/c", .versions = versions };

    return uw_interface_is(&interface, uw_slice_of(name));
}


static void
check_versions(void)
{
    static const char *const all[] = { "0.2.", NULL };
    static const char *const drafts[] = { "0.1.0-draft", "0.2.0-rc.1", "",
                                          NULL };

    assert(imported("a:b/c@0.2.0", all) && imported("a:b/c@0.2.12", all));
    assert(imported("a:b/c@0.2.99", all) && imported("a:b/c@0.2.0+a.1", all));
    assert(!imported("a:b/c@0.2.0-rc.1", all));
    assert(!imported("a:b/c@0.2.x", all) && !imported("a:b/c@0.2.0x", all));
    assert(!imported("a:b/c@0.2.", all) && !imported("a:b/c@0.20.0", all));
    assert(!imported("a:b/c@0.3.0", all) && !imported("a:b/c", all));
    assert(!imported("a:b/c@", all) && !imported("a:b/cd@0.2.0", all));
    assert(!imported("a:b/", all) && !imported("", all));
    assert(imported("a:b/c", drafts) && !imported("a:b/c@", drafts));
    assert(imported("a:b/c@0.1.0-draft", drafts));
    assert(imported("a:b/c@0.2.0-rc.1", drafts));
    assert(!imported("a:b/c@0.1.0-draft2", drafts));
    assert(!imported("a:b/c@0.1.0-draf", drafts));
    assert(!imported("a:b/c@0.2.0-rc.10", drafts));
}


int
main(void)
{
    int cases = run_cases();

    check_versions();
    uw_arena_free(&instance.arena);
    uw_resources_free(&instance.resources);
    printf("%d cases, %d failures\n", cases, failures);

    return failures == 0 ? 0 : 1;
}
