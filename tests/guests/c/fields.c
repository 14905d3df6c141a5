/* Every method of `fields` with every kind of result: one line `name: result`
 * per check. */
#include "guest.h"

static const char *const errors[] = { "invalid-syntax", "forbidden",
                                      "immutable" };

static void
print_result(const char *what, const char *name, const header_result *result)
{
    print("%s %s: %s\n", what, name,
          result->is_err ? errors[result->error] : "ok");
}

static void
append(const char *what, int32_t fields, const char *name, const char *value)
{
    header_result result;
    fields_append(fields, name, strlen(name), value, strlen(value), &result);
    print_result(what, name, &result);
}

static void
set(const char *what, int32_t fields, const char *name, const char *first,
    const char *second)
{
    header_result result;
    const wasi_bytes values[] = {
        { (uint8_t *) first, first ? strlen(first) : 0 },
        { (uint8_t *) second, second ? strlen(second) : 0 }
    };
    fields_set(fields, name, strlen(name), values,
               (first != NULL) + (second != NULL), &result);
    print_result(what, name, &result);
}

static void
remove_field(const char *what, int32_t fields, const char *name)
{
    header_result result;
    fields_delete(fields, name, strlen(name), &result);
    print_result(what, name, &result);
}

static void
get(int32_t fields, const char *name)
{
    wasi_bytes_list values;
    fields_get(fields, name, strlen(name), &values);
    print("get %s: %lu", name, (unsigned long) values.len);
    for (size_t i = 0; i < values.len; i++) {
        print(" [");
        print_escaped(values.ptr[i].ptr, values.ptr[i].len);
        print("]");
    }
    print(", has: %s\n",
          fields_has(fields, name, strlen(name)) ? "true" : "false");
}

static void
entries(const char *what, int32_t fields)
{
    http_field_list list;
    fields_entries(fields, &list);
    print("entries %s:", what);
    for (size_t i = 0; i < list.len; i++) {
        print(" %.*s=", (int) list.ptr[i].name.len,
              (char *) list.ptr[i].name.ptr);
        print_escaped(list.ptr[i].value.ptr, list.ptr[i].value.len);
    }
    print("\n");
}

static void
from_list(const char *what, const char *name, const char *value)
{
    /* a good entry comes first: one bad entry refuses the list */
    const http_field list[] = { { { (uint8_t *) "x-good", 6 },
                                  { (uint8_t *) "1", 1 } },
                                { { (uint8_t *) name, strlen(name) },
                                  { (uint8_t *) value, strlen(value) } } };
    header_result_fields result;
    fields_from_list(list, 2, &result);
    print("from-list %s: %s\n", what,
          result.is_err ? errors[result.error] : "ok");
    if (!result.is_err) {
        entries(what, result.ok);
        fields_drop(result.ok);
    }
}

static void
check_mutable(void)
{
    int32_t fields = fields_new();
    entries("of new", fields);
    append("append", fields, "x-a", "1");
    append("append", fields, "x-b", "2");
    append("append", fields, "X-A", "3");
    append("append", fields, "x-empty", "");
    append("append", fields, "x-bytes", "\x80\xff");
    append("append with a line end", fields, "x-a", "a\nb");
    append("append with a bad name", fields, "x a", "1");
    entries("after append", fields);
    get(fields, "x-A");
    get(fields, "x-none");
    get(fields, "x a");
    set("set one", fields, "X-b", "4", NULL);
    set("set two", fields, "x-c", "5", "6");
    set("set none", fields, "x-empty", NULL, NULL);
    set("set with a line end", fields, "x-b", "7", "a\r\nb");
    set("set with a bad name", fields, "", "1", NULL);
    entries("after set", fields);
    remove_field("delete", fields, "X-A");
    remove_field("delete", fields, "x-none");
    remove_field("delete", fields, "x a");
    entries("after delete", fields);

    int32_t copy = fields_clone(fields);
    append("append to clone", copy, "x-clone", "1");
    entries("of clone", copy);
    entries("of the original", fields);
    fields_drop(fields);
    get(copy, "x-clone");
    fields_drop(copy);
}

static void
check_forbidden(void)
{
    static const char *const names[] = { "connection",
                                         "Keep-Alive",
                                         "proxy-authenticate",
                                         "proxy-authorization",
                                         "proxy-connection",
                                         "transfer-encoding",
                                         "upgrade",
                                         "HOST",
                                         "http2-settings",
                                         "te",
                                         "trailer",
                                         "content-length" };
    int32_t fields = fields_new();
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        append("append", fields, names[i], "1");
        set("set", fields, names[i], "1", NULL);
        remove_field("delete", fields, names[i]);
    }
    entries("after the forbidden ones", fields);
    fields_drop(fields);
}

/* It is a number, whoever writes it. */
static void
check_length(void)
{
    static const char *const values[] = { "007", "000", "1x", "" };
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        int32_t fields = fields_new();
        append("append", fields, "content-length", values[i]);
        get(fields, "content-length");
        set("set", fields, "content-length", values[i], NULL);
        get(fields, "content-length");
        fields_drop(fields);
    }
}

static void
check_immutable(int32_t fields, const char *what)
{
    append(what, fields, "x-new", "1");
    append(what, fields, "x-new", "a\nb");
    set(what, fields, "x-new", "1", NULL);
    remove_field(what, fields, "x-new");
    remove_field(what, fields, "x-request");
    get(fields, "X-Request");
    int32_t copy = fields_clone(fields);
    append("append to the clone of these", copy, "x-new", "1");
    get(copy, "x-new");
    fields_drop(copy);
}

void
handle(int32_t request, int32_t outparam)
{
    check_mutable();
    check_forbidden();
    check_length();
    from_list("of two", "X-Good", "2");
    from_list("with a forbidden name", "Connection", "close");
    from_list("with a bad name", "a:b", "1");
    from_list("with a bad value", "x-bad", "a\nb");

    int32_t headers = request_headers(request);
    check_immutable(headers, "request headers");
    fields_drop(headers);
    int32_t response = response_new(fields_with("x-request", "of a response"));
    headers = response_headers(response);
    check_immutable(headers, "response headers");
    fields_drop(headers);
    response_drop(response);
    answer(outparam, 200);
    request_drop(request);
}
