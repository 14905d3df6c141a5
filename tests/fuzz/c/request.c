/*
 * Invariant: uw_exchange_request() and uw_exchange_request_header() give every
 * request the status that docs/server-behavior.md says, and keep of one that is
 * good every part and field, in order, without those of the connection.
 */

#include "request_model.h"


static void
run(uw_exchange_t *exchange, const model_request_t *request)
{
    const uw_fields_t *headers = &exchange->request_headers.fields;
    int expected = model_line_status(request);
    int status;
    size_t i;

    status = uw_exchange_request(exchange, request->method, request->scheme,
                                 request->authority, request->target);
    FUZZ_CHECK(status == expected);

    for (i = 0; i < request->count; i++) {
        expected = model_field_status(request, i, uw_buf_size(&headers->bytes));
        status =
            uw_exchange_request_header(exchange, request->names[i],
                                       request->values[i], &request->settings);
        FUZZ_CHECK(status == expected);
        FUZZ_CHECK(uw_buf_size(&headers->bytes)
                   <= request->settings.max_header_bytes);
        if (status != 0) {
            break;
        }
    }
    status = uw_exchange_client_address(exchange, request->address,
                                        &request->settings);
    FUZZ_CHECK(status == model_address_status(request));
    model_compare(exchange, request, i,
                  status == 0 && model_has_address(request));
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uw_exchange_t exchange = { .id = 1 };
    model_request_t request = { .count = 0 };
    fuzz_t fuzz = { data, size };

    /* A slot serves one request after the other. */
    do {
        uw_exchange_reset(&exchange);
        request.scheme = model_read(&fuzz, "https", 255);
        model_read_request(&fuzz, &request, 300);
        run(&exchange, &request);
    } while (fuzz.size != 0);
    uw_exchange_free(&exchange);

    return 0;
}
