/*
 * wasi:filesystem: error codes.
 */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <stdio.h>

#include "wasi/io/poll.h"

typedef struct {
    int number;
    uw_filesystem_error_code_t code;
} uw_file_case_t;

/*
 * What WASI has no word for is `io`.  That descriptors are out is said as that
 * memory is: no case is nearer.
 */
static const uw_file_case_t uw_file_cases[] = {
    { EACCES, UW_FILESYSTEM_ERROR_CODE_ACCESS },
    { EAGAIN, UW_FILESYSTEM_ERROR_CODE_WOULD_BLOCK },
    { EALREADY, UW_FILESYSTEM_ERROR_CODE_ALREADY },
    { EBADF, UW_FILESYSTEM_ERROR_CODE_BAD_DESCRIPTOR },
    { EBUSY, UW_FILESYSTEM_ERROR_CODE_BUSY },
    { EDEADLK, UW_FILESYSTEM_ERROR_CODE_DEADLOCK },
    { EDQUOT, UW_FILESYSTEM_ERROR_CODE_QUOTA },
    { EEXIST, UW_FILESYSTEM_ERROR_CODE_EXIST },
    { EFBIG, UW_FILESYSTEM_ERROR_CODE_FILE_TOO_LARGE },
    { EILSEQ, UW_FILESYSTEM_ERROR_CODE_ILLEGAL_BYTE_SEQUENCE },
    { EINPROGRESS, UW_FILESYSTEM_ERROR_CODE_IN_PROGRESS },
    { EINTR, UW_FILESYSTEM_ERROR_CODE_INTERRUPTED },
    { EINVAL, UW_FILESYSTEM_ERROR_CODE_INVALID },
    { EIO, UW_FILESYSTEM_ERROR_CODE_IO },
    { EISDIR, UW_FILESYSTEM_ERROR_CODE_IS_DIRECTORY },
    { ELOOP, UW_FILESYSTEM_ERROR_CODE_LOOP },
    { EMLINK, UW_FILESYSTEM_ERROR_CODE_TOO_MANY_LINKS },
    { EMSGSIZE, UW_FILESYSTEM_ERROR_CODE_MESSAGE_SIZE },
    { ENAMETOOLONG, UW_FILESYSTEM_ERROR_CODE_NAME_TOO_LONG },
    { ENODEV, UW_FILESYSTEM_ERROR_CODE_NO_DEVICE },
    { ENOENT, UW_FILESYSTEM_ERROR_CODE_NO_ENTRY },
    { ENOLCK, UW_FILESYSTEM_ERROR_CODE_NO_LOCK },
    { ENOMEM, UW_FILESYSTEM_ERROR_CODE_INSUFFICIENT_MEMORY },
    { EMFILE, UW_FILESYSTEM_ERROR_CODE_INSUFFICIENT_MEMORY },
    { ENFILE, UW_FILESYSTEM_ERROR_CODE_INSUFFICIENT_MEMORY },
    { ENOSPC, UW_FILESYSTEM_ERROR_CODE_INSUFFICIENT_SPACE },
    { ENOTDIR, UW_FILESYSTEM_ERROR_CODE_NOT_DIRECTORY },
    { ENOTEMPTY, UW_FILESYSTEM_ERROR_CODE_NOT_EMPTY },
    { ENOTRECOVERABLE, UW_FILESYSTEM_ERROR_CODE_NOT_RECOVERABLE },
    { ENOTSUP, UW_FILESYSTEM_ERROR_CODE_UNSUPPORTED },
    { ENOSYS, UW_FILESYSTEM_ERROR_CODE_UNSUPPORTED },
    { ENOTTY, UW_FILESYSTEM_ERROR_CODE_NO_TTY },
    { ENXIO, UW_FILESYSTEM_ERROR_CODE_NO_SUCH_DEVICE },
    { EOVERFLOW, UW_FILESYSTEM_ERROR_CODE_OVERFLOW },
    { EPERM, UW_FILESYSTEM_ERROR_CODE_NOT_PERMITTED },
    { EPIPE, UW_FILESYSTEM_ERROR_CODE_PIPE },
    { EROFS, UW_FILESYSTEM_ERROR_CODE_READ_ONLY },
    { ESPIPE, UW_FILESYSTEM_ERROR_CODE_INVALID_SEEK },
    { ETXTBSY, UW_FILESYSTEM_ERROR_CODE_TEXT_FILE_BUSY },
    { EXDEV, UW_FILESYSTEM_ERROR_CODE_CROSS_DEVICE },
};


uw_file_error_t
uw_file_errno(int number)
{
    for (size_t i = 0; i < sizeof(uw_file_cases) / sizeof(uw_file_cases[0]);
         i++)
    {
        if (uw_file_cases[i].number == number) {
            return (uw_file_error_t) uw_file_cases[i].code + 1;
        }
    }

    return UW_FILE_ERROR(IO);
}


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
