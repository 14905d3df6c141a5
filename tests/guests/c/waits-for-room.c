/* Writes 1 MiB to a response that it has not set, so that nobody reads it:
 * blocking-write-and-flush, or blocking-splice (with /splice), which trap; with
 * /poll it polls for room, which traps; with /check it stops when check-write
 * allows nothing, and prints how much it wrote. */
#include "guest.h"

enum {
    WANTED = 1048576,
    PIECE = 4096
};

static char zeroes[PIECE];

static void
write_all_of_it(int32_t output)
{
    for (int done = 0; done < WANTED; done += PIECE)
        MUST(write_all(output, zeroes, PIECE));
}

static void
splice_all_of_it(int32_t request, int32_t output)
{
    int32_t body, input;
    stream_result_u64 moved;
    request_open(request, &body, &input);
    do
        output_blocking_splice(output, input, PIECE, &moved);
    while (!moved.is_err);
}

static void
write_what_is_allowed(int32_t output, bool polls)
{
    uint64_t total = 0;
    for (;;) {
        stream_result_u64 budget;
        stream_result_void written;
        output_check_write(output, &budget);
        MUST(!budget.is_err);
        if (budget.ok == 0 && polls)
            wait_for(output_subscribe(output));
        if (budget.ok == 0)
            break;
        size_t piece = budget.ok < PIECE ? (size_t) budget.ok : PIECE;
        output_write(output, zeroes, piece, &written);
        MUST(!written.is_err);
        total += piece;
    }
    print("%llu\n", (unsigned long long) total);
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, output, response = response_new(fields_new());
    body_open(response, response_body, outgoing_body_write, &body, &output);
    if (path_is(request, "/check") || path_is(request, "/poll"))
        write_what_is_allowed(output, path_is(request, "/poll"));
    else if (path_is(request, "/splice"))
        splice_all_of_it(request, output);
    else
        write_all_of_it(output);
    output_drop(output);
    outgoing_body_drop(body);
    response_drop(response);
    request_drop(request);
    answer(outparam, 200);
}
