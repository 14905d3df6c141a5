/*
 * Which pages of private mappings a process has made its own by writing to them,
 * whatever has become of them since: the kernel tells it, of those alone
 * (PAGEMAP_SCAN, from Linux 6.7 on), or of each page.  A page that was only read,
 * or never touched, is none; in the second way one that was read may be told where
 * nothing was ever written to it, and no file is behind it.
 */

#ifndef UW_ENGINE_WRITTEN_H
#define UW_ENGINE_WRITTEN_H

#include <sys/types.h>

#include "base/buf.h"

/* As many are told at once. */
#define UW_WRITTEN_RANGES 128

typedef struct {
    int fd;        /* of /proc/self/pagemap; -1: it is not open */
    pid_t process; /* that it tells of; 0: nobody has asked yet */
    bool refused;  /* nobody is to ask */
    bool no_scan;  /* each page is to be read of */
    bool reads;    /* each page is */
    bool always;   /* page faults are not to be looked at */
    bool
        counted; /* a page fault is counted for each page that is written to first */
    size_t page;
} uw_written_t;

/* As the kernel writes ranges: whole pages.  (Categories are its own.) */
typedef struct {
    uint64_t from;
    uint64_t to;
    uint64_t categories;
} uw_written_range_t;

void uw_written_init(uw_written_t *written);
void uw_written_close(uw_written_t *written);

/*
 * Whether this process is told.  It is tried out when it is asked for the first
 * time, and again after a fork: the parent's file tells of the parent.
 */
bool uw_written_is_told(uw_written_t *written) UW_CHECKED;

/*
 * The first ranges of written pages from *start on, to `end`; moves *start to
 * where it has looked.  Returns how many there are, or -1.  Only where
 * uw_written_is_told().
 */
ssize_t uw_written_find(const uw_written_t *written, uint8_t **start,
                        const uint8_t *end,
                        uw_written_range_t ranges[UW_WRITTEN_RANGES])
    UW_CHECKED;

#endif /* UW_ENGINE_WRITTEN_H */
