/*
 * The table of outgoing requests: numbers, rings, and the bell that wakes the
 * client.
 */

#include "outgoing/table.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>


uw_outgoing_table_t *
uw_outgoing_table_new(uw_executor_t *executor, size_t window, size_t limit)
{
    uw_outgoing_table_t *table = calloc(1, sizeof(*table));
    int status;

    if (table == NULL) {
        return NULL;
    }
    table->executor = executor;
    table->window = window;
    table->limit = limit;
    atomic_init(&table->news, false);
    uw_link_init(&table->orders);
    uw_link_init(&table->woken);

    table->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (table->event_fd < 0) {
        goto no_event;
    }

    status = pthread_mutex_init(&table->mutex, NULL);
    if (status != 0) {
        errno = status;
        goto no_mutex;
    }

    return table;

no_mutex:

    status = errno;
    (void) close(table->event_fd);
    errno = status;

no_event:

    free(table);

    return NULL;
}


void
uw_outgoing_table_delete(uw_outgoing_table_t *table)
{
    if (table == NULL) {
        return;
    }

    /* What is left are those whose last order was not fetched. */
    while (!uw_link_alone(&table->orders)) {
        uw_outgoing_t *left = uw_link_owner(table->orders.after, orders);

        /* NOLINTNEXTLINE(*Malloc): the one before is out of the list by now. */
        uw_link_remove(&left->orders);
        uw_outgoing_free(left);
    }

    uw_buf_free(&table->order_head);
    uw_buf_free(&table->order_body);
    uw_buf_free(&table->order_trailers);
    free(table->places);
    (void) pthread_mutex_destroy(&table->mutex);
    (void) close(table->event_fd);
    free(table);
}


bool
uw_outgoing_deliver(uw_outgoing_table_t *table,
                    void (*wake)(void *data, uint64_t ticket), void *data)
{
    if (!atomic_exchange(&table->news, false)) {
        return false;
    }

    uw_outgoing_lock(table);
    while (!uw_link_alone(&table->woken)) {
        uw_outgoing_t *outgoing = uw_link_owner(table->woken.after, woken);

        uw_link_remove(&outgoing->woken);
        wake(data, outgoing->ticket);
    }
    uw_outgoing_unlock(table);

    return true;
}


/* ---- With the mutex held ---- */

static int
uw_places_grow(uw_outgoing_table_t *table)
{
    uint32_t capacity =
        table->place_capacity == 0 ? 16 : table->place_capacity * 2;
    uw_outgoing_place_t *places =
        realloc(table->places, capacity * sizeof(*places));

    if (places == NULL) {
        return -1;
    }
    table->places = places;
    table->place_capacity = capacity;

    return 0;
}


int
uw_outgoing_enlist(uw_outgoing_table_t *table, uw_outgoing_t *outgoing)
{
    uw_outgoing_place_t *place;
    uint32_t index;

    if (table->free_place != 0) {
        index = table->free_place - 1;
        place = &table->places[index];
        table->free_place = place->next_free;

    } else {
        if (table->place_count == table->place_capacity
            && uw_places_grow(table) != 0)
        {
            return -1;
        }
        index = table->place_count++;
        place = &table->places[index];
        *place = (uw_outgoing_place_t) { .generation = 0 };
    }

    place->outgoing = outgoing;
    outgoing->id = (uint64_t) place->generation << 32 | (index + 1);

    return 0;
}


void
uw_outgoing_strike(uw_outgoing_table_t *table, const uw_outgoing_t *outgoing)
{
    uint32_t number = (uint32_t) outgoing->id;
    uw_outgoing_place_t *place = &table->places[number - 1];

    place->outgoing = NULL;
    place->generation++;
    place->next_free = table->free_place;
    table->free_place = number;
}


static void
uw_ring_bell(const uw_outgoing_table_t *table)
{
    uint64_t one = 1;

    /* Fails only when the counter is full: then it is readable anyway. */
    if (write(table->event_fd, &one, sizeof(one)) != sizeof(one)) {
        return;
    }
}


void
uw_outgoing_order(uw_outgoing_t *outgoing, int what)
{
    uw_outgoing_table_t *table = outgoing->table;

    if (outgoing->done) {
        return;
    }

    outgoing->pending |= what;
    if (!uw_link_alone(&outgoing->orders)) {
        return;
    }
    if (uw_link_alone(&table->orders)) {
        uw_ring_bell(table);
    }
    uw_link_append(&table->orders, &outgoing->orders);
}


void
uw_outgoing_broken(uw_outgoing_t *outgoing, const uw_failure_t *failure)
{
    if (outgoing->peer == UW_PEER_SILENT || outgoing->peer == UW_PEER_ANSWERED)
    {
        outgoing->peer = UW_PEER_FAILED;
        outgoing->failure = *failure;
    }
}


static void
uw_outgoing_discharge(uw_outgoing_t *outgoing)
{
    uw_account_give(outgoing->account,
                    sizeof(*outgoing) + outgoing->lent + outgoing->lent_body);
    outgoing->account = NULL;
    outgoing->lent = 0;
    outgoing->lent_body = 0;
}


void
uw_outgoing_disown(uw_outgoing_t *outgoing)
{
    uw_incoming_body_free(&outgoing->response_body);
    uw_buf_free(&outgoing->bytes);
    uw_shared_fields_release(outgoing->headers);
    outgoing->headers = NULL;
    uw_shared_fields_release(outgoing->response_trailers);
    outgoing->response_trailers = NULL;

    /* Also those that are empty now: the account may be gone before they are. */
    uw_buf_charge(&outgoing->response_body.bytes, NULL);
    uw_buf_charge(&outgoing->bytes, NULL);
    uw_buf_charge(&outgoing->head, NULL);
    uw_buf_charge(&outgoing->body, NULL);
    uw_buf_charge(&outgoing->trailers, NULL);
    uw_outgoing_discharge(outgoing);
}


void
uw_outgoing_free(uw_outgoing_t *outgoing)
{
    uw_outgoing_discharge(outgoing);
    uw_incoming_body_free(&outgoing->response_body);
    uw_buf_free(&outgoing->head);
    uw_buf_free(&outgoing->body);
    uw_buf_free(&outgoing->trailers);
    uw_shared_fields_release(outgoing->headers);
    uw_buf_free(&outgoing->bytes);
    uw_shared_fields_release(outgoing->response_trailers);
    free(outgoing);
}
