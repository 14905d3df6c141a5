/* Written by tools/bindgen.py from unit_wasm/wit/data: not to be changed here. */

#ifndef UW_WASI_GEN_CONFIG_H
#define UW_WASI_GEN_CONFIG_H


#include "guest/codec.h"
#include "wasi/gen/numbers.h"

typedef struct {
    uw_slice_t f0;
    uw_slice_t f1;
} uw_config_tuple_string_string_t;

typedef enum {
    UW_CONFIG_RUNTIME_CONFIG_ERROR_UPSTREAM,
    UW_CONFIG_RUNTIME_CONFIG_ERROR_IO,
} uw_config_runtime_config_error_tag_t;

typedef struct {
    uw_config_runtime_config_error_tag_t tag;
    union {
        uw_slice_t upstream;
        uw_slice_t io;
    } of;
} uw_config_runtime_config_error_t;

typedef enum {
    UW_CONFIG_STORE_ERROR_UPSTREAM,
    UW_CONFIG_STORE_ERROR_IO,
} uw_config_store_error_tag_t;

typedef struct {
    uw_config_store_error_tag_t tag;
    union {
        uw_slice_t upstream;
        uw_slice_t io;
    } of;
} uw_config_store_error_t;

extern const char *const uw_config_runtime_config_error_names[2];

extern const char *const uw_config_store_error_names[2];

uw_val_t uw_make_config_tuple_string_string(
    uw_call_t *call, const uw_config_tuple_string_string_t *value);

uw_val_t uw_make_config_runtime_config_error(
    uw_call_t *call, const uw_config_runtime_config_error_t *value);

uw_val_t uw_make_config_store_error(uw_call_t *call,
                                    const uw_config_store_error_t *value);

/* get(key: string) -> result<option<string>, config-error> */
uw_step_t uw_config_runtime_get(uw_call_t *call, uw_slice_t key);

/* get-all() -> result<list<tuple<string, string>>, config-error> */
uw_step_t uw_config_runtime_get_all(uw_call_t *call);

/* get(key: string) -> result<option<string>, error> */
uw_step_t uw_config_store_get(uw_call_t *call, uw_slice_t key);

/* get-all() -> result<list<tuple<string, string>>, error> */
uw_step_t uw_config_store_get_all(uw_call_t *call);

extern const uw_host_interface_t uw_config_interfaces[];

#endif /* UW_WASI_GEN_CONFIG_H */
