/*
 * The directories that an application's guests are given, open for as long as its
 * worker lives.
 */

#ifndef UW_WASI_FILESYSTEM_DIRECTORIES_H
#define UW_WASI_FILESYSTEM_DIRECTORIES_H

#include "base/settings.h"

typedef struct uw_directories uw_directories_t;

/* What all exchanges of a worker have open. */
typedef struct {
    uint32_t open;
    uint32_t most; /* half of what the process may have: the others are for
                    * connections */
} uw_all_files_t;

/*
 * Opens those of the settings, as the user who the process runs as, below its
 * root, relative ones from its working directory.  NULL and a sentence in `error`
 * when one cannot be opened, or this kernel cannot keep guests within it.
 */
uw_directories_t *uw_directories_open(const uw_settings_t *settings,
                                      char *error, size_t error_size)
    UW_CHECKED;

/* No instance has a descriptor any more, but jobs may; NULL: nothing. */
void uw_directories_close(uw_directories_t *directories);

uw_all_files_t *uw_directories_files(uw_directories_t *directories);

#endif /* UW_WASI_FILESYSTEM_DIRECTORIES_H */
