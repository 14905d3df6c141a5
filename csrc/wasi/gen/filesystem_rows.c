/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/filesystem.h"


static uw_step_t
uw_filesystem_filesystem_error_code_call(uw_call_t *call)
{
    uw_resource_t *err;

    if (!uw_read_handle(call, &call->args[0], UW_RES_ERROR, &err)) {
        return UW_TRAP;
    }

    return uw_filesystem_filesystem_error_code(call, err);
}


/* clang-format off */

static const uw_host_func_t uw_filesystem_preopens_functions[] = {
    { "get-directories", uw_filesystem_preopens_get_directories, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_filesystem_types_resources[] = {
    { "descriptor", UW_RES_DESCRIPTOR },
    { "directory-entry-stream", UW_RES_DIRECTORY_ENTRY_STREAM },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_filesystem_types_functions[] = {
    { "[method]descriptor.read-via-stream", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { "[method]descriptor.write-via-stream", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { "[method]descriptor.append-via-stream", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "[method]descriptor.advise", uw_filesystem_refuse, 4, 1, UW_SHORT, true },
    { "[method]descriptor.sync-data", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "[method]descriptor.get-flags", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "[method]descriptor.get-type", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "[method]descriptor.set-size", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { "[method]descriptor.set-times", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { "[method]descriptor.read", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { "[method]descriptor.write", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { "[method]descriptor.read-directory", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "[method]descriptor.sync", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "[method]descriptor.create-directory-at", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { "[method]descriptor.stat", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "[method]descriptor.stat-at", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { "[method]descriptor.set-times-at", uw_filesystem_refuse, 5, 1, UW_SHORT, true },
    { "[method]descriptor.link-at", uw_filesystem_refuse, 5, 1, UW_SHORT, true },
    { "[method]descriptor.open-at", uw_filesystem_refuse, 5, 1, UW_SHORT, true },
    { "[method]descriptor.readlink-at", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { "[method]descriptor.remove-directory-at", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { "[method]descriptor.rename-at", uw_filesystem_refuse, 4, 1, UW_SHORT, true },
    { "[method]descriptor.symlink-at", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { "[method]descriptor.unlink-file-at", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { "[method]descriptor.is-same-object", uw_filesystem_unreachable, 2, 1, UW_SHORT, true },
    { "[method]descriptor.metadata-hash", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "[method]descriptor.metadata-hash-at", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { "[method]directory-entry-stream.read-directory-entry", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { "filesystem-error-code", uw_filesystem_filesystem_error_code_call, 1, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

const uw_host_interface_t uw_filesystem_interfaces[] = {
    { "wasi:filesystem/preopens", NULL, uw_filesystem_preopens_functions },
    { "wasi:filesystem/types", uw_filesystem_types_resources, uw_filesystem_types_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */
