/* Reads stdin in every way. */
#include "guest.h"
#include "wasi_more.h"

static void
print_result(const char *name, bool is_err, const stream_error *error,
             unsigned long long count)
{
    print("%s: ", name);
    if (is_err)
        print_stream_error(error);
    else
        print("ok %llu", count);
    print("\n");
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t stdin_stream = get_stdin();
    stream_result_bytes bytes;
    stream_result_u64 count;
    int32_t pollable = input_subscribe(stdin_stream);
    print("ready: %s\n", pollable_ready(pollable) ? "yes" : "no");
    pollable_drop(pollable);
    input_read(stdin_stream, 10, &bytes);
    print_result("read", bytes.is_err, &bytes.err, bytes.ok.len);
    input_blocking_read(stdin_stream, 10, &bytes);
    print_result("blocking-read", bytes.is_err, &bytes.err, bytes.ok.len);
    input_skip(stdin_stream, 10, &count);
    print_result("skip", count.is_err, &count.err, count.ok);
    input_blocking_skip(stdin_stream, 10, &count);
    print_result("blocking-skip", count.is_err, &count.err, count.ok);
    input_drop(stdin_stream);
    answer(outparam, 200);
    request_drop(request);
}
