/* Texts that several cells share. */
#ifndef KAFKA_TEXT_H
#define KAFKA_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* A counted text. Not for several threads at once, as all else here. */
struct kafka_text {
    struct kafka_texts *pool; /* NULL: none */
    unsigned refs;
    uint32_t hash; /* where there is a pool */
    char s[];
};

/* A pool, in which every text is there once; zeroed is empty. It must stay as long as any text of it does. */
struct kafka_texts {
    struct kafka_text **slots;
    size_t room, n;
};

void kafka_texts_done(struct kafka_texts *pool); /* all texts must have been given back */
/* The one text of these bytes, with a reference for the caller. */
struct kafka_text *kafka_texts_get(struct kafka_texts *pool, const char *s);

struct kafka_text *kafka_text_new(const char *s);
struct kafka_text *kafka_text_ref(struct kafka_text *t); /* NULL is allowed */
void kafka_text_unref(struct kafka_text *t);             /* NULL is allowed */
/* Makes *slot hold this text; a copy only where it is another one. NULL: nothing. */
void kafka_text_set(struct kafka_text **slot, const char *s);

#endif
