/*
 * What the head of a response has beside the guest's own fields.
 *
 * Every transport adds a Content-Length by the same rule: the guest has set
 * none, and the whole body is here when the head leaves.  They differ in answers
 * to HEAD.  The embedded server sends no body there and adds nothing.  Unit's
 * router would make a chunked response of one without a length, so there the
 * head waits until the guest has written what GET would get, and says so.
 */

#ifndef UW_HTTP_HEAD_H
#define UW_HTTP_HEAD_H

#include "http/exchange.h"

#define UW_HEAD_LENGTH_NAME "content-length"

/* The most digits of a number. */
#define UW_HEAD_LENGTH_SIZE 20

/* The bytes of names and values, with room for a Content-Length. */
size_t uw_head_text_size(const uw_fields_t *fields);

/*
 * Writes a number in decimal, without a zero byte, where there is room for
 * UW_HEAD_LENGTH_SIZE bytes; returns how many it has written.  Each answer has
 * one, and snprintf() takes as long as all the rest of its head.
 */
size_t uw_head_put_number(uint8_t *to, uint64_t number);

/*
 * The rule above.  `has_length` says whether the guest has set one: who copies
 * the fields has seen that.
 */
bool uw_head_adds_length(const uw_exchange_t *exchange, bool has_length);

/*
 * For Unit: whether an answer to HEAD has to say its length.  Without one the
 * router would send the end of a chunked body after the head, and the client
 * take it for the next answer.
 */
bool uw_head_needs_length(const uw_exchange_t *exchange);

/*
 * For Unit: writes the Content-Length that has to be added, where `size` bytes
 * of body are there.  Returns its digits, 0 where none has to be added.
 */
size_t uw_head_length(const uw_exchange_t *exchange, uint64_t size,
                      uint8_t value[UW_HEAD_LENGTH_SIZE]);

#endif /* UW_HTTP_HEAD_H */
