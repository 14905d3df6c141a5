/* Calls test:hosted/things: /counter/START/N: N numbers of a counter, which it drops;
 * /keep/START: one, which it keeps; /check/TEXT; /slow/MS. */
#include "services.h"

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    int32_t number = (int32_t) path_number(request, 1, 0);
    if (strncmp(path, "/counter/", 9) == 0 || strncmp(path, "/keep/", 6) == 0) {
        int32_t counter = hosted_counter_new(number);
        uint64_t times = path_number(request, 2, 1);
        for (uint64_t i = 0; i < times; i++)
            print("%d\n", (int) hosted_counter_next(counter));
        if (path[1] == 'c')
            hosted_counter_drop(counter);
    } else if (strncmp(path, "/check/", 7) == 0) {
        hosted_result result;
        hosted_check(path + 7, strlen(path + 7), &result);
        print("%s: %.*s\n", result.is_err ? "err" : "ok",
              (int) result.text.len, (const char *) result.text.ptr);
    } else {
        print("%d\n", (int) hosted_slow(number));
    }
    answer(outparam, 200);
    request_drop(request);
}
