/* What a group and its partition can look like, case by case, and the cells that each is to have. */
#include "kafka_fixture.h"

/* Topic "t" has one partition, 0 to 100; group "g" has one member, to which it is assigned, and has committed 90. */
static struct demo_world *make_world(void)
{
    struct demo_world *w = demo_world_new(2, "cases");
    demo_world_topic_add(w, "t", 1, 2);
    int64_t now = clock_wall_ms(&clock_system);
    demo_world_append(w, "t", 0, now - 7200000, 0);
    demo_world_append(w, "t", 0, now - 3600000, 100);
    struct demo_group *g = demo_world_group_add(w, "g", "consumer");
    demo_group_set_state(g, "Stable");
    demo_group_member_add(g, "m", "client", "/10.0.0.1");
    demo_group_assign_range(g, "t", 1);
    demo_group_commit(g, "t", 0, 90, -1, NULL);
    return w;
}

enum place { GROUP, PART, MEMBER, TOPIC, PARTITION, CLUSTER };

/* A cell in words: its value, "-" for unknown, and its quality behind it unless that is exact. */
struct expected {
    enum place place;
    const char *column, *cell;
};

struct kind {
    const char *name;
    void (*before)(struct demo_world *w); /* NULL: nothing */
    int rounds;
    void (*then)(struct demo_world *w); /* NULL: that is all */
    int more_rounds;
    struct expected cells[14];
};

static struct demo_group *group(struct demo_world *w)
{
    return demo_world_group(w, "g");
}

static struct demo_partition *partition(struct demo_world *w)
{
    return demo_world_partition(w, "t", 0);
}

static void no_commit(struct demo_world *w)
{
    demo_group_commit(group(w), "t", 0, -1, -1, NULL);
}

static void ahead(struct demo_world *w)
{
    demo_group_commit(group(w), "t", 0, 130, -1, NULL);
}

static void caught_up(struct demo_world *w)
{
    demo_group_commit(group(w), "t", 0, 100, -1, NULL);
}

static void lost(struct demo_world *w)
{
    partition(w)->start = 95;
}

static void emptied(struct demo_world *w)
{
    partition(w)->start = 100;
}

static void left(struct demo_world *w)
{
    demo_group_set_state(group(w), "Empty");
    demo_group_members_clear(group(w));
}

static void dead(struct demo_world *w)
{
    demo_world_group_remove(w, "g");
    demo_group_set_state(demo_world_group_add(w, "g", "consumer"), "Dead");
}

static void kip848(struct demo_world *w)
{
    left(w);
    demo_group_set_state(group(w), "Stable");
    group(w)->kip848 = true;
}

static void simple(struct demo_world *w)
{
    demo_world_group_remove(w, "g");
    demo_group_commit(demo_world_group_add(w, "g", ""), "t", 0, 90, -1, NULL);
}

static void other_protocol(struct demo_world *w, const char *type)
{
    demo_world_group_remove(w, "g");
    struct demo_group *g = demo_world_group_add(w, "g", type);
    demo_group_set_state(g, "Stable");
    demo_group_member_set_raw(demo_group_member_add(g, "m", "worker", "/10.0.0.2"), "\xff", 1, "\x7f", 1);
}

static void connect_workers(struct demo_world *w)
{
    other_protocol(w, "connect");
}

static void schema_registry(struct demo_world *w)
{
    other_protocol(w, "sr");
}

static void share_group(struct demo_world *w)
{
    other_protocol(w, "share");
}

static void leaderless(struct demo_world *w)
{
    demo_world_set_leader(w, "t", 0, -1);
}

static void elected(struct demo_world *w)
{
    partition(w)->offsets_error = DEMO_ERROR_OFFSET_NOT_AVAILABLE;
    demo_group_commit(group(w), "t", 0, 95, -1, NULL);
}

static void topic_deleted(struct demo_world *w)
{
    demo_world_topic_remove(w, "t");
}

static void topic_recreated(struct demo_world *w)
{
    demo_world_topic_recreate(w, "t");
    demo_world_set_offsets(w, "t", 0, 0, 30, 30);
}

static void rebalancing(struct demo_world *w)
{
    demo_group_set_state(group(w), "PreparingRebalance");
    demo_group_member_unassign_all(&group(w)->members.items[0]);
}

static void offsets_denied(struct demo_world *w)
{
    group(w)->offsets_error = DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
}

static void end_denied(struct demo_world *w)
{
    partition(w)->offsets_error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED;
}

static void topic_hidden(struct demo_world *w)
{
    demo_world_topic(w, "t")->hidden = true;
}

static void static_member(struct demo_world *w)
{
    demo_group_member_set_instance(&group(w)->members.items[0], "pod-0");
}

static void compacted(struct demo_world *w)
{
    demo_world_topic(w, "t")->config.cleanup_policy = "compact";
}

static void markers(struct demo_world *w)
{
    for (int64_t offset = 90; offset < 100; offset++)
        vec_push(&partition(w)->markers, offset);
}

static void open_transaction(struct demo_world *w)
{
    partition(w)->lso = 93;
}

static const struct kind kinds[] = {
    {"plain",
     NULL,
     1,
     NULL,
     0,
     {{PART, "lag", "10"},
      {PART, "committed", "90"},
      {PART, "end", "100"},
      {PART, "margin", "90"},
      {PART, "note", "-"},
      {GROUP, "lag", "10"},
      {GROUP, "type", "consumer"},
      {GROUP, "state", "Stable"},
      {GROUP, "note", "-"},
      {PARTITION, "stable_end", "100"},
      {PARTITION, "open_messages", "0"},
      {CLUSTER, "lag", "10"}}},
    {"no commit",
     no_commit,
     1,
     NULL,
     0,
     {{PART, "lag", "-"},
      {PART, "lag_s", "-"},
      {PART, "committed", "-"},
      {PART, "margin", "-"},
      {PART, "end", "100"},
      {PART, "note", "no commit"},
      {GROUP, "lag", "-"},
      {GROUP, "no_commit", "1"},
      {MEMBER, "lag", "-"},
      {CLUSTER, "lag", "0"}}}, /* it is in no sum */
    {"ahead once", ahead, 1, NULL, 0, {{PART, "lag", "0"}, {PART, "note", "-"}, {GROUP, "note", "-"}}},
    {"ahead twice",
     ahead,
     2,
     NULL,
     0,
     {{PART, "lag", "0"},
      {PART, "lag_s", "0"},
      {PART, "committed", "130"},
      {PART, "note", "ahead of the end"},
      {GROUP, "lag", "0"},
      {GROUP, "note", "1 partition ahead of the end"}}},
    {"ahead no more", ahead, 2, caught_up, 1, {{PART, "lag", "0"}, {PART, "note", "-"}, {GROUP, "note", "-"}}},
    {"lost",
     lost,
     1,
     NULL,
     0,
     {{PART, "lag", "5"},
      {PART, "lost", "5"},
      {PART, "margin", "-5"},
      {PART, "loss_s", "0"},
      {PART, "note", "messages lost"},
      {GROUP, "lag", "5"},
      {GROUP, "lost", "5"},
      {GROUP, "margin", "-5"},
      {GROUP, "note", "messages lost"}}},
    {"empty log",
     emptied,
     1,
     NULL,
     0,
     {{PART, "lag", "0"},
      {PART, "lag_s", "0"},
      {PART, "lost", "10"},
      {PART, "note", "messages lost"},
      {GROUP, "lag", "0"},
      {GROUP, "lost", "10"},
      {PARTITION, "messages", "0"}}},
    {"Empty",
     left,
     1,
     NULL,
     0,
     {{PART, "lag", "10"},
      {PART, "member_id", "-"},
      {GROUP, "state", "Empty"},
      {GROUP, "members", "0"},
      {GROUP, "lag", "10"},
      {GROUP, "type", "consumer"}}},
    {"Dead", dead, 1, NULL, 0, {{GROUP, "state", "Dead"}, {GROUP, "lag", "-"}, {GROUP, "members", "0"}}},
    {"KIP-848",
     kip848,
     1,
     NULL,
     0,
     {{GROUP, "state", "Stable"},
      {GROUP, "type", "KIP-848"},
      {GROUP, "members", "-"},
      {GROUP, "no_commit", "-"},
      {GROUP, "note", "members unknown: KIP-848 protocol"},
      {GROUP, "lag", "10"},
      {PART, "committed", "90"},
      {PART, "lag", "10"}}},
    {"simple",
     simple,
     1,
     NULL,
     0,
     {{GROUP, "type", "simple"}, {GROUP, "members", "0"}, {GROUP, "lag", "10"}, {PART, "lag", "10"}}},
    {"connect",
     connect_workers,
     1,
     NULL,
     0,
     {{GROUP, "type", "connect"}, {GROUP, "members", "1"}, {GROUP, "lag", "-"}, {MEMBER, "partitions", "-"}}},
    {"schema registry",
     schema_registry,
     1,
     NULL,
     0,
     {{GROUP, "type", "sr"}, {GROUP, "members", "1"}, {GROUP, "lag", "-"}, {MEMBER, "assignment", "-"}}},
    {"share", share_group, 1, NULL, 0, {{GROUP, "type", "share"}, {GROUP, "lag", "-"}, {CLUSTER, "lag", "0"}}},
    {"leaderless",
     leaderless,
     1,
     NULL,
     0,
     {{PART, "lag", "-"},
      {PART, "end", "-"},
      {PART, "committed", "90"},
      {PART, "note", "no leader"},
      {PARTITION, "stable_end", "-"},
      {GROUP, "lag", "-"},
      {GROUP, "note", "1 partition without a leader"},
      {CLUSTER, "lag", "-"}}},
    {"leader elected at first sight",
     elected,
     1,
     NULL,
     0,
     {{PART, "lag", "-"}, {PART, "note", "leader just elected"}, {GROUP, "lag", "-"}, {PART, "committed", "95"}}},
    {"leader elected",
     NULL,
     1,
     elected,
     1,
     {{PART, "lag", "10 stale"},
      {PART, "end", "100 stale"},
      {PART, "committed", "95"},
      {PART, "margin", "95 stale"},
      {PART, "note", "leader just elected"},
      {GROUP, "lag", "10 stale"},
      {MEMBER, "lag", "10 stale"},
      {PARTITION, "end", "100 stale"},
      {PARTITION, "stable_end", "100 stale"},
      {CLUSTER, "lag", "10 stale"}}},
    {"topic deleted",
     NULL,
     1,
     topic_deleted,
     1,
     {{PART, "lag", "-"},
      {PART, "end", "-"},
      {PART, "committed", "90"},
      {PART, "rate_in", "-"},
      {PART, "note", "topic deleted"},
      {GROUP, "lag", "-"},
      {GROUP, "note", "1 partition of deleted topics"},
      {CLUSTER, "lag", "0"}}},
    {"topic recreated",
     NULL,
     3,
     topic_recreated,
     1,
     {{PART, "lag", "0"},
      {PART, "rate_in", "-"}, /* what was before is no part of it */
      {PART, "trend", "-"},
      {PART, "start", "0"},
      {PART, "end", "30"},
      {PART, "note", "-"},
      {PARTITION, "rate_in", "-"},
      {PARTITION, "stable_end", "30"},
      {PARTITION, "note", "end went back: recreated or truncated"}}},
    {"topic recreated, later",
     NULL,
     3,
     topic_recreated,
     2,
     {{PART, "lag", "0"}, {PART, "rate_in", "0"}, {PART, "note", "ahead of the end"}}},
    {"rebalance",
     NULL,
     1,
     rebalancing,
     1,
     {{PART, "lag", "10"},
      {PART, "member_id", "m stale"},
      {PART, "client_id", "client stale"},
      {MEMBER, "assignment", "t(0) stale"},
      {GROUP, "state", "PreparingRebalance"},
      {GROUP, "assignor", "-"},
      {GROUP, "lag", "10"},
      {GROUP, "note", "rebalance"}}},
    {"offsets denied",
     offsets_denied,
     1,
     NULL,
     0,
     {{GROUP, "lag", "-"},
      {GROUP, "note", "offsets cannot be read: no permission"},
      {CLUSTER, "lag", "-"},
      {CLUSTER, "note", "missing to read committed offsets: DESCRIBE on group g"}}},
    {"offsets denied from now on",
     NULL,
     1,
     offsets_denied,
     1,
     {{GROUP, "lag", "10 stale"}, {PART, "lag", "10 stale"}, {PART, "committed", "90 stale"}}},
    {"end denied",
     end_denied,
     1,
     NULL,
     0,
     {{PART, "lag", "-"},
      {PART, "note", "no permission"},
      {GROUP, "lag", "-"},
      {CLUSTER, "note", "missing to read offsets: DESCRIBE on topic t"}}},
    {"topic denied", /* its commits are left out, without a word */
     topic_hidden,
     1,
     NULL,
     0,
     {{GROUP, "lag", "-"},
      {PART, "lag", "-"},
      {PART, "note", "topic is not to be seen"},
      {CLUSTER, "note", "no topics: there are none, or DESCRIBE on topics is missing"}}},
    {"static member",
     static_member,
     1,
     NULL,
     0,
     {{MEMBER, "partitions", "1"}, {MEMBER, "lag", "10"}, {MEMBER, "instance_id", "-"}, {GROUP, "members", "1"}}},
    {"compacted",
     compacted,
     1,
     NULL,
     0,
     {{PART, "lag", "10 le"},
      {PART, "loss_s", "inf"},
      {GROUP, "lag", "10 le"},
      {GROUP, "loss_s", "inf"},
      {MEMBER, "lag", "10 le"},
      {TOPIC, "cleanup_policy", "compact"},
      {TOPIC, "messages", "100 le"},
      {TOPIC, "lag_max", "10 le"},
      {PARTITION, "messages", "100 le"},
      {CLUSTER, "lag", "10 le"}}},
    {"only markers",
     markers,
     1,
     NULL,
     0,
     {{PART, "lag", "0"},
      {PART, "lag_s", "0"},
      {PART, "committed", "90"},
      {PART, "end", "100"},
      {PART, "note", "caught up: only transaction markers are left"},
      {GROUP, "lag", "0"},
      {MEMBER, "lag", "0"}}},
    {"open transaction",
     open_transaction,
     1,
     NULL,
     0,
     {{PART, "lag", "10"},
      {PARTITION, "end", "100"},
      {PARTITION, "stable_end", "93"},
      {PARTITION, "open_messages", "7"}}},
};

static struct row *row_of(struct fixture *f, enum place place)
{
    switch (place) {
    case GROUP:
        return fixture_group(f, "g");
    case PART:
        return fixture_gp(f, "g", "t", 0);
    case MEMBER:
        return fixture_row(f, "group_members", 3, (const char *const[]){"east", "g", "m"}, 0);
    case TOPIC:
        return fixture_topic(f, "t");
    case PARTITION:
        return fixture_partition(f, "t", 0);
    case CLUSTER:
        return fixture_row(f, "clusters", 1, (const char *const[]){"east"}, 0);
    }
    return NULL;
}

static const char *const tables[] = {[GROUP] = "groups", [PART] = "group_partitions", [MEMBER] = "group_members",
                                     [TOPIC] = "topics", [PARTITION] = "partitions",  [CLUSTER] = "clusters"};

static void words_of(struct fixture *f, const struct expected *x, struct str *out)
{
    const struct table *t = store_find(f->store, tables[x->place]);
    int column = table_column_index(t, x->column);
    const struct row *r = row_of(f, x->place);
    if (!r || column < 0) {
        str_add(out, r ? "no such column" : "no such row");
        return;
    }
    struct value v = row_get(r, (size_t)column);
    if (v.quality == QUALITY_UNKNOWN)
        str_add(out, "-");
    else if (table_column(t, (size_t)column)->type == COLUMN_TEXT)
        str_add(out, v.s->raw);
    else if (table_column(t, (size_t)column)->type == COLUMN_REAL)
        str_printf(out, "%g", v.d);
    else
        str_printf(out, "%lld", (long long)v.i);
    if (v.quality > QUALITY_EXACT)
        str_printf(out, " %s", quality_name(v.quality));
}

static void rounds(struct fixture *f, int n)
{
    for (int i = 0; i < n; i++) {
        fixture_round(f);
        f->ahead_us += 61000000;
    }
}

static void change(struct fixture *f, void (*how)(struct demo_world *w))
{
    demo_thread_pause(f->thread);
    if (how)
        how(f->world);
    demo_thread_resume(f->thread);
}

static unsigned run(const struct kind *k)
{
    unsigned wrong = 0;
    struct str words = {0};
    struct fixture *f = fixture_new(make_world(), 20000);
    change(f, k->before);
    fixture_add(f);
    rounds(f, k->rounds);
    change(f, k->then);
    rounds(f, k->more_rounds);
    for (size_t i = 0; i < sizeof k->cells / sizeof *k->cells && k->cells[i].column; i++) {
        const struct expected *x = &k->cells[i];
        str_clear(&words);
        words_of(f, x, &words);
        if (strcmp(str_text(&words), x->cell) == 0)
            continue;
        print_error("%s: %s.%s is \"%s\", not \"%s\"\n", k->name, tables[x->place], x->column, str_text(&words),
                    x->cell);
        wrong++;
    }
    str_done(&words);
    fixture_free(f);
    return wrong;
}

static void every_case(void **state)
{
    (void)state;
    unsigned wrong = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        wrong += run(&kinds[i]);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
