#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"

/* Bytes of a method, and of a target, that are logged. */
#define UW_METHOD_SHOWN 32
#define UW_PATH_SHOWN 256

/* Bytes of an application's name. */
#define UW_NAME_SHOWN 256

/* The most that a member of JSON takes: with all of them, a message has room
 * left also where the log takes lines of 1900 bytes only. */
#define UW_MEMBER_MAX 640

/* What is kept free in an object for what follows a message. */
#define UW_TAIL 64

/* The text of a record, each part escaped. */
typedef struct {
    const uw_record_t *record;
    char name[UW_NAME_SHOWN * UW_ESCAPED_MAX + 1];
    char method[UW_METHOD_SHOWN * UW_ESCAPED_MAX + 1];
    char path[UW_PATH_SHOWN * UW_ESCAPED_MAX + 1];
    char message[UW_LOG_MESSAGE * UW_ESCAPED_MAX + 1];
} uw_record_text_t;

/* A line that is being written; what does not fit is left out. */
typedef struct {
    char text[UW_LOG_LINE];
    size_t used;
    size_t most;
} uw_line_t;


static void
uw_record_escape(uw_record_text_t *text, const uw_settings_t *settings,
                 const uw_record_t *record)
{
    uw_slice_t name = uw_slice_of(settings->name);
    uw_slice_t path = record->path;
    uw_slice_t method = record->method;

    text->record = record;
    name.size = name.size < UW_NAME_SHOWN ? name.size : UW_NAME_SHOWN;
    uw_escape_text(name, text->name, sizeof(text->name));
    uw_escape_text(record->message, text->message, sizeof(text->message));
    if (record->failure) {
        method.size =
            method.size < UW_METHOD_SHOWN ? method.size : UW_METHOD_SHOWN;
        path.size = path.size < UW_PATH_SHOWN ? path.size : UW_PATH_SHOWN;
        uw_escape_text(method, text->method, sizeof(text->method));
        uw_escape_text(path, text->path, sizeof(text->path));
    }
}


static void __attribute__((format(printf, 2, 3)))
uw_line_add(uw_line_t *line, const char *format, ...)
{
    size_t room = line->most - line->used;
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(line->text + line->used, room, format, arguments);
    va_end(arguments);
    if (size > 0) {
        line->used += (size_t) size < room ? (size_t) size : room - 1;
    }
}


static void
uw_line_log(const uw_settings_t *settings, int level, const uw_line_t *line)
{
    settings->log(settings->log_data, level, line->text, line->used);
}


/* ---- Text ---- */

static void
uw_record_as_text(const uw_settings_t *settings, const uw_record_text_t *text)
{
    const uw_record_t *record = text->record;
    uw_line_t line;

    line.used = 0;
    line.most = sizeof(line.text);
    uw_line_add(&line, "%s: ", text->name);
    if (record->id != NULL) {
        uw_line_add(&line, "request %s: ", record->id);
    }
    if (record->stream != NULL) {
        uw_line_add(&line, "%s: ", record->stream);
    }
    if (!record->failure) {
        uw_line_add(&line, "%s", text->message);
    } else {
        uw_line_add(&line, "%s %s: %s (%llu.%03llu ms, cpu %llu.%03llu ms)%s",
                    text->method, text->path, text->message,
                    (unsigned long long) record->duration / 1000000,
                    (unsigned long long) record->duration / 1000 % 1000,
                    (unsigned long long) record->cpu / 1000000,
                    (unsigned long long) record->cpu / 1000 % 1000,
                    record->frames);
    }
    uw_line_log(settings, record->level, &line);
}


/* ---- JSON ---- */

/*
 * Adds as many characters of the text, which is escaped, as there is room for
 * beside `tail` bytes.  Returns what is left.
 */
static const char *
uw_json_add(uw_line_t *line, const char *text, const char *end, size_t tail)
{
    size_t size;

    for (; text < end; text += size) {
        bool quoted = *text == '"' || *text == '\\' || *text == '\t';

        for (size = 1; text + size < end && (text[size] & 0xC0) == 0x80; size++)
        {
        }
        if (line->used + size + quoted + tail > line->most) {
            break;
        }
        if (quoted) {
            line->text[line->used++] = '\\';
        }
        memcpy(line->text + line->used, text, size);
        if (*text == '\t') {
            line->text[line->used] = 't';
        }
        line->used += size;
    }

    return text;
}


static void
uw_json_member(uw_line_t *line, const char *name, const char *text)
{
    size_t most = line->most;

    if (most - line->used > UW_MEMBER_MAX) {
        line->most = line->used + UW_MEMBER_MAX;
    }
    uw_line_add(line, ",\"%s\":\"", name);
    (void) uw_json_add(line, text, text + strlen(text), UW_TAIL);
    uw_line_add(line, "\"");
    line->most = most;
}


/* Begins an object: all but the message. */
static void
uw_json_head(uw_line_t *line, const uw_settings_t *settings,
             const uw_record_text_t *text)
{
    const uw_record_t *record = text->record;
    size_t most = settings->log_line;
    char date[32] = "";
    struct timespec now = { 0 };
    struct tm parts;

    line->used = 0;
    line->most =
        most == 0 || most > sizeof(line->text) ? sizeof(line->text) : most;
    (void) clock_gettime(CLOCK_REALTIME, &now);
    if (gmtime_r(&now.tv_sec, &parts) != NULL) {
        (void) strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &parts);
    }

    uw_line_add(line,
                "{\"time\":\"%s.%03ldZ\",\"level\":\"%s\",\"process\":%ld",
                date, now.tv_nsec / 1000000,
                record->level <= UW_LOG_ERROR     ? "error"
                : record->level == UW_LOG_WARNING ? "warning"
                                                  : "info",
                (long) getpid());
    uw_json_member(line, "application", text->name);
    if (record->id != NULL) {
        uw_json_member(line, "request", record->id);
    }
    if (record->stream != NULL) {
        uw_json_member(line, "stream", record->stream);
    }
    if (record->failure) {
        uw_json_member(line, "method", text->method);
        uw_json_member(line, "path", text->path);
        uw_line_add(line, ",\"duration_ms\":%llu.%03llu,\"cpu_ms\":%llu.%03llu",
                    (unsigned long long) record->duration / 1000000,
                    (unsigned long long) record->duration / 1000 % 1000,
                    (unsigned long long) record->cpu / 1000000,
                    (unsigned long long) record->cpu / 1000 % 1000);
    }
}


/* Adds the frames that there is room for, at least the beginning of one.
 * Returns the first that was left out, or NULL. */
static const char *
uw_json_frames(uw_line_t *line, const char *frames)
{
    size_t before = line->used;
    const char *end;
    bool first = true;

    uw_line_add(line, ",\"backtrace\":[");
    while (*frames == '\n') {
        size_t begin = line->used;

        end = strchrnul(frames + 1, '\n');
        uw_line_add(line, first ? "\"" : ",\"");
        if (uw_json_add(line, frames + 1, end, UW_TAIL) != end && !first) {
            line->used = begin;
            break;
        }
        uw_line_add(line, "\"");
        first = false;
        frames = end;
    }
    if (first) {
        line->used = before;
    } else {
        uw_line_add(line, "]");
    }

    return *frames == '\n' ? frames : NULL;
}


static void
uw_record_as_json(const uw_settings_t *settings, const uw_record_text_t *text)
{
    const char *left = text->message;
    const char *end = left + strlen(left);
    const char *frames = text->record->frames;
    const char *before;
    uw_line_t line;

    do {
        before = left;
        uw_json_head(&line, settings, text);
        uw_line_add(&line, ",\"message\":\"");
        left = uw_json_add(&line, left, end, UW_TAIL);
        uw_line_add(&line, "\"");
        if (left == end && frames != NULL) {
            frames = uw_json_frames(&line, frames);
        }
        if (left != end || frames != NULL) {
            uw_line_add(&line, ",\"continues\":true");
        }
        uw_line_add(&line, "}");
        uw_line_log(settings, text->record->level, &line);
    } while (frames != NULL || (left != end && left != before));
}


void
uw_log_record(const uw_settings_t *settings, const uw_record_t *record)
{
    uw_record_text_t text;

    if (settings->log == NULL) {
        return;
    }

    uw_record_escape(&text, settings, record);
    if (settings->log_json) {
        uw_record_as_json(settings, &text);
    } else {
        uw_record_as_text(settings, &text);
    }
}


void
uw_log(const uw_settings_t *settings, int level, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (size >= 0) {
        uw_log_record(
            settings,
            &(uw_record_t) { .level = level, .message = uw_slice_of(text) });
    }
}
