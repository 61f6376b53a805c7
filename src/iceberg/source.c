/* The Iceberg source: rounds, and what they stand on. */
#include "iceberg/source.h"
#include "base/mem.h"
#include "iceberg/source_internal.h"

#include <stdlib.h>
#include <string.h>

enum {
    LOCK_MS = 2000,      /* that a look waits for who holds an SQLite catalog */
    FAREWELL_MS = 500,   /* that the end waits for the thread */
    SOURCE_HEADERS = 64, /* of the settings */
};

/* ---- settings ---- */

static void drop(const char *text)
{
    free((char *)(uintptr_t)text);
}

/* What the source keeps of the settings; prefixes and globs go elsewhere. */
static void copy_settings(struct iceberg_source *s, const struct iceberg_source_settings *from)
{
    struct iceberg_source_settings *to = &s->settings;
    *to = *from;
    const char **texts[] = {&to->name,     &to->uri,       &to->warehouse,    &to->table,
                            &to->proxy,    &to->client_id, &to->oauth_uri,    &to->scope,
                            &to->audience, &to->resource,  &to->client_secret};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = mem_strdup_opt(*texts[i]);
    to->login = net_login_copy(&from->login);
    to->prefixes = NULL;
    to->tables = NULL;
    to->headers = NULL;
    to->marks = NULL;
    if (from->headers) {
        const char **headers = mem_calloc(SOURCE_HEADERS + 1, sizeof *headers);
        for (size_t i = 0; i < SOURCE_HEADERS && from->headers[i]; i++)
            headers[i] = mem_strdup(from->headers[i]);
        to->headers = headers;
    }
    to->interval_ms = to->interval_ms > 0 ? to->interval_ms : ICEBERG_SOURCE_INTERVAL_MS;
    to->deadline_ms = to->deadline_ms > 0 ? to->deadline_ms : ICEBERG_SOURCE_DEADLINE_MS;
    to->max_tables = to->max_tables > 0 ? to->max_tables : ICEBERG_SOURCE_TABLES;
}

static void drop_settings(struct iceberg_source_settings *s)
{
    const char *const texts[] = {s->name,  s->uri,      s->warehouse, s->table,     s->proxy,
                                 s->scope, s->audience, s->resource,  s->oauth_uri, s->client_id};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        drop(texts[i]);
    mem_free_secret((char *)(uintptr_t)s->client_secret);
    net_login_done(&s->login);
    for (size_t i = 0; s->headers && s->headers[i]; i++)
        drop(s->headers[i]);
    free((void *)(uintptr_t)s->headers);
}

/* ---- making one ---- */

static bool at_url(const struct iceberg_source_settings *settings)
{
    return settings->type == ICEBERG_SOURCE_TABLE && iceberg_place_is_web(settings->uri);
}

static int check(const struct iceberg_source_settings *settings, struct error *err)
{
    if (!settings->name || !*settings->name || !settings->uri || !*settings->uri)
        return error_set(err, ERR_INVALID, "a catalog has a name and a uri");
    if (settings->type == ICEBERG_SOURCE_REST && !iceberg_place_is_web(settings->uri))
        return error_set(err, ERR_INVALID, "%.300s: the URL of a REST catalog begins with http:// or https://",
                         settings->uri);
    return 0;
}

static int make_look(struct iceberg_source *s, const struct iceberg_source_settings *settings, struct error *err)
{
    static const enum iceberg_look_type types[] = {[ICEBERG_SOURCE_HADOOP] = ICEBERG_LOOK_WAREHOUSE,
                                                   [ICEBERG_SOURCE_SQL] = ICEBERG_LOOK_SQL,
                                                   [ICEBERG_SOURCE_TABLE] = ICEBERG_LOOK_PATH};
    if (settings->type == ICEBERG_SOURCE_REST || at_url(settings))
        return 0;
    const struct iceberg_look_settings look = {.type = types[settings->type],
                                               .path = settings->uri,
                                               .catalog = settings->warehouse,
                                               .table = settings->table,
                                               .place = &s->place,
                                               .globs = settings->tables,
                                               .n_globs = settings->n_tables,
                                               .max_tables = s->settings.max_tables,
                                               .clock = store_clock(s->store)};
    return iceberg_look_new(&look, &s->look, err);
}

int iceberg_source_new(struct event_base *base, struct store *store, const struct iceberg_source_settings *settings,
                       struct iceberg_source **ret, struct error *err)
{
    int rc = check(settings, err);
    if (rc)
        return rc;
    struct iceberg_source *s = mem_new(struct iceberg_source);
    s->base = base;
    s->store = store;
    s->name = mem_printf("iceberg:%s", settings->name);
    copy_settings(s, settings);
    for (size_t i = 0; i < settings->n_prefixes && !rc; i++)
        rc = iceberg_place_add(&s->place, settings->prefixes[i].from, settings->prefixes[i].to, err);
    rc = rc ? rc : make_look(s, settings, err);
    if (rc) {
        iceberg_source_free(s);
        return rc;
    }
    for (size_t i = 0; iceberg_tables[i]; i++)
        if (!store_find(store, iceberg_tables[i]->name))
            store_add(store, iceberg_tables[i], NULL, NULL, NULL);
    iceberg_source_marks(s, settings->marks);
    s->lane = workers_new(base, "iceberg", 1);
    s->http = net_http_new(base);
    s->asking = !s->look;
    if (settings->type == ICEBERG_SOURCE_REST)
        iceberg_source_rest_new(s, settings);
    else if (!s->look)
        iceberg_source_url_new(s);
    *ret = s;
    return 0;
}

static void clear_wanted(struct iceberg_source *s)
{
    for (size_t i = 0; i < s->wanted.n; i++)
        free(s->wanted.items[i]);
    s->wanted.n = 0;
}

static void clear_marks(struct iceberg_source *s)
{
    for (size_t i = 0; i < s->marks.n; i++)
        free(s->marks.items[i]);
    s->marks.n = 0;
}

void iceberg_source_free(struct iceberg_source *s)
{
    if (!s)
        return;
    s->closing = true;
    iceberg_source_stop(s);
    net_http_free(s->http);
    if (workers_free(s->lane, FAREWELL_MS))
        iceberg_look_free(s->look);
    else
        mem_abandon(s->look); /* the thread still uses it */
    iceberg_source_forget(s);
    iceberg_rest_list_done(&s->known);
    clear_wanted(s);
    vec_done(&s->wanted);
    clear_marks(s);
    vec_done(&s->marks);
    for (size_t i = 0; i < s->globs.n; i++)
        free(s->globs.items[i]);
    vec_done(&s->globs);
    vec_done(&s->fetches);
    iceberg_place_done(&s->place);
    drop_settings(&s->settings);
    free(s->name);
    free(s);
}

const char *iceberg_source_name(const struct iceberg_source *s)
{
    return s->name;
}

struct source_settings iceberg_source_settings(const struct iceberg_source_settings *settings)
{
    struct source_settings ret = {
        .interval_ms = settings->interval_ms > 0 ? settings->interval_ms : ICEBERG_SOURCE_INTERVAL_MS,
        .deadline_ms = settings->deadline_ms > 0 ? settings->deadline_ms : ICEBERG_SOURCE_DEADLINE_MS,
        .max_interval_ms = settings->max_interval_ms > 0 ? settings->max_interval_ms : ICEBERG_SOURCE_MAX_INTERVAL_MS};
    return ret;
}

void iceberg_source_tables(struct iceberg_source *s, const char *const *names, size_t n)
{
    clear_wanted(s);
    for (size_t i = 0; i < n; i++)
        vec_push(&s->wanted, mem_strdup(names[i]));
    s->want = true;
}

void iceberg_source_marks(struct iceberg_source *s, const char *const *marks)
{
    clear_marks(s);
    for (; marks && *marks; marks++)
        vec_push(&s->marks, mem_strdup(*marks));
    s->marking++;
    for (size_t i = 0; i < s->tables.n; i++) { /* that nothing has changed is no answer now */
        struct iceberg_source_table *t = s->tables.items[i];
        free(t->etag);
        t->etag = NULL;
        t->body = 0;
    }
}

/* ---- looking ---- */

struct look_job {
    struct iceberg_source *s;
    struct iceberg_look *look;
    bool want;
    VEC(char *) wanted;
    int rc;
    struct iceberg_look_result found;
    struct error err;
};

static void run_look(void *arg)
{
    struct look_job *j = arg;
    if (j->want)
        iceberg_look_want(j->look, (const char *const *)j->wanted.items, j->wanted.n);
    j->rc = iceberg_look_poll(j->look, LOCK_MS, &j->found, &j->err);
}

void iceberg_source_end(struct iceberg_source *s, enum source_outcome outcome, const struct error *err)
{
    s->round = false;
    if (s->untold)
        source_event(s->store, s->name, "info", s->name, "and %zu more such events of other tables", s->untold);
    s->told = s->untold = 0;
    source_done(s->src, outcome, err, iceberg_source_rows(s));
}

static void finish_look(void *arg)
{
    struct look_job *j = arg;
    struct iceberg_source *s = j->s;
    s->looking = false;
    if (!s->closing && j->rc) {
        if (s->round)
            iceberg_source_end(s, SOURCE_FAILED, &j->err);
    } else if (!s->closing) {
        iceberg_source_take(s, &j->found);
        store_commit(s->store);
        iceberg_source_pump(s);
    }
    for (size_t i = 0; i < j->wanted.n; i++)
        free(j->wanted.items[i]);
    vec_done(&j->wanted);
    free(j);
}

static void start_look(struct iceberg_source *s)
{
    struct look_job *j = mem_new(struct look_job);
    *j = (struct look_job){.s = s, .look = s->look, .want = s->want};
    for (size_t i = 0; i < s->wanted.n && s->want; i++)
        vec_push(&j->wanted, mem_strdup(s->wanted.items[i]));
    s->want = false;
    s->looking = true;
    workers_submit(s->lane, run_look, finish_look, j);
}

/* ---- rounds ---- */

static void round_begin(void *self, struct source *src)
{
    struct iceberg_source *s = self;
    s->src = src;
    s->round = true;
    if (s->looking) /* the one before hangs: its end, should it come, ends this round */
        return;
    s->silence = (struct error){0};
    s->silent = 0;
    s->heard = false;
    if (s->look)
        start_look(s);
    else if (s->rest)
        iceberg_source_rest_round(s);
    else
        iceberg_source_url_round(s);
}

/* Says that there are no tables, and of how many not all snapshots have rows. */
static void note_tables(struct iceberg_source *s)
{
    size_t tables = 0, most = 0;
    for (size_t i = 0; i < s->tables.n; i++) {
        const struct iceberg_source_table *t = s->tables.items[i];
        tables += t->left_out > 0;
        most = t->left_out && t->rows.n > most ? t->rows.n : most;
    }
    char *text = tables ? mem_printf("of %zu table%s only the newest snapshots have rows, at most %zu", tables,
                                     tables == 1 ? "" : "s", most)
                        : NULL;
    source_note(s->src, s->tables.n ? text : "it has no tables");
    free(text);
}

void iceberg_source_drained(struct iceberg_source *s)
{
    struct error err = {0};
    iceberg_source_settle(s);
    bool unheard = s->silence.code && !s->heard;
    enum source_outcome outcome = iceberg_source_judge(s, &err);
    const struct iceberg_source_table *only = s->tables.n == 1 ? s->tables.items[0] : NULL;
    bool first = !s->drained;
    note_tables(s);
    s->drained = s->drained || !unheard;
    if (unheard) {
        outcome = SOURCE_FAILED;
        err = s->silence;
    } else if (s->settings.type == ICEBERG_SOURCE_TABLE && only && only->failed) {
        outcome = SOURCE_FAILED;
        error_set(&err, ERR_UNAVAILABLE, "%s", only->note);
    }
    if (s->round)
        iceberg_source_end(s, outcome, &err);
    else if (first || s->late)
        source_progress(s->src, outcome, &err, iceberg_source_rows(s));
    s->late = false;
}

static size_t count_due(const struct iceberg_source *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->tables.n; i++)
        n += s->tables.items[i]->due;
    return n;
}

static void round_deadline(void *self, struct source *src)
{
    (void)src;
    struct iceberg_source *s = self;
    struct error err = {0};
    if (!s->round)
        return;
    if (s->looking) {
        if (s->rest)
            iceberg_source_rest_late(s);
        else if (s->url)
            iceberg_source_url_late(s);
        error_set(&err, ERR_TIMEOUT, "%.300s: no answer within %d ms", s->settings.uri, s->settings.deadline_ms);
        iceberg_source_end(s, SOURCE_FAILED, &err);
        return;
    }
    size_t due = count_due(s);
    s->late = true; /* the rest is read nevertheless */
    iceberg_source_late(s);
    error_set(&err, ERR_TIMEOUT, "%zu of %zu tables are read", s->tables.n - due, s->tables.n);
    iceberg_source_end(s, s->drained ? SOURCE_PARTIAL : SOURCE_STARTING, &err);
}

static void round_free(void *self)
{
    iceberg_source_free(self);
}

const struct source_ops iceberg_source_ops = {
    .kind = "iceberg", .round = round_begin, .deadline = round_deadline, .free = round_free};
