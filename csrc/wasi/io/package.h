#ifndef UW_WASI_IO_PACKAGE_H
#define UW_WASI_IO_PACKAGE_H

#include "guest/package.h"

extern const uw_package_t uw_wasi_io;

#endif /* UW_WASI_IO_PACKAGE_H */
