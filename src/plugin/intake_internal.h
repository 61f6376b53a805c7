/* What the parts of plugin/intake share; nobody else includes it. */
#ifndef PLUGIN_INTAKE_INTERNAL_H
#define PLUGIN_INTAKE_INTERNAL_H

#include "base/limits.h"
#include "base/vec.h"
#include "plugin/intake.h"
#include "stream/ids.h"

#include <jansson.h>

/* A table of its own. */
struct plugin_intake_table {
    struct plugin_book_table *book;
    struct table *t;
    struct map columns; /* name → index + 1 */
    int instance;       /* the key column that the instance's name fills; -1: none */
    struct stream_ids rows; /* the plugin's row id → the table's */
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
    bool sweeping;             /* between begin and sweep */
    char *version, *odd;
};

/* The table that field "table" names, which must have been declared. */
int plugin_intake_find(const struct plugin_intake *in, const json_t *message, struct plugin_intake_table **ret,
                       struct error *err);
/* Message "table", its short form too. */
int plugin_intake_declare(struct plugin_intake *in, json_t *message, struct error *err);
/* Messages "row", "gone", "rows": staged. */
int plugin_intake_row(struct plugin_intake *in, const json_t *message, struct error *err);
int plugin_intake_gone(struct plugin_intake *in, const json_t *message, struct error *err);
int plugin_intake_many(struct plugin_intake *in, const json_t *message, struct error *err);
int plugin_intake_reset(struct plugin_intake *in, const json_t *message, struct error *err);
/* Writes all staged rows, or none. */
int plugin_intake_apply(struct plugin_intake *in, struct error *err);

#endif
