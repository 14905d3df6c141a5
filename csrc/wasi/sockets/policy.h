/*
 * Where guests may go by sockets, and where they may be reached: what the option
 * `network` says.  An address is judged when it is used, whatever name has led to
 * it, so that a name which changes its mind gains nothing.
 */

#ifndef UW_WASI_SOCKETS_POLICY_H
#define UW_WASI_SOCKETS_POLICY_H

#include "base/buf.h"

/* An address; one of IPv4 in the form ::ffff:a.b.c.d. */
typedef struct {
    uint8_t bytes[16];
} uw_ip_t;

/* What a guest wants to do. */
typedef enum {
    UW_USE_TCP,    /* connect */
    UW_USE_UDP,    /* send, and take answers */
    UW_USE_LISTEN, /* take what comes from anybody */
} uw_use_t;

typedef struct uw_network uw_network_t;

/*
 * Reads entries, with spaces between them, as the control plane writes them:
 *
 *   tcp:HOST:PORT  udp:HOST:PORT  listen:ADDRESS:PORT  ADDRESS/BITS
 *
 * HOST is a name in lower case, one with "*." before it, an address, or "*"; PORT
 * a number or "*"; an address of IPv6 is in brackets where a port follows it.
 * NULL when memory is out, or with *faulty where an entry cannot be read.
 */
uw_network_t *uw_network_new(const char *entries, bool *faulty) UW_CHECKED;
void uw_network_delete(uw_network_t *network);

/* Whether there is an entry for it at all, whatever it names. */
bool uw_network_has(const uw_network_t *network, uw_use_t use);

/* Whether a name, in lower case, may be looked up. */
bool uw_network_names(const uw_network_t *network, const char *name);

/*
 * Whether an address may be used, and for a lookup (port -1) whether it may be at
 * any port.  `name` has led to it, NULL: none.
 */
bool uw_network_allows(const uw_network_t *network, uw_use_t use,
                       const uw_ip_t *ip, int port, const char *name);

/* Whether an address is none of the public internet: unit_wasm/outgoing's rule. */
bool uw_ip_is_private(const uw_ip_t *ip);

/* Reads an address; false: it is none. */
bool uw_ip_read(const char *text, uw_ip_t *ip);

#endif /* UW_WASI_SOCKETS_POLICY_H */
