/* The rows of a plugin in its host: a store of its own, of which what has changed goes out as messages. */
#ifndef PLUGIN_HOST_ROWS_H
#define PLUGIN_HOST_ROWS_H

#include "base/str.h"
#include "plugin/descriptor.h"
#include "stream/feed.h"
#include "stream/ids.h"
#include "table/table.h"

enum { PLUGIN_HOST_ROWS = 100000 }; /* of all tables of a plugin together */

/* A table of the plugin's, or columns that it puts on another's. */
struct plugin_host_table {
    const char *name; /* of the table that readers see */
    const struct icetop_column *columns;
    size_t ncolumns, nkeys;
    bool group, keeps;
    struct table *table;
    size_t first;             /* column of the table that is the plugin's first: behind the instance */
    struct stream_feed *feed; /* NULL: a group's rows go by key */
    uint64_t *touched;        /* of a group: ids of rows written in this round */
    size_t ntouched, room;
    uint64_t sent;          /* of a group: what was written up to here has gone out */
    struct str gone;        /* of a group: messages about rows that go */
    struct stream_ids seen; /* of a strict one: rows written in this round */
};

/* The row that is being written. */
struct plugin_host_row {
    struct plugin_host_table *table; /* NULL: none */
    struct value *cells;
    bool *set;
    size_t n, room;
    char spoilt[200]; /* what was wrong with it first; "": nothing */
};

struct plugin_host_rows {
    struct store *store, *groups; /* tables of one name may be in both */
    struct plugin_host_table *tables;
    size_t ntables, ngroups; /* the plugin's tables, then its groups */
    struct name *instance;
    uint16_t owner;
    struct plugin_host_row row;
    bool strict;    /* a key that is written twice in a round is a mistake */
    size_t total;   /* rows in all tables */
    size_t written; /* in this round */
    struct stream_filter *all;
    uint64_t commits;
    struct stream_encode_rows message; /* scratch, as is line */
    struct str line;
};

void plugin_host_rows_init(struct plugin_host_rows *r, const struct plugin_descriptor *d, const char *instance,
                           const struct clock *clock);
void plugin_host_rows_done(struct plugin_host_rows *r);

/* Appends the messages that declare tables and groups, each with its line end. */
void plugin_host_rows_declare(struct plugin_host_rows *r, struct str *out);

/* ---- one row; texts in err are for the plugin's author ---- */

/* Begins a row of tables[at], the groups behind the tables. ERR_INVALID if there is none or another row is not ended: that is dropped. */
int plugin_host_rows_begin(struct plugin_host_rows *r, size_t at, struct error *err);
/* Sets a cell to an unknown value or one that is no text; types are the types that the column may have, as bits. What is wrong
 * spoils the row, which is said at its end; ERR_INVALID without a row. */
int plugin_host_rows_set(struct plugin_host_rows *r, size_t column, unsigned types, struct value v, struct error *err);
/* The same for a text. */
int plugin_host_rows_set_text(struct plugin_host_rows *r, size_t column, const void *bytes, size_t len,
                              struct error *err);
/* The type of a column of the row; false where there is none. */
bool plugin_host_rows_type(const struct plugin_host_rows *r, size_t column, enum icetop_type *ret);
/* Ends it: writes it, or removes the row of its key. ERR_INVALID, ERR_LIMIT: it was dropped. */
int plugin_host_rows_end(struct plugin_host_rows *r, bool gone, struct error *err);

/* ---- rounds ---- */

void plugin_host_rows_begin_round(struct plugin_host_rows *r);
/* whole: rows that were not written since it began go. */
void plugin_host_rows_end_round(struct plugin_host_rows *r, bool whole);
/* Appends what has changed since the last time. */
void plugin_host_rows_flush(struct plugin_host_rows *r, struct str *out);

#endif
