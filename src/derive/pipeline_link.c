/* One Connect cluster: its REST and its logs, and where that goes. */
#include "derive/pipeline_internal.h"

#include "base/mem.h"
#include "base/str.h"
#include "conf/connect.h"
#include "conf/same.h"
#include "connect/logs.h"
#include "connect/tables.h"
#include "connect/worker.h"
#include "kafka/tables.h"
#include "source/login.h"

#include <stdlib.h>
#include <string.h>

struct pipeline_link *pipeline_link_find(const struct derive_pipeline *p, const char *name)
{
    for (size_t i = 0; i < p->links.n; i++)
        if (strcmp(p->links.items[i]->name, name) == 0)
            return p->links.items[i];
    return NULL;
}

bool pipeline_link_belongs(const struct conf_connect *c, const struct pipeline_place *place)
{
    if (c->cluster)
        return place->kafka && strcmp(c->cluster, place->name) == 0;
    const struct pipeline_link *link = pipeline_link_find(place->pipeline, c->name);
    return link && link->place == place;
}

/* ---- what the REST source tells ---- */

static void free_sinks(struct pipeline_link *link)
{
    for (size_t i = 0; i < link->sinks.n; i++)
        derive_discover_sink_done(&link->sinks.items[i]);
    link->sinks.n = 0;
}

/* Takes over what there is now; true if it is something else than before. */
static bool take(struct pipeline_link *link, const struct connect_rest_connector *list, size_t n)
{
    VEC(struct derive_discover_sink) now = {0};
    for (size_t i = 0; i < n; i++) {
        if (list[i].settings.sink == CONNECT_SETTINGS_OTHER)
            continue;
        struct derive_discover_sink sink;
        derive_discover_sink_init(&sink, link->name, list[i].name, &list[i].settings);
        vec_push(&now, sink);
    }
    bool same = now.n == link->sinks.n;
    for (size_t i = 0; same && i < now.n; i++)
        same = derive_discover_sink_same(&now.items[i], &link->sinks.items[i]);
    free_sinks(link);
    for (size_t i = 0; i < now.n; i++)
        vec_push(&link->sinks, now.items[i]);
    vec_done(&now);
    return !same;
}

static void on_connectors(void *arg, const struct connect_rest_connector *list, size_t n)
{
    struct pipeline_link *link = arg;
    bool changed = take(link, list, n);
    if (changed || !link->heard) {
        link->heard = true;
        link->pipeline->sinks_changed = true;
        pipeline_shelf_find(link->pipeline);
        pipeline_wake(link->pipeline);
    }
}

/* What is to be said of the catalog of the sink at a place of the list; NULL: nothing. Borrowed until the next. */
static const char *say(struct pipeline_link *link, size_t i)
{
    const struct derive_pipeline *p = link->pipeline;
    struct str s = {0};
    size_t before = 0;
    for (size_t k = 0; p->links.items[k] != link; k++)
        before += p->links.items[k]->sinks.n;
    pipeline_shelf_say(p, before + i, &link->sinks.items[i], &s);
    free(link->said);
    link->said = s.len ? str_take(&s) : NULL;
    str_done(&s);
    return link->said;
}

static const char *on_catalog(void *arg, const struct connect_rest_connector *c)
{
    struct pipeline_link *link = arg;
    for (size_t i = 0; i < link->sinks.n; i++)
        if (strcmp(link->sinks.items[i].connector, c->name) == 0)
            return say(link, i);
    return NULL;
}

/* The id of a Kafka cluster as Kafka itself says; NULL: not known. */
static const char *kafka_id(const struct derive_pipeline *p, const char *cluster)
{
    struct store *store = p->store;
    const struct table *t = store_find(store, kafka_table_clusters.name);
    struct name *n = name_intern(store_names(store), cluster, strlen(cluster));
    const struct value key = {.s = n, .quality = QUALITY_EXACT};
    const struct row *r = t ? table_find(t, &key) : NULL;
    struct value id = r ? row_get(r, CLUSTERS_ID) : (struct value){0};
    name_unref(n);
    return id.quality != QUALITY_UNKNOWN ? id.s->raw : NULL;
}

void pipeline_link_compare(struct pipeline_link *link)
{
    if (link->compared || !link->worker || !link->place->kafka)
        return;
    const char *theirs = connect_worker_kafka_id(source_self(link->worker)),
               *ours = kafka_id(link->pipeline, link->place->name);
    if (!theirs || !ours)
        return;
    link->compared = true;
    if (strcmp(theirs, ours) != 0)
        source_event(link->pipeline->store, source_name(link->worker), "warn", link->name,
                     "its workers use another Kafka cluster (%s) than %s (%s): control topics and groups are not there",
                     theirs, link->place->name, ours);
}

void pipeline_link_tell(struct pipeline_link *link)
{
    struct store *store = link->pipeline->store;
    struct table *t = store_find(store, connect_table_connectors.name);
    for (size_t i = 0; i < link->sinks.n; i++) {
        const char *names[] = {link->name, link->sinks.items[i].connector};
        struct value key[2];
        for (size_t k = 0; k < 2; k++)
            key[k] = (struct value){.s = name_intern(store_names(store), names[k], strlen(names[k])),
                                    .quality = QUALITY_EXACT};
        struct row *r = table_find(t, key);
        const char *text = say(link, i);
        if (r && text)
            table_set_text(t, r, CONNECTORS_CATALOG, text);
        name_unref(key[0].s);
        name_unref(key[1].s);
    }
}

/* NULL: it has no Kafka. */
static const char *cluster_of(const struct pipeline_link *link)
{
    return link->place->kafka ? link->place->name : NULL;
}

static void add_worker(struct pipeline_link *link, const struct conf_connect *conf)
{
    static const struct connect_worker_ops ops = {.connectors = on_connectors, .catalog = on_catalog};
    struct derive_pipeline *p = link->pipeline;
    const struct connect_worker_settings settings = {
        .name = conf->name,
        .cluster = cluster_of(link),
        .urls = (const char *const *)conf->urls,
        .login = source_login(&conf->http),
        .interval_ms = conf->interval_ms,
        .deadline_ms = conf->deadline_ms,
    };
    struct connect_worker *w = connect_worker_new(p->base, p->store, &settings, &ops, link);
    const struct source_settings times = connect_worker_source_settings(w);
    link->worker =
        scheduler_add(p->scheduler, connect_worker_name(w), cluster_of(link), &connect_worker_source, w, &times);
}

/* ---- what logs tell ---- */

static void on_line(void *arg, const char *origin, const struct connect_line *line)
{
    const struct pipeline_link *link = arg;
    connect_cycles_line(link->place->cycles, origin, line);
}

static void on_turn(void *arg)
{
    const struct pipeline_link *link = arg;
    derive_commits_update(link->place->commits);
}

static void add_logs(struct pipeline_link *link, const struct conf_connect *conf)
{
    static const struct connect_logs_ops ops = {.line = on_line, .turn = on_turn};
    struct derive_pipeline *p = link->pipeline;
    const char *const **commands = mem_calloc(conf->log_commands.n + 1, sizeof *commands);
    for (size_t i = 0; i < conf->log_commands.n; i++)
        commands[i] = (const char *const *)conf->log_commands.items[i];
    struct connect_logs_settings settings = {
        .name = conf->name,
        .paths = (const char *const *)conf->logs,
        .commands = conf->log_commands.n ? commands : NULL,
        .archives = conf->log_archives,
    };
    conf_connect_zone(conf->log_zone, &settings.utc_offset_s, NULL); /* it was checked when it was read */
    struct connect_logs *logs = connect_logs_new(p->base, p->store, &settings, &ops, link);
    const struct source_settings times = connect_logs_source_settings();
    link->logs =
        scheduler_add(p->scheduler, connect_logs_name(logs), cluster_of(link), &connect_logs_source, logs, &times);
    free(commands);
}

/* ---- life ---- */

/* What connectors said is no more. */
static void forget(struct pipeline_link *link)
{
    free_sinks(link);
    link->pipeline->sinks_changed = true;
    pipeline_shelf_find(link->pipeline);
}

static void add_sources(struct pipeline_link *link, const struct conf_connect *conf)
{
    if (conf->urls)
        add_worker(link, conf);
    if (conf->logs || conf->log_commands.n)
        add_logs(link, conf);
}

struct pipeline_link *pipeline_link_new(struct derive_pipeline *p, const struct conf_connect *conf,
                                        struct pipeline_place *place)
{
    struct pipeline_link *link = mem_new(struct pipeline_link);
    *link = (struct pipeline_link){.pipeline = p, .name = mem_strdup(conf->name), .place = place};
    vec_push(&p->links, link);
    add_sources(link, conf);
    return link;
}

static void remove_source(struct pipeline_link *link, struct source **source)
{
    if (*source && link->pipeline->scheduler)
        scheduler_remove(link->pipeline->scheduler, *source);
    *source = NULL;
}

void pipeline_link_configure(struct pipeline_link *link, const struct conf_connect *was, const struct conf_connect *now)
{
    if (!conf_same_connect_rest(was, now)) {
        remove_source(link, &link->worker);
        link->heard = link->compared = false;
        if (now->urls)
            add_worker(link, now);
        else
            forget(link);
    }
    if (!conf_same_connect_logs(was, now)) {
        remove_source(link, &link->logs);
        if (now->logs || now->log_commands.n)
            add_logs(link, now);
    }
}

void pipeline_link_adopt(struct pipeline_link *link)
{
    struct derive_pipeline *p = link->pipeline;
    const char *theirs =
        link->place->kafka || !link->worker ? NULL : connect_worker_kafka_id(source_self(link->worker));
    struct pipeline_place *old = link->place, *now = NULL;
    for (size_t i = 0; theirs && !now && i < p->places.n; i++) {
        const char *id = p->places.items[i]->kafka ? kafka_id(p, p->places.items[i]->name) : NULL;
        now = id && strcmp(id, theirs) == 0 ? p->places.items[i] : NULL;
    }
    const struct conf_connect *conf = pipeline_connect(p->conf, link->name);
    if (!now || !conf)
        return;
    remove_source(link, &link->worker);
    remove_source(link, &link->logs);
    link->heard = false;
    link->place = now;
    pipeline_place_free(old);
    pipeline_place_need(now);
    add_sources(link, conf);
}

void pipeline_link_free(struct pipeline_link *link)
{
    struct derive_pipeline *p = link->pipeline;
    size_t i = 0;
    while (p->links.items[i] != link)
        i++;
    memmove(&p->links.items[i], &p->links.items[i + 1], (--p->links.n - i) * sizeof *p->links.items);
    remove_source(link, &link->worker);
    remove_source(link, &link->logs);
    free_sinks(link);
    vec_done(&link->sinks);
    free(link->said);
    free(link->name);
    free(link);
    if (p->scheduler)
        pipeline_shelf_find(p);
    p->sinks_changed = true;
}
