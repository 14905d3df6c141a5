/*
 * What comes of a request body: bytes that the event loop has read, or that it
 * reads into the memory where the guest looks for them.  Plain declarations, for
 * CFFI.
 */

#ifndef UW_PYTHON_PUSH_H
#define UW_PYTHON_PUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct uw_worker uw_worker_t;

/*
 * Bytes of the request body; `last` ends it.  Returns how many more bytes the
 * window takes now (0: wait for UW_NEWS_PULL), or -1: nobody reads them.
 */
int64_t uw_asgi_push(uw_worker_t *worker, uint64_t id, const uint8_t *bytes,
                     size_t size, bool last);

/*
 * Where up to `most` bytes of the request body can be put by whoever reads them,
 * and how many (*size): instead of uw_asgi_push(), to be followed by
 * uw_asgi_arrived().  NULL: nobody reads them, or there is no room.  Valid until
 * the next call of any function of this worker.
 */
uint8_t *uw_asgi_room(uw_worker_t *worker, uint64_t id, size_t most,
                      size_t *size);

/* So many bytes were put there; `last` ends the body.  Returns as uw_asgi_push(). */
int64_t uw_asgi_arrived(uw_worker_t *worker, uint64_t id, size_t size,
                        bool last);

#endif /* UW_PYTHON_PUSH_H */
