/*
 * What wasmtime/api.h declares, as data, for the comparison with the ctypes
 * declarations of the installed package (tests/native/test_wasmtime_layout.py).
 * Plain declarations, for CFFI.
 */

#ifndef DOUBLE_LAYOUT_H
#define DOUBLE_LAYOUT_H

#include <stddef.h>

/*
 * One fact.  `kind` is one of
 *   "size"      `name` is a type, `value` its size in bytes
 *   "offset"    `name` is a type, `member` a member, `value` its offset
 *   "width"     the same, `value` is the size of the member
 *   "constant"  `name` is a constant, `value` its value
 *   "function"  `name` is a symbol of the library, `member` its place in
 *               uw_wasmtime_t, `result` and `arguments` its C types as text
 *   "callback"  `name` is a function pointer type, the rest as before
 * Members that do not apply are NULL or 0.  All strings are constants.
 */
typedef struct {
    const char *kind;
    const char *name;
    const char *member;
    const char *result;
    const char *arguments;
    size_t value;
} uw_wasmtime_fact_t;

/* The first fact of a constant array; `*count` is its length. */
const uw_wasmtime_fact_t *uw_wasmtime_layout(size_t *count);

/* The version that wasmtime/api.h was written for. */
const char *uw_wasmtime_layout_version(void);

/*
 * Whether the library at `path`, of the package's `version`, can be loaded:
 * 0, or -1 and one sentence in `error`.  What loads stays loaded.
 */
int uw_wasmtime_check(const char *path, const char *version, char *error,
                      size_t error_size);

#endif /* DOUBLE_LAYOUT_H */
