#include "base/settings_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum {
    UW_STRING,
    UW_BOOL,
    UW_U32,
    UW_U64
} uw_setting_type_t;

typedef struct {
    const char *name;
    uw_setting_type_t type;
    size_t offset;
} uw_setting_t;

#define UW_SETTING(name, type) { #name, type, offsetof(uw_settings_t, name) }

static const uw_setting_t uw_setting_rows[] = {
    UW_SETTING(name, UW_STRING),
    UW_SETTING(library, UW_STRING),
    UW_SETTING(library_version, UW_STRING),
    UW_SETTING(component, UW_STRING),
    UW_SETTING(component_identity, UW_STRING),
    UW_SETTING(folder, UW_BOOL),
    UW_SETTING(handler, UW_STRING),
    UW_SETTING(program, UW_STRING),
    UW_SETTING(client_address_header, UW_STRING),
    UW_SETTING(request_id_header, UW_STRING),
    UW_SETTING(request_id_from, UW_STRING),
    UW_SETTING(request_id_response, UW_STRING),
    UW_SETTING(drop_host, UW_BOOL),
    UW_SETTING(rewritten, UW_BOOL),
    UW_SETTING(pooling, UW_BOOL),
    UW_SETTING(batch, UW_BOOL),
    UW_SETTING(direct, UW_BOOL),
    UW_SETTING(max_exchanges, UW_U32),
    UW_SETTING(max_queue, UW_U32),
    UW_SETTING(queue_timeout, UW_U64),
    UW_SETTING(timeout, UW_U64),
    UW_SETTING(cpu_timeout, UW_U64),
    UW_SETTING(max_memory, UW_U64),
    UW_SETTING(memory_each, UW_U64),
    UW_SETTING(table_each, UW_U64),
    UW_SETTING(keep_slots, UW_U32),
    UW_SETTING(keep_memory, UW_U64),
    UW_SETTING(max_instances, UW_U32),
    UW_SETTING(max_handles, UW_U32),
    UW_SETTING(max_header_bytes, UW_U64),
    UW_SETTING(max_response_bytes, UW_U64),
    UW_SETTING(body_buffer, UW_U64),
    UW_SETTING(max_log_bytes, UW_U64),
    UW_SETTING(max_host_memory, UW_U64),
    UW_SETTING(log_json, UW_BOOL),
    UW_SETTING(log_line, UW_U32),
    UW_SETTING(hosting, UW_BOOL),
    UW_SETTING(keyvalue, UW_BOOL),
    UW_SETTING(outgoing, UW_BOOL),
    UW_SETTING(max_outgoing, UW_U32),
    UW_SETTING(max_files, UW_U32),
    UW_SETTING(max_file_bytes, UW_U64),
    UW_SETTING(network, UW_STRING),
    UW_SETTING(max_sockets, UW_U32),
    UW_SETTING(max_open_sockets, UW_U32),
    UW_SETTING(metrics_file, UW_STRING),
    UW_SETTING(metrics_interval, UW_U64),
    UW_SETTING(cached, UW_BOOL),
    UW_SETTING(target_cpu, UW_STRING),
    UW_SETTING(python_terms, UW_STRING),
    UW_SETTING(memories, UW_U32),
    UW_SETTING(tables, UW_U32),
    UW_SETTING(own_memories, UW_BOOL),
    UW_SETTING(images, UW_U64),
    UW_SETTING(written, UW_BOOL),
    UW_SETTING(scan, UW_BOOL),
    UW_SETTING(faults, UW_BOOL),
    UW_SETTING(reservation, UW_U64),
};


static int
uw_setting_number(const char *value, uint64_t most, uint64_t *number)
{
    char *end;

    /* strtoull() would skip white space, and take a sign behind it. */
    if (value[0] < '0' || value[0] > '9') {
        return -1;
    }
    errno = 0;
    *number = strtoull(value, &end, 10);

    return errno != 0 || *end != '\0' || *number > most ? -1 : 0;
}


static int
uw_setting_store(uw_settings_t *settings, const uw_setting_t *row,
                 const char *value)
{
    void *place = (char *) settings + row->offset;
    uint64_t most = row->type == UW_BOOL  ? 1
                    : row->type == UW_U32 ? UINT32_MAX
                                          : UINT64_MAX;
    uint64_t number;
    uint32_t narrow;
    bool truth;

    if (row->type == UW_STRING) {
        memcpy(place, &value, sizeof(value));
        return 0;
    }
    if (uw_setting_number(value, most, &number) != 0) {
        return -1;
    }

    narrow = (uint32_t) number;
    truth = number != 0;
    if (row->type == UW_BOOL) {
        memcpy(place, &truth, sizeof(truth));
    } else if (row->type == UW_U32) {
        memcpy(place, &narrow, sizeof(narrow));
    } else {
        memcpy(place, &number, sizeof(number));
    }

    return 0;
}


/* One entry; it is cut in two at its first "=". */
static int
uw_setting_entry(uw_settings_text_t *parsed, char *entry)
{
    char *value = strchr(entry, '=');

    if (value == NULL) {
        return -1;
    }
    *value++ = '\0';

    if (strcmp(entry, "environment") == 0) {
        parsed->environment[parsed->settings.environment_count++] = value;
        return 0;
    }
    if (strcmp(entry, "directory") == 0) {
        parsed->directories[parsed->settings.directory_count++] = value;
        return 0;
    }
    if (strcmp(entry, "config") == 0) {
        parsed->config[parsed->settings.config_count++] = value;
        return 0;
    }

    for (size_t i = 0; i < sizeof(uw_setting_rows) / sizeof(uw_setting_t); i++)
    {
        if (strcmp(entry, uw_setting_rows[i].name) == 0) {
            return uw_setting_store(&parsed->settings, &uw_setting_rows[i],
                                    value);
        }
    }

    return -1;
}


int
uw_settings_parse(uw_settings_text_t *parsed, const uint8_t *text, size_t size,
                  char *error, size_t error_size)
{
    char *entry;
    size_t length;

    *parsed = (uw_settings_text_t) { .text = malloc(size + 1) };
    /* As many entries as there can be: each is at least "x=" and its zero. */
    parsed->environment = calloc(size / 3 + 1, sizeof(char *));
    parsed->directories = calloc(size / 3 + 1, sizeof(char *));
    parsed->config = calloc(size / 3 + 1, sizeof(char *));
    if (parsed->text == NULL || parsed->environment == NULL
        || parsed->directories == NULL || parsed->config == NULL)
    {
        (void) snprintf(error, error_size, "out of memory");
        goto failed;
    }
    memcpy(parsed->text, text, size);
    parsed->text[size] = '\0';

    for (entry = parsed->text; entry < parsed->text + size; entry += length) {
        length = strlen(entry) + 1;
        if (uw_setting_entry(parsed, entry) != 0) {
            (void) snprintf(error, error_size, "the setting %.64s is not known",
                            entry);
            goto failed;
        }
    }
    parsed->settings.environment = parsed->environment;
    parsed->settings.directories = parsed->directories;
    parsed->settings.config = parsed->config;

    return 0;

failed:

    uw_settings_text_free(parsed);

    return -1;
}


void
uw_settings_text_free(uw_settings_text_t *parsed)
{
    free(parsed->text);
    free(parsed->environment);
    free(parsed->directories);
    free(parsed->config);
    *parsed = (uw_settings_text_t) { 0 };
}
