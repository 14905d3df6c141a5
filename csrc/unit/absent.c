#include "unit/absent.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/executor.h"
#include "unit/lines.h"
#include "unit/retry.h"
#include "unit/state.h"
#include "unit/conf.h"

#define UW_SECOND UINT64_C(1000000000)

/* Of a request only its head is looked at, which the router has bounded. */
#define UW_ABSENT_HEADERS (UINT64_C(1) << 30)
#define UW_ABSENT_BODY 65536
#define UW_ABSENT_INTERVAL (5 * UW_SECOND)

/* Nobody waits for a place: this is how many requests are looked at in a turn. */
#define UW_ABSENT_EXCHANGES 1000


/* The options themselves are read, and checked, by prepare. */
static uw_engine_t *
uw_absent_engine(const uw_nxt_setup_t *setup)
{
    uw_settings_t settings = { .max_exchanges = UW_ABSENT_EXCHANGES,
                               .queue_timeout = UW_SECOND,
                               .timeout = UW_SECOND,
                               .cpu_timeout = UW_SECOND,
                               .max_header_bytes = UW_ABSENT_HEADERS,
                               .body_buffer = UW_ABSENT_BODY,
                               .metrics_interval = UW_ABSENT_INTERVAL,
                               .log = uw_nxt_log,
                               .log_line = UW_NXT_LINE };
    uw_slice_t file;
    uw_engine_t *engine = NULL;
    char *name = strndup((const char *) setup->name.data, setup->name.size);
    char *metrics = NULL;

    if (uw_nxt_conf_option(setup, "UNIT_WASM_METRICS_FILE", &file)
        && file.size != 0 && file.data[0] == '/')
    {
        metrics = strndup((const char *) file.data, file.size);
    }
    settings.name = name;
    settings.metrics_file = metrics;
    if (name != NULL) {
        engine = uw_engine_vacant(&settings);
    }
    free(metrics);
    free(name);

    return engine;
}


static void
uw_absent_say(const uw_nxt_setup_t *setup, const char *why)
{
    uw_nxt_setup_log(setup->task, 3, setup->name, "", uw_slice_of(why));
    uw_nxt_setup_log(setup->task, 3, setup->name, "",
                     uw_slice_of("it was good when it was configured: requests "
                                 "are answered 503, and it is tried again"));
}


uw_nxt_absent_t *
uw_nxt_absent_new(const uw_nxt_setup_t *setup, const char *why,
                  uw_engine_t **engine)
{
    uw_nxt_absent_t *absent;

    if (!uw_nxt_state_has(uw_nxt_unitd(setup->task).state, setup)) {
        return NULL;
    }

    absent = mmap(NULL, sizeof(*absent), PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (absent == MAP_FAILED) {
        return NULL;
    }
    *engine = uw_absent_engine(setup);
    if (*engine == NULL || uw_nxt_retry_start(setup, absent) != 0) {
        goto failed;
    }
    uw_absent_say(setup, why);

    return absent;

failed:

    uw_engine_delete(*engine);
    *engine = NULL;
    (void) munmap(absent, sizeof(*absent));

    return NULL;
}


uint32_t
uw_nxt_absent_seconds(const uw_nxt_absent_t *absent)
{
    uint64_t now = uw_now();
    uint64_t next = atomic_load(&absent->next);

    /* While it is being tried, nobody knows how long that takes. */
    return next > now ? (uint32_t) ((next - now) / UW_SECOND) + 1 : 1;
}
