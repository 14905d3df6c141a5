/*
 * A worker without sockets: exchanges whose client is this file.  For
 * benchmarks and for tests of the data plane alone.
 */

#include "python/loopback.h"

#include <stdlib.h>
#include <string.h>

#include "http/request.h"
#include "worker/exchanges.h"
#include "worker/refuse.h"
#include "worker/worker.h"

typedef struct {
    uw_worker_t *worker;
    uw_slice_t method;
    uw_slice_t path;
    uw_slice_t body;
    uint64_t count;
    uint64_t parallel;
    uint64_t started;
    uint64_t ended;
    uint64_t *durations; /* of the exchanges that have ended */
    uw_loopback_result_t *result;
} uw_loopback_t;

/* One exchange in flight. */
typedef struct {
    uw_loopback_t *run;
    uint64_t began;
    size_t sent; /* of the request body */
} uw_loopback_client_t;


static void
uw_loopback_progress(uw_exchange_t *exchange)
{
    uw_loopback_client_t *client = exchange->transport_data;
    uw_loopback_result_t *result = client->run->result;
    uw_slice_t body;

    (void) uw_exchange_take_head(exchange);

    body = uw_exchange_take_body(exchange);
    result->body_bytes += body.size;
    if (uw_exchange_sent(exchange, body.size)) {
        uw_worker_wake(exchange);
    }

    if (uw_exchange_take_end(exchange)) {
        if (exchange->status == 200) {
            result->exchanges++;
        } else {
            result->failed++;
        }
    } else if (uw_exchange_take_cut(exchange)) {
        result->failed++;
    }
}


static void
uw_loopback_pull(uw_exchange_t *exchange)
{
    uw_loopback_client_t *client = exchange->transport_data;
    uw_incoming_body_t *body = &exchange->request_body;
    size_t left = client->run->body.size - client->sent;
    size_t room = uw_incoming_body_room(body);
    size_t size = left < room ? left : room;

    if (body->state != UW_INCOMING_OPEN) {
        return;
    }
    if (uw_buf_append(&body->bytes, client->run->body.data + client->sent, size)
        != 0)
    {
        body->state = UW_INCOMING_ABORTED;
        return;
    }

    client->sent += size;
    if (client->sent == client->run->body.size) {
        body->state = UW_INCOMING_ENDED;
    }
}


static void
uw_loopback_release(uw_exchange_t *exchange)
{
    uw_loopback_client_t *client = exchange->transport_data;
    uw_loopback_t *run = client->run;

    run->durations[run->ended++] = uw_now() - client->began;
    free(client);
}


static const uw_transport_t uw_loopback_transport = {
    .progress = uw_loopback_progress,
    .pull = uw_loopback_pull,
    .release = uw_loopback_release,
};


static int
uw_loopback_start(uw_loopback_t *run)
{
    uw_loopback_client_t *client = calloc(1, sizeof(*client));
    uw_exchange_t *exchange;

    if (client == NULL) {
        return -1;
    }
    client->run = run;
    client->began = uw_now();

    exchange = uw_worker_accept(run->worker, &uw_loopback_transport);
    if (exchange == NULL) {
        free(client);
        return -1;
    }
    exchange->transport_data = client;

    if (uw_exchange_request(exchange, run->method, uw_slice_of("http"),
                            uw_slice_of("localhost"), run->path)
        != 0)
    {
        uw_worker_refuse(exchange, 400, "not a request");
        return 0;
    }

    exchange->request_body.state =
        run->body.size == 0 ? UW_INCOMING_ENDED : UW_INCOMING_OPEN;
    uw_worker_submit(run->worker, exchange);

    return 0;
}


static bool
uw_loopback_may_start(const uw_loopback_t *run)
{
    return run->started < run->count
           && run->started - run->ended < run->parallel;
}


static int
uw_loopback_compare(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *) one;
    uint64_t b = *(const uint64_t *) other;

    return (a > b) - (a < b);
}


int
uw_loopback_run(uw_worker_t *worker, const char *method, const char *path,
                const uint8_t *body, size_t body_size, uint64_t count,
                uint32_t parallel, uw_loopback_result_t *result)
{
    uw_loopback_t run = {
        .worker = worker,
        .method = { (const uint8_t *) method, strlen(method) },
        .path = { (const uint8_t *) path, strlen(path) },
        .body = { body, body_size },
        .count = count,
        .parallel = parallel,
        .result = result,
    };
    uint64_t began = uw_now();

    memset(result, 0, sizeof(*result));
    if (count == 0) {
        return 0;
    }
    run.durations = calloc(count, sizeof(uint64_t));
    if (run.durations == NULL) {
        return -1;
    }

    while (run.ended < run.count) {
        while (uw_loopback_may_start(&run)) {
            if (uw_loopback_start(&run) != 0) {
                run.count = run.started;
                break;
            }
            run.started++;
        }
        if (!uw_worker_turn(worker) && !uw_loopback_may_start(&run)
            && run.ended < run.count)
        {
            uw_worker_idle(worker, UINT64_MAX);
        }
    }

    result->nanoseconds = uw_now() - began;
    qsort(run.durations, run.ended, sizeof(uint64_t), uw_loopback_compare);
    if (run.ended != 0) {
        result->median = run.durations[run.ended / 2];
        result->p99 = run.durations[run.ended - 1 - run.ended / 100];
    }
    free(run.durations);

    return run.started == 0 ? -1 : 0;
}
