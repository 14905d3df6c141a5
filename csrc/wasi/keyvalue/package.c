#include "wasi/keyvalue/package.h"

#include "wasi/gen/keyvalue-draft2.h"
#include "wasi/gen/keyvalue.h"

const uw_package_t uw_wasi_keyvalue = { .interfaces = uw_keyvalue_interfaces };

const uw_package_t uw_wasi_keyvalue_draft2 = {
    .interfaces = uw_keyvalue_draft2_interfaces
};
