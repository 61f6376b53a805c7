/* Pushes and rounds: which of two words on a commit is the later one, and what is to be said where they differ. */
#include "kafka/model_push.h"

#include <stdlib.h>
#include <string.h>

enum { SUSPECT_MS = 10000 }; /* a difference that a commit on its way does not explain within so long is a defect */

/* What fits into the fields of a commit. */
#define PUSHED_MASK  ((UINT64_C(1) << 43) - 1)
#define SUSPECT_MASK ((UINT64_C(1) << 20) - 1)

/* What is remembered of a group that has to do with its subscription. */
struct kafka_model_told {
    int64_t polled_us; /* monotonic: before its commits were polled last; 0: what it has committed is not known */
    int64_t polled_ms; /* wall time of that answer */
    int64_t doubt_us; /* monotonic: when a push said last what a poll at that time may contradict without being wrong */
    bool doubt;       /* it is to be polled again, to be sure */
    int32_t generation;   /* -1: unknown */
    int64_t described_us; /* monotonic: when `now` came; 0: never */
    struct described {
        struct kafka_group now;
        struct kafka_arena arena; /* of it */
    } * described;                /* NULL: never; few are while nothing happens */
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
    if (g->told && g->told->described)
        kafka_arena_done(&g->told->described->arena);
    if (g->told)
        free(g->told->described);
    free(g->told);
    g->told = NULL;
}

void kafka_model_push_done(struct kafka_model *m)
{
    size_t at = 0;
    void *value;
    while (map_next(&m->gone_groups, &at, NULL, NULL, &value))
        free(value);
    map_done(&m->gone_groups);
    kafka_push_done(&m->early);
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

/* True if the record goes back from what was polled and was written before the answer, as far as clocks can tell: then the
 * answer is the later word, or the coordinator had looked already. */
static bool is_older(const struct kafka_model *m, const struct kafka_model_group *g, const struct kafka_model_commit *c,
                     const struct kafka_push_commit *p)
{
    bool before = g->told && p->commit_ms >= 0 && p->commit_ms < g->told->polled_ms + m->skew_ms;
    return before && c && (int64_t)c->pushed_ms * 1000 < g->told->polled_us && c->committed >= 0 &&
           p->offset < c->committed;
}

/* What a push means for one partition of a group. */
enum news {
    NEWS_NONE,  /* nothing, or nothing new */
    NEWS_OLDER, /* what was committed before it was polled, most likely */
    NEWS_AGAIN, /* the same offset was committed again */
    NEWS_OTHER, /* another offset, or none any more */
};

static enum news news_of(const struct kafka_model *m, const struct kafka_model_group *g,
                         const struct kafka_push_commit *p, const struct kafka_round_plan *plan)
{
    const struct kafka_model_commit *c = find_commit(g, p->topic, p->partition);
    if ((!c && p->offset < 0) || !conf_globs_match(&plan->topics, p->topic))
        return NEWS_NONE;
    if (g->told && p->came_us < g->told->polled_us) /* it was there when the group was asked */
        return NEWS_NONE;
    if (is_older(m, g, c, p))
        return NEWS_OLDER;
    return c && c->committed == p->offset ? p->offset < 0 ? NEWS_NONE : NEWS_AGAIN : NEWS_OTHER;
}

/* Whether a push can be worked into a group: it is there, and what it had committed is known. */
static bool is_ready(const struct kafka_model_group *g)
{
    return g && g->told && g->told->polled_us;
}

bool kafka_model_push_known(const struct kafka_model_group *g)
{
    return is_ready(g);
}

static void trust(struct kafka_model *m, struct kafka_model_commit *c)
{
    m->suspects -= c->suspect;
    c->suspect = 0;
}

static uint64_t tenths(int64_t us)
{
    return (uint64_t)us / 100000 & SUSPECT_MASK;
}

static void suspect(struct kafka_model *m, struct kafka_model_commit *c, int64_t now_us)
{
    c->suspect = 1;
    c->suspect_ds = tenths(now_us) & SUSPECT_MASK;
    m->suspects++;
}

/* What was committed is as it is known. */
static void note_again(struct kafka_model *m, struct kafka_model_commit *c, int64_t came_us)
{
    c->pushed_ms = (uint64_t)(came_us + 999) / 1000 & PUSHED_MASK;
    trust(m, c);
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

/* A listing that is under way may have it still. */
static void note_gone(struct kafka_model *m, const char *name, int64_t now_us)
{
    int64_t *when = mem_new(int64_t);
    *when = now_us;
    free(map_put(&m->gone_groups, name, strlen(name), when));
}

/* Puts a group's part aside until the group is read: a poll that is under way may have been answered before it was
 * written. */
static void put_aside(struct kafka_model *m, struct kafka_push *push, const char *name,
                      const struct kafka_round_plan *plan, int64_t now_us)
{
    if (!conf_globs_match(&plan->groups, name))
        return;
    struct kafka_push_group *pg = kafka_push_pull(push, name);
    pg->kept_us = now_us;
    kafka_push_put(&m->early, pg, true);
}

/* Adds what was put aside of groups that are read now. */
static void take_early(struct kafka_model *m, struct kafka_push *push)
{
    size_t at = 0;
    void *value;
    m->early_due = false;
    while (map_next(&m->early.groups, &at, NULL, NULL, &value)) {
        struct kafka_push_group *pg = value;
        const struct kafka_model_group *g = find_group(m, pg->name);
        if (!is_ready(g))
            continue;
        kafka_push_pull(&m->early, pg->name);
        kafka_push_put(push, pg, false);
    }
}

/* Notes what only says again what is known, and asks for the ends of the rest; true if there is a rest. */
static bool ask_group(struct kafka_model *m, struct kafka_model_group *g, const struct kafka_push_group *pg,
                      const struct kafka_round_plan *plan, int64_t now_us, struct kafka_round *r)
{
    bool any = pg->described;
    bool other = !r->read_committed && plan->read_committed.in && plan->read_committed.in[0] &&
                 conf_globs_match(&plan->read_committed, pg->name);
    for (size_t i = 0; i < pg->commits.n; i++) {
        const struct kafka_push_commit *p = &pg->commits.items[i];
        enum news news = news_of(m, g, p, plan);
        struct kafka_model_commit *c = find_commit(g, p->topic, p->partition);
        if (news == NEWS_AGAIN) {
            note_again(m, c, p->came_us);
            kafka_watch_commit(&c->watch, &m->items.slab, now_us / 1000, p->offset,
                               kafka_item_get(&c->item, GROUP_PARTITIONS_LAG).i);
        } else if (news == NEWS_OLDER) {
            g->told->doubt_us = now_us;
            g->told->doubt = true;
            kafka_sweep_unknow(plan->sweep, g->name);
        } else if (news == NEWS_OTHER) {
            any = true;
            if (p->offset >= 0)
                add_end(m, r, p, other);
        }
    }
    return any;
}

bool kafka_model_push_ask(struct kafka_model *m, struct kafka_push *push, const struct kafka_round_plan *plan,
                          const struct clock *clock, struct kafka_round *r)
{
    int64_t now_us = clock_mono_us(clock);
    bool any = false;
    size_t at = 0;
    void *value;
    r->step = true;
    r->read_committed = plan->settings.read_committed;
    take_early(m, push);
    r->others = kafka_arena_alloc(&r->arena, push->ncommits, sizeof *r->others);
    r->ends = kafka_arena_alloc(&r->arena, push->ncommits, sizeof *r->ends);
    while (map_next(&push->groups, &at, NULL, NULL, &value)) {
        const struct kafka_push_group *pg = value;
        struct kafka_model_group *g = find_group(m, pg->name);
        if (is_ready(g))
            any |= pg->gone || ask_group(m, g, pg, plan, now_us, r);
        else if (g && (pg->gone || pg->described))
            any = true;
        else if (pg->gone && conf_globs_match(&plan->groups, pg->name))
            note_gone(m, pg->name, now_us);
        else
            put_aside(m, push, pg->name, plan, now_us);
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
    if (!t->described)
        t->described = mem_new(struct described);
    struct described *d = t->described;
    kafka_arena_done(&d->arena);
    d->now = copy_group(pg, g->name, &d->arena);
    d->now.pushed = true;
    choose_assigned(plan, &d->now);
    t->described_us = now_us;
    if (t->generation >= 0 && pg->generation > t->generation) { /* seen only when it was over */
        kafka_watch_rebalance(&g->watch, now_us / 1000, true);
        kafka_watch_rebalance(&g->watch, now_us / 1000, false);
    }
    t->generation = pg->generation;
}

static void remove_group(struct kafka_model *m, struct kafka_model_group *g)
{
    kafka_model_event(m, "info", "group", g->name, "is gone");
    map_del(&m->groups, g->name, strlen(g->name));
    kafka_model_free_group(m, g);
}

/* True if an end was asked for after the commit came, or there is none to be asked for. */
static bool is_paired(const struct kafka_model *m, const struct kafka_push_commit *p, const struct kafka_round *r)
{
    const struct kafka_model_partition *at = find_partition(m, p->topic, p->partition);
    struct kafka_offset key = {.topic = p->topic, .partition = p->partition};
    return p->offset < 0 || !at || at->leader < 0 ||
           (r->nends && bsearch(&key, r->ends, r->nends, sizeof *r->ends, by_place));
}

/* One group of the push, if there is something of it to be worked in. False: not before it is read, or its ends are. */
static bool add_group(struct kafka_model *m, const struct kafka_push_group *pg, const struct kafka_round_plan *plan,
                      struct kafka_time now, struct kafka_round *r)
{
    struct kafka_model_group *g = find_group(m, pg->name);
    if (g && pg->gone && pg->gone_us >= m->listing_us) { /* else it is back */
        kafka_sweep_unknow(plan->sweep, g->name);
        note_gone(m, g->name, now.mono_us);
        remove_group(m, g);
        return true;
    }
    if (g && pg->described)
        take_description(g, pg, plan, now.mono_us);
    if (!is_ready(g))
        return pg->commits.n == 0;
    bool any = pg->described;
    for (size_t i = 0; i < pg->commits.n; i++) {
        if (news_of(m, g, &pg->commits.items[i], plan) != NEWS_OTHER)
            continue;
        if (!is_paired(m, &pg->commits.items[i], r)) {
            m->early_due = true;
            return false;
        }
        any = true;
    }
    if (!any)
        return true;
    size_t at = r->groups.ngroups++;
    struct kafka_committed *committed = &r->committed[at];
    *committed = (struct kafka_committed){.group = g->name, .asked = true, .pushed = true, .time = now};
    merge_commits(m, g, pg, plan, &r->arena, committed);
    r->groups.groups[at] = pg->described ? g->told->described->now : group_as_is(g, &r->arena);
    return true;
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

/* Notes when each came, once they are in the model. */
static void stamp(struct kafka_model *m, const struct kafka_push_group *pg)
{
    struct kafka_model_group *g = find_group(m, pg->name);
    for (size_t i = 0; is_ready(g) && i < pg->commits.n; i++) {
        const struct kafka_push_commit *p = &pg->commits.items[i];
        struct kafka_model_commit *c = find_commit(g, p->topic, p->partition);
        if (p->offset < 0)
            g->told->doubt_us = p->came_us;
        else if (c && c->committed == p->offset)
            note_again(m, c, p->came_us);
    }
}

void kafka_model_push_apply(struct kafka_model *m, struct kafka_push *push, const struct kafka_round_plan *plan,
                            const struct clock *clock, struct kafka_round *r)
{
    struct kafka_time now = {.wall_ms = clock_wall_ms(clock), .mono_us = clock_mono_us(clock)};
    size_t at = 0;
    void *value;
    r->groups.time = now;
    r->groups.groups = kafka_arena_alloc(&r->arena, push->groups.n, sizeof *r->groups.groups);
    r->committed = kafka_arena_alloc(&r->arena, push->groups.n, sizeof *r->committed);
    while (map_next(&push->groups, &at, NULL, NULL, &value)) {
        const struct kafka_push_group *pg = value;
        if (!add_group(m, pg, plan, now, r))
            put_aside(m, push, pg->name, plan, now.mono_us);
    }
    kafka_open_mark(plan, &r->groups);
    m->pushed_us = now.mono_us;
    reconcile_ends(m, r);
    kafka_model_apply(m, r);
    at = 0;
    while (map_next(&push->groups, &at, NULL, NULL, &value))
        stamp(m, value);
}

/* ---- rounds ---- */

static int by_commit(const void *a, const void *b)
{
    const struct kafka_commit *x = a, *y = b;
    int c = strcmp(x->topic, y->topic);
    return c ? c : (x->partition > y->partition) - (x->partition < y->partition);
}

/* Whether all that it committed since it was polled came by itself. */
static bool is_covered(const struct kafka_model_group *g, const struct kafka_cover *cover)
{
    int64_t since_us = kafka_cover_since(cover, g->name);
    return is_ready(g) && since_us && g->told->polled_us > since_us;
}

/* How many commits came by subscription after the poll was begun. */
static size_t young_commits(const struct kafka_model_group *g, const struct kafka_round *r)
{
    size_t n = 0;
    for (size_t i = 0; i < g->commits.n; i++)
        n += (int64_t)g->commits.items[i]->pushed_ms * 1000 >= r->asked_us;
    return n;
}

/* The list that was polled, in place where nothing is added to it. */
static struct kafka_commit *with_room(const struct kafka_committed *polled, size_t more, struct kafka_arena *arena)
{
    if (more == 0)
        return polled->commits;
    struct kafka_commit *list = kafka_arena_alloc(arena, polled->ncommits + more, sizeof *list);
    if (polled->ncommits)
        memcpy(list, polled->commits, polled->ncommits * sizeof *list);
    return list;
}

/* What came by subscription after the poll was begun stands; what differs otherwise is noted. */
static void reconcile_group(struct kafka_model *m, struct kafka_model_group *g, struct kafka_round *r,
                            const struct kafka_cover *cover, struct kafka_committed *polled)
{
    bool covered = is_covered(g, cover);
    struct kafka_commit *list = with_room(polled, young_commits(g, r), &r->arena);
    size_t n = polled->ncommits, asked = n;
    if (n)
        qsort(list, n, sizeof *list, by_commit);
    for (size_t i = 0; i < g->commits.n; i++) {
        struct kafka_model_commit *c = g->commits.items[i];
        struct kafka_commit key = {.topic = c->topic->name, .partition = c->partition};
        struct kafka_commit *p = asked ? bsearch(&key, list, asked, sizeof *list, by_commit) : NULL;
        bool both = p && !p->fault && p->offset >= 0 && c->committed >= 0;
        if (both && p->offset == c->committed) {
            trust(m, c);
        } else if ((int64_t)c->pushed_ms * 1000 >= r->asked_us && c->committed >= 0) {
            key.offset = c->committed;
            key.leader_epoch = -1;
            if (p)
                *p = key;
            else
                list[n++] = key;
        } else if (both && covered && !c->suspect) {
            suspect(m, c, polled->time.mono_us);
        }
    }
    polled->commits = list;
    polled->ncommits = n;
}

/* True if the group has gone since the listing. */
static bool is_gone(struct kafka_model *m, const char *name, int64_t listed_us)
{
    size_t len = strlen(name);
    const int64_t *when = map_get(&m->gone_groups, name, len);
    if (!when)
        return false;
    if (*when >= listed_us)
        return true;
    free(map_del(&m->gone_groups, name, len)); /* it is back */
    return false;
}

struct kafka_group kafka_model_push_listed(const struct kafka_model_group *g, const struct kafka_group *from,
                                           int64_t listing_us)
{
    if (!g->told || g->told->described_us <= listing_us || from->fault)
        return *from;
    struct kafka_group now = g->told->described->now;
    now.pushed = false;
    now.read_committed = from->read_committed;
    now.coordinator = from->coordinator;
    now.coordinator_host = from->coordinator_host;
    return now;
}

/* A listing that is older than what came since. */
static void reconcile_listing(struct kafka_model *m, struct kafka_round *r)
{
    struct kafka_group *groups = kafka_arena_alloc(&r->arena, r->groups.ngroups, sizeof *groups);
    size_t kept = 0;
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        const struct kafka_group *from = &r->groups.groups[i];
        const struct kafka_model_group *g = find_group(m, from->name);
        if (is_gone(m, from->name, r->listing_us))
            continue;
        groups[kept] = g ? kafka_model_push_listed(g, from, r->listing_us) : *from;
        r->committed[kept++] = r->committed[i];
    }
    r->groups.groups = groups;
    r->groups.ngroups = kept;
}

void kafka_model_push_reconcile(struct kafka_model *m, struct kafka_round *r, const struct kafka_cover *cover)
{
    if (m->pushed_us || m->gone_groups.n) {
        reconcile_listing(m, r);
        if (m->pushed_us >= r->asked_us)
            reconcile_ends(m, r);
    }
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        struct kafka_model_group *g = find_group(m, r->groups.groups[i].name);
        if (g && r->committed[i].asked && !r->committed[i].fault)
            reconcile_group(m, g, r, cover, &r->committed[i]);
    }
}

bool kafka_model_push_again(const struct kafka_model_group *g, const struct kafka_round *r, struct kafka_arena *arena,
                            struct kafka_committed *ret)
{
    if (r->step || !is_ready(g))
        return false;
    *ret = (struct kafka_committed){.group = g->name, .asked = true, .pushed = true};
    ret->time = r->ends_asked.mono_us ? r->ends_asked : r->metadata.time; /* else no ends were read: all are faults */
    ret->commits = kafka_arena_alloc(arena, g->commits.n, sizeof *ret->commits);
    for (size_t i = 0; i < g->commits.n; i++)
        keep_commit(g->commits.items[i], arena, ret);
    return true;
}

/* A difference that lasted. */
static void tell_defects(struct kafka_model *m, struct kafka_model_group *g, bool covered, int64_t now_us)
{
    for (size_t i = 0; i < g->commits.n; i++) {
        struct kafka_model_commit *c = g->commits.items[i];
        if (!c->suspect || (covered && ((tenths(now_us) - c->suspect_ds) & SUSPECT_MASK) < SUSPECT_MS / 100))
            continue;
        trust(m, c);
        if (!covered) /* what would have explained it did not come */
            continue;
        m->defects++;
        kafka_model_event(
            m, "error", "group", g->name,
            "defect of icetop: what came by subscription of %s-%d differed from what the coordinator says (%lld)",
            c->topic->name, (int)c->partition, (long long)c->committed);
    }
}

/* Dates the groups that were polled: what comes by subscription goes on from there. Where a
 * push came meanwhile that leaves doubts, they are polled again. */
static void date_polled(struct kafka_model *m, const struct kafka_round *r)
{
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        struct kafka_model_group *g = find_group(m, r->groups.groups[i].name);
        if (!g || !r->committed[i].asked || r->committed[i].fault)
            continue;
        struct kafka_model_told *t = told_of(g);
        t->polled_us = r->asked_us;
        t->doubt = t->doubt_us >= r->asked_us;
        t->polled_ms = r->committed[i].time.wall_ms;
    }
}

/* Whether there is anything among what was put aside for which the time has come. What is older than the listing of a round
 * that does not have the group is of no use. */
static void look_early(struct kafka_model *m, const struct kafka_round *r)
{
    size_t at = 0;
    void *value;
    while (map_next(&m->early.groups, &at, NULL, NULL, &value)) {
        struct kafka_push_group *pg = value;
        const struct kafka_model_group *g = find_group(m, pg->name);
        if (is_ready(g))
            m->early_due = true;
        else if (!g && !r->step && pg->kept_us < r->listing_us)
            kafka_push_group_free(kafka_push_pull(&m->early, pg->name));
    }
}

/* Groups that have gone by a push and are in no listing since. */
static void forget_gone(struct kafka_model *m, const struct kafka_round *r)
{
    size_t at = 0, len;
    const void *key;
    void *value;
    while (!r->step && map_next(&m->gone_groups, &at, &key, &len, &value))
        if (*(int64_t *)value < r->listing_us)
            free(map_del(&m->gone_groups, key, len));
}

void kafka_model_push_mark(struct kafka_model *m, const struct kafka_round *r, const struct kafka_cover *cover,
                           struct kafka_sweep *sweep, const struct clock *clock)
{
    int64_t now_us = clock_mono_us(clock);
    struct kafka_sweep_known *known = mem_calloc(m->groups.n + 1, sizeof *known);
    size_t at = 0, n = 0;
    void *value;
    m->listing_us = r->listing_us;
    date_polled(m, r);
    while (map_next(&m->groups, &at, NULL, NULL, &value)) {
        struct kafka_model_group *g = value;
        if (is_ready(g) && !g->told->doubt)
            known[n++] = (struct kafka_sweep_known){.group = g->name, .asked_us = g->told->polled_us};
        if (m->suspects)
            tell_defects(m, g, is_covered(g, cover), now_us);
    }
    kafka_sweep_know(sweep, known, n);
    free(known);
    look_early(m, r);
    forget_gone(m, r);
}
