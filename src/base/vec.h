/* Growable arrays: a struct of items, count and room, and one macro that makes place for one more.
 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include "base/mem.h"

#include <stddef.h>

/* struct { T *items; size_t n, room; } of any element type: `VEC(struct cell) cells;` is empty when
 * zeroed. */
#define VEC(T)                                                                                     \
    struct {                                                                                       \
        T *items;                                                                                  \
        size_t n, room;                                                                            \
    }

/* Room after growing: doubles from 8, so that appending is amortised constant. */
static inline size_t vec_room(size_t room, size_t need)
{
    size_t next = room ? room : 8;
    while (next < need)
        next *= 2;
    return next;
}

/* Makes place for `more` further items; v is evaluated several times and must be a plain pointer.
 */
#define vec_reserve(v, more)                                                                       \
    do {                                                                                           \
        size_t vec_need_ = (v)->n + (more);                                                        \
        if (vec_need_ > (v)->room) {                                                               \
            (v)->room = vec_room((v)->room, vec_need_);                                            \
            (v)->items = mem_realloc((v)->items, (v)->room, sizeof *(v)->items);                   \
        }                                                                                          \
    } while (0)

/* Gives an empty array room for exactly n: for the many that stay as long as they are. */
#define vec_exact(v, n_)                                                                           \
    do {                                                                                           \
        (v)->room = (n_);                                                                          \
        (v)->items = (v)->room ? mem_realloc((v)->items, (v)->room, sizeof *(v)->items) : NULL;    \
    } while (0)

/* Appends one item, which may be a compound literal in parentheses. */
#define vec_push(v, ...)                                                                           \
    do {                                                                                           \
        vec_reserve(v, 1);                                                                         \
        (v)->items[(v)->n++] = (__VA_ARGS__);                                                      \
    } while (0)

/* Frees the array (not what its items own) and leaves it empty. */
#define vec_done(v)                                                                                \
    do {                                                                                           \
        free((v)->items);                                                                          \
        (v)->items = NULL;                                                                         \
        (v)->n = (v)->room = 0;                                                                    \
    } while (0)

#endif
