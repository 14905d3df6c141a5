#include "wasmtime/error.h"

#include <stdio.h>


void
uw_error_take(const uw_wasmtime_t *wt, wasmtime_error_t *error, char *text,
              size_t size)
{
    wasm_name_t message;

    wt->error_message(error, &message);
    (void) snprintf(text, size, "%.*s", (int) message.size, message.data);
    wt->wasm_byte_vec_delete(&message);
    wt->error_delete(error);
}
