/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_FILESYSTEM_H
#define UW_WASI_GEN_FILESYSTEM_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"
#include "wasi/gen/clocks.h"
#include "wasi/gen/io.h"

typedef enum {
    UW_FILESYSTEM_ADVICE_NORMAL,
    UW_FILESYSTEM_ADVICE_SEQUENTIAL,
    UW_FILESYSTEM_ADVICE_RANDOM,
    UW_FILESYSTEM_ADVICE_WILL_NEED,
    UW_FILESYSTEM_ADVICE_DONT_NEED,
    UW_FILESYSTEM_ADVICE_NO_REUSE,
} uw_filesystem_advice_t;

typedef enum {
    UW_FILESYSTEM_NEW_TIMESTAMP_NO_CHANGE,
    UW_FILESYSTEM_NEW_TIMESTAMP_NOW,
    UW_FILESYSTEM_NEW_TIMESTAMP_TIMESTAMP,
} uw_filesystem_new_timestamp_tag_t;

typedef struct {
    uw_filesystem_new_timestamp_tag_t tag;
    union {
        uw_clocks_wall_clock_datetime_t timestamp;
    } of;
} uw_filesystem_new_timestamp_t;

enum {
    UW_FILESYSTEM_PATH_FLAGS_SYMLINK_FOLLOW = 1u << 0,
};
typedef uint32_t uw_filesystem_path_flags_t;

enum {
    UW_FILESYSTEM_OPEN_FLAGS_CREATE = 1u << 0,
    UW_FILESYSTEM_OPEN_FLAGS_DIRECTORY = 1u << 1,
    UW_FILESYSTEM_OPEN_FLAGS_EXCLUSIVE = 1u << 2,
    UW_FILESYSTEM_OPEN_FLAGS_TRUNCATE = 1u << 3,
};
typedef uint32_t uw_filesystem_open_flags_t;

enum {
    UW_FILESYSTEM_DESCRIPTOR_FLAGS_READ = 1u << 0,
    UW_FILESYSTEM_DESCRIPTOR_FLAGS_WRITE = 1u << 1,
    UW_FILESYSTEM_DESCRIPTOR_FLAGS_FILE_INTEGRITY_SYNC = 1u << 2,
    UW_FILESYSTEM_DESCRIPTOR_FLAGS_DATA_INTEGRITY_SYNC = 1u << 3,
    UW_FILESYSTEM_DESCRIPTOR_FLAGS_REQUESTED_WRITE_SYNC = 1u << 4,
    UW_FILESYSTEM_DESCRIPTOR_FLAGS_MUTATE_DIRECTORY = 1u << 5,
};
typedef uint32_t uw_filesystem_descriptor_flags_t;

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

typedef enum {
    UW_FILESYSTEM_DESCRIPTOR_TYPE_UNKNOWN,
    UW_FILESYSTEM_DESCRIPTOR_TYPE_BLOCK_DEVICE,
    UW_FILESYSTEM_DESCRIPTOR_TYPE_CHARACTER_DEVICE,
    UW_FILESYSTEM_DESCRIPTOR_TYPE_DIRECTORY,
    UW_FILESYSTEM_DESCRIPTOR_TYPE_FIFO,
    UW_FILESYSTEM_DESCRIPTOR_TYPE_SYMBOLIC_LINK,
    UW_FILESYSTEM_DESCRIPTOR_TYPE_REGULAR_FILE,
    UW_FILESYSTEM_DESCRIPTOR_TYPE_SOCKET,
} uw_filesystem_descriptor_type_t;

typedef struct {
    uw_slice_t f0;
    bool f1;
} uw_filesystem_tuple_bytes_bool_t;

typedef struct {
    bool is_some;
    uw_clocks_wall_clock_datetime_t value;
} uw_filesystem_option_clocks_wall_clock_datetime_t;

typedef struct {
    uw_filesystem_descriptor_type_t type;
    uint64_t link_count;
    uint64_t size;
    uw_filesystem_option_clocks_wall_clock_datetime_t data_access_timestamp;
    uw_filesystem_option_clocks_wall_clock_datetime_t
        data_modification_timestamp;
    uw_filesystem_option_clocks_wall_clock_datetime_t status_change_timestamp;
} uw_filesystem_descriptor_stat_t;

typedef struct {
    uint64_t lower;
    uint64_t upper;
} uw_filesystem_metadata_hash_value_t;

typedef struct {
    uw_filesystem_descriptor_type_t type;
    uw_slice_t name;
} uw_filesystem_directory_entry_t;

extern const char *const uw_filesystem_advice_names[6];

extern const char *const uw_filesystem_new_timestamp_names[3];

extern const char *const uw_filesystem_path_flags_names[1];

extern const char *const uw_filesystem_open_flags_names[4];

extern const char *const uw_filesystem_descriptor_flags_names[6];

extern const char *const uw_filesystem_error_code_names[37];

extern const char *const uw_filesystem_descriptor_type_names[8];

extern const char *const uw_filesystem_descriptor_stat_names[6];

extern const char *const uw_filesystem_metadata_hash_value_names[2];

extern const char *const uw_filesystem_directory_entry_names[2];

bool uw_read_filesystem_advice(uw_call_t *call, const uw_val_t *val,
                               uw_filesystem_advice_t *value);

bool uw_read_filesystem_new_timestamp(uw_call_t *call, const uw_val_t *val,
                                      uw_filesystem_new_timestamp_t *value);

bool uw_read_filesystem_path_flags(uw_call_t *call, const uw_val_t *val,
                                   uw_filesystem_path_flags_t *value);

bool uw_read_filesystem_open_flags(uw_call_t *call, const uw_val_t *val,
                                   uw_filesystem_open_flags_t *value);

bool uw_read_filesystem_descriptor_flags(
    uw_call_t *call, const uw_val_t *val,
    uw_filesystem_descriptor_flags_t *value);

bool uw_make_filesystem_tuple_descriptor_string(
    uw_call_t *call, const uw_filesystem_tuple_descriptor_string_t *value,
    uw_val_t *val);

uw_val_t uw_make_filesystem_error_code(uw_call_t *call,
                                       uw_filesystem_error_code_t value);

uw_val_t uw_make_filesystem_descriptor_flags(
    uw_call_t *call, uw_filesystem_descriptor_flags_t value);

uw_val_t uw_make_filesystem_descriptor_type(
    uw_call_t *call, uw_filesystem_descriptor_type_t value);

uw_val_t uw_make_filesystem_tuple_bytes_bool(
    uw_call_t *call, const uw_filesystem_tuple_bytes_bool_t *value);

uw_val_t uw_make_filesystem_option_clocks_wall_clock_datetime(
    uw_call_t *call,
    const uw_filesystem_option_clocks_wall_clock_datetime_t *value);

uw_val_t uw_make_filesystem_descriptor_stat(
    uw_call_t *call, const uw_filesystem_descriptor_stat_t *value);

uw_val_t uw_make_filesystem_metadata_hash_value(
    uw_call_t *call, const uw_filesystem_metadata_hash_value_t *value);

uw_val_t uw_make_filesystem_directory_entry(
    uw_call_t *call, const uw_filesystem_directory_entry_t *value);

extern const uw_resource_type_t uw_filesystem_descriptor_type;
void uw_filesystem_descriptor_drop(uw_instance_t *instance,
                                   uw_resource_t *resource);
extern const uw_resource_type_t uw_filesystem_directory_entry_stream_type;
void uw_filesystem_directory_entry_stream_drop(uw_instance_t *instance,
                                               uw_resource_t *resource);

/* get-directories() -> list<tuple<descriptor, string>> */
uw_step_t uw_filesystem_preopens_get_directories(uw_call_t *call);

/* [method]descriptor.read-via-stream(self: borrow<descriptor>, offset: filesize) -> result<input-stream, error-code> */
uw_step_t uw_filesystem_descriptor_read_via_stream(uw_call_t *call,
                                                   uw_resource_t *self,
                                                   uint64_t offset);

/* [method]descriptor.write-via-stream(self: borrow<descriptor>, offset: filesize) -> result<output-stream, error-code> */
uw_step_t uw_filesystem_descriptor_write_via_stream(uw_call_t *call,
                                                    uw_resource_t *self,
                                                    uint64_t offset);

/* [method]descriptor.append-via-stream(self: borrow<descriptor>) -> result<output-stream, error-code> */
uw_step_t uw_filesystem_descriptor_append_via_stream(uw_call_t *call,
                                                     uw_resource_t *self);

/* [method]descriptor.advise(self: borrow<descriptor>, offset: filesize, length: filesize, advice: advice) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_advise(uw_call_t *call, uw_resource_t *self,
                                          uint64_t offset, uint64_t length,
                                          uw_filesystem_advice_t advice);

/* [method]descriptor.sync-data(self: borrow<descriptor>) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_sync_data(uw_call_t *call,
                                             uw_resource_t *self);

/* [method]descriptor.get-flags(self: borrow<descriptor>) -> result<descriptor-flags, error-code> */
uw_step_t uw_filesystem_descriptor_get_flags(uw_call_t *call,
                                             uw_resource_t *self);

/* [method]descriptor.get-type(self: borrow<descriptor>) -> result<descriptor-type, error-code> */
uw_step_t uw_filesystem_descriptor_get_type(uw_call_t *call,
                                            uw_resource_t *self);

/* [method]descriptor.set-size(self: borrow<descriptor>, size: filesize) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_set_size(uw_call_t *call,
                                            uw_resource_t *self, uint64_t size);

/* [method]descriptor.set-times(self: borrow<descriptor>, data-access-timestamp: new-timestamp, data-modification-timestamp: new-timestamp) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_set_times(
    uw_call_t *call, uw_resource_t *self,
    const uw_filesystem_new_timestamp_t *data_access_timestamp,
    const uw_filesystem_new_timestamp_t *data_modification_timestamp);

/* [method]descriptor.read(self: borrow<descriptor>, length: filesize, offset: filesize) -> result<tuple<list<u8>, bool>, error-code> */
uw_step_t uw_filesystem_descriptor_read(uw_call_t *call, uw_resource_t *self,
                                        uint64_t length, uint64_t offset);

/* [method]descriptor.write(self: borrow<descriptor>, buffer: list<u8>, offset: filesize) -> result<filesize, error-code> */
uw_step_t uw_filesystem_descriptor_write(uw_call_t *call, uw_resource_t *self,
                                         uw_slice_t buffer, uint64_t offset);

/* [method]descriptor.read-directory(self: borrow<descriptor>) -> result<directory-entry-stream, error-code> */
uw_step_t uw_filesystem_descriptor_read_directory(uw_call_t *call,
                                                  uw_resource_t *self);

/* [method]descriptor.sync(self: borrow<descriptor>) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_sync(uw_call_t *call, uw_resource_t *self);

/* [method]descriptor.create-directory-at(self: borrow<descriptor>, path: string) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_create_directory_at(uw_call_t *call,
                                                       uw_resource_t *self,
                                                       uw_slice_t path);

/* [method]descriptor.stat(self: borrow<descriptor>) -> result<descriptor-stat, error-code> */
uw_step_t uw_filesystem_descriptor_stat(uw_call_t *call, uw_resource_t *self);

/* [method]descriptor.stat-at(self: borrow<descriptor>, path-flags: path-flags, path: string) -> result<descriptor-stat, error-code> */
uw_step_t uw_filesystem_descriptor_stat_at(
    uw_call_t *call, uw_resource_t *self, uw_filesystem_path_flags_t path_flags,
    uw_slice_t path);

/* [method]descriptor.set-times-at(self: borrow<descriptor>, path-flags: path-flags, path: string, data-access-timestamp: new-timestamp, data-modification-timestamp: new-timestamp) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_set_times_at(
    uw_call_t *call, uw_resource_t *self, uw_filesystem_path_flags_t path_flags,
    uw_slice_t path, const uw_filesystem_new_timestamp_t *data_access_timestamp,
    const uw_filesystem_new_timestamp_t *data_modification_timestamp);

/* [method]descriptor.link-at(self: borrow<descriptor>, old-path-flags: path-flags, old-path: string, new-descriptor: borrow<descriptor>, new-path: string) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_link_at(
    uw_call_t *call, uw_resource_t *self,
    uw_filesystem_path_flags_t old_path_flags, uw_slice_t old_path,
    uw_resource_t *new_descriptor, uw_slice_t new_path);

/* [method]descriptor.open-at(self: borrow<descriptor>, path-flags: path-flags, path: string, open-flags: open-flags, flags: descriptor-flags) -> result<descriptor, error-code> */
uw_step_t uw_filesystem_descriptor_open_at(
    uw_call_t *call, uw_resource_t *self, uw_filesystem_path_flags_t path_flags,
    uw_slice_t path, uw_filesystem_open_flags_t open_flags,
    uw_filesystem_descriptor_flags_t flags);

/* [method]descriptor.readlink-at(self: borrow<descriptor>, path: string) -> result<string, error-code> */
uw_step_t uw_filesystem_descriptor_readlink_at(uw_call_t *call,
                                               uw_resource_t *self,
                                               uw_slice_t path);

/* [method]descriptor.remove-directory-at(self: borrow<descriptor>, path: string) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_remove_directory_at(uw_call_t *call,
                                                       uw_resource_t *self,
                                                       uw_slice_t path);

/* [method]descriptor.rename-at(self: borrow<descriptor>, old-path: string, new-descriptor: borrow<descriptor>, new-path: string) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_rename_at(uw_call_t *call,
                                             uw_resource_t *self,
                                             uw_slice_t old_path,
                                             uw_resource_t *new_descriptor,
                                             uw_slice_t new_path);

/* [method]descriptor.symlink-at(self: borrow<descriptor>, old-path: string, new-path: string) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_symlink_at(uw_call_t *call,
                                              uw_resource_t *self,
                                              uw_slice_t old_path,
                                              uw_slice_t new_path);

/* [method]descriptor.unlink-file-at(self: borrow<descriptor>, path: string) -> result<_, error-code> */
uw_step_t uw_filesystem_descriptor_unlink_file_at(uw_call_t *call,
                                                  uw_resource_t *self,
                                                  uw_slice_t path);

/* [method]descriptor.is-same-object(self: borrow<descriptor>, other: borrow<descriptor>) -> bool */
uw_step_t uw_filesystem_descriptor_is_same_object(uw_call_t *call,
                                                  uw_resource_t *self,
                                                  uw_resource_t *other);

/* [method]descriptor.metadata-hash(self: borrow<descriptor>) -> result<metadata-hash-value, error-code> */
uw_step_t uw_filesystem_descriptor_metadata_hash(uw_call_t *call,
                                                 uw_resource_t *self);

/* [method]descriptor.metadata-hash-at(self: borrow<descriptor>, path-flags: path-flags, path: string) -> result<metadata-hash-value, error-code> */
uw_step_t uw_filesystem_descriptor_metadata_hash_at(
    uw_call_t *call, uw_resource_t *self, uw_filesystem_path_flags_t path_flags,
    uw_slice_t path);

/* [method]directory-entry-stream.read-directory-entry(self: borrow<directory-entry-stream>) -> result<option<directory-entry>, error-code> */
uw_step_t uw_filesystem_directory_entry_stream_read_directory_entry(
    uw_call_t *call, uw_resource_t *self);

/* filesystem-error-code(err: borrow<error>) -> option<error-code> */
uw_step_t uw_filesystem_filesystem_error_code(uw_call_t *call,
                                              uw_resource_t *err);

extern const uw_host_interface_t uw_filesystem_interfaces[];

#endif /* UW_WASI_GEN_FILESYSTEM_H */
