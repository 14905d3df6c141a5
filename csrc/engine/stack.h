/*
 * Stacks of guests, in the place of libwasmtime's: they are kept with memories.
 */

#ifndef UW_ENGINE_STACK_H
#define UW_ENGINE_STACK_H

#include "engine/area.h"

/* Lets an engine take its stacks from there. */
void uw_stacks_serve(uw_memories_t *memories, wasm_config_t *config);

#endif /* UW_ENGINE_STACK_H */
