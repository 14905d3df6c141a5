/* Tries to create sockets and to resolve a name; prints the results. */
#include "guest.h"
#include "wasi_more.h"

static void
print_result(const char *name, const socket_result_handle *result)
{
    static const char *const errors[] = { "unknown", "access-denied",
                                          "not-supported" };
    print("%s: ", name);
    if (!result->is_err)
        print("ok\n");
    else if (result->err < sizeof(errors) / sizeof(errors[0]))
        print("%s\n", errors[result->err]);
    else
        print("error %d\n", result->err);
}

void
handle(int32_t request, int32_t outparam)
{
    socket_result_handle result;
    create_tcp_socket(0, &result);
    print_result("create-tcp-socket ipv4", &result);
    create_tcp_socket(1, &result);
    print_result("create-tcp-socket ipv6", &result);
    create_udp_socket(0, &result);
    print_result("create-udp-socket ipv4", &result);
    create_udp_socket(1, &result);
    print_result("create-udp-socket ipv6", &result);
    int32_t network = instance_network();
    resolve_addresses(network, "localhost", 9, &result);
    print_result("resolve-addresses", &result);
    network_drop(network);
    answer(outparam, 200);
    request_drop(request);
}
