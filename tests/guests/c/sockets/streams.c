/* Streams of a connection. */
#include "sockets/program.h"

/* "closed", or why it failed. */
static void
print_end(const stream_error *error)
{
    wasi_bytes text;

    if (error->tag == STREAM_CLOSED) {
        print("closed");
        return;
    }
    io_error_to_debug_string(error->error, &text);
    io_error_drop(error->error);
    print("failed: %.*s", (int) text.len, (const char *) text.ptr);
    free(text.ptr);
}

static void
print_void(const stream_result_void *result)
{
    result->is_err ? print_end(&result->err) : print("ok");
}

static void
print_read(stream_result_bytes *result)
{
    if (result->is_err) {
        print_end(&result->err);
        return;
    }
    print_escaped(result->ok.ptr, result->ok.len);
    if (result->ok.len != 0)
        free(result->ok.ptr);
}

void
do_write(void)
{
    stream_result_void result;
    output_blocking_write_and_flush(at(1)->output, word(2), strlen(word(2)),
                                    &result);
    print_void(&result);
}

/* So many bytes, as many as fit at a time; prints how many were taken. */
void
do_write_many(void)
{
    static uint8_t bytes[65536];
    stream_result_void written = { .is_err = false };
    stream_result_u64 budget;
    uint64_t left = number(2);

    while (left != 0) {
        wait_for(output_subscribe(at(1)->output));
        output_check_write(at(1)->output, &budget);
        if (budget.is_err) {
            print("%llu ", number(2) - left);
            print_end(&budget.err);
            return;
        }
        uint64_t size = budget.ok < left ? budget.ok : left;
        size = size < sizeof(bytes) ? size : sizeof(bytes);
        for (uint64_t i = 0; i < size; i++)
            bytes[i] = (uint8_t) ((number(2) - left + i) * 167 + 13);
        output_write(at(1)->output, bytes, (size_t) size, &written);
        if (written.is_err)
            break;
        left -= size;
    }
    if (!written.is_err)
        output_blocking_flush(at(1)->output, &written);
    print("%llu ", number(2) - left);
    print_void(&written);
}

void
do_check(void)
{
    stream_result_u64 budget;
    output_check_write(at(1)->output, &budget);
    budget.is_err ? print_end(&budget.err) : print("%llu", budget.ok);
}

void
do_read(void)
{
    stream_result_bytes result;
    input_blocking_read(at(1)->input, 4096, &result);
    print_read(&result);
}

void
read_now(void)
{
    stream_result_bytes result;
    input_read(at(1)->input, number(2), &result);
    print_read(&result);
}

/* To the end; prints how many bytes, and how it ended. */
void
do_read_all(void)
{
    stream_result_bytes result;
    uint64_t size = 0;

    for (;;) {
        input_blocking_read(at(1)->input, 65536, &result);
        if (result.is_err)
            break;
        for (size_t i = 0; i < result.ok.len; i++)
            MUST(result.ok.ptr[i] == (uint8_t) ((size + i) * 167 + 13));
        size += result.ok.len;
        free(result.ok.ptr);
    }
    print("%llu ", size);
    print_end(&result.err);
}
