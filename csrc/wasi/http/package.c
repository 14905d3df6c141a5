#include "wasi/http/package.h"

#include "wasi/gen/http.h"

const uw_package_t uw_wasi_http = { .interfaces = uw_http_interfaces };
