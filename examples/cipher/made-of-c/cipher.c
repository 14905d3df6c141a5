/*
 * The cipher, written in C: its interface is in cipher.wit.  It moves each letter
 * of the Latin alphabet by SHIFT_AMOUNT places, 3 if there is no such variable,
 * and tells an audit log what it is given.
 */

#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(interface, name)                                               \
    __attribute__((import_module(interface), import_name(name))) extern

#define PAGE 65536u

/* Strings, lists and tuples as components pass them to each other. */
typedef struct {
    uint8_t *text;
    size_t size;
} string_t;

typedef struct {
    string_t name;
    string_t value;
} variable_t;

typedef struct {
    const variable_t *items;
    size_t count;
} variables_t;

IMPORT("$root", "audit-log")
void audit_log(const uint8_t *text, size_t size);
IMPORT("wasi:cli/environment@0.2.0", "get-environment")
void get_environment(variables_t *variables);


/* ---- Memory: each call has a fresh instance, so nothing is ever freed ---- */

extern uint8_t __heap_base;

static uintptr_t top;


static void *
allocate(size_t align, size_t size)
{
    uintptr_t at, end, have = __builtin_wasm_memory_size(0) * PAGE;

    if (top == 0) {
        top = (uintptr_t) &__heap_base;
    }
    at = (top + align - 1) & ~(align - 1);
    if (at < top || __builtin_add_overflow(at, size, &end)) {
        __builtin_trap();
    }
    if (end > have
        && __builtin_wasm_memory_grow(0, (end - have + PAGE - 1) / PAGE)
               == (size_t) -1)
    {
        __builtin_trap();
    }
    top = end;

    return (void *) at;
}


/* Where the host puts what it passes. */
EXPORT("cabi_realloc")
void *
cabi_realloc(uint8_t *old, size_t old_size, size_t align, size_t size)
{
    uint8_t *made = allocate(align, size);

    for (size_t i = 0; i < old_size && i < size; i++) {
        made[i] = old[i];
    }

    return made;
}


/* ---- The cipher ---- */

static int
equal(string_t name, const char *wanted)
{
    size_t i = 0;

    while (i < name.size && wanted[i] != '\0' && name.text[i] == wanted[i]) {
        i++;
    }

    return i == name.size && wanted[i] == '\0';
}


/* A whole number as places forward, from 0 to 25; what is none: -1. */
static int
places(string_t number)
{
    size_t i = number.size > 0 && number.text[0] == '-';
    int sum = 0;

    if (i == number.size) {
        return -1;
    }
    for (size_t j = i; j < number.size; j++) {
        if (number.text[j] < '0' || number.text[j] > '9') {
            return -1;
        }
        sum = (sum * 10 + number.text[j] - '0') % 26;
    }

    return i == 0 ? sum : (26 - sum) % 26;
}


static int
shift_amount(void)
{
    variables_t variables;

    get_environment(&variables);
    for (size_t i = 0; i < variables.count; i++) {
        if (equal(variables.items[i].name, "SHIFT_AMOUNT")) {
            int amount = places(variables.items[i].value);

            if (amount < 0) {
                __builtin_trap();
            }
            return amount;
        }
    }

    return 3;
}


/* Writes "FUNCTION: MESSAGE" into the audit log. */
static void
tell(const char *function, size_t size, string_t message)
{
    uint8_t *line = allocate(1, size + message.size);

    for (size_t i = 0; i < size; i++) {
        line[i] = (uint8_t) function[i];
    }
    for (size_t i = 0; i < message.size; i++) {
        line[size + i] = message.text[i];
    }
    audit_log(line, size + message.size);
}


static string_t *
shifted(string_t message, int by)
{
    static string_t result;

    for (size_t i = 0; i < message.size; i++) {
        int letter = (message.text[i] | 32) - 'a';

        if (letter >= 0 && letter < 26) {
            message.text[i] += (uint8_t) ((letter + by) % 26 - letter);
        }
    }
    result = message;

    return &result;
}


EXPORT("encrypt")
string_t *
encrypt(uint8_t *text, size_t size)
{
    string_t message = { text, size };

    tell("encrypt: ", 9, message);

    return shifted(message, shift_amount());
}


EXPORT("decrypt")
string_t *
decrypt(uint8_t *text, size_t size)
{
    string_t message = { text, size };

    tell("decrypt: ", 9, message);

    return shifted(message, 26 - shift_amount());
}
