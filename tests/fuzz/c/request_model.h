/*
 * What docs/server-behavior.md says of requests, as a plain model: shared by
 * the two targets that map requests, request.c and unit_request.c.
 */

#ifndef FUZZ_REQUEST_MODEL_H
#define FUZZ_REQUEST_MODEL_H

#include "http/request.h"

#include <strings.h>

#include "fuzz.h"

#define MODEL_FIELDS 32

typedef struct {
    uw_slice_t method;
    uw_slice_t scheme;
    uw_slice_t authority;
    uw_slice_t target;
    uw_slice_t names[MODEL_FIELDS];
    uw_slice_t values[MODEL_FIELDS];
    size_t count;
    uw_slice_t address; /* the client's */
    uw_settings_t settings;
} model_request_t;

static inline bool
model_all(uw_slice_t text, const char *also, int from, int to)
{
    for (size_t i = 0; i < text.size; i++) {
        int byte = text.data[i];

        if ((byte < from || byte > to) && (byte == 0 || !strchr(also, byte))) {
            return false;
        }
    }

    return true;
}

static inline bool
model_none_of(uw_slice_t text, const char *bytes)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != 0 && strchr(bytes, text.data[i]) != NULL) {
            return false;
        }
    }

    return true;
}

/* RFC 9110, section 5.6.2, by what is left out of the visible characters. */
static inline bool
model_is_token(uw_slice_t text)
{
    return text.size != 0 && model_all(text, "", 0x21, 0x7E)
           && model_none_of(text, "\"(),/:;<=>?@[\\]{}");
}

static inline bool
model_is_value(uw_slice_t text)
{
    return model_all(text, "\t", 0x20, 0xFF) && model_none_of(text, "\x7F");
}

static inline bool
model_is_authority(uw_slice_t text)
{
    return text.size != 0 && model_all(text, "", 0x21, 0x7E)
           && model_none_of(text, "\"#/<>?@\\^`{|}");
}

/* Whether the UTF-8 at `text` begins with a character; its length or 0. */
static inline size_t
model_character(uw_slice_t text)
{
    /* RFC 3629, section 4, row by row: first and last of the first two bytes,
     * number of bytes. */
    static const uint8_t rows[][5] = {
        { 0x00, 0x7F, 0x00, 0xFF, 1 }, { 0xC2, 0xDF, 0x80, 0xBF, 2 },
        { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 },
        { 0xED, 0xED, 0x80, 0x9F, 3 }, { 0xEE, 0xEF, 0x80, 0xBF, 3 },
        { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 },
        { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const uint8_t *row = rows[i];

        if (text.data[0] < row[0] || text.data[0] > row[1]) {
            continue;
        }
        if (row[4] > text.size
            || (row[4] > 1 && (text.data[1] < row[2] || text.data[1] > row[3])))
        {
            return 0;
        }
        for (size_t k = 2; k < row[4]; k++) {
            if (text.data[k] < 0x80 || text.data[k] > 0xBF) {
                return 0;
            }
        }
        return row[4];
    }

    return 0;
}

static inline bool
model_is_target(uw_slice_t text)
{
    size_t length;

    if (text.size == 0) {
        return false;
    }
    for (; text.size != 0; text.data += length, text.size -= length) {
        length = model_character(text);
        if (length == 0 || text.data[0] <= 0x20 || text.data[0] == 0x7F) {
            return false;
        }
    }

    return true;
}

static inline bool
model_is_hop_by_hop(uw_slice_t name)
{
    static const char *const names[] = {
        "Connection",       "Keep-Alive",        "Proxy-Authenticate",
        "Proxy-Connection", "Transfer-Encoding", "Proxy-Authorization",
        "Upgrade",          "HTTP2-Settings",
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (strlen(names[i]) == name.size
            && strncasecmp(names[i], (const char *) name.data, name.size) == 0)
        {
            return true;
        }
    }

    return false;
}

/* Blanks and tabs around a value are no part of it. */
static inline uw_slice_t
model_trim(uw_slice_t text)
{
    for (; text.size != 0; text.size--) {
        uint8_t last = text.data[text.size - 1];

        if (last != ' ' && last != '\t') {
            break;
        }
    }
    for (; text.size != 0 && (*text.data == ' ' || *text.data == '\t');
         text.size--)
    {
        text.data++;
    }

    return text;
}

/* Whether it is Host, and said to be the authority and no header. */
static inline bool
model_is_host(const model_request_t *request, uw_slice_t name)
{
    return request->settings.drop_host && name.size == 4
           && strncasecmp("host", (const char *) name.data, 4) == 0;
}

/* NAME, NAME:DIGITS or [ADDRESS]:DIGITS, as loosely as an authority is read. */
static inline bool
model_is_host_value(uw_slice_t host)
{
    const uint8_t *bracket = memchr(host.data, ']', host.size);
    const uint8_t *from = bracket == NULL ? host.data : bracket + 1;
    uw_slice_t rest = { from, host.size - (size_t) (from - host.data) };
    const uint8_t *colon = memchr(from, ':', rest.size);

    if (!model_is_authority(host) || host.data[0] == ':'
        || (bracket != NULL && rest.size != 0 && *from != ':'))
    {
        return false;
    }
    if (colon == NULL) {
        return true;
    }
    rest.size -= (size_t) (colon + 1 - from);
    rest.data = colon + 1;

    return model_all(rest, "", '0', '9');
}

/* Fields that the guest never sees as the client sent them. */
static inline bool
model_is_left_out(const model_request_t *request, uw_slice_t name)
{
    const char *ours = request->settings.client_address_header;

    return model_is_hop_by_hop(name) || model_is_host(request, name)
           || (name.size != 0 && strlen(ours) == name.size
               && strncasecmp(ours, (const char *) name.data, name.size) == 0);
}

/* The status that the request line alone would get. */
static inline int
model_line_status(const model_request_t *request)
{
    return model_is_token(request->method) && model_is_token(request->scheme)
                   && model_is_authority(request->authority)
                   && model_is_target(request->target)
               ? 0
               : 400;
}

/* Of field `i`, when `used` bytes of names and values are there already. */
static inline int
model_field_status(const model_request_t *request, size_t i, size_t used)
{
    uw_slice_t name = request->names[i];
    uw_slice_t value = request->values[i];

    if (model_is_left_out(request, name) && !model_is_host(request, name)) {
        return 0;
    }
    if (used + name.size + value.size > request->settings.max_header_bytes) {
        return 431;
    }
    if (model_is_host(request, name)) {
        value = model_trim(value);
        return value.size == 0 || model_is_host_value(value) ? 0 : 400;
    }

    return model_is_token(name) && model_is_value(value) ? 0 : 400;
}

static inline bool
model_has_address(const model_request_t *request)
{
    return request->settings.client_address_header[0] != '\0'
           && request->address.size != 0;
}

static inline int
model_address_status(const model_request_t *request)
{
    return model_has_address(request) && !model_is_value(request->address) ? 400
                                                                           : 0;
}

static inline void
model_same(uw_slice_t found, uw_slice_t expected)
{
    FUZZ_CHECK(found.size == expected.size);
    FUZZ_CHECK(found.size == 0
               || memcmp(found.data, expected.data, found.size) == 0);
}

/*
 * The exchange holds the first `count` fields of the request, as they were, and
 * behind them, where `addressed`, the client's address.
 */
static inline void
model_compare(uw_exchange_t *exchange, const model_request_t *request,
              size_t count, bool addressed)
{
    const uw_fields_t *headers = &exchange->request_headers.fields;
    uw_slice_t authority = request->authority;
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        if (model_is_host(request, request->names[i])
            && model_trim(request->values[i]).size != 0)
        {
            authority = model_trim(request->values[i]);
        }
    }
    model_same(exchange->method, request->method);
    model_same(exchange->scheme, request->scheme);
    model_same(exchange->authority, authority);
    model_same(exchange->path_with_query, request->target);

    for (size_t i = 0; i < count; i++) {
        uw_slice_t name = request->names[i];
        uw_slice_t value;

        if (model_is_left_out(request, name)) {
            continue;
        }
        FUZZ_CHECK(found < headers->count);
        FUZZ_CHECK(headers->items[found].name_size == name.size);
        for (size_t k = 0; k < name.size; k++) {
            uint8_t byte = name.data[k];

            FUZZ_CHECK(uw_field_name(headers, found).data[k]
                       == (byte >= 'A' && byte <= 'Z' ? byte + 32 : byte));
        }
        value = uw_field_value(headers, found);
        model_same(value, model_trim(request->values[i]));
        found++;
    }
    if (addressed) {
        FUZZ_CHECK(found < headers->count);
        model_same(uw_field_value(headers, found),
                   model_trim(request->address));
        found++;
    }
    FUZZ_CHECK(found == headers->count);
}

/* Half of the methods, schemes and so on are good ones. */
static inline uw_slice_t
model_read(fuzz_t *fuzz, const char *usual, size_t most)
{
    uw_slice_t text;

    if (fuzz_byte(fuzz) % 2 == 0) {
        return (uw_slice_t) { (const uint8_t *) usual, strlen(usual) };
    }
    text.data = fuzz_bytes(fuzz, most, &text.size);

    return text;
}

static inline void
model_read_request(fuzz_t *fuzz, model_request_t *request, size_t name_most)
{
    uint8_t kind = fuzz_byte(fuzz);

    request->settings.name = "fuzz";
    request->settings.max_header_bytes =
        kind % 4 == 0 ? fuzz_byte(fuzz) : 65536;
    request->settings.client_address_header = kind < 0x80 ? "" : "x-name";
    request->settings.request_id_header = "";
    request->settings.request_id_from = kind % 2 == 0 ? "" : "x-name";
    request->settings.request_id_response = "";
    request->settings.drop_host = kind / 2 % 2 != 0;
    request->address = model_read(fuzz, "127.0.0.1", 255);
    request->method = model_read(fuzz, "GET", 255);
    request->authority = model_read(fuzz, "example.com:8080", 300);
    request->target = model_read(fuzz, "/a?b", 300);
    request->count = fuzz_byte(fuzz) % MODEL_FIELDS;
    for (size_t i = 0; i < request->count; i++) {
        request->names[i] =
            model_read(fuzz, i % 3 == 1 ? "Host" : "X-Name", name_most);
        request->values[i] =
            model_read(fuzz, i % 3 == 1 ? " A.example:81" : "one, \xE4", 300);
    }
}

#endif /* FUZZ_REQUEST_MODEL_H */
