/*
 * What the head of a response needs beside the guest's own fields, for a
 * transport that sends it in one piece.
 */

#ifndef UW_HEAD_H
#define UW_HEAD_H

#include "exchange.h"

/* "content-length", and the longest number with its zero byte. */
#define UW_HEAD_LENGTH_NAME "content-length"
#define UW_HEAD_LENGTH_SIZE 21

/* The bytes of names and values, with room for a Content-Length. */
size_t uw_head_text_size(const uw_fields_t *fields);

/*
 * Whether an answer to HEAD has to say its length.  Without one Unit would send
 * the end of a chunked body after the head, and the client take it for the next
 * answer.
 */
bool uw_head_needs_length(const uw_exchange_t *exchange);

/*
 * Writes the Content-Length that has to be added, where `size` bytes of body
 * are there: of a whole body of known length that has none.  Returns its size,
 * 0 where none has to be added.
 */
size_t uw_head_length(const uw_exchange_t *exchange, uint64_t size,
                      char value[UW_HEAD_LENGTH_SIZE]);

#endif /* UW_HEAD_H */
