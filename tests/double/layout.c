/* The facts of layout.h, from the declarations of wasmtime/api.h. */

#include "layout.h"

#include "wasmtime/api.h"


#define UW_SIZE(type) { "size", #type, NULL, NULL, NULL, sizeof(type) }

#define UW_FIELD(type, field)                                                  \
    { "offset", #type, #field, NULL, NULL, offsetof(type, field) },            \
    {                                                                          \
        "width", #type, #field, NULL, NULL, sizeof(((type *) NULL)->field)     \
    }

#define UW_CONSTANT(constant)                                                  \
    { "constant", #constant, NULL, NULL, NULL, constant }

#define UW_FUNCTION(result, member, symbol, arguments)                         \
    { "function", #symbol, #member, #result, #arguments, 0 },

#define UW_CALLBACK(result, name, arguments)                                   \
    { "callback", #name, NULL, #result, #arguments, 0 },

/* clang-format off */

static const uw_wasmtime_fact_t uw_wasmtime_facts[] = {
    UW_SIZE(wasm_byte_vec_t),
    UW_FIELD(wasm_byte_vec_t, size),
    UW_FIELD(wasm_byte_vec_t, data),

    UW_SIZE(wasm_frame_vec_t),
    UW_FIELD(wasm_frame_vec_t, size),
    UW_FIELD(wasm_frame_vec_t, data),

    UW_SIZE(wasmtime_component_func_t),
    UW_FIELD(wasmtime_component_func_t, private0),
    UW_FIELD(wasmtime_component_func_t, private2),
    UW_FIELD(wasmtime_component_func_t, private3),

    UW_SIZE(wasmtime_component_instance_t),
    UW_FIELD(wasmtime_component_instance_t, store_id),
    UW_FIELD(wasmtime_component_instance_t, private0),

    UW_SIZE(wasmtime_component_val_t),
    UW_FIELD(wasmtime_component_val_t, kind),
    UW_FIELD(wasmtime_component_val_t, of),

    UW_SIZE(wasmtime_component_valunion_t),
    UW_FIELD(wasmtime_component_valunion_t, boolean),
    UW_FIELD(wasmtime_component_valunion_t, s8),
    UW_FIELD(wasmtime_component_valunion_t, u8),
    UW_FIELD(wasmtime_component_valunion_t, s16),
    UW_FIELD(wasmtime_component_valunion_t, u16),
    UW_FIELD(wasmtime_component_valunion_t, s32),
    UW_FIELD(wasmtime_component_valunion_t, u32),
    UW_FIELD(wasmtime_component_valunion_t, s64),
    UW_FIELD(wasmtime_component_valunion_t, u64),
    UW_FIELD(wasmtime_component_valunion_t, f32),
    UW_FIELD(wasmtime_component_valunion_t, f64),
    UW_FIELD(wasmtime_component_valunion_t, character),
    UW_FIELD(wasmtime_component_valunion_t, string),
    UW_FIELD(wasmtime_component_valunion_t, list),
    UW_FIELD(wasmtime_component_valunion_t, record),
    UW_FIELD(wasmtime_component_valunion_t, tuple),
    UW_FIELD(wasmtime_component_valunion_t, variant),
    UW_FIELD(wasmtime_component_valunion_t, enumeration),
    UW_FIELD(wasmtime_component_valunion_t, option),
    UW_FIELD(wasmtime_component_valunion_t, result),
    UW_FIELD(wasmtime_component_valunion_t, flags),
    UW_FIELD(wasmtime_component_valunion_t, map),
    UW_FIELD(wasmtime_component_valunion_t, resource),

    UW_SIZE(wasmtime_component_vallist_t),
    UW_FIELD(wasmtime_component_vallist_t, size),
    UW_FIELD(wasmtime_component_vallist_t, data),

    UW_SIZE(wasmtime_component_valrecord_t),
    UW_FIELD(wasmtime_component_valrecord_t, size),
    UW_FIELD(wasmtime_component_valrecord_t, data),

    UW_SIZE(wasmtime_component_valtuple_t),
    UW_FIELD(wasmtime_component_valtuple_t, size),
    UW_FIELD(wasmtime_component_valtuple_t, data),

    UW_SIZE(wasmtime_component_valflags_t),
    UW_FIELD(wasmtime_component_valflags_t, size),
    UW_FIELD(wasmtime_component_valflags_t, data),

    UW_SIZE(wasmtime_component_valmap_t),
    UW_FIELD(wasmtime_component_valmap_t, size),
    UW_FIELD(wasmtime_component_valmap_t, data),

    UW_SIZE(wasmtime_component_valvariant_t),
    UW_FIELD(wasmtime_component_valvariant_t, discriminant),
    UW_FIELD(wasmtime_component_valvariant_t, val),

    UW_SIZE(wasmtime_component_valresult_t),
    UW_FIELD(wasmtime_component_valresult_t, is_ok),
    UW_FIELD(wasmtime_component_valresult_t, val),

    UW_SIZE(wasmtime_component_valrecord_entry_t),
    UW_FIELD(wasmtime_component_valrecord_entry_t, name),
    UW_FIELD(wasmtime_component_valrecord_entry_t, val),

    UW_SIZE(wasmtime_component_valmap_entry_t),
    UW_FIELD(wasmtime_component_valmap_entry_t, key),
    UW_FIELD(wasmtime_component_valmap_entry_t, value),

    UW_SIZE(wasmtime_async_continuation_t),
    UW_FIELD(wasmtime_async_continuation_t, callback),
    UW_FIELD(wasmtime_async_continuation_t, env),
    UW_FIELD(wasmtime_async_continuation_t, finalizer),

    UW_SIZE(wasmtime_linear_memory_t),
    UW_FIELD(wasmtime_linear_memory_t, env),
    UW_FIELD(wasmtime_linear_memory_t, get_memory),
    UW_FIELD(wasmtime_linear_memory_t, grow_memory),
    UW_FIELD(wasmtime_linear_memory_t, finalizer),

    UW_SIZE(wasmtime_memory_creator_t),
    UW_FIELD(wasmtime_memory_creator_t, env),
    UW_FIELD(wasmtime_memory_creator_t, new_memory),
    UW_FIELD(wasmtime_memory_creator_t, finalizer),

    UW_SIZE(wasmtime_stack_memory_t),
    UW_FIELD(wasmtime_stack_memory_t, env),
    UW_FIELD(wasmtime_stack_memory_t, get_stack_memory),
    UW_FIELD(wasmtime_stack_memory_t, finalizer),

    UW_SIZE(wasmtime_stack_creator_t),
    UW_FIELD(wasmtime_stack_creator_t, env),
    UW_FIELD(wasmtime_stack_creator_t, new_stack),
    UW_FIELD(wasmtime_stack_creator_t, finalizer),

    UW_SIZE(wasmtime_component_valkind_t),
    UW_SIZE(wasmtime_opt_level_t),
    UW_SIZE(wasmtime_update_deadline_kind_t),

    UW_CONSTANT(WASMTIME_COMPONENT_BOOL),
    UW_CONSTANT(WASMTIME_COMPONENT_S8),
    UW_CONSTANT(WASMTIME_COMPONENT_U8),
    UW_CONSTANT(WASMTIME_COMPONENT_S16),
    UW_CONSTANT(WASMTIME_COMPONENT_U16),
    UW_CONSTANT(WASMTIME_COMPONENT_S32),
    UW_CONSTANT(WASMTIME_COMPONENT_U32),
    UW_CONSTANT(WASMTIME_COMPONENT_S64),
    UW_CONSTANT(WASMTIME_COMPONENT_U64),
    UW_CONSTANT(WASMTIME_COMPONENT_F32),
    UW_CONSTANT(WASMTIME_COMPONENT_F64),
    UW_CONSTANT(WASMTIME_COMPONENT_CHAR),
    UW_CONSTANT(WASMTIME_COMPONENT_STRING),
    UW_CONSTANT(WASMTIME_COMPONENT_LIST),
    UW_CONSTANT(WASMTIME_COMPONENT_RECORD),
    UW_CONSTANT(WASMTIME_COMPONENT_TUPLE),
    UW_CONSTANT(WASMTIME_COMPONENT_VARIANT),
    UW_CONSTANT(WASMTIME_COMPONENT_ENUM),
    UW_CONSTANT(WASMTIME_COMPONENT_OPTION),
    UW_CONSTANT(WASMTIME_COMPONENT_RESULT),
    UW_CONSTANT(WASMTIME_COMPONENT_FLAGS),
    UW_CONSTANT(WASMTIME_COMPONENT_RESOURCE),

    UW_CONSTANT(WASMTIME_OPT_LEVEL_SPEED),

    UW_CONSTANT(WASMTIME_UPDATE_DEADLINE_CONTINUE),
    UW_CONSTANT(WASMTIME_UPDATE_DEADLINE_YIELD),

    UW_WASMTIME_CALLBACKS(UW_CALLBACK)
    UW_WASMTIME_FUNCTIONS(UW_FUNCTION)
};

/* clang-format on */


const uw_wasmtime_fact_t *
uw_wasmtime_layout(size_t *count)
{
    *count = sizeof(uw_wasmtime_facts) / sizeof(uw_wasmtime_facts[0]);

    return uw_wasmtime_facts;
}


const char *
uw_wasmtime_layout_version(void)
{
    return UW_WASMTIME_VERSION;
}


int
uw_wasmtime_check(const char *path, const char *version, char *error,
                  size_t error_size)
{
    uw_wasmtime_t wt;

    return uw_wasmtime_load(&wt, path, version, error, error_size);
}
