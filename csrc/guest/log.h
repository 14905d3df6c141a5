/*
 * What a guest prints, on its way to the log, in lines.
 *
 * A line takes the host far longer than its bytes take the guest, so only a few
 * are logged each time that the guest runs.  The others wait, and check-write
 * answers 0 when they are many; a guest that has ended is kept until they are
 * logged (worker/slot.c).  What one exchange may print in all is bounded, too.
 */

#ifndef UW_GUEST_LOG_H
#define UW_GUEST_LOG_H

#include "base/log.h"
#include "http/exchange.h"

/* What check-write allows at once. */
#define UW_LOG_BUDGET (64 * 1024)

/* So much may wait until check-write says 0: with the default of the limit, a
 * guest that does not ask is never refused. */
#define UW_LOG_WAITING (1024 * 1024)

/* Lines that are logged each time that a guest runs: a few milliseconds where
 * each of them takes 50 us, as with Python's logging on a slow machine. */
#define UW_LOG_TURN 64

/* The longest piece of a line.  A guest that never ends its line must not make
 * the host keep it; lines that people read are far shorter. */
#define UW_LOG_PIECE UW_LOG_MESSAGE

/* What a line counts for beside its own bytes: about what stands before it. */
#define UW_LOG_LINE_COST 128

/* One of the guest's output streams to the log. */
typedef struct {
    const char *name;
    uw_buf_t bytes; /* whole lines that wait, and the beginning of one */
    bool waiting;   /* there are whole lines */
    bool cut;       /* the limit was reached behind these bytes: say so */
    bool leveled;   /* each line begins with a byte that is its level */
} uw_log_stream_t;

typedef struct {
    const uw_settings_t *settings;
    const uw_exchange_t *exchange;
    uw_log_stream_t out;
    uw_log_stream_t err;
    uw_log_stream_t log; /* of wasi:logging */
    uint64_t left;       /* of what the exchange may print */
    bool over;           /* it has printed more */
    uint32_t turn;       /* lines that may be logged now */
} uw_guest_log_t;

/* The exchange begins; all of the log is as the end has left it, or zero. */
void uw_guest_log_begin(uw_guest_log_t *log, const uw_settings_t *settings,
                        const uw_exchange_t *exchange);

/* Takes what is printed, and logs what there is time for; -1: out of memory. */
int uw_guest_log_write(uw_guest_log_t *log, uw_log_stream_t *stream,
                       const uint8_t *bytes, size_t size) UW_CHECKED;

/*
 * A message of wasi:logging, with what it has to do with: a line for each of its
 * lines, "LEVEL: CONTEXT: LINE".  -1: memory is out.
 */
int uw_guest_log_message(uw_guest_log_t *log, int level, const char *level_name,
                         uw_slice_t context, uw_slice_t message) UW_CHECKED;

/* Whether more may be printed now. */
bool uw_guest_log_has_room(const uw_log_stream_t *stream);

/* The guest may run once more. */
static inline void
uw_guest_log_new_turn(uw_guest_log_t *log)
{
    log->turn = UW_LOG_TURN;
}

/* Whether lines wait. */
static inline bool
uw_guest_log_waits(const uw_guest_log_t *log)
{
    return log->out.waiting || log->err.waiting || log->log.waiting;
}

/* Logs lines that wait, as many as there is time for in this turn. */
void uw_guest_log_go_on(uw_guest_log_t *log);

/*
 * The guest has ended: unfinished lines are logged.  One that was put to an end
 * may leave more lines behind than there is time for; then one says so.
 */
void uw_guest_log_end(uw_guest_log_t *log);
void uw_guest_log_free(uw_guest_log_t *log);

#endif /* UW_GUEST_LOG_H */
