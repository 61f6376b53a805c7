/* Who does not answer in a commit cycle, and why; who answers twice; for whom a coordinator waits. */
#include "findings/catalogue.h"

#include "base/mem.h"
#include "findings/absents.h"
#include "findings/answers_count.h"
#include "findings/words.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    APART = 4, /* so many tasks are said one by one; more of them together */
    NAMED = 5  /* of those, tasks that are named */
};

/* What one rule says of the tasks that lack for its reason. */
struct lack {
    struct findings_look *look;
    const struct findings_sink *sink;
    const struct findings_absents *absents;
    const struct findings_absent_task *task;
    struct findings_saw saw;
    struct str who;        /* "task orders-sink-1 on kc-2:8083"; "12 tasks (0, 1, 2 and 9 more)" */
    struct str partitions; /* "orders-1, orders-3"; "" of more than one task */
    bool many;             /* task stands for more than one */
};

static void name_task(struct lack *l)
{
    const char *on = l->task->worker;
    str_clear(&l->who);
    str_clear(&l->partitions);
    if (l->task->task < 0)
        str_printf(&l->who, "%s: a task", l->sink->connector);
    else
        str_printf(&l->who, "task %s-%lld%s%s", l->sink->connector, (long long)l->task->task, on ? " on " : "",
                   on ? on : "");
    findings_absents_list(l->absents, l->task, &l->partitions);
}

static void name_tasks(struct lack *l, enum findings_absent_why why, size_t n)
{
    size_t i = 0;
    str_clear(&l->who);
    str_clear(&l->partitions);
    str_printf(&l->who, "%s: %zu tasks (", l->sink->connector, n);
    for (size_t k = 0; k < l->absents->tasks.n; k++) {
        const struct findings_absent_task *task = &l->absents->tasks.items[k];
        char name[32];
        snprintf(name, sizeof name, "%lld", (long long)task->task);
        if (task->why == why && task->settled)
            findings_words_list(&l->who, name, i++, n, NAMED);
    }
    str_char(&l->who, ')');
}

/* The first of its missing partitions, in the newest cycle that it missed. */
static void show(struct lack *l)
{
    const struct derive_partition *p = l->absents->partitions.items[l->task->first].who;
    const struct connect_cycle *newest = l->sink->cycles[l->task->newest];
    findings_evidence(l->look, "the last cycle that it missed", newest->started_ms, "commit_partitions",
                      "cluster = %s and commit_id = %s and topic = %s and partition = %d", l->sink->cluster,
                      newest->commit_id, p->topic->raw, p->partition);
    findings_evidence(l->look, "its partition in all cycles", l->sink->cycles[l->task->oldest]->started_ms,
                      "commit_partitions", "cluster = %s and connector = %s and topic = %s and partition = %d",
                      l->sink->cluster, l->sink->connector, p->topic->raw, p->partition);
    if (l->task->task >= 0 && l->sink->connect)
        findings_evidence(l->look, "the task", UNKNOWN, "tasks", "connect = %s and connector = %s and task = %lld",
                          l->sink->connect, l->sink->connector, (long long)l->task->task);
    if (l->task->why == FINDINGS_ABSENT_IDLE && l->sink->connect)
        findings_evidence(l->look, "flush interval, where it is known, and commit timeout", UNKNOWN, "connectors",
                          "connect = %s and connector = %s", l->sink->connect, l->sink->connector);
}

static void say(struct lack *l, void (*fn)(struct lack *l))
{
    const struct derive_partition *p = l->absents->partitions.items[l->task->first].who;
    bool whole = l->task->missed < FINDINGS_ABSENTS_CYCLES;
    char *subject = l->many || l->task->task < 0
                        ? mem_printf("connector %s", l->sink->connector)
                        : mem_printf("task %s-%lld", l->sink->connector, (long long)l->task->task);
    l->saw = (struct findings_saw){.subject = subject,
                                   .since_ms = whole ? l->sink->cycles[l->task->oldest]->started_ms : UNKNOWN,
                                   .place = {.worker = l->many ? NULL : l->task->worker,
                                             .topic = p->topic->raw,
                                             .partition = p->partition,
                                             .task = l->many || l->task->task < 0 ? UNKNOWN : l->task->task,
                                             .commit_id = l->sink->cycles[l->task->newest]->commit_id}};
    fn(l);
    show(l);
    free(subject);
}

/* Calls fn for each task that lacks for this reason; once where they are many. */
static void each(struct findings_look *look, const struct findings_sink *sink, enum findings_absent_why why,
                 void (*fn)(struct lack *l))
{
    struct findings_absents absents;
    size_t n = 0;
    if (!findings_sight_ready(sink))
        return;
    findings_absents_find(sink, findings_now(look), &absents);
    for (size_t i = 0; i < absents.tasks.n; i++)
        n += absents.tasks.items[i].why == why && absents.tasks.items[i].settled;
    struct lack l = {.look = look, .sink = sink, .absents = &absents, .many = n > APART};
    for (size_t i = 0; i < absents.tasks.n; i++) {
        l.task = &absents.tasks.items[i];
        if (l.task->why != why || !l.task->settled)
            continue;
        if (l.many)
            name_tasks(&l, why, n);
        else
            name_task(&l);
        say(&l, fn);
        if (l.many)
            break;
    }
    str_done(&l.who);
    str_done(&l.partitions);
    findings_absents_done(&absents);
}

static struct findings_words cycles_of(const struct lack *l)
{
    return findings_words_count((int64_t)l->task->settled, "cycle");
}

static const char *of(const struct lack *l)
{
    return l->partitions.len ? " for " : "";
}

/* ---- IT-C04 ---- */

static void say_idle(struct lack *l)
{
    const struct findings_sink *sink = l->sink;
    bool known = sink->flush_ms != UNKNOWN;
    int64_t flush = findings_sight_flush_ms(sink);
    struct str late = {0};
    if (l->task->late && l->task->late_ms != UNKNOWN)
        str_printf(&late, "; when it did, it took %s", findings_words_ms(l->task->late_ms).s);
    char *cause = mem_printf("%s idles and does not answer in time", str_text(&l->who));
    l->saw.cause = cause;
    l->saw.missing = known ? NULL : "the worker's log, for its offset.flush.interval.ms: taken as 60 s";
    findings_saw(l->look, &l->saw,
                 "%s did not answer the last %s%s%s in time%s: idle, it wakes every %s%s, and a cycle waits %s",
                 str_text(&l->who), cycles_of(l).s, of(l), str_text(&l->partitions), str_text(&late),
                 findings_words_ms(flush).s, known ? "" : " unless set otherwise",
                 findings_words_ms(findings_sight_timeout_ms(sink)).s);
    str_done(&late);
    free(cause);
}

static void idle(struct findings_look *look, const struct findings_sink *sink)
{
    each(look, sink, FINDINGS_ABSENT_IDLE, say_idle);
}

/* ---- IT-C05 ---- */

static void say_missing(struct lack *l)
{
    char *cause = mem_printf("%s does not answer", str_text(&l->who));
    l->saw.cause = cause;
    findings_saw(l->look, &l->saw, "%s did not answer the last %s%s%s", str_text(&l->who), cycles_of(l).s, of(l),
                 str_text(&l->partitions));
    free(cause);
}

/* It may be chance. What was missed before the group rebalanced is nobody's now. */
static void say_once(struct lack *l)
{
    l->saw.own_severity = true;
    l->saw.severity = FINDINGS_INFO;
    findings_saw(l->look, &l->saw, "%s did not answer the last cycle%s%s", str_text(&l->who), of(l),
                 str_text(&l->partitions));
}

static void missing(struct findings_look *look, const struct findings_sink *sink)
{
    each(look, sink, FINDINGS_ABSENT_OTHER, say_missing);
    each(look, sink, FINDINGS_ABSENT_ONCE, say_once);
}

/* ---- IT-C06 ---- */

static void say_silent(struct lack *l)
{
    const struct findings_sink *sink = l->sink;
    char *cause = mem_printf("%s has no worker that answers", str_text(&l->who));
    l->saw.cause = cause;
    l->saw.missing = sink->by_log ? NULL : "the worker's log: a task that cannot join its control group looks the same";
    findings_saw(l->look, &l->saw, "%s has not answered since it got its partitions%s%s%s: %s went by%s",
                 str_text(&l->who), l->partitions.len ? " (" : "", str_text(&l->partitions),
                 l->partitions.len ? ")" : "", cycles_of(l).s,
                 sink->by_log ? ", and its log tells of no commit worker" : "");
    free(cause);
}

static void silent(struct findings_look *look, const struct findings_sink *sink)
{
    each(look, sink, FINDINGS_ABSENT_SILENT, say_silent);
}

/* ---- pages ---- */

static const char *const idle_issues[] = {"apache/iceberg#11818", "apache/iceberg#11796", "apache/iceberg#17193", NULL};
static const char *const missing_issues[] = {"apache/iceberg#16084", "apache/iceberg#18030", NULL};
static const char *const silent_issues[] = {"apache/iceberg#17811", "apache/iceberg#17593", NULL};
static const char *const count_issues[] = {"apache/iceberg#17925", NULL};
static const char *const stable_issues[] = {"apache/iceberg#17193", "apache/iceberg#18030", NULL};

const struct findings_rule findings_answers[] = {
    {
        .page =
            {
                .id = "IT-C04",
                .title = "idle task cannot answer in time",
                .severity = FINDINGS_WARNING,
                .seen = "A task has answered none of the last two cycles, or more, in time, though it has its "
                        "partitions and its group is at rest; and twice the worker's offset.flush.interval.ms is not "
                        "less than the sink's commit timeout. Few or no records come to its partitions.",
                .means = "A task to which no records come is woken once in each offset flush interval, 60 seconds "
                         "unless it is set, and only then reads the control topic; the first time it asks for what is "
                         "there, the second time it has it. So it answers START_COMMIT after up to twice that, when "
                         "the cycle has ended without it: the commit is partial and has no valid-through, and what the "
                         "task holds comes one or more cycles later, or when records come again.",
                .todo =
                    "Set offset.flush.interval.ms of the Connect worker well below iceberg.control.commit.timeout-ms "
                    "(to 5 s for 30 s), or raise that timeout above twice the flush interval.\n\nOr have fewer tasks "
                    "than busy partitions (tasks.max), so that none is idle.",
                .not = "Settings alone prove nothing: Connect's default has 60 s where the sink waits 30 s, and busy "
                       "tasks answer in milliseconds. A task to which records come often, and that does not answer all "
                       "the same, is IT-C05; one that has never answered since it got its partitions is IT-C06.",
                .issues = idle_issues,
            },
        .sink = idle,
    },
    {
        .page =
            {
                .id = "IT-C05",
                .title = "partition missing from a cycle",
                .severity = FINDINGS_WARNING,
                .seen = "A partition that is assigned is in no answer that came before its cycle was committed, or "
                        "before its time was up. Who has it is known by the member's client id, which names the task, "
                        "and by Connect, which names the task's worker. One that began after the group "
                        "last rebalanced is worth an info; two in a row are a warning.",
                .means =
                    "The cycle waits until its timeout and commits what it has. What the missing task has written "
                    "comes when it answers; until then its rows are not queryable, and valid-through stands still.",
                .todo = "Look at the task and its worker: a long garbage collection, a blocked write to the table's "
                        "storage, or a lost connection to Kafka keep it from answering.\n\nIf it stays so, restart the "
                        "task (POST /connectors/NAME/tasks/N/restart).",
                .not = "In a rebalance, as when a worker ends, up to three cycles in a row without answers are normal, "
                       "and the next brings what waited. A task that has failed is IT-C02; one that idles IT-C04 or "
                       "IT-C06.",
                .issues = missing_issues,
            },
        .sink = missing,
    },
    {
        .page =
            {
                .id = "IT-C06",
                .title = "task without a worker",
                .severity = FINDINGS_WARNING,
                .seen =
                    "A task has been in no answer at all since it got its partitions, while two START_COMMITs or more "
                    "went by and its group was at rest; where the worker's log is read, it has no `Starting commit "
                    "worker` of this task since then either. The sink is 1.9 or later, or its version is not "
                    "known, and no record of its partitions waits to be committed.",
                .means = "Since 1.9 a task makes the part of itself that answers when its first record comes. One "
                         "whose partitions bring none has no such part: each cycle waits for it until its timeout, "
                         "every commit is partial, and valid-through stands still. The rows of other tasks arrive, but "
                         "late by the timeout.",
                .todo = "Have no more tasks than partitions that bring records (tasks.max), or send a record to each "
                        "of them now and then.\n\nEach rebalance begins this anew, since it closes all of these parts.",
                .not = "Events alone do not tell it from a task that cannot join its control group (IT-C09): the "
                       "worker's log does.",
                .issues = silent_issues,
            },
        .sink = silent,
    },
    {
        .page =
            {
                .id = "IT-C07",
                .title = "a partition answered twice",
                .severity = FINDINGS_INFO,
                .seen = "In one of the last three cycles a partition is in two answers or more. It is a warning where "
                        "the cycle ended as complete though another partition had not answered.",
                .means = "The coordinator counts answers and does not look whose they are: one that comes twice stands "
                         "for one that is missing, and the cycle ends before all have answered. What the missing one "
                         "wrote comes with the next cycle, but valid-through already says that it is there.",
                .todo = "Look whether two tasks or two workers have the partition: a task that was not ended in a "
                        "rebalance goes on answering.",
                .not = "Where every partition has answered, that one did so twice does no harm.",
                .issues = count_issues,
            },
        .sink = findings_answers_count_twice,
    },
    {
        .page =
            {
                .id = "IT-C08",
                .title = "the coordinator waits for a number of partitions that is no longer true",
                .severity = FINDINGS_WARNING,
                .seen = "Two cycles in a row ended as complete, though a partition that is assigned had not answered "
                        "before their end. Or two in a row ended at their timeout, though all that are assigned had "
                        "answered in time, and the coordinator's log says that it waits for more.",
                .means = "The coordinator counts the partitions of the group once, when it is elected. If partitions "
                         "are added later, or it was elected in the middle of a rebalance, it ends cycles too early, "
                         "with a valid-through that is not true of the partitions that came too late; or it waits for "
                         "some that do not exist, and each cycle takes its whole timeout.",
                .todo = "Restart the connector with its tasks, so that a new coordinator counts anew (POST "
                        "/connectors/NAME/restart?includeTasks=true).",
                .not = "Rows are late by a cycle, not lost. In the worker's log a `received leader partition` without "
                       "an `elected leader` after it says the same: the coordinator of before was kept.",
                .issues = count_issues,
            },
        .sink = findings_answers_count_stale,
    },
    {
        .page =
            {
                .id = "IT-C09",
                .title = "a task cannot join its control group",
                .severity = FINDINGS_WARNING,
                .seen = "In the worker's log the consumer by which a task reads the control topic failed to join its "
                        "group (`JoinGroup failed`) three times or more within 15 minutes, the last time not longer "
                        "ago than five.",
                .means = "Each task reads the control topic in a group of its own, cg-control- and a UUID. A task that "
                         "is woken seldom does not finish joining before its session ends, is put out, and begins "
                         "anew: it never reads START_COMMIT and never answers.",
                .todo = "Set offset.flush.interval.ms of the Connect worker well below the consumer's session timeout "
                        "(45 s) and the sink's commit timeout: to 5 s, say.\n\nOr set group.initial.rebalance.delay.ms "
                        "of the brokers to 0.",
                .not = "Only the log tells: these groups have random names, and many that are Empty lie about in a "
                       "healthy cluster. Once or twice after a start is normal.",
                .issues = stable_issues,
            },
        .sink = findings_answers_count_joins,
    },
    {.page.id = NULL},
};
