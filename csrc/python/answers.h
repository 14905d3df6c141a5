/*
 * Responses on their way to the control plane: header lines, and answers that
 * are small and whole.
 */

#ifndef UW_PYTHON_ANSWERS_H
#define UW_PYTHON_ANSWERS_H

#include "http/exchange.h"

/*
 * Writes the headers as they are sent, "name: value\r\n", in the place of what
 * is in `lines`.  Returns the bits of uw_news_t.present, -1 when out of memory.
 */
int uw_asgi_headers(uw_buf_t *lines, const uw_fields_t *headers) UW_CHECKED;

/*
 * Takes the whole response of an exchange of which there is no other news;
 * then uw_asgi_answers() has it.  False: it is not there as a whole, or it is
 * large, or there is no memory; nothing of it was taken.
 */
bool uw_asgi_answer(uw_exchange_t *exchange) UW_CHECKED;

#endif /* UW_PYTHON_ANSWERS_H */
