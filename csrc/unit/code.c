#include "unit/code.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/escape.h"
#include "nxt_shim.h"
#include "unit/identity.h"
#include "unit/lines.h"
#include "wasi/packages.h"


static int
uw_nxt_code_open(uw_settings_t *settings, int code_fd, char *error,
                 size_t error_size)
{
    char identity[UW_NXT_IDENTITY];
    struct stat found;
    int fd;

    if (settings->component == NULL || settings->component[0] == '\0') {
        settings->component_fd = code_fd;
        return 0;
    }

    fd = uw_nxt_open_trusted(settings->component, &found);
    if (fd < 0) {
        (void) snprintf(error, error_size,
                        "the compiled component %s cannot be read: %s",
                        settings->component, strerror(errno));
        return -1;
    }

    uw_nxt_identity(&found, identity);
    if (settings->component_identity == NULL
        || strcmp(identity, settings->component_identity) != 0)
    {
        (void) snprintf(error, error_size,
                        "the compiled component %s is another file than the "
                        "one that was checked",
                        settings->component);
        (void) close(fd);
        return -1;
    }
    settings->component_fd = fd;

    return 0;
}


static uw_engine_t *
uw_nxt_code_build(const uw_settings_t *settings, char *error, size_t error_size)
{
    char why[1024];
    char text[1024];
    uw_engine_t *engine =
        uw_engine_new(settings, uw_wasi_link, why, sizeof(why));

    if (engine == NULL) {
        /* It may have names of the component in it. */
        uw_escape_text(uw_slice_of(why), text, sizeof(text));
        (void) snprintf(error, error_size, "the component cannot be served: %s",
                        text);
    }

    return engine;
}


uw_engine_t *
uw_nxt_code_engine(uw_settings_t *settings, int code_fd, char *error,
                   size_t error_size)
{
    uw_engine_t *engine;

    settings->log = uw_nxt_log;
    settings->log_line = UW_NXT_LINE;
    if (settings->folder) {
        engine = uw_engine_vacant(settings);
        if (engine == NULL) {
            (void) snprintf(error, error_size, "out of memory");
        }
        return engine;
    }
    if (uw_nxt_code_open(settings, code_fd, error, error_size) != 0) {
        return NULL;
    }
    engine = uw_nxt_code_build(settings, error, error_size);
    if (settings->component_fd > 0 && settings->component_fd != code_fd) {
        (void) close(settings->component_fd);
    }
    settings->component_fd = 0;

    return engine;
}
