/*
 * Settings as text: how `python -m unit_wasm prepare` hands them to a module
 * that runs no Python.  Entries "name=value", each ended by a zero byte.
 */

#ifndef UW_BASE_SETTINGS_TEXT_H
#define UW_BASE_SETTINGS_TEXT_H

#include "base/buf.h"
#include "base/settings.h"

/* Settings with the memory that their strings point to. */
typedef struct {
    uw_settings_t settings;
    char *text;
    const char **environment;
    const char **directories;
    const char **config;
} uw_settings_text_t;

/*
 * Reads a text.  Returns 0, or -1 and a sentence in `error` when an entry is
 * unknown, is no number where one is meant, or there is no memory.
 */
int uw_settings_parse(uw_settings_text_t *parsed, const uint8_t *text,
                      size_t size, char *error, size_t error_size) UW_CHECKED;
void uw_settings_text_free(uw_settings_text_t *parsed);

#endif /* UW_BASE_SETTINGS_TEXT_H */
