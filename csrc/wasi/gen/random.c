/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#include "wasi/gen/random.h"


uw_val_t
uw_make_random_tuple_u64_u64(uw_call_t *call,
                             const uw_random_tuple_u64_u64_t *value)
{
    uw_val_t made = uw_val_tuple(call->abi, 2);

    made.of.tuple.data[0] = uw_val_u64(value->f0);
    made.of.tuple.data[1] = uw_val_u64(value->f1);

    return made;
}
