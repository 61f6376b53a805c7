/* What other tools found out about a dataset. */
#include "drift/verdict.h"

#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const double drift_verdict_quantiles[DRIFT_VERDICT_QUANTILES] = {0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99};

const char *const drift_verdict_types[DRIFT_VERDICT_TYPES] = {
    "integral", "fractional", "boolean", "string", "object", "tensor",
};

struct drift_verdicts *drift_verdict_new(enum drift_verdict_tool tool, const char *layout)
{
    struct drift_verdicts *v = mem_new(struct drift_verdicts);
    v->tool = tool;
    v->layout = layout;
    return v;
}

void drift_verdict_shape_done(struct drift_verdict_shape *s)
{
    for (size_t i = 0; s->labels && i < s->n; i++)
        free(s->labels[i]);
    free(s->labels);
    free(s->edges);
    free(s->heights);
    *s = (struct drift_verdict_shape){0};
}

static void column_done(struct drift_verdict_column *c)
{
    for (size_t i = 0; i < c->nitems; i++)
        free(c->items[i].text);
    free(c->items);
    free(c->feature);
    free(c->note);
}

void drift_verdict_free(struct drift_verdicts *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->verdicts.n; i++) {
        struct drift_verdict *one = &v->verdicts.items[i];
        drift_verdict_shape_done(&one->reference);
        drift_verdict_shape_done(&one->current);
        free(one->feature);
        free(one->method);
    }
    for (size_t i = 0; i < v->columns.n; i++)
        column_done(&v->columns.items[i]);
    vec_done(&v->verdicts);
    vec_done(&v->columns);
    map_done(&v->places);
    free(v->version);
    free(v->dataset);
    free(v->note);
    free(v);
}

void drift_verdict_bad(struct drift_verdicts *v, const char *fmt, ...)
{
    v->bad++;
    if (v->note)
        return;
    struct str text = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&text, fmt, ap);
    va_end(ap);
    v->note = str_take(&text);
}

struct drift_verdict *drift_verdict_add(struct drift_verdicts *v, const char *feature)
{
    if (v->verdicts.n >= DRIFT_VERDICT_FEATURES) {
        drift_verdict_bad(v, "more than %d verdicts: the others are left out", DRIFT_VERDICT_FEATURES);
        return NULL;
    }
    vec_push(&v->verdicts, ((struct drift_verdict){.feature = feature ? mem_strdup(feature) : NULL}));
    return &v->verdicts.items[v->verdicts.n - 1];
}

struct drift_verdict_column *drift_verdict_column(struct drift_verdicts *v, const char *feature)
{
    size_t len = strlen(feature);
    uintptr_t place = (uintptr_t)map_get(&v->places, feature, len);
    if (place)
        return &v->columns.items[place - 1];
    if (v->columns.n >= DRIFT_VERDICT_FEATURES) {
        drift_verdict_bad(v, "more than %d columns: the others are left out", DRIFT_VERDICT_FEATURES);
        return NULL;
    }
    vec_push(&v->columns, ((struct drift_verdict_column){.feature = mem_strdup(feature)}));
    map_put(&v->places, feature, len, (void *)(uintptr_t)v->columns.n);
    return &v->columns.items[v->columns.n - 1];
}

static int by_estimate(const void *a, const void *b)
{
    const struct drift_verdict_item *x = a, *y = b;
    if (x->estimate != y->estimate)
        return x->estimate < y->estimate ? 1 : -1;
    return strcmp(x->text, y->text);
}

void drift_verdict_items_sort(struct drift_verdict_column *c)
{
    if (c->nitems)
        qsort(c->items, c->nitems, sizeof *c->items, by_estimate);
    while (c->nitems > DRIFT_VERDICT_ITEMS)
        free(c->items[--c->nitems].text);
}

const char *drift_verdict_tool_name(enum drift_verdict_tool tool)
{
    static const char *const names[] = {
        [DRIFT_VERDICT_EVIDENTLY] = "evidently",
        [DRIFT_VERDICT_WHYLOGS] = "whylogs",
        [DRIFT_VERDICT_ALIBI] = "alibi-detect",
        [DRIFT_VERDICT_SELDON] = "seldon",
        [DRIFT_VERDICT_DRIFTWATCH] = "driftwatch",
    };
    return names[tool];
}
