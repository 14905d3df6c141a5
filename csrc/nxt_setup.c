#include "nxt_setup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "json.h"
#include "native.h"
#include "nxt_lines.h"
#include "nxt_python.h"
#include "prepare.h"
#include "settings.h"

/* The interpreter that built the module, and knows the package. */
#ifndef UW_PYTHON
#error "UW_PYTHON is set by unit-wasm build-module"
#endif

#ifndef UW_VERSION
#define UW_VERSION "0"
#endif


/* ---- The configuration as JSON ---- */

static void uw_nxt_write_conf(uw_json_t *json, uw_nxt_conf_t *conf);


static void
uw_nxt_write_object(uw_json_t *json, uw_nxt_conf_t *object)
{
    uw_nxt_conf_t *member;
    uw_slice_t name;
    uint32_t next = 0;

    uw_json_open(json, '{');
    while ((member = uw_nxt_conf_member(object, &next, &name)) != NULL) {
        uw_json_name(json, name.data, name.size);
        uw_nxt_write_conf(json, member);
    }
    uw_json_close(json, '}');
}


static void
uw_nxt_write_array(uw_json_t *json, uw_nxt_conf_t *array)
{
    uw_nxt_conf_t *element;
    uint32_t index = 0;

    uw_json_open(json, '[');
    while ((element = uw_nxt_conf_element(array, index)) != NULL) {
        uw_nxt_write_conf(json, element);
        index++;
    }
    uw_json_close(json, ']');
}


static void
uw_nxt_write_conf(uw_json_t *json, uw_nxt_conf_t *conf)
{
    uw_nxt_value_t value = uw_nxt_conf_read(conf);

    switch (value.type) {
    case UW_NXT_OBJECT:
        uw_nxt_write_object(json, conf);
        return;
    case UW_NXT_ARRAY:
        uw_nxt_write_array(json, conf);
        return;
    case UW_NXT_STRING:
        uw_json_string(json, value.string.data, value.string.size);
        return;
    case UW_NXT_NUMBER:
        uw_json_number(json, value.number);
        return;
    case UW_NXT_BOOLEAN:
        uw_json_word(json, value.boolean ? "true" : "false");
        return;
    default:
        uw_json_word(json, "null");
        return;
    }
}


/* What the control plane reads: unit_wasm/unit/prepare.py. */
static int
uw_nxt_document(uw_buf_t *text, uw_slice_t application, uw_nxt_conf_t *conf)
{
    static const char name[] = "name";
    static const char self[] = "application";
    static const char version[] = "version";
    static const char built[] = UW_VERSION;
    static const char sources[] = "digest";
    const char *digest = uw_sources_digest();
    uw_json_t json = uw_json_to(text);

    uw_json_open(&json, '{');
    uw_json_name(&json, (const uint8_t *) name, sizeof(name) - 1);
    uw_json_string(&json, application.data, application.size);
    uw_json_name(&json, (const uint8_t *) self, sizeof(self) - 1);
    uw_nxt_write_conf(&json, conf);
    uw_json_name(&json, (const uint8_t *) version, sizeof(version) - 1);
    uw_json_string(&json, (const uint8_t *) built, sizeof(built) - 1);
    uw_json_name(&json, (const uint8_t *) sources, sizeof(sources) - 1);
    uw_json_string(&json, (const uint8_t *) digest, strlen(digest));
    uw_json_close(&json, '}');

    return uw_json_end(&json);
}


/* ---- The engine ---- */

/* From the settings, as the control plane has written them. */
static uw_engine_t *
uw_nxt_build(const uw_buf_t *text, char *error, size_t error_size)
{
    uw_settings_text_t parsed;
    uw_engine_t *engine = NULL;
    char why[1024];
    char text_of[1024];

    if (uw_settings_parse(&parsed, uw_buf_head(text), uw_buf_size(text), error,
                          error_size)
        != 0)
    {
        return NULL;
    }

    if (parsed.settings.outgoing
        && uw_client_prepare(UW_PYTHON, parsed.settings.outgoing_terms) != 0)
    {
        (void) snprintf(error, error_size,
                        "the client of outgoing requests cannot be prepared: "
                        "see above");
        goto done;
    }

    parsed.settings.log = uw_nxt_log;
    engine = uw_engine_new(&parsed.settings, why, sizeof(why));
    if (engine == NULL) {
        /* It may have names of the component in it. */
        uw_escape_text((uw_slice_t) { (const uint8_t *) why, strlen(why) },
                       text_of, sizeof(text_of));
        (void) snprintf(error, error_size, "the component cannot be served: %s",
                        text_of);
    }

done:

    uw_settings_text_free(&parsed);

    return engine;
}


uw_engine_t *
uw_nxt_setup_engine(uw_slice_t name, uw_nxt_conf_t *conf, char *error,
                    size_t error_size)
{
    uw_engine_t *engine = NULL;
    uw_buf_t document = { 0 };
    uw_buf_t text = { 0 };
    int status;

    if (uw_nxt_document(&document, name, conf) != 0) {
        (void) snprintf(error, error_size, "memory is out");
        goto done;
    }

    status = uw_prepare(UW_PYTHON, &document, &text);
    if (status != 0) {
        /* The child has said why on standard error, which is Unit's log. */
        (void) snprintf(error, error_size,
                        "application \"%.*s\" cannot be prepared (%s -m "
                        "unit_wasm prepare: %s)",
                        (int) name.size, (const char *) name.data, UW_PYTHON,
                        status < 0 ? strerror(errno) : "see above");
        goto done;
    }

    engine = uw_nxt_build(&text, error, error_size);

done:

    uw_buf_free(&document);
    uw_buf_free(&text);

    return engine;
}
