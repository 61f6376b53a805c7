/* A server with a store and readers of it, in one loop, over socket pairs. */
#ifndef TESTS_UNIT_STREAM_HARNESS_H
#define TESTS_UNIT_STREAM_HARNESS_H

#include "tests/unit/unit.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/str.h"
#include "stream/client.h"
#include "stream/server.h"

#include <event2/event.h>
#include <fcntl.h>
#include <math.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DEADLINE_MS = 60000 };

/* group and partition are the key. */
enum { GROUP, PARTITION, LAG, RATE, NOTE, SEEN, ALARM };

static const struct column lag_columns[] = {
    [GROUP] = {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY, .help = "The group."},
    [PARTITION] = {.name = "partition", .type = COLUMN_INT, .unit = UNIT_ID, .flags = COLUMN_KEY},
    [LAG] = {.name = "lag",
             .type = COLUMN_INT,
             .unit = UNIT_MESSAGES,
             .priority = 3,
             .flags = COLUMN_HISTORY | COLUMN_WORST_HIGH},
    [RATE] = {.name = "rate", .type = COLUMN_REAL, .unit = UNIT_PER_SECOND},
    [NOTE] = {.name = "note", .title = "a note", .type = COLUMN_TEXT},
    [SEEN] = {.name = "seen", .type = COLUMN_TIME},
    [ALARM] = {.name = "alarm", .type = COLUMN_BOOL},
};
static const struct table_def lags_def = {.name = "lags",
                                          .title = "lags of groups",
                                          .help = "One row for each.",
                                          .group = {.name = "own", .columns = lag_columns, .ncolumns = 7}};
static const struct column sum_columns[] = {
    {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    {.name = "lag", .type = COLUMN_INT},
};
static const struct table_def sums_def = {.name = "sums",
                                          .group = {.name = "own", .columns = sum_columns, .ncolumns = 2}};

struct world {
    struct event_base *base;
    struct clock clock;
    int64_t wall_ms, skipped_us;
    struct store *store;
    struct table *lags, *sums;
    struct stream_server *server;
    uint16_t owner;
    /* what the server's ops saw */
    int idle, refreshes, asked;
    char *what, *argv;
    struct stream_reader *asker;
    int request;
    int64_t asked_partition;
};

/* A client and what it was told. */
struct seen {
    struct stream_client *client;
    int hellos, changes, closes, failures, troubles;
    bool complete;
    struct error err;
    int failed_id;
};

static inline int64_t world_wall(void *arg)
{
    return ((struct world *)arg)->wall_ms;
}

static inline int64_t world_mono(void *arg)
{
    return clock_mono_us(&clock_system) + ((struct world *)arg)->skipped_us;
}

static inline void world_configure(void *arg, int argc, char **argv)
{
    struct str s = {0};
    for (int i = 0; i < argc; i++)
        str_printf(&s, "[%s]", argv[i]);
    ((struct world *)arg)->argv = str_take(&s);
}

static inline void world_refresh(void *arg, const char *what)
{
    struct world *w = arg;
    w->refreshes++;
    free(w->what);
    w->what = what ? mem_strdup(what) : NULL;
}

static inline void world_history(void *arg, struct stream_reader *reader, int request, const struct table *table,
                                 const struct value *key, const char *column, int64_t from_ms, int64_t to_ms,
                                 int64_t step_ms)
{
    struct world *w = arg;
    (void)table, (void)column, (void)from_ms, (void)to_ms, (void)step_ms;
    w->asked++;
    w->asker = reader;
    w->request = request;
    w->asked_partition = key[PARTITION].i;
}

static inline void world_idle(void *arg)
{
    ((struct world *)arg)->idle++;
}

static inline struct world *world_new(void)
{
    static const struct stream_server_ops ops = {
        .configure = world_configure, .refresh = world_refresh, .history = world_history, .idle = world_idle};
    struct world *w = mem_new(struct world);
    w->base = event_base_new();
    w->wall_ms = 1700000000000;
    w->clock = (struct clock){.wall_ms = world_wall, .mono_us = world_mono, .arg = w};
    w->store = store_new(&w->clock);
    w->owner = store_owner(w->store, "kafka:east");
    assert_int_equal(store_add(w->store, &lags_def, NULL, &w->lags, NULL), 0);
    assert_int_equal(store_add(w->store, &sums_def, "derive", &w->sums, NULL), 0);
    w->server = stream_server_new(w->base, w->store, &ops, w);
    return w;
}

static inline void world_free(struct world *w)
{
    stream_server_free(w->server);
    store_free(w->store);
    event_base_free(w->base);
    free(w->what);
    free(w->argv);
    free(w);
}

static inline void on_hello(void *arg, const char *version)
{
    assert_string_equal(version, ICETOP_VERSION);
    ((struct seen *)arg)->hellos++;
}

static inline void on_changed(void *arg, bool complete)
{
    struct seen *s = arg;
    s->changes++;
    s->complete = complete;
}

static inline void on_trouble(void *arg, const struct error *err)
{
    struct seen *s = arg;
    s->troubles++;
    s->err = *err;
}

static inline void on_closed(void *arg, const struct error *err)
{
    struct seen *s = arg;
    s->closes++;
    s->err = *err;
}

static inline void on_failed(void *arg, int id, const struct error *err)
{
    struct seen *s = arg;
    s->failures++;
    s->failed_id = id;
    s->err = *err;
}

static const struct stream_client_ops seen_ops = {
    .hello = on_hello, .changed = on_changed, .trouble = on_trouble, .closed = on_closed};

static inline void seen_connect(struct world *w, struct seen *s)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    stream_server_add(w->server, pair[0]);
    s->client = stream_client_new(w->base, pair[1], &w->clock, &seen_ops, s);
}

/* Runs the loop until the condition holds. */
#define WAIT(w, condition)                                                                                             \
    do {                                                                                                               \
        int64_t until_ = clock_mono_us(&clock_system) + DEADLINE_MS * INT64_C(1000);                                   \
        while (!(condition)) {                                                                                         \
            if (clock_mono_us(&clock_system) > until_)                                                                 \
                fail_msg("did not happen: %s", #condition);                                                            \
            world_turn(w);                                                                                             \
        }                                                                                                              \
    } while (0)

static inline void world_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what, (void)arg;
}

/* One turn of the loop, which lasts 10 ms at most. */
static inline void world_turn(struct world *w)
{
    const struct timeval tick = {0, 10000};
    event_base_once(w->base, -1, EV_TIMEOUT, world_tick, NULL, &tick);
    event_base_loop(w->base, EVLOOP_ONCE);
}

/* Runs the loop until the client has all that was committed by now. */
static inline void settle(struct world *w, struct seen *s)
{
    int before = s->changes;
    WAIT(w, s->changes > before && s->complete);
}

static inline int subscribe(struct seen *s, const char *table, const char *const *columns, const char *where,
                            const char *sort, size_t limit)
{
    const struct stream_query q = {.table = table, .columns = columns, .where = where, .sort = sort, .limit = limit};
    return stream_client_subscribe(s->client, &q, on_failed, s);
}

static inline struct row *find_in(struct table *t, const char *group, size_t len, int64_t partition)
{
    struct name *n = name_intern(store_names(table_store(t)), group, len);
    struct value key[2] = {{.s = n, .quality = QUALITY_EXACT}, value_int(partition)};
    struct row *r = table_find(t, key);
    name_unref(n);
    return r;
}

static inline struct row *find(struct table *t, const char *group, int64_t partition)
{
    return find_in(t, group, strlen(group), partition);
}

static inline struct row *put(struct world *w, struct table *t, const char *group, int64_t partition)
{
    struct name *n = name_intern(store_names(w->store), group, strlen(group));
    struct value key[2] = {{.s = n, .quality = QUALITY_EXACT}, value_int(partition)};
    struct row *r = table_upsert(t, key, w->owner);
    name_unref(n);
    return r;
}

static inline struct row *put_lag(struct world *w, const char *group, int64_t partition, int64_t lag)
{
    struct row *r = put(w, w->lags, group, partition);
    table_set_int(w->lags, r, LAG, lag, QUALITY_EXACT);
    return r;
}

static inline struct table *mirror(struct seen *s, const char *table)
{
    return store_find(stream_client_store(s->client), table);
}

static inline bool same_value(enum column_type type, struct value a, struct value b)
{
    if (a.quality != b.quality)
        return false;
    if (a.quality == QUALITY_UNKNOWN)
        return true;
    if (type == COLUMN_TEXT)
        return a.s->len == b.s->len && memcmp(a.s->raw, b.s->raw, a.s->len) == 0;
    if (type == COLUMN_REAL && isnan(a.d) && isnan(b.d))
        return true; /* NaNs are one value on the wire */
    return a.i == b.i;
}

/* Every row and cell of a is in b and the other way round, with its owner. */
static inline void assert_same_table(const struct table *a, const struct table *b)
{
    struct str key = {0};
    assert_int_equal(table_nrows(a), table_nrows(b));
    assert_int_equal(table_ncolumns(a), table_ncolumns(b));
    struct map rows = {0};
    for (struct row *r = table_first(b); r; r = row_next(r)) {
        str_clear(&key);
        table_key_bytes(b, r, &key);
        map_put(&rows, key.s, key.len, r);
    }
    for (struct row *r = table_first(a); r; r = row_next(r)) {
        str_clear(&key);
        table_key_bytes(a, r, &key);
        struct row *other = map_get(&rows, key.s, key.len);
        assert_non_null(other);
        for (size_t i = 0; i < table_ncolumns(a); i++) {
            int j = table_column_index(b, table_column(a, i)->name);
            assert_true(j >= 0);
            if (!same_value(table_column(a, i)->type, row_get(r, i), row_get(other, (size_t)j)))
                fail_msg("column %s differs", table_column(a, i)->name);
        }
        const char *x = store_owner_name(table_store(a), row_owner(r));
        const char *y = store_owner_name(table_store(b), row_owner(other));
        assert_string_equal(x ? x : "", y ? y : "");
    }
    map_done(&rows);
    str_done(&key);
}

/* A reader that is no client: lines as they are. */
struct raw {
    int fd;
    struct str in;
};

static inline void raw_connect(struct world *w, struct raw *r)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    stream_server_add(w->server, pair[0]);
    *r = (struct raw){.fd = pair[1]};
    fcntl(r->fd, F_SETFL, O_NONBLOCK);
}

static inline void raw_done(struct raw *r)
{
    close(r->fd);
    str_done(&r->in);
}

static inline void raw_send(struct world *w, struct raw *r, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = send(r->fd, bytes, len, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            world_turn(w);
            continue;
        }
        if (n < 0)
            return; /* the server has had enough */
        bytes += n;
        len -= (size_t)n;
    }
}

static inline void raw_say(struct world *w, struct raw *r, const char *line)
{
    raw_send(w, r, line, strlen(line));
    raw_send(w, r, "\n", 1);
}

/* The next line, for the caller to free; NULL at the end of the stream. */
static inline char *raw_line(struct world *w, struct raw *r)
{
    int64_t until = clock_mono_us(&clock_system) + DEADLINE_MS * INT64_C(1000);
    for (;;) {
        char *end = r->in.len ? memchr(r->in.s, '\n', r->in.len) : NULL;
        if (end) {
            size_t len = (size_t)(end - r->in.s);
            char *line = mem_memdup(r->in.s, len);
            memmove(r->in.s, end + 1, r->in.len - len - 1);
            str_cut(&r->in, r->in.len - len - 1);
            return line;
        }
        char buf[65536];
        ssize_t n = recv(r->fd, buf, sizeof buf, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN))
            return NULL;
        if (n > 0)
            str_bytes(&r->in, buf, (size_t)n);
        else if (clock_mono_us(&clock_system) > until)
            fail_msg("no line came");
        else
            world_turn(w);
    }
}

static inline bool is_type(const char *line, const char *type)
{
    char start[32];
    snprintf(start, sizeof start, "{\"t\":\"%s\"", type);
    return strncmp(line, start, strlen(start)) == 0;
}

/* Skips to the next line of this type. */
static inline char *raw_expect(struct world *w, struct raw *r, const char *type)
{
    for (;;) {
        char *line = raw_line(w, r);
        if (!line)
            fail_msg("the stream ended before a message %s", type);
        if (is_type(line, type))
            return line;
        free(line);
    }
}

/* One server and one client, for each test. */
struct fixture {
    struct world *w;
    struct seen s;
};

static inline int setup(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    f->w = world_new();
    seen_connect(f->w, &f->s);
    *state = f;
    return 0;
}

static inline int teardown(void **state)
{
    struct fixture *f = *state;
    stream_client_free(f->s.client);
    world_free(f->w);
    free(f);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
