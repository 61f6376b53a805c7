/* Streams of records out of the scripted cluster: from everywhere, in order, through lost connections and deleted records,
 * within bounds, and to a clean end. */
#include "kafka_fixture.h"

#include "kafka/records.h"

struct reader {
    struct fixture *f;
    struct kafka_admin_settings admin;
    struct kafka_records *records;
    int64_t next[4];  /* per partition: the offset that must come, -1: any */
    int64_t got[4];   /* records */
    int64_t first[4]; /* offset */
    int turns, code;
    enum kafka_fault fault;
    uint64_t gaps, bytes;
    bool in_turn, open;
    int at_end; /* partitions that are at their end */
    struct kafka_records_place places[4];
};

enum { NODES = 3 };

static void on_record(void *arg, const struct kafka_record *r)
{
    struct reader *x = arg;
    assert_false(x->in_turn);
    assert_string_equal(r->topic, "orders");
    int64_t *next = &x->next[r->partition];
    if (*next >= 0)
        assert_int_equal(r->offset, *next);
    if (x->got[r->partition]++ == 0)
        x->first[r->partition] = r->offset;
    *next = r->offset + 1;
    char begin[96];
    int n = snprintf(begin, sizeof begin, "{\"topic\":\"orders\",\"partition\":%d,\"offset\":%lld,", (int)r->partition,
                     (long long)r->offset);
    assert_true(r->value_len > (size_t)n);
    assert_memory_equal(r->value, begin, (size_t)n);
    assert_true(r->key_len > 0);
    assert_true(r->time_ms > 0);
}

static void on_turn(void *arg, const struct kafka_records_state *s)
{
    struct reader *x = arg;
    x->in_turn = true;
    x->turns++;
    x->code = s->code;
    x->fault = s->fault;
    x->open = s->open;
    x->bytes = s->bytes;
    x->at_end = 0;
    x->gaps = 0;
    for (size_t i = 0; i < s->nplaces && i < 4; i++) {
        x->at_end += s->places[i].at_end;
        x->gaps += s->places[i].gaps;
        x->places[i] = s->places[i];
    }
    x->in_turn = false;
}

static const struct kafka_records_ops ops = {.record = on_record, .turn = on_turn};

static struct demo_world *make_world(void)
{
    struct demo_world *w = demo_world_new(NODES, "here");
    demo_world_topic_add(w, "orders", 4, 1);
    for (int32_t p = 0; p < 4; p++) {
        demo_world_append(w, "orders", p, 1000, 0);
        demo_world_append(w, "orders", p, 100000, 1000);
    }
    return w;
}

static void reader_open(struct reader *x, struct fixture *f, enum kafka_records_from from, int64_t at)
{
    *x = (struct reader){.f = f, .next = {-1, -1, -1, -1}};
    x->admin = (struct kafka_admin_settings){.bootstrap = f->conf.bootstrap, .clock = &clock_system};
    x->records = kafka_records_new(f->base, &(struct kafka_records_settings){
                                                .admin = &x->admin,
                                                .what = &(struct kafka_records_what){"orders", -1, from, at},
                                                .nwhat = 1,
                                                .gap_to = KAFKA_RECORDS_START,
                                                .open_ms = 5000,
                                                .ops = &ops,
                                                .arg = x,
                                            });
}

static int64_t total(const struct reader *x)
{
    return x->got[0] + x->got[1] + x->got[2] + x->got[3];
}

static void turn_loop(struct fixture *f)
{
    struct timeval tick = {.tv_usec = 10000};
    event_base_loopexit(f->base, &tick);
    event_base_dispatch(f->base);
}

#define wait_until(f, condition)                                                                                       \
    do {                                                                                                               \
        int64_t until_ = clock_mono_us(&clock_system) + WAIT_MS * 1000;                                                \
        while (!(condition)) {                                                                                         \
            if (clock_mono_us(&clock_system) > until_)                                                                 \
                fail_msg("not within %d ms: %s", WAIT_MS, #condition);                                                 \
            turn_loop(f);                                                                                              \
        }                                                                                                              \
    } while (0)

static void append(struct fixture *f, int32_t partition, int64_t end)
{
    demo_thread_pause(f->thread);
    demo_world_append(f->world, "orders", partition, 200000 + end, end);
    demo_thread_resume(f->thread);
}

static void reads_from_everywhere(void **state)
{
    struct fixture *f = *state;
    static const struct {
        enum kafka_records_from from;
        int64_t at, count;
    } cases
        [] =
            {
                {KAFKA_RECORDS_START, 0, 4000},     {KAFKA_RECORDS_END, 0, 0},
                {KAFKA_RECORDS_OFFSET, 990, 42},    {KAFKA_RECORDS_TIME, 99505, 4 * 6 + 3},
                {KAFKA_RECORDS_TIME, 999999999, 0}, /* later than all: from the end on */
            };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct reader x;
        reader_open(&x, f, cases[i].from, cases[i].at);
        wait_until(f, x.at_end == 4);
        assert_int_equal(total(&x), cases[i].count);
        assert_int_equal(x.places[3].position, 1000 + (int64_t)i);
        assert_int_equal(x.places[3].end, 1000 + (int64_t)i);
        append(f, 3, 1001 + (int64_t)i);
        wait_until(f, total(&x) == cases[i].count + 1);
        wait_until(f, x.at_end == 4);
        assert_true(kafka_records_free(x.records, WAIT_MS));
    }
}

static void goes_on_after_lost_connections(void **state)
{
    struct fixture *f = *state;
    struct reader x;
    reader_open(&x, f, KAFKA_RECORDS_END, 0);
    wait_until(f, x.at_end == 4);
    int64_t end = 1000;
    for (int i = 0; i < 3; i++) {
        struct demo_broker *b = demo_thread_pause(f->thread);
        for (int32_t node = 1; node <= NODES; node++) {
            demo_broker_node_down(b, node, false);
            assert_int_equal(demo_broker_node_up(b, node, NULL), 0);
        }
        demo_thread_resume(f->thread);
        end += 10;
        for (int32_t p = 0; p < 4; p++)
            append(f, p, end);
        wait_until(f, total(&x) == 4 * (end - 1000));
    }
    assert_int_equal(x.first[0], 1000);
    assert_true(kafka_records_free(x.records, WAIT_MS));
}

static void deleted_records_are_a_gap(void **state)
{
    struct fixture *f = *state;
    struct reader x;
    reader_open(&x, f, KAFKA_RECORDS_OFFSET, 10);
    x.next[1] = -1;
    demo_thread_pause(f->thread);
    demo_world_set_offsets(f->world, "orders", 1, 500, 1000, 1000);
    demo_thread_resume(f->thread);
    wait_until(f, x.gaps == 1 && x.at_end == 4);
    assert_true(x.first[1] == 500 || x.first[1] == 10);
    assert_int_equal(x.got[0], 990);
    assert_int_equal(x.places[1].position, 1000);
    assert_true(kafka_records_free(x.records, WAIT_MS));
}

static void an_open_transaction_holds_back(void **state)
{
    struct fixture *f = *state;
    demo_world_set_offsets(f->world, "orders", 2, 0, 1000, 900);
    struct reader x;
    reader_open(&x, f, KAFKA_RECORDS_OFFSET, 890);
    wait_until(f, x.at_end == 4 && x.places[2].end == 1000);
    assert_int_equal(x.got[2], 10);
    assert_int_equal(x.places[2].position, 900);
    demo_thread_pause(f->thread);
    demo_world_set_offsets(f->world, "orders", 2, 0, 1000, 1000);
    demo_thread_resume(f->thread);
    wait_until(f, x.got[2] == 110);
    assert_true(kafka_records_free(x.records, WAIT_MS));
}

static void says_what_is_denied_or_not_there(void **state)
{
    struct fixture *f = *state;
    struct reader x;
    demo_world_topic(f->world, "orders")->hidden = true;
    reader_open(&x, f, KAFKA_RECORDS_END, 0);
    wait_until(f, x.code);
    assert_int_equal(x.fault, KAFKA_FAULT_DENIED);
    assert_false(x.open);
    assert_true(kafka_records_free(x.records, WAIT_MS));
    for (int i = 0; i < 5; i++) { /* nothing is left behind of one that is stopped */
        reader_open(&x, f, KAFKA_RECORDS_END, 0);
        kafka_records_stop(x.records);
        wait_until(f, kafka_records_stopped(x.records));
        assert_true(kafka_records_free(x.records, 0));
    }
    demo_thread_pause(f->thread);
    demo_world_topic_remove(f->world, "orders");
    demo_thread_resume(f->thread);
    reader_open(&x, f, KAFKA_RECORDS_END, 0);
    wait_until(f, x.code);
    assert_int_equal(x.fault, KAFKA_FAULT_GONE);
    assert_true(kafka_records_free(x.records, WAIT_MS));
}

static void ends_at_any_time(void **state)
{
    struct fixture *f = *state;
    demo_thread_fault(f->thread,
                      &(struct demo_fault){.api = DEMO_API_METADATA, .node = -1, .count = -1, .silent = true});
    struct reader x;
    reader_open(&x, f, KAFKA_RECORDS_START, 0);
    turn_loop(f);
    int64_t begin = clock_mono_us(&clock_system);
    assert_true(kafka_records_free(x.records, WAIT_MS));
    assert_true(clock_mono_us(&clock_system) - begin < WAIT_MS / 2 * 1000);
    demo_thread_faults_clear(f->thread);
    reader_open(&x, f, KAFKA_RECORDS_START, 0);
    assert_true(kafka_records_free(x.records, WAIT_MS)); /* before it began */
}

static int setup(void **state)
{
    struct fixture *f = fixture_new(make_world(), 5000);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_from_everywhere, setup, teardown),
        cmocka_unit_test_setup_teardown(goes_on_after_lost_connections, setup, teardown),
        cmocka_unit_test_setup_teardown(deleted_records_are_a_gap, setup, teardown),
        cmocka_unit_test_setup_teardown(an_open_transaction_holds_back, setup, teardown),
        cmocka_unit_test_setup_teardown(says_what_is_denied_or_not_there, setup, teardown),
        cmocka_unit_test_setup_teardown(ends_at_any_time, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
