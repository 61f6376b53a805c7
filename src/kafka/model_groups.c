/* Groups, their members and partitions: a round's descriptions and committed offsets worked into
 * the model. */
#include "base/str.h"
#include "kafka/judge.h"
#include "kafka/markers.h"
#include "kafka/members.h"
#include "kafka/model_push.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    REBALANCE_QUIET_MS = 60000, /* between two events that tell of rebalances of one group */
    AGAIN_A_LOOK = 16,          /* groups between two looks at the clock */
};

/* ---- lifetimes ---- */

static void free_commit(struct kafka_model *m, struct kafka_model_commit *c)
{
    kafka_item_done(&c->item, &m->gone);
    kafka_ring_done(&c->commits, &m->items.slab);
    kafka_watch_done(&c->watch, &m->items.slab);
    c->topic->users--;
    slab_free(&m->items.slab, c, sizeof *c);
}

static void note_again(struct kafka_model *m, struct kafka_model_group *g, bool again)
{
    m->again += (size_t)again - (size_t)g->again;
    g->again = again;
}

void kafka_model_free_group(struct kafka_model *m, struct kafka_model_group *g)
{
    kafka_tally_take(m, g);
    note_again(m, g, false);
    kafka_dirty_forget_group(m, g);
    for (size_t i = 0; i < g->commits.n; i++)
        free_commit(m, g->commits.items[i]);
    vec_done(&g->commits);
    kafka_group_topics_cut(m, g, 0);
    for (size_t i = 0; i < g->members.n; i++)
        kafka_members_free(m, g->members.items[i]);
    vec_done(&g->members);
    kafka_item_done(&g->item, &m->gone);
    kafka_text_unref(g->state);
    kafka_model_push_free(g);
    if (g->key)
        vec_push(&m->gone_names, g->key);
    free(g->name);
    slab_free(&m->items.slab, g, sizeof *g);
}

static struct kafka_model_group *find_group(struct kafka_model *m, const char *name)
{
    size_t len = strlen(name);
    struct kafka_model_group *g = map_get(&m->groups, name, len);
    if (g)
        return g;
    g = slab_alloc(&m->items.slab, sizeof *g);
    *g = (struct kafka_model_group){.name = mem_strdup(name), .coordinator = -1};
    kafka_item_init(&g->item, &kafka_table_groups, &m->items);
    map_put(&m->groups, name, len, g);
    if (m->round > 1)
        kafka_model_event(m, "info", "group", name, "appeared");
    return g;
}

/* ---- state ---- */

/* What kind of group this is, decided once a round. */
struct kind {
    const char *state, *type; /* NULL: unknown */
    bool rebalancing, unknown_protocol, fresh_members;
};

static bool is(const char *s, const char *word)
{
    return s && strcmp(s, word) == 0;
}

static struct kind kind_of(const struct kafka_group *from, bool has_commits)
{
    struct kind k = {.state = from->state, .type = from->protocol_type, .fresh_members = from->described};
    if (is(k.type, ""))
        k.type = is(k.state, "Dead") ? NULL : "simple";
    if (is(k.state, "Dead") && !is(from->listed_state, "Dead") && (from->listed || has_commits)) {
        /* The older request calls groups dead whose protocol it does not know; their offsets say
         * otherwise. */
        k.state = from->listed_state;
        k.type = from->listed ? "KIP-848" : NULL;
        k.unknown_protocol = true;
    }
    k.rebalancing = is(k.state, "PreparingRebalance") || is(k.state, "CompletingRebalance");
    return k;
}

/* Events of a change of state: a rebalance is told of when it begins and when it ends, but not for
 * each of a row. */
static void tell_state(struct kafka_model *m, struct kafka_model_group *g, const struct kind *k, size_t members,
                       int64_t now)
{
    const char *old = g->state ? g->state->s : NULL;
    if (!old || !k->state || strcmp(old, k->state) == 0)
        return;
    bool was = is(old, "PreparingRebalance") || is(old, "CompletingRebalance");
    if (k->rebalancing && !was && (g->told_ms == 0 || now - g->told_ms > REBALANCE_QUIET_MS)) {
        kafka_model_event(m, "info", "group", g->name, "rebalances");
        g->rebalance_ms = g->told_ms = now;
    } else if (was && !k->rebalancing && g->rebalance_ms) {
        kafka_model_event(m, "info", "group", g->name, "is %s after %.1f s of rebalance, %zu members", k->state,
                          (double)(now - g->rebalance_ms) / 1000, members);
        g->rebalance_ms = 0;
        g->told_ms = now;
    } else if (is(k->state, "Empty") && !was) {
        kafka_model_event(m, "warn", "group", g->name, "has no members any more");
    } else if (is(old, "Empty") && is(k->state, "Stable")) {
        kafka_model_event(m, "info", "group", g->name, "has members again: %zu", members);
    }
}

static void state_cells(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_group *from,
                        const struct kind *k, int64_t now)
{
    struct kafka_item *it = &g->item;
    tell_state(m, g, k, from->nmembers, now);
    if (!g->state || !k->state || strcmp(g->state->s, k->state) != 0)
        kafka_item_int(it, GROUPS_STATE_SINCE, now, k->state ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_text_set(&g->state, &m->items.texts, k->state);
    kafka_item_share(it, GROUPS_STATE, g->state, QUALITY_EXACT);
    if (k->type || from->described)
        kafka_item_text(it, GROUPS_TYPE, k->type, QUALITY_EXACT);
    bool assignor = is(k->state, "Stable") && from->protocol && *from->protocol;
    kafka_item_text(it, GROUPS_ASSIGNOR, assignor ? from->protocol : NULL, QUALITY_EXACT);
    if (from->coordinator >= 0)
        g->coordinator = from->coordinator;
    kafka_item_int(it, GROUPS_COORDINATOR, g->coordinator, g->coordinator >= 0 ? QUALITY_EXACT : QUALITY_UNKNOWN);
    if (from->coordinator_host)
        kafka_item_text(it, GROUPS_COORDINATOR_HOST, from->coordinator_host, QUALITY_EXACT);
}

/* Counted anew in every round. */
static void count_at_broker(struct kafka_model *m, const struct kafka_model_group *g)
{
    struct kafka_model_broker *b = kafka_model_broker(m, g->coordinator);
    if (b)
        b->groups++;
}

/* ---- partitions of a group ---- */

/* One partition that the round names for a group: as committed, as assigned, or as both. */
struct named {
    const char *topic;
    int32_t partition;
    const struct kafka_commit *commit;
    struct kafka_model_member *member;
};

static int compare_named(const char *topic, int32_t partition, const char *topic2, int32_t partition2)
{
    int c = topic == topic2 ? 0 : strcmp(topic, topic2);
    return c ? c : (partition > partition2) - (partition < partition2);
}

static int by_topic_partition(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return compare_named(x->topic, x->partition, y->topic, y->partition);
}

struct named_list {
    VEC(struct named) list;
};

static void collect_named(const struct kafka_model_group *g, const struct kafka_group *from,
                          const struct kafka_committed *committed, struct named_list *out)
{
    for (size_t i = 0; i < committed->ncommits; i++) {
        const struct kafka_commit *c = &committed->commits[i];
        if ((c->offset >= 0 || c->fault) && c->partition >= 0)
            vec_push(&out->list, (struct named){.topic = c->topic, .partition = c->partition, .commit = c});
    }
    for (size_t i = 0; i < from->nmembers; i++) {
        struct kafka_model_member *mb = kafka_members_find(g, from->members[i].id);
        for (size_t j = 0; j < from->members[i].nassigned; j++) {
            const struct kafka_assigned *a = &from->members[i].assigned[j];
            for (size_t k = 0; k < a->npartitions; k++)
                if (a->partitions[k] >= 0)
                    vec_push(&out->list,
                             (struct named){.topic = a->topic, .partition = a->partitions[k], .member = mb});
        }
    }
    if (out->list.n == 0)
        return;
    qsort(out->list.items, out->list.n, sizeof *out->list.items, by_topic_partition);
    size_t kept = 0; /* what is committed and assigned becomes one */
    for (size_t i = 1; i < out->list.n; i++) {
        struct named *last = &out->list.items[kept], *n = &out->list.items[i];
        if (by_topic_partition(last, n) != 0) {
            out->list.items[++kept] = *n;
            continue;
        }
        last->commit = n->commit ? n->commit : last->commit;
        last->member = n->member ? n->member : last->member;
    }
    out->list.n = kept + 1;
}

static struct kafka_model_commit *new_commit(struct kafka_model *m, const struct named *n)
{
    struct kafka_model_commit *c = slab_alloc(&m->items.slab, sizeof *c);
    *c = (struct kafka_model_commit){
        .topic = kafka_model_topic(m, n->topic), .partition = n->partition, .committed = -1, .end = -1};
    c->topic->users++;
    kafka_item_init(&c->item, &kafka_table_group_partitions, &m->items);
    return c;
}

static void set_owner(struct kafka_model_commit *c, const struct kafka_model_member *mb, bool keep)
{
    c->member_stale = !mb && keep && kafka_model_owner(c);
    if (c->member_stale)
        return;
    kafka_item_share(&c->item, GROUP_PARTITIONS_MEMBER, mb ? mb->id : NULL, QUALITY_EXACT);
    kafka_item_share(&c->item, GROUP_PARTITIONS_CLIENT, mb ? mb->client : NULL, QUALITY_EXACT);
    kafka_item_share(&c->item, GROUP_PARTITIONS_HOST, mb ? mb->host : NULL, QUALITY_EXACT);
}

/* Sums over the partitions of a group. */
struct sums {
    int64_t lag, lag_max, lost, lost_new, lost_partitions;
    size_t partitions, behind, no_commit, deleted, left_out, leaderless, ahead, topics, markers, open;
    size_t counted, known, stale, bounded, rates, trends;
    double rate_in, rate_out;
    struct kafka_age_sum age;
    struct kafka_trend trend;
    struct kafka_retention_least least;
    int64_t moved;
    const struct kafka_model_topic *topic; /* the last that was counted */
    struct kafka_judge judge;
};

static void add_times(struct sums *s, const struct kafka_model_share *x)
{
    if (x->rates_known) {
        s->rates++;
        s->rate_in += x->rate_in;
        s->rate_out += x->rate_out;
    }
    if (x->trend_known) {
        s->trends++;
        s->trend.lag_rate += x->trend.lag_rate;
        s->trend.throughput += x->trend.throughput;
        s->trend.noise += x->trend.noise;
    }
    kafka_age_add(&s->age, x->lag_s_quality, x->lag_s, x->lag_s_error, x->lag_s_method);
}

static void add_share(struct sums *s, struct kafka_model_commit *c, const struct kafka_model_share *x)
{
    kafka_judge_add(&s->judge, c, x);
    s->topics += s->topic != c->topic; /* a group's partitions come topic by topic */
    s->topic = c->topic;
    s->partitions++;
    s->no_commit += x->no_commit;
    s->deleted += x->deleted;
    s->left_out += x->left_out;
    s->leaderless += x->leaderless;
    s->ahead += x->ahead;
    s->markers += x->markers;
    s->open += x->open;
    s->lost += x->lost;
    s->lost_new += x->lost_new;
    s->lost_partitions += x->lost_new > 0;
    if (!x->counted)
        return;
    s->counted++;
    if (x->lag_quality) {
        s->known++;
        s->stale += x->lag_quality == QUALITY_STALE;
        s->bounded += x->lag_quality == QUALITY_LE;
        s->lag += x->lag;
        s->lag_max = x->lag > s->lag_max ? x->lag : s->lag_max;
        s->behind += x->lag > 0;
    }
    add_times(s, x);
    kafka_retention_add(&s->least, x);
    int64_t moved = kafka_item_get(&c->item, GROUP_PARTITIONS_MOVED).i;
    s->moved = moved > s->moved ? moved : s->moved;
}

static void apply_commits(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_group *from,
                          const struct kafka_committed *committed, bool keep_owners, struct sums *s)
{
    bool told = !from->pushed || from->described; /* else who owns what is as it was */
    struct named_list named = {0};
    collect_named(g, from, committed, &named);
    VEC(struct kafka_model_commit *) next = {0};
    size_t old = 0;
    vec_exact(&next, named.list.n);
    for (size_t i = 0; i <= named.list.n; i++) {
        const struct named *n = i < named.list.n ? &named.list.items[i] : NULL;
        struct kafka_model_commit *c = NULL;
        for (; old < g->commits.n; old++) { /* those that come before n are named no more */
            struct kafka_model_commit *o = g->commits.items[old];
            int order = n ? compare_named(o->topic->name, o->partition, n->topic, n->partition) : -1;
            if (order > 0)
                break;
            if (order == 0) {
                c = o;
                old++;
                break;
            }
            if (keep_owners && kafka_model_owner(o)) { /* assigned, without a commit: so it was before */
                struct kafka_model_share share;
                if (told)
                    set_owner(o, NULL, true);
                kafka_model_apply_commit(o, NULL, committed->time, &share);
                add_share(s, o, &share);
                vec_push(&next, o);
            } else {
                free_commit(m, o);
            }
        }
        if (!n)
            break;
        if (!c)
            c = new_commit(m, n);
        struct kafka_model_share share;
        if (told)
            set_owner(c, n->member, keep_owners);
        c->read_committed = from->read_committed;
        c->stable_end = from->read_committed && !m->read_committed;
        kafka_model_apply_commit(c, n->commit, committed->time, &share);
        add_share(s, c, &share);
        kafka_members_add(g, c, &share);
        vec_push(&next, c);
    }
    vec_done(&named.list);
    vec_done(&g->commits);
    g->commits.items = next.items;
    g->commits.n = next.n;
    g->commits.room = next.room;
}

/* ---- a group's cells ---- */

static void lag_cells(struct kafka_item *it, const struct sums *s)
{
    enum quality q = s->known == 0           ? QUALITY_UNKNOWN
                     : s->known < s->counted ? s->bounded ? QUALITY_EST : QUALITY_GE
                     : s->stale              ? QUALITY_STALE
                     : s->bounded            ? QUALITY_LE
                                             : QUALITY_EXACT;
    kafka_item_int(it, GROUPS_LAG, s->lag, q);
    kafka_item_int(it, GROUPS_LAG_MAX, s->lag_max, q);
    kafka_item_int(it, GROUPS_BEHIND, (int64_t)s->behind, q);
    struct kafka_age age;
    kafka_age_total(&s->age, s->counted, &age);
    kafka_item_real(it, GROUPS_LAG_S, age.seconds, age.quality);
    kafka_item_real(it, GROUPS_LAG_S_ERROR, age.error, value_told(age.error, QUALITY_EXACT).quality);
    kafka_item_text(it, GROUPS_LAG_S_METHOD, kafka_age_method_text(age.method), QUALITY_EXACT);
    enum quality rates = s->rates == 0 ? QUALITY_UNKNOWN : s->rates < s->counted ? QUALITY_GE : QUALITY_EXACT;
    kafka_item_real(it, GROUPS_RATE_IN, s->rate_in, rates);
    kafka_item_real(it, GROUPS_RATE_OUT, s->rate_out, rates);
    kafka_item_text(it, GROUPS_TREND, s->trends ? kafka_rates_trend_text(&s->trend) : NULL, QUALITY_EXACT);
    kafka_item_real(it, GROUPS_LAG_RATE, s->trend.lag_rate, s->trends ? QUALITY_EST : QUALITY_UNKNOWN);
    /* Of who is not known it is not known either what he was assigned and has not committed. */
    bool members = kafka_item_quality(it, GROUPS_MEMBERS) != QUALITY_UNKNOWN;
    kafka_item_int(it, GROUPS_PARTITIONS, (int64_t)s->partitions, members ? QUALITY_EXACT : QUALITY_GE);
    kafka_item_int(it, GROUPS_NO_COMMIT, (int64_t)s->no_commit,
                   members        ? QUALITY_EXACT
                   : s->no_commit ? QUALITY_GE
                                  : QUALITY_UNKNOWN);
    kafka_item_int(it, GROUPS_LOST, s->lost, s->known ? QUALITY_EXACT : QUALITY_UNKNOWN);
    kafka_item_int(it, GROUPS_TOPICS, (int64_t)s->topics, QUALITY_EXACT);
    kafka_retention_group_cells(it, &s->least);
    if (s->moved)
        kafka_item_int(it, GROUPS_MOVED, s->moved, QUALITY_EXACT);
}

static void __attribute__((format(printf, 2, 3))) add_note(struct str *out, const char *fmt, ...)
{
    if (out->len)
        str_add(out, ", ");
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(out, fmt, ap);
    va_end(ap);
}

static const char *plural(size_t n)
{
    return n == 1 ? "" : "s";
}

static void note_cell(struct kafka_model_group *g, const struct kafka_group *from,
                      const struct kafka_committed *committed, const struct kind *k, const struct sums *s)
{
    struct str note = {0};
    if (from->fault)
        add_note(&note, "cannot be described: %s", kafka_fault_text(from->fault));
    if (committed->fault)
        add_note(&note, "offsets cannot be read: %s", kafka_fault_text(committed->fault));
    if (k->rebalancing)
        add_note(&note, "rebalance");
    if (k->unknown_protocol)
        add_note(&note, k->type ? "members unknown: KIP-848 protocol" : "members unknown: unknown group protocol");
    else if (!from->described && !from->fault && !from->pushed)
        add_note(&note, "members as of an earlier round");
    if (s->leaderless)
        add_note(&note, "%zu partition%s without a leader", s->leaderless, plural(s->leaderless));
    if (s->ahead)
        add_note(&note, "%zu partition%s ahead of the end", s->ahead, plural(s->ahead));
    if (s->lost)
        add_note(&note, "messages lost");
    if (s->deleted)
        add_note(&note, "%zu partition%s of deleted topics", s->deleted, plural(s->deleted));
    if (s->left_out)
        add_note(&note, "%zu partition%s not read: max_partitions", s->left_out, plural(s->left_out));
    if (s->open)
        add_note(&note, "%zu partition%s held by an open transaction", s->open, plural(s->open));
    if (s->markers)
        add_note(&note, KAFKA_MARKERS_NOTE "%zu partition%s", s->markers, plural(s->markers));
    kafka_item_text(&g->item, GROUPS_NOTE, note.len ? str_text(&note) : NULL, QUALITY_EXACT);
    str_done(&note);
}

static void stale_group(struct kafka_model_group *g)
{
    kafka_item_stale(&g->item);
    for (size_t i = 0; i < g->commits.n; i++)
        kafka_item_stale(&g->commits.items[i]->item);
    for (size_t i = 0; i < g->members.n; i++)
        kafka_item_stale(&g->members.items[i]->item);
    for (size_t i = 0; i < g->topics.n; i++)
        kafka_item_stale(&g->topics.items[i]->item);
}

/* What a listing tells; a step brings none, nor does a round that goes by an earlier one. */
static void apply_listing(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_round *r,
                          const struct kafka_group *from, const struct kind *k)
{
    bool pushed = from->pushed && from->described;
    if (r->step && !pushed)
        return;
    if (!r->step)
        g->round = m->round;
    if (!from->fault && (r->listed || !g->state || pushed))
        state_cells(m, g, from, k, r->groups.time.wall_ms);
    if (!r->step)
        count_at_broker(m, g);
    bool members_known = from->described && !k->unknown_protocol;
    if (members_known)
        kafka_item_int(&g->item, GROUPS_MEMBERS, (int64_t)from->nmembers, QUALITY_EXACT);
    else if (k->unknown_protocol || from->fault)
        kafka_item_unknown(&g->item, GROUPS_MEMBERS);
}

/* As of now, and no older than anything else. */
static void undate(const struct kafka_model *m, struct kafka_model_group *g)
{
    g->read_round = m->round;
    kafka_item_unknown(&g->item, GROUPS_AS_OF);
    for (size_t i = 0; i < g->commits.n; i++)
        kafka_item_unknown(&g->commits.items[i]->item, GROUP_PARTITIONS_AS_OF);
}

/* Not its turn: commits, ends and lags stay the pairs that they are. */
static void keep_group(struct kafka_model_group *g)
{
    if (g->read_ms || g->commits.n)
        return;
    g->gap = true;
    kafka_item_text(&g->item, GROUPS_NOTE, "its offsets are still to be read", QUALITY_EXACT);
}

/* What it has committed, with the ends. */
static void work_in_commits(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_group *from,
                            const struct kafka_committed *committed, const struct kind *kind)
{
    const struct kind k = *kind;
    note_again(m, g, false);
    kafka_members_begin(g);
    if (from->described)
        kafka_members_apply(m, g, from, k.rebalancing);
    struct sums s = {0};
    if (!committed->fault) {
        bool keep = k.rebalancing || !from->described;
        kafka_judge_begin(&s.judge, m, g, from, k.rebalancing, committed->time);
        apply_commits(m, g, from, committed, keep, &s);
        lag_cells(&g->item, &s);
        kafka_members_lags(g);
        kafka_judge_end(&s.judge);
        g->gap = s.counted > s.known;
        g->read_ms = committed->time.wall_ms;
        undate(m, g);
    } else if (kafka_item_quality(&g->item, GROUPS_LAG) == QUALITY_UNKNOWN) {
        g->gap = true; /* nobody knows what it has committed */
    }
    note_cell(g, from, committed, &k, &s);
    if (s.lost_new)
        kafka_model_event(m, "error", "group", g->name,
                          "lost %lld messages on %lld partitions: deleted before they were read", (long long)s.lost_new,
                          (long long)s.lost_partitions);
}

static void work_in(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_round *r,
                    const struct kafka_group *from, const struct kafka_committed *committed)
{
    struct kafka_committed again;
    struct kafka_arena arena = {0};
    bool pushed = committed->pushed && !committed->asked, later = pushed && r->later && kafka_model_push_known(g);
    if (pushed && !later && kafka_model_push_again(g, r, &arena, &again))
        committed = &again;
    if (committed->asked && committed->fault)
        stale_group(g); /* what follows is fresh again where it is known */
    struct kind k = kind_of(from, committed->ncommits > 0 || g->commits.n > 0);
    apply_listing(m, g, r, from, &k);
    if (later)
        note_again(m, g, true);
    else if (committed->asked)
        work_in_commits(m, g, from, committed, &k);
    else
        keep_group(g);
    kafka_arena_done(&arena);
}

static void apply_group(struct kafka_model *m, const struct kafka_round *r, const struct kafka_group *from,
                        const struct kafka_committed *committed)
{
    struct kafka_model_group *g = find_group(m, from->name);
    kafka_tally_take(m, g);
    work_in(m, g, r, from, committed);
    kafka_tally_put(m, g);
    kafka_dirty_group(m, g);
}

static void apply_again(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_group *listed,
                        int64_t listing_us, struct kafka_time time)
{
    struct kafka_arena arena = {0};
    struct kafka_committed again;
    const struct kafka_round r = {.ends_asked = time};
    const struct kafka_group from = kafka_model_push_listed(g, listed, listing_us);
    const struct kind k = kind_of(&from, g->commits.n > 0);
    if (kafka_model_push_again(g, &r, &arena, &again)) {
        kafka_tally_take(m, g);
        work_in_commits(m, g, &from, &again, &k);
        kafka_tally_put(m, g);
        kafka_dirty_group(m, g);
    }
    note_again(m, g, false);
    kafka_arena_done(&arena);
}

size_t kafka_model_again(struct kafka_model *m, const struct kafka_group *groups, size_t n, int64_t listing_us,
                         struct kafka_time time, const struct clock *clock, int64_t until_us)
{
    const struct kafka_round totals = {.step = true};
    size_t i = 0;
    while (i < n && (i == 0 || i % AGAIN_A_LOOK || clock_mono_us(clock) < until_us)) {
        struct kafka_model_group *g = map_get(&m->groups, groups[i].name, strlen(groups[i].name));
        if (g && g->again)
            apply_again(m, g, &groups[i], listing_us, time);
        i++;
    }
    kafka_model_apply_totals(m, &totals);
    return i;
}

void kafka_model_apply_groups(struct kafka_model *m, const struct kafka_round *r)
{
    for (size_t i = 0; i < r->groups.ngroups; i++)
        apply_group(m, r, &r->groups.groups[i], &r->committed[i]);
    if (r->step)
        return;
    m->listed |= r->groups_complete;
    size_t at = 0, len;
    const void *key;
    void *value;
    while (map_next(&m->groups, &at, &key, &len, &value)) {
        struct kafka_model_group *g = value;
        if (g->round == m->round)
            continue;
        if (!r->groups_complete) {
            kafka_tally_take(m, g);
            stale_group(g);
            kafka_item_text(&g->item, GROUPS_NOTE, "not listed: a coordinator does not answer", QUALITY_EXACT);
            kafka_tally_put(m, g);
            continue;
        }
        map_del(&m->groups, key, len);
        kafka_model_event(m, "info", "group", g->name,
                          r->groups_left_out ? "is gone, or one too many (max_groups)" : "is gone");
        kafka_model_free_group(m, g);
    }
}
