/*
 * Memories and stacks of engine/memory.c, asked for as libwasmtime does, in sizes
 * that differ.  Prints what is wrong, and nothing else.
 */

#include "creator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>


static wasmtime_error_t *
make(size_t minimum, size_t reserved, size_t guard,
     wasmtime_linear_memory_t *memory)
{
    return creator.new_memory(creator.env, NULL, minimum, SIZE_MAX, reserved,
                              guard, memory);
}


static uint8_t *
look(const wasmtime_linear_memory_t *memory, size_t *size, size_t *capacity)
{
    return memory->get_memory(memory->env, size, capacity);
}


static wasmtime_error_t *
grow(const wasmtime_linear_memory_t *memory, size_t size)
{
    return memory->grow_memory(memory->env, size);
}


static void
end(const wasmtime_linear_memory_t *memory)
{
    memory->finalizer(memory->env);
}


/* Bytes from `start` on that are one mapping nobody may touch. */
static size_t
closed(const uint8_t *start)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    unsigned long from;
    unsigned long to;
    char flags[8];
    size_t size = 0;

    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, flags) == 3
            && from <= (uintptr_t) start && (uintptr_t) start < to
            && strncmp(flags, "---", 3) == 0)
        {
            size = to - (uintptr_t) start;
        }
    }
    if (maps != NULL) {
        (void) fclose(maps);
    }

    return size;
}


/* What comes back is only given away again where the same is asked for. */
static void
test_sizes(void)
{
    static const size_t sizes[][2] = {
        { 8 * PAGE, 2 * PAGE }, { 4 * PAGE, 6 * PAGE }, { 16 * PAGE, PAGE },
        { 8 * PAGE, 4 * PAGE }, { 4 * PAGE, 2 * PAGE },
    };
    size_t count = sizeof(sizes) / sizeof(sizes[0]);
    wasmtime_linear_memory_t memory;
    size_t size;
    size_t capacity;
    uint8_t *start;

    for (size_t i = 0; i < 200; i++) {
        const size_t *asked = sizes[(i * 7 + i / 3) % count];

        CHECK(make(PAGE, asked[0], asked[1], &memory) == NULL);
        start = look(&memory, &size, &capacity);
        CHECK(size == PAGE);
        CHECK(capacity == asked[0]);
        CHECK(closed(start + PAGE) >= asked[0] - PAGE + asked[1]);
        for (size_t at = 0; at < PAGE; at += 4096) {
            CHECK(start[at] == 0);
            start[at] = 1;
        }
        CHECK(grow(&memory, asked[0]) == NULL);
        CHECK(look(&memory, &size, &capacity) == start);
        CHECK(size == asked[0]);
        start[asked[0] - 1] = 1;
        end(&memory);
    }
}


/* Beyond its reservation a memory moves, with what is in it. */
static void
test_moves(void)
{
    wasmtime_linear_memory_t memory;
    size_t size;
    size_t capacity;
    uint8_t *start;

    CHECK(make(2 * PAGE, PAGE, PAGE, &memory) == NULL);
    start = look(&memory, &size, &capacity);
    CHECK(size == 2 * PAGE && capacity == 2 * PAGE);
    memset(start, 7, size);
    for (size_t pages = 3; pages < 700; pages += 40) {
        CHECK(grow(&memory, pages * PAGE) == NULL);
        start = look(&memory, &size, &capacity);
        CHECK(size == pages * PAGE && capacity >= size);
        CHECK(start[0] == 7 && start[2 * PAGE - 1] == 7);
        CHECK(start[2 * PAGE] == 0 && start[size - 1] == 0);
        CHECK(capacity == size || closed(start + size) > capacity - size);
    }
    end(&memory);
    CHECK(make(2 * PAGE, PAGE, PAGE, &memory) == NULL);
    start = look(&memory, &size, &capacity);
    CHECK(size == 2 * PAGE && capacity == 2 * PAGE && start[0] == 0);
    end(&memory);
}


/* All memories of an instance are counted together, those of others not. */
static void
test_sum(uw_memories_t *memories)
{
    uint64_t one = 0;
    uint64_t other = 0;
    wasmtime_linear_memory_t a;
    wasmtime_linear_memory_t b;
    wasmtime_linear_memory_t c;

    uw_memories_enter(memories, &one);
    CHECK(make(4 * PAGE, 64 * PAGE, PAGE, &a) == NULL);
    CHECK(make(4 * PAGE, 64 * PAGE, PAGE, &b) == NULL && one == 8 * PAGE);
    uw_memories_enter(memories, &other);
    CHECK(make(10 * PAGE, 64 * PAGE, PAGE, &c) == NULL && other == 10 * PAGE);
    CHECK(grow(&a, 6 * PAGE) == NULL && one == 10 * PAGE);
    CHECK(grow(&b, 5 * PAGE) != NULL && one == 10 * PAGE);
    CHECK(grow(&a, 2 * PAGE) != NULL && grow(&a, SIZE_MAX) != NULL);
    end(&a);
    CHECK(one == 4 * PAGE && other == 10 * PAGE);
    CHECK(grow(&b, 10 * PAGE) == NULL && grow(&b, 11 * PAGE) != NULL);
    uw_memories_enter(memories, &one);
    CHECK(make(PAGE, 64 * PAGE, PAGE, &a) != NULL && one == 10 * PAGE);
    CHECK(strcmp(reason, "the memories of an instance may have 655360 bytes "
                         "together (UNIT_WASM_MAX_MEMORY raises it)")
          == 0);
    CHECK(make(0, 64 * PAGE, PAGE, &a) == NULL);
    end(&a);
    end(&b);
    end(&c);
    CHECK(one == 0 && other == 0);
}


static void
test_stacks(void)
{
    static const size_t sizes[] = { 8192, 65536, 8193, 16384 };
    wasmtime_stack_memory_t stack;
    size_t size;
    uint8_t *top;

    for (size_t i = 0; i < 40; i++) {
        size_t asked = sizes[i * 3 % 4];

        CHECK(stacks.new_stack(stacks.env, asked, false, &stack) == NULL);
        top = stack.get_stack_memory(stack.env, &size);
        CHECK(size >= asked && size < asked + 4096);
        memset(top - size, 3, size);
        CHECK(closed(top - size - 1) >= 1);
        stack.finalizer(stack.env);
    }
}


static size_t
mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    size_t count = 0;

    for (int c; maps != NULL && (c = fgetc(maps)) != EOF;) {
        count += c == '\n';
    }
    if (maps != NULL) {
        (void) fclose(maps);
    }

    return count;
}


int
main(void)
{
    static const uint32_t kept[] = { 4, 0 };
    size_t before;

    free(malloc(1 << 16)); /* the heap is there */
    (void) mappings();
    before = mappings();
    for (size_t i = 0; i < 2; i++) {
        const uw_settings_t settings = { .pooling = true,
                                         .keep_slots = kept[i],
                                         .memories = 1,
                                         .keep_memory = 8u << 20,
                                         .max_memory = 10 * PAGE,
                                         .written = true,
                                         .scan = true,
                                         .faults = true };
        uw_memories_t *memories = uw_memories_new(&wasmtime, &settings);
        uint64_t account;

        uw_memories_serve(memories, NULL);
        uw_memories_enter(memories, NULL);
        test_sizes();
        test_moves();
        test_stacks();
        CHECK((uw_memories_free(memories) == 0) == (kept[i] == 0));
        account = 0;
        uw_memories_enter(memories, &account);
        test_sum(memories);
        uw_memories_delete(memories);
        (void) before;
#ifndef __SANITIZE_ADDRESS__
        CHECK(mappings() == before);
#endif
    }

    return 0;
}
