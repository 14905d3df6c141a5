/*
 * Invariant: whatever guest and client do, in whatever order, the client gets
 * one head, then a prefix of the bytes of one response, and either its end,
 * after all of them, or a cut, and nothing after that.  The guest's bodies never
 * hold more than its account allows, and all of it is given back.
 */

#include "http/request.h"

#include "fuzz.h"

#define WINDOW 64

/* What a client has seen, and what the guest has done. */
typedef struct {
    uw_outgoing_body_t *guest_body; /* NULL: the guest has let it go */
    bool set;
    bool head;
    bool end;
    bool cut;
    bool gone;
    uint16_t status;  /* that the head had */
    uint64_t written; /* by the guest, taken by its body */
    uint64_t taken;   /* by the client */
    uint64_t in_hand;
    uw_account_t *account;
    bool own;      /* the answer is one of ours */
    char page[64]; /* its body */
} model_t;


/* Byte `i` of the guest's response. */
static uint8_t
byte_at(uint64_t i)
{
    return (uint8_t) (i * 7 % 251);
}


/* ---- The guest ---- */

static uw_field_status_t
add_length(uw_fields_t *headers, const char *value)
{
    static const char name[] = "Content-Length";

    return uw_fields_append(headers, uw_slice_of(name), uw_slice_of(value));
}


/* What the guest has said of the length, or what its status says. */
static void
check_length(const uw_exchange_t *exchange, uint16_t status)
{
    const uw_fields_t *headers = &exchange->response_headers;

    FUZZ_CHECK(headers->count == (status == 204 ? 0 : 1));
    if (headers->count != 0) {
        FUZZ_CHECK(headers->items[0].value_size == 1);
        FUZZ_CHECK(*uw_field_value(headers, 0).data
                   == (status == 205 ? '0' : '7'));
    }
}


static void
guest_set(uw_exchange_t *exchange, model_t *model, fuzz_t *fuzz)
{
    static const uint16_t statuses[] = { 200, 204, 205, 304, 404, 500 };
    uw_fields_t headers = { .count = 0 };
    uw_outgoing_body_t *body = NULL;
    uint8_t kind = fuzz_byte(fuzz);
    bool fresh;

    if (kind % 4 != 0) {
        body = uw_outgoing_body_new(WINDOW, model->account);
        if (body == NULL) {
            FUZZ_CHECK(uw_account_is_over(model->account));
            return;
        }
        if (kind % 4 == 1) {
            body->content_length = fuzz_byte(fuzz);
        }
    }
    if (kind % 4 == 2) {
        FUZZ_CHECK(add_length(&headers, "7") == UW_FIELD_OK);
    }
    fresh = exchange->response == UW_RESPONSE_NONE;
    uw_exchange_set(exchange, statuses[kind / 4 % 6], &headers, body);
    if (kind % 4 == 2 && fresh) {
        check_length(exchange, statuses[kind / 4 % 6]);
    }
    if (model->set || exchange->response == UW_RESPONSE_CUT) {
        uw_outgoing_body_release(body);
    } else if (model->guest_body == NULL) {
        model->guest_body = body;
        model->set = true;
    }
    uw_fields_free(&headers);
}


static void
guest_write(uw_exchange_t *exchange, model_t *model, size_t size)
{
    uw_outgoing_body_t *body = model->guest_body;
    uint8_t bytes[256];
    size_t room;

    if (body == NULL) {
        return;
    }
    room = uw_outgoing_body_room(body);
    size = size > room ? room : size; /* as wasi_io does */
    for (size_t i = 0; i < size; i++) {
        bytes[i] = byte_at(model->written + i);
    }
    if (uw_outgoing_body_write(body, bytes, size) == UW_WRITE_OK) {
        model->written += body->discard ? 0 : size;
    }
    uw_exchange_body_changed(exchange);
}


static void
guest_ends_body(uw_exchange_t *exchange, model_t *model, bool finish)
{
    if (model->guest_body == NULL) {
        return;
    }
    if (finish) {
        bool whole = uw_outgoing_body_finish(model->guest_body);

        FUZZ_CHECK(model->guest_body->state
                   != (whole ? UW_OUTGOING_ABANDONED : UW_OUTGOING_FINISHED));
    } else {
        uw_outgoing_body_abandon(model->guest_body);
    }
    uw_exchange_body_changed(exchange);
    uw_outgoing_body_release(model->guest_body);
    model->guest_body = NULL;
}


/* ---- The client ---- */

static void
check_bytes(const uw_exchange_t *exchange, model_t *model, uw_slice_t bytes)
{
    FUZZ_CHECK(model->head && !model->end && !model->cut);
    FUZZ_CHECK(exchange->status == model->status);
    for (size_t i = 0; i < bytes.size; i++) {
        uint8_t expected = model->own ? (uint8_t) model->page[model->taken + i]
                                      : byte_at(model->taken + i);

        FUZZ_CHECK(bytes.data[i] == expected);
    }
}


static void
client_takes(uw_exchange_t *exchange, model_t *model)
{
    uw_slice_t bytes = uw_exchange_take_body(exchange);

    if (bytes.size != 0) {
        check_bytes(exchange, model, bytes);
        model->taken += bytes.size;
        model->in_hand += bytes.size;
    }
}


static void
client_drops(uw_exchange_t *exchange, model_t *model, size_t size)
{
    uw_slice_t bytes = uw_exchange_peek_body(exchange);

    if (bytes.size != 0) {
        check_bytes(exchange, model, bytes);
        size = size > bytes.size ? bytes.size : size;
        (void) uw_exchange_drop_body(exchange, size);
        model->taken += size;
    }
}


static void
client_takes_head(uw_exchange_t *exchange, model_t *model)
{
    if (!uw_exchange_take_head(exchange)) {
        return;
    }
    FUZZ_CHECK(!model->head && !model->end && !model->cut && !model->gone);
    FUZZ_CHECK(exchange->status >= 200);
    model->head = true;
    model->status = exchange->status;
}


static void
client_takes_end(uw_exchange_t *exchange, model_t *model)
{
    uint64_t whole = model->own ? strlen(model->page) : model->written;

    if (uw_exchange_take_end(exchange)) {
        FUZZ_CHECK(model->head && !model->end && !model->cut && !model->gone);
        model->end = true;
        FUZZ_CHECK(model->taken == whole);
    }
    if (uw_exchange_take_cut(exchange)) {
        FUZZ_CHECK(!model->end && !model->cut);
        model->cut = true;
    }
}


/* ---- The host ---- */

static void
host_fails(uw_exchange_t *exchange, model_t *model, uint16_t status)
{
    bool answered = uw_exchange_fail(exchange, status);

    FUZZ_CHECK(!(answered && (model->head || model->gone)));
}


/* An answer of our own has taken the place of the guest's: note its text. */
static void
note_page(const uw_exchange_t *exchange, model_t *model)
{
    static const char type[] = "content-type";
    const uw_fields_t *headers = &exchange->response_headers;
    uw_slice_t page = { NULL, 0 };

    /* The guest has no such header here. */
    if (model->own
        || uw_fields_find(headers, uw_slice_of(type), 0) == headers->count)
    {
        return;
    }
    model->own = true;
    FUZZ_CHECK(model->taken == 0 && !model->head);
    if (exchange->response_body != NULL) {
        page.data = uw_buf_head(&exchange->response_body->bytes);
        page.size = uw_buf_size(&exchange->response_body->bytes);
    }
    FUZZ_CHECK(page.size < sizeof(model->page));
    (void) snprintf(model->page, sizeof(model->page), "%.*s", (int) page.size,
                    page.size == 0 ? "" : (const char *) page.data);
}


static void
step(uw_exchange_t *exchange, model_t *model, fuzz_t *fuzz)
{
    switch (fuzz_byte(fuzz) % 12) {
    case 0:
        guest_set(exchange, model, fuzz);
        break;
    case 1:
        guest_write(exchange, model, fuzz_byte(fuzz));
        break;
    case 2:
        guest_ends_body(exchange, model, true);
        break;
    case 3:
        guest_ends_body(exchange, model, false);
        break;
    case 4:
        host_fails(exchange, model, fuzz_byte(fuzz) % 2 ? 504 : 500);
        break;
    case 5:
        uw_exchange_client_gone(exchange);
        model->gone = true;
        break;
    case 6:
        client_takes_head(exchange, model);
        break;
    case 7:
        client_takes(exchange, model);
        break;
    case 8:
        client_drops(exchange, model, fuzz_byte(fuzz));
        break;
    case 9:
        (void) uw_exchange_sent(exchange, model->in_hand);
        model->in_hand = 0;
        break;
    case 10:
        client_takes_end(exchange, model);
        break;
    default:
        exchange->guest = UW_GUEST_ENDED;
        break;
    }
    note_page(exchange, model);
}


static void
check(const uw_exchange_t *exchange, const model_t *model)
{
    const uw_outgoing_body_t *body = exchange->response_body;

    FUZZ_CHECK(exchange->head_taken == model->head);
    FUZZ_CHECK(exchange->end_taken == (model->end || model->cut));
    FUZZ_CHECK(!(model->end && model->cut));
    FUZZ_CHECK(!model->gone || exchange->response == UW_RESPONSE_CUT);
    FUZZ_CHECK(!model->cut || exchange->response == UW_RESPONSE_CUT);
    FUZZ_CHECK(
        uw_exchange_over(exchange)
        == (exchange->guest == UW_GUEST_ENDED && (model->end || model->cut)));
    FUZZ_CHECK(body == NULL || model->own
               || uw_buf_size(&body->bytes) <= WINDOW);
    FUZZ_CHECK(model->own || model->taken <= model->written);
    FUZZ_CHECK(uw_account_held(model->account) <= model->account->limit);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = { "GET", "HEAD" };
    uw_account_t account = { .limit = 0 };
    uw_exchange_t exchange = { .id = 1 };
    fuzz_t fuzz = { data, size };
    uw_slice_t text = { (const uint8_t *) "http", 4 };

    do {
        model_t model = { .account = &account };
        const char *method = methods[fuzz_byte(&fuzz) % 2];
        uint8_t steps = fuzz_byte(&fuzz);

        account.limit = sizeof(uw_outgoing_body_t) + steps * 32u;

        uw_exchange_reset(&exchange);
        FUZZ_CHECK(uw_exchange_request(&exchange,
                                       (uw_slice_t) { (const uint8_t *) method,
                                                      strlen(method) },
                                       text, text, text)
                   == 0);
        for (; steps != 0 && fuzz.size != 0; steps--) {
            step(&exchange, &model, &fuzz);
            check(&exchange, &model);
        }
        uw_outgoing_body_release(model.guest_body);
    } while (fuzz.size != 0);
    uw_exchange_free(&exchange);
    FUZZ_CHECK(uw_account_held(&account) == 0);

    return 0;
}
