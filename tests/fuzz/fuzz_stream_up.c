/* What a reader sends: lines to a server with a small store, over a socket pair. */
#include "stream/server.h"

#include <event2/event.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct column columns[] = {
    {.name = "k", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    {.name = "v", .type = COLUMN_INT},
    {.name = "seen", .type = COLUMN_TIME},
};
static const struct table_def def = {.name = "a", .group = {.name = "g", .columns = columns, .ncolumns = 3}};

static void answer(void *arg, struct stream_reader *reader, int request, const struct table *table,
                   const struct value *key, const char *column, int64_t from_ms, int64_t to_ms, int64_t step_ms)
{
    const struct error err = {.code = ERR_NOT_FOUND, .text = "nothing"};
    (void)table, (void)key, (void)column, (void)from_ms, (void)to_ms, (void)step_ms;
    stream_server_history(*(struct stream_server **)arg, reader, request, NULL, 0, &err);
}

/* As many records as were asked for, with the topic's name for a value. */
static void look(void *arg, struct stream_reader *reader, int request, const struct stream_record_query *q)
{
    struct stream_records all = {.asked = 1, .end = 100};
    for (int i = 0; i < q->count; i++)
        vec_push(&all.items,
                 (struct stream_record){.offset = i, .value = stream_record_keep(q->topic, strlen(q->topic), 8)});
    stream_server_records(*(struct stream_server **)arg, reader, request, &all, NULL);
}

static void fill(struct store *s, struct table *t, int64_t v)
{
    for (int i = 0; i < 5; i++) {
        char name[2] = {(char)('a' + i), 0};
        struct name *n = name_intern(store_names(s), name, 1);
        struct value key = {.s = n, .quality = QUALITY_EXACT};
        table_set_int(t, table_upsert(t, &key, 0), 1, v * i, QUALITY_EXACT);
        name_unref(n);
    }
    store_commit(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct event_base *base;
    static const struct stream_server_ops ops = {.history = answer, .look = look};
    int pair[2];
    if (!base)
        base = event_base_new();
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
        return 0;
    struct store *store = store_new(&clock_system);
    struct table *t;
    store_add(store, &def, NULL, &t, NULL);
    struct stream_server *server;
    server = stream_server_new(base, store, &ops, &server);
    stream_server_add(server, pair[0]);
    fill(store, t, 1);
    ssize_t sent = send(pair[1], data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    for (int i = 0; i < 4; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
    fill(store, t, sent);
    for (int i = 0; i < 4; i++)
        event_base_loop(base, EVLOOP_NONBLOCK);
    close(pair[1]);
    event_base_loop(base, EVLOOP_NONBLOCK);
    stream_server_free(server);
    store_free(store);
    return 0;
}
