/* /ATTACK/A/B: one way to harm the host or the neighbours each, see the table at
 * the end; answers with how long it took. bench/hostile.py runs all of them. */
#include "sending.h"

#define SECOND 1000000000ull
#define VALUE 60000

static char *
filled(uint64_t size, int byte)
{
    char *bytes = malloc(size == 0 ? 1 : size);
    MUST(bytes != NULL);
    memset(bytes, byte, size);
    return bytes;
}

static int32_t
large_fields(void)
{
    header_result result;
    int32_t fields = fields_new();
    char *value = filled(VALUE, 'v');
    fields_append(fields, "x", 1, value, VALUE, &result);
    free(value);
    return fields;
}

/* a writes of 64 KiB of byte b: line feeds with 10. */
static void
log_bytes(uint64_t a, uint64_t b)
{
    int32_t out = get_stderr();
    char *bytes = filled(65536, (int) b);
    for (uint64_t i = 0; i < a; i++) {
        stream_result_void result;
        output_write(out, bytes, 65536, &result);
        MUST(!result.is_err);
    }
    output_drop(out);
}

/* b times a value of a bytes into fields, and out again. */
static void
append_values(uint64_t a, uint64_t b)
{
    char *value = filled(a, 'v');
    int32_t fields = fields_new();
    header_result result;
    for (uint64_t i = 0; i < b; i++) {
        fields_append(fields, "x", 1, value, a, &result);
        fields_delete(fields, "x", 1, &result);
    }
}

/* b times a name of a bytes that is none. */
static void
append_names(uint64_t a, uint64_t b)
{
    char *name = filled(a, ' ');
    int32_t fields = fields_new();
    header_result result;
    for (uint64_t i = 0; i < b; i++)
        fields_append(fields, name, a, "v", 1, &result);
}

/* b times a name of a bytes is looked for. */
static void
get_names(uint64_t a, uint64_t b)
{
    char *name = filled(a, 'n');
    int32_t fields = fields_new();
    wasi_bytes_list list;
    for (uint64_t i = 0; i < b; i++)
        fields_get(fields, name, a, &list);
}

/* b times a list of a entries. */
static void
from_list(uint64_t a, uint64_t b)
{
    http_field *entries = calloc(a, sizeof(*entries));
    header_result_fields result;
    MUST(entries != NULL);
    for (uint64_t i = 0; i < a; i++) {
        entries[i].name.ptr = (void *) "a";
        entries[i].name.len = 1;
        entries[i].value.ptr = (void *) "v";
        entries[i].value.len = 1;
    }
    for (uint64_t i = 0; i < b; i++)
        fields_from_list(entries, a, &result);
}

/* b times poll with a list of a. */
static void
poll_lists(uint64_t a, uint64_t b)
{
    int32_t pollable = monotonic_subscribe_duration(0);
    int32_t *list = malloc(a * sizeof(*list));
    wasi_u32_list ready;
    MUST(list != NULL);
    for (uint64_t i = 0; i < a; i++)
        list[i] = pollable;
    for (uint64_t i = 0; i < b; i++) {
        poll_list(list, a, &ready);
        free(ready.ptr);
    }
}

/* a pollables, of which the last is ready, polled b times. */
static void
hold_pollables(uint64_t a, uint64_t b)
{
    int32_t *list = malloc(a * sizeof(*list));
    wasi_u32_list ready;
    MUST(list != NULL);
    for (uint64_t i = 0; i < a; i++)
        list[i] = monotonic_subscribe_duration(i == a - 1 ? 0 : 3600 * SECOND);
    for (uint64_t i = 0; i < b; i++) {
        poll_list(list, a, &ready);
        free(ready.ptr);
    }
}

/* Holds a sets of fields for b seconds. */
static void
hold_fields(uint64_t a, uint64_t b)
{
    for (uint64_t i = 0; i < a; i++)
        large_fields();
    wait_for(monotonic_subscribe_duration(b * SECOND));
}

/* Holds a outgoing requests with all that they can have for b seconds. */
static void
hold_requests(uint64_t a, uint64_t b)
{
    char *text = filled(65000, 'a');
    for (uint64_t i = 0; i < a; i++) {
        int32_t request = outgoing_request_new(large_fields());
        text[0] = '/';
        outgoing_request_set_path(request, 1, text, 65000);
        text[0] = 'a';
        outgoing_request_set_authority(request, 1, text, 65000);
        outgoing_request_set_method(request, 9, text, 65000);
    }
    wait_for(monotonic_subscribe_duration(b * SECOND));
}

/* b times a random bytes. */
static void
take_random(uint64_t a, uint64_t b)
{
    wasi_bytes bytes;
    for (uint64_t i = 0; i < b; i++) {
        random_bytes(a, &bytes);
        free(bytes.ptr);
    }
}

/* a copies of fields. */
static void
clone(uint64_t a, uint64_t b)
{
    int32_t fields = large_fields();
    (void) b;
    for (uint64_t i = 0; i < a; i++)
        fields_drop(fields_clone(fields));
}

/* a times the entries of fields. */
static void
entries(uint64_t a, uint64_t b)
{
    int32_t fields = large_fields();
    http_field_list list;
    (void) b;
    for (uint64_t i = 0; i < a; i++) {
        fields_entries(fields, &list);
        free(list.ptr[0].value.ptr);
        free(list.ptr[0].name.ptr);
        free(list.ptr);
    }
}

/* Waits a times for a nanosecond. */
static void
park(uint64_t a, uint64_t b)
{
    (void) b;
    for (uint64_t i = 0; i < a; i++)
        wait_for(monotonic_subscribe_duration(1));
}

/* Asks for the time for a milliseconds. */
static void
spin(uint64_t a, uint64_t b)
{
    uint64_t end = monotonic_now() + a * 1000000;
    (void) b;
    while (monotonic_now() < end) {
    }
}

/* a requests to an address, each dropped at once; with b after b nanoseconds. */
static void
ask_and_drop(uint64_t a, uint64_t b)
{
    for (uint64_t i = 0; i < a; i++) {
        int32_t request = outgoing_request_new(fields_new());
        http_result_future result;
        outgoing_request_set_authority(request, 1, "127.0.0.1:1", 11);
        outgoing_request_set_path(request, 1, "/", 1);
        outgoing_request_set_scheme(request, 1, 0, 0, 0);
        outgoing_handle(request, 0, 0, &result);
        if (result.is_err)
            continue;
        if (b != 0)
            wait_for(monotonic_subscribe_duration(b));
        future_incoming_response_drop(result.ok);
    }
}

/* A request to each of a origins; b times all of them. */
static void
ask_many(uint64_t a, uint64_t b)
{
    for (uint64_t i = 0; i < a * b; i++) {
        int32_t request = outgoing_request_new(fields_new());
        http_result_future result;
        char authority[] = "h0000000.test:80";
        uint64_t number = i % a;
        for (size_t at = 7; at > 0; at--, number /= 10)
            authority[at] = (char) ('0' + number % 10);
        outgoing_request_set_authority(request, 1, authority, 16);
        outgoing_request_set_path(request, 1, "/", 1);
        outgoing_request_set_scheme(request, 1, 0, 0, 0);
        outgoing_handle(request, 0, 0, &result);
        if (!result.is_err) {
            wait_for(future_response_subscribe(result.ok));
            future_incoming_response_drop(result.ok);
        }
    }
}

/* a writes of one byte into the response; with b it waits after each. */
static void
tiny_writes(int32_t outparam, uint64_t a, uint64_t b)
{
    http_reply reply = reply_text(outparam, 200);
    for (uint64_t i = 0; i < a; i++) {
        stream_result_void result;
        wait_for_budget(reply.stream);
        output_write(reply.stream, "x", 1, &result);
        MUST(!result.is_err);
        if (b != 0)
            wait_for(monotonic_subscribe_duration(1));
    }
    reply_end(&reply);
}

static const struct {
    const char *name;
    void (*run)(uint64_t a, uint64_t b);
} attacks[] = {
    { "/log/", log_bytes },
    { "/append/", append_values },
    { "/appendname/", append_names },
    { "/get/", get_names },
    { "/fromlist/", from_list },
    { "/poll/", poll_lists },
    { "/handles/", hold_pollables },
    { "/holdfields/", hold_fields },
    { "/holdrequests/", hold_requests },
    { "/random/", take_random },
    { "/clone/", clone },
    { "/entries/", entries },
    { "/park/", park },
    { "/spin/", spin },
    { "/ask/", ask_and_drop },
    { "/origins/", ask_many },
};

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    uint64_t a = path_number(request, 1, 0);
    uint64_t b = path_number(request, 2, 0);
    uint64_t began = monotonic_now();
    if (strncmp(path, "/tiny/", 6) == 0) {
        tiny_writes(outparam, a, b);
        return;
    }
    for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++) {
        if (strncmp(path, attacks[i].name, strlen(attacks[i].name)) == 0)
            attacks[i].run(a, b);
    }
    print("took %llu us\n",
          (unsigned long long) ((monotonic_now() - began) / 1000));
    answer(outparam, 200);
}
