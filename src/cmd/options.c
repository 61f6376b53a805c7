/* The tables of commands and options, and the parser that reads them. */
#include "cmd/options.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "prom/selector.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTING (OPTIONS_TOP | OPTIONS_SNAPSHOT | OPTIONS_COLLECT | OPTIONS_CHECK | OPTIONS_CONFIG | OPTIONS_RECORD)
#define WATCHING   (CONNECTING & ~OPTIONS_RECORD) /* what is beside Kafka */
#define DRAWING    (OPTIONS_TOP)
#define WRITING    (OPTIONS_TOP | OPTIONS_SNAPSHOT)
#define ROWS       (WRITING | OPTIONS_DRIFT)
#define SCREENS    (OPTIONS_TOP | OPTIONS_SNAPSHOT) /* of snapshot only with --screen */
#define EVERYWHERE                                                                                                     \
    (CONNECTING | OPTIONS_EXPLAIN | OPTIONS_DRIFT | OPTIONS_DEMO_BROKER | OPTIONS_PLUGINS | OPTIONS_PLUGIN_HOST)

const struct cmd_options_command_def cmd_options_commands[] = {
    {OPTIONS_TOP, "", "", "Shows the console; where standard output is no terminal, writes one snapshot instead.",
     false},
    {OPTIONS_SNAPSHOT, "snapshot", "[TABLE...]",
     "Waits for the first complete round, writes tables to standard output or a file, and ends.", false},
    {OPTIONS_RECORD, "record", "TOPIC PARTITION",
     "Reads records of a partition and prints them; kept nowhere. Exit status: 0 as asked, 1 none, 3 not quite as "
     "asked.",
     false},
    {OPTIONS_CHECK, "check", "",
     "Says once what is wrong, the worst first: a line for all, one for each finding, one for each source. Exit "
     "status: 0 "
     "all well, 1 warning, 2 critical, 3 unknown.",
     false},
    {OPTIONS_EXPLAIN, "explain", "[ID...]",
     "Prints what a finding is: what is seen, what it does to the data, what to do. Without an ID, lists all of them.",
     false},
    {OPTIONS_DRIFT, "drift", "[TABLE...] | reference save",
     "Compares the events of a file (--file) with a reference (--reference) and writes its features, the farthest "
     "beyond "
     "its line first, or other tables of drift; needs no Kafka, and no configuration but for --dataset. Exit status: 0 "
     "all well, 1 a mark "
     "short of drift or lines that could not be read, 2 drift, 3 nothing could be judged. With reference save, writes "
     "the reference (-o) of the file's events or, without one, of a whole window of a dataset's topic (--dataset); 0 "
     "or "
     "3.",
     false},
    {OPTIONS_CONFIG, "config", "",
     "Prints the configuration in force and where each value comes from; secrets as dots.", false},
    {OPTIONS_COLLECT, "collect", "",
     "Runs the collector alone, without a terminal, until it is told to end; icetop of this user with the same "
     "configuration, or with --attach, draws what it knows.",
     false},
    {OPTIONS_PLUGINS, "plugins", "[new NAME | test PATH]",
     "Lists the plugins that there are, what each declares, and those that the configuration names; how they do is in "
     "table plugins of a snapshot. With new, writes the skeleton of one in C, or with --exec of a program, into a new "
     "directory. With test, runs one against what was recorded and says what is against the contract; exit status: 0 "
     "nothing, 1 something, 2 it could not be tried.",
     false},
    {OPTIONS_PLUGIN_HOST, "plugin-host", "PATH",
     "Runs a plugin in C, a shared object, and speaks icetop-plugin(7) for it on standard input and output: what the "
     "collector starts.",
     true},
    {OPTIONS_DEMO_BROKER, "demo-broker", "", "The embedded brokers of --demo, as a process of their own.", true},
    {.name = NULL},
};

const struct cmd_options_def cmd_options_table[] = {
    {OPTIONS_BOOTSTRAP, "bootstrap-server", 'b', "HOST:PORT,...", CONNECTING, false, false,
     "The Kafka cluster to look at; no configuration file is needed then."},
    {OPTIONS_PROPERTY, "property", 'X', "NAME=VALUE", CONNECTING, true, false,
     "A property of librdkafka, for every cluster; may be repeated."},
    {OPTIONS_COMMAND_CONFIG, "command-config", 0, "FILE", CONNECTING, false, false,
     "A Java client's properties file; security, SASL and TLS settings are translated, and what cannot be is named."},
    {OPTIONS_SOCKS5, "socks5", 0, "HOST:PORT", CONNECTING, false, false,
     "Reaches every broker through this SOCKS5 proxy (ssh -D), which resolves their names."},
    {OPTIONS_GROUP, "group", 'g', "GLOB", CONNECTING, true, false,
     "Only consumer groups that match; with \"!\" before it, only those that do not. May be repeated."},
    {OPTIONS_TOPIC, "topic", 't', "GLOB", CONNECTING, true, false, "The same for topics."},
    {OPTIONS_CONNECT, "connect", 0, "URL,...", WATCHING, true, false,
     "The REST of a Kafka Connect cluster whose Iceberg sinks are watched: the URLs of its workers, or HOST:PORT; the "
     "port "
     "is 8083 if it is left out. May be repeated for further Connect clusters. Needs no Kafka cluster."},
    {OPTIONS_CONNECT_LOG, "connect-log", 0, "PATH", WATCHING, true, false,
     "A log of a Kafka Connect worker, or a glob for several, which is followed. May be repeated."},
    {OPTIONS_CONTROL_TOPIC, "control-topic", 0, "GLOB", WATCHING, true, false,
     "A control topic of the Iceberg sink, which is read whether or not it is found otherwise. May be repeated."},
    {OPTIONS_CATALOG, "catalog", 0, "SPEC", WATCHING, true, false,
     "An Iceberg catalog or table to watch; what it is is found out: a warehouse's directory, an SQLite file, a "
     "table's "
     "directory, a metadata file, the URL of a REST catalog or of a metadata file. May be repeated."},
    {OPTIONS_SCRAPE, "scrape", 0, "URL", WATCHING, true, false,
     "An endpoint whose metrics are read, as Prometheus does it: http://HOST:PORT/metrics, or HOST:PORT. May be "
     "repeated. "
     "Needs no Kafka cluster."},
    {OPTIONS_PROMETHEUS, "prometheus", 0, "URL", WATCHING, true, false,
     "A Prometheus server, or another with its HTTP API, that is asked for its alerts, rules and targets: "
     "http://HOST:PORT, or HOST:PORT. May be repeated. Needs no Kafka cluster."},
    {OPTIONS_FROM_LOG, "from-log", 0, "FILE", OPTIONS_SNAPSHOT, true, false,
     "Reads the log of a Kafka Connect worker, or - for standard input, gzip or not, and writes what it says of commit "
     "cycles: needs no Kafka and no configuration. May be repeated."},
    {OPTIONS_CONFIG_FILE, "config", 0, "FILE", CONNECTING | OPTIONS_DRIFT | OPTIONS_PLUGINS, false, false,
     "The configuration file, instead of ~/.config/icetop/icetop.yaml or /etc/icetop/icetop.yaml."},
    {OPTIONS_CLUSTER, "cluster", 0, "NAME", CONNECTING, false, false, "Only this one of the configured clusters."},
    {OPTIONS_DEMO, "demo", 0, NULL, OPTIONS_TOP | OPTIONS_SNAPSHOT | OPTIONS_CHECK | OPTIONS_RECORD, false, false,
     "Looks at an embedded cluster whose groups rise, drain, stall, lose messages and rebalance, at two Iceberg "
     "sinks on it, and at the metrics of an inference service whose slow requests become more, of its machines and of "
     "the "
     "brokers, scraped and as a Prometheus server tells of them."},
    {OPTIONS_DELAY, "delay", 'd', "SECONDS", CONNECTING, false, false,
     "Seconds between two rounds, instead of the configured interval; with snapshot, also between two snapshots."},
    {OPTIONS_FAST, "fast", 0, NULL, CONNECTING, false, false,
     "Asks as fast as the brokers answer: no cap on requests a second, in place of max_requests_per_s."},
    {OPTIONS_TIMES, "iterations", 'n', "TIMES", WRITING, false, false,
     "Ends after so many snapshots, or so many rounds in the console."},
    {OPTIONS_HISTORY, "history", 0, "FILE", CONNECTING, false, false,
     "The history database, instead of the configured one."},
    {OPTIONS_NO_HISTORY, "no-history", 0, NULL, CONNECTING, false, false, "Keeps no history and reads none."},
    {OPTIONS_FORMAT, "format", 0, "FORMAT", ROWS | OPTIONS_RECORD | OPTIONS_CHECK | OPTIONS_EXPLAIN | OPTIONS_PLUGINS,
     false, false,
     "text, json, ndjson, csv, tsv, markdown, html or openmetrics; text if not given. Of record: text, hex or json. Of "
     "check: text, json or openmetrics. Of explain and plugins: text or json."},
    {OPTIONS_COLUMNS, "columns", 0, "NAME,...", ROWS, false, false,
     "Only these columns, in this order; in the console, behind the names of the rows."},
    {OPTIONS_WHERE, "where", 0, "EXPRESSION", ROWS, false, false,
     "Only rows of which the expression is true: lag > 1000 and group ~ \"^pay\"."},
    {OPTIONS_FILTER, "filter", 0, "EXPRESSION", ROWS, false, false, "The same by the name that it has in the console."},
    {OPTIONS_SORT, "sort", 0, "COLUMN [desc],...", ROWS, false, false,
     "The order of the rows, instead of by key (of commit cycles: by their start; of features: the farthest beyond its "
     "line first)."},
    {OPTIONS_LIMIT, "limit", 0, "ROWS", ROWS, false, false, "At most so many rows a table."},
    {OPTIONS_OUTPUT, "output", 'o', "FILE", ROWS, false, false,
     "Writes there instead of to standard output; the file is replaced at once, when it is whole."},
    {OPTIONS_DEADLINE, "deadline", 0, "SECONDS", WRITING | OPTIONS_CHECK | OPTIONS_RECORD | OPTIONS_DRIFT, false, false,
     "How long to wait for the first complete round, for a connection, or for a window that a reference is made of; 30 "
     "if not given."},
    {OPTIONS_FOR, "for", 0, "DURATION", OPTIONS_CHECK, false, false,
     "Watches for so long before it says what is wrong: a number of seconds, or 90s, 10m, 1h30m. Some findings take "
     "more "
     "than one look."},
    {OPTIONS_RECIPES, "recipes", 0, "URL|JOB", OPTIONS_CHECK, true, false,
     "Scrapes an endpoint twice, a second or -d apart, and says which recipes of services fit it and what each part of "
     "them "
     "finds. A JOB is one under prometheus in the configuration, with its logins and with the endpoints that files and "
     "http_sd name. May be repeated. Exit status: 0 one "
     "fits, 1 none does, 3 it could not be read."},
    {OPTIONS_FILE, "file", 0, "FILE", OPTIONS_DRIFT, false, false,
     "The events: JSON, one a line, or - for standard input, gzip or not. All of them are one window, unless --window "
     "or --dataset say otherwise."},
    {OPTIONS_REFERENCE, "reference", 0, "FILE", OPTIONS_DRIFT, false, false,
     "What they are compared with: a reference as icetop drift reference save has written it, or events as those of "
     "--file, such as the set that a model was trained on. gzip or not."},
    {OPTIONS_DATASET, "dataset", 0, "NAME", OPTIONS_DRIFT, false, false,
     "A dataset of the configuration whose features, types, methods, prediction, label, cohorts, time, windows and "
     "reference hold for the file's events too, as far as options here do not say otherwise."},
    {OPTIONS_FEATURE, "feature", 0, "PATH|MAP", OPTIONS_DRIFT, true, false,
     "Only this feature: its path (order.amount), or a map as the configuration has them: '{path: order.amount, type: "
     "number, method: ks}'. May be repeated."},
    {OPTIONS_PREDICTION, "prediction", 0, "PATH", OPTIONS_DRIFT, false, false, "What the model said."},
    {OPTIONS_LABEL, "label", 0, "PATH", OPTIONS_DRIFT, false, false, "What was true."},
    {OPTIONS_COHORT, "cohort", 0, "PATH", OPTIONS_DRIFT, true, false,
     "A key by whose values events are divided into cohorts, which are looked at each by itself. May be repeated."},
    {OPTIONS_TIME, "time", 0, "PATH", OPTIONS_DRIFT, false, false, "When the event happened."},
    {OPTIONS_METHOD, "method", 0, "METHOD", OPTIONS_DRIFT, false, false,
     "The statistic by which features are judged that do not say it themselves: psi, ks, js, ...; evidently: the "
     "default by rows and distinct values, as Evidently has it. Instead of the reference's."},
    {OPTIONS_THRESHOLD, "threshold", 0, "NUMBER", OPTIONS_DRIFT, false, false,
     "Where their scores alarm, instead of the method's own or the reference's."},
    {OPTIONS_WINDOW, "window", 0, "DURATION", OPTIONS_DRIFT, false, false,
     "Windows of so long by the events' time, each judged by itself, instead of one of all: 90s, 5m, 1h, 1d. What is "
     "written is the worst of them. Without a reference they are compared with the first."},
    {OPTIONS_WHOLE, "whole", 0, NULL, OPTIONS_DRIFT, false, false,
     "All events are one window, whatever the dataset says."},
    {OPTIONS_FORCE, "force", 0, NULL, OPTIONS_DRIFT, false, false,
     "Saves a reference of fewer events than are wanted, too."},
    {OPTIONS_OFFSET, "offset", 0, "OFFSET", OPTIONS_RECORD, false, false,
     "Where to read: a number, start, end (the newest records), or committed (by the group that -g names); with -g "
     "that is "
     "meant if nothing is said, else end."},
    {OPTIONS_RECORDS, "count", 0, "RECORDS", OPTIONS_RECORD, false, false,
     "How many records, 1 to 100; 1 if not given."},
    {OPTIONS_VIEW, "view", 0, "NAME", DRAWING, false, false,
     "The view to begin with: overview, groups, topics, brokers, ..."},
    {OPTIONS_SCREEN, "screen", 0, "COMMAND", OPTIONS_SNAPSHOT, false, false,
     "Draws the console's screen instead, without a terminal, in --format text, ansi, html or svg: a view (groups), or "
     "anything that may stand behind \":\" (open payments)."},
    {OPTIONS_SIZE, "size", 0, "WIDTHxHEIGHT", OPTIONS_SNAPSHOT, false, false,
     "The size of that screen; 120x36 if not given."},
    {OPTIONS_AFTER, "after", 0, "SECONDS", OPTIONS_SNAPSHOT, false, false,
     "Lets time pass before that screen is drawn, for rates and charts."},
    {OPTIONS_THEME, "theme", 0, "NAME", SCREENS, false, false,
     "The theme: default, dark, light, high-contrast, 8-colour, mono, or the name or path of a theme file."},
    {OPTIONS_GRAPH, "graph", 0, "KIND", SCREENS, false, false,
     "What charts are made of: auto, braille, block or ascii."},
    {OPTIONS_COLOR, "color", 0, "WHEN", DRAWING, false, false,
     "auto, always or never; auto follows NO_COLOR and the terminal."},
    {OPTIONS_ASCII, "ascii", 0, NULL, SCREENS, false, false,
     "Draws with ASCII characters only, whatever the locale says."},
    {OPTIONS_UTC, "utc", 0, NULL, ROWS, false, false, "Shows clock times in UTC instead of local time."},
    {OPTIONS_EXACT, "exact", 0, NULL, SCREENS, false, false, "Begins with all digits of numbers instead of three."},
    {OPTIONS_MOUSE, "mouse", 0, NULL, DRAWING, false, false,
     "Takes clicks and the wheel; selecting text then needs Shift."},
    {OPTIONS_PLAIN, "plain", 0, NULL, DRAWING, false, false,
     "Lines instead of a screen, for screen readers and logs: what is wrong, the worst first, then what changes. Enter "
     "says "
     "all again, q and Enter ends."},
    {OPTIONS_ATTACH, "attach", 0, "[SOCKET]", WRITING | OPTIONS_CHECK, false, false,
     "Starts no collector, but draws, or judges, what a running one knows: that of the socket (after = or, with a / in "
     "it, as the "
     "next "
     "word), else the only one of this user."},
    {OPTIONS_SSH, "ssh", 0, "HOST", WRITING, false, false,
     "Runs the collector on that host by ssh, which has to have icetop as well, and draws here. Files that options "
     "name "
     "are the host's, as is the configuration of its clusters."},
    {OPTIONS_SOCKET, "socket", 0, "PATH", OPTIONS_TOP | OPTIONS_COLLECT, false, false,
     "Where the collector is to be found by others, instead of a place that follows from its configuration."},
    {OPTIONS_ALONE, "alone", 0, NULL, OPTIONS_TOP, false, false,
     "Starts a collector of its own at which nobody else attaches, even if there is one with the same configuration."},
    {OPTIONS_NO_STATE, "no-state", 0, NULL, OPTIONS_TOP, false, false,
     "Begins as declared and remembers nothing: no view, lists, bookmarks."},
    {OPTIONS_NO_SUMMARY, "no-summary", 0, NULL, OPTIONS_TOP, false, false,
     "Says nothing at the end about what was wrong."},
    {OPTIONS_LOG, "log", 0, "FILE", EVERYWHERE, false, false, "Appends diagnostics to this file."},
    {OPTIONS_LOG_LEVEL, "log-level", 0, "LEVEL", EVERYWHERE, false, false, "error, warn, info or debug."},
    {OPTIONS_STDIO, "stdio", 0, NULL, OPTIONS_COLLECT, false, false,
     "Speaks the stream of icetop-stream(5) on standard input and output, takes its configuration from there, and ends "
     "with "
     "it: what --ssh runs."},
    {OPTIONS_STREAM_FD, "stdio-fd", 0, "FD", OPTIONS_COLLECT | OPTIONS_DEMO_BROKER, false, true,
     "The inherited descriptor to speak on."},
    {OPTIONS_GROUPS_SCALE, "scale", 0, "GROUPS,PARTITIONS,COMMITS", OPTIONS_DEMO_BROKER, false, true,
     "A world of so many groups with so many partitions each, and so many commits a second over all of them."},
    {OPTIONS_SINKS, "sinks", 0, NULL, OPTIONS_DEMO_BROKER, false, true,
     "With Iceberg sinks, whose tables are in a directory that is gone at the end, and a Connect worker."},
    {OPTIONS_METRICS, "metrics", 0, NULL, OPTIONS_DEMO_BROKER, false, true,
     "With endpoints to scrape, and a Prometheus server."},
    {OPTIONS_DATASETS, "datasets", 0, NULL, OPTIONS_DEMO_BROKER, false, true,
     "With a dataset of its model topic, and a reference for it."},
    {OPTIONS_AHEAD, "ahead", 0, "SECONDS", OPTIONS_DEMO_BROKER, false, true,
     "Topics and groups are as if they had begun so long ago."},
    {OPTIONS_SECTIONS, "sections", 0, "YAML", WATCHING, false, true,
     "What is scraped and asked besides, as sections of a configuration."},
    {OPTIONS_EXEC, "exec", 0, NULL, OPTIONS_PLUGINS, false, false,
     "With plugins new: a program, in place of a plugin in C."},
    {OPTIONS_DESCRIBE, "describe", 0, NULL, OPTIONS_PLUGIN_HOST, false, true,
     "Only says what the plugin declares, a line of JSON for each option, table and page."},
    {OPTIONS_RECORDED, "recorded", 0, "FILE", OPTIONS_PLUGINS | OPTIONS_PLUGIN_HOST, false, false,
     "What plugins test answers requests of a plugin in C with, in place of the network, and its options; "
     "recorded.json "
     "beside the plugin if not given."},
    {OPTIONS_HELP, "help", 'h', NULL, EVERYWHERE, false, false, "Prints this and ends."},
    {OPTIONS_VERSION, "version", 'V', NULL, EVERYWHERE, false, false,
     "Prints the versions of icetop and of its libraries and ends."},
    {.name = NULL},
};

struct cmd_options {
    const struct cmd_options_command_def *command;
    int argc;
    char *const *argv;
    VEC(const char *) values[OPTIONS_COUNT]; /* "" for those without argument; NULL-terminated beyond n */
    VEC(const char *) operands;
};

static const struct cmd_options_command_def *find_command(const char *name)
{
    for (const struct cmd_options_command_def *c = cmd_options_commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

static const struct cmd_options_def *find_option(int letter_or_index)
{
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++)
        if (letter_or_index == (int)d->id + 1000 || (d->letter && d->letter == letter_or_index))
            return d;
    return NULL;
}

static int takes_argument(const struct cmd_options_def *d)
{
    return !d->arg ? no_argument : d->arg[0] == '[' ? optional_argument : required_argument;
}

/* getopt's own forms of the table: long options answer with id + 1000. */
static void make_getopt(struct option *longs, struct str *shorts)
{
    str_add(shorts, ":"); /* a missing argument is told from an unknown option */
    size_t n = 0;
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++) {
        longs[n++] = (struct option){d->name, takes_argument(d), NULL, (int)d->id + 1000};
        if (d->letter) {
            str_char(shorts, d->letter);
            if (d->arg)
                str_char(shorts, ':');
        }
    }
    longs[n] = (struct option){0};
}

static int take_option(struct cmd_options *o, int answer, char *const *argv, struct error *err)
{
    /* optopt is the letter, or 0 or id + 1000 for long ones; the word itself is the clearest name. */
    const char *word = argv[optind - 1];
    if (answer == '?' && optopt && optopt < 256)
        return error_set(err, ERR_INVALID, "unknown option -%c (icetop --help lists them)", optopt);
    if (answer == '?' && find_option(optopt))
        return error_set(err, ERR_INVALID, "option --%s takes no argument", find_option(optopt)->name);
    if (answer == '?')
        return error_set(err, ERR_INVALID, "unknown option %s (icetop --help lists them)", word);
    if (answer == ':') {
        const struct cmd_options_def *d = find_option(optopt);
        return error_set(err, ERR_INVALID, "option %s needs %s", word, d ? d->arg : "an argument");
    }
    const struct cmd_options_def *d = find_option(answer);
    bool left_out = takes_argument(d) == optional_argument && !optarg;
    if (d->arg && !left_out && !*optarg && d->id != OPTIONS_BOOTSTRAP) /* whose own complaint says what it wants */
        return error_set(err, ERR_INVALID, "option --%s needs %s, not nothing", d->name, d->arg);
    if (o->values[d->id].n && d->arg && !d->repeated)
        return error_set(err, ERR_INVALID, "option --%s is given twice", d->name);
    vec_reserve(&o->values[d->id], 2);
    vec_push(&o->values[d->id], d->arg && !left_out ? optarg : "");
    o->values[d->id].items[o->values[d->id].n] = NULL;
    return 0;
}

/* The command must be the first word that is no option; options may stand on either side of it. */
static int take_operands(struct cmd_options *o, int argc, char *const *argv, struct error *err)
{
    o->command = &cmd_options_commands[0];
    if (o->values[OPTIONS_ATTACH].n && !*o->values[OPTIONS_ATTACH].items[0] && optind < argc &&
        strchr(argv[optind], '/'))
        o->values[OPTIONS_ATTACH].items[0] = argv[optind++];
    if (optind < argc) {
        o->command = find_command(argv[optind]);
        if (!o->command || !*argv[optind])
            return error_set(err, ERR_INVALID, "unknown command \"%.100s\" (icetop --help lists them)", argv[optind]);
        optind++;
    }
    for (; optind < argc; optind++)
        vec_push(&o->operands, argv[optind]);
    if (o->operands.n && !*o->command->operands)
        return error_set(err, ERR_INVALID, "icetop %s takes no \"%.100s\"", o->command->name, o->operands.items[0]);
    vec_push(&o->operands, NULL);
    return 0;
}

/* A collector that runs already is configured; one by ssh is not where our sockets are. */
static int check_together(const struct cmd_options *o, struct error *err)
{
    bool attach = o->values[OPTIONS_ATTACH].n, ssh = o->values[OPTIONS_SSH].n;
    for (const struct cmd_options_def *d = cmd_options_table; d->name && (attach || ssh); d++) {
        bool collects = (d->commands == CONNECTING || d->commands == WATCHING) && d->id != OPTIONS_CONFIG_FILE;
        bool here = d->id == OPTIONS_DEMO || d->id == OPTIONS_SOCKET || d->id == OPTIONS_ALONE;
        if (o->values[d->id].n && (here || (attach && (collects || d->id == OPTIONS_SSH))))
            return error_set(err, ERR_INVALID, "option --%s means nothing with --%s", d->name,
                             attach ? "attach" : "ssh");
    }
    return 0;
}

static int check_allowed(const struct cmd_options *o, struct error *err)
{
    if (o->values[OPTIONS_WHERE].n && o->values[OPTIONS_FILTER].n)
        return error_set(err, ERR_INVALID, "--filter and --where are one: give either");
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++)
        if (o->values[d->id].n && !(d->commands & (unsigned)o->command->command))
            return error_set(err, ERR_INVALID, "option --%s means nothing to %s%s", d->name,
                             *o->command->name ? "icetop " : "the console", o->command->name);
    return 0;
}

int cmd_options_parse(int argc, char *const *argv, struct cmd_options **ret, struct error *err)
{
    struct cmd_options *o = mem_new(struct cmd_options);
    o->argc = argc;
    o->argv = argv;
    struct option longs[OPTIONS_COUNT + 1];
    struct str shorts = {0};
    make_getopt(longs, &shorts);
    char **permuted = mem_calloc((size_t)argc + 1, sizeof *permuted); /* getopt reorders its vector */
    memcpy(permuted, argv, (size_t)argc * sizeof *permuted);
    optind = 0; /* a full restart: the collector parses a second vector */
    opterr = 0;
    int rc = 0, answer;
    while (!rc && (answer = getopt_long(argc, permuted, str_text(&shorts), longs, NULL)) != -1)
        rc = take_option(o, answer, permuted, err);
    if (!rc)
        rc = take_operands(o, argc, permuted, err);
    if (!rc)
        rc = check_allowed(o, err);
    if (!rc)
        rc = check_together(o, err);
    free(permuted);
    str_done(&shorts);
    if (rc)
        cmd_options_free(o);
    else
        *ret = o;
    return rc;
}

void cmd_options_free(struct cmd_options *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < OPTIONS_COUNT; i++)
        vec_done(&o->values[i]);
    vec_done(&o->operands);
    free(o);
}

const struct cmd_options_command_def *cmd_options_command(const struct cmd_options *o)
{
    return o->command;
}

bool cmd_options_given(const struct cmd_options *o, enum cmd_options_id id)
{
    return o->values[id].n > 0;
}

const char *cmd_options_value(const struct cmd_options *o, enum cmd_options_id id)
{
    return o->values[id].n ? o->values[id].items[o->values[id].n - 1] : NULL;
}

const char *cmd_options_condition(const struct cmd_options *o)
{
    return cmd_options_value(o, cmd_options_given(o, OPTIONS_FILTER) ? OPTIONS_FILTER : OPTIONS_WHERE);
}

const char *cmd_options_of(const struct cmd_options *o, enum cmd_options_use use)
{
    static const unsigned uses[OPTIONS_COUNT] = {
        [OPTIONS_BOOTSTRAP] = OPTIONS_LIVE_ONLY,
        [OPTIONS_PROPERTY] = OPTIONS_LIVE_ONLY,
        [OPTIONS_COMMAND_CONFIG] = OPTIONS_LIVE_ONLY,
        [OPTIONS_SOCKS5] = OPTIONS_LIVE_ONLY,
        [OPTIONS_CONNECT] = OPTIONS_LIVE_ONLY,
        [OPTIONS_CONNECT_LOG] = OPTIONS_LIVE_ONLY,
        [OPTIONS_CONTROL_TOPIC] = OPTIONS_LIVE_ONLY,
        [OPTIONS_CATALOG] = OPTIONS_LIVE_ONLY,
        [OPTIONS_SCRAPE] = OPTIONS_LIVE_ONLY,
        [OPTIONS_PROMETHEUS] = OPTIONS_LIVE_ONLY,
        [OPTIONS_SECTIONS] = OPTIONS_LIVE_ONLY,
        [OPTIONS_CLUSTER] = OPTIONS_LIVE_ONLY,
        [OPTIONS_GROUP] = OPTIONS_LIVE_ONLY,
        [OPTIONS_TOPIC] = OPTIONS_LIVE_ONLY,
        [OPTIONS_DEMO] = OPTIONS_LIVE_ONLY,
        [OPTIONS_DELAY] = OPTIONS_LIVE_ONLY,
        [OPTIONS_ATTACH] = OPTIONS_LIVE_ONLY,
        [OPTIONS_SSH] = OPTIONS_LIVE_ONLY,
        [OPTIONS_FORMAT] = OPTIONS_FILES_ONLY,
        [OPTIONS_LIMIT] = OPTIONS_FILES_ONLY | OPTIONS_ROWS_ONLY,
        [OPTIONS_OUTPUT] = OPTIONS_FILES_ONLY,
        [OPTIONS_DEADLINE] = OPTIONS_FILES_ONLY | OPTIONS_LIVE_ONLY,
        [OPTIONS_TIMES] = OPTIONS_ROWS_ONLY | OPTIONS_LIVE_ONLY,
        [OPTIONS_SIZE] = OPTIONS_SCREEN_ONLY,
        [OPTIONS_AFTER] = OPTIONS_SCREEN_ONLY,
        [OPTIONS_THEME] = OPTIONS_SCREEN_ONLY,
        [OPTIONS_GRAPH] = OPTIONS_SCREEN_ONLY,
        [OPTIONS_ASCII] = OPTIONS_SCREEN_ONLY,
        [OPTIONS_EXACT] = OPTIONS_SCREEN_ONLY,
    };
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++)
        if ((uses[d->id] & (unsigned)use) && cmd_options_given(o, d->id))
            return d->name;
    return NULL;
}

const char **cmd_options_values(const struct cmd_options *o, enum cmd_options_id id)
{
    return o->values[id].items;
}

const char *const *cmd_options_operands(const struct cmd_options *o)
{
    return o->operands.items;
}

static int refuse_number(enum cmd_options_id id, const char *text, const char *wanted, struct error *err)
{
    const char *name = "";
    for (const struct cmd_options_def *d = cmd_options_table; d->name; d++)
        if (d->id == id)
            name = d->name;
    return error_set(err, ERR_INVALID, "option --%s: \"%.100s\" is not %s", name, text, wanted);
}

int cmd_options_seconds(const struct cmd_options *o, enum cmd_options_id id, double missing, double *ret,
                        struct error *err)
{
    const char *text = cmd_options_value(o, id);
    char *end;
    double v = text ? strtod(text, &end) : missing;
    if (text && (end == text || *end || !isfinite(v) || v < 0.001 || v > 1e9))
        return refuse_number(id, text, "a number of seconds, 0.001 or more", err);
    *ret = v;
    return 0;
}

int cmd_options_count(const struct cmd_options *o, enum cmd_options_id id, int64_t missing, int64_t *ret,
                      struct error *err)
{
    const char *text = cmd_options_value(o, id);
    errno = 0;
    int64_t v = text ? strtoll(text, NULL, 10) : missing;
    if (text && (text[strspn(text, "0123456789")] || errno || v < 1))
        return refuse_number(id, text, "a whole number, 1 or more", err);
    *ret = v;
    return 0;
}

int cmd_options_bad_usage(int argc, char *const *argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "check") == 0 || strcmp(argv[i], "drift") == 0)
            return 3;
    return 2;
}

struct conf_args cmd_options_conf_args(const struct cmd_options *o)
{
    return (struct conf_args){
        .config = cmd_options_value(o, OPTIONS_CONFIG_FILE),
        .bootstrap = cmd_options_value(o, OPTIONS_BOOTSTRAP),
        .command_config = cmd_options_value(o, OPTIONS_COMMAND_CONFIG),
        .properties = cmd_options_values(o, OPTIONS_PROPERTY),
        .groups = cmd_options_values(o, OPTIONS_GROUP),
        .topics = cmd_options_values(o, OPTIONS_TOPIC),
        .interval = cmd_options_value(o, OPTIONS_DELAY),
        .fast = cmd_options_given(o, OPTIONS_FAST),
        .connects = cmd_options_values(o, OPTIONS_CONNECT),
        .connect_logs = cmd_options_values(o, OPTIONS_CONNECT_LOG),
        .control_topics = cmd_options_values(o, OPTIONS_CONTROL_TOPIC),
        .catalogs = cmd_options_values(o, OPTIONS_CATALOG),
        .scrapes = cmd_options_values(o, OPTIONS_SCRAPE),
        .servers = cmd_options_values(o, OPTIONS_PROMETHEUS),
        .sections = cmd_options_value(o, OPTIONS_SECTIONS),
        .selector = prom_selector_check,
        .socks5 = cmd_options_value(o, OPTIONS_SOCKS5),
        .starts_interval = cmd_options_given(o, OPTIONS_DEMO) ? "20s" : NULL, /* losses show within a minute */
        .cluster = cmd_options_value(o, OPTIONS_CLUSTER),
        .no_defaults = cmd_options_given(o, OPTIONS_DEMO), /* the user's TLS and SASL are not for these brokers */
        .history = cmd_options_given(o, OPTIONS_NO_HISTORY) ? "" : cmd_options_value(o, OPTIONS_HISTORY),
    };
}

char *const *cmd_options_argv(const struct cmd_options *o, int *argc)
{
    *argc = o->argc;
    return o->argv;
}
