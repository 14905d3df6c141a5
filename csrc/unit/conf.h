/* The application's configuration, as Unit has it. */

#ifndef UW_UNIT_CONF_H
#define UW_UNIT_CONF_H

#include "base/json.h"
#include "nxt_shim.h"

/*
 * Whether an option is in the application's environment.  Its text is empty where
 * that is not one; it is Unit's memory.
 */
bool uw_nxt_conf_option(const uw_nxt_setup_t *setup, const char *name,
                        uw_slice_t *value) UW_CHECKED;

/* A value of the configuration, as it stands in what prepare is asked. */
void uw_nxt_conf_write(uw_json_t *json, uw_nxt_conf_t *conf);

#endif /* UW_UNIT_CONF_H */
