/* The imports of wasi:filesystem; see wasi_http.h for how to read them. */
#ifndef WASI_FILES_H
#define WASI_FILES_H

#include "wasi_more.h"

enum {
    FILE_READ = 1,
    FILE_WRITE = 2,
    FILE_MUTATE = 32
}; /* descriptor-flags */

enum {
    FILE_FOLLOW = 1
}; /* path-flags */

enum {
    FILE_CREATE = 1,
    FILE_DIRECTORY = 2,
    FILE_EXCLUSIVE = 4,
    FILE_TRUNCATE = 8
}; /* open-flags */

typedef struct {
    uint8_t is_err;
    uint8_t err; /* enum error-code */
} file_result_void;

typedef WASI_RESULT(int32_t, uint8_t) file_result_handle;

typedef WASI_RESULT(uint8_t, uint8_t) file_result_u8; /* a type, flags */

typedef WASI_RESULT(uint64_t, uint8_t) file_result_u64;

typedef WASI_RESULT(struct {
    wasi_bytes bytes;
    uint8_t end;
}, uint8_t) file_result_read;

typedef WASI_OPTION(wasi_datetime) file_time;

typedef struct {
    uint8_t type;
    uint64_t links;
    uint64_t size;
    file_time access;
    file_time modification;
    file_time change;
} file_stat;

typedef WASI_RESULT(file_stat, uint8_t) file_result_stat;

typedef WASI_RESULT(struct {
    uint64_t lower;
    uint64_t upper;
}, uint8_t) file_result_hash;

typedef WASI_RESULT(wasi_bytes, uint8_t) file_result_string;

typedef WASI_RESULT(struct {
    uint8_t some;
    struct {
        uint8_t type;
        wasi_bytes name;
    } entry;
}, uint8_t) file_result_entry;

typedef struct {
    uint8_t some;
    uint8_t code;
} file_option_error;

#define FILE_IMPORT(name) WASI_IMPORT("filesystem/types", name)
#define DESCRIPTOR_IMPORT(name) FILE_IMPORT("[method]descriptor." name)

DESCRIPTOR_IMPORT("read-via-stream")
void file_read_via_stream(int32_t self, uint64_t offset,
                          file_result_handle *result);
DESCRIPTOR_IMPORT("write-via-stream")
void file_write_via_stream(int32_t self, uint64_t offset,
                           file_result_handle *result);
DESCRIPTOR_IMPORT("append-via-stream")
void file_append_via_stream(int32_t self, file_result_handle *result);
DESCRIPTOR_IMPORT("advise")
void file_advise(int32_t self, uint64_t offset, uint64_t length, int32_t advice,
                 file_result_void *result);
DESCRIPTOR_IMPORT("sync-data")
void file_sync_data(int32_t self, file_result_void *result);
DESCRIPTOR_IMPORT("get-flags")
void file_get_flags(int32_t self, file_result_u8 *result);
DESCRIPTOR_IMPORT("get-type")
void file_get_type(int32_t self, file_result_u8 *result);
DESCRIPTOR_IMPORT("set-size")
void file_set_size(int32_t self, uint64_t size, file_result_void *result);
/* A new-timestamp is passed flat: 0 no change, 1 now, 2 the time behind it. */
DESCRIPTOR_IMPORT("set-times")
void file_set_times(int32_t self, int32_t access, uint64_t access_seconds,
                    int32_t access_nanoseconds, int32_t modification,
                    uint64_t modification_seconds,
                    int32_t modification_nanoseconds, file_result_void *result);
DESCRIPTOR_IMPORT("read")
void file_read(int32_t self, uint64_t length, uint64_t offset,
               file_result_read *result);
DESCRIPTOR_IMPORT("write")
void file_write(int32_t self, const void *bytes, size_t size, uint64_t offset,
                file_result_u64 *result);
DESCRIPTOR_IMPORT("read-directory")
void file_read_directory(int32_t self, file_result_handle *result);
DESCRIPTOR_IMPORT("sync")
void file_sync(int32_t self, file_result_void *result);
DESCRIPTOR_IMPORT("create-directory-at")
void file_create_directory_at(int32_t self, const char *path, size_t length,
                              file_result_void *result);
DESCRIPTOR_IMPORT("stat")
void file_stat_of(int32_t self, file_result_stat *result);
DESCRIPTOR_IMPORT("stat-at")
void file_stat_at(int32_t self, int32_t path_flags, const char *path,
                  size_t length, file_result_stat *result);
DESCRIPTOR_IMPORT("set-times-at")
void file_set_times_at(int32_t self, int32_t path_flags, const char *path,
                       size_t length, int32_t access, uint64_t access_seconds,
                       int32_t access_nanoseconds, int32_t modification,
                       uint64_t modification_seconds,
                       int32_t modification_nanoseconds,
                       file_result_void *result);
DESCRIPTOR_IMPORT("link-at")
void file_link_at(int32_t self, int32_t path_flags, const char *path,
                  size_t length, int32_t new_descriptor, const char *new_path,
                  size_t new_length, file_result_void *result);
DESCRIPTOR_IMPORT("open-at")
void file_open_at(int32_t self, int32_t path_flags, const char *path,
                  size_t length, int32_t open_flags, int32_t flags,
                  file_result_handle *result);
DESCRIPTOR_IMPORT("readlink-at")
void file_readlink_at(int32_t self, const char *path, size_t length,
                      file_result_string *result);
DESCRIPTOR_IMPORT("remove-directory-at")
void file_remove_directory_at(int32_t self, const char *path, size_t length,
                              file_result_void *result);
DESCRIPTOR_IMPORT("rename-at")
void file_rename_at(int32_t self, const char *path, size_t length,
                    int32_t new_descriptor, const char *new_path,
                    size_t new_length, file_result_void *result);
DESCRIPTOR_IMPORT("symlink-at")
void file_symlink_at(int32_t self, const char *old_path, size_t old_length,
                     const char *new_path, size_t new_length,
                     file_result_void *result);
DESCRIPTOR_IMPORT("unlink-file-at")
void file_unlink_file_at(int32_t self, const char *path, size_t length,
                         file_result_void *result);
DESCRIPTOR_IMPORT("is-same-object")
int32_t file_is_same_object(int32_t self, int32_t other);
DESCRIPTOR_IMPORT("metadata-hash")
void file_metadata_hash(int32_t self, file_result_hash *result);
DESCRIPTOR_IMPORT("metadata-hash-at")
void file_metadata_hash_at(int32_t self, int32_t path_flags, const char *path,
                           size_t length, file_result_hash *result);
FILE_IMPORT("[resource-drop]descriptor")
void descriptor_drop(int32_t own_descriptor);
FILE_IMPORT("[method]directory-entry-stream.read-directory-entry")
void listing_next(int32_t self, file_result_entry *result);
FILE_IMPORT("[resource-drop]directory-entry-stream")
void listing_drop(int32_t own_listing);
FILE_IMPORT("filesystem-error-code")
void file_error_code_of(int32_t error, file_option_error *result);

#endif
