#ifndef UW_WASI_HTTP_PACKAGE_H
#define UW_WASI_HTTP_PACKAGE_H

#include "guest/package.h"

extern const uw_package_t uw_wasi_http;

#endif /* UW_WASI_HTTP_PACKAGE_H */
