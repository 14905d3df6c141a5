/* Appends headers with bytes that HTTP does not allow, and prints the results.
 * A name that is not UTF-8 breaks the component model's own rule; it is tried
 * only with /name-not-utf8. */
#include "guest.h"

static void
try
    (int32_t fields, const char *what, const char *name, size_t name_length,
     const char *value, size_t value_length)
    {
        static const char *const errors[] = { "invalid-syntax", "forbidden",
                                              "immutable" };
        header_result result;
        fields_append(fields, name, name_length, value, value_length, &result);
        print("%s: %s\n", what, result.is_err ? errors[result.error] : "ok");
    }

void
handle(int32_t request, int32_t outparam)
{
    int32_t fields = fields_new();
    if (path_is(request, "/name-not-utf8"))
        try
            (fields, "name not UTF-8", "x-\xff", 3, "v", 1);
    try
        (fields, "name with CR LF", "x-a\r\ny", 6, "v", 1);
    try
        (fields, "name with NUL", "x-\0a", 4, "v", 1);
    try
        (fields, "name with space", "x a", 3, "v", 1);
    try
        (fields, "name with colon", "x:a", 3, "v", 1);
    try
        (fields, "name with letter outside ASCII", "x-\xc3\xa9", 4, "v", 1);
    try
        (fields, "name empty", "", 0, "v", 1);
    try
        (fields, "value with CR", "x-a", 3, "a\rb", 3);
    try
        (fields, "value with LF", "x-a", 3, "a\nb", 3);
    try
        (fields, "value with CR LF and header", "x-a", 3, "a\r\ny: b", 7);
    try
        (fields, "value with NUL", "x-a", 3, "a\0b", 3);
    try
        (fields, "value with DEL", "x-a", 3, "a\x7f", 2);
    try
        (fields, "value with tab", "x-tab", 5, "a\tb", 3);
    try
        (fields, "value not UTF-8", "x-high", 6, "\x80\xff", 2);
    try
        (fields, "value empty", "x-empty", 7, "", 0);

    http_field_list entries;
    fields_entries(fields, &entries);
    for (size_t i = 0; i < entries.len; i++) {
        print("kept %.*s: ", (int) entries.ptr[i].name.len,
              (char *) entries.ptr[i].name.ptr);
        print_escaped(entries.ptr[i].value.ptr, entries.ptr[i].value.len);
        print("\n");
    }
    fields_drop(fields);
    answer(outparam, 200);
    request_drop(request);
}
