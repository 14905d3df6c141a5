/*
 * The environment of the control plane in Unit: that of `unitd` itself.
 *
 * Unit puts the application's `environment`, which is the guest's, into the
 * environment of the prototype process before it calls setup(), which runs as
 * root.  Whatever reads variables there and later (the loader of the child that
 * prepares, Python, OpenSSL, the C library) would believe the application.
 * Unit loads the module before that, so what is there then is the operator's.
 */

#ifndef UW_UNIT_ENVIRON_H
#define UW_UNIT_ENVIRON_H

#include "base/buf.h"

/*
 * Copies the array of this process's environment into *kept, in the place of an
 * earlier copy; the strings stay the C library's, which never frees them.
 * *kept is NULL when out of memory.
 */
void uw_nxt_environ_keep(char ***kept);

/* Makes that copy the environment of this process.  -1: there is none. */
int uw_nxt_environ_restore(char **kept) UW_CHECKED;

#endif /* UW_UNIT_ENVIRON_H */
