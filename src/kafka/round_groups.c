/* The listing of groups in a round: who there is, what state he is in, who his members are. */
#include "base/mem.h"
#include "kafka/round_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    GROUPS_PERCENT = 60, /* of the time left that listing may take */
    VERIFY_PERCENT = 30, /* that may go into finding out whether a listing is whole */
    LISTING_TIMES = 20,  /* a listing serves for so many times as long as it took: 5 % of the time go into them */
    LISTING_MAX_MS = 60000,
    HIDDEN_PERCENT = 10, /* of the time left, for asking whether groups are hidden */
    HIDDEN_MS = 60000,   /* how long the answer holds */
    TRIM_GROUPS = 1000,  /* with more, what the listing took on its way is given back before the round goes on */
};

static void forget_names(struct kafka_round_memory *m)
{
    for (size_t i = 0; i < m->ngroups; i++)
        free(m->groups[i]);
    free(m->groups);
    m->groups = NULL;
    m->ngroups = 0;
}

void kafka_round_groups_forget(struct kafka_round_memory *m)
{
    forget_names(m);
    kafka_arena_done(&m->listing.arena);
    m->listing = (struct kafka_round_listing){0};
}

static void choose_groups(const struct kafka_round_plan *plan, struct kafka_round_listing *l)
{
    struct kafka_groups *g = &l->groups;
    size_t kept = 0;
    l->seen = g->ngroups;
    for (size_t i = 0; i < g->ngroups; i++) {
        if (!conf_globs_match(&plan->groups, g->groups[i].name))
            continue;
        if (kept == plan->max_groups)
            l->left_out++;
        else
            g->groups[kept++] = g->groups[i];
    }
    g->ngroups = kept;
    if (l->left_out)
        kafka_missing_add(&l->note, "%zu groups are left out: more than %zu (max_groups)", l->left_out,
                          plan->max_groups);
}

static void choose_assigned(const struct kafka_round_plan *plan, struct kafka_groups *groups)
{
    for (size_t i = 0; i < groups->ngroups; i++) {
        const struct kafka_group *g = &groups->groups[i];
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
static void verify(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                   const struct kafka_budget *budget, struct kafka_round_listing *l)
{
    if (memory->verified != memory->admin || any_missing(memory, &l->groups)) {
        struct kafka_budget part = kafka_budget_part(budget, VERIFY_PERCENT);
        if (!plan->ops->all_list(memory->admin, &part)) {
            l->complete = false;
            kafka_missing_add(&l->note, "a coordinator did not list its groups: no answer");
            return;
        }
    }
    memory->verified = memory->admin;
    forget_names(memory);
    memory->ngroups = l->groups.ngroups;
    memory->groups = mem_calloc(memory->ngroups + 1, sizeof *memory->groups);
    for (size_t i = 0; i < memory->ngroups; i++)
        memory->groups[i] = mem_strdup(l->groups.groups[i].name);
}

/* Brokers do not say that they leave groups out. Rights change seldom. */
static void say_hidden(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round_listing *l)
{
    int64_t now_us = clock_mono_us(budget->clock);
    if (!plan->ops->groups_hidden || !l->known)
        return;
    if (memory->asked != memory->admin || now_us - memory->asked_us >= HIDDEN_MS * INT64_C(1000)) {
        struct kafka_budget part = kafka_budget_part(budget, HIDDEN_PERCENT);
        memory->hidden = plan->ops->groups_hidden(memory->admin, &part);
        memory->asked = memory->admin;
        memory->asked_us = now_us;
    }
    if (memory->hidden)
        kafka_missing_add(&l->note,
                          "only groups that this user may describe are listed: DESCRIBE on the cluster shows all");
}

static void say_undescribed(struct kafka_round_listing *l)
{
    char name[KAFKA_MISSING_NAME];
    struct kafka_missing_tally t = {0};
    const struct kafka_groups *g = &l->groups;
    for (size_t i = 0; i < g->ngroups; i++)
        kafka_missing_count(&t, g->groups[i].fault, i, g->groups[i].name);
    kafka_missing_permission(&l->note, &t, "describe groups", "group");
    if (t.failed)
        kafka_missing_add(&l->note, "%zu of %zu groups could not be described: group %s: %s", t.failed, g->ngroups,
                          kafka_missing_name(g->groups[t.first].name, name), g->groups[t.first].fault_text);
}

static void list(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                 const struct kafka_budget *budget)
{
    struct kafka_round_listing *l = &memory->listing;
    struct error err;
    struct kafka_budget part = kafka_budget_part(budget, GROUPS_PERCENT);
    kafka_arena_done(&l->arena);
    *l = (struct kafka_round_listing){0};
    int64_t begin_us = l->begun_us = clock_mono_us(budget->clock);
    int rc = plan->ops->groups(memory->admin, &part, &l->arena, &l->groups, &err);
    l->cost_us = clock_mono_us(budget->clock) - begin_us;
    l->known = rc == 0 || rc == ERR_PARTIAL;
    l->complete = rc == 0;
    if (rc)
        kafka_missing_add(&l->note, "%s", err.text);
    else
        verify(plan, memory, budget, l);
    l->listed_us = clock_mono_us(budget->clock);
    say_hidden(plan, memory, budget, l);
    choose_groups(plan, l);
    kafka_open_mark(plan, &l->groups);
    choose_assigned(plan, &l->groups);
    say_undescribed(l);
    if (l->seen > TRIM_GROUPS)
        mem_trim();
}

void kafka_round_groups_again(const struct kafka_round_memory *memory, struct kafka_round *r)
{
    const struct kafka_round_listing *l = &memory->listing;
    r->groups = l->groups;
    r->listing_us = l->begun_us;
    r->groups_seen = l->seen;
    r->groups_left_out = l->left_out;
    r->groups_hidden = memory->hidden;
    r->groups_known = l->known;
    r->groups_complete = l->complete;
}

/* A listing that costs little is made in every round. Only a whole one is used again: what is missing from another may be
 * there now. */
static bool due(const struct kafka_round_plan *plan, const struct kafka_round_listing *l, int64_t now_us)
{
    int64_t keep_us = l->cost_us * LISTING_TIMES;
    keep_us = keep_us < LISTING_MAX_MS * INT64_C(1000) ? keep_us : LISTING_MAX_MS * INT64_C(1000);
    return !l->complete || keep_us <= plan->interval_ms * INT64_C(1000) || now_us - l->listed_us >= keep_us;
}

void kafka_round_groups_read(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                             const struct kafka_budget *budget, struct kafka_round *r)
{
    r->listed = due(plan, &memory->listing, clock_mono_us(budget->clock));
    if (r->listed)
        list(plan, memory, budget);
    kafka_round_groups_again(memory, r);
    if (memory->listing.note.len)
        kafka_missing_add(&r->note, "%s", memory->listing.note.text);
}
