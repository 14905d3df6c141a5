#include "nxt_lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "log_lines.h"

/* libunit cuts lines at 2048 bytes, what it puts before included. */
#define UW_NXT_LINE 1900


/* ---- About the module ---- */

static void
uw_nxt_say(uw_nxt_ctx_t *ctx, uw_nxt_level_t level, const char *format,
           va_list arguments)
{
    char line[UW_NXT_LINE];

    (void) vsnprintf(line, sizeof(line), format, arguments);
    uw_nxt_log_line(ctx, level, "", line, strlen(line));
}


void
uw_nxt_alert(uw_nxt_ctx_t *ctx, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    uw_nxt_say(ctx, UW_NXT_ALERT, format, arguments);
    va_end(arguments);
}


void
uw_nxt_warn(uw_nxt_ctx_t *ctx, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    uw_nxt_say(ctx, UW_NXT_WARN, format, arguments);
    va_end(arguments);
}


/* ---- About a request ---- */

static void
uw_nxt_request_say(uw_nxt_req_t *req, uw_nxt_level_t level, const char *format,
                   va_list arguments)
{
    char line[UW_NXT_LINE];

    (void) vsnprintf(line, sizeof(line), format, arguments);
    uw_nxt_request_log_line(req, level, line);
}


void
uw_nxt_request_alert(uw_nxt_req_t *req, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    uw_nxt_request_say(req, UW_NXT_ALERT, format, arguments);
    va_end(arguments);
}


void
uw_nxt_request_error(uw_nxt_req_t *req, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    uw_nxt_request_say(req, UW_NXT_ERR, format, arguments);
    va_end(arguments);
}


/* ---- What the engine and its guests say ---- */

static uw_nxt_level_t
uw_nxt_level(int level)
{
    switch (level) {
    case 3:
        return UW_NXT_ERR;
    case 4:
        return UW_NXT_WARN;
    default:
        return UW_NXT_NOTICE;
    }
}


static void
uw_nxt_log_piece(void *data, int level, const char *mark, const char *piece,
                 size_t size)
{
    uw_nxt_log_line(data, uw_nxt_level(level), mark, piece, size);
}


void
uw_nxt_log(void *data, int level, const char *line, size_t size)
{
    uw_log_lines(uw_nxt_log_piece, data, level, line, size, UW_NXT_LINE);
}
