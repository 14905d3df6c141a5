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

#ifndef UW_GUEST_LOG_RECORD_H
#define UW_GUEST_LOG_RECORD_H

#include "engine/engine.h"
#include "http/exchange.h"

typedef struct {
    int level;
    const uw_exchange_t *exchange; /* NULL: it is about the application */
    const char *stream;            /* "stderr"; NULL: it is ours */
    uw_slice_t message;            /* as it is: it will be escaped */
    bool failure;                  /* the exchange's: with what follows */
    uint64_t duration;             /* nanoseconds */
    uint64_t cpu;
    const char *frames; /* escaped, with a line feed before each */
} uw_record_t;

void uw_log_record(const uw_engine_t *engine, const uw_record_t *record);

#endif /* UW_GUEST_LOG_RECORD_H */
