/*
 * The functions of libwasmtime that we call; part of wasmtime/api.h.
 *
 * Rows are X(return type, member of uw_wasmtime_t, symbol, (arguments)).  The
 * member is the symbol without `wasmtime_`; symbols that start with `wasm_`
 * keep their name.  Signatures are checked against the installed package by
 * tests/native/test_wasmtime_layout.py.
 *
 * Calls: the arguments, the results and the place for the error must outlive
 * the future of an asynchronous call, the future goes before its store, and
 * nothing else may be done with the store while a future of it exists, except
 * from the host functions that the future calls.  call_future_poll() returns
 * true once, when the results or the error are there.
 *
 * Resources: a resource_any is a handle.  Deleting one that is owned leaves the
 * resource in its store; component_resource_any_drop() ends it first.
 */

#ifndef UW_WASMTIME_FUNCTIONS_H
#define UW_WASMTIME_FUNCTIONS_H

/* clang-format off */

#define UW_WASMTIME_FUNCTIONS(X)                                               \
    /* Byte vectors and strings. */                                            \
    X(void, wasm_byte_vec_new_uninitialized, wasm_byte_vec_new_uninitialized,  \
      (wasm_byte_vec_t *out, size_t size))                                     \
    X(void, wasm_byte_vec_new, wasm_byte_vec_new,                              \
      (wasm_byte_vec_t *out, size_t size, const wasm_byte_t *data))            \
    X(void, wasm_byte_vec_delete, wasm_byte_vec_delete,                        \
      (wasm_byte_vec_t *vec))                                                  \
                                                                               \
    /* Configuration; wasm_engine_new_with_config() consumes it. */            \
    X(void, wasm_config_delete, wasm_config_delete, (wasm_config_t *config))   \
    X(wasm_config_t *, wasm_config_new, wasm_config_new, (void))               \
    X(void, config_epoch_interruption_set,                                     \
      wasmtime_config_epoch_interruption_set,                                  \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_max_wasm_stack_set, wasmtime_config_max_wasm_stack_set,     \
      (wasm_config_t *config, size_t bytes))                                   \
    X(void, config_parallel_compilation_set,                                   \
      wasmtime_config_parallel_compilation_set,                                \
      (wasm_config_t *config, bool enable))                                    \
    X(wasmtime_error_t *, config_target_set, wasmtime_config_target_set,       \
      (wasm_config_t *config, const char *target))                             \
    X(void, config_cranelift_flag_enable,                                      \
      wasmtime_config_cranelift_flag_enable,                                   \
      (wasm_config_t *config, const char *flag))                               \
    X(void, config_cranelift_opt_level_set,                                    \
      wasmtime_config_cranelift_opt_level_set,                                 \
      (wasm_config_t *config, wasmtime_opt_level_t value))                     \
    X(void, config_memory_reservation_set,                                     \
      wasmtime_config_memory_reservation_set,                                  \
      (wasm_config_t *config, uint64_t bytes))                                 \
    X(void, config_memory_guard_size_set,                                      \
      wasmtime_config_memory_guard_size_set,                                   \
      (wasm_config_t *config, uint64_t bytes))                                 \
    X(void, config_memory_reservation_for_growth_set,                          \
      wasmtime_config_memory_reservation_for_growth_set,                       \
      (wasm_config_t *config, uint64_t bytes))                                 \
    X(void, config_native_unwind_info_set,                                     \
      wasmtime_config_native_unwind_info_set,                                  \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_memory_init_cow_set, wasmtime_config_memory_init_cow_set,   \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_concurrency_support_set,                                    \
      wasmtime_config_concurrency_support_set,                                 \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_host_memory_creator_set,                                    \
      wasmtime_config_host_memory_creator_set,                                 \
      (wasm_config_t *config, wasmtime_memory_creator_t *creator))             \
    X(void, config_host_stack_creator_set,                                     \
      wasmtime_config_host_stack_creator_set,                                  \
      (wasm_config_t *config, wasmtime_stack_creator_t *creator))              \
    X(void, config_async_stack_size_set, wasmtime_config_async_stack_size_set, \
      (wasm_config_t *config, size_t bytes))                                   \
    X(void, config_wasm_component_model_set,                                   \
      wasmtime_config_wasm_component_model_set,                                \
      (wasm_config_t *config, bool enable))                                    \
                                                                               \
    /* Pooling allocator; the last one copies the settings. */                 \
    X(wasmtime_pooling_allocation_config_t *, pooling_allocation_config_new,   \
      wasmtime_pooling_allocation_config_new,                                  \
      (void))                                                                  \
    X(void, pooling_allocation_config_delete,                                  \
      wasmtime_pooling_allocation_config_delete,                               \
      (wasmtime_pooling_allocation_config_t *pooling))                         \
    X(void, pooling_allocation_config_max_unused_warm_slots_set,               \
      wasmtime_pooling_allocation_config_max_unused_warm_slots_set,            \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_linear_memory_keep_resident_set,         \
      wasmtime_pooling_allocation_config_linear_memory_keep_resident_set,      \
      (wasmtime_pooling_allocation_config_t *pooling, size_t value))           \
    X(void, pooling_allocation_config_table_keep_resident_set,                 \
      wasmtime_pooling_allocation_config_table_keep_resident_set,              \
      (wasmtime_pooling_allocation_config_t *pooling, size_t value))           \
    X(void, pooling_allocation_config_total_component_instances_set,           \
      wasmtime_pooling_allocation_config_total_component_instances_set,        \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_max_component_instance_size_set,         \
      wasmtime_pooling_allocation_config_max_component_instance_size_set,      \
      (wasmtime_pooling_allocation_config_t *pooling, size_t value))           \
    X(void, pooling_allocation_config_max_core_instances_per_component_set,    \
      wasmtime_pooling_allocation_config_max_core_instances_per_component_set, \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_max_memories_per_component_set,          \
      wasmtime_pooling_allocation_config_max_memories_per_component_set,       \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_max_tables_per_component_set,            \
      wasmtime_pooling_allocation_config_max_tables_per_component_set,         \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_total_memories_set,                      \
      wasmtime_pooling_allocation_config_total_memories_set,                   \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_total_tables_set,                        \
      wasmtime_pooling_allocation_config_total_tables_set,                     \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_total_stacks_set,                        \
      wasmtime_pooling_allocation_config_total_stacks_set,                     \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_total_core_instances_set,                \
      wasmtime_pooling_allocation_config_total_core_instances_set,             \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_max_core_instance_size_set,              \
      wasmtime_pooling_allocation_config_max_core_instance_size_set,           \
      (wasmtime_pooling_allocation_config_t *pooling, size_t value))           \
    X(void, pooling_allocation_config_max_tables_per_module_set,               \
      wasmtime_pooling_allocation_config_max_tables_per_module_set,            \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_table_elements_set,                      \
      wasmtime_pooling_allocation_config_table_elements_set,                   \
      (wasmtime_pooling_allocation_config_t *pooling, size_t value))           \
    X(void, pooling_allocation_config_max_memories_per_module_set,             \
      wasmtime_pooling_allocation_config_max_memories_per_module_set,          \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_config_max_memory_size_set,                     \
      wasmtime_pooling_allocation_config_max_memory_size_set,                  \
      (wasmtime_pooling_allocation_config_t *pooling, size_t value))           \
    X(void, pooling_allocation_config_total_gc_heaps_set,                      \
      wasmtime_pooling_allocation_config_total_gc_heaps_set,                   \
      (wasmtime_pooling_allocation_config_t *pooling, uint32_t value))         \
    X(void, pooling_allocation_strategy_set,                                   \
      wasmtime_pooling_allocation_strategy_set,                                \
      (wasm_config_t *config, const wasmtime_pooling_allocation_config_t       \
       *pooling))                                                              \
                                                                               \
    /* Engine; any thread may call these. */                                   \
    X(void, wasm_engine_delete, wasm_engine_delete, (wasm_engine_t *engine))   \
    X(wasm_engine_t *, wasm_engine_new_with_config,                            \
      wasm_engine_new_with_config,                                             \
      (wasm_config_t *config))                                                 \
    X(void, engine_increment_epoch, wasmtime_engine_increment_epoch,           \
      (wasm_engine_t *engine))                                                 \
                                                                               \
    /* Store and context. A context is valid as long as its store. */          \
    X(wasmtime_store_t *, store_new, wasmtime_store_new,                       \
      (wasm_engine_t *engine, void *data, wasmtime_finalizer_t finalizer))     \
    X(wasmtime_context_t *, store_context, wasmtime_store_context,             \
      (wasmtime_store_t *store))                                               \
    X(void, store_limiter, wasmtime_store_limiter,                             \
      (wasmtime_store_t *store, int64_t memory_size, int64_t table_elements,   \
       int64_t instances, int64_t tables, int64_t memories))                   \
    X(void, store_delete, wasmtime_store_delete, (wasmtime_store_t *store))    \
    X(void *, context_get_data, wasmtime_context_get_data,                     \
      (wasmtime_context_t *context))                                           \
    X(void, context_set_epoch_deadline, wasmtime_context_set_epoch_deadline,   \
      (wasmtime_context_t *context, uint64_t ticks_beyond_current))            \
    X(void, store_epoch_deadline_callback,                                     \
      wasmtime_store_epoch_deadline_callback,                                  \
      (wasmtime_store_t *store, wasmtime_epoch_callback_t callback, void       \
       *data, wasmtime_finalizer_t finalizer))                                 \
                                                                               \
    /* Component. */                                                           \
    X(wasmtime_error_t *, component_new, wasmtime_component_new,               \
      (wasm_engine_t *engine, const uint8_t *data, size_t size,                \
       wasmtime_component_t **component_out))                                  \
    X(wasmtime_error_t *, component_serialize, wasmtime_component_serialize,   \
      (const wasmtime_component_t *component, wasm_byte_vec_t *out))           \
    X(wasmtime_error_t *, component_deserialize,                               \
      wasmtime_component_deserialize,                                          \
      (wasm_engine_t *engine, const uint8_t *data, size_t size,                \
       wasmtime_component_t **component_out))                                  \
    X(wasmtime_error_t *, component_deserialize_file,                          \
      wasmtime_component_deserialize_file,                                     \
      (wasm_engine_t *engine, const char *path, wasmtime_component_t           \
       **component_out))                                                       \
    X(wasmtime_component_type_t *, component_type, wasmtime_component_type,    \
      (const wasmtime_component_t *component))                                 \
    X(void, component_delete, wasmtime_component_delete,                       \
      (wasmtime_component_t *component))                                       \
    X(wasmtime_component_export_index_t *, component_get_export_index,         \
      wasmtime_component_get_export_index,                                     \
      (const wasmtime_component_t *component, const                            \
       wasmtime_component_export_index_t *instance_export_index, const char    \
       *name, size_t name_size))                                               \
    X(void, component_export_index_delete,                                     \
      wasmtime_component_export_index_delete,                                  \
      (wasmtime_component_export_index_t *export_index))                       \
                                                                               \
    /* Imports and exports; names are borrowed from the type. */               \
    X(void, component_type_delete, wasmtime_component_type_delete,             \
      (wasmtime_component_type_t *type))                                       \
    X(size_t, component_type_import_count,                                     \
      wasmtime_component_type_import_count,                                    \
      (const wasmtime_component_type_t *type, wasm_engine_t *engine))          \
    X(bool, component_type_import_nth, wasmtime_component_type_import_nth,     \
      (const wasmtime_component_type_t *type, wasm_engine_t *engine, size_t    \
       nth, const char **name_out, size_t *name_size_out,                      \
       wasmtime_component_extern_t **out))                                     \
    X(void, component_extern_delete, wasmtime_component_extern_delete,         \
      (wasmtime_component_extern_t *value))                                    \
                                                                               \
    /* Linker; a linker instance locks what it came from. */                   \
    X(wasmtime_component_linker_t *, component_linker_new,                     \
      wasmtime_component_linker_new,                                           \
      (wasm_engine_t *engine))                                                 \
    X(wasmtime_component_linker_instance_t *, component_linker_root,           \
      wasmtime_component_linker_root,                                          \
      (wasmtime_component_linker_t *linker))                                   \
    X(void, component_linker_delete, wasmtime_component_linker_delete,         \
      (wasmtime_component_linker_t *linker))                                   \
    X(wasmtime_error_t *, component_linker_instance_add_instance,              \
      wasmtime_component_linker_instance_add_instance,                         \
      (wasmtime_component_linker_instance_t *linker_instance, const char       \
       *name, size_t name_size, wasmtime_component_linker_instance_t           \
       **linker_instance_out))                                                 \
    X(wasmtime_error_t *, component_linker_instance_add_func,                  \
      wasmtime_component_linker_instance_add_func,                             \
      (wasmtime_component_linker_instance_t *linker_instance, const char       \
       *name, size_t name_size, wasmtime_component_func_callback_t callback,   \
       void *data, wasmtime_finalizer_t finalizer))                            \
    X(wasmtime_error_t *, component_linker_instance_add_resource,              \
      wasmtime_component_linker_instance_add_resource,                         \
      (wasmtime_component_linker_instance_t *linker_instance, const char       \
       *name, size_t name_size, const wasmtime_component_resource_type_t       \
       *resource, wasmtime_component_resource_destructor_t destructor, void    \
       *data, wasmtime_finalizer_t finalizer))                                 \
    X(void, component_linker_instance_delete,                                  \
      wasmtime_component_linker_instance_delete,                               \
      (wasmtime_component_linker_instance_t *linker_instance))                 \
    X(wasmtime_call_future_t *, component_linker_instantiate_async,            \
      wasmtime_component_linker_instantiate_async,                             \
      (const wasmtime_component_linker_t *linker, wasmtime_context_t           \
       *context, const wasmtime_component_t *component,                        \
       wasmtime_component_instance_t *instance_out, wasmtime_error_t           \
       **error_out))                                                           \
    X(wasmtime_error_t *, component_linker_instance_add_func_async,            \
      wasmtime_component_linker_instance_add_func_async,                       \
      (wasmtime_component_linker_instance_t *linker_instance, const char       \
       *name, size_t name_size, wasmtime_component_func_async_callback_t       \
       callback, void *data, wasmtime_finalizer_t finalizer))                  \
                                                                               \
    /* Instances and calls. */                                                 \
    X(bool, call_future_poll, wasmtime_call_future_poll,                       \
      (wasmtime_call_future_t *future))                                        \
    X(void, call_future_delete, wasmtime_call_future_delete,                   \
      (wasmtime_call_future_t *future))                                        \
    X(wasmtime_call_future_t *, component_func_call_async,                     \
      wasmtime_component_func_call_async,                                      \
      (const wasmtime_component_func_t *func, wasmtime_context_t *context,     \
       const wasmtime_component_val_t *args, size_t args_size,                 \
       wasmtime_component_val_t *results, size_t results_size,                 \
       wasmtime_error_t **error_out))                                          \
    X(bool, component_instance_get_func, wasmtime_component_instance_get_func, \
      (const wasmtime_component_instance_t *instance, wasmtime_context_t       \
       *context, const wasmtime_component_export_index_t *export_index,        \
       wasmtime_component_func_t *func_out))                                   \
                                                                               \
    /* Values. */                                                              \
    X(void, component_vallist_new_uninit,                                      \
      wasmtime_component_vallist_new_uninit,                                   \
      (wasmtime_component_vallist_t *out, size_t size))                        \
    X(void, component_valrecord_new_uninit,                                    \
      wasmtime_component_valrecord_new_uninit,                                 \
      (wasmtime_component_valrecord_t *out, size_t size))                      \
    X(void, component_valtuple_new_uninit,                                     \
      wasmtime_component_valtuple_new_uninit,                                  \
      (wasmtime_component_valtuple_t *out, size_t size))                       \
    X(void, component_valflags_new_uninit,                                     \
      wasmtime_component_valflags_new_uninit,                                  \
      (wasmtime_component_valflags_t *out, size_t size))                       \
    X(wasmtime_component_val_t *, component_val_new,                           \
      wasmtime_component_val_new,                                              \
      (wasmtime_component_val_t *value))                                       \
    X(void, component_val_delete, wasmtime_component_val_delete,               \
      (wasmtime_component_val_t *value))                                       \
                                                                               \
    /* Resources. */                                                           \
    X(wasmtime_component_resource_type_t *, component_resource_type_new_host,  \
      wasmtime_component_resource_type_new_host,                               \
      (uint32_t type))                                                         \
    X(void, component_resource_type_delete,                                    \
      wasmtime_component_resource_type_delete,                                 \
      (wasmtime_component_resource_type_t *resource))                          \
    X(wasmtime_component_resource_host_t *, component_resource_host_new,       \
      wasmtime_component_resource_host_new,                                    \
      (bool owned, uint32_t rep, uint32_t type))                               \
    X(uint32_t, component_resource_host_rep,                                   \
      wasmtime_component_resource_host_rep,                                    \
      (const wasmtime_component_resource_host_t *resource))                    \
    X(uint32_t, component_resource_host_type,                                  \
      wasmtime_component_resource_host_type,                                   \
      (const wasmtime_component_resource_host_t *resource))                    \
    X(void, component_resource_host_delete,                                    \
      wasmtime_component_resource_host_delete,                                 \
      (wasmtime_component_resource_host_t *resource))                          \
    X(wasmtime_component_resource_any_t *, component_resource_any_clone,       \
      wasmtime_component_resource_any_clone,                                   \
      (const wasmtime_component_resource_any_t *resource))                     \
    X(void, component_resource_any_delete,                                     \
      wasmtime_component_resource_any_delete,                                  \
      (wasmtime_component_resource_any_t *resource))                           \
    X(wasmtime_error_t *, component_resource_any_to_host,                      \
      wasmtime_component_resource_any_to_host,                                 \
      (wasmtime_context_t *context, const wasmtime_component_resource_any_t    \
       *resource, wasmtime_component_resource_host_t **out))                   \
    X(wasmtime_error_t *, component_resource_host_to_any,                      \
      wasmtime_component_resource_host_to_any,                                 \
      (wasmtime_context_t *context, const wasmtime_component_resource_host_t   \
       *resource, wasmtime_component_resource_any_t **out))                    \
                                                                               \
    /* Errors, traps, backtraces; frame names are borrowed or NULL. */         \
    X(void, wasm_frame_vec_delete, wasm_frame_vec_delete,                      \
      (wasm_frame_vec_t *frames))                                              \
    X(size_t, wasm_frame_module_offset, wasm_frame_module_offset,              \
      (const wasm_frame_t *frame))                                             \
    X(wasmtime_error_t *, error_new, wasmtime_error_new,                       \
      (const char *message))                                                   \
    X(void, error_delete, wasmtime_error_delete, (wasmtime_error_t *error))    \
    X(void, error_message, wasmtime_error_message,                             \
      (const wasmtime_error_t *error, wasm_name_t *message))                   \
    X(void, error_wasm_trace, wasmtime_error_wasm_trace,                       \
      (const wasmtime_error_t *error, wasm_frame_vec_t *out))                  \
    X(const wasm_name_t *, frame_func_name, wasmtime_frame_func_name,          \
      (const wasm_frame_t *frame))                                             \
    X(const wasm_name_t *, frame_module_name, wasmtime_frame_module_name,      \
      (const wasm_frame_t *frame))

/* clang-format on */

#endif /* UW_WASMTIME_FUNCTIONS_H */
