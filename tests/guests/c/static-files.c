/*
 * Answers with the file that the path names, in the first directory that it was
 * given, without showing its bytes to itself; with 404, or 403 for what leads
 * out of the directory.
 */
#include <stdio.h>

#include "guest.h"
#include "wasi_files.h"

enum {
    NOT_PERMITTED = 31,
    REGULAR_FILE = 6
};

static void
refuse(int32_t outparam, int32_t status)
{
    print("%d\n", status);
    answer(outparam, status);
}

static void
send(int32_t outparam, int32_t file, uint64_t size)
{
    file_result_handle opened;
    stream_result_u64 moved;
    char length[24];
    int32_t headers = fields_with("content-type", "application/octet-stream");
    snprintf(length, sizeof(length), "%llu", size);
    fields_add(headers, "content-length", length, strlen(length));
    http_reply reply = reply_begin(outparam, 200, headers);
    file_read_via_stream(file, 0, &opened);
    MUST(!opened.is_err);
    do {
        output_blocking_splice(reply.stream, opened.ok, 1 << 20, &moved);
    } while (!moved.is_err);
    MUST(moved.err.tag == STREAM_CLOSED);
    input_drop(opened.ok);
    reply_end(&reply);
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request) + 1;
    wasi_preopen_list directories;
    file_result_handle file;
    file_result_stat stat;
    get_directories(&directories);
    MUST(directories.len != 0);
    file_open_at(directories.ptr[0].descriptor, FILE_FOLLOW, path, strlen(path),
                 0, FILE_READ, &file);
    if (file.is_err) {
        refuse(outparam, file.err == NOT_PERMITTED ? 403 : 404);
    } else {
        file_stat_of(file.ok, &stat);
        MUST(!stat.is_err);
        if (stat.ok.type == REGULAR_FILE)
            send(outparam, file.ok, stat.ok.size);
        else
            refuse(outparam, 404);
        descriptor_drop(file.ok);
    }
    request_drop(request);
}
