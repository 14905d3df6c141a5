/* Sets and reads every part of an outgoing-request and of request-options, and
 * sends none. */
#include "guest.h"
#include "wasi_more.h"

static const char *
outcome(int32_t is_err)
{
    return is_err ? "err" : "ok";
}

/* ---- one line for each call ---------------------------------------------- */

static void
try_method(int32_t request, int32_t tag, const char *other)
{
    size_t length = strlen(other);
    print("set-method %d ", tag);
    print_escaped(other, length);
    print(": %s",
          outcome(outgoing_request_set_method(request, tag, other, length)));
    http_method method;
    outgoing_request_method(request, &method);
    print(", now %d", method.tag);
    if (method.tag == METHOD_OTHER)
        print(" %.*s", (int) method.other.len, (const char *) method.other.ptr);
    print("\n");
}

static void
try_scheme(int32_t request, int32_t some, int32_t tag, const char *other)
{
    print("set-scheme %s %d %s: %s", some ? "some" : "none", tag, other,
          outcome(outgoing_request_set_scheme(request, some, tag, other,
                                              strlen(other))));
    http_option_scheme scheme;
    outgoing_request_scheme(request, &scheme);
    if (!scheme.some)
        print(", now none\n");
    else if (scheme.value.tag == SCHEME_OTHER)
        print(", now %.*s\n", (int) scheme.value.other.len,
              (const char *) scheme.value.other.ptr);
    else
        print(", now %d\n", scheme.value.tag);
}

typedef int32_t (*text_setter)(int32_t self, int32_t some, const char *text,
                               size_t length);
typedef void (*text_getter)(int32_t self, wasi_option_string *result);

static void
try_text(const char *name, int32_t request, text_setter set, text_getter get,
         const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);
    print("set-%s ", name);
    if (text == NULL)
        print("none");
    else
        print_escaped(text, length);
    print(": %s", outcome(set(request, text != NULL, text, length)));
    wasi_option_string now;
    get(request, &now);
    if (now.some)
        print(", now %.*s\n", (int) now.value.len,
              (const char *) now.value.ptr);
    else
        print(", now none\n");
}

static void
try_duration(const char *name, int32_t options,
             int32_t set(int32_t self, int32_t some, uint64_t value),
             void get(int32_t self, http_option_duration *result))
{
    static const uint64_t values[] = { 0, 1, UINT64_MAX - 1 };
    http_option_duration now;
    get(options, &now);
    print("%s: %s", name, now.some ? "some" : "none");
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        print(", %s", outcome(set(options, 1, values[i])));
        get(options, &now);
        print(" %llu", now.some ? (unsigned long long) now.value : 404);
    }
    print(", %s", outcome(set(options, 0, 0)));
    get(options, &now);
    print(" %s\n", now.some ? "some" : "none");
}

/* ---- what is tried ------------------------------------------------------- */

static void
try_texts(int32_t request)
{
    static const char *const paths[] = { "/a?b=c", "", "/\xC3\xBC", "/a b",
                                         "/a#b", "/a\nb", NULL };
    static const char *const authorities[] = {
        "example.com", "example.com:8443", "[::1]:80", "[::]", "127.0.0.1",
        "example.com:99999", "example.com:", "a b", "user@example.com", "",
        NULL
    };
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        try_text("path-with-query", request, outgoing_request_set_path,
                 outgoing_request_path, paths[i]);
    for (size_t i = 0; i < sizeof(authorities) / sizeof(authorities[0]); i++)
        try_text("authority", request, outgoing_request_set_authority,
                 outgoing_request_authority, authorities[i]);
}

static void
try_headers_and_body(int32_t request)
{
    wasi_result_handle first, second;
    header_result result;
    int32_t headers = outgoing_request_headers(request);
    fields_append(headers, "x-new", 5, "1", 1, &result);
    print("append to headers: %s\n",
          result.is_err && result.error == HEADER_IMMUTABLE ? "immutable"
                                                            : "wrong");
    print("has x-set: %s\n", fields_has(headers, "x-set", 5) ? "yes" : "no");
    fields_drop(headers);
    outgoing_request_body(request, &first);
    outgoing_request_body(request, &second);
    print("body: %s %s\n", outcome(first.is_err), outcome(second.is_err));
    outgoing_body_drop(first.ok);
}

void
handle(int32_t incoming, int32_t outparam)
{
    int32_t request = outgoing_request_new(fields_with("x-set", "1"));
    try_method(request, METHOD_GET, "");
    for (int tag = METHOD_HEAD; tag <= METHOD_PATCH; tag++)
        try_method(request, tag, "");
    try_method(request, METHOD_OTHER, "PURGE");
    try_method(request, METHOD_OTHER, "bad\nmethod");
    try_method(request, METHOD_OTHER, "");
    try_scheme(request, 1, SCHEME_HTTP, "");
    try_scheme(request, 1, SCHEME_HTTPS, "");
    try_scheme(request, 1, SCHEME_OTHER, "ws");
    try_scheme(request, 1, SCHEME_OTHER, "1a");
    try_scheme(request, 0, 0, "");
    try_texts(request);
    try_headers_and_body(request);
    outgoing_request_drop(request);

    int32_t options = request_options_new();
    try_duration("connect-timeout", options, request_options_set_connect,
                 request_options_connect);
    try_duration("first-byte-timeout", options, request_options_set_first_byte,
                 request_options_first_byte);
    try_duration("between-bytes-timeout", options,
                 request_options_set_between_bytes,
                 request_options_between_bytes);
    request_options_drop(options);
    answer(outparam, 200);
    request_drop(incoming);
}
