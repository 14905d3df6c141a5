#include "engine/ticker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

struct uw_ticker {
    const uw_engine_t *engine;
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool stop;             /* under the mutex */
    atomic_bool ticking;   /* the thread is not asleep, or about to wake */
    atomic_bool in_guest;  /* a guest runs at this moment */
    atomic_bool recent;    /* one has run since the last tick */
    atomic_bool known;     /* `clock` is that of the thread that runs guests */
    clockid_t clock;       /* the processor time of that thread */
    _Atomic uint64_t last; /* what it showed at the last tick */
    _Atomic uint64_t before; /* and at the one before */
    _Atomic uint64_t ticks;  /* since it was made */
};


static uint64_t
uw_clock_nanoseconds(clockid_t clock)
{
    struct timespec time;

    if (clock_gettime(clock, &time) != 0) {
        return 0;
    }

    return (uint64_t) time.tv_sec * 1000000000 + (uint64_t) time.tv_nsec;
}


uint64_t
uw_processor_time(void)
{
    return uw_clock_nanoseconds(CLOCK_THREAD_CPUTIME_ID);
}


uint64_t
uw_ticker_before(const uw_ticker_t *ticker)
{
    return atomic_load(&ticker->before);
}


uint64_t
uw_ticker_ticks(const uw_ticker_t *ticker)
{
    return atomic_load_explicit(&ticker->ticks, memory_order_relaxed);
}


static void
uw_ticker_look(uw_ticker_t *ticker)
{
    atomic_store(&ticker->before, atomic_load(&ticker->last));
    atomic_store(&ticker->last, atomic_load(&ticker->known)
                                    ? uw_clock_nanoseconds(ticker->clock)
                                    : 0);
}


/* Sleeps until guests run.  Returns whether the ticker is to stop. */
static bool
uw_ticker_idle(uw_ticker_t *ticker)
{
    atomic_store(&ticker->ticking, false);

    /* enter() sets `in_guest` first and reads `ticking` second, this side does
     * it in the other order: one of them sees the other. */
    while (!ticker->stop && !atomic_load(&ticker->in_guest)
           && !atomic_load(&ticker->recent))
    {
        (void) pthread_cond_wait(&ticker->changed, &ticker->mutex);
    }
    atomic_store(&ticker->ticking, true);

    return ticker->stop;
}


static void
uw_ticker_sleep(uw_ticker_t *ticker)
{
    struct timespec at;

    (void) clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += UW_TICK;
    if (at.tv_nsec >= 1000000000) {
        at.tv_nsec -= 1000000000;
        at.tv_sec++;
    }
    (void) pthread_cond_timedwait(&ticker->changed, &ticker->mutex, &at);
}


static void
uw_ticker_tick(uw_ticker_t *ticker)
{
    const uw_engine_t *engine = ticker->engine;

    uw_ticker_look(ticker);
    atomic_fetch_add_explicit(&ticker->ticks, 1, memory_order_relaxed);
    for (size_t i = 0; i < engine->pool_count; i++) {
        engine->wt.engine_increment_epoch(engine->pools[i].engine);
    }
}


static void *
uw_ticker_run(void *data)
{
    uw_ticker_t *ticker = data;

    (void) pthread_mutex_lock(&ticker->mutex);

    while (!uw_ticker_idle(ticker)) {
        uw_ticker_look(ticker);
        do {
            atomic_store(&ticker->recent, false);
            uw_ticker_sleep(ticker);
            uw_ticker_tick(ticker);
        } while (!ticker->stop
                 && (atomic_load(&ticker->in_guest)
                     || atomic_load(&ticker->recent)));
    }

    (void) pthread_mutex_unlock(&ticker->mutex);

    return NULL;
}


/* The thread takes no signals: they belong to the thread that serves. */
static int
uw_ticker_start(uw_ticker_t *ticker)
{
    sigset_t all;
    sigset_t before;
    int status;

    (void) sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
        return -1;
    }
    status = pthread_create(&ticker->thread, NULL, uw_ticker_run, ticker);
    (void) pthread_sigmask(SIG_SETMASK, &before, NULL);

    return status == 0 ? 0 : -1;
}


uw_ticker_t *
uw_ticker_new(const uw_engine_t *engine)
{
    uw_ticker_t *ticker = calloc(1, sizeof(*ticker));
    pthread_condattr_t attributes;

    if (ticker == NULL) {
        return NULL;
    }
    ticker->engine = engine;

    if (pthread_condattr_init(&attributes) != 0) {
        goto no_attributes;
    }
    if (pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) != 0
        || pthread_cond_init(&ticker->changed, &attributes) != 0)
    {
        goto no_condition;
    }
    if (pthread_mutex_init(&ticker->mutex, NULL) != 0) {
        goto no_mutex;
    }
    if (uw_ticker_start(ticker) != 0) {
        goto no_thread;
    }
    (void) pthread_condattr_destroy(&attributes);

    return ticker;

no_thread:
    (void) pthread_mutex_destroy(&ticker->mutex);
no_mutex:
    (void) pthread_cond_destroy(&ticker->changed);
no_condition:
    (void) pthread_condattr_destroy(&attributes);
no_attributes:
    free(ticker);

    return NULL;
}


static void
uw_ticker_signal(uw_ticker_t *ticker, bool stop)
{
    (void) pthread_mutex_lock(&ticker->mutex);
    ticker->stop = ticker->stop || stop;
    (void) pthread_cond_signal(&ticker->changed);
    (void) pthread_mutex_unlock(&ticker->mutex);
}


void
uw_ticker_delete(uw_ticker_t *ticker)
{
    if (ticker == NULL) {
        return;
    }

    uw_ticker_signal(ticker, true);
    (void) pthread_join(ticker->thread, NULL);
    (void) pthread_mutex_destroy(&ticker->mutex);
    (void) pthread_cond_destroy(&ticker->changed);
    free(ticker);
}


void
uw_ticker_enter(uw_ticker_t *ticker)
{
    if (!atomic_load_explicit(&ticker->known, memory_order_relaxed)) {
        atomic_store(&ticker->known,
                     pthread_getcpuclockid(pthread_self(), &ticker->clock)
                         == 0);
    }
    atomic_store(&ticker->in_guest, true);
    if (!atomic_load(&ticker->ticking)) {
        uw_ticker_signal(ticker, false);
    }
}


void
uw_ticker_leave(uw_ticker_t *ticker)
{
    atomic_store_explicit(&ticker->recent, true, memory_order_relaxed);
    atomic_store_explicit(&ticker->in_guest, false, memory_order_relaxed);
}
