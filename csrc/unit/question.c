#include "unit/question.h"

#include "worker/exchanges.h"


int
uw_question_call(uw_question_t *question, uw_site_t *site, uint32_t function,
                 const uint8_t *packed, size_t packed_size)
{
    if (uw_worker_call(question->exchange, site, function,
                       (uw_slice_t) { packed, packed_size })
        != 0)
    {
        return -1;
    }
    question->calls = 1;
    question->function = function;

    return 0;
}


int
uw_question_answer(void *exchange, uint16_t status, const uint8_t *lines,
                   size_t lines_size, const uint8_t *body, size_t body_size)
{
    uw_slice_t left = { lines, lines_size };
    uw_fields_t headers = { 0 };
    uw_slice_t name;
    uw_slice_t value;
    int result = 0;

    while (result == 0 && uw_field_line(&left, &name, &value)) {
        if (uw_fields_append(&headers, name, value) != UW_FIELD_OK) {
            result = -1;
        }
    }
    if (result == 0) {
        result = uw_exchange_answer(exchange, status, &headers,
                                    (uw_slice_t) { body, body_size });
    }
    uw_fields_free(&headers);

    return result;
}


int
uw_question_counted(void *text, const uint8_t *more, size_t size)
{
    return uw_buf_append(text, more, size);
}
