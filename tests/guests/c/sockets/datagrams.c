/* Streams of datagrams. */
#include "sockets/program.h"

void
do_stream(void)
{
    ip_address address = address_of(2);
    const int32_t *a = flat(&address);
    socket_result_streams result;
    udp_stream(at(1)->socket, word_count > 2, FLAT(a), &result);
    if (result.is_err) {
        print_error(result.err);
        return;
    }
    at(1)->input = result.ok.input;
    at(1)->output = result.ok.output;
    print("ok");
}

static void
print_sent(const socket_result_u64 *result)
{
    result->is_err ? print_error(result->err) : print("%llu", result->ok);
}

void
do_check_send(void)
{
    socket_result_u64 result;
    udp_check_send(at(1)->output, &result);
    print_sent(&result);
}

/* word(2) is the text, or its size where that is a number; then the address. */
void
do_send(void)
{
    static uint8_t many[70000];
    outgoing_datagram datagram;
    socket_result_u64 result;
    bool sized = word(2)[0] >= '0' && word(2)[0] <= '9';

    memset(&datagram, 0, sizeof(datagram));
    datagram.data.ptr = sized ? many : (uint8_t *) word(2);
    datagram.data.len = sized ? (size_t) number(2) : strlen(word(2));
    datagram.remote_address.some = word_count > 3;
    if (word_count > 3)
        datagram.remote_address.value = address_of(3);
    wait_for(udp_outgoing_subscribe(at(1)->output));
    udp_check_send(at(1)->output, &result);
    MUST(!result.is_err && result.ok != 0);
    udp_send(at(1)->output, &datagram, 1, &result);
    print_sent(&result);
}

/* number(2) empty datagrams at once, without asking. */
void
do_send_many(void)
{
    static outgoing_datagram datagrams[64];
    socket_result_u64 result;
    udp_send(at(1)->output, datagrams, (size_t) number(2), &result);
    print_sent(&result);
}

static void
print_datagrams(const socket_result_datagrams *result)
{
    if (result->is_err) {
        print_error(result->err);
        return;
    }
    print("%zu", result->ok.len);
    for (size_t i = 0; i < result->ok.len; i++) {
        const incoming_datagram *datagram = &result->ok.ptr[i];
        print(" ");
        if (datagram->data.len > 64)
            print("(%zu bytes)", datagram->data.len);
        else
            print_escaped(datagram->data.ptr, datagram->data.len);
        if (datagram->data.len != 0)
            free(datagram->data.ptr);
        if (strcmp(word(3), "from") == 0) {
            print(" ");
            print_address(&datagram->remote_address);
        }
    }
    if (result->ok.len != 0)
        free(result->ok.ptr);
}

void
receive_now(void)
{
    socket_result_datagrams result;
    udp_receive(at(1)->input, number(2), &result);
    print_datagrams(&result);
}

void
do_receive(void)
{
    wait_for(udp_incoming_subscribe(at(1)->input));
    receive_now();
}
