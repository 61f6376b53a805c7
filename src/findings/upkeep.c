/* The upkeep of tables: what grows without end, small files, who else writes, who has ceased to. */
#include "findings/catalogue.h"

#include "findings/sums.h"
#include "findings/words.h"
#include "iceberg/tables.h"

#include <inttypes.h>
#include <string.h>

enum {
    MIB = 1024 * 1024,
    HOUR_MS = 3600000,
    DAY_MS = 24 * HOUR_MS,
    OLD_MS = 7 * DAY_MS, /* expiry by the format's default keeps 5 days */
    MANY_SNAPSHOTS = 500,
    SOME_SNAPSHOTS = 100,
    LARGE_METADATA = MIB,    /* bytes, written anew by each commit */
    HUGE_METADATA = 5 * MIB, /* likewise */
    ENOUGH_FILES = 100,      /* to judge sizes by */
    SMALL_SHARE = 32,        /* a file is small below this part of the target: 16 MiB of 512 MiB */
    GAPS = 20,               /* by which a cadence is known */
    ENOUGH_GAPS = 10,        /* likewise, at least */
    SLACK_MS = 5 * 60000,    /* that a commit may be late beyond the longest gap and half of it */
    LEAST_MS = 15 * 60000,   /* before which nobody is called late */
};

static struct findings_saw saw_of(const struct str *subject)
{
    return (struct findings_saw){.subject = subject->s, .since_ms = CONNECT_EVENT_UNKNOWN, .place = {FINDINGS_NOWHERE}};
}

static bool is_state(const struct row *r, const char *state)
{
    struct value v = row_get(r, ICEBERG_TABLES_STATE);
    return v.quality != QUALITY_UNKNOWN && strcmp(v.s->raw, state) == 0;
}

/* Judges a table, unless it cannot be read now: then what was said of it stands. One that is gone needs no upkeep. */
static void judge(struct findings_look *look, const struct findings_table *t,
                  void (*rule)(struct findings_look *look, const struct findings_table *t, const struct str *subject))
{
    struct str subject = {0};
    findings_words_table(&subject, t);
    if (t->blind || (t->row && is_state(t->row, "unread")))
        findings_unsure(look, NULL, str_text(&subject));
    else if (t->row && !is_state(t->row, "missing"))
        rule(look, t, &subject);
    str_done(&subject);
}

static void evidence_of_table(struct findings_look *look, const struct findings_table *t, const char *text)
{
    findings_evidence(look, text, CONNECT_EVENT_UNKNOWN, "iceberg_tables", "catalog = %s and table = %s", t->catalog,
                      t->table);
}

static void evidence_of_snapshot(struct findings_look *look, const struct findings_table *t,
                                 const struct findings_snapshot *s, const char *text)
{
    findings_evidence(look, text, s->made_ms, "snapshots", "catalog = %s and table = %s and snapshot_id = %lld",
                      t->catalog, t->table, (long long)s->id);
}

static bool is_operation(const struct findings_snapshot *s, const char *operation)
{
    return s->operation && strcmp(s->operation, operation) == 0;
}

static int64_t number_of(const struct row *r, size_t column)
{
    struct value v = r ? row_get(r, column) : value_unknown();
    return v.quality == QUALITY_UNKNOWN ? CONNECT_EVENT_UNKNOWN : v.i;
}

/* ---- IT-T01 ---- */

static void judge_growth(struct findings_look *look, const struct findings_table *t, const struct str *subject)
{
    int64_t age = connect_cycles_between(t->oldest_ms, findings_now(look));
    int64_t n = t->nsnapshots, bytes = t->metadata_bytes;
    if (age == CONNECT_EVENT_UNKNOWN || n == CONNECT_EVENT_UNKNOWN)
        return;
    bool old = age > OLD_MS, huge = bytes != CONNECT_EVENT_UNKNOWN && bytes >= HUGE_METADATA;
    bool large = bytes != CONNECT_EVENT_UNKNOWN && bytes >= LARGE_METADATA && n >= SOME_SNAPSHOTS;
    if (!(huge && n >= SOME_SNAPSHOTS) && !(old && (large || n >= MANY_SNAPSHOTS)))
        return;
    struct findings_saw saw = saw_of(subject);
    saw.own_severity = true;
    saw.severity = huge ? FINDINGS_WARNING : FINDINGS_INFO;
    struct str size = {0};
    if (bytes != CONNECT_EVENT_UNKNOWN)
        str_printf(&size, ", and each commit writes %s of metadata", findings_words_bytes(bytes).s);
    findings_saw(look, &saw, "%s keeps %s, %s of %s old%s", t->table, findings_words_count(n, "snapshot").s,
                 n > (int64_t)t->snapshots.n ? "some" : "the oldest", findings_words_ms(age / HOUR_MS * HOUR_MS).s,
                 str_text(&size));
    evidence_of_table(look, t, "snapshots, and the size of its metadata");
    findings_evidence(look, "the oldest of them that is listed", t->oldest_ms, "snapshots",
                      "catalog = %s and table = %s", t->catalog, t->table);
    str_done(&size);
}

static void grows(struct findings_look *look, const struct findings_table *t)
{
    judge(look, t, judge_growth);
}

/* ---- IT-T02 ---- */

/* What snapshots have added lately, compactions apart. */
struct inflow {
    int64_t files, bytes, snapshots, parts, span_ms;
    const struct findings_snapshot *newest, *oldest;
    const char *writer; /* of the newest */
    bool compacted;     /* a snapshot among them replaced files */
};

static struct inflow inflow_of(const struct findings_table *t)
{
    struct inflow in = {0};
    for (size_t i = 0; i < t->snapshots.n; i++) {
        const struct findings_snapshot *s = &t->snapshots.items[i];
        if (!s->on_branch)
            continue;
        in.compacted |= is_operation(s, "replace");
        if (is_operation(s, "replace") || s->added_files <= 0 || s->added_bytes <= 0)
            continue;
        in.files = findings_sums_plus(in.files, s->added_files);
        in.bytes = findings_sums_plus(in.bytes, s->added_bytes);
        int64_t parts = number_of(s->row, SNAPSHOTS_CHANGED_PARTITIONS);
        in.parts = findings_sums_plus(in.parts, parts > 0 ? parts : 1);
        in.snapshots++;
        in.newest = in.newest ? in.newest : s;
        in.oldest = s;
    }
    if (in.newest)
        in.span_ms = connect_cycles_between(in.oldest->made_ms, in.newest->made_ms);
    return in;
}

/* The tasks of the only sink that writes to it; 0 where that is not known. */
static int64_t tasks_of(const struct findings_table *t)
{
    if (t->sinks.n != 1)
        return 0;
    const struct findings_sink *s = t->sinks.items[0];
    int64_t with = 0;
    for (size_t i = 0; i < s->tasks.n; i++)
        with += s->tasks.items[i].assigned != 0;
    return with;
}

/* ", 4 tasks to 2.5 partitions of the table each, every 1 m: one task would make them 4.8 MiB" */
static void add_reason(struct str *out, const struct findings_table *t, const struct inflow *in, int64_t mean)
{
    int64_t tasks = tasks_of(t), parts = findings_sums_plus(in->parts, in->snapshots / 2) / in->snapshots;
    int64_t gap = in->snapshots > 1 ? in->span_ms / (in->snapshots - 1) : 0;
    if (tasks)
        str_printf(out, ": %s of %s for %s of the table", findings_words_count(tasks, "task").s,
                   t->sinks.items[0]->connector, findings_words_count(parts, "partition").s);
    if (gap > 0)
        str_printf(out, ", every %s", findings_words_ms(gap < 1000 ? 1000 : gap / 1000 * 1000).s);
    int64_t share = in->parts ? in->files / in->parts : 0; /* files of a partition in a commit */
    if (tasks > 1 && share > 1)
        str_printf(out, "; with one task they would be %s",
                   findings_words_bytes(findings_sums_times(mean, share < tasks ? share : tasks)).s);
}

static void judge_files(struct findings_look *look, const struct findings_table *t, const struct str *subject)
{
    struct inflow in = inflow_of(t);
    int64_t target = t->target_bytes > 0 ? t->target_bytes : INT64_C(512) * MIB, small = target / SMALL_SHARE;
    /* where only the newest snapshots are known, the table's age tells that it is not young */
    int64_t age = connect_cycles_between(t->oldest_ms, findings_now(look));
    bool long_enough = in.span_ms >= HOUR_MS || (t->nsnapshots > (int64_t)t->snapshots.n && age >= HOUR_MS);
    if (in.files < ENOUGH_FILES || !long_enough || in.bytes / in.files >= small)
        return;
    int64_t now = number_of(t->row, ICEBERG_TABLES_FILE_BYTES);
    if (in.compacted && (now == CONNECT_EVENT_UNKNOWN || now >= small))
        return; /* somebody makes large ones of them */
    int64_t mean = in.bytes / in.files;
    struct findings_saw saw = saw_of(subject);
    struct str reason = {0};
    add_reason(&reason, t, &in, mean);
    struct str per = {0};
    str_printf(&per, "%" PRId64 ".%" PRId64, in.files / in.snapshots, in.files % in.snapshots * 10 / in.snapshots);
    findings_saw(look, &saw, "commits to %s add %s files of %s each, where %s are wanted%s", t->table, str_text(&per),
                 findings_words_bytes(mean).s, findings_words_bytes(target).s, str_text(&reason));
    evidence_of_table(look, t, "files in it, their mean size and what is wanted");
    evidence_of_snapshot(look, t, in.newest, "what the last commit added");
    if (t->sinks.n == 1)
        findings_evidence(look, "tasks that write files of their own each", CONNECT_EVENT_UNKNOWN, "tasks",
                          "connector = %s", t->sinks.items[0]->connector);
    str_done(&reason);
    str_done(&per);
}

static void small_files(struct findings_look *look, const struct findings_table *t)
{
    judge(look, t, judge_files);
}

/* ---- IT-T03 ---- */

/* The first reader in the cell of a snapshot's keys, "TOPIC.GROUP {...}": its length. */
static size_t reader_of(const char *keys)
{
    const char *end = strstr(keys, " {");
    return end ? (size_t)(end - keys) : strlen(keys);
}

/* Snapshots of one writer: of a sink by its key, or of all who have none. */
struct writer {
    const char *reader; /* not ended; NULL: no key */
    size_t len;
    const struct findings_snapshot *newest, *oldest;
    int64_t n;
};

static bool is_by(const struct writer *w, const struct findings_snapshot *s)
{
    if (!w->reader || !s->keys)
        return !w->reader && !s->keys;
    return strncmp(s->keys, w->reader, w->len) == 0 && (s->keys[w->len] == '\0' || s->keys[w->len] == ' ');
}

static struct writer *writer_of(struct writer *all, size_t *n, size_t room, const struct findings_snapshot *s)
{
    for (size_t i = 0; i < *n; i++)
        if (is_by(&all[i], s))
            return &all[i];
    if (*n == room)
        return NULL;
    all[*n] = (struct writer){.reader = s->keys, .len = s->keys ? reader_of(s->keys) : 0};
    return &all[(*n)++];
}

/* Have both written before the other's last? Else one came after the other, or only before. */
static bool overlap(const struct writer *a, const struct writer *b)
{
    return a->oldest->made_ms < b->newest->made_ms && b->oldest->made_ms < a->newest->made_ms;
}

static const char *words_of(const struct writer *w)
{
    return w->newest->writer && strcmp(w->newest->writer, "kafka-connect") != 0 ? w->newest->writer
                                                                                : "a writer that does not name itself";
}

static void say_other(struct findings_look *look, const struct findings_table *t, const struct str *subject,
                      const struct writer *sink, const struct writer *other)
{
    struct findings_saw saw = saw_of(subject);
    saw.since_ms = other->oldest->made_ms;
    if (other->reader)
        findings_saw(look, &saw, "two sinks write to %s by turns: their control topics and groups are %.*s and %.*s",
                     t->table, (int)sink->len, sink->reader, (int)other->len, other->reader);
    else
        findings_saw(look, &saw, "%s made %s of %s between those of the sink, the last one by %s", words_of(other),
                     findings_words_count(other->n, "snapshot").s, t->table,
                     other->newest->operation ? other->newest->operation : "an operation that is not told");
    evidence_of_snapshot(look, t, other->newest,
                         other->reader ? "the last of the one" : "the last that is not of the sink");
    evidence_of_snapshot(look, t, sink->newest, other->reader ? "the last of the other" : "the last that is");
}

static void judge_writers(struct findings_look *look, const struct findings_table *t, const struct str *subject)
{
    enum { WRITERS = 8 };
    struct writer all[WRITERS];
    size_t n = 0;
    for (size_t i = 0; i < t->snapshots.n; i++) { /* the newest first */
        const struct findings_snapshot *s = &t->snapshots.items[i];
        int64_t age = connect_cycles_between(s->made_ms, findings_now(look));
        if (!s->on_branch || age == CONNECT_EVENT_UNKNOWN || age > DAY_MS || (!s->keys && is_operation(s, "replace")))
            continue;
        struct writer *w = writer_of(all, &n, WRITERS, s);
        if (!w)
            continue;
        w->newest = w->newest ? w->newest : s;
        w->oldest = s;
        w->n++;
    }
    const struct writer *sink = NULL, *other = NULL;
    for (size_t i = 0; i < n && !sink; i++)
        sink = all[i].reader ? &all[i] : NULL;
    for (size_t i = 0; sink && i < n && !other; i++)
        other =
            &all[i] != sink && (all[i].reader ? overlap(sink, &all[i]) : sink->oldest->made_ms < all[i].newest->made_ms)
                ? &all[i]
                : NULL;
    if (other)
        say_other(look, t, subject, sink, other);
}

static void other_writers(struct findings_look *look, const struct findings_table *t)
{
    judge(look, t, judge_writers);
}

/* ---- IT-T04 ---- */

/* Does the control topic tell of one who writes to it? Then its own findings say why nothing comes, or nothing is to come. */
static bool is_told_of(const struct findings_table *t)
{
    for (size_t i = 0; i < t->sinks.n; i++) {
        const struct findings_sink *s = t->sinks.items[i];
        bool resting = s->state && (strcmp(s->state, "PAUSED") == 0 || strcmp(s->state, "STOPPED") == 0);
        if (resting || s->by_topic || s->by_log || s->blind)
            return true;
    }
    return false;
}

static void judge_cadence(struct findings_look *look, const struct findings_table *t, const struct str *subject)
{
    int64_t longest = 0, gaps = 0, late = connect_cycles_between(t->last_commit_ms, findings_now(look));
    for (size_t i = 0; i < t->snapshots.n && gaps < GAPS; i++) {
        const struct findings_snapshot *s = &t->snapshots.items[i];
        if (!s->on_branch || s->gap_s == CONNECT_EVENT_UNKNOWN || s->gap_s < 0)
            continue;
        longest = s->gap_s > longest ? s->gap_s : longest;
        gaps++;
    }
    if (gaps < ENOUGH_GAPS || late == CONNECT_EVENT_UNKNOWN || t->cadence_ms <= 0 || is_told_of(t))
        return;
    int64_t patience = findings_sums_plus(findings_sums_times(longest, 1500), SLACK_MS);
    int64_t twice = findings_sums_times(t->cadence_ms, 2);
    patience = patience > twice ? patience : twice;
    if (late <= (patience > LEAST_MS ? patience : LEAST_MS))
        return;
    struct findings_saw saw = saw_of(subject);
    saw.since_ms = t->last_commit_ms;
    if (t->snapshots.items[0].keys) { /* who may have had nothing to commit */
        saw.own_severity = true;
        saw.severity = FINDINGS_INFO;
        saw.missing = "the control topic of its sink, which tells whether there was anything to commit";
    }
    findings_saw(look, &saw, "%s was committed to every %s, at most %s apart, and has not been since", t->table,
                 findings_words_ms(t->cadence_ms).s, findings_words_ms(findings_sums_times(longest, 1000)).s);
    findings_evidence(look, "the last commit", t->last_commit_ms, "iceberg_tables", "catalog = %s and table = %s",
                      t->catalog, t->table);
    findings_evidence(look, "those before it", CONNECT_EVENT_UNKNOWN, "snapshots", "catalog = %s and table = %s",
                      t->catalog, t->table);
}

static void ceased(struct findings_look *look, const struct findings_table *t)
{
    judge(look, t, judge_cadence);
}

/* ---- pages ---- */

const struct findings_rule findings_upkeep[] = {
    {
        .page =
            {
                .id = "IT-T01",
                .title = "snapshots are not expired",
                .severity = FINDINGS_INFO,
                .seen = "The oldest snapshot that is listed is older than 7 days, and there are 500 of them, or 100 "
                        "and 1 MiB of metadata. Or there are 100 and the metadata has reached 5 MiB, whatever their "
                        "age: then it is a warning.",
                .means = "Each commit writes the whole metadata file anew, with all snapshots in it, and each reader "
                         "and each task of a sink fetches it: commits become slower, and conflicts between writers "
                         "more likely. Files that only old snapshots need are kept and paid for.",
                .todo = "Expire snapshots regularly (expire_snapshots of Spark, or what your catalog offers). Set "
                        "`write.metadata.delete-after-commit.enabled` too, so that old metadata files go. The default "
                        "of `history.expire.max-snapshot-age-ms` is 5 days, and it does nothing by itself: somebody "
                        "has to run the expiry.\n\n"
                        "Expiry must leave a snapshot that a sink made: the control offsets in it are what keeps it "
                        "from committing a file twice. Keep more snapshots (`retain_last`) than other writers make "
                        "between two commits of the sink.",
                .not = "A young table is no finding before its metadata is large. Old snapshots that a tag keeps are "
                       "few. Only the newest 1,000 snapshots are listed, so that the oldest may be older than said.",
                .issues = NULL,
            },
        .table = grows,
    },
    {
        .page =
            {
                .id = "IT-T02",
                .title = "small files",
                .severity = FINDINGS_INFO,
                .seen = "Snapshots that add files, compactions apart, have added 100 files or more over an hour or "
                        "more, and these are on average smaller than a 32nd of `write.target-file-size-bytes`: 16 "
                        "MiB of the default of 512 MiB. No compaction was seen among them that keeps the files of the "
                        "table above that.",
                .means = "Queries open every file, and planning reads an entry for each: both become slow long before "
                         "the data is large.\n\n"
                         "A sink writes, in each commit cycle, at least one file for each task and each partition of "
                         "each table for which the task has rows. So files are as many as tasks times partitions "
                         "times tables, and as small as what comes in one interval divided by that. Nothing is "
                         "exchanged between its tasks: `write.distribution-mode` is for Spark and Flink and changes "
                         "nothing here.",
                .todo = "Compact the table regularly (rewrite_data_files). At the sink, fewer tasks (`tasks.max`) or a "
                        "longer interval (`iceberg.control.commit.interval-ms`) make larger files: half as many tasks "
                        "make files twice as large, as long as each can bear it. Produce with a key that goes with the "
                        "table's partitions, so that each task has rows for few of them; partition the table more "
                        "coarsely.",
                .not =
                    "A young table is no finding. It is for information: rows are where they should be, and a stream "
                    "of little data makes small files whatever one does but compact them.",
                .issues = NULL,
            },
        .table = small_files,
    },
    {
        .page =
            {
                .id = "IT-T03",
                .title = "other writers",
                .severity = FINDINGS_INFO,
                .seen = "In the last 24 hours a snapshot of a table that a sink writes to was made after one of the "
                        "sink's, has no control offsets of a sink, and its operation is not replace. Or two sinks made "
                        "snapshots by turns, as the control topics and groups in them say.",
                .means = "Jobs overlap on one table. Appends go side by side. A job that overwrites or deletes may "
                         "fail again and again with conflicts, or make the sink's commits fail; a backfill may bring "
                         "rows that the sink brings too; a rollback takes away the sink's offsets with its rows, so "
                         "that files are committed twice or never.",
                .todo = "Find out who else writes: the column writer of `snapshots` names engines as far as they name "
                        "themselves. If it is wanted, let it append, or touch only partitions that the sink has left.",
                .not = "Compaction (replace) is upkeep and never meant. One who wrote only before the sink began is "
                       "not meant either; nor are two coordinators of one sink, whose snapshots look alike: see "
                       "IT-C11.",
                .issues = NULL,
            },
        .table = other_writers,
    },
    {
        .page =
            {
                .id = "IT-T04",
                .title = "commits to a table have ceased",
                .severity = FINDINGS_WARNING,
                .seen = "The last ten to twenty gaps between snapshots are known, and no commit has come since the "
                        "last for one and a half times the longest of them and five minutes more, twice the median, "
                        "and a quarter of an hour.",
                .means = "Whoever writes this table has stopped, or has nothing to write. Its rows end where the last "
                         "commit did.",
                .todo = "Look at the job that writes it: the column writer of `snapshots` says which engine it was.",
                .not = "For information only where a sink made the last snapshot and its control topic is not read, "
                       "for it may have had nothing to commit. Tables of a sink whose control topic or log is read are "
                       "not judged: a sink makes no snapshot "
                       "when no data comes, and its own findings say when data comes and is not committed. Nor are "
                       "tables with few snapshots, for nobody knows their rhythm.",
                .issues = NULL,
            },
        .table = ceased,
    },
    {.page.id = NULL},
};
