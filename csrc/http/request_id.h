/*
 * The id of a request: the one name that it has in the log, for the guest and
 * in the answer.  It is unique over all processes of an application, and over
 * its restarts: what the worker has drawn at its start, and a number; or what
 * somebody in front has given it, where the settings trust him.
 */

#ifndef UW_HTTP_REQUEST_ID_H
#define UW_HTTP_REQUEST_ID_H

#include "http/exchange.h"

/* Draws what the ids of a worker begin with; -1 with errno: no randomness. */
int uw_request_id_draw(char prefix[UW_ID_PREFIX + 1]) UW_CHECKED;

/* Writes the id, zero-terminated.  Returns its size. */
size_t uw_request_id(const uw_exchange_t *exchange, char text[UW_ID_MAX + 1]);

/*
 * What a request's header has to do with its id, where the settings name one.
 * True: the guest must not see the header, for it would believe it to be ours.
 */
bool uw_request_id_header(uw_exchange_t *exchange, uw_slice_t name,
                          uw_slice_t value, const uw_settings_t *settings);

/* Tells the guest the id, after the headers of the client.  Returns as
 * uw_exchange_request_header() does. */
int uw_request_id_tell(uw_exchange_t *exchange, const uw_settings_t *settings)
    UW_CHECKED;

/* Tells the client, by a header of the response that is about to leave. */
void uw_request_id_answer(uw_exchange_t *exchange,
                          const uw_settings_t *settings);

#endif /* UW_HTTP_REQUEST_ID_H */
