/* /DRAFT/WHAT/BUCKET/...: one operation with a bucket, by the draft 1 or 2:
 * get/B/KEY, set/B/KEY/VALUE, delete/B/KEY, exists/B/KEY, list/B,
 * increment/B/KEY/DELTA/TIMES, many/B, fill/B/COUNT, big/B/KEY/SIZE,
 * open/B/COUNT; of draft 2 alone: swap/B/KEY/VALUE, late/B/KEY/VALUE (another
 * one writes in between), compete/B/KEY/TIMES (adds one by swaps). */
#include "services.h"

#include <stdio.h>

#define MOST 8

static const char *parts[MOST];

/* Cuts the path at its slashes; "-" is an empty part. */
static void
cut(int32_t request)
{
    char *at = strdup(path_of(request));
    MUST(at != NULL);
    for (int i = 0; i < MOST; i++)
        parts[i] = "";
    MUST(*at == '/');
    at++;
    for (int i = 0; i < MOST && at != NULL; i++) {
        parts[i] = at;
        at = strchr(at, '/');
        if (at != NULL)
            *at++ = '\0';
    }
    for (int i = 0; i < MOST; i++) {
        if (strcmp(parts[i], "-") == 0)
            parts[i] = "";
    }
}

static bool
failed(uint8_t is_err, const service_error *error)
{
    static const char *const names[] = { "no-such-store", "access-denied",
                                         "other" };
    if (!is_err)
        return false;
    MUST(error->tag <= 2);
    print("err: %s", names[error->tag]);
    if (error->tag == 2)
        print(" %.*s", (int) error->text.len, (const char *) error->text.ptr);
    print("\n");
    return true;
}

static void
print_option(const wasi_option_string *value)
{
    if (!value->some) {
        print("none\n");
        return;
    }
    print("some: ");
    print_escaped(value->value.ptr, value->value.len);
    print("\n");
}

static bool
is_first(void)
{
    return parts[0][0] == '1';
}

#define OF_DRAFT(name) (is_first() ? kv1_##name : kv2_##name)

static bool
open_bucket(int32_t *bucket)
{
    kv_result_handle result;
    OF_DRAFT(open)(parts[2], strlen(parts[2]), &result);
    *bucket = result.ok;
    return !failed(result.is_err, &result.err);
}

static void
print_keys(const wasi_bytes_list *keys)
{
    for (size_t i = 0; i < keys->len; i++)
        print("%s%.*s", i == 0 ? "keys: " : " ", (int) keys->ptr[i].len,
              (const char *) keys->ptr[i].ptr);
    print("\n");
}

static void
list(int32_t bucket)
{
    kv1_result_keys first = { 0 };
    kv2_result_keys second = { 0 };
    do {
        if (is_first()) {
            kv1_list_keys(bucket, first.ok.cursor.some,
                          (int64_t) first.ok.cursor.value, &first);
            if (failed(first.is_err, &first.err))
                return;
            print_keys(&first.ok.keys);
        } else {
            kv2_list_keys(bucket, second.ok.cursor.some,
                          (const char *) second.ok.cursor.value.ptr,
                          second.ok.cursor.value.len, &second);
            if (failed(second.is_err, &second.err))
                return;
            print_keys(&second.ok.keys);
        }
    } while (is_first() ? first.ok.cursor.some : second.ok.cursor.some);
}

static void
increment(int32_t bucket)
{
    uint64_t times = strtoull(parts[5], NULL, 10);
    int64_t delta = is_first() ? (int64_t) strtoull(parts[4], NULL, 10)
                               : strtoll(parts[4], NULL, 10);
    kv_result_number result = { 0 };
    for (uint64_t i = 0; i < times; i++) {
        OF_DRAFT(increment)(bucket, parts[3], strlen(parts[3]), delta, &result);
        if (failed(result.is_err, &result.err))
            return;
    }
    print("%lld\n", (long long) result.ok);
}

#define TEXT(text) { (uint8_t *) text, sizeof(text) - 1 }

static void
many(int32_t bucket)
{
    wasi_variable pairs[] = { { TEXT("a"), TEXT("1") },
                              { TEXT("b"), TEXT("") },
                              { TEXT("c"), TEXT("\xff") } };
    wasi_bytes keys[] = { TEXT("a"), TEXT("x"), TEXT("c"), TEXT("b") };
    kv_result_void done;
    OF_DRAFT(set_many)(bucket, pairs, 3, &done);
    if (failed(done.is_err, &done.err))
        return;
    for (int round = 0; round < 2; round++) {
        if (is_first()) {
            kv1_result_many found;
            kv1_get_many(bucket, keys, 4, &found);
            MUST(!found.is_err && found.ok.len == 4);
            for (int i = 0; i < 4; i++) {
                const wasi_variable *pair = &found.ok.ptr[i].value;
                wasi_option_string value = { found.ok.ptr[i].some,
                                             pair->value };
                MUST(!value.some
                     || (pair->name.len == 1
                         && pair->name.ptr[0] == keys[i].ptr[0]));
                print_option(&value);
            }
        } else {
            kv2_result_many found;
            kv2_get_many(bucket, keys, 4, &found);
            MUST(!found.is_err && found.ok.len == 4);
            for (int i = 0; i < 4; i++) {
                MUST(found.ok.ptr[i].key.len == 1
                     && found.ok.ptr[i].key.ptr[0] == keys[i].ptr[0]);
                print_option(&found.ok.ptr[i].value);
            }
        }
        OF_DRAFT(delete_many)(bucket, keys, 3, &done);
        MUST(!done.is_err);
    }
}

static void
fill(int32_t bucket)
{
    uint64_t count = strtoull(parts[3], NULL, 10);
    wasi_variable *pairs = calloc(count, sizeof(*pairs));
    kv_result_void done;
    MUST(pairs != NULL);
    for (uint64_t i = 0; i < count; i++) {
        char *key = malloc(24);
        MUST(key != NULL);
        pairs[i].name.len =
            (size_t) snprintf(key, 24, "k%llu", (unsigned long long) i);
        pairs[i].name.ptr = (uint8_t *) key;
    }
    OF_DRAFT(set_many)(bucket, pairs, count, &done);
    if (!failed(done.is_err, &done.err))
        print("filled\n");
}

static void
big(int32_t bucket)
{
    size_t size = (size_t) strtoull(parts[4], NULL, 10);
    char *value = malloc(size + 1);
    kv_result_void done;
    kv_result_option found;
    MUST(value != NULL);
    for (size_t i = 0; i < size; i++)
        value[i] = (char) (i * 167 + 13);
    OF_DRAFT(set)(bucket, parts[3], strlen(parts[3]), value, size, &done);
    if (failed(done.is_err, &done.err))
        return;
    OF_DRAFT(get)(bucket, parts[3], strlen(parts[3]), &found);
    if (failed(found.is_err, &found.err))
        return;
    MUST(found.ok.some && found.ok.value.len == size);
    MUST(memcmp(found.ok.value.ptr, value, size) == 0);
    print("same\n");
}

static void
open_many(void)
{
    uint64_t count = strtoull(parts[3], NULL, 10);
    int32_t bucket;
    for (uint64_t i = 0; i < count; i++)
        MUST(open_bucket(&bucket));
    print("opened\n");
}

static void
set(int32_t bucket, const char *value)
{
    kv_result_void done;
    OF_DRAFT(set)(bucket, parts[3], strlen(parts[3]), value, strlen(value),
                  &done);
    if (!failed(done.is_err, &done.err))
        print("set\n");
}

static void
swap(int32_t bucket, bool late)
{
    kv_result_handle made;
    kv_result_option value;
    kv_result_swap swapped;
    kv_cas_new(bucket, parts[3], strlen(parts[3]), &made);
    if (failed(made.is_err, &made.err))
        return;
    kv_cas_current(made.ok, &value);
    MUST(!value.is_err);
    print_option(&value.ok);
    if (late)
        set(bucket, "between");
    kv_swap(made.ok, parts[4], strlen(parts[4]), &swapped);
    if (!swapped.is_err) {
        print("swapped\n");
    } else if (swapped.err.tag == 0) {
        failed(1, &swapped.err.store);
    } else {
        print("cas-failed\n");
        kv_cas_current(swapped.err.cas, &value);
        print_option(&value.ok);
        kv_swap(swapped.err.cas, parts[4], strlen(parts[4]), &swapped);
        print(swapped.is_err ? "again not\n" : "then swapped\n");
    }
}

static void
compete(int32_t bucket)
{
    uint64_t times = strtoull(parts[4], NULL, 10);
    for (uint64_t i = 0; i < times; i++) {
        kv_result_handle made;
        kv_result_swap swapped;
        int32_t cas;
        kv_cas_new(bucket, parts[3], strlen(parts[3]), &made);
        if (failed(made.is_err, &made.err))
            return;
        cas = made.ok;
        do {
            kv_result_option value;
            char text[24] = "0";
            int length;
            kv_cas_current(cas, &value);
            MUST(!value.is_err);
            if (value.ok.some) {
                MUST(value.ok.value.len < sizeof(text));
                memcpy(text, value.ok.value.ptr, value.ok.value.len);
                text[value.ok.value.len] = '\0';
            }
            length = snprintf(text, sizeof(text), "%lld",
                              strtoll(text, NULL, 10) + 1);
            kv_swap(cas, text, (size_t) length, &swapped);
            if (swapped.is_err && swapped.err.tag == 0) {
                failed(1, &swapped.err.store);
                return;
            }
            cas = swapped.err.cas;
        } while (swapped.is_err);
    }
    print("done\n");
}

static void
act(int32_t bucket)
{
    const char *what = parts[1];
    size_t length = strlen(parts[3]);
    if (strcmp(what, "get") == 0) {
        kv_result_option result;
        OF_DRAFT(get)(bucket, parts[3], length, &result);
        if (!failed(result.is_err, &result.err))
            print_option(&result.ok);
    } else if (strcmp(what, "set") == 0) {
        set(bucket, parts[4]);
    } else if (strcmp(what, "delete") == 0) {
        kv_result_void result;
        OF_DRAFT(delete)(bucket, parts[3], length, &result);
        if (!failed(result.is_err, &result.err))
            print("deleted\n");
    } else if (strcmp(what, "exists") == 0) {
        kv_result_bool result;
        OF_DRAFT(exists)(bucket, parts[3], length, &result);
        if (!failed(result.is_err, &result.err))
            print("%s\n", result.ok ? "yes" : "no");
    } else if (strcmp(what, "list") == 0) {
        list(bucket);
    } else if (strcmp(what, "increment") == 0) {
        increment(bucket);
    } else if (strcmp(what, "many") == 0) {
        many(bucket);
    } else if (strcmp(what, "fill") == 0) {
        fill(bucket);
    } else if (strcmp(what, "big") == 0) {
        big(bucket);
    } else if (strcmp(what, "swap") == 0 || strcmp(what, "late") == 0) {
        swap(bucket, what[0] == 'l');
    } else {
        MUST(strcmp(what, "compete") == 0);
        compete(bucket);
    }
}

void
handle(int32_t request, int32_t outparam)
{
    int32_t bucket;
    cut(request);
    if (strcmp(parts[1], "open") == 0) {
        open_many();
    } else if (open_bucket(&bucket)) {
        act(bucket);
        OF_DRAFT(drop)(bucket);
    }
    answer(outparam, 200);
    request_drop(request);
}
