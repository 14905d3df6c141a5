/*
 * wasi:http/incoming-handler: how a component is entered by a request.
 */

#ifndef UW_WASI_HTTP_HANDLER_H
#define UW_WASI_HTTP_HANDLER_H

#include "guest/entry.h"

/* `handle`, for the instance's exchange; the first export of the pool. */
extern const uw_entry_t uw_http_handler;

#endif /* UW_WASI_HTTP_HANDLER_H */
