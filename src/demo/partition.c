/* Partitions: the log's marks, and the way from a time to an offset and back. */
#include "demo/partition.h"

#include <stdlib.h>

void demo_partition_done(struct demo_partition *p)
{
    vec_done(&p->marks);
    vec_done(&p->markers);
    *p = (struct demo_partition){0};
}

/* Forgets every second mark but for the first and the last two. */
static void thin_marks(struct demo_partition *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->marks.n; i++)
        if (i % 2 == 0 || i + 2 >= p->marks.n)
            p->marks.items[kept++] = p->marks.items[i];
    p->marks.n = kept;
}

static void mark(struct demo_partition *p, struct demo_mark m)
{
    size_t n = p->marks.n;
    /* A quiet stretch is two marks of one offset; only its end moves. */
    if (n >= 2 && p->marks.items[n - 1].offset == m.offset && p->marks.items[n - 2].offset == m.offset) {
        p->marks.items[n - 1].time_ms = m.time_ms;
        return;
    }
    if (n >= DEMO_PARTITION_MARKS)
        thin_marks(p);
    vec_push(&p->marks, m);
}

void demo_partition_append(struct demo_partition *p, int64_t time_ms, int64_t end)
{
    mark(p, (struct demo_mark){.time_ms = time_ms, .offset = end});
    p->end = end;
    p->lso = end;
}

/* When the record at an offset between two marks was written: the last one at b's own time. */
static int64_t time_between(const struct demo_mark *a, const struct demo_mark *b, int64_t offset)
{
    __int128 part = (__int128)(offset - a->offset + 1) * (b->time_ms - a->time_ms);
    return a->time_ms + (int64_t)(part / (b->offset - a->offset));
}

int64_t demo_partition_time_of(const struct demo_partition *p, int64_t offset)
{
    for (size_t i = 1; i < p->marks.n; i++) {
        const struct demo_mark *a = &p->marks.items[i - 1], *b = &p->marks.items[i];
        if (offset >= a->offset && offset < b->offset)
            return time_between(a, b, offset);
    }
    return -1;
}

/* The first offset between two marks that was written at time_ms or later; b is not before time_ms.
 */
static int64_t first_between(const struct demo_mark *a, const struct demo_mark *b, int64_t time_ms)
{
    if (time_ms <= a->time_ms)
        return a->offset;
    __int128 span = b->time_ms - a->time_ms;
    __int128 records = (__int128)(time_ms - a->time_ms) * (b->offset - a->offset);
    return a->offset + (int64_t)((records + span - 1) / span) - 1;
}

int64_t demo_partition_offset_at(const struct demo_partition *p, int64_t time_ms, int64_t limit, int64_t *found_ms)
{
    int64_t found = -1;
    for (size_t i = 1; i < p->marks.n && found < 0; i++) {
        const struct demo_mark *a = &p->marks.items[i - 1], *b = &p->marks.items[i];
        if (b->offset == a->offset || b->offset <= p->start || b->time_ms < time_ms)
            continue;
        found = first_between(a, b, time_ms);
        if (found < p->start)
            found = p->start;
    }
    if (found >= limit)
        found = -1;
    if (found_ms)
        *found_ms = found < 0 ? -1 : demo_partition_time_of(p, found);
    return found;
}
