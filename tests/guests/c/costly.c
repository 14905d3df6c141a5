/* What costs the host much for one call, or makes it hold much:
 *   /late/MS              computes so long, then waits an hour
 *   /random/BYTES/COUNT   asks for so many random bytes, COUNT times
 *   /lengths/COUNT        answers with so many equal content-lengths
 *   /hold/KIND/COUNT/BYTES   makes COUNT of a kind, keeps them all, answers
 *   /keep/KIND/COUNT/BYTES   the same, and waits an hour before it answers
 *   /churn/KIND/COUNT/BYTES  the same, and drops each before the next one
 * and answers `costly` to everything else. */
#include "sending.h"

static char *
filled(size_t size)
{
    char *bytes = malloc(size + 1);
    MUST(bytes != NULL);
    memset(bytes, 'a', size);
    return bytes;
}

static int32_t
fields_of(size_t size)
{
    int32_t fields = fields_new();
    if (size > 0) {
        char *value = filled(size);
        fields_add(fields, "x", value, size);
        free(value);
    }
    return fields;
}

/* A list with an entry of that size, which is refused for its last one. */
static void
refused_of(size_t size)
{
    char *value = filled(size);
    const http_field list[] = {
        { { (uint8_t *) "x", 1 }, { (uint8_t *) value, size } },
        { { (uint8_t *) "a b", 3 }, { (uint8_t *) "", 0 } }
    };
    header_result_fields result;
    fields_from_list(list, 2, &result);
    MUST(result.is_err);
    free(value);
}

static int32_t
request_of(size_t size)
{
    int32_t request = outgoing_request_new(fields_new());
    char *path = filled(size);
    path[0] = '/';
    MUST(outgoing_request_set_path(request, 1, path, size) == 0);
    MUST(outgoing_request_set_method(request, 9, path + 1, size - 1) == 0);
    MUST(outgoing_request_set_authority(request, 1, path + 1, size - 1) == 0);
    free(path);
    return request;
}

/* A body of so many bytes that nobody reads yet; its response is in *owner. */
static int32_t
body_of(size_t size, int32_t *owner)
{
    int32_t body, stream;
    *owner = response_new(fields_new());
    body_open(*owner, response_body, outgoing_body_write, &body, &stream);
    write_pattern(stream, size);
    output_drop(stream);
    return body;
}

/* A request that is on its way, with a header of that size. */
static int32_t
sent_of(size_t size)
{
    return sent(request_to_peer(METHOD_GET, fields_of(size)));
}

static void
make_one(const char *kind, size_t size, bool drop)
{
    int32_t other = 0;
    if (strncmp(kind, "fields/", 7) == 0) {
        int32_t made = fields_of(size);
        if (drop)
            fields_drop(made);
    } else if (strncmp(kind, "clones/", 7) == 0) {
        static int32_t first;
        if (first == 0)
            first = fields_of(size);
        int32_t made = fields_clone(first);
        if (drop)
            fields_drop(made);
    } else if (strncmp(kind, "refused/", 8) == 0) {
        refused_of(size);
    } else if (strncmp(kind, "requests/", 9) == 0) {
        int32_t made = request_of(size);
        if (drop)
            outgoing_request_drop(made);
    } else if (strncmp(kind, "bodies/", 7) == 0) {
        int32_t made = body_of(size, &other);
        if (drop) {
            outgoing_body_drop(made);
            response_drop(other);
        }
    } else if (strncmp(kind, "sent/", 5) == 0) {
        int32_t made = sent_of(size);
        if (drop)
            future_incoming_response_drop(made);
    } else {
        MUST(strncmp(kind, "pollables/", 10) == 0);
        int32_t made = monotonic_subscribe_duration(0);
        if (drop)
            pollable_drop(made);
    }
}

static void
lengths(int32_t outparam, uint64_t count)
{
    int32_t fields = fields_new();
    for (uint64_t i = 0; i < count; i++)
        fields_add(fields, "content-length", "5", 1);
    http_reply reply = reply_begin(outparam, 200, fields);
    reply_write(&reply, "short", 5);
    reply_end(&reply);
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    const char *kind = strchr(path + 1, '/');
    uint64_t second = path_number(request, 1, 0);
    uint64_t third = path_number(request, 2, 0);
    kind = kind == NULL ? path : kind + 1;

    if (strncmp(path, "/late/", 6) == 0) {
        uint64_t end = monotonic_now() + second * 1000000;
        while (monotonic_now() < end)
            continue;
        wait_for(monotonic_subscribe_duration(3600000000000ull));
    } else if (strncmp(path, "/random/", 8) == 0) {
        for (uint64_t i = 0; i < third; i++) {
            wasi_bytes bytes;
            random_bytes(second, &bytes);
            MUST(bytes.len == second);
            free(bytes.ptr);
        }
    } else if (strncmp(path, "/lengths/", 9) == 0) {
        lengths(outparam, second);
        return;
    } else if (strncmp(path, "/hold/", 6) == 0
               || strncmp(path, "/keep/", 6) == 0
               || strncmp(path, "/churn/", 7) == 0)
    {
        for (uint64_t i = 0; i < third; i++)
            make_one(kind, path_number(request, 3, 0), path[1] == 'c');
        if (path[1] == 'k')
            wait_for(monotonic_subscribe_duration(3600000000000ull));
    }
    answer_with(outparam, "costly\n");
    request_drop(request);
}
