/* Options of plugins. */
#include "conf/options_sinks.h"

/* Where a field lies in its struct, and how wide it is. */
#define FIELD(member) .offset = offsetof(struct conf_plugin, member), .size = sizeof(((struct conf_plugin *)0)->member)

enum { SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR };
enum { KIB = 1024, MIB = 1024 * KIB };

static const char *const formats[] = {"json", "prometheus", "nagios", "influx", "csv", NULL};

const struct conf_option conf_plugin_options[CONF_PLUGIN_OPTIONS] = {
    {
        .name = "plugin",
        .type = CONF_STRING,
        FIELD(plugin),
        .unset = "command says what is run",
        .allowed = "a plugin's name",
        .help = "A plugin in one of the directories of plugins, as icetop plugins lists them.",
    },
    {
        .name = "command",
        .type = CONF_TEXTS,
        FIELD(command),
        .unset = "plugin says what is run",
        .allowed = "a list of words: [PROGRAM, WORD...]",
        .help = "A program and its arguments, run without a shell. With a slash in its name it is as seen from this file, "
                "and must be owned by root or oneself, and writable by nobody else, as the directories above it; without "
                "one it is looked for in PATH. Arguments are seen by every user of the machine: secrets belong under "
                "options.",
    },
    {
        .name = "format",
        .type = CONF_CHOICE,
        FIELD(format),
        .choices = formats,
        .preset = "json",
        .help = "What it writes to its standard output: json, lines of icetop's own protocol; prometheus, the text "
                "format; nagios, a monitoring plugin's line and performance data; influx, lines of points; csv, rows "
                "below a line of names.",
    },
    {
        .name = "stays",
        .type = CONF_BOOL,
        FIELD(stays),
        .preset = "false",
        .help = "Whether it runs on, and is asked for each round on its standard input, instead of being run once for "
                "each. A shared object always does.",
    },
    {
        .name = "interval",
        .type = CONF_DURATION,
        FIELD(interval_ms),
        .min = 100,
        .max = DAY,
        .preset = "10s",
        .help = "From the beginning of one round to the next. On the command line: -d.",
    },
    {
        .name = "deadline",
        .type = CONF_DURATION,
        FIELD(deadline_ms),
        .min = 100,
        .max = HOUR,
        .preset = "5s",
        .help = "A round that takes longer has failed, and the program is ended with all that it has started.",
    },
    {
        .name = "max_interval",
        .type = CONF_DURATION,
        FIELD(max_interval_ms),
        .min = 100,
        .max = DAY,
        .preset = "5m",
        .help = "While it fails, the time between two rounds grows up to this.",
    },
    {
        .name = "environment",
        .type = CONF_TEXTS,
        FIELD(environment),
        .unset = "none",
        .allowed = "a list of names of variables",
        .help = "Variables of icetop's own environment that are passed on, beside PATH, HOME, LANG and TZ, to which "
                "ICETOP_INSTANCE, ICETOP_INTERVAL_MS and ICETOP_DEADLINE_MS are added. There are no others.",
    },
    {
        .name = "max_output",
        .type = CONF_SIZE,
        FIELD(max_output),
        .min = 4 * KIB,
        .max = 256 * MIB,
        .preset = "1MB",
        .help = "Bytes of one run, or of one change set of a program that stays. One that writes more is ended, and its "
                "rows stay as they were.",
    },
    {
        .name = "max_rows",
        .type = CONF_INT,
        FIELD(max_rows),
        .min = 1,
        .max = 1000000,
        .preset = "100000",
        .help = "Rows in all of its tables. More are an error.",
    },
    {
        .name = "key",
        .type = CONF_TEXTS,
        FIELD(key),
        .unset = "the first column",
        .allowed = "a list of names of columns",
        .help = "Of csv: the columns by which a row is known from one run to the next.",
    },
    {
        .name = "options",
        .type = CONF_SETTINGS,
        FIELD(settings),
        .unset = "none",
        .allowed = "a map of names to texts, or to secrets as SECRETS says",
        .help = "The plugin's own options, which it is told on its standard input.",
    },
};
