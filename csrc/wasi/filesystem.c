/*
 * wasi:filesystem with no directory to give: there are no preopened ones, and
 * every function that a guest may call all the same answers `access`.
 */

#include "wasi/filesystem.h"


uw_step_t
uw_filesystem_preopens_get_directories(uw_call_t *call)
{
    return uw_return(call, uw_val_list(call->abi, 0));
}


uw_step_t
uw_filesystem_refuse(uw_call_t *call)
{
    uw_val_t error;

    if (!uw_args_release(call)) {
        return UW_TRAP;
    }

    error =
        uw_make_filesystem_error_code(call, UW_FILESYSTEM_ERROR_CODE_ACCESS);

    return uw_return_err(call, &error);
}


/* For functions that have no error to answer. */
uw_step_t
uw_filesystem_unreachable(uw_call_t *call)
{
    return uw_trap(call, "a component that is given no directory cannot hold a "
                         "descriptor");
}


/* No stream comes from a file, so no error of a stream does. */
uw_step_t
uw_filesystem_filesystem_error_code(uw_call_t *call, uw_resource_t *err)
{
    (void) err;

    return uw_return(call, uw_val_option(call->abi, NULL));
}


const uw_package_t uw_wasi_filesystem = { .interfaces =
                                              uw_filesystem_interfaces };
