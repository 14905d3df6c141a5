/* The module's life, as Unit has it: loaded, set up, started, ended. */

#include "state.h"

#include <fcntl.h>
#include <sys/mman.h>

extern nxt_app_module_t nxt_app_module;
extern void uw_nxt_loaded(void);


struct nxt_process_s {
    int unused;
};


static void
double_free_entry(double_entry_t *entry)
{
    double_field_t *field;

    for (size_t i = 0; i < entry->answer.field_count; i++) {
        field = (double_field_t *) entry->fields.data + i;
        free((char *) field->name);
        free((char *) field->value);
    }
    free(entry->req);
    free(entry->request);
    double_free_bytes(&entry->content);
    double_free_bytes(&entry->fields);
    double_free_bytes(&entry->parts);
    double_free_bytes(&entry->body);
    free(entry);
}


/* Closes what a test may count after the module. */
static void
double_close_all(void)
{
    nxt_unit_request_info_t *req;
    double_port_t *port;

    for (size_t i = 0; i < the_double.entry_count; i++) {
        req = the_double.entries[i]->req;
        if (req != NULL && the_double.entries[i]->state != DOUBLE_STATE_DONE
            && req->content_fd != -1)
        {
            (void) close(req->content_fd);
            req->content_fd = -1;
        }
    }

    double_free_port(the_double.own);
    double_free_port(the_double.shared);
    the_double.own = NULL;
    the_double.shared = NULL;
    while (the_double.others != NULL) {
        port = the_double.others;
        the_double.others = port->next;
        double_free_port(port);
    }
    for (size_t i = 0; i < 2; i++) {
        if (the_double.descriptions[i] > 0) {
            (void) close(the_double.descriptions[i]);
            the_double.descriptions[i] = 0;
        }
    }
    if (the_double.queue_given > 0
        && double_is_same(the_double.queue_given, the_double.queue_fd))
    {
        (void) close(the_double.queue_given); /* start() has failed */
    }
    if (the_double.queue != NULL) {
        (void) munmap(the_double.queue, sizeof(*the_double.queue));
        (void) close(the_double.queue_fd);
        the_double.queue = NULL;
    }
}


static void
double_free_all(void)
{
    double_close_all();
    for (size_t i = 0; i < the_double.entry_count; i++) {
        double_free_entry(the_double.entries[i]);
    }
    free(the_double.entries);

    free(the_double.lib);
    free(the_double.name.start);
    if (the_double.conf != NULL) {
        double_free_conf(the_double.conf);
    }
    double_free_bytes(&the_double.log);
    double_free_bytes(&the_double.faults);
    double_free_bytes(&the_double.trace);
}


/* Another process holds the same end, so that closing ours ends nothing. */
static int
double_other_holder(const double_port_t *port)
{
    int fd = fcntl(port->port.in_fd, F_DUPFD_CLOEXEC, 0);

    if (fd < 0) {
        abort();
    }

    return fd;
}


/* A queue that a worker has left behind which was killed: the flag is set. */
static void
double_new_queue(void)
{
    void *queue = MAP_FAILED;
    int fd = memfd_create("double", MFD_CLOEXEC);

    if (fd >= 0 && ftruncate(fd, sizeof(nxt_app_queue_t)) == 0) {
        queue = mmap(NULL, sizeof(nxt_app_queue_t), PROT_READ | PROT_WRITE,
                     MAP_SHARED, fd, 0);
    }
    if (queue == MAP_FAILED) {
        abort();
    }
    the_double.queue_fd = fd;
    the_double.queue = queue;
    nxt_app_queue_init(the_double.queue);
    the_double.queue->notified = 1;
}


void
double_reset(void)
{
    double_free_all();
    the_double = (double_state_of_all_t) {
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .chunks = -1,
    };
    the_double.own = double_new_port(0, true);
    the_double.shared = double_new_port(NXT_UNIT_SHARED_PORT_ID, true);
    the_double.descriptions[0] = double_other_holder(the_double.own);
    the_double.descriptions[1] = double_other_holder(the_double.shared);
    double_new_queue();
}


const char *
double_module_type(size_t *size)
{
    *size = nxt_app_module.type.length;

    return (const char *) nxt_app_module.type.start;
}


const char *
double_module_version(void)
{
    return nxt_app_module.version;
}


bool
double_module_fits(uint32_t vernum, uint32_t debug)
{
    return nxt_app_module.compat_length == 2 * sizeof(uint32_t)
           && nxt_app_module.compat[0] == vernum
           && nxt_app_module.compat[1] == debug;
}


static nxt_common_app_conf_t
double_app_conf(void)
{
    return (nxt_common_app_conf_t) { .name = the_double.name,
                                     .self = the_double.conf };
}


/* As Unit does it: after the module is loaded, before its setup(). */
static void
double_set_environment(const double_conf_t *self)
{
    static const nxt_str_t member = nxt_string("environment");
    nxt_conf_value_t *object = NULL;
    nxt_conf_value_t *value;
    nxt_str_t name;
    nxt_str_t text;
    uint32_t next = 0;

    if (self != NULL && nxt_conf_type(self) == NXT_CONF_OBJECT) {
        object = nxt_conf_get_object_member(self, &member, NULL);
    }
    if (object == NULL || nxt_conf_type(object) != NXT_CONF_OBJECT) {
        return;
    }

    while ((value = nxt_conf_next_object_member(object, &name, &next)) != NULL)
    {
        char *copies[2];

        if (nxt_conf_type(value) != NXT_CONF_STRING) {
            continue;
        }
        nxt_conf_get_string(value, &text);
        copies[0] = double_must(
            strndup(name.length == 0 ? "" : (char *) name.start, name.length));
        copies[1] = double_must(
            strndup(text.length == 0 ? "" : (char *) text.start, text.length));
        (void) setenv(copies[0], copies[1], 1);
        free(copies[0]);
        free(copies[1]);
    }
}


int
double_setup(const char *name, size_t size, double_conf_t *self)
{
    nxt_task_t task = { .thread = double_thread() };
    nxt_process_t process = { 0 };
    nxt_common_app_conf_t conf;

    the_double.name.start = double_must(malloc(size + 1));
    the_double.name.length = size;
    memcpy(the_double.name.start, name, size);
    the_double.conf = self;
    conf = double_app_conf();

    /* A process of Unit's loads the module once; this one sets many up. */
    uw_nxt_loaded();
    double_set_environment(self);

    return nxt_app_module.setup(&task, &process, &conf);
}


/* What setjmp() returns: one more than the status, and far from it. */
#define DOUBLE_JUMP_ABORT 1
#define DOUBLE_JUMP_EXIT 2

int
double_start(void)
{
    nxt_task_t task = { .thread = double_thread() };
    nxt_common_app_conf_t conf = double_app_conf();
    nxt_process_data_t data = { .app = &conf };
    int result;
    int jump;

    double_lock();
    the_double.thread = pthread_self();
    the_double.running = true;
    double_unlock();

    jump = setjmp(the_double.end);
    if (jump == 0) {
        (void) nxt_app_module.start(&task, &data);
        result = DOUBLE_REFUSED;
    } else {
        result =
            jump == DOUBLE_JUMP_ABORT ? DOUBLE_STUCK : jump - DOUBLE_JUMP_EXIT;
    }

    double_lock();
    the_double.running = false;
    double_note("end %d", result);
    double_close_all();
    double_unlock();

    return result;
}


void
double_exit(int status)
{
    longjmp(the_double.end, DOUBLE_JUMP_EXIT + (status & 0xFF));
}


void
double_abort(void)
{
    double_lock();
    the_double.aborting = true;
    double_happened();
    double_unlock();
}


void
double_check_abort(void)
{
    bool aborting;

    double_lock();
    aborting = the_double.aborting;
    double_unlock();

    if (aborting) {
        longjmp(the_double.end, DOUBLE_JUMP_ABORT);
    }
}
