/*
 * What only tests ask for: declared where CFFI cannot read it.  The compiler
 * compares the two declarations, as both are included by python/tests.c.
 */

#ifndef UW_PYTHON_TESTS_H
#define UW_PYTHON_TESTS_H

#include <stddef.h>
#include <stdint.h>

/* http/exchange.h: the table of the state machine. */
int uw_exchange_next(int stage, int event);

/* base/escape.h */
size_t uw_escape(const uint8_t *bytes, size_t size, char *text,
                 size_t text_size);

#endif /* UW_PYTHON_TESTS_H */
