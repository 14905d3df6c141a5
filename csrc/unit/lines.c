#include "unit/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log_lines.h"


/* ---- What the module says ---- */

void
uw_nxt_say(uw_nxt_ctx_t *ctx, uw_nxt_level_t level, const char *format, ...)
{
    char line[UW_NXT_LINE];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    uw_nxt_log_line(ctx, level, "", line, strlen(line));
}


void
uw_nxt_request_say(uw_nxt_req_t *req, uw_nxt_level_t level, const char *format,
                   ...)
{
    char line[UW_NXT_LINE];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    uw_nxt_request_log_line(req, level, line);
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
