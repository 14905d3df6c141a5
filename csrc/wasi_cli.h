/*
 * What a guest prints: wasi:cli/stdout and stderr go to the log, line by line.
 */

#ifndef UW_WASI_CLI_H
#define UW_WASI_CLI_H

#include "instance.h"

/*
 * Logs the lines that the guest has begun and not ended, and empties both
 * streams for the next guest.  To be called once the guest has ended.
 */
void uw_cli_flush_logs(uw_instance_t *instance);

#endif /* UW_WASI_CLI_H */
