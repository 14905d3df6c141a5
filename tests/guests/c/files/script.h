/*
 * What the parts of the guest `files` share: the words of a line, what is kept under
 * numbers, how results are printed, and the calls, each of which prints a line.
 */
#ifndef FILES_SCRIPT_H
#define FILES_SCRIPT_H

#include "guest.h"
#include "wasi_files.h"

#define KEPT 4096

extern const char *const errors[];
extern const char *const types[];
extern int32_t kept[KEPT];

/* What is left of the line. */
extern char *at;

/* The next word; as a number; what is kept under that; as a path or text. */
char *word(void);
uint64_t number(void);
int32_t handle_of(void);
char *text_word(size_t *length);
/* Keeps a handle under the number that is the next word. */
void keep(int32_t handle);
void release(const wasi_bytes *bytes);

/* Begins the line of a result, and ends that of an error. */
bool failed(uint8_t is_err, uint8_t error);
void done(const file_result_void *result);
void got_handle(const file_result_handle *result);

/* paths.c: what is named by a directory and a path. */
typedef void (*one_path)(int32_t, const char *, size_t, file_result_void *);
void call_open(void);
void call_opens(void);
void call_get(void);
void call_put(void);
void call_readlink(void);
void call_path(one_path function);
void call_two(bool links);
void call_symlink(void);
void call_stat(bool hash);
void call_times(void);

/* descriptors.c: what has been opened. */
void call_read(void);
void call_write(void);
void call_list(void);
void call_advise(void);
void call_number(const char *kind);
void call_void(const char *kind);

/* streams.c. */
void call_stream(const char *kind);
void call_streaming(const char *name);

#endif
