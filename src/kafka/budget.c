/* The time that a blocking call gets. */
#include "kafka/budget.h"

int kafka_budget_left(const struct kafka_budget *b)
{
    if (b->stop && atomic_load(b->stop))
        return 0;
    int64_t ms = (b->until_us - clock_mono_us(b->clock)) / 1000;
    return ms < 0 ? 0 : ms > 3600000 ? 3600000 : (int)ms;
}

struct kafka_budget kafka_budget_part(const struct kafka_budget *b, int percent)
{
    int64_t now = clock_mono_us(b->clock);
    struct kafka_budget part = *b;
    if (b->until_us > now)
        part.until_us = now + (b->until_us - now) * percent / 100;
    return part;
}
