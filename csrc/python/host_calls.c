#include "python/host_calls.h"

#include <string.h>

#include "guest/hostcall_table.h"
#include "worker/worker.h"

/* What the buffers of the last order keep. */
#define UW_ORDER_KEEP (64 * 1024)


uw_hostcalls_t *
uw_hostcalls_of(const uw_worker_t *worker)
{
    return uw_worker_hostcalls(worker);
}


int
uw_host_fd(const uw_hostcalls_t *table)
{
    return table == NULL ? -1 : table->box.event_fd;
}


static void
uw_host_take(uw_hostcalls_t *table, uw_context_t *context,
             uw_host_order_t *order)
{
    *order = (uw_host_order_t) { .id = context->letter.id,
                                 .what = context->pending,
                                 .function = context->function,
                                 .serial = context->serial,
                                 .request = table->order_request };
    context->pending = 0;
    context->known = true;
    memcpy(table->order_request, context->request, sizeof(context->request));
    order->request_size = strlen(table->order_request);

    if ((order->what & UW_HOST_CALL) != 0) {
        context->lent +=
            uw_buf_lend(&context->arguments, &table->order_arguments);
        order->arguments = uw_buf_head(&table->order_arguments);
        order->arguments_size = uw_buf_size(&table->order_arguments);
    }
    if ((order->what & UW_HOST_DROP) != 0) {
        context->lent += uw_buf_lend(&context->drops, &table->order_drops);
        order->drops = uw_buf_head(&table->order_drops);
        order->drops_size = uw_buf_size(&table->order_drops);
    }
}


bool
uw_host_next(uw_hostcalls_t *table, uw_host_order_t *order)
{
    uw_context_t *context = NULL;
    uw_letter_t *letter;
    bool last = false;

    if (table == NULL) {
        return false;
    }
    uw_buf_reset(&table->order_arguments, UW_ORDER_KEEP);
    uw_buf_reset(&table->order_drops, UW_ORDER_KEEP);

    uw_mailbox_lock(&table->box);
    letter = uw_mailbox_fetch(&table->box);
    if (letter != NULL) {
        context = uw_context_of(letter);
        uw_host_take(table, context, order);
        last = context->orphan;
    }
    uw_mailbox_unlock(&table->box);

    if (last) {
        uw_context_free(context);
    }

    return context != NULL;
}


/* Takes the mutex of the table, if that call is on its way. */
static bool
uw_host_enter(uw_hostcalls_t *table, uint64_t id, uint64_t serial,
              uw_context_t **context)
{
    uw_letter_t *letter;

    if (table == NULL) {
        return false;
    }

    uw_mailbox_lock(&table->box);
    letter = uw_mailbox_find(&table->box, id);
    if (letter != NULL) {
        *context = uw_context_of(letter);
        if ((*context)->serial == serial && (*context)->state == UW_CALL_ASKED)
        {
            return true;
        }
    }
    uw_mailbox_unlock(&table->box);

    return false;
}


/* Gives back what was lent for the call, and wakes its guest. */
static void
uw_host_leave(uw_hostcalls_t *table, uw_context_t *context)
{
    uw_account_give(context->account, context->lent);
    context->lent = 0;
    uw_mailbox_wake(&table->box, &context->letter);
    uw_mailbox_unlock(&table->box);
}


bool
uw_host_answer(uw_hostcalls_t *table, uint64_t id, uint64_t serial,
               const uint8_t *result, size_t size)
{
    static const char out_of_memory[] = "memory is out";
    uw_context_t *context;

    if (!uw_host_enter(table, id, serial, &context)) {
        return false;
    }
    uw_buf_reset(&context->result, UW_CONTEXT_KEEP);
    if (uw_buf_append(&context->result, result, size) == 0) {
        context->state = UW_CALL_ANSWERED;
    } else {
        uw_context_fail(context, out_of_memory, sizeof(out_of_memory) - 1);
    }
    uw_host_leave(table, context);

    return true;
}


bool
uw_host_fail(uw_hostcalls_t *table, uint64_t id, uint64_t serial,
             const char *text, size_t size)
{
    uw_context_t *context;

    if (!uw_host_enter(table, id, serial, &context)) {
        return false;
    }
    uw_context_fail(context, text, size);
    uw_host_leave(table, context);

    return true;
}


void
uw_host_close(uw_hostcalls_t *table)
{
    static const char closed[] =
        "the host functions of this application have ended";

    if (table == NULL) {
        return;
    }

    uw_mailbox_lock(&table->box);
    table->closed = true;
    for (uint32_t i = 0; i < table->box.place_count; i++) {
        uw_letter_t *letter = table->box.places[i].letter;

        if (letter != NULL && uw_context_of(letter)->state == UW_CALL_ASKED) {
            uw_context_fail(uw_context_of(letter), closed, sizeof(closed) - 1);
            uw_mailbox_wake(&table->box, letter);
        }
    }
    uw_mailbox_unlock(&table->box);
}
