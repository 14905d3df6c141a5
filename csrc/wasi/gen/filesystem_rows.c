/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/filesystem.h"


static uw_step_t
uw_filesystem_filesystem_error_code_call(uw_call_t *call)
{
    uw_resource_t *err;

    if (!uw_read_handle(call, &call->args[0], &uw_io_error_type, &err)) {
        return UW_TRAP;
    }

    return uw_filesystem_filesystem_error_code(call, err);
}


/* clang-format off */

static const char *const uw_filesystem_versions[] = { "0.2.", NULL };

static const uw_host_func_t uw_filesystem_preopens_functions[] = {
    { "get-directories", uw_filesystem_preopens_get_directories, 22, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_resource_type_t uw_filesystem_descriptor_type = { 23, "descriptor", NULL };
const uw_resource_type_t uw_filesystem_directory_entry_stream_type = { 24, "directory-entry-stream", NULL };

static const uw_resource_type_t *const uw_filesystem_types_resources[] = {
    &uw_filesystem_descriptor_type,
    &uw_filesystem_directory_entry_stream_type,
    NULL,
};

static const uw_host_func_t uw_filesystem_types_functions[] = {
    { "[method]descriptor.read-via-stream", uw_filesystem_refuse, 25, 2, 1, UW_SHORT, true },
    { "[method]descriptor.write-via-stream", uw_filesystem_refuse, 26, 2, 1, UW_SHORT, true },
    { "[method]descriptor.append-via-stream", uw_filesystem_refuse, 27, 1, 1, UW_SHORT, true },
    { "[method]descriptor.advise", uw_filesystem_refuse, 28, 4, 1, UW_SHORT, true },
    { "[method]descriptor.sync-data", uw_filesystem_refuse, 29, 1, 1, UW_SHORT, true },
    { "[method]descriptor.get-flags", uw_filesystem_refuse, 30, 1, 1, UW_SHORT, true },
    { "[method]descriptor.get-type", uw_filesystem_refuse, 31, 1, 1, UW_SHORT, true },
    { "[method]descriptor.set-size", uw_filesystem_refuse, 32, 2, 1, UW_SHORT, true },
    { "[method]descriptor.set-times", uw_filesystem_refuse, 33, 3, 1, UW_SHORT, true },
    { "[method]descriptor.read", uw_filesystem_refuse, 34, 3, 1, UW_SHORT, true },
    { "[method]descriptor.write", uw_filesystem_refuse, 35, 3, 1, UW_SHORT, true },
    { "[method]descriptor.read-directory", uw_filesystem_refuse, 36, 1, 1, UW_SHORT, true },
    { "[method]descriptor.sync", uw_filesystem_refuse, 37, 1, 1, UW_SHORT, true },
    { "[method]descriptor.create-directory-at", uw_filesystem_refuse, 38, 2, 1, UW_SHORT, true },
    { "[method]descriptor.stat", uw_filesystem_refuse, 39, 1, 1, UW_SHORT, true },
    { "[method]descriptor.stat-at", uw_filesystem_refuse, 40, 3, 1, UW_SHORT, true },
    { "[method]descriptor.set-times-at", uw_filesystem_refuse, 41, 5, 1, UW_SHORT, true },
    { "[method]descriptor.link-at", uw_filesystem_refuse, 42, 5, 1, UW_SHORT, true },
    { "[method]descriptor.open-at", uw_filesystem_refuse, 43, 5, 1, UW_SHORT, true },
    { "[method]descriptor.readlink-at", uw_filesystem_refuse, 44, 2, 1, UW_SHORT, true },
    { "[method]descriptor.remove-directory-at", uw_filesystem_refuse, 45, 2, 1, UW_SHORT, true },
    { "[method]descriptor.rename-at", uw_filesystem_refuse, 46, 4, 1, UW_SHORT, true },
    { "[method]descriptor.symlink-at", uw_filesystem_refuse, 47, 3, 1, UW_SHORT, true },
    { "[method]descriptor.unlink-file-at", uw_filesystem_refuse, 48, 2, 1, UW_SHORT, true },
    { "[method]descriptor.is-same-object", uw_filesystem_unreachable, 49, 2, 1, UW_SHORT, true },
    { "[method]descriptor.metadata-hash", uw_filesystem_refuse, 50, 1, 1, UW_SHORT, true },
    { "[method]descriptor.metadata-hash-at", uw_filesystem_refuse, 51, 3, 1, UW_SHORT, true },
    { "[method]directory-entry-stream.read-directory-entry", uw_filesystem_refuse, 52, 1, 1, UW_SHORT, true },
    { "filesystem-error-code", uw_filesystem_filesystem_error_code_call, 53, 1, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_filesystem_interfaces[] = {
    { "wasi:filesystem/preopens", uw_filesystem_versions, NULL, uw_filesystem_preopens_functions },
    { "wasi:filesystem/types", uw_filesystem_versions, uw_filesystem_types_resources, uw_filesystem_types_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */
