/* /clone/N: appends a field `x` with N bytes to a clone of the request's
 * headers; /set/N sets it in new fields, /list/N gives it to from-list. Prints
 * how many entries there are. */
#include "guest.h"

static int32_t
make(const char *path, const http_field *field, int32_t request)
{
    header_result result;
    header_result_fields made;
    if (strncmp(path, "/list/", 6) == 0) {
        fields_from_list(field, 1, &made);
        MUST(!made.is_err);
        return made.ok;
    }
    int32_t fields;
    if (strncmp(path, "/set/", 5) == 0) {
        fields = fields_new();
        fields_set(fields, "x", 1, &field->value, 1, &result);
        MUST(!result.is_err);
    } else {
        int32_t headers = request_headers(request);
        fields = fields_clone(headers);
        fields_drop(headers);
        fields_add(fields, "x", field->value.ptr, field->value.len);
    }
    return fields;
}

void
handle(int32_t request, int32_t outparam)
{
    size_t size = (size_t) path_number(request, 1, 0);
    uint8_t *value = malloc(size + 1);
    MUST(value != NULL);
    memset(value, 'v', size);
    const http_field field = { { (uint8_t *) "x", 1 }, { value, size } };
    http_field_list list;
    int32_t fields = make(path_of(request), &field, request);
    fields_entries(fields, &list);
    print("%lu\n", (unsigned long) list.len);
    fields_drop(fields);
    answer(outparam, 200);
    request_drop(request);
}
