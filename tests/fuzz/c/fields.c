/*
 * Invariant: after any sequence of changes a uw_fields_t holds the same names
 * (in lower case) and values in the same order, with the same cost against its
 * limit, as a plain array that is changed by the rules of http/fields.h.  Lines of
 * fields are taken apart so that together the parts are the lines.
 */

#include "http/fields.h"

#include <strings.h>

#include "fuzz.h"

/* More than a reset keeps room for; with many more, comparing takes all the
 * time. */
#define MODEL_FIELDS 160
#define MODEL_TEXT 64

typedef struct {
    uint8_t name[MODEL_TEXT];
    size_t name_size;
    uint8_t value[MODEL_TEXT];
    size_t value_size;
} model_field_t;

typedef struct {
    model_field_t fields[MODEL_FIELDS];
    size_t count;
    size_t limit;
    bool immutable;
} model_t;


static size_t
model_cost(const model_t *model)
{
    size_t cost = 0;

    for (size_t i = 0; i < model->count; i++) {
        cost += model->fields[i].name_size + model->fields[i].value_size + 32;
    }

    return cost;
}


static bool
model_is_token(const uint8_t *name, size_t size)
{
    static const char extra[] = "!#$%&'*+-.^_`|~";

    for (size_t i = 0; i < size; i++) {
        int byte = name[i];
        bool known = (byte >= '0' && byte <= '9')
                     || (byte >= 'A' && byte <= 'Z')
                     || (byte >= 'a' && byte <= 'z');

        for (size_t k = 0; k < sizeof(extra) - 1; k++) {
            known = known || byte == extra[k];
        }
        if (!known) {
            return false;
        }
    }

    return size > 0;
}


/* Blanks and tabs around a value are no part of it. */
static void
model_trim(model_field_t *field)
{
    size_t begin = 0;
    size_t end = field->value_size;

    while (end > 0 && strchr(" \t", field->value[end - 1]) != NULL
           && field->value[end - 1] != 0)
    {
        end--;
    }
    while (begin < end
           && (field->value[begin] == ' ' || field->value[begin] == '\t'))
    {
        begin++;
    }
    memmove(field->value, field->value + begin, end - begin);
    field->value_size = end - begin;
}


static bool
model_is_value(const uint8_t *value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (value[i] != '\t' && (value[i] < ' ' || value[i] == 127)) {
            return false;
        }
    }

    return true;
}


static bool
model_named(const model_field_t *field, const uint8_t *name, size_t size)
{
    return field->name_size == size
           && strncasecmp((const char *) field->name, (const char *) name, size)
                  == 0;
}


static uw_field_status_t
model_add(model_t *model, const model_field_t *field)
{
    size_t cost = field->name_size + field->value_size + 32;

    if (model->limit != 0 && model_cost(model) + cost > model->limit) {
        return UW_FIELD_TOO_LARGE;
    }
    model->fields[model->count] = *field;
    for (size_t i = 0; i < field->name_size; i++) {
        uint8_t byte = field->name[i];

        model->fields[model->count].name[i] =
            byte >= 'A' && byte <= 'Z' ? (uint8_t) (byte - 'A' + 'a') : byte;
    }
    model->count++;

    return UW_FIELD_OK;
}


static uw_field_status_t
model_append(model_t *model, const model_field_t *field)
{
    model_field_t trimmed;

    if (!model_is_token(field->name, field->name_size)
        || !model_is_value(field->value, field->value_size))
    {
        return UW_FIELD_INVALID_SYNTAX;
    }

    trimmed = *field;
    model_trim(&trimmed);

    return model_add(model, &trimmed);
}


static bool
model_remove(model_t *model, const uint8_t *name, size_t size)
{
    size_t kept = 0;
    bool found = false;

    for (size_t i = 0; i < model->count; i++) {
        if (model_named(&model->fields[i], name, size)) {
            found = true;
        } else {
            model->fields[kept++] = model->fields[i];
        }
    }
    model->count = kept;

    return found;
}


static uw_field_status_t
model_copy(model_t *model, const model_t *from)
{
    uw_field_status_t status = UW_FIELD_OK;

    for (size_t i = 0; i < from->count && status == UW_FIELD_OK; i++) {
        status = model_add(model, &from->fields[i]);
    }

    return status;
}


static void
compare(const uw_fields_t *fields, const model_t *model)
{
    FUZZ_CHECK(fields->count == model->count);
    FUZZ_CHECK(fields->size == model_cost(model));
    FUZZ_CHECK(fields->limit == model->limit);
    FUZZ_CHECK(fields->immutable == model->immutable);
    FUZZ_CHECK(fields->count <= fields->capacity);

    for (size_t i = 0; i < fields->count; i++) {
        const model_field_t *field = &model->fields[i];

        FUZZ_CHECK(fields->items[i].name_size == field->name_size);
        FUZZ_CHECK(fields->items[i].value_size == field->value_size);
        FUZZ_CHECK(
            memcmp(uw_field_name(fields, i).data, field->name, field->name_size)
            == 0);
        FUZZ_CHECK(memcmp(uw_field_value(fields, i).data, field->value,
                          field->value_size)
                   == 0);
    }
}


static void
read_text(fuzz_t *fuzz, uint8_t *text, size_t *size)
{
    const uint8_t *bytes = fuzz_bytes(fuzz, MODEL_TEXT, size);

    if (*size != 0) {
        memcpy(text, bytes, *size);
    }
}


static void
check_find(const uw_fields_t *fields, const model_t *model,
           const model_field_t *field, size_t from)
{
    size_t expected = from;

    while (expected < model->count
           && !model_named(&model->fields[expected], field->name,
                           field->name_size))
    {
        expected++;
    }
    FUZZ_CHECK(uw_fields_find(
                   fields, (uw_slice_t) { field->name, field->name_size }, from)
               == expected);
}


/* One change of the first set, or of both; `field` is what it is about. */
static void
step(int what, uw_fields_t *fields, model_t *models, const model_field_t *field,
     size_t number)
{
    static model_t kept;

    switch (what) {
    default:
        if (models->count < MODEL_FIELDS) {
            FUZZ_CHECK(uw_fields_append(
                           fields,
                           (uw_slice_t) { field->name, field->name_size },
                           (uw_slice_t) { field->value, field->value_size })
                       == model_append(models, field));
        }
        break;
    case 1:
        FUZZ_CHECK(uw_fields_remove(
                       fields, (uw_slice_t) { field->name, field->name_size })
                   == model_remove(models, field->name, field->name_size));
        break;
    case 2:
        check_find(fields, models, field, number % (models->count + 1));
        break;
    case 3:
        if (models[0].count + models[1].count <= MODEL_FIELDS) {
            FUZZ_CHECK(uw_fields_copy(&fields[0], &fields[1])
                       == model_copy(&models[0], &models[1]));
        }
        break;
    case 4:
        uw_fields_swap(&fields[0], &fields[1]);
        kept = models[0];
        models[0] = models[1];
        models[1] = kept;
        break;
    case 5:
        uw_fields_reset(fields);
        *models = (model_t) { 0 };
        break;
    case 6:
        fields->limit = models->limit = number;
        fields->immutable = models->immutable = number % 2 != 0;
        break;
    }
}


static void
check_lines(const uint8_t *data, size_t size)
{
    uw_slice_t left = { data, size };
    uw_slice_t name;
    uw_slice_t value;
    size_t at = 0;

    while (uw_field_line(&left, &name, &value)) {
        FUZZ_CHECK(name.data == data + at);
        FUZZ_CHECK(memchr(name.data, ':', name.size) == NULL);
        FUZZ_CHECK(memchr(name.data, '\n', name.size) == NULL);
        at += name.size;
        at += at < size && data[at] == ':';

        FUZZ_CHECK(value.data == data + at);
        FUZZ_CHECK(memchr(value.data, '\n', value.size) == NULL);
        at += value.size;
        FUZZ_CHECK(at == size || data[at] == '\n');
        at += at < size;

        FUZZ_CHECK(left.data == data + at && left.size == size - at);
    }
    FUZZ_CHECK(at == size);
}


/* What is allocated for both sets. */
static size_t
held(const uw_fields_t *fields)
{
    size_t size = 0;

    for (size_t i = 0; i < 2; i++) {
        size +=
            fields[i].bytes.capacity + fields[i].capacity * sizeof(uw_field_t);
    }

    return size;
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static model_t models[2];
    uw_account_t account = { .limit = SIZE_MAX / 2 };
    uw_fields_t fields[2] = { { .bytes = { .account = &account } },
                              { .bytes = { .account = &account } } };
    fuzz_t fuzz = { data, size };
    model_field_t field;
    int what;

    check_lines(data, size);

    models[0].count = models[1].count = 0;
    models[0].limit = models[1].limit = 0;
    models[0].immutable = models[1].immutable = false;

    while (fuzz.size != 0) {
        what = fuzz_byte(&fuzz) % 12;
        field = (model_field_t) { .name_size = 0 };
        if (what < 3 || what > 6) {
            read_text(&fuzz, field.name, &field.name_size);
        }
        if (what == 0 || what > 6) {
            read_text(&fuzz, field.value, &field.value_size);
        }
        step(what, fields, models, &field,
             what == 2 || what == 6 ? fuzz_u16(&fuzz) : 0);
        compare(&fields[0], &models[0]);
        compare(&fields[1], &models[1]);
        FUZZ_CHECK(uw_account_held(&account) == held(fields));
    }

    uw_fields_free(&fields[0]);
    uw_fields_free(&fields[1]);
    FUZZ_CHECK(uw_account_held(&account) == 0);

    return 0;
}
