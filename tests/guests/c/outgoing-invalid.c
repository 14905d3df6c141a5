/* Sends a request of which something is wrong or unusual, by the path, and
 * prints what handle says; where it is sent, it waits for the response. */
#include "sending.h"

static int32_t
made(const char *what)
{
    int32_t headers = strcmp(what, "/length-no-body") == 0
                          ? fields_with("content-length", "5")
                          : fields_new();
    int32_t request = outgoing_request_new(headers), body, stream;
    if (strcmp(what, "/no-scheme") != 0)
        MUST(outgoing_request_set_scheme(request, 1, SCHEME_HTTP, NULL, 0)
             == 0);
    if (strcmp(what, "/no-authority") != 0)
        MUST(outgoing_request_set_authority(request, 1, "peer.test", 9) == 0);
    if (strcmp(what, "/no-path") != 0)
        MUST(outgoing_request_set_path(request, 1, "/", 1) == 0);
    if (strcmp(what, "/scheme") == 0)
        MUST(outgoing_request_set_scheme(request, 1, SCHEME_OTHER, "WS", 2)
             == 0);
    if (strcmp(what, "/empty-path") == 0)
        MUST(outgoing_request_set_path(request, 1, "", 0) == 0);
    if (strcmp(what, "/query") == 0)
        MUST(outgoing_request_set_path(request, 1, "?a=b", 4) == 0);
    if (strncmp(what, "/star", 5) == 0)
        MUST(outgoing_request_set_path(request, 1, "*", 1) == 0);
    if (strcmp(what, "/star") == 0)
        MUST(outgoing_request_set_method(request, METHOD_OPTIONS, NULL, 0)
             == 0);
    if (strcmp(what, "/no-slash") == 0)
        MUST(outgoing_request_set_path(request, 1, "a/b", 3) == 0);
    if (strcmp(what, "/port") == 0)
        MUST(outgoing_request_set_authority(request, 1, "peer.test:99999", 15)
             == 1);
    if (strcmp(what, "/method") == 0)
        MUST(outgoing_request_set_method(request, METHOD_OTHER, "QUERY", 5)
             == 0);
    if (strcmp(what, "/bad-method") == 0)
        MUST(outgoing_request_set_method(request, METHOD_OTHER, "bad\nmethod",
                                         10)
             == 1);
    if (strcmp(what, "/abandoned") == 0) {
        sending_open(request, &body, &stream);
        output_drop(stream);
        outgoing_body_drop(body);
    }
    if (strcmp(what, "/open-stream") == 0)
        sending_open(request, &body, &stream);
    return request;
}

void
handle(int32_t request, int32_t outparam)
{
    http_result_future result;
    outgoing_handle(made(path_of(request)), 0, 0, &result);
    if (result.is_err) {
        print_error_code(&result.err);
    } else {
        int32_t response = response_of(result.ok);
        print("status %d", (int) incoming_response_status(response));
        incoming_response_drop(response);
    }
    print("\n");
    answer(outparam, 200);
    request_drop(request);
}
