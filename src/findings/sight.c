/* What rules about a sink have in common; see sight.h. */
#include "findings/sight.h"

#include "base/mem.h"
#include "findings/sums.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

enum { DEFAULT_INTERVAL_MS = 300000, DEFAULT_TIMEOUT_MS = 30000, DEFAULT_FLUSH_MS = 60000, MINUTE_MS = 60000 };
#define YEAR_MS (INT64_C(366) * 24 * 3600 * 1000) /* more than this is taken as this, so that sums of times hold */

bool findings_sight_halted(const struct findings_sink *sink)
{
    return findings_sight_is(sink->state, "PAUSED") || findings_sight_is(sink->state, "STOPPED");
}

bool findings_sight_ready(const struct findings_sink *sink)
{
    if (findings_sight_halted(sink) || sink->blind)
        return false;
    return sink->by_topic ? sink->caught_up : sink->by_log;
}

static int64_t setting(int64_t ms, int64_t none)
{
    return ms == UNKNOWN || ms < 0 ? none : ms > YEAR_MS ? YEAR_MS : ms;
}

int64_t findings_sight_interval_ms(const struct findings_sink *sink)
{
    return setting(sink->interval_ms, DEFAULT_INTERVAL_MS);
}

int64_t findings_sight_timeout_ms(const struct findings_sink *sink)
{
    return setting(sink->timeout_ms, DEFAULT_TIMEOUT_MS);
}

int64_t findings_sight_flush_ms(const struct findings_sink *sink)
{
    return setting(sink->flush_ms, DEFAULT_FLUSH_MS);
}

int64_t findings_sight_patience_ms(const struct findings_sink *sink)
{
    int64_t interval = findings_sight_interval_ms(sink);
    return interval + (interval > MINUTE_MS ? interval : MINUTE_MS);
}

bool findings_sight_ended(const struct connect_cycle *cycle)
{
    switch (cycle->outcome) {
    case CONNECT_OUTCOME_FULL:
    case CONNECT_OUTCOME_PARTIAL:
    case CONNECT_OUTCOME_EMPTY:
    case CONNECT_OUTCOME_DROPPED:
    case CONNECT_OUTCOME_FAILED:
    case CONNECT_OUTCOME_COMMITTED:
        return true;
    default:
        return false;
    }
}

bool findings_sight_whole(const struct connect_cycle *cycle)
{
    return cycle->outcome == CONNECT_OUTCOME_FULL || cycle->outcome == CONNECT_OUTCOME_EMPTY ||
           cycle->outcome == CONNECT_OUTCOME_DROPPED;
}

int64_t findings_sight_since(const struct findings_sink *sink, size_t i)
{
    return i + 1 < sink->ncycles || sink->ncycles < FINDINGS_CYCLES ? sink->cycles[i]->started_ms : UNKNOWN;
}

bool findings_sight_same(const struct name *a, const struct name *b)
{
    return a == b || (a && b && a->len == b->len && memcmp(a->raw, b->raw, a->len) == 0);
}

const struct connect_answer *findings_sight_answer(const struct connect_cycle *cycle, const struct name *topic,
                                                   int32_t partition)
{
    size_t low = 0, high = cycle->answers.n;
    while (low < high) {
        size_t mid = (low + high) / 2;
        const struct connect_answer *a = &cycle->answers.items[mid];
        int order = a->topic == topic ? 0 : strcmp(a->topic->raw, topic->raw);
        order = order ? order : (a->partition > partition) - (a->partition < partition);
        if (order == 0)
            return a;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

int64_t findings_sight_pending_rows(const struct findings_sink *sink)
{
    int64_t rows = 0;
    for (size_t i = 0; sink->backlog && i < sink->backlog->tables.n; i++)
        rows = findings_sums_plus(rows, sink->backlog->tables.items[i].sums[CONNECT_BACKLOG_PENDING].rows);
    return rows;
}

void findings_sight_cycle(struct findings_look *look, const struct findings_sink *sink, const char *text,
                          const struct connect_cycle *cycle)
{
    findings_evidence(look, text, cycle->started_ms, "commits", "cluster = %s and commit_id = %s", sink->cluster,
                      cycle->commit_id);
}

/* ---- coordinators ---- */

static struct findings_sight_chain *chain_of(struct findings_sight_chain *chains, size_t *n, const struct name *sender,
                                             size_t newest)
{
    for (size_t i = 0; i < *n; i++)
        if (findings_sight_same(chains[i].sender, sender))
            return &chains[i];
    if (*n == FINDINGS_SIGHT_CHAINS)
        return NULL;
    chains[*n] = (struct findings_sight_chain){.sender = sender, .newest = newest};
    return &chains[(*n)++];
}

static void count(struct findings_sight_chain *chain, const struct connect_cycle *cycle, size_t i)
{
    chain->n++;
    chain->oldest = i;
    if (!findings_sight_ended(cycle))
        return;
    if (cycle->outcome == CONNECT_OUTCOME_FAILED && chain->failed == chain->ended) {
        chain->failed++;
        chain->failed_oldest = i;
    }
    if (cycle->outcome == CONNECT_OUTCOME_PARTIAL && chain->partial == chain->ended) {
        chain->partial++;
        chain->partial_oldest = i;
    }
    chain->ended++;
}

/* It began a cycle after the first of the newest coordinator's, and not too long before the newest. */
static bool lives(const struct findings_sink *sink, const struct findings_sight_chain *chain,
                  const struct findings_sight_chain *newest)
{
    int64_t ago =
        connect_cycles_between(sink->cycles[chain->newest]->started_ms, sink->cycles[newest->newest]->started_ms);
    return chain->newest < newest->oldest && ago != UNKNOWN && ago <= findings_sight_patience_ms(sink);
}

size_t findings_sight_chains(const struct findings_sink *sink,
                             struct findings_sight_chain chains[FINDINGS_SIGHT_CHAINS])
{
    size_t n = 0, alive = 0;
    bool keyed = false; /* a log may be ahead of the topic: its cycles get their keys soon */
    for (size_t i = 0; i < sink->ncycles; i++)
        keyed = keyed || sink->cycles[i]->sender;
    for (size_t i = 0; i < sink->ncycles; i++) {
        const struct connect_cycle *cycle = sink->cycles[i];
        struct findings_sight_chain *chain = keyed && !cycle->sender ? NULL : chain_of(chains, &n, cycle->sender, i);
        if (chain)
            count(chain, cycle, i);
    }
    for (size_t i = 0; i < n; i++)
        if (i == 0 || lives(sink, &chains[i], &chains[0]))
            chains[alive++] = chains[i];
    return alive;
}
