/* Sources of datasets. */
#include "cmd/datasets.h"

#include "cmd/kept.h"
#include "conf/same.h"
#include "drift/source.h"

#include <stdlib.h>
#include <string.h>

static const struct conf_dataset *find(const struct conf *conf, const char *name)
{
    for (size_t i = 0; conf && i < conf->ndatasets; i++)
        if (strcmp(conf->datasets[i].name, name) == 0)
            return &conf->datasets[i];
    return NULL;
}

static const struct conf_cluster *find_cluster(const struct conf *conf, const struct conf_dataset *d)
{
    for (size_t i = 0; conf && d->topic && i < conf->nclusters; i++)
        if (strcmp(conf->clusters[i].name, d->cluster) == 0)
            return &conf->clusters[i];
    return NULL;
}

static bool stays(const struct conf *old, const struct conf *now, const char *name)
{
    const struct conf_dataset *was = find(old, name), *is = find(now, name);
    if (!was || !is || !conf_same_dataset(was, is))
        return false;
    const struct conf_cluster *a = find_cluster(old, was), *b = find_cluster(now, is);
    return a == b || (a && b && conf_same_cluster(a, b));
}

void cmd_datasets_apply(struct event_base *base, struct store *store, struct scheduler *scheduler,
                        const struct conf *old, const struct conf *now)
{
    for (size_t i = 0; old && i < old->ndatasets; i++) {
        char *name = drift_source_name_of(&old->datasets[i]);
        struct source *src = scheduler_find(scheduler, name);
        if (src && !stays(old, now, old->datasets[i].name))
            scheduler_remove(scheduler, src);
        free(name);
    }
    for (size_t i = 0; i < now->ndatasets; i++) {
        const struct conf_dataset *is = &now->datasets[i];
        const struct conf_cluster *cluster = find_cluster(now, is);
        if (stays(old, now, is->name) || (is->topic && !cluster))
            continue;
        struct drift_source *self = drift_source_new(base, store, is, cluster);
        struct cmd_kept *kept = cmd_kept_new(&now->history, is);
        const struct source_settings settings = drift_source_settings();
        if (kept)
            drift_source_keep(self, &cmd_kept_ops, kept);
        scheduler_add(scheduler, drift_source_name(self), is->topic ? is->cluster : NULL, &drift_source_ops, self,
                      &settings);
    }
}
