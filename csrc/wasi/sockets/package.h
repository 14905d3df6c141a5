#ifndef UW_WASI_SOCKETS_PACKAGE_H
#define UW_WASI_SOCKETS_PACKAGE_H

#include "guest/package.h"

extern const uw_package_t uw_wasi_sockets;

#endif /* UW_WASI_SOCKETS_PACKAGE_H */
