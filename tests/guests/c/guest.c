#include "guest.h"

#include <stdarg.h>
#include <stdio.h>

#include "wasi_more.h"

/* Real realloc semantics: the content survives, 0 bytes need no memory. */
__attribute__((export_name("cabi_realloc"))) void *
cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size)
{
    if (new_size == 0)
        return (void *) align;
    void *new = realloc(old_size == 0 ? NULL : old, new_size);
    MUST(new != NULL);
    return new;
}

WASI_HTTP_HANDLER void
guest_entry(int32_t request, int32_t outparam)
{
    handle(request, outparam);
}

/* ---- text ---------------------------------------------------------------- */

static char *text;
static size_t text_length, text_capacity;

static char *
text_room(size_t length)
{
    if (text_length + length > text_capacity) {
        text_capacity = 2 * text_capacity + length;
        text = realloc(text, text_capacity);
        MUST(text != NULL);
    }
    return text + text_length;
}

void
print(const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    MUST(length >= 0);
    vsnprintf(text_room((size_t) length + 1), (size_t) length + 1, format,
              again);
    text_length += (size_t) length;
    va_end(again);
    va_end(arguments);
}

void
print_bytes(const void *bytes, size_t length)
{
    if (length != 0)
        memcpy(text_room(length), bytes, length);
    text_length += length;
}

void
print_escaped(const void *bytes, size_t length)
{
    for (const uint8_t *byte = bytes; length > 0; byte++, length--)
        print(*byte >= 0x20 && *byte < 0x7f && *byte != '\\' ? "%c" : "\\x%02x",
              *byte);
}

void
print_stream_error(const stream_error *error)
{
    if (error->tag == STREAM_CLOSED) {
        print("closed");
        return;
    }
    http_option_error_code code;
    http_error_code_of(error->error, &code);
    print("failed ");
    if (code.some)
        print_error_code(&code.value);
    io_error_drop(error->error);
}

static const char *const error_codes[] = {
    "DNS-timeout",
    "DNS-error",
    "destination-not-found",
    "destination-unavailable",
    "destination-IP-prohibited",
    "destination-IP-unroutable",
    "connection-refused",
    "connection-terminated",
    "connection-timeout",
    "connection-read-timeout",
    "connection-write-timeout",
    "connection-limit-reached",
    "TLS-protocol-error",
    "TLS-certificate-error",
    "TLS-alert-received",
    "HTTP-request-denied",
    "HTTP-request-length-required",
    "HTTP-request-body-size",
    "HTTP-request-method-invalid",
    "HTTP-request-URI-invalid",
    "HTTP-request-URI-too-long",
    "HTTP-request-header-section-size",
    "HTTP-request-header-size",
    "HTTP-request-trailer-section-size",
    "HTTP-request-trailer-size",
    "HTTP-response-incomplete",
    "HTTP-response-header-section-size",
    "HTTP-response-header-size",
    "HTTP-response-body-size",
    "HTTP-response-trailer-section-size",
    "HTTP-response-trailer-size",
    "HTTP-response-transfer-coding",
    "HTTP-response-content-coding",
    "HTTP-response-timeout",
    "HTTP-upgrade-failed",
    "HTTP-protocol-error",
    "loop-detected",
    "configuration-error",
    "internal-error",
};

void
print_error_code(const http_error_code *code)
{
    MUST(code->tag < sizeof(error_codes) / sizeof(error_codes[0]));
    print("%s", error_codes[code->tag]);
    if (code->tag == ERROR_HTTP_REQUEST_BODY_SIZE
        || code->tag == ERROR_HTTP_RESPONSE_BODY_SIZE)
    {
        if (code->size.some)
            print("(%llu)", (unsigned long long) code->size.value);
    } else if (code->tag == ERROR_INTERNAL_ERROR && code->text.some) {
        print("(%.*s)", (int) code->text.value.len,
              (const char *) code->text.value.ptr);
    }
}

void
print_written(const stream_result_void *result)
{
    if (result->is_err)
        print_stream_error(&result->err);
    else
        print("ok");
}

void
print_finished(const http_result_void *result)
{
    if (result->is_err)
        print_error_code(&result->err);
    else
        print("ok");
}

void
print_to_stream(int32_t stream)
{
    MUST(write_all(stream, text, text_length));
    text_length = 0;
}

void
print_to_stderr(void)
{
    int32_t stream = get_stderr();
    print_to_stream(stream);
    output_drop(stream);
}

/* ---- the response -------------------------------------------------------- */

int32_t
fields_with(const char *name, const char *value)
{
    int32_t fields = fields_new();
    fields_add(fields, name, value, strlen(value));
    return fields;
}

void
fields_add(int32_t fields, const char *name, const void *value,
           size_t value_length)
{
    header_result result;
    fields_append(fields, name, strlen(name), value, value_length, &result);
    MUST(!result.is_err);
}

http_reply
reply_begin(int32_t outparam, int32_t status, int32_t own_headers)
{
    int32_t response = response_new(own_headers);
    MUST(response_set_status_code(response, status) == 0);
    http_reply reply;
    body_open(response, response_body, outgoing_body_write, &reply.body,
              &reply.stream);
    response_outparam_set(outparam, 0, response, 0, 0, 0, 0, 0, 0);
    return reply;
}

http_reply
reply_text(int32_t outparam, int32_t status)
{
    return reply_begin(outparam, status,
                       fields_with("content-type", "text/plain"));
}

void
reply_write(http_reply *self, const void *bytes, size_t length)
{
    MUST(write_all(self->stream, bytes, length));
}

void
reply_end(http_reply *self)
{
    http_result_void result;
    output_drop(self->stream);
    outgoing_body_finish(self->body, 0, 0, &result);
    MUST(!result.is_err);
}

void
answer(int32_t outparam, int32_t status)
{
    http_reply reply = reply_text(outparam, status);
    print_to_stream(reply.stream);
    reply_end(&reply);
}

void
answer_with(int32_t outparam, const char *string)
{
    http_reply reply = reply_text(outparam, 200);
    reply_write(&reply, string, strlen(string));
    reply_end(&reply);
}

/* ---- streams ------------------------------------------------------------- */

bool
write_all(int32_t stream, const void *bytes, size_t length)
{
    for (size_t done = 0; done < length;) {
        size_t piece = length - done < 4096 ? length - done : 4096;
        stream_result_void result;
        output_blocking_write_and_flush(stream, (const char *) bytes + done,
                                        piece, &result);
        if (result.is_err) {
            MUST(result.err.tag == STREAM_CLOSED);
            return false;
        }
        done += piece;
    }
    return true;
}

enum {
    MAX_WRITE = 65536
};

/* Writes size bytes, byte i is that of the repeated unit. */
static void
write_repeated(int32_t stream, uint64_t size, const char *unit, size_t length)
{
    /* A write may start anywhere in the first unit. */
    static char repeated[MAX_WRITE + 256];
    for (size_t filled = 0; filled < MAX_WRITE + length; filled += length)
        memcpy(repeated + filled, unit, length);
    for (uint64_t done = 0; done < size;) {
        uint64_t piece = wait_for_budget(stream);
        stream_result_void result;
        if (piece > MAX_WRITE)
            piece = MAX_WRITE;
        if (piece > size - done)
            piece = size - done;
        output_write(stream, repeated + done % length, (size_t) piece, &result);
        MUST(!result.is_err);
        done += piece;
    }
}

void
write_pattern(int32_t stream, uint64_t size)
{
    write_repeated(stream, size, "0123456789abcdef", 16);
}

void
write_all_bytes(int32_t stream, uint64_t size)
{
    char unit[256];
    for (int i = 0; i < 256; i++)
        unit[i] = (char) (i * 167 + 13);
    write_repeated(stream, size, unit, sizeof(unit));
}

void
body_open(int32_t message, handle_getter body_of, handle_getter stream_of,
          int32_t *body, int32_t *stream)
{
    wasi_result_handle result;
    body_of(message, &result);
    MUST(!result.is_err);
    *body = result.ok;
    stream_of(*body, &result);
    MUST(!result.is_err);
    *stream = result.ok;
}

void
request_open(int32_t request, int32_t *body, int32_t *stream)
{
    body_open(request, request_consume, incoming_body_stream, body, stream);
}

uint64_t
read_to_end(int32_t stream)
{
    stream_result_bytes data;
    for (uint64_t total = 0;; total += data.ok.len) {
        input_blocking_read(stream, 65536, &data);
        if (data.is_err) {
            MUST(data.err.tag == STREAM_CLOSED);
            return total;
        }
        if (data.ok.len != 0)
            free(data.ok.ptr);
    }
}

void
wait_for(int32_t own_pollable)
{
    wasi_u32_list ready;
    poll_list(&own_pollable, 1, &ready);
    MUST(ready.len == 1 && ready.ptr[0] == 0);
    free(ready.ptr);
    pollable_drop(own_pollable);
}

uint64_t
wait_for_budget(int32_t stream)
{
    stream_result_u64 budget;
    for (;;) {
        output_check_write(stream, &budget);
        MUST(!budget.is_err);
        if (budget.ok != 0)
            return budget.ok;
        wait_for(output_subscribe(stream));
    }
}

/* ---- the request's path -------------------------------------------------- */

const char *
path_of(int32_t request)
{
    wasi_option_string path;
    request_path_with_query(request, &path);
    MUST(path.some);
    char *copy = malloc(path.value.len + 1);
    MUST(copy != NULL);
    memcpy(copy, path.value.ptr, path.value.len);
    copy[path.value.len] = '\0';
    copy[strcspn(copy, "?")] = '\0';
    return copy;
}

bool
path_is(int32_t request, const char *path)
{
    return strcmp(path_of(request), path) == 0;
}

uint64_t
path_number(int32_t request, int index, uint64_t otherwise)
{
    const char *segment = path_of(request);
    for (; segment != NULL && *segment == '/';
         segment = strchr(segment + 1, '/'))
    {
        if (index-- == 0)
            return segment[1] >= '0' && segment[1] <= '9'
                       ? strtoull(segment + 1, NULL, 10)
                       : otherwise;
    }
    return otherwise;
}

/* ---- trouble ------------------------------------------------------------- */

__attribute__((noinline)) uint64_t
descend(uint64_t depth)
{
    if (depth == 0)
        return 0;
    uint64_t below = descend(depth - 1);
    __asm__ volatile("" : "+r"(below)); /* keeps this from becoming a loop */
    return below + 1;
}
