#include "http/request_id.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>


int
uw_request_id_draw(char prefix[UW_ID_PREFIX + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[UW_ID_PREFIX / 2];

    /* Of so few bytes it returns all or, before the pool of a machine that
     * starts is filled, waits. */
    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t) sizeof(bytes)) {
        return -1;
    }

    for (size_t i = 0; i < sizeof(bytes); i++) {
        prefix[2 * i] = digits[bytes[i] >> 4];
        prefix[2 * i + 1] = digits[bytes[i] & 0xF];
    }
    prefix[UW_ID_PREFIX] = '\0';

    return 0;
}


size_t
uw_request_id(const uw_exchange_t *exchange, char text[UW_ID_MAX + 1])
{
    int size;

    if (exchange->given_id_size != 0) {
        memcpy(text, exchange->given_id, exchange->given_id_size);
        text[exchange->given_id_size] = '\0';
        return exchange->given_id_size;
    }

    size = snprintf(text, UW_ID_MAX + 1, "%s-%llu", exchange->id_prefix,
                    (unsigned long long) exchange->id);

    return size < 0 ? 0 : (size_t) size;
}


/* Letters, digits and what UUIDs, base64 and trace ids are made of: nothing
 * that means anything to a log, a shell or a header. */
static bool
uw_request_id_valid(uw_slice_t id)
{
    for (size_t i = 0; i < id.size; i++) {
        uint8_t byte = id.data[i];

        if ((byte < '0' || byte > '9') && (byte < 'A' || byte > 'Z')
            && (byte < 'a' || byte > 'z')
            && (byte == 0 || strchr("-._~+/=:@", byte) == NULL))
        {
            return false;
        }
    }

    return id.size != 0 && id.size <= UW_ID_MAX;
}


bool
uw_request_id_header(uw_exchange_t *exchange, uw_slice_t name, uw_slice_t value,
                     const uw_settings_t *settings)
{
    const char *from = settings->request_id_from;
    const char *ours = settings->request_id_header;

    if (from[0] != '\0' && uw_field_name_is(from, name)) {
        /* Of two, nobody knows which one is meant. */
        exchange->given_id_size = 0;
        if (!exchange->id_given && uw_request_id_valid(value)) {
            memcpy(exchange->given_id, value.data, value.size);
            exchange->given_id_size = (uint8_t) value.size;
        }
        exchange->id_given = true;
    }

    return ours[0] != '\0' && uw_field_name_is(ours, name);
}


int
uw_request_id_tell(uw_exchange_t *exchange, const uw_settings_t *settings)
{
    const char *name = settings->request_id_header;
    char id[UW_ID_MAX + 1];
    size_t size;

    if (name[0] == '\0') {
        return 0;
    }
    size = uw_request_id(exchange, id);

    return uw_fields_append(&exchange->request_headers.fields,
                            uw_slice_of(name),
                            (uw_slice_t) { (const uint8_t *) id, size })
                   == UW_FIELD_OK
               ? 0
               : 500;
}


void
uw_request_id_answer(uw_exchange_t *exchange, const uw_settings_t *settings)
{
    const uw_slice_t name = uw_slice_of(settings->request_id_response);
    uw_fields_t *headers = &exchange->response_headers;
    char id[UW_ID_MAX + 1];
    size_t size;

    if (name.size == 0 || exchange->head_taken
        || exchange->response == UW_RESPONSE_NONE)
    {
        return;
    }

    size = uw_request_id(exchange, id);
    headers->limit = 0; /* the guest's fields are the host's by now */
    (void) uw_fields_remove(headers, name);
    /* Without memory an answer without it is better than none. */
    (void) !uw_fields_append(headers, name,
                             (uw_slice_t) { (const uint8_t *) id, size });
}
