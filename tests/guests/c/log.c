/* /N: prints a line of N bytes to stdout, in one write of all that check-write
 * allows; /N/1: the same of a character with two bytes; /N/W/K: and counts to
 * K thousand; /bytes: a line with bytes that must not reach a terminal. */
#include "guest.h"
#include "wasi_more.h"

void
handle(int32_t request, int32_t outparam)
{
    static const char bytes[] = "\x1b[31mred\r\x7f\t\0 \xc3\xa9 \xff end\n";
    stream_result_void written;
    int32_t out = get_stdout();
    if (path_is(request, "/bytes")) {
        output_write(out, bytes, sizeof(bytes) - 1, &written);
        MUST(!written.is_err);
    }
    bool wide = path_number(request, 1, 0) == 1;
    for (uint64_t left = path_number(request, 0, 0); left > 0;) {
        uint64_t piece = wait_for_budget(out);
        if (piece > left)
            piece = left;
        char *line = malloc((size_t) piece);
        MUST(line != NULL);
        for (uint64_t i = 0; i < piece; i++)
            line[i] = !wide ? 'x' : (left - i) % 2 == 0 ? '\xc3' : '\xa9';
        output_write(out, line, (size_t) piece, &written);
        MUST(!written.is_err);
        free(line);
        left -= piece;
    }
    for (volatile uint64_t i = path_number(request, 2, 0) * 1000; i > 0; i--)
        ;
    output_drop(out);
    answer_with(outparam, "printed\n");
    request_drop(request);
}
