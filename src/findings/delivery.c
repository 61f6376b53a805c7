/* Rows do not arrive, and tasks that fail: what heads it all. */
#include "findings/catalogue.h"

#include "base/mem.h"
#include "base/text.h"
#include "findings/sight.h"
#include "findings/sums.h"
#include "findings/words.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum { SLACK_MS = 120000 }; /* a rebalance, in which no cycle ends; half of the interval if that is more */

/* ---- what does not arrive ---- */

struct stuck {
    int64_t rows; /* that are not queryable */
    enum quality quality;
    int64_t since_ms;
    const struct connect_backlog_of_table *table; /* whose files have waited for longest; or NULL */
    bool unread;                                  /* they are not even written */
};

static int64_t limit_ms(const struct findings_sink *sink)
{
    int64_t interval = findings_sight_interval_ms(sink);
    return interval + findings_sight_timeout_ms(sink) + (interval / 2 > SLACK_MS ? interval / 2 : SLACK_MS);
}

/* Its catalog cannot be read now: what it has committed since is not known. */
static bool blind(const struct findings_sink *sink, const struct connect_backlog_of_table *t)
{
    for (size_t i = 0; i < sink->tables.n; i++)
        if (sink->tables.items[i]->blind && findings_sight_is(sink->tables.items[i]->table, t->table->raw))
            return true;
    return !t->known && !t->missing;
}

/* The table whose files wait for longest; NULL: none do. */
static const struct connect_backlog_of_table *oldest_pending(const struct findings_sink *sink)
{
    const struct connect_backlog_of_table *oldest = NULL;
    for (size_t i = 0; sink->backlog && i < sink->backlog->tables.n; i++) {
        const struct connect_backlog_of_table *t = &sink->backlog->tables.items[i];
        bool waits = t->sums[CONNECT_BACKLOG_PENDING].rows > 0 && t->pending_since_ms != UNKNOWN && !blind(sink, t);
        if (waits && (!oldest || t->pending_since_ms < oldest->pending_since_ms))
            oldest = t;
    }
    return oldest;
}

static bool failing(const struct findings_sink *sink)
{
    struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS];
    size_t n = findings_sight_chains(sink, chains);
    for (size_t i = 0; i < n; i++)
        if (chains[i].failed >= FINDINGS_SIGHT_FAILED)
            return true;
    return false;
}

/* When the newest cycle that was committed to a table ended; unknown: none is. */
static int64_t last_commit_ms(const struct findings_sink *sink)
{
    for (size_t i = 0; i < sink->ncycles; i++)
        if (sink->cycles[i]->ntables > 0)
            return sink->cycles[i]->ended_ms;
    return UNKNOWN;
}

/* Consumer lag, which counts what was written as done; unknown where nothing tells. */
static int64_t consumer_lag(const struct findings_sink *sink)
{
    struct value v = sink->data.row ? row_cell(sink->data.row, "lag") : value_unknown();
    return v.quality == QUALITY_UNKNOWN ? UNKNOWN : v.i;
}

/* Records that are not even written: they are old, and nothing was committed for as long. A partition's last transaction marker is
 * no record. */
static bool unread(const struct findings_sink *sink, int64_t now_ms, struct stuck *s)
{
    struct value age = sink->row ? row_cell(sink->row, "queryable_lag_s") : value_unknown();
    int64_t lag = consumer_lag(sink), markers = sink->who ? (int64_t)sink->who->assigned.n : 0;
    int64_t committed = last_commit_ms(sink);
    int64_t idle = connect_cycles_between(
        findings_sight_latest(committed == UNKNOWN ? sink->watched_since_ms : committed, sink->running_since_ms),
        now_ms);
    if (age.quality == QUALITY_UNKNOWN || age.d * 1000 <= (double)limit_ms(sink) || lag <= markers || idle == UNKNOWN ||
        idle <= limit_ms(sink))
        return false;
    s->rows = lag;
    s->quality = QUALITY_EXACT;
    s->unread = true;
    s->since_ms = committed == UNKNOWN ? now_ms - (int64_t)(age.d * 1000) : committed;
    return true;
}

static int64_t rows_of_failed(const struct findings_sink *sink)
{
    int64_t rows = 0;
    for (size_t i = 0; i < sink->ncycles && sink->cycles[i]->ntables == 0; i++)
        if (sink->cycles[i]->outcome == CONNECT_OUTCOME_FAILED && sink->cycles[i]->rows > 0)
            rows = findings_sums_plus(rows, sink->cycles[i]->rows);
    return rows;
}

/* The START_COMMIT after the newest commit. */
static int64_t failed_since(const struct findings_sink *sink)
{
    int64_t since = UNKNOWN;
    for (size_t i = 0; i < sink->ncycles && sink->cycles[i]->ntables == 0; i++)
        since = sink->cycles[i]->started_ms;
    return since;
}

static bool is_stuck(const struct findings_sink *sink, int64_t now_ms, struct stuck *s)
{
    *s = (struct stuck){.quality = QUALITY_EXACT, .since_ms = UNKNOWN, .table = oldest_pending(sink)};
    int64_t age = s->table ? connect_cycles_between(s->table->pending_since_ms, now_ms) : UNKNOWN;
    bool fails = failing(sink);
    s->rows = findings_sight_pending_rows(sink);
    if (s->table && (fails || age > limit_ms(sink))) {
        s->since_ms = s->table->pending_since_ms;
    } else if (fails && rows_of_failed(sink) > 0) {
        s->rows = findings_sight_latest(s->rows, rows_of_failed(sink));
        s->quality = QUALITY_GE;
        s->since_ms = failed_since(sink);
    } else if (!unread(sink, now_ms, s)) {
        return false;
    }
    if (sink->backlog && sink->backlog->lag_quality != QUALITY_UNKNOWN && sink->backlog->lag >= s->rows) {
        s->rows = sink->backlog->lag;
        s->quality = sink->backlog->lag_quality;
    }
    return true;
}

/* ---- IT-C01 ---- */

static bool all_run(const struct findings_sink *sink)
{
    for (size_t i = 0; i < sink->tasks.n; i++)
        if (!findings_sight_is(sink->tasks.items[i].state, "RUNNING"))
            return false;
    return sink->tasks.n > 0;
}

/* Where what other tools show is well: ", lag is 0, tasks RUNNING". */
static void add_contrast(const struct findings_sink *sink, const struct stuck *s, struct str *out)
{
    int64_t lag = consumer_lag(sink);
    if (lag != UNKNOWN && lag <= s->rows / 2)
        str_printf(out, ", lag is %s%s", findings_words_number(lag).s, all_run(sink) ? ", tasks RUNNING" : "");
    else if (all_run(sink))
        str_add(out, ", tasks RUNNING");
}

/* A task runs, and has not done so for as long as a commit may take. */
static bool has_restarted(const struct findings_sink *sink, int64_t now_ms)
{
    for (size_t i = 0; i < sink->tasks.n; i++) {
        int64_t age = connect_cycles_between(sink->tasks.items[i].since_ms, now_ms);
        if (findings_sight_is(sink->tasks.items[i].state, "RUNNING") && age != UNKNOWN && age <= limit_ms(sink))
            return true;
    }
    return false;
}

/* Its cycles first: with their log lines and tasks they say why, and that is what one looks for. */
static void show_rows(struct findings_look *look, const struct findings_sink *sink, const struct stuck *s)
{
    int64_t newest = sink->ncycles ? sink->cycles[0]->started_ms : UNKNOWN;
    if (failing(sink))
        findings_evidence(look, "its commit cycles that failed", newest, "commits",
                          "cluster = %s and connector = %s and outcome = \"failed\"", sink->cluster, sink->connector);
    else
        findings_evidence(look, "its commit cycles", newest, "commits", "cluster = %s and connector = %s",
                          sink->cluster, sink->connector);
    if (sink->group) {
        findings_evidence(look, "partitions that are behind in their tables", s->since_ms, "queryable_partitions",
                          "cluster = %s and group_id = %s and queryable_lag > 0", sink->cluster, sink->group);
        if (s->table)
            findings_evidence(look, "files that are in no snapshot", s->table->pending_since_ms, "pending_files",
                              "cluster = %s and group_id = %s and state = \"pending\"", sink->cluster, sink->group);
    }
    if (sink->connect)
        findings_evidence(look, "its tasks", UNKNOWN, "tasks", "connect = %s and connector = %s", sink->connect,
                          sink->connector);
}

static void arrival(struct findings_look *look, const struct findings_sink *sink)
{
    struct stuck s;
    if (!findings_sight_ready(sink) || !is_stuck(sink, findings_now(look), &s))
        return;
    const char *causes = findings_causes(look);
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {.subject = subject,
                                     .since_ms = s.since_ms,
                                     .cost = s.rows,
                                     .missing =
                                         s.table || sink->by_table || s.unread
                                             ? NULL
                                             : "the table's catalog: what is in it is known by the sink's word only",
                                     .place = {FINDINGS_NOWHERE, .group = sink->group,
                                               .catalog = s.table && s.table->catalog ? s.table->catalog->raw : NULL,
                                               .table = s.table ? s.table->table->raw : NULL}};
    struct str contrast = {0};
    add_contrast(sink, &s, &contrast);
    findings_saw(look, &saw, "%s: %s%s not queryable for %s%s: %s", sink->connector,
                 s.quality == QUALITY_GE   ? "at least "
                 : s.quality == QUALITY_LE ? "at most "
                                           : "",
                 findings_words_count(s.rows, "row").s,
                 findings_words_age(connect_cycles_between(s.since_ms, findings_now(look))).s, str_text(&contrast),
                 causes ? causes
                 : has_restarted(sink, findings_now(look))
                     ? "its tasks have been started anew, and nothing is committed yet"
                     : "no cause is found");
    show_rows(look, sink, &s);
    str_done(&contrast);
    free(subject);
}

/* ---- IT-C02 ---- */

static bool any_runs(const struct findings_sink *sink)
{
    for (size_t i = 0; i < sink->tasks.n; i++)
        if (findings_sight_is(sink->tasks.items[i].state, "RUNNING"))
            return true;
    return false;
}

/* How many of the first n tasks have failed of the same as the i-th. */
static size_t failed_alike(const struct findings_sink *sink, size_t n, size_t i)
{
    size_t alike = 0;
    for (size_t k = 0; k < n; k++)
        if (findings_sight_is(sink->tasks.items[k].state, "FAILED") &&
            text_same(sink->tasks.items[k].error, sink->tasks.items[i].error))
            alike++;
    return alike;
}

static void say_connector(struct findings_look *look, const struct findings_sink *sink, bool critical)
{
    char *subject = mem_printf("connector %s", sink->connector);
    char *cause = mem_printf("the connector is FAILED%s%s", sink->error ? ": " : "", sink->error ? sink->error : "");
    const struct findings_saw saw = {.subject = subject,
                                     .severity = FINDINGS_WARNING,
                                     .own_severity = !critical,
                                     .since_ms = UNKNOWN,
                                     .cause = cause,
                                     .place = {FINDINGS_NOWHERE}};
    findings_saw(look, &saw, "%s: the connector is FAILED%s%s", sink->connector, sink->error ? ": " : "",
                 sink->error ? sink->error : "");
    if (sink->connect)
        findings_evidence(look, "its state and trace", UNKNOWN, "connectors", "connect = %s and connector = %s",
                          sink->connect, sink->connector);
    free(subject);
    free(cause);
}

/* alike: so many tasks have failed of the same, for which this one speaks; 0: another does. */
static void say_task(struct findings_look *look, const struct findings_sink *sink, const struct findings_task *task,
                     bool critical, size_t alike)
{
    const char *colon = task->error ? ": " : "", *error = task->error ? task->error : "";
    char *subject = mem_printf("task %s-%lld", sink->connector, (long long)task->task);
    char *cause = alike > 1 ? mem_printf("%zu tasks are FAILED%s%s", alike, colon, error)
                            : mem_printf("task %lld is FAILED%s%s", (long long)task->task, colon, error);
    const struct findings_saw saw = {.subject = subject,
                                     .severity = FINDINGS_WARNING,
                                     .own_severity = !critical,
                                     .since_ms = task->since_ms,
                                     .cause = alike ? cause : NULL,
                                     .place = {.worker = task->worker, .task = task->task, .partition = UNKNOWN}};
    findings_saw(look, &saw, "%s is FAILED%s%s%s%s", subject, task->worker ? " on " : "",
                 task->worker ? task->worker : "", colon, error);
    if (sink->connect)
        findings_evidence(look, "its state and trace", task->since_ms, "tasks",
                          "connect = %s and connector = %s and task = %lld", sink->connect, sink->connector,
                          (long long)task->task);
    for (size_t i = 0; i < sink->lines.n && sink->connect; i++)
        if (findings_sight_is(sink->lines.items[i].kind, "task-failed") && sink->lines.items[i].task == task->task) {
            findings_evidence(look, sink->lines.items[i].text, sink->lines.items[i].time_ms, "log_events",
                              "connect = %s and connector = %s and task = %lld and kind = \"task-failed\"",
                              sink->connect, sink->connector, (long long)task->task);
            break;
        }
    free(subject);
    free(cause);
}

/* Critical while no task runs and IT-C01 does not say it already; one line for each cause is. */
static void failed(struct findings_look *look, const struct findings_sink *sink)
{
    struct stuck s;
    bool headed = !sink->blind && !findings_sight_halted(sink) && (sink->by_topic || sink->by_log) &&
                  is_stuck(sink, findings_now(look), &s);
    bool critical = !any_runs(sink) && !headed;
    if (findings_sight_is(sink->state, "FAILED"))
        say_connector(look, sink, critical);
    for (size_t i = 0; i < sink->tasks.n; i++) {
        bool before = failed_alike(sink, i, i) > 0;
        if (findings_sight_is(sink->tasks.items[i].state, "FAILED"))
            say_task(look, sink, &sink->tasks.items[i],
                     critical && !before && !findings_sight_is(sink->state, "FAILED"),
                     before ? 0 : failed_alike(sink, sink->tasks.n, i));
    }
}

/* ---- pages ---- */

static const char *const arrival_issues[] = {"apache/iceberg#15878", "apache/iceberg#16016", "apache/iceberg#13752",
                                             NULL};
static const char *const failed_issues[] = {"apache/iceberg#18067", NULL};

/* In the order in which they are asked: what heads it all is asked for last. */
const struct findings_rule findings_delivery[] = {
    {
        .page =
            {
                .id = "IT-C02",
                .title = "task or connector FAILED",
                .severity = FINDINGS_CRITICAL,
                .seen = "Connect says that the state of a task, or of the connector itself, is FAILED; the last cause "
                        "in its trace is shown. It is critical while no task of the connector runs, and a warning "
                        "while others do, or where IT-C01 names it as the cause.",
                .means =
                    "Connect does not start it again by itself. The partitions of a failed task go to the connector's "
                    "other tasks, which read on from the last commit; if none is left, nothing is read.",
                .todo = "Mend what the trace names, then restart what failed: POST "
                        "/connectors/NAME/restart?includeTasks=true&onlyFailed=true.\n\nThe whole trace is in the row "
                        "of the task, or of the connector.",
                .not =
                    "The state of the connector says nothing of its tasks: it may be RUNNING with all of them FAILED. "
                    "A worker that does not answer leaves its tasks RUNNING until Connect gives them to another.",
                .issues = failed_issues,
            },
        .sink = failed,
        .rest = true,
    },
    {
        .page =
            {
                .id = "IT-C01",
                .title = "rows do not arrive",
                .severity = FINDINGS_CRITICAL,
                .seen = "Files that were announced are in no snapshot for longer than commit interval, commit timeout "
                        "and a slack together; or the last two commits, or more, of a coordinator failed while files "
                        "wait. Or records are not even written: the oldest is older than that, and nothing was "
                        "committed to any table for as long. The slack is two minutes, or half of the interval if that "
                        "is more. What else was found of the connector is named as the cause.",
                .means = "What was produced cannot be queried. The sink commits its source offsets as soon as files "
                         "are written, so that consumer lag is near 0 and tasks are RUNNING all the while: other tools "
                         "show nothing. The rows are not lost yet. They are if the control topic's retention takes the "
                         "announcements before a commit succeeds.",
                .todo = "Follow the cause that is named after the colon: its own finding has what to do.\n\nWhere none "
                        "is named, look at the connector's last commit cycles and at the errors in its worker's log.",
                .not =
                    "Between two commits rows are not queryable, and that is normal: queryable lag rises for an "
                    "interval and falls. A rebalance of 80 to 100 seconds is within the slack. Of a connector that its "
                    "user has paused or stopped it is not said, nor while the first cycles of a new one are under way.",
                .issues = arrival_issues,
            },
        .sink = arrival,
    },
    {.page.id = NULL},
};
