#ifndef UW_WASI_SOCKETS_H
#define UW_WASI_SOCKETS_H

#include "wasi/gen/sockets.h"

extern const uw_package_t uw_wasi_sockets;

#endif /* UW_WASI_SOCKETS_H */
