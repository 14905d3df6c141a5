/*
 * Private to wasi_io.c and wasi_io_streams.c.
 */

#ifndef UW_WASI_IO_H
#define UW_WASI_IO_H

#include "host.h"

extern const uw_host_resource_t uw_streams_resources[];
extern const uw_host_func_t uw_streams_functions[];

#endif /* UW_WASI_IO_H */
