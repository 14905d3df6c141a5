/* What the tests of files that have fields share: adding to them, and all that is
 * in them. */

#ifndef FIELDS_PART_H
#define FIELDS_PART_H

#include "http/fields.h"

#include "part.h"


static inline void
add(uw_fields_t *fields, const char *name, const char *value)
{
    CHECK(uw_fields_append(fields, uw_slice_of(name), uw_slice_of(value))
          == UW_FIELD_OK);
}


/* "name:value\n" of each. */
static inline bool
fields_are(const uw_fields_t *fields, const char *expected)
{
    static char text[4096];
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < fields->count; i++) {
        used +=
            (size_t) snprintf(text + used, sizeof(text) - used, "%.*s:%.*s\n",
                              (int) fields->items[i].name_size,
                              (const char *) uw_field_name(fields, i).data,
                              (int) fields->items[i].value_size,
                              (const char *) uw_field_value(fields, i).data);
    }

    return strcmp(text, expected) == 0;
}

#endif /* FIELDS_PART_H */
