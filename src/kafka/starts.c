/* Chooses partitions whose start is to be read soon again. */
#include "kafka/starts.h"
#include "base/mem.h"
#include "kafka/model.h"

#include <stdlib.h>

static void forget(struct kafka_starts *s)
{
    for (size_t i = 0; i < s->list.n; i++)
        free(s->list.items[i].topic);
    vec_done(&s->list);
}

void kafka_starts_choose(struct kafka_starts *s, struct kafka_model *model, int64_t now_us)
{
    size_t at = 0, seen = 0;
    void *value;
    forget(s);
    if (s->chosen_us && now_us - s->chosen_us < KAFKA_STARTS_MS * INT64_C(1000))
        return;
    s->chosen_us = now_us;
    while (map_next(&model->topics, &at, NULL, NULL, &value)) {
        const struct kafka_model_topic *t = value;
        for (size_t i = 0; t->present && i < t->npartitions; i++) {
            struct kafka_model_partition *p = t->partitions[i];
            bool lags = p->lags;
            p->lags = false; /* until it is seen again */
            if (!lags || seen++ < s->skip || s->list.n == KAFKA_STARTS_PARTITIONS)
                continue;
            vec_push(&s->list, (struct kafka_starts_want){.topic = mem_strdup(t->name), .partition = (int32_t)i});
        }
    }
    s->skip = s->skip + s->list.n < seen ? s->skip + s->list.n : 0;
}

void kafka_starts_done(struct kafka_starts *s)
{
    forget(s);
    *s = (struct kafka_starts){.skip = 0};
}
