/* All tables that sources of our own fill. */
#include "cmd/tables.h"

#include "connect/tables.h"
#include "derive/columns.h"
#include "derive/tables.h"
#include "drift/tables.h"
#include "findings/tables.h"
#include "iceberg/tables.h"
#include "kafka/tables.h"
#include "plugin/tables.h"
#include "prom/tables.h"
#include "source/source.h"

#include <string.h>

static const struct table_def *const schedulers[] = {&source_table_sources, &source_table_events, NULL};
static const struct table_def *const *const lists[] = {kafka_tables,    connect_tables, iceberg_tables, derive_tables,
                                                       findings_tables, prom_tables,    drift_tables,   plugin_tables,  schedulers};

enum { LISTS = sizeof lists / sizeof *lists };

const struct table_def *cmd_tables_at(size_t i)
{
    for (size_t l = 0; l < LISTS; l++)
        for (size_t at = 0; lists[l][at]; at++)
            if (i-- == 0)
                return lists[l][at];
    return NULL;
}

const struct table_def *cmd_tables_find(const char *name)
{
    const struct table_def *t;
    for (size_t i = 0; (t = cmd_tables_at(i)); i++)
        if (strcmp(t->name, name) == 0)
            return t;
    return NULL;
}

void cmd_tables_add(struct store *store)
{
    for (size_t l = 0; l < LISTS; l++)
        for (size_t at = 0; lists[l] != schedulers && lists[l][at]; at++)
            store_add(store, lists[l][at], NULL, NULL, NULL);
    derive_columns_add(store);
}
