/* http/fields.c alone: sizes at their bounds, what accounts hold, and memory that
 * is out.  tests/fuzz/c/fields.c compares what changes do with a model. */

#include "fields_part.h"

#define ITEM sizeof(uw_field_t)

#define BYTES(text)                                                            \
    ((uw_slice_t) { (const uint8_t *) (text), sizeof(text) - 1 })

#define NAMED(text) uw_slice_of(text)

#define KEPT 8192 /* bytes, and 128 items: what a reset keeps */


static uw_field_status_t
append(uw_fields_t *fields, const char *name, const char *value)
{
    return uw_fields_append(fields, NAMED(name), NAMED(value));
}


/* A value of that many bytes. */
static void
append_long(uw_fields_t *fields, const char *name, size_t size)
{
    uint8_t *value = malloc(size + 1);

    CHECK(value != NULL);
    memset(value, 'v', size);
    CHECK(uw_fields_append(fields, NAMED(name), (uw_slice_t) { value, size })
          == UW_FIELD_OK);
    free(value);
}


/* ---- Texts ---- */

static void
check_tokens(void)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    CHECK(uw_token_valid(BYTES(token)));
    CHECK(!uw_token_valid((uw_slice_t) { NULL, 0 }));

    for (int i = 0; i < 256; i++) {
        uint8_t byte = (uint8_t) i;
        bool known = i != 0 && strchr(token, i) != NULL;

        CHECK(uw_token_valid((uw_slice_t) { &byte, 1 }) == known);
        CHECK(uw_field_value_valid((uw_slice_t) { &byte, 1 })
              == ((i >= 0x20 || i == '\t') && i != 0x7F));
    }
    CHECK(uw_field_value_valid((uw_slice_t) { NULL, 0 }));
    CHECK(!uw_token_valid(BYTES("a b")));
    CHECK(!uw_field_value_valid(BYTES("a\nb")));
}


static void
check_trimmed(const char *text, size_t begin, size_t size)
{
    uint8_t *bytes = exact_copy(text, strlen(text));
    uw_slice_t trimmed = uw_field_trim((uw_slice_t) { bytes, strlen(text) });

    CHECK(trimmed.data == bytes + begin && trimmed.size == size);
    free(bytes);
}


static void
check_trim(void)
{
    check_trimmed("", 0, 0);
    check_trimmed("a", 0, 1);
    check_trimmed(" \ta b\t ", 2, 3);
    check_trimmed("a \t", 0, 1);
    check_trimmed("\t a", 2, 1);
    check_trimmed(" \t ", 0, 0);
}


static void
check_names(void)
{
    static const char *const hidden[] = {
        "Connection",        "keep-alive",     "proxy-authenticate",
        "TRANSFER-ENCODING", "upgrade",        "proxy-authorization",
        "proxy-connection",  "http2-settings",
    };

    for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
        CHECK(uw_field_is_hop_by_hop(NAMED(hidden[i])));
        CHECK(uw_field_is_forbidden(NAMED(hidden[i])));
        CHECK(!uw_field_is_hop_by_hop((uw_slice_t) {
            (const uint8_t *) hidden[i], strlen(hidden[i]) - 1 }));
    }
    CHECK(!uw_field_is_hop_by_hop(BYTES("host")));
    CHECK(uw_field_is_forbidden(BYTES("HOST")));
    CHECK(!uw_field_is_forbidden(BYTES("content-length")));
    CHECK(!uw_field_is_forbidden(BYTES("hosts")));

    CHECK(uw_field_name_is("az", BYTES("AZ")));
    CHECK(uw_field_name_is("az", BYTES("az")));
    CHECK(!uw_field_name_is("az", BYTES("a")));
    CHECK(!uw_field_name_is("az", BYTES("ay")));
    CHECK(!uw_field_name_is("a", BYTES("az")));
}


static void
check_lines(void)
{
    uw_slice_t lines = BYTES("a:b\nno-colon\n:\n\nc: d:e");
    static const char *const parts[] = { "a", "b", "no-colon", "",  "",
                                         "",  "",  "",         "c", " d:e" };
    uw_slice_t name;
    uw_slice_t value;

    for (size_t i = 0; i < 10; i += 2) {
        CHECK(uw_field_line(&lines, &name, &value));
        CHECK(uw_slice_is(name, parts[i]));
        CHECK(uw_slice_is(value, parts[i + 1]));
    }
    CHECK(lines.size == 0);
    CHECK(!uw_field_line(&lines, &name, &value));
}


/* ---- Changes ---- */

static void
check_changes(void)
{
    uw_fields_t fields = { .count = 0 };

    CHECK(append(&fields, "AZaz", " v ") == UW_FIELD_OK);
    CHECK(append(&fields, "b", "1") == UW_FIELD_OK);
    CHECK(append(&fields, "azAZ", "w") == UW_FIELD_OK);
    CHECK(append(&fields, "b", "2") == UW_FIELD_OK);
    CHECK(append(&fields, "b", "3") == UW_FIELD_OK);
    CHECK(append(&fields, "a b", "") == UW_FIELD_INVALID_SYNTAX);
    CHECK(append(&fields, "b", "\n") == UW_FIELD_INVALID_SYNTAX);
    CHECK(fields_are(&fields, "azaz:v\nb:1\nazaz:w\nb:2\nb:3\n"));
    CHECK(fields.size == 5 + 2 + 5 + 2 + 2 + 5 * UW_FIELD_OVERHEAD);

    CHECK(uw_fields_find(&fields, BYTES("B"), 0) == 1);
    CHECK(uw_fields_find(&fields, BYTES("b"), 2) == 3);
    CHECK(uw_fields_find(&fields, BYTES("azaz"), 3) == 5);
    CHECK(uw_fields_find(&fields, BYTES("b"), 7) == 7);

    CHECK(!uw_fields_remove(&fields, BYTES("c")));
    CHECK(!uw_fields_remove_from(&fields, BYTES("azaz"), 3));
    CHECK(!uw_fields_remove_from(&fields, BYTES("azaz"), 7));
    CHECK(uw_fields_remove_from(&fields, BYTES("B"), 2));
    CHECK(fields_are(&fields, "azaz:v\nb:1\nazaz:w\n"));
    CHECK(fields.size == 5 + 2 + 5 + 3 * UW_FIELD_OVERHEAD);
    CHECK(uw_fields_remove(&fields, BYTES("azaz")));
    CHECK(fields_are(&fields, "b:1\n"));
    uw_fields_free(&fields);
}


/* All places are taken, and there is nothing behind them. */
static void
check_removal_from_full(void)
{
    uw_fields_t fields = { .count = 0 };

    for (int i = 0; i < 16; i++) {
        CHECK(append(&fields, i % 2 == 0 ? "a" : "b", "") == UW_FIELD_OK);
    }
    CHECK(fields.capacity == 16);
    CHECK(uw_fields_remove(&fields, BYTES("a")));
    CHECK(fields.count == 8 && fields.size == 8 * (1 + UW_FIELD_OVERHEAD));
    CHECK(uw_fields_remove(&fields, BYTES("b")));
    CHECK(fields.count == 0 && fields.size == 0);
    uw_fields_free(&fields);
}


/* What is appended fills the buffer to its last byte. */
static void
check_no_step_beyond(void)
{
    uw_fields_t fields = { .count = 0 };
    char text[512];
    uint8_t *name;

    memset(text, 'N', sizeof(text));
    name = exact_copy(text, sizeof(text));
    CHECK(uw_fields_append(&fields, (uw_slice_t) { name, sizeof(text) },
                           (uw_slice_t) { NULL, 0 })
          == UW_FIELD_OK);
    CHECK(fields.bytes.capacity == 512 && fields.bytes.end == 512);
    CHECK(uw_field_name(&fields, 0).data[511] == 'n');
    free(name);
    uw_fields_free(&fields);
}


static void
check_limit(void)
{
    uw_fields_t fields = { .limit = 2 * UW_FIELD_OVERHEAD + 4 };
    uw_fields_t more = { .count = 0 };

    CHECK(append(&fields, "a", "1") == UW_FIELD_OK);
    CHECK(append(&fields, "a", "12") == UW_FIELD_TOO_LARGE);
    CHECK(append(&fields, "a", "1") == UW_FIELD_OK);
    CHECK(fields.size == fields.limit);
    CHECK(uw_fields_copy(&more, &fields) == UW_FIELD_OK);
    CHECK(uw_fields_copy(&fields, &more) == UW_FIELD_TOO_LARGE);
    CHECK(fields_are(&fields, "a:1\na:1\n"));
    uw_fields_free(&fields);
    uw_fields_free(&more);
}


/* Offsets have 32 bits: bytes end at 1 GiB.  They are not touched, for nothing is
 * added; a buffer that claims to be so long stands for one that is. */
static void
check_most_bytes(void)
{
    uw_fields_t fields = { .bytes = { .end = (1u << 30) - 36 } };

    refuse_allocation(2);
    CHECK(append(&fields, "ab", "12") == UW_FIELD_NO_MEMORY);
    CHECK(was_refused());
    CHECK(append(&fields, "ab", "123") == UW_FIELD_TOO_LARGE);
    CHECK(fields.count == 0);
    free(fields.items);
}


/* ---- Holes ---- */

/* `kept` bytes of values behind `removed` that are removed; whether the holes
 * are closed then. */
static bool
is_compacted(size_t removed, size_t kept)
{
    uw_fields_t fields = { .count = 0 };
    size_t all = 2 + removed + kept;
    bool compacted;

    append_long(&fields, "a", removed);
    append_long(&fields, "b", kept);
    CHECK(fields.bytes.end == all);
    CHECK(uw_fields_remove(&fields, BYTES("a")));
    CHECK(fields.count == 1 && fields.size == 1 + kept + UW_FIELD_OVERHEAD);
    compacted = fields.bytes.end == 1 + kept;
    CHECK(compacted || fields.bytes.end == all);
    CHECK(*uw_field_name(&fields, 0).data == 'b');
    CHECK(kept == 0 || uw_field_value(&fields, 0).data[kept - 1] == 'v');
    uw_fields_free(&fields);

    return compacted;
}


static void
check_when_holes_are_closed(void)
{
    CHECK(!is_compacted(KEPT - 3, 0));
    CHECK(is_compacted(KEPT - 2, 0));
    /* The rest costs half of the bytes, and more. */
    CHECK(is_compacted(5000 + 64, 5000));
    CHECK(!is_compacted(5000 + 63, 5000));
}


static void
check_what_stays_when_holes_are_closed(void)
{
    uw_account_t account = { .limit = 1u << 20 };
    uw_fields_t fields = { .limit = 1u << 16,
                           .bytes = { .account = &account } };

    for (unsigned refused = 0; refused < 3; refused++) {
        append_long(&fields, "a", 10000);
        CHECK(append(&fields, "b", "1") == UW_FIELD_OK);
        fields.immutable = true;
        refuse_allocation(refused);
        CHECK(uw_fields_remove(&fields, BYTES("a")));
        CHECK(was_refused() == (refused != 0));
        refuse_allocation(0);
        CHECK(fields.count == 1 && fields_are(&fields, "b:1\n"));
        CHECK(fields.bytes.end == (refused != 0 ? 10003u : 2u));
        CHECK(fields.immutable && fields.limit == 1u << 16);
        CHECK(fields.bytes.account == &account);
        CHECK(uw_account_held(&account)
              == fields.bytes.capacity + fields.capacity * ITEM);
        CHECK(!uw_account_is_over(&account));
        uw_fields_reset(&fields);
        CHECK(fields.limit == 0 && !fields.immutable);
        fields.limit = 1u << 16;
    }
    uw_fields_free(&fields);
    CHECK(uw_account_held(&account) == 0);
}


/* ---- Accounts and memory ---- */

static void
check_refused_appends(void)
{
    uw_account_t account = { .limit = 0 };
    uw_fields_t fields = { .bytes = { .account = &account } };

    CHECK(append(&fields, "a", "1") == UW_FIELD_NO_MEMORY);
    CHECK(uw_account_held(&account) == 0);
    CHECK(fields.capacity == 0 && fields.items == NULL);

    /* Of the two allocations the second, by the account and by the system. */
    account.limit = 16 * ITEM;
    CHECK(append(&fields, "a", "1") == UW_FIELD_NO_MEMORY);
    CHECK(uw_account_held(&account) == 16 * ITEM && fields.count == 0);
    uw_fields_free(&fields);
    account.limit = 1u << 20;
    for (unsigned refused = 1; refused <= 2; refused++) {
        refuse_allocation(refused);
        CHECK(append(&fields, "a", "1") == UW_FIELD_NO_MEMORY);
        CHECK(was_refused() && fields.count == 0);
        CHECK(uw_account_held(&account)
              == fields.bytes.capacity + fields.capacity * ITEM);
        refuse_allocation(0);
        uw_fields_free(&fields);
        CHECK(uw_account_held(&account) == 0);
    }

    /* They are there again, and then a larger table is refused. */
    for (int i = 0; i < 16; i++) {
        CHECK(append(&fields, "a", "1") == UW_FIELD_OK);
    }
    CHECK(fields.capacity == 16);
    refuse_allocation(1);
    CHECK(append(&fields, "b", "2") == UW_FIELD_NO_MEMORY);
    CHECK(fields.capacity == 16 && fields.count == 16);
    CHECK(uw_account_held(&account) == fields.bytes.capacity + 16 * ITEM);
    CHECK(append(&fields, "b", "2") == UW_FIELD_OK);
    CHECK(fields.capacity == 32);
    CHECK(uw_account_held(&account) == fields.bytes.capacity + 32 * ITEM);

    uw_fields_free(&fields);
    CHECK(uw_account_held(&account) == 0);
    CHECK(fields.bytes.account == &account && fields.count == 0);
}


static void
check_resets(void)
{
    uw_account_t account = { .limit = 1u << 20 };
    uw_fields_t fields = { .limit = 1u << 19,
                           .bytes = { .account = &account } };

    for (int i = 0; i < 128; i++) {
        CHECK(append(&fields, "a", "1") == UW_FIELD_OK);
    }
    uw_fields_reset(&fields);
    CHECK(fields.capacity == 128 && fields.bytes.capacity == 512);
    CHECK(fields.count == 0 && fields.size == 0 && fields.limit == 0);
    CHECK(uw_account_held(&account) == 128 * ITEM + 512);

    for (int i = 0; i < 129; i++) {
        CHECK(append(&fields, "a", "1") == UW_FIELD_OK);
    }
    append_long(&fields, "b", KEPT);
    uw_fields_reset(&fields);
    CHECK(fields.capacity == 0 && fields.items == NULL);
    CHECK(fields.bytes.capacity == 0 && fields.bytes.data == NULL);
    CHECK(uw_account_held(&account) == 0);
    CHECK(append(&fields, "a", "1") == UW_FIELD_OK);
    uw_fields_free(&fields);
}


static void
check_swap(void)
{
    uw_fields_t one = { .limit = 1000, .immutable = true };
    uw_fields_t other = { .count = 0 };

    CHECK(append(&one, "a", "1") == UW_FIELD_OK);
    uw_fields_swap(&one, &other);
    CHECK(fields_are(&other, "a:1\n") && other.limit == 1000
          && other.immutable);
    CHECK(one.count == 0 && one.limit == 0 && !one.immutable);
    uw_fields_free(&one);
    uw_fields_free(&other);
}


static void
check_shared(void)
{
    uw_account_t account = { .limit = sizeof(uw_shared_fields_t) - 1 };
    uw_shared_fields_t *shared;

    CHECK(uw_shared_fields_new(7, &account) == NULL);
    account.limit = 1u << 20;
    refuse_allocation(1);
    CHECK(uw_shared_fields_new(7, &account) == NULL && was_refused());
    CHECK(uw_account_held(&account) == 0);

    shared = uw_shared_fields_new(100, &account);
    CHECK(shared != NULL && shared->references == 1);
    CHECK(shared->fields.limit == 100 && !shared->fields.immutable);
    CHECK(uw_account_held(&account) == sizeof(*shared));
    CHECK(uw_shared_fields_hold(shared) == shared && shared->references == 2);
    CHECK(append(&shared->fields, "a", "1") == UW_FIELD_OK);
    CHECK(uw_account_held(&account) == sizeof(*shared) + 16 * ITEM + 512);
    uw_shared_fields_release(shared);
    CHECK(fields_are(&shared->fields, "a:1\n"));
    uw_shared_fields_release(shared);
    CHECK(uw_account_held(&account) == 0);
    uw_shared_fields_release(NULL);
}


int
main(void)
{
    check_tokens();
    check_trim();
    check_names();
    check_lines();
    check_changes();
    check_removal_from_full();
    check_no_step_beyond();
    check_limit();
    check_most_bytes();
    check_when_holes_are_closed();
    check_what_stays_when_holes_are_closed();
    check_refused_appends();
    check_resets();
    check_swap();
    check_shared();

    return 0;
}
