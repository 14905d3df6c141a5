/* Sends N requests (/N) at once and prints, in the order in which they come,
 * the number and status of each response, or why it could not be sent. With
 * /N/again one more when all are answered, their bodies unread. */
#include "sending.h"

#define MOST 256

static int32_t futures[MOST], pollables[MOST];
static uint32_t numbers[MOST];

static bool
send_one(uint32_t number, size_t place)
{
    http_result_future result;
    outgoing_handle(request_to_peer(METHOD_GET, fields_new()), 0, 0, &result);
    if (result.is_err) {
        print("%u: ", (unsigned) number);
        print_error_code(&result.err);
        print("\n");
        return false;
    }
    futures[place] = result.ok;
    pollables[place] = future_response_subscribe(result.ok);
    numbers[place] = number;
    return true;
}

/* Takes those that are ready out of the list; the number of what is left. */
static size_t
take_ready(size_t count, int32_t *responses, size_t *taken)
{
    wasi_u32_list ready;
    size_t left = 0, next = 0;
    poll_list(pollables, count, &ready);
    for (size_t i = 0; i < count; i++) {
        if (next < ready.len && ready.ptr[next] == i) {
            next++;
            pollable_drop(pollables[i]);
            int32_t response = response_of(futures[i]);
            print("%u: status %d\n", (unsigned) numbers[i],
                  (int) incoming_response_status(response));
            responses[(*taken)++] = response;
            continue;
        }
        futures[left] = futures[i];
        numbers[left] = numbers[i];
        pollables[left++] = pollables[i];
    }
    free(ready.ptr);
    return left;
}

void
handle(int32_t request, int32_t outparam)
{
    static int32_t responses[MOST];
    uint32_t many = (uint32_t) path_number(request, 0, 1);
    size_t count = 0, taken = 0;
    MUST(many < MOST);
    for (uint32_t i = 0; i < many; i++)
        count += send_one(i, count);
    while (count != 0)
        count = take_ready(count, responses, &taken);
    if (strstr(path_of(request), "/again") != NULL && send_one(many, 0))
        take_ready(1, responses, &taken);
    while (taken > 0)
        incoming_response_drop(responses[--taken]);
    answer(outparam, 200);
    request_drop(request);
}
