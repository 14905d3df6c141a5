/*
 * Long lines of the log in pieces, for a log that cuts them.
 */

#ifndef UW_BASE_LOG_LINES_H
#define UW_BASE_LOG_LINES_H

#include <stddef.h>

/* Writes `size` bytes of `piece` behind `mark`, which is "" or says that the
 * line before goes on. */
typedef void (*uw_log_piece_t)(void *data, int level, const char *mark,
                               const char *piece, size_t size);

/*
 * Gives `line` to `write` in pieces of at most `most` bytes: up to a line feed
 * in it, which is left out, or else whole characters of UTF-8.
 */
void uw_log_lines(uw_log_piece_t write, void *data, int level, const char *line,
                  size_t size, size_t most);

#endif /* UW_BASE_LOG_LINES_H */
