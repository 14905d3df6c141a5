/* /NNN: status NNN (default: 200) and a body in any case, to be used with 204,
 * 304 and HEAD. What the host says to the writes is printed to stderr. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    stream_result_void written;
    http_result_void finished;
    int32_t headers = fields_with("content-type", "text/plain");
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
