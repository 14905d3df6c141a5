#ifndef UW_HTTP_LOG_H
#define UW_HTTP_LOG_H

#include "base/log.h"
#include "http/exchange.h"

/* A line of the log about an exchange: the record, with what the exchange is. */
void uw_exchange_log(const uw_settings_t *settings,
                     const uw_exchange_t *exchange, const uw_record_t *record);

#endif /* UW_HTTP_LOG_H */
