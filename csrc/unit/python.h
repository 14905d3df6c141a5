/*
 * Python inside the Unit module: only for an application that may send requests,
 * or has host functions that Python answers.  The client of the former
 * (unit_wasm/outgoing) and the service of the latter (unit_wasm/hosting) run on
 * threads of each worker.
 *
 * The interpreter starts in the prototype process, and everything of ours is
 * imported there: workers may have another root and another user, and cannot read
 * it any more.  What users have written is imported in each worker, as their user.
 * It has one thread when the prototype forks, and gets its second one in the
 * worker.
 */

#ifndef UW_UNIT_PYTHON_H
#define UW_UNIT_PYTHON_H

#include "base/buf.h"
#include "unit/question.h"

typedef struct uw_worker uw_worker_t;

/*
 * In the prototype: starts the interpreter of the installation that `python`
 * belongs to, and readies it for `terms` (unit_wasm/unit/module.py).
 * -1 when that fails; why is on standard error.
 */
int uw_client_prepare(const char *python, const char *terms) UW_CHECKED;

/* In a worker, after the fork, before it is known to Unit: imports what users have
 * written.  -1 when that fails, or does not fit; the log says why. */
int uw_client_load(uw_worker_t *worker) UW_CHECKED;

/* In a worker after that: starts the client.  -1 as in the prototype. */
int uw_client_start(uw_worker_t *worker) UW_CHECKED;

/* Functions as services (unit/service.h), on the worker's thread.  -1: it fails, and
 * the log says why. */
int uw_client_ask(uw_question_t *question) UW_CHECKED;
int uw_client_returned(const uw_ended_t *ended) UW_CHECKED;

/* What it has counted of them, for the file of metrics, by uw_question_counted(). */
int uw_client_count(void *text) UW_CHECKED;

/* Cancels what is on its way; the client does not use the worker any more. */
void uw_client_stop(void);

/* For the client: a line of the log; `level` as in uw_settings_t. */
void uw_client_log(uw_worker_t *worker, int level, const char *line,
                   size_t size);

#endif /* UW_UNIT_PYTHON_H */
