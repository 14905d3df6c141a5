#include "guest/failure.h"

#include <stdio.h>
#include <string.h>

#include "base/escape.h"

/* The longest frame of a backtrace that is shown. */
#define UW_FRAME_MAX 512

/* The guard that unit_wasm/component/rewrite/guard.py puts into a component, as
 * a backtrace names it; and what it ends a component for. */
#define UW_GUARD_MODULE "unit-wasm"
#define UW_GUARD_FUNCTION "too-many-values"
#define UW_GUARD_CAUSE                                                         \
    "a call passed more than the host takes at once: 131072 items of lists, "  \
    "with what is in them, or 4 MiB of text"


/* The last line of the text, without indentation and list number. */
static uw_slice_t
uw_last_line(const char *text, size_t size)
{
    size_t begin;

    while (size != 0 && (text[size - 1] == '\n' || text[size - 1] == ' ')) {
        size--;
    }
    for (begin = size; begin != 0 && text[begin - 1] != '\n'; begin--) {
    }
    while (begin < size && text[begin] == ' ') {
        begin++;
    }
    if (begin + 3 < size && text[begin] >= '0' && text[begin] <= '9'
        && text[begin + 1] == ':')
    {
        begin += 3;
    }

    return (uw_slice_t) { (const uint8_t *) text + begin, size - begin };
}


/* Whether it is a frame of a backtrace: "    0:     0x29 - m!f". */
static bool
uw_is_frame(const char *line, size_t size)
{
    size_t i = 0;
    size_t digits;

    while (i < size && line[i] == ' ') {
        i++;
    }
    for (digits = i; i < size && line[i] >= '0' && line[i] <= '9'; i++) {
    }
    if (i == digits || i == size || line[i++] != ':') {
        return false;
    }
    while (i < size && line[i] == ' ') {
        i++;
    }

    return size - i >= 2 && memcmp(line + i, "0x", 2) == 0;
}


/* Adds a frame to the backtrace, on a line of its own, where it fits. */
static void
uw_backtrace_add(uw_slice_t frame, char *detail, size_t detail_size)
{
    char text[UW_FRAME_MAX * UW_ESCAPED_MAX];
    size_t used = strlen(detail);
    size_t size = uw_escape(
        frame.data, frame.size < UW_FRAME_MAX ? frame.size : UW_FRAME_MAX, text,
        sizeof(text));

    if (used + size + 2 <= detail_size) {
        (void) snprintf(detail + used, detail_size - used, "\n%.*s", (int) size,
                        text);
    }
}


/* Copies the frames of libwasmtime's text, in which names are demangled. */
static void
uw_backtrace_of_text(const char *text, size_t size, char *detail,
                     size_t detail_size)
{
    const char *end;
    size_t line;

    while (size != 0) {
        end = memchr(text, '\n', size);
        line = end == NULL ? size : (size_t) (end - text);
        if (uw_is_frame(text, line)) {
            uw_backtrace_add((uw_slice_t) { (const uint8_t *) text, line },
                             detail, detail_size);
        }
        text += line;
        size -= line;
        if (size != 0) {
            text++;
            size--;
        }
    }
}


/* Whether the component has put a line feed into a name: then nobody can tell
 * where in the text a frame ends. */
static bool
uw_frame_is_split(const uw_wasmtime_t *wt, const wasm_frame_t *frame)
{
    const wasm_name_t *names[] = { wt->frame_module_name(frame),
                                   wt->frame_func_name(frame) };

    for (size_t i = 0; i < 2; i++) {
        if (names[i] != NULL && names[i]->size != 0
            && memchr(names[i]->data, '\n', names[i]->size) != NULL)
        {
            return true;
        }
    }

    return false;
}


/* Writes the frames as libwasmtime does, with the names as they are. */
static void
uw_backtrace_of_frames(const uw_wasmtime_t *wt, const wasm_frame_vec_t *frames,
                       char *detail, size_t detail_size)
{
    static const char unknown[] = "<unknown>";
    char text[UW_FRAME_MAX];
    int size;

    for (size_t i = 0; i < frames->size; i++) {
        const wasm_frame_t *frame = frames->data[i];
        const wasm_name_t *module = wt->frame_module_name(frame);
        const wasm_name_t *function = wt->frame_func_name(frame);

        size = snprintf(
            text, sizeof(text), "%5zu: %#8zx - %.*s!%.*s", i,
            wt->wasm_frame_module_offset(frame),
            module == NULL ? (int) sizeof(unknown) - 1 : (int) module->size,
            module == NULL ? unknown : module->data,
            function == NULL ? (int) sizeof(unknown) - 1 : (int) function->size,
            function == NULL ? unknown : function->data);
        if (size > 0) {
            uw_backtrace_add((uw_slice_t) { (const uint8_t *) text,
                                            (size_t) size < sizeof(text)
                                                ? (size_t) size
                                                : sizeof(text) - 1 },
                             detail, detail_size);
        }
    }
}


static void
uw_backtrace(const uw_instance_t *instance, const wasm_name_t *message,
             char *detail, size_t detail_size)
{
    const uw_wasmtime_t *wt = instance->abi.wt;
    wasm_frame_vec_t frames = { 0 };
    bool split = false;

    wt->error_wasm_trace(instance->error, &frames);
    for (size_t i = 0; i < frames.size && !split; i++) {
        split = uw_frame_is_split(wt, frames.data[i]);
    }

    if (split) {
        uw_backtrace_of_frames(wt, &frames, detail, detail_size);
    } else {
        uw_backtrace_of_text(message->data, message->size, detail, detail_size);
    }
    wt->wasm_frame_vec_delete(&frames);
}


static bool
uw_name_is(const wasm_name_t *name, const char *text)
{
    return name != NULL && name->size == strlen(text)
           && memcmp(name->data, text, name->size) == 0;
}


/* Whether the component was ended by the guard that was put into it, which has
 * no words of its own: unit_wasm/component/rewrite/guard.py. */
static bool
uw_instance_was_guarded(const uw_instance_t *instance)
{
    const uw_wasmtime_t *wt = instance->abi.wt;
    wasm_frame_vec_t frames = { 0 };
    bool guarded;

    wt->error_wasm_trace(instance->error, &frames);
    guarded =
        frames.size != 0
        && uw_name_is(wt->frame_module_name(frames.data[0]), UW_GUARD_MODULE)
        && uw_name_is(wt->frame_func_name(frames.data[0]), UW_GUARD_FUNCTION);
    wt->wasm_frame_vec_delete(&frames);

    return guarded;
}


/* What raises a limit of libwasmtime's: of adapters that it makes itself nobody
 * else knows before. */
static void
uw_instance_hint(char *cause, size_t cause_size)
{
    size_t used = strlen(cause);

    if (strstr(cause, "instance count too high") != NULL) {
        (void) snprintf(cause + used, cause_size - used,
                        " (UNIT_WASM_MAX_INSTANCES raises it)");
    }
}


void
uw_instance_failure(const uw_instance_t *instance, char *cause,
                    size_t cause_size, char *detail, size_t detail_size)
{
    const uw_wasmtime_t *wt = instance->abi.wt;
    wasm_name_t message;
    uw_slice_t line;

    detail[0] = '\0';
    (void) snprintf(cause, cause_size, "%s", instance->failure);
    if (instance->error == NULL) {
        return;
    }

    wt->error_message(instance->error, &message);
    line = uw_last_line(message.data, message.size);
    if (instance->failure[0] == '\0') {
        (void) snprintf(cause, cause_size, "%.*s", (int) line.size,
                        (const char *) line.data);
        uw_instance_hint(cause, cause_size);
        if (uw_instance_was_guarded(instance)) {
            (void) snprintf(cause, cause_size, UW_GUARD_CAUSE);
        }
    }
    uw_backtrace(instance, &message, detail, detail_size);
    wt->wasm_byte_vec_delete(&message);
}


typedef struct {
    const char *text;
    uw_end_t end;
} uw_trap_text_t;


uw_end_t
uw_instance_end(const uw_instance_t *instance, const char *cause)
{
    /* The beginnings of libwasmtime's sentences: it has no numbers here. */
    static const uw_trap_text_t traps[] = {
        { "wasm `unreachable`", UW_END_TRAP_UNREACHABLE },
        { "call stack exhausted", UW_END_TRAP_STACK },
        { "out of bounds memory", UW_END_TRAP_MEMORY },
        { "unaligned", UW_END_TRAP_MEMORY },
        { "undefined element", UW_END_TRAP_TABLE },
        { "uninitialized element", UW_END_TRAP_TABLE },
        { "indirect call type", UW_END_TRAP_TABLE },
        { "integer ", UW_END_TRAP_ARITHMETIC },
        { "invalid conversion to integer", UW_END_TRAP_ARITHMETIC },
    };
    static const char prefix[] = "wasm trap: ";

    if (instance->exited) {
        return UW_END_EXIT;
    }
    if (!instance->instantiated) {
        return UW_END_START;
    }
    if (instance->failure[0] != '\0' && !instance->failed) {
        return instance->end; /* came first; the trap is its answer to that */
    }
    if (strncmp(cause, prefix, sizeof(prefix) - 1) != 0) {
        return UW_END_TRAP_HOST;
    }

    cause += sizeof(prefix) - 1;
    for (size_t i = 0; i < sizeof(traps) / sizeof(traps[0]); i++) {
        if (strncmp(cause, traps[i].text, strlen(traps[i].text)) == 0) {
            return traps[i].end;
        }
    }

    return UW_END_TRAP_OTHER;
}


bool
uw_instance_lacks_room(const uw_instance_t *instance, const char *cause)
{
    /* libwasmtime has no number for these, and the kernel one that is in the
     * text.  The first should not happen: slots are counted. */
    static const char *const texts[] = { "maximum concurrent limit of",
                                         UW_NO_SPACE, "(os error 12)",
                                         "out of memory (failed to allocate" };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (!instance->instantiated && strstr(cause, texts[i]) != NULL) {
            /* Where the system has refused, the next one asks first. */
            instance->pool->counted = instance->pool->counted || i != 0;
            return true;
        }
    }

    return false;
}
