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

static const uw_host_func_t uw_filesystem_preopens_functions[] = {
    { 22, "get-directories", uw_filesystem_preopens_get_directories, 0, 1, UW_SHORT, false },
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
    { 25, "[method]descriptor.read-via-stream", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { 26, "[method]descriptor.write-via-stream", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { 27, "[method]descriptor.append-via-stream", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 28, "[method]descriptor.advise", uw_filesystem_refuse, 4, 1, UW_SHORT, true },
    { 29, "[method]descriptor.sync-data", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 30, "[method]descriptor.get-flags", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 31, "[method]descriptor.get-type", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 32, "[method]descriptor.set-size", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { 33, "[method]descriptor.set-times", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { 34, "[method]descriptor.read", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { 35, "[method]descriptor.write", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { 36, "[method]descriptor.read-directory", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 37, "[method]descriptor.sync", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 38, "[method]descriptor.create-directory-at", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { 39, "[method]descriptor.stat", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 40, "[method]descriptor.stat-at", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { 41, "[method]descriptor.set-times-at", uw_filesystem_refuse, 5, 1, UW_SHORT, true },
    { 42, "[method]descriptor.link-at", uw_filesystem_refuse, 5, 1, UW_SHORT, true },
    { 43, "[method]descriptor.open-at", uw_filesystem_refuse, 5, 1, UW_SHORT, true },
    { 44, "[method]descriptor.readlink-at", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { 45, "[method]descriptor.remove-directory-at", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { 46, "[method]descriptor.rename-at", uw_filesystem_refuse, 4, 1, UW_SHORT, true },
    { 47, "[method]descriptor.symlink-at", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { 48, "[method]descriptor.unlink-file-at", uw_filesystem_refuse, 2, 1, UW_SHORT, true },
    { 49, "[method]descriptor.is-same-object", uw_filesystem_unreachable, 2, 1, UW_SHORT, true },
    { 50, "[method]descriptor.metadata-hash", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 51, "[method]descriptor.metadata-hash-at", uw_filesystem_refuse, 3, 1, UW_SHORT, true },
    { 52, "[method]directory-entry-stream.read-directory-entry", uw_filesystem_refuse, 1, 1, UW_SHORT, true },
    { 53, "filesystem-error-code", uw_filesystem_filesystem_error_code_call, 1, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_filesystem_interfaces[] = {
    { "wasi:filesystem/preopens", NULL, uw_filesystem_preopens_functions },
    { "wasi:filesystem/types", uw_filesystem_types_resources, uw_filesystem_types_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */
