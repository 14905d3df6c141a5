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
    X(void, wasm_byte_vec_new_empty, wasm_byte_vec_new_empty,                  \
      (wasm_byte_vec_t *out))                                                  \
    X(void, wasm_byte_vec_new_uninitialized, wasm_byte_vec_new_uninitialized,  \
      (wasm_byte_vec_t *out, size_t size))                                     \
    X(void, wasm_byte_vec_new, wasm_byte_vec_new,                              \
      (wasm_byte_vec_t *out, size_t size, const wasm_byte_t *data))            \
    X(void, wasm_byte_vec_copy, wasm_byte_vec_copy,                            \
      (wasm_byte_vec_t *out, const wasm_byte_vec_t *source))                   \
    X(void, wasm_byte_vec_delete, wasm_byte_vec_delete,                        \
      (wasm_byte_vec_t *vec))                                                  \
                                                                               \
    /* Configuration; wasm_engine_new_with_config() consumes it. */            \
    X(void, wasm_config_delete, wasm_config_delete, (wasm_config_t *config))   \
    X(wasm_config_t *, wasm_config_new, wasm_config_new, (void))               \
    X(void, config_debug_info_set, wasmtime_config_debug_info_set,             \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_consume_fuel_set, wasmtime_config_consume_fuel_set,         \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_epoch_interruption_set,                                     \
      wasmtime_config_epoch_interruption_set,                                  \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_max_wasm_stack_set, wasmtime_config_max_wasm_stack_set,     \
      (wasm_config_t *config, size_t bytes))                                   \
    X(void, config_wasm_threads_set, wasmtime_config_wasm_threads_set,         \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_shared_memory_set, wasmtime_config_shared_memory_set,       \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_tail_call_set, wasmtime_config_wasm_tail_call_set,     \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_reference_types_set,                                   \
      wasmtime_config_wasm_reference_types_set,                                \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_function_references_set,                               \
      wasmtime_config_wasm_function_references_set,                            \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_gc_set, wasmtime_config_wasm_gc_set,                   \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_gc_support_set, wasmtime_config_gc_support_set,             \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_simd_set, wasmtime_config_wasm_simd_set,               \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_relaxed_simd_set,                                      \
      wasmtime_config_wasm_relaxed_simd_set,                                   \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_relaxed_simd_deterministic_set,                        \
      wasmtime_config_wasm_relaxed_simd_deterministic_set,                     \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_bulk_memory_set,                                       \
      wasmtime_config_wasm_bulk_memory_set,                                    \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_multi_value_set,                                       \
      wasmtime_config_wasm_multi_value_set,                                    \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_multi_memory_set,                                      \
      wasmtime_config_wasm_multi_memory_set,                                   \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_memory64_set, wasmtime_config_wasm_memory64_set,       \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_wide_arithmetic_set,                                   \
      wasmtime_config_wasm_wide_arithmetic_set,                                \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_branch_hinting_set,                                    \
      wasmtime_config_wasm_branch_hinting_set,                                 \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_exceptions_set, wasmtime_config_wasm_exceptions_set,   \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_custom_page_sizes_set,                                 \
      wasmtime_config_wasm_custom_page_sizes_set,                              \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_compact_imports_set,                                   \
      wasmtime_config_wasm_compact_imports_set,                                \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_stack_switching_set,                                   \
      wasmtime_config_wasm_stack_switching_set,                                \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_strategy_set, wasmtime_config_strategy_set,                 \
      (wasm_config_t *config, wasmtime_strategy_t value))                      \
    X(void, config_parallel_compilation_set,                                   \
      wasmtime_config_parallel_compilation_set,                                \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_cranelift_debug_verifier_set,                               \
      wasmtime_config_cranelift_debug_verifier_set,                            \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_cranelift_nan_canonicalization_set,                         \
      wasmtime_config_cranelift_nan_canonicalization_set,                      \
      (wasm_config_t *config, bool enable))                                    \
    X(wasmtime_error_t *, config_target_set, wasmtime_config_target_set,       \
      (wasm_config_t *config, const char *target))                             \
    X(void, config_cranelift_flag_enable,                                      \
      wasmtime_config_cranelift_flag_enable,                                   \
      (wasm_config_t *config, const char *flag))                               \
    X(void, config_cranelift_opt_level_set,                                    \
      wasmtime_config_cranelift_opt_level_set,                                 \
      (wasm_config_t *config, wasmtime_opt_level_t value))                     \
    X(void, config_cranelift_regalloc_algorithm_set,                           \
      wasmtime_config_cranelift_regalloc_algorithm_set,                        \
      (wasm_config_t *config, wasmtime_regalloc_algorithm_t value))            \
    X(void, config_profiler_set, wasmtime_config_profiler_set,                 \
      (wasm_config_t *config, wasmtime_profiling_strategy_t value))            \
    X(void, config_memory_may_move_set, wasmtime_config_memory_may_move_set,   \
      (wasm_config_t *config, bool enable))                                    \
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
    X(void, config_signals_based_traps_set,                                    \
      wasmtime_config_signals_based_traps_set,                                 \
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
    X(void, config_async_stack_size_set,                                       \
      wasmtime_config_async_stack_size_set,                                    \
      (wasm_config_t *config, size_t bytes))                                   \
    X(void, config_wasm_component_model_set,                                   \
      wasmtime_config_wasm_component_model_set,                                \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_component_model_map_set,                               \
      wasmtime_config_wasm_component_model_map_set,                            \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_component_model_implements_set,                        \
      wasmtime_config_wasm_component_model_implements_set,                     \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_component_model_canonical_names_set,                   \
      wasmtime_config_wasm_component_model_canonical_names_set,                \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_component_model_accessors_set,                         \
      wasmtime_config_wasm_component_model_accessors_set,                      \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_component_model_async_set,                             \
      wasmtime_config_wasm_component_model_async_set,                          \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_component_model_more_async_builtins_set,               \
      wasmtime_config_wasm_component_model_more_async_builtins_set,            \
      (wasm_config_t *config, bool enable))                                    \
    X(void, config_wasm_component_model_async_stackful_set,                    \
      wasmtime_config_wasm_component_model_async_stackful_set,                 \
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
    X(void, pooling_allocation_config_decommit_batch_size_set,                 \
      wasmtime_pooling_allocation_config_decommit_batch_size_set,              \
      (wasmtime_pooling_allocation_config_t *pooling, size_t value))           \
    X(void, pooling_allocation_config_async_stack_keep_resident_set,           \
      wasmtime_pooling_allocation_config_async_stack_keep_resident_set,        \
      (wasmtime_pooling_allocation_config_t *pooling, size_t value))           \
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
      (wasm_config_t *config,                                                  \
       const wasmtime_pooling_allocation_config_t *pooling))                   \
                                                                               \
    /* Engine; any thread may call these. */                                   \
    X(void, wasm_engine_delete, wasm_engine_delete, (wasm_engine_t *engine))   \
    X(wasm_engine_t *, wasm_engine_new_with_config,                            \
      wasm_engine_new_with_config,                                             \
      (wasm_config_t *config))                                                 \
    X(wasm_engine_t *, engine_clone, wasmtime_engine_clone,                    \
      (wasm_engine_t *engine))                                                 \
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
    X(void, context_set_data, wasmtime_context_set_data,                       \
      (wasmtime_context_t *context, void *data))                               \
    X(void, context_set_epoch_deadline, wasmtime_context_set_epoch_deadline,   \
      (wasmtime_context_t *context, uint64_t ticks_beyond_current))            \
    X(void, store_epoch_deadline_callback,                                     \
      wasmtime_store_epoch_deadline_callback,                                  \
      (wasmtime_store_t *store, wasmtime_epoch_callback_t callback,            \
       void *data, wasmtime_finalizer_t finalizer))                            \
    X(wasmtime_error_t *, context_epoch_deadline_async_yield_and_update,       \
      wasmtime_context_epoch_deadline_async_yield_and_update,                  \
      (wasmtime_context_t *context, uint64_t delta))                           \
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
      (wasm_engine_t *engine, const char *path,                                \
       wasmtime_component_t **component_out))                                  \
    X(wasmtime_component_t *, component_clone, wasmtime_component_clone,       \
      (const wasmtime_component_t *component))                                 \
    X(wasmtime_component_type_t *, component_type, wasmtime_component_type,    \
      (const wasmtime_component_t *component))                                 \
    X(void, component_delete, wasmtime_component_delete,                       \
      (wasmtime_component_t *component))                                       \
    X(wasmtime_component_export_index_t *, component_get_export_index,         \
      wasmtime_component_get_export_index,                                     \
      (const wasmtime_component_t *component,                                  \
       const wasmtime_component_export_index_t *instance_export_index,         \
       const char *name, size_t name_size))                                    \
    X(wasmtime_component_export_index_t *, component_export_index_clone,       \
      wasmtime_component_export_index_clone,                                   \
      (const wasmtime_component_export_index_t *index))                        \
    X(void, component_export_index_delete,                                     \
      wasmtime_component_export_index_delete,                                  \
      (wasmtime_component_export_index_t *export_index))                       \
                                                                               \
    /* Imports and exports; names are borrowed from the type. */               \
    X(bool, component_func_type_async, wasmtime_component_func_type_async,     \
      (const wasmtime_component_func_type_t *type))                            \
    X(size_t, component_func_type_param_count,                                 \
      wasmtime_component_func_type_param_count,                                \
      (const wasmtime_component_func_type_t *type))                            \
    X(void, component_type_delete, wasmtime_component_type_delete,             \
      (wasmtime_component_type_t *type))                                       \
    X(size_t, component_type_import_count,                                     \
      wasmtime_component_type_import_count,                                    \
      (const wasmtime_component_type_t *type, wasm_engine_t *engine))          \
    X(bool, component_type_import_nth, wasmtime_component_type_import_nth,     \
      (const wasmtime_component_type_t *type, wasm_engine_t *engine,           \
       size_t nth, const char **name_out, size_t *name_size_out,               \
       wasmtime_component_extern_t **out))                                     \
    X(size_t, component_type_export_count,                                     \
      wasmtime_component_type_export_count,                                    \
      (const wasmtime_component_type_t *type, wasm_engine_t *engine))          \
    X(bool, component_type_export_nth, wasmtime_component_type_export_nth,     \
      (const wasmtime_component_type_t *type, wasm_engine_t *engine,           \
       size_t nth, const char **name_out, size_t *name_size_out,               \
       wasmtime_component_extern_t **out))                                     \
    X(void, component_extern_delete, wasmtime_component_extern_delete,         \
      (wasmtime_component_extern_t *value))                                    \
                                                                               \
    /* Linker; a linker instance locks what it came from. */                   \
    X(wasmtime_component_linker_t *, component_linker_new,                     \
      wasmtime_component_linker_new,                                           \
      (wasm_engine_t *engine))                                                 \
    X(void, component_linker_allow_shadowing,                                  \
      wasmtime_component_linker_allow_shadowing,                               \
      (wasmtime_component_linker_t *linker, bool allow))                       \
    X(wasmtime_component_linker_instance_t *, component_linker_root,           \
      wasmtime_component_linker_root,                                          \
      (wasmtime_component_linker_t *linker))                                   \
    X(wasmtime_error_t *, component_linker_instantiate,                        \
      wasmtime_component_linker_instantiate,                                   \
      (const wasmtime_component_linker_t *linker, wasmtime_context_t *context, \
       const wasmtime_component_t *component,                                  \
       wasmtime_component_instance_t *instance_out))                           \
    X(wasmtime_error_t *, component_linker_define_unknown_imports_as_traps,    \
      wasmtime_component_linker_define_unknown_imports_as_traps,               \
      (wasmtime_component_linker_t *linker,                                    \
       const wasmtime_component_t *component))                                 \
    X(void, component_linker_delete, wasmtime_component_linker_delete,         \
      (wasmtime_component_linker_t *linker))                                   \
    X(wasmtime_error_t *, component_linker_instance_add_instance,              \
      wasmtime_component_linker_instance_add_instance,                         \
      (wasmtime_component_linker_instance_t *linker_instance,                  \
       const char *name, size_t name_size,                                     \
       wasmtime_component_linker_instance_t **linker_instance_out))            \
    X(wasmtime_error_t *, component_linker_instance_add_func,                  \
      wasmtime_component_linker_instance_add_func,                             \
      (wasmtime_component_linker_instance_t *linker_instance,                  \
       const char *name, size_t name_size,                                     \
       wasmtime_component_func_callback_t callback, void *data,                \
       wasmtime_finalizer_t finalizer))                                        \
    X(wasmtime_error_t *, component_linker_instance_add_resource,              \
      wasmtime_component_linker_instance_add_resource,                         \
      (wasmtime_component_linker_instance_t *linker_instance,                  \
       const char *name, size_t name_size,                                     \
       const wasmtime_component_resource_type_t *resource,                     \
       wasmtime_component_resource_destructor_t destructor, void *data,        \
       wasmtime_finalizer_t finalizer))                                        \
    X(void, component_linker_instance_delete,                                  \
      wasmtime_component_linker_instance_delete,                               \
      (wasmtime_component_linker_instance_t *linker_instance))                 \
    X(wasmtime_call_future_t *, component_linker_instantiate_async,            \
      wasmtime_component_linker_instantiate_async,                             \
      (const wasmtime_component_linker_t *linker, wasmtime_context_t *context, \
       const wasmtime_component_t *component,                                  \
       wasmtime_component_instance_t *instance_out,                            \
       wasmtime_error_t **error_out))                                          \
    X(wasmtime_error_t *, component_linker_instance_add_func_async,            \
      wasmtime_component_linker_instance_add_func_async,                       \
      (wasmtime_component_linker_instance_t *linker_instance,                  \
       const char *name, size_t name_size,                                     \
       wasmtime_component_func_async_callback_t callback, void *data,          \
       wasmtime_finalizer_t finalizer))                                        \
                                                                               \
    /* Instances and calls. */                                                 \
    X(bool, call_future_poll, wasmtime_call_future_poll,                       \
      (wasmtime_call_future_t *future))                                        \
    X(void, call_future_delete, wasmtime_call_future_delete,                   \
      (wasmtime_call_future_t *future))                                        \
    X(wasmtime_error_t *, component_func_call, wasmtime_component_func_call,   \
      (const wasmtime_component_func_t *func, wasmtime_context_t *context,     \
       const wasmtime_component_val_t *args, size_t args_size,                 \
       wasmtime_component_val_t *results, size_t results_size))                \
    X(wasmtime_call_future_t *, component_func_call_async,                     \
      wasmtime_component_func_call_async,                                      \
      (const wasmtime_component_func_t *func, wasmtime_context_t *context,     \
       const wasmtime_component_val_t *args, size_t args_size,                 \
       wasmtime_component_val_t *results, size_t results_size,                 \
       wasmtime_error_t **error_out))                                          \
    X(wasmtime_component_export_index_t *, component_instance_get_export_index,\
      wasmtime_component_instance_get_export_index,                            \
      (const wasmtime_component_instance_t *instance,                          \
       wasmtime_context_t *context,                                            \
       const wasmtime_component_export_index_t *instance_export_index,         \
       const char *name, size_t name_size))                                    \
    X(bool, component_instance_get_func,                                       \
      wasmtime_component_instance_get_func,                                    \
      (const wasmtime_component_instance_t *instance,                          \
       wasmtime_context_t *context,                                            \
       const wasmtime_component_export_index_t *export_index,                  \
       wasmtime_component_func_t *func_out))                                   \
                                                                               \
    /* Values. */                                                              \
    X(void, component_vallist_new, wasmtime_component_vallist_new,             \
      (wasmtime_component_vallist_t *out, size_t size,                         \
       const wasmtime_component_val_t *data))                                  \
    X(void, component_vallist_new_empty,                                       \
      wasmtime_component_vallist_new_empty,                                    \
      (wasmtime_component_vallist_t *out))                                     \
    X(void, component_vallist_new_uninit,                                      \
      wasmtime_component_vallist_new_uninit,                                   \
      (wasmtime_component_vallist_t *out, size_t size))                        \
    X(void, component_vallist_copy, wasmtime_component_vallist_copy,           \
      (wasmtime_component_vallist_t *out,                                      \
       const wasmtime_component_vallist_t *source))                            \
    X(void, component_vallist_delete, wasmtime_component_vallist_delete,       \
      (wasmtime_component_vallist_t *value))                                   \
    X(void, component_valrecord_new, wasmtime_component_valrecord_new,         \
      (wasmtime_component_valrecord_t *out, size_t size,                       \
       const wasmtime_component_valrecord_entry_t *data))                      \
    X(void, component_valrecord_new_empty,                                     \
      wasmtime_component_valrecord_new_empty,                                  \
      (wasmtime_component_valrecord_t *out))                                   \
    X(void, component_valrecord_new_uninit,                                    \
      wasmtime_component_valrecord_new_uninit,                                 \
      (wasmtime_component_valrecord_t *out, size_t size))                      \
    X(void, component_valrecord_copy, wasmtime_component_valrecord_copy,       \
      (wasmtime_component_valrecord_t *out,                                    \
       const wasmtime_component_valrecord_t *source))                          \
    X(void, component_valrecord_delete, wasmtime_component_valrecord_delete,   \
      (wasmtime_component_valrecord_t *value))                                 \
    X(void, component_valtuple_new, wasmtime_component_valtuple_new,           \
      (wasmtime_component_valtuple_t *out, size_t size,                        \
       const wasmtime_component_val_t *data))                                  \
    X(void, component_valtuple_new_empty,                                      \
      wasmtime_component_valtuple_new_empty,                                   \
      (wasmtime_component_valtuple_t *out))                                    \
    X(void, component_valtuple_new_uninit,                                     \
      wasmtime_component_valtuple_new_uninit,                                  \
      (wasmtime_component_valtuple_t *out, size_t size))                       \
    X(void, component_valtuple_copy, wasmtime_component_valtuple_copy,         \
      (wasmtime_component_valtuple_t *out,                                     \
       const wasmtime_component_valtuple_t *source))                           \
    X(void, component_valtuple_delete, wasmtime_component_valtuple_delete,     \
      (wasmtime_component_valtuple_t *value))                                  \
    X(void, component_valflags_new, wasmtime_component_valflags_new,           \
      (wasmtime_component_valflags_t *out, size_t size,                        \
       const wasm_name_t *data))                                               \
    X(void, component_valflags_new_empty,                                      \
      wasmtime_component_valflags_new_empty,                                   \
      (wasmtime_component_valflags_t *out))                                    \
    X(void, component_valflags_new_uninit,                                     \
      wasmtime_component_valflags_new_uninit,                                  \
      (wasmtime_component_valflags_t *out, size_t size))                       \
    X(void, component_valflags_copy, wasmtime_component_valflags_copy,         \
      (wasmtime_component_valflags_t *out,                                     \
       const wasmtime_component_valflags_t *source))                           \
    X(void, component_valflags_delete, wasmtime_component_valflags_delete,     \
      (wasmtime_component_valflags_t *value))                                  \
    X(wasmtime_component_val_t *, component_val_new,                           \
      wasmtime_component_val_new,                                              \
      (wasmtime_component_val_t *value))                                       \
    X(void, component_val_free, wasmtime_component_val_free,                   \
      (wasmtime_component_val_t *value))                                       \
    X(void, component_val_clone, wasmtime_component_val_clone,                 \
      (const wasmtime_component_val_t *source, wasmtime_component_val_t *out)) \
    X(void, component_val_delete, wasmtime_component_val_delete,               \
      (wasmtime_component_val_t *value))                                       \
                                                                               \
    /* Resources. */                                                           \
    X(wasmtime_component_resource_type_t *, component_resource_type_new_host,  \
      wasmtime_component_resource_type_new_host,                               \
      (uint32_t type))                                                         \
    X(wasmtime_component_resource_type_t *, component_resource_type_clone,     \
      wasmtime_component_resource_type_clone,                                  \
      (const wasmtime_component_resource_type_t *type))                        \
    X(bool, component_resource_type_equal,                                     \
      wasmtime_component_resource_type_equal,                                  \
      (const wasmtime_component_resource_type_t *a,                            \
       const wasmtime_component_resource_type_t *b))                           \
    X(void, component_resource_type_delete,                                    \
      wasmtime_component_resource_type_delete,                                 \
      (wasmtime_component_resource_type_t *resource))                          \
    X(wasmtime_component_resource_type_t *, component_resource_any_type,       \
      wasmtime_component_resource_any_type,                                    \
      (const wasmtime_component_resource_any_t *resource))                     \
    X(wasmtime_component_resource_any_t *, component_resource_any_clone,       \
      wasmtime_component_resource_any_clone,                                   \
      (const wasmtime_component_resource_any_t *resource))                     \
    X(bool, component_resource_any_owned,                                      \
      wasmtime_component_resource_any_owned,                                   \
      (const wasmtime_component_resource_any_t *resource))                     \
    X(wasmtime_error_t *, component_resource_any_drop,                         \
      wasmtime_component_resource_any_drop,                                    \
      (wasmtime_context_t *context,                                            \
       const wasmtime_component_resource_any_t *resource))                     \
    X(void, component_resource_any_delete,                                     \
      wasmtime_component_resource_any_delete,                                  \
      (wasmtime_component_resource_any_t *resource))                           \
    X(wasmtime_component_resource_host_t *, component_resource_host_new,       \
      wasmtime_component_resource_host_new,                                    \
      (bool owned, uint32_t rep, uint32_t type))                               \
    X(wasmtime_component_resource_host_t *, component_resource_host_clone,     \
      wasmtime_component_resource_host_clone,                                  \
      (const wasmtime_component_resource_host_t *resource))                    \
    X(uint32_t, component_resource_host_rep,                                   \
      wasmtime_component_resource_host_rep,                                    \
      (const wasmtime_component_resource_host_t *resource))                    \
    X(uint32_t, component_resource_host_type,                                  \
      wasmtime_component_resource_host_type,                                   \
      (const wasmtime_component_resource_host_t *resource))                    \
    X(bool, component_resource_host_owned,                                     \
      wasmtime_component_resource_host_owned,                                  \
      (const wasmtime_component_resource_host_t *resource))                    \
    X(void, component_resource_host_delete,                                    \
      wasmtime_component_resource_host_delete,                                 \
      (wasmtime_component_resource_host_t *resource))                          \
    X(wasmtime_error_t *, component_resource_any_to_host,                      \
      wasmtime_component_resource_any_to_host,                                 \
      (wasmtime_context_t *context,                                            \
       const wasmtime_component_resource_any_t *resource,                      \
       wasmtime_component_resource_host_t **out))                              \
    X(wasmtime_error_t *, component_resource_host_to_any,                      \
      wasmtime_component_resource_host_to_any,                                 \
      (wasmtime_context_t *context,                                            \
       const wasmtime_component_resource_host_t *resource,                     \
       wasmtime_component_resource_any_t **out))                               \
                                                                               \
    /* Errors, traps, backtraces; frame names are borrowed or NULL. */         \
    X(void, wasm_frame_vec_delete, wasm_frame_vec_delete,                      \
      (wasm_frame_vec_t *frames))                                              \
    X(uint32_t, wasm_frame_func_index, wasm_frame_func_index,                  \
      (const wasm_frame_t *frame))                                             \
    X(size_t, wasm_frame_func_offset, wasm_frame_func_offset,                  \
      (const wasm_frame_t *frame))                                             \
    X(size_t, wasm_frame_module_offset, wasm_frame_module_offset,              \
      (const wasm_frame_t *frame))                                             \
    X(void, wasm_trap_delete, wasm_trap_delete, (wasm_trap_t *trap))           \
    X(void, wasm_trap_message, wasm_trap_message,                              \
      (const wasm_trap_t *trap, wasm_name_t *out))                             \
    X(wasmtime_error_t *, error_new, wasmtime_error_new,                       \
      (const char *message))                                                   \
    X(void, error_delete, wasmtime_error_delete, (wasmtime_error_t *error))    \
    X(void, error_message, wasmtime_error_message,                             \
      (const wasmtime_error_t *error, wasm_name_t *message))                   \
    X(bool, error_exit_status, wasmtime_error_exit_status,                     \
      (const wasmtime_error_t *error, int *status))                            \
    X(void, error_wasm_trace, wasmtime_error_wasm_trace,                       \
      (const wasmtime_error_t *error, wasm_frame_vec_t *out))                  \
    X(wasm_trap_t *, trap_new, wasmtime_trap_new,                              \
      (const char *message, size_t size))                                      \
    X(bool, trap_code, wasmtime_trap_code,                                     \
      (const wasm_trap_t *trap, wasmtime_trap_code_t *code))                   \
    X(const wasm_name_t *, frame_func_name, wasmtime_frame_func_name,          \
      (const wasm_frame_t *frame))                                             \
    X(const wasm_name_t *, frame_module_name, wasmtime_frame_module_name,      \
      (const wasm_frame_t *frame))                                             \
                                                                               \
    /* Text format. */                                                         \
    X(wasmtime_error_t *, wat2wasm, wasmtime_wat2wasm,                         \
      (const char *wat, size_t wat_size, wasm_byte_vec_t *out))

/* clang-format on */

#endif /* UW_WASMTIME_FUNCTIONS_H */
