/* Rows that are lost, dead or twice: what sinks announced against what their tables have. */
#include "findings/catalogue.h"

#include "findings/sums.h"
#include "findings/words.h"

#include <string.h>

enum { GONE_MS = 30000 }; /* who drops a table to make it again may take that long */

/* ---- of a sink's table ---- */

static const struct findings_table *table_of(const struct findings_sink *sink, const char *name)
{
    for (size_t i = 0; i < sink->tables.n; i++)
        if (strcmp(sink->tables.items[i]->table, name) == 0)
            return sink->tables.items[i];
    return NULL;
}

/* As findings_words_table; with the connector where several sinks write to it, for each may have losses of its own. */
static void name_subject(struct str *out, const struct findings_sink *sink, const struct connect_backlog_of_table *t)
{
    const struct findings_table *table = table_of(sink, t->table->raw);
    if (table)
        findings_words_table(out, table);
    else
        str_printf(out, "table %s", t->table->raw);
    if (table && table->sinks.n > 1)
        str_printf(out, " of %s", sink->connector);
}

static struct findings_saw saw_of(const struct findings_sink *sink, const struct connect_backlog_of_table *t,
                                  const struct str *subject)
{
    return (struct findings_saw){
        .cluster = sink->cluster,
        .subject = subject->s,
        .since_ms = CONNECT_EVENT_UNKNOWN,
        .place = {FINDINGS_NOWHERE, .connect = sink->connect, .connector = sink->connector, .group = sink->group,
                  .table = t->table->raw, .catalog = t->catalog ? t->catalog->raw : NULL},
    };
}

static int64_t files_of(const struct connect_backlog_sums *sums)
{
    return findings_sums_plus(sums->files, sums->delete_files);
}

/* Judges each table to which a sink writes, as far as its backlog knows it; what cannot be read now stands. */
static void each_table(struct findings_look *look, const struct findings_sink *sink,
                       void (*judge)(struct findings_look *look, const struct findings_sink *sink,
                                     const struct connect_backlog_of_table *t, const struct str *subject))
{
    for (size_t i = 0; sink->backlog && i < sink->backlog->tables.n; i++) {
        const struct connect_backlog_of_table *t = &sink->backlog->tables.items[i];
        const struct findings_table *table = table_of(sink, t->table->raw);
        struct str subject = {0};
        name_subject(&subject, sink, t);
        if (sink->blind || (table && table->blind))
            findings_unsure(look, sink->cluster, str_text(&subject));
        else
            judge(look, sink, t, &subject);
        str_done(&subject);
    }
}

static void evidence_of_files(struct findings_look *look, const struct findings_sink *sink,
                              const struct connect_backlog_of_table *t, enum connect_backlog_state state,
                              const char *text)
{
    for (size_t i = 0, n = 0; i < t->files.n && n < 3; i++) {
        const struct connect_backlog_files *f = &t->files.items[i];
        if (f->state != state)
            continue;
        n++;
        findings_evidence(look, text, f->announced_ms, "pending_files",
                          "cluster = %s and group_id = %s and table = %s and commit_id = %s", sink->cluster,
                          sink->group, t->table->raw, f->commit_id);
    }
}

static void evidence_of_lines(struct findings_look *look, const struct findings_sink *sink, const char *kind,
                              const char *text)
{
    for (size_t i = 0; i < sink->lines.n; i++) {
        const struct findings_line *l = &sink->lines.items[i];
        if (strcmp(l->kind, kind) != 0)
            continue;
        findings_evidence(look, text, l->time_ms, "log_events", "kind = %s and origin = %s and line = %lld", kind,
                          l->origin, (long long)l->line);
        return;
    }
}

static int64_t since_of(const struct connect_backlog_of_table *t, enum connect_backlog_state state)
{
    for (size_t i = 0; i < t->files.n; i++)
        if (t->files.items[i].state == state)
            return t->files.items[i].announced_ms;
    return CONNECT_EVENT_UNKNOWN;
}

/* ---- what contradicts itself in snapshots ---- */

struct odd {
    int64_t missing_rows, missing_files, surplus_rows, surplus_files, since_ms;
    size_t back, n;
};

static bool is_short(const struct connect_backlog_odd *o)
{
    return o->missing_files > 0 || o->missing_rows > 0;
}

static bool is_twice(const struct connect_backlog_odd *o)
{
    return o->surplus_files > 0 || o->surplus_rows > 0 || o->back;
}

/* Sums up those of which `wanted` is true; since: when the oldest was made. */
static struct odd odd_of(const struct connect_backlog_of_table *t, bool (*wanted)(const struct connect_backlog_odd *o))
{
    struct odd sum = {.since_ms = CONNECT_EVENT_UNKNOWN};
    for (size_t i = 0; i < t->odd.n; i++) {
        const struct connect_backlog_odd *o = &t->odd.items[i];
        if (!wanted(o))
            continue;
        sum.n++;
        sum.missing_rows = findings_sums_plus(sum.missing_rows, o->missing_rows > 0 ? o->missing_rows : 0);
        sum.missing_files = findings_sums_plus(sum.missing_files, o->missing_files > 0 ? o->missing_files : 0);
        sum.surplus_rows = findings_sums_plus(sum.surplus_rows, o->surplus_rows > 0 ? o->surplus_rows : 0);
        sum.surplus_files = findings_sums_plus(sum.surplus_files, o->surplus_files > 0 ? o->surplus_files : 0);
        sum.back += o->back;
        sum.since_ms = o->made_ms;
    }
    return sum;
}

static void evidence_of_odd(struct findings_look *look, const struct connect_backlog_of_table *t,
                            bool (*wanted)(const struct connect_backlog_odd *o), const char *text)
{
    for (size_t i = 0, n = 0; i < t->odd.n && n < 3; i++) {
        const struct connect_backlog_odd *o = &t->odd.items[i];
        if (!wanted(o))
            continue;
        n++;
        findings_evidence(look, text, o->made_ms, "snapshots", "table = %s and snapshot_id = %lld", t->table->raw,
                          (long long)o->snapshot_id);
    }
}

static const char *is_or_are(int64_t n)
{
    return n == 1 ? "is" : "are";
}

/* ---- IT-L01 ---- */

static void judge_lost(struct findings_look *look, const struct findings_sink *sink,
                       const struct connect_backlog_of_table *t, const struct str *subject)
{
    const struct connect_backlog_sums *lost = &t->sums[CONNECT_BACKLOG_LOST];
    int64_t files = files_of(lost);
    struct odd odd = odd_of(t, is_short);
    struct findings_saw saw = saw_of(sink, t, subject);
    if (t->missing) { /* then that is what happened: IT-L03 counts them */
        return;
    } else if (files > 0) {
        saw.cost = lost->rows;
        saw.since_ms = since_of(t, CONNECT_BACKLOG_LOST);
        findings_saw(look, &saw, "%s in %s, announced for %s, %s in no snapshot, and %s has gone past %s",
                     findings_words_count(lost->rows, "row").s, findings_words_count(files, "file").s, t->table->raw,
                     is_or_are(lost->rows), sink->coordinator.group ? sink->coordinator.group : "its coordinator",
                     lost->rows == 1 ? "it" : "them");
    } else if (odd.n) {
        saw.cost = odd.missing_rows;
        saw.since_ms = odd.since_ms;
        findings_saw(look, &saw, "%s of %s took less than was announced before: %s in %s %s missing",
                     odd.n == 1 ? "a snapshot" : findings_words_count((int64_t)odd.n, "snapshot").s, t->table->raw,
                     findings_words_count(odd.missing_rows, "row").s, findings_words_count(odd.missing_files, "file").s,
                     is_or_are(odd.missing_rows));
    } else {
        return;
    }
    evidence_of_files(look, sink, t, CONNECT_BACKLOG_LOST, "announced, and in no snapshot");
    evidence_of_odd(look, t, is_short, "this snapshot has less than was announced below its offsets");
    if (files > 0 && sink->coordinator.group)
        findings_evidence(look, "how far the coordinator has committed", CONNECT_EVENT_UNKNOWN, "group_partitions",
                          "cluster = %s and group = %s", sink->cluster, sink->coordinator.group);
}

static void lost(struct findings_look *look, const struct findings_sink *sink)
{
    each_table(look, sink, judge_lost);
}

/* ---- IT-L02 ---- */

static void judge_replaced(struct findings_look *look, const struct findings_sink *sink,
                           const struct connect_backlog_of_table *t, const struct str *subject)
{
    const struct connect_backlog_sums *dead = &t->sums[CONNECT_BACKLOG_DEAD];
    if (!t->replaced && files_of(dead) == 0)
        return;
    struct findings_saw saw = saw_of(sink, t, subject);
    saw.cost = dead->rows;
    saw.since_ms = since_of(t, CONNECT_BACKLOG_DEAD);
    findings_saw(look, &saw,
                 "%s was replaced while %s wrote to it: %s in %s, announced for the table before, "
                 "will not be in this one",
                 t->table->raw, sink->connector, findings_words_count(dead->rows, "row").s,
                 findings_words_count(files_of(dead), "file").s);
    evidence_of_files(look, sink, t, CONNECT_BACKLOG_DEAD, "written for a table of another UUID");
    findings_evidence(look, "the table that is there", CONNECT_EVENT_UNKNOWN, "iceberg_tables", "table = %s",
                      t->table->raw);
    evidence_of_lines(look, sink, "other-table", "the sink says so");
}

static void replaced(struct findings_look *look, const struct findings_sink *sink)
{
    each_table(look, sink, judge_replaced);
}

/* ---- IT-L03 ---- */

static bool is_yes(const struct findings_sink *sink, const char *key)
{
    const char *value = sink->config ? sink->config(sink, key) : NULL;
    return value && strcmp(value, "true") == 0;
}

static void judge_missing(struct findings_look *look, const struct findings_sink *sink,
                          const struct connect_backlog_of_table *t, const struct str *subject)
{
    int64_t rows = 0, files = 0;
    for (size_t i = 0; i < CONNECT_BACKLOG_STATES; i++) {
        rows = findings_sums_plus(rows, t->sums[i].rows);
        files = findings_sums_plus(files, files_of(&t->sums[i]));
    }
    /* who makes its tables himself makes this one with the first record for it */
    bool to_come = !sink->by_rest || is_yes(sink, "iceberg.tables.auto-create-enabled");
    if (!t->missing || (!files && to_come))
        return;
    struct findings_saw saw = saw_of(sink, t, subject);
    saw.hold_ms = GONE_MS;
    saw.cost = rows;
    saw.own_severity = true;
    saw.severity = files ? FINDINGS_CRITICAL : FINDINGS_WARNING;
    saw.cause = files ? "the table is missing" : NULL;
    if (files)
        findings_saw(look, &saw, "%s does not exist, says its catalog; %s announced %s in %s for it", t->table->raw,
                     sink->connector, findings_words_count(rows, "row").s, findings_words_count(files, "file").s);
    else
        findings_saw(look, &saw, "%s, to which %s is to write, does not exist, says its catalog", t->table->raw,
                     sink->connector);
    findings_evidence(look, "what its catalog says", CONNECT_EVENT_UNKNOWN, "iceberg_tables", "table = %s",
                      t->table->raw);
    evidence_of_lines(look, sink, "no-table", "the sink says so");
    evidence_of_files(look, sink, t, CONNECT_BACKLOG_PENDING, "announced, and there is no table for it");
    evidence_of_files(look, sink, t, CONNECT_BACKLOG_LOST, "announced, and the coordinator has gone past it");
}

static void missing(struct findings_look *look, const struct findings_sink *sink)
{
    each_table(look, sink, judge_missing);
}

/* ---- IT-L04 ---- */

static void judge_twice(struct findings_look *look, const struct findings_sink *sink,
                        const struct connect_backlog_of_table *t, const struct str *subject)
{
    struct odd odd = odd_of(t, is_twice);
    if (!odd.n)
        return;
    bool surplus = odd.surplus_files > 0 || odd.surplus_rows > 0;
    struct findings_saw saw = saw_of(sink, t, subject);
    saw.cost = odd.surplus_rows;
    saw.since_ms = odd.since_ms;
    saw.own_severity = true;
    saw.severity = surplus ? FINDINGS_CRITICAL : FINDINGS_WARNING;
    saw.missing = surplus ? "the paths of the files, which the manifests have" : NULL;
    const char *back = odd.back ? ", and the control offsets in it go back" : "";
    if (surplus)
        findings_saw(look, &saw, "%s of %s added %s in %s that were not announced since the one before%s",
                     odd.n == 1 ? "a snapshot" : findings_words_count((int64_t)odd.n, "snapshot").s, t->table->raw,
                     findings_words_count(odd.surplus_rows, "row").s, findings_words_count(odd.surplus_files, "file").s,
                     odd.n == 1 ? back : "");
    else
        findings_saw(look, &saw, "the control offsets in %s of %s go back: files may be committed again",
                     odd.n == 1 ? "a snapshot" : findings_words_count((int64_t)odd.n, "snapshot").s, t->table->raw);
    evidence_of_odd(look, t, is_twice, "this snapshot added what was not announced, or its offsets go back");
}

static void twice(struct findings_look *look, const struct findings_sink *sink)
{
    each_table(look, sink, judge_twice);
}

/* ---- pages ---- */

static const char *const issues_lost[] = {"apache/iceberg#13752", "apache/iceberg#13995", "apache/iceberg#18006",
                                          "apache/iceberg#17551", NULL};
static const char *const issues_twice[] = {"apache/iceberg#17340", "apache/iceberg#13763", "apache/iceberg#16282",
                                           "apache/iceberg#17713", NULL};

const struct findings_rule findings_loss[] = {
    {
        .page =
            {
                .id = "IT-L01",
                .title = "files announced and lost",
                .severity = FINDINGS_CRITICAL,
                .seen = "Files with rows were announced in the control topic, no snapshot of the table has them, and "
                        "the offset that the sink's coordinator has committed is beyond their announcement. Or a "
                        "snapshot says that it added fewer files, rows or bytes than were announced between the "
                        "offsets of its parent and its own. The table was read after the coordinator's commit was.",
                .means = "Nobody will read these announcements again: the rows are not in the table and will not be. "
                         "Their source offsets are committed, so that no consumer lag shows it. The data files "
                         "themselves lie in the table's location, until orphan files are removed.",
                .todo = "Do not run remove_orphan_files, and keep the source topic from deleting the records. Then "
                        "either stop the connector, set its consumer group back to before these rows and start it "
                        "again, where rows that did arrive come twice and must be made unique; or add the files by "
                        "hand, with add_files of Spark or pyiceberg. The columns of `pending_files` say which cycles "
                        "they are of.",
                .not = "Rows that merely wait for the next commit are pending, not lost. What was announced before "
                       "the first record that the control topic still has is not known.",
                .issues = issues_lost,
            },
        .sink = lost,
    },
    {
        .page =
            {
                .id = "IT-L02",
                .title = "table was replaced under the sink",
                .severity = FINDINGS_CRITICAL,
                .seen = "Files were announced for a table of this name and another UUID than the table has now. Events "
                        "carry the UUID from 1.11.0 on.",
                .means = "Somebody dropped or replaced the table, or the sink made it anew after it was dropped. "
                         "Files written for the old table are skipped, with a warning in the worker's log at most; "
                         "the rows that the old table had are gone with it; cycles go on as if all were well.",
                .todo = "Set the connector's consumer group back to before the rows that are wanted, with the "
                        "connector stopped. Before a table is dropped or replaced, stop the connector that writes to "
                        "it.",
                .not = "`CREATE OR REPLACE` that keeps the UUID, a change of schema and a rollback are not seen here. "
                       "Before 1.11.0 the loss shows as IT-L01.",
                .issues = NULL,
            },
        .sink = replaced,
    },
    {
        .page =
            {
                .id = "IT-L03",
                .title = "table is missing",
                .severity = FINDINGS_CRITICAL,
                .seen = "The catalog answered, and there is no table of this name, for half a minute. Critical where "
                        "files were announced for it; a warning where a connector without "
                        "`iceberg.tables.auto-create-enabled` is configured to write to it.",
                .means = "The coordinator skips files of a table that it does not find, and goes on: their rows are "
                         "lost once its offsets are committed. Without auto-create a task fails with the first record "
                         "for such a table.",
                .todo = "Make the table again under this name, or correct `iceberg.tables` or the catalog in the "
                        "connector's configuration. Then set its consumer group back to before the rows that are "
                        "missing, with the connector stopped.",
                .not = "A catalog that cannot be reached, refuses, or has another name for the namespace says nothing "
                       "of its tables. A table that the sink is still to make with its first record is no finding.",
                .issues = NULL,
            },
        .sink = missing,
    },
    {
        .page =
            {
                .id = "IT-L04",
                .title = "same file twice",
                .severity = FINDINGS_CRITICAL,
                .seen = "A snapshot of the sink says that it added more files, rows or bytes than were announced "
                        "between the offsets of its parent and its own; or its offsets are lower than an ancestor's, "
                        "which alone is a warning.",
                .means = "The sink keeps from committing a file twice by these offsets alone. Where a coordinator "
                         "that was believed gone commits too, or reads again what it had read, they go back, and "
                         "files that an earlier snapshot has are added again: their rows are in the table twice.",
                .todo = "Look for files that two snapshots added, in the table's metadata (`entries`, or "
                        "`all_entries`): remove the second with a rewrite or by deleting its rows. Restart the Connect "
                        "worker that runs the other coordinator: see IT-C11 and IT-C12.",
                .not = "Paths are in manifests, which are not read: what was added beside the sink's files by its own "
                       "snapshot looks the same. Snapshots of other writers are not counted.",
                .issues = issues_twice,
            },
        .sink = twice,
    },
    {.page.id = NULL},
};
