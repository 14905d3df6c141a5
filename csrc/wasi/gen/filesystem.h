/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_FILESYSTEM_H
#define UW_WASI_GEN_FILESYSTEM_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"
#include "wasi/gen/io.h"

typedef struct {
    uw_resource_t *f0;
    uw_slice_t f1;
} uw_filesystem_tuple_descriptor_string_t;

typedef enum {
    UW_FILESYSTEM_ERROR_CODE_ACCESS,
    UW_FILESYSTEM_ERROR_CODE_WOULD_BLOCK,
    UW_FILESYSTEM_ERROR_CODE_ALREADY,
    UW_FILESYSTEM_ERROR_CODE_BAD_DESCRIPTOR,
    UW_FILESYSTEM_ERROR_CODE_BUSY,
    UW_FILESYSTEM_ERROR_CODE_DEADLOCK,
    UW_FILESYSTEM_ERROR_CODE_QUOTA,
    UW_FILESYSTEM_ERROR_CODE_EXIST,
    UW_FILESYSTEM_ERROR_CODE_FILE_TOO_LARGE,
    UW_FILESYSTEM_ERROR_CODE_ILLEGAL_BYTE_SEQUENCE,
    UW_FILESYSTEM_ERROR_CODE_IN_PROGRESS,
    UW_FILESYSTEM_ERROR_CODE_INTERRUPTED,
    UW_FILESYSTEM_ERROR_CODE_INVALID,
    UW_FILESYSTEM_ERROR_CODE_IO,
    UW_FILESYSTEM_ERROR_CODE_IS_DIRECTORY,
    UW_FILESYSTEM_ERROR_CODE_LOOP,
    UW_FILESYSTEM_ERROR_CODE_TOO_MANY_LINKS,
    UW_FILESYSTEM_ERROR_CODE_MESSAGE_SIZE,
    UW_FILESYSTEM_ERROR_CODE_NAME_TOO_LONG,
    UW_FILESYSTEM_ERROR_CODE_NO_DEVICE,
    UW_FILESYSTEM_ERROR_CODE_NO_ENTRY,
    UW_FILESYSTEM_ERROR_CODE_NO_LOCK,
    UW_FILESYSTEM_ERROR_CODE_INSUFFICIENT_MEMORY,
    UW_FILESYSTEM_ERROR_CODE_INSUFFICIENT_SPACE,
    UW_FILESYSTEM_ERROR_CODE_NOT_DIRECTORY,
    UW_FILESYSTEM_ERROR_CODE_NOT_EMPTY,
    UW_FILESYSTEM_ERROR_CODE_NOT_RECOVERABLE,
    UW_FILESYSTEM_ERROR_CODE_UNSUPPORTED,
    UW_FILESYSTEM_ERROR_CODE_NO_TTY,
    UW_FILESYSTEM_ERROR_CODE_NO_SUCH_DEVICE,
    UW_FILESYSTEM_ERROR_CODE_OVERFLOW,
    UW_FILESYSTEM_ERROR_CODE_NOT_PERMITTED,
    UW_FILESYSTEM_ERROR_CODE_PIPE,
    UW_FILESYSTEM_ERROR_CODE_READ_ONLY,
    UW_FILESYSTEM_ERROR_CODE_INVALID_SEEK,
    UW_FILESYSTEM_ERROR_CODE_TEXT_FILE_BUSY,
    UW_FILESYSTEM_ERROR_CODE_CROSS_DEVICE,
} uw_filesystem_error_code_t;

extern const char *const uw_filesystem_error_code_names[37];

bool uw_make_filesystem_tuple_descriptor_string(
    uw_call_t *call, const uw_filesystem_tuple_descriptor_string_t *value,
    uw_val_t *val);

uw_val_t uw_make_filesystem_error_code(uw_call_t *call,
                                       uw_filesystem_error_code_t value);

extern const uw_resource_type_t uw_filesystem_descriptor_type;
extern const uw_resource_type_t uw_filesystem_directory_entry_stream_type;

uw_step_t uw_filesystem_refuse(uw_call_t *call);

uw_step_t uw_filesystem_unreachable(uw_call_t *call);

/* get-directories() -> list<tuple<descriptor, string>> */
uw_step_t uw_filesystem_preopens_get_directories(uw_call_t *call);

/* filesystem-error-code(err: borrow<error>) -> option<error-code> */
uw_step_t uw_filesystem_filesystem_error_code(uw_call_t *call,
                                              uw_resource_t *err);

extern const uw_host_interface_t uw_filesystem_interfaces[];

#endif /* UW_WASI_GEN_FILESYSTEM_H */
