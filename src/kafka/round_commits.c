/* Committed offsets in a round or a step: of the groups whose turn it is. */
#include "base/mem.h"
#include "kafka/round_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    COMMITTED_PERCENT = 60, /* of the time left; ends need the rest */
    STEP_MS = 1000,         /* after so long no more groups are asked: what is known is shown, and others follow */
    REQUESTS_A_GROUP = 2,   /* as the cap counts */
};

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

/* Reads again, with a new client, what failed because the old one knows a coordinator that is none
 * any more. */
static void read_again(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *r, struct kafka_committed *items,
                       size_t total)
{
    size_t n = 0;
    struct kafka_committed *again = kafka_arena_alloc(&r->arena, total, sizeof *again);
    for (size_t i = 0; i < total; i++)
        if (items[i].fault == KAFKA_FAULT_COORDINATOR)
            again[n++].group = items[i].group;
    if (n == 0 || !plan->ops->spent(memory->admin) || !kafka_round_client_renew(plan, memory, budget, r))
        return;
    plan->ops->committed(memory->admin, budget, &r->arena, again, n);
    for (size_t i = 0, j = 0; i < total; i++)
        if (items[i].fault == KAFKA_FAULT_COORDINATOR)
            items[i] = again[j++];
}

/* A client whose listing is still unanswered is of no use: it looks for the silent broker without a pause, and has no time
 * for anything else. */
static void read_items(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *r, struct kafka_committed *items,
                       size_t n)
{
    if (n == 0)
        return;
    if (!plan->ops->spent(memory->admin) || kafka_round_client_renew(plan, memory, budget, r)) {
        plan->ops->committed(memory->admin, budget, &r->arena, items, n);
        read_again(plan, memory, budget, r, items, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        items[i].asked = true;
        items[i].fault = KAFKA_FAULT_NETWORK;
        items[i].fault_text = kafka_fault_text(KAFKA_FAULT_NETWORK);
    }
}

/* Topics that a group of this round may not see. Of the groups themselves the sweep knows, those of other steps too. */
static void say_topics(struct kafka_round *r)
{
    struct kafka_missing_tally topics = {0};
    for (size_t i = 0; i < r->groups.ngroups; i++)
        for (size_t j = 0; j < r->committed[i].ncommits; j++)
            if (r->committed[i].commits[j].fault == KAFKA_FAULT_DENIED)
                kafka_missing_count(&topics, KAFKA_FAULT_DENIED, j, r->committed[i].commits[j].topic);
    kafka_missing_permission(&r->note, &topics, "read committed offsets", "topic");
}

/* Asks the groups whose turn it is, and takes what came of it; true if a coordinator that was silent answers again, so
 * that its other groups can be asked too. */
static bool read_turns(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                       const struct kafka_budget *budget, struct kafka_round *r, struct kafka_sweep_choice *choice)
{
    int64_t cap = kafka_pace_cap(plan->settings.pace);
    size_t max = cap > REQUESTS_A_GROUP ? (size_t)cap / REQUESTS_A_GROUP : cap ? 1 : 0, asked = 0;
    kafka_sweep_choose(plan->sweep, &r->groups, r->groups_complete, memory->since_us, clock_mono_us(budget->clock), max,
                       !r->step, choice);
    struct kafka_committed *items = kafka_arena_alloc(&r->arena, choice->n, sizeof *items);
    for (size_t i = 0; i < choice->n; i++)
        items[i].group = r->groups.groups[choice->order[i]].name;
    read_items(plan, memory, budget, r, items, choice->n);
    int64_t now_us = clock_mono_us(budget->clock);
    for (size_t pass = 0; pass < 2; pass++) /* answers last: who gave one is not silent, however slow */
        for (size_t i = 0; i < choice->n; i++) {
            bool silence = items[i].fault == KAFKA_FAULT_UNASKED || items[i].fault == KAFKA_FAULT_NETWORK;
            if (!items[i].asked || silence != (pass == 0))
                continue;
            asked++;
            r->committed[choice->order[i]] = items[i];
            kafka_sweep_result(plan->sweep, &r->groups.groups[choice->order[i]], &items[i], now_us);
        }
    r->more = asked && choice->due > asked;
    bool again = false;
    for (size_t i = 0; i < r->groups.ngroups && !again; i++)
        again = choice->turns[i] == KAFKA_SWEEP_SILENT && !kafka_sweep_silent(plan->sweep, &r->groups.groups[i]);
    return again;
}

/* What was not asked for another reason than time. */
static void take_others(const struct kafka_round_plan *plan, struct kafka_round *r, const enum kafka_sweep_turn *turns,
                        int64_t now_us)
{
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        struct kafka_committed *c = &r->committed[i];
        c->group = r->groups.groups[i].name;
        c->pushed = turns[i] == KAFKA_SWEEP_PUSHED;
        if (turns[i] == KAFKA_SWEEP_SILENT) {
            c->asked = true;
            c->fault = KAFKA_FAULT_NETWORK;
            c->fault_text = "its coordinator does not answer";
            kafka_sweep_result(plan->sweep, &r->groups.groups[i], c, now_us);
        }
        r->nread += c->asked;
    }
}

/* A step is about the groups that were read in it alone. */
static void keep_read(struct kafka_round *r)
{
    struct kafka_group *groups = kafka_arena_alloc(&r->arena, r->nread, sizeof *groups);
    size_t kept = 0;
    for (size_t i = 0; i < r->groups.ngroups; i++) {
        if (!r->committed[i].asked)
            continue;
        groups[kept] = r->groups.groups[i];
        r->committed[kept++] = r->committed[i];
    }
    r->groups.groups = groups;
    r->groups.ngroups = kept;
}

void kafka_round_commits_read(const struct kafka_round_plan *plan, struct kafka_round_memory *memory,
                              const struct kafka_budget *budget, struct kafka_round *r)
{
    struct kafka_budget part = kafka_budget_part(budget, COMMITTED_PERCENT);
    const struct kafka_groups all = r->groups;
    r->asked_us = clock_mono_us(budget->clock);
    part.ask_until_us = r->asked_us + STEP_MS * INT64_C(1000);
    struct kafka_sweep_choice choice = {.turns = kafka_arena_alloc(&r->arena, all.ngroups, sizeof *choice.turns),
                                        .order = kafka_arena_alloc(&r->arena, all.ngroups, sizeof *choice.order)};
    r->committed = kafka_arena_alloc(&r->arena, all.ngroups, sizeof *r->committed);
    for (size_t pass = 0; pass < 2 && read_turns(plan, memory, &part, r, &choice);)
        pass++;
    take_others(plan, r, choice.turns, clock_mono_us(budget->clock));
    if (r->step)
        keep_read(r);
    choose_commits(plan, r);
    say_topics(r);
    kafka_sweep_missing(plan->sweep, &all, &r->note);
}
