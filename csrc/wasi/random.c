/*
 * wasi:random: random, insecure and insecure-seed.  All of them give the
 * kernel's secure bytes: a weaker generator would need state for each instance
 * and would not be noticeably faster for what guests ask for.
 */

#include "wasi/random.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

/*
 * The most bytes of one call.  Far more than guests ask for at once (a seed, a
 * key, at most 64 KiB in JavaScript).  Each byte is a value of its own in the
 * host: 64 KiB take about 6 ms, in which no other exchange goes on, and this
 * limit about 25 ms and 10 MiB.
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


static uw_step_t
uw_random_bytes(uw_call_t *call)
{
    uint64_t size;
    uint8_t *bytes;

    if (!uw_arg_u64(call, 0, &size)) {
        return UW_TRAP;
    }

    if (size > UW_RANDOM_MAX) {
        return uw_trap(call,
                       "%" PRIu64 " random bytes are more than one call may "
                       "ask for (limit %d)",
                       size, UW_RANDOM_MAX);
    }

    bytes = uw_arena_alloc(&call->instance->arena, (size_t) size);
    if (bytes == NULL) {
        return uw_trap(call, "memory is out");
    }

    if (!uw_random_fill(call, bytes, (size_t) size)) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_bytes(call->abi, bytes, (size_t) size));
}


static uw_step_t
uw_random_u64(uw_call_t *call)
{
    uint64_t number;

    if (!uw_random_fill(call, (uint8_t *) &number, sizeof(number))) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_u64(number));
}


static uw_step_t
uw_random_seed(uw_call_t *call)
{
    uint64_t numbers[2];
    uw_val_t seed;

    if (!uw_random_fill(call, (uint8_t *) numbers, sizeof(numbers))) {
        return UW_TRAP;
    }

    seed = uw_val_tuple(call->abi, 2);
    seed.of.tuple.data[0] = uw_val_u64(numbers[0]);
    seed.of.tuple.data[1] = uw_val_u64(numbers[1]);

    return uw_return(call, seed);
}


/* ---- Tables ---- */

/* clang-format off */

static const uw_host_func_t uw_random_functions[] = {
    { "get-random-bytes", uw_random_bytes, 1, 1, UW_GIVES_WAY, false },
    { "get-random-u64",   uw_random_u64,   0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_insecure_functions[] = {
    { "get-insecure-random-bytes", uw_random_bytes, 1, 1, UW_GIVES_WAY, false },
    { "get-insecure-random-u64",   uw_random_u64,   0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_func_t uw_insecure_seed_functions[] = {
    { "insecure-seed", uw_random_seed, 0, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_interface_t uw_random_interfaces[] = {
    { "wasi:random/random",        NULL, uw_random_functions },
    { "wasi:random/insecure",      NULL, uw_insecure_functions },
    { "wasi:random/insecure-seed", NULL, uw_insecure_seed_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */

const uw_package_t uw_wasi_random = { .interfaces = uw_random_interfaces };
