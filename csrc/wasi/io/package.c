#include "wasi/io/package.h"

#include "wasi/gen/io.h"
#include "wasi/io/wait.h"

const uw_package_t uw_wasi_io = {
    .interfaces = uw_io_interfaces,
    .place = UW_PACKAGE_IO,
    .state_size = sizeof(uw_io_wait_t),
    .end = uw_io_wait_end,
    .free = uw_io_wait_free,
};
