/*
 * What Python opens and closes where an application is a directory of components
 * (unit_wasm/unit/directory.py): each is a site of the worker (worker/site.h).
 * Plain declarations, for CFFI.
 */

#ifndef UW_UNIT_COMPONENT_H
#define UW_UNIT_COMPONENT_H

#include <stddef.h>

typedef struct uw_worker uw_worker_t;
typedef struct uw_engine uw_engine_t;
typedef struct uw_site uw_site_t;
typedef struct uw_outgoing_table uw_outgoing_table_t;
typedef struct uw_hostcalls uw_hostcalls_t;

/*
 * From any thread.  NULL, and a sentence in `error`, where it cannot be served.
 *
 *   settings: as base/settings_text.h reads them.
 *   code_fd:  the machine code where it has no file of its own; the caller's.
 */
uw_engine_t *uw_component_load(const char *settings, size_t size, int code_fd,
                               char *error, size_t error_size);

/* One that was never opened. */
void uw_component_drop(uw_engine_t *engine);

/* On the worker's thread.  Takes the engine over, also when it fails: NULL, and a
 * sentence in `error`. */
uw_site_t *uw_component_open(uw_worker_t *worker, uw_engine_t *engine,
                             char *error, size_t error_size);

/* From any thread: whether it has exchanges; and nothing begins there any more, when
 * nobody is at the other side of these two. */
int uw_component_is_busy(const uw_site_t *site);
void uw_component_close(uw_site_t *site);

/* Its outgoing requests, and its host calls; NULL: it has none. */
uw_outgoing_table_t *uw_component_outgoing(const uw_site_t *site);
uw_hostcalls_t *uw_component_hostcalls(const uw_site_t *site);

#endif /* UW_UNIT_COMPONENT_H */
