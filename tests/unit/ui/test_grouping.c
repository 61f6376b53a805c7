/* Rows put together by a column: what the groups say, and the way into one and back. */
#include "world.h"

#include "base/str.h"
#include "ui/series.h"
#include "ui/table_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct world w;
    struct context ctx;
    struct table_view *v;
};

static const struct view_pane pane = {
    .title = "groups", .table = "groups", .sort = "lag desc", .columns = "lag lag_s state members note"};

static void add(struct fixture *f, const char *key, const char *state, const char *lag, const char *lag_s,
                const char *lost)
{
    char whole[64];
    snprintf(whole, sizeof whole, "c/%s", key);
    world_set(&f->w, "groups", whole, "state", state);
    world_set(&f->w, "groups", whole, "lag", lag);
    world_set(&f->w, "groups", whole, "lag_s", lag_s);
    world_set(&f->w, "groups", whole, "lost", lost);
    world_set(&f->w, "groups", whole, "type", "consumer");
}

static void setup(struct fixture *f)
{
    world_init(&f->w);
    add(f, "a", "Stable", "10", "5", "0");
    add(f, "b", "Stable", "20", "-", "0");
    add(f, "c", "Empty", "1", "0", "7");
    add(f, "d", "-", "-", "-", "-");
    store_commit(f->w.store);
    f->ctx = (struct context){.store = f->w.store,
                              .data = f->w.data,
                              .format = {.now_ms = f->w.now_ms, .utc = true},
                              .verdicts = verdicts_new(views_rules, views_nrules),
                              .series = series_set_new(NULL, NULL),
                              .epoch = 1};
    f->v = table_view_new(&pane, NULL);
    table_view_update(f->v, &f->ctx);
}

static void teardown(struct fixture *f)
{
    table_view_free(f->v);
    verdicts_free(f->ctx.verdicts);
    series_set_free(f->ctx.series);
    mark_free(f->ctx.mark);
    world_done(&f->w);
}

static void group(struct fixture *f, const char *column)
{
    assert_int_equal(table_view_group(f->v, &f->ctx, column, NULL), 0);
    table_view_update(f->v, &f->ctx);
}

static const struct row *at(struct fixture *f, size_t i)
{
    const struct row *rows[16];
    assert_true(table_view_count(f->v) <= 16 && i < table_view_count(f->v));
    table_view_rows(f->v, rows);
    return rows[i];
}

static const struct row *selected(struct fixture *f)
{
    const struct row *r = table_view_selected(f->v);
    assert_non_null(r);
    return r;
}

static void test_put_together(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    group(&f, "state");
    assert_int_equal(table_view_count(f.v), 3);
    assert_int_equal(table_view_matched(f.v), 4);
    assert_string_equal(row_text(at(&f, 0), "state"), "Empty"); /* something of it is wrong */
    assert_int_equal(row_cell(at(&f, 0), "wrong").i, 1);
    assert_string_equal(row_text(at(&f, 1), "state"), "Stable"); /* then by lag */
    assert_int_equal(row_cell(at(&f, 1), "rows").i, 2);
    assert_int_equal(row_cell(at(&f, 1), "wrong").i, 0);
    assert_int_equal(row_cell(at(&f, 1), "lag").i, 30);
    assert_int_equal(row_cell(at(&f, 1), "lag").quality, QUALITY_EXACT);
    assert_true(row_cell(at(&f, 1), "lag_s").d == 5); /* the worst that is known: at least that */
    assert_int_equal(row_cell(at(&f, 1), "lag_s").quality, QUALITY_GE);
    assert_int_equal(row_cell(at(&f, 2), "state").quality, QUALITY_UNKNOWN);
    assert_int_equal(row_cell(at(&f, 2), "lag").quality, QUALITY_UNKNOWN);
    teardown(&f);
}

static void test_changes(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    group(&f, "state");
    table_view_action(f.v, ACTION_ROW_DOWN);
    assert_string_equal(row_text(selected(&f), "state"), "Stable");
    uint64_t id = row_id(selected(&f));
    add(&f, "c", "Stable", "100", "0", "0");
    add(&f, "e", "Dead", "1000", "0", "0");
    store_commit(f.w.store);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 3); /* Empty has gone */
    assert_string_equal(row_text(at(&f, 0), "state"), "Dead");
    assert_int_equal(row_id(selected(&f)), id);
    assert_int_equal(row_cell(selected(&f), "lag").i, 130);
    teardown(&f);
}

static void test_filter_and_order(void **state)
{
    (void)state;
    struct fixture f;
    struct error err;
    setup(&f);
    group(&f, "state");
    assert_int_equal(table_view_filter(f.v, &f.ctx, "lag > 5", NULL, NULL), 0); /* of rows */
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 1);
    assert_int_equal(table_view_matched(f.v), 2);
    assert_int_equal(table_view_total(f.v), 4);
    assert_int_equal(table_view_filter(f.v, &f.ctx, "", NULL, NULL), 0);
    assert_int_equal(table_view_order(f.v, &f.ctx, "rows desc, lag_rate", NULL), 0);
    table_view_update(f.v, &f.ctx);
    assert_string_equal(row_text(at(&f, 0), "state"), "Stable");
    assert_int_equal(table_view_group(f.v, &f.ctx, "lag", &err), ERR_INVALID);
    assert_int_equal(table_view_group(f.v, &f.ctx, "nosuch", &err), ERR_INVALID);
    assert_string_equal(table_view_grouped(f.v), "state");
    teardown(&f);
}

/* Another column is asked for only when it is looked at. */
static void test_columns(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    group(&f, "type");
    assert_int_equal(table_view_count(f.v), 1);
    assert_string_equal(row_text(at(&f, 0), "state"), "various");
    assert_int_equal(row_cell(at(&f, 0), "cluster").quality, QUALITY_UNKNOWN);
    assert_int_equal(table_view_choose(f.v, &f.ctx, "+cluster", NULL, NULL), 0);
    table_view_update(f.v, &f.ctx);
    assert_string_equal(row_text(at(&f, 0), "cluster"), "c");
    teardown(&f);
}

static void test_open(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    assert_int_equal(table_view_order(f.v, &f.ctx, "group desc", NULL), 0);
    table_view_update(f.v, &f.ctx);
    group(&f, "state");
    assert_int_equal(table_view_sorted(f.v), -1);
    table_view_action(f.v, ACTION_ROW_DOWN);
    assert_false(table_view_close_group(f.v));
    assert_true(table_view_open_group(f.v));
    assert_false(table_view_open_group(f.v));
    table_view_update(f.v, &f.ctx);
    assert_string_equal(table_view_opened_group(f.v), "Stable");
    assert_int_equal(table_view_count(f.v), 2);
    assert_string_equal(row_text(at(&f, 0), "group"), "b"); /* in the order that rows had */
    table_view_action(f.v, ACTION_LAST);
    assert_true(table_view_close_group(f.v));
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 3);
    assert_string_equal(row_text(selected(&f), "state"), "Stable");
    table_view_action(f.v, ACTION_LAST);
    assert_true(table_view_open_group(f.v));
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 1);
    assert_string_equal(row_text(at(&f, 0), "group"), "d");
    assert_string_equal(table_view_opened_group(f.v), "unknown");
    group(&f, NULL);
    assert_int_equal(table_view_count(f.v), 4);
    assert_string_equal(row_text(at(&f, 0), "group"), "d");
    teardown(&f);
}

static void test_memory(void **state)
{
    (void)state;
    struct fixture f;
    struct str saved = {0}, again = {0};
    setup(&f);
    assert_int_equal(table_view_order(f.v, &f.ctx, "group desc", NULL), 0);
    group(&f, "state");
    assert_int_equal(table_view_order(f.v, &f.ctx, "rows desc", NULL), 0);
    table_view_save(f.v, true, &saved);
    assert_string_equal(str_text(&saved), "sort group desc\ngroup state\nsort rows desc\n");
    for (int i = 0; i < 2; i++) { /* with a group open as well */
        struct table_view *other = table_view_new(&pane, NULL);
        table_view_restore(other, str_text(&saved));
        table_view_update(other, &f.ctx);
        assert_int_equal(table_view_count(other), 3);
        if (i)
            table_view_open_group(other);
        str_clear(&again);
        table_view_save(other, true, &again);
        assert_string_equal(str_text(&again), str_text(&saved));
        table_view_free(other);
    }
    str_done(&saved);
    str_done(&again);
    teardown(&f);
}

/* Another store takes the place of this one, as after a restart of the collector; one whose rows have no such column. */
static void test_another_store(void **state)
{
    (void)state;
    struct fixture f, g;
    setup(&f);
    setup(&g);
    group(&f, "state");
    assert_int_equal(table_view_count(f.v), 3);
    struct context other = g.ctx;
    other.epoch = 2;
    world_remove(&g.w, "groups", "c/d");
    store_commit(g.w.store);
    table_view_update(f.v, &other);
    assert_int_equal(table_view_count(f.v), 2);
    table_view_open_group(f.v);
    table_view_update(f.v, &f.ctx); /* back */
    assert_int_equal(table_view_count(f.v), 1);
    store_drop(g.w.store, store_find(g.w.store, "groups"));
    table_view_close_group(f.v);
    table_view_update(f.v, &other);
    assert_int_equal(table_view_count(f.v), 0);
    assert_null(table_view_table(f.v));
    teardown(&g);
    teardown(&f);
}

static void test_since_mark(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f);
    f.ctx.mark = mark_new(f.w.store, f.ctx.format.now_ms);
    add(&f, "a", "Stable", "17", "50", "0");
    add(&f, "b", "Stable", "10", "50", "0");
    store_commit(f.w.store);
    group(&f, "state");
    f.ctx.since_mark = true;
    table_view_update(f.v, &f.ctx);
    const struct row *r = at(&f, 1);
    assert_string_equal(row_text(r, "state"), "Stable");
    assert_int_equal(row_cell(r, "lag").i, -3);
    assert_int_equal(row_cell(r, "lag_s").quality, QUALITY_UNKNOWN); /* nobody's change */
    assert_int_equal(row_cell(r, "rows").i, 2);
    f.ctx.since_mark = false;
    table_view_update(f.v, &f.ctx);
    assert_int_equal(row_cell(at(&f, 1), "lag").i, 27);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_put_together),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_filter_and_order),
        cmocka_unit_test(test_columns),
        cmocka_unit_test(test_open),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_another_store),
        cmocka_unit_test(test_since_mark),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
