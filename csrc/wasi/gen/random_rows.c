/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/random.h"


static uw_step_t
uw_random_get_insecure_random_bytes_call(uw_call_t *call)
{
    uint64_t len;

    if (!uw_read_u64(call, &call->args[0], &len)) {
        return UW_TRAP;
    }

    return uw_random_get_insecure_random_bytes(call, len);
}


static uw_step_t
uw_random_get_random_bytes_call(uw_call_t *call)
{
    uint64_t len;

    if (!uw_read_u64(call, &call->args[0], &len)) {
        return UW_TRAP;
    }

    return uw_random_get_random_bytes(call, len);
}


/* clang-format off */

static const char *const uw_random_versions[] = { "0.2.", NULL };

static const uw_host_func_t uw_random_insecure_seed_functions[] = {
    { "insecure-seed", uw_random_insecure_seed, 141, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_random_insecure_functions[] = {
    { "get-insecure-random-bytes", uw_random_get_insecure_random_bytes_call, 142, 1, 1, UW_GIVES_WAY, false },
    { "get-insecure-random-u64", uw_random_get_insecure_random_u64, 143, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_random_random_functions[] = {
    { "get-random-bytes", uw_random_get_random_bytes_call, 144, 1, 1, UW_GIVES_WAY, false },
    { "get-random-u64", uw_random_get_random_u64, 145, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_random_interfaces[] = {
    { "wasi:random/insecure-seed", uw_random_versions, NULL, uw_random_insecure_seed_functions },
    { "wasi:random/insecure", uw_random_versions, NULL, uw_random_insecure_functions },
    { "wasi:random/random", uw_random_versions, NULL, uw_random_random_functions },
    { NULL, NULL, NULL, NULL },
};

/* clang-format on */
