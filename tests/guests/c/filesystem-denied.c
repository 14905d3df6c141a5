/* Prints how many directories it was given. */
#include "guest.h"
#include "wasi_more.h"

void
handle(int32_t request, int32_t outparam)
{
    wasi_preopen_list directories;
    get_directories(&directories);
    print("directories: %lu\n", (unsigned long) directories.len);
    answer(outparam, 200);
    request_drop(request);
}
