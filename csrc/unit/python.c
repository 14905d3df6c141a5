#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "unit/python.h"

#include "worker/worker.h"

/* In Python: unit_wasm/unit/build.py tells CFFI of them. */
extern int uw_python_prepare(const char *terms);
extern int uw_python_load(uw_worker_t *worker);
extern int uw_python_start(uw_worker_t *worker);
extern int uw_python_ask(uw_question_t *question);
extern int uw_python_returned(const uw_ended_t *ended);
extern int uw_python_count(void *text);
extern void uw_python_stop(void);


/*
 * CFFI would start an interpreter by itself, but one that believes PYTHON*
 * variables: those of a shell from which unitd was started.
 */
static int
uw_python_init(const char *python)
{
    PyPreConfig before;
    PyConfig config;
    PyStatus status;

    if (Py_IsInitialized()) {
        return 0;
    }

    PyPreConfig_InitIsolatedConfig(&before);
    before.utf8_mode = 1;
    status = Py_PreInitialize(&before);
    if (PyStatus_Exception(status)) {
        (void) fprintf(stderr, "python: %s\n", status.err_msg);
        return -1;
    }

    PyConfig_InitIsolatedConfig(&config);
    /* What users print has to be there when a process ends without Python. */
    config.buffered_stdio = 0;
    status = PyConfig_SetBytesString(&config, &config.program_name, python);
    if (!PyStatus_Exception(status)) {
        status = PyConfig_SetBytesString(&config, &config.executable, python);
    }
    if (!PyStatus_Exception(status)) {
        status = Py_InitializeFromConfig(&config);
    }
    PyConfig_Clear(&config);
    if (PyStatus_Exception(status)) {
        (void) fprintf(stderr, "python: %s\n", status.err_msg);
        return -1;
    }

    /* CFFI takes the lock whenever it calls. */
    (void) PyEval_SaveThread();

    return 0;
}


int
uw_client_prepare(const char *python, const char *terms)
{
    if (uw_python_init(python) != 0) {
        return -1;
    }

    return uw_python_prepare(terms);
}


int
uw_client_load(uw_worker_t *worker)
{
    PyGILState_STATE state = PyGILState_Ensure();

    /* Unit has forked, and Python does not know. */
    PyOS_AfterFork_Child();
    PyGILState_Release(state);

    return uw_python_load(worker);
}


int
uw_client_start(uw_worker_t *worker)
{
    return uw_python_start(worker);
}


int
uw_client_ask(uw_question_t *question)
{
    return uw_python_ask(question);
}


int
uw_client_returned(const uw_ended_t *ended)
{
    return uw_python_returned(ended);
}


int
uw_client_count(void *text)
{
    return uw_python_count(text);
}


void
uw_client_stop(void)
{
    uw_python_stop();
}


void
uw_client_log(uw_worker_t *worker, int level, const char *line, size_t size)
{
    const uw_settings_t *settings = uw_worker_settings(worker);

    settings->log(settings->log_data, level, line, size);
}
