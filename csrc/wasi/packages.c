#include "wasi/packages.h"

#include "wasi/filesystem/package.h"
#include "wasi/gen/cli.h"
#include "wasi/gen/clocks.h"
#include "wasi/gen/config.h"
#include "wasi/gen/http.h"
#include "wasi/gen/keyvalue-draft2.h"
#include "wasi/gen/keyvalue.h"
#include "wasi/gen/logging.h"
#include "wasi/gen/random.h"
#include "wasi/io/package.h"
#include "wasi/sockets/package.h"

/* Those that have nothing of an instance. */
static const uw_package_t uw_clocks = { .interfaces = uw_clocks_interfaces };
static const uw_package_t uw_random = { .interfaces = uw_random_interfaces };
static const uw_package_t uw_cli = { .interfaces = uw_cli_interfaces };
static const uw_package_t uw_http = { .interfaces = uw_http_interfaces };
static const uw_package_t uw_config = { .interfaces = uw_config_interfaces };
static const uw_package_t uw_logging = { .interfaces = uw_logging_interfaces };
static const uw_package_t uw_keyvalue = { .interfaces =
                                              uw_keyvalue_interfaces };
static const uw_package_t uw_keyvalue_draft2 = {
    .interfaces = uw_keyvalue_draft2_interfaces
};

const uw_package_t *const uw_wasi_packages[] = {
    &uw_wasi_io, &uw_clocks,          &uw_random,          &uw_cli,
    &uw_http,    &uw_wasi_filesystem, &uw_wasi_sockets,    &uw_config,
    &uw_logging, &uw_keyvalue,        &uw_keyvalue_draft2, NULL,
};


int
uw_wasi_link(const uw_wasmtime_t *wt, uw_pool_t *pool,
             const uw_settings_t *settings, char *error, size_t error_size)
{
    const uw_export_t handler = { settings->handler, "handle" };
    const uw_linking_t linking = { .packages = uw_wasi_packages,
                                   .exports = &handler,
                                   .export_count = settings->handler[0] != '\0',
                                   .program = settings->program };

    return uw_link(wt, pool, &linking, error, error_size);
}
