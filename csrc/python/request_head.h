/*
 * HTTP/1.1 as clients of the embedded server write it: RFC 9110 and 9112.  Plain
 * declarations, for CFFI.  Nothing here does I/O, keeps a state of its own or
 * allocates: bytes and where to write are arguments, and what is written is never
 * more than what was read.  So it is with chunks.h.
 */

#ifndef UW_PYTHON_REQUEST_HEAD_H
#define UW_PYTHON_REQUEST_HEAD_H

#include <stddef.h>
#include <stdint.h>

/* What it says; bits of uw_request_head_t.flags. */
enum {
    UW_REQUEST_MINOR = 1,     /* HTTP/1.1 or later; else it is HTTP/1.0 */
    UW_REQUEST_CLOSE = 2,     /* "Connection: close" */
    UW_REQUEST_LENGTH = 4,    /* Content-Length */
    UW_REQUEST_CHUNKED = 8,   /* "Transfer-Encoding: chunked" */
    UW_REQUEST_CONTINUE = 16, /* "Expect: 100-continue", not in HTTP/1.0 */
    UW_REQUEST_HOST = 32,     /* there is a Host field */
    UW_REQUEST_PATH = 64,     /* the path is not the target as it stands */
    UW_REQUEST_ABSOLUTE = 128 /* the target has an authority; so has PATH */
};

/*
 * Offsets are into the bytes that were read.  The target follows the method
 * after a space.  The `path` is what a guest gets of it: without scheme,
 * authority, fragment, and a '?' at its end.  It is empty, or begins with '?',
 * where the target has no path.
 */
typedef struct {
    uint64_t length; /* of the body; UINT64_MAX: more than fits */
    uint32_t size;   /* of the head, with blank lines before it */
    uint32_t method; /* where it begins, and ends */
    uint32_t method_end;
    uint32_t target_end;
    uint32_t host; /* value of the Host field */
    uint32_t host_end;
    uint32_t fields_size; /* written to `fields` */
    uint32_t flags;
    uint32_t path; /* with UW_REQUEST_PATH */
    uint32_t path_end;
    uint32_t authority; /* with UW_REQUEST_ABSOLUTE */
    uint32_t authority_end;
} uw_request_head_t;

/*
 * Reads the head that begins at bytes[at].
 *
 * Returns 1 for one that is complete, 0 where more is needed, and else the
 * negated status that the client is to get: 400, 431, 501 or 505.  Whether Host
 * and authority are names is for the caller to see.
 *
 * `seen` is the end of what was here when it was last called for this head: that
 * is not searched again.  `limit` is the most bytes that a head may have.
 * `fields` has room for size - at bytes, and gets for each field a line feed, its
 * name in lower case, a line feed and its value without blanks around it; the
 * value of Host is the authority of the target where there is one.
 */
int uw_request_head(const uint8_t *bytes, size_t at, size_t size, size_t seen,
                    size_t limit, uw_request_head_t *head, uint8_t *fields);

#endif /* UW_PYTHON_REQUEST_HEAD_H */
