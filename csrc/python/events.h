/* What happens in a call that Python makes.  Plain declarations, for CFFI. */

#ifndef UW_PYTHON_EVENTS_H
#define UW_PYTHON_EVENTS_H

#include <stddef.h>
#include <stdint.h>

typedef struct uw_library uw_library_t;
typedef struct uw_caller uw_caller_t;

/* What has happened. */
enum {
    UW_CALL_RETURNED,  /* data: the packed result */
    UW_CALL_HOST,      /* number, data: of an import, its packed arguments */
    UW_CALL_SLICE,     /* it has used its slice: go on */
    UW_CALL_WAITING,   /* wait, and go on */
    UW_CALL_FAILED,    /* the instance is dead: end, message, detail */
    UW_CALL_READY,     /* it is instantiated */
    UW_CALL_MALFORMED, /* nothing was done: offset, message */
    UW_CALL_REFUSED,   /* nothing was done: message */
};

/* Data of so many bytes are in the event itself: looking at it takes Python as long
 * as a short call. */
#define UW_CALL_SMALL 64

typedef struct {
    int kind;
    uint32_t number;
    const char *data; /* valid until the next call of the instance */
    size_t size;
    uint32_t
        dropped;   /* handles that the guest has dropped: uw_caller_drops() */
    int end;       /* of UW_CALL_FAILED: an uw_end_t */
    int exit_code; /* -1: the component has not called exit */
    size_t offset;
    const char *message;
    const char *detail; /* the backtrace */
    char small[64];
} uw_call_event_t;

#endif /* UW_PYTHON_EVENTS_H */
