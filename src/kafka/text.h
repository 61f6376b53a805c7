/* Texts that several cells share. */
#ifndef KAFKA_TEXT_H
#define KAFKA_TEXT_H

#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A counted text. Not for several threads at once, as all else here. */
struct kafka_text {
    struct kafka_texts *pool;
    uint32_t refs : 31;
    bool cut : 1; /* too long for a cell: its name has less */
    uint32_t hash;
    uint32_t id; /* of all texts in the pool; given again once the text has gone */
    char s[];
};

/* A pool, in which every text is there once; zeroed is empty. It must stay as long as any text of it does. */
struct kafka_texts {
    struct kafka_text **slots;
    size_t room, n;
    VEC(struct kafka_text *) by_id; /* NULL: free */
    VEC(uint32_t) free_ids;
    VEC(struct kafka_text *) by_name; /* what was written to rows, by the names' ids, see kafka_texts_named */
};

void kafka_texts_done(struct kafka_texts *pool); /* all texts must have been given back */
/* The one text of these bytes, with a reference for the caller. */
struct kafka_text *kafka_texts_get(struct kafka_texts *pool, const char *s);

/* The text of an id that is in use; borrowed. */
static inline struct kafka_text *kafka_texts_at(const struct kafka_texts *pool, uint32_t id)
{
    return pool->by_id.items[id];
}

/* The text was written to a row as the name of this id; from then on, as long as both are there, it is found by that. Not
 * for texts that are cut. */
void kafka_texts_name(struct kafka_text *t, uint32_t name);
static inline struct kafka_text *kafka_texts_named(const struct kafka_texts *pool, uint32_t name)
{
    return pool->by_name.items[name];
}

struct kafka_text *kafka_text_ref(struct kafka_text *t); /* NULL is allowed */
void kafka_text_unref(struct kafka_text *t);             /* NULL is allowed */
/* Makes *slot hold this text. NULL: nothing. */
void kafka_text_set(struct kafka_text **slot, struct kafka_texts *pool, const char *s);

#endif
