/*
 * Functions as services: the component answers no HTTP, but exports functions.
 *
 *   1. A request comes with its whole body.  Python (unit_wasm/unit/answering.py)
 *      answers it, or says which function it calls with which arguments.
 *   2. That call is an exchange like any other (guest/function.h): it may be
 *      refused, wait, fail and take too long.
 *   3. What it ends with, Python makes an answer of, before the first byte of that
 *      leaves.
 *
 * Python runs on the worker's thread, for as long as it takes to read or write
 * JSON; the component runs without it.
 */

#ifndef UW_UNIT_SERVICE_H
#define UW_UNIT_SERVICE_H

#include "unit/intake.h"
#include "unit/response.h"

/* Bytes of a body that are read. */
#define UW_SERVICE_BODY (UINT64_C(8) << 20)

typedef enum {
    UW_SERVICE_ANSWERED, /* by a whole response, without an instance */
    UW_SERVICE_CALLS,    /* is to be submitted */
    UW_SERVICE_FAILED,   /* the log says why */
} uw_service_t;

/* The head of the request has been read, its body not. */
uw_service_t uw_nxt_service_ask(uw_nxt_request_t *request, uint64_t body_size)
    UW_CHECKED;

/* A call has ended, and its answer is whole: makes another one of it. */
void uw_nxt_service_ended(uw_nxt_request_t *request);

#endif /* UW_UNIT_SERVICE_H */
