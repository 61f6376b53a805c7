/* Records on their way to the one who asked, and as text. */
#include "tests/unit/stream/harness.h"

#include "stream/decode.h"
#include "stream/record_text.h"

/* A server whose looks are answered by hand, and a client. */
struct room {
    struct event_base *base;
    struct store *store;
    struct stream_server *server;
    struct seen seen;
    struct {
        struct stream_reader *reader;
        int request;
    } asked[8];
    size_t nasked;
};

static void on_look(void *arg, struct stream_reader *reader, int request, const struct stream_record_query *q)
{
    struct room *r = arg;
    assert_string_equal(q->cluster, "east");
    assert_string_equal(q->topic, "t\xff");
    r->asked[r->nasked].reader = reader;
    r->asked[r->nasked++].request = request;
}

static void connect_client(struct room *r, struct seen *s)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    stream_server_add(r->server, pair[0]);
    s->client = stream_client_new(r->base, pair[1], &clock_system, &seen_ops, s);
}

static int room_setup(void **state)
{
    static const struct stream_server_ops ops = {.look = on_look};
    struct room *r = mem_new(struct room);
    r->base = event_base_new();
    r->store = store_new(&clock_system);
    r->server = stream_server_new(r->base, r->store, &ops, r);
    connect_client(r, &r->seen);
    *state = r;
    return 0;
}

static int room_teardown(void **state)
{
    struct room *r = *state;
    stream_client_free(r->seen.client);
    stream_server_free(r->server);
    store_free(r->store);
    event_base_free(r->base);
    free(r);
    return 0;
}

static void turn_until(struct room *r, const int *what, int wanted)
{
    int64_t until = clock_mono_us(&clock_system) + DEADLINE_MS * INT64_C(1000);
    while (*what != wanted) {
        assert_true(clock_mono_us(&clock_system) < until);
        event_base_loop(r->base, EVLOOP_NONBLOCK);
    }
}

static void turn_until_asked(struct room *r, size_t n)
{
    int64_t until = clock_mono_us(&clock_system) + DEADLINE_MS * INT64_C(1000);
    while (r->nasked < n) {
        assert_true(clock_mono_us(&clock_system) < until);
        event_base_loop(r->base, EVLOOP_NONBLOCK);
    }
}

struct answer {
    int times;
    struct stream_records records;
    struct error err;
};

static void on_records(void *arg, struct stream_records *records, const struct error *err)
{
    struct answer *a = arg;
    a->times++;
    a->records = *records;
    *records = (struct stream_records){0};
    if (err)
        a->err = *err;
}

static const struct stream_record_query query = {.cluster = "east", .topic = "t\xff", .offset = 7, .count = 100};

static struct stream_record_bytes filled(size_t size, size_t max)
{
    char *bytes = mem_alloc(size + 1);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 + 0x80);
    struct stream_record_bytes b = stream_record_keep(bytes, size, max);
    free(bytes);
    return b;
}

/* As large as they get: every line stays within a batch, and everything arrives as it was. */
static void the_largest_answer_arrives_whole(void **state)
{
    struct room *r = *state;
    struct answer a = {0};
    struct stream_records all = {.asked = 7, .start = 1, .end = 900, .found = STREAM_RECORD_LATER, .late = true};
    for (int i = 0; i < STREAM_RECORD_COUNT; i++) {
        struct stream_record x = {.offset = 8 + i, .time_ms = -5, .clock = STREAM_RECORD_APPENDED};
        x.key = filled(STREAM_RECORD_KEY + 1, STREAM_RECORD_KEY);
        x.value = filled(1000000, STREAM_RECORD_VALUE);
        x.headers = mem_calloc(2, sizeof *x.headers);
        x.headers[0].name = filled(STREAM_RECORD_HEADER_BYTES, SIZE_MAX);
        x.headers[1].name = stream_record_keep("", 0, 1);
        x.nheaders = 2;
        x.headers_there = 70;
        struct str line = {0};
        stream_record_encode(&line, INT32_MAX, &x);
        assert_in_range(line.len, STREAM_RECORD_VALUE, LIMITS_STREAM_BATCH);
        str_done(&line);
        vec_push(&all.items, x);
    }
    stream_client_look(r->seen.client, &query, on_records, &a);
    turn_until_asked(r, 1);
    stream_server_records(r->server, r->asked[0].reader, r->asked[0].request, &all, NULL);
    assert_null(all.items.items);
    turn_until(r, &a.times, 1);
    assert_int_equal(a.err.code, 0);
    assert_int_equal(a.records.items.n, STREAM_RECORD_COUNT);
    assert_int_equal(a.records.found, STREAM_RECORD_LATER);
    assert_true(a.records.late);
    assert_int_equal(a.records.end, 900);
    const struct stream_record *x = &a.records.items.items[99];
    struct stream_record_bytes key = filled(STREAM_RECORD_KEY + 1, STREAM_RECORD_KEY);
    assert_int_equal(x->offset, 107);
    assert_int_equal(x->time_ms, -5);
    assert_int_equal(x->clock, STREAM_RECORD_APPENDED);
    assert_int_equal(x->key.size, STREAM_RECORD_KEY + 1);
    assert_int_equal(x->key.len, STREAM_RECORD_KEY);
    assert_memory_equal(x->key.s, key.s, key.len);
    assert_int_equal(x->value.size, 1000000);
    assert_int_equal(x->headers_there, 70);
    assert_int_equal(x->nheaders, 2);
    assert_null(x->headers[1].value.s);
    assert_non_null(x->headers[1].name.s);
    free(key.s);
    stream_record_done(&a.records);
}

static void only_the_one_who_asked_is_answered(void **state)
{
    struct room *r = *state;
    struct seen other = {0};
    struct answer a = {0}, b = {0}, c = {0};
    const struct error err = {.code = ERR_REMOTE, .text = "no"};
    connect_client(r, &other);
    stream_client_look(r->seen.client, &query, on_records, &a);
    turn_until_asked(r, 1);
    stream_client_look(other.client, &query, on_records, &b);
    stream_client_look(other.client, &query, on_records, &c);
    turn_until_asked(r, 3);
    stream_server_records(r->server, r->asked[0].reader, r->asked[1].request, NULL, &err); /* not his */
    stream_server_records(r->server, r->asked[1].reader, r->asked[1].request, NULL, &err);
    turn_until(r, &b.times, 1);
    assert_string_equal(b.err.text, "no");
    assert_int_equal(a.times, 0);
    assert_int_equal(c.times, 0);
    stream_client_forget(other.client, &c);
    stream_client_free(other.client); /* the answer finds nobody */
    for (int i = 0; i < 20; i++)
        event_base_loop(r->base, EVLOOP_NONBLOCK);
    struct stream_records late = {.found = STREAM_RECORD_AT_LOG_END};
    vec_push(&late.items, (struct stream_record){.value = stream_record_keep("x", 1, 1)});
    stream_server_records(r->server, r->asked[2].reader, r->asked[2].request, &late, NULL);
    assert_int_equal(c.times, 0);
    stream_server_free(r->server);
    r->server = NULL;
    turn_until(r, &a.times, 1);
    assert_int_equal(a.err.code, ERR_CLOSED);
    stream_client_look(r->seen.client, &query, on_records, &a); /* of a stream that has ended */
    turn_until(r, &a.times, 2);
    assert_int_equal(a.err.code, ERR_CLOSED);
}

static void too_many_are_refused(void **state)
{
    struct room *r = *state;
    struct answer a[STREAM_SERVER_LOOKS + 1] = {0};
    for (int i = 0; i <= STREAM_SERVER_LOOKS; i++)
        stream_client_look(r->seen.client, &query, on_records, &a[i]);
    turn_until(r, &a[STREAM_SERVER_LOOKS].times, 1);
    assert_int_equal(a[STREAM_SERVER_LOOKS].err.code, ERR_LIMIT);
    assert_int_equal(r->nasked, STREAM_SERVER_LOOKS);
    assert_int_equal(a[0].times, 0);
}

/* ---- messages that are none ---- */

static void garbage_is_refused(void **state)
{
    static const char *const lines[] = {
        "{\"t\":\"records\",\"records\":[{}],\"more\":true}",
        "{\"t\":\"records\",\"records\":[{\"offset\":-1}],\"more\":true}",
        "{\"t\":\"records\",\"records\":[{\"offset\":1,\"key\":5}],\"more\":true}",
        "{\"t\":\"records\",\"records\":[{\"offset\":1,\"value\":\"abc\",\"value_size\":2}],\"more\":true}",
        "{\"t\":\"records\",\"records\":[{\"offset\":1,\"clock\":\"sun\"}],\"more\":true}",
        "{\"t\":\"records\",\"records\":[{\"offset\":1,\"headers\":[[1]]}],\"more\":true}",
        "{\"t\":\"records\"}",
        "{\"t\":\"records\",\"found\":\"perhaps\"}",
        "{\"t\":\"records\",\"found\":\"here\",\"asked\":1,\"start\":0,\"end\":2}",
        "{\"t\":\"records\",\"found\":\"end\",\"asked\":-1}",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct stream_records r = {0};
        json_t *m;
        const char *type;
        bool more;
        struct error err;
        assert_int_equal(stream_decode_line(lines[i], strlen(lines[i]), &m, &type, &err), 0);
        assert_int_equal(stream_record_decode(m, &r, &more, &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "records: "));
        stream_record_done(&r);
        json_decref(m);
    }
}

/* ---- as text ---- */

static void text_is(const char *bytes, size_t len, size_t size, enum stream_record_form form, const char *used,
                    const char *text)
{
    const struct stream_record_bytes b = {.s = (char *)(uintptr_t)bytes, .len = len, .size = size};
    struct str out = {0};
    assert_string_equal(stream_record_text_form(stream_record_text(&out, &b, form, 80)), used);
    assert_string_equal(str_text(&out), text);
    str_done(&out);
}

#define BEST(bytes, used, text) text_is(bytes, sizeof(bytes) - 1, sizeof(bytes) - 1, STREAM_RECORD_AS_BEST, used, text)

static void bytes_as_what_they_are(void **state)
{
    (void)state;
    BEST("{\"b\":1.10,\"a\":[1e40,{},[ ], 9223372036854775808],\"b\":\"x, {y}: \\\"z\"}", "json",
         "{\n  \"b\": 1.10,\n  \"a\": [\n    1e40,\n    {},\n    [],\n    9223372036854775808\n  ],\n"
         "  \"b\": \"x, {y}: \\\"z\"\n}\n");
    BEST(" [\"\\u001b[31m\"]", "json", "[\n  \"\\u001b[31m\"\n]\n");
    BEST("42", "text", "42\n");
    BEST("{not json}", "text", "{not json}\n");
    BEST("one\r\n\ttwo\n\nthree", "text", "one\n    two\n\nthree\n");
    BEST("gr\xc3\xbc\xc3\x9f \xe2\x80\xae evil", "text", "gr\xc3\xbc\xc3\x9f \xef\xbf\xbd evil\n");
    BEST("\x1b[31mred", "hex", "00000000  1b 5b 33 31 6d 72 65 64                           .[31mred\n");
    BEST("\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf ~", "hex",
         "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  ................\n"
         "00000010  20 7e                                             " " ~\n");
    text_is("\x1b[1mx", 5, 5, STREAM_RECORD_AS_TEXT, "text", "\xef\xbf\xbd[1mx\n");
    text_is("plain", 5, 5, STREAM_RECORD_AS_JSON, "text", "plain\n");
    text_is("{}", 2, 2, STREAM_RECORD_AS_TEXT, "text", "{}\n");
    text_is("{\"a\":[1,\"b", 10, 99, STREAM_RECORD_AS_BEST, "json", "{\n  \"a\": [\n    1,\n    \"b\n");
    text_is("gr\xc3", 3, 9, STREAM_RECORD_AS_BEST, "text", "gr\n");
    text_is("gr\xc3", 3, 3, STREAM_RECORD_AS_BEST, "hex",
            "00000000  67 72 c3                                          gr.\n");
    text_is("\xf0\x9f\x98", 3, 8, STREAM_RECORD_AS_BEST, "text", "");
}

static void short_is(const char *bytes, size_t len, size_t size, int columns, const char *text)
{
    const struct stream_record_bytes b = {.s = (char *)(uintptr_t)bytes, .len = len, .size = size};
    struct str out = {0};
    stream_record_text_short(&out, &b, columns);
    assert_string_equal(str_text(&out), text);
    str_done(&out);
}

static void bytes_on_one_line(void **state)
{
    (void)state;
    short_is(NULL, 0, 0, 20, "null");
    short_is("", 0, 0, 20, "empty");
    short_is("customer-17", 11, 11, 20, "customer-17");
    short_is("customer-17", 11, 11, 8, "custome\xe2\x80\xa6");
    short_is("customer-17", 11, 50, 20, "customer-17\xe2\x80\xa6");
    short_is("a\nb ", 4, 4, 20, "\"a b \"");
    short_is("\xff\x00\x10", 3, 3, 20, "0xff0010");
    short_is("\xff\x00\x10\x11\x12", 5, 5, 9, "0xff0010\xe2\x80\xa6");
    const struct stream_record_bytes framed = {.s = (char[]){"\0\0\0\1\2{"}, .len = 6, .size = 6};
    const struct stream_record_bytes plain = {.s = (char[]){"abcdefg"}, .len = 7, .size = 7};
    assert_int_equal(stream_record_text_schema(&framed), 258);
    assert_int_equal(stream_record_text_schema(&plain), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_largest_answer_arrives_whole, room_setup, room_teardown),
        cmocka_unit_test_setup_teardown(only_the_one_who_asked_is_answered, room_setup, room_teardown),
        cmocka_unit_test_setup_teardown(too_many_are_refused, room_setup, room_teardown),
        cmocka_unit_test(garbage_is_refused),
        cmocka_unit_test(bytes_as_what_they_are),
        cmocka_unit_test(bytes_on_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
