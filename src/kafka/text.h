/* Texts that several cells share. */
#ifndef KAFKA_TEXT_H
#define KAFKA_TEXT_H

/* A counted text. Not for several threads at once, as all else here. */
struct kafka_text {
    unsigned refs;
    char s[];
};

struct kafka_text *kafka_text_new(const char *s);
struct kafka_text *kafka_text_ref(struct kafka_text *t); /* NULL is allowed */
void kafka_text_unref(struct kafka_text *t);             /* NULL is allowed */
/* Makes *slot hold this text; a copy only where it is another one. NULL: nothing. */
void kafka_text_set(struct kafka_text **slot, const char *s);

#endif
