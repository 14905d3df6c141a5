#include "engine/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/promise.h"
#include "engine/restore.h"
#include "engine/stack.h"

#define UW_WASM_PAGE (64u << 10)


/* ---- Linear memories: wasmtime_memory_creator_t ---- */

static void
uw_memory_pay_back(uint64_t *account, size_t more)
{
    if (account != NULL) {
        *account -= more;
    }
}


static void
uw_memory_end(void *env)
{
    uw_area_t *area = env;
    uw_memories_t *memories = area->memories;

    uw_memory_pay_back(area->account, area->paid);
    area->account = NULL;
    if (memories->kept != 0 && !area->moved && uw_area_restore(area) == 0) {
        uw_area_put(&memories->memories, area);
    } else {
        uw_area_delete(area);
    }
}


/* Counts bytes of the instance's memories.  Returns 0, or -1 where it has all. */
static int
uw_memory_pay(const uw_memories_t *memories, uint64_t *account, size_t more)
{
    if (account == NULL) {
        return 0;
    }
    if (more > memories->most - *account) {
        return -1;
    }
    *account += more;

    return 0;
}


static uint8_t *
uw_memory_get(void *env, size_t *byte_size, size_t *byte_capacity)
{
    const uw_area_t *area = env;

    *byte_size = area->open;
    *byte_capacity = area->limit;

    return area->start;
}


static wasmtime_error_t *
uw_memory_grow(void *env, size_t new_size)
{
    uw_area_t *area = env;
    size_t more = new_size > area->paid ? new_size - area->paid : 0;

    if (new_size < area->open || new_size % area->memories->page != 0
        || uw_memory_pay(area->memories, area->account, more) != 0)
    {
        return area->memories->wt->error_new("no memory is left");
    }
    if ((new_size > area->limit ? uw_area_move(area, new_size)
                                : uw_area_open(area, new_size))
        != 0)
    {
        uw_memory_pay_back(area->account, more);
        return area->memories->wt->error_new("no memory is left");
    }
    area->paid += more;

    return NULL;
}


static wasmtime_error_t *
uw_memory_too_much(const uw_memories_t *memories)
{
    char text[128];

    (void) snprintf(text, sizeof(text),
                    "the memories of an instance may have %llu bytes together "
                    "(UNIT_WASM_MAX_MEMORY raises it)",
                    (unsigned long long) memories->most);

    return memories->wt->error_new(text);
}


static uw_area_t *
uw_memory_make(uw_memories_t *memories, size_t limit, size_t guard,
               const uw_image_t *image)
{
    uw_area_t *area = uw_area_new(memories, limit, guard);

    if (area == NULL) {
        return NULL;
    }

    area->start = area->mapping;
    if (image != NULL && uw_area_begin_with(area, image) != 0) {
        uw_area_delete(area);
        return NULL;
    }

    return area;
}


static wasmtime_error_t *
uw_memory_new(void *env, const wasm_memorytype_t *type, size_t minimum,
              size_t maximum, size_t reserved_size, size_t guard_size,
              wasmtime_linear_memory_t *memory_out)
{
    uw_memories_t *memories = env;
    size_t limit = minimum > reserved_size ? minimum : reserved_size;
    /* That of the rewrite, which has a page when bytes are packed: it is counted now. */
    size_t paid = minimum == 0 && maximum == UW_WASM_PAGE ? maximum : minimum;
    const uw_image_t *image = uw_images_find(&memories->images, minimum);
    uw_area_t *area;

    (void) type;
    if (uw_memory_pay(memories, memories->account, paid) != 0) {
        return uw_memory_too_much(memories);
    }

    area = uw_area_take(&memories->memories, limit, guard_size, minimum, image);
    if (area == NULL) {
        area = uw_memory_make(memories, limit, guard_size, image);
        if (area == NULL) {
            goto failed;
        }
    }
    if (minimum % memories->page != 0 || uw_area_open(area, minimum) != 0) {
        uw_area_delete(area);
        goto failed;
    }
    area->begins = minimum;
    area->paid = paid;
    area->account = memories->account;

    *memory_out = (wasmtime_linear_memory_t) { area, uw_memory_get,
                                               uw_memory_grow, uw_memory_end };

    return NULL;

failed:

    uw_memory_pay_back(memories->account, paid);

    return memories->wt->error_new(UW_NO_SPACE);
}


/* ---- All of them ---- */

uw_memories_t *
uw_memories_new(const uw_wasmtime_t *wt, const uw_settings_t *settings)
{
    uw_memories_t *memories = calloc(1, sizeof(*memories));

    if (memories != NULL) {
        memories->wt = wt;
        memories->kept = settings->pooling ? settings->keep_slots : 0;
        memories->kept_memories =
            (uint64_t) memories->kept * settings->memories;
        memories->keep = settings->keep_memory;
        memories->most = settings->max_memory;
        memories->page = (size_t) sysconf(_SC_PAGESIZE);
        memories->counted = uw_memory_is_counted();
        uw_images_init(&memories->images);
        uw_written_init(&memories->written);
        memories->written.refused = !settings->written;
        memories->written.no_scan = !settings->scan;
        memories->written.always = !settings->faults;
    }

    return memories;
}


int
uw_memories_begin_with(uw_memories_t *memories, int fd, uint64_t offset)
{
    return uw_images_open(&memories->images, fd, offset);
}


void
uw_memories_arrive(uw_memories_t *memories)
{
    /* It remembers. */
    (void) !uw_written_is_told(&memories->written);
}


void
uw_memories_serve(uw_memories_t *memories, wasm_config_t *config)
{
    wasmtime_memory_creator_t memory = { memories, uw_memory_new, NULL };

    memories->wt->config_host_memory_creator_set(config, &memory);
    uw_stacks_serve(memories, config);
}


void
uw_memories_enter(uw_memories_t *memories, uint64_t *account)
{
    memories->account = account;
}


uint32_t
uw_memories_free(const uw_memories_t *memories)
{
    return memories->memories.count;
}


void
uw_memories_delete(uw_memories_t *memories)
{
    if (memories != NULL) {
        uw_areas_trim(&memories->memories);
        uw_areas_trim(&memories->stacks);
        uw_images_close(&memories->images);
        uw_written_close(&memories->written);
        free(memories);
    }
}
