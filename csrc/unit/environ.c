#include "unit/environ.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>


void
uw_nxt_environ_keep(char ***kept)
{
    char **old = *kept;
    size_t count = 0;

    while (environ != NULL && environ[count] != NULL) {
        count++;
    }

    *kept = calloc(count + 1, sizeof(char *));
    if (*kept != NULL && count != 0) {
        memcpy(*kept, environ, count * sizeof(char *));
    }

    if (environ != old) {
        free(old);
    }
}


int
uw_nxt_environ_restore(char **kept)
{
    if (kept == NULL) {
        return -1;
    }
    environ = kept;

    return 0;
}
