/* Texts that several cells share. */
#ifndef KAFKA_TEXT_H
#define KAFKA_TEXT_H

#include "base/vec.h"

#include <stddef.h>
#include <stdint.h>

/* A counted text. Not for several threads at once, as all else here. */
struct kafka_text {
    struct kafka_texts *pool;
    unsigned refs;
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
};

void kafka_texts_done(struct kafka_texts *pool); /* all texts must have been given back */
/* The one text of these bytes, with a reference for the caller. */
struct kafka_text *kafka_texts_get(struct kafka_texts *pool, const char *s);

/* The text of an id that is in use; borrowed. */
static inline struct kafka_text *kafka_texts_at(const struct kafka_texts *pool, uint32_t id)
{
    return pool->by_id.items[id];
}

struct kafka_text *kafka_text_ref(struct kafka_text *t); /* NULL is allowed */
void kafka_text_unref(struct kafka_text *t);             /* NULL is allowed */
/* Makes *slot hold this text. NULL: nothing. */
void kafka_text_set(struct kafka_text **slot, struct kafka_texts *pool, const char *s);

#endif
