/* One table of sentences, and the matcher that goes through it. */
#include "connect/line_words.h"
#include "connect/line_head.h"
#include "connect/line_time.h"

#include <string.h>

/* What a "{}" holds; the n-th letter of a row is that of its n-th place. */
enum place {
    PLACE_ANY = '.',
    PLACE_COMMIT = 'c',
    PLACE_TASK = 'w',     /* CONNECTOR-TASK */
    PLACE_TABLE = 't',    /* NAMESPACE.NAME */
    PLACE_SNAPSHOT = 's', /* a number, as are the next three */
    PLACE_RECEIVED = 'r',
    PLACE_EXPECTED = 'e',
    PLACE_TABLES = 'n',
    PLACE_VALID = 'v', /* a time or null */
};

struct words {
    enum connect_line_kind kind;
    const char *text, *places;
    bool anyone; /* not only loggers of the sink */
};

/* Rows of one kind: the oldest words first. A sentence is matched from its first byte to its last. */
static const struct words table[] = {
    /* the committer: 1.6 to 1.10, then 1.11 */
    {CONNECT_LINE_LEADER, "Task elected leader, starting commit coordinator", "", false},
    {CONNECT_LINE_LEADER, "Task {} elected leader, starting commit coordinator", "w", false},
    {CONNECT_LINE_COORDINATOR, "Committer received leader partition. Starting Coordinator.", "", false},
    {CONNECT_LINE_COORDINATOR, "Committer {} received leader partition. Starting Coordinator.", "w", false},
    {CONNECT_LINE_LOST_LEADER, "Committer lost leader partition. Stopping Coordinator.", "", false},
    {CONNECT_LINE_LOST_LEADER, "Committer {} lost leader partition. Stopping Coordinator.", "w", false},
    {CONNECT_LINE_LOST_LEADER, "Committer {} lost leader partition. Stopping coordinator.", "w", false},
    {CONNECT_LINE_LOST_LEADER, "Committer {} stopped. Closing coordinator.", "w", false},
    {CONNECT_LINE_WORKER, "Starting commit worker", "", false},
    {CONNECT_LINE_WORKER, "Starting commit worker {}", "w", false},
    {CONNECT_LINE_OTHER, "Committer {} contains the first partition {}, this task is the leader", "w.", false},
    {CONNECT_LINE_OTHER, "Committer {} found no partitions assigned across all members, cannot determine leader", "w",
     false},
    {CONNECT_LINE_OTHER, "Stopping worker {}.", "w", false},
    {CONNECT_LINE_OTHER, "Seeking to last committed offsets for worker {}.", "w", false},
    {CONNECT_LINE_OTHER, "Close unexpectedly called on committer {} without partition assignment", "w", false},

    /* a cycle's beginning: 1.6 to 1.10, 1.11, Tabular */
    {CONNECT_LINE_INITIATED, "Commit {} initiated", "c", false},
    {CONNECT_LINE_INITIATED, "Coordinator {} initiated commit {}", "wc", false},
    {CONNECT_LINE_INITIATED, "Started new commit with commit-id={}", "c", false},
    {CONNECT_LINE_OTHER, "Sent workers commit trigger with commit-id={}", "c", false},

    /* its answers */
    {CONNECT_LINE_NOT_READY, "Commit {} not ready, received responses for {} of {} partitions, waiting for more", "cre",
     false},
    {CONNECT_LINE_READY, "Commit {} ready, received responses for all {} partitions", "cr", false},
    {CONNECT_LINE_TIMEOUT, "Commit timeout reached. Commit ID: {}", "c", false},
    {CONNECT_LINE_TIMEOUT, "Commit timeout reached", "", false},
    {CONNECT_LINE_TIMEOUT, "Commit timeout reached. Now: {}, start: {}, timeout: {}", "...", false},
    {CONNECT_LINE_OTHER, "Processing commit after responses for {}, isPartialCommit {}", "c.", false},
    {CONNECT_LINE_UNEXPECTED,
     "Received commit response when no commit in progress, this can happen during recovery. Commit ID: {}", "c", false},
    {CONNECT_LINE_UNEXPECTED,
     "Received commit ready when no commit in progress, this can happen during recovery. Commit ID: {}", "c", false},
    {CONNECT_LINE_UNEXPECTED, "Received commit response when no commit in progress, this can happen during recovery",
     "", false},
    {CONNECT_LINE_UNEXPECTED, "Received commit ready when no commit in progress, this can happen during recovery", "",
     false},
    {CONNECT_LINE_UNEXPECTED, "Received commit response with commit-id={} when {}", "c.", false},
    {CONNECT_LINE_UNEXPECTED, "Received commit ready for commit-id={} when {}", "c.", false},
    {CONNECT_LINE_UNEXPECTED, "Received data written with commit-id={} when {}", "c.", false},
    {CONNECT_LINE_UNEXPECTED, "Received data complete for commit-id={} when {}", "c.", false},

    /* its tables: 1.6 to 1.10, 1.11, Tabular */
    {CONNECT_LINE_TABLE, "Commit complete to table {}, snapshot {}, commit ID {}, valid-through {}", "tscv", false},
    {CONNECT_LINE_TABLE, "Coordinator {} completed commit to table {}, snapshot {}, commit ID {}, valid-through {}",
     "wtscv", false},
    {CONNECT_LINE_TABLE, "Commit complete to table {}, snapshot {}, commit ID {}, vtts {}", "tscv", false},
    {CONNECT_LINE_NOTHING, "Nothing to commit to table {}, skipping", "t", false},
    {CONNECT_LINE_NOTHING, "Coordinator {} found nothing to commit to table {}, skipping", "wt", false},
    {CONNECT_LINE_NO_TABLE, "Table not found, skipping commit: {}", "t", false},
    {CONNECT_LINE_OTHER_TABLE, "Skipping commits to table {} due to target table mismatch.  Expected: {} Received: {}",
     "t..", false},

    /* its end: 1.6 to 1.10, 1.11, Tabular; then failures: 1.6 to 1.10 and Tabular, 1.11, later */
    {CONNECT_LINE_COMPLETE, "Commit {} complete, committed to {} table(s), valid-through {}", "cnv", false},
    {CONNECT_LINE_COMPLETE, "Coordinator {} completed commit {}, committed to {} table(s), valid-through {}", "wcnv",
     false},
    {CONNECT_LINE_COMPLETE, "Commit {} complete, committed to {} table(s), vtts {}", "cnv", false},
    {CONNECT_LINE_FAILED, "Commit failed, will try again next cycle", "", false},
    {CONNECT_LINE_FAILED, "Coordinator {} failed to commit for commit {}, will try again next cycle", "wc", false},
    {CONNECT_LINE_FAILED, "Partial commit {} failed for task {}, will retry", "cw", false},
    {CONNECT_LINE_FAILED, "Commit {} failed for task {} ({} consecutive failures, will retry)", "cw.", false},
    {CONNECT_LINE_FAILED, "Commit {} failed for task {} ({} consecutive failures, terminating)", "cw.", false},

    /* the ends of coordinators and tasks */
    {CONNECT_LINE_COORDINATOR_ERROR, "Coordinator error during start, exiting thread", "", false},
    {CONNECT_LINE_COORDINATOR_ERROR, "Coordinator error during process, exiting thread", "", false},
    {CONNECT_LINE_OTHER, "Coordinator error during stop, ignoring", "", false},
    {CONNECT_LINE_TASK_FAILED, "WorkerSinkTask{id={}} Task threw an uncaught and unrecoverable exception{}", "w.",
     true},
    {CONNECT_LINE_TASK_FAILED,
     "WorkerSinkTask{id={}} Task is being killed and will not recover until manually restarted{}", "w.", true},

    /* Kafka's consumer */
    {CONNECT_LINE_JOIN_FAILED, "[Consumer clientId={}, groupId={}] JoinGroup failed: {}", "...", true},
};

enum { WORDS = sizeof table / sizeof *table };

const char *connect_line_words_at(size_t i, enum connect_line_kind *kind)
{
    if (i >= WORDS)
        return NULL;
    *kind = table[i].kind;
    return table[i].text;
}

/* Exactly 36 characters, 8-4-4-4-12. */
static bool take_commit(const char *p, const char *end, char *ret)
{
    if (end - p != CONNECT_EVENT_ID - 1)
        return false;
    for (int i = 0; i < CONNECT_EVENT_ID - 1; i++) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = p[i];
        const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex)
            return false;
    }
    memcpy(ret, p, CONNECT_EVENT_ID - 1);
    ret[CONNECT_EVENT_ID - 1] = '\0';
    return true;
}

static bool take_number(const char *p, const char *end, int64_t *ret)
{
    uint64_t value = 0;
    const bool negative = p < end && *p == '-';
    p += negative;
    if (p == end || end - p > 19)
        return false;
    for (; p < end; p++) {
        if (*p < '0' || *p > '9')
            return false;
        value = value * 10 + (uint64_t)(*p - '0');
    }
    if (value > INT64_MAX)
        return false;
    *ret = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

/* Tabular's sink prints milliseconds in some versions. */
static bool take_time(const char *p, const char *end, int64_t *ret)
{
    if (end - p == 4 && memcmp(p, "null", 4) == 0) {
        *ret = CONNECT_EVENT_UNKNOWN;
        return true;
    }
    return connect_line_time_read(p, end, 0, ret) == end || take_number(p, end, ret);
}

static bool take(enum place place, const char *p, const char *end, struct connect_line *line)
{
    struct connect_event_text connector;
    int64_t task;
    switch (place) {
    case PLACE_COMMIT:
        return take_commit(p, end, line->commit_id);
    case PLACE_TASK:
        if (!line->connector.s && connect_line_head_task(p, (size_t)(end - p), &connector, &task)) {
            line->connector = connector;
            line->task = task;
        }
        return p < end;
    case PLACE_TABLE:
        line->table = (struct connect_event_text){p, (size_t)(end - p)};
        return p < end;
    case PLACE_SNAPSHOT:
        return take_number(p, end, &line->snapshot_id);
    case PLACE_RECEIVED:
        return take_number(p, end, &line->received);
    case PLACE_EXPECTED:
        return take_number(p, end, &line->expected);
    case PLACE_TABLES:
        return take_number(p, end, &line->tables);
    case PLACE_VALID:
        return take_time(p, end, &line->valid_through_ms);
    case PLACE_ANY:
        return true;
    }
    return false;
}

/* Where the literal that follows a place begins; the end where the place is the last. */
static const char *place_end(const char *p, const char *end, const char *literal)
{
    const char *next = strstr(literal, "{}");
    const size_t n = next ? (size_t)(next - literal) : strlen(literal);
    if (n == 0)
        return end;
    if (!next) /* the sentence's last words are the line's */
        return (size_t)(end - p) >= n && memcmp(end - n, literal, n) == 0 ? end - n : NULL;
    return memmem(p, (size_t)(end - p), literal, n);
}

static bool fits(const struct words *w, const char *p, const char *end, struct connect_line *line)
{
    const char *places = w->places;
    for (const char *t = w->text; *t;) {
        if (t[0] == '{' && t[1] == '}') {
            const char *q = place_end(p, end, t += 2);
            if (!q || !take((enum place) * places++, p, q, line))
                return false;
            p = q;
        } else if (p == end || *p++ != *t++) {
            return false;
        }
    }
    return p == end;
}

/* "o.a.i.c.channel.Coordinator" and "Coordinator" may be the sink's; a whole name tells. */
static bool is_sinks(const struct connect_event_text *logger)
{
    static const char *const known[] = {"org.apache.iceberg.", "io.tabular.iceberg."};
    if (!logger->s || logger->len < 4 || (memcmp(logger->s, "org.", 4) != 0 && memcmp(logger->s, "com.", 4) != 0))
        return true;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (logger->len > strlen(known[i]) && memcmp(logger->s, known[i], strlen(known[i])) == 0)
            return true;
    return false;
}

static bool read_from(const char *p, const char *end, struct connect_line *line)
{
    for (size_t i = 0; i < WORDS; i++) {
        if (p == end || *p != *table[i].text)
            continue;
        struct connect_line found = *line;
        found.kind = table[i].kind;
        if (!fits(&table[i], p, end, &found) || (!table[i].anyone && !is_sinks(&line->logger)))
            continue;
        *line = found;
        return true;
    }
    return false;
}

void connect_line_words_read(struct connect_line *line)
{
    const char *p = line->text.s, *end = p + line->text.len;
    if (p == end || read_from(p, end, line) || *p != '[')
        return;
    p = memchr(p, ']', line->text.len); /* behind a thread's name */
    if (p && end - p > 2 && p[1] == ' ')
        read_from(p + 2, end, line);
}
