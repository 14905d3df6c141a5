/* What the double has in the place of unit/python.c: the test is the client. */

#include "unit/python.h"

#include "state.h"


int
uw_client_prepare(const char *python, const char *terms)
{
    (void) python;
    (void) terms;

    return 0;
}


int
uw_client_load(uw_worker_t *worker)
{
    bool fails;

    double_lock();
    if (the_double.client != NULL) {
        double_fault("something is loaded for a client that runs");
    }
    fails = double_call(DOUBLE_LOAD);
    double_unlock();
    (void) worker;

    return fails ? -1 : 0;
}


int
uw_client_start(uw_worker_t *worker)
{
    double_lock();
    if (the_double.client != NULL) {
        double_fault("a client is started twice");
    }
    the_double.client = worker;
    double_happened();
    double_unlock();

    return 0;
}


int
uw_client_ask(uw_question_t *question)
{
    return the_double.ask == NULL ? -1 : the_double.ask(question);
}


int
uw_client_returned(const uw_ended_t *ended)
{
    return the_double.returned == NULL ? -1 : the_double.returned(ended);
}


int
uw_client_count(void *text)
{
    return the_double.count == NULL ? -1 : the_double.count(text);
}


void
double_service(int (*ask)(uw_question_t *question),
               int (*returned)(const uw_ended_t *ended),
               int (*count)(void *text))
{
    the_double.count = count;
    the_double.ask = ask;
    the_double.returned = returned;
}


void
uw_client_stop(void)
{
    double_lock();
    if (the_double.client == NULL) {
        double_fault("a client is stopped that does not run");
    }
    the_double.client = NULL;
    double_happened();
    double_unlock();
}


uw_worker_t *
double_client(void)
{
    uw_worker_t *worker;

    double_lock();
    worker = the_double.client;
    double_unlock();

    return worker;
}
