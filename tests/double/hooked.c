/*
 * The files of the module that ask the operating system for something: here
 * they ask the double.  nxt_shim.c does, too, by nxt_main.h.
 */

#include "double_hooks.h"

#include "../../csrc/unit/intake.c"
#include "../../csrc/unit/loop.c"
#include "../../csrc/unit/outbox.c"
#include "../../csrc/unit/request.c"
#include "../../csrc/unit/siblings.c"
#include "../../csrc/unit/uplink.c"
