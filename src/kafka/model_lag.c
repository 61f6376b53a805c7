/* One partition of a group: its lag, how long, how fast, and what is special. */
#include "kafka/model.h"

enum { AHEAD_ROUNDS = 2 }; /* in a row, before it is believed: one may be two answers that crossed */

/* The partition in the cluster, or NULL if the topic has gone or has fewer. */
static struct kafka_model_partition *find_partition(const struct kafka_model_commit *c)
{
    return c->topic->present && (size_t)c->partition < c->topic->npartitions ? c->topic->partitions[c->partition]
                                                                             : NULL;
}

static void take_commit(struct kafka_model_commit *c, const struct kafka_commit *commit, struct kafka_time time)
{
    struct kafka_item *it = &c->item;
    int64_t offset = commit && !commit->fault ? commit->offset : -1;
    int64_t told_ms = commit ? commit->commit_ms : 0;
    if (offset >= 0 && c->committed >= 0 && offset != c->committed)
        kafka_item_int(it, GROUP_PARTITIONS_MOVED, told_ms ? told_ms : time.wall_ms, QUALITY_EXACT);
    if (offset != c->committed)
        kafka_item_int(it, GROUP_PARTITIONS_COMMITTED_AT, told_ms, told_ms ? QUALITY_EXACT : QUALITY_UNKNOWN);
    if (offset >= 0)
        kafka_ring_add(&c->commits, &c->item.kind->pool->slab,
                       c->topic->crowded ? KAFKA_RING_COMMITS_FEW : KAFKA_RING_COMMITS, time.mono_us / 1000, offset);
    else
        kafka_ring_done(&c->commits, &c->item.kind->pool->slab);
    c->committed = offset;
    kafka_item_int(it, GROUP_PARTITIONS_COMMITTED, offset, offset >= 0 ? QUALITY_EXACT : QUALITY_UNKNOWN);
    bool epoch = offset >= 0 && commit->leader_epoch >= 0;
    kafka_item_int(it, GROUP_PARTITIONS_LEADER_EPOCH, epoch ? commit->leader_epoch : 0,
                   epoch ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_text(it, GROUP_PARTITIONS_METADATA, offset >= 0 ? commit->metadata : NULL, QUALITY_EXACT);
}

static void owner_cells(struct kafka_model_commit *c)
{
    enum quality q = c->member_stale ? QUALITY_STALE : QUALITY_EXACT;
    static const enum kafka_group_partitions_column columns[] = {GROUP_PARTITIONS_MEMBER, GROUP_PARTITIONS_CLIENT,
                                                                 GROUP_PARTITIONS_HOST};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        kafka_item_share(&c->item, columns[i], kafka_item_get(&c->item, columns[i]).t, q);
}

/* Lag and what was lost. The quality of the lag is the end's: stale where that could not be read
 * again. */
static void lag_cells(struct kafka_model_commit *c, const struct kafka_model_partition *p,
                      struct kafka_model_share *ret)
{
    struct kafka_item *it = &c->item;
    bool led = p && p->leader >= 0;
    struct kafka_lag lag = {0};
    enum quality q = QUALITY_EXACT;
    int64_t end = led ? kafka_open_end(c, p, &q) : -1;
    if (led)
        lag = kafka_lag_of(c->committed, p->start, end);
    ret->markers = led && !p->fault && lag.lag && kafka_markers_only(c, p, end);
    if (ret->markers)
        lag.lag = 0;
    if (led && p->fault) {
        /* The commit is newer than the end: together they would be no lag. The last pair stands. */
        lag.known = kafka_item_quality(it, GROUP_PARTITIONS_LAG) != QUALITY_UNKNOWN && c->committed >= 0;
        lag.lag = kafka_item_get(it, GROUP_PARTITIONS_LAG).i;
        lag.ahead = 0;
        ret->lag_quality = QUALITY_STALE;
    } else {
        /* Without the start, records that are gone may be counted; in a compacted log, gaps are. */
        bool bound = led && lag.lag && (p->start < 0 || c->topic->retention.compacts || q == QUALITY_LE);
        ret->lag_quality = bound ? QUALITY_LE : QUALITY_EXACT;
    }
    if (!lag.known)
        ret->lag_quality = QUALITY_UNKNOWN;
    ret->lag = lag.lag;
    kafka_item_int(it, GROUP_PARTITIONS_LAG, lag.lag, ret->lag_quality);
    bool lost_known = led && c->committed >= 0 && p->start >= 0;
    const struct kafka_cell was = kafka_item_get(it, GROUP_PARTITIONS_LOST);
    ret->lost = lost_known ? lag.lost : 0;
    ret->lost_new = lost_known && was.quality && lag.lost > was.i ? lag.lost - was.i : 0;
    kafka_item_int(it, GROUP_PARTITIONS_LOST, ret->lost, lost_known ? QUALITY_EXACT : QUALITY_UNKNOWN);
    c->ahead = (uint16_t)(lag.ahead ? c->ahead + (c->ahead < UINT16_MAX) : 0);
    ret->ahead = c->ahead >= AHEAD_ROUNDS;
}

static void time_cells(struct kafka_model_commit *c, struct kafka_model_partition *p, struct kafka_model_share *ret)
{
    struct kafka_item *it = &c->item;
    int64_t now = p ? p->time.mono_us / 1000 : 0;
    bool fresh = p && p->leader >= 0 && !p->fault && ret->lag_quality;
    double rate_in = 0, rate_out = 0;
    ret->rates_known = fresh && kafka_model_rate_in(p, &rate_in) && kafka_rates_consumed(&c->commits, now, &rate_out);
    enum quality rates = ret->rates_known ? QUALITY_EXACT : QUALITY_UNKNOWN;
    ret->rate_in = rate_in;
    ret->rate_out = rate_out;
    kafka_item_rough(it, GROUP_PARTITIONS_RATE_IN, rate_in, rates);
    kafka_item_rough(it, GROUP_PARTITIONS_RATE_OUT, rate_out, rates);
    ret->trend_known = fresh && kafka_rates_trend(&p->ends, &c->commits, now, &ret->trend);
    kafka_item_text(it, GROUP_PARTITIONS_TREND, ret->trend_known ? kafka_rates_trend_text(&ret->trend) : NULL,
                    QUALITY_EXACT);
    kafka_item_rough(it, GROUP_PARTITIONS_LAG_RATE, ret->trend.lag_rate,
                     ret->trend_known ? QUALITY_EST : QUALITY_UNKNOWN);
    kafka_model_apply_age(c, p, now, fresh, ret);
}

static const char *note_of(const struct kafka_model_commit *c, const struct kafka_model_partition *p,
                           const struct kafka_commit *commit, const struct kafka_model_share *share)
{
    if (commit && commit->fault)
        return kafka_fault_text(commit->fault);
    if (c->topic->left_out)
        return "not read: max_partitions";
    if (!c->topic->present) /* topics that may not be seen are left out of what is committed */
        return c->committed >= 0 ? "topic deleted" : "topic is not to be seen";
    if (!p)
        return "partition does not exist";
    if (p->leader < 0)
        return "no leader";
    if (c->committed < 0)
        return "no commit";
    if (p->fault)
        return p->fault == KAFKA_FAULT_LEADER ? "leader just elected" : kafka_fault_text(p->fault);
    if (share->ahead)
        return "ahead of the end";
    if (share->lost)
        return "messages lost";
    if (share->open)
        return kafka_open_note(p, p->time.wall_ms);
    if (share->markers)
        return c->read_committed ? "caught up: only markers and aborted messages are left"
                                 : "caught up: only transaction markers are left";
    return NULL;
}

void kafka_model_apply_commit(struct kafka_model_commit *c, const struct kafka_commit *commit, struct kafka_time time,
                              struct kafka_model_share *ret)
{
    struct kafka_item *it = &c->item;
    struct kafka_model_partition *p = find_partition(c);
    *ret = (struct kafka_model_share){0};
    take_commit(c, commit, time);
    owner_cells(c);
    bool there = p || c->topic->left_out;
    ret->deleted = !there;
    ret->left_out = c->topic->left_out;
    ret->no_commit = there && c->committed < 0 && !(commit && commit->fault);
    ret->leaderless = p && p->leader < 0;
    ret->counted = there && !ret->no_commit;
    lag_cells(c, p, ret);
    if (p && (ret->lag || ret->lost || c->ahead))
        p->lags = true;
    time_cells(c, p, ret);
    kafka_retention_cells(c, p, ret);
    ret->open = p && p->leader >= 0 && !p->fault && kafka_open_holds(c, p);
    bool led = p && p->leader >= 0;
    enum quality q = p && p->fault ? QUALITY_STALE : QUALITY_EXACT, of_end;
    int64_t end = led ? kafka_open_end(c, p, &of_end) : -1;
    if (led && p->end >= 0 && !p->fault)
        c->end = p->end;
    kafka_item_int(it, GROUP_PARTITIONS_END, end, end < 0 ? QUALITY_UNKNOWN : of_end == QUALITY_LE ? QUALITY_LE : q);
    bool start = p && p->start >= 0;
    kafka_item_int(it, GROUP_PARTITIONS_START, start ? p->start : 0, start && led ? q : QUALITY_UNKNOWN);
    kafka_item_int(it, GROUP_PARTITIONS_LEADER, led ? p->leader : 0, led ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_text(it, GROUP_PARTITIONS_NOTE, note_of(c, p, commit, ret), QUALITY_EXACT);
}
