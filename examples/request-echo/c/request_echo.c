/*
 * Answers with the request: its method, path, scheme, authority, headers and
 * body.
 *
 * The body is copied from one stream to the other while it arrives, so its size
 * does not matter.
 * The section "[Request Data]" is there only when there is data, and nothing is
 * added after the last byte of the data.
 */
#include <stdlib.h>
#include <string.h>

#include "wasi_http.h"

/* A result that we did not expect ends the request: the host answers 500. */
static void
must(bool condition)
{
    if (!condition)
        __builtin_trap();
}

/* The host calls this to make room for strings and lists that it returns. */
__attribute__((export_name("cabi_realloc"))) void *
cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size)
{
    if (new_size == 0)
        return (void *) align;
    void *new = realloc(old_size == 0 ? NULL : old, new_size);
    must(new != NULL);
    return new;
}

/* ---- the answer's head is collected in a buffer that grows --------------- */

static char *text;
static size_t text_length, text_capacity;

static void
add(const void *bytes, size_t length)
{
    if (text_length + length > text_capacity) {
        text_capacity = 2 * text_capacity + length;
        text = realloc(text, text_capacity);
        must(text != NULL);
    }
    memcpy(text + text_length, bytes, length);
    text_length += length;
}

static void
add_text(const char *string)
{
    add(string, strlen(string));
}

static void
add_line(const char *name, size_t name_length, wasi_bytes value)
{
    add(name, name_length);
    add_text(" = ");
    add(value.ptr, value.len);
    add_text("\n");
}

static wasi_bytes
bytes_of(const char *string)
{
    return (wasi_bytes) { (uint8_t *) string, strlen(string) };
}

static wasi_bytes
method_name(int32_t request)
{
    static const char *const names[] = { "GET",     "HEAD",   "POST",
                                         "PUT",     "DELETE", "CONNECT",
                                         "OPTIONS", "TRACE",  "PATCH" };
    http_method method;
    request_method(request, &method);
    return method.tag == METHOD_OTHER ? method.other
                                      : bytes_of(names[method.tag]);
}

static void
add_request(int32_t request)
{
    add_text(" * Welcome to the component model in C! *\n\n[Request Info]\n");

    wasi_option_string path;
    request_path_with_query(request, &path);
    if (path.some)
        add_line("REQUEST_PATH", 12, path.value);

    add_line("METHOD", 6, method_name(request));

    http_option_scheme scheme;
    request_scheme(request, &scheme);
    if (scheme.some)
        add_line("SCHEME", 6,
                 scheme.value.tag == SCHEME_OTHER
                     ? scheme.value.other
                     : bytes_of(scheme.value.tag ? "https" : "http"));

    wasi_option_string authority;
    request_authority(request, &authority);
    if (authority.some)
        add_line("AUTHORITY", 9, authority.value);

    add_text("\n[Request Headers]\n");
    int32_t headers = request_headers(request);
    http_field_list fields;
    fields_entries(headers, &fields);
    for (size_t i = 0; i < fields.len; i++)
        add_line((char *) fields.ptr[i].name.ptr, fields.ptr[i].name.len,
                 fields.ptr[i].value);
    fields_drop(headers);
}

/* ---- the response -------------------------------------------------------- */

/* One blocking write takes at most 4096 bytes: that is WASI's limit. */
static void
write_all(int32_t stream, const void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        size_t piece = length - done < 4096 ? length - done : 4096;
        stream_result_void result;
        output_blocking_write_and_flush(stream, (const char *) bytes + done,
                                        piece, &result);
        must(!result.is_err);
        done += piece;
    }
}

/* Copies the request body; "title" goes before the first byte of it. */
static void
copy_body(int32_t request, int32_t output, const char *title)
{
    wasi_result_handle body, input;
    request_consume(request, &body);
    must(!body.is_err);
    incoming_body_stream(body.ok, &input);
    must(!input.is_err);

    for (;;) {
        stream_result_bytes data;
        input_blocking_read(input.ok, 65536, &data);
        if (data.is_err) {
            must(data.err.tag == STREAM_CLOSED);
            break;
        }
        if (data.ok.len == 0)
            continue;
        write_all(output, title, strlen(title));
        title = "";
        write_all(output, data.ok.ptr, data.ok.len);
        free(data.ok.ptr);
    }
    input_drop(input.ok);
    incoming_body_drop(body.ok);
}

WASI_HTTP_HANDLER void
handle(int32_t request, int32_t outparam)
{
    add_request(request);

    int32_t headers = fields_new();
    header_result appended;
    fields_append(headers, "content-type", 12, "text/plain", 10, &appended);
    must(!appended.is_err);
    int32_t response = response_new(headers);

    /* The body belongs to the response: take it before the response is given
     * away. */
    wasi_result_handle body, output;
    response_body(response, &body);
    must(!body.is_err);
    outgoing_body_write(body.ok, &output);
    must(!output.is_err);
    response_outparam_set(outparam, 0, response, 0, 0, 0, 0, 0, 0);

    write_all(output.ok, text, text_length);
    copy_body(request, output.ok, "\n[Request Data]\n");

    output_drop(output.ok);
    http_result_void finished;
    outgoing_body_finish(body.ok, 0, 0, &finished);
    must(!finished.is_err);
    request_drop(request);
}
