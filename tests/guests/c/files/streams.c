/* Streams of files. */
#include "files/script.h"

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

void
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
call_flush(void)
{
    stream_result_void result;
    output_blocking_flush(handle_of(), &result);
    stream_done(&result);
}

void
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
