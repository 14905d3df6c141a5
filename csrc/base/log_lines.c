#include "base/log_lines.h"

/* Bytes of one character. */
#define UW_UTF8_MAX 4


static size_t
uw_log_piece(const char *line, size_t size, size_t most)
{
    size_t piece = most;

    if (size <= most) {
        return size;
    }
    while (piece != 0 && line[piece] != '\n') {
        piece--;
    }
    if (piece != 0) {
        return piece;
    }

    piece = most;
    while (piece > most - UW_UTF8_MAX && (line[piece] & 0xC0) == 0x80) {
        piece--;
    }

    return piece;
}


void
uw_log_lines(uw_log_piece_t write, void *data, int level, const char *line,
             size_t size, size_t most)
{
    const char *mark = "";
    size_t piece;

    for (;;) {
        piece = uw_log_piece(line, size, most);
        write(data, level, mark, line, piece);
        line += piece;
        size -= piece;
        if (size == 0) {
            return;
        }

        mark = "... ";
        if (*line == '\n') {
            mark = "";
            line++;
            size--;
        }
    }
}
