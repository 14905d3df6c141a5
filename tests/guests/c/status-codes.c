/* /NNN: answers with status NNN; where set-status-code refuses it, with 200 and
 * "err". */
#include "guest.h"

void
handle(int32_t request, int32_t outparam)
{
    int32_t status = (int32_t) path_number(request, 0, 200) & 0xffff;
    request_drop(request);
    int32_t response = response_new(fields_new());
    bool refused = response_set_status_code(response, status) != 0;
    print("%s %ld\n", refused ? "err" : "ok",
          (long) response_status_code(response));
    response_drop(response);
    answer(outparam, refused ? 200 : status);
}
