#include "part.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

static unsigned left;
static int refused;


void
refuse_allocation(unsigned number)
{
    left = number;
    refused = 0;
}


int
was_refused(void)
{
    return refused;
}


static int
refuse_this(void)
{
    int this_one = left == 1;

    left -= left != 0;
    refused |= this_one;

    return this_one;
}


/* The linker has every call go here: -Wl,--wrap. */

void *
__wrap_malloc(size_t size)
{
    return refuse_this() ? NULL : __real_malloc(size);
}


void *
__wrap_calloc(size_t count, size_t size)
{
    return refuse_this() ? NULL : __real_calloc(count, size);
}


void *
__wrap_realloc(void *old, size_t size)
{
    return refuse_this() ? NULL : __real_realloc(old, size);
}


void *
exact_copy(const void *bytes, size_t size)
{
    void *copy = malloc(size == 0 ? 1 : size);

    CHECK(copy != NULL);
    memcpy(copy, bytes, size);

    return copy;
}
