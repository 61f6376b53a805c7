/* The panes before the next window, or blocks of them. */
#include "drift/rolling.h"

#include <stdlib.h>
#include <string.h>

void drift_rolling_init(struct drift_rolling *r, const struct drift_layout *layout, size_t panes, int64_t span_ms)
{
    *r = (struct drift_rolling){.layout = layout, .most = panes, .span_ms = span_ms};
}

void drift_rolling_done(struct drift_rolling *r)
{
    for (size_t i = 0; i < r->parts.n; i++)
        drift_part_free(r->parts.items[i], r->layout);
    vec_done(&r->parts);
}

static void drop_first(struct drift_rolling *r)
{
    drift_part_free(r->parts.items[0], r->layout);
    r->parts.n--;
    memmove(r->parts.items, r->parts.items + 1, r->parts.n * sizeof *r->parts.items);
}

/* Into the last block, or as one of its own where that would be longer than its part of the span. */
static void add_to_span(struct drift_rolling *r, struct drift_part *pane)
{
    struct drift_part *last = r->parts.n ? r->parts.items[r->parts.n - 1] : NULL;
    const int64_t longest = r->span_ms / DRIFT_ROLLING_BLOCKS;
    if (last && pane->to_ms - last->from_ms <= longest) {
        drift_part_merge(last, r->layout, pane);
        drift_part_free(pane, r->layout);
        r->news |= r->parts.n == 1;
        return;
    }
    vec_push(&r->parts, pane);
    r->news = true;
    while (r->parts.n > DRIFT_ROLLING_BLOCKS || r->parts.items[0]->to_ms <= pane->to_ms - r->span_ms)
        drop_first(r);
}

void drift_rolling_add(struct drift_rolling *r, struct drift_part *pane)
{
    drift_part_settle(pane, r->layout);
    if (!r->most) {
        add_to_span(r, pane);
        return;
    }
    vec_push(&r->parts, pane);
    r->news = true;
    if (r->parts.n > r->most)
        drop_first(r);
}

struct drift_part *drift_rolling_merged(struct drift_rolling *r, uint64_t min_rows)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < r->parts.n; i++)
        rows += r->parts.items[i]->rows;
    if (!r->news || !rows || rows < min_rows)
        return NULL;
    struct drift_part *merged = drift_part_new(r->layout);
    for (size_t i = 0; i < r->parts.n; i++)
        drift_part_merge(merged, r->layout, r->parts.items[i]);
    r->news = false;
    return merged;
}

size_t drift_rolling_bytes(const struct drift_rolling *r)
{
    size_t bytes = 0;
    for (size_t i = 0; i < r->parts.n; i++)
        bytes += drift_part_bytes(r->parts.items[i], r->layout);
    return bytes;
}
