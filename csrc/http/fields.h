/*
 * HTTP fields (headers or trailers): an ordered list of name and value.
 * Names are compared without case and kept in lower case; values are bytes.
 * Source: RFC 9110 section 5, and `fields` of wasi:http/types.
 */

#ifndef UW_HTTP_FIELDS_H
#define UW_HTTP_FIELDS_H

#include "base/buf.h"

/* How a change ended; the first four are cases of WASI's `header-error`. */
typedef enum {
    UW_FIELD_OK,
    UW_FIELD_INVALID_SYNTAX,
    UW_FIELD_FORBIDDEN,
    UW_FIELD_IMMUTABLE,
    UW_FIELD_TOO_LARGE, /* over the size limit: a trap, as in wasmtime */
    UW_FIELD_NO_MEMORY  /* or no more for this exchange, see base/account.h */
} uw_field_status_t;

typedef struct {
    uint32_t name; /* offset of the name in `bytes` */
    uint32_t name_size;
    uint32_t value;
    uint32_t value_size;
} uw_field_t;

typedef struct {
    uw_buf_t bytes; /* all names and values; holes after a removal.  Its account
                     * counts `items`, too */
    uw_field_t *items;
    size_t count;
    size_t capacity;
    size_t size;  /* what counts against `limit`: names, values, overhead */
    size_t limit; /* 0: none, for fields that came over the wire */
    bool immutable;
} uw_fields_t;

/* What one field costs besides its bytes, so that empty ones cost too. */
#define UW_FIELD_OVERHEAD 32

/* RFC 9110 section 5.6.2: token. */
bool uw_token_valid(uw_slice_t token);

/* No control characters but HTAB (RFC 9110 section 5.5); NUL, CR, LF never. */
bool uw_field_value_valid(uw_slice_t value);

/* Without the white space around it, which is no part of a value. */
uw_slice_t uw_field_trim(uw_slice_t value);

/* Whether a name, whatever its case, is this one in lower case. */
bool uw_field_name_is(const char *lower, uw_slice_t name);

/* Names that belong to the connection, which a guest may neither see nor set,
 * whatever their case: connection, keep-alive, proxy-*, transfer-encoding,
 * upgrade, http2-settings. */
bool uw_field_is_hop_by_hop(uw_slice_t name);

/* The names above and `host`: what a guest may not set. */
bool uw_field_is_forbidden(uw_slice_t name);

/*
 * Adds a field at the end, its value trimmed: whoever has sent it, or made it,
 * it is what the others see.  Syntax is checked; neither `immutable` nor the
 * forbidden names are: those are the guest's rules, see wasi/http/fields.c.
 */
uw_field_status_t uw_fields_append(uw_fields_t *fields, uw_slice_t name,
                                   uw_slice_t value) UW_CHECKED;

/* Removes all fields of that name; true when there was one. */
bool uw_fields_remove(uw_fields_t *fields, uw_slice_t name);

/* The same from number `from` on, which may be beyond the last. */
bool uw_fields_remove_from(uw_fields_t *fields, uw_slice_t name, size_t from);

/* Index of the first field of that name at or after `from`, or `count`. */
size_t uw_fields_find(const uw_fields_t *fields, uw_slice_t name, size_t from);

/* The value of the first field of that name; without data where there is none. */
uw_slice_t uw_fields_value(const uw_fields_t *fields, uw_slice_t name);

/*
 * Takes the first line, "name:value\n", off `lines`; false when nothing is left.
 * Without a colon it is all name; the last one may lack its end.
 */
bool uw_field_line(uw_slice_t *lines, uw_slice_t *name, uw_slice_t *value);

/* Copies all fields of `from` to the end of `fields`, under its limit. */
uw_field_status_t uw_fields_copy(uw_fields_t *fields, const uw_fields_t *from)
    UW_CHECKED;

/* Exchanges two sets of fields, limits and immutability included. */
void uw_fields_swap(uw_fields_t *one, uw_fields_t *other);

static inline uw_slice_t
uw_field_name(const uw_fields_t *fields, size_t i)
{
    const uw_field_t *field = &fields->items[i];

    return (uw_slice_t) { fields->bytes.data + field->name, field->name_size };
}

static inline uw_slice_t
uw_field_value(const uw_fields_t *fields, size_t i)
{
    const uw_field_t *field = &fields->items[i];

    return (uw_slice_t) { fields->bytes.data + field->value,
                          field->value_size };
}

/* Empties the fields and keeps small memory for the next user. */
void uw_fields_reset(uw_fields_t *fields);
void uw_fields_free(uw_fields_t *fields);

/*
 * Fields with more than one owner: a message, and whoever of the guest looks at
 * its headers or trailers.  Each holds a reference, and the last one to
 * release them frees them; so nobody has to know in which order the others go.
 */
typedef struct {
    uint32_t references;
    uw_account_t *account; /* counts this struct; NULL: nobody does */
    uw_fields_t fields;
} uw_shared_fields_t;

/* NULL when out of memory, or the account (which may be NULL) allows no more. */
uw_shared_fields_t *uw_shared_fields_new(size_t limit, uw_account_t *account)
    UW_CHECKED;
uw_shared_fields_t *uw_shared_fields_hold(uw_shared_fields_t *shared);
void uw_shared_fields_release(uw_shared_fields_t *shared);

#endif /* UW_HTTP_FIELDS_H */
