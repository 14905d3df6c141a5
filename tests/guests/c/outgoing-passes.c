/* Passes the headers of its request on, in its answer, or in a request with
 * `/request`: as they are, or a clone of them with `/clone` at the end. Answers
 * with what they are without, and what those of its request are then. */
#include "sending.h"

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    int32_t headers = request_headers(request);
    int32_t passed = strstr(path, "/clone") == NULL ? request_headers(request)
                                                    : fields_clone(headers);
    if (strncmp(path, "/request", 8) == 0) {
        int32_t owner = request_to_peer(METHOD_GET, passed);
        int32_t own = outgoing_request_headers(owner);
        print_fields(own);
        fields_drop(own);
        incoming_response_drop(response_of(sent(owner)));
        passed = fields_new();
    }
    print("of the request:\n");
    http_reply reply = reply_begin(outparam, 200, passed);
    print_fields(headers);
    print_to_stream(reply.stream);
    reply_end(&reply);
    fields_drop(headers);
    request_drop(request);
}
