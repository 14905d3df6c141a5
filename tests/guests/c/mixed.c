/* Fails in the way that the path names, or answers `hello`: so that failures
 * have neighbours. The second half fails when the client has the head. */
#include "guest.h"
#include "wasi_more.h"

static volatile unsigned turns;

static void
hog(void)
{
    while (__builtin_wasm_memory_grow(0, 16) != (size_t) -1)
        turns++;
    __builtin_trap();
}

static void
spin(void)
{
    for (;;)
        turns++;
}

/* The head leaves while this waits; longer than a busy machine takes to get here. */
static http_reply
begin_and_wait(int32_t outparam, const char *length)
{
    http_reply reply =
        length == NULL
            ? reply_text(outparam, 200)
            : reply_begin(outparam, 200, fields_with("content-length", length));
    reply_write(&reply, "begun\n", 6);
    wait_for(monotonic_subscribe_duration(50000000));
    return reply;
}

static void
end(http_reply *reply)
{
    http_result_void finished;
    output_drop(reply->stream);
    outgoing_body_finish(reply->body, 0, 0, &finished);
}

static void
fail_later(const char *path, int32_t outparam)
{
    stream_result_void written;
    bool counted = strstr(path, "too-") != NULL;
    http_reply reply = begin_and_wait(outparam, counted ? "10" : NULL);
    if (strcmp(path, "/later/trap") == 0)
        __builtin_trap();
    if (strcmp(path, "/later/loop") == 0)
        spin();
    if (strcmp(path, "/later/return") == 0)
        return;
    if (strcmp(path, "/later/drop") == 0) {
        output_drop(reply.stream);
        outgoing_body_drop(reply.body);
        return;
    }
    if (strcmp(path, "/later/too-long") == 0)
        output_write(reply.stream, "12345", 5, &written);
    end(&reply);
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    request_drop(request);
    if (strcmp(path, "/trap") == 0)
        __builtin_trap();
    if (strcmp(path, "/loop") == 0)
        spin();
    if (strcmp(path, "/hog") == 0)
        hog();
    if (strcmp(path, "/deep") == 0)
        print("%llu", (unsigned long long) descend(1000000000));
    if (strcmp(path, "/no-set") == 0)
        return;
    if (strcmp(path, "/error") == 0) {
        response_outparam_set(outparam, 1, 0, 0, 0, 0, 0, 0, 0);
        return;
    }
    if (strcmp(path, "/wait") == 0)
        wait_for(monotonic_subscribe_duration(3600 * 1000000000ULL));
    if (strcmp(path, "/slow") == 0)
        wait_for(monotonic_subscribe_duration(5 * 1000000));
    if (strncmp(path, "/later/", 7) == 0) {
        fail_later(path, outparam);
        return;
    }
    answer_with(outparam, "hello\n");
}
