/* icetop check --recipes. */
#include "cmd/recipes.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/vec.h"
#include "cmd/options.h"
#include "cmd/recipes_text.h"
#include "cmd/verdict.h"
#include "conf/conf.h"
#include "prom/jobs.h"
#include "prom/source.h"
#include "prom/tables.h"

#include <event2/event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_DEADLINE_S = 30, SCRAPES = 2 };

struct asked {
    struct cmd_recipes_endpoint endpoint;
    struct prom_source *source; /* the scheduler's */
    int64_t last;               /* when the last scrape began that was read */
    int scrapes;
    bool done;
    int status;
    struct str text; /* what is found, once it is done; or: */
    json_t *json;
};

/* A job whose endpoints are found out, beside those that it names itself. */
struct discovery {
    const struct conf_prometheus *job;
    char *name;   /* of its source */
    bool done;    /* a round of it has ended: its endpoints are known */
    size_t named; /* so many of them */
};

struct recipes {
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    struct prom_book book;
    struct conf *conf;
    VEC(struct asked) asked;
    VEC(struct discovery) discoveries;
    bool as_json;
};

static int complain(const struct error *err)
{
    fprintf(stderr, "icetop: %s\n", err->text);
    return VERDICT_UNKNOWN;
}

/* ---- what to ask ---- */

static bool is_url(const char *text)
{
    return strchr(text, ':') || strchr(text, '/');
}

static const struct conf_prometheus *find_job(const struct conf *c, const char *name)
{
    for (size_t i = 0; i < c->nprometheus; i++)
        if (strcmp(c->prometheus[i].name, name) == 0)
            return &c->prometheus[i];
    return NULL;
}

/* The configuration, with the URLs as what is scraped; or as it is, for jobs that it names, and there may be nothing in it. */
static int load(const struct cmd_options *o, const char **names, struct conf **ret, struct error *err)
{
    struct conf_args args = cmd_options_conf_args(o);
    VEC(const char *) urls = {0};
    for (; *names; names++)
        if (is_url(*names))
            vec_push(&urls, *names);
    vec_push(&urls, NULL);
    if (urls.n > 1)
        args.scrapes = urls.items;
    args.may_be_empty = true;
    if (!args.interval)
        args.interval = "1s";
    int rc = conf_load(&args, ret, err);
    vec_done(&urls);
    return rc;
}

static void add_job(struct recipes *r, const struct conf_prometheus *job)
{
    for (size_t i = 0; job->urls && job->urls[i]; i++) {
        struct prom_target target;
        prom_target_of_url(&target, job, job->urls[i]);
        struct asked a = {.endpoint = {.url = mem_strdup(target.url),
                                       .job = mem_strdup(target.job),
                                       .instance = mem_strdup(target.instance)},
                          .source = prom_source_new(r->base, r->store, job, &target)};
        struct source_settings settings = prom_source_settings(job, &target, 0);
        settings.spread = false;
        settings.wait_ms = 0;
        prom_source_serve(a.source, &r->book);
        scheduler_add(r->scheduler, prom_source_name(a.source), NULL, &prom_source_ops, a.source, &settings);
        vec_push(&r->asked, a);
        prom_target_done(&target);
    }
}

static void add_discovery(struct recipes *r, const struct conf_prometheus *job)
{
    struct prom_jobs *self = prom_jobs_new(r->base, r->store, r->scheduler, &r->book, NULL, job);
    const struct source_settings settings = prom_jobs_settings(job);
    char *name = prom_jobs_name_of(job);
    vec_push(&r->discoveries, ((struct discovery){.job = job, .name = name}));
    scheduler_add(r->scheduler, name, NULL, &prom_jobs_ops, self, &settings);
}

/* All that is named. */
static int add_all(struct recipes *r, const char **names, struct error *err)
{
    bool urls = false;
    for (; *names; names++) {
        const struct conf_prometheus *job = is_url(*names) ? NULL : find_job(r->conf, *names);
        urls |= is_url(*names);
        if (job && (job->files || job->http_sd))
            add_discovery(r, job);
        else if (job)
            add_job(r, job);
        else if (!is_url(*names))
            return error_set(err, ERR_NOT_FOUND,
                             "option --recipes: \"%.100s\" is no job under prometheus, and no URL with a port", *names);
    }
    /* those of the command line come last */
    if (urls)
        add_job(r, &r->conf->prometheus[r->conf->nprometheus - 1]);
    return 0;
}

/* ---- asking ---- */

static struct row *target_of(const struct recipes *r, const struct asked *a)
{
    struct table *t = store_find(r->store, prom_table_targets.name);
    for (struct row *row = t ? table_first(t) : NULL; row; row = row_next(row))
        if (strcmp(row_get(row, TARGETS_JOB).s->raw, a->endpoint.job) == 0 &&
            strcmp(row_get(row, TARGETS_INSTANCE).s->raw, a->endpoint.instance) == 0)
            return row;
    return NULL;
}

/* Says at once what is found, as the next scrape is about to begin. */
static void end_one(struct recipes *r, struct asked *a)
{
    const struct cmd_recipes_endpoint *e = &a->endpoint;
    a->done = true;
    a->status = !e->services ? VERDICT_UNKNOWN : cmd_recipes_text_fits(e) ? VERDICT_OK : VERDICT_WARNING;
    if (r->as_json)
        a->json = cmd_recipes_text_json(e);
    else
        cmd_recipes_text_write(e, &a->text);
}

/* A scrape of it may have ended. */
static void look(struct recipes *r, struct asked *a)
{
    const struct row *row = target_of(r, a);
    if (!row || a->done)
        return;
    if (strcmp(row_text(row, "state"), "down") == 0) {
        a->endpoint.error = mem_strdup(row_text(row, "error"));
        end_one(r, a);
        return;
    }
    struct value last = row_get(row, TARGETS_LAST_SCRAPE);
    if (!last.quality || last.i == a->last || strcmp(row_text(row, "state"), "up") != 0)
        return;
    a->last = last.i;
    if (++a->scrapes < SCRAPES)
        return;
    a->endpoint.bad = row_get(row, TARGETS_BAD_LINES).i;
    a->endpoint.bad_line = mem_strdup(row_text(row, "error"));
    a->endpoint.samples = row_get(row, TARGETS_SAMPLES).i;
    a->endpoint.kept = row_get(row, TARGETS_KEPT).i;
    a->endpoint.services = prom_source_services(a->source);
    end_one(r, a);
}

/* ---- endpoints that are found out ---- */

static bool is_asked(const struct recipes *r, const char *job, const char *instance)
{
    for (size_t i = 0; i < r->asked.n; i++)
        if (strcmp(r->asked.items[i].endpoint.job, job) == 0 &&
            strcmp(r->asked.items[i].endpoint.instance, instance) == 0)
            return true;
    return false;
}

/* Those that have a row by now. */
static void find_more(struct recipes *r)
{
    struct table *t = store_find(r->store, prom_table_targets.name);
    for (struct row *row = t ? table_first(t) : NULL; row; row = row_next(row)) {
        const char *job = row_get(row, TARGETS_JOB).s->raw, *instance = row_get(row, TARGETS_INSTANCE).s->raw;
        if (is_asked(r, job, instance))
            continue;
        char *name = mem_printf("prom:%s/%s", job, instance);
        struct source *src = scheduler_find(r->scheduler, name);
        if (src)
            vec_push(&r->asked, ((struct asked){.endpoint = {.url = mem_strdup(row_text(row, "url")),
                                                             .job = mem_strdup(job),
                                                             .instance = mem_strdup(instance)},
                                                .source = source_self(src)}));
        free(name);
    }
}

/* Takes text. */
static void add_fault(struct recipes *r, const struct discovery *d, char *text)
{
    struct asked a = {.endpoint = {.url = mem_strdup(d->job->name),
                                   .job = mem_strdup(d->job->name),
                                   .instance = mem_strdup(""),
                                   .error = text}};
    end_one(r, &a);
    vec_push(&r->asked, a);
}

/* Has its first round ended? Where it could not be read, that is what is found. */
static void look_at(struct recipes *r, struct discovery *d)
{
    const struct value key = value_text(name_intern(store_names(r->store), d->name, strlen(d->name)));
    const struct row *row = table_find(store_find(r->store, source_table_sources.name), &key);
    const char *error = row ? row_text(row, "error") : "";
    struct value rounds = row ? row_get(row, SOURCES_ROUNDS) : (struct value){0};
    name_unref(key.s);
    if (d->done || !rounds.quality || rounds.i == 0)
        return;
    struct value named = row_get(row, SOURCES_ROWS);
    d->done = true;
    d->named = named.quality ? (size_t)named.i : 0;
    if (!*error && d->named)
        return;
    add_fault(r, d, mem_strdup(*error ? error : "no endpoint is named"));
}

static bool is_over(const struct recipes *r)
{
    size_t named = 0, found = 0;
    for (size_t i = 0; i < r->discoveries.n; i++) {
        if (!r->discoveries.items[i].done)
            return false;
        named += r->discoveries.items[i].named;
    }
    for (size_t i = 0; i < r->asked.n; i++) {
        if (!r->asked.items[i].done)
            return false;
        found += *r->asked.items[i].endpoint.instance != '\0';
    }
    return found >= named;
}

static void on_commit(struct store *store, void *arg)
{
    struct recipes *r = arg;
    (void)store;
    for (size_t i = 0; i < r->discoveries.n; i++)
        look_at(r, &r->discoveries.items[i]);
    if (r->discoveries.n)
        find_more(r);
    for (size_t i = 0; i < r->asked.n; i++)
        look(r, &r->asked.items[i]);
    if (is_over(r))
        event_base_loopbreak(r->base);
}

static void ask(struct recipes *r, double deadline_s)
{
    const struct timeval limit = {.tv_sec = (time_t)deadline_s, .tv_usec = (suseconds_t)(fmod(deadline_s, 1) * 1e6)};
    struct store_listener *listener = store_listen(r->store, on_commit, r);
    event_base_loopexit(r->base, &limit);
    event_base_dispatch(r->base);
    store_unlisten(r->store, listener);
    for (size_t i = 0; i < r->asked.n; i++) {
        struct asked *a = &r->asked.items[i];
        if (a->done)
            continue;
        a->endpoint.error = mem_printf("not scraped twice within %g s", deadline_s);
        end_one(r, a);
    }
    for (size_t i = 0; i < r->discoveries.n; i++)
        if (!r->discoveries.items[i].done)
            add_fault(r, &r->discoveries.items[i], mem_printf("endpoints not found out within %g s", deadline_s));
}

/* ---- the answer ---- */

static void write_json(const struct recipes *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->asked.n; i++)
        json_array_append(list, r->asked.items[i].json);
    json_t *document = json_pack("{s:s, s:o}", "icetop", ICETOP_VERSION, "endpoints", list);
    char *text = json_dumps(document, JSON_INDENT(2));
    printf("%s\n", text);
    free(text);
    json_decref(document);
}

static int report(const struct recipes *r)
{
    int status = VERDICT_OK;
    for (size_t i = 0; i < r->asked.n; i++) {
        const struct asked *a = &r->asked.items[i];
        status = a->status > status ? a->status : status;
        if (!r->as_json)
            printf("%s%s", i ? "\n" : "", str_text(&a->text));
    }
    if (r->as_json)
        write_json(r);
    return status;
}

static void done(struct recipes *r)
{
    scheduler_free(r->scheduler);
    prom_book_done(&r->book);
    store_free(r->store);
    conf_free(r->conf);
    for (size_t i = 0; i < r->asked.n; i++) {
        struct cmd_recipes_endpoint *e = &r->asked.items[i].endpoint;
        free(e->url);
        free(e->job);
        free(e->instance);
        free(e->error);
        free(e->bad_line);
        str_done(&r->asked.items[i].text);
        json_decref(r->asked.items[i].json);
    }
    vec_done(&r->asked);
    for (size_t i = 0; i < r->discoveries.n; i++)
        free(r->discoveries.items[i].name);
    vec_done(&r->discoveries);
    event_base_free(r->base);
}

static int read_format(const struct cmd_options *o, bool *json, struct error *err)
{
    const char *format = cmd_options_value(o, OPTIONS_FORMAT);
    *json = format && strcmp(format, "json") == 0;
    return !format || *json || strcmp(format, "text") == 0
               ? 0
               : error_set(err, ERR_INVALID, "option --format: of --recipes it is text or json");
}

int cmd_recipes_run(const struct cmd_options *o)
{
    struct error err = {0};
    const char **names = cmd_options_values(o, OPTIONS_RECIPES);
    double deadline_s;
    struct recipes r = {0};
    if (read_format(o, &r.as_json, &err) ||
        cmd_options_seconds(o, OPTIONS_DEADLINE, DEFAULT_DEADLINE_S, &deadline_s, &err) ||
        load(o, names, &r.conf, &err))
        return complain(&err);
    fprintf(stderr, "%s", conf_warnings(r.conf));
    r.base = event_base_new();
    r.store = store_new(&clock_system);
    r.scheduler = scheduler_new(r.base, r.store);
    prom_book_load(&r.book, r.conf->recipes, r.conf->nrecipes);
    int status = add_all(&r, names, &err) ? complain(&err) : VERDICT_OK;
    if (status == VERDICT_OK) {
        ask(&r, deadline_s);
        status = report(&r);
    }
    done(&r);
    return status;
}
