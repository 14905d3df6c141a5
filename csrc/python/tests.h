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

/*
 * wasi/sockets/policy.h: whether `entries` allow an address at a port, to which
 * `name` (NULL: none) has led; or, where there is no address, the name to be looked
 * up.  -1: the entries, or the address, cannot be read.
 */
int uw_network_judge(const char *entries, int use, const char *address,
                     int port, const char *name);

/* Whether an address is private; -1: it is none. */
int uw_network_private(const char *address);

#endif /* UW_PYTHON_TESTS_H */
