/* The world itself: marks and times, topics that come and go, groups and their commits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "demo/world.h"

#include <string.h>

/* Every offset's time leads back to that offset, whatever the marks' spacing. */
static void test_times_and_offsets_agree(void **state)
{
    (void)state;
    static const struct demo_mark marks[] = {{1000, 0},    {2000, 7},    {2500, 7},    {9000, 7},
                                             {9001, 5000}, {9900, 5001}, {50000, 5100}};
    struct demo_partition p = {0};
    int64_t at;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        demo_partition_append(&p, marks[i].time_ms, marks[i].offset);
    assert_int_equal(p.end, 5100);
    int64_t before = 0;
    for (int64_t offset = 0; offset < p.end; offset++) {
        int64_t t = demo_partition_time_of(&p, offset);
        assert_true(t >= before);
        before = t;
        int64_t first = demo_partition_offset_at(&p, t, p.end, &at);
        assert_true(first >= 0 && first <= offset);
        assert_int_equal(at, t);
        assert_true(first == 0 || demo_partition_time_of(&p, first - 1) < t);
    }
    assert_int_equal(demo_partition_time_of(&p, 6), 2000);
    assert_int_equal(demo_partition_offset_at(&p, 2001, p.end, &at), 7);
    assert_int_equal(demo_partition_offset_at(&p, 50001, p.end, &at), -1);
    assert_int_equal(at, -1);
    assert_int_equal(demo_partition_offset_at(&p, 0, p.end, NULL), 0);
    assert_int_equal(demo_partition_time_of(&p, 5100), -1);
    p.start = 100;
    assert_int_equal(demo_partition_offset_at(&p, 0, p.end, NULL), 100);
    assert_int_equal(demo_partition_offset_at(&p, 9900, 5000, NULL), -1);
    demo_partition_done(&p);
}

static void test_marks_stay_bounded(void **state)
{
    (void)state;
    struct demo_partition p = {0};
    for (int64_t i = 0; i < 100000; i++)
        demo_partition_append(&p, i * 250, i * 10);
    assert_true(p.marks.n <= DEMO_PARTITION_MARKS);
    assert_int_equal(p.marks.items[0].time_ms, 0);
    assert_int_equal(demo_partition_offset_at(&p, 250 * 50000, p.end, NULL), 10 * 50000 - 1);
    assert_int_equal(demo_partition_time_of(&p, p.end - 1), 250 * 99999);
    for (int64_t i = 100000; i < 200000; i++) /* a quiet day costs one mark */
        demo_partition_append(&p, i * 250, p.end);
    assert_true(p.marks.n <= DEMO_PARTITION_MARKS);
    assert_int_equal(demo_partition_time_of(&p, p.end - 1), 250 * 99999);
    demo_partition_done(&p);
}

static void test_topics(void **state)
{
    (void)state;
    struct demo_world *w = demo_world_new(3, "c");
    demo_world_topic_add(w, "a", 4, 2);
    demo_world_topic_add(w, "b", 1, 9);
    const struct demo_partition *p = demo_world_partition(w, "a", 3);
    assert_non_null(p);
    assert_int_equal(p->replica_n, 2);
    assert_int_equal(p->leader, p->replicas[0]);
    assert_int_equal(demo_world_partition(w, "b", 0)->replica_n, 3);
    assert_null(demo_world_partition(w, "a", 4));
    assert_null(demo_world_partition(w, "a", -1));
    assert_null(demo_world_partition(w, "c", 0));
    int32_t epoch = p->leader_epoch, leader = p->leader;
    demo_world_set_leader(w, "a", 3, -1);
    assert_int_equal(p->leader_epoch, epoch);
    demo_world_set_leader(w, "a", 3, leader);
    assert_int_equal(p->leader_epoch, epoch + 1);
    demo_world_append(w, "a", 0, 1000, 50);
    demo_world_topic_recreate(w, "a");
    assert_int_equal(demo_world_topic(w, "a")->partitions.n, 4);
    assert_int_equal(demo_world_partition(w, "a", 0)->end, 0);
    assert_int_equal(w->topics.n, 2);
    demo_world_topic_remove(w, "a");
    demo_world_topic_remove(w, "a");
    assert_int_equal(w->topics.n, 1);
    assert_null(demo_world_topic(w, "a"));
    demo_world_free(w);
    demo_world_free(NULL);
}

static void test_groups(void **state)
{
    (void)state;
    struct demo_world *w = demo_world_new(2, "c");
    struct demo_group *g = demo_world_group_add(w, "g", "consumer");
    assert_int_equal(demo_world_coordinator(w, "g", 1), g->coordinator);
    for (int i = 0; i < 3; i++)
        demo_group_member_add(g, "m", "c", "/h");
    demo_group_assign_range(g, "t", 7);
    size_t dealt = 0;
    for (int i = 0; i < 3; i++)
        dealt += g->members.items[i].assigned.items[0].partitions.n;
    assert_int_equal(dealt, 7);
    demo_group_commit(g, "t", 2, 5, 1, "x");
    demo_group_commit(g, "t", 0, 6, -1, NULL);
    assert_int_equal(demo_group_committed(g, "t", 2)->offset, 5);
    assert_null(demo_group_committed(g, "t", 1));
    demo_group_commit(g, "t", 1, 7, -1, NULL);
    assert_int_equal(demo_group_committed(g, "t", 1)->offset, 7);
    assert_int_equal(demo_group_committed(g, "t", 2)->offset, 5);
    assert_null(demo_group_committed(g, "t", 3));
    assert_null(demo_group_committed(g, "u", 0));
    demo_group_commit(g, "t", 2000000000, 1, -1, NULL);
    assert_int_equal(demo_group_committed(g, "t", 2000000000)->offset, 1);
    /* of a group nobody knows, only nodes that are there can be coordinator */
    w->nodes.items[0].gone = true;
    assert_int_equal(demo_world_coordinator(w, "unknown", 7), 2);
    assert_int_equal(demo_world_coordinator(w, "other", 5), 2);
    w->nodes.items[1].gone = true;
    assert_int_equal(demo_world_coordinator(w, "unknown", 7), 0);
    demo_world_group_remove(w, "g");
    assert_null(demo_world_group(w, "g"));
    assert_int_equal(w->groups.n, 0);
    demo_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times_and_offsets_agree),
        cmocka_unit_test(test_marks_stay_bounded),
        cmocka_unit_test(test_topics),
        cmocka_unit_test(test_groups),
    };
    return cmocka_run_group_tests_name("demo/world", tests, NULL, NULL);
}
