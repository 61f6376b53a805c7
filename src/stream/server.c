/* Readers: what they asked for, and the pump that sends it when there is room. */
#include "stream/server.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"
#include "stream/client.h"
#include "stream/decode.h"
#include "stream/feed.h"
#include "stream/focus.h"
#include "stream/link.h"

#include <event2/event.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum {
    WAITS = 10, /* turns of the loop for which readers wait for what follows from a commit */
    /* A store that changes faster than a reader can be sent it never lets it catch up: after so
     * many rounds over its tables and so long, it is shown what it has. */
    TORN_PASSES = 5,
    TORN_US = 10 * 1000 * 1000,
    POINTS_A_LINE = 1200, /* of at most 48 bytes: a batch */
    OWNERS_A_TURN = 100,
};

struct subscription {
    int id;
    char *table;
    char **columns; /* NULL: all */
    struct stream_filter *filter;
    bool bound;  /* to a table that is there */
    bool failed; /* it could not be, and the reader was told */
};

/* A request for history that was not yet answered in full. */
struct question {
    int number; /* the server's */
    int64_t id; /* the reader's */
    bool answered;
    struct error err;
    struct stream_point *points;
    size_t n, at;
};

/* A request for records, likewise. */
struct look {
    int number;
    int64_t id;
    bool answered;
    struct error err;
    struct stream_records records;
    size_t at;
};

struct stream_reader {
    struct stream_server *server;
    struct stream_link *link;
    VEC(struct subscription *) subscriptions;
    VEC(struct stream_feed *) feeds;
    VEC(struct question) questions;
    VEC(struct look) looks;
    uint64_t subscribed; /* subscribe messages taken */
    struct stream_focus focus;
    struct map schemas;      /* table name → hash of what was sent of it */
    uint64_t schema_version; /* in force at the reader, once schema_at has gone through all */
    size_t schema_at;
    bool schema_sent;
    uint16_t owners; /* so many were named */
    bool dirty;      /* something was sent since the last end */
    uint64_t pass;   /* the round over the feeds is for what was written up to here */
    unsigned passes; /* rounds since the last end */
    int64_t last_end_us;
};

struct stream_server {
    struct store *store;
    const struct stream_server_ops *ops;
    void *arg;
    struct event_base *base;
    struct event *pump;
    struct store_listener *listener;
    VEC(struct stream_reader *) readers;
    uint64_t commits, committed_seq;
    struct timeval committed; /* the turn of the loop in which that was, by its time */
    unsigned waits;           /* since somebody was written to */
    int next_question;
    struct stream_encode_rows rows;
    struct str line;
};

static void schedule(struct stream_server *s)
{
    static const struct timeval now = {0, 0};
    if (!evtimer_pending(s->pump, NULL))
        evtimer_add(s->pump, &now);
}

static int64_t mono_us(const struct stream_server *s)
{
    return clock_mono_us(store_clock(s->store));
}

/* ---- sending ---- */

static void send_line(void *arg, const struct str *line)
{
    struct stream_reader *r = arg;
    stream_link_send(r->link, line);
    r->dirty = true;
}

/* Empties the server's scratch line. */
static struct str *new_line(struct stream_reader *r)
{
    str_clear(&r->server->line);
    return &r->server->line;
}

static void send_error(struct stream_reader *r, int64_t id, const struct error *err)
{
    struct str *line = new_line(r);
    stream_encode_error(line, id, err);
    stream_link_send(r->link, line);
}

/* ---- readers' lives ---- */

static void free_subscription(struct subscription *s)
{
    for (size_t i = 0; s->columns && s->columns[i]; i++)
        free(s->columns[i]);
    free(s->columns);
    free(s->table);
    stream_filter_free(s->filter);
    free(s);
}

static void free_reader(struct stream_reader *r)
{
    stream_link_free(r->link);
    for (size_t i = 0; i < r->subscriptions.n; i++)
        free_subscription(r->subscriptions.items[i]);
    vec_done(&r->subscriptions);
    for (size_t i = 0; i < r->feeds.n; i++)
        stream_feed_free(r->feeds.items[i]);
    vec_done(&r->feeds);
    for (size_t i = 0; i < r->questions.n; i++)
        free(r->questions.items[i].points);
    vec_done(&r->questions);
    for (size_t i = 0; i < r->looks.n; i++)
        stream_record_done(&r->looks.items[i].records);
    vec_done(&r->looks);
    stream_focus_done(&r->focus);
    size_t at = 0;
    void *hash;
    while (map_next(&r->schemas, &at, NULL, NULL, &hash))
        free(hash);
    map_done(&r->schemas);
    free(r);
}

/* The reader has gone or has to go; r is no more afterwards, nor may the server be. */
static void remove_reader(struct stream_reader *r)
{
    struct stream_server *s = r->server;
    for (size_t i = 0; i < s->readers.n; i++)
        if (s->readers.items[i] == r) {
            s->readers.items[i] = s->readers.items[--s->readers.n];
            break;
        }
    bool looked = r->focus.tables.n > 0;
    free_reader(r);
    if (looked && s->ops->focus)
        s->ops->focus(s->arg);
    if (!s->readers.n && s->ops->idle)
        s->ops->idle(s->arg);
}

static void dismiss(struct stream_reader *r, const struct error *why)
{
    struct str *line = new_line(r);
    stream_encode_bye(line, why);
    stream_link_send(r->link, line);
    remove_reader(r);
}

/* ---- subscriptions ---- */

static int check_columns(const struct subscription *sub, const struct table *t, struct error *err)
{
    for (size_t i = 0; sub->columns && sub->columns[i]; i++)
        if (table_column_index(t, sub->columns[i]) < 0)
            return error_set(err, ERR_NOT_FOUND, "table %s has no column %s", sub->table, sub->columns[i]);
    return 0;
}

/* Binds the subscription to its table, if that is there. An error is told once. */
static void bind_subscription(struct stream_reader *r, struct subscription *sub)
{
    const struct table *t = store_find(r->server->store, sub->table);
    struct error err;
    int rc = 0;
    if (t) {
        rc = check_columns(sub, t, &err);
        if (!rc)
            rc = stream_filter_bind(sub->filter, t, &err);
        if (rc && !sub->failed)
            send_error(r, sub->id, &err);
    }
    sub->bound = t && !rc;
    sub->failed = rc != 0;
}

static struct stream_feed *find_feed(const struct stream_reader *r, const char *table)
{
    for (size_t i = 0; i < r->feeds.n; i++)
        if (strcmp(stream_feed_name(r->feeds.items[i]), table) == 0)
            return r->feeds.items[i];
    return NULL;
}

/* Gives the feed of a table the union of what is subscribed to there. */
static void bind_feed(struct stream_reader *r, struct stream_feed *f, bool schema_changed)
{
    const char *table = stream_feed_name(f);
    struct stream_feed_part parts[STREAM_SERVER_SUBSCRIPTIONS];
    size_t n = 0;
    for (size_t i = 0; i < r->subscriptions.n; i++) {
        const struct subscription *sub = r->subscriptions.items[i];
        if (sub->bound && strcmp(sub->table, table) == 0)
            parts[n++] = (struct stream_feed_part){.filter = sub->filter, .columns = sub->columns};
    }
    stream_feed_bind(f, store_find(r->server->store, table), parts, n, schema_changed);
}

static void bind_all(struct stream_reader *r)
{
    for (size_t i = 0; i < r->subscriptions.n; i++)
        bind_subscription(r, r->subscriptions.items[i]);
    for (size_t i = 0; i < r->feeds.n; i++)
        bind_feed(r, r->feeds.items[i], true);
}

static struct subscription *find_subscription(const struct stream_reader *r, int64_t id, size_t *at)
{
    for (size_t i = 0; i < r->subscriptions.n; i++)
        if (r->subscriptions.items[i]->id == id) {
            *at = i;
            return r->subscriptions.items[i];
        }
    return NULL;
}

/* ---- requests; each returns 0, or an error that the reader is told of ---- */

static int take_subscribe(struct stream_reader *r, struct stream_request *q, struct error *err)
{
    size_t at;
    struct stream_filter *filter;
    r->subscribed++;
    r->dirty = true; /* an end follows, even if there is nothing to send */
    if (find_subscription(r, q->id, &at))
        return error_set(err, ERR_INVALID, "there is a subscription of this number");
    int rc = stream_filter_new(q->where, q->sort, q->limit, &filter, err);
    if (rc)
        return rc;
    struct subscription *sub = mem_new(struct subscription);
    *sub = (struct subscription){.id = (int)q->id, .table = q->table, .columns = q->list, .filter = filter};
    q->table = NULL;
    q->list = NULL;
    q->nlist = 0;
    vec_push(&r->subscriptions, sub);
    struct stream_feed *f = find_feed(r, sub->table);
    if (!f) {
        f = stream_feed_new(sub->table);
        vec_push(&r->feeds, f);
    }
    bind_subscription(r, sub);
    bind_feed(r, f, false);
    return 0;
}

static int take_unsubscribe(struct stream_reader *r, struct stream_request *q, struct error *err)
{
    size_t at;
    struct subscription *sub = find_subscription(r, q->id, &at);
    if (!sub)
        return error_set(err, ERR_NOT_FOUND, "there is no subscription of this number");
    r->subscriptions.items[at] = r->subscriptions.items[--r->subscriptions.n];
    struct stream_feed *f = find_feed(r, sub->table);
    if (f)
        bind_feed(r, f, false);
    free_subscription(sub);
    return 0;
}

static int take_configure(struct stream_reader *r, struct stream_request *q, struct error *err)
{
    const struct stream_server *s = r->server;
    if (!s->ops->configure)
        return error_set(err, ERR_UNAVAILABLE, "this collector is configured already");
    s->ops->configure(s->arg, (int)q->nlist, q->list);
    return 0;
}

static int take_refresh(struct stream_reader *r, struct stream_request *q, struct error *err)
{
    (void)err;
    const struct stream_server *s = r->server;
    if (s->ops->refresh)
        s->ops->refresh(s->arg, q->what);
    return 0;
}

/* The values of a key; texts are references in the store's pool, of *n values so far. */
static int decode_key(struct stream_reader *r, const struct table *t, const json_t *list, struct value *key, size_t *n,
                      struct error *err)
{
    if (json_array_size(list) != table_nkeys(t))
        return error_set(err, ERR_INVALID, "table %s has a key of %zu values", table_name(t), table_nkeys(t));
    for (*n = 0; *n < table_nkeys(t); ++*n) {
        int rc = stream_decode_value(json_array_get(list, *n), table_column(t, *n)->type, store_names(r->server->store),
                                     &key[*n], err);
        if (rc)
            return rc;
    }
    return 0;
}

static int ask_history(struct stream_reader *r, const struct stream_request *q, const struct value *key,
                       const struct table *t, struct error *err)
{
    struct stream_server *s = r->server;
    if (table_column_index(t, q->column) < 0)
        return error_set(err, ERR_NOT_FOUND, "table %s has no column %s", q->table, q->column);
    if (!s->ops->history)
        return error_set(err, ERR_UNAVAILABLE, "no history is kept");
    if (r->questions.n >= STREAM_SERVER_HISTORY)
        return error_set(err, ERR_LIMIT, "more than %d requests for history at once", STREAM_SERVER_HISTORY);
    s->next_question = s->next_question == INT_MAX ? 1 : s->next_question + 1;
    int number = s->next_question;
    vec_push(&r->questions, (struct question){.number = number, .id = q->id});
    s->ops->history(s->arg, r, number, t, key, q->column, q->from_ms, q->to_ms, q->step_ms);
    return 0;
}

static int take_history(struct stream_reader *r, struct stream_request *q, struct error *err)
{
    struct value key[LIMITS_TABLE_COLUMNS];
    size_t n = 0;
    const struct table *t = store_find(r->server->store, q->table);
    int rc =
        t ? decode_key(r, t, q->key, key, &n, err) : error_set(err, ERR_NOT_FOUND, "there is no table %s", q->table);
    if (!rc)
        rc = ask_history(r, q, key, t, err);
    for (size_t i = 0; i < n; i++)
        if (table_column(t, i)->type == COLUMN_TEXT && key[i].quality != QUALITY_UNKNOWN)
            name_unref(key[i].s);
    return rc;
}

static int take_look(struct stream_reader *r, struct stream_request *q, struct error *err)
{
    struct stream_server *s = r->server;
    if (!s->ops->look)
        return error_set(err, ERR_UNAVAILABLE, "there are no records to look at");
    if (r->looks.n >= STREAM_SERVER_LOOKS)
        return error_set(err, ERR_LIMIT, "more than %d requests for records at once", STREAM_SERVER_LOOKS);
    s->next_question = s->next_question == INT_MAX ? 1 : s->next_question + 1;
    int number = s->next_question;
    vec_push(&r->looks, (struct look){.number = number, .id = q->id});
    const struct stream_record_query query = {
        .cluster = q->cluster,
        .topic = q->topic,
        .partition = (int32_t)q->partition,
        .offset = q->offset,
        .count = (int)q->count,
    };
    s->ops->look(s->arg, r, number, &query);
    return 0;
}

static int take_focus(struct stream_reader *r, struct stream_request *q, struct error *err)
{
    const struct stream_server *s = r->server;
    const struct table *t = store_find(s->store, q->table);
    int rc = t ? stream_focus_set(&r->focus, t, q->key, store_names(s->store), err)
               : error_set(err, ERR_NOT_FOUND, "there is no table %s", q->table);
    if (!rc && s->ops->focus)
        s->ops->focus(s->arg);
    return rc;
}

static int take_nothing(struct stream_reader *r, struct stream_request *q, struct error *err)
{
    (void)r, (void)q, (void)err;
    return 0;
}

static int (*const handlers[])(struct stream_reader *r, struct stream_request *q, struct error *err) = {
    [STREAM_REQUEST_OTHER] = take_nothing,
    [STREAM_REQUEST_HELLO] = take_nothing,
    [STREAM_REQUEST_CONFIGURE] = take_configure,
    [STREAM_REQUEST_SUBSCRIBE] = take_subscribe,
    [STREAM_REQUEST_UNSUBSCRIBE] = take_unsubscribe,
    [STREAM_REQUEST_HISTORY] = take_history,
    [STREAM_REQUEST_REFRESH] = take_refresh,
    [STREAM_REQUEST_LOOK] = take_look,
    [STREAM_REQUEST_FOCUS] = take_focus,
};

static void on_line(void *arg, const char *line, size_t len)
{
    struct stream_reader *r = arg;
    struct stream_request request;
    struct error err;
    const char *type;
    json_t *message;
    if (stream_decode_line(line, len, &message, &type, &err)) {
        dismiss(r, &err);
        return;
    }
    int rc = stream_decode_request(message, type, &request, &err);
    bool subscribes = request.kind == STREAM_REQUEST_SUBSCRIBE;
    bool flood = subscribes && r->subscriptions.n >= STREAM_SERVER_SUBSCRIPTIONS;
    if (!rc && !flood)
        rc = handlers[request.kind](r, &request, &err);
    else if (subscribes)
        r->subscribed++, r->dirty = true;
    if (flood) {
        error_set(&err, ERR_LIMIT, "more than %d subscriptions", STREAM_SERVER_SUBSCRIPTIONS);
        dismiss(r, &err);
    } else {
        if (rc && request.kind == STREAM_REQUEST_HISTORY && request.id >= 0) {
            stream_encode_no_points(new_line(r), request.id, &err);
            stream_link_send(r->link, &r->server->line);
        } else if (rc && request.kind == STREAM_REQUEST_LOOK && request.id >= 0) {
            stream_record_encode_failure(new_line(r), request.id, &err);
            stream_link_send(r->link, &r->server->line);
        } else if (rc) {
            send_error(r, request.id, &err);
        }
        schedule(r->server);
    }
    stream_decode_request_done(&request);
    json_decref(message);
}

/* ---- the pump: what a reader is sent, in order of urgency; each returns true if it sent something
 * or went on ---- */

static void send_drops(struct stream_reader *r)
{
    size_t at = 0, len;
    const void *key;
    void *hash;
    while (map_next(&r->schemas, &at, &key, &len, &hash)) {
        char *name = mem_memdup(key, len);
        bool gone = !store_find(r->server->store, name);
        if (gone) {
            stream_encode_drop(new_line(r), name);
            send_line(r, &r->server->line);
            free(map_del(&r->schemas, key, len));
        }
        free(name);
    }
}

static bool send_schema(struct stream_reader *r)
{
    const struct store *store = r->server->store;
    uint64_t version = store_schema_version(store);
    if (r->schema_sent && r->schema_version == version)
        return false;
    if (!r->schema_at || r->schema_version != version) {
        send_drops(r);
        r->schema_version = version;
        r->schema_at = 0;
        r->schema_sent = false;
    }
    while (r->schema_at < store_count(store)) {
        const struct table *t = store_at(store, r->schema_at++);
        const char *name = table_name(t);
        struct str *line = new_line(r);
        stream_encode_table(line, t);
        uint64_t hash = map_hash(line->s, line->len), *sent = map_get(&r->schemas, name, strlen(name));
        if (sent && *sent == hash)
            continue;
        if (!sent) {
            sent = mem_new(uint64_t);
            map_put(&r->schemas, name, strlen(name), sent);
        }
        *sent = hash;
        send_line(r, line);
        return true;
    }
    r->schema_sent = true;
    bind_all(r);
    return true;
}

static bool send_owners(struct stream_reader *r)
{
    const struct store *store = r->server->store;
    size_t n = 0;
    for (const char *name;
         n < OWNERS_A_TURN && r->owners < UINT16_MAX && (name = store_owner_name(store, (uint16_t)(r->owners + 1)));
         n++) {
        stream_encode_owner(new_line(r), ++r->owners, name);
        send_line(r, &r->server->line);
    }
    return n > 0;
}

static bool send_history(struct stream_reader *r)
{
    for (size_t i = 0; i < r->questions.n; i++) {
        struct question *q = &r->questions.items[i];
        if (!q->answered)
            continue;
        size_t n = q->n - q->at < POINTS_A_LINE ? q->n - q->at : POINTS_A_LINE;
        bool more = q->at + n < q->n;
        if (q->err.code)
            stream_encode_no_points(new_line(r), q->id, &q->err);
        else
            stream_encode_points(new_line(r), q->id, q->points + q->at, n, more);
        stream_link_send(r->link, &r->server->line);
        q->at += n;
        if (!more) {
            free(q->points);
            memmove(q, q + 1, (--r->questions.n - i) * sizeof *q);
        }
        return true;
    }
    return false;
}

/* One record, or the end of an answer. */
static bool send_records(struct stream_reader *r)
{
    for (size_t i = 0; i < r->looks.n; i++) {
        struct look *l = &r->looks.items[i];
        if (!l->answered)
            continue;
        bool more = !l->err.code && l->at < l->records.items.n;
        if (more)
            stream_record_encode(new_line(r), l->id, &l->records.items.items[l->at++]);
        else if (l->err.code)
            stream_record_encode_failure(new_line(r), l->id, &l->err);
        else
            stream_record_encode_end(new_line(r), l->id, &l->records);
        stream_link_send(r->link, &r->server->line);
        if (!more) {
            stream_record_done(&l->records);
            memmove(l, l + 1, (--r->looks.n - i) * sizeof *l);
        }
        return true;
    }
    return false;
}

static void send_end(struct stream_reader *r, bool torn)
{
    stream_encode_end(new_line(r), r->subscribed, torn);
    stream_link_send(r->link, &r->server->line);
    r->dirty = false;
    r->passes = 0;
    r->last_end_us = mono_us(r->server);
}

static void drop_feeds_that_are_over(struct stream_reader *r)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->feeds.n; i++) {
        struct stream_feed *f = r->feeds.items[i];
        bool subscribed = false; /* to a table that may be still to come */
        for (size_t j = 0; j < r->subscriptions.n; j++)
            subscribed |= strcmp(r->subscriptions.items[j]->table, stream_feed_name(f)) == 0;
        if (subscribed || !stream_feed_over(f))
            r->feeds.items[kept++] = f;
        else
            stream_feed_free(f);
    }
    r->feeds.n = kept;
}

/* The reader has everything. */
static void settle(struct stream_reader *r)
{
    for (size_t i = 0; i < r->feeds.n; i++)
        stream_feed_settle(r->feeds.items[i]);
    drop_feeds_that_are_over(r);
    if (r->dirty)
        send_end(r, false);
    r->passes = 0;
    r->last_end_us = mono_us(r->server);
}

/* The next feed that has something to send: first those that have not come up to this round's mark. */
static struct stream_feed *next_feed(struct stream_reader *r)
{
    const struct stream_server *s = r->server;
    struct stream_feed *behind = NULL;
    for (size_t i = 0; i < r->feeds.n; i++) {
        struct stream_feed *f = r->feeds.items[i];
        if (stream_feed_done(f) == s->commits)
            continue;
        if (!stream_feed_reached(f, r->pass))
            return f;
        if (!behind)
            behind = f;
    }
    if (behind) { /* the round is over, and the store has gone on meanwhile */
        r->pass = s->committed_seq;
        r->passes++;
        for (size_t i = 0; i < r->feeds.n; i++)
            stream_feed_begin(r->feeds.items[i], r->passes > 1);
        if (r->dirty && r->passes >= TORN_PASSES && mono_us(s) - r->last_end_us >= TORN_US)
            send_end(r, true);
    }
    return behind;
}

static bool send_rows(struct stream_reader *r)
{
    struct stream_server *s = r->server;
    if (store_seq(s->store) != s->committed_seq)
        return false; /* a change set is open: its commit comes back here */
    const struct stream_feed_turn turn = {
        .commits = s->commits,
        .now_ms = clock_wall_ms(store_clock(s->store)),
        .rows = &s->rows,
        .line = &s->line,
        .send = send_line,
        .arg = r,
    };
    struct stream_feed *f = next_feed(r);
    if (f)
        stream_feed_fill(f, &turn);
    else
        settle(r);
    return f != NULL;
}

/* Sends until there is nothing more, or one batch is on its way. */
static void pump_reader(struct stream_reader *r)
{
    bool more = true;
    int64_t until = mono_us(r->server) + STREAM_LINK_TURN_US;
    while (more && stream_link_unsent(r->link) < LIMITS_STREAM_BATCH && mono_us(r->server) < until)
        more = send_schema(r) || send_owners(r) || send_history(r) || send_records(r) || send_rows(r);
    if (more && !stream_link_unsent(r->link))
        schedule(r->server);
}

/* What is derived of a commit of this turn of the loop may be next in it: readers wait for the turn's end, so that none sees
 * the one without the other. */
static bool waits(struct stream_server *s)
{
    struct timeval turn;
    event_base_gettimeofday_cached(s->base, &turn);
    if (!timercmp(&turn, &s->committed, ==) || s->waits++ >= WAITS) {
        s->waits = 0;
        return false;
    }
    schedule(s);
    return true;
}

static void on_pump(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    struct stream_server *s = arg;
    if (waits(s))
        return;
    for (size_t i = 0; i < s->readers.n; i++)
        pump_reader(s->readers.items[i]);
}

static void on_writable(void *arg)
{
    struct stream_reader *r = arg;
    if (!waits(r->server))
        pump_reader(r);
}

static void on_closed(void *arg, const struct error *err)
{
    struct stream_reader *r = arg;
    if (err->code == ERR_LIMIT)
        dismiss(r, err);
    else
        remove_reader(r);
}

static void on_commit(struct store *store, void *arg)
{
    struct stream_server *s = arg;
    s->commits++;
    s->committed_seq = store_seq(store);
    event_base_gettimeofday_cached(s->base, &s->committed);
    schedule(s);
}

/* ---- the server ---- */

struct stream_server *stream_server_new(struct event_base *base, struct store *store,
                                        const struct stream_server_ops *ops, void *arg)
{
    struct stream_server *s = mem_new(struct stream_server);
    s->store = store;
    s->ops = ops;
    s->arg = arg;
    s->base = base;
    s->pump = evtimer_new(base, on_pump, s);
    s->listener = store_listen(store, on_commit, s);
    s->commits = 1;
    s->committed_seq = store_seq(store);
    return s;
}

void stream_server_free(struct stream_server *s)
{
    if (!s)
        return;
    store_unlisten(s->store, s->listener);
    for (size_t i = 0; i < s->readers.n; i++)
        free_reader(s->readers.items[i]);
    vec_done(&s->readers);
    event_free(s->pump);
    stream_encode_rows_done(&s->rows);
    str_done(&s->line);
    free(s);
}

struct stream_reader *stream_server_add(struct stream_server *s, int fd)
{
    static const struct stream_link_ops ops = {.line = on_line, .writable = on_writable, .closed = on_closed};
    struct stream_reader *r = mem_new(struct stream_reader);
    r->server = s;
    r->link = stream_link_new(s->base, fd, store_clock(s->store), true, &ops, r);
    r->last_end_us = mono_us(s);
    r->dirty = true; /* an end follows the first schemas */
    vec_push(&s->readers, r);
    stream_encode_hello(new_line(r));
    stream_link_send(r->link, &s->line);
    schedule(s);
    return r;
}

size_t stream_server_readers(const struct stream_server *s)
{
    return s->readers.n;
}

/* The unanswered question of this number, if the reader is still there. */
static struct question *find_question(const struct stream_server *s, const struct stream_reader *r, int number)
{
    for (size_t i = 0; i < s->readers.n; i++)
        for (size_t j = 0; s->readers.items[i] == r && j < r->questions.n; j++)
            if (r->questions.items[j].number == number && !r->questions.items[j].answered)
                return &r->questions.items[j];
    return NULL;
}

void stream_server_history(struct stream_server *s, struct stream_reader *reader, int request,
                           const struct stream_point *points, size_t n, const struct error *err)
{
    struct question *q = find_question(s, reader, request);
    if (!q)
        return;
    q->answered = true;
    if (err && err->code) {
        q->err = *err;
    } else if (n > STREAM_SERVER_POINTS) {
        error_set(&q->err, ERR_LIMIT, "%zu points, more than %d: ask for a longer step", n, STREAM_SERVER_POINTS);
    } else if (n) {
        q->points = mem_calloc(n, sizeof *points);
        memcpy(q->points, points, n * sizeof *points);
        q->n = n;
    }
    schedule(s);
}

static struct look *find_look(const struct stream_server *s, const struct stream_reader *r, int number)
{
    for (size_t i = 0; i < s->readers.n; i++)
        for (size_t j = 0; s->readers.items[i] == r && j < r->looks.n; j++)
            if (r->looks.items[j].number == number && !r->looks.items[j].answered)
                return &r->looks.items[j];
    return NULL;
}

void stream_server_records(struct stream_server *s, struct stream_reader *reader, int request,
                           struct stream_records *records, const struct error *err)
{
    struct stream_records answer = records ? *records : (struct stream_records){0};
    struct look *l = find_look(s, reader, request);
    if (records)
        *records = (struct stream_records){0};
    if (!l) {
        stream_record_done(&answer);
        return;
    }
    l->answered = true;
    l->records = answer;
    if (err && err->code)
        l->err = *err;
    schedule(s);
}

void stream_server_focused(const struct stream_server *s, const char *table,
                           void (*each)(void *arg, const struct value *key), void *arg)
{
    for (size_t i = 0; i < s->readers.n; i++)
        stream_focus_each(&s->readers.items[i]->focus, table, each, arg);
}

bool stream_server_watched(const struct stream_server *s, const struct table *t, const struct row *r)
{
    for (size_t i = 0; i < s->readers.n; i++)
        for (size_t j = 0; j < s->readers.items[i]->feeds.n; j++)
            if (stream_feed_shows(s->readers.items[i]->feeds.items[j], t, r))
                return true;
    return false;
}

size_t stream_server_unsent(const struct stream_server *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->readers.n; i++)
        n += stream_link_unsent(s->readers.items[i]->link);
    return n;
}
