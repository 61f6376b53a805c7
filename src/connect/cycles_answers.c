/* Answers of tasks in a commit cycle: which came in time, and what they say of each partition. */
#include "connect/cycles_internal.h"

#include <stdlib.h>
#include <string.h>

static bool before(const struct cycles_place *at, const struct cycles_place *end)
{
    return at->partition == end->partition ? at->offset < end->offset : at->time_ms <= end->time_ms;
}

bool connect_cycles_in_time(const struct connect_cycle_internal *e, const struct cycles_place *at)
{
    for (size_t i = 0; i < e->floor.n; i++)
        if (e->floor.items[i].partition == at->partition && at->offset >= e->floor.items[i].offset)
            return false;
    if (e->topic.pointed)
        return before(at, &e->topic.point);
    return !e->topic.followed || before(at, &e->topic.next);
}

static int order(const void *a, const void *b)
{
    const struct connect_answer *left = a, *right = b;
    int topic = left->topic == right->topic ? 0 : connect_cycles_order(left->topic, right->topic);
    return topic ? topic : (left->partition > right->partition) - (left->partition < right->partition);
}

/* Among the first n, which are in order. */
static struct connect_answer *find(const struct connect_cycle_internal *e, size_t n, struct name *topic,
                                   int32_t partition)
{
    struct connect_answer key = {.topic = topic, .partition = partition};
    return n ? bsearch(&key, e->pub.answers.items, n, sizeof key, order) : NULL;
}

/* An event that names a partition twice says no more than one that does not. */
static void sort(struct connect_cycle_internal *e)
{
    size_t n = 0;
    qsort(e->pub.answers.items, e->pub.answers.n, sizeof *e->pub.answers.items, order);
    for (size_t i = 0; i < e->pub.answers.n; i++) {
        struct connect_answer *a = &e->pub.answers.items[i];
        if (n && order(&e->pub.answers.items[n - 1], a) == 0) {
            name_unref(a->topic);
            name_unref(a->sender);
        } else {
            e->pub.answers.items[n++] = *a;
        }
    }
    e->pub.answers.n = n;
}

bool connect_cycles_answer(struct connect_cycles *c, struct connect_cycle_internal *e,
                           const struct connect_cycles_record *r, struct name *sender, const struct cycles_done *done)
{
    if (e->done.n >= CONNECT_CYCLES_DONE)
        return false;
    vec_push(&e->done, *done);
    size_t known = e->pub.answers.n;
    bool all = true, sorted = true;
    for (size_t i = 0; i < r->event->nassignments; i++) {
        const struct connect_event_assignment *from = &r->event->assignments[i];
        struct name *topic = name_intern(c->names, from->topic.s ? from->topic.s : "", from->topic.len);
        struct connect_answer *answer = find(e, known, topic, from->partition);
        if (answer || e->pub.answers.n >= CONNECT_CYCLES_PARTITIONS) {
            if (answer)
                answer->answers++;
            else
                all = false;
            name_unref(topic);
            continue;
        }
        struct connect_answer one = {.topic = topic,
                                     .partition = from->partition,
                                     .answers = 1,
                                     .time_ms = done->time_ms,
                                     .offset = from->offset,
                                     .timestamp_ms = from->time_ms,
                                     .rows = done->sums.rows,
                                     .files = done->sums.files,
                                     .bytes = done->sums.bytes,
                                     .sender = sender ? name_ref(sender) : NULL,
                                     .control_partition = r->partition,
                                     .control_offset = r->offset,
                                     .control_ms = r->time_ms};
        sorted = sorted && (e->pub.answers.n == 0 || order(&e->pub.answers.items[e->pub.answers.n - 1], &one) < 0);
        vec_push(&e->pub.answers, one);
    }
    if (!sorted)
        sort(e);
    return all;
}
