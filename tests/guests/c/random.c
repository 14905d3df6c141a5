/* Prints how many random bytes it gets, and whether two draws differ; /N: of one
 * length only. */
#include "guest.h"
#include "wasi_more.h"

static void
draw(const char *name, void get(uint64_t length, wasi_bytes *result),
     uint64_t length)
{
    wasi_bytes first, second;
    get(length, &first);
    get(length, &second);
    MUST(first.len == second.len);
    print("%s %llu: %lu bytes, %s\n", name, (unsigned long long) length,
          (unsigned long) first.len,
          first.len != 0 && memcmp(first.ptr, second.ptr, first.len) != 0
              ? "differ"
              : "same");
}

void
handle(int32_t request, int32_t outparam)
{
    uint64_t length = path_number(request, 0, 0);
    if (length != 0) {
        draw("get-random-bytes", random_bytes, length);
        answer(outparam, 200);
        request_drop(request);
        return;
    }
    draw("get-random-bytes", random_bytes, 0);
    draw("get-random-bytes", random_bytes, 16);
    draw("get-random-bytes", random_bytes, 65536);
    draw("get-insecure-random-bytes", insecure_random_bytes, 16);
    print("get-random-u64: %s\n",
          random_u64() != random_u64() ? "differ" : "same");
    print("get-insecure-random-u64: %s\n",
          insecure_random_u64() != insecure_random_u64() ? "differ" : "same");
    wasi_seed seed;
    insecure_seed(&seed);
    print("insecure-seed: %s\n", seed.low != seed.high ? "ok" : "same halves");
    answer(outparam, 200);
    request_drop(request);
}
