/* What the configuration of a connector means, of an Iceberg sink above all: its groups, its control topic, its times, its
 * tables and its catalog; and what of it may be shown.
 *
 * Names and defaults are those of Apache Iceberg's sink 1.6 to 1.11 (docs: "Kafka Connect") and of Tabular's 0.6. A value
 * that is a placeholder of Connect (${PROVIDER:PATH:KEY}) is resolved within Connect's workers only: what depends on it is
 * not known here. */
#ifndef CONNECT_SETTINGS_H
#define CONNECT_SETTINGS_H

#include "base/vec.h"
#include "connect/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum connect_settings_sink { CONNECT_SETTINGS_OTHER, CONNECT_SETTINGS_APACHE, CONNECT_SETTINGS_TABULAR };

enum connect_settings_limit {
    CONNECT_SETTINGS_TABLES = 10000,
    CONNECT_SETTINGS_SHOWN = 4000, /* bytes of what is shown */
};

/* One setting; both texts are there. */
struct connect_settings_pair {
    char *name, *value;
};

/* The catalog as the sink's workers reach it; paths and hosts are theirs. All NULL where the sink has none configured. */
struct connect_settings_catalog {
    char *name; /* iceberg.catalog, by which control events name it; "iceberg" by default */
    char *type; /* "rest", "hive", "hadoop", "jdbc", "glue", "nessie", ...: of type or catalog-impl, "hive" where
                   neither is there; "custom" for a class that is not known; NULL: a placeholder */
    char *impl, *uri, *warehouse, *io_impl; /* NULL: not there, or a placeholder */
    bool has_credential, has_token;         /* for OAuth2; may be placeholders */
    bool placeholders;                      /* some of the properties are */
    VEC(struct connect_settings_pair)
    properties;  /* all of iceberg.catalog.* without that prefix, by name; some are secrets */
    char *shown; /* "rest https://catalog/ warehouse prod", without secrets, and what is a placeholder */
};

/* Texts are owned. What is a placeholder is NULL, or unknown, and named in unresolved. */
struct connect_settings {
    enum connect_settings_sink sink;
    char *class;  /* of the plugin; NULL: not there */
    char *topics; /* topics, or topics.regex; NULL: neither, as of most sources */
    char *shown;  /* "NAME=VALUE; NAME=VALUE; 3 more": those known to hold no secret */
    /* Of Iceberg sinks; else NULL, false and unknown. */
    char *group;      /* the group in its events; its coordinator's is this and "-coord" */
    char *data_group; /* the consumer group of its tasks */
    bool other_group; /* that is another one than the sink believes: it cannot elect a coordinator */
    char *control_topic;
    char *control_prefix; /* what the groups begin with by which its tasks read the control topic; a UUID follows */
    char *kafka;          /* bootstrap servers of the control topic, where they are not those of its worker */
    int64_t interval_ms, timeout_ms; /* of commits; CONNECT_EVENT_UNKNOWN for what is no number */
    VEC(char *) tables;              /* as configured, NAMESPACE.NAME */
    bool routed;                     /* each record names its table */
    char *branch;                    /* to which it commits; NULL: main */
    struct connect_settings_catalog catalog;
    VEC(char *) unresolved; /* names of the settings of which the above is made and that are placeholders */
};

/* Is a value one that Connect resolves, or does it hold one? */
bool connect_settings_placeholder(const char *value);

/* Reads the configuration of a connector of this name. class: the full name of its class where the configuration may have
 * an alias (NULL: an alias means Apache's sink). Never fails: what is malformed is unknown. */
void connect_settings_init(struct connect_settings *s, const char *connector, const struct connect_settings_pair *pairs,
                           size_t n, const char *class);
/* Wipes what may be a secret. A zeroed one is allowed. */
void connect_settings_done(struct connect_settings *s);

/* A property of the catalog ("s3.endpoint"), NULL if there is none; it may be a secret, or a placeholder. */
const char *connect_settings_property(const struct connect_settings_catalog *c, const char *name);

/* May the value of a setting of this name be shown? (Through connect_redact_text nevertheless.) */
bool connect_settings_safe(const char *name);

#endif
