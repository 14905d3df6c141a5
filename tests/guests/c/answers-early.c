/* Sends the whole response before it reads the request body; prints to stderr
 * what it then read. */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, input;
    answer_with(outparam, "early\n");
    request_open(request, &body, &input);
    print("read %llu bytes after the answer\n",
          (unsigned long long) read_to_end(input));
    print_to_stderr();
    input_drop(input);
    incoming_body_drop(body);
    request_drop(request);
}
