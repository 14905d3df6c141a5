/* The double's version of Unit's nxt_application.h; see nxt_main.h. */

#ifndef DOUBLE_NXT_APPLICATION_H
#define DOUBLE_NXT_APPLICATION_H

#include <nxt_conf.h>
#include <nxt_unit.h>

struct nxt_common_app_conf_s {
    nxt_str_t name;
    nxt_conf_value_t *self;
};

typedef nxt_int_t (*nxt_application_setup_t)(nxt_task_t *task,
                                             nxt_process_t *process,
                                             nxt_common_app_conf_t *conf);

typedef struct nxt_app_module_s {
    size_t compat_length;
    uint32_t *compat;
    nxt_str_t type;
    const char *version;
    const nxt_fs_mount_t *mounts;
    nxt_uint_t nmounts;
    nxt_application_setup_t setup;
    nxt_process_start_t start;
} nxt_app_module_t;

nxt_int_t nxt_unit_default_init(nxt_task_t *task, nxt_unit_init_t *init,
                                nxt_common_app_conf_t *conf);

#endif /* DOUBLE_NXT_APPLICATION_H */
