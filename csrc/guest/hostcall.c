#include "guest/hostcall.h"

#include "guest/host.h"

#include "base/escape.h"

static const char uw_hostcall_gone[] =
    "the host functions of this application have ended";


/* ---- The context of an instance ---- */

static uw_context_t *
uw_context_new(uw_instance_t *instance)
{
    uw_hostcalls_t *table = instance->host->hostcalls;
    uw_context_t *context =
        uw_account_alloc(&instance->account, sizeof(*context));
    int status;

    if (context == NULL) {
        return NULL;
    }

    context->table = table;
    context->account = &instance->account;
    context->arguments.account = &instance->account;
    context->drops.account = &instance->account;
    context->result.account = &instance->account;
    uw_letter_init(&context->letter, instance->ticket);
    if (instance->exchange != NULL) {
        (void) uw_request_id(instance->exchange, context->request);
    }

    uw_mailbox_lock(&table->box);
    status = uw_mailbox_add(&table->box, &context->letter);
    uw_mailbox_unlock(&table->box);
    if (status != 0) {
        uw_context_free(context);
        return NULL;
    }

    return context;
}


/* Python is to release what it has of a handle. */
static void
uw_hostcall_drop(uw_instance_t *instance, uint32_t type, uint32_t number)
{
    uw_context_t *context = instance->caller;
    uint32_t pair[2] = { type, number };

    if (context == NULL) {
        return;
    }

    uw_mailbox_lock(&context->table->box);
    /* Where memory is out Python keeps it until the instance ends, which is
     * soon: the account is over. */
    if (!context->table->closed
        && uw_buf_append(&context->drops, pair, sizeof(pair)) == 0)
    {
        uw_context_order(context, UW_HOST_DROP);
    }
    uw_mailbox_unlock(&context->table->box);
}


/* ---- A call ---- */

uw_buf_t *
uw_hostcall_arguments(uw_call_t *call)
{
    uw_instance_t *instance = call->instance;

    if (instance->host->hostcalls == NULL) {
        (void) uw_trap(call, "%s", uw_hostcall_gone);
        return NULL;
    }
    if (instance->caller == NULL) {
        instance->caller = uw_context_new(instance);
        if (instance->caller == NULL) {
            (void) uw_trap(call, "memory is out");
            return NULL;
        }
    }
    uw_buf_reset(&instance->caller->arguments, UW_CONTEXT_KEEP);

    return &instance->caller->arguments;
}


/* The text is Python's, and of what guests have passed. */
static uw_step_t
uw_hostcall_failed(uw_call_t *call, uw_context_t *context)
{
    char text[512];
    uw_slice_t said = { uw_buf_head(&context->result),
                        uw_buf_size(&context->result) };

    uw_escape_text(said, text, sizeof(text));
    context->state = UW_CALL_NONE;

    return uw_trap(call, "%s",
                   said.size == 0 ? "the host function has failed" : text);
}


/* A uw_attempt_t. */
static uw_step_t
uw_hostcall_attempt(uw_call_t *call, void *state)
{
    uw_context_t *context = state;
    uw_call_state_t found;
    uw_step_t step;

    uw_mailbox_lock(&context->table->box);
    found = context->state;
    uw_mailbox_unlock(&context->table->box);

    /* From here on nobody else touches it. */
    switch (found) {
    case UW_CALL_ANSWERED:
        context->state = UW_CALL_NONE;
        step = context->take(call, uw_buf_slice(&context->result));
        uw_buf_reset(&context->result, UW_CONTEXT_KEEP);
        return step;

    case UW_CALL_FAILED:
        return uw_hostcall_failed(call, context);

    default:
        return UW_WAIT;
    }
}


/* Orders the call whose arguments are there; UW_WAIT, or UW_TRAP. */
static uw_step_t
uw_hostcall_order(uw_call_t *call, uint32_t function, uw_hostcall_take_t take)
{
    uw_context_t *context = call->instance->caller;
    bool closed;

    uw_mailbox_lock(&context->table->box);
    closed = context->table->closed;
    if (!closed) {
        context->take = take;
        context->function = function;
        context->serial++;
        context->state = UW_CALL_ASKED;
        uw_context_order(context, UW_HOST_CALL);
    }
    uw_mailbox_unlock(&context->table->box);

    return closed ? uw_trap(call, "%s", uw_hostcall_gone) : UW_WAIT;
}


uw_step_t
uw_hostcall(uw_call_t *call, uint32_t function, bool complete,
            uw_hostcall_take_t take)
{
    if (!complete) {
        return uw_trap(call, "memory is out");
    }
    if (uw_hostcall_order(call, function, take) == UW_TRAP) {
        return UW_TRAP;
    }

    return uw_attempt(call, uw_hostcall_attempt, call->instance->caller,
                      UINT64_MAX);
}


/* ---- Functions that no package has ---- */

static uw_buf_t *
uw_hostcall_begin(uw_call_t *call, const uw_foreign_t *function)
{
    (void) function;

    return uw_hostcall_arguments(call);
}


static uw_step_t
uw_hostcall_answered(uw_call_t *call, const uw_foreign_t *function)
{
    uw_context_t *context = call->instance->caller;
    uw_packed_fault_t fault;
    uw_step_t step;

    context->state = UW_CALL_NONE;
    step = uw_foreign_return(call, function, uw_buf_slice(&context->result),
                             &fault);
    uw_buf_reset(&context->result, UW_CONTEXT_KEEP);

    return step == UW_TRAP && call->error == NULL
               ? uw_trap(call,
                         "the answer of %s is no packed value of its type",
                         function->row.name)
               : step;
}


static uw_step_t
uw_hostcall_foreign(uw_call_t *call, const uw_foreign_t *function)
{
    uw_context_t *context = call->instance->caller;
    uw_call_state_t found;

    uw_mailbox_lock(&context->table->box);
    found = context->state;
    uw_mailbox_unlock(&context->table->box);

    switch (found) {
    case UW_CALL_NONE:
        return uw_hostcall_order(call, UW_HOST_FUNCTIONS + function->number,
                                 NULL);

    case UW_CALL_ANSWERED:
        return uw_hostcall_answered(call, function);

    case UW_CALL_FAILED:
        return uw_hostcall_failed(call, context);

    default:
        return UW_WAIT;
    }
}


const uw_foreign_ops_t uw_hostcall_ops = {
    .begin = uw_hostcall_begin,
    .attempt = uw_hostcall_foreign,
    .dropped = uw_hostcall_drop,
};
