/*
 * Setup, in Unit's prototype process: what Unit has of an application's
 * configuration becomes an engine, which all workers inherit by fork.  The
 * control plane validates and compiles in a child process, because no thread
 * may start in this one.
 */

#ifndef UW_UNIT_SETUP_H
#define UW_UNIT_SETUP_H

#include "base/json.h"
#include "engine/engine.h"
#include "nxt_shim.h"

typedef struct {
    void *task;          /* for uw_nxt_setup_log() */
    uw_slice_t name;     /* of the application */
    uw_nxt_conf_t *conf; /* its part of the configuration */
} uw_nxt_setup_t;

/*
 * NULL and a sentence in `error` where the application cannot be served; more
 * about it is in the log then.
 */
uw_engine_t *uw_nxt_setup_engine(const uw_nxt_setup_t *setup, char *error,
                                 size_t error_size) UW_CHECKED;

/*
 * Whether an option is in the application's environment.  Its text is empty where
 * that is not one; it is Unit's memory.
 */
bool uw_nxt_setup_option(const uw_nxt_setup_t *setup, const char *name,
                         uw_slice_t *value) UW_CHECKED;

/* A value of the configuration, as it stands in what prepare is asked. */
void uw_nxt_setup_write(uw_json_t *json, uw_nxt_conf_t *conf);

#endif /* UW_UNIT_SETUP_H */
