/* Fills stores for the console's tests. */
#include "world.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "kafka/tables.h"
#include "source/source.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t wall(void *arg)
{
    return ((struct world *)arg)->now_ms;
}

static int64_t mono(void *arg)
{
    return ((struct world *)arg)->now_ms * 1000;
}

/* ---- the data ---- */

static struct store *data_store(void *self)
{
    return ((struct world *)self)->store;
}

static int data_subscribe(void *self, const struct stream_query *q,
                          void (*failed)(void *arg, int id, const struct error *err), void *arg)
{
    struct world *w = self;
    (void)failed;
    (void)arg;
    assert(w->nsubscriptions < WORLD_SUBSCRIPTIONS);
    w->subscriptions[w->nsubscriptions] = q->where ? mem_printf("%s %s", q->table, q->where) : mem_strdup(q->table);
    return w->nsubscriptions++;
}

static void data_unsubscribe(void *self, int id)
{
    struct world *w = self;
    assert(id >= 0 && id < w->nsubscriptions && w->subscriptions[id]);
    free(w->subscriptions[id]);
    w->subscriptions[id] = NULL;
}

/* Observations a second around 40 ms, of which more and more take ten times as long, but for a minute without any. */
static double bucket_history(double le, int step)
{
    double at = log10(isinf(le) ? 100 : le), slow = step > 90 ? (step - 90) / 180.0 : 0;
    double fast = at + 1.4, late = at + 0.3;
    double rate = 84 * ((1 - slow) * exp(-fast * fast * 12) + slow * exp(-late * late * 6));
    return (step >= 60 && step < 72) || rate < 0.05 ? 0 : rate;
}

/* Fifteen minutes that end at the present value: lag climbs from a tenth of it, rates swing. */
static void data_history(void *self, const struct stream_history_query *q,
                         void (*done)(void *arg, const struct stream_point *points, size_t n, const struct error *err),
                         void *arg)
{
    struct world *w = self;
    struct stream_point points[180];
    struct table *t = store_find(w->store, q->table);
    struct row *r = table_find(t, q->key);
    int column = table_column_index(t, q->column);
    assert(r && column >= 0);
    struct value v = row_get(r, (size_t)column);
    bool real = table_column(t, (size_t)column)->type == COLUMN_REAL;
    double last = v.quality == QUALITY_UNKNOWN ? 0 : real ? v.d : (double)v.i;
    bool lag = strcmp(q->column, "lag") == 0;
    for (int i = 0; i < 180; i++) {
        double share = lag ? 0.1 + 0.9 * i * i / (179.0 * 179.0) : 0.8 + 0.2 * sin(i / 7.0);
        points[i] = (struct stream_point){q->to_ms - (179 - i) * 5000, last * share};
    }
    bool bucket = strcmp(q->table, "histogram_buckets") == 0;
    for (int i = 0; i < 180 && bucket; i++)
        points[i].value = bucket_history(q->key[4].d, i);
    w->histories++;
    if (bucket) /* it is younger than that */
        done(arg, points + 36, w->forgetful ? 0 : 179 - 36, NULL);
    else
        done(arg, points, w->forgetful ? 0 : 179, NULL);
}

static struct stream_record_bytes bytes(const char *text)
{
    return stream_record_keep(text, strlen(text), STREAM_RECORD_VALUE);
}

/* A log from 100 to 9,400,000 of which every fourth record is a JSON object, text, bytes, or a tombstone. */
static struct stream_record make_record(const struct world *w, int64_t offset)
{
    static const char binary[] = "\0\0\0\1\x2c\x06"
                                 "abc\x1b[31m\xff\xfe and more of it";
    struct stream_record r = {.offset = offset, .time_ms = w->now_ms - 8000123, .clock = STREAM_RECORD_CREATED};
    r.key = bytes("customer-17");
    if (offset % 4 == 0)
        r.value = bytes("{\"order\":9182004,\"amount\":1249.50,\"currency\":\"EUR\",\"items\":[{\"sku\":\"A-1\","
                        "\"n\":2},{\"sku\":\"B-7\",\"n\":1}],\"note\":\"gr\u00fc\u00dfe \xe2\x80\xae, a text that is "
                        "longer than a line of a terminal and so is broken at its edge, as often as it takes\"}");
    else if (offset % 4 == 1)
        r.value = bytes("first line\n\tsecond line\x1b[31m");
    else if (offset % 4 == 2)
        r.value = stream_record_keep(binary, sizeof binary - 1, STREAM_RECORD_VALUE);
    if (offset % 4 == 0) {
        r.headers = mem_calloc(2, sizeof *r.headers);
        r.headers[0] = (struct stream_record_header){bytes("trace-id"), bytes("4bf92f3577b34da6")};
        r.headers[1] = (struct stream_record_header){bytes("content-type"), bytes("application/json")};
        r.nheaders = 2;
        r.headers_there = 3;
    }
    return r;
}

void world_answer(struct world *w, const struct error *err)
{
    enum { START = 100, END = 9400000 };
    struct stream_records all = {.asked = w->looked_at, .start = START, .end = END};
    int64_t from = w->looked_at == STREAM_RECORD_AT_END ? END - 10 : w->looked_at < START ? START : w->looked_at;
    all.asked = w->looked_at == STREAM_RECORD_AT_END ? from : w->looked_at;
    all.found = all.asked < START  ? STREAM_RECORD_LOST
                : all.asked >= END ? STREAM_RECORD_AT_LOG_END
                                   : STREAM_RECORD_HERE;
    for (int64_t at = from; at < from + 10 && at < END && !err; at++)
        vec_push(&all.items, make_record(w, at));
    w->look_done(w->look_arg, &all, err);
    stream_record_done(&all);
    app_changed(w->app, true);
}

static void data_look(void *self, const struct stream_record_query *q,
                      void (*done)(void *arg, struct stream_records *records, const struct error *err), void *arg)
{
    struct world *w = self;
    assert(strcmp(q->cluster, "prod-eu") == 0 && q->count == 10);
    w->looks++;
    w->looked_at = q->offset;
    w->look_done = done;
    w->look_arg = arg;
}

static void data_forget(void *self, const void *arg)
{
    struct world *w = self;
    if (w->look_arg == arg)
        w->look_done = NULL;
}

static void data_refresh(void *self, const char *what)
{
    (void)what;
    ((struct world *)self)->refreshes++;
}

static void data_focus(void *self, const char *table, const struct value *keys, size_t n)
{
    struct world *w = self;
    w->focuses++;
    w->nfocused = n;
    snprintf(w->focused, sizeof w->focused, "%s", table);
    size_t nkeys = table_nkeys(store_find(w->store, table));
    for (size_t i = 0; i < n * nkeys; i++)
        snprintf(w->focused + strlen(w->focused), sizeof w->focused - strlen(w->focused), "%c%s", i % nkeys ? '/' : ' ',
                 keys[i].s->raw);
}

static const char *data_table(void *self, size_t i)
{
    struct world *w = self;
    return i < store_count(w->store) ? table_name(store_at(w->store, i)) : NULL;
}

static const struct app_data_ops data_ops = {
    .store = data_store,
    .subscribe = data_subscribe,
    .unsubscribe = data_unsubscribe,
    .history = data_history,
    .look = data_look,
    .forget = data_forget,
    .refresh = data_refresh,
    .focus = data_focus,
    .table = data_table,
};

void world_init(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->clock = (struct clock){.wall_ms = wall, .mono_us = mono, .arg = w};
    clock_parse_iso("2026-11-20T14:22:07Z", &w->now_ms);
    w->store = store_new(&w->clock);
    struct table *t;
    for (size_t i = 0; kafka_tables[i]; i++)
        assert(store_add(w->store, kafka_tables[i], NULL, &t, NULL) == 0);
    world_add_sink_tables(w);
    world_add_metrics_tables(w);
    world_add_drift_tables(w);
    assert(store_add(w->store, &source_table_sources, NULL, &t, NULL) == 0);
    assert(store_add(w->store, &source_table_events, NULL, &t, NULL) == 0);
    w->data = (struct app_data){.ops = &data_ops, .self = w};
}

void world_done(struct world *w)
{
    app_free(w->app);
    store_free(w->store);
    free(w->saved);
    for (int i = 0; i < w->nsubscriptions; i++)
        free(w->subscriptions[i]);
}

/* ---- rows ---- */

static struct value parse(struct world *w, const struct column *c, const char *text)
{
    struct value v = {.quality = QUALITY_EXACT};
    if (strcmp(text, "-") == 0)
        return value_unknown();
    if (strncmp(text, ">=", 2) == 0) {
        v.quality = QUALITY_GE;
        text += 2;
    } else if (*text == '~') {
        v.quality = QUALITY_EST;
        text++;
    }
    switch (c->type) {
    case COLUMN_TEXT:
        v.s = name_intern(store_names(w->store), text, strlen(text));
        break;
    case COLUMN_REAL:
        v.d = strtod(text, NULL);
        break;
    case COLUMN_TIME:
        v.i = w->now_ms - (int64_t)(strtod(text, NULL) * 1000);
        break;
    case COLUMN_INT:
    case COLUMN_BOOL:
        v.i = strtoll(text, NULL, 10);
        break;
    }
    return v;
}

static void done(const struct column *c, struct value v)
{
    if (c->type == COLUMN_TEXT && v.quality != QUALITY_UNKNOWN)
        name_unref(v.s);
}

static struct row *row(struct world *w, struct table *t, const char *key, bool make)
{
    struct value keys[8];
    char buf[8192];
    for (size_t i = 0; i < table_nkeys(t); i++) {
        size_t len = strcspn(key, "/");
        snprintf(buf, sizeof buf, "%.*s", (int)len, key);
        keys[i] = parse(w, table_column(t, i), buf);
        key += len + (key[len] == '/');
    }
    const char *owner = table_name(t)[0] == 's' ? "icetop" : "kafka:prod-eu";
    struct row *r = make ? table_upsert(t, keys, store_owner(w->store, owner)) : table_find(t, keys);
    for (size_t i = 0; i < table_nkeys(t); i++)
        done(table_column(t, i), keys[i]);
    return r;
}

void world_set(struct world *w, const char *table, const char *key, const char *column, const char *text)
{
    struct table *t = store_find(w->store, table);
    assert(t);
    int i = table_column_index(t, column);
    if (i < 0)
        fprintf(stderr, "%s has no column %s\n", table, column);
    assert(i >= 0);
    struct row *r = row(w, t, key, true);
    const struct column *c = table_column(t, (size_t)i);
    struct value v = parse(w, c, text);
    table_set(t, r, (size_t)i, v);
    done(c, v);
}

void world_remove(struct world *w, const char *table, const char *key)
{
    struct table *t = store_find(w->store, table);
    struct row *r = row(w, t, key, false);
    assert(r);
    table_remove(t, r);
}

/* A row in one line: columns and values in turn. */
static void set_all(struct world *w, const char *table, const char *key, const char *const *columns,
                    const char *const *values)
{
    for (size_t i = 0; columns[i]; i++)
        world_set(w, table, key, columns[i], values[i]);
}

struct group {
    const char *name;
    const char *values[14];
};
static const char *const group_columns[] = {"state",   "lag",        "lag_s",  "trend", "rate_in", "rate_out", "eta_s",
                                            "members", "partitions", "behind", "lost",  "moved",   "lag_rate", NULL};

static void add_groups(struct world *w, const struct group *groups, size_t n)
{
    char key[300];
    for (size_t i = 0; i < n; i++) {
        snprintf(key, sizeof key, "prod-eu/%s", groups[i].name);
        set_all(w, "groups", key, group_columns, groups[i].values);
        world_set(w, "groups", key, "state_since", "3600");
        world_set(w, "groups", key, "no_commit", "0");
        world_set(w, "groups", key, "topics", "1");
        world_set(w, "groups", key, "type", "consumer");
        world_set(w, "groups", key, "verdict", "ok");
        world_set(w, "groups", key, "assignor", "range");
    }
}

static void add_verdict(struct world *w, const char *group, const char *verdict, const char *why, const char *net_rate)
{
    char key[300];
    snprintf(key, sizeof key, "prod-eu/%s", group);
    world_set(w, "groups", key, "verdict", verdict);
    world_set(w, "groups", key, "why", why);
    world_set(w, "groups", key, "net_rate", net_rate);
}

/* The group's only topic: what the group is. */
static void add_topic(struct world *w, const char *group, const char *topic)
{
    static const char *const columns[] = {"lag",   "lag_s",      "verdict", "rate_in", "rate_out", "net_rate",
                                          "eta_s", "partitions", "members", "lost",    "why",      NULL};
    static const char *const values[] = {"84200",
                                         "70",
                                         "stuck",
                                         "3100",
                                         "1900",
                                         "~-1200",
                                         "inf",
                                         "12",
                                         "3",
                                         "0",
                                         ("payments.events-7: stuck at offset 9,189,823 for over 2 min while 260/s "
                                          "arrive; 2 more stuck")};
    char key[300];
    snprintf(key, sizeof key, "prod-eu/%s/%s", group, topic);
    set_all(w, "group_topics", key, columns, values);
}

static void add_partitions(struct world *w, const char *group, int n)
{
    static const char *const columns[] = {"lag",      "lag_s", "committed", "end",  "lost", "rate_in",
                                          "rate_out", "moved", "client_id", "host", NULL};
    for (int i = 0; i < n; i++) {
        char key[300], lag[32], committed[32], end[32], client[32];
        int64_t behind = i == 7 ? 41000 : i == 3 ? 27900 : i == 9 ? 15300 : 0;
        snprintf(key, sizeof key, "prod-eu/%s/payments.events/%d", group, i);
        snprintf(lag, sizeof lag, "%lld", (long long)behind);
        snprintf(committed, sizeof committed, "%lld", 9182004LL + i * 1117);
        snprintf(end, sizeof end, "%lld", 9182004LL + i * 1117 + (long long)behind);
        snprintf(client, sizeof client, "payments-%d", i % 3);
        const char *const values[] = {lag,
                                      behind ? "68.5" : "0",
                                      committed,
                                      end,
                                      "0",
                                      "258",
                                      behind ? "0" : "258",
                                      behind ? "242" : "1.2",
                                      client,
                                      i % 3 == 1 ? "/10.0.3.7" : "/10.0.3.8"};
        set_all(w, "group_partitions", key, columns, values);
        char why[100];
        snprintf(why, sizeof why, "stuck at offset 9,%d,%03d for over 2 min while 260/s arrive",
                 (182004 + i * 1117) / 1000, (182004 + i * 1117) % 1000);
        world_set(w, "group_partitions", key, "verdict", behind ? "stuck" : "ok");
        world_set(w, "group_partitions", key, "why", behind ? why : "-");
    }
    for (int i = 0; i < 3; i++) {
        char key[300], client[32];
        snprintf(key, sizeof key, "prod-eu/%s/%s-%d-0f9c1d", group, group, i);
        snprintf(client, sizeof client, "%s-%d", group, i);
        world_set(w, "group_members", key, "client_id", client);
        world_set(w, "group_members", key, "host", i == 1 ? "/10.0.3.7" : "/10.0.3.8");
        world_set(w, "group_members", key, "partitions", "4");
        world_set(w, "group_members", key, "lag_s", i == 2 ? "0" : "68.5");
        world_set(w, "group_members", key, "rate_out", i == 1 ? "516" : "774");
        world_set(w, "group_members", key, "topics", "1");
        world_set(w, "group_members", key, "lag", i == 1 ? "41000" : i == 0 ? "43200" : "0");
        world_set(w, "group_members", key, "assignment",
                  i == 0   ? "payments.events(0,3,6,9)"
                  : i == 1 ? "payments.events(1,4,7,10)"
                           : "payments.events(2,5,8,11)");
    }
}

static void add_cluster(struct world *w, const char *under_replicated, const char *lag)
{
    static const char *const columns[] = {"brokers",    "topics",    "partitions", "under_replicated",
                                          "leaderless", "groups",    "lag",        "rate_in",
                                          "rate_out",   "bootstrap", NULL};
    const char *const values[] = {"3", "212",   "1804",  under_replicated, "0", "44",
                                  lag, "12400", "11200", "kafka-1:9092",   NULL};
    set_all(w, "clusters", "prod-eu", columns, values);
    for (int i = 1; i <= 3; i++) {
        char key[64], host[64];
        snprintf(key, sizeof key, "prod-eu/%d", i);
        snprintf(host, sizeof host, "kafka-%d.prod-eu.example", i);
        world_set(w, "brokers", key, "host", host);
        world_set(w, "brokers", key, "port", "9092");
        world_set(w, "brokers", key, "controller", i == 2 ? "1" : "0");
        world_set(w, "brokers", key, "leaders", i == 3 ? "604" : "600");
        world_set(w, "brokers", key, "replicas", "1804");
        world_set(w, "brokers", key, "under_replicated", i == 3 ? under_replicated : "0");
        world_set(w, "brokers", key, "groups", "15");
        world_set(w, "brokers", key, "rate_in", "4133.3");
        world_set(w, "brokers", key, "state", "up");
    }
    static const char *const topics[] = {"payments.events", "search.docs", "mail.out", "audit"};
    for (int i = 0; i < 4; i++) {
        char key[64];
        snprintf(key, sizeof key, "prod-eu/%s", topics[i]);
        world_set(w, "topics", key, "partitions", "12");
        world_set(w, "topics", key, "replication", "3");
        world_set(w, "topics", key, "messages", i ? "48210" : "110184048");
        world_set(w, "topics", key, "rate_in", i == 0 ? "3100" : i == 3 ? "0" : "900.4");
        world_set(w, "topics", key, "under_replicated", "0");
        world_set(w, "topics", key, "leaderless", "0");
        world_set(w, "topics", key, "groups", i == 3 ? "0" : "2");
        world_set(w, "topics", key, "lag_max", i == 0 ? "84200" : i == 3 ? "-" : "1210");
        world_set(w, "topics", key, "moved", i == 3 ? "7260" : "0.4");
    }
}

static void add_source(struct world *w, const char *name, const char *state, const char *error, const char *last_ok)
{
    static const char *const columns[] = {"kind", "cluster",  "state",      "error",    "last_ok",
                                          "rows", "round_ms", "interval_s", "failures", NULL};
    const char *const values[] = {
        "kafka", "prod-eu", state, error, last_ok, "2310", "84", "5", strcmp(state, "failed") ? "0" : "3"};
    set_all(w, "sources", name, columns, values);
}

static void add_event(struct world *w, const char *id, const char *age, const char *severity, const char *subject,
                      const char *text)
{
    world_set(w, "events", id, "time", age);
    world_set(w, "events", id, "severity", severity);
    world_set(w, "events", id, "source", "kafka:prod-eu");
    world_set(w, "events", id, "subject", subject);
    world_set(w, "events", id, "text", text);
}

static void add_calm_groups(struct world *w, int n)
{
    for (int i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "service-%03d", i);
        const struct group g = {name,
                                {"Stable", "0", "0", "steady", "120.5", "120.5", "0", "2", "6", "0", "0", "0.8", "0"}};
        add_groups(w, &g, 1);
    }
}

void world_fill(struct world *w)
{
    static const struct group groups[] = {
        {"payments", {"Stable", "84200", "70", "rising", "3100", "1900", "inf", "3", "12", "3", "0", "242", "1200"}},
        {"search-indexer",
         {"Stable", "1210", "2.1", "falling", "900", "910", "121", "2", "12", "4", "0", "1.1", "-10"}},
        {"mailer", {"Stable", "12", "0.4", "steady", "40", "41", "0.3", "1", "6", "2", "0", "0.9", "-1"}},
        {"fraud-model",
         {"Stable", "502331", "340", "falling", "8100.5", "9950", "271", "8", "24", "24", "0", "0.5", "-1849"}},
        {"audit-archive",
         {"Empty", "1240312", ">=7200", "rising", "210", "-", "inf", "0", "6", "6", "30211", "-", "210"}},
    };
    add_groups(w, groups, sizeof groups / sizeof *groups);
    add_verdict(w, "payments", "stuck",
                "payments.events-7: stuck at offset 9,189,823 for over 2 min while 260/s arrive; 2 more stuck",
                "~-1200");
    add_verdict(w, "search-indexer", "ok", "-", "~10");
    add_verdict(w, "fraud-model", "catching up", "features.raw-3: catching up, done in ~5 min; 23 more catching up",
                "~1850");
    add_verdict(w, "audit-archive", "losing", "audit-0: 5,012 messages deleted before they were read; 5 more losing",
                "~-210");
    add_topic(w, "payments", "payments.events");
    add_calm_groups(w, 38);
    world_set(w, "groups", "prod-eu/\xe6\x97\xa5\xe6\x9c\xac-reader", "state", "Stable");
    world_set(w, "groups", "prod-eu/\xe6\x97\xa5\xe6\x9c\xac-reader", "note", "no committed offset");
    add_partitions(w, "payments", 12);
    add_cluster(w, "2", "1828065");
    add_source(w, "kafka:prod-eu", "ok", "-", "3.2");
    add_source(w, "history", "ok", "-", "1");
    add_event(w, "1", "3600", "info", "cluster prod-eu", "connected to 3 brokers");
    add_event(w, "2", "610", "warn", "broker 3", "2 partitions under-replicated");
    add_event(w, "3", "242", "error", "group payments", "partitions 3, 7, 9 stopped committing");
    world_commit(w);
}

void world_fill_calm(struct world *w)
{
    add_calm_groups(w, 41);
    add_cluster(w, "0", "0");
    add_source(w, "kafka:prod-eu", "ok", "-", "3.2");
    world_commit(w);
}

void world_fill_many(struct world *w)
{
    for (int i = 0; i < 1000; i++) {
        char key[64], lag[32];
        snprintf(key, sizeof key, "prod-eu/group-%04d", (i * 7919) % 1000);
        snprintf(lag, sizeof lag, "%d", (i * 104729) % 5000);
        world_set(w, "groups", key, "lag", lag);
        world_set(w, "groups", key, "state", i % 3 ? "Stable" : "Empty");
    }
    world_commit(w);
}

/* ---- the app ---- */

static void ops_draw(void *arg)
{
    ((struct world *)arg)->draws++;
}

static void ops_quit(void *arg)
{
    ((struct world *)arg)->quit = true;
}

static int ops_copy(void *arg, const char *text, size_t len, struct error *err)
{
    struct world *w = arg;
    (void)err;
    snprintf(w->copied, sizeof w->copied, "%.*s", (int)len, text);
    return 0;
}

/* "csv prod-eu/payments,lag": what was asked for, not how it looks. */
static int ops_render(void *arg, const struct app_rows *rows, const char *format, struct str *out, struct error *err)
{
    (void)arg;
    (void)err;
    str_printf(out, "%s %s %zu", format, table_name(rows->table), rows->nrows);
    for (size_t i = 0; i < rows->ncolumns && i < 4; i++)
        str_printf(out, " %s", table_column(rows->table, rows->columns[i])->name);
    for (size_t i = 0; i < rows->nrows && i < 4; i++)
        str_printf(out, " %s", row_text(rows->rows[i], "group"));
    return 0;
}

static int ops_save(void *arg, const struct app_file *file, struct error *err)
{
    struct world *w = arg;
    struct str text = {0};
    if (w->saved && strcmp(w->saved_as, file->path) == 0 && !file->replace)
        return error_set(err, ERR_INVALID, "%s is there; ! replaces it", file->path);
    if (file->rows)
        ops_render(w, file->rows, file->format, &text, err);
    else
        str_bytes(&text, file->text, file->len);
    free(w->saved);
    w->saved = str_take(&text);
    snprintf(w->saved_as, sizeof w->saved_as, "%s", file->path);
    return 0;
}

static void ops_theme(void *arg, const struct theme *theme)
{
    ((struct world *)arg)->theme = theme;
}

static const struct app_ops ops = {
    .draw = ops_draw, .quit = ops_quit, .copy = ops_copy, .render = ops_render, .save = ops_save, .theme = ops_theme};

void world_start(struct world *w, const struct app_settings *settings)
{
    static const struct app_settings plain = {.graph = GRAPH_BRAILLE, .utc = true};
    w->app = app_new(NULL, &w->clock, settings ? settings : &plain, &ops, w);
    if (w->state)
        assert(app_state_restore(w->app, w->state, NULL) == 0);
    app_attach_data(w->app, &w->data);
    app_changed(w->app, true);
}

void world_pass(struct world *w, int64_t ms)
{
    w->now_ms += ms;
}

void world_commit(struct world *w)
{
    store_commit(w->store);
    if (w->app)
        app_changed(w->app, true);
}

void world_keys(struct world *w, const char *keys)
{
    while (*keys) {
        char name[32];
        size_t len = strcspn(keys, " ");
        snprintf(name, sizeof name, "%.*s", (int)len, keys);
        struct input in = {0};
        if (len) {
            assert(input_parse(name, &in.key) == 0);
            app_input(w->app, &in);
            app_changed(w->app, true);
        }
        keys += len + (keys[len] == ' ');
    }
}

char *world_screen(struct world *w, int width, int height, bool ascii)
{
    struct cells c;
    struct str s = {0};
    cells_init(&c, width, height, ascii);
    app_draw(w->app, &c);
    for (int y = 0; y < height; y++) {
        cells_row_text(&c, y, &s);
        str_char(&s, '\n');
    }
    cells_done(&c);
    return str_take(&s);
}

void world_source_fails(struct world *w)
{
    world_set(w, "sources", "kafka:prod-eu", "state", "failed");
    world_set(w, "sources", "kafka:prod-eu", "error",
              "kafka-1:9092: connect: connection refused; 3 of 3 brokers are down");
    world_set(w, "sources", "kafka:prod-eu", "last_ok", "129");
    world_set(w, "clusters", "prod-eu", "clock_skew_s", "~23.4");
    world_commit(w);
}

void world_rows_change(struct world *w)
{
    world_pass(w, 5000);
    world_set(w, "groups", "prod-eu/payments", "lag", "99999");
    world_commit(w);
}

void world_begin(struct world *w, void (*fill)(struct world *w))
{
    world_init(w);
    fill(w);
    world_start(w, NULL);
    free(world_screen(w, 80, 24, false));
}

char *world_subscribed(const struct world *w)
{
    struct str s = {0};
    for (int i = 0; i < w->nsubscriptions; i++) {
        if (w->subscriptions[i])
            str_printf(&s, "%s\n", w->subscriptions[i]);
    }
    return str_take(&s);
}

bool world_shows(struct world *w, const char *text)
{
    char *screen = world_screen(w, 80, 24, false);
    bool found = strstr(screen, text) != NULL;
    free(screen);
    return found;
}
