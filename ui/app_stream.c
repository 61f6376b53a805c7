/* The console's data, as the stream's client gives it. */
#include "ui/app.h"

static struct store *stream_store(void *self)
{
    return stream_client_store(self);
}

static int stream_subscribe(void *self, const struct stream_query *q,
                            void (*failed)(void *arg, int id, const struct error *err), void *arg)
{
    return stream_client_subscribe(self, q, failed, arg);
}

static void stream_unsubscribe(void *self, int id)
{
    stream_client_unsubscribe(self, id);
}

static void
stream_history(void *self, const struct stream_history_query *q,
               void (*done)(void *arg, const struct stream_point *points, size_t n, const struct error *err), void *arg)
{
    stream_client_history(self, q, done, arg);
}

static void stream_look(void *self, const struct stream_record_query *q,
                        void (*done)(void *arg, struct stream_records *records, const struct error *err), void *arg)
{
    stream_client_look(self, q, done, arg);
}

static void stream_forget(void *self, const void *arg)
{
    stream_client_forget(self, arg);
}

static void stream_refresh(void *self, const char *what)
{
    stream_client_refresh(self, what);
}

static void stream_focus(void *self, const char *table, const struct value *keys, size_t n)
{
    stream_client_focus(self, table, keys, n);
}

static const char *stream_table(void *self, size_t i)
{
    return stream_client_table(self, i);
}

static const struct app_data_ops stream_ops = {
    .store = stream_store,
    .subscribe = stream_subscribe,
    .unsubscribe = stream_unsubscribe,
    .history = stream_history,
    .look = stream_look,
    .forget = stream_forget,
    .refresh = stream_refresh,
    .focus = stream_focus,
    .table = stream_table,
};

void app_attach(struct app *a, struct stream_client *client)
{
    const struct app_data data = {.ops = &stream_ops, .self = client};
    app_attach_data(a, &data);
}
