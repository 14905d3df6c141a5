/*
 * The pages of a memory that the process had made its own when the kernel told of
 * them, and whether they are still all of them.
 *
 * A page becomes its own when it is written to for the first time, which is a page
 * fault, and the kernel counts it.  So where there was none since the kernel was
 * asked, in any thread, it would tell of the same pages again.  Two things have to
 * hold for that: nothing but a fault brings a page, so no memory has huge pages, of
 * which the kernel makes one of small ones whenever it likes (engine/area.c); and
 * the kernel counts, which is tried when a process begins (engine/written.c).
 */

#ifndef UW_ENGINE_HELD_H
#define UW_ENGINE_HELD_H

#include "base/buf.h"

/* Bytes, from the start of the memory. */
typedef struct {
    size_t from;
    size_t to;
} uw_held_range_t;

/* All zeroes: nothing is known. */
typedef struct {
    uw_held_range_t *ranges;
    size_t count;
    size_t room;
    size_t open;     /* bytes that might be used then; 0: nothing is known */
    uint64_t faults; /* of the process, before the kernel was asked */
} uw_held_t;

/* Whether these are all: the memory is as large as it was, and there was no fault. */
bool uw_held_are_all(const uw_held_t *held, size_t open, uint64_t faults)
    UW_CHECKED;

/* Before the kernel is asked; then what it tells of is added. */
void uw_held_begin(uw_held_t *held, size_t open, uint64_t faults);

/* Where there is no room for it, or nothing was begun, nothing is known. */
void uw_held_add(uw_held_t *held, size_t from, size_t to);

/* Nothing is known from now on. */
void uw_held_forget(uw_held_t *held);

/* Frees what it has. */
void uw_held_close(uw_held_t *held);

#endif /* UW_ENGINE_HELD_H */
