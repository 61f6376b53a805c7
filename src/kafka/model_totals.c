/* What is summed over groups and partitions: cells of topics, brokers and the cluster. */
#include "kafka/rank.h"

/* Of the topics' rates: known as far as its parts are. */
struct rates {
    double sum;
    size_t parts, known, less;
};

static void add_rate(struct rates *s, struct kafka_cell c)
{
    s->parts++;
    if (c.quality == QUALITY_UNKNOWN)
        return;
    s->known++;
    s->less += c.quality == QUALITY_GE || c.quality == QUALITY_EST;
    s->sum += c.d;
}

static enum quality quality_of(const struct rates *s)
{
    if (s->parts == 0)
        return QUALITY_EXACT;
    return s->known == 0 ? QUALITY_UNKNOWN : s->less || s->known < s->parts ? QUALITY_GE : QUALITY_EXACT;
}

/* Of what is counted over groups: a lower bound where not all were read. */
static enum quality listed(const struct kafka_round *r)
{
    return r->groups_complete && !r->groups_left_out && !r->groups_hidden ? QUALITY_EXACT : QUALITY_GE;
}

static void topic_cells(const struct kafka_model *m, struct kafka_model_topic *t)
{
    enum quality q = m->listed_as;
    int64_t worst = kafka_rank_worst(t);
    kafka_item_int(&t->item, TOPICS_GROUPS, (int64_t)t->ranks.n, q);
    if (t->retention.compacts && worst > 0 && q)
        q = q == QUALITY_EXACT ? QUALITY_LE : QUALITY_EST;
    kafka_item_int(&t->item, TOPICS_LAG_MAX, worst, worst >= 0 ? q : QUALITY_UNKNOWN);
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

static void cluster_cells(struct kafka_model *m, const struct kafka_round *r, const struct rates *rate_in,
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
    kafka_item_real(it, CLUSTERS_RATE_IN, rate_in->sum, quality_of(rate_in));
    kafka_item_real(it, CLUSTERS_CLOCK_SKEW_S, r->skew_s, r->skew_known ? QUALITY_EST : QUALITY_UNKNOWN);
    kafka_item_text(it, CLUSTERS_NOTE, r->note.len ? r->note.text : NULL, QUALITY_EXACT);
}

static void group_totals(struct kafka_model *m)
{
    struct kafka_item *it = &m->item;
    struct kafka_tally_sum lag = m->tally.lag;
    const struct kafka_tally_sum *out = &m->tally.rate_out;
    m->rows = m->topic_rows + m->tally.rows;
    if (!m->listed_as && m->groups.n == 0) { /* never listed: not none */
        kafka_item_unknown(it, CLUSTERS_GROUPS);
        kafka_item_unknown(it, CLUSTERS_GROUPS_LAGGING);
        kafka_item_unknown(it, CLUSTERS_LAG);
        kafka_item_unknown(it, CLUSTERS_RATE_OUT);
        return;
    }
    enum quality q = m->listed_as ? m->listed_as : QUALITY_GE;
    lag.less += q == QUALITY_GE;
    kafka_item_int(it, CLUSTERS_GROUPS, (int64_t)m->groups.n, q);
    kafka_item_int(it, CLUSTERS_GROUPS_LAGGING, (int64_t)m->tally.behind, q);
    kafka_item_int(it, CLUSTERS_LAG, lag.sum, kafka_tally_quality(&lag));
    kafka_item_real(it, CLUSTERS_RATE_OUT, kafka_tally_rate(out),
                    out->parts ? kafka_tally_quality(out) : QUALITY_UNKNOWN);
}

/* What only a round tells. */
static void all_totals(struct kafka_model *m, const struct kafka_round *r)
{
    struct rates rate_in = {0};
    size_t partitions = 0, at = 0;
    int64_t under = 0, leaderless = 0;
    void *value;
    m->topic_rows = 1 + m->brokers.n;
    while (map_next(&m->topics, &at, NULL, NULL, &value)) {
        struct kafka_model_topic *t = value;
        if (!t->present)
            continue;
        m->topic_rows += 1 + t->npartitions;
        partitions += t->npartitions;
        topic_cells(m, t);
        if (t->npartitions)
            add_rate(&rate_in, kafka_item_get(&t->item, TOPICS_RATE_IN));
        under += kafka_item_get(&t->item, TOPICS_UNDER_REPLICATED).i;
        leaderless += kafka_item_get(&t->item, TOPICS_LEADERLESS).i;
    }
    rate_in.less += r->nleft_out > 0;
    for (size_t i = 0; i < m->brokers.n; i++)
        broker_cells(m->brokers.items[i], r);
    cluster_cells(m, r, &rate_in, partitions, under, leaderless);
}

void kafka_model_apply_totals(struct kafka_model *m, const struct kafka_round *r)
{
    if (!r->step || r->groups_known) /* a push knows nothing of listings */
        m->listed_as = r->groups_known ? listed(r) : QUALITY_UNKNOWN;
    if (!r->step)
        all_totals(m, r);
    for (size_t i = 0; i < m->dirty.topics.n; i++)
        if (m->dirty.topics.items[i] && m->dirty.topics.items[i]->present)
            topic_cells(m, m->dirty.topics.items[i]);
    group_totals(m);
}
