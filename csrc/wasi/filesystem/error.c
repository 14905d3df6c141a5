/*
 * wasi:filesystem: how a guest gets an error code.
 */

#include "wasi/filesystem/common.h"

#include <stdio.h>

#include "wasi/io/poll.h"

uw_step_t
uw_return_file_error(uw_call_t *call, uw_file_error_t error)
{
    uw_val_t value = uw_make_filesystem_error_code(
        call, (uw_filesystem_error_code_t) (error - 1));

    return uw_return_err(call, &value);
}


void
uw_file_failure(uw_failure_t *failure, uw_file_error_t error)
{
    *failure = (uw_failure_t) { .package = UW_FAILURE_FILESYSTEM,
                                .number = (uint64_t) error - 1 };
    (void) snprintf(failure->text, sizeof(failure->text), "%s",
                    uw_filesystem_error_code_names[error - 1]);
}


/* none for the error of a stream that is no file's. */
uw_step_t
uw_filesystem_filesystem_error_code(uw_call_t *call, uw_resource_t *err)
{
    const uw_failure_t *failure = uw_as_error(err);
    uw_val_t code;

    if (failure->code != NULL || failure->package != UW_FAILURE_FILESYSTEM) {
        return uw_return(call, uw_val_option(call->abi, NULL));
    }
    code = uw_make_filesystem_error_code(
        call, (uw_filesystem_error_code_t) failure->number);

    return uw_return(call, uw_val_option(call->abi, &code));
}
