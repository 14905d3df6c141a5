/*
 * What we use of the C API of libwasmtime 50.0.1, and its loader.
 *
 * The wheel of the `wasmtime` package ships the library without headers, so
 * the types are written down here, in our own words, from the package's own
 * ctypes declarations.  They are those of exactly this version: structs have
 * grown between versions before (wasmtime_component_func_t did), so
 * tests/native/test_wasmtime_layout.py compares every size, offset, constant
 * and signature with the package that is installed.
 *
 * Rules of libwasmtime that hold for everything below:
 *
 *   - A returned wasmtime_error_t * is owned by the caller; NULL is success,
 *     and only then is an _out argument set.
 *   - An object is released with the _delete() function of its type, once.
 *   - A string is a pointer and a length, without a terminating zero, and must
 *     be UTF-8: a string that is not, a character that is not one, or a value
 *     of another type than the function's aborts the process.
 *   - A wasmtime_context_t lives inside its store and is never released.
 */

#ifndef UW_WASMTIME_API_H
#define UW_WASMTIME_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version whose declarations these are; its major number must match. */
#define UW_WASMTIME_VERSION "50.0.1"
#define UW_WASMTIME_VERSION_SIZE 32


/* Objects whose inside only libwasmtime knows. */

typedef struct wasm_config_t wasm_config_t;
typedef struct wasm_memorytype_t wasm_memorytype_t;
typedef struct wasm_engine_t wasm_engine_t;
typedef struct wasm_frame_t wasm_frame_t;
typedef struct wasm_trap_t wasm_trap_t;

typedef struct wasmtime_error wasmtime_error_t;
typedef struct wasmtime_store wasmtime_store_t;
typedef struct wasmtime_context wasmtime_context_t;
typedef struct wasmtime_call_future wasmtime_call_future_t;
typedef struct wasmtime_pooling_allocation_config_t
    wasmtime_pooling_allocation_config_t;

typedef struct wasmtime_component_t wasmtime_component_t;
typedef struct wasmtime_component_type_t wasmtime_component_type_t;
typedef struct wasmtime_component_extern_t wasmtime_component_extern_t;
typedef struct wasmtime_component_func_type_t wasmtime_component_func_type_t;
typedef struct wasmtime_component_export_index_t
    wasmtime_component_export_index_t;
typedef struct wasmtime_component_linker_t wasmtime_component_linker_t;
typedef struct wasmtime_component_linker_instance_t
    wasmtime_component_linker_instance_t;
typedef struct wasmtime_component_resource_type
    wasmtime_component_resource_type_t;
typedef struct wasmtime_component_resource_any
    wasmtime_component_resource_any_t;
typedef struct wasmtime_component_resource_host
    wasmtime_component_resource_host_t;


/*
 * Bytes. `data` belongs to the vector; wasm_byte_vec_delete() frees it.
 * Messages end in no zero, but a trap's does.
 */

typedef char wasm_byte_t;

typedef struct {
    size_t size;
    wasm_byte_t *data;
} wasm_byte_vec_t;

typedef wasm_byte_vec_t wasm_name_t;

/* The frames of a backtrace, innermost first. */

typedef struct {
    size_t size;
    wasm_frame_t **data;
} wasm_frame_vec_t;


/* Handles into a store: plain values, copied freely, dead with the store. */

typedef struct {
    struct {
        uint64_t store_id;
        uint32_t private1;
    } private0;
    uint32_t private2;
    void *private3;
} wasmtime_component_func_t;

typedef struct {
    uint64_t store_id;
    uint32_t private0;
} wasmtime_component_instance_t;


/*
 * A component value: `kind` is one of wasmtime_component_valkind_enum and says
 * which member of `of` is valid.  What a value points to was allocated by
 * libwasmtime (component_val_new(), the *_new() and *_new_uninit() of the list
 * types, wasm_byte_vec_new()) and goes with component_val_delete() of the
 * outermost value, which leaves the struct itself.
 *
 * component_val_new() and the *_new() of the list types move: they take over
 * what their source points to.  *_new_uninit() gives valid values (false,
 * empty) to be overwritten.
 */

typedef uint8_t wasmtime_component_valkind_t;

enum wasmtime_component_valkind_enum {
    WASMTIME_COMPONENT_BOOL = 0,
    WASMTIME_COMPONENT_S8 = 1,
    WASMTIME_COMPONENT_U8 = 2,
    WASMTIME_COMPONENT_S16 = 3,
    WASMTIME_COMPONENT_U16 = 4,
    WASMTIME_COMPONENT_S32 = 5,
    WASMTIME_COMPONENT_U32 = 6,
    WASMTIME_COMPONENT_S64 = 7,
    WASMTIME_COMPONENT_U64 = 8,
    WASMTIME_COMPONENT_F32 = 9,
    WASMTIME_COMPONENT_F64 = 10,
    WASMTIME_COMPONENT_CHAR = 11,
    WASMTIME_COMPONENT_STRING = 12,
    WASMTIME_COMPONENT_LIST = 13,
    WASMTIME_COMPONENT_RECORD = 14,
    WASMTIME_COMPONENT_TUPLE = 15,
    WASMTIME_COMPONENT_VARIANT = 16,
    WASMTIME_COMPONENT_ENUM = 17,
    WASMTIME_COMPONENT_OPTION = 18,
    WASMTIME_COMPONENT_RESULT = 19,
    WASMTIME_COMPONENT_FLAGS = 20,
    WASMTIME_COMPONENT_RESOURCE = 21
};

typedef struct wasmtime_component_val wasmtime_component_val_t;
typedef struct wasmtime_component_valrecord_entry
    wasmtime_component_valrecord_entry_t;
typedef struct wasmtime_component_valmap_entry
    wasmtime_component_valmap_entry_t;

typedef struct {
    size_t size;
    wasmtime_component_val_t *data;
} wasmtime_component_vallist_t;

typedef struct {
    size_t size;
    wasmtime_component_valrecord_entry_t *data;
} wasmtime_component_valrecord_t;

typedef struct {
    size_t size;
    wasmtime_component_val_t *data;
} wasmtime_component_valtuple_t;

/* The names of the flags that are set. */

typedef struct {
    size_t size;
    wasm_name_t *data;
} wasmtime_component_valflags_t;

typedef struct {
    size_t size;
    wasmtime_component_valmap_entry_t *data;
} wasmtime_component_valmap_t;

/* The case by its name; `val` is NULL for a case without a payload. */

typedef struct {
    wasm_name_t discriminant;
    wasmtime_component_val_t *val;
} wasmtime_component_valvariant_t;

/* `val` is NULL where that side of the result has no payload. */

typedef struct {
    bool is_ok;
    wasmtime_component_val_t *val;
} wasmtime_component_valresult_t;

typedef union {
    bool boolean;
    int8_t s8;
    uint8_t u8;
    int16_t s16;
    uint16_t u16;
    int32_t s32;
    uint32_t u32;
    int64_t s64;
    uint64_t u64;
    float f32;
    double f64;
    uint32_t character;
    wasm_name_t string;
    wasmtime_component_vallist_t list;
    wasmtime_component_valrecord_t record;
    wasmtime_component_valtuple_t tuple;
    wasmtime_component_valvariant_t variant;
    wasm_name_t enumeration;
    wasmtime_component_val_t *option; /* NULL is none. */
    wasmtime_component_valresult_t result;
    wasmtime_component_valflags_t flags;
    wasmtime_component_valmap_t map;
    wasmtime_component_resource_any_t *resource;
} wasmtime_component_valunion_t;

struct wasmtime_component_val {
    wasmtime_component_valkind_t kind;
    wasmtime_component_valunion_t of;
};

struct wasmtime_component_valrecord_entry {
    wasm_name_t name;
    wasmtime_component_val_t val;
};

struct wasmtime_component_valmap_entry {
    wasmtime_component_val_t key;
    wasmtime_component_val_t value;
};


/* Configuration values. */

typedef uint8_t wasmtime_opt_level_t;

#define WASMTIME_OPT_LEVEL_SPEED 1

/*
 * What an epoch callback asks for.  The package declares the type but no
 * values, so these two are the only ones that the layout test cannot compare;
 * it calls both instead.
 */

typedef uint8_t wasmtime_update_deadline_kind_t;

#define WASMTIME_UPDATE_DEADLINE_CONTINUE 0
#define WASMTIME_UPDATE_DEADLINE_YIELD 1

/*
 * Callbacks, with the rows X(return type, name, (arguments)).
 *
 * wasmtime_finalizer_t: libwasmtime is done with `data`; may be NULL.
 *
 * wasmtime_component_func_callback_t: a host function.  `args` and `results`
 * belong to libwasmtime; `results` is filled with owned values.  A returned
 * error, given away, traps the guest.
 *
 * wasmtime_component_func_async_callback_t: a host function that may wait.  It
 * fills `continuation` and returns at once; the continuation's callback is
 * then called at every poll of the future until it answers true, and must by
 * then have filled `results` or `*error_out`.  All arguments stay valid until
 * then, and the continuation's finalizer is called also when the future is
 * deleted before.
 *
 * wasmtime_component_resource_destructor_t: the guest dropped its owned handle
 * to the host resource `rep`.
 *
 * wasmtime_epoch_callback_t: the epoch deadline of a store has passed.
 * `*delta_out` is the number of ticks to the next one.  A returned error, given
 * away, traps the guest.
 *
 * wasmtime_new_memory_callback_t: a linear memory of `minimum` zero bytes, which
 * stays where it is while it grows, with as much address space around it as is
 * said.  wasmtime_memory_grow_callback_t makes it larger; the bytes that are new
 * are zero.  wasmtime_memory_get_callback_t answers where it is, how large it
 * is, and how large it may get.
 *
 * wasmtime_new_stack_memory_callback_t: a stack of `size` bytes above a guard;
 * wasmtime_stack_memory_get_callback_t answers its top, a multiple of the page
 * size, and its size without the guard.
 */

typedef struct wasmtime_linear_memory wasmtime_linear_memory_t;
typedef struct wasmtime_stack_memory wasmtime_stack_memory_t;

/* clang-format off */

#define UW_WASMTIME_CALLBACKS(X)                                               \
    X(void, wasmtime_finalizer_t, (void *data))                                \
    X(bool, wasmtime_func_async_continuation_callback_t, (void *env))          \
    X(wasmtime_error_t *, wasmtime_component_func_callback_t,                  \
      (void *data, wasmtime_context_t *context,                                \
       const wasmtime_component_func_type_t *type,                             \
       wasmtime_component_val_t *args, size_t args_size,                       \
       wasmtime_component_val_t *results, size_t results_size))                \
    X(void, wasmtime_component_func_async_callback_t,                          \
      (void *data, wasmtime_context_t *context,                                \
       const wasmtime_component_func_type_t *type,                             \
       wasmtime_component_val_t *args, size_t args_size,                       \
       wasmtime_component_val_t *results, size_t results_size,                 \
       wasmtime_error_t **error_out,                                           \
       wasmtime_async_continuation_t *continuation))                           \
    X(wasmtime_error_t *, wasmtime_component_resource_destructor_t,            \
      (void *data, wasmtime_context_t *context, uint32_t rep))                 \
    X(wasmtime_error_t *, wasmtime_epoch_callback_t,                           \
      (wasmtime_context_t *context, void *data, uint64_t *delta_out,           \
       wasmtime_update_deadline_kind_t *kind_out))                             \
    X(uint8_t *, wasmtime_memory_get_callback_t,                               \
      (void *env, size_t *byte_size, size_t *byte_capacity))                   \
    X(wasmtime_error_t *, wasmtime_memory_grow_callback_t,                     \
      (void *env, size_t new_size))                                            \
    X(wasmtime_error_t *, wasmtime_new_memory_callback_t,                      \
      (void *env, const wasm_memorytype_t *type, size_t minimum,               \
       size_t maximum, size_t reserved_size, size_t guard_size,                \
       wasmtime_linear_memory_t *memory_out))                                  \
    X(uint8_t *, wasmtime_stack_memory_get_callback_t,                         \
      (void *env, size_t *size_out))                                           \
    X(wasmtime_error_t *, wasmtime_new_stack_memory_callback_t,                \
      (void *env, size_t size, bool zeroed,                                    \
       wasmtime_stack_memory_t *stack_out))

/* clang-format on */

typedef struct wasmtime_async_continuation_t wasmtime_async_continuation_t;

#define UW_WASMTIME_TYPEDEF(result, name, arguments)                           \
    typedef result(*name) arguments;
UW_WASMTIME_CALLBACKS(UW_WASMTIME_TYPEDEF)
#undef UW_WASMTIME_TYPEDEF

struct wasmtime_async_continuation_t {
    wasmtime_func_async_continuation_callback_t callback;
    void *env;
    wasmtime_finalizer_t finalizer;
};

/* Who makes linear memories and stacks instead of libwasmtime; each `env` is
 * given to the callbacks beside it, the finalizer at the end of the object. */

struct wasmtime_linear_memory {
    void *env;
    wasmtime_memory_get_callback_t get_memory;
    wasmtime_memory_grow_callback_t grow_memory;
    wasmtime_finalizer_t finalizer;
};

typedef struct {
    void *env;
    wasmtime_new_memory_callback_t new_memory;
    wasmtime_finalizer_t finalizer;
} wasmtime_memory_creator_t;

struct wasmtime_stack_memory {
    void *env;
    wasmtime_stack_memory_get_callback_t get_stack_memory;
    wasmtime_finalizer_t finalizer;
};

typedef struct {
    void *env;
    wasmtime_new_stack_memory_callback_t new_stack;
    wasmtime_finalizer_t finalizer;
} wasmtime_stack_creator_t;


/* The functions: one list, from which the table and its loader are made. */

#include "wasmtime/functions.h"

typedef struct {
    void *handle;
    char version[UW_WASMTIME_VERSION_SIZE];

#define UW_WASMTIME_MEMBER(result, member, symbol, arguments)                  \
    result(*member) arguments;
    UW_WASMTIME_FUNCTIONS(UW_WASMTIME_MEMBER)
#undef UW_WASMTIME_MEMBER
} uw_wasmtime_t;

/*
 * Opens the library at `path` and fills the table.
 *
 * `version` is the version of the installed `wasmtime` package: the library
 * cannot be asked.  Returns 0, or -1 with one sentence in `error` (cut to
 * `error_size`, always terminated) that names the version found and, if it is
 * that, the function that is missing; the table is then all zero.
 *
 * A loaded library is never unloaded: it installs process-wide signal handlers
 * (a wasm trap is a SIGSEGV that it catches), keeps thread-local state with
 * destructors, and compiled code and running threads point into it.
 */
int uw_wasmtime_load(uw_wasmtime_t *wt, const char *path, const char *version,
                     char *error, size_t error_size)
    __attribute__((warn_unused_result));

#endif /* UW_WASMTIME_API_H */
