/*
 * Runs the control plane as a child process: `python -m unit_wasm prepare`.
 */

#ifndef UW_PREPARE_H
#define UW_PREPARE_H

#include "buf.h"

/*
 * Gives `input` to the child's standard input and collects its standard output
 * in `output`; its standard error is ours, so that what it says is in the log.
 *
 * Returns the child's exit status, or -1 with errno set when it could not be
 * run to its end.
 */
int uw_prepare(const char *python, const uw_buf_t *input, uw_buf_t *output)
    UW_CHECKED;

#endif /* UW_PREPARE_H */
