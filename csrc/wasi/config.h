#ifndef UW_WASI_CONFIG_H
#define UW_WASI_CONFIG_H

#include "wasi/gen/config.h"

extern const uw_package_t uw_wasi_config;

#endif /* UW_WASI_CONFIG_H */
