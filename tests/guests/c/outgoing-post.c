/* Posts N bytes (/N), each time as many as check-write allows, and prints the
 * status and how many bytes come back; with /N/before the body is whole before
 * the request is sent, with /N/trailers "x-sum: 1" follows it, and with
 * /N/flush it is written by blocking-write-and-flush. */
#include "sending.h"

static void
finish(int32_t body, bool trailers)
{
    http_result_void result;
    outgoing_body_finish(body, trailers,
                         trailers ? fields_with("x-sum", "1") : 0, &result);
    MUST(!result.is_err);
}

static void
write_blocking(int32_t stream, uint64_t size)
{
    char piece[4096];
    for (uint64_t i = 0; i < sizeof(piece); i++)
        piece[i] = "0123456789abcdef"[i % 16];
    for (; size > sizeof(piece); size -= sizeof(piece))
        MUST(write_all(stream, piece, sizeof(piece)));
    MUST(write_all(stream, piece, size));
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    uint64_t size = path_number(request, 0, 0);
    bool before = strstr(path, "/before") != NULL;
    int32_t body, stream, future = 0;
    int32_t asked = request_to_peer(METHOD_POST, fields_new());
    sending_open(asked, &body, &stream);
    if (!before)
        future = sent(asked);
    if (strstr(path, "/flush") != NULL)
        write_blocking(stream, size);
    else
        write_pattern(stream, size);
    output_drop(stream);
    finish(body, strstr(path, "/trailers") != NULL);
    if (before)
        future = sent(asked);

    int32_t response = response_of(future);
    response_open(response, &body, &stream);
    print("status %d, %llu bytes\n", (int) incoming_response_status(response),
          (unsigned long long) read_to_end(stream));
    input_drop(stream);
    incoming_body_drop(body);
    incoming_response_drop(response);
    answer(outparam, 200);
    request_drop(request);
}
