/*
 * Writes a JSON document, value by value.  Commas come by themselves; what goes
 * wrong on the way is kept for the end.
 */

#ifndef UW_BASE_JSON_H
#define UW_BASE_JSON_H

#include "base/buf.h"

typedef struct {
    uw_buf_t *text;
    bool comma;  /* the next value or name is not the first of its kind */
    bool failed; /* out of memory */
} uw_json_t;

/* `text` belongs to the caller. */
static inline uw_json_t
uw_json_to(uw_buf_t *text)
{
    return (uw_json_t) { .text = text };
}

/* Brackets: '{' with '}', '[' with ']'. */
void uw_json_open(uw_json_t *json, char bracket);
void uw_json_close(uw_json_t *json, char bracket);

/* The name of a member; its value has to follow. */
void uw_json_name(uw_json_t *json, uw_slice_t name);

/* The bytes are passed on as they are: who reads the document checks UTF-8. */
void uw_json_string(uw_json_t *json, uw_slice_t bytes);
void uw_json_number(uw_json_t *json, double number);

/* true, false or null. */
void uw_json_word(uw_json_t *json, const char *word);

/* Returns 0, or -1 when out of memory. */
static inline int UW_CHECKED
uw_json_end(const uw_json_t *json)
{
    return json->failed ? -1 : 0;
}

#endif /* UW_BASE_JSON_H */
