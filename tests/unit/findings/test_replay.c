/* Recorded runs of real sinks, from rows and records to queryable lag and findings. */
#include "tests/unit/unit.h"

#include "tests/unit/derive/rows.h"
#include "tests/unit/findings/replay.h"

static int64_t lag_of(const struct replay *r)
{
    const struct row *row = rows_row(replay_store(r), "connectors", "default orders-sink", NULL);
    const struct value v = row_cell(row, "queryable_lag");
    return v.quality == QUALITY_EXACT ? v.i : -1;
}

/* The connector's queryable lag is exactly this, at once or as soon as what was read meanwhile has been put together. */
static void expect_lag(struct replay *r, int64_t lag)
{
    enum { STEP_MS = 50, STEPS = 10 };
    for (int i = 0; i < STEPS && lag_of(r) != lag; i++)
        replay_for(r, STEP_MS);
    assert_int_equal(lag_of(r), lag);
}

/* From beginning to end, what is found is this and no more. */
static void expect_found(const char *run, const char *found)
{
    struct replay *r = replay_open(run);
    assert_true(replay_to(r, NULL, 0));
    if (strcmp(replay_found(r), found) != 0)
        fail_msg("%s: %s, not %s", run, replay_found(r), found);
    replay_close(r);
}

/* Nothing is wrong in three minutes, a partition that is added included; whenever the source is quiet and all is committed, nothing
 * is behind. */
static void healthy(void **state)
{
    struct replay *r = replay_open("healthy-1.11.0");
    int quiet = 0;
    (void)state;
    for (; replay_to(r, "quiet", 0); quiet++) {
        assert_int_equal(replay_mark(r, "sent"), replay_mark(r, "rows"));
        expect_lag(r, 0);
    }
    assert_int_equal(quiet, 8);
    assert_string_equal(replay_found(r), "");
    replay_close(r);
}

/* The catalog is locked for writing: rows do not arrive though all is RUNNING, exactly as many as the table lacks; then they do. */
static void locked(void **state)
{
    struct replay *r = replay_open("locked-1.11.0");
    (void)state;
    assert_true(replay_to(r, "locked", 0));
    assert_string_equal(replay_found(r), "");
    assert_true(replay_to(r, "quiet", 0));
    expect_lag(r, replay_mark(r, "sent") - replay_mark(r, "rows"));
    replay_expect(r, "IT-C01", true);
    replay_expect(r, "IT-C13", true);
    assert_true(replay_to(r, "end", 0));
    expect_lag(r, 0);
    replay_to(r, NULL, 5000);
    assert_string_equal(replay_found(r), "IT-C13 IT-C01 -IT-C01 -IT-C13");
    replay_close(r);
}

/* A partition idles, and its task wakes too seldom; once one task has both, all is committed. */
static void idle(void **state)
{
    struct replay *r = replay_open("idle-1.11.0");
    (void)state;
    assert_true(replay_to(r, "found", 0));
    replay_expect(r, "IT-C04", true);
    assert_true(replay_to(r, "quiet", 0));
    expect_lag(r, replay_mark(r, "sent") - replay_mark(r, "rows"));
    replay_close(r);
}

/* Not even reading the catalog succeeds: tasks fail, and say why. */
static void unreadable(void **state)
{
    struct replay *r = replay_open("unreadable-1.11.0");
    (void)state;
    assert_true(replay_to(r, "quiet", 0));
    replay_expect(r, "IT-C02", true);
    assert_true(replay_to(r, NULL, 0));
    replay_expect(r, "IT-C02", false);
    replay_close(r);
}

/* The table is removed and made again under the sink: all that is not in the new one is counted as lost. */
static void removed(void **state)
{
    struct replay *r = replay_open("removed-1.11.0");
    (void)state;
    assert_true(replay_to(r, "removed", 0));
    assert_string_equal(replay_found(r), "");
    assert_true(replay_to(r, "quiet", 0));
    replay_expect(r, "IT-L02", true);
    const struct row *row = rows_row(replay_store(r), "connectors", "default orders-sink", NULL);
    assert_int_equal(row_cell(row, "lost_rows").i, replay_mark(r, "sent") - replay_mark(r, "rows"));
    replay_close(r);
}

/* Rebalances, two connectors on one control topic, connectors that are put and restarted: what heals by itself is no alarm. */
static void what_heals(void **state)
{
    (void)state;
    expect_found("killed-leader-1.11.0", "");
    expect_found("killed-other-1.9.2", "IT-C05 IT-C20 -IT-C05 -IT-C20"); /* both are worth knowing, no more */
    expect_found("shared-1.11.0", "");
    expect_found("restarted-1.10.1", "IT-C02 -IT-C02");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(healthy),    cmocka_unit_test(locked),  cmocka_unit_test(idle),
        cmocka_unit_test(unreadable), cmocka_unit_test(removed), cmocka_unit_test(what_heals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
