/*
 * Does with files what the request's body says, a line for each call, and answers
 * a line for each: "ok", with what it got, or the name of the error.
 *
 * What a call makes is kept under the number after "=". Numbers are decimal, a
 * path or text begins with "'" and has %XX for bytes that would end it.
 */
#include <stdio.h>

#include "guest.h"
#include "wasi_files.h"

#define KEPT 4096

static const char *const errors[] = {
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

static const char *const types[] = {
    "unknown", "block-device",  "character-device", "directory",
    "fifo",    "symbolic-link", "regular-file",     "socket",
};

static int32_t kept[KEPT];

/* ---- the words of a line ------------------------------------------------- */

static char *at;

static char *
word(void)
{
    char *start = at;
    MUST(*at != '\0');
    while (*at != ' ' && *at != '\0')
        at++;
    if (*at == ' ')
        *at++ = '\0';
    return start;
}

static uint64_t
number(void)
{
    const char *digits = word();
    uint64_t value = 0;
    for (; *digits != '\0'; digits++)
        value = value * 10 + (uint64_t) (*digits - '0');
    return value;
}

static int32_t
handle_of(void)
{
    uint64_t place = number();
    MUST(place < KEPT);
    return kept[place];
}

static int
digit(char character)
{
    return character <= '9' ? character - '0' : character - 'A' + 10;
}

static char *
text_word(size_t *length)
{
    char *start = word(), *to;
    MUST(*start == '\'');
    start++;
    to = start;
    for (const char *from = start; *from != '\0'; from++) {
        if (*from == '%') {
            *to++ = (char) (digit(from[1]) * 16 + digit(from[2]));
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *length = (size_t) (to - start);
    return start;
}

static void
keep(int32_t handle)
{
    uint64_t place = number();
    MUST(place < KEPT);
    kept[place] = handle;
}

static void
release(const wasi_bytes *bytes)
{
    if (bytes->len != 0)
        free(bytes->ptr);
}

/* ---- results ------------------------------------------------------------- */

static bool
failed(uint8_t is_err, uint8_t error)
{
    print(is_err ? "%s\n" : "ok", errors[error % 37]);
    return is_err;
}

static void
done(const file_result_void *result)
{
    if (!failed(result->is_err, result->error))
        print("\n");
}

static void
got_handle(const file_result_handle *result)
{
    if (!failed(result->is_err, result->error)) {
        keep(result->ok);
        print("\n");
    }
}

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
    if (failed(result->is_err, result->error))
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
    if (!failed(result->is_err, result->error))
        print(" %016llx%016llx\n", result->ok.lower, result->ok.upper);
}

/* ---- streams ------------------------------------------------------------- */

static void
stream_failed(const stream_error *error)
{
    file_option_error code;
    if (error->tag == STREAM_CLOSED) {
        print("closed\n");
        return;
    }
    file_error_code_of(error->error, &code);
    MUST(code.some);
    print("failed %s\n", errors[code.code]);
    io_error_drop(error->error);
}

static void
stream_read(bool blocking)
{
    int32_t stream = handle_of();
    uint64_t length = number();
    stream_result_bytes result;
    (blocking ? input_blocking_read : input_read)(stream, length, &result);
    if (result.is_err) {
        stream_failed(&result.err);
        return;
    }
    print("ok ");
    print_escaped(result.ok.ptr, result.ok.len);
    print("\n");
    release(&result.ok);
}

/* Reads it to its end, and counts; sum is that of all bytes. */
static void
stream_read_all(void)
{
    int32_t stream = handle_of();
    uint64_t size = 0, sum = 0;
    stream_result_bytes result;
    for (;;) {
        input_blocking_read(stream, 1 << 20, &result);
        if (result.is_err)
            break;
        size += result.ok.len;
        for (size_t i = 0; i < result.ok.len; i++)
            sum += result.ok.ptr[i];
        release(&result.ok);
    }
    print("%llu %llu ", size, sum);
    stream_failed(&result.err);
}

static void
stream_done(const stream_result_void *result)
{
    if (result->is_err)
        stream_failed(&result->err);
    else
        print("ok\n");
}

static void
stream_write(bool blocking)
{
    int32_t stream = handle_of();
    stream_result_void result;
    size_t length;
    const char *bytes = text_word(&length);
    (blocking ? output_blocking_write_and_flush
              : output_write)(stream, bytes, length, &result);
    stream_done(&result);
}

/* So many bytes, each time as many as there is room for; byte i is i % 251. */
static void
stream_fill(void)
{
    int32_t stream = handle_of();
    uint64_t size = number(), at_byte = 0;
    static uint8_t bytes[65536];
    stream_result_u64 room;
    stream_result_void result = { 0 };
    while (size != 0) {
        output_check_write(stream, &room);
        if (room.is_err) {
            stream_failed(&room.err);
            return;
        }
        if (room.ok == 0) {
            wait_for(output_subscribe(stream));
            continue;
        }
        size_t step = room.ok < size ? (size_t) room.ok : (size_t) size;
        step = step < sizeof(bytes) ? step : sizeof(bytes);
        for (size_t i = 0; i < step; i++)
            bytes[i] = (uint8_t) (at_byte++ % 251);
        output_write(stream, bytes, step, &result);
        if (result.is_err) {
            stream_failed(&result.err);
            return;
        }
        size -= step;
    }
    output_blocking_flush(stream, &result);
    stream_done(&result);
}

static void
stream_check(void)
{
    stream_result_u64 room;
    output_check_write(handle_of(), &room);
    if (room.is_err)
        stream_failed(&room.err);
    else
        print("ok %llu\n", room.ok);
}

/* ---- calls --------------------------------------------------------------- */

static void
call_dirs(void)
{
    wasi_preopen_list list;
    get_directories(&list);
    print("ok");
    for (size_t i = 0; i < list.len; i++) {
        kept[i] = list.ptr[i].descriptor;
        print(" ");
        print_bytes(list.ptr[i].path.ptr, list.ptr[i].path.len);
    }
    print("\n");
}

/* open D PATH-FLAGS PATH OPEN-FLAGS FLAGS =N */
static void
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
static void
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
    print("%llu %s\n", count, errors[result.error]);
}

static void
call_read(void)
{
    int32_t self = handle_of();
    uint64_t length = number(), offset = number();
    file_result_read result;
    file_read(self, length, offset, &result);
    if (failed(result.is_err, result.error))
        return;
    print(result.ok.end ? " end " : " more ");
    print_escaped(result.ok.bytes.ptr, result.ok.bytes.len);
    print("\n");
    release(&result.ok.bytes);
}

/* get D PATH-FLAGS PATH: opens it and reads. */
static void
call_get(void)
{
    int32_t self = handle_of(), path_flags = (int32_t) number();
    size_t length;
    const char *path = text_word(&length);
    file_result_handle opened;
    file_result_read result;
    file_open_at(self, path_flags, path, length, 0, FILE_READ, &opened);
    if (opened.is_err) {
        print("%s\n", errors[opened.error]);
        return;
    }
    file_read(opened.ok, 64, 0, &result);
    if (!failed(result.is_err, result.error)) {
        print(result.ok.end ? " end " : " more ");
        print_escaped(result.ok.bytes.ptr, result.ok.bytes.len);
        print("\n");
        release(&result.ok.bytes);
    }
    descriptor_drop(opened.ok);
}

/* put D OPEN-FLAGS PATH TEXT: opens it and writes. */
static void
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
    if (failed(opened.is_err, opened.error))
        return;
    file_write(opened.ok, bytes, size, 0, &result);
    MUST(!result.is_err && result.ok == size);
    print("\n");
    descriptor_drop(opened.ok);
}

static void
call_write(void)
{
    int32_t self = handle_of();
    uint64_t offset = number();
    size_t length;
    const char *bytes = text_word(&length);
    file_result_u64 result;
    file_write(self, bytes, length, offset, &result);
    if (!failed(result.is_err, result.error))
        print(" %llu\n", result.ok);
}

/* list D: every entry, one after the other, in no order. */
static void
call_list(void)
{
    file_result_handle listing;
    file_result_entry result;
    file_read_directory(handle_of(), &listing);
    if (failed(listing.is_err, listing.error))
        return;
    for (;;) {
        listing_next(listing.ok, &result);
        if (result.is_err) {
            print(" !%s", errors[result.error]);
            continue;
        }
        if (!result.ok.some)
            break;
        print(" %s:", types[result.ok.entry.type]);
        print_escaped(result.ok.entry.name.ptr, result.ok.entry.name.len);
        release(&result.ok.entry.name);
    }
    print("\n");
    listing_drop(listing.ok);
}

static void
call_readlink(void)
{
    int32_t self = handle_of();
    size_t length;
    const char *path = text_word(&length);
    file_result_string result;
    file_readlink_at(self, path, length, &result);
    if (failed(result.is_err, result.error))
        return;
    print(" ");
    print_escaped(result.ok.ptr, result.ok.len);
    print("\n");
    release(&result.ok);
}

typedef void (*one_path)(int32_t, const char *, size_t, file_result_void *);

static void
call_path(one_path function)
{
    int32_t self = handle_of();
    size_t length;
    const char *path = text_word(&length);
    file_result_void result;
    function(self, path, length, &result);
    done(&result);
}

static void
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

static void
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

static void
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
static void
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

static void
call_advise(void)
{
    int32_t self = handle_of();
    uint64_t offset = number(), length = number();
    file_result_void result;
    file_advise(self, offset, length, (int32_t) number(), &result);
    done(&result);
}

static void
call_stream(const char *kind)
{
    int32_t self = handle_of();
    file_result_handle result;
    if (strcmp(kind, "append") == 0)
        file_append_via_stream(self, &result);
    else if (strcmp(kind, "input") == 0)
        file_read_via_stream(self, number(), &result);
    else
        file_write_via_stream(self, number(), &result);
    got_handle(&result);
}

static void
call_number(const char *kind)
{
    int32_t self = handle_of();
    file_result_u8 result;
    if (strcmp(kind, "type") == 0) {
        file_get_type(self, &result);
        if (!failed(result.is_err, result.error))
            print(" %s\n", types[result.ok]);
    } else {
        file_get_flags(self, &result);
        if (!failed(result.is_err, result.error))
            print(" %u\n", result.ok);
    }
}

static void
call_void(const char *kind)
{
    int32_t self = handle_of();
    file_result_void result;
    if (strcmp(kind, "sync") == 0)
        file_sync(self, &result);
    else if (strcmp(kind, "sync-data") == 0)
        file_sync_data(self, &result);
    else
        file_set_size(self, number(), &result);
    done(&result);
}

static void
call_dropped(const char *kind)
{
    int32_t own = handle_of();
    if (strcmp(kind, "drop") == 0)
        descriptor_drop(own);
    else if (strcmp(kind, "drop-input") == 0)
        input_drop(own);
    else
        output_drop(own);
    print("ok\n");
}

static void
call_flush(void)
{
    stream_result_void result;
    output_blocking_flush(handle_of(), &result);
    stream_done(&result);
}

static void
call_streaming(const char *name)
{
    if (strcmp(name, "read-stream") == 0)
        stream_read(true);
    else if (strcmp(name, "read-now") == 0)
        stream_read(false);
    else if (strcmp(name, "read-all") == 0)
        stream_read_all();
    else if (strcmp(name, "write-stream") == 0)
        stream_write(true);
    else if (strcmp(name, "write-now") == 0)
        stream_write(false);
    else if (strcmp(name, "fill") == 0)
        stream_fill();
    else if (strcmp(name, "check") == 0)
        stream_check();
    else if (strcmp(name, "flush") == 0)
        call_flush();
    else
        __builtin_trap();
}

static void
call_cwd(void)
{
    wasi_option_string cwd;
    initial_cwd(&cwd);
    print(cwd.some ? "ok " : "none");
    if (cwd.some)
        print_bytes(cwd.value.ptr, cwd.value.len);
    print("\n");
}

static void call_now(void);

static void
call(const char *name)
{
    if (strcmp(name, "now") == 0)
        call_now();
    else if (strcmp(name, "dirs") == 0)
        call_dirs();
    else if (strcmp(name, "cwd") == 0)
        call_cwd();
    else if (strcmp(name, "open") == 0)
        call_open();
    else if (strcmp(name, "opens") == 0)
        call_opens();
    else if (strcmp(name, "read") == 0)
        call_read();
    else if (strcmp(name, "write") == 0)
        call_write();
    else if (strcmp(name, "get") == 0)
        call_get();
    else if (strcmp(name, "put") == 0)
        call_put();
    else if (strcmp(name, "list") == 0)
        call_list();
    else if (strcmp(name, "readlink") == 0)
        call_readlink();
    else if (strcmp(name, "mkdir") == 0)
        call_path(file_create_directory_at);
    else if (strcmp(name, "rmdir") == 0)
        call_path(file_remove_directory_at);
    else if (strcmp(name, "unlink") == 0)
        call_path(file_unlink_file_at);
    else if (strcmp(name, "link") == 0 || strcmp(name, "rename") == 0)
        call_two(*name == 'l');
    else if (strcmp(name, "symlink") == 0)
        call_symlink();
    else if (strcmp(name, "stat") == 0 || strcmp(name, "hash") == 0)
        call_stat(*name == 'h');
    else if (strcmp(name, "times") == 0)
        call_times();
    else if (strcmp(name, "advise") == 0)
        call_advise();
    else if (strcmp(name, "same") == 0) {
        int32_t self = handle_of();
        print("ok %d\n", file_is_same_object(self, handle_of()));
    } else if (strcmp(name, "input") == 0 || strcmp(name, "output") == 0
               || strcmp(name, "append") == 0)
        call_stream(name);
    else if (strcmp(name, "type") == 0 || strcmp(name, "flags") == 0)
        call_number(name);
    else if (strcmp(name, "sync") == 0 || strcmp(name, "sync-data") == 0
             || strcmp(name, "set-size") == 0)
        call_void(name);
    else if (strncmp(name, "drop", 4) == 0)
        call_dropped(name);
    else
        call_streaming(name);
}

/* ---- the script ---------------------------------------------------------- */

static char *script;
static size_t script_size, script_at;
static http_reply reply;

/* Sends what has been answered so far. */
static void
call_now(void)
{
    print("ok\n");
    print_to_stream(reply.stream);
}

/* The next line of the body, which comes when it comes; NULL at its end. */
static char *
next_line(int32_t stream)
{
    stream_result_bytes result;
    char *end;
    for (;;) {
        end = script_size == script_at
                  ? NULL
                  : memchr(script + script_at, '\n', script_size - script_at);
        if (end != NULL) {
            char *line = script + script_at;
            *end = '\0';
            script_at = (size_t) (end + 1 - script);
            return line;
        }
        input_blocking_read(stream, 65536, &result);
        if (result.is_err) {
            MUST(result.err.tag == STREAM_CLOSED && script_at == script_size);
            return NULL;
        }
        script = realloc(script, script_size + result.ok.len);
        MUST(script != NULL);
        memcpy(script + script_size, result.ok.ptr, result.ok.len);
        script_size += result.ok.len;
        release(&result.ok);
    }
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, stream;
    char *line;
    request_open(request, &body, &stream);
    reply = reply_text(outparam, 200);
    while ((line = next_line(stream)) != NULL) {
        at = line;
        call(word());
    }
    print_to_stream(reply.stream);
    reply_end(&reply);
    input_drop(stream);
    incoming_body_drop(body);
    request_drop(request);
}
