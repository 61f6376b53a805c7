/* The tables about plugins: what each column means, once, for screens, formats, filters and the man page. */
#include "plugin/tables.h"

#include "table/declare.h"

/* clang-format off */
static const struct column plugins_columns[] = {
    [PLUGINS_PLUGIN] = {"plugin", "plugin", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The name in the configuration, under plugins; its source is plugin:NAME."},
    [PLUGINS_KIND] = {"kind", "kind", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "executable: a program that is run once for each round; stays: one that runs on and is asked; shared object: one in a program of icetop's own, which stays."},
    [PLUGINS_PATH] = {"path", "path", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "The file that is run, or loaded."},
    [PLUGINS_FORMAT] = {"format", "format", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "What it writes: json, prometheus, nagios, influx, csv."},
    [PLUGINS_STATE] = {"state", "state", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "ok: its last round went well; partial: something was missing; failed: it did not, as sources says; starting: there was none yet."},
    [PLUGINS_PID] = {"pid", "pid", COLUMN_INT, UNIT_ID, 0, 4, "The process of one that stays, while it runs."},
    [PLUGINS_STARTED] = {"started", "up", COLUMN_TIME, UNIT_NONE, 0, 3, "When that process was started."},
    [PLUGINS_STARTS] = {"starts", "starts", COLUMN_INT, UNIT_COUNT, KEPT | WORSE, 3, "How often one that stays was started: more than once is after an end of its own, or after one that was made for it."},
    [PLUGINS_TABLES] = {"tables", "tables", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "The tables that it fills."},
    [PLUGINS_ROWS] = {"rows", "rows", COLUMN_INT, UNIT_COUNT, KEPT | SUM, 2, "Its rows in all of them."},
    [PLUGINS_WORDS] = {"words", "last words", COLUMN_TEXT, UNIT_NONE, 0, 2, "The last line that it wrote to its standard error."},
    [PLUGINS_CPU] = {"cpu", "cpu", COLUMN_REAL, UNIT_RATIO, WORSE, 4, "The part of a processor that its last run took, of the interval, in whole per cents; of one that stays, once it has ended, of its life."},
    [PLUGINS_VERSION] = {"version", "version", COLUMN_TEXT, UNIT_NONE, 0, 6, "As it says itself."},
};
/* clang-format on */

const struct table_def plugin_tables_plugins = {
    .name = "plugins",
    .title = "plugins",
    .help = "Programs that fill tables, a row for each name under plugins in the configuration.",
    .group = {.name = "plugin", COLUMNS(plugins_columns)},
};

const struct table_def *const plugin_tables[] = {&plugin_tables_plugins, NULL};
