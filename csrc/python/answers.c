#include "python/answers.h"

#include <string.h>

#include "http/head.h"
#include "python/front.h"
#include "python/news.h"

/* A larger body is not copied once more. */
#define UW_ANSWER_BODY (8 * 1024)

/* Answers of one turn; what is beyond becomes news. */
#define UW_ANSWERS_TEXT (64 * 1024)

#define UW_LENGTH_NAME UW_HEAD_LENGTH_NAME ": "

/* The line with the length of a body, and the empty one. */
#define UW_LENGTH_LINE (sizeof(UW_LENGTH_NAME) - 1 + UW_HEAD_LENGTH_SIZE + 4)


/* The bit of uw_news_t.present for a name, which is in lower case; 0: none. */
static int
uw_asgi_present(uw_slice_t name)
{
    if (uw_slice_is(name, UW_HEAD_LENGTH_NAME)) {
        return UW_PRESENT_LENGTH;
    }
    if (uw_slice_is(name, "date")) {
        return UW_PRESENT_DATE;
    }

    return uw_slice_is(name, "server") ? UW_PRESENT_SERVER : 0;
}


static uint8_t *
uw_asgi_put(uint8_t *to, const void *bytes, size_t size)
{
    if (size != 0) {
        memcpy(to, bytes, size);
    }

    return to + size;
}


static size_t
uw_asgi_headers_size(const uw_fields_t *headers)
{
    size_t size = headers->count * 4;

    for (size_t i = 0; i < headers->count; i++) {
        size += headers->items[i].name_size + headers->items[i].value_size;
    }

    return size;
}


static int
uw_asgi_put_headers(uint8_t *to, const uw_fields_t *headers)
{
    int present = 0;

    for (size_t i = 0; i < headers->count; i++) {
        uw_slice_t name = uw_field_name(headers, i);
        uw_slice_t value = uw_field_value(headers, i);

        present |= uw_asgi_present(name);
        to = uw_asgi_put(to, name.data, name.size);
        to = uw_asgi_put(to, ": ", 2);
        to = uw_asgi_put(to, value.data, value.size);
        to = uw_asgi_put(to, "\r\n", 2);
    }

    return present;
}


int
uw_asgi_headers(uw_buf_t *lines, const uw_fields_t *headers)
{
    size_t size = uw_asgi_headers_size(headers);
    uint8_t *to;

    uw_buf_reset(lines, UW_ANSWERS_TEXT);
    to = uw_buf_reserve(lines, size);
    if (to == NULL) {
        return -1;
    }
    uw_buf_grew(lines, size);

    return uw_asgi_put_headers(to, headers);
}


/* Whether it is all there, and small. */
static bool
uw_asgi_is_whole(const uw_exchange_t *exchange)
{
    const uw_outgoing_body_t *body = exchange->response_body;

    return exchange->response == UW_RESPONSE_COMPLETE && !exchange->head_taken
           && !uw_front_place(exchange)->queued
           && (body == NULL || uw_buf_size(&body->bytes) <= UW_ANSWER_BODY);
}


/* Room for `size` bytes of text, after what was not fetched yet; NULL: none. */
static uint8_t *
uw_asgi_room(uw_front_t *front, size_t size)
{
    if (front->fetched) {
        front->fetched = false;
        uw_buf_reset(&front->answers, UW_ANSWERS_TEXT);
        uw_buf_reset(&front->text, UW_ANSWERS_TEXT);
    }
    if (uw_buf_size(&front->text) + size > UW_ANSWERS_TEXT) {
        return NULL;
    }

    return uw_buf_reserve(&front->text, size);
}


/* Writes what follows the headers: a length, an empty line, the body. */
static uint8_t *
uw_asgi_put_rest(uint8_t *to, uw_slice_t body, bool with_length)
{
    if (with_length) {
        to = uw_asgi_put(to, UW_LENGTH_NAME, sizeof(UW_LENGTH_NAME) - 1);
        to += uw_head_put_number(to, body.size);
        to = uw_asgi_put(to, "\r\n", 2);
    }
    to = uw_asgi_put(to, "\r\n", 2);

    return uw_asgi_put(to, body.data, body.size);
}


bool
uw_asgi_answer(uw_exchange_t *exchange)
{
    uw_front_t *front = uw_front_of(uw_worker_of(exchange));
    uw_whole_answer_t answer = { .id = uw_worker_ticket(exchange) };
    size_t headers_size = uw_asgi_headers_size(&exchange->response_headers);
    bool adds_length;
    uint8_t *text;
    uint8_t *end;
    uw_slice_t body;
    uw_whole_answer_t *entry;

    if (!uw_asgi_is_whole(exchange)) {
        return false;
    }
    text = uw_asgi_room(front, headers_size + UW_LENGTH_LINE + UW_ANSWER_BODY);
    entry =
        (uw_whole_answer_t *) uw_buf_reserve(&front->answers, sizeof(*entry));
    if (text == NULL || entry == NULL || !uw_exchange_take_head(exchange)) {
        return false;
    }

    body = uw_exchange_take_body(exchange);
    answer.present =
        (uint8_t) uw_asgi_put_headers(text, &exchange->response_headers);
    adds_length = uw_head_adds_length(
        exchange, (answer.present & UW_PRESENT_LENGTH) != 0);
    end = uw_asgi_put_rest(text + headers_size, body, adds_length);
    answer.size = (uint32_t) (end - text);
    answer.headers_size = (uint32_t) headers_size;
    answer.body_size = (uint32_t) body.size;
    answer.status = exchange->status;
    answer.what = (uint8_t) (UW_NEWS_HEAD | UW_NEWS_END
                             | (body.size == 0 ? 0 : UW_NEWS_BODY)
                             | (adds_length ? UW_NEWS_WHOLE : 0));
    *entry = answer;
    uw_buf_grew(&front->text, answer.size);
    uw_buf_grew(&front->answers, sizeof(answer));

    /* All was taken, so this is its end. */
    return uw_exchange_take_end(exchange);
}
