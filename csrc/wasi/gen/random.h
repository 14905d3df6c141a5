/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_RANDOM_H
#define UW_WASI_GEN_RANDOM_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"

typedef struct {
    uint64_t f0;
    uint64_t f1;
} uw_random_tuple_u64_u64_t;

uw_val_t uw_make_random_tuple_u64_u64(uw_call_t *call,
                                      const uw_random_tuple_u64_u64_t *value);

/* insecure-seed() -> tuple<u64, u64> */
uw_step_t uw_random_insecure_seed(uw_call_t *call);

/* get-insecure-random-bytes(len: u64) -> list<u8> */
uw_step_t uw_random_get_insecure_random_bytes(uw_call_t *call, uint64_t len);

/* get-insecure-random-u64() -> u64 */
uw_step_t uw_random_get_insecure_random_u64(uw_call_t *call);

/* get-random-bytes(len: u64) -> list<u8> */
uw_step_t uw_random_get_random_bytes(uw_call_t *call, uint64_t len);

/* get-random-u64() -> u64 */
uw_step_t uw_random_get_random_u64(uw_call_t *call);

extern const uw_host_interface_t uw_random_interfaces[];

#endif /* UW_WASI_GEN_RANDOM_H */
