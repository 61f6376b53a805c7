/* Lists: order, filter, the cursor that follows its row, columns that fit. */
#include "world.h"

#include "base/str.h"
#include "base/text.h"
#include "ui/series.h"
#include "ui/table_view.h"

#include <setjmp.h>
#include <stdarg.h>
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

static void setup(struct fixture *f, void (*fill)(struct world *w), const struct view_pane *p, const char *where)
{
    world_init(&f->w);
    fill(&f->w);
    f->ctx = (struct context){.store = f->w.store,
                              .data = f->w.data,
                              .format = {.now_ms = f->w.now_ms, .utc = true},
                              .verdicts = verdicts_new(views_rules, views_nrules),
                              .series = series_set_new(NULL, NULL),
                              .epoch = 1};
    f->v = table_view_new(p, where);
    table_view_update(f->v, &f->ctx);
}

static void teardown(struct fixture *f)
{
    table_view_free(f->v);
    verdicts_free(f->ctx.verdicts);
    series_set_free(f->ctx.series);
    world_done(&f->w);
}

static const char *selected(struct fixture *f)
{
    const struct row *r = table_view_selected(f->v);
    return r ? row_text(r, "group") : "";
}

static void change(struct fixture *f, const char *group, const char *column, const char *text)
{
    world_set(&f->w, "groups", group, column, text);
    world_commit(&f->w);
    table_view_update(f->v, &f->ctx);
}

/* Draws w x h cells and gives the lines, trailing blanks cut; the caller frees. */
static char *draw(struct fixture *f, int w, int h)
{
    struct cells c;
    struct str s = {0};
    cells_init(&c, w, h, false);
    table_view_draw(f->v, &f->ctx, &c, (struct rect){0, 0, w, h}, true);
    for (int y = 0; y < h; y++) {
        cells_row_text(&c, y, &s);
        str_char(&s, '\n');
    }
    cells_done(&c);
    return str_take(&s);
}

static void test_worst_first(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, NULL);
    assert_int_equal(table_view_count(f.v), 44);
    assert_string_equal(selected(&f), "audit-archive");
    table_view_action(f.v, ACTION_ROW_DOWN);
    assert_string_equal(selected(&f), "payments"); /* wrong, so before fraud-model, which has more lag */
    table_view_action(f.v, ACTION_ROW_DOWN);
    assert_string_equal(selected(&f), "fraud-model");
    teardown(&f);
}

static void test_cursor_follows_row(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, NULL);
    assert_string_equal(selected(&f), "audit-archive");
    change(&f, "prod-eu/audit-archive", "lag_s", "0");
    change(&f, "prod-eu/audit-archive", "verdict", "unread");
    change(&f, "prod-eu/audit-archive", "lost", "0");
    /* no longer the worst; the cursor was not moved and stays on top */
    assert_string_equal(selected(&f), "payments");
    table_view_action(f.v, ACTION_ROW_DOWN);
    static const char kept[] = "audit-archive";
    assert_string_equal(selected(&f), kept);
    change(&f, "prod-eu/audit-archive", "lost", "5");
    assert_string_equal(selected(&f), kept);
    change(&f, "prod-eu/audit-archive", "lag", "0");
    change(&f, "prod-eu/audit-archive", "lost", "0");
    assert_string_equal(selected(&f), kept);
    world_remove(&f.w, "groups", "prod-eu/audit-archive");
    world_commit(&f.w);
    table_view_update(f.v, &f.ctx);
    assert_string_not_equal(selected(&f), kept);
    assert_string_not_equal(selected(&f), "");
    teardown(&f);
}

/* Another store with the same rows, as after a restart of the collector: rows have other numbers there. */
static void test_cursor_survives_another_store(void **state)
{
    (void)state;
    struct fixture f;
    struct world other;
    setup(&f, world_fill, &pane, NULL);
    table_view_action(f.v, ACTION_ROW_DOWN);
    table_view_action(f.v, ACTION_ROW_DOWN);
    assert_string_equal(selected(&f), "fraud-model");
    world_init(&other);
    world_fill_calm(&other);
    world_fill(&other);
    f.ctx.store = other.store;
    f.ctx.epoch++;
    table_view_update(f.v, &f.ctx);
    assert_string_equal(selected(&f), "fraud-model");
    f.ctx.store = NULL;
    f.ctx.epoch++;
    table_view_update(f.v, &f.ctx);
    assert_null(table_view_selected(f.v));
    world_done(&other);
    teardown(&f);
}

static void test_filter(void **state)
{
    (void)state;
    struct fixture f;
    struct error err;
    size_t at = 99;
    setup(&f, world_fill, &pane, NULL);
    assert_int_equal(table_view_filter(f.v, &f.ctx, "lag > 1k and state = Stable", &at, &err), 0);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 3);
    assert_int_equal(table_view_total(f.v), 44);
    assert_int_equal(table_view_filter(f.v, &f.ctx, "lag > ", &at, &err), ERR_INVALID);
    assert_true(at >= 4 && err.text[0]);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 3); /* the last good one is in force */
    assert_int_not_equal(table_view_filter(f.v, &f.ctx, "nosuch > 1", &at, &err), 0);
    assert_int_equal(at, 0);
    assert_non_null(strstr(err.text, "nosuch"));
    assert_int_equal(table_view_filter(f.v, &f.ctx, "pay", NULL, &err), 0);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 1);
    assert_string_equal(selected(&f), "payments");
    assert_int_equal(table_view_filter(f.v, &f.ctx, "", NULL, &err), 0);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 44);
    table_view_action(f.v, ACTION_FIRST);
    table_view_action(f.v, ACTION_NEXT); /* by the filter that was removed */
    assert_string_equal(selected(&f), "payments");
    teardown(&f);
}

static void test_where(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, "cluster = \"prod-eu\" and lag > 0");
    assert_int_equal(table_view_total(f.v), 5);
    teardown(&f);
    setup(&f, world_fill, &pane, "nosuch = 1"); /* nothing rather than everything */
    assert_int_equal(table_view_total(f.v), 0);
    teardown(&f);
}

static int column_at(struct fixture *f, const char *name)
{
    int i = 0;
    while (strcmp(table_view_column(f->v, (size_t)i)->name, name) != 0)
        i++;
    return i;
}

static void test_sort(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, NULL);
    table_view_sort(f.v, column_at(&f, "lag"));
    table_view_update(f.v, &f.ctx);
    assert_string_equal(selected(&f), "audit-archive");
    table_view_action(f.v, ACTION_ROW_DOWN);
    assert_string_equal(selected(&f), "fraud-model"); /* by lag alone */
    table_view_action(f.v, ACTION_FIRST);
    table_view_sort(f.v, column_at(&f, "group"));
    table_view_update(f.v, &f.ctx);
    assert_string_equal(selected(&f), "audit-archive");
    table_view_action(f.v, ACTION_INVERT);
    table_view_update(f.v, &f.ctx);
    assert_string_equal(selected(&f), "\xe6\x97\xa5\xe6\x9c\xac-reader");
    table_view_sort(f.v, -1);
    table_view_update(f.v, &f.ctx);
    assert_false(table_view_inverted(f.v));
    assert_string_equal(selected(&f), "audit-archive");
    teardown(&f);
}

/* Rows alike in the first key are sorted by the next; each can be turned round. */
static void test_sort_then(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, "lag > 100");
    table_view_sort(f.v, column_at(&f, "state"));
    table_view_sort_then(f.v, 1, column_at(&f, "lag"));
    table_view_update(f.v, &f.ctx);
    assert_string_equal(selected(&f), "audit-archive"); /* the only one that is Empty */
    table_view_action(f.v, ACTION_ROW_DOWN);
    assert_string_equal(selected(&f), "fraud-model");
    table_view_action(f.v, ACTION_LAST);
    assert_string_equal(selected(&f), "search-indexer");
    table_view_invert(f.v, 1);
    table_view_update(f.v, &f.ctx);
    assert_string_equal(selected(&f), "search-indexer"); /* the cursor went with it */
    char *text = draw(&f, 78, 5);
    assert_non_null(strstr(text, "state\xe2\x96\xb4"));
    assert_non_null(strstr(text, "lag\xe2\x96\xb4"
                                 "2"));
    assert_true(strstr(text, "audit") < strstr(text, "search") && strstr(text, "search") < strstr(text, "payments"));
    free(text);
    assert_int_equal(table_view_sort_levels(f.v), 2);
    table_view_sort_then(f.v, 3, 0); /* there is no third yet */
    assert_int_equal(table_view_sort_levels(f.v), 2);
    struct error err = {0};
    assert_int_not_equal(table_view_order(f.v, NULL, "lag desc, nosuch", &err), 0);
    assert_non_null(strstr(err.text, "nosuch"));
    assert_int_equal(table_view_sort_levels(f.v), 2);
    assert_int_equal(table_view_order(f.v, NULL, "lag asc", &err), 0);
    assert_true(table_view_inverted(f.v));
    teardown(&f);
}

/* Where changes since a mark are shown, what is seen is what is sorted by. */
static void test_sort_by_change(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, "lag > 100");
    f.ctx.mark = mark_new(f.w.store, f.ctx.format.now_ms);
    f.ctx.since_mark = true;
    table_view_sort(f.v, column_at(&f, "lag"));
    change(&f, "prod-eu/search-indexer", "lag", "9000");
    assert_string_equal(selected(&f), "search-indexer"); /* 7.8 k more; the others as they were */
    table_view_action(f.v, ACTION_LAST);
    f.ctx.since_mark = false;
    table_view_update(f.v, &f.ctx);
    table_view_action(f.v, ACTION_FIRST);
    table_view_update(f.v, &f.ctx);
    assert_string_equal(selected(&f), "audit-archive");
    mark_free(f.ctx.mark);
    teardown(&f);
}

/* The role of the first cell of a text on screen; -1: it is not there. */
static int role_of(struct fixture *f, const char *text)
{
    struct cells c;
    int role = -1;
    cells_init(&c, 78, 10, false);
    table_view_draw(f->v, &f->ctx, &c, (struct rect){0, 0, 78, 10}, false);
    for (int y = 0; y < 10 && role < 0; y++) {
        struct str s = {0};
        cells_row_text(&c, y, &s);
        const char *at = strstr(str_text(&s), text);
        if (at)
            role = cells_at(&c, (int)text_width(str_text(&s), (size_t)(at - str_text(&s))), y)->role;
        str_done(&s);
    }
    cells_done(&c);
    return role;
}

/* What changed stands out for a second, once; not what was not known before, and not what always moves. */
static void test_flash(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, NULL);
    assert_int_equal(role_of(&f, "84.2 k"), ROLE_TEXT);
    change(&f, "prod-eu/payments", "lag", "91300");
    assert_int_equal(role_of(&f, "91.3 k"), ROLE_FLASH);
    f.ctx.format.now_ms += 900;
    assert_int_equal(role_of(&f, "91.3 k"), ROLE_FLASH);
    assert_int_equal(role_of(&f, "502 k"), ROLE_TEXT);
    f.ctx.format.now_ms += 200;
    assert_int_equal(role_of(&f, "91.3 k"), ROLE_TEXT);
    change(&f, "prod-eu/payments", "lag", "91301"); /* nothing to be seen */
    assert_int_equal(role_of(&f, "91.3 k"), ROLE_TEXT);
    change(&f, "prod-eu/payments", "lag_s", "71"); /* durations go on */
    assert_int_equal(role_of(&f, "1 m 11 s"), ROLE_TEXT);
    change(&f, "prod-eu/payments", "note", "something");
    assert_int_equal(role_of(&f, "something"), ROLE_TEXT); /* unknown before */
    change(&f, "prod-eu/payments", "note", "other");
    assert_int_equal(role_of(&f, "other"), ROLE_FLASH);
    f.ctx.format.exact = true; /* all are written in another way */
    assert_int_equal(role_of(&f, "91,301"), ROLE_TEXT);
    f.ctx.still = true;
    change(&f, "prod-eu/payments", "lag", "92000");
    assert_int_equal(role_of(&f, "92,000"), ROLE_TEXT);
    f.ctx.still = false;
    assert_int_equal(role_of(&f, "92,000"), ROLE_TEXT);
    change(&f, "prod-eu/payments", "lag", "1"); /* further down now */
    assert_int_equal(table_view_order(f.v, &f.ctx, "group", NULL), 0);
    table_view_update(f.v, &f.ctx);
    for (int i = 0; i < 3; i++) /* rows that move to other lines are the same rows */
        assert_int_equal(role_of(&f, "1,240,312"), ROLE_TEXT);
    teardown(&f);
}

static void test_move_and_widen(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, "lag > 100");
    int name = column_at(&f, "group"), states = column_at(&f, "state");
    assert_int_equal(table_view_move(f.v, name, 1), name); /* what rows are known by stays */
    assert_int_equal(table_view_move(f.v, name + 1, -1), name + 1);
    assert_int_equal(table_view_move(f.v, states, -1), states - 1);
    assert_int_equal(table_view_move(f.v, states - 1, -1), states - 2);
    char *text = draw(&f, 78, 5);
    assert_true(strstr(text, "state") < strstr(text, "lag"));
    free(text);
    table_view_widen(f.v, (size_t)column_at(&f, "state"), -2); /* from six: "St…" */
    table_view_widen(f.v, (size_t)column_at(&f, "lag"), -5);   /* a number is not cut */
    text = draw(&f, 78, 5);
    assert_non_null(strstr(text, "Sta\xe2\x80\xa6  "));
    assert_non_null(strstr(text, "1.24 M"));
    free(text);
    table_view_reset(f.v);
    text = draw(&f, 78, 5);
    assert_true(strstr(text, "lag") < strstr(text, "state"));
    assert_non_null(strstr(text, "Stable"));
    free(text);
    teardown(&f);
}

/* A column that was asked for is seen before those that were not. */
static void test_chosen_column(void **state)
{
    (void)state;
    struct fixture f;
    struct error err = {0};
    setup(&f, world_fill, &pane, "lag > 100");
    char *text = draw(&f, 40, 5);
    assert_null(strstr(text, "members"));
    free(text);
    assert_int_not_equal(table_view_choose(f.v, NULL, "members, nosuch", NULL, &err), 0);
    assert_non_null(strstr(err.text, "nosuch"));
    assert_int_equal(table_view_choose(f.v, NULL, "members,lag", NULL, &err), 0);
    table_view_update(f.v, &f.ctx);
    text = draw(&f, 40, 5);
    assert_true(strstr(text, "members") && strstr(text, "members") < strstr(text, "lag"));
    assert_null(strstr(text, "state"));
    assert_non_null(strstr(text, "payments"));
    free(text);
    teardown(&f);
}

/* What was arranged is a text, which another list is arranged by; also one whose table comes later. */
static void test_memory(void **state)
{
    (void)state;
    struct fixture f;
    struct str saved = {0}, again = {0};
    setup(&f, world_fill, &pane, NULL);
    table_view_save(f.v, true, &saved);
    assert_string_equal(str_text(&saved), "");
    assert_int_equal(table_view_choose(f.v, NULL, "members,lag", NULL, NULL), 0);
    free(draw(&f, 78, 5));
    table_view_widen(f.v, (size_t)column_at(&f, "group"), 3);
    assert_int_equal(table_view_order(f.v, NULL, "state, lag asc", NULL), 0);
    assert_int_equal(table_view_filter(f.v, &f.ctx, "lag > 100", NULL, NULL), 0);
    table_view_save(f.v, true, &saved);
    assert_non_null(strstr(str_text(&saved), "sort state asc, lag asc\n"));
    assert_non_null(strstr(str_text(&saved), "filter lag > 100\n"));
    assert_non_null(strstr(str_text(&saved), "columns group members lag\n"));
    struct table_view *other = table_view_new(&pane, NULL);
    table_view_restore(other, str_text(&saved));
    table_view_save(other, true, &again);
    assert_string_equal(str_text(&again), str_text(&saved));
    table_view_update(other, &f.ctx);
    str_clear(&again);
    table_view_save(other, true, &again);
    assert_string_equal(str_text(&again), str_text(&saved));
    assert_int_equal(table_view_count(other), 4);
    table_view_restore(other, "nonsense\ncolumns nosuch\nsort nosuch\nwidths x:y :3 lag\nfilter lag >\n\n");
    table_view_update(other, &f.ctx);
    assert_int_equal(table_view_count(other), 4);
    table_view_free(other);
    str_done(&saved);
    str_done(&again);
    teardown(&f);
}

/* Marked rows are summed up, those that a filter hides too; what is unknown makes the sum a bound. */
static void test_tags(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, "lag > 100");
    table_view_action(f.v, ACTION_ROW_DOWN);
    table_view_action(f.v, ACTION_TAG); /* payments, 84.2 k */
    assert_string_equal(selected(&f), "fraud-model");
    table_view_action(f.v, ACTION_TAG); /* 502 k */
    char *text = draw(&f, 78, 8);
    assert_non_null(strstr(text, "!*fraud-model"));
    assert_non_null(strstr(text, "*2 marked"));
    assert_non_null(strstr(text, "587 k"));
    free(text);
    table_view_action(f.v, ACTION_TAGGED);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 2);
    change(&f, "prod-eu/payments", "lag", "84300");
    assert_int_equal(table_view_count(f.v), 2);
    assert_int_equal(table_view_filter(f.v, &f.ctx, "fraud", NULL, NULL), 0);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 1);
    change(&f, "prod-eu/payments", "members", "-");
    text = draw(&f, 78, 8);
    assert_non_null(strstr(text, "2 marked"));
    assert_non_null(strstr(text, "\xe2\x89\xa5 8")); /* members: 8, and those of payments */
    free(text);
    table_view_action(f.v, ACTION_TAG_NONE);
    assert_int_equal(table_view_filter(f.v, &f.ctx, "", NULL, NULL), 0);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 4);
    text = draw(&f, 78, 8);
    assert_null(strstr(text, "marked"));
    free(text);
    teardown(&f);
}

/* The cursor goes to what is typed, and back; nothing is hidden. */
static void test_search(void **state)
{
    (void)state;
    struct fixture f;
    size_t n = 0, at = 0;
    struct error err = {0};
    setup(&f, world_fill, &pane, NULL);
    table_view_search_begin(f.v);
    assert_int_equal(table_view_search(f.v, &f.ctx, "service", &n, &at, &err), 0);
    assert_true(n > 10);
    assert_memory_equal(selected(&f), "service", 7);
    char *first = strdup(selected(&f));
    assert_int_equal(table_view_search(f.v, &f.ctx, "mail", &n, &at, &err), 0);
    assert_int_equal(n, 1);
    assert_string_equal(selected(&f), "mailer");
    assert_int_not_equal(table_view_search(f.v, &f.ctx, "lag >", &n, &at, &err), 0);
    assert_string_equal(selected(&f), "mailer");
    assert_int_equal(table_view_search(f.v, &f.ctx, "service", &n, &at, &err), 0);
    assert_string_equal(selected(&f), first);
    table_view_action(f.v, ACTION_NEXT);
    assert_string_not_equal(selected(&f), first);
    table_view_action(f.v, ACTION_PREVIOUS);
    assert_string_equal(selected(&f), first);
    assert_int_equal(table_view_search(f.v, &f.ctx, "", &n, &at, &err), 0);
    assert_string_equal(selected(&f), "audit-archive");
    assert_int_equal(table_view_count(f.v), 44);
    free(first);
    teardown(&f);
}

/* Columns go by their priority, the name and the lag last; numbers are never cut. */
static void test_fit(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, "lag > 100");
    char *text = draw(&f, 78, 5);
    assert_string_equal(
        text, "  GROUPS 4             lag    behind  state   members  note\n"
              "\xe2\x9c\x97 audit-archive     1.24 M     \xe2\x89\xa5 2 h  Empty         0  -     30.2 k messages "
              "\xe2\x80\xa6\n"
              "\xe2\x9c\x97 payments         84.2 k   1 m 10 s  Stable        3  -     84.2 k behind, p\xe2\x80\xa6\n"
              "! fraud-model     502 k     5 m 40 s  Stable        8  -     502 k behind, 5 \xe2\x80\xa6\n"
              "\xc2\xb7 search-indexer    1.21 k       2 s  Stable        2  -\n");
    free(text);
    text = draw(&f, 28, 3); /* widths are those of the rows seen */
    assert_string_equal(text, "  GROUPS 4           lag\n"
                              "\xe2\x9c\x97 audit-archive   1.24 M\n"
                              "\xe2\x9c\x97 payments       84.2 k\n");
    free(text);
    for (int w = 1; w < 60; w++)
        free(draw(&f, w, 4));
    teardown(&f);
}

static void test_scrolled_columns(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill, &pane, "lag > 100");
    free(draw(&f, 30, 3));
    table_view_action(f.v, ACTION_RIGHT);
    char *text = draw(&f, 30, 3);
    assert_null(strstr(text, "lag"));
    assert_non_null(strstr(text, "behind"));
    assert_non_null(strstr(text, "audit-archive")); /* the name stays */
    free(text);
    for (int i = 0; i < 50; i++) {
        table_view_action(f.v, ACTION_RIGHT);
        free(draw(&f, 30, 3));
    }
    for (int i = 0; i < 10; i++)
        table_view_action(f.v, ACTION_LEFT);
    text = draw(&f, 30, 3);
    assert_non_null(strstr(text, "lag"));
    free(text);
    teardown(&f);
}

/* A table that is declared nowhere in the console. */
static void test_generic(void **state)
{
    (void)state;
    static const struct column columns[] = {
        {"site", NULL, COLUMN_TEXT, UNIT_NONE, COLUMN_KEY, 0, "The site."},
        {"depth", "depth", COLUMN_REAL, UNIT_NONE, COLUMN_WORST_HIGH, 1, "How deep."},
        {"secret", NULL, COLUMN_INT, UNIT_NONE, COLUMN_HIDDEN, 1, "Not shown."},
    };
    static const struct table_def def = {
        .name = "wells", .title = "wells", .group = {.name = "w", .columns = columns, .ncolumns = 3}};
    struct view_def *d = views_generic("wells");
    struct fixture f;
    setup(&f, world_fill_calm, &d->panes[0], NULL);
    assert_null(table_view_table(f.v));
    char *text = draw(&f, 40, 3);
    assert_non_null(strstr(text, "WELLS"));
    free(text);
    struct table *t;
    assert_int_equal(store_add(f.w.store, &def, NULL, &t, NULL), 0);
    world_set(&f.w, "wells", "north", "depth", "12.25");
    world_set(&f.w, "wells", "south", "depth", "nan");
    world_set(&f.w, "wells", "a\x1b[31m\xff", "depth", "-");
    world_commit(&f.w);
    table_view_update(f.v, &f.ctx);
    text = draw(&f, 40, 4);
    assert_non_null(strstr(text, "north"));
    assert_null(strchr(text, '\x1b'));
    assert_null(strstr(text, "secret"));
    free(text);
    store_drop(f.w.store, t);
    store_commit(f.w.store);
    table_view_update(f.v, &f.ctx);
    assert_int_equal(table_view_count(f.v), 0);
    teardown(&f);
    free(d);
}

/* A thousand rows: the page is drawn around the cursor. */
static void test_scroll(void **state)
{
    (void)state;
    struct fixture f;
    static const struct view_pane plain = {.table = "groups", .sort = "group", .columns = "lag", .plain = true};
    setup(&f, world_fill_many, &plain, NULL);
    free(draw(&f, 40, 11));
    assert_true(table_view_action(f.v, ACTION_LAST));
    char *text = draw(&f, 40, 11);
    assert_non_null(strstr(text, "group-0999"));
    assert_non_null(strstr(text, "group-0990"));
    assert_null(strstr(text, "group-0989"));
    free(text);
    assert_false(table_view_action(f.v, ACTION_ROW_DOWN));
    assert_true(table_view_action(f.v, ACTION_PAGE_UP));
    assert_string_equal(selected(&f), "group-0990");
    free(draw(&f, 40, 11));
    assert_int_equal(table_view_click(f.v, 3, 1), TABLE_VIEW_SAME_ROW);
    assert_int_equal(table_view_click(f.v, 3, 2), TABLE_VIEW_ROW);
    assert_int_equal(table_view_click(f.v, 3, 1), TABLE_VIEW_ROW);
    assert_string_equal(selected(&f), "group-0990");
    assert_int_equal(table_view_click(f.v, 150, 0), TABLE_VIEW_NOTHING); /* behind the last heading */
    assert_int_equal(table_view_click(f.v, 3, 11), TABLE_VIEW_NOTHING);
    assert_int_equal(table_view_click(f.v, 3, 0), TABLE_VIEW_HEADING);
    assert_string_equal(table_view_column(f.v, (size_t)table_view_sorted(f.v))->name, "group");
    table_view_update(f.v, &f.ctx);
    bool descending = table_view_descending(f.v, 0);
    assert_int_equal(table_view_click(f.v, 3, 0), TABLE_VIEW_HEADING);
    assert_int_equal(table_view_descending(f.v, 0), !descending);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worst_first),
        cmocka_unit_test(test_cursor_follows_row),
        cmocka_unit_test(test_cursor_survives_another_store),
        cmocka_unit_test(test_filter),
        cmocka_unit_test(test_where),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_sort_then),
        cmocka_unit_test(test_sort_by_change),
        cmocka_unit_test(test_flash),
        cmocka_unit_test(test_move_and_widen),
        cmocka_unit_test(test_chosen_column),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_tags),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_scrolled_columns),
        cmocka_unit_test(test_generic),
        cmocka_unit_test(test_scroll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
