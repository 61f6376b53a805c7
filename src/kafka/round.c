/* One round: metadata, groups, committed offsets, ends, and seldom starts. */
#include "kafka/round.h"
#include "kafka/probe.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    GROUPS_PERCENT = 60,    /* of the time left that listing may take */
    COMMITTED_PERCENT = 60, /* and reading what they committed; ends need the rest */
    ENDS_PERCENT = 80,
    VERIFY_PERCENT = 30, /* that may go into finding out whether a listing is whole */
    SILENT_MS = 1000,    /* for a leader that did not answer in the last round */
};

static void forget_groups(struct kafka_round_memory *m)
{
    for (size_t i = 0; i < m->ngroups; i++)
        free(m->groups[i]);
    free(m->groups);
    m->groups = NULL;
    m->ngroups = 0;
}

static void forget_topics(struct kafka_round_memory *m)
{
    for (size_t i = 0; i < m->ntopics; i++) {
        free(m->topics[i].name);
        free(m->topics[i].ends);
        free(m->topics[i].start_known);
        free(m->topics[i].probed);
    }
    free(m->topics);
    m->topics = NULL;
    m->ntopics = 0;
}

void kafka_round_memory_done(struct kafka_round_memory *m)
{
    forget_groups(m);
    forget_topics(m);
    kafka_skew_done(&m->skew);
    kafka_configs_done(&m->configs);
    kafka_probe_wants_free(m->wants);
    m->wants = NULL;
    m->starts_us = 0;
}

/* ---- what the plan chooses ---- */

static void choose_topics(const struct kafka_round_plan *plan, struct kafka_round *r)
{
    struct kafka_metadata *md = &r->metadata;
    size_t kept = 0, partitions = 0;
    r->topics_seen = md->ntopics;
    r->left_out = kafka_arena_alloc(&r->arena, md->ntopics, sizeof *r->left_out);
    for (size_t i = 0; i < md->ntopics; i++) {
        struct kafka_topic *t = &md->topics[i];
        if (strcmp(t->name, "__consumer_offsets") == 0)
            r->commits_topic = *t;
        if (!conf_globs_match(&plan->topics, t->name))
            continue;
        if (partitions + t->npartitions > plan->max_partitions) {
            r->left_out[r->nleft_out++] = t->name;
            continue;
        }
        partitions += t->npartitions;
        md->topics[kept++] = *t;
    }
    md->ntopics = kept;
    if (r->nleft_out)
        kafka_missing_add(&r->note, "%zu topics are left out: more than %zu partitions (max_partitions)", r->nleft_out,
                          plan->max_partitions);
}

static void choose_groups(const struct kafka_round_plan *plan, struct kafka_round *r)
{
    struct kafka_groups *g = &r->groups;
    size_t kept = 0;
    r->groups_seen = g->ngroups;
    for (size_t i = 0; i < g->ngroups; i++) {
        if (!conf_globs_match(&plan->groups, g->groups[i].name))
            continue;
        if (kept == plan->max_groups)
            r->groups_left_out++;
        else
            g->groups[kept++] = g->groups[i];
    }
    g->ngroups = kept;
    if (r->groups_left_out)
        kafka_missing_add(&r->note, "%zu groups are left out: more than %zu (max_groups)", r->groups_left_out,
                          plan->max_groups);
}

/* Drops what is not of the chosen topics; names come in runs, so the last verdict mostly serves
 * again. */
static void choose_commits(const struct kafka_round_plan *plan, struct kafka_round *r)
{
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        struct kafka_committed *c = &r->committed[i];
        const char *last = NULL;
        bool chosen = false;
        size_t kept = 0;
        for (size_t j = 0; j < c->ncommits; j++) {
            if (c->commits[j].topic != last) {
                last = c->commits[j].topic;
                chosen = conf_globs_match(&plan->topics, last);
            }
            if (chosen)
                c->commits[kept++] = c->commits[j];
        }
        c->ncommits = kept;
    }
}

static void choose_assigned(const struct kafka_round_plan *plan, struct kafka_round *r)
{
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        const struct kafka_group *g = &r->groups.groups[i];
        for (size_t j = 0; j < g->nmembers; j++) {
            struct kafka_member *m = &g->members[j];
            size_t kept = 0;
            for (size_t k = 0; k < m->nassigned; k++)
                if (conf_globs_match(&plan->topics, m->assigned[k].topic))
                    m->assigned[kept++] = m->assigned[k];
            m->nassigned = kept;
        }
    }
}

/* ---- clients ---- */

/* Puts an unfit client aside, for somebody who can wait until it is closed. */
static void retire(struct kafka_round_memory *memory, struct kafka_round *r)
{
    if (memory->admin && r->nretired < sizeof r->retired / sizeof *r->retired) {
        r->retired[r->nretired++] = memory->admin;
        memory->admin = memory->verified = NULL;
    }
}

static int open_client(const struct kafka_round_plan *plan, struct kafka_round_memory *memory, struct error *err)
{
    return memory->admin ? 0 : plan->ops->open(&plan->settings, &memory->admin, err);
}

/* ---- steps ---- */

static int read_metadata(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                         const struct kafka_budget *budget, struct kafka_round *r)
{
    int rc = open_client(plan, memory, &r->error);
    if (!rc)
        rc = plan->ops->metadata(memory->admin, budget, &r->arena, &r->metadata, &r->error);
    if (rc)
        return rc;
    choose_topics(plan, r);
    return 0;
}

/* True if a group of the last whole listing is not in this one. Both are sorted. */
static bool any_missing(const struct kafka_round_memory *memory, const struct kafka_groups *g)
{
    size_t at = 0;
    for (size_t i = 0; i < memory->ngroups; i++) {
        while (at < g->ngroups && strcmp(g->groups[at].name, memory->groups[i]) < 0)
            at++;
        if (at == g->ngroups || strcmp(g->groups[at].name, memory->groups[i]) != 0)
            return true;
    }
    return false;
}

/* A listing that succeeded may still lack a broker's groups. That is looked into when it matters: once for each client, and
 * when a group seems to have gone. */
static void verify_groups(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                          const struct kafka_budget *budget, struct kafka_round *r)
{
    if (memory->verified != memory->admin || any_missing(memory, &r->groups)) {
        struct kafka_budget part = kafka_budget_part(budget, VERIFY_PERCENT);
        if (!plan->ops->all_list(memory->admin, &part)) {
            r->groups_complete = false;
            kafka_missing_add(&r->note, "a coordinator did not list its groups: no answer");
            return;
        }
    }
    memory->verified = memory->admin;
    forget_groups(memory);
    memory->ngroups = r->groups.ngroups;
    memory->groups = mem_calloc(memory->ngroups + 1, sizeof *memory->groups);
    for (size_t i = 0; i < memory->ngroups; i++)
        memory->groups[i] = mem_strdup(r->groups.groups[i].name);
}

static void read_groups(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                        const struct kafka_budget *budget, struct kafka_round *r)
{
    struct error err;
    char name[KAFKA_MISSING_NAME];
    struct kafka_budget part = kafka_budget_part(budget, GROUPS_PERCENT);
    int rc = plan->ops->groups(memory->admin, &part, &r->arena, &r->groups, &err);
    r->groups_known = rc == 0 || rc == ERR_PARTIAL;
    r->groups_complete = rc == 0;
    if (rc)
        kafka_missing_add(&r->note, "%s", err.text);
    else
        verify_groups(plan, memory, budget, r);
    choose_groups(plan, r);
    choose_assigned(plan, r);
    struct kafka_missing_tally t = {0};
    for (size_t i = 0; i < r->groups.ngroups; i++)
        kafka_missing_count(&t, r->groups.groups[i].fault, i, r->groups.groups[i].name);
    kafka_missing_permission(&r->note, &t, "describe groups", "group");
    if (t.failed)
        kafka_missing_add(&r->note, "%zu of %zu groups could not be described: group %s: %s", t.failed,
                          r->groups.ngroups, kafka_missing_name(r->groups.groups[t.first].name, name),
                          r->groups.groups[t.first].fault_text);
}

/* Exchanges an unfit client for a new one; false if there is none now that could be asked. */
static bool renew_client(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                         const struct kafka_budget *budget, struct kafka_round *r)
{
    struct kafka_metadata unused;
    struct error err;
    retire(memory, r);
    return open_client(plan, memory, &err) == 0 &&
           plan->ops->metadata(memory->admin, budget, &r->arena, &unused, &err) == 0;
}

/* Reads again, with a new client, what failed because the old one knows a coordinator that is none
 * any more. */
static void read_again(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *r)
{
    size_t n = 0, total = r->groups.ngroups;
    struct kafka_committed *again = kafka_arena_alloc(&r->arena, total, sizeof *again);
    for (size_t i = 0; i < total; i++)
        if (r->committed[i].fault == KAFKA_FAULT_COORDINATOR)
            again[n++].group = r->committed[i].group;
    if (n == 0 || !plan->ops->spent(memory->admin) || !renew_client(plan, memory, budget, r))
        return;
    plan->ops->committed(memory->admin, budget, &r->arena, again, n);
    for (size_t i = 0, j = 0; i < total; i++)
        if (r->committed[i].fault == KAFKA_FAULT_COORDINATOR)
            r->committed[i] = again[j++];
}

/* What could not be read of groups' offsets. */
static void say_committed(struct kafka_round *r)
{
    size_t n = r->groups.ngroups;
    struct kafka_missing_tally t = {0};
    for (size_t i = 0; i < n; i++)
        kafka_missing_count(&t, r->committed[i].fault, i, r->committed[i].group);
    kafka_missing_permission(&r->note, &t, "read committed offsets", "group");
    struct kafka_missing_tally topics = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < r->committed[i].ncommits; j++)
            if (r->committed[i].commits[j].fault == KAFKA_FAULT_DENIED)
                kafka_missing_count(&topics, KAFKA_FAULT_DENIED, j, r->committed[i].commits[j].topic);
    kafka_missing_permission(&r->note, &topics, "read committed offsets", "topic");
    char name[KAFKA_MISSING_NAME];
    if (t.failed)
        kafka_missing_add(&r->note, "the offsets of %zu of %zu groups could not be read: group %s: %s", t.failed, n,
                          kafka_missing_name(r->committed[t.first].group, name), r->committed[t.first].fault_text);
}

static void read_committed(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                           const struct kafka_budget *budget, struct kafka_round *r)
{
    struct kafka_budget part = kafka_budget_part(budget, COMMITTED_PERCENT);
    size_t n = r->groups.ngroups;
    r->committed = kafka_arena_alloc(&r->arena, n, sizeof *r->committed);
    for (size_t i = 0; i < n; i++)
        r->committed[i].group = r->groups.groups[i].name;
    /* A client whose listing is still unanswered is of no use: it looks for the silent broker without a pause, and has
     * no time for anything else. */
    if (!plan->ops->spent(memory->admin) || renew_client(plan, memory, &part, r)) {
        plan->ops->committed(memory->admin, &part, &r->arena, r->committed, n);
        read_again(plan, memory, &part, r);
    } else {
        for (size_t i = 0; i < n; i++) {
            r->committed[i].fault = KAFKA_FAULT_NETWORK;
            r->committed[i].fault_text = kafka_fault_text(KAFKA_FAULT_NETWORK);
        }
    }
    choose_commits(plan, r);
    say_committed(r);
}

static bool is_silent(const struct kafka_round_memory *memory, int32_t leader)
{
    for (size_t i = 0; i < memory->nsilent; i++)
        if (memory->silent[i] == leader)
            return true;
    return false;
}

/* Remembers the leaders that did not answer: the next round does not wait for them as long again. */
static void note_silent(struct kafka_round_memory *memory, const struct kafka_round *r)
{
    memory->nsilent = 0;
    for (size_t i = 0; i < r->nends; i++) {
        const struct kafka_offset *end = &r->ends[i];
        bool silent = end->fault == KAFKA_FAULT_UNASKED || end->fault == KAFKA_FAULT_NETWORK;
        if (silent && memory->nsilent < KAFKA_ROUND_SILENT && !is_silent(memory, end->leader))
            memory->silent[memory->nsilent++] = end->leader;
    }
}

static void read_ends(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                      const struct kafka_budget *budget, struct kafka_round *r)
{
    const struct kafka_metadata *md = &r->metadata;
    r->first = kafka_arena_alloc(&r->arena, md->ntopics, sizeof *r->first);
    for (size_t i = 0; i < md->ntopics; i++) {
        r->first[i] = r->nends;
        r->nends += md->topics[i].npartitions;
    }
    r->ends = kafka_arena_alloc(&r->arena, r->nends, sizeof *r->ends);
    for (size_t i = 0; i < md->ntopics; i++)
        for (size_t p = 0; p < md->topics[i].npartitions; p++) {
            int32_t leader = md->topics[i].partitions[p].leader;
            r->ends[r->first[i] + p] = (struct kafka_offset){.topic = md->topics[i].name,
                                                             .partition = (int32_t)p,
                                                             .at = KAFKA_AT_END,
                                                             .leader = leader,
                                                             .within_ms = is_silent(memory, leader) ? SILENT_MS : 0};
        }
    struct kafka_budget part = kafka_budget_part(budget, ENDS_PERCENT);
    r->ends_asked =
        (struct kafka_time){.wall_ms = clock_wall_ms(budget->clock), .mono_us = clock_mono_us(budget->clock)};
    plan->ops->offsets(memory->admin, &part, r->ends, r->nends);
    note_silent(memory, r);
    struct kafka_missing_tally t = {0};
    for (size_t i = 0; i < r->nends; i++)
        if (r->ends[i].fault != KAFKA_FAULT_LEADER)
            kafka_missing_count(&t, r->ends[i].fault, i, r->ends[i].topic);
    kafka_missing_permission(&r->note, &t, "read offsets", "topic");
    char name[KAFKA_MISSING_NAME];
    if (t.failed)
        kafka_missing_add(&r->note, "the ends of %zu of %zu partitions could not be read: %s-%d: %s", t.failed,
                          r->nends, kafka_missing_name(r->ends[t.first].topic, name), r->ends[t.first].partition,
                          kafka_fault_text(t.fault));
}

/* ---- starts ---- */

static struct kafka_round_known new_known(const struct kafka_topic *t)
{
    struct kafka_round_known k = {.name = mem_strdup(t->name), .npartitions = t->npartitions};
    k.ends = mem_calloc(t->npartitions + 1, sizeof *k.ends);
    k.start_known = mem_calloc(t->npartitions + 1, sizeof *k.start_known);
    k.probed = mem_calloc(t->npartitions + 1, sizeof *k.probed);
    for (size_t p = 0; p < t->npartitions; p++)
        k.ends[p] = -1;
    return k;
}

/* Carries what was known over to this round's topics; both lists are sorted by name. A start is
 * known no longer where the end went back: the topic was made anew or its log was cut. */
static struct kafka_round_known *carry_over(const struct kafka_round_memory *memory, const struct kafka_round *r)
{
    const struct kafka_metadata *md = &r->metadata;
    struct kafka_round_known *next = mem_calloc(md->ntopics + 1, sizeof *next);
    size_t old = 0;
    for (size_t i = 0; i < md->ntopics; i++) {
        next[i] = new_known(&md->topics[i]);
        while (old < memory->ntopics && strcmp(memory->topics[old].name, next[i].name) < 0)
            old++;
        const struct kafka_round_known *known =
            old < memory->ntopics && strcmp(memory->topics[old].name, next[i].name) == 0 ? &memory->topics[old] : NULL;
        for (size_t p = 0; p < next[i].npartitions; p++) {
            const struct kafka_offset *end = &r->ends[r->first[i] + p];
            bool was = known && p < known->npartitions;
            next[i].ends[p] = !end->fault ? end->offset : was ? known->ends[p] : -1;
            bool same = was && next[i].ends[p] >= known->ends[p];
            next[i].start_known[p] = same && known->start_known[p];
            next[i].probed[p] = same && known->probed[p];
        }
    }
    return next;
}

static struct kafka_offset at_start(const struct kafka_offset *end)
{
    struct kafka_offset start = *end;
    start.at = KAFKA_AT_START;
    return start;
}

static void read_starts(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                        const struct kafka_budget *budget, struct kafka_round *r)
{
    struct kafka_round_known *known = carry_over(memory, r);
    int64_t now = clock_mono_us(budget->clock);
    bool all = memory->starts_us == 0 || now - memory->starts_us >= (int64_t)plan->starts_interval_ms * 1000;
    int64_t starts_us = all ? now : memory->starts_us;
    forget_topics(memory);
    memory->starts_us = starts_us;
    memory->topics = known;
    memory->ntopics = r->metadata.ntopics;
    r->starts = kafka_arena_alloc(&r->arena, r->nends, sizeof *r->starts);
    for (size_t i = 0; i < r->metadata.ntopics; i++)
        for (size_t p = 0; p < known[i].npartitions; p++)
            if ((all || !known[i].start_known[p]) && !r->ends[r->first[i] + p].fault)
                r->starts[r->nstarts++] = at_start(&r->ends[r->first[i] + p]);
    plan->ops->offsets(memory->admin, budget, r->starts, r->nstarts);
    size_t topic = 0, failed = 0;
    for (size_t i = 0; i < r->nstarts; i++) {
        while (strcmp(known[topic].name, r->starts[i].topic) != 0) /* both in the same order */
            topic++;
        known[topic].start_known[r->starts[i].partition] = !r->starts[i].fault;
        failed += r->starts[i].fault != KAFKA_FAULT_NONE;
    }
    if (failed)
        kafka_missing_add(&r->note, "the starts of %zu of %zu partitions could not be read", failed, r->nstarts);
}

/* Whether it is partial, and the words for it. Brokers leave out what may not be seen, without a word: where nothing is
 * left, that may be the reason. */
static void conclude(const struct kafka_round_memory *memory, struct kafka_round *r)
{
    bool partial = r->note.len > 0;
    kafka_configs_say(memory, r);
    if (r->topics_seen == 0)
        kafka_missing_add(&r->note, "no topics: there are none, or DESCRIBE on topics is missing");
    if (r->groups_complete && r->groups_seen == 0)
        kafka_missing_add(&r->note, "no groups: there are none, or DESCRIBE on the cluster or on groups is missing");
    if (partial)
        r->code = error_set(&r->error, ERR_PARTIAL, "%s", r->note.text);
}

void kafka_round_run(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                     const struct kafka_budget *budget, struct kafka_round *ret)
{
    const struct clock *clock = budget->clock;
    int64_t t[8] = {clock_mono_us(clock)};
    ret->budget_ms = kafka_budget_left(budget);
    int rc = read_metadata(plan, memory, budget, ret);
    if (rc) {
        ret->code = rc;
        retire(memory, ret);
        return;
    }
    t[1] = clock_mono_us(clock);
    read_groups(plan, memory, budget, ret);
    t[2] = clock_mono_us(clock);
    read_committed(plan, memory, budget, ret);
    t[3] = clock_mono_us(clock);
    if (memory->admin)
        read_ends(plan, memory, budget, ret);
    t[4] = clock_mono_us(clock);
    if (memory->admin)
        read_starts(plan, memory, budget, ret);
    t[5] = clock_mono_us(clock);
    if (memory->admin)
        kafka_probe_run(plan, memory, budget, ret);
    t[6] = clock_mono_us(clock);
    if (memory->admin)
        kafka_skew_run(plan, memory, budget, ret);
    t[7] = clock_mono_us(clock);
    if (memory->admin)
        kafka_configs_run(plan, memory, budget, ret);
    log_debug("kafka %s: metadata %lld, groups %lld, committed %lld, ends %lld, starts %lld, probes %lld, skew %lld us",
              plan->settings.bootstrap, (long long)(t[1] - t[0]), (long long)(t[2] - t[1]), (long long)(t[3] - t[2]),
              (long long)(t[4] - t[3]), (long long)(t[5] - t[4]), (long long)(t[6] - t[5]), (long long)(t[7] - t[6]));
    conclude(memory, ret);
    if (memory->admin && plan->ops->spent(memory->admin))
        retire(memory, ret);
}

void kafka_round_done(struct kafka_round *r)
{
    kafka_arena_done(&r->arena);
}
