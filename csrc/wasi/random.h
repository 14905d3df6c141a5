#ifndef UW_WASI_RANDOM_H
#define UW_WASI_RANDOM_H

#include "wasi/gen/random.h"

extern const uw_package_t uw_wasi_random;

#endif /* UW_WASI_RANDOM_H */
