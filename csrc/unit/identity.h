/*
 * Which file a path leads to, and whether it is as it was: device, inode, size
 * and times as text.  unit_wasm/component/prepared.py writes the same.
 */

#ifndef UW_UNIT_IDENTITY_H
#define UW_UNIT_IDENTITY_H

#include <sys/stat.h>

#define UW_NXT_IDENTITY 128

void uw_nxt_identity(const struct stat *found, char text[UW_NXT_IDENTITY]);

/*
 * Opens a plain file that only root or this user can have written, and nothing
 * that a link leads to.  Its descriptor, or -1 with errno set.
 */
int uw_nxt_open_trusted(const char *path, struct stat *found);

#endif /* UW_UNIT_IDENTITY_H */
