/* A source of its own, on a loop of its own, until it has what was asked for. */
#include "cmd/live.h"

#include "base/clock.h"
#include "base/loop.h"
#include "cmd/options.h"
#include "drift/source.h"
#include "drift/tables.h"
#include "source/source.h"

#include <event2/event.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEADLINE_S = 30, DAY_MS = 24 * 3600 * 1000 };

struct live {
    struct event_base *base;
    struct store *store;
    struct drift_source *source;
    struct drift_reference *reference;
};

/* In the configuration as a collector reads it: with its cluster. */
static int find(const struct conf *conf, const char *name, const struct conf_dataset **dataset,
                const struct conf_cluster **cluster, struct error *err)
{
    *dataset = NULL;
    for (size_t i = 0; i < conf->ndatasets; i++)
        if (strcmp(conf->datasets[i].name, name) == 0)
            *dataset = &conf->datasets[i];
    *cluster = *dataset && (*dataset)->topic ? conf_find_cluster(conf, (*dataset)->cluster) : NULL;
    if (!*cluster)
        return error_set(err, ERR_INVALID, "dataset %s has no topic", name);
    if (strcmp((*dataset)->format, "detector") == 0)
        return error_set(err, ERR_INVALID, "dataset %s has answers of a detector, and no events", name);
    return 0;
}

static int64_t back_of(const struct conf_dataset *c)
{
    const int64_t least = c->window_rows ? (c->back_ms ? 0 : DAY_MS) : 2 * c->window_ms + c->late_ms;
    return c->back_ms > least ? c->back_ms : least;
}

static void on_commit(struct store *store, void *arg)
{
    struct live *l = arg;
    struct drift_reference *r = drift_source_reference(l->source);
    (void)store;
    if (!r || l->reference)
        return;
    l->reference = drift_reference_ref(r);
    event_base_loopbreak(l->base);
}

/* Behind what is said, what is wrong with the topic. The source is still there. */
static void add_state(const struct live *l, struct error *err)
{
    const struct table *t = store_find(l->store, source_table_sources.name);
    const char *name = drift_source_name(l->source);
    struct value key = value_text(name_intern(store_names(l->store), name, strlen(name)));
    const struct row *row = table_find(t, &key);
    const char *why = row ? row_text(row, "error") : "";
    struct error own = *err;
    if (*why)
        error_set(err, own.code, "%s: %s", own.text, why);
    table_key_done(t, &key);
}

static int run(struct live *l, const struct conf_dataset *c, const struct conf_cluster *cluster, double deadline_s,
               struct error *err)
{
    const struct timeval limit = {.tv_sec = (time_t)deadline_s, .tv_usec = (suseconds_t)(fmod(deadline_s, 1) * 1e6)};
    const struct source_settings settings = drift_source_settings();
    struct scheduler *scheduler = scheduler_new(l->base, l->store);
    int rc = 0;
    for (size_t i = 0; drift_tables[i]; i++)
        store_add(l->store, drift_tables[i], NULL, NULL, NULL);
    l->source = drift_source_new(l->base, l->store, c, cluster);
    scheduler_add(scheduler, drift_source_name(l->source), cluster->name, &drift_source_ops, l->source, &settings);
    struct store_listener *listener = store_listen(l->store, on_commit, l);
    event_base_loopexit(l->base, &limit);
    event_base_dispatch(l->base);
    store_unlisten(l->store, listener);
    if (!l->reference) {
        rc = error_set(err, ERR_TIMEOUT, "dataset %s: no whole window of %d events or more within %g s", c->name,
                       c->min_rows, deadline_s);
        add_state(l, err);
    }
    scheduler_free(scheduler);
    return rc;
}

int cmd_live_reference(const struct cmd_options *o, const struct conf_dataset *dataset, bool force,
                       struct drift_reference **ret, struct error *err)
{
    const struct conf_args args = cmd_options_conf_args(o);
    const struct conf_dataset *whole;
    const struct conf_cluster *cluster;
    struct conf *conf = NULL;
    double deadline_s;
    int rc = cmd_options_seconds(o, OPTIONS_DEADLINE, DEADLINE_S, &deadline_s, err);
    if (!rc)
        rc = conf_load(&args, &conf, err);
    if (!rc)
        rc = find(conf, dataset->name, &whole, &cluster, err);
    if (!rc) {
        struct live l = {.base = loop_new(), .store = store_new(&clock_system)};
        char first[] = "first";
        struct conf_dataset c = *dataset; /* borrows */
        c.cluster = whole->cluster;
        c.format = whole->format; /* of the records, not of a file */
        c.reference = first;
        c.reference_file = NULL;
        c.back_ms = back_of(dataset);
        c.min_rows = force ? 1 : dataset->min_rows;
        rc = run(&l, &c, cluster, deadline_s, err);
        if (rc == 0)
            *ret = l.reference;
        store_free(l.store);
        event_base_free(l.base);
    }
    conf_free(conf);
    return rc;
}
