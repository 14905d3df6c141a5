/* /lines/N/SIZE/K: K times N lines of SIZE bytes to stderr, each time in one
 * write, without asking check-write; /asks/...: the same, asking it before each
 * line. /trap/..., /wait/...: as lines, then traps, or waits for an hour before
 * it answers. /raw: a line with all that must not reach a log; /code: an error-code with
 * such a text. */
#include "guest.h"
#include "wasi_more.h"

#define TEXT                                                                   \
    "esc\033[31m cr\rbel\007 csi8 \302\233"                                    \
    "31m nel \302\205 ls \342\200\250 ps \342\200\251 rlo \342\200\256 rlm "   \
    "\342\200\217 bom \357\273\277 del \177 tab \t\303\251"

#define BAD " bad \377\376"

static void
print_lines(uint64_t count, uint64_t size, bool asks)
{
    int32_t out = get_stderr();
    size_t length = (size_t) (count * (size + 1));
    char *text = malloc(length == 0 ? 1 : length);
    stream_result_void written;
    MUST(text != NULL);
    memset(text, 'x', length);
    for (uint64_t i = 1; i <= count; i++)
        text[i * (size + 1) - 1] = '\n';
    for (uint64_t i = 0; asks && i < count; i++) {
        MUST(wait_for_budget(out) >= size + 1);
        output_write(out, text, (size_t) size + 1, &written);
        MUST(!written.is_err);
    }
    if (!asks) {
        output_write(out, text, length, &written);
        MUST(!written.is_err);
    }
    free(text);
    output_drop(out);
}

static void
raw(void)
{
    stream_result_void written;
    int32_t out = get_stderr();
    output_write(out, TEXT BAD "\n", sizeof(TEXT BAD), &written);
    MUST(!written.is_err);
    output_drop(out);
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    if (path_is(request, "/raw")) {
        raw();
    } else if (path_is(request, "/code")) {
        static const char text[] = "a\nb " TEXT;
        response_outparam_set(outparam, 1, 38, 1, (int32_t) (uintptr_t) text,
                              sizeof(text) - 1, 0, 0, 0);
        return;
    } else {
        for (uint64_t i = path_number(request, 3, 1); i > 0; i--)
            print_lines(path_number(request, 1, 0), path_number(request, 2, 0),
                        strncmp(path, "/asks", 5) == 0);
    }
    MUST(strncmp(path, "/trap", 5) != 0);
    if (strncmp(path, "/wait", 5) == 0)
        wait_for(monotonic_subscribe_duration(3600000000000ull));
    answer_with(outparam, "printed\n");
    request_drop(request);
}
