/* 100,000 rows of 25 columns through the stream: rows a second, bytes a row, and the longest turn of either loop. */
#include "base/mem.h"
#include "stream/client.h"
#include "stream/server.h"

#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ROWS = 100000, COLUMNS = 25, CHANGED = 5000 };

struct side {
    struct event_base *base;
    int64_t longest_us;
};

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

/* One cell of some rows. */
static void change(struct store *store, struct table *t, int64_t by)
{
    for (int i = 0; i < CHANGED; i++)
        table_set_int(t, table_first(t), 2, -i - by, QUALITY_EXACT);
    store_commit(store);
}

static void run(const char *what, struct side *server, struct side *client, int rows)
{
    int64_t start = now_us();
    int seen = changes;
    server->longest_us = client->longest_us = 0;
    while (changes == seen) {
        turn(server);
        turn(client);
    }
    double seconds = (double)(now_us() - start) / 1e6;
    printf("%-9s %7d rows %9.0f rows/s  longest turn: server %5.1f ms, client %5.1f ms\n", what, rows, rows / seconds,
           (double)server->longest_us / 1e3, (double)client->longest_us / 1e3);
}

/* Reads what a server says, as bytes, until its next end of a change set. */
static void count(const char *what, struct side *server, int fd, int rows)
{
    static const char end[] = "{\"t\":\"end\"";
    char buf[65536];
    int64_t bytes = 0;
    for (bool over = false; !over;) {
        turn(server);
        ssize_t n = recv(fd, buf, sizeof buf, MSG_DONTWAIT);
        bytes += n > 0 ? n : 0;
        over = n > 0 && memmem(buf, (size_t)n, end, sizeof end - 1);
    }
    printf("%-9s %7d rows %9.1f bytes/row\n", what, rows, (double)bytes / rows);
}

int main(void)
{
    static const struct stream_client_ops ops = {.changed = on_changed};
    static const struct stream_server_ops server_ops = {0};
    static const char subscribe[] = "{\"t\":\"subscribe\",\"id\":1,\"table\":\"t\"}\n";
    struct column columns[COLUMNS];
    char names[COLUMNS][8];
    struct side server = {.base = event_base_new()}, client = {.base = event_base_new()};
    struct store *store = store_new(&clock_system);
    struct table *t;
    int pair[2], raw[2];
    make_columns(columns, names);
    const struct table_def def = {.name = "t", .group = {.name = "g", .columns = columns, .ncolumns = COLUMNS}};
    if (store_add(store, &def, NULL, &t, NULL) || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, raw))
        return 1;
    fill(store, t);
    struct stream_server *s = stream_server_new(server.base, store, &server_ops, NULL);
    stream_server_add(s, pair[0]);
    struct stream_client *c = stream_client_new(client.base, pair[1], &clock_system, &ops, NULL);
    run("schema", &server, &client, 1);
    const struct stream_query q = {.table = "t"};
    stream_client_subscribe(c, &q, NULL, NULL);
    run("all", &server, &client, ROWS);
    change(store, t, 1);
    run("one cell", &server, &client, CHANGED);
    bool same = table_nrows(store_find(stream_client_store(c), "t")) == ROWS;
    stream_client_free(c);

    stream_server_add(s, raw[0]);
    count("schema", &server, raw[1], 1);
    if (send(raw[1], subscribe, sizeof subscribe - 1, 0) < 0)
        return 1;
    count("all", &server, raw[1], ROWS);
    change(store, t, 2);
    count("one cell", &server, raw[1], CHANGED);
    close(raw[1]);
    stream_server_free(s);
    store_free(store);
    event_base_free(server.base);
    event_base_free(client.base);
    return same ? 0 : 1;
}
