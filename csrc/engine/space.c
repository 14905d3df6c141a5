#include "engine/space.h"

#include <sys/mman.h>

/* So many memories at least have room where there is little. */
#define UW_LEAST_MEMORIES 8

/* Room for libwasmtime's own tables beside what is counted, in the probe. */
#define UW_PROBE_SLACK (64ull << 20)


/* Sums and products end at UINT64_MAX, which nobody has. */
static uint64_t
uw_times(uint64_t a, uint64_t b)
{
    uint64_t product;

    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}


static uint64_t
uw_plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}


bool
uw_space_is_full(const uw_settings_t *settings)
{
    return settings->reservation >= UW_FULL_RESERVATION;
}


/* Bytes that a memory takes of it, with guards before and behind it. */
static uint64_t
uw_memory_space(const uw_settings_t *settings)
{
    uint64_t guard =
        uw_space_is_full(settings) ? UW_FULL_GUARD : UW_SMALL_GUARD;

    return settings->reservation + 2 * guard;
}


static uint64_t
uw_instance_space(const uw_settings_t *settings)
{
    return uw_plus(uw_times(uw_memory_space(settings), settings->memories),
                   UW_FIBER_STACK);
}


static bool
uw_space_is_free(uint64_t size)
{
    void *probe = mmap(NULL, size, PROT_NONE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (probe == MAP_FAILED) {
        return false;
    }

    return munmap(probe, size) == 0;
}


/* What libwasmtime's pool of all slots reserves. */
static uint64_t
uw_space_of_pool(const uw_settings_t *settings)
{
    uint64_t slot = settings->memory_each > UW_FULL_RESERVATION
                        ? settings->memory_each
                        : UW_FULL_RESERVATION;
    uint64_t memories = uw_times(slot + UW_FULL_GUARD, settings->memories);
    uint64_t tables =
        uw_times(settings->tables, settings->table_each * sizeof(void *));
    uint64_t each = uw_plus(uw_plus(memories, tables), UW_FIBER_STACK);

    return uw_plus(uw_times(each, settings->max_exchanges),
                   UW_PROBE_SLACK + UW_HOST_SPACE);
}


/* libwasmtime ends the process when it cannot reserve its pool: ask first. */
bool
uw_space_fits_pool(const uw_settings_t *settings)
{
    return uw_space_is_full(settings)
           && uw_space_is_free(uw_space_of_pool(settings));
}


/* Address space that is left, by halves of what a pool takes. */
static uint64_t
uw_space_left(const uw_settings_t *settings)
{
    uint64_t size = uw_space_of_pool(settings);

    while (size > UW_HOST_SPACE && !uw_space_is_free(size)) {
        size /= 2;
    }

    return size > UW_HOST_SPACE ? size - UW_HOST_SPACE : 0;
}


static uint64_t
uw_power_of_two(uint64_t below)
{
    uint64_t power = 1;

    while (power <= below / 2) {
        power *= 2;
    }

    return power;
}


uint64_t
uw_reservation(const uw_settings_t *settings)
{
    uw_settings_t asked = *settings;
    uint64_t share;
    uint64_t most;

    asked.reservation = UW_FULL_RESERVATION;
    if (uw_space_fits_pool(&asked)) {
        return UW_FULL_RESERVATION;
    }

    /* Powers of two, so that a cache need not hold one for each machine. */
    share =
        uw_space_left(&asked) / uw_times(UW_LEAST_MEMORIES, settings->memories);
    share = uw_power_of_two(share < UW_SMALL_GUARD ? UW_SMALL_GUARD : share);
    most = (settings->memory_each + UW_SMALL_GUARD - 1) / UW_SMALL_GUARD
           * UW_SMALL_GUARD;

    return share < most ? share : most;
}


uint32_t
uw_places(const uw_settings_t *settings)
{
    uint64_t each = uw_instance_space(settings);
    uint32_t low = 0;
    uint32_t high = settings->max_exchanges;

    if (uw_space_fits_pool(settings)) {
        return high;
    }
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;

        if (uw_space_is_free(uw_plus(uw_times(each, middle), UW_HOST_SPACE))) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }

    return low;
}


bool
uw_space_has_room(const uw_settings_t *settings, uint64_t memories)
{
    return uw_space_is_free(
        uw_plus(uw_times(uw_memory_space(settings), memories),
                UW_FIBER_STACK + UW_HOST_SPACE));
}
