/* From tables to standard output or a file. */
#include "cmd/document.h"

#include "base/mem.h"
#include "cmd/output.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>

int cmd_document_format(const struct cmd_options *o, const struct snapshot_format **ret, struct error *err)
{
    const char *format = cmd_options_value(o, OPTIONS_FORMAT);
    int rc = snapshot_format_find(format ? format : snapshot_formats[0]->name, ret, err);
    return rc ? error_prefix(err, "--format") : 0;
}

static int write_bytes(void *arg, const char *bytes, size_t len, struct error *err)
{
    return cmd_output_write(arg, bytes, len, err);
}

/* The order of rows whose key is drawn by lot, or says nothing of what is wanted first. */
static const char *sort_of(const struct cmd_options *o, const char *table)
{
    static const char *const orders[][2] = {
        {"commits", "started, commit_id"},
        {"commit_tables", "committed, commit_id, table"},
        {"commit_partitions", "started, commit_id, topic, partition"},
        {"features", "dataset, excess desc, feature"},
    };
    const char *sort = cmd_options_value(o, OPTIONS_SORT);
    for (size_t i = 0; !sort && i < sizeof orders / sizeof *orders; i++)
        if (strcmp(orders[i][0], table) == 0)
            sort = orders[i][1];
    return sort;
}

int cmd_document_write(const struct cmd_document *d, const struct store *store, int64_t now_ms, struct error *err)
{
    const struct cmd_options *o = d->options;
    struct cmd_output out = {.fd = -1};
    struct snapshot_table *tables = mem_calloc(d->ntables, sizeof *tables);
    struct snapshot_query query = {
        .columns = cmd_options_value(o, OPTIONS_COLUMNS),
        .where = cmd_options_condition(o),
        .limit = d->limit,
    };
    const struct snapshot_options options = {
        .now_ms = now_ms,
        .utc = cmd_options_given(o, OPTIONS_UTC),
        .exact = true,
        .ascii = strcmp(nl_langinfo(CODESET), "UTF-8") != 0,
        .series = d->series,
        .again = d->again,
    };
    size_t n = 0;
    int rc = 0;
    for (; !rc && n < d->ntables; n += !rc) {
        query.sort = sort_of(o, d->tables[n]);
        rc = snapshot_select(store_find(store, d->tables[n]), &query, now_ms, &tables[n], err);
    }
    if (!rc)
        rc = cmd_output_open(&out, cmd_options_value(o, OPTIONS_OUTPUT), err);
    if (!rc)
        rc = snapshot_write(d->format, &options, tables, n, &(struct snapshot_sink){write_bytes, &out}, err);
    if (!rc)
        rc = cmd_output_commit(&out, err);
    cmd_output_done(&out);
    while (n)
        snapshot_table_done(&tables[--n]);
    free(tables);
    return rc;
}
