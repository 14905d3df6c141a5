/* Unit's log: libunit's functions, and the one of Unit itself. */

#include "state.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const double_levels[] = { "alert",  "error", "warn",
                                             "notice", "info",  "debug" };


static void
double_log_line(const char *level, size_t number, const char *format,
                va_list arguments)
{
    /* libunit's lines have 2048 bytes, with time, level and process. */
    char line[2048 - 64];
    int size = vsnprintf(line, sizeof(line), format, arguments);
    char begin[64];
    int begin_size =
        number == 0
            ? snprintf(begin, sizeof(begin), "[%s] ", level)
            : snprintf(begin, sizeof(begin), "[%s] #%zu: ", level, number);

    if (size >= (int) sizeof(line)) {
        size = (int) sizeof(line) - 1;
        memcpy(line + size - 5, "[...]", 5);
    }

    double_append(&the_double.log, begin, (size_t) begin_size);
    double_append(&the_double.log, line, (size_t) size);
    double_append(&the_double.log, "\n", 1);
}


void
nxt_unit_log(nxt_unit_ctx_t *ctx, int level, const char *format, ...)
{
    va_list arguments;

    double_lock();
    /* Without a context it goes to standard error, from any process. */
    if (ctx != NULL) {
        double_check_ctx(ctx, "nxt_unit_log");
    }
    va_start(arguments, format);
    double_log_line(double_levels[level], 0, format, arguments);
    va_end(arguments);
    double_unlock();
}


void
nxt_unit_req_log(nxt_unit_request_info_t *req, int level, const char *format,
                 ...)
{
    const double_entry_t *entry;
    va_list arguments;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_req_log");
    va_start(arguments, format);
    double_log_line(double_levels[level], entry == NULL ? 0 : entry->number,
                    format, arguments);
    va_end(arguments);
    double_unlock();
}


/* Unit's own conversions, as far as the module uses them. */
void
double_nxt_log(nxt_task_t *task, const char *level, const char *format, ...)
{
    double_bytes_t *log = &the_double.log;
    const nxt_str_t *string;
    const char *text;
    char number[16];
    size_t before;
    va_list arguments;

    (void) task;
    double_lock();
    before = log->size;
    double_append(log, "[", 1);
    double_append(log, level, strlen(level));
    double_append(log, "] ", 2);

    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            double_append(log, format, 1);
            continue;
        }
        switch (*++format) {
        case 'V':
            string = va_arg(arguments, const nxt_str_t *);
            double_append(log, string->start, string->length);
            break;
        case 's':
            text = va_arg(arguments, const char *);
            double_append(log, text, strlen(text));
            break;
        case 'd':
            (void) snprintf(number, sizeof(number), "%d",
                            va_arg(arguments, int));
            double_append(log, number, strlen(number));
            break;
        default:
            double_fault("nxt_log: %%%c is not known here", *format);
            break;
        }
    }
    va_end(arguments);
    double_append(log, "\n", 1);
    if (double_is_forked) {
        (void) !write(STDERR_FILENO, log->data + before, log->size - before);
    }
    double_unlock();
}
