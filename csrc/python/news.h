/* What the control plane is told of exchanges.  Plain declarations, for CFFI. */

#ifndef UW_PYTHON_NEWS_H
#define UW_PYTHON_NEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What happened to an exchange; bits of uw_news_t.what. */
enum {
    UW_NEWS_HEAD = 1,   /* status and headers are valid */
    UW_NEWS_BODY = 2,   /* body is valid */
    UW_NEWS_END = 4,    /* the response is whole */
    UW_NEWS_CUT = 8,    /* the response is broken: cut the connection */
    UW_NEWS_PULL = 16,  /* the guest waits for request bytes */
    UW_NEWS_WHOLE = 32, /* body is all there is: add a content-length */
    UW_NEWS_OVER = 64,  /* the guest has ended, and left request bytes unread */
    UW_NEWS_REST = 128  /* body ends a chunk that was sent in part: as it is */
};

/* Fields that the guest has set itself; bits of uw_news_t.present. */
enum {
    UW_PRESENT_LENGTH = 1, /* content-length */
    UW_PRESENT_DATE = 2,
    UW_PRESENT_SERVER = 4
};

typedef struct {
    uint64_t id; /* as uw_asgi_start() returned it */
    int what;
    int present;
    uint16_t status;
    const char *headers; /* lines of "name: value\r\n" */
    size_t headers_size;
    const char *body;
    size_t body_size;
} uw_news_t;

/*
 * A response that was small and whole when the transport was told of it.  Its
 * bytes are the header fields as above, a content-length where it is known and
 * the guest has set none, an empty line, and the body: all but the status line
 * and the server's own fields.
 */
typedef struct {
    uint64_t id;
    uint32_t size;         /* of all of it */
    uint32_t headers_size; /* of the guest's own fields, at its beginning */
    uint32_t body_size;    /* of the body, at its end */
    uint16_t status;
    uint8_t present;
    uint8_t what; /* as that of news */
} uw_whole_answer_t;

/* Several of them. */
typedef struct {
    const char
        *answers; /* of uw_whole_answer_t, without padding between them */
    size_t answers_size; /* bytes */
    const char *text;    /* their bytes, in the same order */
    size_t text_size;
    bool news; /* of other exchanges there is news */
} uw_whole_answers_t;

/* A request body that is read from its socket; see python/source.h. */
typedef struct {
    uint64_t id;   /* of the exchange */
    uint64_t left; /* bytes of the body that are still to be read */
    uint64_t read; /* bytes that were read in the turn */
    int64_t room;  /* as uw_asgi_push() returns it */
    int descriptor;
} uw_source_t;

#endif /* UW_PYTHON_NEWS_H */
