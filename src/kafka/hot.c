/* Finds hot partitions. */
#include "kafka/hot.h"
#include "kafka/spread.h"
#include "kafka/verdict.h"

enum { SAMPLES = 3, PARTITIONS = 3 };

static bool rate_of(const struct kafka_model_partition *p, double *rate)
{
    if (p->fault || p->leader < 0 || p->seen < SAMPLES)
        return false;
    *rate = kafka_verdict_arriving(&p->ends, p->time.mono_us / 1000);
    return true;
}

void kafka_hot_apply(struct kafka_model_topic *t)
{
    struct kafka_spread all = {0};
    double rate;
    int64_t count = 0;
    for (size_t i = 0; i < t->npartitions; i++)
        if (rate_of(t->partitions[i], &rate))
            kafka_spread_add(&all, rate);
    for (size_t i = 0; i < t->npartitions; i++) {
        struct kafka_item *it = &t->partitions[i]->item;
        struct kafka_cell was = kafka_item_get(it, PARTITIONS_HOT);
        bool known = all.n >= PARTITIONS && rate_of(t->partitions[i], &rate);
        bool warm = was.quality && was.i;
        bool hot = known && rate > 1 && kafka_spread_sticks_out(&all, rate, warm ? 1 : 2, warm ? 1.5 : 2);
        kafka_item_int(it, PARTITIONS_HOT, hot, known ? QUALITY_EXACT : QUALITY_UNKNOWN);
        count += hot;
    }
    kafka_item_int(&t->item, TOPICS_HOT_PARTITIONS, count, all.n >= PARTITIONS ? QUALITY_EXACT : QUALITY_UNKNOWN);
}
