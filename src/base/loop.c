/* Priorities of libevent: signals, everything, work. */
#include "base/loop.h"

#include "base/mem.h"

#include <event2/event.h>

enum { WORK = 2, PRIORITIES };

struct event_base *loop_new(void)
{
    struct event_config *c = event_config_new();
    if (!c)
        mem_none();
    event_config_set_max_dispatch_interval(c, NULL, 1, WORK);
    struct event_base *base = event_base_new_with_config(c);
    event_config_free(c);
    if (base)
        event_base_priority_init(base, PRIORITIES);
    return base;
}

void loop_work(struct event *e)
{
    event_priority_set(e, WORK);
}

void loop_after(struct event *e, int ms)
{
    const struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};
    event_add(e, &tv);
}
