/* One round: metadata, groups, committed offsets, ends, and seldom starts. */
#include "kafka/round_internal.h"
#include "kafka/probe.h"
#include "base/log.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum {
    ENDS_PERCENT = 80, /* of the time left */
    SILENT_MS = 1000,  /* for a leader that did not answer in the last round */
};

static void forget_topics(struct kafka_round_memory *m)
{
    for (size_t i = 0; i < m->ntopics; i++) {
        free(m->topics[i].name);
        free(m->topics[i].ends);
        free(m->topics[i].leaders);
        free(m->topics[i].start_known);
        free(m->topics[i].probed);
    }
    free(m->topics);
    m->topics = NULL;
    m->ntopics = 0;
}

void kafka_round_memory_done(struct kafka_round_memory *m)
{
    kafka_round_groups_forget(m);
    forget_topics(m);
    kafka_skew_done(&m->skew);
    kafka_configs_done(&m->configs);
    kafka_starts_done(&m->starts);
    kafka_starts_done(&m->starts);
    kafka_probe_wants_free(m->wants);
    m->wants = NULL;
    kafka_open_done(&m->open);
    kafka_markers_done(&m->markers);
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

/* ---- parts of a round ---- */

static int read_metadata(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                         const struct kafka_budget *budget, struct kafka_round *r)
{
    int rc = kafka_round_client_open(plan, memory, &r->error);
    if (!rc)
        rc = plan->ops->metadata(memory->admin, budget, &r->arena, &r->metadata, &r->error);
    if (rc)
        return rc;
    choose_topics(plan, r);
    return 0;
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

static void ask_ends(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                     const struct kafka_budget *budget, struct kafka_round *r)
{
    struct kafka_budget part = kafka_budget_part(budget, ENDS_PERCENT);
    for (size_t i = 0; i < r->nends; i++) {
        r->ends[i].at = KAFKA_AT_END;
        r->ends[i].within_ms = is_silent(memory, r->ends[i].leader) ? SILENT_MS : 0;
    }
    r->ends_asked =
        (struct kafka_time){.wall_ms = clock_wall_ms(budget->clock), .mono_us = clock_mono_us(budget->clock)};
    plan->ops->offsets(memory->admin, &part, r->ends, r->nends);
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
        for (size_t p = 0; p < md->topics[i].npartitions; p++)
            r->ends[r->first[i] + p] = (struct kafka_offset){
                .topic = md->topics[i].name, .partition = (int32_t)p, .leader = md->topics[i].partitions[p].leader};
    ask_ends(plan, memory, budget, r);
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
    k.leaders = mem_calloc(t->npartitions + 1, sizeof *k.leaders);
    k.start_known = mem_calloc(t->npartitions + 1, sizeof *k.start_known);
    k.probed = mem_calloc(t->npartitions + 1, sizeof *k.probed);
    for (size_t p = 0; p < t->npartitions; p++) {
        k.ends[p] = -1;
        k.leaders[p] = t->partitions[p].leader;
    }
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

struct kafka_round_known *kafka_round_find(const struct kafka_round_memory *memory, const char *name)
{
    size_t low = 0, high = memory->ntopics;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = strcmp(memory->topics[middle].name, name);
        if (c == 0)
            return &memory->topics[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Starts that are known, but not to be relied on for long; for each of the round's ends. NULL: none. */
static bool *doubted_starts(const struct kafka_round_memory *memory, struct kafka_round *r)
{
    const struct kafka_starts *s = &memory->starts;
    bool *doubted = s->list.n ? kafka_arena_alloc(&r->arena, r->nends, sizeof *doubted) : NULL;
    for (size_t i = 0; i < s->list.n; i++) {
        const struct kafka_starts_want *w = &s->list.items[i];
        const struct kafka_round_known *t = kafka_round_find(memory, w->topic);
        if (t && (size_t)w->partition < t->npartitions)
            doubted[r->first[t - memory->topics] + (size_t)w->partition] = true;
    }
    return doubted;
}

/* Puts the starts that are to be read into r->starts. all: of every partition. */
static void choose_starts(const struct kafka_round_memory *memory, struct kafka_round *r, bool all)
{
    const struct kafka_round_known *known = memory->topics;
    const bool *doubted = doubted_starts(memory, r);
    size_t missing = doubted ? memory->starts.list.n : 0;
    for (size_t i = 0; i < memory->ntopics; i++)
        for (size_t p = 0; p < known[i].npartitions; p++)
            missing += all || !known[i].start_known[p];
    r->starts = kafka_arena_alloc(&r->arena, missing, sizeof *r->starts);
    for (size_t i = 0; i < memory->ntopics; i++)
        for (size_t p = 0; p < known[i].npartitions; p++) {
            const struct kafka_offset *end = &r->ends[r->first[i] + p];
            if ((all || !known[i].start_known[p] || (doubted && doubted[end - r->ends])) && !end->fault)
                r->starts[r->nstarts++] = at_start(end);
        }
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
    choose_starts(memory, r, all);
    plan->ops->offsets(memory->admin, budget, r->starts, r->nstarts);
    size_t topic = 0, failed = 0;
    for (size_t i = 0; i < r->nstarts; i++) {
        while (strcmp(known[topic].name, r->starts[i].topic) != 0) /* both in the same order */
            topic++;
        bool *start_known = &known[topic].start_known[r->starts[i].partition];
        *start_known = !r->starts[i].fault || (*start_known && !all);
        failed += !*start_known;
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
    if (r->topics_seen == 0 && !r->step)
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
    memory->since_us = t[0];
    int rc = read_metadata(plan, memory, budget, ret);
    if (rc) {
        ret->code = rc;
        kafka_round_client_retire(memory, ret);
        return;
    }
    t[1] = clock_mono_us(clock);
    kafka_round_groups_read(plan, memory, budget, ret);
    t[2] = clock_mono_us(clock);
    memory->note = ret->note;
    kafka_round_commits_read(plan, memory, budget, ret);
    size_t said = ret->note.len;
    t[3] = clock_mono_us(clock);
    if (memory->admin)
        read_ends(plan, memory, budget, ret);
    t[4] = clock_mono_us(clock);
    if (memory->admin)
        kafka_open_run(plan, memory, budget, ret);
    if (memory->admin)
        read_starts(plan, memory, budget, ret);
    if (memory->admin)
        kafka_markers_run(plan, memory, budget, ret);
    t[5] = clock_mono_us(clock);
    if (memory->admin)
        kafka_probe_run(plan, memory, budget, ret);
    t[6] = clock_mono_us(clock);
    if (memory->admin)
        kafka_skew_run(plan, memory, budget, ret);
    t[7] = clock_mono_us(clock);
    if (memory->admin)
        kafka_configs_run(plan, memory, budget, ret);
    if (ret->note.len > said) /* what steps cannot know better: all but the groups' offsets */
        kafka_missing_add(&memory->note, "%s", ret->note.text + said + (said ? strlen("; ") : 0));
    log_debug("kafka %s: metadata %lld, groups %lld, committed %lld, ends %lld, starts %lld, probes %lld, skew %lld us",
              plan->settings.bootstrap, (long long)(t[1] - t[0]), (long long)(t[2] - t[1]), (long long)(t[3] - t[2]),
              (long long)(t[4] - t[3]), (long long)(t[5] - t[4]), (long long)(t[6] - t[5]), (long long)(t[7] - t[6]));
    conclude(memory, ret);
    if (memory->admin && plan->ops->spent(memory->admin))
        kafka_round_client_retire(memory, ret);
}

/* ---- steps ---- */

static int by_topic_partition(const void *a, const void *b)
{
    const struct kafka_offset *x = a, *y = b;
    int c = x->topic == y->topic ? 0 : strcmp(x->topic, y->topic);
    return c ? c : (x->partition > y->partition) - (x->partition < y->partition);
}

/* The ends of all partitions that r->committed names, each once, as r->ends. */
static void read_committed_ends(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                                const struct kafka_budget *budget, struct kafka_round *r)
{
    const struct kafka_round_known *t = NULL;
    size_t room = 0, n = 0;
    for (size_t i = 0; i < r->groups.ngroups; i++)
        room += r->committed[i].ncommits;
    r->ends = kafka_arena_alloc(&r->arena, room, sizeof *r->ends);
    for (size_t i = 0; i < r->groups.ngroups; i++)
        for (size_t j = 0; j < r->committed[i].ncommits; j++) {
            const struct kafka_commit *c = &r->committed[i].commits[j];
            if (!t || strcmp(t->name, c->topic) != 0)
                t = kafka_round_find(memory, c->topic);
            if (t && c->partition >= 0 && (size_t)c->partition < t->npartitions)
                r->ends[n++] = (struct kafka_offset){
                    .topic = t->name, .partition = c->partition, .leader = t->leaders[c->partition]};
        }
    if (n)
        qsort(r->ends, n, sizeof *r->ends, by_topic_partition);
    for (size_t i = 0; i < n; i++)
        if (r->nends == 0 || by_topic_partition(&r->ends[r->nends - 1], &r->ends[i]) != 0)
            r->ends[r->nends++] = r->ends[i];
    ask_ends(plan, memory, budget, r);
}

void kafka_round_step(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                      const struct kafka_budget *budget, struct kafka_round *ret)
{
    int64_t begin_us = clock_mono_us(budget->clock);
    ret->step = true;
    ret->budget_ms = kafka_budget_left(budget);
    ret->note = memory->note;
    kafka_round_groups_again(memory, ret);
    if (!memory->admin && !kafka_round_client_renew(plan, memory, budget, ret)) {
        ret->code = error_set(&ret->error, ERR_UNAVAILABLE, "there is no client that answers");
        return;
    }
    kafka_round_commits_read(plan, memory, budget, ret);
    if (memory->admin)
        read_committed_ends(plan, memory, budget, ret);
    if (memory->admin)
        kafka_open_run(plan, memory, budget, ret);
    if (memory->admin)
        kafka_markers_run(plan, memory, budget, ret);
    log_debug("kafka %s: a step of %zu groups and %zu ends in %lld us", plan->settings.bootstrap, ret->nread,
              ret->nends, (long long)(clock_mono_us(budget->clock) - begin_us));
    conclude(memory, ret);
    if (memory->admin && plan->ops->spent(memory->admin))
        kafka_round_client_retire(memory, ret);
}

void kafka_round_done(struct kafka_round *r)
{
    kafka_arena_done(&r->arena);
}
