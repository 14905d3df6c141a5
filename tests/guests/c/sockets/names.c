/* Addresses of names. */
#include "sockets/program.h"

void
do_resolve(void)
{
    socket_result_handle result;
    socket_result_ip found;

    resolve_addresses(network, word(1), strlen(word(1)), &result);
    if (result.is_err) {
        print_error(result.err);
        return;
    }
    print("found");
    for (;;) {
        wait_for(resolve_subscribe(result.ok));
        resolve_next_address(result.ok, &found);
        if (found.is_err) {
            print(" ");
            print_error(found.err);
            break;
        }
        if (!found.ok.some)
            break;
        print(" ");
        if (found.ok.value.tag == 0)
            print("%d.%d.%d.%d", found.ok.value.v4[0], found.ok.value.v4[1],
                  found.ok.value.v4[2], found.ok.value.v4[3]);
        else
            for (int i = 0; i < 8; i++)
                print("%s%x", i == 0 ? "" : ":", found.ok.value.v6[i]);
    }
    resolve_drop(result.ok);
}
