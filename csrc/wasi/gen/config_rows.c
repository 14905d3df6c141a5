/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/config.h"


static uw_step_t
uw_config_runtime_get_call(uw_call_t *call)
{
    uw_slice_t key;

    if (!uw_read_string(call, &call->args[0], &key)) {
        return UW_TRAP;
    }

    return uw_config_runtime_get(call, key);
}


static uw_step_t
uw_config_store_get_call(uw_call_t *call)
{
    uw_slice_t key;

    if (!uw_read_string(call, &call->args[0], &key)) {
        return UW_TRAP;
    }

    return uw_config_store_get(call, key);
}


/* clang-format off */

static const char *const uw_config_versions[] = { "0.2.0-rc.1", "0.2.0-draft", "0.2.0-draft-2024-09-27", NULL };

static const uw_host_func_t uw_config_runtime_functions[] = {
    { "get", uw_config_runtime_get_call, 205, 1, 1, UW_GIVES_WAY, false },
    { "get-all", uw_config_runtime_get_all, 206, 0, 1, UW_GIVES_WAY, false },
    { 0 },
};

static const uw_host_func_t uw_config_store_functions[] = {
    { "get", uw_config_store_get_call, 207, 1, 1, UW_GIVES_WAY, false },
    { "get-all", uw_config_store_get_all, 208, 0, 1, UW_GIVES_WAY, false },
    { 0 },
};

const uw_host_interface_t uw_config_interfaces[] = {
    { "wasi:config/runtime", uw_config_versions, NULL, uw_config_runtime_functions },
    { "wasi:config/store", uw_config_versions, NULL, uw_config_store_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */
