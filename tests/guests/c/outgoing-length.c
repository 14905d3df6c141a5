/* Posts a body with Content-Length 11 of which /N bytes are written, and prints
 * how write, finish and the response end; with /N/drop without finish; with
 * /N/after the request is sent after the body; with /N/hold it waits an hour
 * instead of asking for the response. */
#include "sending.h"

static void
write_some(int32_t stream, uint64_t size)
{
    stream_result_void result;
    output_blocking_write_and_flush(stream, "Hello, WASI! And more.", size,
                                    &result);
    print("write: ");
    print_written(&result);
    print("\n");
    output_drop(stream);
}

static void
finish(int32_t body, bool drop)
{
    http_result_void result;
    if (drop) {
        outgoing_body_drop(body);
        return;
    }
    outgoing_body_finish(body, 0, 0, &result);
    print("finish: ");
    print_finished(&result);
    print("\n");
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    bool after = strstr(path, "/after") != NULL;
    http_result_future result = { .is_err = 0 };
    http_option_response got;
    int32_t body, stream;
    int32_t asked =
        request_to_peer(METHOD_POST, fields_with("content-length", "11"));
    sending_open(asked, &body, &stream);
    if (!after) {
        outgoing_handle(asked, 0, 0, &result);
        wait_for_test(request);
    }
    write_some(stream, path_number(request, 0, 0));
    finish(body, strstr(path, "/drop") != NULL);
    if (after)
        outgoing_handle(asked, 0, 0, &result);
    if (strstr(path, "/hold") != NULL)
        wait_long();
    if (result.is_err) {
        print("handle: ");
        print_error_code(&result.err);
    } else {
        wait_for(future_response_subscribe(result.ok));
        future_response_get(result.ok, &got);
        MUST(got.some && !got.value.is_err);
        if (got.value.ok.is_err) {
            print("error ");
            print_error_code(&got.value.ok.err);
        } else {
            print("status %d",
                  (int) incoming_response_status(got.value.ok.ok));
            incoming_response_drop(got.value.ok.ok);
        }
    }
    print("\n");
    if (!result.is_err)
        future_incoming_response_drop(result.ok);
    answer(outparam, 200);
    request_drop(request);
}
