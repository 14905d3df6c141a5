/* Drops a parent while its child lives, which traps; the path says which. Where
 * the host allows it, and with any other path, it answers. */
#include "guest.h"

static void
break_request(int32_t request, const char *path)
{
    int32_t body, input;
    if (strcmp(path, "/headers") == 0) {
        request_headers(request);
        request_drop(request);
        return;
    }
    request_open(request, &body, &input);
    if (strcmp(path, "/stream") == 0)
        incoming_body_drop(body);
    if (strcmp(path, "/finish-request") == 0)
        incoming_body_finish(body);
    if (strcmp(path, "/pollable") == 0) {
        input_subscribe(input);
        input_drop(input);
    }
}

static void
break_response(const char *path)
{
    http_result_void finished;
    int32_t body, output, response = response_new(fields_new());
    if (strcmp(path, "/response-headers") == 0) {
        response_headers(response);
        response_drop(response);
        return;
    }
    body_open(response, response_body, outgoing_body_write, &body, &output);
    if (strcmp(path, "/body") == 0)
        outgoing_body_drop(body);
    if (strcmp(path, "/finish") == 0)
        outgoing_body_finish(body, 0, 0, &finished);
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    break_request(request, path);
    break_response(path);
    answer_with(outparam, "not trapped\n");
}
