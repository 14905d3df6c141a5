/*
 * Invariant: the Unit module maps every request that libunit can hand over, as
 * docs/server-behavior.md says, to the same exchange or status as the embedded
 * server would, and reads nothing beyond the message.
 */

#include <nxt_main.h>

#include <nxt_unit.h>
#include <nxt_unit_request.h>

#include <stdlib.h>

#include "nxt_shim.h"

#include "request_model.h"

typedef struct {
    uint8_t *memory; /* request, fields, then the text that they point to */
    size_t size;
    size_t end;
} message_t;


/* Puts a text behind the others, and a pointer to it, relative to itself. */
static void
put(message_t *message, nxt_unit_sptr_t *sptr, uw_slice_t text)
{
    FUZZ_CHECK(message->size - message->end >= text.size);
    sptr->offset =
        (uint32_t) (message->memory + message->end - (uint8_t *) sptr);
    if (text.size != 0) {
        memcpy(message->memory + message->end, text.data, text.size);
    }
    message->end += text.size;
}


static size_t
text_size(const model_request_t *request)
{
    size_t size = request->method.size + request->authority.size
                  + request->target.size + request->address.size;

    for (size_t i = 0; i < request->count; i++) {
        size += request->names[i].size + request->values[i].size;
    }

    return size;
}


/* As the router lays a request out in shared memory. */
static nxt_unit_request_t *
build(message_t *message, const model_request_t *request, bool tls)
{
    size_t head =
        sizeof(nxt_unit_request_t) + request->count * sizeof(nxt_unit_field_t);
    nxt_unit_request_t *r;

    message->size = head + text_size(request);
    message->end = head;
    /* Not double_calloc(): this is not the module's. */
    message->memory = malloc(message->size);
    FUZZ_CHECK(message->memory != NULL);
    memset(message->memory, 0, message->size);

    r = (nxt_unit_request_t *) message->memory;
    r->tls = tls;
    r->method_length = (uint8_t) request->method.size;
    put(message, &r->method, request->method);
    r->server_name_length = (uint32_t) request->authority.size;
    put(message, &r->server_name, request->authority);
    r->target_length = (uint32_t) request->target.size;
    put(message, &r->target, request->target);

    r->remote_length = (uint8_t) request->address.size;
    put(message, &r->remote, request->address);

    r->fields_count = (uint32_t) request->count;
    for (size_t i = 0; i < request->count; i++) {
        r->fields[i].name_length = (uint8_t) request->names[i].size;
        put(message, &r->fields[i].name, request->names[i]);
        r->fields[i].value_length = (uint32_t) request->values[i].size;
        put(message, &r->fields[i].value, request->values[i]);
    }

    return r;
}


static int
expected_status(const model_request_t *request, size_t *count, bool *addressed)
{
    int status = model_line_status(request);
    size_t used = 0;

    for (*count = 0; *count < request->count && status == 0; ++*count) {
        status = model_field_status(request, *count, used);
        if (status != 0) {
            break;
        }
        if (!model_is_left_out(request, request->names[*count])) {
            used += request->names[*count].size
                    + model_trim(request->values[*count]).size;
        }
    }

    if (status == 0) {
        status = model_address_status(request);
    }
    *addressed = status == 0 && model_has_address(request);

    return status;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uw_exchange_t exchange = { .id = 1 };
    model_request_t request = { .count = 0 };
    fuzz_t fuzz = { data, size };
    message_t message;
    nxt_unit_request_info_t info = { 0 };
    size_t count;
    bool addressed;
    bool tls = fuzz_byte(&fuzz) % 2 != 0;

    do {
        uw_exchange_reset(&exchange);
        model_read_request(&fuzz, &request, UW_NXT_NAME_MAX);
        request.scheme =
            (uw_slice_t) { (const uint8_t *) "https", tls ? 5 : 4 };
        info.request = build(&message, &request, tls);
        FUZZ_CHECK(uw_nxt_read_head(&info, &exchange, &request.settings)
                   == expected_status(&request, &count, &addressed));
        free(message.memory);
        model_compare(&exchange, &request, count, addressed);
    } while (fuzz.size != 0);
    uw_exchange_free(&exchange);

    return 0;
}
