/*
 * What linear memories begin with: images, in the file of the compiled component,
 * behind the code.  Slots map them privately, so that a page is only copied where
 * a guest writes to it, and what has been written is restored from here.
 *
 * component/rewrite/images.py says which memories have one, and how they are
 * written.  A memory is known by the size that it begins with: where two have the
 * same, neither has an image.
 */

#ifndef UW_ENGINE_IMAGE_H
#define UW_ENGINE_IMAGE_H

#include "base/buf.h"

/* As component/rewrite/images.py has them. */
#define UW_IMAGE_ALIGNMENT (64u << 10)
#define UW_IMAGES_MAX 8

typedef struct {
    uint64_t memory;      /* bytes that the memory begins with */
    uint64_t size;        /* of the image; what is behind it is zero */
    uint64_t offset;      /* in the file */
    const uint8_t *bytes; /* mapped, to be read */
} uw_image_t;

typedef struct {
    int fd; /* of the file; -1: there are no images */
    size_t count;
    uw_image_t images[UW_IMAGES_MAX];
} uw_images_t;

/* Without any. */
void uw_images_init(uw_images_t *images);

/*
 * Reads which there are, and maps them.  Returns 0; or -1 where the file is not
 * what it should be, or cannot be mapped.  To be closed in any case.
 *
 *   fd:     of the file; is the caller's.
 *   offset: where they begin in it.
 */
int uw_images_open(uw_images_t *images, int fd, uint64_t offset) UW_CHECKED;
void uw_images_close(uw_images_t *images);

/* That of a memory which begins with so many bytes, or NULL. */
const uw_image_t *uw_images_find(const uw_images_t *images, size_t memory);

/* Maps one at `start`, to be written to, over what is there.  Returns 0 or -1. */
int uw_image_map(const uw_images_t *images, const uw_image_t *image,
                 uint8_t *start) UW_CHECKED;

#endif /* UW_ENGINE_IMAGE_H */
