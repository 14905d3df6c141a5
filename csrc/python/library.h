/*
 * A component that Python calls, and its instances.  Plain declarations, for CFFI.
 */

#ifndef UW_PYTHON_LIBRARY_H
#define UW_PYTHON_LIBRARY_H

#include "base/settings.h"
#include "python/events.h"

/* NULL and a sentence in `error` when the component cannot be loaded. */
uw_library_t *uw_library_new(const uw_settings_t *settings, char *error,
                             size_t error_size);

/* Whether it was made in this process.  In a child that was forked since, instances are
 * refused whatever they are asked for, and what is deleted is left as it is: its
 * threads are not there, and its descriptors are the parent's, too. */
bool uw_library_is_here(const uw_library_t *library);

/* Ends when its last instance has. */
void uw_library_delete(uw_library_t *library);

/* A new instance, not instantiated yet.  NULL: out of memory, or the library is not
 * here. */
uw_caller_t *uw_caller_new(uw_library_t *library);

/* False, with nothing done, while another thread is in it. */
bool uw_caller_delete(uw_caller_t *caller);

typedef struct uw_outgoing_table uw_outgoing_table_t;

/* Where requests of its guests are, for a client; NULL: the settings allow none. */
uw_outgoing_table_t *uw_library_outgoing(const uw_library_t *library);

typedef struct uw_hostcalls uw_hostcalls_t;

/* Where host calls of its guests are, for who answers; NULL: nothing calls. */
uw_hostcalls_t *uw_library_hostcalls(const uw_library_t *library);

#endif /* UW_PYTHON_LIBRARY_H */
