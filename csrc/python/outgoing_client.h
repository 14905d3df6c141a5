/*
 * Outgoing requests, the client's side.
 *
 * The client is whoever sends what guests ask for; it may live on a thread of
 * its own.  It waits until uw_outgoing_fd() is readable, fetches orders until
 * there are none, and says what becomes of them.  These functions, and no
 * others of the worker, may be called from the client's thread (one at a time),
 * from uw_worker_new() to before uw_worker_delete().  An id that is not known,
 * or not any more, is ignored.
 */

#ifndef UW_PYTHON_OUTGOING_CLIENT_H
#define UW_PYTHON_OUTGOING_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "outgoing/orders.h"

typedef struct uw_worker uw_worker_t;
typedef struct uw_outgoing_table uw_outgoing_table_t;

/* Where the requests of a worker's guests are; NULL: the settings allow none. */
uw_outgoing_table_t *uw_outgoing_table_of(const uw_worker_t *worker);

/*
 * Readable while there are orders; -1 when the settings allow no outgoing
 * requests.  Owned by the table.
 */
int uw_outgoing_fd(const uw_outgoing_table_t *table);

/*
 * The next order; false when there are none.  Pointers in *order are valid
 * until the next call of this function for this table.
 */
bool uw_outgoing_next(uw_outgoing_table_t *table, uw_order_t *order);

/* `size` bytes of the request's body are on their way: as many may follow. */
void uw_outgoing_sent(uw_outgoing_table_t *table, uint64_t id, size_t size);

/*
 * The final response has begun.  `headers` are lines of "name:value\n";
 * hop-by-hop names are left out.  Once for each request.
 */
void uw_outgoing_respond(uw_outgoing_table_t *table, uint64_t id,
                         uint16_t status, const char *headers,
                         size_t headers_size);

/*
 * Bytes of the response's body; `last` ends it, with `trailers` like headers
 * (of size 0: none).  Returns how many more bytes the window takes now (0:
 * wait for UW_ORDER_READ), or -1: nobody reads them.
 */
int64_t uw_outgoing_push(uw_outgoing_table_t *table, uint64_t id,
                         const uint8_t *bytes, size_t size, bool last,
                         const char *trailers, size_t trailers_size);

/*
 * The request has failed: before the response the future answers this error,
 * after its head its body breaks off with it.  `code` is a case of wasi:http's
 * error-code ("DNS-error"); another one is taken for internal-error.  `text`
 * and `number` are its payload: rcode and info-code, alert-message and
 * alert-id, field-name and field-size, or the one there is; "" and 0 are none.
 */
void uw_outgoing_fail(uw_outgoing_table_t *table, uint64_t id, const char *code,
                      const char *text, uint64_t number);

#endif /* UW_PYTHON_OUTGOING_CLIENT_H */
