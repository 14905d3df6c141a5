/*
 * Setup, in Unit's prototype process: what Unit has of an application's
 * configuration becomes an engine, which all workers inherit by fork.  The
 * control plane validates and compiles in a child process, because no thread
 * may start in this one.
 */

#ifndef UW_UNIT_SETUP_H
#define UW_UNIT_SETUP_H

#include "engine/engine.h"
#include "nxt_shim.h"

/*
 * NULL and a sentence in `error` where the application cannot be served; more
 * about it is in the log then.
 */
uw_engine_t *uw_nxt_setup_engine(const uw_nxt_setup_t *setup, char *error,
                                 size_t error_size) UW_CHECKED;

#endif /* UW_UNIT_SETUP_H */
