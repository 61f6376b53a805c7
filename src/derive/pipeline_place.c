/* One Kafka cluster: which of its topics are control topics, and the cycles that they tell of. */
#include "derive/pipeline_internal.h"

#include "base/mem.h"
#include "connect/control.h"
#include "kafka/tables.h"

#include <stdlib.h>
#include <string.h>

enum {
    SCAN_MS = 10000,     /* between two looks at the cluster's topics */
    ENDS_ROUND_MS = 300, /* a round of Kafka that takes longer is no little thing */
    ENDS_SOON_MS = 800,  /* the next round comes soon enough */
    PATIENCE_MS = 15000, /* for who has not answered yet and may name further control topics */
};

/* ---- what the control source tells ---- */

/* A record without a time (-1) is passed over. */
static void note_first(struct pipeline_place *place, const struct connect_cycles_record *record)
{
    size_t n = place->read.n;
    if (record->time_ms < 0)
        return;
    for (size_t i = n; i-- > 0;)
        if (strcmp(place->read.items[i].name, record->topic) == 0) {
            struct pipeline_topic t = place->read.items[i];
            place->read.items[i] = place->read.items[n - 1];
            place->read.items[n - 1] = t;
            return;
        }
    vec_push(&place->read, ((struct pipeline_topic){mem_strdup(record->topic), record->time_ms}));
}

static void on_record(void *arg, const struct connect_cycles_record *record)
{
    struct pipeline_place *place = arg;
    note_first(place, record);
    connect_cycles_record(place->cycles, record);
    connect_backlog_record(place->backlog, record);
    derive_queryable_event(place->queryable, record->event);
}

static void on_end(void *arg, const char *topic, int32_t partition, int64_t offset)
{
    struct pipeline_place *place = arg;
    connect_cycles_end(place->cycles, topic, partition, offset);
}

static void on_caught_up(void *arg, const char *topic, int32_t partition, int64_t begin, int64_t end)
{
    struct pipeline_place *place = arg;
    derive_queryable_control(place->queryable, topic, partition, begin, end);
}

static void on_turn(void *arg)
{
    struct pipeline_place *place = arg;
    derive_commits_update(place->commits);
    derive_queryable_update(place->queryable);
    store_commit(place->pipeline->store);
}

static size_t on_rows(void *arg)
{
    const struct pipeline_place *place = arg;
    return derive_commits_rows(place->commits);
}

static void on_found(void *arg, const char *const *topics, size_t n)
{
    struct pipeline_place *place = arg;
    for (size_t i = 0; i < n; i++)
        derive_discover_add(&place->found, topics[i]);
    place->probed = place->stale = true;
    pipeline_wake(place->pipeline);
}

static const struct connect_control_ops control_ops = {
    .record = on_record, .end = on_end, .caught_up = on_caught_up, .turn = on_turn, .rows = on_rows, .found = on_found};

/* A catalog is to be read again, for a commit to one of its tables was announced. */
static void on_table(void *arg, const char *catalog, const char *table)
{
    struct pipeline_place *place = arg;
    (void)table;
    pipeline_shelf_refresh(place->pipeline, catalog);
}

/* Has Kafka read once more, where that is little: not before as much time has gone as between its own rounds. */
static void on_ends(void *arg)
{
    struct pipeline_place *place = arg;
    struct derive_pipeline *p = place->pipeline;
    char *source = mem_printf("kafka:%s", place->name);
    const struct row *r = pipeline_source_row(p, source);
    struct value took = r ? row_get(r, SOURCES_ROUND_MS) : value_unknown(),
                 next = r ? row_get(r, SOURCES_NEXT_ROUND) : value_unknown(),
                 interval = r ? row_get(r, SOURCES_INTERVAL_S) : value_unknown();
    bool known = took.quality && next.quality && interval.quality && strcmp(row_text(r, "state"), "ok") == 0;
    int64_t now = pipeline_now_ms(p);
    if (known && took.i <= ENDS_ROUND_MS && next.i - clock_wall_ms(store_clock(p->store)) > ENDS_SOON_MS &&
        now - place->ends_ms >= (int64_t)(interval.d * 1000)) {
        place->ends_ms = now;
        scheduler_refresh(p->scheduler, source);
    }
    free(source);
}

static const struct derive_queryable_ops queryable_ops = {.table = on_table, .ends = on_ends};

/* ---- life ---- */

static const struct conf_cluster *cluster_of(const struct pipeline_place *place)
{
    const struct conf *conf = place->pipeline->conf;
    for (size_t i = 0; place->kafka && i < conf->nclusters; i++)
        if (strcmp(conf->clusters[i].name, place->name) == 0)
            return &conf->clusters[i];
    return NULL;
}

/* The longest of those of its Connect clusters. */
static int64_t back_of(const struct pipeline_place *place)
{
    const struct conf *conf = place->pipeline->conf;
    int64_t back = 0;
    for (size_t i = 0; i < conf->nconnects; i++) {
        const struct conf_connect *c = &conf->connects[i];
        if (pipeline_link_belongs(c, place) && c->back_ms > back)
            back = c->back_ms;
    }
    return back ? back : CONNECT_CONTROL_BACK_MS;
}

struct pipeline_place *pipeline_place_find(struct derive_pipeline *p, const char *name, bool kafka)
{
    for (size_t i = 0; i < p->places.n; i++)
        if (p->places.items[i]->kafka == kafka && strcmp(p->places.items[i]->name, name) == 0)
            return p->places.items[i];
    return NULL;
}

struct pipeline_place *pipeline_place_new(struct derive_pipeline *p, const char *name, bool kafka)
{
    struct pipeline_place *place = mem_new(struct pipeline_place);
    *place =
        (struct pipeline_place){.pipeline = p, .name = mem_strdup(name), .kafka = kafka, .born_ms = pipeline_now_ms(p)};
    vec_push(&p->places, place);
    return place;
}

static void add_control(struct pipeline_place *place)
{
    struct derive_pipeline *p = place->pipeline;
    const struct conf_cluster *cluster = cluster_of(place);
    place->back_ms = back_of(place);
    struct connect_control *c = connect_control_new(p->base, p->store, cluster, place->back_ms, &control_ops, place);
    const struct source_settings settings = connect_control_settings(cluster);
    place->control =
        scheduler_add(p->scheduler, connect_control_name(c), place->name, &connect_control_source_ops, c, &settings);
}

/* What its rows' freshness is judged by. */
static char *owner_of(const struct pipeline_place *place)
{
    const struct conf *conf = place->pipeline->conf;
    bool has_logs = false;
    if (place->kafka)
        return mem_printf("control:%s", place->name);
    for (size_t i = 0; i < conf->nconnects; i++)
        if (strcmp(conf->connects[i].name, place->name) == 0)
            has_logs = conf->connects[i].logs || conf->connects[i].log_commands.n;
    return mem_printf("%s:%s", has_logs ? "log" : "connect", place->name);
}

void pipeline_place_need(struct pipeline_place *place)
{
    struct derive_pipeline *p = place->pipeline;
    if (place->commits)
        return;
    place->owner = owner_of(place);
    place->cycles = connect_cycles_new();
    place->commits = derive_commits_new(p->base, p->store, place->name, place->owner, place->cycles);
    if (!place->kafka)
        return;
    place->backlog = connect_backlog_new();
    place->queryable =
        derive_queryable_new(p->base, p->store, place->name, place->owner, derive_commits_sinks(place->commits),
                             place->backlog, &queryable_ops, place);
    add_control(place);
}

/* Without sources, to which nothing is told any more. */
static void forget(struct pipeline_place *place)
{
    struct derive_pipeline *p = place->pipeline;
    if (place->control && p->scheduler)
        scheduler_remove(p->scheduler, place->control);
    derive_queryable_free(place->queryable);
    connect_backlog_free(place->backlog);
    derive_commits_free(place->commits);
    connect_cycles_free(place->cycles);
    derive_discover_done(&place->all);
    derive_discover_done(&place->found);
    derive_discover_done(&place->topics);
    derive_discover_done(&place->candidates);
    place->control = NULL;
    for (size_t i = 0; i < place->read.n; i++)
        free(place->read.items[i].name);
    vec_done(&place->read);
    free(place->owner);
    place->owner = NULL;
    place->queryable = NULL;
    place->backlog = NULL;
    place->commits = NULL;
    place->cycles = NULL;
    place->topics_known = place->probed = place->given = false;
}

static void free_links(const struct pipeline_place *place)
{
    const struct derive_pipeline *p = place->pipeline;
    for (size_t i = p->links.n; i-- > 0;)
        if (p->links.items[i]->place == place)
            pipeline_link_free(p->links.items[i]);
}

void pipeline_place_free(struct pipeline_place *place)
{
    struct derive_pipeline *p = place->pipeline;
    size_t i = 0;
    while (p->places.items[i] != place)
        i++;
    memmove(&p->places.items[i], &p->places.items[i + 1], (--p->places.n - i) * sizeof *p->places.items);
    free_links(place);
    forget(place);
    free(place->name);
    free(place);
}

void pipeline_place_configure(struct pipeline_place *place, const struct conf_cluster *old,
                              const struct conf_cluster *now)
{
    struct derive_pipeline *p = place->pipeline;
    place->stale = true;
    if (!place->control)
        return;
    if (!old || strcmp(old->bootstrap, now->bootstrap) != 0 || place->back_ms != back_of(place)) {
        free_links(place);
        forget(place); /* it may be another cluster */
        place->born_ms = pipeline_now_ms(p);
        return;
    }
    const struct source_settings settings = connect_control_settings(now);
    connect_control_configure(source_self(place->control), now);
    scheduler_configure(p->scheduler, place->control, &settings);
}

/* ---- which topics ---- */

/* Reads the names of the cluster's topics. */
static void scan(struct pipeline_place *place)
{
    struct derive_pipeline *p = place->pipeline;
    const struct table *t = store_find(p->store, kafka_table_topics.name);
    char *source = mem_printf("kafka:%s", place->name);
    const char *state = pipeline_state(p, source);
    free(source);
    int64_t now = pipeline_now_ms(p);
    if (place->topics_known && now - place->scanned_ms < SCAN_MS)
        return;
    place->scanned_ms = now;
    place->stale = true;
    derive_discover_done(&place->all);
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        struct value cluster = row_get(r, TOPICS_CLUSTER), topic = row_get(r, TOPICS_TOPIC);
        if (strcmp(cluster.s->raw, place->name) == 0)
            vec_push(&place->all.list, mem_strdup(topic.s->raw));
    }
    place->topics_known = place->all.list.n || (*state && strcmp(state, "starting") != 0);
}

/* Do all have answered who may name control topics, or have they had time enough? */
static bool is_told(const struct pipeline_place *place, size_t ncandidates)
{
    const struct derive_pipeline *p = place->pipeline;
    bool told = place->topics_known && (place->probed || !ncandidates);
    for (size_t i = 0; told && i < p->links.n; i++) {
        const struct pipeline_link *link = p->links.items[i];
        if (link->place == place && link->worker && !link->heard)
            told = strcmp(pipeline_state(p, source_name(link->worker)), "starting") != 0;
    }
    return told || pipeline_now_ms(p) - place->born_ms > PATIENCE_MS;
}

/* Topics that connectors name: of Connect clusters that belong to this one, and those that have a Kafka of their own for it. */
static void add_connectors(const struct pipeline_place *place, struct derive_discover_names *names)
{
    const struct derive_pipeline *p = place->pipeline;
    const struct conf_cluster *cluster = cluster_of(place);
    for (size_t i = 0; i < p->links.n; i++)
        for (size_t k = 0; k < p->links.items[i]->sinks.n; k++) {
            const struct derive_discover_sink *sink = &p->links.items[i]->sinks.items[k];
            bool here = sink->kafka ? strcmp(sink->kafka, cluster->bootstrap) == 0 : p->links.items[i]->place == place;
            if (here && sink->control_topic)
                derive_discover_add(names, sink->control_topic);
        }
}

/* Those found that are there still. */
static void add_found(const struct pipeline_place *place, struct derive_discover_names *names)
{
    for (size_t i = 0; i < place->found.list.n; i++)
        if (!place->topics_known || derive_discover_has(&place->all, place->found.list.items[i]))
            derive_discover_add(names, place->found.list.items[i]);
}

static void choose(struct pipeline_place *place, struct derive_discover_names *topics,
                   struct derive_discover_names *candidates)
{
    const struct conf *conf = place->pipeline->conf;
    struct derive_discover_names connectors = {0}, found = {0};
    VEC(const struct conf_globs *) globs = {0};
    bool probe = true;
    for (size_t i = 0; i < conf->nconnects; i++) {
        const struct conf_connect *c = &conf->connects[i];
        if (!pipeline_link_belongs(c, place))
            continue;
        vec_push(&globs, &c->control_topics);
        probe = probe && c->probe;
    }
    add_connectors(place, &connectors);
    add_found(place, &found);
    const struct derive_discover_cluster cluster = {.configured = globs.items,
                                                    .nconfigured = globs.n,
                                                    .topics = &place->all,
                                                    .connectors = &connectors,
                                                    .found = &found,
                                                    .probe = probe,
                                                    .only_configured = cluster_of(place)->no_records};
    derive_discover_topics(&cluster, topics, candidates);
    if (cluster.only_configured && connectors.list.n && !topics->list.n && !place->denied)
        source_event(place->pipeline->store, "collector", "warn", place->name,
                     "control topics are not read: records is deny, and control_topics names none");
    place->denied = cluster.only_configured && connectors.list.n;
    vec_done(&globs);
    derive_discover_done(&connectors);
    derive_discover_done(&found);
}

/* Hands names over where they are other ones than before. */
static bool replace(struct derive_discover_names *old, struct derive_discover_names *now)
{
    if (derive_discover_same(old, now)) {
        derive_discover_done(now);
        return false;
    }
    derive_discover_done(old);
    *old = *now;
    *now = (struct derive_discover_names){0};
    return true;
}

/* Gives the control source what there is to be read. */
static void give(struct pipeline_place *place, struct derive_discover_names *topics,
                 struct derive_discover_names *candidates)
{
    struct connect_control *control = source_self(place->control);
    size_t n = candidates->list.n;
    if (replace(&place->candidates, candidates)) {
        place->probed = false;
        connect_control_candidates(control, (const char *const *)place->candidates.list.items, n);
    }
    if (!is_told(place, n))
        return;
    bool first = !place->given;
    place->given = true;
    if (replace(&place->topics, topics) || first)
        connect_control_topics(control, (const char *const *)place->topics.list.items, place->topics.list.n);
}

void pipeline_place_work(struct pipeline_place *place)
{
    struct derive_discover_names topics = {0}, candidates = {0};
    if (!place->kafka)
        return;
    scan(place);
    if (!place->stale && (place->given || !place->control))
        return;
    place->stale = false;
    choose(place, &topics, &candidates);
    if (topics.list.n || candidates.list.n)
        pipeline_place_need(place);
    if (place->control)
        give(place, &topics, &candidates);
    derive_discover_done(&topics);
    derive_discover_done(&candidates);
}
