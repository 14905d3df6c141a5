/*
 * What of a component's types the host has to know to carry values of them: the
 * program that unit_wasm/wit/program.py writes, read.  It comes from the control
 * plane, so a program that is wrong is refused, and no more is said of it.
 */

#ifndef UW_GUEST_TYPES_H
#define UW_GUEST_TYPES_H

#include "base/buf.h"

/* Up to UW_TYPE_FLAGS the numbers are libwasmtime's, of the values. */
typedef enum {
    UW_TYPE_BOOL,
    UW_TYPE_S8,
    UW_TYPE_U8,
    UW_TYPE_S16,
    UW_TYPE_U16,
    UW_TYPE_S32,
    UW_TYPE_U32,
    UW_TYPE_S64,
    UW_TYPE_U64,
    UW_TYPE_F32,
    UW_TYPE_F64,
    UW_TYPE_CHAR,
    UW_TYPE_STRING,
    UW_TYPE_LIST,
    UW_TYPE_RECORD,
    UW_TYPE_TUPLE,
    UW_TYPE_VARIANT,
    UW_TYPE_ENUM,
    UW_TYPE_OPTION,
    UW_TYPE_RESULT,
    UW_TYPE_FLAGS,
    UW_TYPE_OWN,
    UW_TYPE_BORROW,
    UW_TYPE_NONE, /* a case without a value, a function without a result */
} uw_type_kind_t;

typedef struct uw_type uw_type_t;

struct uw_type {
    uint8_t kind;
    uint8_t width; /* bytes of a number, of the number of a case, of flags */
    uint32_t count;
    uint32_t resource; /* of a handle: its number in the program */
    bool handles;      /* is one, or has some in it */
    /* Of `count` fields, cases or flags; or NULL. */
    const uw_slice_t *names;
    /* Of `count` fields, items or cases; of a list and an option one; of a result
     * two, ok and err; or NULL. */
    const uw_type_t *parts;
    size_t least; /* bytes that a packed value has at least, and never 0 */
};

typedef struct {
    const char *interface; /* NULL: of the world */
    const char *name;
    const char
        *crossing; /* what its names at a front end with, see guest/linker.h */
    const uw_type_t *params;
    uint32_t param_count;
    uw_type_t result; /* UW_TYPE_NONE: none */
    bool
        carried; /* found by the linker: lists are strings, see guest/packed.h */
} uw_signature_t;

/* A type of resources. */
typedef struct {
    const char *interface; /* NULL: of the world */
    const char *name;
    const char *crossing;
    bool guest; /* the component's own; else a type of the host's */
} uw_resource_kind_t;

typedef struct {
    const uw_resource_kind_t *resources;
    size_t resource_count;
    uw_signature_t *exports;
    size_t export_count;
    uw_signature_t *imports;
    size_t import_count;
    uint32_t most_params; /* of any export */
    struct uw_program_memory *memory;
} uw_program_t;

/* Whether its values are strings where a function is `carried`. */
static inline bool
uw_type_is_carried(const uw_type_t *type)
{
    return type->kind == UW_TYPE_LIST && !type->handles;
}

static inline bool
uw_type_is_bytes(const uw_type_t *type)
{
    return type->kind == UW_TYPE_LIST && type->parts[0].kind == UW_TYPE_U8;
}


/* Reads a program.  Returns 0; or -1: it is none, or out of memory. */
int uw_program_read(uw_program_t *program, const char *text, size_t size)
    UW_CHECKED;

/* Harmless on one that is all zero. */
void uw_program_free(uw_program_t *program);

#endif /* UW_GUEST_TYPES_H */
