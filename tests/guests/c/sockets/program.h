/*
 * What the parts of the guest `sockets` share: the words of a command, sockets by their
 * numbers, how results are printed, and the commands, each of which prints a line but
 * for its end.
 */
#ifndef SOCKETS_PROGRAM_H
#define SOCKETS_PROGRAM_H

#include "sockets.h"

#define SLOTS 32
#define WORDS 8

typedef struct {
    bool udp;
    int32_t socket; /* 0: none */
    int32_t input;
    int32_t output;
} slot;

extern int32_t network;
extern const char *words[WORDS];
extern size_t word_count;

/* Word i, empty where there is none; as a number; the socket of that number. */
const char *word(size_t i);
uint64_t number(size_t i);
slot *at(size_t i);

void print_error(uint8_t error);
void print_result(const socket_result *result);
void print_address(const ip_address *address);
void print_address_result(const socket_result_address *result);
/* Words i and i + 1: "127.0.0.1", or all eight groups of IPv6, and a port. */
ip_address address_of(size_t i);

/* An address as parameters. */
#define FLAT(a)                                                                \
    (a)[0], (a)[1], (a)[2], (a)[3], (a)[4], (a)[5], (a)[6], (a)[7], (a)[8],    \
        (a)[9], (a)[10], (a)[11]
const int32_t *flat(const ip_address *address);

/* states.c: a socket through its states. */
void do_tcp(void);
void do_udp(void);
void do_bind(void);
void do_bound(void);
void do_connect(void);
void connected(void);
void do_connected(void);
void do_listen(void);
void do_listening(void);
void accept_now(void);
void do_accept(void);
void do_local(void);
void do_remote(void);
void do_family(void);
void do_is_listening(void);
void do_shutdown(void);

/* options.c: options. */
void do_get(void);
void do_set(void);

/* streams.c: streams of a connection. */
void do_write(void);
void do_write_many(void);
void do_check(void);
void do_read(void);
void read_now(void);
void do_read_all(void);

/* datagrams.c: datagrams. */
void do_stream(void);
void do_check_send(void);
void do_send(void);
void do_send_many(void);
void receive_now(void);
void do_receive(void);

/* names.c: names. */
void do_resolve(void);

#endif
