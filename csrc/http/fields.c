#include "http/fields.h"

#include <stdlib.h>
#include <string.h>

/* What a reset keeps: more than a usual request's headers. */
#define UW_FIELDS_KEEP (8 * 1024)

/* Offsets are 32 bits wide. */
#define UW_FIELDS_MAX_BYTES (1u << 30)


static uint8_t
uw_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t) (byte | 0x20) : byte;
}


static bool
uw_name_equal(const uint8_t *lower, uw_slice_t name)
{
    for (size_t i = 0; i < name.size; i++) {
        if (lower[i] != uw_lower(name.data[i])) {
            return false;
        }
    }

    return true;
}


/* Letters, digits and !#$%&'*+-.^_`|~ are bits of their own: a guest may ask for
 * names of many megabytes, and nobody else runs while they are looked at. */
static bool
uw_is_token_char(uint8_t byte)
{
    static const uint64_t chars[2] = { 0x03FF6CFA00000000, 0x57FFFFFFC7FFFFFE };

    return byte < 128 && (chars[byte / 64] >> byte % 64 & 1) != 0;
}


bool
uw_token_valid(uw_slice_t token)
{
    for (size_t i = 0; i < token.size; i++) {
        if (!uw_is_token_char(token.data[i])) {
            return false;
        }
    }

    return token.size != 0;
}


bool
uw_field_value_valid(uw_slice_t value)
{
    for (size_t i = 0; i < value.size; i++) {
        uint8_t byte = value.data[i];

        if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
            return false;
        }
    }

    return true;
}


static bool
uw_is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}


uw_slice_t
uw_field_trim(uw_slice_t value)
{
    while (value.size != 0 && uw_is_blank(value.data[value.size - 1])) {
        value.size--;
    }
    while (value.size != 0 && uw_is_blank(value.data[0])) {
        value.data++;
        value.size--;
    }

    return value;
}


bool
uw_field_name_is(const char *lower, uw_slice_t name)
{
    return strlen(lower) == name.size
           && uw_name_equal((const uint8_t *) lower, name);
}


static bool
uw_name_in(const char *const *names, uw_slice_t name)
{
    for (; *names != NULL; names++) {
        if (uw_field_name_is(*names, name)) {
            return true;
        }
    }

    return false;
}


bool
uw_field_is_hop_by_hop(uw_slice_t name)
{
    static const char *const names[] = {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "transfer-encoding",
        "upgrade",
        "http2-settings",
        NULL,
    };

    return uw_name_in(names, name);
}


bool
uw_field_is_forbidden(uw_slice_t name)
{
    static const char *const names[] = { "host", NULL };

    return uw_field_is_hop_by_hop(name) || uw_name_in(names, name);
}


static uw_field_t *
uw_fields_slot(uw_fields_t *fields)
{
    size_t capacity;
    size_t more;
    uw_field_t *items;

    if (fields->count < fields->capacity) {
        return &fields->items[fields->count];
    }

    capacity = fields->capacity == 0 ? 16 : fields->capacity * 2;
    more = (capacity - fields->capacity) * sizeof(uw_field_t);
    if (!uw_account_take(fields->bytes.account, more)) {
        return NULL;
    }
    items = realloc(fields->items, capacity * sizeof(uw_field_t));
    if (items == NULL) {
        uw_account_give(fields->bytes.account, more);
        return NULL;
    }

    fields->items = items;
    fields->capacity = capacity;

    return &items[fields->count];
}


static uw_field_status_t
uw_fields_append_valid(uw_fields_t *fields, uw_slice_t name, uw_slice_t value)
{
    size_t cost = name.size + value.size + UW_FIELD_OVERHEAD;
    size_t begin = fields->bytes.end;
    uw_field_t *field;
    uint8_t *tail;

    if (begin + cost > UW_FIELDS_MAX_BYTES
        || (fields->limit != 0 && fields->size + cost > fields->limit))
    {
        return UW_FIELD_TOO_LARGE;
    }
    field = uw_fields_slot(fields);
    tail = uw_buf_reserve(&fields->bytes, name.size + value.size);
    if (field == NULL || tail == NULL) {
        return UW_FIELD_NO_MEMORY;
    }

    for (size_t i = 0; i < name.size; i++) {
        tail[i] = uw_lower(name.data[i]);
    }
    if (value.size != 0) {
        memcpy(tail + name.size, value.data, value.size);
    }
    uw_buf_grew(&fields->bytes, name.size + value.size);

    *field = (uw_field_t) {
        .name = (uint32_t) begin,
        .name_size = (uint32_t) name.size,
        .value = (uint32_t) (begin + name.size),
        .value_size = (uint32_t) value.size,
    };
    fields->count++;
    fields->size += cost;

    return UW_FIELD_OK;
}


uw_field_status_t
uw_fields_append(uw_fields_t *fields, uw_slice_t name, uw_slice_t value)
{
    value = uw_field_trim(value);

    return uw_token_valid(name) && uw_field_value_valid(value)
               ? uw_fields_append_valid(fields, name, value)
               : UW_FIELD_INVALID_SYNTAX;
}


size_t
uw_fields_find(const uw_fields_t *fields, uw_slice_t name, size_t from)
{
    size_t i;

    for (i = from; i < fields->count; i++) {
        if (fields->items[i].name_size == name.size
            && uw_name_equal(uw_field_name(fields, i).data, name))
        {
            break;
        }
    }

    return i;
}


uw_slice_t
uw_fields_value(const uw_fields_t *fields, uw_slice_t name)
{
    size_t i = uw_fields_find(fields, name, 0);

    return i == fields->count ? (uw_slice_t) { NULL, 0 }
                              : uw_field_value(fields, i);
}


/*
 * Closes the holes that removals left, so that a guest that sets one field for
 * ever does not grow the buffer for ever.  Without memory the holes stay.
 */
static void
uw_fields_compact(uw_fields_t *fields)
{
    uw_fields_t fresh = { .limit = fields->limit };

    if (fields->bytes.end < UW_FIELDS_KEEP
        || fields->bytes.end < 2 * fields->size)
    {
        return;
    }

    /* On no account: what is over for a moment is about to be less. */
    if (uw_fields_copy(&fresh, fields) == UW_FIELD_OK) {
        fresh.immutable = fields->immutable;
        uw_buf_charge(&fresh.bytes, fields->bytes.account);
        uw_account_add(fresh.bytes.account,
                       fresh.capacity * sizeof(uw_field_t));
        uw_fields_swap(fields, &fresh);
    }
    uw_fields_free(&fresh);
}


bool
uw_fields_remove(uw_fields_t *fields, uw_slice_t name)
{
    return uw_fields_remove_from(fields, name, 0);
}


bool
uw_fields_remove_from(uw_fields_t *fields, uw_slice_t name, size_t from)
{
    size_t kept = uw_fields_find(fields, name, from);
    size_t next = kept;
    size_t found;

    if (kept >= fields->count) {
        return false;
    }

    while (next < fields->count) {
        found = uw_fields_find(fields, name, next);
        memmove(&fields->items[kept], &fields->items[next],
                (found - next) * sizeof(uw_field_t));
        kept += found - next;
        if (found < fields->count) {
            fields->size -= fields->items[found].name_size
                            + fields->items[found].value_size
                            + UW_FIELD_OVERHEAD;
        }
        next = found + 1;
    }
    fields->count = kept;
    uw_fields_compact(fields);

    return true;
}


bool
uw_field_line(uw_slice_t *lines, uw_slice_t *name, uw_slice_t *value)
{
    const uint8_t *line = lines->data;
    const uint8_t *end;
    const uint8_t *colon;
    size_t size;

    if (lines->size == 0) {
        return false;
    }

    end = memchr(line, '\n', lines->size);
    size = end == NULL ? lines->size : (size_t) (end - line);
    colon = memchr(line, ':', size);
    *name =
        (uw_slice_t) { line, colon == NULL ? size : (size_t) (colon - line) };
    *value = colon == NULL ? (uw_slice_t) { line + size, 0 }
                           : (uw_slice_t) { colon + 1, size - name->size - 1 };

    size += end != NULL;
    lines->data += size;
    lines->size -= size;

    return true;
}


uw_field_status_t
uw_fields_copy(uw_fields_t *fields, const uw_fields_t *from)
{
    uw_field_status_t status;

    for (size_t i = 0; i < from->count; i++) {
        status = uw_fields_append_valid(fields, uw_field_name(from, i),
                                        uw_field_value(from, i));
        if (status != UW_FIELD_OK) {
            return status;
        }
    }

    return UW_FIELD_OK;
}


void
uw_fields_swap(uw_fields_t *one, uw_fields_t *other)
{
    uw_fields_t kept = *one;

    *one = *other;
    *other = kept;
}


static void
uw_fields_free_items(uw_fields_t *fields)
{
    uw_account_give(fields->bytes.account,
                    fields->capacity * sizeof(uw_field_t));
    free(fields->items);
    fields->items = NULL;
    fields->capacity = 0;
}


void
uw_fields_reset(uw_fields_t *fields)
{
    uw_buf_reset(&fields->bytes, UW_FIELDS_KEEP);
    if (fields->capacity > 128) {
        uw_fields_free_items(fields);
    }
    fields->count = 0;
    fields->size = 0;
    fields->limit = 0;
    fields->immutable = false;
}


void
uw_fields_free(uw_fields_t *fields)
{
    uw_account_t *account = fields->bytes.account;

    uw_fields_free_items(fields);
    uw_buf_free(&fields->bytes);
    *fields = (uw_fields_t) { .bytes = { .account = account } };
}


uw_shared_fields_t *
uw_shared_fields_new(size_t limit, uw_account_t *account)
{
    uw_shared_fields_t *shared = uw_account_alloc(account, sizeof(*shared));

    if (shared == NULL) {
        return NULL;
    }

    shared->references = 1;
    shared->account = account;
    shared->fields.limit = limit;
    shared->fields.bytes.account = account;

    return shared;
}


uw_shared_fields_t *
uw_shared_fields_hold(uw_shared_fields_t *shared)
{
    shared->references++;

    return shared;
}


void
uw_shared_fields_release(uw_shared_fields_t *shared)
{
    if (shared == NULL || --shared->references != 0) {
        return;
    }

    uw_fields_free(&shared->fields);
    uw_account_free(shared->account, shared, sizeof(*shared));
}
