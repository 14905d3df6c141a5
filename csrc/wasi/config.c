/*
 * wasi:config: the values that the configuration gives, and never an error.  Its
 * older draft has the same functions in an interface of another name.
 */

#include "wasi/gen/config.h"

#include <string.h>


/* "KEY=VALUE" in two. */
static uw_config_tuple_string_string_t
uw_config_entry(const char *entry)
{
    const char *equals = strchr(entry, '=');
    size_t size = equals == NULL ? strlen(entry) : (size_t) (equals - entry);

    return (uw_config_tuple_string_string_t) {
        { (const uint8_t *) entry, size },
        uw_slice_of(equals == NULL ? "" : equals + 1),
    };
}


uw_step_t
uw_config_store_get(uw_call_t *call, uw_slice_t key)
{
    const uw_settings_t *settings = &call->instance->engine->settings;
    uw_config_tuple_string_string_t entry;
    uw_val_t value;
    uw_val_t found = uw_val_option(call->abi, NULL);

    for (size_t i = 0; i < settings->config_count; i++) {
        entry = uw_config_entry(settings->config[i]);
        if (entry.f0.size == key.size
            && (key.size == 0
                || memcmp(entry.f0.data, key.data, key.size) == 0))
        {
            value = uw_val_string(call->abi, entry.f1.data, entry.f1.size);
            found = uw_val_option(call->abi, &value);
            break;
        }
    }

    return uw_return_ok(call, &found);
}


uw_step_t
uw_config_store_get_all(uw_call_t *call)
{
    const uw_settings_t *settings = &call->instance->engine->settings;
    uw_val_t list = uw_val_list(call->abi, settings->config_count);

    for (size_t i = 0; i < settings->config_count; i++) {
        uw_config_tuple_string_string_t entry =
            uw_config_entry(settings->config[i]);

        list.of.list.data[i] = uw_make_config_tuple_string_string(call, &entry);
    }

    return uw_return_ok(call, &list);
}


uw_step_t
uw_config_runtime_get(uw_call_t *call, uw_slice_t key)
{
    return uw_config_store_get(call, key);
}


uw_step_t
uw_config_runtime_get_all(uw_call_t *call)
{
    return uw_config_store_get_all(call);
}
