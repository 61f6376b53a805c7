/* Consumer groups of sinks: ids that do not match, connectors that share one, leftovers, markers. */
#include "tests/unit/findings/sink_facts.h"
#include "tests/unit/findings/table_facts.h"
#include "tests/unit/unit.h"

#include "kafka/tables.h"

enum { HOUR_MS = 3600000 };

static const struct findings_look_said *saw(struct sink_facts *f, const char *id)
{
    const struct findings_look_said *said = sink_facts_saw(f, id);
    table_facts_bound(&f->look);
    return said;
}

static void set(struct sink_facts *f, const char *key, const char *value)
{
    size_t n = 0;
    while (f->settings[n].key)
        n++;
    f->settings[n].key = key;
    f->settings[n].value = value;
}

static void all_is_well(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

/* ---- IT-C30 ---- */

static void stray(struct sink_facts *f, const char *client)
{
    vec_push(&f->sink.strays,
             ((struct findings_stray){.group = "analytics", .member = {.client = client, .partitions = 1}}));
}

static void tasks_are_in_another_group(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    f.sink.data.members.n = 0;
    f.sink.ncycles = 0;
    stray(&f, "connector-consumer-orders-sink-0");
    stray(&f, "connector-consumer-orders-sink-1");
    sink_facts_expect(
        &f, "IT-C30",
        "orders-sink looks for its leader in the group connect-orders-sink, which has no members: its 2 members "
        "are in analytics",
        "group_members: cluster = \"prod\" and group = \"analytics\"");
    const struct findings_look_said *said = saw(&f, "IT-C30");
    assert_string_equal(said->subject, "connector orders-sink");
    assert_int_equal(said->severity, FINDINGS_CRITICAL);
    assert_non_null(said->cause);
    assert_null(said->missing);
    assert_true(said->hold_ms >= 60000);
    vec_done(&f.sink.strays);
    sink_facts_done(&f);
}

static void settings_name_another_group(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    f.sink.data.members.n = 0;
    f.sink.ncycles = 0;
    set(&f, "consumer.override.group.id", "analytics");
    sink_facts_expect(
        &f, "IT-C30",
        "orders-sink is set to look for its leader in the group connect-orders-sink, and its tasks to join "
        "analytics",
        "groups: cluster = \"prod\" and group = \"analytics\"");
    assert_non_null(saw(&f, "IT-C30")->missing);
    sink_facts_done(&f);
    sink_facts_open(&f); /* the other way round */
    f.sink.group = f.sink.data.group = "analytics";
    f.sink.data.members.n = 0;
    f.sink.ncycles = 0;
    set(&f, "iceberg.connect.group-id", "analytics");
    sink_facts_expect(&f, "IT-C30",
                      "orders-sink is set to look for its leader in the group analytics, and its tasks to join "
                      "connect-orders-sink",
                      "groups: cluster = \"prod\" and group = \"connect-orders-sink\"");
    sink_facts_done(&f);
}

static void groups_match(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    set(&f, "consumer.override.group.id", "analytics"); /* both are set, to the same */
    set(&f, "iceberg.connect.group-id", "analytics");
    f.sink.group = f.sink.data.group = "analytics";
    f.sink.data.members.n = 0;
    f.sink.ncycles = 0;
    assert_null(saw(&f, "IT-C30"));
    sink_facts_done(&f);
    sink_facts_open(&f); /* a member of before has not left yet */
    stray(&f, "connector-consumer-orders-sink-0");
    sink_facts_silent(&f, NULL);
    f.sink.data.members.n = 0; /* a rebalance, between two cycles */
    assert_null(saw(&f, "IT-C30"));
    vec_done(&f.sink.strays);
    sink_facts_done(&f);
    sink_facts_open(&f); /* stopped by its user */
    f.sink.data.members.n = 0;
    f.sink.ncycles = 0;
    assert_null(saw(&f, "IT-C30"));
    set(&f, "consumer.override.group.id", "analytics");
    f.sink.state = "STOPPED";
    assert_null(saw(&f, "IT-C30"));
    sink_facts_done(&f);
}

/* ---- IT-C31 ---- */

static void member(struct sink_facts *f, const char *client, const char *host)
{
    vec_push(&f->sink.data.members, ((struct findings_member){.client = client, .host = host, .partitions = 1}));
}

static void two_connectors_share_a_group(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    member(&f, "connector-consumer-refunds-sink-0", "/10.0.0.2");
    sink_facts_expect(&f, "IT-C31",
                      "the members of the group connect-orders-sink are tasks of 2 connectors: orders-sink, "
                      "refunds-sink",
                      "group_members: cluster = \"prod\" and group = \"connect-orders-sink\"");
    const struct findings_look_said *said = saw(&f, "IT-C31");
    assert_string_equal(said->subject, "group connect-orders-sink");
    assert_int_equal(said->hold_ms, 90000);
    sink_facts_done(&f);
}

static void a_connector_runs_twice(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    member(&f, "connector-consumer-orders-sink-1", "/10.0.0.2");
    sink_facts_expect(&f, "IT-C31",
                      "the group connect-orders-sink has two members that are called "
                      "connector-consumer-orders-sink-1, on /10.0.0.1 and /10.0.0.2",
                      "group_members: cluster = \"prod\" and group = \"connect-orders-sink\"");
    sink_facts_done(&f);
}

static void members_of_other_names_are_not_judged(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    member(&f, "my-client", "/10.0.0.2");
    member(&f, "my-client-2", "/10.0.0.2");
    member(&f, NULL, NULL);
    sink_facts_silent(&f, "IT-C05 IT-C06");
    sink_facts_done(&f);
}

/* ---- IT-C32 ---- */

static struct row *group_row(struct sink_facts *f, const char *group, const char *state, int64_t partitions)
{
    struct table *t = store_find(f->store, "groups");
    struct value key[] = {{.s = sink_facts_name(f, "prod"), .quality = QUALITY_EXACT},
                          {.s = sink_facts_name(f, group), .quality = QUALITY_EXACT}};
    struct row *r = table_upsert(t, key, store_owner(f->store, "test"));
    table_set_text(t, r, GROUPS_STATE, state);
    table_set_int(t, r, GROUPS_PARTITIONS, partitions, QUALITY_EXACT);
    return r;
}

static void tabular_left_a_group(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    group_row(&f, "cg-control-orders-sink", "Empty", 2);
    sink_facts_expect(&f, "IT-C32",
                      "the group cg-control-orders-sink has offsets and no members, as Tabular's sink left it, beside "
                      "the sink orders-sink",
                      "groups: cluster = \"prod\" and group = \"cg-control-orders-sink\"");
    const struct findings_look_said *said = saw(&f, "IT-C32");
    assert_string_equal(said->subject, "group cg-control-orders-sink");
    assert_int_equal(said->severity, FINDINGS_INFO);
    sink_facts_done(&f);
}

static void groups_that_are_no_leftovers(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    struct table *t = store_find(f.store, "groups");
    group_row(&f, "cg-control-0b1c6f3e-66d1-4c62-9f5b-1f4a2a1be001", "Empty", 1); /* of a task of before */
    group_row(&f, "cg-control-orders-sink-coord", "Empty", 1);
    group_row(&f, "cg-control-none", "Empty", 0);
    group_row(&f, "cg-control-live", "Stable", 2);
    group_row(&f, "payments", "Empty", 2);
    struct row *r = group_row(&f, "cg-control-working", "Empty", 2);
    table_set_int(t, r, GROUPS_MOVED, SINK_FACTS_NOW - 60000, QUALITY_EXACT);
    sink_facts_silent(&f, NULL);
    table_set_int(t, r, GROUPS_MOVED, SINK_FACTS_NOW - 2 * HOUR_MS, QUALITY_EXACT);
    assert_non_null(saw(&f, "IT-C32"));
    f.sink.group = "cg-control-working"; /* Tabular's sink is at work */
    assert_null(saw(&f, "IT-C32"));
    sink_facts_done(&f);
}

/* ---- IT-C33 ---- */

static void note(struct sink_facts *f, const char *text)
{
    table_set_text(store_find(f->store, "groups"), group_row(f, "connect-orders-sink", "Stable", 2), GROUPS_NOTE, text);
}

static void lag_is_markers(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    note(&f, "rebalance, only transaction markers left on 2 partitions");
    sink_facts_expect(
        &f, "IT-C33",
        "the group connect-orders-sink has read all there is on 2 partitions: what other tools call its "
        "lag there are markers of transactions",
        "group_partitions: cluster = \"prod\" and group = \"connect-orders-sink\" and note ~ \"markers\"");
    assert_int_equal(saw(&f, "IT-C33")->severity, FINDINGS_INFO);
    note(&f, "rebalance");
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

/* The coordinator's group always has a lag, of markers above all. */
static void the_coordinator_always_has_a_lag(void **state)
{
    (void)state;
    struct sink_facts f;
    sink_facts_open(&f);
    struct row *r = group_row(&f, "connect-orders-sink-coord", "Stable", 1);
    table_set_text(store_find(f.store, "groups"), r, GROUPS_NOTE, "only transaction markers left on 1 partition");
    sink_facts_silent(&f, NULL);
    sink_facts_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_well),
        cmocka_unit_test(tasks_are_in_another_group),
        cmocka_unit_test(settings_name_another_group),
        cmocka_unit_test(groups_match),
        cmocka_unit_test(two_connectors_share_a_group),
        cmocka_unit_test(a_connector_runs_twice),
        cmocka_unit_test(members_of_other_names_are_not_judged),
        cmocka_unit_test(tabular_left_a_group),
        cmocka_unit_test(groups_that_are_no_leftovers),
        cmocka_unit_test(lag_is_markers),
        cmocka_unit_test(the_coordinator_always_has_a_lag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
