/* guest/resource.c alone: numbers, parents, what a table keeps, and what it has
 * on its account. */

#include "guest/resource.h"

#include "part.h"

#define BLOCK (UW_RESOURCES_PER_BLOCK * sizeof(uw_resource_t))

#define NO_LIMIT UINT32_MAX

static const uw_resource_type_t one_type = { .id = 1, .name = "one" };
static const uw_resource_type_t other_type = { .id = 2, .name = "other" };


static uw_resource_t *
new_one(uw_resources_t *resources)
{
    uw_resource_t *resource =
        uw_resource_new(resources, &one_type, 0, NO_LIMIT);

    CHECK(resource != NULL);

    return resource;
}


static void
check_numbers(void)
{
    uw_resources_t table = { .block_count = 0 };
    uw_resource_t *first;
    uw_resource_t *second;

    CHECK(uw_resource_get(&table, 0, &one_type) == NULL);
    CHECK(uw_resource_get(&table, 1, &one_type) == NULL);

    first = new_one(&table);
    CHECK(first->rep == 1 && first->type == &one_type);
    CHECK(first->parent == 0 && first->children == 0);
    CHECK(uw_resource_get(&table, 1, &one_type) == first);
    CHECK(uw_resource_get(&table, 1, &other_type) == NULL);
    CHECK(uw_resource_get(&table, 1, NULL) == NULL);
    CHECK(uw_resource_get(&table, 0, &one_type) == NULL);
    CHECK(uw_resource_get(&table, 2, &one_type) == NULL);
    CHECK(uw_resource_get(&table, UINT32_MAX, &one_type) == NULL);

    second = new_one(&table);
    CHECK(second->rep == 2 && table.live == 2 && table.used == 2);
    memset(first->data, 0xFF, sizeof(first->data));
    memset(second->data, 0xFF, sizeof(second->data));

    /* What went last comes first, and has nothing of before in it. */
    CHECK(uw_resource_delete(&table, first) == 0);
    CHECK(uw_resource_get(&table, 1, &one_type) == NULL);
    CHECK(uw_resource_delete(&table, second) == 0);
    CHECK(table.live == 0 && table.used == 2);
    CHECK(uw_resource_new(&table, &other_type, 0, NO_LIMIT) == second);
    CHECK(second->rep == 2 && second->type == &other_type);
    for (size_t i = 0; i < sizeof(second->data); i++) {
        CHECK(second->data[i] == 0);
    }
    CHECK(new_one(&table) == first && first->rep == 1);
    CHECK(new_one(&table)->rep == 3);
    CHECK(table.live == 3 && table.used == 3 && table.free == 0);
    uw_resources_free(&table);
}


static void
check_limit(void)
{
    uw_resources_t table = { .block_count = 0 };
    uw_resource_t *first;

    CHECK(uw_resource_new(&table, &one_type, 0, 0) == NULL);
    first = uw_resource_new(&table, &one_type, 0, 2);
    CHECK(first != NULL);
    CHECK(uw_resource_new(&table, &one_type, 0, 2) != NULL);
    CHECK(uw_resource_new(&table, &one_type, first->rep, 2) == NULL);
    CHECK(first->children == 0 && table.live == 2);
    CHECK(uw_resource_delete(&table, first) == 0);
    CHECK(uw_resource_new(&table, &one_type, 0, 2) == first);
    CHECK(uw_resource_new(&table, &one_type, 0, 2) == NULL);
    uw_resources_free(&table);
}


static void
check_parents(void)
{
    uw_resources_t table = { .block_count = 0 };
    uw_resource_t *parent = new_one(&table);
    uw_resource_t *children[2];

    for (int i = 0; i < 2; i++) {
        children[i] =
            uw_resource_new(&table, &other_type, parent->rep, NO_LIMIT);
        CHECK(children[i] != NULL && children[i]->parent == parent->rep);
        CHECK(uw_resource_parent(&table, children[i]) == parent);
    }
    CHECK(uw_resource_parent(&table, parent) == NULL);
    CHECK(parent->children == 2);

    CHECK(uw_resource_delete(&table, parent) == -1);
    CHECK(uw_resource_get(&table, 1, &one_type) == parent && table.live == 3);
    CHECK(uw_resource_delete(&table, children[0]) == 0);
    CHECK(parent->children == 1 && uw_resource_delete(&table, parent) == -1);
    CHECK(uw_resource_delete(&table, children[1]) == 0);
    CHECK(parent->children == 0 && uw_resource_delete(&table, parent) == 0);
    CHECK(table.live == 0);
    uw_resources_free(&table);
}


typedef struct {
    uint32_t count;
    uint32_t sum;
} seen_t;


static void
see(void *data, uw_resource_t *resource)
{
    seen_t *seen = data;

    CHECK(resource->type == &one_type);
    seen->count++;
    seen->sum += resource->rep;
}


static void
check_blocks(void)
{
    uw_account_t account = { .limit = 2 * BLOCK };
    uw_resources_t table = { .account = &account };
    uw_resource_t *places[2 * UW_RESOURCES_PER_BLOCK];
    seen_t seen = { 0, 0 };

    uw_resources_each(&table, see, &seen);
    CHECK(seen.count == 0);

    for (uint32_t i = 0; i < 2 * UW_RESOURCES_PER_BLOCK; i++) {
        CHECK(uw_account_held(&account)
              == (i + UW_RESOURCES_PER_BLOCK - 1) / UW_RESOURCES_PER_BLOCK
                     * BLOCK);
        places[i] = new_one(&table);
        CHECK(places[i]->rep == i + 1);
    }
    /* Each has a place of its own, which stays where it is. */
    for (uint32_t i = 0; i < 2 * UW_RESOURCES_PER_BLOCK; i++) {
        CHECK(uw_resource_get(&table, i + 1, &one_type) == places[i]);
    }
    CHECK(table.block_count == 2 && !uw_account_is_over(&account));
    CHECK(uw_resource_new(&table, &one_type, 0, NO_LIMIT) == NULL);
    CHECK(uw_account_is_over(&account));
    CHECK(table.used == 2 * UW_RESOURCES_PER_BLOCK && table.live == table.used);

    CHECK(uw_resource_delete(&table, places[1]) == 0);
    uw_resources_each(&table, see, &seen);
    CHECK(seen.count == 63 && seen.sum == 64 * 65 / 2 - 2);

    /* It keeps one block, and begins anew. */
    uw_resources_reset(&table);
    CHECK(table.block_count == 1 && table.live == 0 && table.used == 0);
    CHECK(uw_account_held(&account) == BLOCK);
    CHECK(uw_resource_get(&table, 1, &one_type) == NULL);
    CHECK(new_one(&table) == places[0] && places[0]->rep == 1);
    CHECK(new_one(&table)->rep == 2);

    uw_resources_free(&table);
    CHECK(uw_account_held(&account) == 0);
    CHECK(table.block_count == 0 && table.account == &account);
    CHECK(new_one(&table)->rep == 1);
    uw_resources_free(&table);
}


/* Memory is out at each of the two allocations, of the first and of the second
 * block; what was there stays. */
static void
check_memory_that_is_out(void)
{
    uw_account_t account = { .limit = 1u << 20 };
    uw_resources_t table = { .account = &account };

    for (uint32_t blocks = 0; blocks < 2; blocks++) {
        for (unsigned refused = 1; refused <= 2; refused++) {
            refuse_allocation(refused);
            CHECK(uw_resource_new(&table, &one_type, 0, NO_LIMIT) == NULL);
            CHECK(was_refused());
            CHECK(table.block_count == blocks);
            CHECK(table.used == blocks * UW_RESOURCES_PER_BLOCK);
            CHECK(uw_account_held(&account) == blocks * BLOCK);
            CHECK(!uw_account_is_over(&account));
        }
        for (uint32_t i = 0; i < UW_RESOURCES_PER_BLOCK; i++) {
            CHECK(new_one(&table)->rep
                  == blocks * UW_RESOURCES_PER_BLOCK + i + 1);
        }
    }
    uw_resources_free(&table);
    CHECK(uw_account_held(&account) == 0);
}


int
main(void)
{
    check_numbers();
    check_limit();
    check_parents();
    check_blocks();
    check_memory_that_is_out();

    return 0;
}
