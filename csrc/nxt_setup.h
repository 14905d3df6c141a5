/*
 * Setup, in Unit's prototype process: what Unit has of an application's
 * configuration becomes an engine, which all workers inherit by fork.  The
 * control plane validates and compiles in a child process, because no thread
 * may start in this one.
 */

#ifndef UW_NXT_SETUP_H
#define UW_NXT_SETUP_H

#include "engine.h"
#include "nxt_shim.h"

/*
 * `name` is the application's, `conf` its part of the configuration.  NULL and a
 * sentence in `error` where it cannot be served.
 */
uw_engine_t *uw_nxt_setup_engine(uw_slice_t name, uw_nxt_conf_t *conf,
                                 char *error, size_t error_size) UW_CHECKED;

#endif /* UW_NXT_SETUP_H */
