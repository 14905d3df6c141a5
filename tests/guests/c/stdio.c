/* Prints to stdout and stderr: whole and partial lines, an empty one, several
 * handles, and a last line without an end. */
#include "guest.h"
#include "wasi_more.h"

static void
put(int32_t stream, const char *text)
{
    MUST(write_all(stream, text, strlen(text)));
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t out = get_stdout(), again = get_stdout(), err = get_stderr();
    put(out, "a whole line\n");
    put(out, "a line ");
    put(again, "in two parts\n");
    put(err, "an error line\n");
    put(out, "\n");
    put(out, "two lines\nin one write\n");
    put(err, "an error ");
    put(out, "between\n");
    put(err, "in two parts\n");
    put(out, "no newline at the end");
    output_drop(out);
    output_drop(again);
    output_drop(err);
    answer_with(outparam, "printed\n");
    request_drop(request);
}
