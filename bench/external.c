/*
 * The ceiling in Unit: hello as a plain C application on libunit, in libunit's
 * own loop, without WebAssembly and without a line of unit_wasm.  Unit starts
 * it as an application of type "external".
 */

#include <nxt_unit.h>
#include <nxt_unit_request.h>

#include <string.h>

#define UW_NAME "content-type"
#define UW_VALUE "text/plain"
#define UW_LENGTH "content-length"
#define UW_BODY "Hello, WASI!\n"
#define UW_BODY_LENGTH "13"

#define UW_SIZE(text) (sizeof(text) - 1)


static int
uw_answer(nxt_unit_request_info_t *req)
{
    int rc = nxt_unit_response_init(
        req, 200, 2,
        UW_SIZE(UW_NAME) + UW_SIZE(UW_VALUE) + UW_SIZE(UW_LENGTH)
            + UW_SIZE(UW_BODY_LENGTH) + UW_SIZE(UW_BODY));

    if (rc == NXT_UNIT_OK) {
        rc = nxt_unit_response_add_field(req, UW_NAME, UW_SIZE(UW_NAME),
                                         UW_VALUE, UW_SIZE(UW_VALUE));
    }
    if (rc == NXT_UNIT_OK) {
        rc = nxt_unit_response_add_field(req, UW_LENGTH, UW_SIZE(UW_LENGTH),
                                         UW_BODY_LENGTH,
                                         UW_SIZE(UW_BODY_LENGTH));
    }
    if (rc == NXT_UNIT_OK) {
        rc = nxt_unit_response_add_content(req, UW_BODY, UW_SIZE(UW_BODY));
    }
    if (rc == NXT_UNIT_OK) {
        rc = nxt_unit_response_send(req);
    }

    return rc;
}


static void
uw_handler(nxt_unit_request_info_t *req)
{
    nxt_unit_request_done(req, uw_answer(req));
}


int
main(void)
{
    nxt_unit_ctx_t *ctx;
    nxt_unit_init_t init;
    int rc;

    memset(&init, 0, sizeof(init));
    init.callbacks.request_handler = uw_handler;

    ctx = nxt_unit_init(&init);
    if (ctx == NULL) {
        return 1;
    }
    rc = nxt_unit_run(ctx);
    nxt_unit_done(ctx);

    return rc == NXT_UNIT_OK ? 0 : 1;
}
