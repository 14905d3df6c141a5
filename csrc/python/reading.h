/* Reading from a source (python/source.h), while a guest asks for bytes. */

#ifndef UW_PYTHON_READING_H
#define UW_PYTHON_READING_H

#include "python/front.h"
#include "python/news.h"

/* That of front->sources; valid until one is added. */
uw_source_t *uw_source_at(const uw_front_t *front, size_t index);

/* The guest waits for bytes: false where there are none to be read. */
bool uw_source_read(uw_exchange_t *exchange);

#endif /* UW_PYTHON_READING_H */
