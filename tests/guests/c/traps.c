/* Traps in the way that the path names. */
#include "guest.h"
#include "wasi_more.h"

typedef int (*one_number)(int);

static volatile int number;
static volatile float no_number = __builtin_nanf("");

static int
two_numbers(int one, int other)
{
    return one + other;
}

/* Out of the compiler's sight, which knows what these calls are. */
static void
call(size_t index)
{
    volatile size_t hidden = index;
    number = ((one_number) hidden)(1);
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    if (strcmp(path, "/memory") == 0)
        number = *(volatile int *) (__builtin_wasm_memory_size(0) * 65536 - 3);
    if (strcmp(path, "/table/beyond") == 0)
        call(1000000);
    if (strcmp(path, "/table/empty") == 0)
        call(0);
    if (strcmp(path, "/table/type") == 0)
        call((size_t) two_numbers);
    if (strcmp(path, "/arithmetic/zero") == 0)
        number = 7 / number;
    if (strcmp(path, "/arithmetic/overflow") == 0) {
        number = -1;
        number = INT32_MIN / number;
    }
    if (strcmp(path, "/arithmetic/conversion") == 0)
        number = __builtin_wasm_trunc_s_i32_f32(no_number);
    (void) outparam;
}
