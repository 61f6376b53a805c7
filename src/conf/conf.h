/* What is in force: the command line over the configuration file over the defaults, each value with
 * where it came from. */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;

/* One librdkafka property of a cluster; value is the secret itself where secret is true: never
 * print it. */
struct conf_property {
    char *name, *value;
    bool secret;
    char *origin; /* "/etc/icetop/icetop.yaml:12:7", "-X", "client.properties:3" */
};

/* Globs that choose names: one of `in` must match (none given: all), and none of `out`. */
struct conf_globs {
    char **in, **out; /* NULL-terminated, or NULL */
};

/* Does the name pass? Globs as text_glob has them. */
bool conf_globs_match(const struct conf_globs *g, const char *name);

/* Where a broker is reached, by the address that the cluster names for it. */
struct conf_address {
    char *from, *to; /* a glob over HOST or HOST:PORT; HOST or HOST:PORT */
};

/* Pairs of addresses; the first that matches holds. */
struct conf_address_map {
    struct conf_address *items;
    size_t n;
};

struct conf_cluster {
    char *name; /* "default" if it came from -b */
    char *bootstrap;
    struct conf_property *properties; /* in the order to be applied, without bootstrap.servers */
    size_t nproperties;
    struct conf_globs groups, topics;
    struct conf_globs read_committed_groups; /* none without `in` */
    int interval_ms, deadline_ms, max_interval_ms, starts_interval_ms;
    bool read_committed;                /* ends are the last stable offset, not the high watermark */
    int64_t max_groups, max_partitions; /* caps: past them the round is partial */
    int max_requests_per_s;             /* 0: no cap */
    char *offsets;                      /* how committed offsets come: "auto" "poll" "subscribe" */
    bool no_records;                    /* nobody may look at what is in them */
    int max_in_flight;                  /* requests for committed offsets at once */
    char *command_config;               /* the Java client's file of the configuration, already in properties */
    char *socks5, *socks5_user;         /* HOST:PORT of a proxy and who asks it; NULL: none */
    char *socks5_password;              /* a secret: never print it */
    struct conf_address_map address_map;
    char **origins; /* conf's own: where each option came from, NULL: the default */
};

/* Commands, each an argument vector that ends with NULL. */
struct conf_commands {
    char ***items;
    size_t n;
};

/* A map of names to texts, in the order of the file. */
struct conf_pair {
    char *name, *value;
};

struct conf_pairs {
    struct conf_pair *items;
    size_t n;
};

/* Who asks over HTTP, and whom he trusts; NULL where nothing is set. The structs of net/http.h have the same parts. */
struct conf_http {
    char *user;
    char *password, *bearer; /* secrets: never print them */
    char *ca, *certificate, *key;
    char *key_password; /* a secret */
    bool insecure;
    char **headers; /* "Name: value", secrets; NULL-terminated, or NULL */
};

/* One Kafka Connect cluster, or as much of it as can be seen: its REST, its workers' logs, its control topics. */
struct conf_connect {
    char *name;    /* "default" if it came from the command line */
    char *cluster; /* the Kafka cluster of that name, NULL: none is known */
    char **urls;   /* of its workers, without a slash at the end; or NULL */
    struct conf_http http;
    int interval_ms, deadline_ms;
    char **logs; /* paths and globs, or NULL */
    struct conf_commands log_commands;
    char *log_zone; /* "local" "UTC" "+02:00" */
    bool log_archives;
    struct conf_globs control_topics; /* none without `in` */
    bool probe;                       /* looks for control topics that nobody has named */
    int64_t back_ms;
    char **origins; /* conf's own */
};

/* One Iceberg catalog, or one table. */
struct conf_catalog {
    char *name;
    char *type;            /* "hadoop" "sql" "rest" "table" */
    char *uri;             /* sql: the path of the file; rest: where it answers; else NULL */
    char *warehouse;       /* hadoop: a directory; rest: as the catalog calls it, or NULL */
    char *path;            /* table: a directory, a metadata file, the URL of one */
    struct conf_pairs map; /* what begins with a name where it is written is at its value as seen from here */
    struct conf_globs tables;
    struct conf_http http;
    char *credential;        /* CLIENT:SECRET, a secret */
    char *token_uri, *scope; /* or NULL */
    int interval_ms, deadline_ms;
    int64_t max_tables;
    char **origins; /* conf's own */
};

/* Endpoints that are scraped for metrics, all alike. */
struct conf_prometheus {
    char *name;               /* "default" if it came from the command line */
    char **urls;              /* each with its path, and its query where there is one; or NULL, as the next two */
    char **files;             /* paths and globs of files that name targets */
    char **http_sd;           /* URLs that do */
    bool http_sd_login;       /* http holds for these too */
    struct conf_pairs labels; /* of every target */
    int refresh_ms;           /* between two questions to http_sd */
    struct conf_globs keep;
    struct conf_http http;
    int interval_ms, deadline_ms;
    int64_t max_body, max_series;
    int64_t max_labels, max_label_name, max_label; /* of a series: how many; bytes of a label's name and value */
    char **origins; /* conf's own */
};

/* A list of maps of the file, each read into a struct of its own. */
struct conf_items {
    void *items;
    size_t n;
};

/* What a server is asked again and again. */
struct conf_query {
    char *name, *promql;
    char *unit; /* of what it gives: "none" "count" "bytes" "seconds" "milliseconds" "s" "ms" "us" "ns" "per_second" "ratio" */
    int every_ms;             /* 0: the server's interval */
    int64_t range_ms, step_ms; /* how far back the first answer reaches, 0: not at all; 0: step is every_ms */
};

/* A Prometheus-compatible server that is asked. */
struct conf_server {
    char *name;                /* HOST:PORT if it came from the command line */
    char *url;                 /* without a slash at the end, and without /api/v1 */
    struct conf_items queries; /* struct conf_query */
    bool alerts, rules, targets;
    char *tenant; /* or NULL */
    struct conf_http http;
    int interval_ms, deadline_ms;
    int64_t max_body;
    char **origins; /* conf's own */
};

/* How the series of one kind of server say what a service does. Selectors are checked, but otherwise as they were written;
 * NULL where nothing is named. */
struct conf_recipe {
    char *name, *title;
    bool enabled;
    char **match;
    char **service; /* names of labels */
    char **requests, **errors, **latency, **latency_count, **in_flight, **queue, **saturation, **capacity, **idle;
    bool errors_apart; /* requests does not count them */
    int64_t full;      /* the value of saturation that is full */
    char *unit;        /* of latency: "s" "ms" "us" "ns" */
    char **origins;    /* conf's own */
};

/* Tables that ought to carry the same date. */
struct conf_consistency {
    char *name;
    char **tables;     /* two or more, "NAMESPACE.NAME" or "CATALOG/NAMESPACE.NAME" */
    char *by;          /* "valid_through" "last_commit" "summary:KEY" "property:KEY" */
    int64_t within_ms; /* how far apart two times may be */
    char **origins;    /* conf's own */
};

/* What is older than after_ms is kept at one step of every_ms; both ascend from step to step. */
struct conf_step {
    int64_t after_ms, every_ms;
};

enum { CONF_STEPS_MAX = 8 };

struct conf_steps {
    struct conf_step items[CONF_STEPS_MAX];
    size_t n;
};

struct conf_history {
    bool enabled;
    char *path; /* NULL: the default */
    int64_t max_bytes, max_age_ms, sample_ms;
    struct conf_steps thin; /* of samples, as they age and space gets short */
};

struct conf_ui {
    int interval_ms; /* between two drawn changes */
    char *theme;     /* a name or a file; not yet checked: what themes there are, the console knows */
    char *graph;     /* "auto" "braille" "block" "ascii" */
    char *charset;   /* "auto" "utf-8" "ascii" */
    char *color;     /* "auto" "always" "never" */
    char *units;     /* of sizes: "iec" "si" */
    bool utc, mouse, exact, flash, plain;
    bool state, summary;
};

/* One key of one action of the console, as the file has it; an action's keys follow one another. */
struct conf_key {
    char *action, *key; /* key NULL: the action is to have none */
    unsigned line, column;
};

/* A feature of a dataset that is named. */
struct conf_feature {
    char *path;      /* as drift/event_path.h has it */
    char *name;      /* or NULL: the path */
    char *type;      /* "auto" "number" "category" */
    char *method;    /* of drift/method.h; or NULL: the type's */
    char *threshold; /* a number; or NULL: the method's */
};

/* Events of a topic, or another tool's report, whose distributions are watched. */
struct conf_dataset {
    char *name;
    char *cluster, *topic; /* or NULL */
    char *report;          /* a file; or NULL. Either it or the topic is there */
    char *format;          /* "json" "avro" "tensors" "detector" */
    char *schema;          /* of avro: a file or directory; or NULL */
    struct conf_items features; /* struct conf_feature; none: the schema is inferred */
    char *method, *threshold; /* of features that say nothing themselves: as theirs; or NULL */
    char *prediction, *label, *time; /* paths; or NULL */
    char **cohorts;                  /* paths; or NULL */
    int64_t window_ms, slide_ms, late_ms; /* slide_ms 0: window_ms */
    int64_t window_rows, slide_rows;      /* window_rows not 0: windows go by them */
    char *reference;                      /* "first" "previous" "trailing"; not looked at where there is a file */
    char *reference_file;                 /* or NULL */
    int64_t trailing_ms, back_ms;
    char *sample; /* a number above 0, at most 1 */
    int min_rows;
    char **origins; /* conf's own */
};

/* An option of a plugin's own, as it stands in the file; what it means the plugin knows. */
struct conf_setting {
    char *name, *value;
    bool secret; /* it was named instead of written: never print it */
    char *place; /* FILE:LINE:COLUMN */
};

struct conf_settings {
    struct conf_setting *items;
    size_t n;
};

/* A program, or a shared object in a program of its own, that fills tables. */
struct conf_plugin {
    char *name;     /* of the instance */
    char *plugin;   /* found by this name in the directories of plugins; or NULL */
    char **command; /* a program and its words; or NULL. Either it or plugin is there */
    char *format;   /* of what it writes: "json" "prometheus" "nagios" "influx" "csv" */
    bool stays;     /* it runs on, and is asked for each round */
    int interval_ms, deadline_ms, max_interval_ms;
    char **environment; /* names of variables that are passed on; or NULL */
    int64_t max_output, max_rows;
    char **key; /* csv: columns; or NULL, the first one */
    struct conf_settings settings;
    char **origins; /* conf's own */
};

struct conf {
    struct conf_cluster *clusters;
    size_t nclusters;
    struct conf_connect *connects;
    size_t nconnects;
    struct conf_catalog *catalogs;
    size_t ncatalogs;
    struct conf_prometheus *prometheus;
    size_t nprometheus;
    struct conf_server *servers;
    size_t nservers;
    struct conf_recipe *recipes;
    size_t nrecipes;
    struct conf_consistency *consistency;
    size_t nconsistency;
    struct conf_dataset *datasets;
    size_t ndatasets;
    struct conf_plugin *plugins;
    size_t nplugins;
    struct conf_key *keys; /* not yet checked: what actions there are, the console knows (ui/keymap.h) */
    size_t nkeys;
    struct conf_yaml *theme; /* a theme of one's own (conf/yaml.h), not yet checked; NULL: none */
    struct conf_history history;
    struct conf_ui ui;
    char *log_file, *log_level;
    /* the rest is conf's own */
    struct conf_internal *internal;
};

/* The options that may stand on any command's line, as getopt_long parses them; all borrowed for
 * the call. A zeroed one is none. */
struct conf_args {
    const char *config;          /* --config FILE, or NULL: ~/.config/icetop/icetop.yaml, then
                                   /etc/icetop/icetop.yaml */
    const char *bootstrap;       /* -b */
    const char *command_config;  /* --command-config FILE: a Java client's properties */
    const char **properties;     /* -X name=value; NULL-terminated or NULL */
    const char **groups;         /* -g GLOB, "!GLOB" leaves out; NULL-terminated or NULL */
    const char **topics;         /* -t GLOB; NULL-terminated or NULL */
    const char *interval;        /* -d SECONDS, or a duration with a unit */
    bool fast;                   /* --fast: no cap on requests */
    const char *socks5;          /* --socks5 HOST:PORT */
    const char *starts_interval; /* of --demo, whose retention works within seconds; or NULL */
    const char *cluster;         /* --cluster NAME: only this one */
    const char *history;         /* --history FILE, or --no-history as "" */
    const char **connects;       /* --connect URL[,URL...]; NULL-terminated or NULL, as those below */
    const char **connect_logs;   /* --connect-log PATH */
    const char **control_topics; /* --control-topic GLOB */
    const char **catalogs;       /* --catalog SPEC */
    const char **scrapes;        /* --scrape URL */
    const char **servers;        /* --prometheus URL */
    const char *sections;        /* prometheus and prometheus_servers of --demo, as YAML; or NULL */
    /* Says what is wrong with a selector of series, and at which byte; NULL: they are not checked. */
    int (*selector)(const char *text, size_t *at, struct error *err);
    bool no_clusters; /* none is read, and none is no error: for a console whose collector is configured elsewhere */
    bool may_be_empty; /* it is no error that there is nothing to look at */
    bool no_defaults;  /* the file's `defaults` do not hold either: for a cluster of our own (--demo) */
};

/* Reads everything and checks everything: the file by the table of options, properties by
 * librdkafka. -b (or a bootstrap.servers of --command-config) makes one cluster, "default", --connect and --connect-log
 * make Connect clusters and --catalog makes catalogs, in place of all that the file has of the three; with --cluster they
 * come beside what belongs to that cluster. -X, --command-config, -g and -t hold for every cluster, -d for all there is.
 * Secrets are fetched only for what stays, and may be commands, each of which blocks for up to ten
 * seconds: a running loop calls this from a worker. May be called again at any time; each result
 * stands on its own.
 * On error *ret is untouched and err holds "file:line:col: what, what is allowed". With nothing
 * to look at: ERR_NOT_FOUND with what to do. */
int conf_load(const struct conf_args *args, struct conf **ret, struct error *err);
void conf_free(struct conf *c); /* wipes secrets; NULL is allowed */

/* The cluster of that name, or NULL; so where there is no configuration. */
const struct conf_cluster *conf_find_cluster(const struct conf *c, const char *name);

/* The configuration file that was read, or NULL. */
const char *conf_file(const struct conf *c);

/* Where an option of ui came from, "file:line:column"; NULL: it is the default. */
const char *conf_ui_origin(const struct conf *c, const char *name);

/* Prints what is in force as YAML, each value with a comment that says where it came from, secrets
 * as three bullets. It loads again, with three bullets for each secret. */
void conf_print(const struct conf *c, struct str *out);

/* Warnings met while loading (a property of --command-config that has no counterpart), each a line
 * that ends in a newline; "" if none. */
const char *conf_warnings(const struct conf *c);

/* Appends the part of the manual that lists all options, in scdoc's format: for each section a
 * heading of the second level, for each option its name, type, what is allowed, default and help.
 */
void conf_document(struct str *out);

#endif
