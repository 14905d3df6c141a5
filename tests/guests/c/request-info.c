/* Prints the request as the guest sees it, one `name: value` per line; escaped,
 * so that a test can compare bytes. */
#include "guest.h"

static void
print_option(const char *name, const wasi_option_string *option)
{
    print("%s: ", name);
    if (option->some) {
        print("some ");
        print_escaped(option->value.ptr, option->value.len);
    } else {
        print("none");
    }
    print("\n");
}

static void
print_case(const char *name, const char *known, const wasi_bytes *other)
{
    print("%s: %s", name, known != NULL ? known : "other ");
    if (known == NULL)
        print_escaped(other->ptr, other->len);
    print("\n");
}

void
handle(int32_t request, int32_t outparam)
{
    static const char *const methods[] = { "get",     "head",   "post",
                                           "put",     "delete", "connect",
                                           "options", "trace",  "patch",
                                           NULL };
    static const char *const schemes[] = { "HTTP", "HTTPS", NULL };
    http_method method;
    http_option_scheme scheme;
    wasi_option_string option;

    request_method(request, &method);
    print_case("method", methods[method.tag], &method.other);
    request_scheme(request, &scheme);
    if (scheme.some)
        print_case("scheme", schemes[scheme.value.tag], &scheme.value.other);
    else
        print("scheme: none\n");
    request_authority(request, &option);
    print_option("authority", &option);
    request_path_with_query(request, &option);
    print_option("path-with-query", &option);

    int32_t headers = request_headers(request);
    http_field_list fields;
    fields_entries(headers, &fields);
    for (size_t i = 0; i < fields.len; i++) {
        print("header ");
        print_escaped(fields.ptr[i].name.ptr, fields.ptr[i].name.len);
        print(": ");
        print_escaped(fields.ptr[i].value.ptr, fields.ptr[i].value.len);
        print("\n");
    }
    fields_drop(headers);
    request_drop(request);
    answer(outparam, 200);
}
