/*
 * Runs the control plane as a child process: `python -m unit_wasm prepare`.
 */

#ifndef UW_UNIT_PREPARE_H
#define UW_UNIT_PREPARE_H

#include "base/buf.h"

typedef struct {
    const char *python;
    const uw_buf_t *input; /* for its standard input */
    int code_fd; /* for machine code that is in no cache: the child's 3 */

    /* Gets each line of its standard error as it comes: syslog's level, and
     * what is in it.  Without a level ("<4>") in front it is an error. */
    void (*say)(void *data, int level, const char *line, size_t size);
    void *data;
} uw_prepare_t;

/*
 * Collects the child's standard output in `output`.
 *
 * Returns 0, or -1 and a few words in `why` when the child has failed, or could
 * not be run.
 */
int uw_prepare(const uw_prepare_t *prepare, uw_buf_t *output, char *why,
               size_t why_size) UW_CHECKED;

#endif /* UW_UNIT_PREPARE_H */
