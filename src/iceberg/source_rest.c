/* Rounds of the Iceberg source on a REST catalog: a listing now and then, and every table asked for whether it is
 * another by now. */
#include "iceberg/source_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    LIST_FREE = 10,   /* requests of a listing that is made in every round */
    LIST_PER_S = 5,   /* requests a second that larger ones may come to in the mean */
    LIST_MAX_S = 300, /* it is listed so often at least */
};

void iceberg_source_rest_new(struct iceberg_source *s, const struct iceberg_source_settings *settings)
{
    const struct iceberg_rest_settings rest = {.uri = settings->uri,
                                               .warehouse = settings->warehouse,
                                               .login = settings->login,
                                               .proxy = settings->proxy,
                                               .headers = settings->headers,
                                               .client_id = settings->client_id,
                                               .client_secret = settings->client_secret,
                                               .oauth_uri = settings->oauth_uri,
                                               .scope = settings->scope,
                                               .audience = settings->audience,
                                               .resource = settings->resource,
                                               .deadline_ms = s->settings.deadline_ms,
                                               .clock = store_clock(s->store)};
    s->rest = iceberg_rest_new(s->base, s->http, &rest);
    for (size_t i = 0; i < settings->n_tables; i++)
        vec_push(&s->globs, mem_strdup(settings->tables[i]));
}

/* One table, due to be asked for. */
static struct iceberg_look_table due(const struct iceberg_source *s, const char *name, const char *path)
{
    const struct iceberg_source_table *t = iceberg_source_find(s, name);
    return (struct iceberg_look_table){
        .name = name, .written = t ? t->written : NULL, .file = path, .how = "catalog", .changed = true};
}

static void take(struct iceberg_source *s, const struct iceberg_look_table *tables, size_t n, size_t left_out,
                 size_t unread)
{
    const struct iceberg_look_result found = {
        .tables = tables, .n = n, .complete = unread == 0, .left_out = left_out, .unread = unread};
    iceberg_source_take(s, &found);
    store_commit(s->store);
    iceberg_source_pump(s);
}

static void take_wanted(struct iceberg_source *s)
{
    size_t n = s->wanted.n < s->settings.max_tables ? s->wanted.n : s->settings.max_tables;
    struct iceberg_look_table *tables = mem_calloc(n + 1, sizeof *tables);
    char **paths = mem_calloc(n + 1, sizeof *paths);
    for (size_t i = 0; i < n; i++) {
        paths[i] = iceberg_rest_path(s->wanted.items[i]);
        tables[i] = due(s, s->wanted.items[i], paths[i]);
    }
    take(s, tables, n, s->wanted.n - n, 0);
    for (size_t i = 0; i < n; i++)
        free(paths[i]);
    free(paths);
    free(tables);
}

/* Those that the last listing has found. */
static void take_known(struct iceberg_source *s)
{
    struct iceberg_look_table *tables = mem_calloc(s->known.n + 1, sizeof *tables);
    for (size_t i = 0; i < s->known.n; i++)
        tables[i] = due(s, s->known.tables[i].name, s->known.tables[i].path);
    take(s, tables, s->known.n, s->left_out, s->known.unread);
    free(tables);
}

static int by_name(const void *a, const void *b)
{
    const struct iceberg_rest_table *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/* Keeps those that the globs choose, each name once, at most max_tables; s->left_out are those beyond. */
static void choose(struct iceberg_source *s, struct iceberg_rest_list *list)
{
    size_t kept = 0, left = 0;
    if (list->n)
        qsort(list->tables, list->n, sizeof *list->tables, by_name);
    for (size_t i = 0; i < list->n; i++) {
        struct iceberg_rest_table t = list->tables[i];
        bool chosen = iceberg_look_chosen((const char *const *)s->globs.items, s->globs.n, t.name) &&
                      !(kept && strcmp(list->tables[kept - 1].name, t.name) == 0);
        left += chosen && kept >= s->settings.max_tables;
        if (chosen && kept < s->settings.max_tables) {
            list->tables[kept++] = t;
        } else {
            free(t.name);
            free(t.path);
        }
    }
    list->n = kept;
    s->left_out = left;
}

static void listed(void *arg, struct iceberg_rest_list *list, const struct error *err)
{
    struct iceberg_source *s = arg;
    s->looking = false;
    if (err) {
        if (s->round)
            iceberg_source_end(s, SOURCE_FAILED, err);
        return;
    }
    s->heard = true;
    int64_t pause_s = list->requests <= LIST_FREE ? 0 : (int64_t)list->requests / LIST_PER_S;
    s->list_us = clock_mono_us(store_clock(s->store)) + (pause_s < LIST_MAX_S ? pause_s : LIST_MAX_S) * 1000000;
    choose(s, list);
    iceberg_rest_list_done(&s->known);
    s->known = *list;
    s->known_why = list->why;
    take_known(s);
}

void iceberg_source_rest_round(struct iceberg_source *s)
{
    if (s->want) {
        s->want = false;
        s->list_us = 0;
    }
    if (s->wanted.n) {
        take_wanted(s);
    } else if (clock_mono_us(store_clock(s->store)) >= s->list_us) {
        s->looking = true;
        iceberg_rest_list(s->rest, listed, s);
    } else {
        take_known(s);
    }
}

void iceberg_source_rest_late(struct iceberg_source *s)
{
    iceberg_rest_list_cancel(s->rest);
    s->looking = false;
}
