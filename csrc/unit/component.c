#include "unit/component.h"

#include "base/settings_text.h"
#include "unit/code.h"
#include "worker/exchanges.h"
#include "worker/site.h"


uw_engine_t *
uw_component_load(const char *settings, size_t size, int code_fd, char *error,
                  size_t error_size)
{
    uw_settings_text_t parsed;
    uw_engine_t *engine;

    if (uw_settings_parse(&parsed, (const uint8_t *) settings, size, error,
                          error_size)
        != 0)
    {
        return NULL;
    }
    engine = uw_nxt_code_engine(&parsed.settings, code_fd, error, error_size);
    uw_settings_text_free(&parsed);

    return engine;
}


void
uw_component_drop(uw_engine_t *engine)
{
    uw_engine_delete(engine);
}


uw_site_t *
uw_component_open(uw_worker_t *worker, uw_engine_t *engine, char *error,
                  size_t error_size)
{
    return uw_worker_open_site(worker, engine, error, error_size);
}


int
uw_component_is_busy(const uw_site_t *site)
{
    return uw_site_is_busy(site);
}


void
uw_component_close(uw_site_t *site)
{
    uw_site_close(site);
}


uw_outgoing_table_t *
uw_component_outgoing(const uw_site_t *site)
{
    return uw_site_outgoing(site);
}


uw_hostcalls_t *
uw_component_hostcalls(const uw_site_t *site)
{
    return uw_site_hostcalls(site);
}
