/*
 * wasi:random: random, insecure and insecure-seed.  All of them give the
 * kernel's secure bytes: a weaker generator would need state for each instance
 * and would not be noticeably faster for what guests ask for.
 */

#include "wasi/gen/random.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

/*
 * The most bytes of one call.  Far more than guests ask for at once (a seed, a
 * key, at most 64 KiB in JavaScript).  Where bytes do not cross as strings each
 * is a value of its own in the host: 64 KiB take about 6 ms, in which no other
 * exchange goes on, and this limit about 25 ms and 10 MiB.  Where they do, more
 * than fit into one string come in pieces, and what is too much is asked for
 * once, to be refused here.
 */
#define UW_RANDOM_MAX (256 * 1024)


/* getrandom() gives less than it was asked for when a signal comes between. */
static bool
uw_random_fill(uw_call_t *call, uint8_t *bytes, size_t size)
{
    ssize_t got;

    while (size != 0) {
        got = getrandom(bytes, size, 0);
        if (got > 0) {
            bytes += got;
            size -= (size_t) got;
            continue;
        }
        if (got < 0 && errno == EINTR) {
            continue;
        }
        (void) uw_trap(call, "there are no random bytes: %s",
                       got < 0 ? strerror(errno) : "the kernel gave none");
        return false;
    }

    return true;
}


uw_step_t
uw_random_get_random_bytes(uw_call_t *call, uint64_t len)
{
    uint8_t *bytes;

    if (len > UW_RANDOM_MAX) {
        return uw_trap(call,
                       "%" PRIu64 " random bytes are more than one call may "
                       "ask for (limit %d)",
                       len, UW_RANDOM_MAX);
    }

    bytes = uw_arena_alloc(&call->instance->arena, (size_t) len);
    if (bytes == NULL) {
        return uw_trap(call, "out of memory");
    }

    if (!uw_random_fill(call, bytes, (size_t) len)) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_stream_bytes(call->abi, bytes, (size_t) len));
}


uw_step_t
uw_random_get_random_u64(uw_call_t *call)
{
    uint64_t number;

    if (!uw_random_fill(call, (uint8_t *) &number, sizeof(number))) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_u64(number));
}


uw_step_t
uw_random_get_insecure_random_bytes(uw_call_t *call, uint64_t len)
{
    return uw_random_get_random_bytes(call, len);
}


uw_step_t
uw_random_get_insecure_random_u64(uw_call_t *call)
{
    return uw_random_get_random_u64(call);
}


uw_step_t
uw_random_insecure_seed(uw_call_t *call)
{
    uw_random_tuple_u64_u64_t seed;

    if (!uw_random_fill(call, (uint8_t *) &seed, sizeof(seed))) {
        return UW_TRAP;
    }

    return uw_return(call, uw_make_random_tuple_u64_u64(call, &seed));
}
