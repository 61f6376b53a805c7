/* Options of Connect clusters, of Iceberg catalogs, of scraped endpoints, of Prometheus servers and of sets of tables. */
#include "conf/options_sinks.h"

#include "conf/headers.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* Where a field lies in its struct, and how wide it is. */
#define FIELD(type, member) .offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)

/* What both have: who asks over HTTP, and whom he trusts. */
#define HTTP_OPTIONS(owner)                                                                                            \
    {.name = "user",                                                                                                   \
     .type = CONF_STRING,                                                                                              \
     FIELD(owner, http.user),                                                                                          \
     .unset = "nobody",                                                                                                \
     .allowed = "a text",                                                                                              \
     .help = "Who logs in by HTTP Basic."},                                                                            \
        {.name = "password",                                                                                           \
         .type = CONF_SECRET,                                                                                          \
         FIELD(owner, http.password),                                                                                  \
         .unset = "none",                                                                                              \
         .allowed = "a text, or a secret as SECRETS says",                                                             \
         .help = "The password that belongs to user."},                                                                \
        {.name = "bearer",                                                                                             \
         .type = CONF_SECRET,                                                                                          \
         FIELD(owner, http.bearer),                                                                                    \
         .unset = "none",                                                                                              \
         .allowed = "a text, or a secret as SECRETS says",                                                             \
         .help = "A token to show instead of user and password."},                                                     \
        {.name = "ca",                                                                                                 \
         .type = CONF_PATH,                                                                                            \
         FIELD(owner, http.ca),                                                                                        \
         .unset = "what the system trusts",                                                                            \
         .allowed = "the path of a PEM file or of a directory",                                                        \
         .help = "Whom the certificate must be signed by, in place of the authorities of the system."},                \
        {.name = "certificate",                                                                                        \
         .type = CONF_PATH,                                                                                            \
         FIELD(owner, http.certificate),                                                                               \
         .unset = "none",                                                                                              \
         .allowed = "the path of a PEM file",                                                                          \
         .help = "A certificate of one's own to show."},                                                               \
        {.name = "key",                                                                                                \
         .type = CONF_PATH,                                                                                            \
         FIELD(owner, http.key),                                                                                       \
         .unset = "in the file of the certificate",                                                                    \
         .allowed = "the path of a PEM file",                                                                          \
         .help = "The key that belongs to certificate."},                                                              \
        {.name = "key_password",                                                                                       \
         .type = CONF_SECRET,                                                                                          \
         FIELD(owner, http.key_password),                                                                              \
         .unset = "none",                                                                                              \
         .allowed = "a text, or a secret as SECRETS says",                                                             \
         .help = "Of a key that is encrypted."},                                                                       \
    {                                                                                                                  \
        .name = "insecure", .type = CONF_BOOL, FIELD(owner, http.insecure), .preset = "false",                         \
        .help = "Whether certificates are taken unverified: whoever stands between can then read and change all."      \
    }

/* What those that are asked for metrics have besides. */
#define HEADERS_OPTION(owner)                                                                                          \
    {                                                                                                                  \
        .name = "headers", .type = CONF_HEADERS, FIELD(owner, http.headers), .unset = "none",                          \
        .allowed = CONF_HEADERS_ALLOWED,                                                                               \
        .help = "Headers of each request, beside those that it has by itself. Their values are secrets, as a password " \
                "is: they are never shown, and follow no redirect.",                                                   \
    }

const struct conf_option conf_connect_options[CONF_CONNECT_OPTIONS] = {
    {
        .name = "cluster",
        .type = CONF_STRING,
        FIELD(conf_connect, cluster),
        .unset = "the cluster of the same name, else the only one, else that whose id its workers tell",
        .allowed = "the name of a cluster",
        .help = "The Kafka cluster that its workers use: there are the control topics and the consumer groups of its "
                "connectors.",
    },
    {
        .name = "urls",
        .type = CONF_TEXTS,
        FIELD(conf_connect, urls),
        .unset = "none",
        .allowed = "a list of http://HOST:PORT and https://HOST:PORT",
        .help = "The REST of its workers. One is enough; with more of them, any may be down. The port is 8083 where a "
                "plain HOST is written. On the command line: --connect.",
    },
    HTTP_OPTIONS(conf_connect),
    {
        .name = "interval",
        .type = CONF_DURATION,
        FIELD(conf_connect, interval_ms),
        .min = 100,
        .max = HOUR,
        .preset = "10s",
        .help = "From the beginning of one round of questions to the next. On the command line: -d.",
    },
    {
        .name = "deadline",
        .type = CONF_DURATION,
        FIELD(conf_connect, deadline_ms),
        .min = 100,
        .max = 10 * MINUTE,
        .preset = "10s",
        .help = "After this time a round ends with what has been answered.",
    },
    {
        .name = "logs",
        .type = CONF_PATHS,
        FIELD(conf_connect, logs),
        .unset = "none",
        .allowed = "a list of paths and globs",
        .help = "Logs of its workers, which are followed as they grow, are rotated and are cut. On the command line: "
                "--connect-log.",
    },
    {
        .name = "log_commands",
        .type = CONF_COMMANDS,
        FIELD(conf_connect, log_commands),
        .unset = "none",
        .allowed = "a list of commands, each a list of words: [[journalctl, -fu, connect]]",
        .help = "Programs that write such a log to their standard output, as `kubectl logs -f`, `journalctl -f` and "
                "`ssh` do. They are found on PATH and run without a shell; one that ends is started again.",
    },
    {
        .name = "log_zone",
        .type = CONF_STRING,
        FIELD(conf_connect, log_zone),
        .preset = "local",
        .allowed = "local, UTC, or an offset such as +02:00",
        .help = "The time zone of logs whose times name none.",
    },
    {
        .name = "log_archives",
        .type = CONF_BOOL,
        FIELD(conf_connect, log_archives),
        .preset = "false",
        .help = "Whether what rotation has left of these files is read first, the oldest before the others: "
                "connect.log.1, connect.log.2.gz, connect-2026-11-20.log.gz.",
    },
    {
        .name = "control_topics",
        .type = CONF_GLOBS,
        FIELD(conf_connect, control_topics),
        .unset = "those that connectors name or that are found by probing",
        .allowed = "a list of globs",
        .help = "Topics that are read as control topics of the sink, whatever else is known. On the command line: "
                "--control-topic.",
    },
    {
        .name = "probe",
        .type = CONF_BOOL,
        FIELD(conf_connect, probe),
        .preset = "true",
        .help =
            "Whether a few records are read of topics that may be control topics by their names, those that hold "
            "\"control\" or \"iceberg\", to see which are. Where records of the cluster is deny, it is not done, and "
            "only control_topics are read.",
    },
    {
        .name = "back",
        .type = CONF_DURATION,
        FIELD(conf_connect, back_ms),
        .min = MINUTE,
        .max = 30 * DAY,
        .preset = "6h",
        .help = "How far back control topics are read at the start. The longest of those of one Kafka cluster holds.",
    },
};

static const char *const catalog_types[] = {"auto", "hadoop", "sql", "rest", "table", NULL};

const struct conf_option conf_catalog_options[CONF_CATALOG_OPTIONS] = {
    {
        .name = "type",
        .type = CONF_CHOICE,
        FIELD(conf_catalog, type),
        .choices = catalog_types,
        .preset = "auto",
        .help =
            "hadoop: directories below warehouse. sql: an SQLite file, as JDBC and SQL catalogs write it, at uri. "
            "rest: an Iceberg REST catalog at uri. table: the one table at path. auto: what is there says which. On "
            "the command line: --catalog.",
    },
    {
        .name = "uri",
        .type = CONF_STRING,
        FIELD(conf_catalog, uri),
        .unset = "none",
        .allowed = "http://..., https://..., the path of a file, or jdbc:sqlite: before one",
        .help = "Where a catalog is that answers questions (rest) or is a file (sql).",
    },
    {
        .name = "warehouse",
        .type = CONF_STRING,
        FIELD(conf_catalog, warehouse),
        .unset = "none",
        .allowed = "a directory; of a REST catalog, what it calls a warehouse",
        .help = "The directory below which tables lie (hadoop); a relative path is relative to the directory of the "
                "configuration file. Of a REST catalog, which of its warehouses.",
    },
    {
        .name = "path",
        .type = CONF_STRING,
        FIELD(conf_catalog, path),
        .unset = "none",
        .allowed = "a directory, a metadata file, or the URL of one",
        .help = "One table: its directory, or its metadata file.",
    },
    {
        .name = "map",
        .type = CONF_PREFIXES,
        FIELD(conf_catalog, map),
        .unset = "none",
        .allowed = "a map of prefixes to directories, or to URLs",
        .help = "For files that are elsewhere here than where their writers say: what begins with the key "
                "(file:/lake/wh, s3://bucket/wh) is below the value. Of several that fit, the longest holds. A value "
                "may be "
                "an http or https URL, to which the catalog's user, token and certificate are then shown.",
    },
    {
        .name = "tables",
        .type = CONF_GLOBS,
        FIELD(conf_catalog, tables),
        .preset = "*",
        .allowed = "a list of globs",
        .help = "Which tables to look at, by NAMESPACE.NAME.",
    },
    HTTP_OPTIONS(conf_catalog),
    {
        .name = "credential",
        .type = CONF_SECRET,
        FIELD(conf_catalog, credential),
        .unset = "none",
        .allowed = "CLIENT:SECRET, or a secret as SECRETS says",
        .help = "Of a REST catalog whose tokens are had for client credentials (OAuth 2).",
    },
    {
        .name = "token_uri",
        .type = CONF_STRING,
        FIELD(conf_catalog, token_uri),
        .unset = "the catalog's own",
        .allowed = "http://... or https://...",
        .help = "Who gives tokens for credential.",
    },
    {
        .name = "scope",
        .type = CONF_STRING,
        FIELD(conf_catalog, scope),
        .unset = "catalog",
        .allowed = "a text",
        .help = "What to ask a token for.",
    },
    {
        .name = "interval",
        .type = CONF_DURATION,
        FIELD(conf_catalog, interval_ms),
        .min = 100,
        .max = DAY,
        .preset = "10s",
        .help = "From the beginning of one round to the next. On the command line: -d.",
    },
    {
        .name = "deadline",
        .type = CONF_DURATION,
        FIELD(conf_catalog, deadline_ms),
        .min = 100,
        .max = HOUR,
        .preset = "30s",
        .help = "After this time a round ends with what has been read.",
    },
    {
        .name = "max_tables",
        .type = CONF_INT,
        FIELD(conf_catalog, max_tables),
        .min = 1,
        .max = 100000,
        .preset = "1000",
        .help = "With more tables than this, the rest is left out and said to be missing.",
    },
};

const struct conf_option conf_prometheus_options[CONF_PROMETHEUS_OPTIONS] = {
    {
        .name = "urls",
        .type = CONF_TEXTS,
        FIELD(conf_prometheus, urls),
        .unset = "none; one of urls, files and http_sd is required",
        .allowed = "a list of http://HOST:PORT and https://HOST:PORT, with a path and a query behind it or without",
        .help =
            "The endpoints. The path is /metrics where none is written, the port 9100 where a plain HOST is. A query "
            "(?match[]={job=\"x\"}) is part of the name that is shown, but for what it says of a token or a password. "
            "On "
            "the command line: --scrape.",
    },
    {
        .name = "files",
        .type = CONF_PATHS,
        FIELD(conf_prometheus, files),
        .unset = "none",
        .allowed = "a list of paths and globs that end in .json, .yml or .yaml",
        .help =
            "Files that name endpoints, as those of Prometheus' file_sd_configs: a list of groups, each with targets "
            "([HOST:PORT, ...]) and labels. They are looked at every five seconds, or at each refresh if that is "
            "sooner; of one that cannot be read, what it "
            "named before stays. Of labels that begin with two underscores, __scheme__, __metrics_path__, "
            "__param_NAME, __scrape_interval__ and __scrape_timeout__ say how to ask, others nothing; "
            "job and instance say what it is called. Nothing is relabelled.",
    },
    {
        .name = "http_sd",
        .type = CONF_TEXTS,
        FIELD(conf_prometheus, http_sd),
        .unset = "none",
        .allowed = "a list of http://HOST:PORT/PATH and https://HOST:PORT/PATH",
        .help =
            "URLs that name endpoints, as those of Prometheus' http_sd_configs: they answer with such a list in JSON.",
    },
    {
        .name = "http_sd_login",
        .type = CONF_BOOL,
        FIELD(conf_prometheus, http_sd_login),
        .preset = "false",
        .help = "Whether user, password, bearer, ca, certificate, key, headers and insecure hold for http_sd as well; they are "
                "the endpoints' else, and shown to nobody but these.",
    },
    {
        .name = "refresh",
        .type = CONF_DURATION,
        FIELD(conf_prometheus, refresh_ms),
        .min = 1 * SECOND,
        .max = DAY,
        .preset = "1m",
        .help = "From one question to http_sd to the next.",
    },
    {
        .name = "labels",
        .type = CONF_PAIRS,
        FIELD(conf_prometheus, labels),
        .unset = "none",
        .allowed = "a map of names of labels to texts",
        .help = "Labels of every endpoint, beside those that files and http_sd give it, which win. Those that begin "
                "with two "
                "underscores are for what files and http_sd name, as said there.",
    },
    {
        .name = "keep",
        .type = CONF_KEEP,
        FIELD(conf_prometheus, keep),
        .unset = "all",
        .allowed = "a list of globs, and of selectors such as http_requests_total{code=~\"5..\"}",
        .help =
            "Names of metrics that are kept, of samples or, for histograms and summaries, without their suffix; "
            "nothing is stored of others. What has a { in it is a selector of PromQL, which asks for labels as well; "
            "of the "
            "buckets of a histogram, all or none should match. With ! before it, an entry leaves out what it matches.",
    },
    HTTP_OPTIONS(conf_prometheus),
    HEADERS_OPTION(conf_prometheus),
    {
        .name = "interval",
        .type = CONF_DURATION,
        FIELD(conf_prometheus, interval_ms),
        .min = 100,
        .max = HOUR,
        .preset = "15s",
        .help = "From one scrape to the next. On the command line: -d.",
    },
    {
        .name = "deadline",
        .type = CONF_DURATION,
        FIELD(conf_prometheus, deadline_ms),
        .min = 100,
        .max = 10 * MINUTE,
        .preset = "10s",
        .help = "A scrape that takes longer has failed.",
    },
    {
        .name = "max_body",
        .type = CONF_SIZE,
        FIELD(conf_prometheus, max_body),
        .min = 1024,
        .max = 1024 * 1024 * 1024,
        .preset = "64MB",
        .help = "A scrape whose answer is larger, after inflation, has failed, as with Prometheus' body_size_limit.",
    },
    {
        .name = "max_series",
        .type = CONF_INT,
        FIELD(conf_prometheus, max_series),
        .min = 1,
        .max = 1000000,
        .preset = "100000",
        .help = "A scrape of which keep chooses more series has failed, as with Prometheus' sample_limit.",
    },
    {
        .name = "max_labels",
        .type = CONF_INT,
        FIELD(conf_prometheus, max_labels),
        .min = 1,
        .max = 256,
        .preset = "256",
        .help = "A scrape with a series that keep chooses and that has more labels has failed, as with Prometheus' "
                "label_limit; those of the endpoint do not count. 256 are the most that any line may have.",
    },
    {
        .name = "max_label_name",
        .type = CONF_SIZE,
        FIELD(conf_prometheus, max_label_name),
        .min = 1,
        .max = 4096,
        .preset = "4096B",
        .help = "Likewise for the bytes of a label's name: label_name_length_limit. 4096 are the most that any name may "
                "have.",
    },
    {
        .name = "max_label",
        .type = CONF_SIZE,
        FIELD(conf_prometheus, max_label),
        .min = 1,
        .max = 4096,
        .preset = "4096B",
        .help = "Likewise for the bytes of a label's value: label_value_length_limit. 4096 are the most that all labels "
                "of a series may have together.",
    },
};

static const char *const query_units[] = {"none", "count", "bytes", "seconds",    "milliseconds",
                                          "s",    "ms",    "us",    "ns",         "per_second",
                                          "ratio", NULL};

static const struct conf_option query_options[] = {
    {
        .name = "name",
        .type = CONF_STRING,
        FIELD(conf_query, name),
        .unset = "required",
        .allowed = "a text, another one for each query of a server",
        .help = "What it is called on screen.",
    },
    {
        .name = "promql",
        .type = CONF_STRING,
        FIELD(conf_query, promql),
        .unset = "required",
        .allowed = "an expression of PromQL",
        .help = "What is asked. Each series of the answer is a row of its own.",
    },
    {
        .name = "every",
        .type = CONF_DURATION,
        FIELD(conf_query, every_ms),
        .min = 100,
        .max = DAY,
        .unset = "the server's interval",
        .help = "From one question to the next.",
    },
    {
        .name = "unit",
        .type = CONF_CHOICE,
        FIELD(conf_query, unit),
        .choices = query_units,
        .preset = "none",
        .help = "What the numbers are, for how they are written: a ratio of 0.25 as 25 %, seconds as 3 m 20 s. s is "
                "seconds, ms milliseconds; us and ns, micro- and nanoseconds, are named beside the number.",
    },
    {
        .name = "range",
        .type = CONF_DURATION,
        FIELD(conf_query, range_ms),
        .min = MINUTE,
        .max = 30 * DAY,
        .unset = "none",
        .help = "How much of the past is asked for at the start, so that the chart is full at once; and again, for as "
                "long as that, after a time in which nothing could be asked. It goes to the history, and is not asked "
                "for where none is kept.",
    },
    {
        .name = "step",
        .type = CONF_DURATION,
        FIELD(conf_query, step_ms),
        .min = SECOND,
        .max = DAY,
        .unset = "as every",
        .help = "How far apart the points of that are. More than 11,000, the most that Prometheus gives, are not asked "
                "for: the step is longer then.",
    },
};

static const struct conf_section query = {
    .name = "queries", .options = query_options, .n = sizeof query_options / sizeof *query_options};

const struct conf_option conf_server_options[CONF_SERVER_OPTIONS] = {
    {
        .name = "url",
        .type = CONF_STRING,
        FIELD(conf_server, url),
        .unset = "required",
        .allowed = "http://HOST:PORT or https://HOST:PORT, with a path behind it or without",
        .help =
            "Where it is, without /api/v1: with the path that is before that, as http://mimir/prometheus has one. The "
            "port is 9090 where a plain HOST is written. On the command line: --prometheus.",
    },
    {
        .name = "queries",
        .type = CONF_ITEMS,
        FIELD(conf_server, queries),
        .unset = "none",
        .allowed = "a list of maps: [{name: NAME, promql: EXPRESSION}]",
        .help = "What is asked again and again, each with the options that follow.",
        .item = &query,
        .item_size = sizeof(struct conf_query),
    },
    {
        .name = "alerts",
        .type = CONF_BOOL,
        FIELD(conf_server, alerts),
        .preset = "true",
        .help = "Whether its alerts are asked for. A server that has none of its own, such as VictoriaMetrics without "
                "vmalert, is none the worse for it; so for the next two.",
    },
    {
        .name = "rules",
        .type = CONF_BOOL,
        FIELD(conf_server, rules),
        .preset = "true",
        .help = "Whether its alerting and recording rules are asked for.",
    },
    {
        .name = "targets",
        .type = CONF_BOOL,
        FIELD(conf_server, targets),
        .preset = "true",
        .help = "Whether the targets that it scrapes are asked for.",
    },
    {
        .name = "tenant",
        .type = CONF_STRING,
        FIELD(conf_server, tenant),
        .unset = "none",
        .allowed = "a text",
        .help = "Whose data is asked for, of Mimir and others that serve several: the header X-Scope-OrgID.",
    },
    HTTP_OPTIONS(conf_server),
    HEADERS_OPTION(conf_server),
    {
        .name = "interval",
        .type = CONF_DURATION,
        FIELD(conf_server, interval_ms),
        .min = 100,
        .max = HOUR,
        .preset = "15s",
        .help =
            "From one time that alerts, rules and targets are asked for to the next, and queries that have no every. "
            "On the command line: -d.",
    },
    {
        .name = "deadline",
        .type = CONF_DURATION,
        FIELD(conf_server, deadline_ms),
        .min = 100,
        .max = 10 * MINUTE,
        .preset = "10s",
        .help = "A question that is not answered by then has failed; the others go on.",
    },
    {
        .name = "max_body",
        .type = CONF_SIZE,
        FIELD(conf_server, max_body),
        .min = 1024,
        .max = 1024 * 1024 * 1024,
        .preset = "64MB",
        .help = "A larger answer, after inflation, is an error.",
    },
};

const struct conf_option conf_consistency_options[CONF_CONSISTENCY_OPTIONS] = {
    {
        .name = "tables",
        .type = CONF_TEXTS,
        FIELD(conf_consistency, tables),
        .unset = "required",
        .allowed = "a list of NAMESPACE.NAME and CATALOG/NAMESPACE.NAME, two or more",
        .help = "The tables. Without its catalog a table is meant in whichever catalog it is found; those that no "
                "catalog shows are not judged.",
    },
    {
        .name = "by",
        .type = CONF_STRING,
        FIELD(conf_consistency, by),
        .preset = "valid_through",
        .allowed = "valid_through, last_commit, summary:KEY, property:KEY",
        .help =
            "What has to be the same: the time up to which the table is complete, as the sink says; the time of its "
            "last commit; what the newest snapshot that has the key says in its summary; a property of the table.",
    },
    {
        .name = "within",
        .type = CONF_DURATION,
        FIELD(conf_consistency, within_ms),
        .min = 0,
        .max = 3650 * DAY,
        .preset = "1h",
        .help = "How far apart times may be: those of valid_through and last_commit, and of a KEY whose values are all "
                "times. Other values have to be equal.",
    },
};
