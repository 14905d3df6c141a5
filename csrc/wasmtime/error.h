#ifndef UW_WASMTIME_ERROR_H
#define UW_WASMTIME_ERROR_H

#include "wasmtime/api.h"

/*
 * Moves the message of *error into `text`, zero-terminated, cut to its size,
 * and deletes the error.
 */
void uw_error_take(const uw_wasmtime_t *wt, wasmtime_error_t *error, char *text,
                   size_t size);

#endif /* UW_WASMTIME_ERROR_H */
