/* The application's configuration: a tree that the test builds. */

#include "state.h"

struct nxt_conf_value_s {
    int type;
    nxt_str_t text; /* of a string; of a member: its name is beside it */
    double number;
    nxt_str_t *names;
    double_conf_t **children;
    uint32_t count;
};


static nxt_str_t
double_string(const char *text, size_t size)
{
    /* To the byte, so that the sanitizer sees who reads on. */
    nxt_str_t string = { size, size == 0 ? NULL : double_must(malloc(size)) };

    if (size != 0) {
        memcpy(string.start, text, size);
    }

    return string;
}


double_conf_t *
double_conf_new(int type, const char *text, size_t size, double number)
{
    double_conf_t *conf = double_must(calloc(1, sizeof(*conf)));

    conf->type = type;
    conf->text = double_string(text, size);
    conf->number = number;

    return conf;
}


void
double_conf_add(double_conf_t *parent, const char *name, size_t size,
                double_conf_t *child)
{
    size_t count = parent->count + 1;

    parent->names =
        double_must(realloc(parent->names, count * sizeof(*parent->names)));
    parent->children = double_must(
        realloc(parent->children, count * sizeof(*parent->children)));
    parent->names[parent->count] = double_string(name, size);
    parent->children[parent->count] = child;
    parent->count++;
}


void
double_free_conf(double_conf_t *conf)
{
    for (uint32_t i = 0; i < conf->count; i++) {
        free(conf->names[i].start);
        double_free_conf(conf->children[i]);
    }
    free(conf->names);
    free(conf->children);
    free(conf->text.start);
    free(conf);
}


/* Unit would read other memory than it should. */
static const double_conf_t *
double_conf_of(const nxt_conf_value_t *value, int type, const char *what)
{
    if (value == NULL || value->type != type) {
        double_lock();
        double_fault("%s: the value has another type", what);
        double_unlock();
        return NULL;
    }

    return value;
}


nxt_uint_t
nxt_conf_type(const nxt_conf_value_t *value)
{
    if (value == NULL) {
        double_lock();
        double_fault("nxt_conf_type: there is no value");
        double_unlock();
        return NXT_CONF_NULL;
    }

    return (nxt_uint_t) value->type;
}


nxt_conf_value_t *
nxt_conf_next_object_member(const nxt_conf_value_t *value, nxt_str_t *name,
                            uint32_t *next)
{
    const double_conf_t *conf =
        double_conf_of(value, NXT_CONF_OBJECT, "nxt_conf_next_object_member");

    if (conf == NULL || *next >= conf->count) {
        return NULL;
    }
    *name = conf->names[*next];

    return conf->children[(*next)++];
}


nxt_conf_value_t *
nxt_conf_get_object_member(const nxt_conf_value_t *value, const nxt_str_t *name,
                           uint32_t *index)
{
    const double_conf_t *conf =
        double_conf_of(value, NXT_CONF_OBJECT, "nxt_conf_get_object_member");

    for (uint32_t i = 0; conf != NULL && i < conf->count; i++) {
        if (conf->names[i].length == name->length
            && memcmp(conf->names[i].start, name->start, name->length) == 0)
        {
            if (index != NULL) {
                *index = i;
            }
            return conf->children[i];
        }
    }

    return NULL;
}


nxt_conf_value_t *
nxt_conf_get_array_element(const nxt_conf_value_t *value, uint32_t index)
{
    const double_conf_t *conf =
        double_conf_of(value, NXT_CONF_ARRAY, "nxt_conf_get_array_element");

    return conf == NULL || index >= conf->count ? NULL : conf->children[index];
}


void
nxt_conf_get_string(const nxt_conf_value_t *value, nxt_str_t *string)
{
    const double_conf_t *conf =
        double_conf_of(value, NXT_CONF_STRING, "nxt_conf_get_string");

    *string = conf == NULL ? (nxt_str_t) { 0, NULL } : conf->text;
}


double
nxt_conf_get_number(nxt_conf_value_t *value)
{
    if (value != NULL && value->type == NXT_CONF_INTEGER) {
        return value->number;
    }

    return double_conf_of(value, NXT_CONF_NUMBER, "nxt_conf_get_number") == NULL
               ? 0
               : value->number;
}


uint8_t
nxt_conf_get_boolean(nxt_conf_value_t *value)
{
    return double_conf_of(value, NXT_CONF_BOOLEAN, "nxt_conf_get_boolean")
                   == NULL
               ? 0
               : value->number != 0;
}
