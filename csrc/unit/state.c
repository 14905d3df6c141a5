#include "unit/state.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "unit/conf.h"

/* Unit takes no configuration that is much larger (its max_body_size). */
#define UW_STATE_MAX ((off_t) 64 << 20)

/* Values within values: Unit has none that are deeper than ten or so. */
#define UW_STATE_DEPTH 100

#define UW_STATE_NUMBER 64

/* A place in the text of the file. */
typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    int depth;
} uw_state_t;

static bool uw_state_value(uw_state_t *state, uw_json_t *json);


static bool
uw_state_equal(const uw_buf_t *text, uw_slice_t other)
{
    size_t size = uw_buf_size(text);

    if (size == 0 || size != other.size) {
        return size == other.size;
    }

    /* NOLINTNEXTLINE(*NonNullParamChecker): where bytes are, there is memory. */
    return memcmp(uw_buf_head(text), other.data, size) == 0;
}


/* ---- What JSON is made of; Unit takes comments, too ---- */

static bool
uw_state_starts(const uw_state_t *state, const char *text)
{
    size_t size = strlen(text);

    return (size_t) (state->end - state->at) >= size
           && memcmp(state->at, text, size) == 0;
}


/* To the end of a comment, or of the file. */
static void
uw_state_comment(uw_state_t *state, const char *last)
{
    state->at += 2;
    while (state->at < state->end && !uw_state_starts(state, last)) {
        state->at++;
    }
    if (state->at < state->end) {
        state->at += strlen(last);
    }
}


static void
uw_state_space(uw_state_t *state)
{
    while (state->at < state->end) {
        if (strchr(" \t\r\n", *state->at) != NULL && *state->at != '\0') {
            state->at++;
        } else if (uw_state_starts(state, "//")) {
            uw_state_comment(state, "\n");
        } else if (uw_state_starts(state, "/*")) {
            uw_state_comment(state, "*/");
        } else {
            return;
        }
    }
}


static bool
uw_state_take(uw_state_t *state, const char *text)
{
    uw_state_space(state);
    if (!uw_state_starts(state, text)) {
        return false;
    }
    state->at += strlen(text);

    return true;
}


/* ---- Strings ---- */

static bool
uw_state_hex(uw_state_t *state, uint32_t *number)
{
    char digits[5] = { 0 };
    char *end;

    if (state->end - state->at < 4) {
        return false;
    }
    memcpy(digits, state->at, 4);
    state->at += 4;
    *number = (uint32_t) strtoul(digits, &end, 16);

    return end == digits + 4 && digits[0] != '+' && digits[0] != '-';
}


static size_t
uw_state_utf8(uint32_t point, uint8_t bytes[4])
{
    size_t size = point < 0x80      ? 1
                  : point < 0x800   ? 2
                  : point < 0x10000 ? 3
                                    : 4;
    static const uint8_t leads[] = { 0, 0, 0xC0, 0xE0, 0xF0 };

    for (size_t i = size; i-- > 1; point >>= 6) {
        bytes[i] = (uint8_t) (0x80 | (point & 0x3F));
    }
    bytes[0] = (uint8_t) (leads[size] | point);

    return size;
}


/* Behind "\u". */
static bool
uw_state_point(uw_state_t *state, uw_buf_t *text)
{
    uint8_t bytes[4];
    uint32_t point;
    uint32_t low;

    if (!uw_state_hex(state, &point)) {
        return false;
    }
    if (point >= 0xD800 && point < 0xE000) {
        if (point >= 0xDC00 || !uw_state_starts(state, "\\u")) {
            return false;
        }
        state->at += 2;
        if (!uw_state_hex(state, &low) || low < 0xDC00 || low >= 0xE000) {
            return false;
        }
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    }

    return uw_buf_append(text, bytes, uw_state_utf8(point, bytes)) == 0;
}


/* Behind a backslash. */
static bool
uw_state_escape(uw_state_t *state, uw_buf_t *text)
{
    static const char names[] = "\"\\/bfnrt";
    static const char bytes[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (state->at == state->end || *state->at == '\0') {
        return false;
    }
    if (*state->at == 'u') {
        state->at++;
        return uw_state_point(state, text);
    }
    found = strchr(names, *state->at++);

    return found != NULL
           && uw_buf_append(text, bytes + (found - names), 1) == 0;
}


/* What the string says, appended to `text`. */
static bool
uw_state_string(uw_state_t *state, uw_buf_t *text)
{
    if (!uw_state_take(state, "\"")) {
        return false;
    }
    while (state->at < state->end && *state->at != '"') {
        if (*state->at == '\\') {
            state->at++;
            if (!uw_state_escape(state, text)) {
                return false;
            }
        } else if (uw_buf_append(text, state->at++, 1) != 0) {
            return false;
        }
    }

    return uw_state_take(state, "\"");
}


/* ---- Values, written again as setup.c writes them ---- */

/* A string as a value, or as the name of a member. */
static bool
uw_state_text(uw_state_t *state, uw_json_t *json, bool is_name)
{
    uw_buf_t text = { 0 };
    bool good = uw_state_string(state, &text);

    if (good) {
        (is_name ? uw_json_name : uw_json_string)(json, uw_buf_slice(&text));
    }
    uw_buf_free(&text);

    return good && (!is_name || uw_state_take(state, ":"));
}


static bool
uw_state_list(uw_state_t *state, uw_json_t *json, char bracket)
{
    bool is_object = bracket == '{';
    char last = is_object ? '}' : ']';
    char close[2] = { last, '\0' };
    bool more = true;

    uw_json_open(json, bracket);
    while (!uw_state_take(state, close)) {
        if (!more || (is_object && !uw_state_text(state, json, true))
            || !uw_state_value(state, json))
        {
            return false;
        }
        more = uw_state_take(state, ",");
    }
    uw_json_close(json, last);

    return true;
}


static bool
uw_state_number(uw_state_t *state, uw_json_t *json)
{
    char text[UW_STATE_NUMBER];
    size_t size = 0;
    char *end;
    double number;

    while (state->at < state->end && size < sizeof(text) - 1
           && *state->at != '\0'
           && strchr("+-.0123456789Ee", *state->at) != NULL)
    {
        text[size++] = (char) *state->at++;
    }
    text[size] = '\0';
    number = strtod(text, &end);
    if (size == 0 || *end != '\0') {
        return false;
    }
    uw_json_number(json, number);

    return true;
}


/* One value, whatever it is. */
static bool
uw_state_value(uw_state_t *state, uw_json_t *json)
{
    static const char *const words[] = { "true", "false", "null" };
    bool good;

    if (state->depth == UW_STATE_DEPTH) {
        return false;
    }
    state->depth++;

    if (uw_state_take(state, "{")) {
        good = uw_state_list(state, json, '{');
    } else if (uw_state_take(state, "[")) {
        good = uw_state_list(state, json, '[');
    } else if (uw_state_starts(state, "\"")) {
        good = uw_state_text(state, json, false);
    } else {
        good = false;
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) && !good; i++) {
            if (uw_state_take(state, words[i])) {
                uw_json_word(json, words[i]);
                good = true;
            }
        }
        good = good || uw_state_number(state, json);
    }
    state->depth--;

    return good;
}


/* ---- The application in it ---- */

/*
 * To the value of the member with that name, in the object that begins here;
 * what comes before it is passed.
 */
static bool
uw_state_member(uw_state_t *state, uw_slice_t wanted)
{
    uw_buf_t name = { 0 };
    uw_buf_t passed = { 0 };
    uw_json_t json;
    bool found = false;
    bool more = uw_state_take(state, "{");

    while (more && !found) {
        uw_buf_reset(&name, SIZE_MAX);
        uw_buf_reset(&passed, SIZE_MAX);
        json = uw_json_to(&passed);
        if (!uw_state_string(state, &name) || !uw_state_take(state, ":")) {
            break;
        }
        found = uw_state_equal(&name, wanted);
        more = found
               || (uw_state_value(state, &json) && uw_state_take(state, ","));
    }
    uw_buf_free(&name);
    uw_buf_free(&passed);

    return found;
}


static bool
uw_state_is_same(uw_state_t *state, const uw_nxt_setup_t *setup)
{
    uw_buf_t kept = { 0 };
    uw_buf_t now = { 0 };
    uw_json_t kept_json = uw_json_to(&kept);
    uw_json_t now_json = uw_json_to(&now);
    bool same = uw_state_member(state, uw_slice_of("applications"))
                && uw_state_member(state, setup->name)
                && uw_state_value(state, &kept_json)
                && uw_json_end(&kept_json) == 0;

    if (same) {
        uw_nxt_conf_write(&now_json, setup->conf);
        same = uw_json_end(&now_json) == 0
               && uw_state_equal(&kept, uw_buf_slice(&now));
    }
    uw_buf_free(&kept);
    uw_buf_free(&now);

    return same;
}


static int
uw_state_read(const char *path, uw_buf_t *text)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat found;
    uint8_t *tail = NULL;
    ssize_t done = 0;

    if (fd < 0) {
        return -1;
    }
    if (fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && found.st_size > 0
        && found.st_size <= UW_STATE_MAX)
    {
        tail = uw_buf_reserve(text, (size_t) found.st_size);
    }
    while (tail != NULL && uw_buf_size(text) < (size_t) found.st_size) {
        done = read(fd, tail + uw_buf_size(text),
                    (size_t) found.st_size - uw_buf_size(text));
        if (done <= 0) {
            break;
        }
        uw_buf_grew(text, (size_t) done);
    }
    (void) close(fd);

    return tail == NULL || done <= 0 ? -1 : 0;
}


bool
uw_nxt_state_has(const char *path, const uw_nxt_setup_t *setup)
{
    uw_buf_t text = { 0 };
    uw_state_t state;
    bool same = false;

    if (path != NULL && uw_state_read(path, &text) == 0) {
        state.at = uw_buf_head(&text);
        state.end = state.at + uw_buf_size(&text);
        state.depth = 0;
        same = uw_state_is_same(&state, setup);
    }
    uw_buf_free(&text);

    return same;
}
