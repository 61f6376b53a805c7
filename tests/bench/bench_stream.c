/* 100,000 rows of 25 columns through the stream: rows a second, bytes a row, and the longest turn of either loop. */
#include "base/mem.h"
#include "stream/client.h"
#include "stream/link.h"
#include "stream/server.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { ROWS = 100000, COLUMNS = 25, CHANGED = 5000 };

struct side {
    struct event_base *base;
    int64_t longest_us;
};

static int64_t bytes; /* that the client was sent, counted between the sockets */
static int changes;

static void on_changed(void *arg, bool complete)
{
    (void)arg, (void)complete;
    changes++;
}

static int64_t now_us(void)
{
    return clock_mono_us(&clock_system);
}

static void turn(struct side *s)
{
    int64_t start = now_us();
    event_base_loop(s->base, EVLOOP_NONBLOCK);
    int64_t took = now_us() - start;
    s->longest_us = took > s->longest_us ? took : s->longest_us;
}

/* Passes what the server says on to the client, and counts it. */
static void relay_line(void *arg, const char *line, size_t len)
{
    struct str s = {.s = (char *)(uintptr_t)line, .len = len};
    bytes += (int64_t)len + 1;
    stream_link_send(*(struct stream_link **)arg, &s);
}

static void relay_closed(void *arg, const struct error *err)
{
    (void)arg, (void)err;
}

static void make_columns(struct column *columns, char names[][8])
{
    static const enum column_type types[] = {COLUMN_INT, COLUMN_REAL, COLUMN_INT, COLUMN_TEXT, COLUMN_TIME};
    for (int i = 0; i < COLUMNS; i++) {
        snprintf(names[i], sizeof names[i], "c%d", i);
        columns[i] = (struct column){.name = names[i], .type = types[i % 5]};
    }
    columns[0] = (struct column){.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY};
    columns[1] = (struct column){.name = "partition", .type = COLUMN_INT, .flags = COLUMN_KEY};
}

static void fill(struct store *store, struct table *t)
{
    char text[64];
    for (int r = 0; r < ROWS; r++) {
        snprintf(text, sizeof text, "consumer-group-%d", r / 50);
        struct name *n = name_intern(store_names(store), text, strlen(text));
        struct value key[2] = {{.s = n, .quality = QUALITY_EXACT}, value_int(r % 50)};
        struct row *row = table_upsert(t, key, 1);
        name_unref(n);
        for (size_t c = 2; c < COLUMNS; c++) {
            if (table_column(t, c)->type == COLUMN_REAL)
                table_set_real(t, row, c, r / 7.0, QUALITY_EXACT);
            else if (table_column(t, c)->type == COLUMN_TIME)
                table_set_int(t, row, c, 1700000000000 + r, QUALITY_EXACT);
            else if (table_column(t, c)->type == COLUMN_INT)
                table_set_int(t, row, c, (int64_t)r * 1000 + (int64_t)c, QUALITY_EXACT);
            else
                table_set_text(t, row, c, r % 3 ? "Stable" : "consumer-client-17");
        }
    }
    store_commit(store);
}

static void run(const char *what, struct side *server, struct side *client, int rows)
{
    int64_t start = now_us(), before = bytes;
    int seen = changes;
    server->longest_us = client->longest_us = 0;
    while (changes == seen) {
        turn(server);
        event_base_loop(server->base, EVLOOP_NONBLOCK);
        turn(client);
    }
    double seconds = (double)(now_us() - start) / 1e6;
    printf("%-10s %7d rows %9.0f rows/s %7.1f bytes/row  longest turn: server and relay %5.1f ms, "
           "client %5.1f ms\n",
           what, rows, rows / seconds, (double)(bytes - before) / rows, (double)server->longest_us / 1e3,
           (double)client->longest_us / 1e3);
}

int main(void)
{
    static const struct stream_client_ops ops = {.changed = on_changed};
    static const struct stream_server_ops server_ops = {0};
    static const struct stream_link_ops relay_ops = {.line = relay_line, .closed = relay_closed};
    struct column columns[COLUMNS];
    char names[COLUMNS][8];
    struct side server = {.base = event_base_new()}, client = {.base = event_base_new()};
    struct store *store = store_new(&clock_system);
    struct table *t;
    int up[2], down[2];
    make_columns(columns, names);
    const struct table_def def = {.name = "t", .group = {.name = "g", .columns = columns, .ncolumns = COLUMNS}};
    if (store_add(store, &def, NULL, &t, NULL) || socketpair(AF_UNIX, SOCK_STREAM, 0, up) ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, down))
        return 1;
    fill(store, t);
    struct stream_server *s = stream_server_new(server.base, store, &server_ops, NULL);
    stream_server_add(s, up[0]);
    struct stream_link *a, *b;
    a = stream_link_new(server.base, up[1], &clock_system, false, &relay_ops, &b);
    b = stream_link_new(server.base, down[0], &clock_system, false, &relay_ops, &a);
    struct stream_client *c = stream_client_new(client.base, down[1], &clock_system, &ops, NULL);
    run("schema", &server, &client, 1);
    const struct stream_query q = {.table = "t"};
    stream_client_subscribe(c, &q, NULL, NULL);
    run("all", &server, &client, ROWS);
    for (int i = 0; i < CHANGED; i++)
        table_set_int(t, table_first(t), 2, -i, QUALITY_EXACT);
    store_commit(store);
    run("one cell", &server, &client, CHANGED);
    bool same = table_nrows(store_find(stream_client_store(c), "t")) == ROWS;
    stream_client_free(c);
    stream_link_free(a);
    stream_link_free(b);
    stream_server_free(s);
    store_free(store);
    event_base_free(server.base);
    event_base_free(client.base);
    return same ? 0 : 1;
}
