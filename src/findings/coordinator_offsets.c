/* What coordinators commit: commits that fail, offsets that stand still or go back. */
#include "findings/coordinator_offsets.h"

#include "base/mem.h"
#include "findings/sight.h"
#include "findings/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    STILL_HOLD_MS = 60000,  /* a commit may have been read before the cycles were */
    BACK_SHOWN_MS = 600000, /* what went back is told for so long, though it went on */
    STILL_CYCLES = 3
};

/* ---- IT-C13 ---- */

static const char *error_of(const struct findings_sink *sink, const struct findings_sight_chain *chain)
{
    for (size_t i = chain->newest; i <= chain->failed_oldest; i++)
        if (sink->cycles[i]->error && findings_sight_same(sink->cycles[i]->sender, chain->sender))
            return sink->cycles[i]->error;
    return NULL;
}

static void fail(struct findings_look *look, const struct findings_sink *sink, const struct findings_sight_chain *chain,
                 bool alone)
{
    const char *error = error_of(sink, chain);
    bool all = chain->failed == chain->ended;
    char *clause = all ? mem_printf("every commit fails (%zu of %zu)", chain->failed, chain->ended)
                       : mem_printf("the last %zu commits failed", chain->failed);
    char *cause = mem_printf("%s%s%s", clause, error ? ": " : "", error ? findings_words_exception(error) : "");
    char *subject = mem_printf("connector %s", sink->connector);
    const struct connect_cycle *first = sink->cycles[chain->failed_oldest];
    const struct findings_saw saw = {.subject = subject,
                                     .severity = FINDINGS_INFO,
                                     .own_severity = !alone,
                                     .since_ms = findings_sight_since(sink, chain->failed_oldest),
                                     .cost = findings_sight_pending_rows(sink),
                                     .missing = error ? NULL : "the worker's log, for why they fail",
                                     .cause = alone ? cause : NULL,
                                     .place = {FINDINGS_NOWHERE, .commit_id = sink->cycles[chain->newest]->commit_id}};
    findings_saw(look, &saw, "%s: %s%s", sink->connector, alone ? "" : "of one of its coordinators ", cause);
    if (chain->sender)
        findings_evidence(look, "cycles that failed", first->started_ms, "commits",
                          "cluster = %s and sender = %s and outcome = \"failed\"", sink->cluster, chain->sender->raw);
    else
        findings_evidence(look, "cycles that failed", first->started_ms, "commits",
                          "cluster = %s and connector = %s and outcome = \"failed\"", sink->cluster, sink->connector);
    for (size_t i = 0; i < sink->lines.n; i++)
        if (findings_sight_is(sink->lines.items[i].kind, "failed") && sink->connect) {
            findings_evidence(look, sink->lines.items[i].text, sink->lines.items[i].time_ms, "log_events",
                              "connect = %s and connector = %s and kind = \"failed\"", sink->connect, sink->connector);
            break;
        }
    if (findings_sight_pending_rows(sink) > 0 && sink->group)
        findings_evidence(look, "files that wait for a commit", UNKNOWN, "pending_files",
                          "cluster = %s and group_id = %s", sink->cluster, sink->group);
    free(subject);
    free(cause);
    free(clause);
}

void findings_coordinator_failing(struct findings_look *look, const struct findings_sink *sink)
{
    struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS];
    if (!findings_sight_ready(sink))
        return;
    size_t n = findings_sight_chains(sink, chains), worst = 0;
    for (size_t i = 1; i < n; i++)
        worst = chains[i].failed > chains[worst].failed ? i : worst;
    if (n && chains[worst].failed >= FINDINGS_SIGHT_FAILED)
        fail(look, sink, &chains[worst], n == 1);
}

/* ---- IT-C14 ---- */

/* START_COMMITs at or above an offset; *first: the oldest of them. */
static size_t starts_from(const struct findings_sink *sink, const struct findings_control_partition *p, size_t *first)
{
    size_t n = 0;
    for (size_t i = 0; i < sink->ncycles; i++) {
        const struct connect_cycle *c = sink->cycles[i];
        if (!(c->seen & CONNECT_SEEN_TOPIC) || !c->sender || c->control_partition != p->partition ||
            c->start_offset < p->committed)
            continue;
        n++;
        *first = i;
    }
    return n;
}

void findings_coordinator_still(struct findings_look *look, const struct findings_sink *sink)
{
    struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS];
    if (!findings_sight_ready(sink) || !sink->by_topic || !sink->coordinator.group)
        return;
    size_t live = findings_sight_chains(sink, chains);
    if (live != 1 || chains[0].failed >= FINDINGS_SIGHT_FAILED) /* said already, by its cause */
        return;
    for (size_t i = 0; i < sink->control.partitions.n; i++) {
        const struct findings_control_partition *p = &sink->control.partitions.items[i];
        size_t first = 0, n = p->committed == UNKNOWN ? 0 : starts_from(sink, p, &first);
        if (n < STILL_CYCLES)
            continue;
        char *subject = mem_printf("connector %s", sink->connector);
        const struct findings_saw saw = {.subject = subject,
                                         .since_ms =
                                             UNKNOWN, /* so that it is held for as long from when it was first seen */
                                         .hold_ms = STILL_HOLD_MS,
                                         .place = {.group = sink->coordinator.group,
                                                   .topic = sink->control_topic,
                                                   .task = UNKNOWN,
                                                   .partition = p->partition}};
        findings_saw(look, &saw, "%s: %s stands at offset %" PRId64 " of %s-%d, and %zu commit cycles have begun since",
                     sink->connector, sink->coordinator.group, p->committed, sink->control_topic, p->partition, n);
        findings_evidence(look, "its offset and the topic's end", UNKNOWN, "group_partitions",
                          "cluster = %s and group = %s and topic = %s and partition = %d", sink->cluster,
                          sink->coordinator.group, sink->control_topic, p->partition);
        findings_sight_cycle(look, sink, "the first cycle since", sink->cycles[first]);
        free(subject);
        return;
    }
}

/* ---- IT-C15 ---- */

void findings_coordinator_back(struct findings_look *look, const struct findings_sink *sink)
{
    for (size_t i = 0; i < sink->control.partitions.n; i++) {
        const struct findings_control_partition *p = &sink->control.partitions.items[i];
        int64_t ago = connect_cycles_between(p->went_back_ms, findings_now(look));
        if (ago == UNKNOWN || !sink->coordinator.group || p->committed == UNKNOWN)
            continue;
        if (p->end != UNKNOWN && p->committed_max > p->end) /* the topic itself is another one */
            continue;
        bool behind = p->committed < p->committed_max;
        if (!behind && ago > BACK_SHOWN_MS)
            continue;
        char *subject = mem_printf("connector %s", sink->connector);
        const struct findings_saw saw = {.subject = subject,
                                         .since_ms = p->went_back_ms,
                                         .place = {.group = sink->coordinator.group,
                                                   .topic = sink->control_topic,
                                                   .task = UNKNOWN,
                                                   .partition = p->partition}};
        findings_saw(look, &saw, "%s: %s went back on %s-%d: it had committed %" PRId64 "%s%" PRId64, sink->connector,
                     sink->coordinator.group, sink->control_topic, p->partition, p->committed_max,
                     behind ? ", and is at " : " and more, and has come again to ", p->committed);
        findings_evidence(look, "its offset now", p->went_back_ms, "group_partitions",
                          "cluster = %s and group = %s and topic = %s and partition = %d", sink->cluster,
                          sink->coordinator.group, sink->control_topic, p->partition);
        free(subject);
        return;
    }
}
