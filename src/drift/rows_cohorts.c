/* Cells of `cohorts`: rows and classes of each level beside those of the reference. */
#include "drift/rows_cohorts.h"

#include "drift/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The classes in the order in which all cohorts show them: by index of each side, SIZE_MAX where a side has no such class. */
struct classes {
    size_t n;
    struct {
        const char *name;
        size_t current, reference;
        uint64_t rows, rows_reference;
    } items[2 * DRIFT_COHORTS_CLASSES];
};

static uint64_t count_class(const struct drift_cohorts *c, size_t class)
{
    uint64_t n = 0;
    for (size_t l = 0; c->nkeys && l < c->keys[0].n; l++)
        n += c->keys[0].levels[l].classes[class];
    return n;
}

static size_t find_class(const struct drift_cohorts *c, const char *name)
{
    for (size_t i = 0; c && i < c->nclasses; i++)
        if (strcmp(c->classes[i], name) == 0)
            return i;
    return SIZE_MAX;
}

static int by_rows(const void *a, const void *b)
{
    const struct classes *c = NULL;
    const typeof(c->items[0]) *x = a, *y = b;
    if (x->rows_reference != y->rows_reference)
        return x->rows_reference < y->rows_reference ? 1 : -1;
    return (x->rows < y->rows) - (x->rows > y->rows);
}

static void order_classes(const struct drift_cohorts *now, const struct drift_cohorts *old, struct classes *out)
{
    out->n = 0;
    for (size_t i = 0; i < now->nclasses; i++) {
        out->items[out->n].name = now->classes[i];
        out->items[out->n].current = i;
        out->items[out->n].rows = count_class(now, i);
        out->items[out->n].reference = find_class(old, now->classes[i]);
        out->items[out->n].rows_reference =
            out->items[out->n].reference == SIZE_MAX ? 0 : count_class(old, out->items[out->n].reference);
        out->n++;
    }
    for (size_t i = 0; old && i < old->nclasses; i++) {
        if (find_class(now, old->classes[i]) != SIZE_MAX)
            continue;
        out->items[out->n].name = old->classes[i];
        out->items[out->n].current = SIZE_MAX;
        out->items[out->n].rows = 0;
        out->items[out->n].reference = i;
        out->items[out->n].rows_reference = count_class(old, i);
        out->n++;
    }
    qsort(out->items, out->n, sizeof out->items[0], by_rows);
}

static uint64_t rows_of(const struct drift_cohorts_key *k)
{
    uint64_t n = k ? k->others : 0;
    for (size_t i = 0; k && i < k->n; i++)
        n += k->levels[i].rows;
    return n;
}

static const struct drift_cohorts_key *find_key(const struct drift_cohorts *c, const char *name)
{
    for (size_t i = 0; c && i < c->nkeys; i++)
        if (strcmp(c->keys[i].name, name) == 0)
            return &c->keys[i];
    return NULL;
}

static const struct drift_cohort *find_level(const struct drift_cohorts_key *k, const struct drift_cohort *level)
{
    for (size_t i = 0; k && i < k->n; i++) {
        const struct drift_cohort *x = &k->levels[i];
        if (!x->level == !level->level && x->len == level->len &&
            (x->len == 0 || memcmp(x->level, level->level, x->len) == 0))
            return x;
    }
    return NULL;
}

/* ---- rows ---- */

/* Features in the order in which their letters stand. */
struct by_name {
    const char *name;
    size_t at; /* in the result */
};

static int by_name(const void *a, const void *b)
{
    const struct by_name *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* One for each feature, the caller's. */
static struct by_name *order_features(const struct drift_dataset_result *result)
{
    struct by_name *order = mem_calloc(result->nfeatures + 1, sizeof *order);
    for (size_t i = 0; i < result->nfeatures; i++)
        order[i] = (struct by_name){result->features[i].field->name, i};
    qsort(order, result->nfeatures, sizeof *order, by_name);
    return order;
}

/* One key's levels, as they are written. */
struct writer {
    const struct drift_rows *r;
    struct table *t;
    const struct drift_dataset_result *result;
    const struct classes *classes;
    const struct drift_cohorts_judge_key *judged;
    const struct drift_cohorts_key *now, *old; /* old NULL: none */
    const struct by_name *order;               /* one a feature */
    uint64_t rows, rows_reference;
};

static void add_classes(const struct classes *c, const struct drift_cohort *level, bool reference, struct str *out)
{
    uint64_t all = 0;
    for (size_t i = 0; level && i < DRIFT_COHORTS_CLASSES; i++)
        all += level->classes[i];
    for (size_t i = 0; all && i < c->n; i++) {
        size_t at = reference ? c->items[i].reference : c->items[i].current;
        drift_rows_cells_share(out, at == SIZE_MAX ? 0 : (double)level->classes[at], (double)all);
    }
}

/* A text that says null is told from no text at all. */
static struct row *level_row(const struct writer *w, const struct drift_cohort *level)
{
    bool null_text = level->level && level->len == 4 && memcmp(level->level, "null", 4) == 0;
    const char *text = !level->level ? "null" : null_text ? "\"null\"" : level->level;
    const struct drift_rows_key key[] = {
        drift_rows_cells_key(w->now->name, strlen(w->now->name)),
        drift_rows_cells_key(text, level->level && !null_text ? level->len : strlen(text))};
    return drift_rows_cells_row(w->r, w->t, key, 2);
}

static const struct drift_cohorts_judge_level *find_judged(const struct writer *w, const struct drift_cohort *now,
                                                           const struct drift_cohort *old)
{
    for (size_t i = 0; i < w->judged->n; i++) {
        const struct drift_cohorts_judge_level *l = &w->judged->levels[i];
        if (now ? l->current == now : old && l->reference == old)
            return l;
    }
    return NULL;
}

static const struct drift_rows_streak cohort_streak = {COHORTS_STATE, COHORTS_WINDOWS, COHORTS_SINCE, COHORTS_HOLDS};

static void write_judged(const struct writer *w, struct row *row, const struct drift_cohorts_judge_level *l)
{
    const struct drift_cohorts *old = w->result->reference ? w->result->reference->cohorts : NULL;
    struct str lost = {0}, letters = {0};
    for (size_t i = 0; l->letters && *l->letters && i < w->result->nfeatures; i++)
        str_char(&letters, l->letters[w->order[i].at]);
    for (size_t i = 0; old && i < old->nclasses; i++)
        if (l->lost & 1U << i)
            str_printf(&lost, "%s%s", lost.len ? ", " : "", old->classes[i]);
    drift_rows_cells_streak(w->t, row, &cohort_streak, l->mark, &l->streak);
    drift_rows_cells_text(w->t, row, COHORTS_MARKS, &letters);
    drift_rows_cells_text(w->t, row, COHORTS_LOST, &lost);
    bool worst = l->worst < w->result->nfeatures;
    table_set_text(w->t, row, COHORTS_WORST, worst ? w->result->features[l->worst].field->name : NULL);
    table_set_told(w->t, row, COHORTS_WORST_SCORE, worst ? l->worst_value : NAN);
    str_done(&letters);
    str_done(&lost);
}

/* now, old: the level on each side; at least one is there. */
static bool write_level(const struct writer *w, const struct drift_cohort *now, const struct drift_cohort *old)
{
    struct row *row = level_row(w, now ? now : old);
    if (!row)
        return false;
    struct str s = {0};
    table_set_int(w->t, row, COHORTS_NULL, !(now ? now : old)->level, QUALITY_EXACT);
    table_set_int(w->t, row, COHORTS_ROWS, now ? (int64_t)now->rows : 0, QUALITY_EXACT);
    drift_rows_cells_ratio(w->t, row, COHORTS_SHARE, now ? (double)now->rows : 0, (double)w->rows);
    drift_rows_cells_ratio(w->t, row, COHORTS_SHARE_REFERENCE, old ? (double)old->rows : 0, (double)w->rows_reference);
    add_classes(w->classes, now, false, &s);
    drift_rows_cells_text(w->t, row, COHORTS_CLASSES, &s);
    add_classes(w->classes, old, true, &s);
    drift_rows_cells_text(w->t, row, COHORTS_CLASSES_REFERENCE, &s);
    str_done(&s);
    const struct drift_cohorts_judge_level *l = find_judged(w, now, old);
    if (l)
        write_judged(w, row, l);
    return true;
}

static size_t write_key(const struct writer *w)
{
    size_t rows = 0;
    for (size_t i = 0; i < w->now->n; i++)
        rows += write_level(w, &w->now->levels[i], find_level(w->old, &w->now->levels[i]));
    for (size_t i = 0; w->old && i < w->old->n; i++)
        if (!find_level(w->now, &w->old->levels[i]))
            rows += write_level(w, NULL, &w->old->levels[i]);
    return rows;
}

size_t drift_rows_cohorts(const struct drift_rows *r, const struct drift_dataset_result *result)
{
    const struct drift_cohorts *now = result->cohorts, *old = result->cohorts_reference;
    size_t rows = 0;
    if (!now || !result->judge)
        return 0;
    struct classes classes;
    order_classes(now, old, &classes);
    struct by_name *order = order_features(result);
    struct writer w = {.r = r,
                       .t = drift_rows_cells_table(r, &drift_table_cohorts),
                       .result = result,
                       .classes = &classes,
                       .order = order};
    for (size_t k = 0; k < now->nkeys; k++) {
        w.now = &now->keys[k];
        w.judged = &result->judge->keys[k];
        w.old = find_key(old, now->keys[k].name);
        w.rows = rows_of(w.now);
        w.rows_reference = rows_of(w.old);
        rows += write_key(&w);
    }
    free(order);
    return rows;
}
