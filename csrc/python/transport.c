/*
 * The embedded server's side of an exchange: requests come from Python, what
 * happens is collected as news that Python fetches after each turn.
 */

#include "python/transport.h"

#include <stdlib.h>
#include <string.h>

#include "http/head.h"
#include "http/request.h"
#include "http/request_id.h"
#include "python/answers.h"
#include "python/front.h"
#include "python/reading.h"
#include "worker/refuse.h"
#include "worker/worker.h"


/* ---- Response out: news ---- */

static void
uw_asgi_enqueue(uw_exchange_t *exchange)
{
    uw_front_t *front = uw_front_of(uw_worker_of(exchange));
    uw_front_place_t *place = uw_front_place(exchange);

    if (place->queued) {
        return;
    }

    place->queued = true;
    place->next = NULL;
    if (front->first == NULL) {
        front->first = exchange;
    } else {
        uw_front_place(front->last)->next = exchange;
    }
    front->last = exchange;
}


static void
uw_asgi_pull(uw_exchange_t *exchange)
{
    if (uw_source_read(exchange)) {
        return;
    }
    uw_front_place(exchange)->pull_wanted = true;
    uw_asgi_enqueue(exchange);
}


/* Whoever still sends request bytes learns that nobody reads them. */
static void
uw_asgi_over(uw_front_t *front, const uw_exchange_t *exchange)
{
    uint64_t ticket = uw_worker_ticket(exchange);
    uint8_t *place;

    front->bodies--;
    if (exchange->request_body.state != UW_INCOMING_OPEN) {
        return;
    }

    /* There is room since its start. */
    place = uw_buf_reserve(&front->over, sizeof(ticket));
    if (place != NULL) {
        memcpy(place, &ticket, sizeof(ticket));
        uw_buf_grew(&front->over, sizeof(ticket));
    }
}


static void
uw_asgi_release(uw_exchange_t *exchange)
{
    uw_front_t *front = uw_front_of(uw_worker_of(exchange));
    uw_exchange_t *before = NULL;

    uw_direct_close(&uw_front_place(exchange)->direct);
    if (uw_front_place(exchange)->has_body) {
        uw_asgi_over(front, exchange);
    }
    if (front->delivered == exchange) {
        front->delivered = NULL;
    }
    if (!uw_front_place(exchange)->queued) {
        return;
    }

    for (uw_exchange_t *at = front->first; at != exchange;
         at = uw_front_place(at)->next)
    {
        before = at;
    }
    if (before == NULL) {
        front->first = uw_front_place(exchange)->next;
    } else {
        uw_front_place(before)->next = uw_front_place(exchange)->next;
    }
    if (front->last == exchange) {
        front->last = before;
    }
}


static void
uw_asgi_progress(uw_exchange_t *exchange)
{
    bool together = uw_worker_settings(uw_worker_of(exchange))->batch;

    uw_direct_release(&uw_front_place(exchange)->direct);
    if (exchange->response == UW_RESPONSE_SENT && exchange->head_taken
        && uw_exchange_body_size(exchange) == 0)
    {
        return; /* all has been sent */
    }
    if (!together || !uw_asgi_answer(exchange)) {
        uw_asgi_enqueue(exchange);
    }
}


static const uw_transport_t uw_asgi_transport = {
    .progress = uw_asgi_progress,
    .pull = uw_asgi_pull,
    .release = uw_asgi_release,
    .data_size = sizeof(uw_front_place_t),
};


static void
uw_asgi_take_head(uw_exchange_t *exchange, uw_buf_t *lines, uw_news_t *item)
{
    if (!uw_exchange_take_head(exchange)) {
        return;
    }

    item->present = uw_asgi_headers(lines, &exchange->response_headers);
    if (item->present < 0) {
        (void) uw_exchange_fail(exchange, 500);
        uw_buf_reset(lines, 0);
        item->present = 0;
    }
    item->what |= UW_NEWS_HEAD;
    if (uw_head_adds_length(exchange, (item->present & UW_PRESENT_LENGTH) != 0))
    {
        item->what |= UW_NEWS_WHOLE;
    }
    item->status = exchange->status;
    item->headers_size = uw_buf_size(lines);
    item->headers =
        item->headers_size == 0 ? "" : (const char *) uw_buf_head(lines);
}


/* The next bytes for the client. */
static void
uw_asgi_take_body(uw_exchange_t *exchange, uw_news_t *item)
{
    uw_direct_t *direct = &uw_front_place(exchange)->direct;
    size_t rest = direct->rest;
    uw_slice_t body =
        uw_exchange_take_part(exchange, rest != 0 ? rest : SIZE_MAX);

    direct->rest = 0;
    if (body.size == 0) {
        return;
    }

    uw_direct_close(direct);
    item->what |= rest != 0 ? UW_NEWS_BODY | UW_NEWS_REST : UW_NEWS_BODY;
    item->body = (const char *) body.data;
    item->body_size = body.size;
    if (uw_exchange_body_size(exchange) != 0) {
        uw_asgi_enqueue(exchange);
    }
}


static bool
uw_asgi_next_over(uw_front_t *front, uw_news_t *item)
{
    uint64_t ticket;

    if (uw_buf_size(&front->over) == 0) {
        return false;
    }

    memcpy(&ticket, uw_buf_head(&front->over), sizeof(ticket));
    uw_buf_consume(&front->over, sizeof(ticket));
    *item = (uw_news_t) { .id = ticket, .what = UW_NEWS_OVER };

    return true;
}


bool
uw_asgi_next(uw_worker_t *worker, uw_news_t *item)
{
    uw_front_t *front = uw_front_of(worker);
    uw_front_place_t *place;
    uw_exchange_t *exchange;

    if (front == NULL) {
        return false;
    }
    if (front->delivered != NULL) {
        uw_worker_settle(front->delivered);
        front->delivered = NULL;
    }
    exchange = front->first;
    if (exchange == NULL) {
        return uw_asgi_next_over(front, item);
    }

    place = uw_front_place(exchange);
    front->first = place->next;
    place->queued = false;
    front->delivered = exchange;

    *item = (uw_news_t) { .id = uw_worker_ticket(exchange) };
    uw_asgi_take_head(exchange, &front->headers, item);
    uw_asgi_take_body(exchange, item);
    if (uw_exchange_take_end(exchange)) {
        item->what |= UW_NEWS_END;
    }
    if (uw_exchange_take_cut(exchange)) {
        item->what |= UW_NEWS_CUT;
    }
    if (place->pull_wanted) {
        place->pull_wanted = false;
        item->what |= UW_NEWS_PULL;
    }

    return true;
}


void *
uw_asgi_keep(uw_worker_t *worker, const uw_news_t *news)
{
    const uw_front_t *front = uw_front_of(worker);
    uw_slice_t taken = { (const uint8_t *) news->body, news->body_size };

    if (front == NULL || front->delivered == NULL
        || (news->what & UW_NEWS_BODY) == 0)
    {
        return NULL;
    }

    return uw_exchange_keep_body(front->delivered, taken);
}


void
uw_asgi_free_body(void *body)
{
    free(body);
}


void
uw_asgi_answers(uw_worker_t *worker, uw_whole_answers_t *answers)
{
    uw_front_t *front = uw_front_of(worker);

    *answers = (uw_whole_answers_t) {
        .answers = "",
        .text = "",
        .news = front != NULL
                && (front->first != NULL || uw_buf_size(&front->over) != 0)
    };
    if (front == NULL || front->fetched || uw_buf_size(&front->answers) == 0) {
        return;
    }

    front->fetched = true;
    answers->answers = (const char *) uw_buf_head(&front->answers);
    answers->answers_size = uw_buf_size(&front->answers);
    answers->text = (const char *) uw_buf_head(&front->text);
    answers->text_size = uw_buf_size(&front->text);
}


static void
uw_front_delete(void *data)
{
    uw_front_t *front = data;

    uw_buf_free(&front->headers);
    uw_buf_free(&front->answers);
    uw_buf_free(&front->text);
    uw_buf_free(&front->over);
    uw_buf_free(&front->sources);
    free(front);
}


/* -1: out of memory. */
static int
uw_front_make(uw_worker_t *worker)
{
    uw_front_t *front;

    if (uw_front_of(worker) != NULL) {
        return 0;
    }
    front = calloc(1, sizeof(*front));
    if (front == NULL) {
        return -1;
    }
    uw_worker_attach(worker, front, uw_front_delete);

    return 0;
}


/* ---- Request in ---- */

/* The next line; false after the last. */
static bool
uw_asgi_line(uw_slice_t *left, uw_slice_t *line)
{
    const uint8_t *end;

    *line = *left;
    if (left->data == NULL) {
        return false;
    }

    end = memchr(left->data, '\n', left->size);
    if (end == NULL) {
        *left = (uw_slice_t) { NULL, 0 };
    } else {
        line->size = (size_t) (end - line->data);
        left->data += line->size + 1;
        left->size -= line->size + 1;
    }

    return true;
}


/* Returns a status as uw_exchange_request_header() does. */
static int
uw_asgi_request(uw_exchange_t *exchange, uw_slice_t head,
                const uw_settings_t *settings)
{
    uw_slice_t parts[5]; /* method, scheme, authority, path, client */
    uw_slice_t name;
    uw_slice_t value;
    int status;

    for (size_t i = 0; i < 5; i++) {
        (void) uw_asgi_line(&head, &parts[i]);
    }

    status =
        uw_exchange_request(exchange, parts[0], parts[1], parts[2], parts[3]);
    while (status == 0 && uw_asgi_line(&head, &name)) {
        (void) uw_asgi_line(&head, &value);
        status = uw_exchange_request_header(exchange, name, value, settings);
    }

    if (status == 0) {
        status = uw_exchange_client_address(exchange, parts[4], settings);
    }

    return status != 0 ? status : uw_request_id_tell(exchange, settings);
}


/* Room for the tickets of all that have a body, and of one more. */
static int
uw_asgi_expect_over(uw_front_t *front)
{
    size_t size = (front->bodies + 1) * sizeof(uint64_t);

    return uw_buf_reserve(&front->over, size) == NULL ? -1 : 0;
}


/* A new exchange with that head; NULL: memory is out (*ticket is 0), or it was
 * refused. */
static uw_exchange_t *
uw_asgi_accept(uw_worker_t *worker, uw_slice_t head, uint64_t *ticket)
{
    uw_exchange_t *exchange = uw_worker_accept(worker, &uw_asgi_transport);
    int status;

    *ticket = 0;
    if (exchange == NULL) {
        return NULL;
    }
    *ticket = uw_worker_ticket(exchange);

    status = uw_asgi_request(exchange, head, uw_worker_settings(worker));
    if (status != 0) {
        uw_worker_refuse(exchange, (uint16_t) status,
                         "the request cannot be taken");
        return NULL;
    }

    return exchange;
}


uint64_t
uw_asgi_start(uw_worker_t *worker, const char *head, size_t size, bool has_body)
{
    uw_exchange_t *exchange;
    uint64_t ticket;

    if (uw_front_make(worker) != 0
        || (has_body && uw_asgi_expect_over(uw_front_of(worker)) != 0))
    {
        return 0;
    }
    exchange = uw_asgi_accept(
        worker, (uw_slice_t) { (const uint8_t *) head, size }, &ticket);
    if (exchange == NULL) {
        return ticket;
    }

    if (has_body) {
        exchange->request_body.state = UW_INCOMING_OPEN;
        uw_front_place(exchange)->has_body = true;
        uw_front_of(worker)->bodies++;
    } else {
        exchange->request_body.state = UW_INCOMING_ENDED;
    }
    uw_worker_submit(worker, exchange);

    return ticket;
}


uint64_t
uw_asgi_call(uw_worker_t *worker, const char *head, size_t size,
             uint32_t number, const uint8_t *packed, size_t packed_size)
{
    uw_exchange_t *exchange;
    uint64_t ticket;

    if (uw_front_make(worker) != 0) {
        return 0;
    }
    exchange = uw_asgi_accept(
        worker, (uw_slice_t) { (const uint8_t *) head, size }, &ticket);
    if (exchange == NULL) {
        return ticket;
    }

    exchange->request_body.state = UW_INCOMING_ENDED;
    if (uw_worker_call(exchange, NULL, number,
                       (uw_slice_t) { packed, packed_size })
        != 0)
    {
        uw_worker_refuse(exchange, 500, "the function cannot be called");
        return ticket;
    }
    uw_worker_submit(worker, exchange);

    return ticket;
}


size_t
uw_asgi_request_id(const uw_worker_t *worker, char *text)
{
    return uw_request_id(uw_worker_last(worker), text);
}


void
uw_asgi_sent(uw_worker_t *worker, uint64_t id, size_t size, int descriptor,
             bool chunked)
{
    uw_exchange_t *exchange = uw_worker_find(worker, id);

    if (exchange == NULL) {
        return;
    }
    if (uw_exchange_sent(exchange, size)) {
        uw_worker_wake(exchange);
    }
    if (descriptor >= 0 && uw_worker_settings(worker)->direct) {
        uw_direct_open(&uw_front_place(exchange)->direct, exchange, descriptor,
                       chunked);
    }
}


uint64_t
uw_asgi_sent_directly(uw_worker_t *worker, uint64_t id)
{
    uw_exchange_t *exchange = uw_worker_find(worker, id);

    return exchange == NULL
               ? 0
               : uw_direct_count(&uw_front_place(exchange)->direct);
}


void
uw_asgi_gone(uw_worker_t *worker, uint64_t id)
{
    uw_exchange_t *exchange = uw_worker_find(worker, id);

    if (exchange != NULL) {
        uw_direct_close(&uw_front_place(exchange)->direct);
        uw_worker_cancel(worker, exchange);
    }
}
