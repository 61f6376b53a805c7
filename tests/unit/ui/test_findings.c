/* Findings on screen: first of all, said once, and the way from the sentence to what proves it. */
#include "world.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* From the first line to the task and the log line in three keys, and back. */
static void test_three_keys(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_sinks);
    assert_true(world_shows(&w, "\xe2\x9c\x97 orders-sink    1.24 M rows not queryable for 6 h 12 m, lag is 0,"));
    world_keys(&w, "Enter");
    assert_true(world_shows(&w, "overview \xe2\x80\xba connector orders-sink  IT-C01"));
    assert_true(world_shows(&w, "EVIDENCE 2"));
    assert_true(world_shows(&w, "Rows are read from Kafka and written to files"));
    world_keys(&w, "Enter");
    assert_true(world_shows(&w, "COMMIT CYCLES 1"));
    assert_true(world_shows(&w, "connector = \"orders-sink\""));
    world_keys(&w, "Enter");
    assert_true(world_shows(&w, "WARN   Coordinator orders-sink-0")); /* the log line, */
    assert_true(world_shows(&w, "failed, SQLITE_BUSY: the database file is locked"));
    assert_true(world_shows(&w, "orders 0, task 0")); /* and the tasks */
    assert_true(world_shows(&w, "kc-1:8083"));
    world_keys(&w, "Esc Esc"); /* the list without its filter: what else there is */
    assert_true(world_shows(&w, "COMMIT CYCLES 4"));
    world_keys(&w, "Esc");
    assert_true(world_shows(&w, "EVIDENCE 2"));
    world_keys(&w, "j Enter"); /* the second piece: a line of the log */
    assert_true(world_shows(&w, "LOG 1"));
    assert_true(world_shows(&w, "Coordinator orders-sink-0 failed to commit for commit")); /* in full */
    assert_true(world_shows(&w, "cause  SQLITE_BUSY: the database file is locked"));
    world_keys(&w, "Enter");
    assert_true(world_shows(&w, "log lines 3"));
    world_done(&w);
}

/* A list that was made to prove something leaves nothing behind. */
static void test_lists_aside(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_sinks);
    world_keys(&w, "Enter Enter");
    assert_true(world_shows(&w, "1 of 4: connector = \"orders-sink\""));
    world_keys(&w, ": c o m m i t s Enter");
    assert_true(world_shows(&w, "COMMIT CYCLES 4"));
    assert_false(world_shows(&w, "1 of 4"));
    world_keys(&w, "1 5");
    assert_true(world_shows(&w, "CONNECTORS 4"));
    world_done(&w);
}

/* What a finding says its connector and the connector's groups do not say as well. */
static void test_once(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_sinks);
    assert_true(world_shows(&w, "5 wrong  3 warnings"));
    assert_false(world_shows(&w, "connect-orders-sink-coord  "));
    world_set(&w, "connectors", "prod-eu/clicks-sink", "tasks_failed", "1");
    world_commit(&w); /* the finding about it is a mere warning */
    world_pass(&w, 1000);
    assert_true(world_shows(&w, "6 wrong  3 warnings"));
    world_set(&w, "findings", "IT-C04/prod-eu/connector clicks-sink", "severity", "critical");
    world_commit(&w);
    world_pass(&w, 1000);
    assert_true(world_shows(&w, "6 wrong  2 warnings"));
    world_remove(&w, "findings", "IT-C01/prod-eu/connector orders-sink");
    world_remove(&w, "findings", "IT-C05/prod-eu/connector orders-sink");
    world_commit(&w);
    world_pass(&w, 1000);
    assert_true(world_shows(&w, "5 wrong  2 warnings")); /* its coordinator group, which is stuck */
    world_keys(&w, "5");
    assert_true(world_shows(&w, "\xe2\x9c\x97 orders-sink")); /* a list has more rules than problems have */
    world_done(&w);
}

/* Another Connect cluster's connector of that name is another connector, where the finding says of which it is. */
static void test_whose(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_sinks);
    world_set(&w, "connectors", "west/clicks-sink", "state", "FAILED");
    world_set(&w, "connectors", "west/clicks-sink", "iceberg", "1");
    world_set(&w, "findings", "IT-C04/prod-eu/connector clicks-sink", "severity", "critical");
    world_commit(&w);
    world_pass(&w, 1000);
    assert_true(world_shows(&w, "7 wrong  2 warnings"));
    world_set(&w, "findings", "IT-C04/prod-eu/connector clicks-sink", "connect", "-"); /* of which is not known */
    world_commit(&w);
    world_pass(&w, 1000);
    assert_true(world_shows(&w, "6 wrong  2 warnings"));
    world_done(&w);
}

/* Whoever ends icetop in a list of evidence begins with the finding again, and no list keeps that filter. */
static void test_state(void **state)
{
    (void)state;
    struct world w;
    struct str s = {0};
    world_begin(&w, world_fill_sinks);
    world_keys(&w, "Enter Enter");
    app_state_save(w.app, &s);
    assert_non_null(strstr(str_text(&s), "\"view\":\"finding\""));
    assert_null(strstr(str_text(&s), "outcome"));
    str_done(&s);
    world_done(&w);
}

static void test_explain(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_sinks);
    world_keys(&w, "5 / c l i c k s Enter e");
    assert_true(world_shows(&w, "connectors \xe2\x80\xba connector clicks-sink  IT-C04"));
    assert_true(world_shows(&w, "Lower offset.flush.interval.ms"));
    world_keys(&w, "Esc Esc / o r d e r s Enter e"); /* two name it */
    assert_true(world_shows(&w, "FINDINGS 2"));
    world_keys(&w, "Enter");
    assert_true(world_shows(&w, "IT-C01"));
    world_keys(&w, "5 Esc / u s e r s Enter e");
    assert_true(world_shows(&w, "no finding names this row"));
    world_keys(&w, "Esc / c l i c k s Enter Enter Enter e"); /* an answer names no connector: its cycle does */
    assert_true(world_shows(&w, "connector clicks-sink  IT-C04"));
    world_keys(&w, "6 / c l i c k s Enter e"); /* worth knowing */
    assert_true(world_shows(&w, "table db.clicks  IT-T07"));
    world_keys(&w, "2 / c o o r d Enter i e");
    assert_true(world_shows(&w, "IT-C05") || world_shows(&w, "FINDINGS 2"));
    world_done(&w);
}

/* What is called by its dataset, too: from its row, and from a bin of its page. */
static void test_explain_drift(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_drift);
    world_set(&w, "findings", "IT-D02/prod-eu/feature churn-v3 > age", "title", "values became 0");
    world_set(&w, "findings", "IT-D10/prod-eu/cohort churn-v3 > region = apac", "title", "hardly a row");
    world_commit(&w);
    world_pass(&w, 1000);
    world_keys(&w, ": f e a t u r e s Enter / a g e Enter e");
    assert_true(world_shows(&w, "feature churn-v3 > age  IT-D02"));
    world_keys(&w, "Esc Enter e");
    assert_true(world_shows(&w, "feature churn-v3 > age  IT-D02"));
    world_keys(&w, ": c o h o r t s Enter / a p a c Enter e");
    assert_true(world_shows(&w, "cohort churn-v3 > region = apac  IT-D10"));
    world_done(&w);
}

/* A finding that cannot be judged now is drawn as what is old is. */
static void test_unsure(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_sinks);
    world_set(&w, "findings", "IT-C01/prod-eu/connector orders-sink", "seen", "300");
    world_commit(&w);
    world_pass(&w, 1000);
    struct cells c;
    cells_init(&c, 200, 50, false);
    app_draw(w.app, &c);
    for (int x = 0; x < 60; x++)
        assert_true(cells_at(&c, x, 1)->role == ROLE_DIM || cells_at(&c, x, 1)->code[0] == ' ');
    cells_done(&c);
    world_keys(&w, "Enter");
    assert_true(world_shows(&w, "6 h 12 m ago, in prod-eu, last seen 5 m"));
    world_done(&w);
}

static void test_nothing_wrong(void **state)
{
    (void)state;
    struct world w;
    world_begin(&w, world_fill_calm);
    world_keys(&w, "F");
    assert_true(world_shows(&w, "no findings"));
    world_keys(&w, "Enter e Esc");
    assert_true(world_shows(&w, "all 41 groups caught up"));
    world_done(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_three_keys), cmocka_unit_test(test_lists_aside),   cmocka_unit_test(test_once),
        cmocka_unit_test(test_explain),    cmocka_unit_test(test_explain_drift), cmocka_unit_test(test_whose),
        cmocka_unit_test(test_state),      cmocka_unit_test(test_unsure),        cmocka_unit_test(test_nothing_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
