/* http/exchange.c alone: what guest and transport see, step by step, and memory
 * that is out.  tests/fuzz/c/exchange.c has the order at random. */

#include "exchange_part.h"

#define TEXT_KEPT 8192


static void
check_next(void)
{
    CHECK(uw_exchange_next(-1, 0) == -1 && uw_exchange_next(0, -1) == -1);
    CHECK(uw_exchange_next(5, 0) == -1 && uw_exchange_next(0, 5) == -1);
    CHECK(uw_exchange_next(0, 0) == UW_RESPONSE_SET);
    CHECK(uw_exchange_next(4, 4) == UW_RESPONSE_CUT);
}


/* ---- A whole answer ---- */

static void
check_whole(void)
{
    start();
    CHECK(!uw_exchange_take_head(&exchange)
          && !uw_exchange_take_end(&exchange));
    CHECK(takes("") && !uw_exchange_length_known(&exchange));

    set(201, NULL, body);
    CHECK(exchange.status == 201 && headers_are("a:1\n"));
    CHECK(exchange.response == UW_RESPONSE_SET);
    CHECK(exchange.response_body == body && body->references == 2);
    CHECK(body->attached && !body->discard);
    tell();

    /* Bytes wait until the head is taken. */
    write_body("1234");
    tell();
    CHECK(takes("") && body->in_hand == 0);
    CHECK(uw_exchange_body_size(&exchange) == 4);
    CHECK(uw_exchange_peek_body(&exchange).data == NULL);
    CHECK(uw_exchange_peek_body(&exchange).size == 0);
    CHECK(!uw_exchange_length_known(&exchange));

    CHECK(uw_exchange_take_head(&exchange) && exchange.head_taken);
    CHECK(!uw_exchange_take_head(&exchange));
    CHECK(exchange.response == UW_RESPONSE_SENT);
    CHECK(takes("1234") && body->in_hand == 4);
    CHECK(takes("") && body->in_hand == 4);
    CHECK(!uw_exchange_take_end(&exchange) && !uw_exchange_take_cut(&exchange));

    write_body("56");
    exchange.announced = true;
    finish();
    CHECK(exchange.response == UW_RESPONSE_COMPLETE);
    CHECK(uw_exchange_length_known(&exchange));
    tell();
    CHECK(!uw_exchange_take_end(&exchange));
    CHECK(takes("56"));
    CHECK(!uw_exchange_take_cut(&exchange) && !exchange.end_taken);
    CHECK(uw_exchange_take_end(&exchange) && exchange.end_taken);
    CHECK(!uw_exchange_take_end(&exchange));

    CHECK(!uw_exchange_over(&exchange));
    exchange.guest = UW_GUEST_ENDED;
    CHECK(uw_exchange_over(&exchange));
    exchange.end_taken = false;
    CHECK(!uw_exchange_over(&exchange));

    stop();
}


static void
check_without_body(void)
{

    start();
    set(200, "5", NULL);
    CHECK(exchange.response == UW_RESPONSE_COMPLETE);
    CHECK(exchange.response_body == NULL);
    CHECK(headers_are("a:1\ncontent-length:5\n"));
    CHECK(!uw_exchange_take_end(&exchange)); /* the head comes first */
    CHECK(uw_exchange_take_head(&exchange));
    CHECK(exchange.response == UW_RESPONSE_COMPLETE);
    CHECK(takes("") && uw_exchange_peek_body(&exchange).size == 0);
    CHECK(!uw_exchange_sent(&exchange, 1));
    CHECK(!uw_exchange_drop_body(&exchange, 1));
    uw_exchange_body_changed(&exchange);

    /* A second response is none, and its body is closed. */
    set(404, NULL, NULL);
    set(404, NULL, body);
    CHECK(body->state == UW_OUTGOING_CLOSED && body->references == 1);
    CHECK(exchange.status == 200 && exchange.response_body == NULL);
    CHECK(headers_are("a:1\ncontent-length:5\n"));
    CHECK(uw_exchange_take_end(&exchange));

    stop();
}


/* A body that is whole before it is set. */
static void
check_finished_before(void)
{
    start();
    CHECK(uw_outgoing_body_write(body, (const uint8_t *) "x", 1)
          == UW_WRITE_OK);
    CHECK(uw_outgoing_body_finish(body));
    set(200, NULL, body);
    CHECK(exchange.response == UW_RESPONSE_COMPLETE);
    CHECK(uw_exchange_length_known(&exchange));
    CHECK(uw_exchange_take_head(&exchange) && takes("x"));
    stop();
}


/* ---- Statuses and methods without a body ---- */

static void
check_bodiless_one(const char *method, uint16_t status, bool bodiless,
                   const char *length)
{
    char expected[64];

    start();
    exchange.method = uw_slice_of(method);
    CHECK(uw_exchange_is_bodiless(&exchange, status) == bodiless);
    body->content_length = 7;
    CHECK(uw_outgoing_body_write(body, (const uint8_t *) "1234567", 7)
          == UW_WRITE_OK);
    set(status, "7", body);
    (void) snprintf(expected, sizeof(expected), "a:1\n%s%s%s",
                    length[0] == '\0' ? "" : "content-length:", length,
                    length[0] == '\0' ? "" : "\n");
    CHECK(headers_are(expected));
    CHECK(body->discard == bodiless);
    CHECK(uw_buf_size(&body->bytes) == (bodiless ? 0 : 7));
    CHECK(body->content_length == (bodiless ? UW_LENGTH_UNKNOWN : 7));
    finish();
    CHECK(uw_exchange_length_known(&exchange) == !bodiless);
    stop();
}


static void
check_bodiless(void)
{
    uw_fields_t headers = { .limit = 1 };

    check_bodiless_one("GET", 200, false, "7");
    check_bodiless_one("HEAD", 200, true, "7");
    check_bodiless_one("HEAP", 200, false, "7");
    check_bodiless_one("HEADS", 200, false, "7");
    check_bodiless_one("GET", 203, false, "7");
    check_bodiless_one("GET", 204, true, "");
    check_bodiless_one("GET", 205, true, "0");
    check_bodiless_one("GET", 206, false, "7");
    check_bodiless_one("GET", 304, true, "7");
    check_bodiless_one("GET", 303, false, "7");

    /* What is ours does not count against the guest's limit; without memory for
     * it, it is not there. */
    for (unsigned refused = 0; refused <= 1; refused++) {
        start();
        refuse_allocation(refused);
        uw_exchange_set(&exchange, 205, &headers, NULL);
        CHECK(was_refused() == (refused == 1));
        refuse_allocation(0);
        CHECK(headers_are(refused ? "" : "content-length:0\n"));
        uw_fields_free(&headers);
        headers.limit = 1;
        stop();
    }
}


/* ---- Failures ---- */

static void
check_page(const char *method, uint16_t status, const char *page)
{
    start();
    exchange.method = uw_slice_of(method);
    add(&exchange.response_headers, "a", "1");
    CHECK(uw_exchange_fail(&exchange, status));
    check_answer(status, PLAIN, page);
    stop();
}


static void
check_pages(void)
{
    check_page("GET", 400, "400 Bad Request\n");
    check_page("GET", 413, "413 Content Too Large\n");
    check_page("GET", 431, "431 Request Header Fields Too Large\n");
    check_page("GET", 500, "500 Internal Server Error\n");
    check_page("GET", 503, "503 Service Unavailable\n");
    check_page("GET", 504, "504 Gateway Timeout\n");
    check_page("HEAD", 504, "");
}


/* The head is ours, then the client's. */
static void
check_failure_of(bool taken)
{
    start();
    set(200, NULL, body);
    write_body("12");
    if (taken) {
        CHECK(uw_exchange_take_head(&exchange));
    }
    exchange.announced = true;
    CHECK(uw_exchange_fail(&exchange, 504) == !taken);
    tell();
    CHECK(body->state == UW_OUTGOING_CLOSED);
    CHECK(uw_buf_size(&body->bytes) == 0);
    CHECK(exchange.response
          == (taken ? UW_RESPONSE_CUT : UW_RESPONSE_COMPLETE));
    CHECK(exchange.status == (taken ? 200 : 504));
    CHECK(body->references == (taken ? 2 : 1));
    CHECK(headers_are(taken ? "a:1\n" : PLAIN));
    if (taken) {
        CHECK(!uw_exchange_take_end(&exchange));
        CHECK(uw_exchange_take_cut(&exchange) && exchange.end_taken);
        CHECK(!uw_exchange_take_cut(&exchange));
        CHECK(!uw_exchange_fail(&exchange, 500));
    }
    stop();
}


/* A body that its guest drops, before and after the client has the head. */
static void
check_abandoned(bool taken)
{
    start();
    set(200, NULL, body);
    if (taken) {
        CHECK(uw_exchange_take_head(&exchange));
    }
    uw_outgoing_body_abandon(body);
    uw_exchange_body_changed(&exchange);
    CHECK(exchange.response
          == (taken ? UW_RESPONSE_CUT : UW_RESPONSE_COMPLETE));
    CHECK(exchange.status == (taken ? 200 : 500));
    stop();
}


/* Memory is out at each allocation of our page: then the answer has no body.  Of
 * the head that it replaces, where there is one, the page has the memory. */
static void
check_page_without_memory(bool replaces, unsigned allocations)
{
    for (unsigned refused = 1; refused <= allocations; refused++) {
        start();
        if (replaces) {
            set(200, NULL, body);
            release_body();
        }
        refuse_allocation(refused);
        CHECK(uw_exchange_fail(&exchange, 500));
        CHECK(was_refused());
        refuse_allocation(0);
        CHECK(exchange.status == 500 && headers_are(""));
        CHECK(exchange.response_body == NULL);
        CHECK(uw_exchange_take_head(&exchange));
        CHECK(takes("") && uw_exchange_take_end(&exchange));
        stop();
    }
}


/* ---- The client goes ---- */

static void
check_client_gone(void)
{
    start();
    exchange.request_body.state = UW_INCOMING_OPEN;
    set(200, NULL, body);
    write_body("12");
    uw_exchange_client_gone(&exchange);
    CHECK(exchange.response == UW_RESPONSE_CUT);
    CHECK(body->state == UW_OUTGOING_CLOSED);
    CHECK(uw_buf_size(&body->bytes) == 0);
    CHECK(exchange.request_body.state == UW_INCOMING_ABORTED);
    CHECK(!uw_exchange_take_head(&exchange) && !exchange.head_taken);
    CHECK(uw_exchange_take_cut(&exchange));
    stop();

    start();
    uw_exchange_client_gone(&exchange);
    CHECK(exchange.response == UW_RESPONSE_CUT);
    CHECK(exchange.request_body.state == UW_INCOMING_ENDED);
    stop();
}


/* ---- The window ---- */

static void
check_room(void)
{
    uw_slice_t seen;

    start();
    set(200, NULL, body);
    write_body("12345678");
    CHECK(uw_outgoing_body_room(body) == 0);
    CHECK(uw_exchange_take_head(&exchange));

    /* What is taken counts until it is on its way. */
    CHECK(takes("12345678"));
    CHECK(uw_outgoing_body_room(body) == 0);
    CHECK(!uw_exchange_sent(&exchange, 0));
    CHECK(uw_exchange_sent(&exchange, 3) && body->in_hand == 5);
    CHECK(!uw_exchange_sent(&exchange, 3) && body->in_hand == 2);
    CHECK(!uw_exchange_sent(&exchange, 3) && body->in_hand == 0);

    write_body("abcdefgh");
    seen = uw_exchange_peek_body(&exchange);
    CHECK(uw_slice_is(seen, "abcdefgh"));
    CHECK(!uw_exchange_drop_body(&exchange, 0));
    CHECK(uw_exchange_drop_body(&exchange, 3));
    CHECK(uw_slice_is(uw_exchange_peek_body(&exchange), "defgh"));
    CHECK(!uw_exchange_drop_body(&exchange, 5));
    CHECK(uw_exchange_peek_body(&exchange).size == 0);

    /* As much is in hand as was taken twice. */
    write_body("12");
    CHECK(takes("12"));
    write_body("34");
    CHECK(takes("34") && body->in_hand == 4);
    stop();
}


/* ---- In parts ---- */

static void
check_parts(void)
{
    start();
    uw_exchange_tell(&exchange);
    CHECK(!uw_exchange_has_news(&exchange)); /* there is no answer yet */
    set(200, NULL, body);
    write_body("12345");
    tell();
    uw_exchange_tell(&exchange);
    tell();
    CHECK(uw_exchange_take_part(&exchange, 2).size
          == 0); /* the head is first */
    CHECK(uw_exchange_take_head(&exchange));
    CHECK(uw_exchange_take_part(&exchange, 0).size == 0);
    CHECK(uw_slice_is(uw_exchange_take_part(&exchange, 2), "12"));
    CHECK(body->in_hand == 2 && uw_exchange_body_size(&exchange) == 3);
    CHECK(uw_slice_is(uw_exchange_take_part(&exchange, 3), "345"));
    CHECK(uw_exchange_take_part(&exchange, 3).size == 0);
    CHECK(body->in_hand == 5);
    finish();
    stop();
}


/* ---- Bytes with their memory ---- */

/* Of `size` bytes in memory for 512, whoever sends them gets `kept`: with the
 * memory, or not. */
static void
check_keep(size_t size, size_t sent_before, size_t written_after, bool kept)
{
    static const uint8_t bytes[512] = { 'a' };
    uw_slice_t taken;
    uint8_t *memory;

    start_with(1024);
    set(200, NULL, body);
    CHECK(uw_exchange_take_head(&exchange));
    CHECK(uw_outgoing_body_write(body, bytes, sent_before + size)
          == UW_WRITE_OK);
    (void) uw_exchange_drop_body(&exchange, sent_before);
    taken = uw_exchange_take_body(&exchange);
    CHECK(taken.size == size && body->bytes.capacity == 512);
    CHECK(uw_outgoing_body_write(body, bytes, written_after) == UW_WRITE_OK);
    memory = uw_exchange_keep_body(&exchange, taken);
    CHECK(memory == (kept ? taken.data : NULL));
    CHECK(body->bytes.capacity == (kept ? 0 : 512));
    CHECK(uw_buf_size(&body->bytes) == written_after);
    CHECK(body->in_hand == size);
    free(memory);
    stop();
}


static void
check_keeping(void)
{
    uw_slice_t taken = { (const uint8_t *) "a", 1 };

    check_keep(512, 0, 0, true);
    check_keep(256, 0, 0, true);
    check_keep(255, 0, 0, false); /* it would hold more than twice as much */
    check_keep(400, 1, 0, false); /* the memory begins before them */
    check_keep(400, 0, 1, false); /* and has others in it */

    start();
    CHECK(uw_exchange_keep_body(&exchange, taken) == NULL);
    stop();
}


/* ---- The next request in the same memory ---- */

static void
check_reset(void)
{
    static const uw_transport_t transport = { NULL, NULL, NULL, 0 };

    start();
    CHECK(exchange.request_headers.references == 1);
    CHECK(exchange.request_headers.fields.immutable);
    CHECK(exchange.guest == UW_GUEST_QUEUED);

    CHECK(uw_buf_append(&exchange.text, "GET", 3) == 0);
    exchange.method = uw_slice_of("GET");
    exchange.scheme = uw_slice_of("http");
    exchange.authority = uw_slice_of("a");
    exchange.path_with_query = uw_slice_of("/");
    add(&exchange.request_headers.fields, "b", "2");
    exchange.request_headers.references = 3;
    CHECK(uw_buf_append(&exchange.request_body.bytes, "body", 4) == 0);
    exchange.transport = &transport;
    exchange.transport_data = &exchange;
    set(200, NULL, body);
    release_body();
    CHECK(uw_account_held(&account) == 512 + sizeof(*body));
    CHECK(uw_exchange_take_head(&exchange));
    uw_exchange_client_gone(&exchange);
    CHECK(uw_exchange_take_cut(&exchange));
    exchange.guest = UW_GUEST_ENDED;
    exchange.announced = false;

    uw_exchange_reset(&exchange);
    CHECK(uw_account_held(&account) == 512);
    CHECK(exchange.response_body == NULL && exchange.text.end == 0);
    CHECK(exchange.text.capacity == 512);
    CHECK(exchange.method.data == NULL && exchange.method.size == 0);
    CHECK(exchange.scheme.data == NULL && exchange.scheme.size == 0);
    CHECK(exchange.authority.data == NULL && exchange.authority.size == 0);
    CHECK(exchange.path_with_query.data == NULL);
    CHECK(exchange.path_with_query.size == 0);
    CHECK(exchange.request_headers.fields.count == 0);
    CHECK(exchange.request_headers.fields.immutable);
    CHECK(exchange.request_headers.references == 1);
    CHECK(exchange.response_headers.count == 0);
    CHECK(uw_buf_size(&exchange.request_body.bytes) == 0);
    CHECK(exchange.transport == NULL && exchange.transport_data == NULL);
    CHECK(exchange.guest == UW_GUEST_QUEUED);
    CHECK(exchange.response == UW_RESPONSE_NONE);
    CHECK(!exchange.head_taken && !exchange.end_taken && exchange.announced);
    CHECK(exchange.status == 0);

    /* Of a large request nothing is kept. */
    CHECK(uw_buf_reserve(&exchange.text, TEXT_KEPT) != NULL);
    uw_exchange_reset(&exchange);
    CHECK(exchange.text.capacity == TEXT_KEPT);
    CHECK(uw_buf_reserve(&exchange.text, TEXT_KEPT + 1) != NULL);
    uw_exchange_reset(&exchange);
    CHECK(exchange.text.capacity == 0);
    CHECK(uw_buf_append(&exchange.text, "GET", 3) == 0);
    stop();
}


int
main(void)
{
    check_next();
    check_whole();
    check_without_body();
    check_finished_before();
    check_bodiless();
    check_pages();
    check_failure_of(false);
    check_failure_of(true);
    check_abandoned(false);
    check_abandoned(true);
    check_page_without_memory(false, 4);
    check_page_without_memory(true, 2);
    check_client_gone();
    check_room();
    check_parts();
    check_keeping();
    check_reset();

    return 0;
}
