/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/filesystem.h"


const char *const uw_filesystem_advice_names[] = {
    "normal", "sequential", "random", "will-need", "dont-need", "no-reuse",
};

const char *const uw_filesystem_new_timestamp_names[] = {
    "no-change",
    "now",
    "timestamp",
};

const char *const uw_filesystem_path_flags_names[] = {
    "symlink-follow",
};

const char *const uw_filesystem_open_flags_names[] = {
    "create",
    "directory",
    "exclusive",
    "truncate",
};

const char *const uw_filesystem_descriptor_flags_names[] = {
    "read",
    "write",
    "file-integrity-sync",
    "data-integrity-sync",
    "requested-write-sync",
    "mutate-directory",
};

const char *const uw_filesystem_error_code_names[] = {
    "access",
    "would-block",
    "already",
    "bad-descriptor",
    "busy",
    "deadlock",
    "quota",
    "exist",
    "file-too-large",
    "illegal-byte-sequence",
    "in-progress",
    "interrupted",
    "invalid",
    "io",
    "is-directory",
    "loop",
    "too-many-links",
    "message-size",
    "name-too-long",
    "no-device",
    "no-entry",
    "no-lock",
    "insufficient-memory",
    "insufficient-space",
    "not-directory",
    "not-empty",
    "not-recoverable",
    "unsupported",
    "no-tty",
    "no-such-device",
    "overflow",
    "not-permitted",
    "pipe",
    "read-only",
    "invalid-seek",
    "text-file-busy",
    "cross-device",
};

const char *const uw_filesystem_descriptor_type_names[] = {
    "unknown", "block-device",  "character-device", "directory",
    "fifo",    "symbolic-link", "regular-file",     "socket",
};

const char *const uw_filesystem_descriptor_stat_names[] = {
    "type",
    "link-count",
    "size",
    "data-access-timestamp",
    "data-modification-timestamp",
    "status-change-timestamp",
};

const char *const uw_filesystem_metadata_hash_value_names[] = {
    "lower",
    "upper",
};

const char *const uw_filesystem_directory_entry_names[] = {
    "type",
    "name",
};

bool
uw_read_filesystem_advice(uw_call_t *call, const uw_val_t *val,
                          uw_filesystem_advice_t *value)
{
    uint32_t index;

    if (!uw_read_enum(call, val, uw_filesystem_advice_names, 6, &index)) {
        return false;
    }
    *value = (uw_filesystem_advice_t) index;

    return true;
}


bool
uw_read_filesystem_new_timestamp(uw_call_t *call, const uw_val_t *val,
                                 uw_filesystem_new_timestamp_t *value)
{
    const uw_val_t *payload;
    uint32_t index;

    if (!uw_read_variant(call, val, uw_filesystem_new_timestamp_names, 3,
                         &index, &payload))
    {
        return false;
    }
    value->tag = (uw_filesystem_new_timestamp_tag_t) index;

    switch (value->tag) {
    case UW_FILESYSTEM_NEW_TIMESTAMP_TIMESTAMP:
        return uw_read_has(call, payload)
               && uw_read_clocks_wall_clock_datetime(call, payload,
                                                     &value->of.timestamp);
    default:
        return true;
    }
}


bool
uw_read_filesystem_path_flags(uw_call_t *call, const uw_val_t *val,
                              uw_filesystem_path_flags_t *value)
{
    return uw_read_flags(call, val, uw_filesystem_path_flags_names, 1, value);
}


bool
uw_read_filesystem_open_flags(uw_call_t *call, const uw_val_t *val,
                              uw_filesystem_open_flags_t *value)
{
    return uw_read_flags(call, val, uw_filesystem_open_flags_names, 4, value);
}


bool
uw_read_filesystem_descriptor_flags(uw_call_t *call, const uw_val_t *val,
                                    uw_filesystem_descriptor_flags_t *value)
{
    return uw_read_flags(call, val, uw_filesystem_descriptor_flags_names, 6,
                         value);
}


bool
uw_make_filesystem_tuple_descriptor_string(
    uw_call_t *call, const uw_filesystem_tuple_descriptor_string_t *value,
    uw_val_t *val)
{
    (*val) = uw_val_tuple(call->abi, 2);

    if (!uw_handle(call, value->f0, &(*val).of.tuple.data[0])) {
        uw_unmake(call, val);
        return false;
    }
    (*val).of.tuple.data[1] =
        uw_val_string(call->abi, (value->f1).data, (value->f1).size);

    return true;
}


uw_val_t
uw_make_filesystem_error_code(uw_call_t *call, uw_filesystem_error_code_t value)
{
    return uw_val_enum(call->abi, uw_filesystem_error_code_names[value]);
}


uw_val_t
uw_make_filesystem_descriptor_flags(uw_call_t *call,
                                    uw_filesystem_descriptor_flags_t value)
{
    return uw_val_flags(call->abi, uw_filesystem_descriptor_flags_names, 6,
                        value);
}


uw_val_t
uw_make_filesystem_descriptor_type(uw_call_t *call,
                                   uw_filesystem_descriptor_type_t value)
{
    return uw_val_enum(call->abi, uw_filesystem_descriptor_type_names[value]);
}


uw_val_t
uw_make_filesystem_tuple_bytes_bool(
    uw_call_t *call, const uw_filesystem_tuple_bytes_bool_t *value)
{
    uw_val_t made = uw_val_tuple(call->abi, 2);

    made.of.tuple.data[0] =
        uw_val_bytes(call->abi, (value->f0).data, (value->f0).size);
    made.of.tuple.data[1] = uw_val_bool(value->f1);

    return made;
}


uw_val_t
uw_make_filesystem_option_clocks_wall_clock_datetime(
    uw_call_t *call,
    const uw_filesystem_option_clocks_wall_clock_datetime_t *value)
{
    uw_val_t item;

    if (!value->is_some) {
        return uw_val_option(call->abi, NULL);
    }
    item = uw_make_clocks_wall_clock_datetime(call, &value->value);

    return uw_val_option(call->abi, &item);
}


uw_val_t
uw_make_filesystem_descriptor_stat(uw_call_t *call,
                                   const uw_filesystem_descriptor_stat_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 6);

    uw_val_record_name(call->abi, &made, 0,
                       uw_filesystem_descriptor_stat_names[0]);
    made.of.record.data[0].val =
        uw_make_filesystem_descriptor_type(call, value->type);
    uw_val_record_name(call->abi, &made, 1,
                       uw_filesystem_descriptor_stat_names[1]);
    made.of.record.data[1].val = uw_val_u64(value->link_count);
    uw_val_record_name(call->abi, &made, 2,
                       uw_filesystem_descriptor_stat_names[2]);
    made.of.record.data[2].val = uw_val_u64(value->size);
    uw_val_record_name(call->abi, &made, 3,
                       uw_filesystem_descriptor_stat_names[3]);
    made.of.record.data[3].val =
        uw_make_filesystem_option_clocks_wall_clock_datetime(
            call, &value->data_access_timestamp);
    uw_val_record_name(call->abi, &made, 4,
                       uw_filesystem_descriptor_stat_names[4]);
    made.of.record.data[4].val =
        uw_make_filesystem_option_clocks_wall_clock_datetime(
            call, &value->data_modification_timestamp);
    uw_val_record_name(call->abi, &made, 5,
                       uw_filesystem_descriptor_stat_names[5]);
    made.of.record.data[5].val =
        uw_make_filesystem_option_clocks_wall_clock_datetime(
            call, &value->status_change_timestamp);

    return made;
}


uw_val_t
uw_make_filesystem_metadata_hash_value(
    uw_call_t *call, const uw_filesystem_metadata_hash_value_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0,
                       uw_filesystem_metadata_hash_value_names[0]);
    made.of.record.data[0].val = uw_val_u64(value->lower);
    uw_val_record_name(call->abi, &made, 1,
                       uw_filesystem_metadata_hash_value_names[1]);
    made.of.record.data[1].val = uw_val_u64(value->upper);

    return made;
}


uw_val_t
uw_make_filesystem_directory_entry(uw_call_t *call,
                                   const uw_filesystem_directory_entry_t *value)
{
    uw_val_t made = uw_val_record(call->abi, 2);

    uw_val_record_name(call->abi, &made, 0,
                       uw_filesystem_directory_entry_names[0]);
    made.of.record.data[0].val =
        uw_make_filesystem_descriptor_type(call, value->type);
    uw_val_record_name(call->abi, &made, 1,
                       uw_filesystem_directory_entry_names[1]);
    made.of.record.data[1].val =
        uw_val_string(call->abi, (value->name).data, (value->name).size);

    return made;
}
