/*
 * Loaded before everything else by tools/asan.py.
 *
 * libwasmtime registers unwind tables of compiled guests with libgcc, which
 * allocates memory with a lock held that unwinding takes too.  The sanitizer
 * unwinds at every allocation, so that would hang.  Nothing has to unwind
 * through guests here: libwasmtime finds their frames by itself.
 */

void __register_frame(void *begin);
void __deregister_frame(void *begin);


void
__register_frame(void *begin)
{
    (void) begin;
}


void
__deregister_frame(void *begin)
{
    (void) begin;
}
