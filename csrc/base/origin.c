#include "base/origin.h"

#include <sys/mman.h>
#include <unistd.h>


static size_t
uw_origin_size(void)
{
    return (size_t) sysconf(_SC_PAGESIZE);
}


int
uw_origin_open(uw_origin_t *origin)
{
    size_t size = uw_origin_size();
    uint8_t *page = mmap(NULL, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED) {
        return -1;
    }
    if (madvise(page, size, MADV_WIPEONFORK) != 0) {
        (void) munmap(page, size);
        return -1;
    }
    page[0] = 1;
    origin->page = page;

    return 0;
}


void
uw_origin_close(uw_origin_t *origin)
{
    if (origin->page != NULL) {
        (void) munmap(origin->page, uw_origin_size());
        origin->page = NULL;
    }
}
