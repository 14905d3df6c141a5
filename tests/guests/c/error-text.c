/* Writes more than its Content-Length and asks everybody about the error. */
#include "guest.h"
#include "wasi_more.h"

typedef struct {
    uint8_t some;
    uint8_t code;
} wasi_option_enum;

WASI_IMPORT("filesystem/types", "filesystem-error-code")
void filesystem_error_code(int32_t error, wasi_option_enum *result);

void
handle(int32_t request, int32_t outparam)
{
    stream_result_void written;
    http_option_error_code http;
    wasi_option_enum filesystem;
    http_result_void finished;
    wasi_bytes text;

    int32_t body, stream;
    int32_t response = response_new(fields_with("content-length", "2"));
    body_open(response, response_body, outgoing_body_write, &body, &stream);
    output_write(stream, "three", 5, &written);
    MUST(written.is_err && written.err.tag == STREAM_FAILED);
    io_error_to_debug_string(written.err.error, &text);
    print("to-debug-string: %.*s\n", (int) text.len, (const char *) text.ptr);
    http_error_code_of(written.err.error, &http);
    print("http-error-code: ");
    if (http.some)
        print_error_code(&http.value);
    filesystem_error_code(written.err.error, &filesystem);
    print("\nfilesystem-error-code: %s\n", filesystem.some ? "some" : "none");
    io_error_drop(written.err.error);
    output_drop(stream);
    outgoing_body_finish(body, 0, 0, &finished);
    MUST(finished.is_err);
    response_drop(response);
    answer(outparam, 200);
    request_drop(request);
}
