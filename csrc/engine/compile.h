#ifndef UW_ENGINE_COMPILE_H
#define UW_ENGINE_COMPILE_H

#include "base/settings.h"

/*
 * Compiles a component for the engine that `settings` describe.  On success
 * returns 0 and sets *compiled and *size (give them back to
 * uw_compiled_delete()); else -1 and a sentence in `error`.
 */
int uw_compile(const uw_settings_t *settings, const uint8_t *component,
               size_t component_size, uint8_t **compiled, size_t *size,
               char *error, size_t error_size);
void uw_compiled_delete(uint8_t *compiled);

#endif /* UW_ENGINE_COMPILE_H */
