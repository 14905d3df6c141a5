#include "outgoing/table.h"

#include <errno.h>
#include <stdlib.h>


uw_outgoing_table_t *
uw_outgoing_table_new(uw_executor_t *executor, size_t window, size_t limit)
{
    uw_outgoing_table_t *table = calloc(1, sizeof(*table));
    int status;

    if (table == NULL) {
        return NULL;
    }
    table->window = window;
    table->limit = limit;
    uw_link_init(&table->begun);
    if (uw_mailbox_open(&table->box, executor) != 0) {
        status = errno;
        free(table);
        errno = status;
        return NULL;
    }

    return table;
}


void
uw_outgoing_table_delete(uw_outgoing_table_t *table)
{
    uw_letter_t *letter;

    if (table == NULL) {
        return;
    }

    uw_outgoing_turn_over(table);
    /* What is left are those whose last order was not fetched. */
    while ((letter = uw_mailbox_fetch(&table->box)) != NULL) {
        uw_outgoing_free(uw_outgoing_of(letter));
    }

    uw_buf_free(&table->order_head);
    uw_buf_free(&table->order_body);
    uw_buf_free(&table->order_trailers);
    uw_mailbox_close(&table->box);
    free(table);
}


void
uw_outgoing_turn_over(uw_outgoing_table_t *table)
{
    uw_letter_t *letter;

    if (uw_link_alone(&table->begun)) {
        return;
    }

    uw_outgoing_lock(table);
    while (!uw_link_alone(&table->begun)) {
        letter = uw_link_owner(table->begun.after, uw_letter_t, orders);
        uw_link_remove(&letter->orders);
        uw_mailbox_order(&table->box, letter);
    }
    uw_outgoing_unlock(table);
}


/* ---- With the mutex held ---- */

void
uw_outgoing_order(uw_outgoing_t *outgoing, int what)
{
    if (outgoing->done) {
        return;
    }

    outgoing->pending |= what;
    uw_mailbox_order(&outgoing->table->box, &outgoing->letter);
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
