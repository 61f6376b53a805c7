/* Looks at records of a scripted cluster: what is at an offset, and what is said where nothing is. */
#include "kafka_fixture.h"

#include "kafka/look_read.h"
#include "kafka/pace.h"

#include <string.h>

enum { BIG = 100000 };

/* A key of three bytes that are no text; a value that is its offset, but for some special ones. */
static void make(void *arg, const struct demo_topic *t, int32_t partition, int64_t offset, struct str *key,
                 struct str *value)
{
    (void)arg, (void)t, (void)partition;
    if (offset != 12)
        str_bytes(key, "\xff\x00k", 3);
    if (offset == 11)
        str_repeat(value, 'x', BIG);
    else if (offset != 13)
        str_printf(value, "{\"n\":%lld}", (long long)offset);
}

static struct demo_world *make_world(void)
{
    struct demo_world *w = demo_world_new(2, "east-1");
    demo_world_topic_add(w, "orders", 2, 2)->record.make = make;
    demo_world_topic_add(w, "secret", 1, 1);
    demo_world_append(w, "orders", 0, 1700000000000, 10);
    demo_world_append(w, "orders", 0, 1700000010000, 20);
    demo_world_partition(w, "orders", 0)->start = 10;
    demo_world_append(w, "secret", 0, 1700000000000, 5);
    return w;
}

static int setup(void **state)
{
    struct fixture *f = fixture_new(make_world(), 5000);
    fixture_add(f);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

struct answer {
    int times;
    struct stream_records records;
    struct error err;
};

static void on_answer(void *arg, struct stream_records *records, const struct error *err)
{
    struct answer *a = arg;
    a->times++;
    a->records = *records;
    *records = (struct stream_records){0};
    if (err)
        a->err = *err;
}

static void ask(struct fixture *f, const char *topic, int32_t partition, int64_t offset, int count, struct answer *a)
{
    const struct stream_record_query q = {
        .cluster = "east", .topic = topic, .partition = partition, .offset = offset, .count = count};
    *a = (struct answer){0};
    kafka_source_look(f->source, &q, on_answer, a);
    assert_int_equal(a->times, 0);
    int64_t until = clock_mono_us(&clock_system) + WAIT_MS * 1000LL;
    while (!a->times && clock_mono_us(&clock_system) < until)
        event_base_loop(f->base, EVLOOP_ONCE);
    assert_int_equal(a->times, 1);
}

static void expect(struct fixture *f, int64_t offset, int count, enum stream_record_found found, int64_t first,
                   size_t n)
{
    struct answer a;
    ask(f, "orders", 0, offset, count, &a);
    if (a.err.code)
        fail_msg("%s", a.err.text);
    assert_int_equal(a.records.found, found);
    assert_int_equal(a.records.start, 10);
    assert_int_equal(a.records.end, 20);
    assert_int_equal(a.records.items.n, n);
    assert_false(a.records.late);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(a.records.items.items[i].offset, first + (int64_t)i);
    stream_record_done(&a.records);
}

static void where_records_are_and_where_not(void **state)
{
    struct fixture *f = *state;
    expect(f, 15, 3, STREAM_RECORD_HERE, 15, 3);
    expect(f, 18, 5, STREAM_RECORD_HERE, 18, 2);
    expect(f, 4, 2, STREAM_RECORD_LOST, 10, 2);
    expect(f, 20, 2, STREAM_RECORD_AT_LOG_END, 0, 0);
    expect(f, 21, 2, STREAM_RECORD_BEYOND, 0, 0);
    expect(f, STREAM_RECORD_AT_START, 1, STREAM_RECORD_HERE, 10, 1);
    expect(f, STREAM_RECORD_AT_END, 4, STREAM_RECORD_HERE, 16, 4);
    expect(f, STREAM_RECORD_AT_END, 50, STREAM_RECORD_HERE, 10, 10);
}

static void what_is_in_them(void **state)
{
    struct fixture *f = *state;
    struct answer a;
    ask(f, "orders", 0, 10, 4, &a);
    assert_int_equal(a.err.code, 0);
    assert_int_equal(a.records.items.n, 4);
    const struct stream_record *r = a.records.items.items;
    assert_int_equal(r[0].clock, STREAM_RECORD_CREATED);
    assert_in_range((uint64_t)r[0].time_ms, 1700000000000, 1700000001000);
    assert_int_equal(r[0].key.len, 3);
    assert_memory_equal(r[0].key.s, "\xff\x00k", 3);
    assert_string_equal(r[0].value.s, "{\"n\":10}");
    assert_int_equal(r[0].headers_there, 0);
    assert_int_equal(r[1].value.size, BIG);
    assert_int_equal(r[1].value.len, STREAM_RECORD_VALUE);
    assert_null(r[2].key.s);
    assert_string_equal(r[3].value.s, "");
    stream_record_done(&a.records);
}

static void refused(struct fixture *f, const char *topic, int32_t partition, int code, const char *text)
{
    struct answer a;
    ask(f, topic, partition, 10, 1, &a);
    assert_int_equal(a.err.code, code);
    assert_string_equal(a.err.text, text);
    assert_int_equal(a.records.items.n, 0);
}

static void what_cannot_be_read_is_said(void **state)
{
    struct fixture *f = *state;
    refused(f, "nowhere", 0, ERR_NOT_FOUND, "topic nowhere does not exist");
    refused(f, "orders", 7, ERR_NOT_FOUND, "topic orders has no partition 7, it has 2");
    demo_thread_pause(f->thread);
    demo_world_topic(f->world, "secret")->hidden = true;
    demo_world_set_leader(f->world, "orders", 1, -1);
    demo_thread_resume(f->thread);
    refused(f, "secret", 0, ERR_REMOTE, "topic secret: no permission (READ on the topic is needed)");
    refused(f, "orders", 1, ERR_UNAVAILABLE, "topic orders: the partition has no leader now");
    demo_thread_fault(
        f->thread, &(struct demo_fault){
                       .api = DEMO_API_FETCH, .node = -1, .count = -1, .error = DEMO_ERROR_TOPIC_AUTHORIZATION_FAILED});
    refused(f, "orders", 0, ERR_REMOTE, "topic orders: no permission (READ on the topic is needed)");
    demo_thread_faults_clear(f->thread);
}

static void a_silent_broker_is_a_timeout(void **state)
{
    struct fixture *f = *state;
    f->conf.deadline_ms = 700;
    kafka_source_configure(f->source, &f->conf);
    demo_thread_fault(f->thread, &(struct demo_fault){.api = DEMO_API_FETCH, .node = -1, .count = -1, .silent = true});
    refused(f, "orders", 0, ERR_TIMEOUT, "no answer in time");
    demo_thread_faults_clear(f->thread);
}

static void forbidden_and_left_out(void **state)
{
    struct fixture *f = *state;
    char *in[] = {(char[]){"orders"}, NULL};
    f->conf.topics.in = in;
    kafka_source_configure(f->source, &f->conf);
    refused(f, "secret", 0, ERR_NOT_FOUND, "topic secret is not among those that are looked at");
    f->conf.topics.in = NULL;
    f->conf.no_records = true;
    kafka_source_configure(f->source, &f->conf);
    refused(f, "orders", 0, ERR_UNAVAILABLE, "records of this cluster are not to be looked at (records: deny)");
    assert_int_equal(demo_broker_requests(demo_thread_pause(f->thread), DEMO_API_FETCH, -1), 0);
    demo_thread_resume(f->thread);
}

/* The source goes while looks are under way: each is answered, once. */
static void the_source_goes(void **state)
{
    struct fixture *f = *state;
    struct answer a[3] = {0};
    const struct stream_record_query q = {.cluster = "east", .topic = "orders", .offset = 10, .count = 1};
    demo_thread_fault(f->thread, &(struct demo_fault){.api = DEMO_API_FETCH, .node = -1, .count = -1, .silent = true});
    for (int i = 0; i < 3; i++)
        kafka_source_look(f->source, &q, on_answer, &a[i]);
    scheduler_remove(f->scheduler, scheduler_find(f->scheduler, "kafka:east"));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(a[i].times, 1);
        assert_int_equal(a[i].err.code, ERR_CLOSED);
    }
    demo_thread_faults_clear(f->thread);
}

static void too_many_at_once(void **state)
{
    struct fixture *f = *state;
    struct answer a[KAFKA_LOOK_WAITING + 1] = {0};
    const struct stream_record_query q = {.cluster = "east", .topic = "orders", .offset = 10, .count = 1};
    for (int i = 0; i <= KAFKA_LOOK_WAITING; i++)
        kafka_source_look(f->source, &q, on_answer, &a[i]);
    int64_t until = clock_mono_us(&clock_system) + WAIT_MS * 1000LL;
    for (int done = 0; done <= KAFKA_LOOK_WAITING && clock_mono_us(&clock_system) < until;) {
        event_base_loop(f->base, EVLOOP_ONCE);
        done = 0;
        for (int i = 0; i <= KAFKA_LOOK_WAITING; i++)
            done += a[i].times;
    }
    for (int i = 0; i < KAFKA_LOOK_WAITING; i++) {
        assert_int_equal(a[i].err.code, 0);
        assert_int_equal(a[i].records.items.n, 1);
        stream_record_done(&a[i].records);
    }
    assert_int_equal(a[KAFKA_LOOK_WAITING].err.code, ERR_LIMIT);
}

/* Looks are under the cap on requests as everything else is. */
static void no_turn_is_a_timeout(void **state)
{
    struct fixture *f = *state;
    struct kafka_pace *pace = kafka_pace_new(&clock_system, 1);
    assert_int_equal(kafka_pace_take(pace, 1), 0);
    const struct kafka_admin_settings settings = {.bootstrap = f->conf.bootstrap, .clock = &clock_system, .pace = pace};
    const struct stream_record_query q = {.topic = "orders", .offset = 15, .count = 1};
    const struct kafka_budget budget = {.clock = &clock_system, .until_us = clock_mono_us(&clock_system) + 100000};
    struct kafka_look_reader reader = {0};
    struct stream_records records;
    struct error err;
    assert_int_equal(kafka_look_read(&reader, &settings, &budget, &q, &records, &err), ERR_TIMEOUT);
    assert_non_null(strstr(err.text, "max_requests_per_s"));
    assert_null(reader.client);
    kafka_look_read_close(&reader);
    kafka_pace_unref(pace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(where_records_are_and_where_not, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_in_them, setup, teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_read_is_said, setup, teardown),
        cmocka_unit_test_setup_teardown(a_silent_broker_is_a_timeout, setup, teardown),
        cmocka_unit_test_setup_teardown(forbidden_and_left_out, setup, teardown),
        cmocka_unit_test_setup_teardown(the_source_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(too_many_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(no_turn_is_a_timeout, setup, teardown),
    };
    cmocka_set_test_filter(getenv("TEST_FILTER")); /* one of them, by name, for looking closer */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
