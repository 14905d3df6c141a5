/* Counts the primes below a million with a sieve, which takes some milliseconds
 * in tight loops, and answers how many: 78498. */
#include "guest.h"

#define LIMIT 1000000

static uint8_t composite[LIMIT];

void
handle(int32_t request, int32_t outparam)
{
    uint32_t primes = 0;

    for (uint32_t i = 2; i < LIMIT; i++) {
        if (composite[i])
            continue;
        primes++;
        for (uint32_t j = 2 * i; j < LIMIT; j += i)
            composite[j] = 1;
    }
    print("%u\n", (unsigned) primes);
    answer(outparam, 200);
    request_drop(request);
}
