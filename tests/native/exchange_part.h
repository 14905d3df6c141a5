/*
 * What the tests of http/exchange.c share: an exchange, and what its guest and its
 * transport do.
 */

#ifndef EXCHANGE_PART_H
#define EXCHANGE_PART_H

#include "http/exchange.h"

#include "part.h"

#define WINDOW 8

#define PLAIN "content-type:text/plain; charset=utf-8\n"


/* Bodies and the text of the request are on it. */
static uw_account_t account = { .limit = 1u << 20 };


static inline void
start(uw_exchange_t *exchange)
{
    memset(exchange, 0, sizeof(*exchange));
    exchange->text.account = &account;
    uw_exchange_reset(exchange);
    CHECK(exchange->response == UW_RESPONSE_NONE);
    CHECK(!uw_exchange_has_news(exchange));
}


static inline uw_outgoing_body_t *
new_body(void)
{
    uw_outgoing_body_t *body = uw_outgoing_body_new(WINDOW, &account);

    CHECK(body != NULL);

    return body;
}


static inline void
add(uw_fields_t *fields, const char *name, const char *value)
{
    CHECK(uw_fields_append(fields, uw_slice_of(name), uw_slice_of(value))
          == UW_FIELD_OK);
}


/* It has let all bodies go. */
static inline void
stop(uw_exchange_t *exchange)
{
    uw_exchange_free(exchange);
    CHECK(uw_account_held(&account) == 0);
}


/* The headers are "a: 1" and, where that is not NULL, a Content-Length. */
static inline void
set(uw_exchange_t *exchange, uint16_t status, const char *length,
    uw_outgoing_body_t *body)
{
    uw_fields_t headers = { .limit = 1024 };

    add(&headers, "a", "1");
    if (length != NULL) {
        add(&headers, "content-length", length);
    }
    uw_exchange_set(exchange, status, &headers, body);
    uw_fields_free(&headers);
}


/* The guest's, which tells the exchange of it as wasi:http does. */
static inline void
write_body(uw_exchange_t *exchange, uw_outgoing_body_t *body, const char *text)
{
    CHECK(uw_outgoing_body_write(body, (const uint8_t *) text, strlen(text))
          == UW_WRITE_OK);
    uw_exchange_body_changed(exchange);
}


static inline void
finish(uw_exchange_t *exchange, uw_outgoing_body_t *body)
{
    CHECK(uw_outgoing_body_finish(body));
    uw_exchange_body_changed(exchange);
}


static inline bool
headers_are(const uw_exchange_t *exchange, const char *expected)
{
    const uw_fields_t *headers = &exchange->response_headers;
    char text[256];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < headers->count; i++) {
        used +=
            (size_t) snprintf(text + used, sizeof(text) - used, "%.*s:%.*s\n",
                              (int) headers->items[i].name_size,
                              (const char *) uw_field_name(headers, i).data,
                              (int) headers->items[i].value_size,
                              (const char *) uw_field_value(headers, i).data);
    }

    return strcmp(text, expected) == 0;
}


/* The transport has been told. */
static inline void
tell(uw_exchange_t *exchange)
{
    CHECK(uw_exchange_has_news(exchange));
    exchange->announced = true;
    CHECK(!uw_exchange_has_news(exchange));
}


static inline bool
takes(uw_exchange_t *exchange, const char *text)
{
    uw_slice_t taken = uw_exchange_take_body(exchange);

    return taken.size == 0 ? text[0] == '\0' : uw_slice_is(taken, text);
}

#endif /* EXCHANGE_PART_H */
