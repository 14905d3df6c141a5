/* Prints the request's trailers in the body, and sends trailers of its own:
 * x-first and x-second. */
#include "guest.h"
#include "wasi_more.h"

static void
print_trailers(const http_option_trailers *got)
{
    if (!got->some)
        print("none yet\n");
    else if (got->value.is_err)
        print("taken\n");
    else if (got->value.ok.is_err)
        print("error\n");
    else if (!got->value.ok.ok.some)
        print("no trailers\n");
    else {
        http_field_list fields;
        fields_entries(got->value.ok.ok.value, &fields);
        print("%lu trailers\n", (unsigned long) fields.len);
        for (size_t i = 0; i < fields.len; i++)
            print("%.*s = %.*s\n", (int) fields.ptr[i].name.len,
                  (char *) fields.ptr[i].name.ptr,
                  (int) fields.ptr[i].value.len,
                  (char *) fields.ptr[i].value.ptr);
        fields_drop(got->value.ok.ok.value);
    }
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t body, input;
    http_option_trailers got;
    request_open(request, &body, &input);
    print("body: %llu bytes\n", (unsigned long long) read_to_end(input));
    input_drop(input);
    int32_t future = incoming_body_finish(body);
    wait_for(future_trailers_subscribe(future));
    future_trailers_get(future, &got);
    print_trailers(&got);
    future_trailers_get(future, &got);
    print("again: ");
    print_trailers(&got);
    future_trailers_drop(future);
    request_drop(request);

    int32_t trailers = fields_with("x-first", "1");
    fields_add(trailers, "x-second", "2", 1);
    http_reply reply =
        reply_begin(outparam, 200, fields_with("trailer", "x-first, x-second"));
    print_to_stream(reply.stream);
    output_drop(reply.stream);
    http_result_void finished;
    outgoing_body_finish(reply.body, 1, trailers, &finished);
    MUST(!finished.is_err);
}
