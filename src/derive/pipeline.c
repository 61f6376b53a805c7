/* The pipeline's life, and when what is done. */
#include "derive/pipeline_internal.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "conf/lists.h"
#include "conf/same.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

enum { TICK_S = 2 };

int64_t pipeline_now_ms(const struct derive_pipeline *p)
{
    return clock_mono_us(store_clock(p->store)) / 1000;
}

const struct row *pipeline_source_row(const struct derive_pipeline *p, const char *source)
{
    const struct table *t = store_find(p->store, source_table_sources.name);
    struct name *n = name_intern(store_names(p->store), source, strlen(source));
    const struct value key = {.s = n, .quality = QUALITY_EXACT};
    const struct row *r = table_find(t, &key);
    name_unref(n);
    return r;
}

const char *pipeline_state(const struct derive_pipeline *p, const char *source)
{
    const struct row *r = pipeline_source_row(p, source);
    return r ? row_text(r, "state") : "";
}

void pipeline_wake(struct derive_pipeline *p)
{
    event_active(p->work, 0, 0); /* before any timer, so that no reader sees what is half known */
}

static void work(struct derive_pipeline *p)
{
    if (!p->conf)
        return;
    if (p->sinks_changed) {
        p->sinks_changed = false;
        for (size_t i = 0; i < p->places.n; i++)
            p->places.items[i]->stale = true;
        pipeline_shelf_follow(p);
    }
    for (size_t i = 0; i < p->places.n; i++)
        pipeline_place_work(p->places.items[i]);
    pipeline_shelf_work(p);
    for (size_t i = 0; i < p->links.n; i++) {
        pipeline_link_adopt(p->links.items[i]);
        pipeline_link_compare(p->links.items[i]);
    }
    for (size_t i = 0; !p->told && i < p->links.n; i++)
        pipeline_link_tell(p->links.items[i]);
    p->told = true;
    p->quiet = true;
    store_commit(p->store);
    p->quiet = false;
}

static void on_work(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    work(arg);
}

/* Is there anything that waits for a source to say how it fares? */
static bool waits(const struct derive_pipeline *p)
{
    for (size_t i = 0; i < p->places.n; i++) {
        const struct pipeline_place *place = p->places.items[i];
        if (place->kafka && !(place->control ? place->given : place->topics_known))
            return true;
    }
    for (size_t i = 0; i < p->shelves.n; i++)
        if (p->shelves.items[i]->trial && p->shelves.items[i]->source)
            return true;
    return false;
}

static void on_commit(struct store *store, void *arg)
{
    (void)store;
    struct derive_pipeline *p = arg;
    if (!p->quiet && waits(p))
        pipeline_wake(p);
}

struct derive_pipeline *derive_pipeline_new(struct event_base *base, struct store *store, struct scheduler *scheduler)
{
    struct derive_pipeline *p = mem_new(struct derive_pipeline);
    p->base = base;
    p->store = store;
    p->scheduler = scheduler;
    p->work = event_new(base, -1, 0, on_work, p);
    p->tick = event_new(base, -1, EV_PERSIST, on_work, p);
    p->listener = store_listen(store, on_commit, p);
    event_add(p->tick, &(struct timeval){.tv_sec = TICK_S});
    return p;
}

void derive_pipeline_free(struct derive_pipeline *p)
{
    if (!p)
        return;
    p->scheduler = NULL; /* it has freed all sources */
    store_unlisten(p->store, p->listener);
    event_free(p->work);
    event_free(p->tick);
    while (p->links.n)
        pipeline_link_free(p->links.items[p->links.n - 1]);
    while (p->shelves.n)
        pipeline_shelf_free(p, p->shelves.items[p->shelves.n - 1]);
    while (p->places.n)
        pipeline_place_free(p->places.items[p->places.n - 1]);
    vec_done(&p->links);
    vec_done(&p->shelves);
    vec_done(&p->places);
    vec_done(&p->of_sink);
    conf_lists_done(&p->marks);
    derive_discover_catalogs_done(&p->found);
    free(p);
}

/* ---- configuration ---- */

const struct conf_connect *pipeline_connect(const struct conf *conf, const char *name)
{
    for (size_t i = 0; conf && i < conf->nconnects; i++)
        if (strcmp(conf->connects[i].name, name) == 0)
            return &conf->connects[i];
    return NULL;
}

/* Where a Connect cluster belongs. */
static struct pipeline_place *place_of(struct derive_pipeline *p, const struct conf_connect *c)
{
    const char *name = c->cluster ? c->cluster : c->name;
    struct pipeline_place *place = pipeline_place_find(p, name, c->cluster != NULL);
    return place ? place : pipeline_place_new(p, name, c->cluster != NULL);
}

static bool is_used(const struct derive_pipeline *p, const struct pipeline_place *place)
{
    if (place->kafka)
        return conf_find_cluster(p->conf, place->name);
    const struct conf_connect *c = pipeline_connect(p->conf, place->name);
    return c && !c->cluster;
}

static void configure_places(struct derive_pipeline *p, const struct conf *old)
{
    for (size_t i = p->places.n; i-- > 0;)
        if (!is_used(p, p->places.items[i]))
            pipeline_place_free(p->places.items[i]);
    for (size_t i = 0; i < p->conf->nclusters; i++) {
        const struct conf_cluster *now = &p->conf->clusters[i], *before = conf_find_cluster(old, now->name);
        struct pipeline_place *place = pipeline_place_find(p, now->name, true);
        if (!place)
            pipeline_place_new(p, now->name, true);
        else
            pipeline_place_configure(place, before, now);
    }
}

static void configure_links(struct derive_pipeline *p)
{
    for (size_t i = 0; i < p->conf->nconnects; i++) {
        const struct conf_connect *now = &p->conf->connects[i];
        if (pipeline_link_find(p, now->name))
            continue;
        struct pipeline_place *place = place_of(p, now);
        pipeline_place_need(place);
        pipeline_link_new(p, now, place);
    }
}

/* Those that are no more, or belong elsewhere now, go; others change. */
static void change_links(struct derive_pipeline *p, const struct conf *old)
{
    for (size_t i = p->links.n; i-- > 0;) {
        struct pipeline_link *link = p->links.items[i];
        const struct conf_connect *was = pipeline_connect(old, link->name),
                                  *now = pipeline_connect(p->conf, link->name);
        bool gone = !was || !now || !text_same(was->cluster, now->cluster);
        struct pipeline_place *place = link->place;
        if (!gone && !place->kafka &&
            !conf_same_connect(was, now)) { /* whose cycles' rows are a source's that changes */
            pipeline_link_free(link);
            pipeline_place_free(place);
        } else if (gone) {
            pipeline_link_free(link);
        } else {
            pipeline_link_configure(link, was, now);
        }
    }
}

void derive_pipeline_apply(struct derive_pipeline *p, const struct conf *conf)
{
    const struct conf *old = p->conf;
    p->conf = conf;
    change_links(p, old);
    configure_places(p, old);
    configure_links(p);
    pipeline_shelf_configure(p, old);
    pipeline_shelf_find(p);
    p->sinks_changed = true;
    work(p);
}

/* ---- questions ---- */

bool derive_pipeline_at(const struct derive_pipeline *p, size_t i, struct derive_pipeline_place *ret)
{
    for (size_t k = 0; k < p->places.n; k++) {
        const struct pipeline_place *place = p->places.items[k];
        if (!place->commits || i-- > 0)
            continue;
        *ret = (struct derive_pipeline_place){.name = place->name,
                                              .owner = place->owner,
                                              .cycles = place->cycles,
                                              .commits = place->commits,
                                              .backlog = place->backlog,
                                              .control = place->control ? source_self(place->control) : NULL,
                                              .pipeline = p};
        return true;
    }
    return false;
}

int64_t derive_pipeline_first_record(const struct derive_pipeline *p, const char *place, const char *topic)
{
    for (size_t i = 0; i < p->places.n; i++) {
        const struct pipeline_place *at = p->places.items[i];
        for (size_t k = 0; strcmp(at->name, place) == 0 && k < at->read.n; k++)
            if (strcmp(at->read.items[k].name, topic) == 0)
                return at->read.items[k].first_ms;
    }
    return CONNECT_EVENT_UNKNOWN;
}
