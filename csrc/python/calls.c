#include "python/calls.h"

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "python/caller.h"
#include "worker/hosting.h"

#define UW_NANOSECONDS 1000000000u


/* ---- Calls ---- */

/* Why it cannot be entered. */
static int
uw_caller_is_barred(const uw_caller_t *caller, uw_call_event_t *event)
{
    return uw_caller_refuse(
        uw_origin_is_here(&caller->library->host.origin)
            ? "another thread is in a call of the instance"
            : "the component was loaded before this process was forked",
        event);
}

/* Why it cannot do what it can in that stage; NULL: it can. */
static const char *
uw_caller_wants(const uw_caller_t *caller, uw_caller_stage_t stage)
{
    static const char *const stages[] = {
        [UW_CALLER_NEW] = "the instance has not been started",
        [UW_CALLER_IDLE] = "the instance is in no call",
        [UW_CALLER_RUNNING] = "a call of the instance is not over",
        [UW_CALLER_ASKING] = "a call of the instance waits for an answer",
        [UW_CALLER_DEAD] = "the instance is dead",
    };

    return caller->stage == stage ? NULL : stages[caller->stage];
}


static void
uw_caller_fill_frame(uw_caller_t *caller)
{
    caller->result = uw_val_bool(false);
    caller->instance.frame = (uw_frame_t) {
        .args = caller->args,
        .args_size = caller->called->param_count,
        .results = &caller->result,
        .results_size = caller->called->result.kind != UW_TYPE_NONE,
    };
}


static void
uw_caller_new_call(uw_caller_t *caller)
{
    const uw_settings_t *settings = &caller->library->engine->settings;

    caller->cpu = 0;
    caller->deadline = uw_now() + settings->timeout;
    caller->instance.log.left = settings->max_log_bytes;
    caller->instance.log.over = false;
}


static int
uw_caller_starts(uw_caller_t *caller, uw_call_event_t *event)
{
    uw_library_t *library = caller->library;
    const char *why = uw_caller_wants(caller, UW_CALLER_NEW);

    if (why == NULL
        && (library->stores >= library->engine->settings.max_exchanges
            || !uw_engine_has_room(library->engine)))
    {
        why = "there is no room for an instance";
    }
    if (why != NULL) {
        return uw_caller_refuse(why, event);
    }
    caller->called = NULL;
    caller->exchange.id_prefix = "call";
    caller->exchange.id = ++library->instances;
    caller->instance.began = uw_now();
    library->stores++;
    uw_instance_start(&caller->instance, NULL, &caller->exchange,
                      caller->ticket);
    uw_caller_new_call(caller);

    return uw_caller_run(caller, event);
}


/* A handle was to be dropped, and the component has no function for that: guest/linker.h. */
static int
uw_caller_forgets(uw_caller_t *caller, uw_call_event_t *event)
{
    for (uint32_t i = 0; i < caller->called->param_count; i++) {
        caller->instance.abi.wt->component_val_delete(&caller->args[i]);
    }
    uw_buf_reset(&caller->packed, UW_CALLER_KEEP);

    return uw_caller_with_data(caller, UW_CALL_RETURNED, event);
}


static int
uw_caller_calls(uw_caller_t *caller, uint32_t number, uw_slice_t packed,
                uw_call_event_t *event)
{
    uw_instance_t *instance = &caller->instance;
    const uw_program_t *program = caller->library->program;
    const uw_handles_t handles = uw_caller_handles(caller);
    const char *why = uw_caller_wants(caller, UW_CALLER_IDLE);
    int status;

    if (why == NULL && number >= program->export_count) {
        why = "there is no function of that number";
    }
    if (why != NULL) {
        return uw_caller_refuse(why, event);
    }
    caller->called = &program->exports[number];
    status = uw_packed_read(
        instance->abi.wt, &handles, caller->called->params,
        caller->called->param_count, caller->called->carried, packed,
        instance->account.limit, caller->args, &caller->fault);
    uw_guest_handles_settle(&caller->handles, instance, status == 0);
    if (status != 0) {
        return uw_caller_malformed(caller, event);
    }
    if (instance->pool->exports[number] == NULL) {
        return uw_caller_forgets(caller, event);
    }

    caller->entry = (uw_entry_t) { .export = number };
    uw_caller_fill_frame(caller);
    uw_caller_new_call(caller);
    uw_instance_new_quantum(instance);
    if (uw_instance_enter(instance, &caller->entry) != 0) {
        return uw_caller_failed(caller, event);
    }

    return uw_caller_run(caller, event);
}


static int
uw_caller_answers(uw_caller_t *caller, uw_slice_t packed, const char *failure,
                  uw_call_event_t *event)
{
    const char *why = uw_caller_wants(caller, UW_CALLER_ASKING);

    if (why != NULL) {
        return uw_caller_refuse(why, event);
    }
    caller->answer = packed;
    caller->failure = failure;
    caller->answered = true;
    uw_instance_new_quantum(&caller->instance);

    return uw_caller_run(caller, event);
}


static int
uw_caller_goes_on(uw_caller_t *caller, uw_call_event_t *event)
{
    const char *why = uw_caller_wants(caller, UW_CALLER_RUNNING);
    uw_end_t end;

    if (why != NULL) {
        return uw_caller_refuse(why, event);
    }
    (void) uw_hosting_deliver(&caller->library->host);
    why = uw_caller_due(caller, &end);
    if (why != NULL) {
        return uw_caller_end(caller, end, why, event);
    }

    return uw_caller_run(caller, event);
}


/* ---- What Python calls ---- */

int
uw_caller_start(uw_caller_t *caller, uw_call_event_t *event)
{
    int kind;

    if (!uw_caller_enter(caller)) {
        return uw_caller_is_barred(caller, event);
    }
    kind = uw_caller_starts(caller, event);
    uw_caller_leave(caller);

    return kind;
}


/* The event as a number, while its data are there. */
static int
uw_call_number(int kind, uw_call_event_t *event)
{
    int size = (int) event->size;

    if ((kind != UW_CALL_RETURNED && kind != UW_CALL_HOST)
        || event->dropped != 0 || event->size > UW_CALL_SMALL
        || event->number >= 1u << 22)
    {
        return kind;
    }
    memcpy(event->small, event->data, event->size);

    return kind == UW_CALL_RETURNED ? -1 - size
                                    : ((int) event->number + 1) << 8 | size;
}


int
uw_caller_call(uw_caller_t *caller, uint32_t number, const uint8_t *packed,
               size_t size, uw_call_event_t *event)
{
    int kind;

    if (!uw_caller_enter(caller)) {
        return uw_caller_is_barred(caller, event);
    }
    kind =
        uw_caller_calls(caller, number, (uw_slice_t) { packed, size }, event);
    kind = uw_call_number(kind, event);
    uw_caller_leave(caller);

    return kind;
}


int
uw_caller_answer(uw_caller_t *caller, const uint8_t *packed, size_t size,
                 uw_call_event_t *event)
{
    int kind;

    if (!uw_caller_enter(caller)) {
        return uw_caller_is_barred(caller, event);
    }
    kind =
        uw_caller_answers(caller, (uw_slice_t) { packed, size }, NULL, event);
    kind = uw_call_number(kind, event);
    uw_caller_leave(caller);

    return kind;
}


int
uw_caller_fail(uw_caller_t *caller, const char *message, uw_call_event_t *event)
{
    int kind;

    if (!uw_caller_enter(caller)) {
        return uw_caller_is_barred(caller, event);
    }
    kind = uw_caller_answers(caller, (uw_slice_t) { NULL, 0 }, message, event);
    uw_caller_leave(caller);

    return kind;
}


int
uw_caller_go_on(uw_caller_t *caller, uw_call_event_t *event)
{
    int kind;

    if (!uw_caller_enter(caller)) {
        return uw_caller_is_barred(caller, event);
    }
    kind = uw_caller_goes_on(caller, event);
    uw_caller_leave(caller);

    return kind;
}


const char *
uw_caller_drops(uw_caller_t *caller)
{
    const char *drops = (const char *) uw_buf_head(&caller->drops);

    uw_buf_consume(&caller->drops, uw_buf_size(&caller->drops));

    return drops;
}

void
uw_caller_command(uw_caller_t *caller, int in, int out, int err,
                  const char *const *arguments, size_t count)
{
    uw_stdio_t *stdio = &caller->stdio;

    stdio->fds[0] = in;
    stdio->fds[1] = out;
    stdio->fds[2] = err;
    stdio->arguments = arguments;
    stdio->argument_count = count;
    stdio->input_ended = false;
    caller->instance.stdio = stdio;
}


/* ---- Waiting ---- */

void
uw_caller_cancel(uw_caller_t *caller)
{
    const uint64_t one = 1;

    atomic_store(&caller->cancelled, true);
    if (caller->event_fd >= 0
        && uw_origin_is_here(&caller->library->host.origin))
    {
        (void) !write(caller->event_fd, &one, sizeof(one));
    }
}


/* When it is worth to look again; what is due is run before. */
static uint64_t
uw_caller_next(uw_caller_t *caller)
{
    uw_library_t *library = caller->library;
    uint64_t next;
    uint64_t now;
    uint64_t due;

    uw_executor_clear(library->executor);
    (void) uw_hosting_deliver(&library->host);
    if (uw_executor_turn(library->executor, UW_TICK) || caller->woken
        || atomic_load(&caller->cancelled))
    {
        return 0;
    }
    now = uw_now();
    due = caller->instance.wait.at < caller->deadline ? caller->instance.wait.at
                                                      : caller->deadline;
    due = due > now ? due - now : 0;
    next = uw_executor_next(library->executor);

    return next < due ? next : due;
}


static bool
uw_caller_is_due(const uw_caller_t *caller)
{
    uint64_t now = uw_now();

    return caller->woken || atomic_load(&caller->cancelled)
           || now >= caller->instance.wait.at || now >= caller->deadline;
}


/* What it waits for: what the executor has, somebody who wakes it, and its standard
 * streams where the guest waits for them. */
#define UW_CALLER_FDS (2 + UW_STDIO_STREAMS)

static void
uw_caller_fill_fds(const uw_caller_t *caller, struct pollfd *fds)
{
    fds[0] = (struct pollfd) { .fd = uw_executor_fd(caller->library->executor),
                               .events = POLLIN };
    fds[1] = (struct pollfd) { .fd = caller->event_fd, .events = POLLIN };
    for (size_t i = 0; i < UW_STDIO_STREAMS; i++) {
        fds[2 + i] = (struct pollfd) {
            .fd = caller->stdio.waits[i] ? caller->stdio.fds[i] : -1,
            .events = i == 0 ? POLLIN : POLLOUT,
        };
    }
}


/* Whether one of its standard streams is ready. */
static bool
uw_caller_streams(const struct pollfd *fds)
{
    for (size_t i = 2; i < UW_CALLER_FDS; i++) {
        if (fds[i].revents != 0) {
            return true;
        }
    }

    return false;
}


static void
uw_caller_waits(uw_caller_t *caller, uint64_t limit)
{
    uint64_t end = uw_now() + (limit < UINT64_MAX / 2 ? limit : UINT64_MAX / 2);
    struct pollfd fds[UW_CALLER_FDS];
    uint64_t count;

    uw_caller_fill_fds(caller, fds);

    for (;;) {
        uint64_t now = uw_now();
        uint64_t next = uw_caller_next(caller);
        struct timespec time;
        int status;

        if (uw_caller_is_due(caller) || now >= end) {
            return;
        }
        next = next < end - now ? next : end - now;
        time.tv_sec = (time_t) (next / UW_NANOSECONDS);
        time.tv_nsec = (long) (next % UW_NANOSECONDS);
        (void) pthread_mutex_unlock(&caller->library->mutex);
        status = ppoll(fds, UW_CALLER_FDS, &time, NULL);
        (void) pthread_mutex_lock(&caller->library->mutex);
        if (status < 0 || uw_caller_streams(fds)) {
            return; /* a signal, for Python; or it can go on */
        }
        (void) !read(caller->event_fd, &count, sizeof(count));
    }
}


void
uw_caller_wait(uw_caller_t *caller, uint64_t limit)
{
    if (!uw_caller_enter(caller)) {
        return;
    }
    if (caller->event_fd < 0) {
        caller->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    }
    if (caller->stage == UW_CALLER_RUNNING && caller->event_fd >= 0) {
        uw_caller_waits(caller, limit);
    }
    uw_caller_leave(caller);
}
