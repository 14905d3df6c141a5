#include "python/tests.h"

#include "wasi/sockets/policy.h"


int
uw_network_judge(const char *entries, int use, const char *address, int port,
                 const char *name)
{
    bool faulty;
    uw_network_t *network = uw_network_new(entries, &faulty);
    int judged = -1;
    uw_ip_t ip;

    if (network == NULL) {
        return -1;
    }
    if (address == NULL) {
        judged = uw_network_names(network, name);

    } else if (uw_ip_read(address, &ip)) {
        judged = uw_network_allows(network, (uw_use_t) use, &ip, port, name);
    }
    uw_network_delete(network);

    return judged;
}


int
uw_network_private(const char *address)
{
    uw_ip_t ip;

    return uw_ip_read(address, &ip) ? uw_ip_is_private(&ip) : -1;
}
