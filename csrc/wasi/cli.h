#ifndef UW_WASI_CLI_H
#define UW_WASI_CLI_H

#include "wasi/gen/cli.h"

extern const uw_package_t uw_wasi_cli;

#endif /* UW_WASI_CLI_H */
