#include "engine/stack.h"


static void
uw_stack_end(void *env)
{
    uw_area_t *area = env;
    uw_free_t *stacks = &area->memories->stacks;
    uint32_t kept = area->memories->kept;

    if (kept == 0) {
        uw_area_delete(area);
        return;
    }

    /* Nothing of it is read before it is written: it is not cleared. */
    area->age = 1;
    if (stacks->count >= kept) {
        (void) !uw_area_forget(area);
    }
    uw_area_put(stacks, area);
}


static uint8_t *
uw_stack_get(void *env, size_t *size_out)
{
    const uw_area_t *area = env;

    *size_out = area->open;

    return area->start + area->open;
}


static wasmtime_error_t *
uw_stack_new(void *env, size_t size, bool zeroed,
             wasmtime_stack_memory_t *stack_out)
{
    uw_memories_t *memories = env;
    size_t page = memories->page;
    uw_area_t *area;

    (void) zeroed; /* is not asked for */
    size = (size + page - 1) / page * page;
    area = uw_area_take(&memories->stacks, size, page, 0, NULL);
    if (area == NULL) {
        area = uw_area_new(memories, size, page);
        if (area == NULL) {
            goto failed;
        }
        area->start = area->mapping + page;
        if (uw_area_open(area, size) != 0) {
            uw_area_delete(area);
            goto failed;
        }
    }

    *stack_out = (wasmtime_stack_memory_t) { area, uw_stack_get, uw_stack_end };

    return NULL;

failed:

    return memories->wt->error_new(UW_NO_SPACE);
}


void
uw_stacks_serve(uw_memories_t *memories, wasm_config_t *config)
{
    wasmtime_stack_creator_t stack = { memories, uw_stack_new, NULL };

    memories->wt->config_host_stack_creator_set(config, &stack);
}
