/* Verdicts on groups and all that is told of them beside their lag. */
#include "kafka/judge.h"
#include "kafka/members.h"
#include "kafka/rank.h"

#include <math.h>
#include <string.h>

enum {
    SKEW_LAG = 10,     /* mean messages behind, below which their spread tells nothing */
    SKEW_RATE = 1,     /* mean messages a second, likewise */
    NOBODY_MS = 10000, /* without a commit, until it is believed that nobody reads what is assigned to nobody */
};

void kafka_judge_begin(struct kafka_judge *j, struct kafka_model *m, struct kafka_model_group *g,
                       const struct kafka_group *from, bool rebalancing, struct kafka_time time)
{
    *j = (struct kafka_judge){.m = m, .g = g, .now_ms = time.mono_us / 1000};
    struct kafka_cell members = kafka_item_get(&g->item, GROUPS_MEMBERS), type = kafka_item_get(&g->item, GROUPS_TYPE);
    kafka_watch_rebalance(&g->watch, j->now_ms, rebalancing);
    if (from->described) {
        bool all = true;
        for (size_t i = 0; i < from->nmembers; i++)
            all &= from->members[i].known;
        g->watch.assigned_known = all;
    }
    j->members_known = members.quality != QUALITY_UNKNOWN;
    j->simple = type.quality && strcmp(type.t->s, "simple") == 0;
    j->empty = j->members_known && members.i == 0 && !j->simple && !rebalancing;
    j->assigned_known = j->members_known && g->watch.assigned_known && !rebalancing;
}

static enum kafka_verdict_readers readers_of(const struct kafka_judge *j, const struct kafka_model_commit *c)
{
    if (j->simple)
        return KAFKA_VERDICT_READERS_SIMPLE;
    if (j->empty)
        return KAFKA_VERDICT_READERS_NONE;
    if (kafka_model_owner(c))
        return KAFKA_VERDICT_READERS_MEMBER;
    return j->assigned_known ? KAFKA_VERDICT_READERS_UNASSIGNED : KAFKA_VERDICT_READERS_UNKNOWN;
}

/* ---- one partition ---- */

/* Three digits are enough, and keep still what does. */
static double three_digits(double v)
{
    if (fabs(v) < 0.005)
        return 0;
    int digits = 2 - (int)floor(log10(fabs(v)));
    double scale = pow(10, digits > 0 ? digits : -digits);
    return digits > 0 ? round(v * scale) / scale : round(v / scale) * scale;
}

static enum kafka_burrow_status burrow_of(const struct kafka_verdict_case *x)
{
    if (x->lag == 0)
        return KAFKA_BURROW_OK;
    struct kafka_burrow_commit commits[KAFKA_BURROW_COMMITS];
    size_t n = kafka_burrow_commits(x->window, commits);
    /* One commit is a stop to these rules as soon as it was made. */
    if (n == 1 && x->now_ms - x->since_ms < kafka_verdict_patience(x))
        return KAFKA_BURROW_UNKNOWN;
    int64_t ends[2] = {kafka_ring_point(x->ends, 0).offset, kafka_ring_last(x->ends).offset};
    double before;
    if (kafka_ring_at(x->ends, x->now_ms - KAFKA_BURROW_ENDS_SPAN_MS, &before))
        ends[0] = (int64_t)ceil(before);
    return kafka_burrow_judge(commits, n, ends, 2, x->now_ms);
}

static void unknown_cells(struct kafka_item *it)
{
    kafka_item_unknown(it, GROUP_PARTITIONS_BURROW);
    kafka_item_unknown(it, GROUP_PARTITIONS_VERDICT);
    kafka_item_unknown(it, GROUP_PARTITIONS_WHY);
    kafka_item_unknown(it, GROUP_PARTITIONS_NET_RATE);
    kafka_item_unknown(it, GROUP_PARTITIONS_ETA_S);
}

static void set_stale(struct kafka_item *it)
{
    static const size_t columns[] = {GROUP_PARTITIONS_BURROW, GROUP_PARTITIONS_VERDICT, GROUP_PARTITIONS_WHY};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (kafka_item_quality(it, columns[i]))
            kafka_item_share(it, columns[i], kafka_item_get(it, columns[i]).t, QUALITY_STALE);
    kafka_item_unknown(it, GROUP_PARTITIONS_NET_RATE);
    kafka_item_unknown(it, GROUP_PARTITIONS_ETA_S);
}

static void fill_case(const struct kafka_judge *j, const struct kafka_model_commit *c,
                      const struct kafka_model_partition *p, const struct kafka_model_share *x,
                      struct kafka_verdict_case *ret)
{
    int64_t end_ms = p->time.mono_us / 1000;
    *ret = (struct kafka_verdict_case){
        .now_ms = end_ms > j->now_ms ? end_ms : j->now_ms,
        .readers = readers_of(j, c),
        .committed = c->committed,
        .lag_known = x->lag_quality != QUALITY_UNKNOWN,
        .lag = x->lag,
        .lost = x->lost,
        .lag_s_quality = x->lag_s_quality,
        .lag_s = x->lag_s,
        .since_ms = c->watch.since_ms,
        .moved = c->watch.moved,
        .ends = &p->ends,
        .commits = &c->commits,
        .window = c->watch.window,
    };
}

static void note_worst(struct kafka_judge_worst *w, const struct kafka_group_watch *said,
                       const struct kafka_model_commit *c, const struct kafka_model_share *x, enum kafka_verdict v,
                       double arriving)
{
    if (v == KAFKA_VERDICT_UNKNOWN || v < w->verdict)
        return;
    if (v > w->verdict)
        *w = (struct kafka_judge_worst){.verdict = v, .commit = c, .lag = x->lag};
    bool named = w->commit == said->worst; /* stays named while none is worse */
    if (c == said->worst || (!named && x->lag > w->lag)) {
        w->commit = c;
        w->lag = x->lag;
    }
    w->alike++;
    w->unread += x->lag;
    w->arriving += arriving;
}

/* The verdict cells of a partition whose end was read; its net rate, if known. */
static bool partition_cells(struct kafka_judge *j, struct kafka_model_commit *c, const struct kafka_verdict_case *k,
                            double *net)
{
    struct kafka_item *it = &c->item;
    struct str why = {0};
    enum kafka_verdict v = kafka_verdict_of(k, &c->watch.said, &why);
    c->watch.said.verdict = (uint8_t)v;
    kafka_item_text(it, GROUP_PARTITIONS_VERDICT, kafka_verdict_text(v), QUALITY_EXACT);
    kafka_item_text(it, GROUP_PARTITIONS_WHY, why.len ? str_text(&why) : NULL, QUALITY_EXACT);
    str_done(&why);
    enum kafka_burrow_status b = burrow_of(k);
    kafka_item_text(it, GROUP_PARTITIONS_BURROW, kafka_burrow_text(b), QUALITY_EXACT);
    j->burrow = kafka_burrow_worse(j->burrow, b);
    bool known = kafka_verdict_net_rate(k, net);
    *net = known ? three_digits(*net) : 0;
    kafka_item_rough(it, GROUP_PARTITIONS_NET_RATE, *net, known ? QUALITY_EST : QUALITY_UNKNOWN);
    return known;
}

/* True of a lag that nobody is there to read; who commits without joining is somebody. */
static bool is_forsaken(const struct kafka_verdict_case *x)
{
    bool nobody = x->readers == KAFKA_VERDICT_READERS_NONE || x->readers == KAFKA_VERDICT_READERS_UNASSIGNED;
    return nobody && x->lag > 0 && x->now_ms - x->since_ms >= NOBODY_MS;
}

/* When a lag will be gone. What keeps up is never quite without one: then, when what waits now will have been read. What
 * nobody reads stays, whatever was read of late. */
static void set_eta(struct kafka_item *it, size_t column, enum quality lag_quality, int64_t lag, enum kafka_verdict v,
                    const double *net, double rate_out, bool forsaken)
{
    bool keeps_up = v == KAFKA_VERDICT_OK && rate_out > 0;
    double eta = kafka_rates_eta((double)lag, 0, forsaken ? 0 : keeps_up ? rate_out : net ? *net : 0);
    enum quality q = lag_quality == QUALITY_UNKNOWN             ? QUALITY_UNKNOWN
                     : lag_quality == QUALITY_EXACT && lag == 0 ? QUALITY_EXACT
                     : !forsaken && !keeps_up && !net           ? QUALITY_UNKNOWN
                     : lag_quality != QUALITY_GE || isinf(eta)  ? QUALITY_EST
                     : lag                                      ? QUALITY_GE
                                                                : QUALITY_UNKNOWN; /* a bound of nothing is none */
    kafka_item_rough(it, column, eta, q);
}

/* ---- the group's topics ---- */

/* What is known of the others does not make it well where some could not be read. */
static const char *text_of(enum kafka_verdict v, size_t unread, struct str *why)
{
    if (v != KAFKA_VERDICT_OK || unread == 0)
        return kafka_verdict_text(v);
    str_printf(why, "%zu partition%s could not be read", unread, unread == 1 ? "" : "s");
    return NULL;
}

/* Appends why the worst partition is what it is; nothing where all is well. */
static void say_worst(const struct kafka_judge *j, const struct kafka_judge_worst *w, struct kafka_group_watch *said,
                      struct str *text)
{
    struct kafka_cell own = {.quality = QUALITY_UNKNOWN};
    if (w->commit)
        own = kafka_item_get(&w->commit->item, GROUP_PARTITIONS_WHY);
    said->worst = w->commit;
    if (own.quality && w->verdict == KAFKA_VERDICT_UNREAD && j->empty) {
        struct str rate = {0};
        str_add(text, "no members, ");
        if (kafka_verdict_say_rate(&rate, w->arriving, &said->said.rate)) {
            str_printf(text, "lag grows %s", str_text(&rate));
        } else {
            kafka_verdict_say_number(text, w->unread);
            str_add(text, " unread");
        }
        str_done(&rate);
    } else if (own.quality) {
        str_printf(text, "%s-%d: %s", w->commit->topic->name, w->commit->partition, own.t->s);
        if (w->alike > 1)
            str_printf(text, "; %zu more %s", w->alike - 1, kafka_verdict_text(w->verdict));
    }
}

static void close_topic(struct kafka_judge *j)
{
    struct kafka_group_topic *gt = j->topic;
    if (!gt)
        return;
    kafka_group_topics_cells(gt, &j->sums, j->empty || j->assigned_known);
    kafka_rank_set(j->m, gt);
    set_eta(&gt->item, GROUP_TOPICS_ETA_S, kafka_item_quality(&gt->item, GROUP_TOPICS_LAG), j->sums.lag,
            j->topic_worst.verdict, j->sums.nets == j->sums.counted ? &j->sums.net : NULL, j->sums.rate_out,
            j->topic_forsaken);
    struct str why = {0};
    say_worst(j, &j->topic_worst, &gt->watch, &why);
    const char *verdict = text_of(j->topic_worst.verdict, j->topic_unread, &why);
    kafka_item_text(&gt->item, GROUP_TOPICS_VERDICT, verdict, QUALITY_EXACT);
    kafka_item_text(&gt->item, GROUP_TOPICS_WHY, why.len ? str_text(&why) : NULL, QUALITY_EXACT);
    str_done(&why);
    j->topic = NULL;
}

static void open_topic(struct kafka_judge *j, struct kafka_model_topic *t)
{
    close_topic(j);
    j->topic = kafka_group_topics_next(j->m, j->g, &j->next_topic, t);
    j->sums = (struct kafka_topic_sums){0};
    j->topic_worst = (struct kafka_judge_worst){0};
    j->topic_forsaken = false;
    j->topic_unread = 0;
}

/* Members are counted once for each topic. */
static void count_member(struct kafka_judge *j, const struct kafka_model_commit *c)
{
    const struct kafka_text *owner = kafka_model_owner(c);
    struct kafka_model_member *mb = owner ? kafka_members_find(j->g, owner->s) : NULL;
    if (mb && mb->counted_for != c->topic) {
        mb->counted_for = c->topic;
        j->sums.members++;
    }
}

void kafka_judge_add(struct kafka_judge *j, struct kafka_model_commit *c, const struct kafka_model_share *x)
{
    if (!j->topic || j->topic->topic != c->topic)
        open_topic(j, c->topic);
    count_member(j, c);
    const struct kafka_model_partition *p = NULL;
    if (c->topic->present && (size_t)c->partition < c->topic->npartitions)
        p = c->topic->partitions[c->partition];
    kafka_watch_read(&c->watch, &c->item.kind->pool->slab, j->now_ms, c->committed, x->lag);
    bool fresh = p && p->leader >= 0 && !p->fault && p->ends.n && x->lag_quality;
    double net, arriving = 0;
    bool net_known = false;
    if (fresh) {
        struct kafka_verdict_case k;
        fill_case(j, c, p, x, &k);
        net_known = partition_cells(j, c, &k, &net);
        set_eta(&c->item, GROUP_PARTITIONS_ETA_S, x->lag_quality, x->lag, c->watch.said.verdict,
                net_known ? &net : NULL, x->rate_out, is_forsaken(&k));
        j->topic_forsaken |= is_forsaken(&k);
        j->forsaken |= is_forsaken(&k);
        arriving = kafka_verdict_arriving(&p->ends, k.now_ms);
        kafka_spread_add(&j->lags, (double)x->lag);
        kafka_spread_add(&j->rates, arriving);
    } else if (x->lag_quality) {
        set_stale(&c->item);
    } else {
        j->unread += x->counted;
        j->topic_unread += x->counted;
        unknown_cells(&c->item);
        c->watch.said.verdict = KAFKA_VERDICT_UNKNOWN;
    }
    enum kafka_verdict v = c->watch.said.verdict;
    note_worst(&j->worst, &j->g->watch, c, x, v, arriving);
    note_worst(&j->topic_worst, &j->topic->watch, c, x, v, arriving);
    j->counted += x->counted;
    j->nets += net_known;
    j->net += net_known ? net : 0;
    kafka_topic_sums_add(&j->sums, x, net_known ? &net : NULL);
}

/* ---- the group ---- */

static void skew_cells(const struct kafka_judge *j)
{
    struct kafka_item *it = &j->g->item;
    struct kafka_spread members = {0};
    for (size_t i = 0; i < j->g->members.n; i++) {
        const struct kafka_model_member *mb = j->g->members.items[i];
        if (mb->lag_known && !mb->lag_partial)
            kafka_spread_add(&members, (double)mb->lag);
    }
    double v = 0;
    bool known = kafka_spread_cv(&j->lags, SKEW_LAG, &v);
    kafka_item_real(it, GROUPS_SKEW, v, known ? QUALITY_EST : QUALITY_UNKNOWN);
    known = kafka_spread_cv(&j->rates, SKEW_RATE, &v);
    kafka_item_real(it, GROUPS_RATE_SKEW, v, known ? QUALITY_EST : QUALITY_UNKNOWN);
    known = kafka_spread_par(&j->rates, SKEW_RATE, &v);
    kafka_item_real(it, GROUPS_RATE_PEAK, v, known ? QUALITY_EST : QUALITY_UNKNOWN);
    known = kafka_spread_cv(&members, SKEW_LAG, &v);
    kafka_item_real(it, GROUPS_MEMBER_SKEW, v, known ? QUALITY_EST : QUALITY_UNKNOWN);
}

static void net_cells(const struct kafka_judge *j)
{
    struct kafka_item *it = &j->g->item;
    struct kafka_cell lag = kafka_item_get(it, GROUPS_LAG);
    bool known = j->nets && j->nets == j->counted;
    double net = three_digits(j->net);
    kafka_item_real(it, GROUPS_NET_RATE, net, known ? QUALITY_EST : QUALITY_UNKNOWN);
    struct kafka_cell out = kafka_item_get(it, GROUPS_RATE_OUT);
    set_eta(it, GROUPS_ETA_S, lag.quality, lag.i, j->worst.verdict, known ? &net : NULL, out.quality ? out.d : 0,
            j->forsaken);
}

static void verdict_cells(const struct kafka_judge *j)
{
    struct kafka_item *it = &j->g->item;
    enum kafka_verdict v = j->worst.verdict;
    struct str why = {0};
    if (v < KAFKA_VERDICT_REBALANCING && kafka_watch_say_rebalancing(&j->g->watch, j->now_ms, &why)) {
        str_add(&why, v > KAFKA_VERDICT_OK ? "; " : "");
        v = KAFKA_VERDICT_REBALANCING;
    }
    say_worst(j, &j->worst, &j->g->watch, &why);
    kafka_item_text(it, GROUPS_VERDICT, text_of(v, j->unread, &why), QUALITY_EXACT);
    kafka_item_text(it, GROUPS_WHY, why.len ? str_text(&why) : NULL, QUALITY_EXACT);
    kafka_item_text(it, GROUPS_BURROW, kafka_burrow_text(j->burrow), QUALITY_EXACT);
    str_done(&why);
}

void kafka_judge_end(struct kafka_judge *j)
{
    close_topic(j);
    kafka_group_topics_cut(j->m, j->g, j->next_topic);
    verdict_cells(j);
    net_cells(j);
    skew_cells(j);
}
