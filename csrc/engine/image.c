#include "engine/image.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file says how many there are, and of each this. */
typedef struct {
    uint64_t memory;
    uint64_t size;
} uw_image_entry_t;


void
uw_images_init(uw_images_t *images)
{
    *images = (uw_images_t) { .fd = -1 };
}


static bool
uw_image_is_right(const uw_image_t *image, uint64_t end)
{
    return image->size != 0 && image->size % UW_IMAGE_ALIGNMENT == 0
           && image->size <= image->memory && image->offset <= end
           && image->size <= end - image->offset;
}


static int
uw_images_read(uw_images_t *images, uint64_t offset, uint64_t end)
{
    uw_image_entry_t entries[UW_IMAGES_MAX];
    uint64_t at = offset + UW_IMAGE_ALIGNMENT;
    uint64_t count;
    ssize_t size;

    if (offset % UW_IMAGE_ALIGNMENT != 0 || offset > end
        || pread(images->fd, &count, sizeof(count), (off_t) offset)
               != (ssize_t) sizeof(count)
        || count > UW_IMAGES_MAX)
    {
        return -1;
    }
    size = (ssize_t) (count * sizeof(entries[0]));
    if (pread(images->fd, entries, (size_t) size,
              (off_t) (offset + sizeof(count)))
        != size)
    {
        return -1;
    }

    for (size_t i = 0; i < count; i++) {
        uw_image_t *image = &images->images[i];
        void *bytes;

        *image = (uw_image_t) { .memory = entries[i].memory,
                                .size = entries[i].size,
                                .offset = at };
        if (!uw_image_is_right(image, end)) {
            return -1;
        }
        bytes = mmap(NULL, image->size, PROT_READ, MAP_SHARED, images->fd,
                     (off_t) at);
        if (bytes == MAP_FAILED) {
            return -1;
        }
        image->bytes = bytes;
        images->count++;
        at += image->size;
    }

    return 0;
}


int
uw_images_open(uw_images_t *images, int fd, uint64_t offset)
{
    struct stat found;

    images->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (images->fd < 0 || fstat(images->fd, &found) != 0) {
        return -1;
    }

    return uw_images_read(images, offset, (uint64_t) found.st_size);
}


void
uw_images_close(uw_images_t *images)
{
    for (size_t i = 0; i < images->count; i++) {
        (void) munmap((void *) images->images[i].bytes,
                      (size_t) images->images[i].size);
    }
    if (images->fd >= 0) {
        (void) close(images->fd);
    }
    uw_images_init(images);
}


const uw_image_t *
uw_images_find(const uw_images_t *images, size_t memory)
{
    for (size_t i = 0; i < images->count; i++) {
        if (images->images[i].memory == memory) {
            return &images->images[i];
        }
    }

    return NULL;
}


int
uw_image_map(const uw_images_t *images, const uw_image_t *image, uint8_t *start)
{
    return mmap(start, (size_t) image->size, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, images->fd,
                (off_t) image->offset)
                   == MAP_FAILED
               ? -1
               : 0;
}
