/* Brokers, topics and partitions: a round's metadata, ends and starts worked into the model. */
#include "base/mem.h"
#include "base/str.h"
#include "kafka/hot.h"
#include "kafka/model.h"

#include <stdlib.h>
#include <string.h>

enum {
    RESET_TOLD_MS = 600000, /* how long a partition's note tells that its end went back */
    CROWDED = 20000,        /* partitions in a cluster of which fewer points are kept */
};

/* ---- brokers ---- */

static struct kafka_model_broker *add_broker(struct kafka_model *m, int32_t id)
{
    struct kafka_model_broker *b = mem_new(struct kafka_model_broker);
    b->id = id;
    kafka_item_init(&b->item, &kafka_table_brokers, &m->items);
    vec_reserve(&m->brokers, 1);
    size_t at = m->brokers.n++;
    for (; at && m->brokers.items[at - 1]->id > id; at--)
        m->brokers.items[at] = m->brokers.items[at - 1];
    m->brokers.items[at] = b;
    return b;
}

static void broker_event(struct kafka_model *m, const struct kafka_model_broker *b, const char *severity,
                         const char *text)
{
    char name[16];
    snprintf(name, sizeof name, "%d", b->id);
    kafka_model_event(m, severity, "broker", name, "%s", text);
}

static void apply_brokers(struct kafka_model *m, const struct kafka_metadata *md)
{
    for (size_t i = 0; i < m->brokers.n; i++) {
        struct kafka_model_broker *b = m->brokers.items[i];
        b->leaders = b->replicas = b->out_of_sync = b->groups = 0;
        b->rate_in = 0;
        b->rate_known = false;
    }
    for (size_t i = 0; i < md->nbrokers; i++) {
        const struct kafka_broker *from = &md->brokers[i];
        struct kafka_model_broker *b = kafka_model_broker(m, from->id);
        bool back = b && !b->present, fresh = !b;
        if (!b)
            b = add_broker(m, from->id);
        b->present = true;
        kafka_item_text(&b->item, BROKERS_HOST, from->host, QUALITY_EXACT);
        kafka_item_int(&b->item, BROKERS_PORT, from->port, QUALITY_EXACT);
        if (back)
            broker_event(m, b, "info", "is back");
        else if (fresh && m->round > 1)
            broker_event(m, b, "info", "is new");
    }
    for (size_t i = 0; i < m->brokers.n; i++) {
        struct kafka_model_broker *b = m->brokers.items[i];
        bool there = false;
        for (size_t j = 0; j < md->nbrokers && !there; j++)
            there = md->brokers[j].id == b->id;
        if (!there && b->present)
            broker_event(m, b, "error", "is gone: the cluster's metadata names it no longer");
        b->present = there;
        kafka_item_int(&b->item, BROKERS_CONTROLLER, there && md->controller == b->id, QUALITY_EXACT);
        kafka_item_text(&b->item, BROKERS_STATE, there ? "up" : "gone", QUALITY_EXACT);
    }
}

/* ---- partitions ---- */

static void id_list(char *out, size_t size, const int32_t *ids, int n)
{
    size_t at = 0;
    out[0] = '\0';
    for (int i = 0; i < n && at + 14 < size; i++)
        at += (size_t)snprintf(out + at, size - at, i ? " %d" : "%d", ids[i]);
}

static void count_replicas(struct kafka_model *m, const struct kafka_partition *from)
{
    struct kafka_model_broker *b = kafka_model_broker(m, from->leader);
    if (b)
        b->leaders++;
    for (int i = 0; i < from->nreplicas; i++) {
        b = kafka_model_broker(m, from->replicas[i]);
        if (!b)
            continue;
        bool in_sync = false;
        for (int j = 0; j < from->nisr && !in_sync; j++)
            in_sync = from->isr[j] == from->replicas[i];
        b->replicas++;
        b->out_of_sync += !in_sync;
    }
}

/* Takes an end that was read. True if it went back. */
static bool take_end(const struct kafka_model_topic *t, struct kafka_model_partition *p, const struct kafka_offset *end)
{
    bool seen = p->end >= 0, grew = seen && end->offset > p->end;
    p->time = end->time;
    p->end = end->offset;
    bool back = !kafka_ring_add(&p->ends, &p->item.kind->pool->slab, t->crowded ? KAFKA_RING_ENDS_FEW : KAFKA_RING_ENDS,
                                end->time.mono_us / 1000, end->offset) &&
                seen; /* else it only does not fit to points of an earlier run */
    p->seen = back ? 1 : (uint16_t)(p->seen + (p->seen < UINT16_MAX));
    if (grew)
        kafka_item_int(&p->item, PARTITIONS_MOVED, end->time.wall_ms, QUALITY_EXACT);
    if (back) {
        struct kafka_model_seldom *x = kafka_model_seldom_set(p);
        x->reset_ms = end->time.wall_ms;
        p->start = -1; /* of a log that is no more; read again in the same round */
        free(x->pace);
        x->pace = NULL;
        kafka_open_forget(p);
        kafka_told_free(p->told);
        p->told = NULL;
    }
    return back;
}

bool kafka_model_rate_in(const struct kafka_model_partition *p, double *rate)
{
    return p->seen > 1 && kafka_ring_rate(&p->ends, rate);
}

static void partition_cells(struct kafka_model *m, struct kafka_model_partition *p, const struct kafka_partition *from,
                            bool compacts, int64_t wall_ms)
{
    struct kafka_item *it = &p->item;
    char ids[512];
    p->leader = from->leader;
    bool under = from->nisr < from->nreplicas;
    enum quality q = p->fault ? QUALITY_STALE : QUALITY_EXACT;
    kafka_item_int(it, PARTITIONS_LEADER, p->leader, p->leader < 0 ? QUALITY_UNKNOWN : QUALITY_EXACT);
    id_list(ids, sizeof ids, from->replicas, from->nreplicas);
    kafka_item_text(it, PARTITIONS_REPLICAS, ids, QUALITY_EXACT);
    id_list(ids, sizeof ids, from->isr, from->nisr);
    kafka_item_text(it, PARTITIONS_ISR, ids, QUALITY_EXACT);
    kafka_item_int(it, PARTITIONS_UNDER_REPLICATED, under, QUALITY_EXACT);
    kafka_item_int(it, PARTITIONS_START, p->start, p->start < 0 ? QUALITY_UNKNOWN : q);
    kafka_item_int(it, PARTITIONS_END, p->end, p->end < 0 ? QUALITY_UNKNOWN : q);
    bool both = p->start >= 0 && p->end >= p->start;
    kafka_item_int(it, PARTITIONS_MESSAGES, p->end - p->start,
                   !both                                        ? QUALITY_UNKNOWN
                   : compacts && !p->fault && p->end > p->start ? QUALITY_LE
                                                                : q);
    double rate = 0;
    bool known = !p->fault && kafka_model_rate_in(p, &rate);
    kafka_item_rough(it, PARTITIONS_RATE_IN, rate, known ? QUALITY_EXACT : QUALITY_UNKNOWN);
    struct kafka_model_broker *leader = kafka_model_broker(m, p->leader);
    if (known && leader) {
        leader->rate_in += rate;
        leader->rate_known = true;
    }
    kafka_open_cells(p);
    const char *note = NULL;
    int64_t reset_ms = kafka_model_seldom(p).reset_ms;
    if (p->leader < 0)
        note = "no leader";
    else if (p->fault)
        note = kafka_fault_text(p->fault == KAFKA_FAULT_LEADER ? KAFKA_FAULT_OTHER : p->fault);
    else if (reset_ms && wall_ms - reset_ms < RESET_TOLD_MS)
        note = "end went back: recreated or truncated";
    else
        note = kafka_open_note(p, wall_ms);
    if (p->leader >= 0 && p->fault == KAFKA_FAULT_LEADER)
        note = "leader just elected";
    kafka_item_text(it, PARTITIONS_NOTE, note, note ? QUALITY_EXACT : QUALITY_UNKNOWN);
}

/* ---- topics ---- */

static void grow(struct kafka_model *m, struct kafka_model_topic *t, size_t n)
{
    kafka_model_free_partitions(m, t, n);
    t->partitions = mem_realloc(t->partitions, n ? n : 1, sizeof *t->partitions);
    for (size_t i = t->npartitions; i < n; i++) {
        struct kafka_model_partition *p = slab_alloc(&m->items.slab, sizeof *p);
        *p = (struct kafka_model_partition){.start = -1, .end = -1, .open_end = -1, .leader = -1};
        kafka_item_init(&p->item, &kafka_table_partitions, &m->items);
        kafka_model_take_seed(m, t->name, (int32_t)i, &p->ends);
        t->partitions[i] = p;
    }
    t->npartitions = n;
}

static void topic_cells(struct kafka_model_topic *t, const struct kafka_topic *from)
{
    struct kafka_item *it = &t->item;
    int64_t messages = 0, moved = 0, under = 0, leaderless = 0;
    double rate = 0;
    bool all = true, stale = false, bounded = false, rate_any = false, rate_all = true;
    for (size_t i = 0; i < t->npartitions; i++) {
        const struct kafka_item *p = &t->partitions[i]->item;
        struct kafka_cell held = kafka_item_get(p, PARTITIONS_MESSAGES), in = kafka_item_get(p, PARTITIONS_RATE_IN);
        int64_t last = kafka_item_get(p, PARTITIONS_MOVED).i;
        all &= held.quality != QUALITY_UNKNOWN;
        stale |= held.quality == QUALITY_STALE;
        bounded |= held.quality == QUALITY_LE;
        messages += held.i;
        if (in.quality)
            rate += in.d;
        rate_any |= in.quality != QUALITY_UNKNOWN;
        rate_all &= in.quality != QUALITY_UNKNOWN;
        moved = last > moved ? last : moved;
        under += kafka_item_get(p, PARTITIONS_UNDER_REPLICATED).i;
        leaderless += t->partitions[i]->leader < 0;
    }
    kafka_item_int(it, TOPICS_PARTITIONS, (int64_t)t->npartitions, QUALITY_EXACT);
    kafka_item_int(it, TOPICS_REPLICATION, from->npartitions ? from->partitions[0].nreplicas : 0,
                   from->npartitions ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_int(it, TOPICS_MESSAGES, messages,
                   !all      ? messages ? bounded ? QUALITY_EST : QUALITY_GE : QUALITY_UNKNOWN
                   : stale   ? QUALITY_STALE
                   : bounded ? QUALITY_LE
                             : QUALITY_EXACT);
    kafka_item_real(it, TOPICS_RATE_IN, rate, !rate_any ? QUALITY_UNKNOWN : rate_all ? QUALITY_EXACT : QUALITY_GE);
    kafka_item_int(it, TOPICS_MOVED, moved, moved ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_int(it, TOPICS_UNDER_REPLICATED, under, QUALITY_EXACT);
    kafka_item_int(it, TOPICS_LEADERLESS, leaderless, QUALITY_EXACT);
    kafka_item_int(it, TOPICS_INTERNAL, strncmp(t->name, "__", 2) == 0, QUALITY_EXACT);
}

static void apply_topic(struct kafka_model *m, const struct kafka_round *r, size_t index)
{
    const struct kafka_topic *from = &r->metadata.topics[index];
    struct kafka_model_topic *t = kafka_model_topic(m, from->name);
    if (!t->present && !t->left_out && m->round > 1)
        kafka_model_event(m, "info", "topic", t->name, "is new: %zu partitions", from->npartitions);
    t->present = true;
    t->left_out = false;
    t->crowded = r->nends > CROWDED;
    t->round = m->round;
    if (!from->fault || from->npartitions) /* else it is being elected or made: as it was */
        grow(m, t, from->npartitions);
    size_t back = 0;
    for (size_t i = 0; i < t->npartitions; i++) {
        struct kafka_model_partition *p = t->partitions[i];
        const struct kafka_offset *end = r->ends && i < from->npartitions ? &r->ends[r->first[index] + i] : NULL;
        p->fault = end ? end->fault : KAFKA_FAULT_UNASKED;
        if (!p->fault)
            back += take_end(t, p, end);
        if (i < from->npartitions)
            count_replicas(m, &from->partitions[i]);
    }
    if (back)
        kafka_model_event(m, "warn", "topic", t->name, "was made anew or lost its end: %zu of %zu partitions went back",
                          back, t->npartitions);
}

static void take_start(struct kafka_model_partition *p, const struct kafka_offset *start)
{
    int64_t ms = start->time.mono_us / 1000;
    struct kafka_retention_pace *pace = kafka_model_seldom(p).pace;
    if (!pace && p->start >= 0 && start->offset != p->start) {
        pace = kafka_model_seldom_set(p)->pace = mem_new(struct kafka_retention_pace);
        kafka_retention_pace_add(pace, ms, p->start);
    }
    if (pace)
        kafka_retention_pace_add(pace, ms, start->offset);
    p->start = start->offset;
}

static void apply_starts(struct kafka_model *m, const struct kafka_round *r)
{
    struct kafka_model_topic *t = NULL;
    for (size_t i = 0; i < r->nstarts; i++) {
        const struct kafka_offset *s = &r->starts[i];
        if (!t || strcmp(t->name, s->topic) != 0)
            t = kafka_model_topic(m, s->topic);
        if (!s->fault && (size_t)s->partition < t->npartitions)
            take_start(t->partitions[s->partition], s);
    }
}

/* Those that groups have committed to say why nothing is known of them. */
static void apply_left_out(struct kafka_model *m, const struct kafka_round *r)
{
    for (size_t i = 0; i < r->nleft_out; i++) {
        struct kafka_model_topic *t = kafka_model_topic(m, r->left_out[i]);
        t->left_out = true;
        t->round = m->round;
    }
}

/* What this round's metadata does not name has gone, or may no longer be seen. */
static void drop_topics(struct kafka_model *m)
{
    size_t at = 0;
    void *value;
    while (map_next(&m->topics, &at, NULL, NULL, &value)) {
        struct kafka_model_topic *t = value;
        if (t->round != m->round)
            t->left_out = false;
        if (!t->present || (t->round == m->round && !t->left_out))
            continue;
        if (!t->left_out)
            kafka_model_event(m, "warn", "topic", t->name, "is gone: deleted, or no longer to be seen");
        t->present = false;
        t->retention = (struct kafka_retention){.known = false};
        kafka_model_free_partitions(m, t, 0);
        kafka_item_done(&t->item, &m->gone);
        kafka_item_init(&t->item, &kafka_table_topics, &m->items);
    }
}

/* Ends by topic; those that are unasked or unread leave the last pair of commit and end standing. */
void kafka_model_apply_ends(struct kafka_model *m, const struct kafka_round *r)
{
    struct kafka_model_topic *t = NULL;
    for (size_t i = 0; i < r->nends; i++) {
        const struct kafka_offset *end = &r->ends[i];
        if (!t || strcmp(t->name, end->topic) != 0)
            t = kafka_model_topic(m, end->topic);
        if (!t->present || (size_t)end->partition >= t->npartitions)
            continue;
        struct kafka_model_partition *p = t->partitions[end->partition];
        p->fault = end->fault;
        kafka_dirty_partition(m, t, end->partition);
        if (!p->fault && take_end(t, p, end))
            kafka_model_event(m, "warn", "topic", t->name, "was made anew or lost its end: partition %d went back",
                              end->partition);
    }
    kafka_open_apply(m, r);
}

void kafka_model_apply_topics(struct kafka_model *m, const struct kafka_round *r)
{
    apply_brokers(m, &r->metadata);
    for (size_t i = 0; i < r->metadata.ntopics; i++)
        apply_topic(m, r, i);
    apply_starts(m, r);
    kafka_retention_apply(m, r);
    m->read_committed = r->read_committed;
    kafka_open_apply(m, r);
    kafka_markers_apply(m, r);
    kafka_model_apply_told(m, r);
    apply_left_out(m, r);
    drop_topics(m);
    for (size_t i = 0; i < r->metadata.ntopics; i++) {
        const struct kafka_topic *from = &r->metadata.topics[i];
        struct kafka_model_topic *t = kafka_model_topic(m, from->name);
        for (size_t p = 0; p < t->npartitions && p < from->npartitions; p++)
            partition_cells(m, t->partitions[p], &from->partitions[p], t->retention.compacts, r->metadata.time.wall_ms);
        topic_cells(t, from);
        kafka_hot_apply(t);
    }
}
