/* What is named by a directory and a path. */
#include "files/script.h"

static void
print_time(const file_time *time)
{
    if (time->some)
        print(" %llu.%09u", time->value.seconds, time->value.nanoseconds);
    else
        print(" none");
}

static void
got_stat(const file_result_stat *result)
{
    if (failed(result->is_err, result->err))
        return;
    print(" %s %llu %llu", types[result->ok.type], result->ok.links,
          result->ok.size);
    print_time(&result->ok.access);
    print_time(&result->ok.modification);
    MUST(result->ok.change.some);
    print("\n");
}

static void
got_hash(const file_result_hash *result)
{
    if (!failed(result->is_err, result->err))
        print(" %016llx%016llx\n", result->ok.lower, result->ok.upper);
}

/* open D PATH-FLAGS PATH OPEN-FLAGS FLAGS =N */
void
call_open(void)
{
    int32_t self = handle_of(), path_flags = (int32_t) number();
    size_t length;
    const char *path = text_word(&length);
    int32_t open_flags = (int32_t) number(), flags = (int32_t) number();
    file_result_handle result;
    file_open_at(self, path_flags, path, length, open_flags, flags, &result);
    got_handle(&result);
}

/* opens D PATH: until it is refused; keeps them; how many those were. */
void
call_opens(void)
{
    int32_t self = handle_of();
    size_t length;
    const char *path = text_word(&length);
    uint64_t count = 0;
    file_result_handle result;
    for (;; count++) {
        file_open_at(self, FILE_FOLLOW, path, length, 0, FILE_READ, &result);
        if (result.is_err)
            break;
    }
    print("%llu %s\n", count, errors[result.err]);
}

/* get D PATH-FLAGS PATH: opens it and reads. */
void
call_get(void)
{
    int32_t self = handle_of(), path_flags = (int32_t) number();
    size_t length;
    const char *path = text_word(&length);
    file_result_handle opened;
    file_result_read result;
    file_open_at(self, path_flags, path, length, 0, FILE_READ, &opened);
    if (opened.is_err) {
        print("%s\n", errors[opened.err]);
        return;
    }
    file_read(opened.ok, 64, 0, &result);
    if (!failed(result.is_err, result.err)) {
        print(result.ok.end ? " end " : " more ");
        print_escaped(result.ok.bytes.ptr, result.ok.bytes.len);
        print("\n");
        release(&result.ok.bytes);
    }
    descriptor_drop(opened.ok);
}

/* put D OPEN-FLAGS PATH TEXT: opens it and writes. */
void
call_put(void)
{
    int32_t self = handle_of(), open_flags = (int32_t) number();
    size_t length, size;
    const char *path = text_word(&length);
    const char *bytes = text_word(&size);
    file_result_handle opened;
    file_result_u64 result;
    file_open_at(self, FILE_FOLLOW, path, length, open_flags, FILE_WRITE,
                 &opened);
    if (failed(opened.is_err, opened.err))
        return;
    file_write(opened.ok, bytes, size, 0, &result);
    MUST(!result.is_err && result.ok == size);
    print("\n");
    descriptor_drop(opened.ok);
}

void
call_readlink(void)
{
    int32_t self = handle_of();
    size_t length;
    const char *path = text_word(&length);
    file_result_string result;
    file_readlink_at(self, path, length, &result);
    if (failed(result.is_err, result.err))
        return;
    print(" ");
    print_escaped(result.ok.ptr, result.ok.len);
    print("\n");
    release(&result.ok);
}

void
call_path(one_path function)
{
    int32_t self = handle_of();
    size_t length;
    const char *path = text_word(&length);
    file_result_void result;
    function(self, path, length, &result);
    done(&result);
}

void
call_two(bool links)
{
    int32_t self = handle_of(), path_flags = links ? (int32_t) number() : 0;
    size_t length, new_length;
    const char *path = text_word(&length);
    int32_t other = handle_of();
    const char *new_path = text_word(&new_length);
    file_result_void result;
    if (links)
        file_link_at(self, path_flags, path, length, other, new_path,
                     new_length, &result);
    else
        file_rename_at(self, path, length, other, new_path, new_length,
                       &result);
    done(&result);
}

void
call_symlink(void)
{
    int32_t self = handle_of();
    size_t length, new_length;
    const char *path = text_word(&length);
    const char *new_path = text_word(&new_length);
    file_result_void result;
    file_symlink_at(self, path, length, new_path, new_length, &result);
    done(&result);
}

void
call_stat(bool hash)
{
    int32_t self = handle_of();
    file_result_stat stat;
    file_result_hash value;
    if (*at == '\0' && hash) {
        file_metadata_hash(self, &value);
        got_hash(&value);
        return;
    }
    if (*at == '\0') {
        file_stat_of(self, &stat);
        got_stat(&stat);
        return;
    }
    int32_t path_flags = (int32_t) number();
    size_t length;
    const char *path = text_word(&length);
    if (hash) {
        file_metadata_hash_at(self, path_flags, path, length, &value);
        got_hash(&value);
    } else {
        file_stat_at(self, path_flags, path, length, &stat);
        got_stat(&stat);
    }
}

/* times D A SECONDS NANOSECONDS M SECONDS NANOSECONDS [PATH-FLAGS PATH] */
void
call_times(void)
{
    int32_t self = handle_of(), access = (int32_t) number();
    uint64_t access_seconds = number();
    int32_t access_rest = (int32_t) number(), change = (int32_t) number();
    uint64_t change_seconds = number();
    int32_t change_rest = (int32_t) number();
    file_result_void result;
    if (*at == '\0') {
        file_set_times(self, access, access_seconds, access_rest, change,
                       change_seconds, change_rest, &result);
    } else {
        int32_t path_flags = (int32_t) number();
        size_t length;
        const char *path = text_word(&length);
        file_set_times_at(self, path_flags, path, length, access,
                          access_seconds, access_rest, change, change_seconds,
                          change_rest, &result);
    }
    done(&result);
}
