/* A component with a key-value store that its host provides: keys.wit has both sides. */

#include <stddef.h>
#include <stdint.h>

#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

typedef struct {
    uint8_t is_some;
    char *bytes;
    size_t size;
} option_string_t;

IMPORT("docs:keys/store", "[constructor]connection")
uint32_t
connection(void);

IMPORT("docs:keys/store", "[method]connection.get")
void
connection_get(uint32_t self, char *key, size_t key_size, option_string_t *value);

IMPORT("docs:keys/store", "[method]connection.set")
void
connection_set(uint32_t self, char *key, size_t key_size, char *value, size_t size);

IMPORT("docs:keys/store", "[resource-drop]connection")
void
connection_drop(uint32_t self);

IMPORT("$root", "log")
void
log_message(char *bytes, size_t size);

static char room[65536];
static size_t used;

/* Where strings are put that come from outside. */
__attribute__((export_name("cabi_realloc"))) void *
cabi_realloc(void *old, size_t old_size, size_t align, size_t size)
{
    char *at = room + used;

    (void) old;
    (void) old_size;
    (void) align;

    if (size > sizeof(room) - used) {
        __builtin_trap();
    }

    used += size;
    return at;
}

__attribute__((export_name("replace-value"))) option_string_t *
replace_value(char *key, size_t key_size, char *value, size_t size)
{
    static option_string_t before;
    uint32_t store = connection();

    connection_get(store, key, key_size, &before);
    connection_set(store, key, key_size, value, size);
    connection_drop(store);
    log_message(key, key_size);

    return &before;
}

/* Its result has been taken: nothing of this call is needed any more. */
__attribute__((export_name("cabi_post_replace-value"))) void
replace_value_end(option_string_t *before)
{
    (void) before;
    used = 0;
}
