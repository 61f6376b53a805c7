/* librdkafka against the scripted cluster: every answer is the world's. */
#include "demo_fixture.h"

static void test_metadata(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    const rd_kafka_metadata_t *md = fixture_metadata(rk);
    assert_int_equal(md->broker_cnt, 3);
    assert_int_equal(md->topic_cnt, 3);
    const rd_kafka_metadata_topic_t *t = fixture_topic(md, "orders");
    assert_non_null(t);
    assert_int_equal(t->partition_cnt, 6);
    for (int i = 0; i < 6; i++) {
        const struct demo_partition *p = demo_world_partition(f->world, "orders", i);
        assert_int_equal(t->partitions[i].leader, p->leader);
        assert_int_equal(t->partitions[i].replica_cnt, 3);
        assert_int_equal(t->partitions[i].isr_cnt, 3);
        assert_int_equal(t->partitions[i].replicas[1], p->replicas[1]);
    }
    rd_kafka_metadata_destroy(md);
    char *cluster = rd_kafka_clusterid(rk, DEADLINE_MS);
    assert_string_equal(cluster, "demo-cluster");
    rd_kafka_mem_free(rk, cluster);
    assert_int_equal(rd_kafka_controllerid(rk, DEADLINE_MS), 1);
    rd_kafka_destroy(rk);
}

static void test_metadata_follows_the_world(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    demo_thread_pause(f->thread);
    demo_world_set_leader(f->world, "orders", 2, -1);
    demo_world_set_in_sync(f->world, "orders", 3, 1, false);
    demo_world_topic(f->world, "secret")->hidden = true;
    demo_world_topic_add(f->world, "new", 2, 1);
    demo_thread_resume(f->thread);
    const rd_kafka_metadata_t *md = fixture_metadata(rk);
    const rd_kafka_metadata_topic_t *t = fixture_topic(md, "orders");
    assert_int_equal(t->partitions[2].leader, -1);
    assert_int_equal(t->partitions[2].err, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
    assert_int_equal(t->partitions[3].isr_cnt, 2);
    assert_null(fixture_topic(md, "secret"));
    assert_int_equal(fixture_topic(md, "new")->partition_cnt, 2);
    rd_kafka_metadata_destroy(md);
    demo_thread_pause(f->thread);
    demo_world_topic_remove(f->world, "new");
    demo_world_topic_recreate(f->world, "orders");
    demo_thread_resume(f->thread);
    md = fixture_metadata(rk);
    assert_null(fixture_topic(md, "new"));
    assert_int_not_equal(fixture_topic(md, "orders")->partitions[2].leader, -1);
    rd_kafka_metadata_destroy(md);
    assert_int_equal(demo_world_partition(f->world, "orders", 2)->end, 0);
    rd_kafka_destroy(rk);
}

/* Topics by name, where there is an error to be told instead of a topic to be left out. */
static void test_metadata_of_named_topics(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    static const struct {
        const char *name;
        rd_kafka_resp_err_t err;
        int partitions;
    } cases[] = {{"ledger", 0, 1},
                 {"absent", RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, 0},
                 {"secret", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, 0}};
    demo_thread_pause(f->thread);
    demo_world_topic(f->world, "secret")->hidden = true;
    demo_thread_resume(f->thread);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const rd_kafka_metadata_t *md;
        rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, cases[i].name, NULL);
        assert_int_equal(rd_kafka_metadata(rk, 0, topic, &md, DEADLINE_MS), 0);
        assert_int_equal(md->topic_cnt, 1);
        assert_int_equal(md->topics[0].err, cases[i].err);
        assert_int_equal(md->topics[0].partition_cnt, cases[i].partitions);
        rd_kafka_metadata_destroy(md);
        rd_kafka_topic_destroy(topic);
    }
    rd_kafka_destroy(rk);
}

static const struct rd_kafka_group_info *find_group(const struct rd_kafka_group_list *list, const char *name)
{
    for (int i = 0; i < list->group_cnt; i++)
        if (strcmp(list->groups[i].group, name) == 0)
            return &list->groups[i];
    return NULL;
}

static void test_list_groups(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    const struct rd_kafka_group_list *list;
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    assert_int_equal(rd_kafka_list_groups(rk, NULL, &list, DEADLINE_MS), 0);
    assert_int_equal(list->group_cnt, 4);
    const struct rd_kafka_group_info *g = find_group(list, "mailer");
    assert_int_equal(g->broker.id, 2);
    assert_int_equal(g->err, 0);
    assert_string_equal(g->state, "Stable");
    assert_string_equal(g->protocol_type, "consumer");
    assert_string_equal(g->protocol, "range");
    assert_int_equal(g->member_cnt, 2);
    assert_string_equal(g->members[1].member_id, "mailer-2-bb");
    assert_string_equal(g->members[1].client_id, "mailer-2");
    assert_string_equal(g->members[1].client_host, "/10.0.3.18");
    /* version 0, one topic "orders", three partitions 3 4 5, user data null */
    static const uint8_t assigned[] = {0, 0, 0, 0, 0, 1, 0, 6, 'o', 'r', 'd', 'e', 'r', 's', 0,   0,   0,
                                       3, 0, 0, 0, 3, 0, 0, 0, 4,   0,   0,   0,   5,   255, 255, 255, 255};
    assert_int_equal(g->members[1].member_assignment_size, sizeof assigned);
    assert_memory_equal(g->members[1].member_assignment, assigned, sizeof assigned);
    g = find_group(list, "loader");
    assert_string_equal(g->state, "Empty");
    assert_string_equal(g->protocol_type, "");
    assert_int_equal(g->member_cnt, 0);
    assert_string_equal(find_group(list, "next")->state, "Dead");
    g = find_group(list, "workers");
    assert_string_equal(g->protocol_type, "connect");
    assert_int_equal(g->members[0].member_assignment_size, 3);
    assert_memory_equal(g->members[0].member_assignment, "\0\1a", 3);
    rd_kafka_group_list_destroy(list);
    rd_kafka_destroy(rk);
}

static void test_list_groups_while_rebalancing_or_hidden(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    const struct rd_kafka_group_list *list;
    demo_thread_pause(f->thread);
    demo_group_set_state(demo_world_group(f->world, "mailer"), "PreparingRebalance");
    demo_world_group(f->world, "loader")->hidden = true;
    demo_world_group(f->world, "workers")->describe_error = DEMO_ERROR_GROUP_AUTHORIZATION_FAILED;
    demo_world_group_remove(f->world, "next");
    demo_thread_resume(f->thread);
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    assert_int_equal(rd_kafka_list_groups(rk, NULL, &list, DEADLINE_MS), 0);
    assert_int_equal(list->group_cnt, 2);
    const struct rd_kafka_group_info *g = find_group(list, "mailer");
    assert_string_equal(g->state, "PreparingRebalance");
    assert_string_equal(g->protocol, "");
    assert_int_equal(g->member_cnt, 2);
    assert_int_equal(g->members[0].member_assignment_size, 0);
    assert_int_equal(find_group(list, "workers")->err, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED);
    rd_kafka_group_list_destroy(list);
    rd_kafka_destroy(rk);
}

/* ListGroups 4 is flexible, and this library sends a byte too many with it. */
static void test_list_consumer_groups(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
    size_t n, errors;
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    rd_kafka_ListConsumerGroups(rk, NULL, q);
    rd_kafka_event_t *event = rd_kafka_queue_poll(q, DEADLINE_MS);
    assert_non_null(event);
    const rd_kafka_ListConsumerGroups_result_t *result = rd_kafka_event_ListConsumerGroups_result(event);
    assert_non_null(result);
    const rd_kafka_ConsumerGroupListing_t **groups = rd_kafka_ListConsumerGroups_result_valid(result, &n);
    rd_kafka_ListConsumerGroups_result_errors(result, &errors);
    assert_int_equal(errors, 0);
    assert_int_equal(n, 3); /* "connect" is left out by the library */
    int seen = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = rd_kafka_ConsumerGroupListing_group_id(groups[i]);
        rd_kafka_consumer_group_state_t s = rd_kafka_ConsumerGroupListing_state(groups[i]);
        bool simple = rd_kafka_ConsumerGroupListing_is_simple_consumer_group(groups[i]);
        assert_int_equal(simple, strcmp(name, "loader") == 0);
        assert_int_equal(s, simple ? RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY : RD_KAFKA_CONSUMER_GROUP_STATE_STABLE);
        seen += strcmp(name, "next") == 0;
    }
    assert_int_equal(seen, 1);
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(q);
    rd_kafka_destroy(rk);
}

static void test_list_consumer_groups_by_state(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
    rd_kafka_consumer_group_state_t empty = RD_KAFKA_CONSUMER_GROUP_STATE_EMPTY;
    rd_kafka_AdminOptions_t *options = rd_kafka_AdminOptions_new(rk, RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPS);
    assert_null(rd_kafka_AdminOptions_set_match_consumer_group_states(options, &empty, 1));
    rd_kafka_ListConsumerGroups(rk, options, q);
    rd_kafka_AdminOptions_destroy(options);
    rd_kafka_event_t *event = rd_kafka_queue_poll(q, DEADLINE_MS);
    assert_non_null(event);
    size_t n;
    const rd_kafka_ConsumerGroupListing_t **groups =
        rd_kafka_ListConsumerGroups_result_valid(rd_kafka_event_ListConsumerGroups_result(event), &n);
    assert_int_equal(n, 1);
    assert_string_equal(rd_kafka_ConsumerGroupListing_group_id(groups[0]), "loader");
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(q);
    rd_kafka_destroy(rk);
}

/* DescribeGroups 4: static members show. */
static void test_describe_group(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    rd_kafka_queue_t *q = rd_kafka_queue_new(rk);
    const char *name = "mailer";
    size_t n;
    demo_thread_pause(f->thread);
    demo_group_member_set_instance(&demo_world_group(f->world, "mailer")->members.items[1], "rack-7");
    demo_thread_resume(f->thread);
    rd_kafka_DescribeConsumerGroups(rk, &name, 1, NULL, q);
    rd_kafka_event_t *event = rd_kafka_queue_poll(q, DEADLINE_MS);
    assert_non_null(event);
    assert_int_equal(rd_kafka_event_error(event), 0);
    const rd_kafka_ConsumerGroupDescription_t **groups =
        rd_kafka_DescribeConsumerGroups_result_groups(rd_kafka_event_DescribeConsumerGroups_result(event), &n);
    assert_int_equal(n, 1);
    assert_int_equal(rd_kafka_ConsumerGroupDescription_state(groups[0]), RD_KAFKA_CONSUMER_GROUP_STATE_STABLE);
    assert_string_equal(rd_kafka_ConsumerGroupDescription_partition_assignor(groups[0]), "range");
    assert_int_equal(rd_kafka_Node_id(rd_kafka_ConsumerGroupDescription_coordinator(groups[0])), 2);
    assert_int_equal(rd_kafka_ConsumerGroupDescription_member_count(groups[0]), 2);
    const rd_kafka_MemberDescription_t *m = rd_kafka_ConsumerGroupDescription_member(groups[0], 1);
    assert_string_equal(rd_kafka_MemberDescription_group_instance_id(m), "rack-7");
    assert_null(rd_kafka_MemberDescription_group_instance_id(rd_kafka_ConsumerGroupDescription_member(groups[0], 0)));
    const rd_kafka_topic_partition_list_t *list =
        rd_kafka_MemberAssignment_partitions(rd_kafka_MemberDescription_assignment(m));
    assert_int_equal(list->cnt, 3);
    assert_int_equal(list->elems[0].partition, 3);
    rd_kafka_event_destroy(event);
    rd_kafka_queue_destroy(q);
    rd_kafka_destroy(rk);
}

static void test_committed(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    rd_kafka_event_t *event;
    rd_kafka_resp_err_t rc;
    const rd_kafka_topic_partition_list_t *list = fixture_committed(rk, "mailer", NULL, DEADLINE_MS, &event, &rc);
    assert_non_null(list);
    assert_int_equal(list->cnt, 6);
    rd_kafka_topic_partition_list_t *copy = rd_kafka_topic_partition_list_copy(list);
    const rd_kafka_topic_partition_t *p = rd_kafka_topic_partition_list_find(copy, "orders", 0);
    assert_int_equal(p->offset, 1000);
    assert_int_equal(p->metadata_size, strlen("from the outbox"));
    assert_memory_equal(p->metadata, "from the outbox", p->metadata_size);
    assert_int_equal(rd_kafka_topic_partition_list_find(copy, "orders", 4)->offset, 1004);
    assert_null(rd_kafka_topic_partition_list_find(copy, "orders", 5));
    assert_int_equal(rd_kafka_topic_partition_list_find(copy, "gone", 7)->offset, 70);
    rd_kafka_topic_partition_list_destroy(copy);
    rd_kafka_event_destroy(event);
    list = fixture_committed(rk, "nobody", NULL, DEADLINE_MS, &event, &rc);
    assert_non_null(list);
    assert_int_equal(list->cnt, 0);
    rd_kafka_event_destroy(event);
    rd_kafka_destroy(rk);
}

static void test_committed_of_named_partitions(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    rd_kafka_event_t *event;
    rd_kafka_resp_err_t rc;
    demo_thread_pause(f->thread);
    demo_world_topic(f->world, "secret")->hidden = true;
    demo_group_committed(demo_world_group(f->world, "mailer"), "orders", 3)->error = DEMO_ERROR_UNSTABLE_OFFSET_COMMIT;
    demo_thread_resume(f->thread);
    rd_kafka_topic_partition_list_t *asked = rd_kafka_topic_partition_list_new(4);
    rd_kafka_topic_partition_list_add(asked, "orders", 2);
    rd_kafka_topic_partition_list_add(asked, "orders", 3);
    rd_kafka_topic_partition_list_add(asked, "orders", 5);
    rd_kafka_topic_partition_list_add(asked, "secret", 0);
    const rd_kafka_topic_partition_list_t *list = fixture_committed(rk, "mailer", asked, DEADLINE_MS, &event, &rc);
    assert_non_null(list);
    assert_int_equal(list->cnt, 4);
    for (int i = 0; i < list->cnt; i++) {
        const rd_kafka_topic_partition_t *p = &list->elems[i];
        bool secret = strcmp(p->topic, "secret") == 0;
        assert_int_equal(p->err, secret              ? RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED
                                 : p->partition == 3 ? RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT
                                                     : RD_KAFKA_RESP_ERR_NO_ERROR);
        if (!secret && p->partition != 3)
            assert_int_equal(p->offset, p->partition == 2 ? 1002 : RD_KAFKA_OFFSET_INVALID);
    }
    rd_kafka_topic_partition_list_destroy(asked);
    rd_kafka_event_destroy(event);
    rd_kafka_destroy(rk);
}

/* One element asked with an offset for a time; returns what came back. */
static int64_t offset_for(rd_kafka_t *rk, const char *topic, int32_t partition, int64_t time_ms)
{
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, topic, partition)->offset = time_ms;
    assert_int_equal(rd_kafka_offsets_for_times(rk, list, DEADLINE_MS), 0);
    assert_int_equal(list->elems[0].err, 0);
    int64_t offset = list->elems[0].offset;
    rd_kafka_topic_partition_list_destroy(list);
    return offset;
}

static void test_offsets_for_times(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, "read_uncommitted");
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    for (int32_t p = 0; p < 6; p++) {
        assert_int_equal(offset_for(rk, "orders", p, RD_KAFKA_OFFSET_END), 1100 + p);
        assert_int_equal(offset_for(rk, "orders", p, RD_KAFKA_OFFSET_BEGINNING), 100);
    }
    /* 1000 records from 1,000,000 to 2,000,000 ms: one a second */
    assert_int_equal(offset_for(rk, "orders", 0, 0), 100);
    assert_int_equal(offset_for(rk, "orders", 0, 1500000), 599);
    assert_int_equal(offset_for(rk, "orders", 0, 1500001), 600);
    assert_int_equal(offset_for(rk, "orders", 0, 2000000), 1099);
    assert_int_equal(offset_for(rk, "orders", 0, 2000001), -1);
    assert_int_equal(offset_for(rk, "ledger", 0, RD_KAFKA_OFFSET_END), 1000);
    assert_int_equal(offset_for(rk, "ledger", 0, 1950000), 949);
    rd_kafka_destroy(rk);
}

static void test_offsets_for_times_of_committed_records(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, "read_committed");
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    assert_int_equal(offset_for(rk, "ledger", 0, RD_KAFKA_OFFSET_END), 900);
    assert_int_equal(offset_for(rk, "ledger", 0, RD_KAFKA_OFFSET_BEGINNING), 0);
    assert_int_equal(offset_for(rk, "ledger", 0, 1500000), 499);
    assert_int_equal(offset_for(rk, "ledger", 0, 1950000), -1);
    rd_kafka_destroy(rk);
}

static void test_offsets_of_a_moved_leader(void **state)
{
    struct fixture *f = *state;
    rd_kafka_t *rk = fixture_client(f, NULL);
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    demo_thread_pause(f->thread);
    int32_t leader = demo_world_partition(f->world, "orders", 1)->leader;
    demo_world_set_leader(f->world, "orders", 1, leader % 3 + 1);
    demo_thread_resume(f->thread);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(list, "orders", 1)->offset = RD_KAFKA_OFFSET_END;
    assert_int_equal(rd_kafka_offsets_for_times(rk, list, DEADLINE_MS), RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION);
    rd_kafka_topic_partition_list_destroy(list);
    rd_kafka_metadata_destroy(fixture_metadata(rk));
    assert_int_equal(offset_for(rk, "orders", 1, RD_KAFKA_OFFSET_END), 1101);
    rd_kafka_destroy(rk);
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, fixture_start, fixture_stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(test_metadata),
        WITH_FIXTURE(test_metadata_follows_the_world),
        WITH_FIXTURE(test_list_groups),
        WITH_FIXTURE(test_list_groups_while_rebalancing_or_hidden),
        WITH_FIXTURE(test_list_consumer_groups),
        WITH_FIXTURE(test_metadata_of_named_topics),
        WITH_FIXTURE(test_list_consumer_groups_by_state),
        WITH_FIXTURE(test_describe_group),
        WITH_FIXTURE(test_committed),
        WITH_FIXTURE(test_committed_of_named_partitions),
        WITH_FIXTURE(test_offsets_for_times),
        WITH_FIXTURE(test_offsets_for_times_of_committed_records),
        WITH_FIXTURE(test_offsets_of_a_moved_leader),
    };
    return cmocka_run_group_tests_name("demo/broker", tests, NULL, NULL);
}
