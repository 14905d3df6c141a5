#include "guest/checked.h"

#include "base/utf8.h"


typedef struct {
    uw_slice_t packed;
    size_t at;
    uw_packed_fault_t *fault;
} uw_checker_t;


static int uw_check_value(uw_checker_t *checker, const uw_type_t *type);


static int
uw_check_fault(uw_checker_t *checker, size_t at, const char *why)
{
    *checker->fault = (uw_packed_fault_t) { at, why };

    return -1;
}


static int
uw_check_raw(uw_checker_t *checker, size_t size, const uint8_t **bytes)
{
    *bytes = checker->packed.data + checker->at;
    if (size > checker->packed.size - checker->at) {
        return uw_check_fault(checker, checker->at, "it ends too early");
    }
    checker->at += size;

    return 0;
}


static int
uw_check_number(uw_checker_t *checker, size_t width, uint32_t *number)
{
    const uint8_t *bytes;

    if (uw_check_raw(checker, width, &bytes) != 0) {
        return -1;
    }
    *number = 0;
    for (size_t i = 0; i < width && i < sizeof(*number); i++) {
        *number |= (uint32_t) bytes[i] << (8 * i);
    }

    return 0;
}


static int
uw_check_text(uw_checker_t *checker)
{
    const uint8_t *bytes;
    uint32_t size;

    if (uw_check_number(checker, 4, &size) != 0
        || uw_check_raw(checker, size, &bytes) != 0)
    {
        return -1;
    }

    return uw_utf8_valid(bytes, size)
               ? 0
               : uw_check_fault(checker, checker->at - size,
                                "a string is not UTF-8");
}


/* Numbers of which each is good. */
static bool
uw_type_is_number(const uw_type_t *type)
{
    return type->kind >= UW_TYPE_S8 && type->kind <= UW_TYPE_F64;
}


static int
uw_check_items(uw_checker_t *checker, const uw_type_t *item)
{
    const uint8_t *bytes;
    uint32_t count;

    if (uw_check_number(checker, 4, &count) != 0) {
        return -1;
    }
    if (count > (checker->packed.size - checker->at) / item->least) {
        return uw_check_fault(checker, checker->at, "it ends too early");
    }
    if (uw_type_is_number(item)) {
        return uw_check_raw(checker, count * item->least, &bytes);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (uw_check_value(checker, item) != 0) {
            return -1;
        }
    }

    return 0;
}


static int
uw_check_fields(uw_checker_t *checker, const uw_type_t *type)
{
    for (uint32_t i = 0; i < type->count; i++) {
        if (uw_check_value(checker, &type->parts[i]) != 0) {
            return -1;
        }
    }

    return 0;
}


static int
uw_check_cases(uw_checker_t *checker, const uw_type_t *type)
{
    bool option = type->kind == UW_TYPE_OPTION;
    uint32_t count = option ? 2 : type->count;
    size_t at = checker->at;
    uint32_t index;

    if (uw_check_number(checker, type->width, &index) != 0) {
        return -1;
    }
    if (index >= count) {
        return uw_check_fault(checker, at, "there is no case of that number");
    }
    if (type->kind == UW_TYPE_ENUM || (option && index == 0)) {
        return 0;
    }

    return uw_check_value(checker, &type->parts[option ? 0 : index]);
}


static int
uw_check_set(uw_checker_t *checker, const uw_type_t *type)
{
    size_t at = checker->at;
    const uint8_t *bytes;

    if (uw_check_raw(checker, type->least, &bytes) != 0) {
        return -1;
    }

    return type->count % 8 == 0
                   || bytes[type->least - 1] >> type->count % 8 == 0
               ? 0
               : uw_check_fault(checker, at, "there is no flag of that number");
}


static int
uw_check_bits(uw_checker_t *checker, const uw_type_t *type)
{
    size_t at = checker->at;
    uint32_t bits;

    if (uw_check_number(checker, type->width, &bits) != 0) {
        return -1;
    }
    if (type->kind == UW_TYPE_BOOL && bits > 1) {
        return uw_check_fault(checker, at, "a bool is neither 0 nor 1");
    }
    if (type->kind == UW_TYPE_CHAR
        && (bits > 0x10FFFF || (bits >= 0xD800 && bits <= 0xDFFF)))
    {
        return uw_check_fault(checker, at, "a char is no character");
    }

    return 0;
}


static int
uw_check_value(uw_checker_t *checker, const uw_type_t *type)
{
    switch (type->kind) {
    case UW_TYPE_NONE:
        return 0;
    case UW_TYPE_STRING:
        return uw_check_text(checker);
    case UW_TYPE_LIST:
        return uw_check_items(checker, &type->parts[0]);
    case UW_TYPE_RECORD:
    case UW_TYPE_TUPLE:
        return uw_check_fields(checker, type);
    case UW_TYPE_VARIANT:
    case UW_TYPE_ENUM:
    case UW_TYPE_OPTION:
    case UW_TYPE_RESULT:
        return uw_check_cases(checker, type);
    case UW_TYPE_FLAGS:
        return uw_check_set(checker, type);
    case UW_TYPE_OWN:
    case UW_TYPE_BORROW:
        return uw_check_fault(checker, checker->at, NULL);
    default:
        return uw_check_bits(checker, type);
    }
}


int
uw_packed_check(const uw_type_t *type, uw_slice_t packed, size_t *at,
                uw_packed_fault_t *fault)
{
    uw_checker_t checker = { packed, *at, fault };
    int status = uw_check_value(&checker, type);

    *at = checker.at;

    return status;
}
