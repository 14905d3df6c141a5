/* What Python is asked, and says, where functions are services: unit/service.h.
 * Plain declarations, for CFFI. */

#ifndef UW_UNIT_QUESTION_H
#define UW_UNIT_QUESTION_H

#include <stddef.h>
#include <stdint.h>

typedef struct uw_site uw_site_t;

typedef struct {
    const uint8_t *data; /* NULL: there is none */
    size_t size;
} uw_part_t;

/* A request.  All of it is the worker's, and valid until the answer. */
typedef struct {
    void *exchange;
    uw_part_t method;
    uw_part_t target; /* with its query */
    uw_part_t media_type;
    uw_part_t accept;
    uw_part_t origin; /* of several, the first */
    uw_part_t host;   /* as it was sent */
    uw_part_t site;   /* sec-fetch-site */
    uw_part_t local;  /* the address that its client has connected to */
    const uint8_t *body;
    uint64_t body_size; /* of more than UW_SERVICE_BODY nothing is there */
    int calls;          /* by uw_question_call(): else it is answered */
    uint32_t function;
} uw_question_t;

/* A call that has ended. */
typedef struct {
    void *exchange;
    uint32_t function;
    uint16_t status;       /* 200, or what the worker would answer */
    const uint8_t *packed; /* its result */
    size_t packed_size;
    uw_part_t id; /* of the request */
} uw_ended_t;

/*
 * The answer: lines "name:value\n", and a body, which are copied.  -1: memory is
 * out, or a field is none.
 */
int uw_question_answer(void *exchange, uint16_t status, const uint8_t *lines,
                       size_t lines_size, const uint8_t *body,
                       size_t body_size);

/* The function that is to be called, with packed arguments.  -1: memory is out,
 * or there is no such function.
 *
 *   site: of the component, in a directory (unit/component.h); else NULL. */
int uw_question_call(uw_question_t *question, uw_site_t *site,
                     uint32_t function, const uint8_t *packed,
                     size_t packed_size);

/* What Python has counted, for the file of metrics; -1: memory is out. */
int uw_question_counted(void *text, const uint8_t *more, size_t size);

#endif /* UW_UNIT_QUESTION_H */
