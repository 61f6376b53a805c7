/* A store and its mirror: change sets, schemas that come and go, filters, stalled readers, garbage,
 * another peer. */
#include "tests/unit/stream/harness.h"

static void schemas_come_without_a_subscription(void **state)
{
    struct fixture *f = *state;
    settle(f->w, &f->s);
    assert_int_equal(f->s.hellos, 1);
    assert_string_equal(stream_client_table(f->s.client, 0), "lags");
    assert_string_equal(stream_client_table(f->s.client, 1), "sums");
    assert_null(stream_client_table(f->s.client, 2));
    struct table *m = mirror(&f->s, "lags");
    assert_non_null(m);
    assert_string_equal(table_title(m), "lags of groups");
    assert_string_equal(table_help(m), "One row for each.");
    assert_int_equal(table_nkeys(m), 2);
    for (size_t i = 0; i < table_ncolumns(f->w->lags); i++) {
        const struct column *a = table_column(f->w->lags, i), *b = table_column(m, i);
        assert_string_equal(a->name, b->name);
        assert_string_equal(a->title, b->title);
        assert_string_equal(a->help, b->help);
        assert_int_equal(a->type, b->type);
        assert_int_equal(a->unit, b->unit);
        assert_int_equal(a->flags, b->flags);
        assert_int_equal(a->priority, b->priority);
    }
    assert_string_equal(store_owner_name(table_store(m), table_group_owner(mirror(&f->s, "sums"), 0)), "derive");
    assert_int_equal(table_nrows(m), 0);
}

static void rows_come_change_and_go(void **state)
{
    struct fixture *f = *state;
    struct row *r = put_lag(f->w, "pay", 0, 5);
    put_lag(f->w, "pay", 1, 6);
    store_commit(f->w->store);
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    settle(f->w, &f->s);
    struct table *m = mirror(&f->s, "lags");
    assert_same_table(f->w->lags, m);
    assert_int_equal(table_nrows(m), 2);
    assert_int_equal(table_nrows(mirror(&f->s, "sums")), 0);
    uint64_t seq = store_seq(table_store(m));

    table_set_int(f->w->lags, r, LAG, 7, QUALITY_GE);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_int_equal(row_get(find(m, "pay", 0), LAG).i, 7);
    assert_int_equal(row_get(find(m, "pay", 0), LAG).quality, QUALITY_GE);
    assert_int_equal(store_seq(table_store(m)), seq + 1); /* nothing else was written */

    table_remove(f->w->lags, r);
    put_lag(f->w, "pay", 0, 9); /* the same key, another row */
    table_remove(f->w->lags, find(f->w->lags, "pay", 1));
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_same_table(f->w->lags, m);
    assert_int_equal(row_get(find(m, "pay", 0), LAG).i, 9);
}

static void only_changed_cells_are_on_the_wire(void **state)
{
    struct fixture *f = *state;
    struct raw raw;
    struct row *r = put_lag(f->w, "pay", 0, 5);
    put_lag(f->w, "pay", 1, 6);
    store_commit(f->w->store);
    raw_connect(f->w, &raw);
    raw_say(f->w, &raw, "{\"t\":\"subscribe\",\"id\":1,\"table\":\"lags\",\"columns\":[\"lag\",\"rate\"]}");
    char *line = raw_expect(f->w, &raw, "rows");
    assert_string_equal(line, "{\"t\":\"rows\",\"table\":\"lags\",\"reset\":true,\"columns\":[0,1,2,3],"
                              "\"new\":[[1,1,\"pay\",0,5],[2,1,\"pay\",1,6]]}");
    free(line);
    line = raw_expect(f->w, &raw, "end");
    assert_string_equal(line, "{\"t\":\"end\",\"subscribed\":1}");
    free(line);

    table_set_int(f->w->lags, r, LAG, 12, QUALITY_EXACT);
    table_set_text(f->w->lags, r, NOTE, "nobody subscribed to this");
    store_commit(f->w->store);
    line = raw_line(f->w, &raw);
    assert_string_equal(line, "{\"t\":\"rows\",\"table\":\"lags\",\"set\":[[1,2,12]]}");
    free(line);
    free(raw_expect(f->w, &raw, "end"));

    table_set_text(f->w->lags, r, NOTE, "nor to this");
    store_commit(f->w->store);
    table_remove(f->w->lags, find(f->w->lags, "pay", 1));
    store_commit(f->w->store);
    line = raw_line(f->w, &raw);
    assert_string_equal(line, "{\"t\":\"rows\",\"table\":\"lags\",\"gone\":[2]}");
    free(line);
    raw_done(&raw);
}

static void a_change_set_over_two_tables_is_seen_whole(void **state)
{
    struct fixture *f = *state;
    struct name *all = name_intern(store_names(f->w->store), "all", 3);
    struct value key = {.s = all, .quality = QUALITY_EXACT};
    subscribe(&f->s, "sums", NULL, NULL, NULL, 0);
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    settle(f->w, &f->s);
    for (int round = 1; round <= 50; round++) {
        int before = f->s.changes;
        for (int i = 0; i < 2000; i++) /* several batches */
            put_lag(f->w, "a group with a name that is not short", i, round);
        table_set_int(f->w->sums, table_upsert(f->w->sums, &key, 0), 1, 2000 * round, QUALITY_EXACT);
        store_commit(f->w->store);
        do {
            world_turn(f->w);
            int64_t sum = 0;
            struct table *m = mirror(&f->s, "lags");
            for (struct row *r = table_first(m); r; r = row_next(r))
                sum += row_get(r, LAG).i;
            struct row *s = table_first(mirror(&f->s, "sums"));
            assert_int_equal(sum, s ? row_get(s, 1).i : 0);
        } while (round % 3 == 0 && f->s.changes == before);
    }
    WAIT(f->w,
         table_nrows(mirror(&f->s, "lags")) == 2000 && row_get(table_first(mirror(&f->s, "sums")), 1).i == 100000);
    name_unref(all);
}

static void nothing_goes_out_before_the_commit(void **state)
{
    struct fixture *f = *state;
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    settle(f->w, &f->s);
    put_lag(f->w, "pay", 0, 5);
    subscribe(&f->s, "sums", NULL, NULL, NULL, 0); /* makes the server look */
    for (int i = 0; i < 5; i++)
        world_turn(f->w);
    assert_int_equal(table_nrows(mirror(&f->s, "lags")), 0);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_int_equal(table_nrows(mirror(&f->s, "lags")), 1);
}

static const struct column extra_columns[] = {
    {.name = "behind", .type = COLUMN_INT},
    {.name = "why", .type = COLUMN_TEXT},
};
static const struct column_group extra = {.name = "extra", .columns = extra_columns, .ncolumns = 2};

static void column_groups_come_and_go(void **state)
{
    struct fixture *f = *state;
    struct row *r = put_lag(f->w, "pay", 0, 5);
    store_commit(f->w->store);
    static const char *const later[] = {"why", NULL};
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    int id = subscribe(&f->s, "lags", later, NULL, NULL, 0);
    settle(f->w, &f->s);
    assert_int_equal(f->s.failures, 1); /* no such column yet; told once */
    assert_int_equal(f->s.failed_id, id);
    assert_non_null(strstr(f->s.err.text, "why"));
    struct table *m = mirror(&f->s, "lags");

    assert_int_equal(table_add_group(f->w->lags, &extra, "derive", NULL), 0);
    table_set_int(f->w->lags, r, 7, 70, QUALITY_EXACT);
    table_set_text(f->w->lags, r, 8, "because");
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_ptr_equal(mirror(&f->s, "lags"), m); /* the table stayed, and its row */
    assert_same_table(f->w->lags, m);
    assert_string_equal(row_get(find(m, "pay", 0), 8).s->raw, "because");
    assert_string_equal(store_owner_name(table_store(m), table_group_owner(m, 1)), "derive");

    assert_int_equal(table_drop_group(f->w->lags, "extra"), 0);
    assert_int_equal(table_add_group(f->w->lags, &extra, "derive", NULL), 0);
    store_commit(f->w->store); /* the cells of the new group are unknown */
    settle(f->w, &f->s);
    assert_same_table(f->w->lags, m);
    assert_int_equal(table_ncolumns(m), 9);

    assert_int_equal(table_drop_group(f->w->lags, "extra"), 0);
    table_set_int(f->w->lags, r, LAG, 6, QUALITY_EXACT);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_same_table(f->w->lags, m);
    assert_int_equal(table_ncolumns(m), 7);
}

static void tables_come_and_go(void **state)
{
    struct fixture *f = *state;
    static const struct table_def late = {.name = "late",
                                          .group = {.name = "own", .columns = sum_columns, .ncolumns = 2}};
    subscribe(&f->s, "late", NULL, NULL, NULL, 0);
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    put_lag(f->w, "pay", 0, 5);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_null(mirror(&f->s, "late"));

    struct table *t;
    assert_int_equal(store_add(f->w->store, &late, NULL, &t, NULL), 0);
    struct name *n = name_intern(store_names(f->w->store), "x", 1);
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    table_upsert(t, &key, f->w->owner);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_same_table(t, mirror(&f->s, "late"));

    /* Dropped and added again in one change set: the same ids, other rows. */
    store_drop(f->w->store, f->w->lags);
    assert_int_equal(store_add(f->w->store, &lags_def, NULL, &f->w->lags, NULL), 0);
    put_lag(f->w, "other", 3, 1);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_same_table(f->w->lags, mirror(&f->s, "lags"));
    assert_null(find(mirror(&f->s, "lags"), "pay", 0));

    store_drop(f->w->store, t);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_null(mirror(&f->s, "late"));
    assert_string_equal(stream_client_table(f->s.client, 0), "lags");
    assert_string_equal(stream_client_table(f->s.client, 1), "sums");
    assert_null(stream_client_table(f->s.client, 2));
    name_unref(n);
}

static size_t rows(struct fixture *f)
{
    return table_nrows(mirror(&f->s, "lags"));
}

static void a_filter_takes_and_gives_rows(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 10; i++)
        put_lag(f->w, "pay", i, i);
    store_commit(f->w->store);
    subscribe(&f->s, "lags", NULL, "lag >= 5", NULL, 0);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 5);
    struct row *stays = find(f->w->lags, "pay", 9), *goes = find(f->w->lags, "pay", 8);
    assert_true(stream_server_watched(f->w->server, f->w->lags, stays));
    assert_false(stream_server_watched(f->w->server, f->w->lags, find(f->w->lags, "pay", 0)));

    table_set_int(f->w->lags, goes, LAG, 1, QUALITY_EXACT);
    put_lag(f->w, "pay", 0, 100);
    put_lag(f->w, "new", 0, 100);
    put_lag(f->w, "new", 1, 2);
    table_remove(f->w->lags, find(f->w->lags, "pay", 5));
    table_set_text(f->w->lags, stays, NOTE, "x");
    store_commit(f->w->store);
    settle(f->w, &f->s);
    struct table *m = mirror(&f->s, "lags");
    assert_int_equal(rows(f), 5); /* 0 6 7 9 of pay, 0 of new */
    assert_null(find(m, "pay", 8));
    assert_null(find(m, "pay", 5));
    assert_int_equal(row_get(find(m, "new", 0), LAG).i, 100);
    assert_string_equal(row_get(find(m, "pay", 9), NOTE).s->raw, "x");
    assert_false(stream_server_watched(f->w->server, f->w->lags, goes));
}

static void ages_are_looked_at_again(void **state)
{
    struct fixture *f = *state;
    struct row *r = put_lag(f->w, "pay", 0, 1);
    table_set_int(f->w->lags, r, SEEN, f->w->wall_ms, QUALITY_EXACT);
    put_lag(f->w, "pay", 1, 1);
    store_commit(f->w->store);
    subscribe(&f->s, "lags", NULL, "seen > 5m", NULL, 0);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 0);
    f->w->wall_ms += 6 * 60 * 1000;
    put_lag(f->w, "pay", 1, 2); /* another row is written; that one is not */
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 1);
    assert_non_null(find(mirror(&f->s, "lags"), "pay", 0));
}

static void a_limit_keeps_the_first(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 100; i++)
        put_lag(f->w, "pay", i, (i * 37) % 100);
    store_commit(f->w->store);
    int id = subscribe(&f->s, "lags", NULL, NULL, "lag desc", 3);
    settle(f->w, &f->s);
    struct table *m = mirror(&f->s, "lags");
    assert_int_equal(rows(f), 3);
    for (struct row *r = table_first(m); r; r = row_next(r))
        assert_true(row_get(r, LAG).i >= 97);

    put_lag(f->w, "top", 0, 1000); /* pushes 97 out */
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 3);
    assert_non_null(find(m, "top", 0));
    for (struct row *r = table_first(m); r; r = row_next(r))
        assert_true(row_get(r, LAG).i >= 98);
    table_remove(f->w->lags, find(f->w->lags, "top", 0));
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 3); /* 97 came back, itself unchanged */
    assert_null(find(m, "top", 0));

    subscribe(&f->s, "lags", NULL, "lag < 10", "group, partition", 2);
    stream_client_unsubscribe(f->s.client, id);
    settle(f->w, &f->s);
    WAIT(f->w, rows(f) == 2);
    for (struct row *r = table_first(m); r; r = row_next(r))
        assert_true(row_get(r, LAG).i < 10);
}

static void subscriptions_to_one_table_unite(void **state)
{
    struct fixture *f = *state;
    static const char *const lag[] = {"lag", NULL}, *const note[] = {"note", NULL};
    for (int i = 0; i < 10; i++)
        table_set_text(f->w->lags, put_lag(f->w, "pay", i, i), NOTE, "n");
    store_commit(f->w->store);
    int high = subscribe(&f->s, "lags", lag, "lag >= 8", NULL, 0);
    settle(f->w, &f->s);
    struct table *m = mirror(&f->s, "lags");
    assert_int_equal(rows(f), 2);
    assert_int_equal(row_get(find(m, "pay", 8), NOTE).quality, QUALITY_UNKNOWN);

    int low = subscribe(&f->s, "lags", note, "lag < 3", NULL, 0);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 5);
    assert_string_equal(row_get(find(m, "pay", 8), NOTE).s->raw, "n");
    assert_int_equal(row_get(find(m, "pay", 1), LAG).i, 1);

    int all = subscribe(&f->s, "lags", lag, NULL, NULL, 0);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 10);
    stream_client_unsubscribe(f->s.client, all);
    WAIT(f->w, rows(f) == 5);
    stream_client_unsubscribe(f->s.client, low);
    WAIT(f->w, rows(f) == 2);
    assert_int_equal(row_get(find(m, "pay", 8), NOTE).quality, QUALITY_UNKNOWN);
    assert_int_equal(row_get(find(m, "pay", 8), LAG).i, 8);
    stream_client_unsubscribe(f->s.client, high);
    WAIT(f->w, rows(f) == 0);
    assert_false(stream_server_watched(f->w->server, f->w->lags, table_first(f->w->lags)));
}

/* A reader that does not read while the store changes costs nothing, and has the exact state
 * afterwards. */
static void a_stalled_reader_costs_nothing(void **state)
{
    struct fixture *f = *state;
    struct raw raw;
    for (int i = 0; i < 5000; i++)
        put_lag(f->w, "a group whose name is long enough to fill batches", i, i);
    store_commit(f->w->store);
    raw_connect(f->w, &raw);
    raw_say(f->w, &raw, "{\"t\":\"subscribe\",\"id\":1,\"table\":\"lags\"}");
    stream_client_free(f->s.client);
    f->s.client = NULL;
    size_t most = 0;
    for (int round = 0; round < 1000; round++) {
        for (int i = 0; i < 200; i++)
            put_lag(f->w, "a group whose name is long enough to fill batches", (round * 7 + i) % 5000,
                    round * 1000 + i);
        if (round % 100 == 0)
            table_remove(f->w->lags, table_first(f->w->lags));
        store_commit(f->w->store);
        event_base_loop(f->w->base, EVLOOP_NONBLOCK);
        size_t unsent = stream_server_unsent(f->w->server);
        most = unsent > most ? unsent : most;
    }
    assert_true(most > 0); /* it did stall */
    assert_true(most <= 2 * LIMITS_STREAM_BATCH + 1000);

    /* It reads on: a client is fed what comes. */
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct raw down = {.fd = pair[0]};
    struct seen s = {0};
    s.client = stream_client_new(f->w->base, pair[1], &f->w->clock, &seen_ops, &s);
    subscribe(&s, "lags", NULL, NULL, NULL, 0); /* so that it counts one, too */
    do {
        char *line = raw_line(f->w, &raw);
        assert_non_null(line);
        assert_true(strlen(line) <= LIMITS_STREAM_BATCH);
        raw_say(f->w, &down, line);
        free(line);
        event_base_loop(f->w->base, EVLOOP_NONBLOCK);
    } while (!s.complete || s.changes == 0 || table_nrows(mirror(&s, "lags")) == 0);
    assert_same_table(f->w->lags, mirror(&s, "lags"));
    stream_client_free(s.client);
    raw_done(&raw);
    raw_done(&down);
}

/* A store that changes faster than it can be sent: after a while the reader is shown what there is. */
static void a_store_that_never_rests_is_shown_torn(void **state)
{
    struct fixture *f = *state;
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    settle(f->w, &f->s);
    int before = f->s.changes, turns = 0;
    for (; f->s.changes == before && turns < 2000; turns++) {
        for (int i = 0; i < 8000; i++)
            put_lag(f->w, "a group whose name is long enough to fill batches", i, turns);
        store_commit(f->w->store);
        event_base_loop(f->w->base, EVLOOP_NONBLOCK | EVLOOP_ONCE);
        f->w->skipped_us += 200 * 1000;
        if (turns < 40) /* not before its time */
            assert_int_equal(f->s.changes, before);
    }
    assert_int_equal(f->s.changes, before + 1);
    assert_false(f->s.complete);
    assert_int_equal(rows(f), 8000);
    settle(f->w, &f->s);
    assert_same_table(f->w->lags, mirror(&f->s, "lags"));
}

static void forgotten_removals_begin_anew(void **state)
{
    struct fixture *f = *state;
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    put_lag(f->w, "stays", 0, 1);
    for (int i = 0; i < 100; i++)
        put_lag(f->w, "early", i, i);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 101);
    while (table_nrows(f->w->lags) > 1)
        table_remove(f->w->lags, row_next(table_first(f->w->lags)));
    for (int i = 0; i < 140000; i++)
        table_remove(f->w->lags, put_lag(f->w, "brief", i, i));
    put_lag(f->w, "late", 0, 2);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_int_equal(rows(f), 2);
    assert_same_table(f->w->lags, mirror(&f->s, "lags"));
}

static void values_survive(void **state)
{
    struct fixture *f = *state;
    static const double reals[] = {0.0,       -0.0,
                                   0.1,       1e300,
                                   -5e-324,   1.0 / 3,
                                   NAN,       INFINITY,
                                   -INFINITY, 9007199254740993.0,
                                   1e15,      123456789012345680.0};
    static const int64_t ints[] = {0, -1, INT64_MAX, INT64_MIN, INT64_C(9007199254740993)};
    static const char *const texts[] = {"",         "plain",         "quote \" and \\", "\x01\x1f\n\t",
                                        "\xff\xfe", "é\xe2\x80\xae", "{\"b\":1}"};
    int n = 0;
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++)
        table_set_real(f->w->lags, put(f->w, f->w->lags, "r", n++), RATE, reals[i], QUALITY_EXACT);
    for (size_t i = 0; i < sizeof ints / sizeof *ints; i++) {
        table_set_int(f->w->lags, put(f->w, f->w->lags, "i", ints[i]), LAG, ints[i], QUALITY_EXACT);
        table_set_int(f->w->lags, put(f->w, f->w->lags, "i", ints[i]), SEEN, ints[i], QUALITY_EST);
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        table_set_text(f->w->lags, put(f->w, f->w->lags, texts[i], n++), NOTE, texts[i]);
    table_set_bytes(f->w->lags, put(f->w, f->w->lags, "nul", 0), NOTE, "a\0b", 3);
    table_set_int(f->w->lags, put(f->w, f->w->lags, "b", 0), ALARM, 1, QUALITY_EXACT);
    table_set_int(f->w->lags, put(f->w, f->w->lags, "b", 1), ALARM, 0, QUALITY_STALE);
    for (int q = QUALITY_EXACT; q <= QUALITY_STALE; q++) {
        struct row *r = put(f->w, f->w->lags, "q", q);
        table_set_int(f->w->lags, r, LAG, 7, (enum quality)q);
        table_set_real(f->w->lags, r, RATE, NAN, (enum quality)q);
        struct name *text = name_intern(store_names(f->w->store), "t\xff", 2);
        table_set(f->w->lags, r, NOTE, (struct value){.s = text, .quality = (enum quality)q});
        name_unref(text);
    }
    store_commit(f->w->store);
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    settle(f->w, &f->s);
    struct table *m = mirror(&f->s, "lags");
    assert_same_table(f->w->lags, m);
    assert_true(signbit(row_get(find(m, "r", 1), RATE).d));
    assert_int_equal(row_get(find(m, "r", 1), LAG).quality, QUALITY_UNKNOWN);
    assert_int_equal(row_get(find(m, "nul", 0), NOTE).s->len, 3);
    assert_int_equal(row_get(find(m, "q", QUALITY_LE), LAG).quality, QUALITY_LE);

    /* And as changes of a row that is there, to unknown included. */
    for (struct row *r = table_first(f->w->lags), *last = NULL; r != last;) {
        struct row *next = row_next(r);
        if (!last)
            last = r;
        table_set_unknown(f->w->lags, r, LAG);
        table_set_real(f->w->lags, r, RATE, -INFINITY, QUALITY_GE);
        r = next;
        if (!r)
            break;
    }
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_same_table(f->w->lags, m);
}

/* Rows of the longest texts: one is longer than a batch. */
static void long_rows_are_sent_in_pieces(void **state)
{
    struct fixture *f = *state;
    struct column wide[60];
    char names[60][8];
    for (int i = 0; i < 60; i++) {
        snprintf(names[i], sizeof names[i], "c%d", i);
        wide[i] = (struct column){.name = names[i], .type = COLUMN_TEXT, .flags = i ? 0 : COLUMN_KEY};
    }
    const struct table_def def = {.name = "wide", .group = {.name = "own", .columns = wide, .ncolumns = 60}};
    struct table *t;
    assert_int_equal(store_add(f->w->store, &def, NULL, &t, NULL), 0);
    char text[LIMITS_NAME_BYTES];
    struct name *n = name_intern(store_names(f->w->store), "k", 1);
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct row *r = table_upsert(t, &key, f->w->owner);
    for (int i = 1; i < 60; i++) {
        memset(text, i, sizeof text); /* control characters, letters */
        table_set_bytes(t, r, (size_t)i, text, sizeof text);
    }
    store_commit(f->w->store);
    subscribe(&f->s, "wide", NULL, NULL, NULL, 0);
    struct raw raw;
    raw_connect(f->w, &raw);
    raw_say(f->w, &raw, "{\"t\":\"subscribe\",\"id\":1,\"table\":\"wide\"}");
    settle(f->w, &f->s);
    assert_same_table(t, mirror(&f->s, "wide"));
    for (int i = 1; i < 60; i++) {
        memset(text, i + 100, sizeof text); /* no UTF-8 */
        table_set_bytes(t, r, (size_t)i, text, sizeof text);
    }
    store_commit(f->w->store);
    settle(f->w, &f->s);
    assert_same_table(t, mirror(&f->s, "wide"));
    for (int ends = 0; ends < 2;) {
        char *line = raw_line(f->w, &raw);
        assert_non_null(line);
        assert_true(strlen(line) <= LIMITS_STREAM_BATCH);
        ends += strcmp(line, "{\"t\":\"end\",\"subscribed\":1}") == 0;
        free(line);
    }
    raw_done(&raw);
    name_unref(n);
}

static void another_peer_goes_on_with_the_mirror(void **state)
{
    struct fixture *f = *state;
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    for (int i = 0; i < 10; i++)
        put_lag(f->w, "pay", i, i);
    store_commit(f->w->store);
    settle(f->w, &f->s);
    struct world *other = world_new();
    other->owner = store_owner(other->store, "another one first");
    other->owner = store_owner(other->store, "kafka:east"); /* another number */
    put_lag(other, "new", 0, 1);                            /* its ids begin elsewhere */
    for (int i = 5; i < 10; i++)
        put_lag(other, "pay", i, 100 + i);
    store_commit(other->store);

    stream_server_free(f->w->server);
    f->w->server = NULL;
    WAIT(f->w, f->s.closes == 1);
    assert_string_equal(f->s.err.text, "collector ended");
    assert_int_equal(rows(f), 10);
    struct table *m = mirror(&f->s, "lags");
    struct row *kept = find(m, "pay", 7);

    struct seen next = {0};
    seen_connect(other, &next);
    stream_client_adopt(next.client, f->s.client);
    stream_client_free(f->s.client);
    f->s.client = NULL;
    assert_ptr_equal(mirror(&next, "lags"), m);
    assert_int_equal(table_nrows(m), 10); /* still there */
    WAIT(other, next.complete && next.changes && table_nrows(m) == 6);
    assert_ptr_equal(mirror(&next, "lags"), m);
    assert_ptr_equal(find(m, "pay", 7), kept); /* the same row, by its key */
    assert_int_equal(row_get(kept, LAG).i, 107);
    assert_same_table(other->lags, m);
    stream_client_free(next.client);
    world_free(other);
}

/* Random writes, random stalls: the mirror is the store at the end, and whole all the time. */
static void the_mirror_follows_at_random(void **state)
{
    struct fixture *f = *state;
    struct seen filtered = {0}, limited = {0};
    seen_connect(f->w, &filtered);
    seen_connect(f->w, &limited);
    subscribe(&f->s, "lags", NULL, NULL, NULL, 0);
    subscribe(&filtered, "lags", NULL, "lag < 50 or note = x", NULL, 0);
    subscribe(&limited, "lags", NULL, NULL, "lag desc", 20);
    unsigned seed = 12345;
    bool has_extra = false;
    for (int step = 0; step < 3000; step++) {
        int writes = rand_r(&seed) % 60;
        for (int i = 0; i < writes; i++) {
            int key = rand_r(&seed) % 300, what = rand_r(&seed) % 10;
            struct row *r = put(f->w, f->w->lags, key % 2 ? "odd" : "even", key);
            if (what < 5)
                table_set_int(f->w->lags, r, LAG, rand_r(&seed) % 100, QUALITY_EXACT);
            else if (what == 5)
                table_set_real(f->w->lags, r, RATE, key / 3.0, QUALITY_EST);
            else if (what == 6)
                table_set_text(f->w->lags, r, NOTE, key % 3 ? "x" : NULL);
            else if (what == 7)
                table_set_unknown(f->w->lags, r, LAG);
            else if (what == 8)
                table_remove(f->w->lags, r);
            else if (has_extra)
                table_set_int(f->w->lags, r, 7, key, QUALITY_EXACT);
        }
        if (step % 500 == 250) {
            has_extra = !has_extra;
            if (has_extra)
                assert_int_equal(table_add_group(f->w->lags, &extra, NULL, NULL), 0);
            else
                assert_int_equal(table_drop_group(f->w->lags, "extra"), 0);
        }
        if (step == 1700) {
            store_drop(f->w->store, f->w->lags);
            assert_int_equal(store_add(f->w->store, &lags_def, NULL, &f->w->lags, NULL), 0);
            has_extra = false;
        }
        store_commit(f->w->store);
        if (rand_r(&seed) % 4 == 0)
            event_base_loop(f->w->base, EVLOOP_NONBLOCK);
    }
    struct name *n = name_intern(store_names(f->w->store), "the end", 7);
    struct value key = {.s = n, .quality = QUALITY_EXACT};
    struct seen *all[] = {&f->s, &filtered, &limited};
    for (int i = 0; i < 3; i++)
        subscribe(all[i], "sums", NULL, NULL, NULL, 0);
    table_upsert(f->w->sums, &key, 0);
    store_commit(f->w->store);
    for (int i = 0; i < 3; i++)
        WAIT(f->w, all[i]->complete && mirror(all[i], "sums") && table_nrows(mirror(all[i], "sums")) == 1);
    assert_same_table(f->w->lags, mirror(&f->s, "lags"));
    size_t matching = 0;
    for (struct row *r = table_first(f->w->lags); r; r = row_next(r)) {
        struct value lag = row_get(r, LAG), note = row_get(r, NOTE);
        struct row *m = find(mirror(&filtered, "lags"), row_get(r, GROUP).s->raw, row_get(r, PARTITION).i);
        bool wanted = (lag.quality && lag.i < 50) || note.quality;
        assert_int_equal(m != NULL, wanted);
        matching += wanted;
        if (m)
            for (size_t i = 0; i < table_ncolumns(f->w->lags); i++)
                assert_true(same_value(table_column(f->w->lags, i)->type, row_get(r, i), row_get(m, i)));
    }
    assert_int_equal(table_nrows(mirror(&filtered, "lags")), matching);
    assert_int_equal(table_nrows(mirror(&limited, "lags")), 20);
    int64_t least = INT64_MAX;
    for (struct row *r = table_first(mirror(&limited, "lags")); r; r = row_next(r))
        least = row_get(r, LAG).i < least ? row_get(r, LAG).i : least;
    size_t above = 0;
    for (struct row *r = table_first(f->w->lags); r; r = row_next(r))
        above += row_get(r, LAG).quality && row_get(r, LAG).i > least;
    assert_true(above < 20);
    stream_client_free(filtered.client);
    stream_client_free(limited.client);
    name_unref(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(schemas_come_without_a_subscription),
        TEST(rows_come_change_and_go),
        TEST(only_changed_cells_are_on_the_wire),
        TEST(a_change_set_over_two_tables_is_seen_whole),
        TEST(nothing_goes_out_before_the_commit),
        TEST(column_groups_come_and_go),
        TEST(tables_come_and_go),
        TEST(a_filter_takes_and_gives_rows),
        TEST(ages_are_looked_at_again),
        TEST(a_limit_keeps_the_first),
        TEST(subscriptions_to_one_table_unite),
        TEST(a_stalled_reader_costs_nothing),
        TEST(a_store_that_never_rests_is_shown_torn),
        TEST(forgotten_removals_begin_anew),
        TEST(values_survive),
        TEST(long_rows_are_sent_in_pieces),
        TEST(another_peer_goes_on_with_the_mirror),
        TEST(the_mirror_follows_at_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
