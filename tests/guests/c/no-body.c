/* /NNN: status NNN (default: 200) and a body in any case, to be used with 204,
 * 205, 304 and HEAD; /NNN/LENGTH: with that Content-Length. What the host says
 * to the writes is printed to stderr. */
#include <stdio.h>

#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    stream_result_void written;
    http_result_void finished;
    int32_t headers = fields_with("content-type", "text/plain");
    uint64_t length = path_number(request, 1, 0);
    char digits[24];
    if (length != 0) {
        snprintf(digits, sizeof(digits), "%llu", (unsigned long long) length);
        fields_add(headers, "Content-Length", digits, strlen(digits));
    }
    http_reply reply =
        reply_begin(outparam, (int32_t) path_number(request, 0, 200), headers);
    output_blocking_write_and_flush(reply.stream, "a body\n", 7, &written);
    print("write: ");
    print_written(&written);
    output_drop(reply.stream);
    outgoing_body_finish(reply.body, 0, 0, &finished);
    print(", finish: ");
    print_finished(&finished);
    print("\n");
    print_to_stderr();
    request_drop(request);
}
