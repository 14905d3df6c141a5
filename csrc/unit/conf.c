#include "unit/conf.h"


static void
uw_nxt_write_object(uw_json_t *json, uw_nxt_conf_t *object)
{
    uw_nxt_conf_t *member;
    uw_slice_t name;
    uint32_t next = 0;

    uw_json_open(json, '{');
    while ((member = uw_nxt_conf_member(object, &next, &name)) != NULL) {
        uw_json_name(json, name);
        uw_nxt_conf_write(json, member);
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
        uw_nxt_conf_write(json, element);
        index++;
    }
    uw_json_close(json, ']');
}


void
uw_nxt_conf_write(uw_json_t *json, uw_nxt_conf_t *conf)
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
        uw_json_string(json, value.string);
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


static uw_nxt_conf_t *
uw_nxt_conf_find(uw_nxt_conf_t *object, const char *wanted)
{
    uw_nxt_conf_t *member;
    uw_slice_t name;
    uint32_t next = 0;

    if (object == NULL || uw_nxt_conf_read(object).type != UW_NXT_OBJECT) {
        return NULL;
    }
    while ((member = uw_nxt_conf_member(object, &next, &name)) != NULL) {
        if (uw_slice_is(name, wanted)) {
            return member;
        }
    }

    return NULL;
}


bool
uw_nxt_conf_option(const uw_nxt_setup_t *setup, const char *name,
                   uw_slice_t *value)
{
    uw_nxt_conf_t *option =
        uw_nxt_conf_find(uw_nxt_conf_find(setup->conf, "environment"), name);

    if (option == NULL) {
        return false;
    }
    *value = uw_nxt_conf_read(option).string;

    return true;
}
