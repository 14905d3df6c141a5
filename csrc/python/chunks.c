#include "python/chunks.h"

#include <string.h>

#include "python/http_bytes.h"

#define UW_BAD (-400)
#define UW_TOO_LARGE (-431)

/* More would not fit into the size of a chunk. */
#define UW_MAX_DIGITS 16

/*
 * Where in a body (RFC 9112, section 7.1) the next byte is.  A state in which a
 * byte of content is expected has no name of its own but UW_CHUNK_DATA, and all
 * others take one byte after the other.
 */
enum {
    UW_CHUNK_SIZE,      /* of a chunk */
    UW_CHUNK_BLANK,     /* after it, before an extension */
    UW_CHUNK_EXTENSION, /* after its ';' */
    UW_CHUNK_QUOTED,    /* in a quoted value of one */
    UW_CHUNK_ESCAPED,   /* after a backslash there */
    UW_CHUNK_LINE_END,  /* LF after the size, or after an extension */
    UW_CHUNK_DATA,
    UW_CHUNK_DATA_CR,
    UW_CHUNK_DATA_LF,
    UW_CHUNK_TRAILER, /* the beginning of a trailer, or of the last line */
    UW_CHUNK_NAME,
    UW_CHUNK_VALUE,
    UW_CHUNK_VALUE_LF,
    UW_CHUNK_LAST_LF,
    UW_CHUNK_DONE,
};


static int
uw_hex(uint8_t byte)
{
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    byte |= 0x20;

    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}


/* The state after a size, or the blanks after it. */
static int
uw_chunk_line(uint8_t byte)
{
    switch (byte) {
    case '\r':
        return UW_CHUNK_LINE_END;
    case ';':
        return UW_CHUNK_EXTENSION;
    case ' ':
    case '\t':
        return UW_CHUNK_BLANK;
    default:
        return UW_BAD;
    }
}


static int
uw_chunk_size(uw_chunks_t *chunks, uint8_t byte)
{
    int digit = uw_hex(byte);

    if (digit < 0) {
        return chunks->digits == 0 ? UW_BAD : uw_chunk_line(byte);
    }
    if (chunks->left == 0 && chunks->digits != 0) {
        chunks->framing++; /* of zeros there may be more than are needed */
    } else if (++chunks->digits > UW_MAX_DIGITS) {
        return UW_BAD;
    }
    chunks->left = chunks->left << 4 | (uint64_t) digit;

    return UW_CHUNK_SIZE;
}


static int
uw_chunk_extension(uint8_t byte)
{
    if (byte == '\r') {
        return UW_CHUNK_LINE_END;
    }
    if (byte == '"') {
        return UW_CHUNK_QUOTED;
    }

    return uw_http_is(byte, UW_BYTE_TOKEN) || byte == '=' || byte == ';'
                   || uw_http_is_blank(byte)
               ? UW_CHUNK_EXTENSION
               : UW_BAD;
}


static int
uw_chunk_quoted(uint8_t byte, bool escaped)
{
    if (!uw_http_is(byte, UW_BYTE_VALUE)) {
        return UW_BAD;
    }
    if (!escaped && byte == '"') {
        return UW_CHUNK_EXTENSION;
    }

    return !escaped && byte == '\\' ? UW_CHUNK_ESCAPED : UW_CHUNK_QUOTED;
}


static int
uw_chunk_trailer(uint8_t byte, bool first)
{
    if (uw_http_is(byte, UW_BYTE_TOKEN)) {
        return UW_CHUNK_NAME;
    }
    if (first) {
        return byte == '\r' ? UW_CHUNK_LAST_LF : UW_BAD;
    }

    return byte == ':' ? UW_CHUNK_VALUE : UW_BAD;
}


/* The state after a byte that is no content; or a status, negated. */
static int
uw_chunk_next(uw_chunks_t *chunks, uint8_t byte)
{
    switch (chunks->state) {
    case UW_CHUNK_SIZE:
        return uw_chunk_size(chunks, byte);
    case UW_CHUNK_BLANK:
        /* Blanks are allowed before a ';' alone. */
        return byte == '\r' ? UW_BAD : uw_chunk_line(byte);
    case UW_CHUNK_EXTENSION:
        return uw_chunk_extension(byte);
    case UW_CHUNK_QUOTED:
    case UW_CHUNK_ESCAPED:
        return uw_chunk_quoted(byte, chunks->state == UW_CHUNK_ESCAPED);
    case UW_CHUNK_LINE_END:
        if (byte != '\n') {
            return UW_BAD;
        }
        chunks->digits = 0;
        return chunks->left == 0 ? UW_CHUNK_TRAILER : UW_CHUNK_DATA;
    case UW_CHUNK_DATA_CR:
        return byte == '\r' ? UW_CHUNK_DATA_LF : UW_BAD;
    case UW_CHUNK_DATA_LF:
        return byte == '\n' ? UW_CHUNK_SIZE : UW_BAD;
    case UW_CHUNK_TRAILER:
    case UW_CHUNK_NAME:
        return uw_chunk_trailer(byte, chunks->state == UW_CHUNK_TRAILER);
    case UW_CHUNK_VALUE:
        if (byte == '\r') {
            return UW_CHUNK_VALUE_LF;
        }
        return uw_http_is(byte, UW_BYTE_VALUE) ? UW_CHUNK_VALUE : UW_BAD;
    case UW_CHUNK_VALUE_LF:
        return byte == '\n' ? UW_CHUNK_TRAILER : UW_BAD;
    case UW_CHUNK_LAST_LF:
        return byte == '\n' ? UW_CHUNK_DONE : UW_BAD;
    default:
        return UW_BAD;
    }
}


/* Whether a byte that leads from one state to the next may be left out. */
static bool
uw_chunk_is_extra(uint32_t from, uint32_t to)
{
    return (to >= UW_CHUNK_BLANK && to <= UW_CHUNK_ESCAPED)
           || (from >= UW_CHUNK_TRAILER && from <= UW_CHUNK_VALUE_LF
               && to != UW_CHUNK_LAST_LF);
}


int64_t
uw_chunks_read(uw_chunks_t *chunks, const uint8_t *bytes, size_t at,
               size_t size, uint64_t limit, uint8_t *body, size_t *body_size,
               bool *done)
{
    uint8_t *out = body;
    int next;

    while (at < size && chunks->state != UW_CHUNK_DONE) {
        if (chunks->state == UW_CHUNK_DATA) {
            size_t part = size - at;

            part = part < chunks->left ? part : (size_t) chunks->left;
            memcpy(out, bytes + at, part);
            out += part;
            at += part;
            chunks->left -= part;
            if (chunks->left == 0) {
                chunks->state = UW_CHUNK_DATA_CR;
            }
            continue;
        }

        next = uw_chunk_next(chunks, bytes[at++]);
        if (next < 0) {
            return next;
        }
        if (uw_chunk_is_extra(chunks->state, (uint32_t) next)) {
            chunks->framing++;
        }
        if (chunks->framing > limit) {
            return UW_TOO_LARGE;
        }
        chunks->state = (uint32_t) next;
    }

    *body_size = (size_t) (out - body);
    *done = chunks->state == UW_CHUNK_DONE;

    return (int64_t) at;
}
