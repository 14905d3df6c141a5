/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/filesystem.h"


static uw_step_t
uw_filesystem_descriptor_read_via_stream_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t offset;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &offset))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_read_via_stream(call, self, offset);
}


static uw_step_t
uw_filesystem_descriptor_write_via_stream_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t offset;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &offset))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_write_via_stream(call, self, offset);
}


static uw_step_t
uw_filesystem_descriptor_append_via_stream_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_append_via_stream(call, self);
}


static uw_step_t
uw_filesystem_descriptor_advise_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t offset;
    uint64_t length;
    uw_filesystem_advice_t advice;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &offset)
        || !uw_read_u64(call, &call->args[2], &length)
        || !uw_read_filesystem_advice(call, &call->args[3], &advice))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_advise(call, self, offset, length, advice);
}


static uw_step_t
uw_filesystem_descriptor_sync_data_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_sync_data(call, self);
}


static uw_step_t
uw_filesystem_descriptor_get_flags_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_get_flags(call, self);
}


static uw_step_t
uw_filesystem_descriptor_get_type_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_get_type(call, self);
}


static uw_step_t
uw_filesystem_descriptor_set_size_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t size;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &size))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_set_size(call, self, size);
}


static uw_step_t
uw_filesystem_descriptor_set_times_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_filesystem_new_timestamp_t data_access_timestamp;
    uw_filesystem_new_timestamp_t data_modification_timestamp;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_filesystem_new_timestamp(call, &call->args[1],
                                             &data_access_timestamp)
        || !uw_read_filesystem_new_timestamp(call, &call->args[2],
                                             &data_modification_timestamp))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_set_times(
        call, self, &data_access_timestamp, &data_modification_timestamp);
}


static uw_step_t
uw_filesystem_descriptor_read_call(uw_call_t *call)
{
    uw_resource_t *self;
    uint64_t length;
    uint64_t offset;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_u64(call, &call->args[1], &length)
        || !uw_read_u64(call, &call->args[2], &offset))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_read(call, self, length, offset);
}


static uw_step_t
uw_filesystem_descriptor_write_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t buffer;
    uint64_t offset;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_stream_bytes(call, &call->args[1], &buffer)
        || !uw_read_u64(call, &call->args[2], &offset))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_write(call, self, buffer, offset);
}


static uw_step_t
uw_filesystem_descriptor_read_directory_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_read_directory(call, self);
}


static uw_step_t
uw_filesystem_descriptor_sync_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_sync(call, self);
}


static uw_step_t
uw_filesystem_descriptor_create_directory_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_string(call, &call->args[1], &path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_create_directory_at(call, self, path);
}


static uw_step_t
uw_filesystem_descriptor_stat_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_stat(call, self);
}


static uw_step_t
uw_filesystem_descriptor_stat_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_filesystem_path_flags_t path_flags;
    uw_slice_t path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_filesystem_path_flags(call, &call->args[1], &path_flags)
        || !uw_read_string(call, &call->args[2], &path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_stat_at(call, self, path_flags, path);
}


static uw_step_t
uw_filesystem_descriptor_set_times_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_filesystem_path_flags_t path_flags;
    uw_slice_t path;
    uw_filesystem_new_timestamp_t data_access_timestamp;
    uw_filesystem_new_timestamp_t data_modification_timestamp;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_filesystem_path_flags(call, &call->args[1], &path_flags)
        || !uw_read_string(call, &call->args[2], &path)
        || !uw_read_filesystem_new_timestamp(call, &call->args[3],
                                             &data_access_timestamp)
        || !uw_read_filesystem_new_timestamp(call, &call->args[4],
                                             &data_modification_timestamp))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_set_times_at(call, self, path_flags, path,
                                                 &data_access_timestamp,
                                                 &data_modification_timestamp);
}


static uw_step_t
uw_filesystem_descriptor_link_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_filesystem_path_flags_t old_path_flags;
    uw_slice_t old_path;
    uw_resource_t *new_descriptor;
    uw_slice_t new_path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_filesystem_path_flags(call, &call->args[1], &old_path_flags)
        || !uw_read_string(call, &call->args[2], &old_path)
        || !uw_read_handle(call, &call->args[3], &uw_filesystem_descriptor_type,
                           &new_descriptor)
        || !uw_read_string(call, &call->args[4], &new_path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_link_at(call, self, old_path_flags,
                                            old_path, new_descriptor, new_path);
}


static uw_step_t
uw_filesystem_descriptor_open_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_filesystem_path_flags_t path_flags;
    uw_slice_t path;
    uw_filesystem_open_flags_t open_flags;
    uw_filesystem_descriptor_flags_t flags;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_filesystem_path_flags(call, &call->args[1], &path_flags)
        || !uw_read_string(call, &call->args[2], &path)
        || !uw_read_filesystem_open_flags(call, &call->args[3], &open_flags)
        || !uw_read_filesystem_descriptor_flags(call, &call->args[4], &flags))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_open_at(call, self, path_flags, path,
                                            open_flags, flags);
}


static uw_step_t
uw_filesystem_descriptor_readlink_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_string(call, &call->args[1], &path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_readlink_at(call, self, path);
}


static uw_step_t
uw_filesystem_descriptor_remove_directory_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_string(call, &call->args[1], &path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_remove_directory_at(call, self, path);
}


static uw_step_t
uw_filesystem_descriptor_rename_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t old_path;
    uw_resource_t *new_descriptor;
    uw_slice_t new_path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_string(call, &call->args[1], &old_path)
        || !uw_read_handle(call, &call->args[2], &uw_filesystem_descriptor_type,
                           &new_descriptor)
        || !uw_read_string(call, &call->args[3], &new_path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_rename_at(call, self, old_path,
                                              new_descriptor, new_path);
}


static uw_step_t
uw_filesystem_descriptor_symlink_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t old_path;
    uw_slice_t new_path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_string(call, &call->args[1], &old_path)
        || !uw_read_string(call, &call->args[2], &new_path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_symlink_at(call, self, old_path, new_path);
}


static uw_step_t
uw_filesystem_descriptor_unlink_file_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_slice_t path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_string(call, &call->args[1], &path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_unlink_file_at(call, self, path);
}


static uw_step_t
uw_filesystem_descriptor_is_same_object_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_resource_t *other;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_handle(call, &call->args[1], &uw_filesystem_descriptor_type,
                           &other))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_is_same_object(call, self, other);
}


static uw_step_t
uw_filesystem_descriptor_metadata_hash_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_metadata_hash(call, self);
}


static uw_step_t
uw_filesystem_descriptor_metadata_hash_at_call(uw_call_t *call)
{
    uw_resource_t *self;
    uw_filesystem_path_flags_t path_flags;
    uw_slice_t path;

    if (!uw_read_handle(call, &call->args[0], &uw_filesystem_descriptor_type,
                        &self)
        || !uw_read_filesystem_path_flags(call, &call->args[1], &path_flags)
        || !uw_read_string(call, &call->args[2], &path))
    {
        return UW_TRAP;
    }

    return uw_filesystem_descriptor_metadata_hash_at(call, self, path_flags,
                                                     path);
}


static uw_step_t
uw_filesystem_directory_entry_stream_read_directory_entry_call(uw_call_t *call)
{
    uw_resource_t *self;

    if (!uw_read_handle(call, &call->args[0],
                        &uw_filesystem_directory_entry_stream_type, &self))
    {
        return UW_TRAP;
    }

    return uw_filesystem_directory_entry_stream_read_directory_entry(call,
                                                                     self);
}


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

const uw_resource_type_t uw_filesystem_descriptor_type = { 23, "descriptor", uw_filesystem_descriptor_drop };
const uw_resource_type_t uw_filesystem_directory_entry_stream_type = { 24, "directory-entry-stream", uw_filesystem_directory_entry_stream_drop };

static const uw_resource_type_t *const uw_filesystem_types_resources[] = {
    &uw_filesystem_descriptor_type,
    &uw_filesystem_directory_entry_stream_type,
    NULL,
};

static const uw_host_func_t uw_filesystem_types_functions[] = {
    { "[method]descriptor.read-via-stream", uw_filesystem_descriptor_read_via_stream_call, 25, 2, 1, UW_SHORT, false },
    { "[method]descriptor.write-via-stream", uw_filesystem_descriptor_write_via_stream_call, 26, 2, 1, UW_SHORT, false },
    { "[method]descriptor.append-via-stream", uw_filesystem_descriptor_append_via_stream_call, 27, 1, 1, UW_SHORT, false },
    { "[method]descriptor.advise", uw_filesystem_descriptor_advise_call, 28, 4, 1, UW_WAITS, false },
    { "[method]descriptor.sync-data", uw_filesystem_descriptor_sync_data_call, 29, 1, 1, UW_WAITS, false },
    { "[method]descriptor.get-flags", uw_filesystem_descriptor_get_flags_call, 30, 1, 1, UW_SHORT, false },
    { "[method]descriptor.get-type", uw_filesystem_descriptor_get_type_call, 31, 1, 1, UW_SHORT, false },
    { "[method]descriptor.set-size", uw_filesystem_descriptor_set_size_call, 32, 2, 1, UW_WAITS, false },
    { "[method]descriptor.set-times", uw_filesystem_descriptor_set_times_call, 33, 3, 1, UW_WAITS, false },
    { "[method]descriptor.read", uw_filesystem_descriptor_read_call, 34, 3, 1, UW_WAITS, false },
    { "[method]descriptor.write", uw_filesystem_descriptor_write_call, 35, 3, 1, UW_WAITS, false },
    { "[method]descriptor.read-directory", uw_filesystem_descriptor_read_directory_call, 36, 1, 1, UW_WAITS, false },
    { "[method]descriptor.sync", uw_filesystem_descriptor_sync_call, 37, 1, 1, UW_WAITS, false },
    { "[method]descriptor.create-directory-at", uw_filesystem_descriptor_create_directory_at_call, 38, 2, 1, UW_WAITS, false },
    { "[method]descriptor.stat", uw_filesystem_descriptor_stat_call, 39, 1, 1, UW_WAITS, false },
    { "[method]descriptor.stat-at", uw_filesystem_descriptor_stat_at_call, 40, 3, 1, UW_WAITS, false },
    { "[method]descriptor.set-times-at", uw_filesystem_descriptor_set_times_at_call, 41, 5, 1, UW_WAITS, false },
    { "[method]descriptor.link-at", uw_filesystem_descriptor_link_at_call, 42, 5, 1, UW_WAITS, false },
    { "[method]descriptor.open-at", uw_filesystem_descriptor_open_at_call, 43, 5, 1, UW_WAITS, false },
    { "[method]descriptor.readlink-at", uw_filesystem_descriptor_readlink_at_call, 44, 2, 1, UW_WAITS, false },
    { "[method]descriptor.remove-directory-at", uw_filesystem_descriptor_remove_directory_at_call, 45, 2, 1, UW_WAITS, false },
    { "[method]descriptor.rename-at", uw_filesystem_descriptor_rename_at_call, 46, 4, 1, UW_WAITS, false },
    { "[method]descriptor.symlink-at", uw_filesystem_descriptor_symlink_at_call, 47, 3, 1, UW_WAITS, false },
    { "[method]descriptor.unlink-file-at", uw_filesystem_descriptor_unlink_file_at_call, 48, 2, 1, UW_WAITS, false },
    { "[method]descriptor.is-same-object", uw_filesystem_descriptor_is_same_object_call, 49, 2, 1, UW_SHORT, false },
    { "[method]descriptor.metadata-hash", uw_filesystem_descriptor_metadata_hash_call, 50, 1, 1, UW_WAITS, false },
    { "[method]descriptor.metadata-hash-at", uw_filesystem_descriptor_metadata_hash_at_call, 51, 3, 1, UW_WAITS, false },
    { "[method]directory-entry-stream.read-directory-entry", uw_filesystem_directory_entry_stream_read_directory_entry_call, 52, 1, 1, UW_WAITS, false },
    { "filesystem-error-code", uw_filesystem_filesystem_error_code_call, 53, 1, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_filesystem_interfaces[] = {
    { "wasi:filesystem/preopens", uw_filesystem_versions, NULL, uw_filesystem_preopens_functions },
    { "wasi:filesystem/types", uw_filesystem_versions, uw_filesystem_types_resources, uw_filesystem_types_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */
