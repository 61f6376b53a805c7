/* What cycles bring: valid-through, rows, source offsets. */
#include "findings/cadence_brings.h"

#include "base/mem.h"
#include "findings/sight.h"
#include "findings/words.h"

#include <stdlib.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum {
    VALID_CYCLES = 2,
    NOTHING_CYCLES = 3,
    NOTHING_RECORDS = 100, /* fewer may have been of no table, or deleted */
    NULL_CYCLES = 2,
    NULL_LOOKED_AT = 10, /* the newest that ended */
    LISTED = 3           /* partitions that are named */
};

/* It ended, and what was answered in it is known. */
static bool told(const struct connect_cycle *cycle)
{
    return findings_sight_ended(cycle) && (cycle->seen & CONNECT_SEEN_TOPIC);
}

/* ---- IT-C22 ---- */

static bool brought_none(const struct connect_cycle *cycle, const struct name *topic, int32_t partition)
{
    const struct connect_answer *a = findings_sight_answer(cycle, topic, partition);
    return a && !a->late && a->timestamp_ms == UNKNOWN;
}

/* Full ones that were committed to a table, in a row up to the newest but for empty ones, and that have no valid-through. */
static size_t without_valid(const struct findings_sink *sink, const struct connect_cycle *ret[FINDINGS_CYCLES])
{
    size_t n = 0;
    for (size_t i = 0; i < sink->ncycles && n < FINDINGS_CYCLES; i++) {
        const struct connect_cycle *c = sink->cycles[i];
        if (!told(c) || c->outcome == CONNECT_OUTCOME_EMPTY)
            continue;
        if (c->outcome != CONNECT_OUTCOME_FULL || c->ntables == 0 || c->valid_through_ms != UNKNOWN)
            break;
        ret[n++] = c;
    }
    return n;
}

void findings_cadence_brings_valid(struct findings_look *look, const struct findings_sink *sink)
{
    const struct connect_cycle *cycles[FINDINGS_CYCLES];
    if (!findings_sight_ready(sink))
        return;
    size_t n = without_valid(sink, cycles), found = 0, all = 0, rows = n < VALID_CYCLES ? 0 : n;
    struct str list = {0};
    const struct connect_answer *first = NULL;
    for (int pass = 0; pass < 2 && rows; pass++) /* counted, then named */
        for (size_t i = 0, at = 0; i < cycles[0]->answers.n; i++) {
            const struct connect_answer *a = &cycles[0]->answers.items[i];
            size_t k = 0;
            while (k < n && brought_none(cycles[k], a->topic, a->partition))
                k++;
            if (k < VALID_CYCLES)
                continue;
            char *name = mem_printf("%s-%d", a->topic->raw, a->partition);
            if (pass)
                findings_words_list(&list, name, at++, all, LISTED);
            else
                all++;
            first = first ? first : a;
            found = k > found ? k : found;
            free(name);
        }
    if (first) {
        char *subject = mem_printf("connector %s", sink->connector);
        const struct findings_saw saw = {.subject = subject,
                                         .since_ms =
                                             found < n || n < sink->ncycles ? cycles[found - 1]->started_ms : UNKNOWN,
                                         .place = {.topic = first->topic->raw,
                                                   .partition = first->partition,
                                                   .task = UNKNOWN,
                                                   .commit_id = cycles[0]->commit_id}};
        findings_saw(look, &saw, "%s: no valid-through: %s brought no record in the last %s that went to a table",
                     sink->connector, str_text(&list), findings_words_count((int64_t)found, "cycle").s);
        findings_evidence(look, "the partition's answers", cycles[0]->started_ms, "commit_partitions",
                          "cluster = %s and connector = %s and topic = %s and partition = %d", sink->cluster,
                          sink->connector, first->topic->raw, first->partition);
        free(subject);
    }
    str_done(&list);
}

/* ---- IT-C23 ---- */

/* The offset that a partition's last answer with one brought, in the n-th newest cycle told or an older one. */
static int64_t offset_from(const struct findings_sink *sink, const struct connect_answer *of, size_t from)
{
    for (size_t i = from; i < sink->ncycles; i++) {
        const struct connect_answer *a =
            told(sink->cycles[i]) ? findings_sight_answer(sink->cycles[i], of->topic, of->partition) : NULL;
        if (a && a->offset != UNKNOWN)
            return a->offset;
    }
    return UNKNOWN;
}

/* Records between what had been answered before cycle `from` (an index) and now, of the partitions of the newest cycle told. */
static int64_t records_since(const struct findings_sink *sink, const struct connect_cycle *newest, size_t from)
{
    int64_t records = 0;
    for (size_t i = 0; i < newest->answers.n; i++) {
        int64_t now = offset_from(sink, &newest->answers.items[i], 0);
        int64_t then = offset_from(sink, &newest->answers.items[i], from);
        int64_t moved = connect_cycles_between(then, now);
        if (moved > 0 && records < INT64_MAX - moved)
            records += moved;
    }
    return records;
}

void findings_cadence_brings_nothing(struct findings_look *look, const struct findings_sink *sink)
{
    if (!findings_sight_ready(sink))
        return;
    const struct connect_cycle *newest = NULL, *oldest = NULL;
    size_t n = 0, i = 0;
    for (; i < sink->ncycles; i++) {
        const struct connect_cycle *c = sink->cycles[i];
        if (!told(c))
            continue;
        if (c->rows != 0)
            break;
        newest = newest ? newest : c;
        oldest = c;
        n++;
    }
    int64_t records = n >= NOTHING_CYCLES ? records_since(sink, newest, i < sink->ncycles ? i : i - 1) : 0;
    if (records < NOTHING_RECORDS)
        return;
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {.subject = subject,
                                     .since_ms = i < sink->ncycles ? oldest->started_ms : UNKNOWN,
                                     .cost = records,
                                     .place = {FINDINGS_NOWHERE, .commit_id = newest->commit_id}};
    findings_saw(look, &saw, "%s: %s read in the last %s, and not one became a row of a table", sink->connector,
                 findings_words_count(records, "record").s, findings_words_count((int64_t)n, "cycle").s);
    findings_evidence(look, "answers of the newest of these cycles", newest->started_ms, "commit_partitions",
                      "cluster = %s and commit_id = %s", sink->cluster, newest->commit_id);
    findings_evidence(look, "cycles that brought no row", oldest->started_ms, "commits",
                      "cluster = %s and connector = %s and rows = 0", sink->cluster, sink->connector);
    free(subject);
}

/* ---- IT-C24 ---- */

/* 1: rows came, and no offset with them; 0: nothing came; -1: offsets came. */
static int kind_of(const struct connect_cycle *cycle)
{
    bool rows = false;
    for (size_t i = 0; i < cycle->answers.n; i++) {
        if (cycle->answers.items[i].offset != UNKNOWN)
            return -1;
        rows = rows || cycle->answers.items[i].rows > 0;
    }
    return rows;
}

void findings_cadence_brings_null(struct findings_look *look, const struct findings_sink *sink)
{
    if (!findings_sight_ready(sink))
        return;
    const struct connect_cycle *newest = NULL, *oldest = NULL;
    size_t n = 0, ended = 0;
    for (size_t i = 0; i < sink->ncycles && ended < NULL_LOOKED_AT; i++) {
        const struct connect_cycle *c = sink->cycles[i];
        int kind = told(c) ? kind_of(c) : 0;
        ended += told(c);
        if (kind < 0)
            return;
        if (kind == 0)
            continue;
        newest = newest ? newest : c;
        oldest = c;
        n++;
    }
    if (n < NULL_CYCLES)
        return;
    char *subject = mem_printf("connector %s", sink->connector);
    const struct findings_saw saw = {
        .subject = subject, .since_ms = UNKNOWN, .place = {FINDINGS_NOWHERE, .commit_id = newest->commit_id}};
    findings_saw(
        look, &saw,
        "%s: rows come, but no source offset with them, in %s: offsets are kept under a topic that is not there",
        sink->connector, findings_words_count((int64_t)n, "cycle").s);
    findings_evidence(look, "answers with rows and without offsets", oldest->started_ms, "commit_partitions",
                      "cluster = %s and commit_id = %s", sink->cluster, newest->commit_id);
    if (sink->group)
        findings_evidence(look, "what the group has committed", UNKNOWN, "group_partitions",
                          "cluster = %s and group = %s", sink->cluster, sink->group);
    free(subject);
}
