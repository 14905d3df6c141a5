#include "engine/promise.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>


bool
uw_memory_is_counted(void)
{
    struct rlimit data;
    char mode = '0';
    int fd = open("/proc/sys/vm/overcommit_memory", O_RDONLY | O_CLOEXEC);

    if (fd >= 0) {
        if (read(fd, &mode, 1) != 1) {
            mode = '0';
        }
        (void) close(fd);
    }

    return mode == '2'
           || (getrlimit(RLIMIT_DATA, &data) == 0
               && data.rlim_cur != RLIM_INFINITY);
}


bool
uw_memory_is_promised(uint64_t size)
{
    void *probe = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (probe == MAP_FAILED) {
        return false;
    }

    return munmap(probe, size) == 0;
}


void *
uw_space_map(size_t size)
{
    uint8_t *mapping = mmap(NULL, size + UW_HOST_SPACE, PROT_NONE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (mapping != MAP_FAILED && munmap(mapping + size, UW_HOST_SPACE) != 0) {
        (void) munmap(mapping, size);
        mapping = MAP_FAILED;
    }

    return mapping;
}
