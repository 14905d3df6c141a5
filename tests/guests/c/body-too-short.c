/* Says Content-Length 10 and writes 5 bytes; prints to stderr how the write and
 * finish end. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    http_reply reply =
        reply_begin(outparam, 200, fields_with("content-length", "10"));
    stream_result_void written;
    output_blocking_write_and_flush(reply.stream, "01234", 5, &written);
    print("write: ");
    print_written(&written);
    output_drop(reply.stream);

    http_result_void finished;
    outgoing_body_finish(reply.body, 0, 0, &finished);
    print("\nfinish: ");
    print_finished(&finished);
    print("\n");
    print_to_stderr();
    request_drop(request);
}
