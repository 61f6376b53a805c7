/* Catalogs: those of the configuration, and those that connectors name, as long as they can be read from here. */
#include "derive/pipeline_internal.h"

#include "base/mem.h"
#include "base/str.h"
#include "conf/lists.h"
#include "conf/same.h"
#include "iceberg/tables.h"
#include "source/login.h"

#include <stdlib.h>
#include <string.h>

enum {
    RETRY_MS = 5 * 60 * 1000, /* until one that could not be read is tried again; doubled each time up to: */
    MAX_RETRY_MS = 6 * 3600 * 1000,
    MAX_TABLES = 1000,       /* of one that was found */
    REFRESH_MS = 900,        /* between two rounds that are asked for; */
    REFRESH_LATE_MS = 30000, /* the same where the first of them has not ended */
};

/* ---- a source for what cannot be one ---- */

static void broken_round(void *self, struct source *src)
{
    source_done(src, SOURCE_FAILED, self, 0);
}

static void broken_deadline(void *self, struct source *src)
{
    (void)self;
    (void)src;
}

static const struct source_ops broken_ops = {
    .kind = "iceberg", .round = broken_round, .deadline = broken_deadline, .free = free};

static struct source *add_broken(struct derive_pipeline *p, const char *name, const struct error *err)
{
    struct error *self = mem_new(struct error);
    *self = *err;
    char *source = mem_printf("iceberg:%s", name);
    struct source *src = scheduler_add(p->scheduler, source, NULL, &broken_ops, self,
                                       &(struct source_settings){RETRY_MS, RETRY_MS, RETRY_MS});
    free(source);
    return src;
}

/* ---- life ---- */

static struct pipeline_shelf *add_shelf(struct derive_pipeline *p, const char *name)
{
    struct pipeline_shelf *shelf = mem_new(struct pipeline_shelf);
    shelf->name = mem_strdup(name);
    shelf->pause_ms = RETRY_MS;
    vec_push(&p->shelves, shelf);
    return shelf;
}

static void remove_source(struct derive_pipeline *p, struct pipeline_shelf *shelf)
{
    if (shelf->source && p->scheduler)
        scheduler_remove(p->scheduler, shelf->source);
    shelf->source = NULL;
}

static void free_found(struct pipeline_shelf *shelf)
{
    if (!shelf->found)
        return;
    derive_discover_catalog_done(shelf->found);
    free(shelf->found);
    shelf->found = NULL;
}

void pipeline_shelf_free(struct derive_pipeline *p, struct pipeline_shelf *shelf)
{
    size_t i = 0;
    while (p->shelves.items[i] != shelf)
        i++;
    memmove(&p->shelves.items[i], &p->shelves.items[i + 1], (--p->shelves.n - i) * sizeof *p->shelves.items);
    remove_source(p, shelf);
    free_found(shelf);
    free(shelf->name);
    free(shelf->why);
    free(shelf);
}

static struct pipeline_shelf *find_shelf(const struct derive_pipeline *p, const char *name)
{
    for (size_t i = 0; i < p->shelves.n; i++)
        if (strcmp(p->shelves.items[i]->name, name) == 0)
            return p->shelves.items[i];
    return NULL;
}

/* Makes its source; *err says why there is none. */
static int start(struct derive_pipeline *p, struct pipeline_shelf *shelf,
                 const struct iceberg_source_settings *settings, struct error *err)
{
    struct iceberg_source *source;
    int rc = iceberg_source_new(p->base, p->store, settings, &source, err);
    if (rc)
        return rc;
    const struct source_settings times = iceberg_source_settings(settings);
    shelf->source = scheduler_add(p->scheduler, iceberg_source_name(source), NULL, &iceberg_source_ops, source, &times);
    return 0;
}

/* ---- of the configuration ---- */

static enum iceberg_source_type type_of(const char *type)
{
    static const struct {
        const char *name;
        enum iceberg_source_type type;
    } types[] = {{"hadoop", ICEBERG_SOURCE_HADOOP}, {"sql", ICEBERG_SOURCE_SQL}, {"rest", ICEBERG_SOURCE_REST}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0)
            return types[i].type;
    return ICEBERG_SOURCE_TABLE;
}

/* Globs in the one form: those that leave out with '!'. For free_globs. */
static char **globs_of(const struct conf_globs *g, size_t *n)
{
    VEC(char *) list = {0};
    for (size_t i = 0; g->in && g->in[i]; i++)
        vec_push(&list, mem_strdup(g->in[i]));
    for (size_t i = 0; g->out && g->out[i]; i++)
        vec_push(&list, mem_printf("!%s", g->out[i]));
    *n = list.n;
    return list.items;
}

static void add_configured(struct derive_pipeline *p, const struct conf_catalog *c)
{
    struct pipeline_shelf *shelf = add_shelf(p, c->name);
    struct iceberg_source_prefix *prefixes = mem_calloc(c->map.n + 1, sizeof *prefixes);
    for (size_t i = 0; i < c->map.n; i++)
        prefixes[i] = (struct iceberg_source_prefix){c->map.items[i].name, c->map.items[i].value};
    const char *colon = c->credential ? strchr(c->credential, ':') : NULL;
    char *client = colon ? mem_memdup(c->credential, (size_t)(colon - c->credential)) : NULL;
    size_t nglobs;
    char **globs = globs_of(&c->tables, &nglobs);
    enum iceberg_source_type type = type_of(c->type);
    const struct iceberg_source_settings settings = {
        .name = c->name,
        .type = type,
        .uri = type == ICEBERG_SOURCE_HADOOP  ? c->warehouse
               : type == ICEBERG_SOURCE_TABLE ? c->path
                                              : c->uri,
        .warehouse = type == ICEBERG_SOURCE_HADOOP ? NULL : c->warehouse,
        .prefixes = prefixes,
        .n_prefixes = c->map.n,
        .tables = (const char *const *)globs,
        .n_tables = nglobs,
        .login = source_login(&c->http),
        .client_id = client,
        .client_secret = colon ? colon + 1 : c->credential,
        .oauth_uri = c->token_uri,
        .scope = c->scope,
        .interval_ms = c->interval_ms,
        .deadline_ms = c->deadline_ms,
        .max_tables = (size_t)c->max_tables,
        .marks = (const char *const *)p->marks,
    };
    struct error err = {0};
    shelf->configured = true;
    shelf->broken = start(p, shelf, &settings, &err) != 0;
    if (shelf->broken)
        shelf->source = add_broken(p, c->name, &err);
    for (size_t i = 0; i < nglobs; i++)
        free(globs[i]);
    free(globs);
    free(client);
    free(prefixes);
}

static const struct conf_catalog *find_catalog(const struct conf *conf, const char *name)
{
    for (size_t i = 0; conf && i < conf->ncatalogs; i++)
        if (strcmp(conf->catalogs[i].name, name) == 0)
            return &conf->catalogs[i];
    return NULL;
}

static bool is_among(char *const *list, const char *text)
{
    for (; list && *list; list++)
        if (strcmp(*list, text) == 0)
            return true;
    return false;
}

/* Takes what sets of tables compare that no column has; true if that is something else than before. */
static bool take_marks(struct derive_pipeline *p)
{
    char **marks = NULL;
    struct str before = {0}, now = {0};
    for (size_t i = 0; i < p->conf->nconsistency; i++) {
        const char *by = p->conf->consistency[i].by;
        if (strchr(by, ':') && !is_among(marks, by))
            conf_lists_add(&marks, by, NULL);
    }
    conf_lists_write(p->marks, &before);
    conf_lists_write(marks, &now);
    bool changed = strcmp(str_text(&before), str_text(&now)) != 0;
    conf_lists_done(&p->marks);
    p->marks = marks;
    str_done(&before);
    str_done(&now);
    return changed;
}

void pipeline_shelf_configure(struct derive_pipeline *p, const struct conf *old)
{
    bool marks = take_marks(p);
    for (size_t i = p->shelves.n; i-- > 0;) {
        struct pipeline_shelf *shelf = p->shelves.items[i];
        const struct conf_catalog *was = find_catalog(old, shelf->name), *now = find_catalog(p->conf, shelf->name);
        if (shelf->configured ? !was || !now || !conf_same_catalog(was, now) : now != NULL)
            pipeline_shelf_free(p, shelf);
        else if (marks && shelf->source && !shelf->broken)
            iceberg_source_marks(source_self(shelf->source), (const char *const *)p->marks);
    }
    for (size_t i = 0; i < p->conf->ncatalogs; i++)
        if (!find_shelf(p, p->conf->catalogs[i].name))
            add_configured(p, &p->conf->catalogs[i]);
}

/* ---- of connectors ---- */

static void give_tables(const struct pipeline_shelf *shelf, const struct derive_discover_catalog *c)
{
    iceberg_source_tables(source_self(shelf->source), (const char *const *)c->tables.list.items,
                          c->all ? 0 : c->tables.list.n);
}

static void leave_alone(struct derive_pipeline *p, struct pipeline_shelf *shelf, const char *why)
{
    free(shelf->why);
    shelf->why = mem_strdup(why);
    shelf->trial = false;
    shelf->retry_ms = pipeline_now_ms(p) + shelf->pause_ms;
    shelf->pause_ms = shelf->pause_ms * 2 > MAX_RETRY_MS ? MAX_RETRY_MS : shelf->pause_ms * 2;
    remove_source(p, shelf);
    p->told = false;
}

/* Tries to read it: how its first round ends is looked at later. */
static void try(struct derive_pipeline *p, struct pipeline_shelf *shelf)
{
    const struct derive_discover_catalog *c = shelf->found;
    const struct iceberg_source_settings settings = {
        .name = shelf->name,
        .type = c->type,
        .uri = c->uri,
        .warehouse = c->warehouse,
        .login.auth = {.user = c->user, .password = c->password, .bearer = c->token},
        .client_id = c->client_id,
        .client_secret = c->client_secret,
        .oauth_uri = c->oauth_uri,
        .scope = c->scope,
        .max_tables = MAX_TABLES,
        .marks = (const char *const *)p->marks,
    };
    struct error err = {0};
    if (start(p, shelf, &settings, &err)) {
        leave_alone(p, shelf, err.text);
        return;
    }
    shelf->trial = true;
    give_tables(shelf, c);
}

static const struct derive_discover_catalog *find_found(const struct derive_discover_catalogs *found, const char *name)
{
    for (size_t i = 0; i < found->list.n; i++)
        if (!found->list.items[i].configured && found->list.items[i].name &&
            strcmp(found->list.items[i].name, name) == 0)
            return &found->list.items[i];
    return NULL;
}

void pipeline_shelf_follow(struct derive_pipeline *p)
{
    for (size_t i = p->shelves.n; i-- > 0;) {
        struct pipeline_shelf *shelf = p->shelves.items[i];
        const struct derive_discover_catalog *now = find_found(&p->found, shelf->name);
        if (!shelf->configured && (!now || !derive_discover_catalog_same(shelf->found, now)))
            pipeline_shelf_free(p, shelf);
    }
    for (size_t i = 0; i < p->found.list.n; i++) {
        const struct derive_discover_catalog *now = &p->found.list.items[i];
        struct pipeline_shelf *shelf = now->name && !now->configured ? find_shelf(p, now->name) : NULL;
        if (!now->name || now->configured)
            continue;
        bool is_new = !shelf;
        if (is_new)
            shelf = add_shelf(p, now->name);
        free_found(shelf);
        shelf->found = derive_discover_catalog_copy(now);
        if (is_new)
            try(p, shelf);
        else if (shelf->source)
            give_tables(shelf, now);
    }
}

void pipeline_shelf_find(struct derive_pipeline *p)
{
    VEC(struct derive_discover_sink) sinks = {0}; /* borrowed */
    for (size_t i = 0; i < p->links.n; i++)
        for (size_t k = 0; k < p->links.items[i]->sinks.n; k++)
            vec_push(&sinks, p->links.items[i]->sinks.items[k]);
    struct derive_discover_catalogs found;
    p->of_sink.n = 0;
    vec_reserve(&p->of_sink, sinks.n + 1);
    p->of_sink.n = sinks.n;
    derive_discover_catalogs(sinks.items, sinks.n, p->conf->catalogs, p->conf->ncatalogs, &p->found, &found,
                             p->of_sink.items);
    vec_done(&sinks);
    derive_discover_catalogs_done(&p->found);
    p->found = found;
}

void pipeline_shelf_work(struct derive_pipeline *p)
{
    for (size_t i = 0; i < p->shelves.n; i++) {
        struct pipeline_shelf *shelf = p->shelves.items[i];
        if (shelf->configured)
            continue;
        if (!shelf->source && pipeline_now_ms(p) >= shelf->retry_ms) {
            try(p, shelf);
            continue;
        }
        if (!shelf->trial)
            continue;
        const struct row *r = pipeline_source_row(p, source_name(shelf->source));
        const char *state = row_text(r, "state");
        if (strcmp(state, "failed") == 0) {
            char *why = mem_strdup(row_text(r, "error"));
            leave_alone(p, shelf, why);
            free(why);
        } else if (strcmp(state, "starting") != 0) {
            shelf->trial = false;
            shelf->pause_ms = RETRY_MS;
            p->told = false;
            free(shelf->why);
            shelf->why = NULL;
        }
    }
}

void pipeline_shelf_refresh(struct derive_pipeline *p, const char *name)
{
    struct pipeline_shelf *shelf = find_shelf(p, name);
    const struct row *r = shelf && shelf->source ? pipeline_source_row(p, source_name(shelf->source)) : NULL;
    struct value rounds = r ? row_get(r, SOURCES_ROUNDS) : value_unknown(),
                 failures = r ? row_get(r, SOURCES_FAILURES) : value_unknown();
    int64_t now = pipeline_now_ms(p);
    if (rounds.quality == QUALITY_UNKNOWN || failures.i)
        return; /* its first round is under way, or it is left alone for a while */
    bool asked = shelf->refreshed_ms && rounds.i == shelf->refreshed_round;
    if (now - shelf->refreshed_ms < (asked ? REFRESH_LATE_MS : REFRESH_MS))
        return;
    shelf->refreshed_ms = now;
    shelf->refreshed_round = rounds.i;
    scheduler_refresh(p->scheduler, source_name(shelf->source));
}

void pipeline_shelf_say(const struct derive_pipeline *p, size_t at, const struct derive_discover_sink *sink,
                        struct str *out)
{
    if (at >= p->of_sink.n || p->of_sink.items[at] == SIZE_MAX)
        return;
    const struct derive_discover_catalog *c = &p->found.list.items[p->of_sink.items[at]];
    const struct pipeline_shelf *shelf = c->name ? find_shelf(p, c->name) : NULL;
    const char *why = c->why ? c->why : shelf && !shelf->source ? shelf->why : NULL;
    if (why)
        str_printf(out, "%s: not read from here: %s", sink->catalog.shown ? sink->catalog.shown : "", why);
    else
        str_add(out, c->name);
}
