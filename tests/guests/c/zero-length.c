/* Reads, skips and writes of 0 bytes, then short ones. To be used with a body
 * of 10 bytes or more; prints each result. */
#include "guest.h"

static void
print_u64(const char *name, const stream_result_u64 *result)
{
    print("%s: ", name);
    if (result->is_err)
        print_stream_error(&result->err);
    else
        print("ok %llu", (unsigned long long) result->ok);
    print("\n");
}

static void
print_data(const char *name, const stream_result_bytes *result)
{
    print("%s: ", name);
    if (result->is_err)
        print_stream_error(&result->err);
    else
        print("ok %lu [%.*s]", (unsigned long) result->ok.len,
              (int) result->ok.len, (const char *) result->ok.ptr);
    print("\n");
}

static void
print_void(const char *name, const stream_result_void *result)
{
    print("%s: ", name);
    print_written(result);
    print("\n");
}

static void
read_side(int32_t input)
{
    stream_result_bytes data;
    stream_result_u64 count;
    input_read(input, 0, &data);
    print_data("read 0", &data);
    input_skip(input, 0, &count);
    print_u64("skip 0", &count);
    wait_for(input_subscribe(input));
    input_read(input, 2, &data);
    print_data("read 2", &data);
    input_blocking_skip(input, 3, &count);
    print_u64("blocking-skip 3", &count);
    input_blocking_read(input, 2, &data);
    print_data("blocking-read 2", &data);
    input_skip(input, 1, &count);
    print_u64("skip 1", &count);
    read_to_end(input);
    input_read(input, 0, &data);
    print_data("read 0 at the end", &data);
    input_blocking_skip(input, 1, &count);
    print_u64("blocking-skip 1 at the end", &count);
}

static void
write_side(int32_t output)
{
    stream_result_void result;
    output_write(output, NULL, 0, &result);
    print_void("write 0", &result);
    output_blocking_write_and_flush(output, NULL, 0, &result);
    print_void("blocking-write-and-flush 0", &result);
    output_write_zeroes(output, 0, &result);
    print_void("write-zeroes 0", &result);
    output_blocking_write_zeroes_and_flush(output, 0, &result);
    print_void("blocking-write-zeroes-and-flush 0", &result);
    output_flush(output, &result);
    print_void("flush", &result);
    output_blocking_write_zeroes_and_flush(output, 3, &result);
    print_void("blocking-write-zeroes-and-flush 3", &result);
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, input;
    request_open(request, &body, &input);
    read_side(input);
    input_drop(input);
    incoming_body_drop(body);
    request_drop(request);

    http_reply reply = reply_text(outparam, 200);
    write_side(reply.stream);
    print_to_stream(reply.stream);
    reply_end(&reply);
}
