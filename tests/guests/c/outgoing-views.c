/* Looks at something, drops what it was taken from, takes new memory, and looks
 * again; the path says at what. Headers: /request, /request-out, /sent,
 * /response, /response-out, /answered; /trailers of a response; /error of a
 * body that broke off. /passed: those trailers as headers of the answer. */
#include "sending.h"

/* Into the place of what the host has freed, if it has. */
static void
spray(void)
{
    char path[1000];
    memset(path, '/', sizeof path);
    for (int i = 0; i < 40; i++) {
        int32_t one = outgoing_request_new(fields_new());
        MUST(outgoing_request_set_path(one, 1, path, 40 + i * 16) == 0);
    }
}

static int32_t
request_out(void)
{
    return request_to_peer(METHOD_GET, fields_with("x-out", "1"));
}

static int32_t
trailers_of(int32_t own_response)
{
    int32_t body, stream, fields;
    http_option_trailers got;
    response_open(own_response, &body, &stream);
    incoming_response_drop(own_response);
    print_to_the_end(stream);
    input_drop(stream);
    int32_t future = incoming_body_finish(body);
    wait_for(future_trailers_subscribe(future));
    future_trailers_get(future, &got);
    MUST(got.some && !got.value.is_err && !got.value.ok.is_err
         && got.value.ok.ok.some);
    fields = got.value.ok.ok.value;
    print_fields(fields);
    future_trailers_drop(future);
    return fields;
}

/* Fields whose owner has gone; what they were before is printed. */
static int32_t
fields_of(int32_t request, const char *path)
{
    int32_t owner, fields;
    if (strcmp(path, "/request") == 0) {
        fields = request_headers(request);
        print_fields(fields);
        request_drop(request);
    } else if (strcmp(path, "/request-out") == 0) {
        owner = request_out();
        fields = outgoing_request_headers(owner);
        print_fields(fields);
        outgoing_request_drop(owner);
    } else if (strcmp(path, "/sent") == 0) {
        owner = request_out();
        fields = outgoing_request_headers(owner);
        print_fields(fields);
        incoming_response_drop(response_of(sent(owner)));
    } else if (strcmp(path, "/response-out") == 0) {
        owner = response_new(fields_with("x-out", "2"));
        fields = response_headers(owner);
        print_fields(fields);
        response_drop(owner);
    } else if (strcmp(path, "/response") == 0) {
        owner = response_of(sent(request_out()));
        fields = incoming_response_headers(owner);
        print_fields(fields);
        incoming_response_drop(owner);
    } else {
        fields = trailers_of(response_of(sent(request_out())));
    }
    return fields;
}

static void
print_error(int32_t error)
{
    wasi_bytes text;
    io_error_to_debug_string(error, &text);
    print("%.*s\n", (int) text.len, (const char *) text.ptr);
}

/* The body of the response has to break off. */
static void
look_at_an_error(void)
{
    int32_t body, stream;
    stream_result_bytes data;
    int32_t response = response_of(sent(request_out()));
    response_open(response, &body, &stream);
    do {
        input_blocking_read(stream, 100, &data);
    } while (!data.is_err);
    MUST(data.err.tag == STREAM_FAILED);
    print_error(data.err.error);
    input_drop(stream);
    incoming_body_drop(body);
    incoming_response_drop(response);
    spray();
    print_error(data.err.error);
}

/* The headers of the answer itself, after the client has got it. */
static void
look_at_the_answer(int32_t outparam)
{
    int32_t response = response_new(fields_with("x-out", "3"));
    int32_t fields = response_headers(response);
    http_reply reply;
    print_fields(fields);
    body_open(response, response_body, outgoing_body_write, &reply.body,
              &reply.stream);
    response_outparam_set(outparam, 0, response, 0, 0, 0, 0, 0, 0);
    print_to_stream(reply.stream);
    wait_for(monotonic_subscribe_duration(1000000));
    spray();
    print_fields(fields);
    print_to_stream(reply.stream);
    reply_end(&reply);
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    if (strcmp(path, "/error") == 0) {
        look_at_an_error();
    } else if (strcmp(path, "/answered") == 0) {
        look_at_the_answer(outparam);
        return;
    } else {
        int32_t fields = fields_of(request, path);
        spray();
        if (strcmp(path, "/passed") == 0) {
            http_reply reply = reply_begin(outparam, 200, fields);
            print_to_stream(reply.stream);
            reply_end(&reply);
            return;
        }
        print_fields(fields);
        fields_drop(fields);
    }
    answer(outparam, 200);
}
