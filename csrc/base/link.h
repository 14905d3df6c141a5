/*
 * Rings: a list whose members are in it by a link of their own, and leave it
 * without a search.
 */

#ifndef UW_BASE_LINK_H
#define UW_BASE_LINK_H

#include <stdbool.h>
#include <stddef.h>

/* A place in a ring; one that is in none points to itself. */
typedef struct uw_link uw_link_t;

struct uw_link {
    uw_link_t *before;
    uw_link_t *after;
};

static inline void
uw_link_init(uw_link_t *link)
{
    link->before = link;
    link->after = link;
}

static inline bool
uw_link_alone(const uw_link_t *link)
{
    return link->after == link;
}

static inline void
uw_link_remove(uw_link_t *link)
{
    link->before->after = link->after;
    link->after->before = link->before;
    uw_link_init(link);
}

/* Puts a link that is in no ring at the end of this one. */
static inline void
uw_link_append(uw_link_t *ring, uw_link_t *link)
{
    link->before = ring->before;
    link->after = ring;
    ring->before->after = link;
    ring->before = link;
}

/* What has that link as a member. */
#define uw_link_owner(link, type, member)                                      \
    ((type *) ((char *) (link) - offsetof(type, member)))

#endif /* UW_BASE_LINK_H */
