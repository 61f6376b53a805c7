/* The control-topic source against a scripted cluster that serves a recorded control topic: everything is handed
 * over once and in order, whatever befalls brokers, topics and records; and what is wrong is said in the source's
 * row. */
#include "tests/unit/kafka/kafka_fixture.h"

#include "base/vec.h"
#include "connect/control.h"
#include "tests/unit/connect/topic.h"

enum { NAMES = 6, HOUR_MS = 3600000, LARGE = 10 * 1024 * 1024 };

/* What was handed over of a topic. */
struct seen {
    char name[64];
    VEC(int64_t) offsets;
    int64_t end, from, to; /* from, to: as it has caught up */
    int caught_up;
    int64_t types[CONNECT_EVENT_TYPES];
};

struct stage {
    struct fixture *f;
    struct topic run;
    struct connect_control *control;
    struct seen seen[NAMES];
    int turns, founds;
    char found[256]; /* names with blanks between them */
};

static struct error err;

/* ---- the cluster ---- */

/* The record of the run at an offset; the next one where it has a hole. */
static const struct topic_record *record_at(const struct stage *s, int64_t offset)
{
    offset %= s->run.records[s->run.n - 1].offset + 1;
    for (size_t i = 0; i < s->run.n; i++)
        if (s->run.records[i].offset >= offset)
            return &s->run.records[i];
    return NULL;
}

static void make_event(void *arg, const struct demo_topic *t, int32_t partition, int64_t offset, struct str *key,
                       struct str *value)
{
    const struct stage *s = arg;
    const struct topic_record *r = record_at(s, offset);
    (void)partition;
    if (strcmp(t->name, "mixed") == 0 && offset % 3 == 0) {
        str_add(value, "{\"order\": 1}");
        return;
    }
    if (strcmp(t->name, "large") == 0 && offset == 1) {
        char *more = mem_calloc(1, LARGE);
        str_bytes(value, r->value, r->value_len);
        str_bytes(value, more, LARGE);
        free(more);
        return;
    }
    str_bytes(key, r->key, r->key_len);
    str_bytes(value, r->value, strcmp(t->name, "mixed") == 0 && offset % 3 == 1 ? r->value_len / 2 : r->value_len);
}

/* A topic of that many offsets, written evenly over the last hour. */
static void add_topic(struct stage *s, const char *name, int partitions, int64_t end)
{
    struct demo_topic *t = demo_world_topic_add(s->f->world, name, partitions, 1);
    int64_t now = clock_wall_ms(&clock_system);
    t->record = (struct demo_record){make_event, s};
    for (int32_t p = 0; p < partitions && end; p++) {
        demo_world_append(s->f->world, name, p, now - HOUR_MS, 0);
        demo_world_append(s->f->world, name, p, now - 1000, end);
    }
}

/* Where the run has holes, there are markers. */
static void add_holes(struct stage *s, const char *name)
{
    struct demo_partition *p = demo_world_partition(s->f->world, name, 0);
    for (int64_t offset = 0; offset < p->end; offset++)
        if (record_at(s, offset)->offset != offset)
            vec_push(&p->markers, offset);
}

static void append(struct stage *s, const char *name, int64_t more)
{
    demo_thread_pause(s->f->thread);
    int64_t end = demo_world_partition(s->f->world, name, 0)->end;
    demo_world_append(s->f->world, name, 0, clock_wall_ms(&clock_system), end + more);
    demo_thread_resume(s->f->thread);
}

/* ---- what the source hands over ---- */

static struct seen *seen_of(struct stage *s, const char *name)
{
    for (int i = 0; i < NAMES; i++) {
        if (!*s->seen[i].name) {
            snprintf(s->seen[i].name, sizeof s->seen[i].name, "%s", name);
            s->seen[i].end = -1;
        }
        if (strcmp(s->seen[i].name, name) == 0)
            return &s->seen[i];
    }
    fail();
    return NULL;
}

static size_t count(struct stage *s, const char *name)
{
    return seen_of(s, name)->offsets.n;
}

static void on_record(void *arg, const struct connect_cycles_record *r)
{
    struct stage *s = arg;
    struct seen *x = seen_of(s, r->topic);
    const struct topic_record *want = record_at(s, r->offset);
    assert_int_equal(r->key_len, want->key_len);
    assert_memory_equal(r->key, want->key, want->key_len);
    assert_true(r->time_ms > 0);
    assert_int_equal(strlen(r->event->commit_id), CONNECT_EVENT_ID - 1);
    assert_memory_equal(r->event->group.s, "connect-orders-sink", r->event->group.len);
    for (size_t i = 0; i < r->event->nassignments; i++)
        assert_memory_equal(r->event->assignments[i].topic.s, "orders", 6);
    for (size_t i = 0; i < r->event->nfiles; i++)
        assert_memory_equal(r->event->files[i].path.s, "file:/", 6);
    x->types[r->event->type]++;
    vec_push(&x->offsets, r->offset);
}

static void on_end(void *arg, const char *topic, int32_t partition, int64_t offset)
{
    struct seen *x = seen_of(arg, topic);
    if (partition == 0 && x->offsets.n && offset > 0) /* 0: it begins anew */
        assert_true(offset > x->offsets.items[x->offsets.n - 1]);
    x->end = partition == 0 ? offset : x->end;
}

static void on_caught_up(void *arg, const char *topic, int32_t partition, int64_t begin, int64_t end)
{
    struct seen *x = seen_of(arg, topic);
    assert_true(begin >= 0 && begin <= end);
    if (partition == 0) {
        x->from = begin;
        x->to = end;
        x->caught_up++;
    }
}

static void on_turn(void *arg)
{
    struct stage *s = arg;
    s->turns++;
}

static size_t count_rows(void *arg)
{
    return count(arg, "control-iceberg");
}

static void on_found(void *arg, const char *const *topics, size_t n)
{
    struct stage *s = arg;
    s->founds++;
    s->found[0] = '\0';
    for (size_t i = 0; i < n; i++)
        snprintf(s->found + strlen(s->found), sizeof s->found - strlen(s->found), "%s%s", i ? " " : "", topics[i]);
}

static const struct connect_control_ops ops = {.record = on_record,
                                               .end = on_end,
                                               .caught_up = on_caught_up,
                                               .turn = on_turn,
                                               .rows = count_rows,
                                               .found = on_found};

/* ---- waiting ---- */

static void turn_loop(struct stage *s)
{
    struct timeval tick = {.tv_usec = 10000};
    event_base_loopexit(s->f->base, &tick);
    event_base_dispatch(s->f->base);
}

#define wait_until(s, condition)                                                                                       \
    do {                                                                                                               \
        int64_t until_ = clock_mono_us(&clock_system) + 2 * WAIT_MS * INT64_C(1000);                                   \
        while (!(condition)) {                                                                                         \
            if (clock_mono_us(&clock_system) > until_)                                                                 \
                fail_msg("not within %d ms: %s; %s: %s", 2 * WAIT_MS, #condition, state_text(s, SOURCES_STATE),        \
                         state_text(s, SOURCES_ERROR));                                                                \
            turn_loop(s);                                                                                              \
        }                                                                                                              \
    } while (0)

static const char *state_text(struct stage *s, int column)
{
    struct row *r = fixture_row(s->f, "sources", 1, (const char *const[]){"control:east"}, 0);
    struct value v = r ? row_get(r, (size_t)column) : value_unknown();
    return v.quality ? v.s->raw : "";
}

static int64_t state_number(struct stage *s, int column)
{
    struct row *r = fixture_row(s->f, "sources", 1, (const char *const[]){"control:east"}, 0);
    struct value v = r ? row_get(r, (size_t)column) : value_unknown();
    return v.quality ? v.i : -1;
}

static bool is_state(struct stage *s, const char *state)
{
    return strcmp(state_text(s, SOURCES_STATE), state) == 0;
}

static int told(struct stage *s, const char *subject, const char *part)
{
    int n = 0;
    for (struct row *r = table_first(store_find(s->f->store, "events")); r; r = row_next(r))
        n += strcmp(row_get(r, EVENTS_SUBJECT).s->raw, subject) == 0 &&
             strstr(row_get(r, EVENTS_TEXT).s->raw, part) != NULL;
    return n;
}

static void read_topics(struct stage *s, const char *const *names, size_t n)
{
    connect_control_topics(s->control, names, n);
}

static void begin(struct stage *s, int64_t back_ms)
{
    s->control = connect_control_new(s->f->base, s->f->store, &s->f->conf, back_ms, &ops, s);
    struct source_settings settings = connect_control_settings(&s->f->conf);
    scheduler_add(s->f->scheduler, connect_control_name(s->control), "east", &connect_control_source_ops, s->control,
                  &settings);
}

static void begin_topic(struct stage *s, const char *name)
{
    begin(s, 0);
    read_topics(s, &name, 1);
}

static bool in_order(const struct seen *x)
{
    for (size_t i = 1; i < x->offsets.n; i++)
        if (x->offsets.items[i] <= x->offsets.items[i - 1])
            return false;
    return true;
}

/* ---- tests ---- */

static void a_run_is_read_once_and_in_order(void **state)
{
    struct stage *s = *state;
    int64_t end = s->run.records[s->run.n - 1].offset + 1;
    add_topic(s, "control-iceberg", 1, end);
    add_holes(s, "control-iceberg");
    begin_topic(s, "control-iceberg");
    wait_until(s, state_number(s, SOURCES_ROUNDS) == 1);
    struct seen *x = seen_of(s, "control-iceberg");
    assert_string_equal(state_text(s, SOURCES_STATE), "ok");
    assert_int_equal(x->offsets.n, s->run.n); /* the round ended when all was read */
    assert_int_equal(state_number(s, SOURCES_ROWS), s->run.n);
    for (size_t i = 0; i < s->run.n; i++)
        assert_int_equal(x->offsets.items[i], s->run.records[i].offset);
    assert_int_equal(x->end, end);
    assert_int_equal(x->types[CONNECT_EVENT_START_COMMIT], 8);
    assert_int_equal(x->types[CONNECT_EVENT_DATA_COMPLETE], 16);
    int turns = s->turns;
    append(s, "control-iceberg", 1);
    wait_until(s, x->offsets.n == s->run.n + 1);
    wait_until(s, x->end == end + 1);
    wait_until(s, x->to == end + 1);
    int told_so = x->caught_up;
    wait_until(s, x->caught_up > told_so); /* though nothing comes */
    assert_int_equal(x->from, 0);
    assert_true(s->turns > turns);
    assert_int_equal(state_number(s, SOURCES_ROUNDS), 1);
}

static void only_the_last_hours(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 50);
    begin(s, HOUR_MS / 2);
    read_topics(s, (const char *const[]){"control-iceberg"}, 1);
    wait_until(s, is_state(s, "ok"));
    struct seen *x = seen_of(s, "control-iceberg");
    assert_in_range(x->offsets.items[0], 23, 27);
    assert_int_equal(x->end, 50);
    assert_int_equal(x->from, x->offsets.items[0]);
    assert_int_equal(x->to, 50);
}

static void records_that_are_no_events(void **state)
{
    struct stage *s = *state;
    add_topic(s, "mixed", 1, 30);
    add_topic(s, "control-iceberg", 2, 20);
    begin(s, 0);
    read_topics(s, (const char *const[]){"mixed", "control-iceberg"}, 2);
    wait_until(s, is_state(s, "partial"));
    wait_until(s, count(s, "mixed") == 10 && count(s, "control-iceberg") == 40);
    wait_until(s,
               strstr(state_text(s, SOURCES_ERROR), "mixed: 20 records are no events: first at partition 0 offset 0: "
                                                    "control event: it does not begin as one does"));
    assert_null(strstr(state_text(s, SOURCES_ERROR), "control-iceberg"));
    append(s, "mixed", 3);
    wait_until(s, count(s, "mixed") == 11);
    wait_until(s, strstr(state_text(s, SOURCES_ERROR), "mixed: 22 records"));
    assert_int_equal(told(s, "topic mixed", "no control event: partition 0 offset 0"), 1);
    assert_int_equal(told(s, "topic mixed", ""), 1);
}

static void a_record_of_ten_megabytes(void **state)
{
    struct stage *s = *state;
    add_topic(s, "large", 1, 5);
    begin_topic(s, "large");
    wait_until(s, is_state(s, "partial") && count(s, "large") == 4);
    assert_non_null(strstr(state_text(s, SOURCES_ERROR),
                           "large: 1 record is no event: partition 0 offset 1: control event: 10485760 bytes follow"));
}

static void brokers_go_and_come_back(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 20);
    begin_topic(s, "control-iceberg");
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 20);
    struct demo_broker *b = demo_thread_pause(s->f->thread);
    demo_broker_node_down(b, 1, false);
    demo_broker_node_down(b, 2, false);
    demo_thread_resume(s->f->thread);
    /* the deadline may be over before all connections have failed: then that is said first */
    wait_until(s, is_state(s, "failed") &&
                      strstr(state_text(s, SOURCES_ERROR), "control-iceberg: no broker can be reached: 127.0.0.1"));
    append(s, "control-iceberg", 5);
    b = demo_thread_pause(s->f->thread);
    assert_int_equal(demo_broker_node_up(b, 1, &err), 0);
    assert_int_equal(demo_broker_node_up(b, 2, &err), 0);
    demo_thread_resume(s->f->thread);
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 25);
    assert_true(in_order(seen_of(s, "control-iceberg")));
}

static void gone_denied_and_there(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 10);
    add_topic(s, "secret", 1, 10);
    demo_world_topic(s->f->world, "secret")->hidden = true;
    begin(s, 0);
    read_topics(s, (const char *const[]){"nowhere", "control-iceberg", "secret"}, 3);
    wait_until(s, state_number(s, SOURCES_ROUNDS) == 1);
    assert_string_equal(state_text(s, SOURCES_STATE), "partial");
    assert_non_null(strstr(state_text(s, SOURCES_ERROR), "nowhere: the topic does not exist"));
    assert_non_null(strstr(state_text(s, SOURCES_ERROR), "secret: no permission to read it"));
    assert_int_equal(count(s, "control-iceberg"), 10);
    demo_thread_pause(s->f->thread);
    add_topic(s, "nowhere", 1, 7);
    demo_thread_resume(s->f->thread);
    wait_until(s, count(s, "nowhere") == 7);
    read_topics(s, (const char *const[]){"nowhere", "control-iceberg"}, 2);
    wait_until(s, is_state(s, "ok"));
    assert_int_equal(count(s, "control-iceberg"), 10); /* undisturbed */
    read_topics(s, NULL, 0);
    append(s, "control-iceberg", 3);
    wait_until(s, strcmp(state_text(s, SOURCES_NOTE), "no control topic is known") == 0);
    for (int i = 0; i < 20; i++)
        turn_loop(s);
    assert_int_equal(count(s, "control-iceberg"), 10);
}

static void nothing_but_what_is_not_there(void **state)
{
    struct stage *s = *state;
    begin_topic(s, "nowhere");
    wait_until(s, is_state(s, "failed"));
    assert_non_null(strstr(state_text(s, SOURCES_ERROR), "nowhere: the topic does not exist"));
}

static void deleted_and_made_again(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 20);
    begin_topic(s, "control-iceberg");
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 20);
    demo_thread_pause(s->f->thread);
    demo_world_topic_remove(s->f->world, "control-iceberg");
    add_topic(s, "control-iceberg", 1, 5);
    demo_thread_resume(s->f->thread);
    struct seen *x = seen_of(s, "control-iceberg");
    wait_until(s, x->offsets.n == 25);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(x->offsets.items[20 + i], i);
    wait_until(s, x->end == 5);
    wait_until(s, is_state(s, "ok") && x->to == 5);
    assert_int_equal(x->from, 0);
    assert_int_equal(told(s, "topic control-iceberg", "partition 0 begins anew: it ended at offset 20"), 1);
}

/* What is in it now begins at 0 again, however far the old one had come. */
static void gone_for_a_while(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 20);
    begin_topic(s, "control-iceberg");
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 20);
    demo_thread_pause(s->f->thread);
    demo_world_topic_remove(s->f->world, "control-iceberg");
    demo_thread_resume(s->f->thread);
    atomic_store(&s->f->ahead_us, INT64_C(31000000));
    wait_until(s, is_state(s, "failed"));
    assert_non_null(strstr(state_text(s, SOURCES_ERROR), "control-iceberg: the topic does not exist"));
    demo_thread_pause(s->f->thread);
    add_topic(s, "control-iceberg", 2, 0);
    demo_world_append(s->f->world, "control-iceberg", 0, clock_wall_ms(&clock_system), 0);
    demo_world_append(s->f->world, "control-iceberg", 0, clock_wall_ms(&clock_system) + 100, 30);
    demo_thread_resume(s->f->thread);
    struct seen *x = seen_of(s, "control-iceberg");
    wait_until(s, x->offsets.n == 50);
    assert_int_equal(x->offsets.items[20], 0);
    assert_int_equal(x->offsets.items[49], 29);
    wait_until(s, is_state(s, "ok"));
    assert_int_equal(told(s, "topic control-iceberg", "was not there"), 1);
}

static void deleted_before_they_were_read(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 20);
    begin_topic(s, "control-iceberg");
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 20);
    struct demo_broker *b = demo_thread_pause(s->f->thread);
    demo_broker_node_down(b, 1, false);
    demo_broker_node_down(b, 2, false);
    demo_world_append(s->f->world, "control-iceberg", 0, clock_wall_ms(&clock_system), 50);
    demo_world_set_offsets(s->f->world, "control-iceberg", 0, 40, 50, 50);
    assert_int_equal(demo_broker_node_up(b, 1, &err), 0);
    assert_int_equal(demo_broker_node_up(b, 2, &err), 0);
    demo_thread_resume(s->f->thread);
    struct seen *x = seen_of(s, "control-iceberg");
    wait_until(s, x->offsets.n == 30);
    assert_int_equal(x->offsets.items[20], 40);
    wait_until(s, told(s, "topic control-iceberg", "records from offset 20 on were deleted before they could be read"));
}

static void control_topics_are_found(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 3, 0);
    demo_world_append(s->f->world, "control-iceberg", 2, clock_wall_ms(&clock_system) - HOUR_MS, 0);
    demo_world_append(s->f->world, "control-iceberg", 2, clock_wall_ms(&clock_system), 4);
    add_topic(s, "mixed", 1, 300);
    add_topic(s, "empty-control", 2, 0);
    add_topic(s, "iceberg-orders", 1, 100);
    demo_world_topic(s->f->world, "iceberg-orders")->record = (struct demo_record){0};
    add_topic(s, "hidden-control", 1, 100);
    demo_world_topic(s->f->world, "hidden-control")->hidden = true;
    begin(s, 0);
    static const char *const names[] = {"iceberg-orders", "control-iceberg", "nowhere-control",
                                        "empty-control",  "hidden-control",  "mixed"};
    connect_control_candidates(s->control, names, 6);
    wait_until(s, s->founds == 1);
    assert_string_equal(s->found, "control-iceberg mixed");
    assert_true(is_state(s, "starting"));             /* no topics were given */
    connect_control_candidates(s->control, names, 6); /* nothing is due */
    wait_until(s, s->founds == 2);
    assert_string_equal(s->found, "control-iceberg mixed");
    append(s, "empty-control", 5);
    atomic_store(&s->f->ahead_us, INT64_C(301000000));
    connect_control_candidates(s->control, names, 5);
    wait_until(s, s->founds == 3);
    assert_string_equal(s->found, "control-iceberg empty-control");
    read_topics(s, (const char *const[]){"control-iceberg"}, 1);
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 4);
}

static void records_are_not_to_be_looked_at(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 10);
    s->f->conf.no_records = true;
    begin(s, 0);
    connect_control_candidates(s->control, (const char *const[]){"control-iceberg"}, 1);
    wait_until(s, s->founds == 1);
    assert_string_equal(s->found, "");
    read_topics(s, NULL, 0);
    wait_until(s, is_state(s, "ok"));
}

static void another_configuration(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 2, 20);
    begin_topic(s, "control-iceberg");
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 40);
    connect_control_configure(s->control, &s->f->conf);
    append(s, "control-iceberg", 5);
    wait_until(s, count(s, "control-iceberg") == 45);
    for (int i = 0; i < 20; i++)
        turn_loop(s);
    assert_int_equal(count(s, "control-iceberg"), 45); /* it went on where it was */
}

static void a_transaction_holds_back(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 20);
    demo_world_set_offsets(s->f->world, "control-iceberg", 0, 0, 20, 12);
    begin_topic(s, "control-iceberg");
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 12);
    wait_until(s,
               strstr(state_text(s, SOURCES_NOTE), "control-iceberg: partition 0: an open transaction holds back what "
                                                   "is behind offset 12"));
    demo_thread_pause(s->f->thread);
    demo_world_set_offsets(s->f->world, "control-iceberg", 0, 0, 20, 20);
    demo_thread_resume(s->f->thread);
    wait_until(s, count(s, "control-iceberg") == 20);
    wait_until(s, !*state_text(s, SOURCES_NOTE));
}

static void a_partition_is_added(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 10);
    begin_topic(s, "control-iceberg");
    wait_until(s, is_state(s, "ok") && count(s, "control-iceberg") == 10);
    demo_thread_pause(s->f->thread);
    struct demo_topic *t = demo_world_topic(s->f->world, "control-iceberg");
    struct demo_partition p = {.leader = 2, .replicas = {2}, .replica_n = 1, .isr = {2}, .isr_n = 1};
    vec_push(&t->partitions, p);
    demo_world_append(s->f->world, "control-iceberg", 1, clock_wall_ms(&clock_system) - 5000, 0);
    demo_world_append(s->f->world, "control-iceberg", 1, clock_wall_ms(&clock_system), 3);
    demo_thread_resume(s->f->thread);
    atomic_store(&s->f->ahead_us, INT64_C(31000000));
    wait_until(s, count(s, "control-iceberg") == 13);
    wait_until(s, is_state(s, "ok"));
}

static void it_ends_at_any_time(void **state)
{
    struct stage *s = *state;
    add_topic(s, "control-iceberg", 1, 20);
    demo_thread_fault(s->f->thread,
                      &(struct demo_fault){.api = DEMO_API_METADATA, .node = -1, .count = -1, .silent = true});
    begin_topic(s, "control-iceberg");
    connect_control_candidates(s->control, (const char *const[]){"control-iceberg"}, 1);
    turn_loop(s);
    int64_t before = clock_mono_us(&clock_system);
    scheduler_remove(s->f->scheduler, scheduler_find(s->f->scheduler, "control:east"));
    assert_true(clock_mono_us(&clock_system) - before < WAIT_MS / 2 * 1000);
}

static int setup(void **state)
{
    struct stage *s = mem_new(struct stage);
    s->f = fixture_new(demo_world_new(2, "here"), 30000);
    s->run = topic_load("healthy-1.9.2");
    *state = s;
    return 0;
}

static int teardown(void **state)
{
    struct stage *s = *state;
    fixture_free(s->f);
    topic_free(&s->run);
    for (int i = 0; i < NAMES; i++)
        vec_done(&s->seen[i].offsets);
    free(s);
    return 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(a_run_is_read_once_and_in_order),
        test(only_the_last_hours),
        test(records_that_are_no_events),
        test(a_record_of_ten_megabytes),
        test(brokers_go_and_come_back),
        test(gone_denied_and_there),
        test(nothing_but_what_is_not_there),
        test(deleted_and_made_again),
        test(gone_for_a_while),
        test(deleted_before_they_were_read),
        test(control_topics_are_found),
        test(records_are_not_to_be_looked_at),
        test(another_configuration),
        test(a_transaction_holds_back),
        test(a_partition_is_added),
        test(it_ends_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
