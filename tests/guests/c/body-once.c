/* consume, stream, body and write give their child once: prints the result of
 * two calls each. */
#include "guest.h"

typedef void take(int32_t self, wasi_result_handle *result);

static int32_t
take_twice(const char *name, take *function, int32_t self)
{
    wasi_result_handle first, second;
    function(self, &first);
    function(self, &second);
    print("%s: %s %s\n", name, first.is_err ? "err" : "ok",
          second.is_err ? "err" : "ok");
    MUST(!first.is_err);
    return first.ok;
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t incoming =
        take_twice("incoming-request.consume", request_consume, request);
    int32_t input =
        take_twice("incoming-body.stream", incoming_body_stream, incoming);
    int32_t response = response_new(fields_new());
    int32_t outgoing =
        take_twice("outgoing-response.body", response_body, response);
    int32_t output =
        take_twice("outgoing-body.write", outgoing_body_write, outgoing);

    /* dropping the child does not bring it back */
    wasi_result_handle again;
    input_drop(input);
    incoming_body_stream(incoming, &again);
    print("incoming-body.stream after drop: %s\n", again.is_err ? "err" : "ok");
    output_drop(output);
    outgoing_body_write(outgoing, &again);
    print("outgoing-body.write after drop: %s\n", again.is_err ? "err" : "ok");

    outgoing_body_drop(outgoing);
    response_drop(response);
    incoming_body_drop(incoming);
    request_drop(request);
    answer(outparam, 200);
}
