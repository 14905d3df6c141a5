/* Calls wasi:cli/exit. /ok and /err: before a response is set; /ok/begun and
 * /err/begun: in the middle of the body; /ok/done and /err/done: after the
 * whole response. */
#include "guest.h"
#include "wasi_more.h"

void
handle(int32_t request, int32_t outparam)
{
    const char *path = path_of(request);
    request_drop(request);
    if (strstr(path, "/begun") != NULL) {
        http_reply reply = reply_text(outparam, 200);
        reply_write(&reply, "begun\n", 6);
    }
    if (strstr(path, "/done") != NULL)
        answer_with(outparam, "done\n");
    cli_exit(strncmp(path, "/err", 4) == 0);
    __builtin_trap();
}
