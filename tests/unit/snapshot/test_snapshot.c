/* Every format against its golden file, JSON read back, selection, hostile names, sinks that fail.
 */
#include "tests/unit/data.h"

#include "base/mem.h"
#include "base/text.h"
#include "snapshot/snapshot.h"

#include <math.h>
#include <jansson.h>

#define MS INT64_C(1700000000000) /* 2023-11-14T22:13:20Z */

enum col { CLUSTER, GROUP, STATE, LAG, LAG_S, RATE, BYTES, MOVED, COORD, FINE, NULLS, WAIT_MS, NOTE };

static const struct column columns[] = {
    [CLUSTER] = {.name = "cluster", .type = COLUMN_TEXT, .flags = COLUMN_KEY, .help = "The cluster."},
    [GROUP] = {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY, .help = "The \"group\"."},
    [STATE] = {.name = "state", .type = COLUMN_TEXT, .help = "Its state."},
    [LAG] = {.name = "lag",
             .type = COLUMN_INT,
             .unit = UNIT_MESSAGES,
             .flags = COLUMN_WORST_HIGH,
             .help = "Messages \"behind\",\nall\\."},
    [LAG_S] = {.name = "lag_s", .type = COLUMN_REAL, .unit = UNIT_SECONDS, .help = "Time behind."},
    [RATE] = {.name = "rate_in", .type = COLUMN_REAL, .unit = UNIT_PER_SECOND, .help = "Rate."},
    [BYTES] = {.name = "size", .type = COLUMN_INT, .unit = UNIT_BYTES, .help = "Size."},
    [MOVED] = {.name = "moved", .type = COLUMN_TIME, .help = "When it moved."},
    [COORD] = {.name = "coordinator", .type = COLUMN_INT, .unit = UNIT_ID, .help = "Broker."},
    [FINE] = {.name = "fine", .type = COLUMN_BOOL, .help = "Is it well?"},
    [NULLS] = {.name = "nulls", .type = COLUMN_REAL, .unit = UNIT_RATIO, .help = "Nulls."},
    [WAIT_MS] = {.name = "wait_ms", .type = COLUMN_INT, .unit = UNIT_MS, .help = "Wait."},
    [NOTE] = {.name = "note", .type = COLUMN_TEXT, .flags = COLUMN_HIDDEN, .help = "Words,\nmore\\."},
};
static const struct column broker_columns[] = {
    {.name = "broker", .type = COLUMN_INT, .unit = UNIT_ID, .flags = COLUMN_KEY, .help = "Its id."},
    {.name = "leaders", .type = COLUMN_INT, .unit = UNIT_COUNT, .help = "Partitions."},
};
static const struct table_def groups_def = {
    .name = "groups",
    .title = "consumer groups",
    .help = "One row a group.",
    .group = {.name = "kafka", .columns = columns, .ncolumns = sizeof columns / sizeof *columns}};
static const struct table_def brokers_def = {.name = "brokers",
                                             .title = "brokers",
                                             .help = "One row a broker.",
                                             .group = {.name = "kafka", .columns = broker_columns, .ncolumns = 2}};

struct world {
    struct store *store;
    struct table *groups, *brokers;
};

static struct row *add_group(struct world *w, const char *bytes, size_t len)
{
    struct names *names = store_names(w->store);
    struct value key[2] = {{.s = name_intern(names, "prod|eu", 7), .quality = QUALITY_EXACT},
                           {.s = name_intern(names, bytes, len), .quality = QUALITY_EXACT}};
    struct row *r = table_upsert(w->groups, key, 1);
    name_unref(key[0].s);
    name_unref(key[1].s);
    assert_non_null(r);
    return r;
}

static void fill_groups(struct world *w)
{
    static const char hostile[] = "=1+\"\033[31m\"\t,\xe9|`x`\n\\\xc2\x9b";
    struct table *t = w->groups;
    struct row *r = add_group(w, "payments", 8);
    table_set_text(t, r, STATE, "Stable");
    table_set_int(t, r, LAG, 9007199254740993, QUALITY_EXACT);
    table_set_real(t, r, LAG_S, 7200, QUALITY_GE);
    table_set_real(t, r, RATE, 0.1 + 0.2, QUALITY_EST);
    table_set_int(t, r, BYTES, 12400, QUALITY_STALE);
    table_set_int(t, r, MOVED, MS - 73001, QUALITY_EXACT);
    table_set_int(t, r, COORD, 19092, QUALITY_EXACT);
    table_set_int(t, r, FINE, 1, QUALITY_EXACT);
    table_set_real(t, r, NULLS, 0.982, QUALITY_EXACT);
    table_set_int(t, r, WAIT_MS, 1500, QUALITY_LE);
    table_set_text(t, r, NOTE, "a note, \"quoted\"");
    add_group(w, "unknown", 7);
    r = add_group(w, hostile, sizeof hostile - 1);
    table_set_text(t, r, STATE, "");
    table_set_int(t, r, LAG, INT64_MIN, QUALITY_EXACT);
    table_set_real(t, r, LAG_S, INFINITY, QUALITY_EXACT);
    table_set_real(t, r, RATE, NAN, QUALITY_EXACT);
    table_set_int(t, r, MOVED, INT64_MAX, QUALITY_EXACT);
    table_set_int(t, r, FINE, 0, QUALITY_EXACT);
    table_set_real(t, r, NULLS, -INFINITY, QUALITY_EXACT);
    table_set_int(t, r, WAIT_MS, -1, QUALITY_EXACT);
    r = add_group(w, "gr\xc3\xb6\xc3\x9f\x65\x7f", 8);
    table_set_real(t, r, RATE, 84200, QUALITY_EXACT);
    table_set_text(t, r, STATE, "-2_x @a_");
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->store = store_new(&clock_system);
    assert_int_equal(store_add(w->store, &groups_def, "kafka", &w->groups, NULL), 0);
    assert_int_equal(store_add(w->store, &brokers_def, "kafka", &w->brokers, NULL), 0);
    fill_groups(w);
    for (int64_t i = 10; i > 0; i -= 8)
        table_set_int(w->brokers, table_upsert(w->brokers, &(struct value){.i = i, .quality = QUALITY_EXACT}, 1), 1,
                      i * 1000, QUALITY_EXACT);
    store_commit(w->store);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    store_free(w->store);
    free(w);
    return 0;
}

static const struct snapshot_options options = {.now_ms = MS, .utc = true, .exact = true};

/* The tables of the world in a format; groups by q. */
static void render(struct world *w, const char *format, const struct snapshot_query *q,
                   const struct snapshot_options *o, size_t ntables, struct str *out)
{
    const struct snapshot_format *f = NULL;
    struct snapshot_table tables[2];
    struct error err = {0};
    assert_int_equal(snapshot_format_find(format, &f, &err), 0);
    assert_int_equal(snapshot_select(w->groups, q, MS, &tables[0], &err), 0);
    assert_int_equal(snapshot_select(w->brokers, NULL, MS, &tables[1], &err), 0);
    struct snapshot_sink sink = snapshot_sink_str(out);
    assert_int_equal(snapshot_write(f, o, tables, ntables, &sink, &err), 0);
    snapshot_table_done(&tables[0]);
    snapshot_table_done(&tables[1]);
}

/* Against tests/data/snapshot/NAME. */
static void check_golden(const char *name, const struct str *got)
{
    data_golden(data_path("snapshot/%s", name), got->s, got->len);
}

/* One and several tables, alone and as the second of a series. */
static void formats_match_their_golden_files(void **state)
{
    struct world *w = *state;
    struct snapshot_options one = options, series = options;
    one.version = series.version = "1.2.3"; /* the files outlive releases */
    series.series = true;
    for (const struct snapshot_format *const *f = snapshot_formats; *f; f++) {
        struct str out = {0};
        char *name = mem_printf("one.%s", (*f)->name);
        render(w, (*f)->name, NULL, &one, 1, &out);
        check_golden(name, &out);
        free(name);
        str_clear(&out);
        name = mem_printf("series.%s", (*f)->name);
        struct snapshot_query q = {.columns = "group, lag", .limit = 2};
        series.again = false;
        render(w, (*f)->name, &q, &series, 2, &out);
        series.again = true;
        render(w, (*f)->name, &q, &series, 2, &out);
        check_golden(name, &out);
        free(name);
        str_done(&out);
    }
}

/* Whatever the names hold: no control character but the formats' own, and nothing that is no UTF-8.
 */
static void no_format_harms_a_terminal(void **state)
{
    struct world *w = *state;
    for (const struct snapshot_format *const *f = snapshot_formats; *f; f++) {
        struct str out = {0}, safe = {0};
        render(w, (*f)->name, NULL, &options, 2, &out);
        assert_true(text_is_utf8(out.s, out.len));
        for (size_t i = 0; i < out.len; i++)
            if (strchr("\n\r\t", out.s[i]))
                out.s[i] = ' ';
        text_safe(&safe, out.s, out.len);
        /* the replacement character of safe names is all that may be there already */
        assert_int_equal(safe.len, out.len);
        assert_memory_equal(safe.s, out.s, out.len);
        str_done(&out);
        str_done(&safe);
    }
}

static json_t *load(const char *text, size_t len)
{
    json_error_t err;
    json_t *v = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &err);
    if (!v)
        fail_msg("%s: line %d: %s", text, err.line, err.text);
    return v;
}

static const json_t *find_row(const json_t *rows, const char *group)
{
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i,
                       row) if (json_is_string(json_object_get(row, "group")) &&
                                strcmp(json_string_value(json_object_get(row, "group")), group) == 0) return row;
    fail_msg("no row of %s", group);
    return NULL;
}

static void check_text(const json_t *o, const char *key, const char *want)
{
    const json_t *v = json_object_get(o, key);
    if (!json_is_string(v) || strcmp(json_string_value(v), want) != 0)
        fail_msg("%s is not \"%s\"", key, want);
}

static void check_known_row(const json_t *row)
{
    check_text(row, "cluster", "prod|eu");
    check_text(row, "lag_s_q", "ge");
    check_text(row, "rate_in_q", "est");
    check_text(row, "size_q", "stale");
    check_text(row, "wait_ms_q", "le");
    check_text(row, "moved", "2023-11-14T22:12:06.999Z");
    check_text(row, "note", "a note, \"quoted\"");
    assert_true(json_integer_value(json_object_get(row, "lag")) == 9007199254740993);
    assert_null(json_object_get(row, "lag_q"));
    assert_true(json_real_value(json_object_get(row, "lag_s")) == 7200);
    assert_true(json_real_value(json_object_get(row, "rate_in")) == 0.1 + 0.2);
    assert_true(json_is_true(json_object_get(row, "fine")));
}

static void json_reads_back(void **state)
{
    struct world *w = *state;
    struct str out = {0};
    render(w, "json", NULL, &options, 2, &out);
    json_t *doc = load(out.s, out.len);
    check_text(doc, "icetop", ICETOP_VERSION);
    check_text(doc, "time", "2023-11-14T22:13:20Z");
    const json_t *tables = json_object_get(doc, "tables");
    assert_int_equal(json_object_size(tables), 2);
    const json_t *groups = json_object_get(tables, "groups");
    const json_t *first = json_array_get(json_object_get(groups, "columns"), LAG_S);
    assert_int_equal(json_array_size(json_object_get(groups, "columns")), NOTE + 1);
    check_text(first, "name", "lag_s");
    check_text(first, "type", "real");
    check_text(first, "unit", "s");
    check_text(first, "help", "Time behind.");
    const json_t *rows = json_object_get(groups, "rows");
    assert_int_equal(json_array_size(rows), 4);
    check_known_row(find_row(rows, "payments"));
    const json_t *row = find_row(rows, "unknown");
    for (size_t i = STATE; i <= NOTE; i++)
        assert_true(json_is_null(json_object_get(row, columns[i].name)));
    assert_int_equal(json_object_size(row), NOTE + 1);
    find_row(rows, "größe\x7f");
    row = json_array_get(rows, 0); /* '=' sorts first */
    check_text(json_object_get(row, "group"), "base64", "PTErIhtbMzFtIgks6XxgeGAKXMKb");
    check_text(row, "state", "");
    check_text(row, "lag_s", "Infinity");
    check_text(row, "rate_in", "NaN");
    check_text(row, "nulls", "-Infinity");
    assert_true(json_integer_value(json_object_get(row, "lag")) == INT64_MIN);
    assert_true(json_integer_value(json_object_get(row, "moved")) == INT64_MAX);
    assert_true(json_is_false(json_object_get(row, "fine")));
    json_decref(doc);
    str_done(&out);
}

static void ndjson_has_a_line_a_row(void **state)
{
    struct world *w = *state;
    struct str out = {0};
    render(w, "ndjson", NULL, &options, 2, &out);
    size_t n = 0;
    for (char *line = out.s; *line; n++) {
        char *end = strchr(line, '\n');
        assert_non_null(end);
        json_t *o = load(line, (size_t)(end - line));
        check_text(o, "table", n < 4 ? "groups" : "brokers");
        check_text(o, "time", "2023-11-14T22:13:20Z");
        assert_int_equal(json_object_size(o), 3);
        if (n >= 4)
            assert_int_equal(json_integer_value(json_object_get(json_object_get(o, "row"), "leaders")),
                             n == 4 ? 2000 : 10000);
        json_decref(o);
        line = end + 1;
    }
    assert_int_equal(n, 6);
    str_done(&out);
}

/* The base64 of every length modulo 3. */
static void base64_has_its_padding(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *bytes, *want;
    } cases[] = {{"\xff", "/w=="}, {"\xff\xfe", "//4="}, {"\xff\xfe\xfd", "//79"}, {"\xff\xfe\xfd!", "//79IQ=="}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        table_set_text(w->groups, table_first(w->groups), NOTE, cases[i].bytes);
        store_commit(w->store);
        struct snapshot_query q = {.columns = "note",
                                   .where = "note != unknown and note != \"a note, \\\"quoted\\\"\""};
        struct str out = {0};
        render(w, "ndjson", &q, &options, 1, &out);
        json_t *o = load(out.s, strcspn(out.s, "\n"));
        check_text(json_object_get(json_object_get(o, "row"), "note"), "base64", cases[i].want);
        json_decref(o);
        str_done(&out);
        table_set_unknown(w->groups, table_changed_after(w->groups, store_seq(w->store) - 1), NOTE);
    }
}

static void check_select(struct world *w, const struct snapshot_query *q, const char *const *want, size_t n,
                         size_t matched)
{
    struct snapshot_table s;
    struct error err = {0};
    if (snapshot_select(w->groups, q, MS, &s, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(s.nrows, n);
    assert_int_equal(s.matched, matched);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(row_get(s.rows[i], GROUP).s->safe, want[i]);
    snapshot_table_done(&s);
}

static void selection_orders_filters_and_limits(void **state)
{
    struct world *w = *state;
    struct expr *e = NULL;
    assert_int_equal(expr_parse("moved > 1m", &e, NULL, NULL), 0);
    check_select(w, &(struct snapshot_query){.where = "lag = unknown"},
                 (const char *[]){"größe\xEF\xBF\xBD", "unknown"}, 2, 2);
    check_select(w, &(struct snapshot_query){.where_parsed = e}, (const char *[]){"payments"}, 1, 1);
    check_select(w, &(struct snapshot_query){.sort = "lag, group desc", .limit = 1}, (const char *[]){"payments"}, 1,
                 4);
    check_select(w, &(struct snapshot_query){.sort = "group desc", .limit = 2}, (const char *[]){"unknown", "payments"},
                 2, 4);
    check_select(w, &(struct snapshot_query){.where = "nothing-like-it"}, NULL, 0, 0);
    expr_free(e);
    static const struct {
        struct snapshot_query q;
        const char *says;
    } bad[] = {
        {{.columns = "group,lagg"}, "no column \"lagg\"; it has: cluster, group"},
        {{.columns = "group,"}, "no column \"\""},
        {{.sort = "lagg"}, "sort order: table groups has no column"},
        {{.where = "lag >"}, "condition, character 6: expected a value after >"},
        {{.where = "x or lagg > 5"}, "condition, character 6: table groups has no column"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct snapshot_table s;
        struct error err = {0};
        assert_int_equal(snapshot_select(w->groups, &bad[i].q, MS, &s, &err), ERR_INVALID);
        if (!strstr(err.text, bad[i].says))
            fail_msg("%s", err.text);
    }
}

static void columns_are_chosen(void **state)
{
    struct world *w = *state;
    struct str out = {0};
    struct snapshot_query q = {.columns = " lag ,note,lag, group", .where = "payments"};
    render(w, "text", &q, &options, 1, &out);
    assert_string_equal(out.s, "                  LAG  NOTE              GROUP\n"
                               "9,007,199,254,740,993  a note, \"quoted\"  payments\n");
    str_clear(&out);
    q.columns = "note, *";
    q.where = NULL;
    render(w, "csv", &q, &options, 1, &out);
    assert_memory_equal(out.s, "note,cluster,group,state,", 25);
    str_clear(&out);
    render(w, "text", NULL, &options, 1, &out); /* hidden ones only if named */
    assert_null(strstr(out.s, "NOTE"));
    str_done(&out);
}

/* No family twice, even where the unit's suffix makes two columns the same, or a table begins like
 * another. */
static void openmetrics_families_are_unique(void **state)
{
    struct world *w = *state;
    static const struct column clashing[] = {
        {.name = "id", .type = COLUMN_INT, .unit = UNIT_ID, .flags = COLUMN_KEY},
        {.name = "a_s", .type = COLUMN_REAL, .unit = UNIT_SECONDS},
        {.name = "a_ms", .type = COLUMN_REAL, .unit = UNIT_MS},
        {.name = "word", .type = COLUMN_TEXT},
    };
    static const struct table_def def = {.name = "groups_lag",
                                         .group = {.name = "g", .columns = clashing, .ncolumns = 4}};
    struct table *t;
    struct error err;
    struct snapshot_table tables[2];
    struct str out = {0};
    const struct snapshot_format *f;
    assert_int_equal(store_add(w->store, &def, "x", &t, &err), 0);
    struct row *r = table_upsert(t, &(struct value){.i = 1, .quality = QUALITY_EXACT}, 1);
    table_set_real(t, r, 2, 250, QUALITY_EXACT);
    store_commit(w->store);
    assert_int_equal(snapshot_select(w->groups, NULL, MS, &tables[0], &err), 0);
    assert_int_equal(snapshot_select(t, NULL, MS, &tables[1], &err), 0);
    assert_int_equal(snapshot_format_find("openmetrics", &f, &err), 0);
    struct snapshot_sink sink = snapshot_sink_str(&out);
    assert_int_equal(snapshot_write(f, &options, tables, 2, &sink, &err), 0);
    assert_non_null(strstr(out.s, "# TYPE icetop_groups_lag_a_seconds gauge\n"));
    assert_non_null(strstr(out.s, "# TYPE icetop_groups_lag_a__seconds gauge\n"));
    assert_non_null(strstr(out.s, "\nicetop_groups_lag_a__seconds{id=\"1\"} 0.25\n"));
    assert_non_null(strstr(out.s, "# TYPE icetop_groups_lag gauge\n"));
    assert_non_null(strstr(out.s, "# TYPE icetop_groups_lag_ info\n"));
    snapshot_table_done(&tables[0]);
    snapshot_table_done(&tables[1]);
    str_done(&out);
}

struct failing {
    size_t calls, bytes;
};

static int fail_second(void *arg, const char *bytes, size_t len, struct error *err)
{
    struct failing *f = arg;
    (void)bytes;
    f->bytes += len;
    return f->calls++ ? error_set(err, ERR_IO, "pipe is gone") : 0;
}

static void a_failing_sink_ends_it(void **state)
{
    struct world *w = *state;
    for (int i = 0; i < 5000; i++) {
        char key[32];
        snprintf(key, sizeof key, "many-%05d", i);
        table_set_int(w->groups, add_group(w, key, strlen(key)), LAG, i, QUALITY_EXACT);
    }
    store_commit(w->store);
    struct snapshot_table s;
    struct error err = {0};
    assert_int_equal(snapshot_select(w->groups, NULL, MS, &s, &err), 0);
    for (const struct snapshot_format *const *f = snapshot_formats; *f; f++) {
        struct failing state_of = {0};
        struct snapshot_sink sink = {.write = fail_second, .arg = &state_of};
        assert_int_equal(snapshot_write(*f, &options, &s, 1, &sink, &err), ERR_IO);
        assert_string_equal(err.text, "pipe is gone");
        assert_int_equal(state_of.calls, 2);
        assert_true(state_of.bytes < 200 * 1024); /* in pieces, not at once */
        struct str small;
        str_init(&small, 1000);
        sink = snapshot_sink_str(&small);
        assert_int_equal(snapshot_write(*f, &options, &s, 1, &sink, &err), ERR_LIMIT);
        str_done(&small);
    }
    snapshot_table_done(&s);
}

static void formats_are_found_by_name(void **state)
{
    (void)state;
    const struct snapshot_format *f = NULL;
    struct error err;
    assert_int_equal(snapshot_format_find("json", &f, &err), 0);
    assert_string_equal(f->name, "json");
    assert_false(f->people);
    assert_int_equal(snapshot_format_find("xml", &f, &err), ERR_NOT_FOUND);
    assert_string_equal(err.text, "there is no format \"xml\"; there are: text, json, ndjson, csv, "
                                  "tsv, markdown, html, openmetrics");
    assert_string_equal(f->name, "json");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(formats_match_their_golden_files, setup, teardown),
        cmocka_unit_test_setup_teardown(no_format_harms_a_terminal, setup, teardown),
        cmocka_unit_test_setup_teardown(json_reads_back, setup, teardown),
        cmocka_unit_test_setup_teardown(ndjson_has_a_line_a_row, setup, teardown),
        cmocka_unit_test_setup_teardown(base64_has_its_padding, setup, teardown),
        cmocka_unit_test_setup_teardown(selection_orders_filters_and_limits, setup, teardown),
        cmocka_unit_test_setup_teardown(columns_are_chosen, setup, teardown),
        cmocka_unit_test_setup_teardown(openmetrics_families_are_unique, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failing_sink_ends_it, setup, teardown),
        cmocka_unit_test_setup_teardown(formats_are_found_by_name, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
