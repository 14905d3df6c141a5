/*
 * Invariant: whatever instances have written to, and however they have grown, a
 * memory that is made holds exactly its image and zeroes behind it, and what it
 * grows by is zero; be it told what was written or not, each time or only after
 * page faults, and whatever is kept.
 */

#include <sys/mman.h>
#include <unistd.h>

#include "../../native/creator.h"

#include "fuzz.h"

#define LIVE 3
#define STEPS 400
#define LARGEST (24 * PAGE)

/* Two begin with an image. */
static const struct {
    size_t memory;
    size_t image;
} kinds[] = {
    { 18 * PAGE, 5 * PAGE }, { 3 * PAGE, 3 * PAGE },
    { 2 * PAGE, 0 },         { PAGE, 0 },
    { 20 * PAGE, 0 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static uint8_t pattern[5 * PAGE];
static uint8_t zeroes[LARGEST];


static void
put(int fd, const void *bytes, size_t size, size_t at)
{
    FUZZ_CHECK(pwrite(fd, bytes, size, (off_t) at) == (ssize_t) size);
}


/* A file with both images behind one page of something else. */
static int
image_file(void)
{
    int fd = memfd_create("images", MFD_CLOEXEC);
    uint64_t head[] = { 2, kinds[0].memory, kinds[0].image, kinds[1].memory,
                        kinds[1].image };

    FUZZ_CHECK(fd >= 0);
    for (size_t i = 0; i < sizeof(pattern); i++) {
        pattern[i] = (uint8_t) (i * 7 + i / 4096 + 1);
    }
    put(fd, head, sizeof(head), PAGE);
    put(fd, pattern, kinds[0].image, 2 * PAGE);
    put(fd, pattern, kinds[1].image, 2 * PAGE + kinds[0].image);

    return fd;
}


typedef struct {
    wasmtime_linear_memory_t memory;
    uint8_t *start;
    size_t size;
    bool lives;
} live_t;


static void
look(live_t *live)
{
    size_t capacity;

    live->start =
        live->memory.get_memory(live->memory.env, &live->size, &capacity);
    FUZZ_CHECK(capacity >= live->size);
}


static void
begin(live_t *live, size_t kind)
{
    size_t image = kinds[kind].image;

    FUZZ_CHECK(creator.new_memory(creator.env, NULL, kinds[kind].memory,
                                  SIZE_MAX, 16 * PAGE, PAGE, &live->memory)
               == NULL);
    live->lives = true;
    look(live);
    FUZZ_CHECK(live->size == kinds[kind].memory);
    FUZZ_CHECK(memcmp(live->start, pattern, image) == 0);
    FUZZ_CHECK(memcmp(live->start + image, zeroes, live->size - image) == 0);
}


static void
grow(live_t *live, size_t pages)
{
    size_t before = live->size;

    if (before + pages * PAGE > LARGEST) {
        return;
    }
    FUZZ_CHECK(live->memory.grow_memory(live->memory.env, before + pages * PAGE)
               == NULL);
    look(live);
    FUZZ_CHECK(live->size == before + pages * PAGE);
    FUZZ_CHECK(memcmp(live->start + before, zeroes, live->size - before) == 0);
}


static void
end(live_t *live)
{
    live->memory.finalizer(live->memory.env);
    live->lives = false;
}


static void
step(fuzz_t *fuzz, uw_memories_t *memories, live_t lives[LIVE])
{
    uint8_t what = fuzz_byte(fuzz);
    live_t *live = &lives[what % LIVE];
    size_t at;
    size_t size;

    what /= LIVE;
    if (!live->lives) {
        begin(live, what % KINDS);
        return;
    }
    switch (what % 8) {
    case 0:
        grow(live, fuzz_byte(fuzz) % 8);
        break;
    case 1:
    case 2:
        end(live);
        break;
    case 3:
        (void) !uw_areas_rest(memories);
        break;
    case 4: /* a page is read, and not written to */
        at = fuzz_u16(fuzz) * (size_t) 64 % live->size;
        (void) ((volatile uint8_t *) live->start)[at];
        break;
    default:
        at = fuzz_u16(fuzz) * (size_t) 64 % live->size;
        size = fuzz_u16(fuzz) % (live->size - at) + 1;
        memset(live->start + at, fuzz_byte(fuzz), size);
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    fuzz_t fuzz = { data, size };
    uint8_t how = fuzz_byte(&fuzz);
    uw_settings_t settings = { .pooling = true,
                               .keep_slots = how % 4,
                               .memories = 1,
                               .max_memory = 1 << 30,
                               .written = (how & 0x80) == 0,
                               .faults = (how & 0x40) == 0,
                               .scan = (how & 0x20) == 0 };
    live_t lives[LIVE] = { 0 };
    uw_memories_t *memories;

    if (fd < 0) {
        fd = image_file();
    }
    settings.keep_memory = (uint64_t) fuzz_byte(&fuzz) << 14;
    memories = uw_memories_new(&wasmtime, &settings);
    FUZZ_CHECK(memories != NULL);
    FUZZ_CHECK(uw_memories_begin_with(memories, fd, PAGE) == 0);
    uw_memories_serve(memories, NULL);

    for (size_t i = 0; i < STEPS && fuzz.size != 0; i++) {
        step(&fuzz, memories, lives);
    }
    for (size_t i = 0; i < LIVE; i++) {
        if (lives[i].lives) {
            end(&lives[i]);
        }
    }
    uw_memories_delete(memories);

    return 0;
}
