/* Rows in order, against the comparison that says what the order is. */
#include "tests/unit/unit.h"

#include "table/table.h"
#include "ui/row_order.h"

#include <math.h>

enum { ROWS = 700 };

static const struct column columns[] = {
    {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    {.name = "partition", .type = COLUMN_INT, .flags = COLUMN_KEY},
    {.name = "lag", .type = COLUMN_INT, .flags = COLUMN_WORST_HIGH},
    {.name = "rate", .type = COLUMN_REAL},
    {.name = "note", .type = COLUMN_TEXT},
};
static const struct table_def def = {.name = "t", .group = {.name = "own", .columns = columns, .ncolumns = 5}};

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* Many alike, some unknown, all extremes. */
static void fill(struct store *s, struct table *t)
{
    static const int64_t lags[] = {0, 1, -1, 10, INT64_MAX, INT64_MIN, INT64_MAX - 1};
    static const double rates[] = {0.0, -0.0, 1.5, -1.5, INFINITY, -INFINITY, NAN, 5e-324};
    static const char *const notes[] = {"", "a", "prefixed one", "prefixed two", "prefixed", "zz", "\xFF"};
    uint32_t seed = 3;
    for (int i = 0; i < ROWS; i++) {
        char group[32];
        snprintf(group, sizeof group, "consumer-group-%u", draw(&seed) % 90);
        struct name *n = name_intern(store_names(s), group, strlen(group));
        struct value key[2] = {{.s = n, .quality = QUALITY_EXACT}, value_int((int64_t)(draw(&seed) % 9))};
        struct row *r = table_upsert(t, key, 1);
        name_unref(n);
        if (draw(&seed) % 4)
            table_set_int(t, r, 2, lags[draw(&seed) % 7], QUALITY_EXACT);
        if (draw(&seed) % 4)
            table_set_real(t, r, 3, rates[draw(&seed) % 8], QUALITY_EST);
        if (draw(&seed) % 4)
            table_set_text(t, r, 4, notes[draw(&seed) % 7]);
    }
}

struct expectation {
    const struct table *t;
    struct expr_order order;
    bool judged, inverted;
};

static int compare(const void *pa, const void *pb, void *arg)
{
    const struct table_view_row *a = pa, *b = pb;
    const struct expectation *e = arg;
    if (e->judged && a->severity != b->severity)
        return (a->severity < b->severity) != e->inverted ? 1 : -1;
    return expr_order_compare(&e->order, e->t, a->row, b->row);
}

static void orders_are_as_compared(void **state)
{
    (void)state;
    static const char *const orders[] = {"",
                                         "lag",
                                         "lag asc",
                                         "rate desc",
                                         "rate asc",
                                         "note desc",
                                         "note asc",
                                         "group desc",
                                         "note, lag, rate desc",
                                         "partition desc, note desc"};
    struct store *s = store_new(&clock_system);
    struct expectation e = {.t = NULL};
    struct table *t;
    assert_int_equal(store_add(s, &def, NULL, &t, NULL), 0);
    fill(s, t);
    e.t = t;
    for (size_t i = 0; i < 4 * sizeof orders / sizeof *orders; i++) {
        struct table_view_row rows[ROWS], expected[ROWS];
        size_t n = 0;
        for (const struct row *r = table_first(t); r; r = row_next(r))
            rows[n++] = (struct table_view_row){.row = r, .id = row_id(r), .severity = (enum severity)(row_id(r) % 3)};
        e.judged = i & 1;
        e.inverted = i & 2;
        assert_int_equal(expr_order_parse(orders[i / 4], t, &e.order, NULL), 0);
        memcpy(expected, rows, sizeof rows);
        qsort_r(expected, n, sizeof *expected, compare, &e);
        row_order_by_key(t, rows, n);
        row_order_sort(t, &e.order, rows, n, NULL, e.judged, e.inverted);
        for (size_t k = 0; k < n; k++)
            assert_ptr_equal(rows[k].row, expected[k].row);
    }
    store_free(s);
}

/* The same rows in another order go back to the one they had, with what is known of them now; others do not. */
static void order_is_kept(void **state)
{
    (void)state;
    enum { N = 500 };
    struct table_view_row before[N], rows[N];
    for (size_t i = 0; i < N; i++) {
        before[i] = (struct table_view_row){.id = (i * 7919) % 1009, .severity = (enum severity)(i % 3)};
        rows[(i * 311) % N] = before[i];
    }
    const struct row *fresh = (const void *)&before;
    for (size_t i = 0; i < N; i++)
        rows[i].row = fresh;
    assert_true(row_order_keep(before, rows, N));
    for (size_t i = 0; i < N; i++)
        assert_true(rows[i].id == before[i].id && rows[i].row == fresh);
    rows[3].severity = (enum severity)((rows[3].severity + 1) % 3); /* one got worse */
    assert_false(row_order_keep(before, rows, N));
    rows[3] = before[3];
    rows[4].id = 5000; /* one went, another came */
    assert_false(row_order_keep(before, rows, N));
    assert_int_equal(rows[4].id, 5000);
    assert_true(row_order_keep(before, rows, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(orders_are_as_compared), cmocka_unit_test(order_is_kept)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
