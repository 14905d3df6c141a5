#include "base/mailbox.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>


/* ---- Its life ---- */

int
uw_mailbox_open(uw_mailbox_t *box, uw_executor_t *executor)
{
    int status;

    *box = (uw_mailbox_t) { .executor = executor };
    atomic_init(&box->news, false);
    uw_link_init(&box->orders);
    uw_link_init(&box->woken);

    box->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (box->event_fd < 0) {
        return -1;
    }

    status = pthread_mutex_init(&box->mutex, NULL);
    if (status != 0) {
        (void) close(box->event_fd);
        errno = status;
        return -1;
    }

    return 0;
}


void
uw_mailbox_close(uw_mailbox_t *box)
{
    free(box->places);
    (void) pthread_mutex_destroy(&box->mutex);
    (void) close(box->event_fd);
}


/* ---- Numbers ---- */

static int
uw_mailbox_grow(uw_mailbox_t *box)
{
    uint32_t capacity = box->place_capacity == 0 ? 16 : box->place_capacity * 2;
    uw_mailbox_place_t *places =
        realloc(box->places, capacity * sizeof(*places));

    if (places == NULL) {
        return -1;
    }
    box->places = places;
    box->place_capacity = capacity;

    return 0;
}


int
uw_mailbox_add(uw_mailbox_t *box, uw_letter_t *letter)
{
    uw_mailbox_place_t *place;
    uint32_t index;

    if (box->free_place != 0) {
        index = box->free_place - 1;
        place = &box->places[index];
        box->free_place = place->next_free;

    } else {
        if (box->place_count == box->place_capacity
            && uw_mailbox_grow(box) != 0)
        {
            return -1;
        }
        index = box->place_count++;
        place = &box->places[index];
        *place = (uw_mailbox_place_t) { .generation = 0 };
    }

    place->letter = letter;
    letter->id = (uint64_t) place->generation << 32 | (index + 1);

    return 0;
}


void
uw_mailbox_remove(uw_mailbox_t *box, const uw_letter_t *letter)
{
    uint32_t number = (uint32_t) letter->id;
    uw_mailbox_place_t *place = &box->places[number - 1];

    place->letter = NULL;
    place->generation++;
    place->next_free = box->free_place;
    box->free_place = number;
}


uw_letter_t *
uw_mailbox_find(const uw_mailbox_t *box, uint64_t id)
{
    uint64_t index = (id & UINT32_MAX) - 1;

    if (index >= box->place_count || box->places[index].generation != id >> 32)
    {
        return NULL;
    }

    return box->places[index].letter;
}


/* ---- To the other side ---- */

static void
uw_mailbox_ring(const uw_mailbox_t *box)
{
    uint64_t one = 1;

    /* Fails only when the counter is full: then it is readable anyway. */
    if (write(box->event_fd, &one, sizeof(one)) != sizeof(one)) {
        return;
    }
}


void
uw_mailbox_order(uw_mailbox_t *box, uw_letter_t *letter)
{
    if (!uw_link_alone(&letter->orders)) {
        return;
    }
    if (uw_link_alone(&box->orders)) {
        uw_mailbox_ring(box);
    }
    uw_link_append(&box->orders, &letter->orders);
}


uw_letter_t *
uw_mailbox_fetch(uw_mailbox_t *box)
{
    uw_letter_t *letter = NULL;
    uint64_t count;

    if (!uw_link_alone(&box->orders)) {
        letter = uw_link_owner(box->orders.after, uw_letter_t, orders);
        uw_link_remove(&letter->orders);

    } else if (read(box->event_fd, &count, sizeof(count)) < 0) {
        /* It was not readable: there is nothing to clear. */
        count = 0;
    }

    return letter;
}


/* ---- To the worker ---- */

void
uw_mailbox_wake(uw_mailbox_t *box, uw_letter_t *letter)
{
    bool first = uw_link_alone(&box->woken);

    if (!uw_link_alone(&letter->woken)) {
        return;
    }
    uw_link_append(&box->woken, &letter->woken);
    atomic_store(&box->news, true);

    /* The worker looks at the ring after it has noticed the last call. */
    if (first) {
        uw_executor_notify(box->executor);
    }
}


bool
uw_mailbox_deliver(uw_mailbox_t *box, void (*wake)(void *data, uint64_t ticket),
                   void *data)
{
    uw_letter_t *letter;

    if (!atomic_exchange(&box->news, false)) {
        return false;
    }

    uw_mailbox_lock(box);
    while (!uw_link_alone(&box->woken)) {
        letter = uw_link_owner(box->woken.after, uw_letter_t, woken);
        uw_link_remove(&letter->woken);
        wake(data, letter->ticket);
    }
    uw_mailbox_unlock(box);

    return true;
}
