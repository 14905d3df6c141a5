/* What unit/setup.c asks of Unit: the other file with Unit's headers. */

#include <nxt_main.h>

#include <nxt_conf.h>
#include <nxt_runtime.h>

#include <unistd.h>

#include "nxt_shim.h"


uw_nxt_value_t
uw_nxt_conf_read(uw_nxt_conf_t *conf)
{
    uw_nxt_value_t value = { .type = UW_NXT_NULL };
    nxt_str_t string;

    switch (nxt_conf_type(conf)) {
    case NXT_CONF_OBJECT:
        value.type = UW_NXT_OBJECT;
        break;
    case NXT_CONF_ARRAY:
        value.type = UW_NXT_ARRAY;
        break;
    case NXT_CONF_STRING:
        nxt_conf_get_string(conf, &string);
        value.type = UW_NXT_STRING;
        value.string = (uw_slice_t) { string.start, string.length };
        break;
    case NXT_CONF_INTEGER:
    case NXT_CONF_NUMBER:
        value.type = UW_NXT_NUMBER;
        value.number = nxt_conf_get_number(conf);
        break;
    case NXT_CONF_BOOLEAN:
        value.type = UW_NXT_BOOLEAN;
        value.boolean = nxt_conf_get_boolean(conf);
        break;
    default:
        break;
    }

    return value;
}


uw_nxt_conf_t *
uw_nxt_conf_member(uw_nxt_conf_t *object, uint32_t *next, uw_slice_t *name)
{
    nxt_str_t string = { 0, NULL };
    nxt_conf_value_t *member =
        nxt_conf_next_object_member(object, &string, next);

    *name = (uw_slice_t) { string.start, string.length };

    return member;
}


uw_nxt_conf_t *
uw_nxt_conf_element(uw_nxt_conf_t *array, uint32_t index)
{
    return nxt_conf_get_array_element(array, index);
}


void
uw_nxt_setup_log(void *task, int level, uw_slice_t name, const char *mark,
                 uw_slice_t line)
{
    nxt_str_t application = { name.size, (u_char *) name.data };
    nxt_str_t text = { line.size, (u_char *) line.data };
    nxt_task_t *unit = task;

    /* Unit's clock stands still while setup() waits for somebody. */
    nxt_thread_time_update(unit->thread);

    switch (level) {
    case 0:
    case 1:
    case 2:
    case 3:
        nxt_log(unit, NXT_LOG_ERR, "%V: %s%V", &application, mark, &text);
        return;
    case 4:
        nxt_log(unit, NXT_LOG_WARN, "%V: %s%V", &application, mark, &text);
        return;
    default:
        nxt_log(unit, NXT_LOG_NOTICE, "%V: %s%V", &application, mark, &text);
        return;
    }
}


uw_nxt_unitd_t
uw_nxt_unitd(void *task)
{
    const nxt_task_t *unit = task;
    const nxt_runtime_t *runtime = unit->thread->runtime;
    const nxt_sockaddr_t *control = runtime->controller_listen;
    uw_nxt_unitd_t unitd = { .state = runtime->conf, .log = runtime->log };

    if (control != NULL) {
        unitd.control = &control->u.sockaddr;
        unitd.control_size = control->socklen;
    }

    return unitd;
}


void
uw_nxt_setup_forked(void *task, uw_slice_t name, const char *title)
{
    nxt_str_t application = { name.size, (u_char *) name.data };
    nxt_task_t *unit = task;

    nxt_pid = getpid();
    unit->thread->tid = 0; /* Unit asks for it when it is 0 */
    nxt_process_title(unit, "unit: \"%V\" %s", &application, title);
}
