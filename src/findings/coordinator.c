/* Coordinators: none, two, members of theirs that nobody ended, commits that fail, offsets that do not move or move back. */
#include "findings/catalogue.h"

#include "base/mem.h"
#include "findings/coordinator_offsets.h"
#include "findings/sight.h"
#include "findings/words.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    REBALANCE_MS = 120000, /* cycles pause for 80 to 100 s in a rebalance: no shorter gap is missed */
    CROWDED_GAPS = 3,
    CROWDED_MS = 1000,  /* or a tenth of the interval, if that is more */
    SESSIONS_MS = 90000 /* two session timeouts of a consumer, as it has them by itself */
};

/* ---- IT-C10 ---- */

/* Its tasks work, as far as anything tells, and are at rest. */
static bool works(const struct findings_sink *sink)
{
    bool running = sink->tasks.n == 0;
    for (size_t i = 0; i < sink->tasks.n; i++)
        running = running || findings_sight_is(sink->tasks.items[i].state, "RUNNING");
    bool stable = !sink->data.state || findings_sight_is(sink->data.state, "Stable");
    return running && stable && (sink->state ? findings_sight_is(sink->state, "RUNNING") : sink->data.members.n > 0);
}

static void none(struct findings_look *look, const struct findings_sink *sink)
{
    if (!findings_sight_ready(sink) || !works(sink) || sink->strays.n)
        return;
    int64_t patience = findings_sight_latest(findings_sight_patience_ms(sink), REBALANCE_MS);
    const struct connect_cycle *last = sink->ncycles ? sink->cycles[0] : NULL;
    int64_t since = findings_sight_latest(last ? last->started_ms : UNKNOWN,
                                          findings_sight_latest(sink->running_since_ms, sink->data.rebalanced_ms));
    if (!last)
        since = findings_sight_latest(since, sink->watched_since_ms);
    int64_t age = connect_cycles_between(since, findings_now(look));
    if (age == UNKNOWN || age <= patience)
        return;
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {.subject = subject,
                                     .since_ms = since,
                                     .cause = "no coordinator begins a commit cycle",
                                     .place = {FINDINGS_NOWHERE, .group = sink->coordinator.group}};
    findings_saw(look, &saw,
                 "%s: no coordinator: it is %s, a commit cycle is due every %s, and for more than %s none has begun",
                 sink->connector, sink->state ? sink->state : "there",
                 findings_words_ms(findings_sight_interval_ms(sink)).s, findings_words_ms(patience).s);
    if (last)
        findings_sight_cycle(look, sink, "the last cycle that was begun", last);
    if (sink->coordinator.group)
        findings_evidence(look, "the coordinator's group and its members", UNKNOWN, "groups",
                          "cluster = %s and group = %s", sink->cluster, sink->coordinator.group);
    free(subject);
}

/* ---- IT-C11 ---- */

/* There was something to be committed in these cycles, and nothing was. */
static bool fruitless(const struct findings_sink *sink, size_t oldest)
{
    bool waits = false;
    for (size_t i = 0; i <= oldest; i++) {
        if (sink->cycles[i]->ntables > 0)
            return false;
        waits |= sink->cycles[i]->rows > 0 || sink->cycles[i]->outcome == CONNECT_OUTCOME_FAILED;
    }
    return waits;
}

/* The newest gaps between cycles, whoever began them, that are too short for one coordinator. */
static size_t crowded(const struct findings_sink *sink, int64_t *least, int64_t *most)
{
    int64_t interval = findings_sight_interval_ms(sink);
    int64_t limit = interval - (interval / 10 > CROWDED_MS ? interval / 10 : CROWDED_MS);
    size_t n = 0;
    for (; n + 1 < sink->ncycles && sink->interval_ms != UNKNOWN; n++) {
        int64_t gap = connect_cycles_between(sink->cycles[n + 1]->started_ms, sink->cycles[n]->started_ms);
        if (gap == UNKNOWN || gap >= limit)
            break;
        *least = n && *least < gap ? *least : gap;
        *most = n && *most > gap ? *most : gap;
    }
    return n;
}

/* Where only a log tells of cycles, which does not name those who begin them. */
static void two_by_log(struct findings_look *look, const struct findings_sink *sink)
{
    int64_t least = 0, most = 0;
    size_t n = crowded(sink, &least, &most);
    if (n < CROWDED_GAPS)
        return;
    const char *nothing = fruitless(sink, n) ? ", and nothing is committed" : "";
    char *subject = mem_printf("connector %s", sink->connector);
    char *cause = mem_printf("2 coordinators at once%s", nothing);
    const struct findings_saw saw = {.subject = subject,
                                     .since_ms = findings_sight_since(sink, n),
                                     .missing = "the control topic: it tells coordinators apart",
                                     .cause = cause,
                                     .place = {FINDINGS_NOWHERE, .group = sink->coordinator.group}};
    findings_saw(look, &saw, "%s: the last %zu commit cycles began %s to %s after the one before, and %s is set: %s",
                 sink->connector, n, findings_words_ms(least).s, findings_words_ms(most).s,
                 findings_words_ms(sink->interval_ms).s, cause);
    findings_evidence(look, "its cycles", sink->cycles[0]->started_ms, "commits", "cluster = %s and connector = %s",
                      sink->cluster, sink->connector);
    free(subject);
    free(cause);
}

static void two(struct findings_look *look, const struct findings_sink *sink)
{
    struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS];
    if (!findings_sight_ready(sink))
        return;
    size_t n = findings_sight_chains(sink, chains), cycles = 0, younger = SIZE_MAX;
    if (n == 1 && !chains[0].sender)
        two_by_log(look, sink);
    if (n < 2)
        return;
    struct str counts = {0};
    for (size_t i = 0; i < n; i++) {
        cycles += chains[i].n;
        younger = chains[i].oldest < younger ? chains[i].oldest : younger;
        str_printf(&counts, "%s%zu", i == 0 ? "" : i + 1 < n ? ", " : " and ", chains[i].n);
    }
    bool nothing = fruitless(sink, younger);
    char *subject = mem_printf("connector %s", sink->connector);
    char *cause = mem_printf("%zu coordinators at once%s", n, nothing ? ", and nothing is committed" : "");
    const struct findings_saw saw = {.subject = subject,
                                     .since_ms = findings_sight_since(sink, younger),
                                     .cost = findings_sight_pending_rows(sink),
                                     .cause = cause,
                                     .place = {FINDINGS_NOWHERE, .group = sink->coordinator.group}};
    findings_saw(look, &saw, "%s: %zu coordinators begin commit cycles by turns (%s of the last %zu)%s",
                 sink->connector, n, str_text(&counts), cycles, nothing ? ", and nothing is committed" : "");
    for (size_t i = 0; i < n && chains[i].sender; i++)
        findings_evidence(look,
                          i ? "cycles that another coordinator began" : "cycles that the newest coordinator began",
                          sink->cycles[chains[i].newest]->started_ms, "commits", "cluster = %s and sender = %s",
                          sink->cluster, chains[i].sender->raw);
    if (sink->coordinator.group)
        findings_evidence(look, "members of the coordinator's group", UNKNOWN, "group_members",
                          "cluster = %s and group = %s", sink->cluster, sink->coordinator.group);
    str_done(&counts);
    free(subject);
    free(cause);
}

/* ---- IT-C12 ---- */

static bool is_coordinators(const struct findings_member *m)
{
    static const char tasks[] = "connector-consumer-"; /* of a connector that is called as this group */
    return !m->client || strncmp(m->client, tasks, sizeof tasks - 1) != 0;
}

static void zombie(struct findings_look *look, const struct findings_sink *sink)
{
    struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS];
    const struct findings_group *g = &sink->coordinator;
    size_t n = 0, idle = 0;
    int64_t since = UNKNOWN;
    const char *host = NULL;
    for (size_t i = 0; i < g->members.n; i++) {
        const struct findings_member *m = &g->members.items[i];
        if (!is_coordinators(m))
            continue;
        n++;
        idle += m->partitions == 0;
        since = findings_sight_latest(since, m->since_ms);
        host = m->partitions == 0 ? m->host : host;
    }
    if (!g->group || n == 0 || (n == 1 && idle == 0))
        return;
    bool known = !sink->blind && findings_sight_chains(sink, chains) > 1; /* it is said already, by what it does */
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {.subject = subject,
                                     .severity = FINDINGS_INFO,
                                     .own_severity = known,
                                     .since_ms = since,
                                     .hold_ms = SESSIONS_MS,
                                     .place = {FINDINGS_NOWHERE, .group = g->group}};
    findings_saw(look, &saw, "%s: %s has %s%s%s%s: a healthy sink's has one, with all partitions of the control topic",
                 sink->connector, g->group, findings_words_count((int64_t)n, "member").s,
                 idle == 0   ? ""
                 : n == idle ? " without partitions"
                             : ", one without partitions",
                 idle && host ? " from " : "", idle && host ? host : "");
    findings_evidence(look, "its members", since, "group_members", "cluster = %s and group = %s", sink->cluster,
                      g->group);
    free(subject);
}

/* ---- pages ---- */

static const char *const none_issues[] = {"apache/iceberg#12372", "apache/iceberg#12610", NULL};
static const char *const two_issues[] = {"apache/iceberg#16016", "apache/iceberg#17637", "apache/iceberg#14395", NULL};
static const char *const zombie_issues[] = {"apache/iceberg#16016", "apache/iceberg#17349", NULL};
static const char *const failing_issues[] = {"apache/iceberg#13117", "apache/iceberg#11468", "apache/iceberg#15878",
                                             NULL};
static const char *const still_issues[] = {"apache/iceberg#13067", NULL};
static const char *const back_issues[] = {"apache/iceberg#13995", "apache/iceberg#17551", NULL};

const struct findings_rule findings_coordinator[] = {
    {
        .page =
            {
                .id = "IT-C10",
                .title = "no coordinator",
                .severity = FINDINGS_WARNING,
                .seen = "The connector is RUNNING, the group of its tasks is at rest, and no START_COMMIT has come for "
                        "twice the commit interval, or for the interval and a minute if that is more, and for two "
                        "minutes at least: counted from the last one, from when the connector began to run, and from "
                        "the group's last rebalance, whichever is the latest.",
                .means = "Nobody asks the tasks for what they have written. They go on reading, but no file is "
                         "announced, no snapshot is made and no source offset is committed; consumer lag grows. "
                         "Nothing is lost: what was read since the last cycle is read again.",
                .todo = "Restart the connector with its tasks, so that a leader is elected anew (POST "
                        "/connectors/NAME/restart?includeTasks=true).\n\nIf it stays so, look whether the tasks are in "
                        "the group that the sink looks at for its leader (IT-C30), whether the worker's log has "
                        "`elected leader`, and whether the sink may describe that group. Sinks up to 1.8 lose their "
                        "coordinator in cooperative rebalances: use 1.9 or later.",
                .not = "In a rebalance cycles pause for 80 to 100 seconds: that is normal. Of a connector that is "
                       "paused or stopped, or whose tasks have all failed, it is not said.",
                .issues = none_issues,
            },
        .sink = none,
    },
    {
        .page =
            {
                .id = "IT-C11",
                .title = "two coordinators at once",
                .severity = FINDINGS_WARNING,
                .seen = "START_COMMITs of one group came with record key A, then B, then A again: each key is one life "
                        "of a coordinator, so two of them lead the same tasks. It ends when one of them has begun no "
                        "cycle for twice the commit interval, or the interval and a minute if that is more. Where only "
                        "a worker's log is read: the last four cycles or more began closer to each other than the "
                        "interval allows, by a second and a tenth of it.",
                .means = "Tasks answer both and commit their source offsets, so that consumer lag is 0. Of the two, "
                         "one may have closed its catalog, so that each of its commits fails, while the other owns no "
                         "partition of the control topic, hears no answer, and commits nothing at each timeout: no row "
                         "reaches the table, and every task is RUNNING. Where both do commit, the same file may come "
                         "into two snapshots.",
                .todo = "Restart the Connect worker's process that runs the older coordinator: restarting the "
                        "connector often leaves it running.\n\nDo so before the control topic's retention takes the "
                        "announcements of the files that wait: they are known from nowhere else. Newer sinks have "
                        "closed some of the ways into this, 1.11 more than 1.10.",
                .not = "Key A and then B alone is a handover, as after each restart.",
                .issues = two_issues,
            },
        .sink = two,
    },
    {
        .page =
            {
                .id = "IT-C12",
                .title = "a member too many in the coordinator's group",
                .severity = FINDINGS_WARNING,
                .seen = "For two session timeouts (90 seconds) the group connect-NAME-coord has had more than one "
                        "member, or one that has no partition of the control topic.",
                .means = "A coordinator was not ended when its task was closed. It keeps, or takes in turn, partitions "
                         "of the control topic, so that the other does not read the answers in them; both may begin "
                         "cycles (IT-C11), and offsets may go back (IT-C15).",
                .todo = "Restart the Connect worker's process from which the member comes; its address is in the "
                        "group's members.",
                .not = "After a restart the old member stays until its session times out, 45 seconds unless set "
                       "otherwise.",
                .issues = zombie_issues,
            },
        .sink = zombie,
    },
    {
        .page =
            {
                .id = "IT-C13",
                .title = "commits fail",
                .severity = FINDINGS_WARNING,
                .seen = "The last two cycles of one coordinator, or more, failed: it began the next without having "
                        "committed them, or its log says so.",
                .means = "The tasks wrote files, announced them and committed their source offsets, so that consumer "
                         "lag is near 0; but no snapshot has the files. The coordinator keeps them and tries again "
                         "with each cycle, for ever, and all tasks stay RUNNING. Once a commit succeeds, one snapshot "
                         "takes all that waited.",
                .todo = "Mend what the error names: mostly the catalog cannot be reached, is locked, or refuses the "
                        "sink's credentials.\n\nIf nothing in the log tells why, or it says that a pool or client is "
                        "closed, restart the worker's process. Do not let it stand for longer than the control topic's "
                        "retention: files whose announcement is gone are lost (IT-L01).",
                .not = "A single cycle that failed, as by a conflict with another writer, is tried again and said to "
                       "nobody. That tasks are RUNNING is no sign that commits succeed.",
                .issues = failing_issues,
            },
        .sink = findings_coordinator_failing,
    },
    {
        .page =
            {
                .id = "IT-C14",
                .title = "the coordinator's offset stands still",
                .severity = FINDINGS_WARNING,
                .seen = "Three START_COMMITs or more lie at or above the offset that connect-NAME-coord has committed "
                        "of the control topic, for a minute, while the cycles themselves do not fail.",
                .means = "The coordinator commits its place in the control topic after each commit to the tables. "
                         "While it does not, whoever coordinates next reads all answers since then again, which takes "
                         "long, and what the tables do not tell to be there is committed twice.",
                .todo = "Look in the worker's log for errors of the consumer whose group is connect-NAME-coord: it may "
                        "have been put out of its group, or may not be allowed to commit.",
                .not = "Two are normal: the cycle that runs, and the one before it until it is committed. That the "
                       "group shows some lag between cycles is normal too, 3 and 2 more for each table. Where cycles "
                       "fail (IT-C13), or two coordinators are there (IT-C11), it is a consequence and not said.",
                .issues = still_issues,
            },
        .sink = findings_coordinator_still,
    },
    {
        .page =
            {
                .id = "IT-C15",
                .title = "the coordinator's offset went back",
                .severity = FINDINGS_WARNING,
                .seen = "The offset that connect-NAME-coord has committed of the control topic was seen to be lower "
                        "than it had been. It is told until it is past that again, and for ten minutes at least.",
                .means =
                    "A coordinator that ought to have ended commits the place that it remembers, or somebody has reset "
                    "the group. The next coordinator reads answers again that were committed; tables keep most of it "
                    "out by the offsets in their snapshots, but if the control topic's retention passes the old place, "
                    "the group starts at the topic's end, and what was announced in between is lost.",
                .todo = "Look for a second coordinator (IT-C11, IT-C12), and restart the worker's process that has the "
                        "older one.",
                .not = "Only what icetop has seen itself counts: it knows nothing of what was before it ran. A control "
                       "topic that was made again is another matter (IT-K04).",
                .issues = back_issues,
            },
        .sink = findings_coordinator_back,
    },
    {.page.id = NULL},
};
