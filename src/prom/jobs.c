/* The source of a job whose endpoints are found out. */
#include "prom/jobs.h"

#include "base/clock.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/workers.h"
#include "net/http.h"
#include "prom/files.h"
#include "prom/link.h"
#include "prom/source.h"
#include "prom/target.h"

#include <event2/event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FILES_MS = 5000,   /* between two looks at files */
    GRACE_MS = 2000,   /* of the deadline, beyond that of what is asked */
    CONCURRENT = 8,    /* URLs that are asked at a time */
    TARGETS_TURN = 50, /* endpoints that are named, added or removed in one turn of the loop, */
    SLICE_US = 3000,   /* unless that takes longer */
    FREE_WAIT_MS = 500,
};

enum phase { IDLE, ASKING, NAMING, REMOVING };

/* An endpoint that is scraped. */
struct entry {
    char *name;
    struct prom_target target;
    struct source *src;
    uint64_t seen; /* the naming that had it */
};

/* Where the naming is: URLs of the configuration, files, URLs that name endpoints. */
struct cursor {
    enum { OF_CONF, OF_FILES, OF_LINKS, OF_NONE } stage;
    size_t at, group, target;
};

struct prom_jobs {
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    struct prom_book *recipes;
    struct prom_explorer *explorer;
    const struct conf_prometheus *conf;
    struct net_http *http;
    struct workers *workers;
    struct event *turn;
    bool renew;               /* other files and URLs, from the next round on */
    struct prom_files *files; /* the worker's while `looking` */
    bool looking;
    VEC(struct prom_link *) links;
    struct map by_name; /* entries */
    VEC(struct entry *) entries;

    /* a round */
    struct source *src;
    enum phase phase;
    size_t at_link, asking;
    bool dirty; /* something else is named than when names were last gone through */
    struct cursor cursor;
    uint64_t naming;
    size_t added, named;
    size_t faults, conflicts; /* of the last naming; conflicts are faults that another job may mend */
    char *fault;              /* the first one; or NULL */
};

struct source_settings prom_jobs_settings(const struct conf_prometheus *conf)
{
    int interval = conf->files && conf->refresh_ms > FILES_MS ? FILES_MS : conf->refresh_ms;
    return (struct source_settings){
        .interval_ms = interval, .deadline_ms = conf->deadline_ms + GRACE_MS, .max_interval_ms = interval};
}

/* ---- what is asked ---- */

/* Takes over what the configuration names; a URL that stays keeps what it has told. */
static void renew(struct prom_jobs *j)
{
    VEC(struct prom_link *) before = {.items = j->links.items, .n = j->links.n, .room = j->links.room};
    j->links.items = NULL;
    j->links.n = j->links.room = 0;
    for (char **u = j->conf->http_sd; u && *u; u++) {
        size_t i = 0;
        while (i < before.n && (!before.items[i] || strcmp(before.items[i]->url, *u) != 0))
            i++;
        struct prom_link *l = i < before.n ? before.items[i] : prom_link_new(*u);
        if (i < before.n)
            before.items[i] = NULL;
        l->due_us = 0; /* who asks may be another */
        vec_push(&j->links, l);
    }
    for (size_t i = 0; i < before.n; i++)
        if (before.items[i])
            prom_link_free(before.items[i]);
    vec_done(&before);
    prom_files_set(j->files, j->conf->files);
    j->renew = false;
    j->dirty = true;
}

static int64_t now_us(const struct prom_jobs *j)
{
    return clock_mono_us(store_clock(j->store));
}

static void go_on(struct prom_jobs *j)
{
    if (j->phase == ASKING)
        event_active(j->turn, 0, 0);
}

static void on_asked(void *arg, bool read)
{
    struct prom_jobs *j = arg;
    j->dirty = j->dirty || read;
    j->asking--;
    go_on(j);
}

/* Asks what is due, a few at a time. */
static void ask_more(struct prom_jobs *j)
{
    int64_t soon =
        now_us(j) + (int64_t)prom_jobs_settings(j->conf).interval_ms * 500; /* nearer to now than to the next round */
    while (j->asking < CONCURRENT && j->at_link < j->links.n) {
        struct prom_link *l = j->links.items[j->at_link++];
        if (l->due_us > soon)
            continue;
        l->due_us = now_us(j) + (int64_t)j->conf->refresh_ms * 1000;
        j->asking++;
        prom_link_ask(l, j->http, j->workers, j->conf, on_asked, j);
    }
}

static void run_look(void *arg)
{
    prom_files_look(((struct prom_jobs *)arg)->files);
}

static void end_look(void *arg)
{
    struct prom_jobs *j = arg;
    j->looking = false;
    j->dirty = j->dirty || j->files->changed;
    j->files->changed = false;
    go_on(j);
}

/* ---- who is scraped ---- */

__attribute__((format(printf, 2, 3))) static void fault(struct prom_jobs *j, const char *fmt, ...)
{
    struct str s = {0}, safe = {0};
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&s, fmt, ap);
    va_end(ap);
    if (!j->faults++) {
        text_safe(&safe, str_text(&s), s.len);
        free(j->fault);
        j->fault = str_take(&safe);
    }
    str_done(&s);
}

static void free_entry(struct entry *e)
{
    prom_target_done(&e->target);
    free(e->name);
    free(e);
}

/* What the cursor's place names, or NULL; *from is who does. */
static const struct prom_discovery *origin_at(const struct prom_jobs *j, const char **from)
{
    const struct cursor *c = &j->cursor;
    if (c->stage == OF_FILES && c->at < j->files->files.n) {
        *from = j->files->files.items[c->at]->path;
        return &j->files->files.items[c->at]->found;
    }
    if (c->stage == OF_LINKS && c->at < j->links.n) {
        *from = j->links.items[c->at]->shown;
        return &j->links.items[c->at]->found;
    }
    return NULL;
}

/* The next endpoint that is named: false at the end. *from NULL: by the configuration. A target without a URL is one that is
 * none, which was said. */
static bool next_target(struct prom_jobs *j, struct prom_target *ret, const char **from)
{
    struct cursor *c = &j->cursor;
    *ret = (struct prom_target){0};
    *from = NULL;
    if (c->stage == OF_CONF && j->conf->urls && j->conf->urls[c->at]) {
        prom_target_of_url(ret, j->conf, j->conf->urls[c->at++]);
        return true;
    }
    if (c->stage == OF_CONF)
        *c = (struct cursor){.stage = OF_FILES};
    while (c->stage != OF_NONE) {
        const struct prom_discovery *d = origin_at(j, from);
        if (!d) {
            *c = (struct cursor){.stage = c->stage + 1};
        } else if (c->group >= d->groups.n) {
            c->at++;
            c->group = c->target = 0;
        } else if (c->target >= d->groups.items[c->group].targets.n) {
            c->group++;
            c->target = 0;
        } else {
            const struct prom_discovery_group *g = &d->groups.items[c->group];
            struct error err = {0};
            if (prom_target_of_labels(ret, j->conf, g->targets.items[c->target++], g->labels.items, g->labels.n, &err))
                fault(j, "%s: %s", *from, err.text);
            return true;
        }
    }
    return false;
}

/* Adds its source; false where another job has one of that name. */
static bool start(struct prom_jobs *j, struct entry *e)
{
    if (scheduler_find(j->scheduler, e->name))
        return false;
    struct prom_source *self = prom_source_new(j->base, j->store, j->conf, &e->target);
    if (j->recipes)
        prom_source_serve(self, j->recipes);
    if (j->explorer)
        prom_source_explore(self, j->explorer);
    const struct source_settings settings = prom_source_settings(j->conf, &e->target, j->added++);
    e->src = scheduler_add(j->scheduler, e->name, NULL, &prom_source_ops, self, &settings);
    return true;
}

/* Takes the target over. */
static void place(struct prom_jobs *j, struct prom_target *target, const char *from)
{
    char *name = prom_source_name_of(target);
    struct entry *e = map_get(&j->by_name, name, strlen(name));
    if (e && e->seen == j->naming) {
        if (!prom_target_same(&e->target, target))
            fault(j, "%s: %s of %s is there twice; the first is scraped, of %s", from ? from : "urls", target->instance,
                  target->job, e->target.url);
    } else if (e && prom_target_same(&e->target, target)) {
        e->seen = j->naming;
    } else {
        bool is_new = !e;
        e = e ? e : mem_new(struct entry);
        if (!is_new)
            scheduler_remove(j->scheduler, e->src);
        prom_target_done(&e->target);
        free(e->name);
        *e = (struct entry){.name = name, .target = *target, .seen = j->naming};
        *target = (struct prom_target){0};
        name = NULL;
        if (is_new) {
            vec_push(&j->entries, e);
            map_put(&j->by_name, e->name, strlen(e->name), e);
        }
        if (!start(j, e)) {
            j->conflicts++;
            e->seen = 0; /* it goes at once */
            fault(j, "%s: %s of %s is scraped by another job", from ? from : "urls", e->target.instance, e->target.job);
        }
    }
    free(name);
}

static void name_some(struct prom_jobs *j)
{
    struct prom_target target;
    const char *from;
    int64_t end = now_us(j) + SLICE_US;
    for (int i = 0; i < TARGETS_TURN && now_us(j) < end; i++) {
        if (!next_target(j, &target, &from)) {
            j->phase = REMOVING;
            j->cursor.at = 0;
            return;
        }
        if (target.url && ++j->named > PROM_DISCOVERY_TARGETS) {
            fault(j, "more than %d targets of job %s, the limit", PROM_DISCOVERY_TARGETS, j->conf->name);
            j->cursor.stage = OF_NONE;
        } else if (target.url) {
            place(j, &target, from);
        }
        prom_target_done(&target);
    }
}

static void remove_entry(struct prom_jobs *j, size_t i)
{
    struct entry *e = j->entries.items[i];
    map_del(&j->by_name, e->name, strlen(e->name));
    j->entries.items[i] = j->entries.items[--j->entries.n];
    if (e->src)
        scheduler_remove(j->scheduler, e->src);
    free_entry(e);
}

/* ---- the end of a round ---- */

static void add_error(struct str *first, size_t *n, const char *text)
{
    if (text && !(*n)++)
        str_add(first, text);
}

static void finish(struct prom_jobs *j)
{
    struct str first = {0};
    struct error err;
    size_t n = 0, read = j->conf->urls ? 1 : 0;
    char note[120];
    j->phase = IDLE;
    for (size_t i = 0; i < j->files->errors.n; i++)
        add_error(&first, &n, j->files->errors.items[i]);
    for (size_t i = 0; i < j->files->files.n; i++) {
        add_error(&first, &n, j->files->files.items[i]->error);
        read += !j->files->files.items[i]->error;
    }
    for (size_t i = 0; i < j->links.n; i++) {
        add_error(&first, &n, j->links.items[i]->error);
        read += !j->links.items[i]->error;
    }
    if (j->faults) {
        add_error(&first, &n, j->fault);
        n += j->faults - 1;
        read = read ? read : 1;
    }
    if (n > 1)
        error_set(&err, ERR_PARTIAL, "%.400s (and %zu more)", str_text(&first), n - 1);
    else
        error_set(&err, ERR_PARTIAL, "%s", str_text(&first));
    err.code = read ? ERR_PARTIAL : ERR_UNAVAILABLE;
    str_done(&first);
    snprintf(note, sizeof note, "%zu target%s of %zu file%s and %zu URL%s", j->entries.n, j->entries.n == 1 ? "" : "s",
             j->files->files.n, j->files->files.n == 1 ? "" : "s", j->links.n, j->links.n == 1 ? "" : "s");
    bool failed = n && !read;
    if (!failed)
        source_note(j->src, note);
    source_done(j->src, failed ? SOURCE_FAILED : n ? SOURCE_PARTIAL : SOURCE_OK, n ? &err : NULL, j->entries.n);
    store_commit(j->store);
}

static void remove_some(struct prom_jobs *j)
{
    int64_t end = now_us(j) + SLICE_US;
    for (int i = 0; i < TARGETS_TURN && j->cursor.at < j->entries.n && now_us(j) < end;)
        if (j->entries.items[j->cursor.at]->seen == j->naming) {
            j->cursor.at++;
        } else if (j->entries.items[j->cursor.at]->src &&
                   !prom_source_leave(source_self(j->entries.items[j->cursor.at]->src))) {
            store_commit(j->store);
            return;
        } else {
            remove_entry(j, j->cursor.at);
            i++;
        }
    if (j->cursor.at >= j->entries.n)
        finish(j);
}

static void begin_naming(struct prom_jobs *j)
{
    if (!j->dirty && !j->conflicts) {
        finish(j);
        return;
    }
    j->dirty = false;
    j->phase = NAMING;
    j->naming++;
    j->cursor = (struct cursor){.stage = OF_CONF};
    j->added = j->named = j->faults = j->conflicts = 0;
}

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct prom_jobs *j = arg;
    (void)fd, (void)what;
    if (j->phase == ASKING) {
        ask_more(j);
        if (j->looking || j->asking)
            return; /* they go on */
        begin_naming(j);
    } else if (j->phase == NAMING) {
        name_some(j);
    } else if (j->phase == REMOVING) {
        remove_some(j);
    }
    if (j->phase != IDLE)
        event_active(j->turn, 0, 0);
}

/* ---- the source ---- */

static void give_up(struct prom_jobs *j)
{
    struct error err;
    error_set(&err, ERR_TIMEOUT, "%s: not read within %d ms", j->looking ? "files" : "URLs that name targets",
              j->conf->deadline_ms + GRACE_MS);
    j->phase = IDLE;
    source_done(j->src, SOURCE_FAILED, &err, 0);
    store_commit(j->store);
}

static void on_round(void *self, struct source *src)
{
    struct prom_jobs *j = self;
    j->src = src;
    if (j->looking || j->asking) { /* of the round before, which was given up */
        give_up(j);
        return;
    }
    if (j->renew)
        renew(j);
    j->phase = ASKING;
    j->at_link = 0;
    if (j->files->patterns || j->files->files.n) {
        j->looking = true;
        workers_submit(j->workers, run_look, end_look, j);
    }
    go_on(j);
}

static void on_deadline(void *self, struct source *src)
{
    struct prom_jobs *j = self;
    (void)src;
    if (j->phase == ASKING)
        give_up(j); /* names are done in a moment */
}

static void on_free(void *self)
{
    struct prom_jobs *j = self;
    j->phase = IDLE;
    bool ended = workers_free(j->workers, FREE_WAIT_MS);
    for (size_t i = 0; ended && i < j->links.n; i++)
        prom_link_free(j->links.items[i]);
    net_http_free(j->http);
    event_free(j->turn);
    for (size_t i = 0; i < j->entries.n; i++)
        free_entry(j->entries.items[i]);
    vec_done(&j->entries);
    map_done(&j->by_name);
    free(j->fault);
    vec_done(&j->links);
    if (!ended) { /* a thread that a file system holds has the rest */
        mem_abandon(j);
        return;
    }
    prom_files_done(j->files);
    free(j->files);
    free(j);
}

const struct source_ops prom_jobs_ops = {
    .kind = "prometheus discovery", .round = on_round, .deadline = on_deadline, .free = on_free};

struct prom_jobs *prom_jobs_new(struct event_base *base, struct store *store, struct scheduler *scheduler,
                                struct prom_book *recipes, struct prom_explorer *explorer,
                                const struct conf_prometheus *conf)
{
    struct prom_jobs *j = mem_new(struct prom_jobs);
    *j = (struct prom_jobs){.base = base,
                            .store = store,
                            .scheduler = scheduler,
                            .recipes = recipes,
                            .explorer = explorer,
                            .conf = conf,
                            .http = net_http_new(base),
                            .workers = workers_new(base, "discovery", 1),
                            .files = mem_new(struct prom_files),
                            .renew = true};
    j->turn = event_new(base, -1, 0, on_turn, j);
    return j;
}

void prom_jobs_configure(struct prom_jobs *j, const struct conf_prometheus *conf, bool changed)
{
    j->conf = conf;
    j->renew = j->renew || changed;
}

void prom_jobs_drop(struct prom_jobs *j)
{
    while (j->entries.n)
        remove_entry(j, j->entries.n - 1);
}

char *prom_jobs_name_of(const struct conf_prometheus *conf)
{
    return mem_printf("promsd:%s", conf->name);
}
