/* Events drawn by a small generator. */
#include "drift_events.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>

const char *const drift_events_names[DRIFT_EVENTS_FEATURES] = {
    "age",     "income",   "tenure_months", "balance",    "products", "score",  "country",
    "channel", "device",   "active",        "last_login", "week",     "month",  "basket",
    "refunds", "distance", "plan",          "segment",    "hour",     "weekday"};

static uint32_t draw(void)
{
    static uint32_t seed = 1;
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

static void put_feature(struct str *out, int i, bool nan)
{
    str_printf(out, "%s\"%s\":", i ? "," : "", drift_events_names[i]);
    if (i == 6 || i == 7 || i == 8 || i == 16 || i == 17)
        str_printf(out, "\"c%u\"", draw() % 20);
    else if (i == 9)
        str_add(out, draw() % 2 ? "true" : "false");
    else if (nan && i == 13)
        str_add(out, "NaN");
    else if (i % 3 == 0)
        str_printf(out, "%u", draw() % 1000);
    else if (i % 3 == 1)
        str_printf(out, "%.2f", draw() / 1e4);
    else
        str_printf(out, "%.17g", draw() / 16777216.0);
}

struct drift_events *drift_events_make(int n, bool nan)
{
    struct drift_events *events = mem_calloc((size_t)n, sizeof *events);
    for (int i = 0; i < n; i++) {
        struct str *s = &events[i].text;
        str_printf(s, "{\"id\":\"evt-%08d\",\"ts\":%lld,\"model\":\"churn-v3\",\"features\":{", i, 1795239700000LL + i);
        for (int f = 0; f < 20; f++)
            put_feature(s, f, nan);
        str_printf(s, "},\"prediction\":%.4f,\"label\":%u}", draw() / 16777216.0, draw() % 2);
    }
    return events;
}

void drift_events_free(struct drift_events *events, int n)
{
    for (int i = 0; i < n; i++)
        str_done(&events[i].text);
    free(events);
}
