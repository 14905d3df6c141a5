/* Sends a request to https://example.com/ and prints what outgoing-handler
 * says. */
#include "guest.h"
#include "wasi_more.h"

void
handle(int32_t request, int32_t outparam)
{
    http_result_future result;
    int32_t outgoing = outgoing_request_new(fields_new());
    MUST(outgoing_request_set_scheme(outgoing, 1, SCHEME_HTTPS, NULL, 0) == 0);
    MUST(outgoing_request_set_authority(outgoing, 1, "example.com", 11) == 0);
    MUST(outgoing_request_set_path(outgoing, 1, "/", 1) == 0);
    outgoing_handle(outgoing, 0, 0, &result);
    print("handle: ");
    if (result.is_err) {
        print_error_code(&result.err);
    } else {
        print("ok");
        future_incoming_response_drop(result.ok);
    }
    print("\n");
    answer(outparam, 200);
    request_drop(request);
}
