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

static void
keep_error(state *self, const stream_error *error)
{
    if (error->tag == STREAM_FAILED)
        keep(self, ERROR, error->error);
}

static void
on_input(state *self, const step *now, int32_t stream)
{
    stream_result_bytes bytes;
    stream_result_u64 count;
    switch (now->call % 5) {
    case 0:
        input_read(stream, now->number, &bytes);
        if (bytes.is_err)
            keep_error(self, &bytes.err);
        break;
    case 1:
        input_blocking_read(stream, now->number, &bytes);
        if (bytes.is_err)
            keep_error(self, &bytes.err);
        break;
    case 2:
        input_skip(stream, now->number, &count);
        if (count.is_err)
            keep_error(self, &count.err);
        break;
    case 3:
        input_blocking_skip(stream, now->number, &count);
        if (count.is_err)
            keep_error(self, &count.err);
        break;
    default:
        keep(self, POLLABLE, input_subscribe(stream));
        break;
    }
}

static void
on_output(state *self, const step *now, int32_t stream)
{
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
    if (done.is_err)
        keep_error(self, &done.err);
    if (count.is_err)
        keep_error(self, &count.err);
}

static void
on_fields(state *self, const step *now, int32_t fields)
{
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
on_pollable(state *self, const step *now, int32_t pollable)
{
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
on_request(state *self, const step *now, int32_t request)
{
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
        if (!body.is_err)
            keep(self, BODY_IN, body.ok);
        break;
    }
}

static void
on_response(state *self, const step *now, int32_t response)
{
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
        if (!body.is_err)
            keep(self, BODY_OUT, body.ok);
        break;
    }
}

static void
on_request_out(state *self, const step *now, int32_t request)
{
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
        if (!body.is_err)
            keep(self, BODY_OUT, body.ok);
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
on_future(state *self, const step *now, int32_t future)
{
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
on_response_in(state *self, const step *now, int32_t response)
{
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
        if (!body.is_err)
            keep(self, BODY_IN, body.ok);
        break;
    }
}

static void
on_options(const step *now, int32_t options)
{
    http_option_duration got;
    if (now->call % 2 == 0)
        (void) request_options_set_connect(options, now->number % 2, 1);
    else
        request_options_connect(options, &got);
}

static void
on_body_in(state *self, const step *now, slot *body)
{
    wasi_result_handle stream;
    if (now->call % 2 == 0) {
        incoming_body_stream(body->handle, &stream);
        if (!stream.is_err)
            keep(self, INPUT, stream.ok);
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
        if (!stream.is_err)
            keep(self, OUTPUT, stream.ok);
    } else if (trailers == NULL) {
        outgoing_body_finish(give(body), 0, 0, &done);
    } else {
        outgoing_body_finish(give(body), 1, give(trailers), &done);
    }
}

static void
on_trailers(state *self, const step *now, int32_t trailers)
{
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
drop(state *self, const step *now)
{
    static void (*const drops[])(int32_t) = {
        [ERROR] = io_error_drop,
        [POLLABLE] = pollable_drop,
        [INPUT] = input_drop,
        [OUTPUT] = output_drop,
        [FIELDS] = fields_drop,
        [REQUEST] = request_drop,
        [OUTPARAM] = response_outparam_drop,
        [BODY_IN] = incoming_body_drop,
        [TRAILERS] = future_trailers_drop,
        [RESPONSE] = response_drop,
        [BODY_OUT] = outgoing_body_drop,
        [REQUEST_OUT] = outgoing_request_drop,
        [FUTURE] = future_incoming_response_drop,
        [RESPONSE_IN] = incoming_response_drop,
        [OPTIONS] = request_options_drop,
    };
    kind what = 1 + now->call % OPTIONS;
    slot *found = pick_from(self, &what, now->first);
    if (found != NULL)
        drops[what](give(found));
}

static void
debug_error(const step *now, int32_t error)
{
    wasi_bytes sentence;
    http_option_error_code code;
    if (now->call % 2 == 0)
        io_error_to_debug_string(error, &sentence);
    else
        http_error_code_of(error, &code);
}

static void
use(state *self, const step *now, kind what, slot *found)
{
    switch (what) {
    case ERROR:
        debug_error(now, found->handle);
        break;
    case POLLABLE:
        on_pollable(self, now, found->handle);
        break;
    case INPUT:
        on_input(self, now, found->handle);
        break;
    case OUTPUT:
        on_output(self, now, found->handle);
        break;
    case FIELDS:
        on_fields(self, now, found->handle);
        break;
    case REQUEST:
        on_request(self, now, found->handle);
        break;
    case BODY_IN:
        on_body_in(self, now, found);
        break;
    case TRAILERS:
        on_trailers(self, now, found->handle);
        break;
    case RESPONSE:
        on_response(self, now, found->handle);
        break;
    case BODY_OUT:
        on_body_out(self, now, found);
        break;
    case REQUEST_OUT:
        on_request_out(self, now, found->handle);
        break;
    case FUTURE:
        on_future(self, now, found->handle);
        break;
    case RESPONSE_IN:
        on_response_in(self, now, found->handle);
        break;
    case OPTIONS:
        on_options(now, found->handle);
        break;
    default:
        break;
    }
}

/* Steps are about a kind of handle; 16 to 20 drop one of some kind, and 0 and
 * what is above make things. */
static void
run(state *self, const step *now)
{
    unsigned group = now->about % 0x20;
    kind what = (kind) group;
    slot *found;
    self->wild = now->about >= 0x80;
    if (group == 0 || group > 20) {
        on_whole(self, now);
    } else if (group >= 16) {
        drop(self, now);
    } else {
        found = pick_from(self, &what, now->first);
        if (found != NULL)
            use(self, now, what, found);
    }
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
