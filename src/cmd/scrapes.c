/* Sources of scraped endpoints. */
#include "cmd/scrapes.h"

#include "conf/same.h"
#include "prom/source.h"
#include "source/source.h"

#include <stdlib.h>
#include <string.h>

static const struct conf_prometheus *find(const struct conf *conf, const char *name)
{
    for (size_t i = 0; conf && i < conf->nprometheus; i++)
        if (strcmp(conf->prometheus[i].name, name) == 0)
            return &conf->prometheus[i];
    return NULL;
}

static void add(struct event_base *base, struct store *store, struct scheduler *scheduler, struct prom_book *recipes,
                const struct conf_prometheus *conf)
{
    for (size_t i = 0; conf->urls && conf->urls[i]; i++) {
        struct prom_target target;
        prom_target_of_url(&target, conf, conf->urls[i]);
        struct prom_source *self = prom_source_new(base, store, conf, &target);
        prom_source_serve(self, recipes);
        const struct source_settings settings = prom_source_settings(conf, &target, i);
        scheduler_add(scheduler, prom_source_name(self), NULL, &prom_source_ops, self, &settings);
        prom_target_done(&target);
    }
}

static void drop(struct scheduler *scheduler, const struct conf_prometheus *conf)
{
    for (size_t i = 0; conf->urls && conf->urls[i]; i++) {
        struct prom_target target;
        prom_target_of_url(&target, conf, conf->urls[i]);
        char *name = prom_source_name_of(&target);
        struct source *src = scheduler_find(scheduler, name);
        if (src)
            scheduler_remove(scheduler, src);
        free(name);
        prom_target_done(&target);
    }
}

void cmd_scrapes_apply(struct event_base *base, struct store *store, struct scheduler *scheduler,
                       struct prom_book *recipes, const struct conf *old, const struct conf *now)
{
    for (size_t i = 0; old && i < old->nprometheus; i++) {
        const struct conf_prometheus *was = &old->prometheus[i], *is = find(now, was->name);
        if (!is || !conf_same_prometheus(was, is))
            drop(scheduler, was);
    }
    for (size_t i = 0; i < now->nprometheus; i++) {
        const struct conf_prometheus *is = &now->prometheus[i], *was = find(old, is->name);
        if (!was || !conf_same_prometheus(was, is))
            add(base, store, scheduler, recipes, is);
    }
}
