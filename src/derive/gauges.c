/* Series of drift tools, remembered as long as they are there; whenever one changes, all rows are written again: there are few. */
#include "derive/gauges.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "drift/rows.h"
#include "drift/tables.h"
#include "prom/labels.h"
#include "prom/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SERIES_MOST = 20000 }; /* that are remembered; others are left out */

/* What a gauge says. */
enum gauge_part {
    GAUGE_VALUE, /* by its method */
    GAUGE_DISTANCE,
    GAUGE_THRESHOLD,
    GAUGE_ANSWER, /* 1: drifted, 0: not */
    GAUGE_DRIFTED,
    GAUGE_SHARE,
};

/* A series of some tool; texts NULL: none. */
struct gauge {
    const char *metric;
    enum drift_verdict_tool tool;
    enum gauge_part part;
    const char *feature; /* the label that names it */
    const char *method;  /* as the tool calls it, */
    const char *by;      /* or the label that does */
    enum drift_verdict_direction direction;
};

#define DATA_DRIFT(name) .metric = "evidently:data_drift:" name, .tool = DRIFT_VERDICT_EVIDENTLY
#define SELDON(name)     .metric = "seldon_metric_drift_" name, .tool = DRIFT_VERDICT_SELDON
#define WATCH(name)      .metric = "driftwatch_" name, .tool = DRIFT_VERDICT_DRIFTWATCH

/* Evidently's monitoring service for Prometheus; Seldon's server of alibi-detect's detectors, whose features are numbers; driftwatch's
 * exporter. */
static const struct gauge gauges[] = {
    {DATA_DRIFT("p_value"), GAUGE_VALUE, "feature", "p_value", NULL, DRIFT_VERDICT_SMALLER},
    {DATA_DRIFT("dataset_drift"), GAUGE_ANSWER},
    {DATA_DRIFT("n_drifted_features"), GAUGE_DRIFTED},
    {DATA_DRIFT("share_drifted_features"), GAUGE_SHARE},
    {SELDON("p_val"), GAUGE_VALUE, "index", "p_val", NULL, DRIFT_VERDICT_SMALLER},
    {SELDON("distance"), GAUGE_DISTANCE, "index", "distance", NULL, DRIFT_VERDICT_LARGER},
    {SELDON("threshold"), GAUGE_THRESHOLD, "index"},
    {SELDON("is_drift"), GAUGE_ANSWER, "index"},
    {SELDON("found"), GAUGE_ANSWER, "index"},
    {SELDON("batch_score"), GAUGE_VALUE, NULL, "batch_score", NULL, DRIFT_VERDICT_NO_DIRECTION},
    {SELDON("feature_score"), GAUGE_VALUE, "index", "feature_score", NULL, DRIFT_VERDICT_NO_DIRECTION},
    {WATCH("feature_drift_score"), GAUGE_VALUE, "feature", NULL, "metric", DRIFT_VERDICT_NO_DIRECTION},
    {WATCH("dataset_drift"), GAUGE_ANSWER},
};

/* The labels by which a tool names its datasets, and one that says the type of a feature. */
static const char *const names_of[] = {[DRIFT_VERDICT_EVIDENTLY] = "dataset_name",
                                       [DRIFT_VERDICT_SELDON] = "model_name",
                                       [DRIFT_VERDICT_DRIFTWATCH] = "dataset"};
static const char type_label[] = "feature_type";

/* A row of `metrics` that is one of them. */
struct series {
    const struct gauge *is;
    uint16_t owner;
    char *dataset, *instance;
    char *feature, *method; /* or NULL */
    enum drift_verdict_kind kind;
    struct drift_verdict_number value;
};

struct derive_gauges {
    struct store *store;
    struct store_listener *listener;
    struct map by_metric; /* to its gauge */
    struct map series;    /* by the id of their row */
    struct map owners;    /* who has rows */
    uint64_t seq;
    bool due;
};

/* ---- series ---- */

static void free_series(struct series *s)
{
    free(s->dataset);
    free(s->instance);
    free(s->feature);
    free(s->method);
    free(s);
}

static bool is_label(const struct prom_text_label *l, const char *name)
{
    return name && l->name.len == strlen(name) && memcmp(l->name.s, name, l->name.len) == 0;
}

static char *label_of(const char *labels, const char *name)
{
    struct str s = {0};
    if (!name || !prom_labels_get(labels, name, &s))
        return NULL;
    return str_take(&s);
}

/* "JOB/INSTANCE/NAME{left="x"}". */
static char *dataset_of(const struct gauge *is, const struct row *r)
{
    const char *labels = row_get(r, METRICS_LABELS).s->raw;
    struct prom_text_label all[PROM_TEXT_LABELS];
    struct str s = {0};
    const size_t n = prom_labels_read(labels, all);
    bool any = false;
    char *name = label_of(labels, names_of[is->tool]);
    str_printf(&s, "%s/%s", row_get(r, METRICS_JOB).s->raw, row_get(r, METRICS_INSTANCE).s->raw);
    if (name)
        str_printf(&s, "/%s", name);
    free(name);
    for (size_t i = 0; i < n; i++) {
        const struct prom_text_label *l = &all[i];
        if (is_label(l, is->feature) || is_label(l, is->by) || is_label(l, names_of[is->tool]) ||
            is_label(l, type_label))
            continue;
        str_add(&s, any ? "," : "{");
        str_bytes(&s, l->name.s, l->name.len);
        str_add(&s, "=\"");
        str_bytes(&s, l->value.s, l->value.len);
        str_char(&s, '"');
        any = true;
    }
    str_add(&s, any ? "}" : "");
    return str_take(&s);
}

static enum drift_verdict_kind kind_of(const char *labels)
{
    char *type = label_of(labels, type_label);
    enum drift_verdict_kind kind = type && strcmp(type, "num") == 0   ? DRIFT_VERDICT_NUMBER
                                   : type && strcmp(type, "cat") == 0 ? DRIFT_VERDICT_CATEGORY
                                                                      : DRIFT_VERDICT_NO_KIND;
    free(type);
    return kind;
}

/* A row for the first time; NULL: it is none of them. */
static struct series *meet(struct derive_gauges *g, const struct row *r)
{
    const struct name *metric = row_get(r, METRICS_METRIC).s;
    const struct gauge *is = map_get(&g->by_metric, metric->raw, metric->len);
    if (!is || g->series.n >= SERIES_MOST)
        return NULL;
    const char *labels = row_get(r, METRICS_LABELS).s->raw;
    struct series *s = mem_new(struct series);
    *s = (struct series){.is = is,
                         .owner = row_owner(r),
                         .dataset = dataset_of(is, r),
                         .instance = mem_strdup(row_get(r, METRICS_INSTANCE).s->raw),
                         .feature = label_of(labels, is->feature),
                         .method = is->by       ? label_of(labels, is->by)
                                   : is->method ? mem_strdup(is->method)
                                                : NULL,
                         .kind = kind_of(labels)};
    uint64_t id = row_id(r);
    map_put(&g->series, &id, sizeof id, s);
    return s;
}

static void forget(struct derive_gauges *g, uint64_t id)
{
    struct series *s = map_del(&g->series, &id, sizeof id);
    if (!s)
        return;
    free_series(s);
    g->due = true;
}

static void forget_all(struct derive_gauges *g)
{
    void *value;
    for (size_t at = 0; map_next(&g->series, &at, NULL, NULL, &value);)
        free_series(value);
    g->due |= g->series.n > 0;
    map_done(&g->series);
    g->seq = 0;
}

static void look(struct derive_gauges *g, const struct table *t)
{
    const struct table_removal *gone;
    size_t n = 0;
    if (g->seq && !table_removed_after(t, g->seq, &gone, &n))
        forget_all(g);
    for (size_t i = 0; g->seq && i < n; i++)
        forget(g, gone[i].id);
    for (const struct row *r = table_changed_after(t, g->seq); r; r = row_next(r)) {
        uint64_t id = row_id(r);
        struct series *s = g->series.n ? map_get(&g->series, &id, sizeof id) : NULL;
        if (!s && row_born(r) > g->seq)
            s = meet(g, r);
        if (!s)
            continue;
        struct value v = row_get(r, METRICS_VALUE);
        s->value = v.quality == QUALITY_UNKNOWN ? (struct drift_verdict_number){0} : drift_verdict_known(v.d);
        g->due = true;
    }
    g->seq = table_seq(t);
}

/* ---- verdicts ---- */

static int by_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int by_place(const void *a, const void *b)
{
    const struct series *x = *(struct series *const *)a, *y = *(struct series *const *)b;
    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    if (x->is->tool != y->is->tool)
        return x->is->tool < y->is->tool ? -1 : 1;
    int order = by_text(x->dataset, y->dataset);
    if (!order)
        order = by_text(x->feature, y->feature);
    if (!order && x->is != y->is)
        order = x->is < y->is ? -1 : 1;
    return order ? order : by_text(x->method, y->method);
}

static enum drift_verdict_answer answer_of(double v)
{
    return v == 0 ? DRIFT_VERDICT_STABLE : v == 1 ? DRIFT_VERDICT_DRIFTED : DRIFT_VERDICT_UNSAID;
}

static void tell(struct drift_verdict *to, const struct series *s)
{
    if (s->kind)
        to->kind = s->kind;
    switch (s->is->part) {
    case GAUGE_DISTANCE:
        if (to->value.known) {
            to->distance = s->value;
            return;
        }
        /* fall through */
    case GAUGE_VALUE:
        to->value = s->value;
        to->direction = s->is->direction;
        if (s->method && !to->method)
            to->method = mem_strdup(s->method);
        return;
    case GAUGE_THRESHOLD:
        to->threshold = s->value;
        return;
    default:
        to->drifted = s->value.known ? answer_of(s->value.v) : DRIFT_VERDICT_UNSAID;
    }
}

/* The series of one dataset: those of Seldon's parts that have one number alone are the dataset's, whatever its index. */
static bool is_whole(struct series *const *all, size_t n, const struct series *s)
{
    size_t same = 0;
    for (size_t i = 0; i < n && s->feature && s->is->tool == DRIFT_VERDICT_SELDON; i++)
        same += all[i]->is == s->is;
    return !s->feature || same == 1;
}

/* A method's value is a verdict of its own; what else is told of a feature goes to the one before. */
static bool is_next(const struct drift_verdict *last, const struct series *s)
{
    if (!last || !last->feature || strcmp(last->feature, s->feature) != 0)
        return true;
    return s->is->part == GAUGE_VALUE && last->value.known;
}

static struct drift_verdicts *verdicts_of(struct series *const *all, size_t n)
{
    struct drift_verdicts *v = drift_verdict_new(all[0]->is->tool, "gauges");
    struct drift_verdict whole = {0}, *last = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct series *s = all[i];
        if (s->is->part == GAUGE_DRIFTED)
            v->drifted = s->value;
        else if (s->is->part == GAUGE_SHARE)
            v->share = s->value;
        else if (is_whole(all, n, s))
            tell(&whole, s);
        else if (!is_next(last, s) || (last = drift_verdict_add(v, s->feature)))
            tell(last, s);
        else
            break;
    }
    for (size_t i = 0; whole.threshold.known && i < v->verdicts.n; i++) /* it is that of each */
        if (!v->verdicts.items[i].threshold.known)
            v->verdicts.items[i].threshold = whole.threshold;
    last = drift_verdict_add(v, NULL);
    if (last)
        *last = whole;
    else
        free(whole.method);
    return v;
}

/* ---- rows ---- */

/* Series of one owner. */
static void write_owner(struct derive_gauges *g, uint16_t owner, struct series *const *all, size_t n)
{
    drift_rows_foreign_begin(g->store, owner);
    for (size_t i = 0, end; i < n; i = end) {
        const struct drift_rows rows = {g->store, owner, all[i]->dataset};
        for (end = i + 1;
             end < n && all[end]->is->tool == all[i]->is->tool && strcmp(all[end]->dataset, all[i]->dataset) == 0;)
            end++;
        struct drift_verdicts *v = verdicts_of(all + i, end - i);
        drift_rows_foreign_write(&rows, v, all[i]->instance);
        drift_verdict_free(v);
    }
    drift_rows_foreign_end(g->store, owner);
}

static void write_all(struct derive_gauges *g)
{
    static char there;
    struct series **all = mem_calloc(g->series.n + 1, sizeof *all);
    struct map before = g->owners;
    size_t n = 0;
    void *value;
    const void *key;
    g->owners = (struct map){0};
    for (size_t at = 0; map_next(&g->series, &at, NULL, NULL, &value);)
        all[n++] = value;
    if (n)
        qsort(all, n, sizeof *all, by_place);
    for (size_t i = 0, end; i < n; i = end) {
        const uint16_t owner = all[i]->owner;
        for (end = i + 1; end < n && all[end]->owner == owner;)
            end++;
        write_owner(g, owner, all + i, end - i);
        map_put(&g->owners, &owner, sizeof owner, &there);
        map_del(&before, &owner, sizeof owner);
    }
    for (size_t at = 0; map_next(&before, &at, &key, NULL, &value);) {
        uint16_t owner;
        memcpy(&owner, key, sizeof owner);
        write_owner(g, owner, NULL, 0);
    }
    map_done(&before);
    free(all);
}

static void on_commit(struct store *store, void *arg)
{
    struct derive_gauges *g = arg;
    const struct table *t = store_find(store, prom_table_metrics.name);
    if (!t || table_seq(t) == g->seq || !store_find(store, drift_table_features.name))
        return;
    look(g, t);
    if (!g->due)
        return;
    g->due = false;
    write_all(g);
    store_commit(store);
}

struct derive_gauges *derive_gauges_new(struct store *store)
{
    struct derive_gauges *g = mem_new(struct derive_gauges);
    g->store = store;
    for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++)
        map_put(&g->by_metric, gauges[i].metric, strlen(gauges[i].metric), (void *)(uintptr_t)&gauges[i]);
    g->listener = store_listen(store, on_commit, g);
    return g;
}

void derive_gauges_free(struct derive_gauges *g)
{
    if (!g)
        return;
    store_unlisten(g->store, g->listener);
    forget_all(g);
    map_done(&g->by_metric);
    map_done(&g->owners);
    free(g);
}
