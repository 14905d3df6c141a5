#include "guest/hostcall_table.h"

#include <errno.h>
#include <stdlib.h>


uw_hostcalls_t *
uw_hostcalls_new(uw_executor_t *executor)
{
    uw_hostcalls_t *table = calloc(1, sizeof(*table));
    int status;

    if (table == NULL) {
        return NULL;
    }
    if (uw_mailbox_open(&table->box, executor) != 0) {
        status = errno;
        free(table);
        errno = status;
        return NULL;
    }

    return table;
}


void
uw_hostcalls_delete(uw_hostcalls_t *table)
{
    uw_letter_t *letter;

    if (table == NULL) {
        return;
    }

    /* What is left are those whose end was not fetched. */
    while ((letter = uw_mailbox_fetch(&table->box)) != NULL) {
        uw_context_free(uw_context_of(letter));
    }
    uw_buf_free(&table->order_arguments);
    uw_buf_free(&table->order_drops);
    uw_mailbox_close(&table->box);
    free(table);
}


void
uw_context_free(uw_context_t *context)
{
    uw_account_give(context->account, sizeof(*context) + context->lent);
    uw_buf_free(&context->arguments);
    uw_buf_free(&context->drops);
    uw_buf_free(&context->result);
    free(context);
}


void
uw_context_fail(uw_context_t *context, const char *text, size_t size)
{
    if (context->state != UW_CALL_ASKED) {
        return;
    }

    uw_buf_reset(&context->result, UW_CONTEXT_KEEP);
    /* Without memory for it there is no text. */
    (void) !uw_buf_append(&context->result, text, size);
    context->state = UW_CALL_FAILED;
}


void
uw_context_order(uw_context_t *context, int what)
{
    context->pending |= what;
    uw_mailbox_order(&context->table->box, &context->letter);
}


/* It is no longer on the account of the exchange. */
static void
uw_context_disown(uw_context_t *context)
{
    uw_buf_free(&context->result);
    uw_buf_charge(&context->arguments, NULL);
    uw_buf_charge(&context->drops, NULL);
    uw_buf_charge(&context->result, NULL);
    uw_account_give(context->account, sizeof(*context) + context->lent);
    context->account = NULL;
    context->lent = 0;
}


void
uw_context_end(uw_context_t *context)
{
    uw_hostcalls_t *table;
    bool over;

    if (context == NULL) {
        return;
    }
    table = context->table;

    uw_mailbox_lock(&table->box);
    uw_mailbox_remove(&table->box, &context->letter);
    uw_link_remove(&context->letter.woken);
    over = !context->known || table->closed;
    if (over) {
        uw_link_remove(&context->letter.orders);

    } else {
        context->orphan = true;
        uw_context_disown(context);
        context->pending = 0;
        uw_context_order(context, UW_HOST_END);
    }
    uw_mailbox_unlock(&table->box);

    if (over) {
        uw_context_free(context);
    }
}
