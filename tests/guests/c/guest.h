/*
 * What the test guests share. Each guest defines one function, handle().
 *
 * Every helper traps when the host's answer is not the one that is needed to go
 * on, so a guest checks by itself only the calls that it is there to test.
 */
#ifndef GUEST_H
#define GUEST_H

#include <stdlib.h>
#include <string.h>

#include "wasi_http.h"

#define MUST(condition) ((condition) ? (void) 0 : __builtin_trap())

/* The guest: both handles are its own. */
void handle(int32_t request, int32_t outparam);

/* ---- text that grows: what print() collects is sent by answer() ---------- */

void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void print_bytes(const void *bytes, size_t length);
/* Prints non-printable bytes as \xHH, so that a check of the answer can be
 * exact. */
void print_escaped(const void *bytes, size_t length);
/* Prints the cause of a stream's error, e.g. "closed", and drops it. */
void print_stream_error(const stream_error *error);
/* Prints an error-code as the WIT spells it, with the value of a body size or a
 * text. */
void print_error_code(const http_error_code *code);
/* Prints how a write and how the finish of a body ended: "ok", or the error. */
void print_written(const stream_result_void *result);
void print_finished(const http_result_void *result);
/* Writes what was printed to the guest's stderr, and forgets it. */
void print_to_stderr(void);
/* Writes what was printed to a stream, and forgets it. */
void print_to_stream(int32_t stream);

/* ---- the response -------------------------------------------------------- */

typedef struct {
    int32_t body;
    int32_t stream;
} http_reply;

/* Sets the response's head (own_headers is given away) and opens its body. */
http_reply reply_begin(int32_t outparam, int32_t status, int32_t own_headers);
/* The same with "content-type: text/plain". */
http_reply reply_text(int32_t outparam, int32_t status);
void reply_write(http_reply *self, const void *bytes, size_t length);
/* Drops the stream and finishes the body without trailers. */
void reply_end(http_reply *self);

/* The whole response: text/plain, status, and what was printed. */
void answer(int32_t outparam, int32_t status);
/* The whole response: text/plain, status 200, and this text. */
void answer_with(int32_t outparam, const char *text);

/* Fields with one entry. */
int32_t fields_with(const char *name, const char *value);
void fields_add(int32_t fields, const char *name, const void *value,
                size_t value_length);

/* ---- streams ------------------------------------------------------------- */

typedef void (*handle_getter)(int32_t self, wasi_result_handle *result);

/* Writes everything, in pieces of 4096 bytes, blocking. False when the stream
 * is closed. */
bool write_all(int32_t stream, const void *bytes, size_t length);
/* Writes size bytes of the pattern 0123456789abcdef, each time as much as
 * check-write allows, at most 64 KiB; traps when the stream is closed. */
void write_pattern(int32_t stream, uint64_t size);
/* The same with all values of a byte, in no order: byte i is i * 167 + 13. */
void write_all_bytes(int32_t stream, uint64_t size);
/* Opens a message's body and then the stream of that, by the two imports that
 * do this for its kind. */
void body_open(int32_t message, handle_getter body_of, handle_getter stream_of,
               int32_t *body, int32_t *stream);
/* Opens the request's body. */
void request_open(int32_t request, int32_t *body, int32_t *stream);
/* Reads to the end of the stream; returns the number of bytes. */
uint64_t read_to_end(int32_t stream);
/* Waits with wasi:io/poll, then drops the pollable. */
void wait_for(int32_t own_pollable);
/* Waits until the stream takes bytes, and returns how many. */
uint64_t wait_for_budget(int32_t stream);

/* ---- the request's path -------------------------------------------------- */

/* The path without the query, as a C string that stays valid. */
const char *path_of(int32_t request);
bool path_is(int32_t request, const char *path);
/* The number in the segment `index`, counted from 0; `otherwise` where there is
 * no such segment. */
uint64_t path_number(int32_t request, int index, uint64_t otherwise);

/* ---- trouble ------------------------------------------------------------- */

/* Calls itself that many times; returns how many those were. */
uint64_t descend(uint64_t depth);

#endif
