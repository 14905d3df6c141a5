/*
 * Large request bodies, read from the socket in the very call by which a guest
 * reads them (python/reading.h).  Plain declarations, for CFFI.
 *
 * The control plane opens a source for the length of one turn of the worker, in
 * which nobody else reads from that socket, and is told after it how much was
 * read: so it knows at all times where in the stream of bytes a body ends.
 */

#ifndef UW_PYTHON_SOURCE_H
#define UW_PYTHON_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "python/news.h"

typedef struct uw_worker uw_worker_t;

/*
 * In the next turn, and no longer, its guest may read from that socket, of which
 * the next `left` bytes are its body, and nobody else does.  False: it does not.
 */
bool uw_asgi_source(uw_worker_t *worker, uint64_t id, int descriptor,
                    uint64_t left);

/*
 * After the turn: what became of all of these, in their order.  To be called
 * before anything else, and valid until the next call of any function of this worker.
 */
const uw_source_t *uw_asgi_sources(uw_worker_t *worker);

#endif /* UW_PYTHON_SOURCE_H */
