/*
 * Request in, in Unit: a request of libunit becomes an exchange of the worker.
 */

#ifndef UW_UNIT_REQUEST_H
#define UW_UNIT_REQUEST_H

#include "unit/intake.h"
#include "unit/response.h"

/*
 * A request has arrived whole, a body of `body_size` bytes included; it is
 * answered in any case, as `ticket` says of it.  Of its response, what has to
 * wait goes into `list`.
 */
void uw_nxt_request_arrived(uw_nxt_waiting_t *list, uw_nxt_req_t *req,
                            uint64_t body_size, uw_nxt_ticket_t ticket);

#endif /* UW_UNIT_REQUEST_H */
