#include "base/json.h"

#include <stdio.h>
#include <string.h>


static void
uw_json_put(uw_json_t *json, const void *bytes, size_t size)
{
    if (!json->failed && uw_buf_append(json->text, bytes, size) != 0) {
        json->failed = true;
    }
}


/* Before each value or name. */
static void
uw_json_begin(uw_json_t *json)
{
    if (json->comma) {
        uw_json_put(json, ",", 1);
    }
    json->comma = true;
}


void
uw_json_open(uw_json_t *json, char bracket)
{
    uw_json_begin(json);
    uw_json_put(json, &bracket, 1);
    json->comma = false;
}


void
uw_json_close(uw_json_t *json, char bracket)
{
    uw_json_put(json, &bracket, 1);
    json->comma = true;
}


void
uw_json_name(uw_json_t *json, uw_slice_t name)
{
    uw_json_string(json, name);
    uw_json_put(json, ":", 1);
    json->comma = false;
}


void
uw_json_string(uw_json_t *json, uw_slice_t bytes)
{
    char escaped[8];

    uw_json_begin(json);
    uw_json_put(json, "\"", 1);
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t byte = bytes.data[i];

        if (byte < 0x20 || byte == '"' || byte == '\\') {
            (void) snprintf(escaped, sizeof(escaped), "\\u%04x",
                            (unsigned) byte);
            uw_json_put(json, escaped, strlen(escaped));
        } else {
            uw_json_put(json, &byte, 1);
        }
    }
    uw_json_put(json, "\"", 1);
}


void
uw_json_number(uw_json_t *json, double number)
{
    char text[64];

    (void) snprintf(text, sizeof(text), "%.17g", number);
    uw_json_word(json, text);
}


void
uw_json_word(uw_json_t *json, const char *word)
{
    uw_json_begin(json);
    uw_json_put(json, word, strlen(word));
}
