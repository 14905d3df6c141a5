#include "base/settings.h"

#include <stdlib.h>
#include <string.h>

static const size_t uw_settings_texts[] = {
    offsetof(uw_settings_t, name),
    offsetof(uw_settings_t, library),
    offsetof(uw_settings_t, library_version),
    offsetof(uw_settings_t, component),
    offsetof(uw_settings_t, component_identity),
    offsetof(uw_settings_t, handler),
    offsetof(uw_settings_t, client_address_header),
    offsetof(uw_settings_t, request_id_header),
    offsetof(uw_settings_t, request_id_from),
    offsetof(uw_settings_t, request_id_response),
    offsetof(uw_settings_t, metrics_file),
    offsetof(uw_settings_t, outgoing_terms),
    offsetof(uw_settings_t, target_cpu),
};

#define UW_SETTINGS_TEXTS                                                      \
    (sizeof(uw_settings_texts) / sizeof(uw_settings_texts[0]))


static const char **
uw_settings_text(uw_settings_t *settings, size_t i)
{
    return (const char **) ((char *) settings + uw_settings_texts[i]);
}


/* On failure what is still borrowed is set to NULL. */
int
uw_settings_own(uw_settings_t *copy)
{
    const char *const *borrowed = copy->environment;
    size_t count = copy->environment_count;
    char **environment = calloc(count + 1, sizeof(char *));
    int status = environment == NULL ? -1 : 0;

    for (size_t i = 0; i < UW_SETTINGS_TEXTS; i++) {
        const char **text = uw_settings_text(copy, i);

        *text = strdup(*text == NULL ? "" : *text);
        if (*text == NULL) {
            status = -1;
        }
    }

    copy->environment = (const char *const *) environment;
    copy->environment_count = environment == NULL ? 0 : count;
    for (size_t i = 0; i < copy->environment_count; i++) {
        environment[i] = strdup(borrowed[i]);
        if (environment[i] == NULL) {
            status = -1;
        }
    }

    return status;
}


void
uw_settings_free(uw_settings_t *copy)
{
    if (copy->environment != NULL) {
        for (size_t i = 0; i < copy->environment_count; i++) {
            free((char *) copy->environment[i]);
        }
        free((void *) copy->environment);
    }
    for (size_t i = 0; i < UW_SETTINGS_TEXTS; i++) {
        free((char *) *uw_settings_text(copy, i));
    }
}
