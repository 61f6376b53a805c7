/* Changes since a mark: what is subtracted, what is unknown, what the screen shows. */
#include "world.h"

#include "base/str.h"
#include "ui/mark.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct row *group(struct world *w, const char *name)
{
    for (struct row *r = table_first(store_find(w->store, "groups")); r; r = row_next(r))
        if (strcmp(row_text(r, "group"), name) == 0)
            return r;
    fail_msg("no group %s", name);
    return NULL;
}

static struct value change_of(struct world *w, struct mark *m, const char *name, const char *column)
{
    const struct table *t = store_find(w->store, "groups");
    return mark_change(m, t, group(w, name), (size_t)table_column_index(t, column));
}

static void test_differences(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_set(&w, "groups", "prod-eu/payments", "lag", "100");
    world_set(&w, "groups", "prod-eu/payments", "lag_s", "10.5");
    world_set(&w, "groups", "prod-eu/payments", "eta_s", "30");
    world_set(&w, "groups", "prod-eu/mailer", "lag", "-");
    world_set(&w, "groups", "prod-eu/bound", "lag", ">=50");
    world_commit(&w);
    struct mark *m = mark_new(w.store, w.now_ms);
    world_set(&w, "groups", "prod-eu/payments", "lag", "70");
    world_set(&w, "groups", "prod-eu/payments", "lag_s", "12");
    world_set(&w, "groups", "prod-eu/mailer", "lag", "5");
    world_set(&w, "groups", "prod-eu/bound", "lag", "90");
    world_set(&w, "groups", "prod-eu/late", "lag", "40");
    world_set(&w, "groups", "prod-eu/payments", "eta_s", "inf");
    world_commit(&w);
    assert_int_equal(change_of(&w, m, "payments", "lag").i, -30);
    assert_int_equal(change_of(&w, m, "payments", "lag").quality, QUALITY_EXACT);
    assert_float_equal(change_of(&w, m, "payments", "lag_s").d, 1.5, 1e-9);
    assert_int_equal(change_of(&w, m, "payments", "eta_s").quality, QUALITY_UNKNOWN); /* no number less than never */
    assert_int_equal(change_of(&w, m, "mailer", "lag").quality, QUALITY_UNKNOWN);     /* was not known then */
    assert_int_equal(change_of(&w, m, "bound", "lag").quality, QUALITY_UNKNOWN);      /* from a bound nothing follows */
    /* a row that comes later counts from when it is first looked at */
    assert_int_equal(change_of(&w, m, "late", "lag").i, 0);
    world_set(&w, "groups", "prod-eu/late", "lag", "47");
    world_commit(&w);
    assert_int_equal(change_of(&w, m, "late", "lag").i, 7);
    mark_free(m);
    world_done(&w);
}

static void test_what_does_not_count(void **state)
{
    (void)state;
    assert_false(mark_counts(&(struct column){.name = "group", .type = COLUMN_TEXT}));
    assert_false(mark_counts(&(struct column){.name = "moved", .type = COLUMN_TIME}));
    assert_false(mark_counts(&(struct column){.name = "leader", .type = COLUMN_INT, .unit = UNIT_ID}));
    assert_false(mark_counts(&(struct column){.name = "n", .type = COLUMN_INT, .flags = COLUMN_KEY}));
    assert_true(mark_counts(&(struct column){.name = "lag", .type = COLUMN_INT, .unit = UNIT_MESSAGES}));
}

static void test_keys_and_screen(void **state)
{
    (void)state;
    struct world w;
    world_init(&w);
    world_set(&w, "groups", "prod-eu/payments", "lag", "84200");
    world_set(&w, "groups", "prod-eu/mailer", "lag", "10");
    world_commit(&w);
    world_start(&w, NULL);
    world_keys(&w, "2 m");
    world_set(&w, "groups", "prod-eu/payments", "lag", "84000");
    world_set(&w, "groups", "prod-eu/mailer", "lag", "14");
    world_commit(&w);
    char *s = world_screen(&w, 120, 20, false);
    assert_non_null(strstr(s, "\xce\x94 since 14:22:07"));
    assert_non_null(strstr(s, "\xce\x94 lag"));
    assert_non_null(strstr(s, "-200"));
    assert_non_null(strstr(s, "+4"));
    free(s);
    world_keys(&w, "m");
    s = world_screen(&w, 120, 20, false);
    assert_null(strstr(s, "\xce\x94"));
    assert_non_null(strstr(s, "84.0 k"));
    free(s);
    world_keys(&w, "m"); /* the same mark again */
    s = world_screen(&w, 120, 20, false);
    assert_non_null(strstr(s, "-200"));
    free(s);
    world_keys(&w, "M"); /* a new one: nothing has changed since */
    s = world_screen(&w, 120, 20, false);
    assert_null(strstr(s, "-200"));
    free(s);
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_differences),
        cmocka_unit_test(test_what_does_not_count),
        cmocka_unit_test(test_keys_and_screen),
    };
    return cmocka_run_group_tests_name("ui/mark", tests, NULL, NULL);
}
