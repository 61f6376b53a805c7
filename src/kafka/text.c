/* Texts that several cells share. */
#include "kafka/text.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct kafka_text *kafka_text_new(const char *s)
{
    size_t len = strlen(s);
    struct kafka_text *t = mem_alloc(sizeof *t + len + 1);
    t->refs = 1;
    memcpy(t->s, s, len + 1);
    return t;
}

struct kafka_text *kafka_text_ref(struct kafka_text *t)
{
    if (t)
        t->refs++;
    return t;
}

void kafka_text_unref(struct kafka_text *t)
{
    if (t && --t->refs == 0)
        free(t);
}

void kafka_text_set(struct kafka_text **slot, const char *s)
{
    if (*slot && s && strcmp((*slot)->s, s) == 0)
        return;
    kafka_text_unref(*slot);
    *slot = s ? kafka_text_new(s) : NULL;
}
