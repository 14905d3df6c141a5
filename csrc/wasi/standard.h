/*
 * The standard streams of a command, which are files, pipes or terminals of the
 * process, and its arguments.
 *
 * A read or write that would block parks the guest; whoever runs it waits for the
 * descriptors that it asked for.
 */

#ifndef UW_WASI_STANDARD_H
#define UW_WASI_STANDARD_H

#include "wasi/io/streams.h"

#define UW_STDIO_STREAMS 3

struct uw_stdio {
    int fds[UW_STDIO_STREAMS]; /* stdin, stdout, stderr; not its own */
    const char *const *arguments;
    size_t argument_count;

    bool waits
        [UW_STDIO_STREAMS]; /* the guest waits for it; the waiter clears it */
    uw_buf_t input;         /* that was read, and not yet taken */
    bool input_ended;
};
typedef struct uw_stdio uw_stdio_t;

/* Frees what was read. */
void uw_stdio_end(uw_stdio_t *stdio);

/* An owned handle of the stream of that number, from 0. */
uw_step_t uw_stdio_stream(uw_call_t *call, size_t number);

/* some(terminal-input), some(terminal-output) or none. */
uw_step_t uw_stdio_terminal(uw_call_t *call, size_t number);

/* list<string> */
uw_step_t uw_stdio_arguments(uw_call_t *call);

#endif /* UW_WASI_STANDARD_H */
