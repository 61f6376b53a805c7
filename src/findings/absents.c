/* Who did not answer in time; see absents.h. */
#include "findings/absents.h"

#include "base/str.h"
#include "findings/words.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    DRAIN_MS = 2000, /* a coordinator looks at the time after it has read its topic, a second a turn */
    BUSY_WAKES = 4,  /* a task to which so many records come within the timeout wakes often enough */
    LISTED = 3,      /* partitions that are named */
    SURE_CYCLES = 2  /* one missed is chance */
};

/* Who answered it is known, and its time was up: by the clock where it has no end yet. */
static bool counts(const struct findings_sink *sink, const struct connect_cycle *cycle, int64_t now_ms)
{
    if (!(cycle->seen & CONNECT_SEEN_TOPIC))
        return false;
    if (cycle->outcome != CONNECT_OUTCOME_RUNNING)
        return findings_sight_ended(cycle);
    int64_t age = connect_cycles_between(cycle->started_ms, now_ms);
    return age != UNKNOWN && age > findings_sight_timeout_ms(sink) + DRAIN_MS;
}

const struct findings_task *findings_absents_task(const struct findings_sink *sink, int64_t task)
{
    for (size_t i = 0; i < sink->tasks.n; i++)
        if (sink->tasks.items[i].task == task)
            return &sink->tasks.items[i];
    return NULL;
}

/* Cycles that began from here on count against who has a partition now. */
static int64_t settled_since(const struct findings_sink *sink, const struct findings_task *task)
{
    int64_t since = task ? task->assigned_since_ms : UNKNOWN;
    return since > sink->data.rebalanced_ms ? since : sink->data.rebalanced_ms; /* unknown is less than any */
}

static bool stable(const struct findings_sink *sink)
{
    return !sink->data.state || strcmp(sink->data.state, "Stable") == 0;
}

/* In no cycle since its task got it. */
static bool never_answered(const struct findings_sink *sink, const struct findings_absent *a, int64_t since)
{
    for (size_t i = 0; i < sink->ncycles; i++)
        if (sink->cycles[i]->started_ms >= since &&
            findings_sight_answer(sink->cycles[i], a->who->topic, a->who->partition))
            return false;
    return true;
}

/* Looks from the newest cycle back to the first that it answered in time. */
static void look_back(const struct findings_sink *sink, int64_t now_ms, struct findings_absent *a)
{
    int64_t since = settled_since(sink, findings_absents_task(sink, a->who->task));
    for (size_t i = 0, seen = 0; i < sink->ncycles && seen < FINDINGS_ABSENTS_CYCLES; i++) {
        const struct connect_cycle *cycle = sink->cycles[i];
        if (!counts(sink, cycle, now_ms))
            continue;
        const struct connect_answer *answer = findings_sight_answer(cycle, a->who->topic, a->who->partition);
        if (findings_sight_whole(cycle) || (answer && !answer->late))
            break;
        if (!a->missed++)
            a->newest = i;
        a->oldest = i;
        a->settled += stable(sink) && cycle->started_ms >= since;
        int64_t after = answer ? connect_cycles_between(cycle->started_ms, answer->time_ms) : UNKNOWN;
        a->late += answer != NULL;
        a->late_ms = after > a->late_ms ? after : a->late_ms;
        seen++;
    }
    a->never = a->missed && never_answered(sink, a, since);
}

/* ---- tasks ---- */

static int by_task(const void *x, const void *y)
{
    const struct findings_absent *a = x, *b = y;
    if (a->who->task != b->who->task)
        return a->who->task < b->who->task ? -1 : 1;
    return (a->who > b->who) - (a->who < b->who);
}

static const char *worker_of(const struct findings_task *facts, const struct derive_partition *who)
{
    if (facts && facts->worker)
        return facts->worker;
    return who->host ? who->host->raw : NULL;
}

/* Since 1.9 a task makes its worker when its first record comes. */
static bool makes_worker_late(const struct findings_sink *sink)
{
    char *end;
    if (!sink->version)
        return true;
    long major = strtol(sink->version, &end, 10);
    long minor = *end == '.' ? strtol(end + 1, &end, 10) : 0;
    return major > 1 || (major == 1 && minor >= 9);
}

/* Its log tells that it started a worker since it got its partitions. */
static bool started_worker(const struct findings_sink *sink, const struct findings_absent_task *task)
{
    int64_t since = task->facts ? task->facts->assigned_since_ms : UNKNOWN;
    for (size_t i = 0; i < sink->lines.n; i++) {
        const struct findings_line *line = &sink->lines.items[i];
        if (line->task == task->task && line->time_ms >= since && strcmp(line->kind, "worker") == 0)
            return true;
    }
    return false;
}

/* Records lie there that it has not committed, more than a transaction's marker: they were brought to it, or will be. */
static bool has_records(const struct findings_sink *sink, const struct derive_partition *who)
{
    for (size_t i = 0; sink->backlog && i < sink->backlog->partitions.n; i++) {
        const struct connect_backlog_partition *p = &sink->backlog->partitions.items[i];
        if (p->partition != who->partition || !findings_sight_same(p->topic, who->topic))
            continue;
        int64_t lag = p->committed == UNKNOWN ? p->end : connect_cycles_between(p->committed, p->end);
        return lag > 1; /* unknown is less than any */
    }
    return false;
}

static bool busy(const struct findings_sink *sink, const struct findings_task *facts)
{
    return facts && facts->rate_in * (double)findings_sight_timeout_ms(sink) / 1000 >= BUSY_WAKES;
}

static enum findings_absent_why why(const struct findings_sink *sink, const struct findings_absents *all,
                                    const struct findings_absent_task *task)
{
    bool never = true;
    for (size_t i = 0; i < task->n; i++)
        never = never && all->partitions.items[task->first + i].never &&
                !has_records(sink, all->partitions.items[task->first + i].who);
    if (task->facts && task->facts->state && strcmp(task->facts->state, "FAILED") == 0)
        return FINDINGS_ABSENT_FAILED;
    if (task->settled < SURE_CYCLES)
        return FINDINGS_ABSENT_ONCE;
    if (task->task < 0 || busy(sink, task->facts))
        return FINDINGS_ABSENT_OTHER;
    if (never && makes_worker_late(sink) && !started_worker(sink, task))
        return FINDINGS_ABSENT_SILENT;
    return 2 * findings_sight_flush_ms(sink) >= findings_sight_timeout_ms(sink) ? FINDINGS_ABSENT_IDLE
                                                                                : FINDINGS_ABSENT_OTHER;
}

static void add(struct findings_absent_task *task, const struct findings_absent *a)
{
    task->n++;
    task->settled = a->settled > task->settled ? a->settled : task->settled;
    task->late = a->late > task->late ? a->late : task->late;
    task->late_ms = a->late_ms > task->late_ms ? a->late_ms : task->late_ms;
    task->newest = a->newest < task->newest ? a->newest : task->newest;
    if (a->missed <= task->missed)
        return;
    task->missed = a->missed;
    task->oldest = a->oldest;
}

static void group(const struct findings_sink *sink, struct findings_absents *all)
{
    for (size_t i = 0; i < all->partitions.n; i++) {
        const struct findings_absent *a = &all->partitions.items[i];
        struct findings_absent_task *last = all->tasks.n ? &all->tasks.items[all->tasks.n - 1] : NULL;
        if (!last || last->task != a->who->task) {
            const struct findings_task *facts = findings_absents_task(sink, a->who->task);
            vec_push(&all->tasks, ((struct findings_absent_task){.task = a->who->task,
                                                                 .facts = facts,
                                                                 .worker = worker_of(facts, a->who),
                                                                 .first = i,
                                                                 .late_ms = UNKNOWN,
                                                                 .newest = SIZE_MAX}));
            last = &all->tasks.items[all->tasks.n - 1];
        }
        add(last, a);
    }
    for (size_t i = 0; i < all->tasks.n; i++)
        all->tasks.items[i].why = why(sink, all, &all->tasks.items[i]);
}

void findings_absents_find(const struct findings_sink *sink, int64_t now_ms, struct findings_absents *ret)
{
    *ret = (struct findings_absents){0};
    size_t newest = 0;
    while (newest < sink->ncycles && !counts(sink, sink->cycles[newest], now_ms))
        newest++;
    if (!sink->who || newest == sink->ncycles || findings_sight_whole(sink->cycles[newest]))
        return;
    for (size_t i = 0; i < sink->who->assigned.n && ret->partitions.n < FINDINGS_ABSENTS_MAX; i++) {
        struct findings_absent a = {.who = &sink->who->assigned.items[i], .late_ms = UNKNOWN};
        look_back(sink, now_ms, &a);
        if (a.missed)
            vec_push(&ret->partitions, a);
    }
    if (ret->partitions.n)
        qsort(ret->partitions.items, ret->partitions.n, sizeof *ret->partitions.items, by_task);
    group(sink, ret);
}

void findings_absents_done(struct findings_absents *a)
{
    vec_done(&a->partitions);
    vec_done(&a->tasks);
}

void findings_absents_list(const struct findings_absents *a, const struct findings_absent_task *task, struct str *out)
{
    for (size_t i = 0; i < task->n; i++) {
        const struct derive_partition *who = a->partitions.items[task->first + i].who;
        struct str name = {0};
        str_printf(&name, "%s-%d", who->topic->raw, who->partition);
        findings_words_list(out, str_text(&name), i, task->n, LISTED);
        str_done(&name);
    }
}
