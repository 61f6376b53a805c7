/* Writing the rows of one Iceberg table and of its snapshots. */
#include "iceberg/rows.h"
#include "base/mem.h"
#include "base/order.h"

#include <stdlib.h>
#include <string.h>

/* The key of a row: the names are references to be given back. */
static void open_key(const struct iceberg_rows *r, struct value key[3])
{
    struct names *names = store_names(r->store);
    key[0] = (struct value){.s = name_intern(names, r->catalog, strlen(r->catalog)), .quality = QUALITY_EXACT};
    key[1] = (struct value){.s = name_intern(names, r->table, strlen(r->table)), .quality = QUALITY_EXACT};
    key[2] = value_unknown();
}

static void close_key(const struct value key[3])
{
    name_unref(key[0].s);
    name_unref(key[1].s);
}

static void set(struct table *t, struct row *row, size_t column, const struct iceberg_cell *c)
{
    if (c->quality == QUALITY_UNKNOWN) {
        table_set_unknown(t, row, column);
        return;
    }
    switch (table_column(t, column)->type) {
    case COLUMN_TEXT:
        table_set_text(t, row, column, c->s);
        break;
    case COLUMN_REAL:
        table_set_real(t, row, column, c->d, c->quality);
        break;
    case COLUMN_INT:
    case COLUMN_TIME:
    case COLUMN_BOOL:
        table_set_int(t, row, column, c->i, c->quality);
        break;
    }
}

static struct row *table_row(struct iceberg_rows *r, struct table *t)
{
    struct value key[3];
    open_key(r, key);
    struct row *row = table_upsert(t, key, r->owner);
    close_key(key);
    r->has_row = row != NULL;
    return row;
}

static void write_snapshot(const struct iceberg_rows *r, struct table *t, const struct value *key,
                           const struct iceberg_digest_snapshot *s)
{
    static const size_t changing[] = {SNAPSHOTS_CURRENT, SNAPSHOTS_ON_BRANCH, SNAPSHOTS_REFS};
    struct row *row = table_find(t, key);
    if (row) {
        for (size_t i = 0; i < sizeof changing / sizeof *changing; i++)
            set(t, row, changing[i], &s->cells[changing[i]]);
        return;
    }
    row = table_upsert(t, key, r->owner);
    for (size_t i = SNAPSHOTS_SNAPSHOT_ID + 1; row && i <= SNAPSHOTS_CONTROL_OFFSETS; i++)
        set(t, row, i, &s->cells[i]);
}

/* Removes the snapshots that are not among ids, of which there are n, ascending; ids takes their place. */
static void replace_snapshots(struct iceberg_rows *r, struct table *t, struct value *key, int64_t *ids, size_t n)
{
    for (size_t i = 0; i < r->n; i++)
        if (!ids || !bsearch(&r->snapshots[i], ids, n, sizeof *ids, order_int64)) {
            key[2] = value_int(r->snapshots[i]);
            struct row *row = table_find(t, key);
            if (row)
                table_remove(t, row);
        }
    free(r->snapshots);
    r->snapshots = ids;
    r->n = n;
}

void iceberg_rows_write(struct iceberg_rows *r, const struct iceberg_digest *d)
{
    struct table *tables = store_find(r->store, iceberg_table_tables.name);
    struct table *snapshots = store_find(r->store, iceberg_table_snapshots.name);
    struct row *row = table_row(r, tables);
    for (size_t i = ICEBERG_TABLES_TABLE + 1; row && i < ICEBERG_TABLES_METADATA; i++)
        set(tables, row, i, &d->table[i]);
    struct value key[3];
    int64_t *ids = mem_calloc(d->n + 1, sizeof *ids);
    open_key(r, key);
    for (size_t i = 0; i < d->n; i++) {
        ids[i] = d->snapshots[i].id;
        key[2] = value_int(ids[i]);
        write_snapshot(r, snapshots, key, &d->snapshots[i]);
    }
    qsort(ids, d->n, sizeof *ids, order_int64);
    replace_snapshots(r, snapshots, key, ids, d->n);
    close_key(key);
}

void iceberg_rows_text(struct iceberg_rows *r, enum iceberg_tables_column column, const char *text)
{
    struct table *t = store_find(r->store, iceberg_table_tables.name);
    struct row *row = table_row(r, t);
    if (row)
        table_set_text(t, row, column, text);
}

void iceberg_rows_remove(struct iceberg_rows *r)
{
    struct table *tables = store_find(r->store, iceberg_table_tables.name);
    struct table *snapshots = store_find(r->store, iceberg_table_snapshots.name);
    struct value key[3];
    open_key(r, key);
    struct row *row = table_find(tables, key);
    if (row)
        table_remove(tables, row);
    replace_snapshots(r, snapshots, key, NULL, 0);
    close_key(key);
    r->has_row = false;
}
