/* Sends GET with "x-from: guest" and prints all that comes back; with
 * /options with timeouts of 1, 2 and 3 ms; with /early it asks the future
 * before there is an answer; with /hold/N it makes N fields, which it keeps,
 * when there is one. */
#include "sending.h"

static void
print_response(int32_t response)
{
    int32_t body, stream, headers = incoming_response_headers(response);
    wasi_result_handle again;
    header_result changed;
    print("status %d\n", (int) incoming_response_status(response));
    print_fields(headers);
    fields_append(headers, "x-more", 6, "1", 1, &changed);
    MUST(changed.is_err && changed.error == HEADER_IMMUTABLE);
    fields_drop(headers);
    response_open(response, &body, &stream);
    incoming_response_consume(response, &again);
    MUST(again.is_err);
    incoming_body_stream(body, &again);
    MUST(again.is_err);
    print_to_the_end(stream);
    input_drop(stream);
    print_trailers(body);
    incoming_response_drop(response);
}

static int32_t
with_options(int32_t own_request)
{
    http_result_future result;
    int32_t options = request_options_new();
    MUST(request_options_set_connect(options, 1, 1000000) == 0);
    MUST(request_options_set_first_byte(options, 1, 2000000) == 0);
    MUST(request_options_set_between_bytes(options, 1, 3000000) == 0);
    outgoing_handle(own_request, 1, options, &result);
    MUST(!result.is_err);
    return result.ok;
}

void
handle(int32_t request, int32_t outparam)
{
    http_option_response got;
    int32_t asked =
        request_to_peer(METHOD_GET, fields_with("x-from", "guest"));
    int32_t future =
        path_is(request, "/options") ? with_options(asked) : sent(asked);
    if (path_is(request, "/early")) {
        future_response_get(future, &got);
        MUST(!got.some);
    }
    wait_for(future_response_subscribe(future));
    for (uint64_t held = path_number(request, 1, 0); held > 0; held--)
        fields_new();
    future_response_get(future, &got);
    MUST(got.some && !got.value.is_err);
    if (got.value.ok.is_err) {
        print("error ");
        print_whole_code(&got.value.ok.err);
        print("\n");
    } else {
        print_response(got.value.ok.ok);
    }
    wait_for(future_response_subscribe(future));
    future_response_get(future, &got);
    MUST(got.some && got.value.is_err);
    future_incoming_response_drop(future);
    answer(outparam, 200);
    request_drop(request);
}
