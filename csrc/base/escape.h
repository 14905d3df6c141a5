/*
 * Text of others for the log, a backtrace or a terminal: nothing in it ends a
 * line, hides, changes the order of what is read, or steers a terminal.
 */

#ifndef UW_BASE_ESCAPE_H
#define UW_BASE_ESCAPE_H

#include "base/buf.h"

/* What a byte becomes at most: "\xNN". */
#define UW_ESCAPED_MAX 4

/*
 * Copies `bytes` into `text`, without a zero at the end.  Written as \xNN, byte
 * by byte, are: control characters but the tab, what Unicode calls format
 * characters and separators of lines, what else it has for nothing to be seen,
 * and what is no UTF-8; docs/server-behavior.md has the list.  Stops before what
 * does not fit.  Returns how many bytes it has written.
 *
 * unit_wasm/escape.py does the same in Python; a test compares them.
 */
size_t uw_escape(const uint8_t *bytes, size_t size, char *text,
                 size_t text_size);

/* The same with a zero at the end, of `text_size` (not 0) bytes in all. */
void uw_escape_text(uw_slice_t bytes, char *text, size_t text_size);

#endif /* UW_BASE_ESCAPE_H */
