/*
 * A line of an application's log, as text or as JSON.  Text:
 *
 *   NAME: request ID: STREAM: MESSAGE
 *   NAME: request ID: METHOD PATH: MESSAGE (TIME ms, cpu TIME ms)
 *       FRAMES
 *
 * where what a record has not is left out.  JSON: an object on each line, with
 * "time", "level", "process" and "application", and what else there is; a
 * message that one line cannot hold goes on in the next, which has the same
 * members, and "continues" says so.
 */

#ifndef UW_BASE_LOG_H
#define UW_BASE_LOG_H

#include "base/buf.h"
#include "base/settings.h"

/* Levels, as syslog's. */
#define UW_LOG_ERROR 3
#define UW_LOG_WARNING 4
#define UW_LOG_INFO 6

/* The longest message: what is longer is cut. */
#define UW_LOG_MESSAGE (8 * 1024)

/* The longest line: a message of that size, of which JSON writes each byte as
 * five at most, and what stands before it. */
#define UW_LOG_LINE (44 * 1024)

typedef struct {
    int level;
    const char *id;     /* of the request; NULL: it is about the application */
    const char *stream; /* "stderr"; NULL: it is ours */
    uw_slice_t message; /* as it is: it will be escaped */
    bool failure;       /* of the request: with what follows */
    uw_slice_t method;  /* as they are */
    uw_slice_t path;
    uint64_t duration; /* nanoseconds */
    uint64_t cpu;
    const char *frames; /* escaped, with a line feed before each */
} uw_record_t;

void uw_log_record(const uw_settings_t *settings, const uw_record_t *record);

/* A line about the application. */
void uw_log(const uw_settings_t *settings, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif /* UW_BASE_LOG_H */
