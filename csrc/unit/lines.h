/*
 * Lines for Unit's log.  libunit puts its own in front of each, and cuts what is
 * too long: what has to be said whole is several lines.
 */

#ifndef UW_UNIT_LINES_H
#define UW_UNIT_LINES_H

#include "nxt_shim.h"

/* libunit cuts lines at 2048 bytes, what it puts before included. */
#define UW_NXT_LINE 1900

/* `ctx` may be NULL: there is none before libunit has started. */
void uw_nxt_say(uw_nxt_ctx_t *ctx, uw_nxt_level_t level, const char *format,
                ...) __attribute__((format(printf, 3, 4)));

/* About one request: libunit puts its number in front. */
void uw_nxt_request_say(uw_nxt_req_t *req, uw_nxt_level_t level,
                        const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The log of uw_settings_t: `data` is the context, or NULL; nothing is cut. */
void uw_nxt_log(void *data, int level, const char *line, size_t size);

#endif /* UW_UNIT_LINES_H */
