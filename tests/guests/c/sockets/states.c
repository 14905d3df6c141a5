/* A socket through its states: tcp and udp alike where they are. */
#include "sockets/program.h"

static void
make(bool udp)
{
    socket_result_handle result;
    (udp ? create_udp_socket : create_tcp_socket)(number(2) == 6, &result);
    if (result.is_err) {
        print_error(result.err);
        return;
    }
    *at(1) = (slot) { .udp = udp, .socket = result.ok };
    print("ok");
}

void
do_tcp(void)
{
    make(false);
}

void
do_udp(void)
{
    make(true);
}

void
do_bind(void)
{
    ip_address address = address_of(2);
    const int32_t *a = flat(&address);
    socket_result result;
    (at(1)->udp ? udp_start_bind : tcp_start_bind)(at(1)->socket, network,
                                                   FLAT(a), &result);
    print_result(&result);
}

void
do_bound(void)
{
    socket_result result;
    (at(1)->udp ? udp_finish_bind : tcp_finish_bind)(at(1)->socket, &result);
    print_result(&result);
}

void
do_connect(void)
{
    ip_address address = address_of(2);
    const int32_t *a = flat(&address);
    socket_result result;
    tcp_start_connect(at(1)->socket, network, FLAT(a), &result);
    print_result(&result);
}

void
connected(void)
{
    socket_result_streams result;
    tcp_finish_connect(at(1)->socket, &result);
    if (result.is_err) {
        print_error(result.err);
        return;
    }
    at(1)->input = result.ok.input;
    at(1)->output = result.ok.output;
    print("ok");
}

void
do_connected(void)
{
    wait_for(tcp_subscribe(at(1)->socket));
    connected();
}

void
do_listen(void)
{
    socket_result result;
    tcp_start_listen(at(1)->socket, &result);
    print_result(&result);
}

void
do_listening(void)
{
    socket_result result;
    tcp_finish_listen(at(1)->socket, &result);
    print_result(&result);
}

void
accept_now(void)
{
    socket_result_accepted result;
    tcp_accept(at(1)->socket, &result);
    if (result.is_err) {
        print_error(result.err);
        return;
    }
    *at(2) = (slot) { .socket = result.ok.socket,
                      .input = result.ok.input,
                      .output = result.ok.output };
    print("ok");
}

void
do_accept(void)
{
    wait_for(tcp_subscribe(at(1)->socket));
    accept_now();
}

void
do_local(void)
{
    socket_result_address result;
    (at(1)->udp ? udp_local_address : tcp_local_address)(at(1)->socket,
                                                         &result);
    print_address_result(&result);
}

void
do_remote(void)
{
    socket_result_address result;
    (at(1)->udp ? udp_remote_address : tcp_remote_address)(at(1)->socket,
                                                           &result);
    print_address_result(&result);
}

void
do_family(void)
{
    print("ipv%d",
          (at(1)->udp ? udp_address_family : tcp_address_family)(at(1)->socket)
              ? 6
              : 4);
}

void
do_is_listening(void)
{
    print("%s", tcp_is_listening(at(1)->socket) ? "yes" : "no");
}

void
do_shutdown(void)
{
    static const char *const how[] = { "receive", "send", "both" };
    socket_result result;
    int32_t i = 0;
    while (i < 2 && strcmp(word(2), how[i]) != 0)
        i++;
    tcp_shutdown(at(1)->socket, i, &result);
    print_result(&result);
}
