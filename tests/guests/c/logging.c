/* A message of each level; /lines: one of several lines, with a context of two;
 * /none: without context and text; /long/N: one of N bytes; /many/N: N of them. */
#include "services.h"

static void
say(int32_t level, const char *context, const char *message)
{
    logging_log(level, context, strlen(context), message, strlen(message));
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    uint64_t number = path_number(request, 1, 0);
    if (strcmp(path, "/") == 0) {
        for (int32_t level = 0; level < 5; level++)
            say(level, "app", "\x1b[31mred");
        logging_draft_log(5, "app", 3, "last", 4);
    } else if (path[1] == 'l' && path[2] == 'i') {
        say(2, "a\nb", "first\n\nthird\n");
    } else if (path[1] == 'n') {
        say(2, "", "");
    } else if (path[1] == 'l') {
        char *message = malloc(number);
        MUST(message != NULL);
        memset(message, 'x', number);
        logging_log(3, "long", 4, message, number);
    } else {
        for (uint64_t i = 0; i < number; i++)
            say(2, "many", "one");
    }
    answer_with(outparam, "logged");
    request_drop(request);
}
