#ifndef UW_HTTP_END_H
#define UW_HTTP_END_H

#include <stddef.h>

/* How an exchange ended; each is counted once, under what happened first. */
typedef enum {
    UW_END_OK,               /* a whole response, and the guest returned */
    UW_END_TRAP_UNREACHABLE, /* also what languages make of a panic */
    UW_END_TRAP_STACK,
    UW_END_TRAP_MEMORY, /* an access that is out of bounds */
    UW_END_TRAP_TABLE,  /* a call through a table that cannot be */
    UW_END_TRAP_ARITHMETIC,
    UW_END_TRAP_HOST, /* broke a rule of a host function, or its limit */
    UW_END_TRAP_OTHER,
    UW_END_START, /* could not be instantiated */
    UW_END_EXIT,  /* called exit before its response was complete */
    UW_END_TIMEOUT,
    UW_END_CPU_TIMEOUT,
    UW_END_NO_RESPONSE,  /* returned without response-outparam.set */
    UW_END_BAD_RESPONSE, /* unfinished, of wrong length, with a bad status */
    UW_END_ERROR_CODE,   /* the guest answered with an error-code */
    UW_END_CLIENT_GONE,
    UW_END_REFUSED,       /* a request that no guest may see */
    UW_END_QUEUE_FULL,    /* max_queue */
    UW_END_QUEUE_TIMEOUT, /* queue_timeout */
    UW_END_UNPREPARED,    /* the component cannot be served now */
    UW_END_HOST,          /* out of memory */
    UW_ENDS
} uw_end_t;

/* "trap-stack"; NULL: there is no such number. */
const char *uw_end_name(size_t end);

#endif /* UW_HTTP_END_H */
