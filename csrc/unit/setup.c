#include "unit/setup.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/log_lines.h"
#include "unit/code.h"
#include "unit/kept.h"
#include "unit/python.h"
#include "unit/prepare.h"
#include "base/settings_text.h"
#include "unit/conf.h"

/* The interpreter that built the module, and knows the package. */
#ifndef UW_PYTHON
#error "UW_PYTHON is set by unit-wasm build-module"
#endif

#ifndef UW_VERSION
#define UW_VERSION "0"
#endif

/* Unit cuts lines of its log at 2048 bytes, what it puts before included. */
#define UW_NXT_SETUP_LINE 1800

/* Room for a line, escaped; what does not fit is left out. */
#define UW_NXT_SETUP_TEXT (16 * 1024)

/* Descriptors below are given to the child under these very numbers. */
#define UW_NXT_FIRST_FD 10


/* What the control plane reads: unit_wasm/unit/prepare.py. */
static int
uw_nxt_document(uw_buf_t *text, uw_slice_t application, uw_nxt_conf_t *conf)
{
    char instructions[UW_NXT_PROCESSOR];
    uw_json_t json = uw_json_to(text);

    uw_json_open(&json, '{');
    uw_json_name(&json, uw_slice_of("name"));
    uw_json_string(&json, application);
    uw_json_name(&json, uw_slice_of("application"));
    uw_nxt_conf_write(&json, conf);
    uw_json_name(&json, uw_slice_of("version"));
    uw_json_string(&json, uw_slice_of(UW_VERSION));
    uw_json_name(&json, uw_slice_of("digest"));
    uw_json_string(&json, uw_slice_of(uw_sources_digest()));
    /* Not for the control plane: it makes this another request elsewhere. */
    uw_nxt_processor(instructions);
    uw_json_name(&json, uw_slice_of("processor"));
    uw_json_string(&json, uw_slice_of(instructions));
    uw_json_close(&json, '}');

    return uw_json_end(&json);
}


/* ---- The log ---- */

static void
uw_nxt_say_piece(void *data, int level, const char *mark, const char *piece,
                 size_t size)
{
    const uw_nxt_setup_t *setup = data;

    uw_nxt_setup_log(setup->task, level, setup->name, mark,
                     (uw_slice_t) { (const uint8_t *) piece, size });
}


/* What others have written, a library that gives up among them. */
static void
uw_nxt_setup_say(void *data, int level, const char *line, size_t size)
{
    char text[UW_NXT_SETUP_TEXT];
    const char *end;
    size_t piece;

    while (size != 0) {
        end = memchr(line, '\n', size);
        piece = end == NULL ? size : (size_t) (end - line);
        uw_log_lines(
            uw_nxt_say_piece, data, level, text,
            uw_escape((const uint8_t *) line, piece, text, sizeof(text)),
            UW_NXT_SETUP_LINE);
        piece += end != NULL;
        line += piece;
        size -= piece;
    }
}


/* ---- The engine ---- */

/* What is in a file as lines of the log. */
static void
uw_nxt_say_file(const uw_nxt_setup_t *setup, int fd, int level)
{
    char text[8192];
    ssize_t size = pread(fd, text, sizeof(text), 0);

    while (size > 0 && text[size - 1] == '\n') {
        size--;
    }
    if (size > 0) {
        uw_nxt_setup_say((void *) setup, level, text, (size_t) size);
    }
}


/* Python says on standard error why it does not start, or what it has raised. */
static int
uw_nxt_prepare_client(const uw_nxt_setup_t *setup, const char *terms)
{
    int said = memfd_create("unit-wasm-said", MFD_CLOEXEC);
    int usual = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, UW_NXT_FIRST_FD);
    int result = -1;

    if (said >= 0 && usual >= 0 && dup2(said, STDERR_FILENO) >= 0) {
        result = uw_client_prepare(UW_PYTHON, terms);
        (void) fflush(stderr);
        (void) dup2(usual, STDERR_FILENO);
        uw_nxt_say_file(setup, said, result == 0 ? 4 : 3);
    }

    if (usual >= 0) {
        (void) close(usual);
    }
    if (said >= 0) {
        (void) close(said);
    }

    return result;
}


/* From the settings, as the control plane has written them. */
static uw_engine_t *
uw_nxt_build(const uw_nxt_setup_t *setup, const uw_buf_t *text, int code_fd,
             char *error, size_t error_size)
{
    uw_settings_text_t parsed;
    uw_engine_t *engine = NULL;

    if (uw_settings_parse(&parsed, uw_buf_head(text), uw_buf_size(text), error,
                          error_size)
        != 0)
    {
        return NULL;
    }

    if (parsed.settings.python_terms != NULL
        && parsed.settings.python_terms[0] != '\0'
        && uw_nxt_prepare_client(setup, parsed.settings.python_terms) != 0)
    {
        (void) snprintf(
            error, error_size,
            "what Python does for the component cannot be prepared: "
            "see above");
        goto done;
    }

    engine = uw_nxt_code_engine(&parsed.settings, code_fd, error, error_size);

done:

    uw_settings_text_free(&parsed);

    return engine;
}


/* Where no cache takes the machine code. */
static int
uw_nxt_memory_file(void)
{
    int fd = memfd_create("unit-wasm-code", MFD_CLOEXEC);
    int high = fd;

    if (fd >= 0 && fd < UW_NXT_FIRST_FD) {
        high = fcntl(fd, F_DUPFD_CLOEXEC, UW_NXT_FIRST_FD);
        (void) close(fd);
    }

    return high;
}


/* From what prepare answered at an earlier start; NULL: it has to be asked. */
static uw_engine_t *
uw_nxt_from_kept(const uw_nxt_setup_t *setup, const uw_buf_t *document)
{
    uw_engine_t *engine = NULL;
    uw_buf_t text = { 0 };
    char path[UW_NXT_KEPT_PATH];
    char error[1024];

    if (uw_nxt_kept_path(setup, document, path) == 0
        && uw_nxt_kept_read(path, document, &text, uw_nxt_setup_say,
                            (void *) setup)
               == 0)
    {
        /* What is wrong with it is found by prepare, and said well. */
        engine = uw_nxt_build(setup, &text, 0, error, sizeof(error));
    }
    uw_buf_free(&text);

    return engine;
}


static uw_engine_t *
uw_nxt_from_prepare(const uw_nxt_setup_t *setup, const uw_buf_t *document,
                    char *error, size_t error_size)
{
    uw_engine_t *engine = NULL;
    uw_buf_t text = { 0 };
    uw_prepare_t prepare = { .python = UW_PYTHON,
                             .input = document,
                             .code_fd = uw_nxt_memory_file(),
                             .say = uw_nxt_setup_say,
                             .data = (void *) setup };
    char why[256] = "out of memory";

    if (prepare.code_fd >= 0
        && uw_prepare(&prepare, &text, why, sizeof(why)) == 0)
    {
        engine = uw_nxt_build(setup, &text, prepare.code_fd, error, error_size);
    } else {
        (void) snprintf(error, error_size,
                        "application \"%.*s\" cannot be prepared (%s -m "
                        "unit_wasm prepare: %s)",
                        (int) setup->name.size, (const char *) setup->name.data,
                        UW_PYTHON, why);
    }

    if (prepare.code_fd >= 0) {
        (void) close(prepare.code_fd);
    }
    uw_buf_free(&text);

    return engine;
}


uw_engine_t *
uw_nxt_setup_engine(const uw_nxt_setup_t *setup, char *error, size_t error_size)
{
    uw_engine_t *engine = NULL;
    uw_buf_t document = { 0 };

    if (uw_nxt_document(&document, setup->name, setup->conf) != 0) {
        (void) snprintf(error, error_size, "out of memory");
        goto done;
    }

    engine = uw_nxt_from_kept(setup, &document);
    if (engine == NULL) {
        engine = uw_nxt_from_prepare(setup, &document, error, error_size);
    }

done:

    uw_buf_free(&document);

    return engine;
}
