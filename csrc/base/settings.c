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
    offsetof(uw_settings_t, program),
    offsetof(uw_settings_t, client_address_header),
    offsetof(uw_settings_t, request_id_header),
    offsetof(uw_settings_t, request_id_from),
    offsetof(uw_settings_t, request_id_response),
    offsetof(uw_settings_t, metrics_file),
    offsetof(uw_settings_t, python_terms),
    offsetof(uw_settings_t, target_cpu),
    offsetof(uw_settings_t, network),
};

#define UW_SETTINGS_TEXTS                                                      \
    (sizeof(uw_settings_texts) / sizeof(uw_settings_texts[0]))


static const char **
uw_settings_text(uw_settings_t *settings, size_t i)
{
    return (const char **) ((char *) settings + uw_settings_texts[i]);
}


/* A copy of a list; NULL, or with NULL in it, when out of memory. */
static const char *const *
uw_settings_list(const char *const *borrowed, size_t *count, int *status)
{
    char **list = calloc(*count + 1, sizeof(char *));

    if (list == NULL) {
        *count = 0;
        *status = -1;
    }
    for (size_t i = 0; i < *count; i++) {
        list[i] = strdup(borrowed[i]);
        if (list[i] == NULL) {
            *status = -1;
        }
    }

    return (const char *const *) list;
}


static void
uw_settings_list_free(const char *const *list, size_t count)
{
    for (size_t i = 0; list != NULL && i < count; i++) {
        free((char *) list[i]);
    }
    free((void *) list);
}


/* On failure what is still borrowed is set to NULL. */
int
uw_settings_own(uw_settings_t *copy)
{
    int status = 0;

    for (size_t i = 0; i < UW_SETTINGS_TEXTS; i++) {
        const char **text = uw_settings_text(copy, i);

        *text = strdup(*text == NULL ? "" : *text);
        if (*text == NULL) {
            status = -1;
        }
    }
    copy->environment =
        uw_settings_list(copy->environment, &copy->environment_count, &status);
    copy->directories =
        uw_settings_list(copy->directories, &copy->directory_count, &status);
    copy->config = uw_settings_list(copy->config, &copy->config_count, &status);

    return status;
}


void
uw_settings_free(uw_settings_t *copy)
{
    uw_settings_list_free(copy->environment, copy->environment_count);
    uw_settings_list_free(copy->directories, copy->directory_count);
    uw_settings_list_free(copy->config, copy->config_count);
    for (size_t i = 0; i < UW_SETTINGS_TEXTS; i++) {
        free((char *) *uw_settings_text(copy, i));
    }
}
