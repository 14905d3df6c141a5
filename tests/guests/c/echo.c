/* Streams the request body to the response body: full duplex, never blocking in
 * a read or write, within the budget that check-write gives. The content-type
 * is copied. */
#include "guest.h"

static int32_t
headers_for(int32_t request)
{
    wasi_bytes_list values;
    int32_t request_fields = request_headers(request);
    fields_get(request_fields, "content-type", 12, &values);
    int32_t headers = fields_new();
    if (values.len != 0)
        fields_add(headers, "content-type", values.ptr[0].ptr,
                   values.ptr[0].len);
    fields_drop(request_fields);
    return headers;
}

static void
write_within_budget(int32_t output, const uint8_t *bytes, size_t length)
{
    stream_result_void result;
    while (length > 0) {
        uint64_t budget = wait_for_budget(output);
        size_t piece = length < budget ? length : (size_t) budget;
        output_write(output, bytes, piece, &result);
        MUST(!result.is_err);
        bytes += piece;
        length -= piece;
    }
    output_flush(output, &result);
    MUST(!result.is_err);
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, input;
    http_reply reply = reply_begin(outparam, 200, headers_for(request));
    request_open(request, &body, &input);
    for (;;) {
        stream_result_bytes data;
        input_read(input, 65536, &data);
        if (data.is_err) {
            MUST(data.err.tag == STREAM_CLOSED);
            break;
        }
        if (data.ok.len == 0) {
            wait_for(input_subscribe(input));
            continue;
        }
        write_within_budget(reply.stream, data.ok.ptr, data.ok.len);
        free(data.ok.ptr);
    }
    input_drop(input);
    incoming_body_drop(body);
    reply_end(&reply);
    request_drop(request);
}
