/* The embedded server's side of an exchange.  Plain declarations, for CFFI. */

#ifndef UW_PYTHON_TRANSPORT_H
#define UW_PYTHON_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "python/news.h"

typedef struct uw_worker uw_worker_t;

/*
 * Starts an exchange; its instance runs in the next turn.  `head` is lines, with
 * a line feed between any two: method, scheme, authority, path with query, the
 * client's address, and then names and values of headers in turns.  With
 * has_body, bytes follow by uw_asgi_push().  Returns its id, never 0 but where
 * out of memory.  A bad request gets its answer like any other.
 */
uint64_t uw_asgi_start(uw_worker_t *worker, const char *head, size_t size,
                       bool has_body);

/*
 * Starts an exchange that calls an exported function, by its number in the
 * program of the settings, with packed arguments; `head` is as above, and is what
 * the log says of it.  The body of its 200 is the packed result.  Returns its id; 0
 * where memory is out, or there is no such function.
 */
uint64_t uw_asgi_call(uw_worker_t *worker, const char *head, size_t size,
                      uint32_t number, const uint8_t *packed,
                      size_t packed_size);

/*
 * Writes the id of the request that was started last, at most 128 bytes and a
 * zero.  Returns its size.
 */
size_t uw_asgi_request_id(const uw_worker_t *worker, char *text);

/*
 * Answers that were made since the last call; these exchanges have no news any
 * more.  The pointers are valid until the next call of any function of this
 * worker.
 */
void uw_asgi_answers(uw_worker_t *worker, uw_whole_answers_t *answers);

/*
 * The next news, in order; false when there are none.  Pointers in *news are
 * valid until the next call of any function of this worker.
 */
bool uw_asgi_next(uw_worker_t *worker, uw_news_t *news);

/*
 * Gives the body of these news, which are the last ones, to the caller, to be
 * freed with uw_asgi_free_body().  NULL: it has to be copied.
 */
void *uw_asgi_keep(uw_worker_t *worker, const uw_news_t *news);
void uw_asgi_free_body(void *body);

/*
 * `size` bytes of response body have left for the client.  A descriptor, or -1:
 * all of that is with the kernel, and what the guest writes may be sent to this
 * socket at once, in chunks or as it is, until the next body is taken (python/direct.h).
 */
void uw_asgi_sent(uw_worker_t *worker, uint64_t id, size_t size, int descriptor,
                  bool chunked);

/* How many bytes, with their frames, were sent in that way since the last call. */
uint64_t uw_asgi_sent_directly(uw_worker_t *worker, uint64_t id);

/* The client has gone.  Its instance is ended at once. */
void uw_asgi_gone(uw_worker_t *worker, uint64_t id);

#endif /* UW_PYTHON_TRANSPORT_H */
