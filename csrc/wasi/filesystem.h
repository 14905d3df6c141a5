#ifndef UW_WASI_FILESYSTEM_H
#define UW_WASI_FILESYSTEM_H

#include "wasi/gen/filesystem.h"

extern const uw_package_t uw_wasi_filesystem;

#endif /* UW_WASI_FILESYSTEM_H */
