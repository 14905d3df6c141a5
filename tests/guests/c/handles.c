/* /HEX: a program of four bytes per step: what the step is about (the kind of
 * a handle, or what run() says), which handles, which call, a number. Is there
 * no handle of the kind, it is about the next kind that has one; the handles of
 * a call are counted among those of the kinds that it wants. With 0x80 in the
 * first byte it takes any handle, also one that was dropped. At the end
 * everything is left as it is. */
#include "guest.h"
#include "wasi_more.h"

#define SLOTS 32

typedef enum {
    NONE,
    ERROR,
    POLLABLE,
    INPUT,
    OUTPUT,
    FIELDS,
    REQUEST,
    OUTPARAM,
    BODY_IN,
    TRAILERS,
    RESPONSE,
    BODY_OUT,
    REQUEST_OUT,
    FUTURE,
    RESPONSE_IN,
    OPTIONS,
} kind;

typedef struct {
    kind kind; /* NONE: never used, dropped, or given away */
    int32_t handle;
} slot;

typedef struct {
    slot slots[SLOTS];
    unsigned next;
    bool wild;
} state;

typedef struct {
    uint8_t about;
    uint8_t first;
    uint8_t second;
    uint8_t call;
    uint8_t number;
} step;

static const char text[256] = "content-length";

static void
keep(state *self, kind what, int32_t handle)
{
    self->slots[self->next++ % SLOTS] = (slot) { what, handle };
}

/* NULL where there is none. */
static slot *
pick(state *self, kind what, unsigned index)
{
    unsigned count = 0;
    if (self->wild)
        return &self->slots[index % SLOTS];
    for (unsigned i = 0; i < SLOTS; i++)
        count += self->slots[i].kind == what;
    if (count == 0)
        return NULL;
    index %= count;
    for (unsigned i = 0;; i++)
        if (self->slots[i].kind == what && index-- == 0)
            return &self->slots[i];
}

/* Of the first kind from this one on that has a handle; *what says which. */
static slot *
pick_from(state *self, kind *what, unsigned index)
{
    slot *found = pick(self, *what, index);
    for (unsigned i = 1; found == NULL && i < OPTIONS; i++) {
        *what = 1 + *what % OPTIONS;
        found = pick(self, *what, index);
    }
    return found;
}

/* The handle of a picked slot, which is given away. */
static int32_t
give(slot *from)
{
    from->kind = NONE;
    return from->handle;
}

/* What a call that may fail has made. */
static void
keep_made(state *self, kind what, const wasi_result_handle *made)
{
    if (!made->is_err)
        keep(self, what, made->ok);
}

static void
keep_error(state *self, uint8_t is_err, const stream_error *error)
{
    if (is_err && error->tag == STREAM_FAILED)
        keep(self, ERROR, error->error);
}

static void
on_input(state *self, const step *now, slot *at)
{
    int32_t stream = at->handle;
    stream_result_bytes bytes = { .is_err = 0 };
    stream_result_u64 count = { .is_err = 0 };
    switch (now->call % 5) {
    case 0:
        input_read(stream, now->number, &bytes);
        break;
    case 1:
        input_blocking_read(stream, now->number, &bytes);
        break;
    case 2:
        input_skip(stream, now->number, &count);
        break;
    case 3:
        input_blocking_skip(stream, now->number, &count);
        break;
    default:
        keep(self, POLLABLE, input_subscribe(stream));
        break;
    }
    keep_error(self, bytes.is_err, &bytes.err);
    keep_error(self, count.is_err, &count.err);
}

static void
on_output(state *self, const step *now, slot *at)
{
    int32_t stream = at->handle;
    stream_result_void done = { .is_err = 0 };
    stream_result_u64 count = { .is_err = 0 };
    slot *source;
    switch (now->call % 10) {
    case 0:
        output_check_write(stream, &count);
        break;
    case 1:
        output_write(stream, text, now->number, &done);
        break;
    case 2:
        output_blocking_write_and_flush(stream, text, now->number, &done);
        break;
    case 3:
        output_flush(stream, &done);
        break;
    case 4:
        output_blocking_flush(stream, &done);
        break;
    case 5:
        output_write_zeroes(stream, now->number, &done);
        break;
    case 6:
        output_blocking_write_zeroes_and_flush(stream, now->number, &done);
        break;
    case 7:
    case 8:
        source = pick(self, INPUT, now->second);
        if (source == NULL)
            return;
        if (now->call % 10 == 7)
            output_splice(stream, source->handle, now->number, &count);
        else
            output_blocking_splice(stream, source->handle, now->number, &count);
        break;
    default:
        keep(self, POLLABLE, output_subscribe(stream));
        break;
    }
    keep_error(self, done.is_err, &done.err);
    keep_error(self, count.is_err, &count.err);
}

static void
on_fields(state *self, const step *now, slot *at)
{
    int32_t fields = at->handle;
    /* Names that are good, forbidden, wrong, and one that means something. */
    static const char *const names[] = { "x", "host", "a b", "content-length" };
    const char *name = names[now->second % 4];
    size_t size = strlen(name);
    wasi_bytes value = { (uint8_t *) "17", now->second % 3 };
    wasi_bytes_list values;
    http_field_list entries;
    header_result done;
    switch (now->call % 7) {
    case 0:
        fields_get(fields, name, size, &values);
        break;
    case 1:
        (void) fields_has(fields, name, size);
        break;
    case 2:
        fields_set(fields, name, size, &value, now->number % 2, &done);
        break;
    case 3:
        fields_delete(fields, name, size, &done);
        break;
    case 4:
        fields_append(fields, name, size, value.ptr, value.len, &done);
        break;
    case 5:
        fields_entries(fields, &entries);
        break;
    default:
        keep(self, FIELDS, fields_clone(fields));
        break;
    }
}

static void
on_pollable(state *self, const step *now, slot *at)
{
    int32_t pollable = at->handle;
    slot *other = pick(self, POLLABLE, now->second);
    int32_t both[2] = { pollable, other == NULL ? pollable : other->handle };
    wasi_u32_list ready;
    switch (now->call % 3) {
    case 0:
        (void) pollable_ready(pollable);
        break;
    case 1:
        pollable_block(pollable);
        break;
    default:
        poll_list(both, self->wild ? 0 : 1 + now->number % 2, &ready);
        break;
    }
}

static void
on_request(state *self, const step *now, slot *at)
{
    int32_t request = at->handle;
    wasi_result_handle body;
    http_method method;
    switch (now->call % 4) {
    case 0:
        keep(self, FIELDS, request_headers(request));
        break;
    case 1:
        request_method(request, &method);
        break;
    default:
        request_consume(request, &body);
        keep_made(self, BODY_IN, &body);
        break;
    }
}

static void
on_response(state *self, const step *now, slot *at)
{
    int32_t response = at->handle;
    wasi_result_handle body;
    switch (now->call % 4) {
    case 0:
        keep(self, FIELDS, response_headers(response));
        break;
    case 1:
        (void) response_set_status_code(response, 180 + now->number * 2);
        break;
    default:
        response_body(response, &body);
        keep_made(self, BODY_OUT, &body);
        break;
    }
}

static void
on_request_out(state *self, const step *now, slot *at)
{
    int32_t request = at->handle;
    wasi_result_handle body;
    switch (now->call % 6) {
    case 0:
        (void) outgoing_request_set_path(request, now->number % 2, text,
                                         now->number % 20);
        break;
    case 1:
        (void) outgoing_request_set_authority(request, now->number % 2, text,
                                              now->number % 20);
        break;
    case 2:
        (void) outgoing_request_set_scheme(request, now->number % 2,
                                           now->second % 3, text, 3);
        break;
    case 3:
        (void) outgoing_request_set_method(request, now->number % 10, text,
                                           now->second % 8);
        break;
    case 4:
        keep(self, FIELDS, outgoing_request_headers(request));
        break;
    default:
        outgoing_request_body(request, &body);
        keep_made(self, BODY_OUT, &body);
        break;
    }
}

/* A request that can be sent. */
static int32_t
make_request(state *self, const step *now)
{
    slot *fields = now->number & 1 ? pick(self, FIELDS, now->first) : NULL;
    int32_t request =
        outgoing_request_new(fields == NULL ? fields_new() : give(fields));
    (void) outgoing_request_set_scheme(request, 1, SCHEME_HTTP, NULL, 0);
    (void) outgoing_request_set_authority(request, 1, "peer.test", 9);
    (void) outgoing_request_set_path(request, 1, "/", 1);
    return request;
}

static void
send(state *self, const step *now, int32_t own_request)
{
    slot *options = now->number & 2 ? pick(self, OPTIONS, now->second) : NULL;
    http_result_future future;
    outgoing_handle(own_request, options != NULL,
                    options == NULL ? 0 : give(options), &future);
    if (!future.is_err)
        keep(self, FUTURE, future.ok);
}

static void
on_future(state *self, const step *now, slot *at)
{
    int32_t future = at->handle;
    http_option_response got;
    if (now->call % 3 == 0) {
        keep(self, POLLABLE, future_response_subscribe(future));
        return;
    }
    if (now->call % 3 == 1)
        wait_for(future_response_subscribe(future));
    future_response_get(future, &got);
    if (got.some && !got.value.is_err && !got.value.ok.is_err)
        keep(self, RESPONSE_IN, got.value.ok.ok);
}

static void
on_response_in(state *self, const step *now, slot *at)
{
    int32_t response = at->handle;
    wasi_result_handle body;
    switch (now->call % 4) {
    case 0:
        keep(self, FIELDS, incoming_response_headers(response));
        break;
    case 1:
        (void) incoming_response_status(response);
        break;
    default:
        incoming_response_consume(response, &body);
        keep_made(self, BODY_IN, &body);
        break;
    }
}

static void
on_options(state *self, const step *now, slot *at)
{
    http_option_duration got;
    (void) self;
    if (now->call % 2 == 0)
        (void) request_options_set_connect(at->handle, now->number % 2, 1);
    else
        request_options_connect(at->handle, &got);
}

static void
on_body_in(state *self, const step *now, slot *body)
{
    wasi_result_handle stream;
    if (now->call % 2 == 0) {
        incoming_body_stream(body->handle, &stream);
        keep_made(self, INPUT, &stream);
    } else {
        keep(self, TRAILERS, incoming_body_finish(give(body)));
    }
}

static void
on_body_out(state *self, const step *now, slot *body)
{
    wasi_result_handle stream;
    http_result_void done;
    slot *trailers = now->number % 2 ? pick(self, FIELDS, now->second) : NULL;
    if (now->call % 3 != 0) {
        outgoing_body_write(body->handle, &stream);
        keep_made(self, OUTPUT, &stream);
    } else if (trailers == NULL) {
        outgoing_body_finish(give(body), 0, 0, &done);
    } else {
        outgoing_body_finish(give(body), 1, give(trailers), &done);
    }
}

static void
on_trailers(state *self, const step *now, slot *at)
{
    int32_t trailers = at->handle;
    http_option_trailers got;
    if (now->call % 3 == 0) {
        keep(self, POLLABLE, future_trailers_subscribe(trailers));
        return;
    }
    if (now->call % 3 == 1)
        wait_for(future_trailers_subscribe(trailers));
    future_trailers_get(trailers, &got);
    if (got.some && !got.value.is_err && !got.value.ok.is_err
        && got.value.ok.ok.some)
        keep(self, FIELDS, got.value.ok.ok.value);
}

/* Calls that make something of something else that they take. */
static void
on_whole(state *self, const step *now)
{
    slot *fields = pick(self, FIELDS, now->first);
    slot *response = pick(self, RESPONSE, now->second);
    slot *outparam = pick(self, OUTPARAM, now->first);
    slot *request = pick(self, REQUEST_OUT, now->first);
    switch (now->call % 12) {
    case 0:
        keep(self, FIELDS, fields_new());
        break;
    case 1:
        if (fields != NULL)
            keep(self, RESPONSE, response_new(give(fields)));
        break;
    case 2:
        if (fields != NULL)
            keep(self, REQUEST_OUT, outgoing_request_new(give(fields)));
        break;
    case 3:
        if (outparam != NULL && response != NULL)
            response_outparam_set(give(outparam), 0, give(response), 0, 0, 0, 0,
                                  0, 0);
        break;
    case 4:
        keep(self, POLLABLE, monotonic_subscribe_duration(now->number * 1000));
        break;
    case 5:
        if (request != NULL)
            send(self, now, give(request));
        break;
    case 6:
        keep(self, REQUEST_OUT, make_request(self, now));
        break;
    case 8:
        keep(self, OPTIONS, request_options_new());
        break;
    default:
        send(self, now, make_request(self, now));
        break;
    }
}

static void
on_error(state *self, const step *now, slot *at)
{
    wasi_bytes sentence;
    http_option_error_code code;
    (void) self;
    if (now->call % 2 == 0)
        io_error_to_debug_string(at->handle, &sentence);
    else
        http_error_code_of(at->handle, &code);
}

/* What drops a handle of a kind, and what else calls of it do. */
static const struct {
    void (*drop)(int32_t handle);
    void (*use)(state *self, const step *now, slot *at);
} kinds[] = {
    [ERROR] = { io_error_drop, on_error },
    [POLLABLE] = { pollable_drop, on_pollable },
    [INPUT] = { input_drop, on_input },
    [OUTPUT] = { output_drop, on_output },
    [FIELDS] = { fields_drop, on_fields },
    [REQUEST] = { request_drop, on_request },
    [OUTPARAM] = { response_outparam_drop, NULL },
    [BODY_IN] = { incoming_body_drop, on_body_in },
    [TRAILERS] = { future_trailers_drop, on_trailers },
    [RESPONSE] = { response_drop, on_response },
    [BODY_OUT] = { outgoing_body_drop, on_body_out },
    [REQUEST_OUT] = { outgoing_request_drop, on_request_out },
    [FUTURE] = { future_incoming_response_drop, on_future },
    [RESPONSE_IN] = { incoming_response_drop, on_response_in },
    [OPTIONS] = { request_options_drop, on_options },
};

/* Steps are about a kind of handle; 16 to 20 drop one of some kind, and 0 and
 * what is above make things. */
static void
run(state *self, const step *now)
{
    unsigned group = now->about % 0x20;
    bool drops = group >= 16;
    kind what = drops ? 1 + now->call % OPTIONS : (kind) group;
    slot *found;
    self->wild = now->about >= 0x80;
    if (group == 0 || group > 20) {
        on_whole(self, now);
        return;
    }
    found = pick_from(self, &what, now->first);
    if (found != NULL && drops)
        kinds[what].drop(give(found));
    else if (found != NULL && kinds[what].use != NULL)
        kinds[what].use(self, now, found);
}

static uint8_t
nibble(uint8_t digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

void
handle(int32_t request, int32_t outparam)
{
    state self = { .next = 0 };
    wasi_option_string path;
    request_path_with_query(request, &path);
    MUST(path.some && path.value.len > 0);
    keep(&self, REQUEST, request);
    keep(&self, OUTPARAM, outparam);
    for (size_t i = 1; i + 8 <= path.value.len; i += 8) {
        const uint8_t *hex = path.value.ptr + i;
        uint8_t bytes[4];
        for (int k = 0; k < 4; k++)
            bytes[k] = nibble(hex[2 * k]) << 4 | nibble(hex[2 * k + 1]);
        run(&self, &(step) { bytes[0], bytes[1] >> 4, bytes[1] & 15, bytes[2],
                             bytes[3] });
    }
}
