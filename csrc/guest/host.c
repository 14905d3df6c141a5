#include "guest/host.h"

#include "wasmtime/error.h"


/* ---- The trampoline ---- */

/* Whatever was answered: the host could not do what it was asked. */
static uw_step_t
uw_host_holds_too_much(uw_call_t *call)
{
    const uw_wasmtime_t *wt = call->abi->wt;

    if (call->error != NULL) {
        wt->error_delete(call->error);
        call->error = NULL;
    }

    return uw_trap(
        call,
        "the exchange holds more than %zu bytes of the host's memory "
        "(UNIT_WASM_MAX_HOST_MEMORY)",
        call->instance->account.limit);
}


static uw_step_t
uw_host_call(const uw_bound_t *bound, uw_call_t *call, size_t results_size)
{
    const uw_host_func_t *function = bound->function;
    uw_step_t step;

    if (call->args_size != function->params
        || results_size != function->results)
    {
        return uw_trap(call,
                       "the component imports %s with another type than "
                       "WASI's",
                       function->name);
    }

    step = function->fn(call);
    uw_arena_reset(&call->instance->arena);

    if (uw_account_is_over(&call->instance->account)) {
        if (results_size != 0) {
            call->abi->wt->component_val_delete(&call->results[0]);
            call->results[0] = uw_val_bool(false);
        }
        return uw_host_holds_too_much(call);
    }

    return step;
}


static uw_call_t
uw_host_enter(const uw_bound_t *bound, wasmtime_context_t *context,
              uw_val_t *args, size_t args_size, uw_val_t *results)
{
    uw_instance_t *instance = bound->wt->context_get_data(context);

    return (uw_call_t) { .instance = instance,
                         .abi = bound->carried ? &instance->carried_abi
                                               : &instance->abi,
                         .function = bound->function,
                         .args = args,
                         .args_size = args_size,
                         .results = results };
}


wasmtime_error_t *
uw_host_sync(void *data, wasmtime_context_t *context,
             const wasmtime_component_func_type_t *type, uw_val_t *args,
             size_t args_size, uw_val_t *results, size_t results_size)
{
    uw_call_t call = uw_host_enter(data, context, args, args_size, results);

    (void) type;

    if (uw_instance_is_overdue(call.instance)) {
        (void) uw_trap(&call,
                       "the component used %u ms of the processor in host "
                       "functions without a loop or a call of its own",
                       UW_HOST_TIME / 1000000u);
        return call.error;
    }
    if (uw_host_call(data, &call, results_size) == UW_WAIT) {
        (void) uw_trap(&call, "a host function waits that must not");
    }

    return call.error;
}


static bool
uw_host_done(void *env)
{
    (void) env;

    return true;
}


/* The quantum was over: the others run before this is asked again. */
static bool
uw_host_give_way(void *env)
{
    uw_instance_t *instance = env;

    if (!instance->gives_way) {
        instance->gives_way = true;
        return false;
    }
    instance->gives_way = false;
    uw_instance_new_quantum(instance);

    return true;
}


/* Asked at every poll of a parked guest. */
static bool
uw_host_resume(void *env)
{
    uw_instance_t *instance = env;
    uw_call_t call = { .instance = instance,
                       .abi = instance->wait.abi,
                       .results = instance->wait.results };
    uw_step_t step;

    if (instance->failed) {
        return false;
    }

    step = uw_account_is_over(&instance->account)
               ? uw_host_holds_too_much(&call)
               : instance->wait.retry(&call, instance->wait.state);
    uw_arena_reset(&instance->arena);

    if (step == UW_TRAP) {
        /* libwasmtime takes no error any more at this point: the instance is
         * ended from outside, see uw_instance_poll(). */
        uw_error_take(instance->abi.wt, call.error, instance->failure,
                      sizeof(instance->failure));
        instance->failed = true;
    }
    if (step == UW_DONE) {
        instance->wait.retry = NULL;
    }

    return step == UW_DONE;
}


void
uw_host_async(void *data, wasmtime_context_t *context,
              const wasmtime_component_func_type_t *type, uw_val_t *args,
              size_t args_size, uw_val_t *results, size_t results_size,
              wasmtime_error_t **error,
              wasmtime_async_continuation_t *continuation)
{
    uw_call_t call = uw_host_enter(data, context, args, args_size, results);
    uw_step_t step = uw_host_call(data, &call, results_size);

    (void) type;

    *error = call.error;
    continuation->callback = uw_host_done;
    if (step == UW_WAIT) {
        continuation->callback = uw_host_resume;

    } else if (step == UW_DONE && uw_instance_quantum_is_over(call.instance)) {
        continuation->callback = uw_host_give_way;
    }
    continuation->env = call.instance;
    continuation->finalizer = NULL;
}


uw_step_t
uw_attempt(uw_call_t *call, uw_attempt_t attempt, void *state, uint64_t at)
{
    uw_step_t step = attempt(call, state);

    if (step == UW_WAIT) {
        call->instance->wait = (uw_wait_t) { .retry = attempt,
                                             .state = state,
                                             .abi = call->abi,
                                             .results = call->results,
                                             .at = at };
    }

    return step;
}


wasmtime_error_t *
uw_host_drop(void *data, wasmtime_context_t *context, uint32_t rep)
{
    const uw_bound_t *bound = data;
    uw_call_t call = uw_host_enter(bound, context, NULL, 0, NULL);
    uw_resource_t *resource =
        uw_resource_get(&call.instance->resources, rep, bound->type);

    /* A handle that the host has taken over already, by a call that the
     * component declares with another type than WASI's. */
    if (resource != NULL) {
        (void) uw_drop(&call, resource);
    }

    return call.error;
}
