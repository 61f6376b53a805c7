/* How regularly cycles come and end, and settings that do not let them. */
#include "findings/catalogue.h"

#include "base/mem.h"
#include "findings/absents.h"
#include "findings/cadence_brings.h"
#include "findings/words.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    PARTIAL_CYCLES = 2,
    UNREST_MS = 300000, /* a rebalance that takes longer is no normal one */
    SLOW_GAPS = 3,
    SLOW_MS = 5000, /* or a quarter of the interval, if that is more */
    SETTINGS_CYCLES = 10
};

/* ---- IT-C20 ---- */

/* Of the partial ones of a coordinator, those that began after the group last rebalanced. */
static size_t settled(const struct findings_sink *sink, const struct findings_sight_chain *chain)
{
    size_t n = 0;
    bool stable = !sink->data.state || strcmp(sink->data.state, "Stable") == 0;
    for (size_t i = chain->newest; i <= chain->partial_oldest; i++)
        n += stable && sink->cycles[i]->outcome == CONNECT_OUTCOME_PARTIAL &&
             sink->cycles[i]->started_ms >= sink->data.rebalanced_ms;
    return n;
}

/* Who is missing, and why, is said already. */
static bool explained(const struct findings_sink *sink, int64_t now_ms)
{
    struct findings_absents absents;
    findings_absents_find(sink, now_ms, &absents);
    bool known = false;
    for (size_t i = 0; i < absents.tasks.n; i++)
        known = known || absents.tasks.items[i].why != FINDINGS_ABSENT_ONCE;
    findings_absents_done(&absents);
    return known;
}

static const struct connect_cycle *newest_partial(const struct findings_sink *sink,
                                                  const struct findings_sight_chain *chain)
{
    for (size_t i = chain->newest; i < chain->partial_oldest; i++)
        if (sink->cycles[i]->outcome == CONNECT_OUTCOME_PARTIAL)
            return sink->cycles[i];
    return sink->cycles[chain->partial_oldest];
}

static void partial(struct findings_look *look, const struct findings_sink *sink)
{
    struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS], *chain = chains;
    if (!findings_sight_ready(sink))
        return;
    size_t live = findings_sight_chains(sink, chains);
    if (live != 1 || chain->partial < PARTIAL_CYCLES || explained(sink, findings_now(look)))
        return;
    const struct connect_cycle *newest = newest_partial(sink, chain), *oldest = sink->cycles[chain->partial_oldest];
    bool unrest = settled(sink, chain) < PARTIAL_CYCLES;
    int64_t lasts = connect_cycles_between(oldest->started_ms, findings_now(look));
    struct str answers = {0};
    if (newest->received != UNKNOWN && newest->expected != UNKNOWN)
        str_printf(&answers, ", the last with %lld of %lld answers", (long long)newest->received,
                   (long long)newest->expected);
    char *subject = mem_printf("connector %s", sink->connector);
    char *cause = mem_printf("the last %zu cycles ended at their timeout%s", chain->partial, str_text(&answers));
    const struct findings_saw saw = {
        .subject = subject,
        .severity = FINDINGS_INFO,
        .own_severity = unrest && lasts != UNKNOWN && lasts < UNREST_MS,
        .since_ms = findings_sight_since(sink, chain->partial_oldest),
        .missing = sink->by_topic ? NULL : "the control topic: the log does not tell who was missing",
        .cause = cause,
        .place = {FINDINGS_NOWHERE, .commit_id = newest->commit_id}};
    findings_saw(look, &saw, "%s: %s%s", sink->connector, cause,
                 !unrest                        ? ""
                 : sink->data.rebalanced_ms > 0 ? "; its group has rebalanced meanwhile"
                                                : "; its group rebalances");
    findings_sight_cycle(look, sink, "the newest of them", newest);
    findings_sight_cycle(look, sink, "the first of them", oldest);
    if (unrest && sink->data.group)
        findings_evidence(look, "the group of its tasks", sink->data.rebalanced_ms, "groups",
                          "cluster = %s and group = %s", sink->cluster, sink->data.group);
    str_done(&answers);
    free(subject);
    free(cause);
}

/* ---- IT-C21 ---- */

/* The newest gaps between the cycles of one coordinator that are all too long: how many, the shortest and the longest of them. */
static size_t slow_gaps(const struct findings_sink *sink, const struct findings_sight_chain *chain, int64_t limit,
                        int64_t *least, int64_t *most, size_t *oldest)
{
    size_t n = 0, later = SIZE_MAX;
    for (size_t i = chain->newest; i <= chain->oldest; i++) {
        if (!findings_sight_same(sink->cycles[i]->sender, chain->sender))
            continue;
        int64_t gap = later == SIZE_MAX
                          ? UNKNOWN
                          : connect_cycles_between(sink->cycles[i]->started_ms, sink->cycles[later]->started_ms);
        if (later != SIZE_MAX && (gap == UNKNOWN || gap <= limit))
            break;
        if (later != SIZE_MAX) {
            *least = n && *least < gap ? *least : gap;
            *most = n && *most > gap ? *most : gap;
            *oldest = i;
            n++;
        }
        later = i;
    }
    return n;
}

static void slow(struct findings_look *look, const struct findings_sink *sink)
{
    struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS];
    int64_t least = 0, most = 0, interval = findings_sight_interval_ms(sink);
    size_t oldest = 0;
    if (!findings_sight_ready(sink) || sink->interval_ms == UNKNOWN)
        return;
    size_t live = findings_sight_chains(sink, chains);
    if (live != 1 || chains[0].failed >= FINDINGS_SIGHT_FAILED)
        return;
    int64_t limit = interval + (interval / 4 > SLOW_MS ? interval / 4 : SLOW_MS);
    size_t n = slow_gaps(sink, &chains[0], limit, &least, &most, &oldest);
    if (n < SLOW_GAPS)
        return;
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {
        .subject = subject,
        .since_ms = findings_sight_since(sink, oldest),
        .place = {FINDINGS_NOWHERE, .commit_id = sink->cycles[chains[0].newest]->commit_id}};
    struct findings_words from = findings_words_ms(least), to = findings_words_ms(most);
    bool one = strcmp(from.s, to.s) == 0;
    findings_saw(look, &saw, "%s: the last %zu cycles began %s%s%s after the one before, and %s is set",
                 sink->connector, n, from.s, one ? "" : " to ", one ? "" : to.s, findings_words_ms(interval).s);
    findings_evidence(look, "its cycles", sink->cycles[chains[0].newest]->started_ms, "commits",
                      "cluster = %s and connector = %s", sink->cluster, sink->connector);
    free(subject);
}

/* ---- IT-C25 ---- */

/* Among the newest that ended: partial ones, and those with an answer that came too late. */
static size_t hurt(const struct findings_sink *sink, const struct connect_cycle **newest)
{
    size_t n = 0, ended = 0;
    *newest = NULL;
    for (size_t i = 0; i < sink->ncycles && ended < SETTINGS_CYCLES; i++) {
        const struct connect_cycle *c = sink->cycles[i];
        if (!findings_sight_ended(c))
            continue;
        bool late = c->outcome == CONNECT_OUTCOME_PARTIAL;
        for (size_t k = 0; k < c->answers.n && !late; k++)
            late = c->answers.items[k].late;
        *newest = *newest || !late ? *newest : c;
        n += late;
        ended++;
    }
    return n;
}

static void settings(struct findings_look *look, const struct findings_sink *sink)
{
    const struct connect_cycle *newest;
    bool known = sink->interval_ms != UNKNOWN && sink->timeout_ms != UNKNOWN;
    if (!findings_sight_ready(sink) || sink->timeout_ms == UNKNOWN)
        return;
    size_t n = hurt(sink, &newest);
    bool together = known && findings_sight_timeout_ms(sink) >= findings_sight_interval_ms(sink);
    bool seldom = n > 0 && sink->flush_ms != UNKNOWN &&
                  2 * findings_sight_flush_ms(sink) >= findings_sight_timeout_ms(sink) &&
                  !explained(sink, findings_now(look));
    if (!together && !seldom)
        return;
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {.subject = subject,
                                     .severity = FINDINGS_WARNING,
                                     .own_severity = together && n > 0,
                                     .since_ms = UNKNOWN,
                                     .place = {FINDINGS_NOWHERE, .commit_id = newest ? newest->commit_id : NULL}};
    struct findings_words timeout = findings_words_ms(sink->timeout_ms);
    struct str seen = {0};
    if (n)
        str_printf(&seen, "; %zu of its last %d cycles went past it", n, SETTINGS_CYCLES);
    if (together)
        findings_saw(look, &saw, "%s: its commit timeout of %s is not less than its commit interval of %s%s",
                     sink->connector, timeout.s, findings_words_ms(sink->interval_ms).s, str_text(&seen));
    else
        findings_saw(look, &saw, "%s: a commit timeout of %s is too short for idle tasks that wake every %s%s",
                     sink->connector, timeout.s, findings_words_ms(sink->flush_ms).s, str_text(&seen));
    if (sink->connect)
        findings_evidence(look, "its settings", UNKNOWN, "connectors", "connect = %s and connector = %s", sink->connect,
                          sink->connector);
    if (newest)
        findings_sight_cycle(look, sink, "the newest cycle that went past it", newest);
    str_done(&seen);
    free(subject);
}

/* ---- pages ---- */

static const char *const partial_issues[] = {"apache/iceberg#11796", "apache/iceberg#17811", NULL};
static const char *const slow_issues[] = {"apache/iceberg#16361", "databricks/iceberg-kafka-connect#247", NULL};
static const char *const valid_issues[] = {"apache/iceberg#17811", "apache/iceberg#17077", NULL};
static const char *const null_issues[] = {"apache/iceberg#13457", "apache/iceberg#15880", NULL};
static const char *const settings_issues[] = {"apache/iceberg#11796", "apache/iceberg#11818", NULL};

const struct findings_rule findings_cadence[] = {
    {
        .page =
            {
                .id = "IT-C20",
                .title = "partial commits in a row",
                .severity = FINDINGS_WARNING,
                .seen = "The last two cycles of the coordinator, or more, were committed at their timeout without all "
                        "answers, and no one task can be named for it: others are missing each time, or nothing tells "
                        "who. Where the group rebalanced meanwhile it is an info, unless it lasts for five minutes.",
                .means = "Each cycle takes its whole timeout, what was not answered comes a cycle later or more, and "
                         "valid-through stands still.",
                .todo = "Look at the cycles for who was missing, at the group for rebalances, and at the workers' logs "
                        "for the time in between.\n\nA group that rebalances again and again loses the answers of each "
                        "cycle: look for tasks that fail and are restarted, or for workers that come and go.",
                .not = "Up to three in a rebalance are normal. Where one task can be named, IT-C04, IT-C05 or IT-C06 "
                       "says it instead; where two coordinators are at work, IT-C11.",
                .issues = partial_issues,
            },
        .sink = partial,
    },
    {
        .page =
            {
                .id = "IT-C21",
                .title = "cycles come too seldom",
                .severity = FINDINGS_WARNING,
                .seen = "The last three cycles of one coordinator, or more, began later after the one before than the "
                        "commit interval and 5 seconds, or a quarter of it, whichever is more.",
                .means = "The coordinator was busy when the next cycle was due: with commits that take long, with "
                         "retries of a locked or slow catalog, or with reading a control topic that many connectors "
                         "share. Data is queryable later than the interval promises.",
                .todo = "Compare how long the cycles take with how far apart they begin: long ones tell of the catalog "
                        "or the storage, short ones of the control topic.\n\nGive connectors with much traffic a "
                        "control topic of their own, and raise the interval where commits cannot be made faster.",
                .not = "A healthy coordinator is late by less than a second. While commits fail (IT-C13) it is slow "
                       "too, and this is not said.",
                .issues = slow_issues,
            },
        .sink = slow,
    },
    {
        .page =
            {
                .id = "IT-C22",
                .title = "valid-through stands still",
                .severity = FINDINGS_INFO,
                .seen = "The last two full cycles that were committed to a table, or more, have no valid-through, and "
                        "the same partition brought no record in each of them.",
                .means = "The sink states a valid-through only where every partition brought a record in the cycle. A "
                         "partition that idles, or brings less than one record a cycle, keeps it from doing so for "
                         "ever, though all rows arrive. Who waits for valid-through waits in vain.",
                .todo = "Do not rely on valid-through for this topic; or write a heartbeat record to each partition in "
                        "each interval.",
                .not = "Rows are neither late nor lost. After partial commits there is no valid-through either: that "
                       "is IT-C20 or its cause.",
                .issues = valid_issues,
            },
        .sink = findings_cadence_brings_valid,
    },
    {
        .page =
            {
                .id = "IT-C23",
                .title = "records are read, and no rows come of them",
                .severity = FINDINGS_WARNING,
                .seen = "In the last three cycles or more the source offsets in the answers moved on by 100 records or "
                        "more, and no answer announced a single row for any table.",
                .means = "The sink reads and commits offsets, and writes nothing: consumer lag and queryable lag are "
                         "both near 0, and the records are in no table. Mostly their route leads nowhere: the field "
                         "that names the table is missing, or names one that does not exist and is not created.",
                .todo =
                    "Look at iceberg.tables.route-field, iceberg.tables.dynamic-enabled and "
                    "iceberg.tables.auto-create-enabled of the connector, and compare with one record.\n\nOnce mended, "
                    "the records since then have to be read again: stop the connector and set its offsets back.",
                .not = "Transforms that filter records out, and tombstones, look the same, and are meant to be so.",
                .issues = NULL,
            },
        .sink = findings_cadence_brings_nothing,
    },
    {
        .page =
            {
                .id = "IT-C24",
                .title = "answers carry rows and no source offsets",
                .severity = FINDINGS_WARNING,
                .seen = "In the last ten cycles at least two had answers with rows, and in none of the ten has any "
                        "partition a source offset.",
                .means = "A transform changes the topic's name on its way into the sink (RegexRouter and the like), "
                         "and sinks before 1.11.0 keep offsets under the new name, which no partition has. The group's "
                         "own offsets never move: after a restart everything is read and written once more. Queryable "
                         "lag cannot be told of it.",
                .todo = "Update the sink to 1.11.0 or later, or do without transforms that change the topic's name: "
                        "route by a field instead (iceberg.tables.route-field).",
                .not = "A partition without records has no offset in an answer either; here none has, while rows come.",
                .issues = null_issues,
            },
        .sink = findings_cadence_brings_null,
    },
    {
        .page =
            {
                .id = "IT-C25",
                .title = "settings that do not go together",
                .severity = FINDINGS_INFO,
                .seen = "The commit timeout is not less than the commit interval; that is a warning where a cycle of "
                        "the last ten went past its timeout or had an answer after its end. Or twice the worker's "
                        "offset.flush.interval.ms is not less than the commit timeout, and that has happened.",
                .means = "With a timeout as long as the interval, a cycle that waits for somebody ends when the next "
                         "is due: cycles follow without a pause. With a flush interval that is long against the "
                         "timeout, tasks without records answer too late (IT-C04).",
                .todo = "Set iceberg.control.commit.timeout-ms well below iceberg.control.commit.interval-ms, and "
                        "offset.flush.interval.ms of the worker well below that timeout.",
                .not = "Connect's default of 60 s for the flush and the sink's of 30 s for the timeout do no harm "
                       "while records come to all tasks: nothing is said before a cycle has suffered.",
                .issues = settings_issues,
            },
        .sink = settings,
    },
    {.page.id = NULL},
};
