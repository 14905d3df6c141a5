#include "http/log.h"

#include "http/request_id.h"


void
uw_exchange_log(const uw_settings_t *settings, const uw_exchange_t *exchange,
                const uw_record_t *record)
{
    uw_record_t whole = *record;
    char id[UW_ID_MAX + 1];

    (void) uw_request_id(exchange, id);
    whole.id = id;
    whole.method = exchange->method;
    whole.path = exchange->path_with_query;
    uw_log_record(settings, &whole);
}
