/* How a coordinator counts answers, and whether tasks can read its topic. */
#include "findings/answers_count.h"

#include "base/mem.h"
#include "findings/absents.h"
#include "findings/words.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    TWICE_CYCLES = 3, /* the newest that are looked at */
    STALE_CYCLES = 2,
    JOINS = 3,
    JOINS_MS = 900000, /* so many within this */
    JOINS_LAST_MS = 300000
};

/* The newest cycles that have ended and whose answers are known: at most n of them. */
static size_t newest(const struct findings_sink *sink, const struct connect_cycle **ret, size_t n)
{
    size_t have = 0;
    for (size_t i = 0; i < sink->ncycles && have < n; i++)
        if (findings_sight_ended(sink->cycles[i]) && (sink->cycles[i]->seen & CONNECT_SEEN_TOPIC))
            ret[have++] = sink->cycles[i];
    return have;
}

static bool in_time(const struct connect_cycle *cycle, const struct derive_partition *p)
{
    const struct connect_answer *a = findings_sight_answer(cycle, p->topic, p->partition);
    return a && !a->late;
}

/* The first assigned partition that did not answer in time; NULL: all did. */
static const struct derive_partition *lacking(const struct findings_sink *sink, const struct connect_cycle *cycle)
{
    for (size_t i = 0; i < sink->who->assigned.n; i++)
        if (!in_time(cycle, &sink->who->assigned.items[i]))
            return &sink->who->assigned.items[i];
    return NULL;
}

/* ---- IT-C07 ---- */

static const struct connect_answer *twice_in(const struct connect_cycle *cycle)
{
    for (size_t i = 0; i < cycle->answers.n; i++)
        if (cycle->answers.items[i].answers > 1)
            return &cycle->answers.items[i];
    return NULL;
}

void findings_answers_count_twice(struct findings_look *look, const struct findings_sink *sink)
{
    const struct connect_cycle *cycles[TWICE_CYCLES], *cycle = NULL;
    const struct connect_answer *a = NULL;
    if (!findings_sight_ready(sink))
        return;
    size_t n = newest(sink, cycles, TWICE_CYCLES);
    for (size_t i = 0; i < n && !a; i++) {
        cycle = cycles[i];
        a = twice_in(cycle);
    }
    if (!a)
        return;
    const struct derive_partition *without = findings_sight_whole(cycle) ? lacking(sink, cycle) : NULL;
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {
        .subject = subject,
        .severity = FINDINGS_WARNING,
        .own_severity = without != NULL,
        .since_ms = cycle->started_ms,
        .place = {.topic = a->topic->raw, .partition = a->partition, .task = UNKNOWN, .commit_id = cycle->commit_id}};
    if (without)
        findings_saw(look, &saw, "%s: %s-%d answered %d times in one cycle, which ended as complete without %s-%d",
                     sink->connector, a->topic->raw, a->partition, a->answers, without->topic->raw, without->partition);
    else
        findings_saw(look, &saw, "%s: %s-%d answered %d times in one cycle", sink->connector, a->topic->raw,
                     a->partition, a->answers);
    findings_evidence(look, "answers in this cycle", cycle->started_ms, "commit_partitions",
                      "cluster = %s and commit_id = %s", sink->cluster, cycle->commit_id);
    free(subject);
}

/* ---- IT-C08 ---- */

/* A partition that none of these cycles waited for, though each ended as complete; NULL: none. */
static const struct derive_partition *passed_over(const struct findings_sink *sink, const struct connect_cycle **cycles)
{
    int64_t since = sink->data.rebalanced_ms;
    for (size_t i = 0; i < STALE_CYCLES; i++)
        if (!findings_sight_whole(cycles[i]) || cycles[i]->started_ms < since)
            return NULL;
    for (size_t i = 0; i < sink->who->assigned.n; i++) {
        const struct derive_partition *p = &sink->who->assigned.items[i];
        const struct findings_task *task = findings_absents_task(sink, p->task);
        bool all = !task || cycles[STALE_CYCLES - 1]->started_ms >= task->assigned_since_ms;
        for (size_t k = 0; k < STALE_CYCLES && all; k++)
            all = !in_time(cycles[k], p);
        if (all)
            return p;
    }
    return NULL;
}

/* All that are assigned answered, and its log says that it waited for more. */
static bool waits_for_more(const struct findings_sink *sink, const struct connect_cycle **cycles)
{
    for (size_t i = 0; i < STALE_CYCLES; i++)
        if (cycles[i]->outcome != CONNECT_OUTCOME_PARTIAL || !(cycles[i]->seen & CONNECT_SEEN_LOG) ||
            cycles[i]->expected_at_least || cycles[i]->expected <= sink->who->partitions || lacking(sink, cycles[i]))
            return false;
    return true;
}

/* In the log, the newest time that a coordinator took the lead, without having been elected for it. */
static void show_kept(struct findings_look *look, const struct findings_sink *sink)
{
    int64_t elected = UNKNOWN;
    for (size_t i = 0; i < sink->lines.n && sink->connect; i++) {
        const struct findings_line *line = &sink->lines.items[i];
        if (strcmp(line->kind, "leader") == 0)
            elected = line->time_ms;
        if (strcmp(line->kind, "coordinator") != 0)
            continue;
        if (elected == UNKNOWN)
            findings_evidence(look, "its coordinator was kept, not elected anew", line->time_ms, "log_events",
                              "connect = %s and connector = %s and kind in (coordinator, leader)", sink->connect,
                              sink->connector);
        return;
    }
}

void findings_answers_count_stale(struct findings_look *look, const struct findings_sink *sink)
{
    struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS];
    const struct connect_cycle *cycles[STALE_CYCLES];
    if (!findings_sight_ready(sink) || !sink->who || !sink->who->assigned.n ||
        newest(sink, cycles, STALE_CYCLES) < STALE_CYCLES)
        return;
    const struct derive_partition *over = passed_over(sink, cycles);
    bool more = !over && sink->who->partitions != UNKNOWN && waits_for_more(sink, cycles);
    if ((!over && !more) || findings_sight_chains(sink, chains) > 1)
        return;
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {.subject = subject,
                                     .since_ms = UNKNOWN,
                                     .place = {.topic = over ? over->topic->raw : NULL,
                                               .partition = over ? over->partition : UNKNOWN,
                                               .task = UNKNOWN,
                                               .commit_id = cycles[0]->commit_id}};
    if (over)
        findings_saw(look, &saw,
                     "%s: cycles end as complete without %s-%d: %lld answers are enough for the coordinator, and %s "
                     "are assigned",
                     sink->connector, over->topic->raw, over->partition, (long long)cycles[0]->received,
                     findings_words_count(sink->who->partitions, "partition").s);
    else
        findings_saw(look, &saw,
                     "%s: each cycle ends at its timeout: the coordinator waits for %s, and %lld are assigned",
                     sink->connector, findings_words_count(cycles[0]->expected, "partition").s,
                     (long long)sink->who->partitions);
    findings_sight_cycle(look, sink, "the newest of these cycles", cycles[0]);
    show_kept(look, sink);
    free(subject);
}

/* ---- IT-C09 ---- */

/* Of a consumer that reads the control topic. */
static bool is_control(const struct findings_sink *sink, const struct findings_line *line)
{
    const char *prefix = sink->config ? sink->config(sink, "iceberg.control.group-id-prefix") : NULL;
    const char *group = strstr(line->text, "groupId=");
    if (!prefix)
        prefix = "cg-control-";
    return strcmp(line->kind, "join-failed") == 0 && group && strncmp(group + 8, prefix, strlen(prefix)) == 0;
}

/* How often the task of a line failed within the time that counts. */
static size_t joins(const struct findings_sink *sink, int64_t task, int64_t now_ms, int64_t *first_ms)
{
    size_t n = 0;
    for (size_t i = 0; i < sink->lines.n; i++) {
        const struct findings_line *line = &sink->lines.items[i];
        int64_t ago = connect_cycles_between(line->time_ms, now_ms);
        if (line->task != task || ago == UNKNOWN || ago > JOINS_MS || !is_control(sink, line))
            continue;
        n++;
        *first_ms = line->time_ms;
    }
    return n;
}

static void say_joins(struct findings_look *look, const struct findings_sink *sink, const struct findings_line *line,
                      bool known)
{
    int64_t first_ms = UNKNOWN;
    size_t n = joins(sink, line->task, findings_now(look), &first_ms);
    if (n < JOINS)
        return;
    char *subject = line->task == UNKNOWN ? mem_printf("connector %s", sink->connector)
                                          : mem_printf("task %s-%lld", sink->connector, (long long)line->task);
    const struct findings_saw saw = {.subject = subject,
                                     .severity = FINDINGS_INFO,
                                     .own_severity = known,
                                     .since_ms = first_ms,
                                     .place = {.task = line->task, .partition = UNKNOWN}};
    findings_saw(look, &saw, "%s failed to join the group by which it reads the control topic %zu times in %s", subject,
                 n, findings_words_age(JOINS_MS).s);
    if (sink->connect)
        findings_evidence(look, line->text, line->time_ms, "log_events",
                          "connect = %s and connector = %s and kind = \"join-failed\"", sink->connect, sink->connector);
    free(subject);
}

static bool said_of(const struct findings_absents *absents, int64_t task)
{
    for (size_t i = 0; i < absents->tasks.n; i++)
        if (absents->tasks.items[i].task == task && (absents->tasks.items[i].why == FINDINGS_ABSENT_IDLE ||
                                                     absents->tasks.items[i].why == FINDINGS_ABSENT_SILENT))
            return true;
    return false;
}

void findings_answers_count_joins(struct findings_look *look, const struct findings_sink *sink)
{
    struct findings_absents absents = {0};
    if (!sink->by_log || findings_sight_halted(sink))
        return;
    for (size_t i = 0; i < sink->lines.n; i++) {
        const struct findings_line *line = &sink->lines.items[i];
        int64_t ago = connect_cycles_between(line->time_ms, findings_now(look));
        bool seen = !is_control(sink, line) || ago == UNKNOWN || ago > JOINS_LAST_MS;
        for (size_t k = 0; k < i && !seen; k++)
            seen = sink->lines.items[k].task == line->task && is_control(sink, &sink->lines.items[k]);
        if (seen)
            continue;
        if (!absents.tasks.n && !sink->blind)
            findings_absents_find(sink, findings_now(look), &absents);
        say_joins(look, sink, line, said_of(&absents, line->task));
    }
    findings_absents_done(&absents);
}
