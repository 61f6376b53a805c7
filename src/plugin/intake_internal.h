/* What the parts of plugin/intake share; nobody else includes it. */
#ifndef PLUGIN_INTAKE_INTERNAL_H
#define PLUGIN_INTAKE_INTERNAL_H

#include "base/limits.h"
#include "base/vec.h"
#include "plugin/intake.h"
#include "stream/ids.h"

#include <jansson.h>

/* A table of its own, or its group of columns in somebody else's. Columns are counted over what it may name: the key, and from
 * there on its own. */
struct plugin_intake_table {
    char *name;
    struct table *t;
    struct plugin_book_table *book;    /* NULL: a group, or one of icetop's own for all plugins */
    struct plugin_intake_group *group; /* NULL: a table of its own */
    size_t first, ncolumns; /* where its own columns begin in the table, while schema is the store's; with the key's */
    uint64_t schema;
    struct map columns;        /* name → index + 1 */
    int instance;              /* the key column that the instance's name fills; -1: none */
    struct stream_ids rows;    /* the plugin's row id → the table's */
    struct stream_ids written; /* rows that were named by their key in this round, or change set */
    bool begun, reset;
};

enum plugin_intake_kind { INTAKE_UPSERT, INTAKE_FRESH, INTAKE_SET, INTAKE_GONE, INTAKE_GONE_ID, INTAKE_RESET };

struct plugin_intake_step {
    enum plugin_intake_kind kind;
    uint32_t ncells; /* so many of the staged cells, in order; the key first, but of SET */
    struct plugin_intake_table *table;
    uint64_t id; /* FRESH, SET, GONE_ID: the plugin's */
};

struct plugin_intake_cell {
    struct value v; /* a text holds a reference */
    uint16_t column;
    bool text;
};

struct plugin_intake_page {
    char *id;
    json_t *message;
};

struct plugin_intake_event {
    char *severity, *subject, *text;
};

struct plugin_intake {
    struct plugin_book *book;
    struct store *store;
    char *instance, *source;
    uint16_t owner;
    size_t max_rows, nrows;
    VEC(struct plugin_intake_table *) tables;
    struct map by_name;
    VEC(struct plugin_intake_step) steps;
    VEC(struct plugin_intake_cell) cells;
    VEC(struct plugin_intake_event) events;
    size_t events_left_out;
    VEC(json_t *) findings; /* staged */
    VEC(struct plugin_intake_page) pages;
    struct store_listener *listener; /* NULL: it has no group */
    bool sweeping;                   /* between begin and sweep */
    char *version, *odd;
};

/* The table that field "table" names, which must have been declared. */
int plugin_intake_find(const struct plugin_intake *in, const json_t *message, struct plugin_intake_table **ret,
                       struct error *err);
/* Message "table", its short form too. */
int plugin_intake_declare(struct plugin_intake *in, json_t *message, struct error *err);
/* Messages "row", "gone", "rows": staged. */
int plugin_intake_row(struct plugin_intake *in, json_t *message, struct error *err);
int plugin_intake_gone(struct plugin_intake *in, json_t *message, struct error *err);
int plugin_intake_many(struct plugin_intake *in, json_t *message, struct error *err);
int plugin_intake_reset(struct plugin_intake *in, json_t *message, struct error *err);
/* Where its i-th column is in the table. */
size_t plugin_intake_at(const struct plugin_intake_table *t, size_t column);
/* Makes the map of its columns, once table, group and the number of columns are known. */
void plugin_intake_index(struct plugin_intake_table *t);

/* Message "group": columns in a table that is there. */
int plugin_intake_group_declare(struct plugin_intake *in, json_t *message, struct error *err);
/* The step's cells, which are remembered by key; gone: they are forgotten. Where the row is there they are written now, else when it comes. Returns
 * how many more keys there are than before. */
int plugin_intake_group_write(struct plugin_intake_table *t, const struct plugin_intake_cell *cells, size_t n,
                              bool gone);
/* How many of the steps' keys are new is not known before: is there room for n more? */
void plugin_intake_group_begin(struct plugin_intake_table *t);
/* Forgets what was not written since; returns how many keys that were. */
size_t plugin_intake_group_sweep(struct plugin_intake_table *t);
/* Is this key known? */
bool plugin_intake_group_has(const struct plugin_intake_table *t, const struct plugin_intake_cell *cells);
/* Takes the columns out of the table. */
void plugin_intake_group_free(struct plugin_intake_table *t);
/* Writes cells of rows that have come. */
void plugin_intake_group_follow(struct store *store, void *in);

/* Messages "finding" and "page". */
int plugin_intake_finding(struct plugin_intake *in, json_t *message, struct error *err);
int plugin_intake_page(struct plugin_intake *in, json_t *message, struct error *err);
void plugin_intake_findings_begin(struct plugin_intake *in);
void plugin_intake_findings_apply(struct plugin_intake *in);
void plugin_intake_findings_drop(struct plugin_intake *in);
void plugin_intake_findings_sweep(struct plugin_intake *in);
void plugin_intake_findings_done(struct plugin_intake *in);

/* Text of a field of the message, safe for a terminal, on the heap; missing where it is none. */
char *plugin_intake_text(const json_t *message, const char *field, const char *missing);

/* Writes all staged rows, or none. */
int plugin_intake_apply(struct plugin_intake *in, struct error *err);

#endif
