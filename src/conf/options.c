/* The table of options. */
#include "conf/options.h"

#include "conf/options_sinks.h"

#include <string.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define MB     INT64_C(1000000)
#define TB     (1000000 * MB)

/* Where a field lies in its struct, and how wide it is. */
#define FIELD(type, member) .offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)

static const char *const isolations[] = {"read_uncommitted", "read_committed", NULL};
static const char *const subscriptions[] = {"auto", "poll", "subscribe", NULL};
static const char *const permissions[] = {"allow", "deny", NULL};
static const char *const graphs[] = {"auto", "braille", "block", "ascii", NULL};
static const char *const charsets[] = {"auto", "utf-8", "ascii", NULL};
static const char *const units[] = {"iec", "si", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const levels[] = {"error", "warn", "info", "debug", NULL};

static const struct conf_option cluster_options[] = {
    {
        .name = "bootstrap",
        .type = CONF_STRING,
        FIELD(conf_cluster, bootstrap),
        .unset = "required",
        .allowed = "HOST:PORT[,HOST:PORT...]",
        .help = "The brokers to ask first for the rest of the cluster; the port is 9092 where it "
                "is left out. On the command line: -b.",
    },
    {
        .name = "properties",
        .type = CONF_PROPERTIES,
        FIELD(conf_cluster, properties),
        .unset = "those of librdkafka",
        .allowed = "a map of librdkafka properties",
        .help = "How to connect: any property of librdkafka, such as security.protocol. A value "
                "is a text, or a secret as SECRETS says. Properties by which a client would join "
                "a group, commit or create are refused. Those of the cluster come after, and "
                "replace by name, those of defaults. On the command line: -X.",
    },
    {
        .name = "command_config",
        .type = CONF_PATH,
        FIELD(conf_cluster, command_config),
        .unset = "none",
        .allowed = "the path of a file",
        .help = "A Java client's properties file, as the tools of Apache Kafka take it. What it "
                "sets is translated into librdkafka's properties, over which those under "
                "properties win; what has no counterpart is named in a warning. On the command "
                "line: --command-config.",
    },
    {
        .name = "socks5",
        .type = CONF_STRING,
        FIELD(conf_cluster, socks5),
        .unset = "none",
        .allowed = "HOST:PORT",
        .help = "A SOCKS5 proxy through which every broker is reached, such as that of `ssh -D`. Brokers' names "
                "are resolved by the proxy, and TLS verifies them as ever. A token endpoint is not asked through "
                "it. On the command line: --socks5.",
    },
    {
        .name = "socks5_user",
        .type = CONF_STRING,
        FIELD(conf_cluster, socks5_user),
        .unset = "nobody",
        .allowed = "1 to 255 bytes",
        .help = "Who logs in to the proxy, where it asks for that.",
    },
    {
        .name = "socks5_password",
        .type = CONF_SECRET,
        FIELD(conf_cluster, socks5_password),
        .unset = "none",
        .allowed = "a text, or a secret as SECRETS says",
        .help = "The password that belongs to socks5_user.",
    },
    {
        .name = "address_map",
        .type = CONF_ADDRESSES,
        FIELD(conf_cluster, address_map),
        .unset = "none",
        .allowed = "a map of addresses to addresses",
        .help = "For brokers that name themselves by addresses which cannot be reached from here, but through a "
                "tunnel: the key is the address that a broker advertises, HOST or HOST:PORT, where globs match; "
                "the value is where to connect to instead, HOST:PORT, or HOST with the same port. The first key "
                "that matches holds. TLS verifies, and Kerberos names, the address that is advertised, not the "
                "one that is connected to. With socks5 the proxy is asked for the value.",
    },
    {
        .name = "groups",
        .type = CONF_GLOBS,
        FIELD(conf_cluster, groups),
        .preset = "*",
        .allowed = "a list of globs",
        .help = "Which consumer groups to look at: those that match one of the globs, but for "
                "those that match one with ! before it. On the command line: -g.",
    },
    {
        .name = "topics",
        .type = CONF_GLOBS,
        FIELD(conf_cluster, topics),
        .preset = "*",
        .allowed = "a list of globs",
        .help = "Which topics to look at, likewise. On the command line: -t.",
    },
    {
        .name = "interval",
        .type = CONF_DURATION,
        FIELD(conf_cluster, interval_ms),
        .min = 100,
        .max = HOUR,
        .preset = "5s",
        .help = "From the beginning of one round of questions to the next. On the command line: "
                "-d.",
    },
    {
        .name = "deadline",
        .type = CONF_DURATION,
        FIELD(conf_cluster, deadline_ms),
        .min = 100,
        .max = 10 * MINUTE,
        .preset = "10s",
        .help = "After this time a round ends with what has been answered.",
    },
    {
        .name = "max_interval",
        .type = CONF_DURATION,
        FIELD(conf_cluster, max_interval_ms),
        .min = 100,
        .max = DAY,
        .preset = "60s",
        .help = "While a cluster does not answer, the time between two tries grows up to this. "
                "Not less than interval.",
    },
    {
        .name = "starts_interval",
        .type = CONF_DURATION,
        FIELD(conf_cluster, starts_interval_ms),
        .min = SECOND,
        .max = DAY,
        .preset = "5m",
        .help = "How often the first offsets of all partitions are asked for, which change only when "
                "old messages are deleted. Those of partitions on which a group lags are read in every round.",
    },
    {
        .name = "isolation",
        .type = CONF_CHOICE,
        FIELD(conf_cluster, read_committed),
        .choices = isolations,
        .preset = "read_uncommitted",
        .help = "Where a partition ends: at its high watermark, or, for read_committed, at its "
                "last stable offset, behind which a consumer of transactions cannot read.",
    },
    {
        .name = "read_committed_groups",
        .type = CONF_GLOBS,
        FIELD(conf_cluster, read_committed_groups),
        .unset = "none",
        .allowed = "a list of globs",
        .help = "Groups whose consumers read with isolation read_committed: no reply of a broker "
                "tells. Their lag counts to the last stable offset, and aborted messages are "
                "none of it.",
    },
    {
        .name = "offsets",
        .type = CONF_CHOICE,
        FIELD(conf_cluster, offsets),
        .choices = subscriptions,
        .preset = "auto",
        .help = "How committed offsets come. poll: groups are asked in turn. subscribe: __consumer_offsets is read "
                "from its end on, where there is READ on it: commits show as they are made, with their time, and "
                "groups are "
                "asked only as a check. auto: subscribe, unless more records come than 20 for each request that "
                "max_requests_per_s allows. The column offsets of clusters says which and why.",
    },
    {
        .name = "records",
        .type = CONF_CHOICE,
        FIELD(conf_cluster, no_records),
        .choices = permissions,
        .preset = "allow",
        .help =
            "Whether a user may look at records of a partition (a key of the console, icetop record). Records are read "
            "only when somebody asks, are sent to him alone, and are kept nowhere. Denied, icetop reads none by "
            "itself either, as it does to see whether a short lag is made of transaction markers only.",
    },
    {
        .name = "max_groups",
        .type = CONF_INT,
        FIELD(conf_cluster, max_groups),
        .min = 1,
        .max = 1000000,
        .preset = "20000",
        .help = "With more groups than this, the rest is left out and said to be missing.",
    },
    {
        .name = "max_partitions",
        .type = CONF_INT,
        FIELD(conf_cluster, max_partitions),
        .min = 1,
        .max = 2000000,
        .preset = "500000",
        .help = "The same for partitions.",
    },
    {
        .name = "max_requests_per_s",
        .type = CONF_INT,
        FIELD(conf_cluster, max_requests_per_s),
        .min = 0,
        .max = 100000,
        .preset = "500",
        .help = "How many requests a second the cluster is asked at most; 0: no cap. A group's committed "
                "offsets cost two: with more groups than fit into the interval, those on screen, that lag or "
                "that move are read first, and the rows of the others are dated. On the command line: --fast "
                "for 0.",
    },
    {
        .name = "max_in_flight",
        .type = CONF_INT,
        FIELD(conf_cluster, max_in_flight),
        .min = 1,
        .max = 10000,
        .preset = "200",
        .help = "How many requests for committed offsets are under way at once.",
    },
};

static const struct conf_option history_options[] = {
    {
        .name = "enabled",
        .type = CONF_BOOL,
        FIELD(conf, history.enabled),
        .preset = "true",
        .help = "Whether to keep a history. On the command line: --no-history.",
    },
    {
        .name = "path",
        .type = CONF_PATH,
        FIELD(conf, history.path),
        .unset = "icetop/history.db in $XDG_STATE_HOME, which is ~/.local/state unless set",
        .allowed = "the path of a file",
        .help = "The SQLite file. Not on a network file system. On the command line: --history.",
    },
    {
        .name = "max_size",
        .type = CONF_SIZE,
        FIELD(conf, history.max_bytes),
        .min = 16 * MB,
        .max = 100 * TB,
        .preset = "4GB",
        .help = "When the file would be larger, the oldest goes.",
    },
    {
        .name = "max_age",
        .type = CONF_DURATION,
        FIELD(conf, history.max_age_ms),
        .min = 0,
        .max = 3650 * DAY,
        .preset = "90d",
        .help = "What is older goes; 0 is without a limit.",
    },
    {
        .name = "sample",
        .type = CONF_DURATION,
        FIELD(conf, history.sample_ms),
        .min = SECOND,
        .max = HOUR,
        .preset = "1m",
        .help = "A value that nobody looks at is kept at most once in this time.",
    },
    {
        .name = "thin",
        .type = CONF_STEPS,
        FIELD(conf, history.thin),
        .max = 3650 * DAY,
        .preset = "2h:5m, 6h:30m, 1d:2h",
        .allowed = "AGE:STEP, AGE:STEP... or none",
        .help = "While the file is larger than six tenths of max_size, what is older than AGE is thinned to one STEP, "
                "so that "
                "the file reaches further back: of an amount the least and the greatest of each step stay, of an "
                "offset or a time the last one, of texts and of what was unknown everything. With none nothing is "
                "thinned, and the oldest goes when the file is full.",
    },
};

static const struct conf_option ui_options[] = {
    {
        .name = "theme",
        .type = CONF_STRING,
        FIELD(conf, ui.theme),
        .preset = "default",
        .allowed = "default, dark, light, high-contrast, 8-colour, mono, or a theme file: NAME in "
                   "~/.config/icetop/themes/NAME.yaml, or a path",
        .help = "Colours and attributes; see THEMES in *icetop*(1).",
    },
    {
        .name = "graph",
        .type = CONF_CHOICE,
        FIELD(conf, ui.graph),
        .choices = graphs,
        .preset = "auto",
        .help = "What charts are drawn with; auto takes the finest that the terminal shows.",
    },
    {
        .name = "charset",
        .type = CONF_CHOICE,
        FIELD(conf, ui.charset),
        .choices = charsets,
        .preset = "auto",
        .help = "The characters used; auto follows the locale.",
    },
    {
        .name = "color",
        .type = CONF_CHOICE,
        FIELD(conf, ui.color),
        .choices = colors,
        .preset = "auto",
        .help = "Whether to use colour; auto does on a terminal that has it, unless NO_COLOR is "
                "set.",
    },
    {
        .name = "utc",
        .type = CONF_BOOL,
        FIELD(conf, ui.utc),
        .preset = "false",
        .help = "Clock times in UTC instead of local time.",
    },
    {
        .name = "mouse",
        .type = CONF_BOOL,
        FIELD(conf, ui.mouse),
        .preset = "false",
        .help = "Whether clicks and the wheel are taken from the terminal, which then needs Shift "
                "to select text.",
    },
    {
        .name = "exact",
        .type = CONF_BOOL,
        FIELD(conf, ui.exact),
        .preset = "false",
        .help = "All digits of a number instead of three.",
    },
    {
        .name = "units",
        .type = CONF_CHOICE,
        FIELD(conf, ui.units),
        .choices = units,
        .preset = "iec",
        .help = "Sizes in steps of 1024 (KiB, MiB: iec) or of 1000 (kB, MB: si).",
    },
    {
        .name = "plain",
        .type = CONF_BOOL,
        FIELD(conf, ui.plain),
        .preset = "false",
        .help = "Lines instead of a screen, as with --plain, where no other command is given.",
    },
    {
        .name = "flash",
        .type = CONF_BOOL,
        FIELD(conf, ui.flash),
        .preset = "true",
        .help = "What changes in a list stands out for a second: words, counts and positions, but "
                "not ages and rates, which always move.",
    },
    {
        .name = "state",
        .type = CONF_BOOL,
        FIELD(conf, ui.state),
        .preset = "true",
        .help = "Whether views, lists and bookmarks are remembered, in icetop/state.json of $XDG_STATE_HOME.",
    },
    {
        .name = "summary",
        .type = CONF_BOOL,
        FIELD(conf, ui.summary),
        .preset = "true",
        .help = "Whether a line at the end says what was wrong.",
    },
    {
        .name = "interval",
        .type = CONF_DURATION,
        FIELD(conf, ui.interval_ms),
        .min = 50,
        .max = MINUTE,
        .preset = "1s",
        .help = "The shortest time between two changes of the screen that no key asked for.",
    },
};

static const struct conf_option log_options[] = {
    {
        .name = "file",
        .type = CONF_PATH,
        FIELD(conf, log_file),
        .unset = "none is kept",
        .allowed = "the path of a file",
        .help = "Where to write the log.",
    },
    {
        .name = "level",
        .type = CONF_CHOICE,
        FIELD(conf, log_level),
        .choices = levels,
        .preset = "warn",
        .help = "Lines of this level and worse are written.",
    },
};

#define OPTIONS(array) .options = array, .n = sizeof array / sizeof *array

const struct conf_section conf_options[CONF_NSECTIONS] = {
    [CONF_CLUSTERS] = {.name = "clusters",
                       .help = "A map of names to clusters. The names are what the screen shows "
                               "and --cluster takes. With -b on the command line the clusters of "
                               "the file are left out. A map named defaults beside it takes the "
                               "same options, which hold for every cluster that does not have "
                               "them itself.",
                       OPTIONS(cluster_options)},
    [CONF_CONNECT] = {.name = "connect",
                      .help =
                          "A map of names to Kafka Connect clusters whose Iceberg sinks are watched. Each is of use "
                          "with whatever is given of it: the REST of its workers, their logs, or nothing but the "
                          "Kafka cluster in which its control topics are. With -b, --connect, --connect-log, "
                          "--catalog, --scrape or --prometheus on the command line, but without --cluster, those of the file are "
                          "left out.",
                      .options = conf_connect_options,
                      .n = CONF_CONNECT_OPTIONS},
    [CONF_CATALOGS] = {.name = "catalogs",
                       .help = "A map of names to Iceberg catalogs, or single tables, whose tables are watched. "
                               "Catalogs that a connector's own configuration names are watched without being named "
                               "here, where they can be reached from here; one here that has the name of a "
                               "connector's (its iceberg.catalog), or lies in its place, stands for it. Left out on "
                               "the same conditions as those under connect.",
                       .options = conf_catalog_options,
                       .n = CONF_CATALOG_OPTIONS},
    [CONF_PROMETHEUS] = {.name = "prometheus",
                         .help = "A map of names to endpoints that are scraped for metrics, as Prometheus does it: the "
                                 "name is the job of each. Left out on the same conditions as those under connect.",
                         .options = conf_prometheus_options,
                         .n = CONF_PROMETHEUS_OPTIONS},
    [CONF_SERVERS] = {.name = "prometheus_servers",
                      .help = "A map of names to servers with the HTTP API of Prometheus, which are asked for queries of "
                              "one's own, and for their alerts, rules and targets: Prometheus, Thanos, Mimir, "
                              "VictoriaMetrics. Left out on the same conditions as those under connect.",
                      .options = conf_server_options,
                      .n = CONF_SERVER_OPTIONS},
    [CONF_RECIPES] = {.name = "recipes",
                      .help = "A map of names to recipes: how the series of one kind of server say how many requests a "
                              "service answers, how many of them fail, how long they take, and how full it is. They come "
                              "beside those that icetop has; one of the same name takes its place. A recipe sees what "
                              "keep leaves of an endpoint. icetop check --recipes URL says what each finds there.",
                      .options = conf_recipe_options,
                      .n = CONF_RECIPE_OPTIONS},
    [CONF_CONSISTENCY] = {.name = "consistency",
                          .help = "A map of names to sets of tables that ought to carry the same date, because one run "
                                  "writes them or one model is trained on them. A finding says so when they do not.",
                          .options = conf_consistency_options,
                          .n = CONF_CONSISTENCY_OPTIONS},
    [CONF_DATASETS] = {.name = "datasets",
                       .help = "A map of names to datasets: events on a topic whose features are compared with a "
                               "reference, window by window, or reports of other tools. Nothing but topic is needed: "
                               "the features are found out then, and the first window is the reference.",
                       .options = conf_dataset_options,
                       .n = CONF_DATASET_OPTIONS},
    [CONF_PLUGINS] = {.name = "plugins",
                      .help = "A map of names to programs that fill tables: what icetop does not know itself. Several may "
                              "run the same program with other options. *icetop-plugin*(7) says what they write.",
                      .options = conf_plugin_options,
                      .n = CONF_PLUGIN_OPTIONS},
    [CONF_HISTORY] = {.name = "history",
                      .help = "What is kept for charts and for looking back.",
                      OPTIONS(history_options)},
    [CONF_UI] = {.name = "ui", .help = "How the screen looks.", OPTIONS(ui_options)},
    [CONF_LOG] = {.name = "log", .help = "What icetop says about itself.", OPTIONS(log_options)},
};

const struct conf_option *conf_options_find(const struct conf_section *s, const char *name, size_t *index)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->options[i].name, name) == 0) {
            *index = i;
            return &s->options[i];
        }
    return NULL;
}
