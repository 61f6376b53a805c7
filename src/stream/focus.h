/* What a reader has on its screen: keys of rows by table, as it last said. */
#ifndef STREAM_FOCUS_H
#define STREAM_FOCUS_H

#include "base/error.h"
#include "base/vec.h"
#include "table/table.h"

#include <jansson.h>

enum {
    STREAM_FOCUS_KEYS = 500,  /* of one table and reader */
    STREAM_FOCUS_TABLES = 16, /* of one reader */
};

/* One table's; values are references into the store's names. */
struct stream_focus_table {
    char *name;
    enum column_type *types; /* of the key's columns */
    size_t nkeys;
    struct value *keys; /* nkeys after each other for each row */
    size_t n;           /* rows */
};

/* One reader's. Zeroed is nothing. */
struct stream_focus {
    VEC(struct stream_focus_table) tables;
};

void stream_focus_done(struct stream_focus *f);
/* Reads the list of keys of message `focus`, in place of what was known of this table. ERR_LIMIT for too many, ERR_INVALID
 * for what is no list of keys; then what was known stays. */
int stream_focus_set(struct stream_focus *f, const struct table *t, const json_t *keys, struct names *pool,
                     struct error *err);
/* Calls each with every key of the table of that name. */
void stream_focus_each(const struct stream_focus *f, const char *table,
                       void (*each)(void *arg, const struct value *key), void *arg);

#endif
