/* The command line: one table of commands and one of options, from which parsing, help, man page and completion come. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "base/error.h"
#include "conf/conf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str;
struct cmd_options;

/* Commands, as bits, so that an option can say where it is allowed. */
enum cmd_options_command {
    OPTIONS_TOP = 1 << 0,
    OPTIONS_SNAPSHOT = 1 << 1,
    OPTIONS_COLLECT = 1 << 2,
    OPTIONS_CHECK = 1 << 3,
    OPTIONS_CONFIG = 1 << 4,
    OPTIONS_DEMO_BROKER = 1 << 5,
    OPTIONS_RECORD = 1 << 6,
    OPTIONS_EXPLAIN = 1 << 7,
    OPTIONS_DRIFT = 1 << 8,
    OPTIONS_PLUGINS = 1 << 9,
    OPTIONS_PLUGIN_HOST = 1 << 10,
};

struct cmd_options_command_def {
    enum cmd_options_command command;
    const char *name;     /* as typed; "" for the console, which needs none */
    const char *operands; /* "[TABLE…]" or "" */
    const char *help;     /* a sentence */
    bool hidden;          /* for the program's own use */
};

enum cmd_options_id {
    OPTIONS_BOOTSTRAP,
    OPTIONS_PROPERTY,
    OPTIONS_COMMAND_CONFIG,
    OPTIONS_SOCKS5,
    OPTIONS_CONNECT,
    OPTIONS_CONNECT_LOG,
    OPTIONS_CONTROL_TOPIC,
    OPTIONS_CATALOG,
    OPTIONS_SCRAPE,
    OPTIONS_PROMETHEUS,
    OPTIONS_FROM_LOG,
    OPTIONS_CONFIG_FILE,
    OPTIONS_CLUSTER,
    OPTIONS_GROUP,
    OPTIONS_TOPIC,
    OPTIONS_DEMO,
    OPTIONS_DELAY,
    OPTIONS_FAST,
    OPTIONS_TIMES,
    OPTIONS_HISTORY,
    OPTIONS_NO_HISTORY,
    OPTIONS_FORMAT,
    OPTIONS_COLUMNS,
    OPTIONS_WHERE,
    OPTIONS_FILTER,
    OPTIONS_SORT,
    OPTIONS_LIMIT,
    OPTIONS_OUTPUT,
    OPTIONS_DEADLINE,
    OPTIONS_FOR,
    OPTIONS_RECIPES,
    OPTIONS_FILE,
    OPTIONS_REFERENCE,
    OPTIONS_DATASET,
    OPTIONS_FEATURE,
    OPTIONS_PREDICTION,
    OPTIONS_LABEL,
    OPTIONS_COHORT,
    OPTIONS_TIME,
    OPTIONS_METHOD,
    OPTIONS_THRESHOLD,
    OPTIONS_WINDOW,
    OPTIONS_WHOLE,
    OPTIONS_FORCE,
    OPTIONS_OFFSET,
    OPTIONS_RECORDS,
    OPTIONS_VIEW,
    OPTIONS_SCREEN,
    OPTIONS_SIZE,
    OPTIONS_AFTER,
    OPTIONS_THEME,
    OPTIONS_GRAPH,
    OPTIONS_COLOR,
    OPTIONS_ASCII,
    OPTIONS_UTC,
    OPTIONS_EXACT,
    OPTIONS_MOUSE,
    OPTIONS_PLAIN,
    OPTIONS_ATTACH,
    OPTIONS_SSH,
    OPTIONS_SOCKET,
    OPTIONS_ALONE,
    OPTIONS_NO_STATE,
    OPTIONS_NO_SUMMARY,
    OPTIONS_LOG,
    OPTIONS_LOG_LEVEL,
    OPTIONS_STDIO,
    OPTIONS_STREAM_FD,
    OPTIONS_GROUPS_SCALE,
    OPTIONS_SINKS,
    OPTIONS_METRICS,
    OPTIONS_DATASETS,
    OPTIONS_AHEAD,
    OPTIONS_SECTIONS,
    OPTIONS_EXEC,
    OPTIONS_DESCRIBE,
    OPTIONS_RECORDED,
    OPTIONS_HELP,
    OPTIONS_VERSION,
    OPTIONS_COUNT,
};

/* What an option is of use for alone, where a command has more uses than one. */
enum cmd_options_use {
    OPTIONS_FILES_ONLY = 1,  /* what is written; the console writes nothing by itself */
    OPTIONS_ROWS_ONLY = 2,   /* a snapshot of rows */
    OPTIONS_SCREEN_ONLY = 4, /* a picture of the screen */
    OPTIONS_LIVE_ONLY = 8,   /* what is watched, in place of logs in files */
};

struct cmd_options_def {
    enum cmd_options_id id;
    const char *name; /* long, without the dashes */
    char letter;      /* or 0 */
    const char *arg;  /* its argument's name in help, in brackets if it may be left out; NULL: it takes none */
    unsigned commands;
    bool repeated, hidden;
    const char *help; /* a sentence */
};

/* Both tables end with a row whose name is NULL. */
extern const struct cmd_options_def cmd_options_table[];
extern const struct cmd_options_command_def cmd_options_commands[];

/* Reads the command line; the strings in argv are borrowed and must outlive *ret. ERR_INVALID says what is wrong and how to get
 * help. */
int cmd_options_parse(int argc, char *const *argv, struct cmd_options **ret, struct error *err);
void cmd_options_free(struct cmd_options *o); /* NULL is allowed */

const struct cmd_options_command_def *cmd_options_command(const struct cmd_options *o);
bool cmd_options_given(const struct cmd_options *o, enum cmd_options_id id);
/* The (last) value, or NULL; "" where an argument was left out that may be. */
const char *cmd_options_value(const struct cmd_options *o, enum cmd_options_id id);
/* --where or --filter, or NULL. */
const char *cmd_options_condition(const struct cmd_options *o);
/* The name of an option that was given and is for that use alone, or NULL. */
const char *cmd_options_of(const struct cmd_options *o, enum cmd_options_use use);
/* All values of a repeated option, NULL-terminated, or NULL if it was not given. */
const char **cmd_options_values(const struct cmd_options *o, enum cmd_options_id id);
/* What is neither option nor command, NULL-terminated. */
const char *const *cmd_options_operands(const struct cmd_options *o);
/* A value as seconds: a positive decimal number. missing if not given; ERR_INVALID names option and value. */
int cmd_options_seconds(const struct cmd_options *o, enum cmd_options_id id, double missing, double *ret,
                        struct error *err);
/* A value as a count: decimal digits, at least 1. */
int cmd_options_count(const struct cmd_options *o, enum cmd_options_id id, int64_t missing, int64_t *ret,
                      struct error *err);
/* The exit status for a command line that cannot be used: 2, but 3 for `check` and `drift`, to whose reader 2
 * says critical. */
int cmd_options_bad_usage(int argc, char *const *argv);
/* What configuration reads of it; borrows from o. */
struct conf_args cmd_options_conf_args(const struct cmd_options *o);
/* The vector given to cmd_options_parse, for handing on. */
char *const *cmd_options_argv(const struct cmd_options *o, int *argc);

/* "icetop -b HOST --cluster prod", quoted for a shell: what says what is looked at, without what only one command takes.
 * Properties that may be secrets are left out. Appended. */
void cmd_options_again(const struct cmd_options *o, struct str *out);

/* --help: usage, commands, the options of one command (NULL: of the console), for a terminal of `width` columns. */
void cmd_options_help(const struct cmd_options_command_def *command, int width, struct str *out);
/* The same facts as scdoc, and as a bash completion. */
void cmd_options_document(struct str *out);
void cmd_options_completion(struct str *out);

#endif
