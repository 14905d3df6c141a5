/* http/exchange.c alone: answers of the host, which a guest has not given, or in the
 * place of one that it has. */

#include "exchange_part.h"


/* Returns what uw_exchange_answer() does. */
static int
answer(uint16_t status, const char *text)
{
    uw_fields_t headers = { 0 };
    int result;

    add(&headers, "b", "2");
    result = uw_exchange_answer(&exchange, status, &headers, uw_slice_of(text));
    uw_fields_free(&headers);

    return result;
}


static void
check_first(const char *method, uint16_t status, const char *headers,
            const char *text)
{
    start();
    exchange.method = uw_slice_of(method);
    CHECK(answer(status, "answer") == 0);
    check_answer(status, headers, text);
    stop();
}


/* The answer of a guest that nothing was taken of.  Somebody may still have the
 * body: nothing comes of it any more. */
static void
check_instead(bool has_body)
{
    start();
    set(200, NULL, has_body ? body : NULL);
    if (has_body) {
        write_body("12");
        finish();
    }
    CHECK(exchange.response == UW_RESPONSE_COMPLETE);
    CHECK(answer(404, "answer") == 0);
    if (has_body) {
        CHECK(body->references == 1 && uw_buf_size(&body->bytes) == 0);
        release_body();
    }
    check_answer(404, "b:2\n", "answer");
    stop();
}


/* Memory is out at each allocation: what there was stays. */
static void
check_without_memory(void)
{
    uw_fields_t headers = { 0 };

    add(&headers, "b", "2");
    for (unsigned refused = 1; refused <= 2; refused++) {
        start();
        set(200, NULL, body);
        write_body("12");
        finish();
        release_body();
        refuse_allocation(refused);
        CHECK(
            uw_exchange_answer(&exchange, 404, &headers, uw_slice_of("answer"))
            == -1);
        CHECK(was_refused());
        refuse_allocation(0);
        CHECK(headers.count == 1);
        check_answer(200, "a:1\n", "12");
        stop();
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
