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

static const struct column metrics_columns[] = {
    [PLUGIN_METRICS_INSTANCE] = {"instance", "plugin", COLUMN_TEXT, UNIT_NONE, KEY, 4, "The plugin, as in plugins."},
    [PLUGIN_METRICS_METRIC] = {"metric", "metric", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The name of the sample."},
    [PLUGIN_METRICS_LABELS] = {"labels", "labels", COLUMN_TEXT, UNIT_NONE, KEY, 0, "Its labels by name, a=\"b\",c=\"d\", as in metrics."},
    [PLUGIN_METRICS_VALUE] = {"value", "value", COLUMN_REAL, UNIT_NONE, KEPT, 1, "The value; NaN is one."},
    [PLUGIN_METRICS_TYPE] = {"type", "type", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "counter, gauge, histogram, summary, or unknown, as the plugin says of its family."},
    [PLUGIN_METRICS_HELP] = {"help", "help", COLUMN_TEXT, UNIT_NONE, HIDDEN, 6, "What the plugin says of it, cut to 1,000 bytes."},
};

static const struct column checks_columns[] = {
    [PLUGIN_CHECKS_INSTANCE] = {"instance", "plugin", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The plugin, as in plugins."},
    [PLUGIN_CHECKS_STATUS] = {"status", "status", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "By its exit status: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. Any other is a failure of the plugin, of which sources tells."},
    [PLUGIN_CHECKS_TEXT] = {"text", "text", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "Its first line, up to the performance data."},
    [PLUGIN_CHECKS_MORE] = {"more", "more", COLUMN_TEXT, UNIT_NONE, HIDDEN, 5, "The lines that follow, in one."},
};

static const struct column perfdata_columns[] = {
    [PLUGIN_PERFDATA_INSTANCE] = {"instance", "plugin", COLUMN_TEXT, UNIT_NONE, KEY, 1, "The plugin, as in plugins."},
    [PLUGIN_PERFDATA_LABEL] = {"label", "label", COLUMN_TEXT, UNIT_NONE, KEY, 0, "What is measured."},
    [PLUGIN_PERFDATA_VALUE] = {"value", "value", COLUMN_REAL, UNIT_NONE, KEPT, 1, "The value: of per cents the part of 1, of us milliseconds. Unknown where the plugin says U."},
    [PLUGIN_PERFDATA_UNIT] = {"unit", "unit", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "seconds, milliseconds, ratio, bytes, count, by which the value is drawn; else as the plugin writes it."},
    [PLUGIN_PERFDATA_WARN] = {"warn", "warn", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "The range of a warning as it was written: 10 is outside of 0 to 10, 10: below 10, @10:20 within. In the unit that the plugin writes."},
    [PLUGIN_PERFDATA_CRIT] = {"crit", "crit", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "The same of what is critical."},
    [PLUGIN_PERFDATA_MIN] = {"min", "min", COLUMN_REAL, UNIT_NONE, KEPT, 4, "The least that the value can be."},
    [PLUGIN_PERFDATA_MAX] = {"max", "max", COLUMN_REAL, UNIT_NONE, KEPT, 4, "The most."},
};

static const struct column points_columns[] = {
    [PLUGIN_POINTS_INSTANCE] = {"instance", "plugin", COLUMN_TEXT, UNIT_NONE, KEY, 4, "The plugin, as in plugins."},
    [PLUGIN_POINTS_MEASUREMENT] = {"measurement", "measurement", COLUMN_TEXT, UNIT_NONE, KEY, 0, "What is measured."},
    [PLUGIN_POINTS_TAGS] = {"tags", "tags", COLUMN_TEXT, UNIT_NONE, KEY, 0, "Its tags by name, written as labels are: a=\"b\",c=\"d\"."},
    [PLUGIN_POINTS_FIELD] = {"field", "field", COLUMN_TEXT, UNIT_NONE, KEY, 0, "The field."},
    [PLUGIN_POINTS_VALUE] = {"value", "value", COLUMN_REAL, UNIT_NONE, KEPT, 1, "The value, if it is a number; true is 1, false 0."},
    [PLUGIN_POINTS_WHOLE] = {"whole", "whole", COLUMN_INT, UNIT_NONE, HIDDEN, 6, "Of a whole number (12i, 12u) all of its digits; unknown beyond 9223372036854775807."},
    [PLUGIN_POINTS_TEXT] = {"text", "text", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The value, if it is a text."},
    [PLUGIN_POINTS_TIME] = {"time", "age", COLUMN_TIME, UNIT_NONE, 0, 4, "The point's time, where it has one."},
};
/* clang-format on */

const struct table_def plugin_tables_plugins = {
    .name = "plugins",
    .title = "plugins",
    .help = "Programs that fill tables, a row for each name under plugins in the configuration.",
    .group = {.name = "plugin", COLUMNS(plugins_columns)},
};

const struct table_def plugin_tables_metrics = {
    .name = "plugin_metrics",
    .title = "metrics of plugins",
    .help = "Samples of plugins with format prometheus, a row for each series.",
    .group = {.name = "plugin", COLUMNS(metrics_columns)},
};

const struct table_def plugin_tables_checks = {
    .name = "plugin_checks",
    .title = "checks",
    .help = "What plugins with format nagios say, a row for each.",
    .group = {.name = "plugin", COLUMNS(checks_columns)},
};

const struct table_def plugin_tables_perfdata = {
    .name = "plugin_perfdata",
    .title = "performance data",
    .help = "The performance data of plugins with format nagios, a row for each label.",
    .group = {.name = "plugin", COLUMNS(perfdata_columns)},
};

const struct table_def plugin_tables_points = {
    .name = "plugin_points",
    .title = "points",
    .help = "Points of plugins with format influx, a row for each field: the last of it in a run.",
    .group = {.name = "plugin", COLUMNS(points_columns)},
};

const struct table_def *const plugin_tables[] = {&plugin_tables_plugins,  &plugin_tables_metrics, &plugin_tables_checks,
                                                 &plugin_tables_perfdata, &plugin_tables_points,  NULL};
