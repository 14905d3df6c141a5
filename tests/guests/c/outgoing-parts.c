/* Makes a request of what its own request's body says, and sends it: pieces of
 * one letter, a length of two bytes and so many bytes.  n: the name of the
 * fields that follow; v: appended; w: set; l: by from-list, which all others
 * follow; t: appended to the trailers; m, s, a, p: method, scheme, authority,
 * path-with-query; b: the body.  Says of each what came of it, "-" where it
 * worked, and how the request ended. */
#include "sending.h"

typedef struct {
    uint8_t letter;
    wasi_bytes bytes;
} piece;

typedef struct {
    int32_t headers;
    int32_t trailers;
    wasi_bytes name;
} parts;

static wasi_bytes
read_all(int32_t request)
{
    int32_t body, stream;
    stream_result_bytes data;
    wasi_bytes all = { NULL, 0 };
    request_open(request, &body, &stream);
    for (;;) {
        input_blocking_read(stream, 65536, &data);
        if (data.is_err)
            break;
        all.ptr = realloc(all.ptr, all.len + data.ok.len);
        memcpy(all.ptr + all.len, data.ok.ptr, data.ok.len);
        all.len += data.ok.len;
    }
    return all;
}

static bool
next(wasi_bytes *left, piece *found)
{
    if (left->len < 3)
        return false;
    found->letter = left->ptr[0];
    found->bytes.len = left->ptr[1] | left->ptr[2] << 8;
    found->bytes.ptr = left->ptr + 3;
    MUST(found->bytes.len + 3 <= left->len);
    left->ptr += found->bytes.len + 3;
    left->len -= found->bytes.len + 3;
    return true;
}

static void
print_change(bool is_err, uint8_t error)
{
    static const char *const errors[] = { "invalid-syntax", "forbidden",
                                          "immutable" };
    print("%s\n", is_err ? errors[error] : "-");
}

static void
from_list(parts *made, wasi_bytes value)
{
    http_field entry = { .name = made->name, .value = value };
    header_result_fields got;
    fields_from_list(&entry, 1, &got);
    print_change(got.is_err, got.error);
    if (!got.is_err)
        made->headers = got.ok;
}

static void
add_field(parts *made, const piece *one)
{
    const char *name = (const char *) made->name.ptr;
    wasi_bytes value = one->bytes;
    header_result done;
    if (one->letter == 'l') {
        from_list(made, value);
        return;
    }
    if (one->letter == 'w')
        fields_set(made->headers, name, made->name.len, &value, 1, &done);
    else
        fields_append(one->letter == 't' ? made->trailers : made->headers, name,
                      made->name.len, value.ptr, value.len, &done);
    print_change(done.is_err, done.error);
}

static void
set_part(int32_t request, const piece *one)
{
    const char *text = (const char *) one->bytes.ptr;
    size_t size = one->bytes.len;
    int32_t failed = 0;
    if (one->letter == 'm')
        failed = outgoing_request_set_method(request, METHOD_OTHER, text, size);
    else if (one->letter == 's')
        failed =
            outgoing_request_set_scheme(request, 1, SCHEME_OTHER, text, size);
    else if (one->letter == 'a')
        failed = outgoing_request_set_authority(request, 1, text, size);
    else if (one->letter == 'p')
        failed = outgoing_request_set_path(request, 1, text, size);
    else
        return;
    print("%s\n", failed ? "refused" : "-");
}

static void
send_and_say(int32_t own_request, int32_t own_body, int32_t own_trailers)
{
    http_result_future sent;
    http_result_void finished;
    http_option_response got;
    outgoing_handle(own_request, 0, 0, &sent);
    if (sent.is_err) {
        print("handle: ");
        print_whole_code(&sent.err);
        return;
    }
    outgoing_body_finish(own_body, 1, own_trailers, &finished);
    wait_for(future_response_subscribe(sent.ok));
    future_response_get(sent.ok, &got);
    MUST(got.some && !got.value.is_err);
    if (got.value.ok.is_err) {
        print("future: ");
        print_whole_code(&got.value.ok.err);
    } else {
        print("status %d", (int) incoming_response_status(got.value.ok.ok));
    }
}

void
handle(int32_t request, int32_t outparam)
{
    wasi_bytes all = read_all(request), left = all;
    parts made = { fields_new(), fields_new(), { NULL, 0 } };
    int32_t body, stream;
    piece one;
    while (next(&left, &one)) {
        if (one.letter == 'n')
            made.name = one.bytes;
        else if (strchr("vwlt", one.letter) != NULL)
            add_field(&made, &one);
    }
    int32_t asked = outgoing_request_new(made.headers);
    for (left = all; next(&left, &one);)
        set_part(asked, &one);
    sending_open(asked, &body, &stream);
    for (left = all; next(&left, &one);)
        if (one.letter == 'b')
            MUST(write_all(stream, one.bytes.ptr, one.bytes.len));
    output_drop(stream);
    send_and_say(asked, body, made.trailers);
    answer(outparam, 200);
}
