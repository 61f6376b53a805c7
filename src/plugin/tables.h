/* The declarations of the tables about plugins; the enums give the columns' positions. */
#ifndef PLUGIN_TABLES_H
#define PLUGIN_TABLES_H

#include "table/table.h"

enum plugin_plugins_column {
    PLUGINS_PLUGIN, /* key: the instance */
    PLUGINS_KIND,   /* "executable" "shared object" */
    PLUGINS_PATH,
    PLUGINS_FORMAT,
    PLUGINS_STATE, /* "starting" "waiting" "running" "failed" */
    PLUGINS_PID,   /* of one that stays */
    PLUGINS_STARTED,
    PLUGINS_STARTS,
    PLUGINS_TABLES, /* names, with spaces between */
    PLUGINS_ROWS,
    PLUGINS_WORDS, /* the last that it said on its standard error */
    PLUGINS_CPU,   /* a part of a processor */
    PLUGINS_VERSION,
};

extern const struct table_def plugin_tables_plugins;

/* All of them, NULL-terminated, in the order they are added. */
extern const struct table_def *const plugin_tables[];

#endif
