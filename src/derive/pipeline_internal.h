/* What the files of the pipeline share. */
#ifndef DERIVE_PIPELINE_INTERNAL_H
#define DERIVE_PIPELINE_INTERNAL_H

#include "connect/cycles.h"
#include "derive/commits.h"
#include "derive/discover.h"
#include "derive/pipeline.h"
#include "derive/queryable.h"

struct derive_pipeline;
struct event;

/* A control topic of which records were read. */
struct pipeline_topic {
    char *name;
    int64_t first_ms; /* of the first record's time */
};

/* A Kafka cluster with its control topics, or a Connect cluster without Kafka: one set of commit cycles. */
struct pipeline_place {
    struct derive_pipeline *pipeline;
    char *name;
    bool kafka;
    int64_t back_ms;
    int64_t born_ms, scanned_ms;     /* monotonic; scanned: when the cluster's topics were read last */
    char *owner;                     /* see derive_pipeline_place; NULL as long as commits is */
    VEC(struct pipeline_topic) read; /* the one read last is the last */
    struct connect_cycles *cycles;
    struct derive_commits *commits;     /* NULL: nothing was heard of a sink yet */
    struct connect_backlog *backlog;    /* NULL likewise, and without Kafka */
    int64_t ends_ms;                    /* monotonic: when a round of Kafka was asked for; 0: never */
    struct derive_queryable *queryable; /* likewise */
    struct source *control;             /* NULL likewise, and without Kafka */
    bool topics_known, probed, given;
    bool stale;                                      /* who names control topics has said something new */
    bool denied;                                     /* connectors name topics whose records may not be read */
    struct derive_discover_names all, found;         /* topics of the cluster; those whose records are events */
    struct derive_discover_names topics, candidates; /* what the control source was given last */
};

/* One Connect cluster of the configuration: its REST and its logs. */
struct pipeline_link {
    struct derive_pipeline *pipeline;
    char *name;
    struct pipeline_place *place;
    struct source *worker, *logs;           /* NULL: none */
    bool heard;                             /* its connectors are known */
    bool compared;                          /* its Kafka cluster's id with that of its place */
    VEC(struct derive_discover_sink) sinks; /* by name */
    char *said;                             /* what the worker was told last; see connect_worker_ops */
};

/* A catalog with its source. */
struct pipeline_shelf {
    char *name;
    bool configured;
    bool broken;           /* its source is none of iceberg's: the configuration cannot be meant */
    bool trial;            /* it has been found, and not yet been read */
    struct source *source; /* NULL: it could not be read, and is left alone until retry_ms */
    char *why;             /* that */
    int64_t retry_ms;      /* monotonic */
    int64_t pause_ms;
    int64_t refreshed_ms,
        refreshed_round; /* monotonic: when it was asked for again, and the number of its rounds then */
    struct derive_discover_catalog *found; /* of one that was found: what its source was made of; owned */
};

struct derive_pipeline {
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler;
    struct store_listener *listener;
    struct event *work, *tick; /* what is to be done outside of who told; once in a while */
    const struct conf *conf;   /* borrowed */
    VEC(struct pipeline_place *) places;
    VEC(struct pipeline_link *) links;
    VEC(struct pipeline_shelf *) shelves;
    struct derive_discover_catalogs found;
    char **marks;        /* what sets of tables want to know of each table, as iceberg/marks.h has it; conf/lists.h */
    VEC(size_t) of_sink; /* of all sinks, links one after the other: index in found, or SIZE_MAX */
    bool sinks_changed;
    bool told;  /* how a catalog fares has been told to connectors' rows */
    bool quiet; /* a commit of our own */
};

const struct conf_connect *pipeline_connect(const struct conf *conf,
                                            const char *name); /* NULL: none; conf may be NULL */
/* Has things looked at soon: not now, since who tells may be in the middle of something. */
void pipeline_wake(struct derive_pipeline *p);
int64_t pipeline_now_ms(const struct derive_pipeline *p);
/* A source's row in `sources`; NULL where there is none. */
const struct row *pipeline_source_row(const struct derive_pipeline *p, const char *source);
/* Its state: "" where there is none. */
const char *pipeline_state(const struct derive_pipeline *p, const char *source);

/* ---- pipeline_place.c ---- */
struct pipeline_place *pipeline_place_find(struct derive_pipeline *p, const char *name, bool kafka);
struct pipeline_place *pipeline_place_new(struct derive_pipeline *p, const char *name, bool kafka);
/* Its control source is removed, and so is what belongs to it. */
void pipeline_place_free(struct pipeline_place *place);
/* From now on sinks are expected here. */
void pipeline_place_need(struct pipeline_place *place);
/* The cluster's configuration has changed; old NULL: anew. */
void pipeline_place_configure(struct pipeline_place *place, const struct conf_cluster *old,
                              const struct conf_cluster *now);
/* Looks which control topics there are. */
void pipeline_place_work(struct pipeline_place *place);

/* ---- pipeline_link.c ---- */
struct pipeline_link *pipeline_link_find(const struct derive_pipeline *p, const char *name);
/* Does a Connect cluster of the configuration belong to this place? */
bool pipeline_link_belongs(const struct conf_connect *c, const struct pipeline_place *place);
struct pipeline_link *pipeline_link_new(struct derive_pipeline *p, const struct conf_connect *conf,
                                        struct pipeline_place *place);
/* Has it follow another configuration; its place is the same. */
void pipeline_link_configure(struct pipeline_link *link, const struct conf_connect *was,
                             const struct conf_connect *now);
/* Its sources are removed; what it said is forgotten. */
void pipeline_link_free(struct pipeline_link *link);
/* Where its Kafka cluster was not known: moves it to that whose id its workers tell. Its place before is freed. */
void pipeline_link_adopt(struct pipeline_link *link);
/* Says so, once, where its workers use another Kafka cluster than it belongs to. */
void pipeline_link_compare(struct pipeline_link *link);
/* Writes what is to be said of its sinks' catalogs, which is known after its last round. */
void pipeline_link_tell(struct pipeline_link *link);

/* ---- pipeline_shelf.c ---- */
/* Has the shelves follow the configuration; old NULL: the first one. Those that stay learn which marks are wanted. */
void pipeline_shelf_configure(struct derive_pipeline *p, const struct conf *old);
/* Works out what connectors say of catalogs; of_sink is that of the sinks that there are then. */
void pipeline_shelf_find(struct derive_pipeline *p);
/* Has the shelves follow it. */
void pipeline_shelf_follow(struct derive_pipeline *p);
/* Looks how those fare that were found. */
void pipeline_shelf_work(struct derive_pipeline *p);
/* Has a catalog read again now, unless it was asked for a moment ago and that has not ended, or it fails. */
void pipeline_shelf_refresh(struct derive_pipeline *p, const char *name);
/* What is to be said of a sink's catalog: appended; nothing where it has none. at: of all sinks, as of_sink. */
void pipeline_shelf_say(const struct derive_pipeline *p, size_t at, const struct derive_discover_sink *sink,
                        struct str *out);
void pipeline_shelf_free(struct derive_pipeline *p, struct pipeline_shelf *shelf);

#endif
