/*
 * Invariant: uw_settings_parse() takes a text if and only if each entry is the
 * name of a setting, "=" and a value that its type can hold, and then every
 * setting has the value of its last entry.
 */

#include "base/settings_text.h"

#include <ctype.h>

#include "fuzz.h"

/* The reader's own table is not looked at: kind 's', 'b', '4' or '8'. */
static const struct {
    const char *name;
    char kind;
    size_t place;
} rows[] = {
#define ROW(name, kind) { #name, kind, offsetof(uw_settings_t, name) }
    ROW(name, 's'),
    ROW(library, 's'),
    ROW(library_version, 's'),
    ROW(component, 's'),
    ROW(component_identity, 's'),
    ROW(folder, 'b'),
    ROW(handler, 's'),
    ROW(program, 's'),
    ROW(client_address_header, 's'),
    ROW(request_id_header, 's'),
    ROW(request_id_from, 's'),
    ROW(request_id_response, 's'),
    ROW(drop_host, 'b'),
    ROW(rewritten, 'b'),
    ROW(pooling, 'b'),
    ROW(batch, 'b'),
    ROW(direct, 'b'),
    ROW(max_exchanges, '4'),
    ROW(max_queue, '4'),
    ROW(queue_timeout, '8'),
    ROW(timeout, '8'),
    ROW(cpu_timeout, '8'),
    ROW(max_memory, '8'),
    ROW(memory_each, '8'),
    ROW(table_each, '8'),
    ROW(keep_slots, '4'),
    ROW(keep_memory, '8'),
    ROW(max_instances, '4'),
    ROW(max_handles, '4'),
    ROW(max_header_bytes, '8'),
    ROW(max_response_bytes, '8'),
    ROW(body_buffer, '8'),
    ROW(max_log_bytes, '8'),
    ROW(max_host_memory, '8'),
    ROW(log_json, 'b'),
    ROW(log_line, '4'),
    ROW(hosting, 'b'),
    ROW(keyvalue, 'b'),
    ROW(outgoing, 'b'),
    ROW(max_outgoing, '4'),
    ROW(max_files, '4'),
    ROW(max_file_bytes, '8'),
    ROW(network, 's'),
    ROW(max_sockets, '4'),
    ROW(max_open_sockets, '4'),
    ROW(metrics_file, 's'),
    ROW(metrics_interval, '8'),
    ROW(cached, 'b'),
    ROW(target_cpu, 's'),
    ROW(python_terms, 's'),
    ROW(memories, '4'),
    ROW(tables, '4'),
    ROW(own_memories, 'b'),
    ROW(images, '8'),
    ROW(written, 'b'),
    ROW(scan, 'b'),
    ROW(faults, 'b'),
    ROW(reservation, '8'),
#undef ROW
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* What the last entry of each setting says. */
typedef struct {
    char *texts[ROWS];
    uint64_t numbers[ROWS];
    bool seen[ROWS];
    size_t environment;
    size_t directories;
    size_t config;
} model_t;


static bool
read_number(const char *text, char kind, uint64_t *number)
{
    uint64_t most = kind == 'b' ? 1 : kind == '4' ? UINT32_MAX : UINT64_MAX;

    *number = 0;
    for (const char *at = text; *at != '\0'; at++) {
        unsigned digit = (unsigned) (*at - '0');

        if (!isdigit((unsigned char) *at)
            || *number > (UINT64_MAX - digit) / 10)
        {
            return false;
        }
        *number = *number * 10 + digit;
    }

    return *text != '\0' && *number <= most;
}


static bool
read_entry(model_t *model, char *entry)
{
    char *sign = strchr(entry, '=');
    size_t name_size = sign == NULL ? 0 : (size_t) (sign - entry);

    if (sign == NULL) {
        return false;
    }
    if (name_size == 11 && memcmp(entry, "environment", 11) == 0) {
        model->environment++;
        return true;
    }
    if (name_size == 6 && memcmp(entry, "config", 6) == 0) {
        model->config++;
        return true;
    }
    if (name_size == 9 && memcmp(entry, "directory", 9) == 0) {
        model->directories++;
        return true;
    }
    for (size_t i = 0; i < ROWS; i++) {
        if (strlen(rows[i].name) == name_size
            && memcmp(rows[i].name, entry, name_size) == 0)
        {
            model->seen[i] = true;
            model->texts[i] = sign + 1;
            return rows[i].kind == 's'
                   || read_number(sign + 1, rows[i].kind, &model->numbers[i]);
        }
    }

    return false;
}


static void
compare(const uw_settings_t *settings, const model_t *model)
{
    FUZZ_CHECK(settings->environment_count == model->environment);
    FUZZ_CHECK(settings->directory_count == model->directories);
    FUZZ_CHECK(settings->config_count == model->config);

    for (size_t i = 0; i < ROWS; i++) {
        const char *place = (const char *) settings + rows[i].place;
        const char *text;
        uint64_t wide;
        uint32_t narrow;
        bool truth;

        if (rows[i].kind == 's') {
            memcpy(&text, place, sizeof(text));
            FUZZ_CHECK(model->seen[i] ? strcmp(text, model->texts[i]) == 0
                                      : text == NULL);
        } else if (rows[i].kind == 'b') {
            memcpy(&truth, place, sizeof(truth));
            FUZZ_CHECK(truth == (model->numbers[i] == 1));
        } else if (rows[i].kind == '4') {
            memcpy(&narrow, place, sizeof(narrow));
            FUZZ_CHECK(narrow == model->numbers[i]);
        } else {
            memcpy(&wide, place, sizeof(wide));
            FUZZ_CHECK(wide == model->numbers[i]);
        }
    }
}


static void
compare_lists(const uw_settings_t *settings, char *text, size_t size)
{
    size_t found = 0;
    size_t directories = 0;

    for (char *entry = text; entry < text + size; entry += strlen(entry) + 1) {
        if (strncmp(entry, "environment=", 12) == 0) {
            FUZZ_CHECK(strcmp(settings->environment[found], entry + 12) == 0);
            found++;
        }
        if (strncmp(entry, "directory=", 10) == 0) {
            FUZZ_CHECK(strcmp(settings->directories[directories], entry + 10)
                       == 0);
            directories++;
        }
    }
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *exact = fuzz_copy(data, size);
    char *text = calloc(1, size + 1);
    model_t model = { .environment = 0 };
    uw_settings_text_t parsed;
    char error[128] = "";
    bool good = true;

    FUZZ_CHECK(text != NULL);
    if (size != 0) {
        memcpy(text, data, size);
    }
    for (char *entry = text; good && entry < text + size;
         entry += strlen(entry) + 1)
    {
        good = read_entry(&model, entry);
    }

    if (uw_settings_parse(&parsed, exact, size, error, sizeof(error)) == 0) {
        FUZZ_CHECK(good);
        compare(&parsed.settings, &model);
        compare_lists(&parsed.settings, text, size);
        uw_settings_text_free(&parsed);
    } else {
        FUZZ_CHECK(!good);
        FUZZ_CHECK(error[0] != '\0' && parsed.text == NULL);
    }

    free(text);
    free(exact);

    return 0;
}
