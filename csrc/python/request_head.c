#include "python/request_head.h"

#include <string.h>
#include <strings.h>

#include "python/http_bytes.h"

/* Statuses, negated as the caller gets them. */
#define UW_BAD (-400)
#define UW_TOO_LARGE (-431)
#define UW_NOT_IMPLEMENTED (-501)
#define UW_NOT_THIS_VERSION (-505)

/* One head while it is read; offsets are those of uw_request_head_t. */
typedef struct {
    const uint8_t *bytes;
    uw_request_head_t *head;
    uint8_t *out; /* where the next field is written */

    /* What the fields about the body have said so far. */
    uint32_t chunked; /* how often */
    bool coded;       /* there is a Transfer-Encoding */
    bool chunked_last;
    bool unknown; /* a coding that is not chunked */
} uw_request_reader_t;


/* ---- Lists: RFC 9110, section 5.6.1 ---- */

/*
 * The next member of a comma-separated list, without blanks around it; empty
 * ones are passed over.  False at the end of the list.
 */
static bool
uw_list_next(const uint8_t **at, const uint8_t *end, const uint8_t **member,
             size_t *size)
{
    const uint8_t *from = *at;
    const uint8_t *to;

    while (from < end && (*from == ',' || uw_http_is_blank(*from))) {
        from++;
    }
    for (to = from; to < end && *to != ','; to++) {
    }
    *at = to;

    while (to > from && uw_http_is_blank(to[-1])) {
        to--;
    }
    *member = from;
    *size = (size_t) (to - from);

    return to > from;
}


static bool
uw_text_is(const uint8_t *text, size_t size, const char *lower)
{
    return size == strlen(lower)
           && strncasecmp((const char *) text, lower, size) == 0;
}


static bool
uw_list_has(const uint8_t *from, const uint8_t *end, const char *lower)
{
    const uint8_t *member;
    size_t size;

    while (uw_list_next(&from, end, &member, &size)) {
        if (uw_text_is(member, size, lower)) {
            return true;
        }
    }

    return false;
}


/* ---- Fields that say how the request is to be read ---- */

/* RFC 9112, section 6.2; a list of equal ones may be refused, and is. */
static int
uw_request_length(uw_request_reader_t *reader, const uint8_t *from,
                  const uint8_t *end)
{
    uint64_t length = 0;

    if ((reader->head->flags & UW_REQUEST_LENGTH) != 0 || from == end) {
        return UW_BAD;
    }
    reader->head->flags |= UW_REQUEST_LENGTH;

    for (; from < end; from++) {
        if (*from < '0' || *from > '9') {
            return UW_BAD;
        }
        if (length > (UINT64_MAX - 9) / 10) {
            length = UINT64_MAX;
        } else {
            length = length * 10 + (uint64_t) (*from - '0');
        }
    }
    reader->head->length = length;

    return 0;
}


/* RFC 9112, section 6.1: several fields are one list. */
static int
uw_request_coding(uw_request_reader_t *reader, const uint8_t *from,
                  const uint8_t *end)
{
    const uint8_t *member;
    size_t size;

    reader->coded = true;
    while (uw_list_next(&from, end, &member, &size)) {
        reader->chunked_last = uw_text_is(member, size, "chunked");
        if (reader->chunked_last) {
            reader->chunked++;
        } else {
            reader->unknown = true;
        }
    }

    return 0;
}


static int
uw_request_host(uw_request_reader_t *reader, const uint8_t *from,
                const uint8_t *end)
{
    uw_request_head_t *head = reader->head;

    if ((head->flags & UW_REQUEST_HOST) != 0) {
        return UW_BAD; /* RFC 9112, section 3.2 */
    }
    head->flags |= UW_REQUEST_HOST;
    head->host = (uint32_t) (from - reader->bytes);
    head->host_end = (uint32_t) (end - reader->bytes);

    return 0;
}


/* Notes what a field says to us; `name` is in lower case. */
static int
uw_request_note(uw_request_reader_t *reader, const uint8_t *name, size_t size,
                const uint8_t *from, const uint8_t *end)
{
    uw_request_head_t *head = reader->head;

    switch (size) {
    case 4:
        return memcmp(name, "host", 4) == 0 ? uw_request_host(reader, from, end)
                                            : 0;
    case 6:
        if (memcmp(name, "expect", 6) == 0
            && (head->flags & UW_REQUEST_MINOR) != 0
            && uw_list_has(from, end, "100-continue"))
        {
            head->flags |= UW_REQUEST_CONTINUE;
        }
        return 0;

    case 10:
        if (memcmp(name, "connection", 10) == 0
            && uw_list_has(from, end, "close"))
        {
            head->flags |= UW_REQUEST_CLOSE;
        }
        return 0;

    case 14:
        return memcmp(name, "content-length", 14) == 0
                   ? uw_request_length(reader, from, end)
                   : 0;
    case 17:
        return memcmp(name, "transfer-encoding", 17) == 0
                   ? uw_request_coding(reader, from, end)
                   : 0;
    default:
        return 0;
    }
}


/* How long the body is: RFC 9112, section 6.3. */
static int
uw_request_framing(uw_request_reader_t *reader)
{
    uw_request_head_t *head = reader->head;

    if (!reader->coded) {
        return 0;
    }
    if ((head->flags & UW_REQUEST_MINOR) == 0
        || (head->flags & UW_REQUEST_LENGTH) != 0 || !reader->chunked_last
        || reader->chunked != 1)
    {
        return UW_BAD;
    }
    if (reader->unknown) {
        return UW_NOT_IMPLEMENTED;
    }
    head->flags |= UW_REQUEST_CHUNKED;

    return 0;
}


/* ---- The request line ---- */

/*
 * The target of a request: RFC 9112, section 3.2.  Bytes that may not be in a
 * URI, but that nothing could mistake, pass as they are.
 */
static int
uw_request_target(uw_request_reader_t *reader, bool options)
{
    uw_request_head_t *head = reader->head;
    const uint8_t *from = reader->bytes + head->method_end + 1;
    const uint8_t *end = reader->bytes + head->target_end;
    const uint8_t *mark;
    size_t scheme = 0;

    if (*from == '*') {
        return options && end - from == 1 ? 0 : UW_BAD;
    }

    if (*from != '/') {
        if (end - from > 7 && memcmp(from + 4, "://", 3) == 0) {
            scheme = strncasecmp((const char *) from, "http", 4) == 0 ? 7 : 0;
        } else if (end - from > 8 && memcmp(from + 5, "://", 3) == 0) {
            scheme = strncasecmp((const char *) from, "https", 5) == 0 ? 8 : 0;
        }
        if (scheme == 0) {
            return UW_BAD;
        }
        from += scheme;
        head->flags |= UW_REQUEST_ABSOLUTE;
        head->authority = (uint32_t) (from - reader->bytes);
        while (from < end && *from != '/' && *from != '?' && *from != '#') {
            from++;
        }
        head->authority_end = (uint32_t) (from - reader->bytes);
        head->path = head->authority_end;
        head->flags |= UW_REQUEST_PATH;
    }

    mark = memchr(from, '#', (size_t) (end - from));
    end = mark == NULL ? end : mark;
    mark = memchr(from, '?', (size_t) (end - from));
    end = mark == NULL || mark != end - 1 ? end : mark;
    head->path_end = (uint32_t) (end - reader->bytes);
    if (head->path_end != head->target_end) {
        head->flags |= UW_REQUEST_PATH;
    }

    return 0;
}


/*
 * Reads the request line, which ends before `end`.  The parts are separated by
 * one space each (RFC 9112, section 3), and a method may be any token.
 */
static int
uw_request_line(uw_request_reader_t *reader, const uint8_t *from,
                const uint8_t *end)
{
    static const uint8_t version[] = { 'H', 'T', 'T', 'P', '/' };

    uw_request_head_t *head = reader->head;
    const uint8_t *at = from;
    size_t size;

    while (at < end && uw_http_is(*at, UW_BYTE_TOKEN)) {
        at++;
    }
    if (at == from || at == end || *at != ' ') {
        return UW_BAD;
    }
    size = (size_t) (at - from);
    head->method = (uint32_t) (from - reader->bytes);
    head->method_end = (uint32_t) (at - reader->bytes);

    head->path = head->method_end + 1;
    for (at++; at < end && uw_http_is(*at, UW_BYTE_TARGET); at++) {
    }
    head->target_end = (uint32_t) (at - reader->bytes);
    if (head->path == head->target_end || end - at != 9 || *at != ' ') {
        return UW_BAD;
    }

    /* Another protocol is no HTTP of another version: RFC 9112, section 2.3. */
    at++;
    if (memcmp(at, version, sizeof(version)) != 0 || at[5] < '0' || at[5] > '9'
        || at[6] != '.' || at[7] < '0' || at[7] > '9')
    {
        return UW_BAD;
    }
    if (at[5] != '1') {
        return UW_NOT_THIS_VERSION;
    }
    if (at[7] != '0') {
        head->flags |= UW_REQUEST_MINOR;
    }

    if (size == 7 && memcmp(from, "CONNECT", 7) == 0) {
        return UW_BAD;
    }

    return uw_request_target(reader,
                             size == 7 && memcmp(from, "OPTIONS", 7) == 0);
}


/* ---- All of it ---- */

/* Reads a field line, which ends before `end`: RFC 9112, section 5. */
static int
uw_request_field(uw_request_reader_t *reader, const uint8_t *from,
                 const uint8_t *end)
{
    const uw_request_head_t *head = reader->head;
    uint8_t *name;
    size_t size;
    int status;

    *reader->out++ = '\n';
    name = reader->out;
    for (; from < end && uw_http_is(*from, UW_BYTE_TOKEN); from++) {
        *reader->out++ =
            *from >= 'A' && *from <= 'Z' ? (uint8_t) (*from | 0x20) : *from;
    }
    size = (size_t) (reader->out - name);
    if (size == 0 || from == end || *from != ':') {
        return UW_BAD;
    }

    for (from++; from < end && uw_http_is_blank(*from); from++) {
    }
    while (end > from && uw_http_is_blank(end[-1])) {
        end--;
    }

    status = uw_request_note(reader, name, size, from, end);
    if (status != 0) {
        return status;
    }

    if ((head->flags & UW_REQUEST_ABSOLUTE) != 0 && size == 4
        && memcmp(name, "host", 4) == 0)
    {
        /* RFC 9112, section 3.2.2: what the client has sent is ignored. */
        from = reader->bytes + head->authority;
        end = reader->bytes + head->authority_end;
    }
    *reader->out++ = '\n';
    if (end > from) {
        memcpy(reader->out, from, (size_t) (end - from));
        reader->out += end - from;
    }

    return 0;
}


/*
 * The end of a line, where its CRLF begins; NULL where there is none.  Both
 * have to be there: RFC 9112, section 2.2.
 */
static const uint8_t *
uw_line_end(const uint8_t *from, const uint8_t *end, uint8_t classes)
{
    while (from < end && uw_http_is(*from, classes)) {
        from++;
    }

    return end - from >= 2 && from[0] == '\r' && from[1] == '\n' ? from : NULL;
}


/* Reads a head, the last line of which ends before `end` with an empty one. */
static int
uw_request_lines(uw_request_reader_t *reader, const uint8_t *from,
                 const uint8_t *end)
{
    const uint8_t *line = uw_line_end(from, end, UW_BYTE_VALUE);
    int status;

    if (line == NULL) {
        return UW_BAD;
    }
    status = uw_request_line(reader, from, line);

    while (status == 0 && end - line > 4) {
        from = line + 2;
        line = uw_line_end(from, end, UW_BYTE_VALUE);
        if (line == NULL) {
            return UW_BAD;
        }
        status = uw_request_field(reader, from, line);
    }
    if (status != 0) {
        return status;
    }

    status = uw_request_framing(reader);
    if (status != 0) {
        return status;
    }
    if ((reader->head->flags & (UW_REQUEST_MINOR | UW_REQUEST_HOST))
        == UW_REQUEST_MINOR)
    {
        return UW_BAD; /* RFC 9112, section 3.2 */
    }

    return 1;
}


/*
 * What is wrong with a head that is not complete, as far as that can be told
 * now: whoever speaks another protocol need not wait for an answer.
 */
static int
uw_request_begun(uw_request_reader_t *reader, const uint8_t *from,
                 const uint8_t *end, const uint8_t *seen)
{
    const uint8_t *line = memchr(from, '\n', (size_t) (end - from));

    if (line == NULL) {
        for (seen = seen < from ? from : seen; seen < end; seen++) {
            if (!uw_http_is(*seen, UW_BYTE_TARGET) && *seen != ' '
                && *seen != '\r')
            {
                return UW_BAD;
            }
        }
        return 0;
    }

    if (line < seen) {
        /* This line was read already; no other may end without a CR. */
        line = seen - 1;
    } else {
        int status;

        if (line == from || line[-1] != '\r') {
            return UW_BAD;
        }
        status = uw_request_line(reader, from, line - 1);
        if (status != 0) {
            return status;
        }
    }

    for (line++; line < end; line++) {
        if (*line == '\n' && line[-1] != '\r') {
            return UW_BAD;
        }
    }

    return 0;
}


int
uw_request_head(const uint8_t *bytes, size_t at, size_t size, size_t seen,
                size_t limit, uw_request_head_t *head, uint8_t *fields)
{
    uw_request_reader_t reader = { .bytes = bytes,
                                   .head = head,
                                   .out = fields };
    const uint8_t *from = bytes + at;
    const uint8_t *end = bytes + size;
    const uint8_t *last;
    bool more = size - at > limit;
    int status;

    *head = (uw_request_head_t) { 0 };

    /* What is beyond the limit is not looked at: whether it is here already
     * must not make a difference. */
    if (more) {
        end = from + limit;
    }

    /* Empty lines before a request are passed over: RFC 9112, section 2.2. */
    while (end - from >= 2 && from[0] == '\r' && from[1] == '\n') {
        from += 2;
    }
    if (from == end) {
        return more ? UW_TOO_LARGE : 0;
    }

    /* The mark may have come in part. */
    last = seen < at + 3 ? from : bytes + seen - 3;
    last = last < from ? from : last;
    last = memmem(last, (size_t) (end - last), "\r\n\r\n", 4);
    if (last == NULL) {
        status = uw_request_begun(&reader, from, end, bytes + seen);
        return status == 0 && more ? UW_TOO_LARGE : status;
    }

    last += 4;
    head->size = (uint32_t) (last - (bytes + at));
    status = uw_request_lines(&reader, from, last);
    head->fields_size = (uint32_t) (reader.out - fields);

    return status;
}
