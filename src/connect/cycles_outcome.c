/* How a commit cycle ended, from its evidence.
 *
 * No event says it; the rules hold for real runs of the sink of Apache Iceberg 1.6 to 1.11 and of Tabular 0.6. A completion that
 * names a valid-through, or that came before the timeout, is one that all partitions had answered. Else it came at the
 * timeout, and is partial where a partition is missing, or where its coordinator did not hear the answers. A cycle without a
 * completion has failed if the same coordinator began another, and is superseded if only another coordinator did. */
#include "connect/cycles_internal.h"

#include <stdio.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

struct verdict {
    enum connect_outcome outcome;
    char why[160];
};

__attribute__((format(printf, 3, 4))) static void say(struct verdict *v, enum connect_outcome outcome, const char *fmt,
                                                      ...)
{
    va_list ap;
    va_start(ap, fmt);
    v->outcome = outcome;
    vsnprintf(v->why, sizeof v->why, fmt, ap);
    va_end(ap);
}

static bool is_final(enum connect_outcome o)
{
    return o != CONNECT_OUTCOME_RUNNING && o != CONNECT_OUTCOME_UNKNOWN && o != CONNECT_OUTCOME_SUPERSEDED;
}

static int64_t timeout_of(const struct connect_cycle *pub)
{
    return pub->timeout_ms != UNKNOWN ? pub->timeout_ms : CYCLES_DEFAULT_TIMEOUT_MS;
}

static int64_t interval_of(const struct connect_cycle *pub)
{
    return pub->interval_ms != UNKNOWN ? pub->interval_ms : CYCLES_DEFAULT_INTERVAL_MS;
}

/* How long another coordinator may be there before this one's cycle is given up: where no timeout is known, no longer than from
 * one cycle to the next. */
static int64_t patience_of(const struct connect_cycle *pub)
{
    int64_t timeout = timeout_of(pub);
    return pub->timeout_ms == UNKNOWN && interval_of(pub) < timeout ? interval_of(pub) : timeout;
}

static double seconds(int64_t ms)
{
    return (double)ms / 1000;
}

/* ---- what the topic tells ---- */

/* How many partitions are known not to have answered in time. */
static int64_t missing(const struct connect_cycle_internal *e)
{
    int64_t late = 0, here = 0;
    for (size_t i = 0; i < e->pub.answers.n; i++) {
        late += e->pub.answers.items[i].late;
        here += !e->pub.answers.items[i].late;
    }
    int64_t lacking = e->pub.expected != UNKNOWN ? e->pub.expected - here : 0;
    return lacking > late ? lacking : late;
}

/* From the last answer in time to the end. */
static int64_t waited_ms(const struct connect_cycle_internal *e)
{
    int64_t last = e->topic.start_ms;
    for (size_t i = 0; i < e->done.n; i++)
        if (e->done.items[i].time_ms > last && connect_cycles_in_time(e, &e->done.items[i].at))
            last = e->done.items[i].time_ms;
    return connect_cycles_between(last, e->topic.point_ms);
}

static int64_t rows_in_time(const struct connect_cycle_internal *e)
{
    int64_t rows = 0;
    for (size_t i = 0; i < e->done.n; i++)
        if (connect_cycles_in_time(e, &e->done.items[i].at))
            rows += e->done.items[i].sums.rows > 0;
    return rows;
}

static bool announced(const struct connect_cycle_internal *e)
{
    for (size_t i = 0; i < e->tables.n; i++)
        if (e->tables.items[i].announced)
            return true;
    return false;
}

/* It ended because time was up, not because all had answered. Where no timeout is known: after a pause that is longer than a
 * coordinator takes to see that all have answered; or, while a partition is known to be missing, after the second of silence
 * without which none looks at the time. */
static bool timed_out(const struct connect_cycle_internal *e)
{
    if (e->log.ready || e->log.timeout)
        return e->log.timeout && !e->log.ready;
    if (e->topic.valid_through_ms != UNKNOWN || !e->topic.started)
        return false;
    int64_t elapsed = connect_cycles_between(e->topic.start_ms, e->topic.point_ms);
    if (e->pub.timeout_ms != UNKNOWN)
        return elapsed >= e->pub.timeout_ms;
    return elapsed >= CYCLES_DEFAULT_TIMEOUT_MS || waited_ms(e) >= (missing(e) > 0 ? CYCLES_TURN_MS : CYCLES_DRAIN_MS);
}

static void full(const struct connect_cycle_internal *e, struct verdict *v)
{
    const char *how = e->log.ready                           ? "log: ready"
                      : e->topic.valid_through_ms != UNKNOWN ? "COMMIT_COMPLETE with valid-through"
                                                             : "COMMIT_COMPLETE in time";
    if (announced(e))
        say(v, CONNECT_OUTCOME_FULL, "%s", how);
    else if (rows_in_time(e))
        say(v, CONNECT_OUTCOME_DROPPED, "%s; rows were announced, and no table's commit", how);
    else
        say(v, CONNECT_OUTCOME_EMPTY, "%s; no rows were announced", how);
}

static void complete(const struct connect_cycle_internal *e, struct verdict *v)
{
    if (!e->topic.started && e->topic.valid_through_ms == UNKNOWN && !e->log.ready && !e->log.timeout) {
        say(v, CONNECT_OUTCOME_UNKNOWN, "COMMIT_COMPLETE without valid-through, and its START_COMMIT was not read");
        return;
    }
    if (!timed_out(e)) {
        full(e, v);
        return;
    }
    int64_t lacking = missing(e), elapsed = connect_cycles_between(e->topic.start_ms, e->topic.point_ms);
    if (lacking > 0)
        say(v, CONNECT_OUTCOME_PARTIAL, "COMMIT_COMPLETE after %.1f s without valid-through; %lld missing",
            e->topic.started ? seconds(elapsed) : 0, (long long)lacking);
    else if (e->log.timeout)
        say(v, CONNECT_OUTCOME_PARTIAL, "log: timeout reached");
    else if (!announced(e) && waited_ms(e) >= CYCLES_DRAIN_MS)
        say(v, CONNECT_OUTCOME_PARTIAL,
            "COMMIT_COMPLETE after %.1f s though all had answered: its coordinator does not hear them",
            seconds(elapsed));
    else
        full(e, v);
}

/* Another coordinator of the group began a cycle when this one's time was up, or at all when time has passed. */
static bool superseded(const struct connect_cycle_internal *e, bool expired)
{
    for (size_t i = 0; i < e->group->chains.n; i++) {
        const struct cycles_chain *chain = &e->group->chains.items[i];
        if (chain->key == e->pub.sender)
            continue;
        const struct cycles_place *start = &e->topic.start;
        bool later = chain->last.partition == start->partition ? chain->last.offset > start->offset
                                                               : chain->last.time_ms > start->time_ms;
        if (later && (expired || connect_cycles_between(e->topic.start_ms, chain->last_ms) >= patience_of(&e->pub)))
            return true;
    }
    return false;
}

static bool expired(const struct connect_cycles *c, const struct connect_cycle_internal *e)
{
    if (c->now_ms == UNKNOWN || e->pub.started_ms == UNKNOWN)
        return false;
    if (e->topic.started &&
        connect_cycles_read_to(c, e->group->topic, e->topic.start.partition) <= e->topic.start.offset)
        return false;
    int64_t age = connect_cycles_between(e->pub.started_ms, c->now_ms);
    return age >= timeout_of(&e->pub) && age - timeout_of(&e->pub) >= interval_of(&e->pub);
}

static void incomplete(const struct connect_cycles *c, const struct connect_cycle_internal *e, struct verdict *v)
{
    bool over = expired(c, e), other = e->topic.started && superseded(e, over);
    if (e->in_table && !e->topic.pointed && (e->topic.followed || other || over || !e->topic.started))
        say(v, CONNECT_OUTCOME_COMMITTED, "a snapshot has it; it was not announced");
    else if (e->topic.followed)
        say(v, CONNECT_OUTCOME_FAILED, "its coordinator began the next without %s",
            e->topic.pointed ? "a COMMIT_COMPLETE: some tables were committed" : "having committed it");
    else if (other)
        say(v, CONNECT_OUTCOME_SUPERSEDED, "another coordinator began one, and this has no end");
    else if (!e->topic.started)
        say(v, CONNECT_OUTCOME_UNKNOWN, "its START_COMMIT was not read");
    else if (over)
        say(v, CONNECT_OUTCOME_UNKNOWN, "no end, past timeout and interval");
    else
        say(v, CONNECT_OUTCOME_RUNNING, "START_COMMIT, no end yet");
}

static void from_topic(const struct connect_cycles *c, const struct connect_cycle_internal *e, struct verdict *v)
{
    if (e->topic.completed)
        complete(e, v);
    else
        incomplete(c, e, v);
}

/* ---- what a log tells ---- */

static bool logged(const struct connect_cycle_internal *e)
{
    for (size_t i = 0; i < e->tables.n; i++)
        if (e->tables.items[i].logged)
            return true;
    return false;
}

static void from_log(const struct connect_cycles *c, const struct connect_cycle_internal *e, struct verdict *v)
{
    const struct cycles_from_log *l = &e->log;
    bool over = expired(c, e);
    bool other = l->initiated && e->connector->started_ms != UNKNOWN && e->connector->started_ms > l->start_ms &&
                 (over || connect_cycles_between(l->start_ms, e->connector->started_ms) >= patience_of(&e->pub));
    if (l->completed && l->timeout && !l->ready)
        say(v, CONNECT_OUTCOME_PARTIAL, "log: timeout reached, complete");
    else if (l->completed && logged(e))
        say(v, CONNECT_OUTCOME_FULL, "log: %scomplete", l->ready ? "ready, " : "");
    else if (l->completed && l->skipped)
        say(v, CONNECT_OUTCOME_DROPPED, "log: complete; a table was passed over, none was committed");
    else if (l->completed)
        say(v, CONNECT_OUTCOME_EMPTY, "log: complete; no table was committed");
    else if (l->failed)
        say(v, CONNECT_OUTCOME_FAILED, "log: the commit failed%s", logged(e) ? "; some tables were committed" : "");
    else if (e->in_table && (other || over))
        say(v, CONNECT_OUTCOME_COMMITTED, "a snapshot has it; the log has no end of it");
    else if (other)
        say(v, CONNECT_OUTCOME_SUPERSEDED, "log: another was initiated, and this has no end");
    else if (over || !l->initiated)
        say(v, CONNECT_OUTCOME_UNKNOWN,
            l->initiated ? "log: no end, past timeout and interval" : "log: neither its beginning nor its end");
    else
        say(v, CONNECT_OUTCOME_RUNNING, "log: initiated, no end yet");
}

/* ---- both ---- */

static void decide(const struct connect_cycles *c, const struct connect_cycle_internal *e, struct verdict *v)
{
    struct verdict log;
    if (!e->topic.seen && !e->log.seen) {
        say(v, CONNECT_OUTCOME_COMMITTED, "a snapshot has it; nothing else tells of it");
        return;
    }
    if (!e->topic.seen) {
        from_log(c, e, v);
        return;
    }
    from_topic(c, e, v);
    if (is_final(v->outcome) && (v->outcome != CONNECT_OUTCOME_FAILED || !e->log.completed) &&
        v->outcome != CONNECT_OUTCOME_COMMITTED)
        return;
    if (!e->log.seen)
        return;
    from_log(c, e, &log);
    if (is_final(log.outcome))
        *v = log;
}

/* All that a full one waited for has answered: an estimate of who should have gives way. */
static void expected(struct connect_cycle_internal *e)
{
    struct connect_cycle *pub = &e->pub;
    bool all = pub->outcome == CONNECT_OUTCOME_FULL || pub->outcome == CONNECT_OUTCOME_EMPTY ||
               pub->outcome == CONNECT_OUTCOME_DROPPED;
    if (all && !e->topic.seen && e->log.received == UNKNOWN) {
        pub->received = UNKNOWN; /* its line is not in the log */
    } else if (all && !e->topic.seen && e->log.expected == UNKNOWN) {
        pub->expected = pub->received;
        pub->expected_at_least = false;
    }
    if (!all || e->log.expected != UNKNOWN || !e->topic.seen)
        return;
    int64_t here = 0;
    for (size_t i = 0; i < pub->answers.n; i++)
        here += !pub->answers.items[i].late;
    if (here == 0 || (pub->expected <= here && !pub->expected_at_least))
        return;
    pub->expected = here;
    pub->expected_at_least = false;
}

/* Everything of a cycle that a settled fact may change, to see whether it did. */
struct picture {
    enum connect_outcome outcome;
    bool at_least;
    struct name *connector, *group, *coordinator;
    int64_t expected, received, interval, timeout;
    size_t waiting;
};

static struct picture picture(const struct connect_cycle *pub)
{
    struct picture p;
    memset(&p, 0, sizeof p); /* compared as bytes */
    p.outcome = pub->outcome;
    p.at_least = pub->expected_at_least;
    p.connector = pub->connector;
    p.group = pub->group;
    p.coordinator = pub->coordinator;
    p.expected = pub->expected;
    p.received = pub->received;
    p.interval = pub->interval_ms;
    p.timeout = pub->timeout_ms;
    for (size_t i = 0; i < pub->tables.n; i++)
        p.waiting += pub->tables.items[i].state == CONNECT_TABLE_WAITING;
    return p;
}

bool connect_cycles_derive(const struct connect_cycles *c, struct connect_cycle_internal *e)
{
    struct picture before = picture(&e->pub);
    struct verdict v;
    connect_cycles_numbers(c, e);
    decide(c, e, &v);
    e->pub.outcome = v.outcome;
    snprintf(e->pub.derived, sizeof e->pub.derived, "%s", v.why);
    expected(e);
    connect_cycles_tables(e);
    struct picture after = picture(&e->pub);
    return memcmp(&before, &after, sizeof before) != 0;
}
