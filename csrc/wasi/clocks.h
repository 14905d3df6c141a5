#ifndef UW_WASI_CLOCKS_H
#define UW_WASI_CLOCKS_H

#include "wasi/gen/clocks.h"

extern const uw_package_t uw_wasi_clocks;

#endif /* UW_WASI_CLOCKS_H */
