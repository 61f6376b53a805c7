/* icetop-stream(5): its examples are one conversation, which is held here with a server and, as a client, with a mirror. */
#include "tests/unit/data.h"
#include "tests/unit/stream/harness.h"

#include "stream/decode.h"
#include "stream/mirror.h"

static const struct column columns[] = {
    {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY, .help = "The group."},
    {.name = "partition", .title = "part", .type = COLUMN_INT, .unit = UNIT_ID, .flags = COLUMN_KEY},
    {.name = "lag",
     .type = COLUMN_INT,
     .unit = UNIT_MESSAGES,
     .priority = 1,
     .flags = COLUMN_HISTORY | COLUMN_WORST_HIGH},
    {.name = "lag_s", .type = COLUMN_REAL, .unit = UNIT_SECONDS},
    {.name = "note", .type = COLUMN_TEXT},
};
static const struct table_def def = {.name = "lags",
                                     .title = "lags of groups",
                                     .help = "One row for each.",
                                     .group = {.name = "kafka", .columns = columns, .ncolumns = 5}};

struct talk {
    struct world w;
    struct table *t;
    struct raw raw;
    struct stream_mirror *mirror;
    int block, focused;
};

static void answer(void *arg, struct stream_reader *reader, int request, const struct table *table,
                   const struct value *key, const char *column, int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
    struct talk *k = arg;
    const struct stream_point points[] = {{from_ms, 11}, {from_ms + step_ms, 12.5}, {to_ms, NAN}};
    (void)table, (void)key, (void)column;
    stream_server_history(k->w.server, reader, request, points, 3, NULL);
}

static void focused(void *arg, const struct value *key)
{
    struct talk *k = arg;
    assert_string_equal(key[0].s->raw, k->focused++ ? "\xff\x41" : "pay");
}

static void focus(void *arg)
{
    struct talk *k = arg;
    stream_server_focused(k->w.server, "lags", focused, k);
}

static void look(void *arg, struct stream_reader *reader, int request, const struct stream_record_query *q)
{
    struct talk *k = arg;
    struct stream_records all = {.asked = q->offset, .start = 0, .end = 13};
    struct error err;
    assert_string_equal(q->topic, "orders");
    if (strcmp(q->cluster, "east") != 0) {
        assert_int_equal(q->offset, STREAM_RECORD_AT_END);
        assert_int_equal(q->count, 1);
        error_set(&err, ERR_NOT_FOUND, "there is no cluster %s", q->cluster);
        stream_server_records(k->w.server, reader, request, NULL, &err);
        return;
    }
    assert_int_equal(q->count, 2);
    struct stream_record r = {.offset = 12, .time_ms = 1700000000000, .clock = STREAM_RECORD_CREATED};
    r.key = stream_record_keep("k-1", 3, STREAM_RECORD_KEY);
    r.value = stream_record_keep("\0A", 2, STREAM_RECORD_VALUE);
    r.value.size = 70000;
    r.headers = mem_new(struct stream_record_header);
    r.headers[0].name = stream_record_keep("trace", 5, STREAM_RECORD_HEADER_BYTES);
    r.headers[0].value = stream_record_keep("7", 1, STREAM_RECORD_HEADER_BYTES);
    r.nheaders = r.headers_there = 1;
    vec_push(&all.items, r);
    stream_server_records(k->w.server, reader, request, &all, NULL);
}

static void refresh(void *arg, const char *what)
{
    struct talk *k = arg;
    assert_string_equal(what, "kafka:east");
    k->w.refreshes++;
}

static struct row *row(struct talk *k, const char *group, int64_t partition)
{
    return put(&k->w, k->t, group, partition);
}

/* What happens in the collector before each block of examples. */
static void before_block(struct talk *k)
{
    if (k->block == 1) {
        struct row *r = row(k, "pay", 0);
        table_set_int(k->t, r, 2, 12, QUALITY_EXACT);
        table_set_real(k->t, r, 3, 3.5, QUALITY_EXACT);
        table_set_int(k->t, row(k, "pay", 1), 2, 70, QUALITY_GE);
        r = row(k, "pay", 2);
        table_set_int(k->t, r, 2, 1, QUALITY_EXACT);
        table_set_real(k->t, r, 3, 0.25, QUALITY_EST);
        r = row(k, "\xff\x41", 0);
        table_set_int(k->t, r, 2, INT64_MAX, QUALITY_EXACT);
        table_set_real(k->t, r, 3, INFINITY, QUALITY_EXACT);
    } else if (k->block == 2) {
        table_set_int(k->t, row(k, "pay", 0), 2, 13, QUALITY_EXACT);
        table_set_unknown(k->t, row(k, "\xff\x41", 0), 2);
        table_set_int(k->t, row(k, "pay", 2), 2, 6, QUALITY_EXACT);
    } else if (k->block == 5) {
        store_drop(k->w.store, k->t);
    }
    store_commit(k->w.store);
}

/* A message of the collector's: the server said it, and a client takes it. */
static void collector_says(struct talk *k, const char *example)
{
    char *line = raw_line(&k->w, &k->raw);
    assert_non_null(line);
    if (is_type(line, "hello"))
        assert_memory_equal(line, example, strlen("{\"t\":\"hello\",\"protocol\":1,\"icetop\":\""));
    else
        assert_string_equal(line, example);
    json_t *message;
    const char *type;
    struct error err;
    if (stream_decode_line(line, strlen(line), &message, &type, &err) ||
        stream_mirror_message(k->mirror, message, type, NULL, &err) ||
        (strcmp(type, "end") == 0 && stream_mirror_end(k->mirror, false, &err)))
        fail_msg("%s: %s", example, err.text);
    json_decref(message);
    free(line);
}

/* What a reader's copy is after each block. */
static void after_block(struct talk *k)
{
    struct table *m = store_find(stream_mirror_store(k->mirror), "lags");
    if (k->block == 2) {
        assert_int_equal(table_nrows(m), 3);
        assert_int_equal(row_get(find(m, "pay", 0), 2).i, 13);
        assert_int_equal(row_get(find(m, "pay", 1), 2).quality, QUALITY_GE);
        assert_int_equal(row_get(find(m, "pay", 2), 3).quality, QUALITY_EST);
        assert_null(find(m, "\xff\x41", 0));
    }
    if (k->block == 5)
        assert_null(m);
}

static void run_example(struct talk *k, const char *line)
{
    if (line[0] == '<')
        collector_says(k, line + 2);
    else
        raw_say(&k->w, &k->raw, line + 2);
}

static char *read_page(void)
{
    return data_text(data_path("../../man/icetop-stream.5.scd"));
}

static void the_examples_are_what_is_said(void **state)
{
    static const struct stream_server_ops ops = {.history = answer, .look = look, .refresh = refresh, .focus = focus};
    (void)state;
    struct talk k = {.mirror = stream_mirror_new(&clock_system, 1 << 20)};
    k.w.base = event_base_new();
    k.w.store = store_new(&clock_system);
    k.w.owner = store_owner(k.w.store, "kafka:east");
    assert_int_equal(store_add(k.w.store, &def, NULL, &k.t, NULL), 0);
    k.w.server = stream_server_new(k.w.base, k.w.store, &ops, &k);
    raw_connect(&k.w, &k.raw);

    char *page = read_page(), *rest = page;
    struct str example = {0};
    bool within = false;
    int examples = 0;
    for (char *line; (line = strsep(&rest, "\n"));) {
        bool fence = strcmp(line, "```") == 0;
        if (within && strncmp(line, "    ", 4) == 0) {
            str_add(&example, line + 4);
            continue;
        }
        if (example.len) {
            run_example(&k, example.s);
            str_clear(&example);
            examples++;
        }
        if (fence && !within)
            before_block(&k);
        if (fence && within) {
            after_block(&k);
            k.block++;
        }
        within = fence ? !within : within;
        if (within && !fence)
            str_add(&example, line);
    }
    assert_int_equal(k.block, 7);
    assert_int_equal(k.focused, 2);
    assert_int_equal(examples, 30);
    assert_int_equal(k.w.refreshes, 1);
    assert_null(raw_line(&k.w, &k.raw));
    raw_done(&k.raw);
    stream_mirror_free(k.mirror);
    stream_server_free(k.w.server);
    store_free(k.w.store);
    event_base_free(k.w.base);
    str_done(&example);
    free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_examples_are_what_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
