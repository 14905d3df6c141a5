/*
 * What of a request becomes an exchange: checked and copied.
 */

#ifndef UW_HTTP_REQUEST_H
#define UW_HTTP_REQUEST_H

#include "http/exchange.h"

/*
 * Copies the request line into the exchange.  Returns 0; 400 when a part is
 * nothing that a client may send (see docs/server-behavior.md; the copies are
 * there all the same, for the answer); 500 when out of memory.
 */
int uw_exchange_request(uw_exchange_t *exchange, uw_slice_t method,
                        uw_slice_t scheme, uw_slice_t authority,
                        uw_slice_t path_with_query) UW_CHECKED;

/*
 * Adds a request header; hop-by-hop names and those of the client's address and
 * of the request's id are left out.  Where the settings say so, Host is left
 * out, too, and its value is the authority from here on, as it was sent.
 * Returns 0, 400 for bad syntax, 431 when all names and values are
 * over max_header_bytes, 500 when out of memory.
 */
int uw_exchange_request_header(uw_exchange_t *exchange, uw_slice_t name,
                               uw_slice_t value, const uw_settings_t *settings)
    UW_CHECKED;

/*
 * Adds the header with the client's address, where the settings name one and
 * the address is known.  Returns as above.
 */
int uw_exchange_client_address(uw_exchange_t *exchange, uw_slice_t address,
                               const uw_settings_t *settings) UW_CHECKED;

#endif /* UW_HTTP_REQUEST_H */
