#include "unit/intake.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/executor.h"

/* So often, at most, the queue is looked into. */
#define UW_NXT_LOOK_LEAST 1000000u

/* So long a sibling that has a place may take to take a request. */
#define UW_NXT_LEAVE 100000000u

/* So long libunit may keep a request: its client may have gone, then nobody
 * says so. */
#define UW_NXT_DEFER 1000000000u

#define UW_NXT_SEEN 64


/* ---- Its life ---- */

static void *
uw_nxt_intake_map(int fd)
{
    void *queue = mmap(NULL, uw_nxt_requests_size(), PROT_READ | PROT_WRITE,
                       MAP_SHARED, fd, 0);

    return queue == MAP_FAILED ? NULL : queue;
}


int
uw_nxt_intake_open(uw_nxt_intake_t *intake, int *queue_fd,
                   uw_nxt_siblings_t *siblings, uint32_t limit)
{
    int fd;

    *intake = (uw_nxt_intake_t) {
        .siblings = siblings,
        .left = limit == 0 ? UINT64_MAX : limit,
        .queue = uw_nxt_intake_map(*queue_fd),
    };
    if (intake->queue == NULL) {
        return -1;
    }
    fd = memfd_create("unit_wasm requests", MFD_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    if (ftruncate(fd, (off_t) uw_nxt_requests_size()) != 0) {
        goto failed;
    }
    intake->ours = uw_nxt_intake_map(fd);
    if (intake->ours == NULL) {
        goto failed;
    }
    uw_nxt_requests_empty(intake->ours);
    intake->next = uw_nxt_requests_first(intake->queue);
    intake->self = uw_nxt_siblings_join(siblings);

    (void) close(*queue_fd);
    *queue_fd = fd;

    return 0;

failed:

    (void) close(fd);

    return -1;
}


void
uw_nxt_intake_close(uw_nxt_intake_t *intake)
{
    if (intake->ours != NULL) {
        uw_nxt_siblings_leave(intake->siblings, intake->self);
        (void) munmap(intake->ours, uw_nxt_requests_size());
    }
    if (intake->queue != NULL) {
        (void) munmap(intake->queue, uw_nxt_requests_size());
    }
    free(intake->seen);
    *intake = (uw_nxt_intake_t) { 0 };
}


/* ---- What was seen in the queue ---- */

static uw_nxt_seen_t *
uw_nxt_intake_seen(const uw_nxt_intake_t *intake, uint32_t index)
{
    /* NOLINTNEXTLINE(*DivideZero): where some were seen, there is room for them. */
    return &intake->seen[(intake->seen_first + index) % intake->seen_capacity];
}


/* What comes before that place has been taken: when the last one was found. */
static uint64_t
uw_nxt_intake_pass(uw_nxt_intake_t *intake, uint32_t place)
{
    uint64_t arrived = 0;

    while (intake->seen_count != 0
           && (int32_t) (uw_nxt_intake_seen(intake, 0)->place - place) < 0)
    {
        arrived = uw_nxt_intake_seen(intake, 0)->arrived;
        intake->seen_first = (intake->seen_first + 1) % intake->seen_capacity;
        intake->seen_count--;
    }

    return arrived;
}


static bool
uw_nxt_intake_grow(uw_nxt_intake_t *intake)
{
    uint32_t capacity =
        intake->seen_capacity == 0 ? UW_NXT_SEEN : intake->seen_capacity * 2;
    uw_nxt_seen_t *seen = calloc(capacity, sizeof(*seen));

    if (seen == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < intake->seen_count; i++) {
        seen[i] = *uw_nxt_intake_seen(intake, i);
    }
    free(intake->seen);
    intake->seen = seen;
    intake->seen_first = 0;
    intake->seen_capacity = capacity;

    return true;
}


/* Those that nobody has taken, nor Unit has taken back. */
static void
uw_nxt_intake_count(uw_nxt_intake_t *intake)
{
    uint32_t kept = 0;
    uw_nxt_seen_t *seen;

    for (uint32_t i = 0; i < intake->seen_count; i++) {
        seen = uw_nxt_intake_seen(intake, i);
        if (uw_nxt_requests_waits(intake->queue, seen->place)) {
            *uw_nxt_intake_seen(intake, kept++) = *seen;
        }
    }
    intake->seen_count = kept;
}


bool
uw_nxt_intake_is_due(const uw_nxt_intake_t *intake, uint64_t now)
{
    return intake->left != 0 && now - intake->looked_at >= UW_NXT_LOOK_LEAST;
}


void
uw_nxt_intake_look(uw_nxt_intake_t *intake, uint64_t now)
{
    uint32_t end = uw_nxt_requests_end(intake->queue);
    uint32_t first = uw_nxt_requests_first(intake->queue);

    intake->looked_at = now;
    (void) uw_nxt_intake_pass(intake, first);
    if ((int32_t) (intake->next - first) < 0) {
        intake->next = first;
    }

    for (; (int32_t) (intake->next - end) < 0; intake->next++) {
        if (!uw_nxt_requests_waits(intake->queue, intake->next)) {
            continue;
        }
        if (intake->seen_count == intake->seen_capacity
            && !uw_nxt_intake_grow(intake))
        {
            return; /* the next time */
        }
        intake->seen_count++;
        *uw_nxt_intake_seen(intake, intake->seen_count - 1) =
            (uw_nxt_seen_t) { .place = intake->next, .arrived = now };
    }
}


/* ---- For libunit ---- */

static void
uw_nxt_intake_put(uw_nxt_intake_t *intake, const uw_nxt_item_t *item,
                  uw_nxt_verdict_t verdict, uint64_t arrived)
{
    uw_nxt_requests_put(intake->ours, item);
    intake->pending = true;
    intake->current =
        (uw_nxt_ticket_t) { .verdict = verdict, .arrived = arrived };
    intake->left--;
}


void
uw_nxt_intake_next(uw_nxt_intake_t *intake)
{
    uw_nxt_item_t item;
    uint32_t place;
    uint64_t arrived;

    if (intake->pending || intake->left == 0
        || !uw_nxt_requests_take(intake->queue, &item, &place))
    {
        return;
    }

    arrived = uw_nxt_intake_pass(intake, place + 1);
    if ((int32_t) (place - intake->next) >= 0) {
        arrived = 0; /* it came after the last look */
    }
    uw_nxt_intake_put(intake, &item, UW_NXT_ADMITTED, arrived);
}


void
uw_nxt_intake_notified(uw_nxt_intake_t *intake)
{
    uw_nxt_requests_notified(intake->queue);
    uw_nxt_intake_next(intake);
}


void
uw_nxt_intake_leave(const uw_nxt_intake_t *intake)
{
    if (!uw_nxt_requests_is_empty(intake->queue)) {
        uw_nxt_siblings_call(intake->siblings, intake->self);
    }
}


uw_nxt_ticket_t
uw_nxt_intake_arrived(uw_nxt_intake_t *intake)
{
    uw_nxt_ticket_t ticket = { .verdict = UW_NXT_UNKNOWN };

    if (intake->pending) {
        intake->pending = false;
        return intake->current;
    }
    if (uw_nxt_intake_deferred(intake) != 0) {
        ticket = intake->deferred[intake->deferred_first];
        intake->deferred_first = (intake->deferred_first + 1) % UW_NXT_DEFERRED;
        intake->deferred_count--;
    }

    return ticket;
}


void
uw_nxt_intake_read(uw_nxt_intake_t *intake)
{
    uint32_t last;

    /* It may have failed before it read: then it reads it the next time. */
    if (!intake->pending || !uw_nxt_requests_is_empty(intake->ours)) {
        return;
    }
    intake->pending = false;
    if (intake->deferred_count == UW_NXT_DEFERRED) {
        return;
    }
    last =
        (intake->deferred_first + intake->deferred_count++) % UW_NXT_DEFERRED;
    intake->deferred[last] = intake->current;
    intake->since[last] = uw_now();
}


uint32_t
uw_nxt_intake_deferred(uw_nxt_intake_t *intake)
{
    uint64_t now = intake->deferred_count == 0 ? 0 : uw_now();

    while (intake->deferred_count != 0
           && now - intake->since[intake->deferred_first] > UW_NXT_DEFER)
    {
        intake->deferred_first = (intake->deferred_first + 1) % UW_NXT_DEFERRED;
        intake->deferred_count--;
    }

    return intake->deferred_count;
}


/* ---- Those that are refused ---- */

uw_nxt_patience_t
uw_nxt_intake_patience(const uw_nxt_intake_t *intake,
                       const uw_settings_t *settings, uint32_t queued)
{
    uint64_t count = (uint64_t) settings->max_queue
                     * uw_nxt_siblings_count(intake->siblings, intake->self);

    return (uw_nxt_patience_t) { .count = count > queued ? count - queued : 0,
                                 .timeout = settings->queue_timeout };
}


static bool
uw_nxt_intake_claim(uw_nxt_intake_t *intake, const uw_nxt_seen_t *seen,
                    uw_nxt_verdict_t verdict)
{
    uw_nxt_item_t item;

    if (!uw_nxt_requests_claim(intake->queue, seen->place, &item)) {
        return false;
    }
    uw_nxt_intake_put(intake, &item, verdict, seen->arrived);

    return true;
}


bool
uw_nxt_intake_refuse(uw_nxt_intake_t *intake, const uw_nxt_patience_t *patience,
                     uint64_t now)
{
    uint64_t left_to_others =
        intake->seen_count != 0
                && uw_nxt_siblings_have_room(intake->siblings, intake->self)
            ? UW_NXT_LEAVE
            : 0;
    uint64_t timeout =
        patience->timeout > left_to_others ? patience->timeout : left_to_others;
    uw_nxt_seen_t seen;

    if (intake->pending || intake->left == 0
        || intake->deferred_count == UW_NXT_DEFERRED)
    {
        return false;
    }

    while (intake->seen_count != 0) {
        seen = *uw_nxt_intake_seen(intake, 0);
        if (now - seen.arrived < timeout) {
            break;
        }
        (void) uw_nxt_intake_pass(intake, seen.place + 1);
        if (uw_nxt_intake_claim(intake, &seen, UW_NXT_OVERDUE)) {
            return true;
        }
    }

    if (intake->seen_count > patience->count) {
        uw_nxt_intake_count(intake);
    }
    while (intake->seen_count > patience->count) {
        seen = *uw_nxt_intake_seen(intake, intake->seen_count - 1);
        if (now - seen.arrived < left_to_others) {
            break;
        }
        intake->seen_count--;
        if (uw_nxt_intake_claim(intake, &seen, UW_NXT_EXCESS)) {
            return true;
        }
    }

    return false;
}


bool
uw_nxt_intake_shorten(uw_nxt_intake_t *intake)
{
    uint32_t length = uw_nxt_requests_end(intake->queue)
                      - uw_nxt_requests_first(intake->queue);
    uw_nxt_item_t item;
    uint32_t place;

    if (intake->pending || intake->left == 0
        || length <= uw_nxt_requests_capacity() / 2)
    {
        return false;
    }
    if (uw_nxt_requests_drop(intake->queue, &item, &place)) {
        uw_nxt_intake_put(intake, &item, UW_NXT_ADMITTED, 0);
        return true;
    }
    length = uw_nxt_requests_end(intake->queue)
             - uw_nxt_requests_first(intake->queue);
    if (length > uw_nxt_requests_capacity() / 2) {
        uw_nxt_intake_next(intake);
    }

    return intake->pending;
}
