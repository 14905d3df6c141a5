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

static const uw_host_func_t uw_random_insecure_seed_functions[] = {
    { 141, "insecure-seed", uw_random_insecure_seed, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_random_insecure_functions[] = {
    { 142, "get-insecure-random-bytes", uw_random_get_insecure_random_bytes_call, 1, 1, UW_GIVES_WAY, false },
    { 143, "get-insecure-random-u64", uw_random_get_insecure_random_u64, 0, 1, UW_SHORT, false },
    { 0 },
};

static const uw_host_func_t uw_random_random_functions[] = {
    { 144, "get-random-bytes", uw_random_get_random_bytes_call, 1, 1, UW_GIVES_WAY, false },
    { 145, "get-random-u64", uw_random_get_random_u64, 0, 1, UW_SHORT, false },
    { 0 },
};

const uw_host_interface_t uw_random_interfaces[] = {
    { "wasi:random/insecure-seed", NULL, uw_random_insecure_seed_functions },
    { "wasi:random/insecure", NULL, uw_random_insecure_functions },
    { "wasi:random/random", NULL, uw_random_random_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */
