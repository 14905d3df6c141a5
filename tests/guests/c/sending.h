/*
 * What the guests outgoing-*.c share: requests of their own, and the responses
 * to them.
 */
#ifndef SENDING_H
#define SENDING_H

#include "guest.h"
#include "wasi_more.h"

/* A request METHOD http://peer.test/asked?q=1 with these fields, given away. */
int32_t request_to_peer(int32_t method, int32_t own_headers);
/* Sends it; the future. */
int32_t sent(int32_t own_request);
/* Opens the request's body and a stream to it. */
void sending_open(int32_t request, int32_t *body, int32_t *stream);
/* Waits for the response and drops the future; traps on an error. */
int32_t response_of(int32_t own_future);
/* Opens the response's body and a stream from it. */
void response_open(int32_t response, int32_t *body, int32_t *stream);
/* Prints an error-code with its payload, whatever it is. */
void print_whole_code(const http_error_code *code);
/* Prints the fields, one per line. */
void print_fields(int32_t fields);
/* Prints what a stream still has, and how it ends: "TEXT|closed". */
void print_to_the_end(int32_t stream);
/* Waits for the trailers and prints them; gives the body away. */
void print_trailers(int32_t own_body);
/* Waits for the end of the request's body: until the test lets it go on, which
 * has seen what was sent before. */
void wait_for_test(int32_t request);
/* Waits an hour. */
void wait_long(void);

#endif
