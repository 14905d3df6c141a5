/*
 * Why an operation failed: the cases of wasi:http's `error-code`, with their
 * payload, and failures that have none.  Source: wasi:http/types.
 */

#ifndef UW_HTTP_ERROR_CODE_H
#define UW_HTTP_ERROR_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    UW_PAYLOAD_NONE,
    UW_PAYLOAD_DNS,          /* record {option<string>, option<u16>} */
    UW_PAYLOAD_ALERT,        /* record {option<u8>, option<string>} */
    UW_PAYLOAD_BODY_SIZE,    /* option<u64> */
    UW_PAYLOAD_SECTION_SIZE, /* option<u32> */
    UW_PAYLOAD_FIELD,        /* record {option<string>, option<u32>} */
    UW_PAYLOAD_OPTION_FIELD, /* option of that record */
    UW_PAYLOAD_TEXT,         /* option<string> */
} uw_payload_t;

typedef struct {
    const char *name; /* as in the WIT */
    uw_payload_t payload;
} uw_error_case_t;

/* Whose error-code `number` is, where it is not one of HTTP. */
enum {
    UW_FAILURE_PLAIN, /* nobody's */
    UW_FAILURE_FILESYSTEM,
    UW_FAILURE_NETWORK,
};

/* Why an operation failed: becomes a wasi:io/error or an error-code. */
typedef struct {
    const uw_error_case_t *code; /* NULL: it is no failure of HTTP */
    bool has_number;
    uint8_t package; /* UW_FAILURE_PLAIN, ...; without a code */
    uint64_t number; /* of the payload, or the error-code of that package */
    char text[96];   /* of the payload; without a code: for people */
} uw_failure_t;

/* The longest text of uw_failure_describe(), its zero included. */
#define UW_FAILURE_TEXT 192

/*
 * Sets the failure.  A name that is no case becomes internal-error; a text is
 * made UTF-8 and cut; a number that the payload cannot hold is left out.
 */
void uw_failure_set(uw_failure_t *failure, const char *name, const char *text);
void uw_failure_set_number(uw_failure_t *failure, uint64_t number);

/* Which case of the WIT it is, from 0; it must have a code. */
uint32_t uw_failure_case(const uw_failure_t *failure);

/* One line for people, zero-terminated: "DNS-error(3): NXDOMAIN". */
void uw_failure_describe(const uw_failure_t *failure, char *text, size_t size);

#endif /* UW_HTTP_ERROR_CODE_H */
