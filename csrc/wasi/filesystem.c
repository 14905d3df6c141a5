/*
 * wasi:filesystem with no directory to give: there are no preopened ones, and
 * every function that a guest may call all the same answers `access`.
 */

#include "wasi/filesystem.h"


static uw_step_t
uw_get_directories(uw_call_t *call)
{
    return uw_return(call, uw_val_list(call->abi, 0));
}


static uw_step_t
uw_filesystem_refuse(uw_call_t *call)
{
    if (!uw_args_release(call)) {
        return UW_TRAP;
    }

    return uw_return_err_enum(call, "access");
}


/* For functions that have no error to answer. */
static uw_step_t
uw_filesystem_unreachable(uw_call_t *call)
{
    return uw_trap(call, "a component that is given no directory cannot hold a "
                         "descriptor");
}


/* No stream comes from a file, so no error of a stream does. */
static uw_step_t
uw_filesystem_error_code(uw_call_t *call)
{
    if (uw_arg_handle(call, 0, UW_RES_ERROR) == NULL) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_option(call->abi, NULL));
}


/* ---- Tables ---- */

/* clang-format off */

static const uw_host_func_t uw_preopens_functions[] = {
    { "get-directories", uw_get_directories, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_filesystem_resources[] = {
    { "descriptor",             UW_RES_DESCRIPTOR },
    { "directory-entry-stream", UW_RES_DIRECTORY_ENTRY_STREAM },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_filesystem_functions[] = {
    { "[method]descriptor.read-via-stream",                  uw_filesystem_refuse,      2, 1, UW_SHORT, true },
    { "[method]descriptor.write-via-stream",                 uw_filesystem_refuse,      2, 1, UW_SHORT, true },
    { "[method]descriptor.append-via-stream",                uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "[method]descriptor.advise",                           uw_filesystem_refuse,      4, 1, UW_SHORT, true },
    { "[method]descriptor.sync-data",                        uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "[method]descriptor.get-flags",                        uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "[method]descriptor.get-type",                         uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "[method]descriptor.set-size",                         uw_filesystem_refuse,      2, 1, UW_SHORT, true },
    { "[method]descriptor.set-times",                        uw_filesystem_refuse,      3, 1, UW_SHORT, true },
    { "[method]descriptor.read",                             uw_filesystem_refuse,      3, 1, UW_SHORT, true },
    { "[method]descriptor.write",                            uw_filesystem_refuse,      3, 1, UW_SHORT, true },
    { "[method]descriptor.read-directory",                   uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "[method]descriptor.sync",                             uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "[method]descriptor.create-directory-at",              uw_filesystem_refuse,      2, 1, UW_SHORT, true },
    { "[method]descriptor.stat",                             uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "[method]descriptor.stat-at",                          uw_filesystem_refuse,      3, 1, UW_SHORT, true },
    { "[method]descriptor.set-times-at",                     uw_filesystem_refuse,      5, 1, UW_SHORT, true },
    { "[method]descriptor.link-at",                          uw_filesystem_refuse,      5, 1, UW_SHORT, true },
    { "[method]descriptor.open-at",                          uw_filesystem_refuse,      5, 1, UW_SHORT, true },
    { "[method]descriptor.readlink-at",                      uw_filesystem_refuse,      2, 1, UW_SHORT, true },
    { "[method]descriptor.remove-directory-at",              uw_filesystem_refuse,      2, 1, UW_SHORT, true },
    { "[method]descriptor.rename-at",                        uw_filesystem_refuse,      4, 1, UW_SHORT, true },
    { "[method]descriptor.symlink-at",                       uw_filesystem_refuse,      3, 1, UW_SHORT, true },
    { "[method]descriptor.unlink-file-at",                   uw_filesystem_refuse,      2, 1, UW_SHORT, true },
    { "[method]descriptor.is-same-object",                   uw_filesystem_unreachable, 2, 1, UW_SHORT, true },
    { "[method]descriptor.metadata-hash",                    uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "[method]descriptor.metadata-hash-at",                 uw_filesystem_refuse,      3, 1, UW_SHORT, true },
    { "[method]directory-entry-stream.read-directory-entry", uw_filesystem_refuse,      1, 1, UW_SHORT, true },
    { "filesystem-error-code",                               uw_filesystem_error_code,  1, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_interface_t uw_filesystem_interfaces[] = {
    { "wasi:filesystem/preopens", NULL,                    uw_preopens_functions },
    { "wasi:filesystem/types",    uw_filesystem_resources, uw_filesystem_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */

const uw_package_t uw_wasi_filesystem = { .interfaces =
                                              uw_filesystem_interfaces };
