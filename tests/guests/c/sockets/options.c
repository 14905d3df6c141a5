/* Options of sockets. */
#include "sockets/program.h"

typedef struct {
    const char *name;
    int kind; /* of its value: 8, 32 or 64 bits */
    void *get;
    void *set;
    void *udp_get;
    void *udp_set;
} option;

typedef void (*get_u8)(int32_t self, socket_result_u8 *result);
typedef void (*get_u32)(int32_t self, socket_result_u32 *result);
typedef void (*get_u64)(int32_t self, socket_result_u64 *result);
typedef void (*set_u32)(int32_t self, int32_t value, socket_result *result);
typedef void (*set_u64)(int32_t self, uint64_t value, socket_result *result);

static const option *
option_of(size_t i)
{
    static const option options[] = {
        { "backlog", 64, NULL, tcp_set_backlog, NULL, NULL },
        { "keep-alive", 8, tcp_keep_alive, tcp_set_keep_alive, NULL, NULL },
        { "idle-time", 64, tcp_idle_time, tcp_set_idle_time, NULL, NULL },
        { "interval", 64, tcp_interval, tcp_set_interval, NULL, NULL },
        { "count", 32, tcp_count, tcp_set_count, NULL, NULL },
        { "hop-limit", 8, tcp_hop_limit, tcp_set_hop_limit, udp_hop_limit,
          udp_set_hop_limit },
        { "receive-size", 64, tcp_receive_size, tcp_set_receive_size,
          udp_receive_size, udp_set_receive_size },
        { "send-size", 64, tcp_send_size, tcp_set_send_size, udp_send_size,
          udp_set_send_size },
    };
    const option *found = options;
    while (strcmp(found->name, word(i)) != 0)
        MUST(++found < options + sizeof(options) / sizeof(options[0]));
    return found;
}

void
do_get(void)
{
    const option *found = option_of(2);
    void *get = at(1)->udp ? found->udp_get : found->get;
    socket_result_u64 result;
    socket_result_u32 narrow;
    socket_result_u8 byte;

    MUST(get != NULL);
    if (found->kind == 64) {
        ((get_u64) get)(at(1)->socket, &result);
    } else if (found->kind == 32) {
        ((get_u32) get)(at(1)->socket, &narrow);
        result.is_err = narrow.is_err;
        narrow.is_err ? (result.err = narrow.err) : (result.ok = narrow.ok);
    } else {
        ((get_u8) get)(at(1)->socket, &byte);
        result.is_err = byte.is_err;
        byte.is_err ? (result.err = byte.ok) : (result.ok = byte.ok);
    }
    result.is_err ? print_error(result.err) : print("%llu", result.ok);
}

void
do_set(void)
{
    const option *found = option_of(2);
    void *set = at(1)->udp ? found->udp_set : found->set;
    socket_result result;

    MUST(set != NULL);
    if (found->kind == 64)
        ((set_u64) set)(at(1)->socket, number(3), &result);
    else
        ((set_u32) set)(at(1)->socket, (int32_t) number(3), &result);
    print_result(&result);
}
