/* Any keys and values as a snapshot's summary: the input is "key\nvalue\nkey\nvalue...". */
#include "base/mem.h"
#include "base/vec.h"
#include "iceberg/summary.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct iceberg_summary *s)
{
    for (size_t i = 0; i < ICEBERG_SUMMARY_COUNTERS; i++)
        if (s->counters[i] < ICEBERG_UNKNOWN)
            abort();
    for (size_t i = 0; i < s->n_offsets; i++) {
        const struct iceberg_summary_offsets *o = &s->offsets[i];
        const char *dot = strchr(o->reader, '.');
        for (size_t k = 0; k < o->n; k++)
            if (o->items[k].partition < 0 || o->items[k].offset < 0)
                abort();
        if (!dot)
            continue;
        char *topic = mem_memdup(o->reader, (size_t)(dot - o->reader));
        if (!iceberg_summary_find(s, topic, dot + 1))
            abort();
        free(topic);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_memdup(data, size);
    VEC(struct iceberg_pair) pairs = {0};
    const char *key = NULL;
    for (char *at = text, *next; at; at = next) {
        next = strchr(at, '\n');
        if (next)
            *next++ = '\0';
        if (key)
            vec_push(&pairs, ((struct iceberg_pair){key, at}));
        key = key ? NULL : at;
    }
    struct iceberg_summary s;
    iceberg_summary_init(&s, &(struct iceberg_pairs){.items = pairs.items, .n = pairs.n});
    check(&s);
    iceberg_summary_done(&s);
    vec_done(&pairs);
    free(text);
    return 0;
}
