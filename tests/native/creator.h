/*
 * What engine/memory.c needs of libwasmtime, which is not there: it keeps the
 * creators that it is given, and the reasons of errors.
 */

#ifndef TESTS_NATIVE_CREATOR_H
#define TESTS_NATIVE_CREATOR_H

#include <stdio.h>

#include "engine/memory.h"

#define PAGE 65536u

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition)) {                                                    \
            (void) printf("%d: %s\n", __LINE__, #condition);                   \
        }                                                                      \
    } while (0)

struct wasmtime_error {
    int unused;
};

static wasmtime_memory_creator_t creator;
static wasmtime_stack_creator_t stacks;
static wasmtime_error_t failed;
static char reason[256];


static wasmtime_error_t *
error_new(const char *message)
{
    (void) snprintf(reason, sizeof(reason), "%s", message);
    return &failed;
}


static void
set_creator(wasm_config_t *config, wasmtime_memory_creator_t *given)
{
    (void) config;
    creator = *given;
}


static void
set_stacks(wasm_config_t *config, wasmtime_stack_creator_t *given)
{
    (void) config;
    stacks = *given;
}


static const uw_wasmtime_t wasmtime = {
    .error_new = error_new,
    .config_host_memory_creator_set = set_creator,
    .config_host_stack_creator_set = set_stacks,
};

#endif /* TESTS_NATIVE_CREATOR_H */
