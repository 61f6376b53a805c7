/* Sources of scraped endpoints. */
#include "cmd/scrapes.h"

#include "base/mem.h"
#include "base/vec.h"
#include "conf/prometheus.h"
#include "conf/same.h"
#include "prom/jobs.h"
#include "prom/source.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

/* What all of them run in. */
struct world {
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    struct prom_book *recipes;
    struct prom_explorer *explorer;
};

/* ---- jobs whose endpoints are found out ---- */

static struct source *finder_of(const struct scheduler *scheduler, const struct conf_prometheus *conf)
{
    char *name = prom_jobs_name_of(conf);
    struct source *src = scheduler_find(scheduler, name);
    free(name);
    return src;
}

static void add_finder(const struct world *w, const struct conf_prometheus *conf)
{
    struct prom_jobs *self = prom_jobs_new(w->base, w->store, w->scheduler, w->recipes, w->explorer, conf);
    const struct source_settings settings = prom_jobs_settings(conf);
    char *name = prom_jobs_name_of(conf);
    scheduler_add(w->scheduler, name, NULL, &prom_jobs_ops, self, &settings);
    free(name);
}

/* ---- jobs of a few URLs ---- */

/* Targets of a list of URLs, with the names of their sources. */
struct fixed {
    struct prom_target target;
    char *name;
};
struct fixed_list {
    VEC(struct fixed) all;
};

static void list_fixed(struct fixed_list *l, const struct conf_prometheus *conf)
{
    for (char **u = conf->urls; u && *u; u++) {
        struct fixed f;
        prom_target_of_url(&f.target, conf, *u);
        f.name = prom_source_name_of(&f.target);
        vec_push(&l->all, f);
    }
}

static void free_fixed(struct fixed_list *l)
{
    for (size_t i = 0; i < l->all.n; i++) {
        prom_target_done(&l->all.items[i].target);
        free(l->all.items[i].name);
    }
    vec_done(&l->all);
}

static const struct fixed *find_fixed(const struct fixed_list *l, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(l->all.items[i].name, name) == 0)
            return &l->all.items[i];
    return NULL;
}

/* Is there something to find out, or to say: that one of them is there twice, or another job's? was: what it is now, or NULL. */
static bool needs_finder(const struct scheduler *scheduler, const struct conf_prometheus *conf,
                         const struct conf_prometheus *was)
{
    struct fixed_list l = {0}, own = {0};
    bool needs = conf->files || conf->http_sd;
    list_fixed(&l, conf);
    if (was)
        list_fixed(&own, was);
    for (size_t i = 0; !needs && i < l.all.n; i++) {
        const char *name = l.all.items[i].name;
        needs = find_fixed(&l, i, name) || (scheduler_find(scheduler, name) && !find_fixed(&own, own.all.n, name));
    }
    free_fixed(&l);
    free_fixed(&own);
    return needs;
}

static void remove_named(struct scheduler *scheduler, const char *name)
{
    struct source *src = scheduler_find(scheduler, name);
    if (src)
        scheduler_remove(scheduler, src);
}

/* Makes those of now run, where those of old (NULL: none) did; what is the same in both is left alone. */
static void apply_fixed(const struct world *w, const struct conf_prometheus *old, const struct conf_prometheus *now)
{
    struct fixed_list was = {0}, is = {0};
    if (old)
        list_fixed(&was, old);
    if (now)
        list_fixed(&is, now);
    for (size_t i = 0; i < was.all.n; i++) {
        const struct fixed *f = &was.all.items[i], *next = find_fixed(&is, is.all.n, f->name);
        if (!next || !prom_target_same(&f->target, &next->target))
            remove_named(w->scheduler, f->name);
    }
    for (size_t i = 0, added = 0; i < is.all.n; i++) {
        const struct fixed *f = &is.all.items[i];
        if (scheduler_find(w->scheduler, f->name))
            continue;
        struct prom_source *self = prom_source_new(w->base, w->store, now, &f->target);
        prom_source_serve(self, w->recipes);
        prom_source_explore(self, w->explorer);
        const struct source_settings settings = prom_source_settings(now, &f->target, added++);
        scheduler_add(w->scheduler, f->name, NULL, &prom_source_ops, self, &settings);
    }
    free_fixed(&was);
    free_fixed(&is);
}

/* ---- all ---- */

static void drop(const struct world *w, const struct conf_prometheus *conf)
{
    struct source *finder = finder_of(w->scheduler, conf);
    if (!finder) {
        apply_fixed(w, conf, NULL);
        return;
    }
    prom_jobs_drop(source_self(finder));
    scheduler_remove(w->scheduler, finder);
}

/* Can the sources of the job be kept as they are, whatever targets they have? */
static bool stays(const struct scheduler *scheduler, const struct conf_prometheus *was,
                  const struct conf_prometheus *is)
{
    if (!is || !conf_same_prometheus_scrape(was, is))
        return false;
    bool found = finder_of(scheduler, was) != NULL;
    return conf_same_prometheus(was, is) || found == needs_finder(scheduler, is, found ? NULL : was);
}

static void change(const struct world *w, const struct conf_prometheus *was, const struct conf_prometheus *is)
{
    struct source *finder = finder_of(w->scheduler, is);
    bool changed = !conf_same_prometheus(was, is);
    if (!finder) {
        apply_fixed(w, was, is);
        return;
    }
    const struct source_settings settings = prom_jobs_settings(is);
    prom_jobs_configure(source_self(finder), is, changed);
    scheduler_configure(w->scheduler, finder, &settings);
    if (changed)
        scheduler_refresh(w->scheduler, source_name(finder));
}

void cmd_scrapes_apply(struct event_base *base, struct store *store, struct scheduler *scheduler,
                       struct prom_book *recipes, struct prom_explorer *explorer, const struct conf *old,
                       const struct conf *now)
{
    const struct world w = {base, store, scheduler, recipes, explorer};
    bool *kept = mem_calloc(now->nprometheus + 1, sizeof *kept);
    for (size_t i = 0; old && i < old->nprometheus; i++) {
        const struct conf_prometheus *was = &old->prometheus[i],
                                     *is = conf_kind_find(&conf_prometheus_kind, now, was->name);
        if (stays(scheduler, was, is)) {
            change(&w, was, is);
            kept[is - now->prometheus] = true;
        } else {
            drop(&w, was);
        }
    }
    for (size_t i = 0; i < now->nprometheus; i++) {
        const struct conf_prometheus *is = &now->prometheus[i];
        if (kept[i])
            continue;
        if (needs_finder(scheduler, is, NULL))
            add_finder(&w, is);
        else
            apply_fixed(&w, NULL, is);
    }
    free(kept);
}
