/* Steps from event to event. */
#include "drift/event_steps.h"

#include <math.h>

static const double most_share = 0.95;

void drift_event_steps_add(struct drift_event_steps *s, int32_t partition, double value)
{
    const unsigned place = (uint32_t)partition % DRIFT_EVENT_STEPS_PLACES;
    if (isnan(value))
        return;
    const bool first = !(s->any & 1U << place), up = first || value > s->most[place];
    s->all += !first;
    s->up += !first && up;
    s->any |= (uint8_t)(1U << place);
    if (up)
        s->most[place] = value;
}

bool drift_event_steps_grow(const struct drift_event_steps *s)
{
    return s->all >= DRIFT_EVENT_STEPS_FEW && (double)s->up >= most_share * (double)s->all;
}
