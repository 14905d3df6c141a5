#include "guest/types.h"

#include <stdlib.h>
#include <string.h>

/*
 * A program is lines, each with its fields between single spaces:
 *
 *   R KIND INTERFACE CROSSING NAME            resource, numbered from 0; KIND is g or h
 *   E INTERFACE NAME CROSSING PARAMS RESULT   export
 *   I INTERFACE NAME CROSSING PARAMS RESULT   import
 *
 * An interface of `-` is the world.  CROSSING is what unit_wasm/wit/crossing.py
 * says.  Types, one directly behind the other:
 *
 *   b c C h H i I q Q f d u s   bool, s8, u8, s16, ... u64, f32, f64, char, string
 *   [T ?T =TT                   list, option, result
 *   (N;TT                       tuple of N
 *   {N;NAME:TNAME:T             record
 *   |N;NAME:TNAME:T             variant
 *   eN;NAME:NAME:  &N;NAME:     enum, flags
 *   oN; pN;                     own, borrow of resource N
 *   .                           none
 */

/* Types in types, as deep as unit_wasm/wit/arena.py lets them be, and more. */
#define UW_TYPE_DEPTH 200

/* Blocks that are freed together. */
typedef struct uw_program_memory {
    struct uw_program_memory *next;
} uw_program_memory_t;

typedef struct {
    uw_program_t *program;
    uint8_t *at;
    uint8_t *end;
} uw_program_reader_t;


/* `count` zeroed items of a size; NULL: out of memory. */
static void *
uw_program_alloc(uw_program_t *program, size_t count, size_t size)
{
    uw_program_memory_t *block;

    if (count > (SIZE_MAX - sizeof(*block)) / size) {
        return NULL;
    }
    block = calloc(1, sizeof(*block) + count * size);
    if (block == NULL) {
        return NULL;
    }
    block->next = program->memory;
    program->memory = block;

    return block + 1;
}


static int
uw_program_byte(uw_program_reader_t *reader)
{
    return reader->at == reader->end ? -1 : *reader->at++;
}


/* A number and the semicolon behind it. */
static int
uw_program_number(uw_program_reader_t *reader, uint32_t *number)
{
    uint8_t *begin = reader->at;
    uint64_t read = 0;

    while (reader->at != reader->end && *reader->at >= '0' && *reader->at <= '9'
           && read <= UINT32_MAX)
    {
        read = read * 10 + (*reader->at++ - '0');
    }
    *number = (uint32_t) read;

    return reader->at != begin && read <= UINT32_MAX
                   && uw_program_byte(reader) == ';'
               ? 0
               : -1;
}


/* How many there are of something that takes a byte at least. */
static int
uw_program_count(uw_program_reader_t *reader, uint32_t *count)
{
    return uw_program_number(reader, count) == 0 && *count != 0
                   && *count <= (size_t) (reader->end - reader->at)
               ? 0
               : -1;
}


static int
uw_program_label(uw_program_reader_t *reader, uw_slice_t *label)
{
    uint8_t *colon =
        memchr(reader->at, ':', (size_t) (reader->end - reader->at));

    if (colon == NULL) {
        return -1;
    }
    *label = (uw_slice_t) { reader->at, (size_t) (colon - reader->at) };
    reader->at = colon + 1;

    return 0;
}


static int uw_program_type(uw_program_reader_t *reader, uw_type_t *type,
                           unsigned depth);


/* `count` types, with names before them or without. */
static int
uw_program_parts(uw_program_reader_t *reader, uw_type_t *type, bool named,
                 bool typed, unsigned depth)
{
    const uint32_t count = type->count;
    uw_type_t *parts = NULL;
    uw_slice_t *names = NULL;

    if (typed) {
        parts = uw_program_alloc(reader->program, count, sizeof(*parts));
        if (parts == NULL) {
            return -1;
        }
    }
    if (named) {
        names = uw_program_alloc(reader->program, count, sizeof(*names));
        if (names == NULL) {
            return -1;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if ((named && uw_program_label(reader, &names[i]) != 0)
            || (typed && uw_program_type(reader, &parts[i], depth) != 0))
        {
            return -1;
        }
        type->handles = type->handles || (typed && parts[i].handles);
    }
    type->parts = parts;
    type->names = names;

    return 0;
}


static uint8_t
uw_case_width(uint32_t count)
{
    return count <= 1u << 8 ? 1 : count <= 1u << 16 ? 2 : 4;
}


/* Where each part has to have a value. */
static int
uw_program_all(uw_type_t *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        if (type->parts[i].kind == UW_TYPE_NONE) {
            return -1;
        }
        type->least += type->parts[i].least;
    }

    return 0;
}


static int
uw_program_compound(uw_program_reader_t *reader, uw_type_t *type,
                    unsigned depth)
{
    switch (type->kind) {
    case UW_TYPE_LIST:
    case UW_TYPE_OPTION:
        type->count = 1;
        type->width = type->kind == UW_TYPE_LIST ? 4 : 1;
        type->least = type->width;
        return uw_program_parts(reader, type, false, true, depth) == 0
                       && type->parts[0].kind != UW_TYPE_NONE
                   ? 0
                   : -1;
    case UW_TYPE_RESULT:
        type->count = 2;
        type->width = 1;
        type->least = 1;
        return uw_program_parts(reader, type, false, true, depth);
    case UW_TYPE_RECORD:
    case UW_TYPE_TUPLE:
        return uw_program_count(reader, &type->count) == 0
                       && uw_program_parts(reader, type,
                                           type->kind == UW_TYPE_RECORD, true,
                                           depth)
                              == 0
                   ? uw_program_all(type)
                   : -1;
    case UW_TYPE_VARIANT:
    case UW_TYPE_ENUM:
        if (uw_program_count(reader, &type->count) != 0) {
            return -1;
        }
        type->width = uw_case_width(type->count);
        type->least = type->width;
        return uw_program_parts(reader, type, true,
                                type->kind == UW_TYPE_VARIANT, depth);
    case UW_TYPE_FLAGS:
        if (uw_program_count(reader, &type->count) != 0) {
            return -1;
        }
        type->least = (type->count + 7) / 8;
        return uw_program_parts(reader, type, true, false, depth);
    default:
        type->least = 4;
        type->handles = true;
        return uw_program_number(reader, &type->resource) == 0
                       && type->resource < reader->program->resource_count
                   ? 0
                   : -1;
    }
}


static int
uw_program_type(uw_program_reader_t *reader, uw_type_t *type, unsigned depth)
{
    static const char simple[] = "bcChHiIqQfdus";
    static const uint8_t widths[] = { 1, 1, 1, 2, 2, 4, 4, 8, 8, 4, 8, 4, 4 };
    static const char compound[] = "[{(|e?=&op";
    int byte = uw_program_byte(reader);
    const char *found;

    *type = (uw_type_t) { .kind = UW_TYPE_NONE };
    if (byte == '.') {
        return 0;
    }
    if (byte <= 0 || depth == UW_TYPE_DEPTH) {
        return -1;
    }

    found = strchr(simple, byte);
    if (found != NULL) {
        type->kind = (uint8_t) (found - simple);
        type->width = widths[found - simple];
        type->least = type->width;
        return 0;
    }
    found = strchr(compound, byte);
    if (found == NULL) {
        return -1;
    }
    type->kind = (uint8_t) (UW_TYPE_LIST + (found - compound));

    return uw_program_compound(reader, type, depth + 1);
}


/* ---- Lines ---- */

/* The next field of a line, which becomes a string. */
static char *
uw_program_field(uw_program_reader_t *reader)
{
    uint8_t *field = reader->at;
    uint8_t *space = memchr(field, ' ', (size_t) (reader->end - field));

    if (space == NULL) {
        return NULL;
    }
    *space = '\0';
    reader->at = space + 1;

    return (char *) field;
}


static const char *
uw_program_interface(const char *field)
{
    return strcmp(field, "-") == 0 ? NULL : field;
}


static int
uw_program_resource(uw_program_reader_t *reader, uw_resource_kind_t *resource)
{
    const char *kind = uw_program_field(reader);
    const char *interface = kind == NULL ? NULL : uw_program_field(reader);

    resource->crossing = interface == NULL ? NULL : uw_program_field(reader);
    if (resource->crossing == NULL) {
        return -1;
    }
    resource->guest = strcmp(kind, "g") == 0;
    resource->interface = uw_program_interface(interface);
    resource->name = (char *) reader->at; /* the line's end is a zero */

    return 0;
}


static int
uw_program_params(uw_program_reader_t *reader, uw_signature_t *signature)
{
    uw_type_t *params;
    uint32_t count;

    if (uw_program_number(reader, &count) != 0
        || count > (size_t) (reader->end - reader->at))
    {
        return -1;
    }
    params = uw_program_alloc(reader->program, count, sizeof(*params));
    if (params == NULL) {
        return -1;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (uw_program_type(reader, &params[i], 0) != 0
            || params[i].kind == UW_TYPE_NONE)
        {
            return -1;
        }
    }
    signature->params = params;
    signature->param_count = count;

    return uw_program_byte(reader) == ' ' ? 0 : -1;
}


static int
uw_program_signature(uw_program_reader_t *reader, uw_signature_t *signature)
{
    const char *interface = uw_program_field(reader);

    signature->name = interface == NULL ? NULL : uw_program_field(reader);
    signature->crossing =
        signature->name == NULL ? NULL : uw_program_field(reader);
    if (signature->crossing == NULL || uw_program_params(reader, signature) != 0
        || uw_program_type(reader, &signature->result, 0) != 0)
    {
        return -1;
    }
    signature->interface = uw_program_interface(interface);

    return reader->at == reader->end ? 0 : -1;
}


/* How many lines begin with that letter. */
static size_t
uw_program_lines(const uint8_t *text, size_t size, uint8_t letter)
{
    size_t count = 0;

    for (size_t i = 0; i + 1 < size; i++) {
        count += (i == 0 || text[i - 1] == '\n') && text[i] == letter
                 && text[i + 1] == ' ';
    }

    return count;
}


/* What lines are read into, with room for as many as were counted. */
typedef struct {
    uw_resource_kind_t *resources;
    uw_signature_t *exports;
    uw_signature_t *imports;
    size_t resource_count;
    size_t export_count;
    size_t import_count;
} uw_program_room_t;


static int
uw_program_line(uw_program_reader_t *line, uw_program_room_t *room)
{
    uw_program_t *program = line->program;
    const char *letter = uw_program_field(line);
    uw_signature_t *export;

    if (letter == NULL) {
        return -1;
    }
    if (strcmp(letter, "R") == 0
        && program->resource_count < room->resource_count)
    {
        return uw_program_resource(line,
                                   &room->resources[program->resource_count++]);
    }
    if (strcmp(letter, "I") == 0 && program->import_count < room->import_count)
    {
        return uw_program_signature(line,
                                    &room->imports[program->import_count++]);
    }
    if (strcmp(letter, "E") != 0 || program->export_count >= room->export_count)
    {
        return -1;
    }
    export = &room->exports[program->export_count++];
    if (uw_program_signature(line, export) != 0) {
        return -1;
    }
    if (export->param_count > program->most_params) {
        program->most_params = export->param_count;
    }

    return 0;
}


static int
uw_program_fill(uw_program_t *program, uint8_t *text, size_t size,
                uw_program_room_t *room)
{
    uint8_t *end = text + size;

    while (text != end) {
        uw_program_reader_t line = { program, text, NULL };

        line.end = memchr(text, '\n', (size_t) (end - text));
        if (line.end == NULL) {
            return -1;
        }
        text = line.end + 1;
        *line.end = '\0';
        if (uw_program_line(&line, room) != 0) {
            return -1;
        }
    }

    return 0;
}


int
uw_program_read(uw_program_t *program, const char *text, size_t size)
{
    uw_program_room_t room;
    uint8_t *copy;

    *program = (uw_program_t) { 0 };
    if (memchr(text, '\0', size) != NULL) {
        return -1;
    }
    copy = uw_program_alloc(program, size + 1, 1);
    if (copy == NULL) {
        return -1;
    }
    memcpy(copy, text, size);
    room.resource_count = uw_program_lines(copy, size, 'R');
    room.export_count = uw_program_lines(copy, size, 'E');
    room.import_count = uw_program_lines(copy, size, 'I');
    room.resources =
        uw_program_alloc(program, room.resource_count, sizeof(*room.resources));
    room.exports =
        uw_program_alloc(program, room.export_count, sizeof(*room.exports));
    room.imports =
        uw_program_alloc(program, room.import_count, sizeof(*room.imports));
    if (room.resources == NULL || room.exports == NULL || room.imports == NULL)
    {
        goto failed;
    }
    program->resources = room.resources;
    program->exports = room.exports;
    program->imports = room.imports;
    if (uw_program_fill(program, copy, size, &room) != 0) {
        goto failed;
    }

    return 0;

failed:

    uw_program_free(program);

    return -1;
}


void
uw_program_free(uw_program_t *program)
{
    while (program->memory != NULL) {
        uw_program_memory_t *next = program->memory->next;

        free(program->memory);
        program->memory = next;
    }
    *program = (uw_program_t) { 0 };
}
