/* Posts the request's body while it arrives, and answers with what comes back
 * while it comes: both by splice, waiting for whichever is next. */
#include "sending.h"

typedef struct {
    int32_t from;
    int32_t to;
    bool ended;
} direction;

/* Moves what there is and there is room for; false when nothing moved. */
static bool
move(direction *way)
{
    stream_result_u64 moved;
    if (way->ended)
        return false;
    output_check_write(way->to, &moved);
    MUST(!moved.is_err);
    if (moved.ok == 0)
        return false;
    output_splice(way->to, way->from, moved.ok, &moved);
    if (moved.is_err) {
        MUST(moved.err.tag == STREAM_CLOSED);
        way->ended = true;
        return true;
    }
    return moved.ok != 0;
}

/* What the direction waits for: bytes or room. */
static int32_t
next_of(const direction *way)
{
    stream_result_u64 room;
    output_check_write(way->to, &room);
    MUST(!room.is_err);
    return room.ok == 0 ? output_subscribe(way->to)
                        : input_subscribe(way->from);
}

static void
wait_for_either(const direction *there, const direction *back)
{
    int32_t pollables[2];
    size_t count = 0;
    wasi_u32_list ready;
    if (!there->ended)
        pollables[count++] = next_of(there);
    if (!back->ended)
        pollables[count++] = next_of(back);
    poll_list(pollables, count, &ready);
    free(ready.ptr);
    while (count > 0)
        pollable_drop(pollables[--count]);
}

void
handle(int32_t request, int32_t outparam)
{
    http_result_void finished;
    int32_t incoming, outgoing, body;
    direction there = { .ended = false }, back = { .ended = false };
    int32_t asked = request_to_peer(METHOD_POST, fields_new());
    request_open(request, &incoming, &there.from);
    sending_open(asked, &outgoing, &there.to);
    int32_t response = response_of(sent(asked));
    response_open(response, &body, &back.from);
    http_reply reply = reply_text(outparam, incoming_response_status(response));
    back.to = reply.stream;

    bool finish = true;
    while (!there.ended || !back.ended) {
        bool moved = move(&there);
        moved = move(&back) || moved;
        if (there.ended && finish) {
            finish = false;
            output_drop(there.to);
            outgoing_body_finish(outgoing, 0, 0, &finished);
            MUST(!finished.is_err);
        }
        if (!moved)
            wait_for_either(&there, &back);
    }
    input_drop(there.from);
    incoming_body_drop(incoming);
    input_drop(back.from);
    incoming_body_drop(body);
    incoming_response_drop(response);
    reply_end(&reply);
    request_drop(request);
}
