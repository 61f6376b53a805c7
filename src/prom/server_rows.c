/* Alerts, rules, targets and answers to queries, as rows. */
#include "prom/server_rows.h"

#include "base/mem.h"
#include "base/str.h"
#include "conf/web.h"
#include "prom/histogram.h"
#include "prom/server_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct table *table_of(const struct prom_server_rows *r, const struct table_def *def)
{
    return store_find(r->store, def->name);
}

/* A reference of its own; text NULL is "". */
static struct value key_text(const struct prom_server_rows *r, const char *text)
{
    text = text ? text : "";
    return value_text(name_intern(store_names(r->store), text, strlen(text)));
}

static struct value key_server(const struct prom_server_rows *r)
{
    return value_text(name_ref(r->server));
}

/* The row of a key, whose references are given back. */
static struct row *upsert(const struct prom_server_rows *r, struct prom_server_rows_part *p, struct table *t,
                          struct value *key)
{
    struct row *row = table_upsert(t, key, r->owner);
    table_key_done(t, key);
    if (row)
        vec_push(&p->written, row_id(row));
    return row;
}

/* Texts that are empty are as good as none. */
static void set_text(struct table *t, struct row *row, size_t column, const char *text)
{
    table_set_text(t, row, column, text && *text ? text : NULL);
}

static void set_time(struct table *t, struct row *row, size_t column, int64_t ms)
{
    table_set_int(t, row, column, ms, ms ? QUALITY_EXACT : QUALITY_UNKNOWN);
}

/* ---- alerts ---- */

static size_t count_alerts(const union prom_api_answer *a)
{
    return a->alerts.n;
}

static void write_alert(const struct prom_server_rows *r, struct prom_server_rows_part *p,
                        const union prom_api_answer *answer, size_t i)
{
    const struct prom_api_alert *a = &answer->alerts.items[i];
    struct table *t = table_of(r, &prom_server_tables_alerts);
    struct value key[] = {key_server(r), key_text(r, a->alert), key_text(r, a->labels)};
    struct row *row = upsert(r, p, t, key);
    if (!row)
        return;
    set_text(t, row, ALERTS_STATE, a->state);
    set_text(t, row, ALERTS_SEVERITY, a->severity);
    set_time(t, row, ALERTS_SINCE, a->active_at_ms);
    table_set_real(t, row, ALERTS_VALUE, a->value, QUALITY_EXACT);
    set_text(t, row, ALERTS_SUMMARY, a->summary);
    set_text(t, row, ALERTS_DESCRIPTION, a->description);
    set_text(t, row, ALERTS_ANNOTATIONS, a->annotations);
}

static const struct prom_api_notes *alerts_notes(const union prom_api_answer *a)
{
    return &a->alerts.notes;
}

static void alerts_done(union prom_api_answer *a)
{
    prom_api_alerts_done(&a->alerts);
}

const struct prom_server_rows_kind prom_server_rows_alerts = {.what = "alerts",
                                                              .path = "/api/v1/alerts",
                                                              .job = PROM_API_JOB_ALERTS,
                                                              .table = &prom_server_tables_alerts,
                                                              .count = count_alerts,
                                                              .write = write_alert,
                                                              .notes = alerts_notes,
                                                              .done = alerts_done};

/* ---- rules ---- */

static size_t count_rules(const union prom_api_answer *a)
{
    return a->rules.n;
}

static void write_rule(const struct prom_server_rows *r, struct prom_server_rows_part *p,
                       const union prom_api_answer *answer, size_t i)
{
    const struct prom_api_rule *a = &answer->rules.items[i];
    struct table *t = table_of(r, &prom_server_tables_rules);
    struct value key[] = {key_server(r), key_text(r, a->file), key_text(r, a->group),
                          value_int((int64_t)a->position + 1)};
    struct row *row = upsert(r, p, t, key);
    if (!row)
        return;
    set_text(t, row, RULES_RULE, a->name);
    table_set_text(t, row, RULES_TYPE, a->alerting ? "alerting" : "recording");
    set_text(t, row, RULES_STATE, a->alerting ? a->state : NULL);
    set_text(t, row, RULES_HEALTH, a->health);
    set_text(t, row, RULES_ERROR, a->error);
    table_set_int(t, row, RULES_PENDING, (int64_t)a->pending, a->alerting ? QUALITY_EXACT : QUALITY_UNKNOWN);
    table_set_int(t, row, RULES_FIRING, (int64_t)a->firing, a->alerting ? QUALITY_EXACT : QUALITY_UNKNOWN);
    table_set_told(t, row, RULES_FOR_S, a->alerting ? a->for_s : NAN);
    table_set_told(t, row, RULES_INTERVAL_S, a->interval_s);
    table_set_told(t, row, RULES_EVALUATION_MS, a->evaluation_s * 1000);
    set_time(t, row, RULES_LAST_EVALUATION, a->last_evaluation_ms);
    set_text(t, row, RULES_LABELS, a->labels);
    set_text(t, row, RULES_QUERY, a->query);
}

static const struct prom_api_notes *rules_notes(const union prom_api_answer *a)
{
    return &a->rules.notes;
}

static void rules_done(union prom_api_answer *a)
{
    prom_api_rules_done(&a->rules);
}

const struct prom_server_rows_kind prom_server_rows_rules = {.what = "rules",
                                                             .path = "/api/v1/rules",
                                                             .job = PROM_API_JOB_RULES,
                                                             .table = &prom_server_tables_rules,
                                                             .count = count_rules,
                                                             .write = write_rule,
                                                             .notes = rules_notes,
                                                             .done = rules_done};

/* ---- targets ---- */

static size_t count_targets(const union prom_api_answer *a)
{
    return a->targets.n;
}

static void write_target(const struct prom_server_rows *r, struct prom_server_rows_part *p,
                         const union prom_api_answer *answer, size_t i)
{
    const struct prom_api_target *a = &answer->targets.items[i];
    struct table *t = table_of(r, &prom_server_tables_targets);
    struct str shown = {0};
    conf_web_hide(a->url, &shown); /* a scrape's parameters may be secrets, which the server tells */
    struct value key[] = {key_server(r), key_text(r, a->pool), key_text(r, str_text(&shown))};
    str_done(&shown);
    struct row *row = upsert(r, p, t, key);
    if (!row)
        return;
    set_text(t, row, PTARGETS_JOB, a->job);
    set_text(t, row, PTARGETS_INSTANCE, a->instance);
    set_text(t, row, PTARGETS_HEALTH, a->health);
    set_text(t, row, PTARGETS_ERROR, a->error);
    set_time(t, row, PTARGETS_LAST_SCRAPE, a->last_scrape_ms);
    table_set_told(t, row, PTARGETS_SCRAPE_MS, a->last_scrape_ms ? a->duration_s * 1000 : NAN);
    table_set_told(t, row, PTARGETS_INTERVAL_S, a->interval_s);
    table_set_told(t, row, PTARGETS_TIMEOUT_S, a->timeout_s);
    set_text(t, row, PTARGETS_LABELS, a->labels);
}

static const struct prom_api_notes *targets_notes(const union prom_api_answer *a)
{
    return &a->targets.notes;
}

static void targets_done(union prom_api_answer *a)
{
    prom_api_targets_done(&a->targets);
}

const struct prom_server_rows_kind prom_server_rows_targets = {.what = "targets",
                                                               .path = "/api/v1/targets?state=active",
                                                               .job = PROM_API_JOB_TARGETS,
                                                               .table = &prom_server_tables_targets,
                                                               .count = count_targets,
                                                               .write = write_target,
                                                               .notes = targets_notes,
                                                               .done = targets_done};

/* ---- queries ---- */

static size_t count_series(const union prom_api_answer *a)
{
    return a->query.n;
}

void prom_server_rows_key(const struct prom_server_rows *r, const struct prom_server_rows_part *p,
                          const struct prom_api_series *s, struct value *key)
{
    key[QUERIES_SERVER] = key_server(r);
    key[QUERIES_QUERY] = value_text(name_ref(p->name));
    key[QUERIES_METRIC] = key_text(r, s ? s->name : NULL);
    key[QUERIES_LABELS] = key_text(r, s ? s->labels : NULL);
}

/* The row of a series; s NULL: the one that stands where there is none. */
static struct row *query_row(const struct prom_server_rows *r, struct prom_server_rows_part *p, struct table *t,
                             const struct prom_api_series *s)
{
    struct value key[QUERIES_VALUE];
    prom_server_rows_key(r, p, s, key);
    struct row *row = upsert(r, p, t, key);
    if (!row)
        return NULL;
    table_set_text(t, row, QUERIES_UNIT, p->unit);
    table_set_text(t, row, QUERIES_PROMQL, p->promql);
    return row;
}

/* Sets a number; true if it is another than before. */
static bool set_number(struct table *t, struct row *row, size_t column, double v)
{
    struct value was = row_get(row, column);
    table_set_real(t, row, column, v, QUALITY_EXACT);
    return was.quality == QUALITY_UNKNOWN || !(was.d == v || (isnan(was.d) && isnan(v)));
}

static const struct {
    size_t column;
    double q;
} quantiles[] = {{QUERIES_P50, 0.5}, {QUERIES_P95, 0.95}, {QUERIES_P99, 0.99}};

enum { QUANTILES = sizeof quantiles / sizeof *quantiles };

static void write_series(const struct prom_server_rows *r, struct prom_server_rows_part *p,
                         const union prom_api_answer *a, size_t i)
{
    const struct prom_api_series *s = &a->query.series[i];
    struct table *t = table_of(r, &prom_server_tables_queries);
    struct row *row = query_row(r, p, t, s);
    bool news = false;
    int64_t time_ms = 0;
    if (!row)
        return;
    if (s->npoints) {
        const struct prom_api_point *last = &s->points[s->npoints - 1];
        news = set_number(t, row, QUERIES_VALUE, last->value);
        time_ms = last->time_ms;
    } else {
        table_set_unknown(t, row, QUERIES_VALUE);
    }
    const struct prom_api_histogram *h = s->nhistograms ? &s->histograms[s->nhistograms - 1] : NULL;
    for (size_t k = 0; k < QUANTILES; k++) {
        if (h)
            table_set_told(t, row, quantiles[k].column, prom_histogram_native_quantile(quantiles[k].q, &h->h));
        else
            table_set_unknown(t, row, quantiles[k].column);
    }
    if (h) {
        news = set_number(t, row, QUERIES_COUNT, h->h.count) || news;
        time_ms = h->time_ms > time_ms ? h->time_ms : time_ms;
    } else {
        table_set_unknown(t, row, QUERIES_COUNT);
    }
    if (news)
        set_time(t, row, QUERIES_TIME, time_ms);
    table_set_unknown(t, row, QUERIES_ERROR);
}

static const struct prom_api_notes *query_notes(const union prom_api_answer *a)
{
    return &a->query.notes;
}

static void query_done(union prom_api_answer *a)
{
    prom_api_query_done(&a->query);
}

const struct prom_server_rows_kind prom_server_rows_queries = {.what = "query",
                                                               .path = "/api/v1/query",
                                                               .job = PROM_API_JOB_QUERY,
                                                               .table = &prom_server_tables_queries,
                                                               .count = count_series,
                                                               .write = write_series,
                                                               .notes = query_notes,
                                                               .done = query_done};

/* Of an answer without a series. */
static void write_none(const struct prom_server_rows *r, struct prom_server_rows_part *p)
{
    struct table *t = table_of(r, &prom_server_tables_queries);
    struct row *row = query_row(r, p, t, NULL);
    for (size_t i = QUERIES_VALUE; row && i <= QUERIES_ERROR; i++)
        if (i != QUERIES_UNIT)
            table_set_unknown(t, row, i);
}

/* What is remarked on an answer stands at each of its rows. */
static void write_notes(struct table *t, const struct prom_server_rows_part *p, const struct prom_api_query *a)
{
    const char *parts[] = {a->n ? NULL : a->text ? a->text : "no series", a->notes.warnings, a->notes.infos};
    struct str note = {0};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i] && *parts[i])
            str_printf(&note, "%s%s", note.len ? "; " : "", parts[i]);
    for (size_t i = 0; i < p->rows.n; i++)
        set_text(t, table_by_id(t, p->rows.items[i]), QUERIES_NOTE, str_text(&note));
    str_done(&note);
}

/* What was written is what there is. */
static void take_written(struct table *t, struct prom_server_rows_part *p)
{
    size_t n = 0;
    table_sort_ids(p->written.items, p->written.n);
    for (size_t i = 0; i < p->written.n; i++) /* a series that came twice is one row */
        if (!n || p->written.items[i] != p->written.items[n - 1])
            p->written.items[n++] = p->written.items[i];
    p->written.n = n;
    table_remove_others(t, p->rows.items, p->rows.n, p->written.items, n);
    p->rows.n = 0;
    vec_reserve(&p->rows, n);
    if (n)
        memcpy(p->rows.items, p->written.items, n * sizeof *p->rows.items);
    p->rows.n = n;
}

/* ---- an answer ---- */

void prom_server_rows_begin(struct prom_server_rows_part *p)
{
    p->written.n = 0;
}

size_t prom_server_rows_end(const struct prom_server_rows *r, const struct prom_server_rows_kind *kind,
                            struct prom_server_rows_part *p, const union prom_api_answer *a)
{
    struct table *t = table_of(r, kind->table);
    if (p->name && !a->query.n)
        write_none(r, p);
    take_written(t, p);
    if (p->name)
        write_notes(t, p, &a->query);
    return p->rows.n;
}

void prom_server_rows_remove(const struct prom_server_rows *r, const struct prom_server_rows_kind *kind,
                             struct prom_server_rows_part *p)
{
    p->written.n = 0;
    take_written(table_of(r, kind->table), p);
}

void prom_server_rows_fail(const struct prom_server_rows *r, struct prom_server_rows_part *p, const struct error *err)
{
    struct table *t = table_of(r, &prom_server_tables_queries);
    if (!p->rows.n) {
        p->written.n = 0;
        query_row(r, p, t, NULL);
        take_written(t, p);
    }
    for (size_t i = 0; i < p->rows.n; i++) {
        struct row *row = table_by_id(t, p->rows.items[i]);
        if (!row)
            continue;
        set_text(t, row, QUERIES_ERROR, err->text);
        for (size_t c = QUERIES_VALUE; c <= QUERIES_COUNT; c++) {
            struct value v = row_get(row, c);
            if (c == QUERIES_UNIT || v.quality == QUALITY_UNKNOWN)
                continue;
            v.quality = QUALITY_STALE;
            table_set(t, row, c, v);
        }
    }
}

void prom_server_rows_part_done(struct prom_server_rows_part *p)
{
    name_unref(p->name);
    free(p->promql);
    free(p->unit);
    vec_done(&p->rows);
    vec_done(&p->written);
}
