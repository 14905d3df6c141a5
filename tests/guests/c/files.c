/*
 * Does with files what the request's body says, a line for each call, and answers
 * a line for each: "ok", with what it got, or the name of the error.
 *
 * What a call makes is kept under the number after "=". Numbers are decimal, a
 * path or text begins with "'" and has %XX for bytes that would end it.
 */
#include "files/script.h"

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
