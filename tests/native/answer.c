/* http/exchange.c alone: answers of the host, which a guest has not given, or in the
 * place of one that it has. */

#include "exchange_part.h"


/* Returns what uw_exchange_answer() does. */
static int
answer(uw_exchange_t *exchange, uint16_t status, const char *text)
{
    uw_fields_t headers = { 0 };
    int result;

    CHECK(uw_fields_append(&headers, uw_slice_of("b"), uw_slice_of("2"))
          == UW_FIELD_OK);
    result = uw_exchange_answer(exchange, status, &headers, uw_slice_of(text));
    uw_fields_free(&headers);

    return result;
}


static void
check_whole(uw_exchange_t *exchange, uint16_t status, const char *headers,
            const char *text)
{
    CHECK(exchange->status == status && headers_are(exchange, headers));
    CHECK(exchange->response == UW_RESPONSE_COMPLETE);
    CHECK(exchange->response_body->attached);
    CHECK(exchange->response_body->state == UW_OUTGOING_FINISHED);
    CHECK(exchange->response_body->references == 1);
    tell(exchange);
    CHECK(uw_exchange_take_head(exchange) && takes(exchange, text));
    CHECK(uw_exchange_take_end(exchange));
}


static void
check_first(const char *method, uint16_t status, const char *headers,
            const char *text)
{
    uw_exchange_t exchange;

    start(&exchange);
    exchange.method = uw_slice_of(method);
    CHECK(answer(&exchange, status, "answer") == 0);
    check_whole(&exchange, status, headers, text);
    stop(&exchange);
}


/* The answer of a guest that nothing was taken of.  Somebody may still have the
 * body: nothing comes of it any more. */
static void
check_instead(bool has_body)
{
    uw_exchange_t exchange;
    uw_outgoing_body_t *body = has_body ? new_body() : NULL;

    start(&exchange);
    set(&exchange, 200, NULL, body);
    if (has_body) {
        write_body(&exchange, body, "12");
        finish(&exchange, body);
    }
    CHECK(exchange.response == UW_RESPONSE_COMPLETE);
    CHECK(answer(&exchange, 404, "answer") == 0);
    if (has_body) {
        CHECK(body->references == 1 && uw_buf_size(&body->bytes) == 0);
        uw_outgoing_body_release(body);
    }
    check_whole(&exchange, 404, "b:2\n", "answer");
    stop(&exchange);
}


/* Memory is out at each allocation: what there was stays. */
static void
check_without_memory(void)
{
    uw_exchange_t exchange;
    uw_outgoing_body_t *body;
    uw_fields_t headers = { 0 };

    add(&headers, "b", "2");
    for (unsigned refused = 1; refused <= 2; refused++) {
        body = new_body();
        start(&exchange);
        set(&exchange, 200, NULL, body);
        write_body(&exchange, body, "12");
        finish(&exchange, body);
        uw_outgoing_body_release(body);
        refuse_allocation(refused);
        CHECK(
            uw_exchange_answer(&exchange, 404, &headers, uw_slice_of("answer"))
            == -1);
        CHECK(was_refused());
        refuse_allocation(0);
        CHECK(headers.count == 1);
        check_whole(&exchange, 200, "a:1\n", "12");
        stop(&exchange);
    }
    uw_fields_free(&headers);
}


int
main(void)
{
    check_first("POST", 200, "b:2\n", "answer");
    check_first("HEAD", 200, "b:2\n", "");
    check_first("POST", 204, "b:2\n", "");
    check_first("POST", 205, "b:2\ncontent-length:0\n", "");
    check_instead(false);
    check_instead(true);
    check_without_memory();

    return 0;
}
