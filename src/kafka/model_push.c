/* Pushes and rounds: which of two words on a commit is the later one, and what is to be said where they differ. */
#include "kafka/model_push.h"

#include <stdlib.h>
#include <string.h>

enum { SUSPECT_MS = 10000 }; /* a difference that a commit on its way does not explain within so long is a defect */

/* What is remembered of a group that has to do with its subscription. */
struct kafka_model_told {
    int64_t polled_us;        /* monotonic: before its commits were polled last; 0: they must be polled again */
    int64_t polled_ms;        /* wall time of that answer */
    bool covered;             /* the sweep was told that its commits come by themselves */
    int32_t generation;       /* -1: unknown */
    int64_t described_us;     /* monotonic: when `now` came; 0: never */
    struct kafka_group now;   /* in arena */
    struct kafka_arena arena; /* of `now` */
};

static struct kafka_model_told *told_of(struct kafka_model_group *g)
{
    if (!g->told) {
        g->told = mem_new(struct kafka_model_told);
        g->told->generation = -1;
    }
    return g->told;
}

void kafka_model_push_free(struct kafka_model_group *g)
{
    if (g->told)
        kafka_arena_done(&g->told->arena);
    free(g->told);
    g->told = NULL;
}

static struct kafka_model_group *find_group(const struct kafka_model *m, const char *name)
{
    return map_get(&m->groups, name, strlen(name));
}

/* The index of a group's partition, or as many as there are. */
static size_t find_place(const struct kafka_model_group *g, const char *topic, int32_t partition)
{
    size_t low = 0, high = g->commits.n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct kafka_model_commit *c = g->commits.items[middle];
        int order = strcmp(c->topic->name, topic);
        if (order == 0)
            order = (c->partition > partition) - (c->partition < partition);
        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return g->commits.n;
}

static struct kafka_model_commit *find_commit(const struct kafka_model_group *g, const char *topic, int32_t partition)
{
    size_t i = find_place(g, topic, partition);
    return i < g->commits.n ? g->commits.items[i] : NULL;
}

/* The partition in the cluster; NULL if it is not known. */
static const struct kafka_model_partition *find_partition(const struct kafka_model *m, const char *topic,
                                                          int32_t partition)
{
    const struct kafka_model_topic *t = map_get(&m->topics, topic, strlen(topic));
    return t && t->present && partition >= 0 && (size_t)partition < t->npartitions ? t->partitions[partition] : NULL;
}

/* ---- a push ---- */

/* True if the record tells of nothing newer than what was polled: one written before the answer that goes back from it. */
static bool is_older(const struct kafka_model *m, const struct kafka_model_group *g, const struct kafka_model_commit *c,
                     const struct kafka_push_commit *p)
{
    bool before = g->told && p->commit_ms >= 0 && p->commit_ms < g->told->polled_ms + m->skew_ms;
    return before && c && c->committed >= 0 && p->offset < c->committed;
}

/* What a push means for one partition of a group. */
enum news {
    NEWS_NONE,  /* nothing, or nothing new */
    NEWS_AGAIN, /* the same offset was committed again */
    NEWS_OTHER, /* another offset, or none any more */
};

static enum news news_of(const struct kafka_model *m, const struct kafka_model_group *g,
                         const struct kafka_push_commit *p, const struct kafka_round_plan *plan)
{
    const struct kafka_model_commit *c = find_commit(g, p->topic, p->partition);
    if (is_older(m, g, c, p) || (!c && p->offset < 0) || !conf_globs_match(&plan->topics, p->topic))
        return NEWS_NONE;
    return c && c->committed == p->offset ? p->offset < 0 ? NEWS_NONE : NEWS_AGAIN : NEWS_OTHER;
}

/* Whether a push can be worked into a group: it is there, and what it had committed is known. */
static bool is_ready(const struct kafka_model_group *g)
{
    return g && g->told && g->told->polled_us;
}

static int by_place(const void *a, const void *b)
{
    const struct kafka_offset *x = a, *y = b;
    int c = strcmp(x->topic, y->topic);
    return c ? c : (x->partition > y->partition) - (x->partition < y->partition);
}

/* other: its end under the other isolation as well. */
static void add_end(const struct kafka_model *m, struct kafka_round *r, const struct kafka_push_commit *p, bool other)
{
    const struct kafka_model_partition *at = find_partition(m, p->topic, p->partition);
    if (!at || at->leader < 0)
        return;
    struct kafka_offset end = {.topic = kafka_arena_text(&r->arena, p->topic),
                               .partition = p->partition,
                               .leader = at->leader,
                               .at = KAFKA_AT_END};
    r->ends[r->nends++] = end;
    if (other)
        r->others[r->nothers++] = end;
}

/* Sorts them by topic and partition, each once; returns how many are left. */
static size_t sort_ends(struct kafka_offset *ends, size_t n)
{
    if (n == 0)
        return 0;
    qsort(ends, n, sizeof *ends, by_place);
    size_t kept = 0;
    for (size_t i = 1; i < n; i++)
        if (by_place(&ends[kept], &ends[i]) != 0)
            ends[++kept] = ends[i];
    return kept + 1;
}

bool kafka_model_push_ask(struct kafka_model *m, const struct kafka_push *push, const struct kafka_round_plan *plan,
                          const struct clock *clock, struct kafka_round *r)
{
    int64_t now_us = clock_mono_us(clock);
    bool any = false;
    size_t at = 0;
    void *value;
    r->step = true;
    r->read_committed = plan->settings.read_committed;
    r->others = kafka_arena_alloc(&r->arena, push->ncommits, sizeof *r->others);
    r->ends = kafka_arena_alloc(&r->arena, push->ncommits, sizeof *r->ends);
    while (map_next(&push->groups, &at, NULL, NULL, &value)) {
        const struct kafka_push_group *pg = value;
        struct kafka_model_group *g = find_group(m, pg->name);
        bool other = !r->read_committed && plan->read_committed.in && plan->read_committed.in[0] &&
                     conf_globs_match(&plan->read_committed, pg->name);
        any |= g && (pg->gone || pg->described);
        for (size_t i = 0; is_ready(g) && i < pg->commits.n; i++) {
            const struct kafka_push_commit *p = &pg->commits.items[i];
            enum news news = news_of(m, g, p, plan);
            struct kafka_model_commit *c = find_commit(g, p->topic, p->partition);
            if (news == NEWS_AGAIN) {
                c->pushed_us = now_us;
                kafka_watch_commit(&c->watch, now_us / 1000, p->offset,
                                   kafka_item_get(&c->item, GROUP_PARTITIONS_LAG).i);
            } else if (news == NEWS_OTHER) {
                any = true;
                if (p->offset >= 0)
                    add_end(m, r, p, other);
            }
        }
    }
    r->nends = sort_ends(r->ends, r->nends);
    r->nothers = sort_ends(r->others, r->nothers);
    return any;
}

/* ---- applying it ---- */

/* Appends what stands committed to one partition. */
static void keep_commit(const struct kafka_model_commit *c, struct kafka_arena *arena, struct kafka_committed *ret)
{
    struct kafka_cell epoch = kafka_item_get(&c->item, GROUP_PARTITIONS_LEADER_EPOCH);
    struct kafka_cell text = kafka_item_get(&c->item, GROUP_PARTITIONS_METADATA);
    if (c->committed < 0)
        return;
    ret->commits[ret->ncommits++] =
        (struct kafka_commit){.topic = c->topic->name,
                              .partition = c->partition,
                              .offset = c->committed,
                              .leader_epoch = epoch.quality ? (int32_t)epoch.i : -1,
                              .metadata = text.quality ? kafka_arena_text(arena, text.t->s) : NULL};
}

/* All that the group has committed, with the push's word where it has one. */
static void merge_commits(const struct kafka_model *m, struct kafka_model_group *g, const struct kafka_push_group *pg,
                          const struct kafka_round_plan *plan, struct kafka_arena *arena, struct kafka_committed *ret)
{
    ret->commits = kafka_arena_alloc(arena, g->commits.n + pg->commits.n, sizeof *ret->commits);
    bool *replaced = kafka_arena_alloc(arena, g->commits.n + 1, sizeof *replaced);
    for (size_t i = 0; i < pg->commits.n; i++) {
        const struct kafka_push_commit *p = &pg->commits.items[i];
        if (news_of(m, g, p, plan) != NEWS_OTHER)
            continue;
        replaced[find_place(g, p->topic, p->partition)] = true;
        if (p->offset >= 0)
            ret->commits[ret->ncommits++] = (struct kafka_commit){.topic = p->topic,
                                                                  .partition = p->partition,
                                                                  .offset = p->offset,
                                                                  .leader_epoch = p->leader_epoch,
                                                                  .metadata = p->metadata,
                                                                  .commit_ms = p->commit_ms > 0 ? p->commit_ms : 0};
    }
    for (size_t i = 0; i < g->commits.n; i++)
        if (!replaced[i])
            keep_commit(g->commits.items[i], arena, ret);
}

/* The group as the model has it, for what a push does not tell. */
static struct kafka_group group_as_is(struct kafka_model_group *g, struct kafka_arena *arena)
{
    struct kafka_cell type = kafka_item_get(&g->item, GROUPS_TYPE);
    struct kafka_group from = {.name = g->name, .pushed = true, .coordinator = -1};
    char *state = g->state ? kafka_arena_text(arena, g->state->s) : NULL;
    from.state = state;
    from.protocol_type = type.quality ? kafka_arena_text(arena, type.t->s) : NULL;
    if (type.quality && strcmp(type.t->s, "KIP-848") == 0) { /* as the older request would call it */
        from.state = kafka_arena_text(arena, "Dead");
        from.protocol_type = kafka_arena_text(arena, "");
        from.listed = true;
        from.listed_state = state;
    }
    return from;
}

static struct kafka_group copy_group(const struct kafka_push_group *pg, char *name, struct kafka_arena *arena)
{
    struct kafka_group to = pg->now;
    to.name = name;
    to.state = kafka_arena_text(arena, to.state);
    to.protocol_type = kafka_arena_text(arena, to.protocol_type);
    to.protocol = kafka_arena_text(arena, to.protocol);
    to.members = kafka_arena_alloc(arena, to.nmembers, sizeof *to.members);
    for (size_t i = 0; i < to.nmembers; i++) {
        struct kafka_member *mb = &to.members[i];
        *mb = pg->now.members[i];
        mb->id = kafka_arena_text(arena, mb->id);
        mb->client = kafka_arena_text(arena, mb->client);
        mb->host = kafka_arena_text(arena, mb->host);
        mb->instance = kafka_arena_text(arena, mb->instance);
        struct kafka_assigned *assigned = kafka_arena_alloc(arena, mb->nassigned, sizeof *assigned);
        for (size_t k = 0; k < mb->nassigned; k++) {
            const struct kafka_assigned *a = &mb->assigned[k];
            assigned[k] =
                (struct kafka_assigned){.topic = kafka_arena_text(arena, a->topic),
                                        .partitions = kafka_arena_alloc(arena, a->npartitions, sizeof(int32_t)),
                                        .npartitions = a->npartitions};
            if (a->npartitions)
                memcpy(assigned[k].partitions, a->partitions, a->npartitions * sizeof(int32_t));
        }
        mb->assigned = assigned;
    }
    return to;
}

static void choose_assigned(const struct kafka_round_plan *plan, struct kafka_group *g)
{
    for (size_t i = 0; i < g->nmembers; i++) {
        struct kafka_member *mb = &g->members[i];
        size_t kept = 0;
        for (size_t k = 0; k < mb->nassigned; k++)
            if (conf_globs_match(&plan->topics, mb->assigned[k].topic))
                mb->assigned[kept++] = mb->assigned[k];
        mb->nassigned = kept;
    }
}

/* Keeps a new description until a listing that is younger: rounds may go by an older one. */
static void take_description(struct kafka_model_group *g, const struct kafka_push_group *pg,
                             const struct kafka_round_plan *plan, int64_t now_us)
{
    struct kafka_model_told *t = told_of(g);
    kafka_arena_done(&t->arena);
    t->now = copy_group(pg, g->name, &t->arena);
    t->now.pushed = true;
    choose_assigned(plan, &t->now);
    t->described_us = now_us;
    if (t->generation >= 0 && pg->generation > t->generation) { /* seen only when it was over */
        kafka_watch_rebalance(&g->watch, now_us / 1000, true);
        kafka_watch_rebalance(&g->watch, now_us / 1000, false);
    }
    t->generation = pg->generation;
}

static void remove_group(struct kafka_model *m, struct kafka_model_group *g)
{
    size_t len = strlen(g->name);
    kafka_model_event(m, "info", "group", g->name, "is gone");
    map_put(&m->gone_groups, g->name, len, (void *)(uintptr_t)1);
    map_del(&m->groups, g->name, len);
    kafka_model_free_group(m, g);
}

/* One group of the push, if there is something of it to be worked in. */
static void add_group(struct kafka_model *m, const struct kafka_push_group *pg, const struct kafka_round_plan *plan,
                      struct kafka_time now, struct kafka_round *r)
{
    struct kafka_model_group *g = find_group(m, pg->name);
    if (!g)
        return;
    if (pg->gone) {
        remove_group(m, g);
        return;
    }
    if (pg->described)
        take_description(g, pg, plan, now.mono_us);
    if (!is_ready(g))
        return;
    bool any = pg->described;
    for (size_t i = 0; i < pg->commits.n && !any; i++)
        any = news_of(m, g, &pg->commits.items[i], plan) == NEWS_OTHER;
    if (!any)
        return;
    size_t at = r->groups.ngroups++;
    struct kafka_committed *committed = &r->committed[at];
    *committed = (struct kafka_committed){.group = g->name, .asked = true, .pushed = true, .time = now};
    merge_commits(m, g, pg, plan, &r->arena, committed);
    r->groups.groups[at] = pg->described ? g->told->now : group_as_is(g, &r->arena);
}

/* Notes when each came, once they are in the model. A commit on a partition that the metadata did not name yet has no end:
 * it is polled with the next round that knows it. */
static void stamp(struct kafka_model *m, const struct kafka_push_group *pg, int64_t now_us)
{
    struct kafka_model_group *g = find_group(m, pg->name);
    for (size_t i = 0; is_ready(g) && i < pg->commits.n; i++) {
        const struct kafka_push_commit *p = &pg->commits.items[i];
        struct kafka_model_commit *c = find_commit(g, p->topic, p->partition);
        if (!c || c->committed != p->offset)
            continue;
        c->pushed_us = now_us;
        m->suspects -= c->suspect_us != 0;
        c->suspect_us = 0;
        if (!find_partition(m, p->topic, p->partition))
            g->told->polled_us = 0;
    }
}

void kafka_model_push_apply(struct kafka_model *m, const struct kafka_push *push, const struct kafka_round_plan *plan,
                            const struct clock *clock, struct kafka_round *r)
{
    struct kafka_time now = {.wall_ms = clock_wall_ms(clock), .mono_us = clock_mono_us(clock)};
    size_t at = 0;
    void *value;
    r->groups.time = now;
    r->groups.groups = kafka_arena_alloc(&r->arena, push->groups.n, sizeof *r->groups.groups);
    r->committed = kafka_arena_alloc(&r->arena, push->groups.n, sizeof *r->committed);
    while (map_next(&push->groups, &at, NULL, NULL, &value))
        add_group(m, value, plan, now, r);
    kafka_open_mark(plan, &r->groups);
    m->pushed_us = now.mono_us;
    kafka_model_apply(m, r);
    at = 0;
    while (map_next(&push->groups, &at, NULL, NULL, &value))
        stamp(m, value, now.mono_us);
}

/* ---- rounds ---- */

static int by_commit(const void *a, const void *b)
{
    const struct kafka_commit *x = a, *y = b;
    int c = strcmp(x->topic, y->topic);
    return c ? c : (x->partition > y->partition) - (x->partition < y->partition);
}

/* What came by subscription after the poll was begun stands; what differs otherwise is noted. */
static void reconcile_group(struct kafka_model *m, struct kafka_model_group *g, struct kafka_round *r,
                            struct kafka_committed *polled)
{
    const struct kafka_model_told *told = g->told;
    struct kafka_commit *list = kafka_arena_alloc(&r->arena, polled->ncommits + g->commits.n, sizeof *list);
    size_t n = polled->ncommits;
    if (n) {
        memcpy(list, polled->commits, n * sizeof *list);
        qsort(list, n, sizeof *list, by_commit);
    }
    size_t asked = n;
    for (size_t i = 0; i < g->commits.n; i++) {
        struct kafka_model_commit *c = g->commits.items[i];
        struct kafka_commit key = {.topic = c->topic->name, .partition = c->partition};
        struct kafka_commit *p = asked ? bsearch(&key, list, asked, sizeof *list, by_commit) : NULL;
        bool both = p && !p->fault && p->offset >= 0 && c->committed >= 0;
        if (both && p->offset == c->committed) {
            m->suspects -= c->suspect_us != 0;
            c->suspect_us = 0;
        } else if (c->pushed_us >= r->asked_us && c->committed >= 0) {
            key.offset = c->committed;
            key.leader_epoch = -1;
            if (p)
                *p = key;
            else
                list[n++] = key;
        } else if (both && told && told->covered && !c->suspect_us) {
            c->suspect_us = polled->time.mono_us;
            m->suspects++;
        }
    }
    polled->commits = list;
    polled->ncommits = n;
}

/* Ends that were read before others that the model has already. */
static void reconcile_ends(const struct kafka_model *m, struct kafka_round *r)
{
    for (size_t i = 0; i < r->nends; i++) {
        struct kafka_offset *end = &r->ends[i];
        const struct kafka_model_partition *p = end->fault ? NULL : find_partition(m, end->topic, end->partition);
        if (p && !p->fault && p->end >= 0 && p->time.mono_us > end->time.mono_us) {
            end->offset = p->end;
            end->time = p->time;
        }
    }
}

/* A listing that is older than what came since. */
static void reconcile_listing(struct kafka_model *m, struct kafka_round *r)
{
    struct kafka_group *groups = kafka_arena_alloc(&r->arena, r->groups.ngroups, sizeof *groups);
    bool young = r->groups.time.mono_us > m->pushed_us;
    size_t kept = 0;
    if (young)
        map_done(&m->gone_groups);
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        const struct kafka_group *from = &r->groups.groups[i];
        const struct kafka_model_group *g = find_group(m, from->name);
        if (!young && map_get(&m->gone_groups, from->name, strlen(from->name)))
            continue;
        groups[kept] = *from;
        if (g && g->told && g->told->described_us > r->groups.time.mono_us && !from->fault) {
            struct kafka_group now = g->told->now;
            now.pushed = false;
            now.read_committed = from->read_committed;
            now.coordinator = from->coordinator;
            now.coordinator_host = from->coordinator_host;
            groups[kept] = now;
        }
        r->committed[kept++] = r->committed[i];
    }
    r->groups.groups = groups;
    r->groups.ngroups = kept;
}

void kafka_model_push_reconcile(struct kafka_model *m, struct kafka_round *r)
{
    if (m->pushed_us) {
        reconcile_listing(m, r);
        if (m->pushed_us >= r->asked_us)
            reconcile_ends(m, r);
    }
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        struct kafka_model_group *g = find_group(m, r->groups.groups[i].name);
        if (g && r->committed[i].asked && !r->committed[i].fault)
            reconcile_group(m, g, r, &r->committed[i]);
    }
}

bool kafka_model_push_again(const struct kafka_model_group *g, const struct kafka_round *r, struct kafka_arena *arena,
                            struct kafka_committed *ret)
{
    if (r->step || !is_ready(g) || !r->ends_asked.mono_us)
        return false;
    *ret = (struct kafka_committed){.group = g->name, .asked = true, .pushed = true, .time = r->ends_asked};
    ret->commits = kafka_arena_alloc(arena, g->commits.n, sizeof *ret->commits);
    for (size_t i = 0; i < g->commits.n; i++)
        keep_commit(g->commits.items[i], arena, ret);
    return true;
}

/* A difference that lasted. */
static void tell_defects(struct kafka_model *m, struct kafka_model_group *g, int64_t now_us)
{
    for (size_t i = 0; i < g->commits.n; i++) {
        struct kafka_model_commit *c = g->commits.items[i];
        if (!c->suspect_us || now_us - c->suspect_us < SUSPECT_MS * INT64_C(1000))
            continue;
        m->suspects--;
        c->suspect_us = 0;
        m->defects++;
        kafka_model_event(
            m, "error", "group", g->name,
            "defect of icetop: what came by subscription of %s-%d differed from what the coordinator says (%lld)",
            c->topic->name, (int)c->partition, (long long)c->committed);
    }
}

/* Dates the groups that were polled: what comes by subscription goes on from there. */
static void date_polled(struct kafka_model *m, const struct kafka_round *r)
{
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        struct kafka_model_group *g = find_group(m, r->groups.groups[i].name);
        if (!g || !r->committed[i].asked || r->committed[i].fault)
            continue;
        told_of(g)->polled_us = r->asked_us;
        g->told->polled_ms = r->committed[i].time.wall_ms;
    }
}

void kafka_model_push_mark(struct kafka_model *m, const struct kafka_round *r, const struct kafka_tail_cover *cover,
                           struct kafka_sweep *sweep, const struct clock *clock)
{
    int64_t now_us = clock_mono_us(clock);
    date_polled(m, r);
    size_t at = 0;
    void *value;
    while (map_next(&m->groups, &at, NULL, NULL, &value)) {
        struct kafka_model_group *g = value;
        int64_t since_us = kafka_tail_covers(cover, g->name);
        struct kafka_model_told *t = g->told;
        bool covered = t && since_us && t->polled_us > since_us;
        if (covered)
            kafka_sweep_pushed(sweep, g->name, now_us);
        else if (t && t->covered)
            kafka_sweep_pushed(sweep, g->name, 0);
        if (t)
            t->covered = covered;
        if (m->suspects)
            tell_defects(m, g, now_us);
    }
}
