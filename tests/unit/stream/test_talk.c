/* The conversation: requests, nonsense, garbage and floods from either side, history, slices of time. */
#include "tests/unit/stream/harness.h"

#include "stream/ids.h"

static void nonsense_is_answered_and_garbage_ends_the_stream(void **state)
{
    struct fixture *f = *state;
    static const char *const nonsense[] = {
        "{\"t\":\"subscribe\",\"id\":1}",
        "{\"t\":\"subscribe\",\"id\":\"x\",\"table\":\"lags\"}",
        "{\"t\":\"subscribe\",\"id\":2,\"table\":\"lags\",\"where\":\"lag >\"}",
        "{\"t\":\"subscribe\",\"id\":3,\"table\":\"lags\",\"columns\":[\"none\"]}",
        "{\"t\":\"subscribe\",\"id\":4,\"table\":\"lags\",\"sort\":\"none\",\"limit\":1}",
        "{\"t\":\"unsubscribe\",\"id\":77}",
        "{\"t\":\"configure\",\"argv\":3}",
        "{\"t\":\"hello\",\"protocol\":-1}",
    };
    static const char *const garbage[] = {"not json", "[]", "{\"t\":1}", "{}", "", "{\"t\":\"refresh\"} x"};
    struct raw raw;
    raw_connect(f->w, &raw);
    raw_say(f->w, &raw, "{\"t\":\"a message of later versions\",\"x\":[1]}");
    raw_say(f->w, &raw, "{\"t\":\"refresh\",\"a field of later versions\":1}");
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        raw_say(f->w, &raw, nonsense[i]);
        char *line = raw_expect(f->w, &raw, "error");
        assert_non_null(strstr(line, "\"text\":\""));
        free(line);
    }
    assert_int_equal(f->w->refreshes, 1);
    raw_say(f->w, &raw, "{\"t\":\"history\",\"id\":9,\"table\":\"none\",\"column\":\"x\",\"key\":[]}");
    char *line = raw_expect(f->w, &raw, "history");
    assert_string_equal(line, "{\"t\":\"history\",\"id\":9,\"code\":\"not_found\","
                              "\"text\":\"there is no table none\"}");
    free(line);
    raw_done(&raw);
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        raw_connect(f->w, &raw);
        raw_say(f->w, &raw, garbage[i]);
        free(raw_expect(f->w, &raw, "bye"));
        assert_null(raw_line(f->w, &raw));
        raw_done(&raw);
    }
}

static void floods_end_the_stream(void **state)
{
    struct fixture *f = *state;
    struct raw raw;
    struct str line = {0};
    raw_connect(f->w, &raw);
    str_repeat(&line, 'x', LIMITS_STREAM_LINE + 200000);
    raw_send(f->w, &raw, line.s, line.len);
    char *bye = raw_expect(f->w, &raw, "bye");
    assert_non_null(strstr(bye, "a line of more than 1048576 bytes"));
    free(bye);
    assert_null(raw_line(f->w, &raw));
    raw_done(&raw);

    raw_connect(f->w, &raw);
    for (int i = 0; i <= STREAM_SERVER_SUBSCRIPTIONS; i++) {
        str_clear(&line);
        str_printf(&line, "{\"t\":\"subscribe\",\"id\":%d,\"table\":\"none\"}", i);
        raw_say(f->w, &raw, line.s);
    }
    bye = raw_expect(f->w, &raw, "bye");
    assert_non_null(strstr(bye, "more than 200 subscriptions"));
    free(bye);
    raw_done(&raw);

    /* Asking for errors without reading them costs bounded memory. */
    raw_connect(f->w, &raw);
    for (int i = 0; i < 20000; i++) {
        ssize_t n = send(raw.fd, "{\"t\":\"unsubscribe\",\"id\":1}\n", 27, MSG_NOSIGNAL);
        if (n != 27)
            event_base_loop(f->w->base, EVLOOP_NONBLOCK);
    }
    for (int i = 0; i < 20; i++)
        event_base_loop(f->w->base, EVLOOP_NONBLOCK);
    assert_true(stream_server_unsent(f->w->server) < 4 * LIMITS_STREAM_BATCH);
    raw_done(&raw);
    str_done(&line);
    WAIT(f->w, stream_server_readers(f->w->server) == 1);
}

/* A client with a peer that is only a descriptor. */
static void collector_garbage_ends_the_client(void **state)
{
    struct fixture *f = *state;
    static const char *const lines[] = {
        "garbage",
        "{\"t\":\"rows\",\"table\":\"none\",\"gone\":[1]}",
        "{\"t\":\"table\",\"table\":\"BAD NAME\",\"groups\":[]}",
        "{\"t\":\"table\",\"table\":\"a\",\"groups\":[{\"name\":\"g\",\"columns\":[{\"name\":\"k\","
        "\"type\":\"int\"}]}]}",
        "{\"t\":\"owner\",\"owner\":0,\"name\":\"x\"}",
        "{\"t\":\"drop\",\"table\":\"none\"}",
        "{\"t\":\"hello\",\"protocol\":0}",
        "{\"t\":\"hello\",\"protocol\":2,\"icetop\":\"9.0\"}",
        "{\"t\":\"end\",\"subscribed\":-1}",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int pair[2];
        struct seen s = {0};
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        s.client = stream_client_new(f->w->base, pair[1], &f->w->clock, &seen_ops, &s);
        struct raw raw = {.fd = pair[0]};
        raw_say(f->w, &raw, "{\"t\":\"something new\"}");
        raw_say(f->w, &raw, lines[i]);
        WAIT(f->w, s.closes);
        assert_int_equal(s.err.code, ERR_INVALID);
        if (strstr(lines[i], "9.0"))
            assert_non_null(
                strstr(s.err.text, "the collector is icetop 9.0, which speaks version 2 of the stream; this is "));
        assert_int_equal(store_count(stream_client_store(s.client)), 0);
        stream_client_free(s.client);
        raw_done(&raw);
    }
}

static const char *const described =
    "{\"t\":\"table\",\"table\":\"a\",\"groups\":[{\"name\":\"g\",\"columns\":[{\"name\":\"k\","
    "\"type\":"
    "\"int\",\"flags\":[\"key\"]},{\"name\":\"v\",\"type\":\"text\"}]}]}";

static void malformed_rows_end_the_client(void **state)
{
    struct fixture *f = *state;
    static const char *const rows[] = {
        "\"columns\":[0,1],\"new\":[[1,0]]",
        "\"columns\":[0,1],\"new\":[[0,0,5]]",
        "\"columns\":[0,1],\"new\":[[1,0,null]]",
        "\"columns\":[0,1],\"new\":[[1,0,[5,\"ge\"]]]",
        "\"columns\":[0,1],\"new\":[[1,0,5,6]]",
        "\"columns\":[0,1],\"new\":[[1,0,5,\"x\",\"y\"]]",
        "\"columns\":[1,0],\"new\":[[1,0,\"x\",5]]",
        "\"columns\":[0,1,1],\"new\":[[1,0,5]]",
        "\"columns\":[0,2],\"new\":[[1,0,5]]",
        "\"new\":[[1,0,5]]",
        "\"columns\":[0,1],\"new\":[[1,70000,5]]",
        "\"columns\":[0],\"new\":[[1,0,5.5]]",
        "\"columns\":[0],\"new\":[[1,0,9223372036854775808]]",
        "\"columns\":[0,1],\"new\":[[1,0,5,{\"b\":\"?\"}]]",
        "\"columns\":[0,1],\"new\":[[1,0,5,[\"x\",\"certain\"]]]",
        "\"set\":[[1,0,6]]",
        "\"set\":[[1,1]]",
        "\"set\":[[1,9,\"x\"]]",
        "\"set\":[[1,1,\"x\"]]", /* of a row that was not sent */
        "\"gone\":[\"x\"]",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int pair[2];
        struct seen s = {0};
        struct str line = {0};
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        s.client = stream_client_new(f->w->base, pair[1], &f->w->clock, &seen_ops, &s);
        struct raw raw = {.fd = pair[0]};
        raw_say(f->w, &raw, described);
        str_printf(&line, "{\"t\":\"rows\",\"table\":\"a\",%s}", rows[i]);
        raw_say(f->w, &raw, line.s);
        raw_say(f->w, &raw, "{\"t\":\"end\",\"subscribed\":0}");
        for (int turn = 0; turn < 1000 && !s.closes && !s.changes; turn++)
            world_turn(f->w);
        if (!s.closes)
            fail_msg("was taken: %s", line.s);
        assert_int_equal(s.err.code, ERR_INVALID);
        stream_client_free(s.client);
        raw_done(&raw);
        str_done(&line);
    }
}

static void answered(void *arg, const struct stream_point *points, size_t n, const struct error *err)
{
    struct fixture *f = arg;
    f->s.failures++;
    f->s.err = err ? *err : (struct error){0};
    f->s.failed_id = (int)n;
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(points[i].time_ms, 1000 * (int64_t)i);
        if (i == 7)
            assert_true(isnan(points[i].value));
        else
            assert_true(points[i].value == (double)i / 7);
    }
}

static void history_is_asked_and_answered(void **state)
{
    struct fixture *f = *state;
    settle(f->w, &f->s);
    struct name *n = name_intern(store_names(stream_client_store(f->s.client)), "p\xff", 2);
    struct value key[2] = {{.s = n, .quality = QUALITY_EXACT}, value_int(INT64_MIN)};
    const struct stream_history_query q = {
        .table = "lags", .key = key, .column = "lag", .from_ms = 0, .to_ms = 1000, .step_ms = 10};
    stream_client_history(f->s.client, &q, answered, f);
    WAIT(f->w, f->w->asked == 1);
    assert_true(f->w->asked_partition == INT64_MIN);
    size_t count = 20000;
    struct stream_point *points = mem_calloc(count, sizeof *points);
    for (size_t i = 0; i < count; i++)
        points[i] = (struct stream_point){1000 * (int64_t)i, i == 7 ? NAN : (double)i / 7};
    stream_server_history(f->w->server, f->w->asker, f->w->request, points, count, NULL);
    stream_server_history(f->w->server, f->w->asker, f->w->request, points, 1, NULL); /* ignored */
    WAIT(f->w, f->s.failures == 1);
    assert_int_equal(f->s.failed_id, count);
    assert_int_equal(f->s.err.code, 0);

    const struct error why = {.code = ERR_UNAVAILABLE, .text = "no \x1b[31mdisk"};
    stream_client_history(f->s.client, &q, answered, f);
    WAIT(f->w, f->w->asked == 2);
    stream_server_history(f->w->server, f->w->asker, f->w->request, NULL, 0, &why);
    WAIT(f->w, f->s.failures == 2);
    assert_int_equal(f->s.err.code, ERR_UNAVAILABLE);
    assert_null(strchr(f->s.err.text, '\x1b'));

    for (int i = 0; i < 50; i++) /* more than are on their way at once */
        stream_client_history(f->s.client, &q, answered, f);
    WAIT(f->w, f->w->asked == 2 + STREAM_CLIENT_HISTORY);
    for (int i = 0; i < 10; i++)
        world_turn(f->w);
    assert_int_equal(f->w->asked, 2 + STREAM_CLIENT_HISTORY);
    stream_server_history(f->w->server, f->w->asker, f->w->request, points, 1, NULL);
    WAIT(f->w, f->s.failures == 3 && f->w->asked == 3 + STREAM_CLIENT_HISTORY);
    stream_client_history(f->s.client, &q, answered, &key); /* forgotten: is never called */
    stream_client_forget(f->s.client, &key);
    struct stream_reader *gone = f->w->asker;
    int request = f->w->request;
    stream_server_free(f->w->server); /* what is left ends with the stream */
    f->w->server = stream_server_new(f->w->base, f->w->store, &(struct stream_server_ops){0}, f->w);
    WAIT(f->w, f->s.closes == 1);
    assert_int_equal(f->s.failures, 52);
    stream_server_history(f->w->server, gone, request, points, 1, NULL); /* nobody is there */
    stream_client_history(f->s.client, &q, answered, f);
    assert_int_equal(f->s.failures, 52); /* never before it returns */
    WAIT(f->w, f->s.failures == 53);
    assert_int_equal(f->s.err.code, ERR_CLOSED);
    free(points);
    name_unref(n);
}

static void configuration_and_refresh_go_up(void **state)
{
    struct fixture *f = *state;
    static const char *const argv[] = {"icetop", "-b", "h\xff:9092", "-X", "a=\"b\""};
    stream_client_configure(f->s.client, 5, argv);
    stream_client_refresh(f->s.client, NULL);
    stream_client_refresh(f->s.client, "kafka:east");
    WAIT(f->w, f->w->refreshes == 2);
    assert_string_equal(f->w->argv, "[icetop][-b][h\xff:9092][-X][a=\"b\"]");
    assert_string_equal(f->w->what, "kafka:east");
    stream_client_free(f->s.client);
    f->s.client = NULL;
    WAIT(f->w, f->w->idle == 1);
}

static int64_t slow_mono(void *arg)
{
    return *(int64_t *)arg += 3000;
}

struct other {
    struct event *event;
    int turns;
};

static void count_turns(evutil_socket_t fd, short what, void *arg)
{
    static const struct timeval now = {0, 0};
    struct other *o = arg;
    (void)fd, (void)what;
    o->turns++;
    event_add(o->event, &now);
}

/* However much there is to read, other events come in between. */
static void lines_are_read_in_slices(void **state)
{
    struct fixture *f = *state;
    int pair[2];
    int64_t now = 0;
    struct other other = {0};
    const struct clock slow = {.wall_ms = world_wall, .mono_us = slow_mono, .arg = &now};
    struct seen s = {0};
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct raw raw = {.fd = pair[0]};
    s.client = stream_client_new(f->w->base, pair[1], &slow, &seen_ops, &s);
    for (int i = 0; i < 100; i++)
        raw_say(f->w, &raw, "{\"t\":\"end\",\"subscribed\":0}");
    other.event = evtimer_new(f->w->base, count_turns, &other);
    count_turns(-1, 0, &other);
    WAIT(f->w, s.changes == 100);
    assert_true(other.turns >= 40); /* two lines a slice of 5 ms */
    event_free(other.event);
    stream_client_free(s.client);
    raw_done(&raw);
}

static void ids_are_kept(void **state)
{
    struct stream_ids m = {0};
    uint64_t want[512] = {0}, v, id;
    unsigned seed = 7;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint64_t key = (uint64_t)(rand_r(&seed) % 511) + 1;
        if (rand_r(&seed) % 2) {
            stream_ids_put(&m, key << 20, (uint64_t)i + 1);
            want[key] = (uint64_t)i + 1;
        } else {
            assert_int_equal(stream_ids_del(&m, key << 20), want[key] != 0);
            want[key] = 0;
        }
    }
    size_t n = 0, at = 0;
    for (uint64_t key = 1; key < 512; key++) {
        bool there = stream_ids_get(&m, key << 20, &v);
        assert_int_equal(there, want[key] != 0);
        if (there)
            assert_int_equal(v, want[key]);
        n += there;
    }
    assert_int_equal(m.n, n);
    while (stream_ids_next(&m, &at, &id, &v)) {
        assert_int_equal(want[id >> 20], v);
        n--;
    }
    assert_int_equal(n, 0);
    stream_ids_done(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lines_are_read_in_slices),        TEST(nonsense_is_answered_and_garbage_ends_the_stream),
        TEST(floods_end_the_stream),           TEST(collector_garbage_ends_the_client),
        TEST(malformed_rows_end_the_client),   TEST(history_is_asked_and_answered),
        TEST(configuration_and_refresh_go_up), cmocka_unit_test(ids_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
