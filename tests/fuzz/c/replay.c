/*
 * Runs a target without libFuzzer: `TARGET COUNT FILE...` runs it on each file,
 * then COUNT times on changed copies of them, always the same ones.  Before
 * each run the input is written to the file "replayed", so that it is there
 * after a crash.
 */

#include "fuzz.h"

#define REPLAY_MOST 4096

typedef struct {
    uint8_t data[REPLAY_MOST];
    size_t size;
} replay_t;


static uint32_t
replay_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;

    return (uint32_t) (*state >> 33);
}


static void
replay_read(replay_t *seed, const char *path)
{
    FILE *file = fopen(path, "rb");

    FUZZ_CHECK(file != NULL);
    seed->size = fread(seed->data, 1, REPLAY_MOST, file);
    FUZZ_CHECK(ferror(file) == 0 && fclose(file) == 0);
}


static void
replay_run(const replay_t *input)
{
    FILE *file = fopen("replayed", "wb");

    FUZZ_CHECK(file != NULL);
    FUZZ_CHECK(fwrite(input->data, 1, input->size, file) == input->size);
    FUZZ_CHECK(fclose(file) == 0);
    (void) LLVMFuzzerTestOneInput(input->data, input->size);
}


/* Sets, cuts out or inserts a few bytes. */
static void
replay_change(replay_t *input, uint64_t *state)
{
    static const uint8_t special[] = { 0,    1,    '\n', ' ',  ':',  '=',
                                       0x7F, 0x80, 0xC2, 0xC3, 0xED, 0xFF };
    size_t at = input->size == 0 ? 0 : replay_random(state) % input->size;
    size_t count = 1 + replay_random(state) % 4;
    uint32_t kind = replay_random(state) % 4;

    if (kind == 0 && at + count <= input->size) {
        memmove(input->data + at, input->data + at + count,
                input->size - at - count);
        input->size -= count;
    } else if (kind == 1 && input->size + count <= REPLAY_MOST) {
        memmove(input->data + at + count, input->data + at, input->size - at);
        input->size += count;
    } else if (input->size != 0) {
        input->data[at] = kind == 2
                              ? special[replay_random(state) % sizeof(special)]
                              : (uint8_t) replay_random(state);
    }
}


int
main(int count, char **arguments)
{
    static replay_t seed;
    static replay_t input;
    unsigned long runs = count < 3 ? 0 : strtoul(arguments[1], NULL, 10);
    uint64_t state = 1;

    if (count < 3) {
        (void) fprintf(stderr, "usage: %s COUNT FILE...\n", arguments[0]);
        return 2;
    }
    for (int i = 2; i < count; i++) {
        replay_read(&seed, arguments[i]);
        replay_run(&seed);
    }
    for (unsigned long i = 0; i < runs; i++) {
        replay_read(&seed, arguments[2 + (int) (i % (unsigned) (count - 2))]);
        input = seed;
        for (uint32_t left = 1 + replay_random(&state) % 8; left != 0; left--) {
            replay_change(&input, &state);
        }
        replay_run(&input);
    }

    return 0;
}
