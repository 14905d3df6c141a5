#include "sending.h"

/* The variable PEER, "http://HOST:PORT" or with https; else peer.test. */
static wasi_bytes
find_peer(int32_t *scheme)
{
    wasi_variable_list variables;
    wasi_bytes peer = { (uint8_t *) "peer.test", 9 };
    *scheme = SCHEME_HTTP;
    get_environment(&variables);
    for (size_t i = 0; i < variables.len; i++) {
        wasi_variable *one = &variables.ptr[i];
        if (one->name.len != 4 || memcmp(one->name.ptr, "PEER", 4) != 0)
            continue;
        *scheme = one->value.ptr[4] == 's' ? SCHEME_HTTPS : SCHEME_HTTP;
        peer.ptr = one->value.ptr + (*scheme == SCHEME_HTTPS ? 8 : 7);
        peer.len = one->value.len - (*scheme == SCHEME_HTTPS ? 8 : 7);
    }
    return peer;
}

int32_t
request_to_peer(int32_t method, int32_t own_headers)
{
    int32_t scheme, request = outgoing_request_new(own_headers);
    wasi_bytes peer = find_peer(&scheme);
    MUST(outgoing_request_set_method(request, method, NULL, 0) == 0);
    MUST(outgoing_request_set_scheme(request, 1, scheme, NULL, 0) == 0);
    MUST(outgoing_request_set_authority(request, 1, (const char *) peer.ptr,
                                        peer.len)
         == 0);
    MUST(outgoing_request_set_path(request, 1, "/asked?q=1", 10) == 0);
    return request;
}

int32_t
sent(int32_t own_request)
{
    http_result_future result;
    outgoing_handle(own_request, 0, 0, &result);
    MUST(!result.is_err);
    return result.ok;
}

void
sending_open(int32_t request, int32_t *body, int32_t *stream)
{
    body_open(request, outgoing_request_body, outgoing_body_write, body,
              stream);
}

int32_t
response_of(int32_t own_future)
{
    http_option_response got;
    wait_for(future_response_subscribe(own_future));
    future_response_get(own_future, &got);
    MUST(got.some && !got.value.is_err && !got.value.ok.is_err);
    future_incoming_response_drop(own_future);
    return got.value.ok.ok;
}

void
response_open(int32_t response, int32_t *body, int32_t *stream)
{
    body_open(response, incoming_response_consume, incoming_body_stream, body,
              stream);
}

typedef struct {
    uint8_t some;
    uint32_t value;
} option_u32;

typedef struct {
    uint8_t some;
    uint16_t value;
} option_u16;

typedef struct {
    uint8_t some;
    uint8_t value;
} option_u8;

typedef struct {
    wasi_option_string rcode;
    option_u16 info_code;
} dns_payload;

typedef struct {
    option_u8 id;
    wasi_option_string message;
} alert_payload;

typedef struct {
    wasi_option_string name;
    option_u32 size;
} field_payload;

typedef struct {
    uint8_t some;
    field_payload value;
} option_field;

static void
print_option_text(const wasi_option_string *text)
{
    if (text->some)
        print(" %.*s", (int) text->value.len, (const char *) text->value.ptr);
    else
        print(" none");
}

static void
print_option_number(uint8_t some, uint64_t number)
{
    if (some)
        print(" %llu", (unsigned long long) number);
    else
        print(" none");
}

static void
print_field_size(const field_payload *field)
{
    print_option_text(&field->name);
    print_option_number(field->size.some, field->size.value);
}

static void
print_payload(uint8_t tag, const void *payload)
{
    const dns_payload *dns = payload;
    const alert_payload *alert = payload;
    const option_field *field = payload;
    const option_u32 *size = payload;
    switch (tag) {
    case 1: /* DNS-error */
        print_option_text(&dns->rcode);
        print_option_number(dns->info_code.some, dns->info_code.value);
        break;
    case 14: /* TLS-alert-received */
        print_option_number(alert->id.some, alert->id.value);
        print_option_text(&alert->message);
        break;
    case 21: /* HTTP-request-header-section-size */
    case 23: /* HTTP-request-trailer-section-size */
    case 26: /* HTTP-response-header-section-size */
    case 29: /* HTTP-response-trailer-section-size */
        print_option_number(size->some, size->value);
        break;
    case 22: /* HTTP-request-header-size */
        if (field->some)
            print_field_size(&field->value);
        else
            print(" nothing");
        break;
    case 24: /* HTTP-request-trailer-size */
    case 27: /* HTTP-response-header-size */
    case 30: /* HTTP-response-trailer-size */
        print_field_size(payload);
        break;
    case 31: /* HTTP-response-transfer-coding */
    case 32: /* HTTP-response-content-coding */
        print_option_text(payload);
        break;
    }
}

void
print_whole_code(const http_error_code *code)
{
    print_error_code(code);
    print_payload(code->tag, &code->size);
}

void
print_fields(int32_t fields)
{
    http_field_list list;
    fields_entries(fields, &list);
    for (size_t i = 0; i < list.len; i++) {
        print("%.*s: ", (int) list.ptr[i].name.len,
              (const char *) list.ptr[i].name.ptr);
        print_escaped(list.ptr[i].value.ptr, list.ptr[i].value.len);
        print("\n");
    }
}

void
print_to_the_end(int32_t stream)
{
    stream_result_bytes data;
    for (;;) {
        input_blocking_read(stream, 65536, &data);
        if (data.is_err)
            break;
        print_escaped(data.ok.ptr, data.ok.len);
        if (data.ok.len != 0)
            free(data.ok.ptr);
    }
    print("|");
    print_stream_error(&data.err);
    print("\n");
    /* However it ended, it has. */
    input_blocking_read(stream, 1, &data);
    MUST(data.is_err && data.err.tag == STREAM_CLOSED);
}

void
print_trailers(int32_t own_body)
{
    int32_t future = incoming_body_finish(own_body);
    http_option_trailers got;
    wait_for(future_trailers_subscribe(future));
    future_trailers_get(future, &got);
    MUST(got.some && !got.value.is_err);
    if (got.value.ok.is_err) {
        print("trailers: ");
        print_whole_code(&got.value.ok.err);
        print("\n");
    } else if (got.value.ok.ok.some) {
        print("trailers:\n");
        print_fields(got.value.ok.ok.value);
        fields_drop(got.value.ok.ok.value);
    } else {
        print("no trailers\n");
    }
    future_trailers_get(future, &got);
    MUST(got.some && got.value.is_err);
    future_trailers_drop(future);
}

void
wait_for_test(int32_t request)
{
    int32_t body, stream;
    request_open(request, &body, &stream);
    read_to_end(stream);
    input_drop(stream);
    incoming_body_drop(body);
}

void
wait_long(void)
{
    wait_for(monotonic_subscribe_duration(3600ull * 1000000000ull));
}
