/* The union of two sides' frequent items: who differs most has a row. */
#include "drift/rows_categories.h"

#include "drift/distance.h"
#include "drift/tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Shares below which a category that is gone is not worth a word. */
static const double vanished_share = 0.01;

struct item {
    const char *bytes;
    size_t len;
    uint64_t reference, current; /* at least */
    bool sure, sure_reference;   /* exactly so many */
    double difference, term;
};

struct both {
    struct item *items;
    size_t n;
    double reference, current; /* values of each side */
    bool compared;             /* there is a reference with values */
};

static int by_bytes(const void *a, const void *b)
{
    const struct drift_frequent_item *x = a, *y = b;
    size_t n = x->len < y->len ? x->len : y->len;
    int c = n ? memcmp(x->bytes, y->bytes, n) : 0;
    return c ? c : (x->len > y->len) - (x->len < y->len);
}

static int by_difference(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    double dx = fabs(x->difference), dy = fabs(y->difference);
    return (dx < dy) - (dx > dy);
}

static int by_reference(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->reference != y->reference)
        return x->reference < y->reference ? 1 : -1;
    return (x->current < y->current) - (x->current > y->current);
}

static size_t list(const struct drift_profile *p, struct drift_frequent_item **ret)
{
    *ret = NULL;
    size_t n = p && p->items ? drift_frequent_list(p->items, DRIFT_FREQUENT_POSSIBLE, p->items->error, ret) : 0;
    if (n)
        qsort(*ret, n, sizeof **ret, by_bytes);
    return n;
}

/* Both lists in the order of bytes, made one. */
static void join(struct both *b, const struct drift_profile *reference, const struct drift_profile *current)
{
    struct drift_frequent_item *old, *now;
    size_t n = list(reference, &old), m = list(current, &now);
    b->items = mem_calloc(n + m + 1, sizeof *b->items);
    for (size_t i = 0, k = 0; i < n || k < m;) {
        int c = i == n ? 1 : k == m ? -1 : by_bytes(&old[i], &now[k]);
        const struct drift_frequent_item *of = c <= 0 ? &old[i] : &now[k];
        struct item *x = &b->items[b->n++];
        *x = (struct item){.bytes = of->bytes, .len = of->len, .sure = true, .sure_reference = true};
        if (c <= 0) {
            x->reference = old[i].lower;
            x->sure_reference = old[i].lower == old[i].upper;
            i++;
        }
        if (c >= 0) {
            x->current = now[k].lower;
            x->sure = now[k].lower == now[k].upper;
            k++;
        }
    }
    free(old);
    free(now);
    b->reference = reference ? (double)drift_profile_values(reference) : 0;
    b->current = (double)drift_profile_values(current);
    b->compared = b->reference > 0;
}

static void compare(struct both *b)
{
    uint64_t *counts = mem_calloc(b->n * 2 + 1, sizeof *counts);
    double *terms = mem_calloc(b->n + 1, sizeof *terms), psi;
    for (size_t i = 0; i < b->n; i++) {
        counts[i] = b->items[i].reference;
        counts[b->n + i] = b->items[i].current;
    }
    const struct drift_distance_sides sides = {counts, counts + b->n, b->n};
    bool told = drift_distance_psi(&sides, DRIFT_DISTANCE_EVIDENTLY, terms, &psi) == DRIFT_STATE_OK;
    for (size_t i = 0; i < b->n; i++) {
        struct item *x = &b->items[i];
        double old = b->compared ? (double)x->reference / b->reference : 0;
        x->difference = (b->current > 0 ? (double)x->current / b->current : 0) - old;
        x->term = told ? terms[i] : NAN;
    }
    free(counts);
    free(terms);
}

/* ---- small pictures ---- */

static void picture(struct both *b, struct drift_rows_categories *out)
{
    double old = b->reference, now = b->current;
    const struct item *unseen = NULL;
    qsort(b->items, b->n, sizeof *b->items, by_reference);
    for (size_t i = 0; i < b->n; i++) {
        const struct item *x = &b->items[i];
        if (b->compared && x->reference == 0 && (!unseen || x->current > unseen->current))
            unseen = x;
        if (i >= DRIFT_ROWS_SHARES)
            continue;
        if (b->compared)
            drift_rows_cells_share(&out->reference, (double)x->reference, b->reference);
        drift_rows_cells_share(&out->current, (double)x->current, b->current);
        old -= (double)x->reference;
        now -= (double)x->current;
    }
    if (b->n > DRIFT_ROWS_SHARES) {
        if (b->compared)
            drift_rows_cells_share(&out->reference, fmax(old, 0), b->reference);
        drift_rows_cells_share(&out->current, fmax(now, 0), b->current);
    }
    if (unseen)
        str_bytes(&out->unseen, unseen->bytes, unseen->len);
}

/* ---- rows ---- */

static const char *state_of(const struct both *b, const struct item *x)
{
    if (!b->compared || b->current <= 0)
        return NULL;
    if (x->reference == 0 && x->current > 0)
        return "new";
    return x->current == 0 && (double)x->reference / b->reference >= vanished_share ? "vanished" : NULL;
}

static bool write_row(const struct drift_rows *r, struct table *t, const char *feature, const struct both *b,
                      const struct item *x)
{
    const struct drift_rows_key key[] = {drift_rows_cells_key(feature, strlen(feature)),
                                         drift_rows_cells_key(x->len ? x->bytes : "", x->len)};
    struct row *row = drift_rows_cells_row(r, t, key, 2);
    if (!row)
        return false;
    bool compared = b->compared && b->current > 0;
    table_set_text(t, row, CATEGORIES_STATE, state_of(b, x));
    table_set_told(t, row, CATEGORIES_DIFFERENCE, compared ? x->difference : NAN);
    table_set_told(t, row, CATEGORIES_MOVED, compared ? fabs(x->difference) : NAN);
    drift_rows_cells_ratio(t, row, CATEGORIES_REFERENCE, (double)x->reference, b->reference);
    drift_rows_cells_ratio(t, row, CATEGORIES_CURRENT, (double)x->current, b->current);
    table_set_told(t, row, CATEGORIES_TERM, compared ? x->term : NAN);
    table_set_int(t, row, CATEGORIES_ROWS_REFERENCE, (int64_t)x->reference,
                  !b->compared        ? QUALITY_UNKNOWN
                  : x->sure_reference ? QUALITY_EXACT
                                      : QUALITY_GE);
    table_set_int(t, row, CATEGORIES_ROWS, (int64_t)x->current, x->sure ? QUALITY_EXACT : QUALITY_GE);
    return true;
}

size_t drift_rows_categories(const struct drift_rows *r, const char *feature, const struct drift_profile *reference,
                             const struct drift_profile *current, struct drift_rows_categories *out)
{
    struct table *t = drift_rows_cells_table(r, &drift_table_categories);
    struct both b = {0};
    size_t rows = 0;
    if (reference && reference->type != DRIFT_TYPE_CATEGORY)
        reference = NULL;
    join(&b, reference, current);
    if (b.n) {
        compare(&b);
        picture(&b, out);
        qsort(b.items, b.n, sizeof *b.items, by_difference);
    }
    for (size_t i = 0; i < b.n && i < DRIFT_ROWS_CATEGORIES; i++)
        rows += write_row(r, t, feature, &b, &b.items[i]);
    free(b.items);
    return rows;
}
