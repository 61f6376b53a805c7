/* What the rows of a table and of its snapshots say. */
#include "iceberg/digest.h"
#include "base/mem.h"
#include "base/order.h"
#include "iceberg/lineage.h"
#include "iceberg/marks.h"
#include "iceberg/summary.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define TARGET_BYTES INT64_C(536870912) /* the format's default of write.target-file-size-bytes */

/* What is known while a digest is made. */
struct work {
    struct iceberg_digest *d;
    struct iceberg_metadata *m;
    struct iceberg_lineage lineage; /* of the current snapshot */
    bool *on_branch;                /* by position: it is of the lineage */
};

static struct iceberg_cell number(int64_t i)
{
    return (struct iceberg_cell){.quality = i == ICEBERG_UNKNOWN ? QUALITY_UNKNOWN : QUALITY_EXACT, .i = i};
}

static struct iceberg_cell text(const char *s)
{
    return (struct iceberg_cell){.quality = s ? QUALITY_EXACT : QUALITY_UNKNOWN, .s = s};
}

static struct iceberg_cell truth(bool yes)
{
    return (struct iceberg_cell){.quality = QUALITY_EXACT, .i = yes};
}

/* A quotient of two numbers, either of which may be unknown. */
static struct iceberg_cell mean(int64_t sum, int64_t n)
{
    return number(sum == ICEBERG_UNKNOWN || n <= 0 ? ICEBERG_UNKNOWN : sum / n);
}

/* A sum of two numbers; unknown where one is. */
static int64_t add(int64_t a, int64_t b)
{
    return a == ICEBERG_UNKNOWN || b == ICEBERG_UNKNOWN || b > INT64_MAX - a ? ICEBERG_UNKNOWN : a + b;
}

/* A text of the metadata's own pool; NULL where it is empty. Empties s. */
static const char *keep(struct iceberg_metadata *m, struct str *s)
{
    const char *copy = s->len ? iceberg_pool_copy(&m->pool, s->s, s->len) : NULL;
    str_done(s);
    return copy;
}

/* ---- one snapshot ---- */

/* Who made a snapshot, as far as writers leave a key of their own. */
static const char *writer(const struct iceberg_pairs *pairs, const struct iceberg_summary *s)
{
    static const struct {
        const char *key, *writer;
    } known[] = {
        {"flink.job-id", "flink"},      {"spark.app.id", "spark"},
        {"trino_query_id", "trino"},    {"redpanda.commit-metadata", "redpanda"},
        {"automq.commit.id", "automq"},
    };
    if (s->commit_id || s->n_offsets)
        return "kafka-connect";
    if (s->engine)
        return s->engine;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (iceberg_pairs_get(pairs, known[i].key))
            return known[i].writer;
    const char *producer = iceberg_pairs_get(pairs, "snapshot.producer");
    return producer && strcmp(producer, "OPTIMIZE") == 0 ? "amoro" : NULL;
}

/* What stands behind the only occurrence of a text; NULL if there is none, or another one. */
static const char *behind_only(const char *in, const char *what)
{
    const char *at = strstr(in, what);
    return at && !strstr(at + 1, what) ? at + strlen(what) : NULL;
}

/* The connector, by its task's name, else by the group that is named after it. */
static const char *connector(struct iceberg_metadata *m, const struct iceberg_summary *s)
{
    const char *dash = s->task_id ? strrchr(s->task_id, '-') : NULL;
    if (dash && dash > s->task_id && dash[1] && strspn(dash + 1, "0123456789") == strlen(dash + 1))
        return iceberg_pool_copy(&m->pool, s->task_id, (size_t)(dash - s->task_id));
    if (s->n_offsets != 1)
        return NULL;
    const char *name = behind_only(s->offsets[0].reader, ".connect-");
    name = name ? name : behind_only(s->offsets[0].reader, ".cg-control-"); /* of the sink before Apache's */
    return name && *name ? name : NULL;
}

static int by_partition(const void *a, const void *b)
{
    const struct iceberg_summary_offset *x = a, *y = b;
    return (x->partition > y->partition) - (x->partition < y->partition);
}

static const char *control_offsets(struct iceberg_metadata *m, const struct iceberg_summary *s)
{
    struct str out = {0};
    for (size_t i = 0; i < s->n_offsets; i++) {
        const struct iceberg_summary_offsets *o = &s->offsets[i];
        if (o->n)
            qsort(o->items, o->n, sizeof *o->items, by_partition);
        str_printf(&out, "%s%s {", i ? "; " : "", o->reader);
        for (size_t k = 0; k < o->n; k++)
            str_printf(&out, "%s\"%d\":%lld", k ? "," : "", o->items[k].partition, (long long)o->items[k].offset);
        str_char(&out, '}');
    }
    return keep(m, &out);
}

/* Branches and tags that point to it. */
static const char *refs(const struct work *w, const struct iceberg_snapshot *s)
{
    struct str out = {0};
    bool main = false;
    for (size_t i = 0; i < w->m->n_refs; i++) {
        main = main || strcmp(w->m->refs[i].name, "main") == 0;
        if (w->m->refs[i].snapshot_id == s->id)
            str_printf(&out, "%s%s", out.len ? ", " : "", w->m->refs[i].name);
    }
    if (!main && s->id == w->m->current_snapshot_id)
        str_printf(&out, "%smain", out.len ? ", " : "");
    return keep(w->m, &out);
}

/* Seconds from its parent to it; unknown where either's time is, or they run backwards. */
static struct iceberg_cell gap(const struct work *w, const struct iceberg_snapshot *s)
{
    const struct iceberg_snapshot *parent = iceberg_metadata_snapshot(w->m, s->parent_id);
    if (!parent || parent->timestamp_ms < 0 || s->timestamp_ms < parent->timestamp_ms)
        return (struct iceberg_cell){.quality = QUALITY_UNKNOWN};
    return (struct iceberg_cell){.quality = QUALITY_EXACT,
                                 .d = (double)(s->timestamp_ms - parent->timestamp_ms) / 1000};
}

/* The mean size of the files that it added, deletes among them, for sizes are told together. */
static struct iceberg_cell file_bytes(const struct iceberg_summary *s)
{
    const int64_t *n = s->counters;
    return mean(n[ICEBERG_SUMMARY_ADDED_BYTES],
                add(n[ICEBERG_SUMMARY_ADDED_DATA_FILES], n[ICEBERG_SUMMARY_ADDED_DELETE_FILES]));
}

static void fill_snapshot(const struct work *w, const struct iceberg_snapshot *s, struct iceberg_digest_snapshot *to)
{
    struct iceberg_summary summary;
    struct iceberg_cell *c = to->cells;
    iceberg_summary_init(&summary, &s->summary);
    const int64_t *n = summary.counters;
    to->id = s->id;
    c[SNAPSHOTS_MADE] = number(s->timestamp_ms);
    c[SNAPSHOTS_OPERATION] = text(s->operation);
    c[SNAPSHOTS_WRITER] = text(writer(&s->summary, &summary));
    c[SNAPSHOTS_CONNECTOR] = text(connector(w->m, &summary));
    c[SNAPSHOTS_COMMIT_ID] = text(summary.commit_id);
    c[SNAPSHOTS_ADDED_ROWS] = number(n[ICEBERG_SUMMARY_ADDED_RECORDS]);
    c[SNAPSHOTS_ADDED_FILES] = number(n[ICEBERG_SUMMARY_ADDED_DATA_FILES]);
    c[SNAPSHOTS_ADDED_BYTES] = number(n[ICEBERG_SUMMARY_ADDED_BYTES]);
    c[SNAPSHOTS_FILE_BYTES] = file_bytes(&summary);
    c[SNAPSHOTS_ADDED_DELETE_FILES] = number(n[ICEBERG_SUMMARY_ADDED_DELETE_FILES]);
    c[SNAPSHOTS_REMOVED_FILES] = number(n[ICEBERG_SUMMARY_DELETED_DATA_FILES]);
    c[SNAPSHOTS_REMOVED_ROWS] = number(n[ICEBERG_SUMMARY_DELETED_RECORDS]);
    c[SNAPSHOTS_CHANGED_PARTITIONS] = number(n[ICEBERG_SUMMARY_CHANGED_PARTITIONS]);
    c[SNAPSHOTS_GAP_S] = gap(w, s);
    c[SNAPSHOTS_TOTAL_ROWS] = number(n[ICEBERG_SUMMARY_TOTAL_RECORDS]);
    c[SNAPSHOTS_TOTAL_FILES] = number(n[ICEBERG_SUMMARY_TOTAL_DATA_FILES]);
    c[SNAPSHOTS_TOTAL_BYTES] = number(n[ICEBERG_SUMMARY_TOTAL_BYTES]);
    c[SNAPSHOTS_VALID_THROUGH] = number(summary.valid_through_ms);
    c[SNAPSHOTS_TASK] = text(summary.task_id);
    c[SNAPSHOTS_CURRENT] = truth(s->id == w->m->current_snapshot_id);
    c[SNAPSHOTS_ON_BRANCH] = truth(w->on_branch[s - w->m->snapshots]);
    c[SNAPSHOTS_REFS] = text(refs(w, s));
    c[SNAPSHOTS_PARENT_ID] = number(s->parent_id);
    c[SNAPSHOTS_SEQUENCE] = number(s->sequence_number);
    c[SNAPSHOTS_CONTROL_OFFSETS] = text(control_offsets(w->m, &summary));
    iceberg_summary_done(&summary);
}

/* Which snapshots get a row. */
struct chosen {
    const struct iceberg_snapshot *s;
    bool current;
};

/* The current one, then by sequence number, which clocks do not disturb, then by time. */
static int newest_first(const void *a, const void *b)
{
    const struct chosen *x = a, *y = b;
    if (x->current != y->current)
        return x->current ? -1 : 1;
    if (x->s->sequence_number != y->s->sequence_number)
        return x->s->sequence_number > y->s->sequence_number ? -1 : 1;
    if (x->s->timestamp_ms != y->s->timestamp_ms)
        return x->s->timestamp_ms > y->s->timestamp_ms ? -1 : 1;
    return (x->s < y->s) - (x->s > y->s);
}

static void fill_snapshots(const struct work *w, size_t max)
{
    struct chosen *all = mem_calloc(w->m->n_snapshots + 1, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < w->m->n_snapshots; i++) {
        const struct iceberg_snapshot *s = &w->m->snapshots[i];
        if (iceberg_metadata_snapshot(w->m, s->id) == s) /* of two with one id the first is meant */
            all[n++] = (struct chosen){s, s->id == w->m->current_snapshot_id};
    }
    if (n)
        qsort(all, n, sizeof *all, newest_first);
    w->d->n = n < max ? n : max;
    w->d->left_out = n - w->d->n;
    w->d->snapshots = mem_calloc(w->d->n + 1, sizeof *w->d->snapshots);
    for (size_t i = 0; i < w->d->n; i++)
        fill_snapshot(w, all[i].s, &w->d->snapshots[i]);
    free(all);
}

/* ---- the table ---- */

/* The name of a column of the current schema; that of the field made from it where it is not there any more. */
static void add_column(const struct iceberg_metadata *m, int64_t id, const char *otherwise, struct str *out)
{
    for (size_t i = 0; i < m->n_columns; i++)
        if (m->columns[i].id == id) {
            iceberg_metadata_column(m, i, out);
            return;
        }
    if (otherwise)
        str_add(out, otherwise);
    else
        str_printf(out, "#%lld", (long long)id);
}

static void add_transform(const struct iceberg_metadata *m, const char *transform, int64_t id, const char *name,
                          struct str *out)
{
    bool plain = !transform || strcmp(transform, "identity") == 0;
    if (!plain)
        str_printf(out, "%s(", transform);
    add_column(m, id, name, out);
    if (!plain)
        str_char(out, ')');
}

static const char *partitions(struct iceberg_metadata *m)
{
    const struct iceberg_partition_spec *spec = NULL;
    struct str out = {0};
    for (size_t i = 0; i < m->n_specs && !spec; i++)
        spec = m->specs[i].id == m->default_spec_id ? &m->specs[i] : NULL;
    if (!spec)
        return NULL;
    for (size_t i = 0; i < spec->n_fields; i++) {
        const struct iceberg_partition_field *f = &spec->fields[i];
        if (f->transform && strcmp(f->transform, "void") == 0) /* a field that was dropped */
            continue;
        str_add(&out, out.len ? ", " : "");
        add_transform(m, f->transform, f->source_id, f->name, &out);
    }
    const char *said = keep(m, &out);
    return said ? said : "unpartitioned";
}

static const char *sort_order(struct iceberg_metadata *m)
{
    const struct iceberg_sort_order *order = NULL;
    struct str out = {0};
    for (size_t i = 0; i < m->n_sort_orders && !order; i++)
        order = m->sort_orders[i].id == m->default_sort_order_id ? &m->sort_orders[i] : NULL;
    if (!order)
        return NULL;
    for (size_t i = 0; i < order->n_fields; i++) {
        const struct iceberg_sort_field *f = &order->fields[i];
        str_add(&out, out.len ? ", " : "");
        add_transform(m, f->transform, f->source_id, NULL, &out);
        str_printf(&out, "%s%s", f->direction ? " " : "", f->direction ? f->direction : "");
    }
    const char *said = keep(m, &out);
    return said ? said : "unsorted";
}

static int64_t target_bytes(const struct iceberg_metadata *m)
{
    const char *value = iceberg_pairs_get(&m->properties, "write.target-file-size-bytes");
    size_t digits = value ? strspn(value, "0123456789") : 0;
    if (!value)
        return TARGET_BYTES;
    return digits && digits < 19 && !value[digits] ? strtoll(value, NULL, 10) : ICEBERG_UNKNOWN;
}

static void fill_settings(const struct work *w)
{
    struct iceberg_cell *c = w->d->table;
    struct iceberg_metadata *m = w->m;
    bool main = m->current_snapshot_id == ICEBERG_UNKNOWN;
    for (size_t i = 0; i < m->n_refs; i++)
        main = main || strcmp(m->refs[i].name, "main") == 0;
    c[ICEBERG_TABLES_SNAPSHOTS] = number((int64_t)m->n_snapshots);
    c[ICEBERG_TABLES_FORMAT_VERSION] = number(m->format_version);
    c[ICEBERG_TABLES_PARTITIONS] = text(partitions(m));
    c[ICEBERG_TABLES_SORT_ORDER] = text(sort_order(m));
    c[ICEBERG_TABLES_DISTRIBUTION] = text(iceberg_pairs_get(&m->properties, "write.distribution-mode"));
    c[ICEBERG_TABLES_TARGET_BYTES] = number(target_bytes(m));
    c[ICEBERG_TABLES_REFS] = number((int64_t)m->n_refs + !main);
    c[ICEBERG_TABLES_METADATA_BYTES] = number((int64_t)m->text_bytes);
    c[ICEBERG_TABLES_METADATA_FILES] = number((int64_t)m->n_metadata_log);
    c[ICEBERG_TABLES_UPDATED] = number(m->last_updated_ms);
    c[ICEBERG_TABLES_UUID] = text(m->table_uuid);
    c[ICEBERG_TABLES_LOCATION] = text(m->location);
}

/* What the current snapshot says; everything else stays unknown where there is none. */
static void fill_current(const struct work *w, const struct iceberg_snapshot *s)
{
    struct iceberg_summary summary;
    struct iceberg_cell *c = w->d->table;
    iceberg_summary_init(&summary, &s->summary);
    const int64_t *n = summary.counters;
    c[ICEBERG_TABLES_LAST_COMMIT] = number(s->timestamp_ms);
    c[ICEBERG_TABLES_OPERATION] = text(s->operation);
    c[ICEBERG_TABLES_WRITER] = text(writer(&s->summary, &summary));
    c[ICEBERG_TABLES_ROWS] = number(n[ICEBERG_SUMMARY_TOTAL_RECORDS]);
    c[ICEBERG_TABLES_FILES] = number(n[ICEBERG_SUMMARY_TOTAL_DATA_FILES]);
    c[ICEBERG_TABLES_DELETE_FILES] = number(n[ICEBERG_SUMMARY_TOTAL_DELETE_FILES]);
    c[ICEBERG_TABLES_BYTES] = number(n[ICEBERG_SUMMARY_TOTAL_BYTES]);
    c[ICEBERG_TABLES_FILE_BYTES] = mean(n[ICEBERG_SUMMARY_TOTAL_BYTES], add(n[ICEBERG_SUMMARY_TOTAL_DATA_FILES],
                                                                            n[ICEBERG_SUMMARY_TOTAL_DELETE_FILES]));
    c[ICEBERG_TABLES_GAP_S] = gap(w, s);
    c[ICEBERG_TABLES_SNAPSHOT_ID] = number(s->id);
    c[ICEBERG_TABLES_COMMIT_ID] = text(summary.commit_id);
    iceberg_summary_done(&summary);
}

static void fill_cadence(const struct work *w)
{
    double gaps[ICEBERG_DIGEST_RECENT];
    size_t n = 0;
    for (size_t i = 0; i < w->lineage.n && i < ICEBERG_DIGEST_LOOKED && n < ICEBERG_DIGEST_RECENT; i++) {
        struct iceberg_cell g = gap(w, &w->m->snapshots[w->lineage.items[i]]);
        if (g.quality == QUALITY_EXACT)
            gaps[n++] = g.d;
    }
    if (n == 0)
        return;
    qsort(gaps, n, sizeof *gaps, order_double);
    double median = n % 2 ? gaps[n / 2] : (gaps[n / 2 - 1] + gaps[n / 2]) / 2;
    w->d->table[ICEBERG_TABLES_CADENCE_S] = (struct iceberg_cell){.quality = QUALITY_EXACT, .d = median};
}

/* What the last snapshots added, compactions apart: they write what was there already. */
static void fill_recent(const struct work *w)
{
    int64_t commits = 0, data = 0, files = 0, bytes = 0, through = ICEBERG_UNKNOWN;
    for (size_t i = 0; i < w->lineage.n && i < ICEBERG_DIGEST_LOOKED; i++) {
        const struct iceberg_snapshot *s = &w->m->snapshots[w->lineage.items[i]];
        struct iceberg_summary summary;
        iceberg_summary_init(&summary, &s->summary);
        const int64_t *n = summary.counters;
        if (through == ICEBERG_UNKNOWN)
            through = summary.valid_through_ms;
        if (n[ICEBERG_SUMMARY_ADDED_DATA_FILES] > 0 && commits < ICEBERG_DIGEST_RECENT &&
            !(s->operation && strcmp(s->operation, "replace") == 0)) {
            commits++;
            data = add(data, n[ICEBERG_SUMMARY_ADDED_DATA_FILES]);
            files = add(files, add(n[ICEBERG_SUMMARY_ADDED_DATA_FILES], n[ICEBERG_SUMMARY_ADDED_DELETE_FILES]));
            bytes = add(bytes, n[ICEBERG_SUMMARY_ADDED_BYTES]);
        }
        iceberg_summary_done(&summary);
        if (commits == ICEBERG_DIGEST_RECENT && through != ICEBERG_UNKNOWN)
            break;
    }
    w->d->table[ICEBERG_TABLES_VALID_THROUGH] = number(through);
    if (commits == 0 || data == ICEBERG_UNKNOWN)
        return;
    w->d->table[ICEBERG_TABLES_ADDED_FILES] =
        (struct iceberg_cell){.quality = QUALITY_EXACT, .d = (double)data / (double)commits};
    w->d->table[ICEBERG_TABLES_ADDED_FILE_BYTES] = mean(bytes, files);
}

/* ---- what is odd ---- */

__attribute__((format(printf, 3, 4))) static void note(struct str *out, bool *odd, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    str_add(out, out->len ? "; " : "");
    str_vprintf(out, fmt, ap);
    va_end(ap);
    *odd = true;
}

/* Snapshots that are older than their parents by more than writers allow each other. */
static size_t backwards(const struct iceberg_metadata *m)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_snapshots; i++) {
        const struct iceberg_snapshot *s = &m->snapshots[i], *parent = iceberg_metadata_snapshot(m, s->parent_id);
        n += parent && s->timestamp_ms >= 0 && parent->timestamp_ms > s->timestamp_ms + ICEBERG_DIGEST_CLOCKS;
    }
    return n;
}

static void fill_note(const struct work *w, bool newer)
{
    struct iceberg_metadata *m = w->m;
    struct str out = {0};
    bool *odd = &w->d->odd, told = false;
    if (newer)
        note(&out, odd, "format version %lld: only %d and before are known, what is understood is shown",
             (long long)m->format_version, ICEBERG_METADATA_VERSION);
    if (m->current_snapshot_id != ICEBERG_UNKNOWN && !iceberg_metadata_current(m))
        note(&out, odd, "its current snapshot %lld is not among its snapshots", (long long)m->current_snapshot_id);
    else if (m->current_snapshot_id == ICEBERG_UNKNOWN && m->n_snapshots)
        note(&out, odd, "none of its %zu snapshots is the current one", m->n_snapshots);
    else if (m->current_snapshot_id == ICEBERG_UNKNOWN)
        note(&out, &told, "no snapshot yet");
    if (w->lineage.end == ICEBERG_LINEAGE_CYCLE)
        note(&out, odd, "a snapshot is its own ancestor");
    size_t older = backwards(m);
    if (older)
        note(&out, odd, "%zu snapshot%s older than the parent: clocks differ", older, older == 1 ? " is" : "s are");
    if (m->skipped)
        note(&out, odd, "%zu malformed part%s left out", m->skipped, m->skipped == 1 ? " was" : "s were");
    w->d->table[ICEBERG_TABLES_NOTE] = text(keep(m, &out));
}

void iceberg_digest_init(struct iceberg_digest *d, struct iceberg_metadata *m, size_t max, bool newer,
                         const char *const *marks)
{
    *d = (struct iceberg_digest){.metadata = m};
    struct work w = {.d = d, .m = m, .on_branch = mem_calloc(m->n_snapshots + 1, sizeof *w.on_branch)};
    const struct iceberg_snapshot *current = iceberg_metadata_current(m);
    iceberg_lineage_init(&w.lineage, m, m->current_snapshot_id);
    for (size_t i = 0; i < w.lineage.n; i++)
        w.on_branch[w.lineage.items[i]] = true;
    fill_snapshots(&w, max);
    fill_settings(&w);
    if (current)
        fill_current(&w, current);
    fill_cadence(&w);
    fill_recent(&w);
    fill_note(&w, newer);
    struct str marked = {0};
    iceberg_marks_write(m, &w.lineage, marks, &marked);
    d->table[ICEBERG_TABLES_MARKS] = text(keep(m, &marked));
    iceberg_lineage_done(&w.lineage);
    free(w.on_branch);
}

void iceberg_digest_done(struct iceberg_digest *d)
{
    free(d->snapshots);
    iceberg_metadata_free(d->metadata);
    *d = (struct iceberg_digest){0};
}
