/*
 * What the tests of http/exchange.c share: an exchange, and what its guest and its
 * transport do.
 */

#ifndef EXCHANGE_PART_H
#define EXCHANGE_PART_H

#include "http/exchange.h"

#include "fields_part.h"

#define WINDOW 8

#define PLAIN "content-type:text/plain; charset=utf-8\n"


/* Bodies and the text of the request are on it. */
static uw_account_t account = { .limit = 1u << 20 };


/* The exchange of a check, and a body for its response. */
static uw_exchange_t exchange;
static uw_outgoing_body_t *body;


static inline void
start_with(size_t window)
{
    body = uw_outgoing_body_new(window, &account);
    CHECK(body != NULL);
    memset(&exchange, 0, sizeof(exchange));
    exchange.text.account = &account;
    uw_exchange_reset(&exchange);
    CHECK(exchange.response == UW_RESPONSE_NONE);
    CHECK(!uw_exchange_has_news(&exchange));
}


static inline void
start(void)
{
    start_with(WINDOW);
}


static inline void
release_body(void)
{
    uw_outgoing_body_release(body);
    body = NULL;
}


/* It has let all bodies go. */
static inline void
stop(void)
{
    if (body != NULL) {
        release_body();
    }
    uw_exchange_free(&exchange);
    CHECK(uw_account_held(&account) == 0);
}


/* The headers are "a: 1" and, where that is not NULL, a Content-Length. */
static inline void
set(uint16_t status, const char *length, uw_outgoing_body_t *with)
{
    uw_fields_t headers = { .limit = 1024 };

    add(&headers, "a", "1");
    if (length != NULL) {
        add(&headers, "content-length", length);
    }
    uw_exchange_set(&exchange, status, &headers, with);
    uw_fields_free(&headers);
}


/* The guest's, which tells the exchange of it as wasi:http does. */
static inline void
write_body(const char *text)
{
    CHECK(uw_outgoing_body_write(body, (const uint8_t *) text, strlen(text))
          == UW_WRITE_OK);
    uw_exchange_body_changed(&exchange);
}


static inline void
finish(void)
{
    CHECK(uw_outgoing_body_finish(body));
    uw_exchange_body_changed(&exchange);
}


static inline bool
headers_are(const char *expected)
{
    return fields_are(&exchange.response_headers, expected);
}


/* The transport has been told. */
static inline void
tell(void)
{
    CHECK(uw_exchange_has_news(&exchange));
    exchange.announced = true;
    CHECK(!uw_exchange_has_news(&exchange));
}


static inline bool
takes(const char *text)
{
    uw_slice_t taken = uw_exchange_take_body(&exchange);

    return taken.size == 0 ? text[0] == '\0' : uw_slice_is(taken, text);
}


/* The whole answer, as the transport takes it. */
static inline void
check_answer(uint16_t status, const char *headers, const char *text)
{
    CHECK(exchange.status == status && headers_are(headers));
    CHECK(exchange.response == UW_RESPONSE_COMPLETE);
    CHECK(exchange.response_body->attached);
    CHECK(exchange.response_body->state == UW_OUTGOING_FINISHED);
    CHECK(exchange.response_body->references == 1);
    tell();
    CHECK(!uw_exchange_fail(&exchange, 500)); /* it is whole already */
    CHECK(exchange.status == status);
    CHECK(uw_exchange_take_head(&exchange) && takes(text));
    CHECK(uw_exchange_take_end(&exchange));
}

#endif /* EXCHANGE_PART_H */
