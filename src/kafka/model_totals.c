/* What is summed over groups and partitions: cells of topics, brokers and the cluster. */
#include "kafka/model.h"

/* A sum of cells: known as far as its parts are. */
struct total {
    int64_t i;
    double d;
    size_t parts, known, less, more, stale; /* less: parts that are only lower bounds; more: upper ones */
};

static void add(struct total *t, struct kafka_cell c, bool real)
{
    t->parts++;
    if (c.quality == QUALITY_UNKNOWN)
        return;
    t->known++;
    t->less += c.quality == QUALITY_GE || c.quality == QUALITY_EST;
    t->more += c.quality == QUALITY_LE || c.quality == QUALITY_EST;
    t->stale += c.quality == QUALITY_STALE;
    if (real)
        t->d += c.d;
    else
        t->i += c.i;
}

static enum quality quality_of(const struct total *t)
{
    if (t->parts == 0)
        return QUALITY_EXACT;
    if (t->known == 0)
        return QUALITY_UNKNOWN;
    if (t->less || t->known < t->parts)
        return t->more ? QUALITY_EST : QUALITY_GE;
    return t->stale ? QUALITY_STALE : t->more ? QUALITY_LE : QUALITY_EXACT;
}

/* Of what is counted over groups: a lower bound where not all were read. */
static enum quality listed(const struct kafka_round *r)
{
    return r->groups_complete && !r->groups_left_out && !r->groups_hidden ? QUALITY_EXACT : QUALITY_GE;
}

static void topic_cells(struct kafka_model_topic *t, const struct kafka_round *r)
{
    enum quality q = listed(r);
    if (!r->groups_known)
        q = QUALITY_UNKNOWN;
    kafka_item_int(&t->item, TOPICS_GROUPS, t->groups, q);
    if (t->retention.compacts && t->lag_max > 0 && q)
        q = q == QUALITY_EXACT ? QUALITY_LE : QUALITY_EST;
    kafka_item_int(&t->item, TOPICS_LAG_MAX, t->lag_max, t->lag_max >= 0 ? q : QUALITY_UNKNOWN);
}

static void broker_cells(struct kafka_model_broker *b, const struct kafka_round *r)
{
    struct kafka_item *it = &b->item;
    if (!b->present) { /* what it led and held was counted when it was there */
        kafka_item_stale(it);
        kafka_item_text(it, BROKERS_STATE, "gone", QUALITY_EXACT);
        return;
    }
    kafka_item_int(it, BROKERS_LEADERS, b->leaders, QUALITY_EXACT);
    kafka_item_int(it, BROKERS_REPLICAS, b->replicas, QUALITY_EXACT);
    kafka_item_int(it, BROKERS_UNDER_REPLICATED, b->out_of_sync, QUALITY_EXACT);
    kafka_item_int(it, BROKERS_GROUPS, b->groups, listed(r));
    kafka_item_real(it, BROKERS_RATE_IN, b->rate_in, b->rate_known ? QUALITY_EXACT : QUALITY_UNKNOWN);
}

static void cluster_cells(struct kafka_model *m, const struct kafka_round *r, const struct total *rate_in,
                          size_t partitions, int64_t under, int64_t leaderless)
{
    struct kafka_item *it = &m->item;
    const struct kafka_metadata *md = &r->metadata;
    kafka_item_text(it, CLUSTERS_ID, md->cluster_id, QUALITY_EXACT);
    kafka_item_int(it, CLUSTERS_BROKERS, (int64_t)md->nbrokers, QUALITY_EXACT);
    kafka_item_int(it, CLUSTERS_CONTROLLER, md->controller, md->controller >= 0 ? QUALITY_EXACT : QUALITY_UNKNOWN);
    enum quality q = r->nleft_out ? QUALITY_GE : QUALITY_EXACT;
    kafka_item_int(it, CLUSTERS_TOPICS, (int64_t)md->ntopics, q);
    kafka_item_int(it, CLUSTERS_PARTITIONS, (int64_t)partitions, q);
    kafka_item_int(it, CLUSTERS_UNDER_REPLICATED, under, q);
    kafka_item_int(it, CLUSTERS_LEADERLESS, leaderless, q);
    kafka_item_real(it, CLUSTERS_RATE_IN, rate_in->d, quality_of(rate_in));
    kafka_item_real(it, CLUSTERS_CLOCK_SKEW_S, r->skew_s, r->skew_known ? QUALITY_EST : QUALITY_UNKNOWN);
    kafka_item_text(it, CLUSTERS_NOTE, r->note.len ? r->note.text : NULL, QUALITY_EXACT);
}

static void group_totals(struct kafka_model *m, const struct kafka_round *r)
{
    struct kafka_item *it = &m->item;
    struct total lag = {0}, rate_out = {0};
    int64_t behind = 0;
    size_t at = 0;
    void *value;
    while (map_next(&m->groups, &at, NULL, NULL, &value)) {
        const struct kafka_model_group *g = value;
        struct kafka_cell held = kafka_item_get(&g->item, GROUPS_LAG), out = kafka_item_get(&g->item, GROUPS_RATE_OUT);
        m->rows += 1 + g->commits.n + g->members.n;
        if (held.quality || g->gap) /* a group without any offsets is no gap in the sum */
            add(&lag, held, false);
        if (out.quality)
            add(&rate_out, out, true);
        behind += held.quality && held.i > 0;
    }
    if (!r->groups_known && m->groups.n == 0) { /* never listed: not none */
        kafka_item_unknown(it, CLUSTERS_GROUPS);
        kafka_item_unknown(it, CLUSTERS_GROUPS_LAGGING);
        kafka_item_unknown(it, CLUSTERS_LAG);
        kafka_item_unknown(it, CLUSTERS_RATE_OUT);
        return;
    }
    lag.less += listed(r) == QUALITY_GE;
    kafka_item_int(it, CLUSTERS_GROUPS, (int64_t)m->groups.n, listed(r));
    kafka_item_int(it, CLUSTERS_GROUPS_LAGGING, behind, listed(r));
    kafka_item_int(it, CLUSTERS_LAG, lag.i, quality_of(&lag));
    kafka_item_real(it, CLUSTERS_RATE_OUT, rate_out.d, rate_out.parts ? quality_of(&rate_out) : QUALITY_UNKNOWN);
}

void kafka_model_apply_totals(struct kafka_model *m, const struct kafka_round *r)
{
    struct total rate_in = {0};
    size_t partitions = 0, at = 0;
    int64_t under = 0, leaderless = 0;
    void *value;
    m->rows = 1 + m->brokers.n;
    while (map_next(&m->topics, &at, NULL, NULL, &value)) {
        struct kafka_model_topic *t = value;
        if (!t->present)
            continue;
        m->rows += 1 + t->npartitions;
        partitions += t->npartitions;
        topic_cells(t, r);
        if (t->npartitions)
            add(&rate_in, kafka_item_get(&t->item, TOPICS_RATE_IN), true);
        under += kafka_item_get(&t->item, TOPICS_UNDER_REPLICATED).i;
        leaderless += kafka_item_get(&t->item, TOPICS_LEADERLESS).i;
    }
    rate_in.less += r->nleft_out > 0;
    for (size_t i = 0; i < m->brokers.n && !r->step; i++)
        broker_cells(m->brokers.items[i], r);
    if (!r->step)
        cluster_cells(m, r, &rate_in, partitions, under, leaderless);
    group_totals(m, r);
}
