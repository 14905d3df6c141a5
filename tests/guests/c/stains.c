/* /MODE/SEED: tells how many bytes of its memory are not as they were at first, then
 * writes to many of them, waits for the end of the request's body, and ends in one of
 * several ways. */
#include "guest.h"

enum {
    SIZE = 600 * 1024,
    PAGE = 65536,
    GROWS = 24
};

enum {
    TO_SOME,
    TO_ALL,
    GROWN,
    TRAPS,
    NEVER_ENDS
};

#define MARK 0x5A

/* Eight bytes are looked at together. */
#define ALIGNED __attribute__((aligned(8)))

static volatile uint8_t ALIGNED filled[SIZE] = { [0 ... SIZE - 1] = MARK };
static volatile uint8_t ALIGNED empty[SIZE];
static volatile int runs;

static uint64_t
wrong(const volatile uint8_t *bytes, size_t size, uint8_t right)
{
    uint64_t count = 0;
    uint64_t word = right * 0x0101010101010101u;
    for (size_t at = 0; at < size; at += sizeof(word)) {
        if (*(const volatile uint64_t *) (bytes + at) == word)
            continue;
        for (size_t i = at; i < at + sizeof(word); i++)
            count += bytes[i] != right;
    }
    return count;
}

static uint64_t
grow(void)
{
    size_t at = __builtin_wasm_memory_grow(0, GROWS) * PAGE;
    volatile uint8_t *bytes = (volatile uint8_t *) at;
    uint64_t found = wrong(bytes, GROWS * PAGE, 0);
    for (size_t i = 0; i < GROWS * PAGE; i++)
        bytes[i] = 0xA5;
    return found;
}

static void
write_to(uint64_t mode, uint64_t seed)
{
    uint64_t state = seed * 2654435761u + 1;
    for (size_t i = 0; i < (mode == TO_ALL ? SIZE : 500); i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        size_t at = mode == TO_ALL ? i : (state >> 33) % SIZE;
        filled[at] = (uint8_t) state;
        empty[at] = (uint8_t) ~state;
    }
}

static void
wait_for_body(int32_t request)
{
    int32_t body;
    int32_t stream;
    request_open(request, &body, &stream);
    (void) read_to_end(stream);
    input_drop(stream);
    incoming_body_drop(body);
}

void
handle(int32_t request, int32_t outparam)
{
    size_t pages =
        __builtin_wasm_memory_size(0); /* before anything is allocated */
    uint64_t mode = path_number(request, 0, TO_SOME);
    uint64_t seed = path_number(request, 1, 0);
    uint64_t found = wrong(filled, SIZE, MARK) + wrong(empty, SIZE, 0) + runs++;

    if (mode == GROWN)
        found += grow();
    write_to(mode, seed);
    wait_for_body(request);
    MUST(mode != TRAPS || found != 0);
    while (mode == NEVER_ENDS && found == 0)
        empty[0]++;
    print("wrong: %llu, pages: %d\n", (unsigned long long) found, (int) pages);
    answer(outparam, 200);
    request_drop(request);
}
