#ifndef UW_WASI_LOGGING_H
#define UW_WASI_LOGGING_H

#include "wasi/gen/logging.h"

extern const uw_package_t uw_wasi_logging;

#endif /* UW_WASI_LOGGING_H */
