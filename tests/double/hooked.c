/*
 * The files of the module that ask the operating system for something: here
 * they ask the double.  nxt_shim.c does, too, by nxt_main.h.
 */

#include "double_hooks.h"

#include "../../csrc/nxt_intake.c"
#include "../../csrc/nxt_loop.c"
#include "../../csrc/nxt_outbox.c"
#include "../../csrc/nxt_request.c"
#include "../../csrc/nxt_uplink.c"
