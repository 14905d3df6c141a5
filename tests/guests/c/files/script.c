/* The words of a line, and how results are printed. */
#include "files/script.h"

const char *const errors[] = {
    "access",
    "would-block",
    "already",
    "bad-descriptor",
    "busy",
    "deadlock",
    "quota",
    "exist",
    "file-too-large",
    "illegal-byte-sequence",
    "in-progress",
    "interrupted",
    "invalid",
    "io",
    "is-directory",
    "loop",
    "too-many-links",
    "message-size",
    "name-too-long",
    "no-device",
    "no-entry",
    "no-lock",
    "insufficient-memory",
    "insufficient-space",
    "not-directory",
    "not-empty",
    "not-recoverable",
    "unsupported",
    "no-tty",
    "no-such-device",
    "overflow",
    "not-permitted",
    "pipe",
    "read-only",
    "invalid-seek",
    "text-file-busy",
    "cross-device",
};

const char *const types[] = {
    "unknown", "block-device",  "character-device", "directory",
    "fifo",    "symbolic-link", "regular-file",     "socket",
};

int32_t kept[KEPT];

char *at;

char *
word(void)
{
    char *start = at;
    MUST(*at != '\0');
    while (*at != ' ' && *at != '\0')
        at++;
    if (*at == ' ')
        *at++ = '\0';
    return start;
}

uint64_t
number(void)
{
    const char *digits = word();
    uint64_t value = 0;
    for (; *digits != '\0'; digits++)
        value = value * 10 + (uint64_t) (*digits - '0');
    return value;
}

int32_t
handle_of(void)
{
    uint64_t place = number();
    MUST(place < KEPT);
    return kept[place];
}

static int
digit(char character)
{
    return character <= '9' ? character - '0' : character - 'A' + 10;
}

char *
text_word(size_t *length)
{
    char *start = word(), *to;
    MUST(*start == '\'');
    start++;
    to = start;
    for (const char *from = start; *from != '\0'; from++) {
        if (*from == '%') {
            *to++ = (char) (digit(from[1]) * 16 + digit(from[2]));
            from += 2;
        } else {
            *to++ = *from;
        }
    }
    *length = (size_t) (to - start);
    return start;
}

void
keep(int32_t handle)
{
    uint64_t place = number();
    MUST(place < KEPT);
    kept[place] = handle;
}

void
release(const wasi_bytes *bytes)
{
    if (bytes->len != 0)
        free(bytes->ptr);
}

bool
failed(uint8_t is_err, uint8_t error)
{
    print(is_err ? "%s\n" : "ok", errors[error % 37]);
    return is_err;
}

void
done(const file_result_void *result)
{
    if (!failed(result->is_err, result->err))
        print("\n");
}

void
got_handle(const file_result_handle *result)
{
    if (!failed(result->is_err, result->err)) {
        keep(result->ok);
        print("\n");
    }
}
