/* /KEY: the value of that key in each of the drafts; else all keys and values. */
#include "services.h"

static void
print_value(const char *name, const config_result_value *result)
{
    MUST(!result->is_err);
    if (!result->ok.some) {
        print("%s: none\n", name);
        return;
    }
    print("%s: ", name);
    print_bytes(result->ok.value.ptr, result->ok.value.len);
    print("\n");
}

static void
print_all(const char *name, const config_result_all *result)
{
    MUST(!result->is_err);
    for (size_t i = 0; i < result->ok.len; i++) {
        wasi_variable *entry = &result->ok.ptr[i];
        print("%s: %.*s=%.*s\n", name, (int) entry->name.len,
              (const char *) entry->name.ptr, (int) entry->value.len,
              (const char *) entry->value.ptr);
    }
}

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    if (path[1] != '\0') {
        const char *key = path + 1;
        size_t length = strlen(key);
        config_result_value result;
        config_get(key, length, &result);
        print_value("store rc.1", &result);
        config_draft_get(key, length, &result);
        print_value("store draft", &result);
        config_runtime_get(key, length, &result);
        print_value("runtime draft", &result);
    } else {
        config_result_all result;
        config_get_all(&result);
        print_all("store", &result);
        config_runtime_get_all(&result);
        print_all("runtime", &result);
    }
    answer(outparam, 200);
    request_drop(request);
}
