/* What is to be watched: which topics of a Kafka cluster are control topics, or may be; which Iceberg catalogs there are, from the
 * configuration and from what connectors say of theirs. Pure: no socket, no file, no row. */
#ifndef DERIVE_DISCOVER_H
#define DERIVE_DISCOVER_H

#include "base/vec.h"
#include "conf/conf.h"
#include "connect/settings.h"
#include "iceberg/source.h"

enum { DERIVE_DISCOVER_TOPICS = 1000 /* control topics and candidates; there are far fewer that can be read */ };

/* Texts on the heap, each once, in the order they were added. Zeroed is empty. */
struct derive_discover_names {
    VEC(char *) list;
};

/* Copies the name, unless it is there. */
void derive_discover_add(struct derive_discover_names *names, const char *name);
bool derive_discover_has(const struct derive_discover_names *names, const char *name);
bool derive_discover_same(const struct derive_discover_names *a, const struct derive_discover_names *b);
void derive_discover_done(struct derive_discover_names *names);

/* ---- control topics ---- */

/* What tells of the control topics of one Kafka cluster; all borrowed. */
struct derive_discover_cluster {
    const struct conf_globs *const *configured; /* control_topics of the Connect clusters that belong to it */
    size_t nconfigured;
    const struct derive_discover_names *topics;     /* all that the cluster has, as far as they are known */
    const struct derive_discover_names *connectors; /* those that connectors name */
    const struct derive_discover_names *found;      /* those whose records are events */
    bool probe;                                     /* others may be looked at */
    bool only_configured; /* no record may be read but where the configuration names the topic */
};

/* Gives the topics to be read, the surest first: those configured (a glob chooses among the cluster's topics; a plain name holds
 * whether the topic is there or not), those of connectors, those found. candidates: of the others, those whose names hold
 * "control" or "iceberg", in any case; none where probe is false. Both are added to. */
void derive_discover_topics(const struct derive_discover_cluster *cluster, struct derive_discover_names *topics,
                            struct derive_discover_names *candidates);

/* ---- catalogs ---- */

/* What one connector's configuration says of where it commits to; owned. */
struct derive_discover_sink {
    char *connect, *connector;
    char *control_topic; /* NULL: a placeholder */
    char *kafka;         /* bootstrap servers of the Kafka of that topic, where it is not that of Connect; else NULL */
    struct derive_discover_names tables;
    bool routed;                             /* to tables that its configuration does not name */
    struct connect_settings_catalog catalog; /* a copy */
};

void derive_discover_sink_init(struct derive_discover_sink *sink, const char *connect, const char *connector,
                               const struct connect_settings *settings);
/* Wipes what may be a secret. */
void derive_discover_sink_done(struct derive_discover_sink *sink);
/* Would the two give the same? */
bool derive_discover_sink_same(const struct derive_discover_sink *a, const struct derive_discover_sink *b);

/* A catalog that connectors name. */
struct derive_discover_catalog {
    char *name;      /* of the source and of its rows; NULL where it is not to be read */
    bool configured; /* it is the configuration's catalog of that name, to which nothing is added */
    char *why;       /* it cannot be read from here: why; else NULL */
    char *identity;  /* type and place: the same for all who mean the same catalog; never shown, never NULL */
    enum iceberg_source_type type;
    char *uri, *warehouse; /* as struct iceberg_source_settings has them; warehouse may be NULL */
    char *token, *user, *password, *client_id, *client_secret, *oauth_uri, *scope; /* secrets among them; or NULL */
    struct derive_discover_names tables;                                           /* those that connectors write */
    bool all; /* somebody writes to tables that are not named: all are looked at */
};

struct derive_discover_catalogs {
    VEC(struct derive_discover_catalog) list;
};

/* Gives the catalogs of the sinks, those that mean the same as one; of_sink[i] is the index of sinks[i]'s, SIZE_MAX where it has
 * none configured. before: what was found the time before, whose names stay (NULL: none). */
void derive_discover_catalogs(const struct derive_discover_sink *sinks, size_t n, const struct conf_catalog *configured,
                              size_t nconfigured, const struct derive_discover_catalogs *before,
                              struct derive_discover_catalogs *ret, size_t *of_sink);
void derive_discover_catalogs_done(struct derive_discover_catalogs *c);
/* A copy on the heap, and the end of one; the struct itself stays the caller's to free. */
struct derive_discover_catalog *derive_discover_catalog_copy(const struct derive_discover_catalog *c);
void derive_discover_catalog_done(struct derive_discover_catalog *c);
/* Is there anything that a source of the one would do differently for the other, but for its tables? */
bool derive_discover_catalog_same(const struct derive_discover_catalog *a, const struct derive_discover_catalog *b);

#endif
