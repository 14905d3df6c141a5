/* The double's version of Unit's nxt_conf.h; see nxt_main.h. */

#ifndef DOUBLE_NXT_CONF_H
#define DOUBLE_NXT_CONF_H

#include <nxt_main.h>

typedef enum {
    NXT_CONF_NULL,
    NXT_CONF_BOOLEAN,
    NXT_CONF_INTEGER,
    NXT_CONF_NUMBER,
    NXT_CONF_STRING,
    NXT_CONF_ARRAY,
    NXT_CONF_OBJECT
} nxt_conf_type_t;

typedef struct nxt_conf_value_s nxt_conf_value_t;

nxt_uint_t nxt_conf_type(const nxt_conf_value_t *value);
nxt_conf_value_t *nxt_conf_get_object_member(const nxt_conf_value_t *value,
                                             const nxt_str_t *name,
                                             uint32_t *index);
nxt_conf_value_t *nxt_conf_next_object_member(const nxt_conf_value_t *value,
                                              nxt_str_t *name, uint32_t *next);
nxt_conf_value_t *nxt_conf_get_array_element(const nxt_conf_value_t *value,
                                             uint32_t index);
void nxt_conf_get_string(const nxt_conf_value_t *value, nxt_str_t *string);
double nxt_conf_get_number(nxt_conf_value_t *value);
uint8_t nxt_conf_get_boolean(nxt_conf_value_t *value);

#endif /* DOUBLE_NXT_CONF_H */
