/*
 * What prepare has answered, kept beside the machine code: where everything
 * that it depends on is as it was, no Python has to start.
 *
 * unit_wasm/unit/kept.py writes such a file: entries, each ended by a zero byte.
 * First a word that names the format, then the very request, files with what
 * they were (unit/identity.h), warnings; after an empty entry the answer.
 */

#ifndef UW_UNIT_KEPT_H
#define UW_UNIT_KEPT_H

#include "nxt_shim.h"

#define UW_NXT_KEPT_PATH 4096

/* Instructions of this processor, as far as it says, and the address space that
 * this process may have: part of a request. */
#define UW_NXT_PROCESSOR 128
void uw_nxt_processor(char text[UW_NXT_PROCESSOR]);

/* Where the answer to that request is kept; -1 where that is not known. */
int uw_nxt_kept_path(const uw_nxt_setup_t *setup, const uw_buf_t *request,
                     char path[UW_NXT_KEPT_PATH]) UW_CHECKED;

/*
 * Appends the answer to `answer`, and gives its warnings to `say`.  -1: there is
 * none, or something has changed.
 */
int uw_nxt_kept_read(const char *path, const uw_buf_t *request,
                     uw_buf_t *answer,
                     void (*say)(void *data, int level, const char *line,
                                 size_t size),
                     void *data) UW_CHECKED;

#endif /* UW_UNIT_KEPT_H */
