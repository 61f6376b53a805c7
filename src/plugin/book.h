/* Which tables plugins have declared, and who fills each: several instances of one plugin fill the same. */
#ifndef PLUGIN_BOOK_H
#define PLUGIN_BOOK_H

#include "base/error.h"
#include "base/map.h"
#include "stream/decode.h"
#include "table/table.h"

/* Zeroed is empty. */
struct plugin_book {
    struct store *store;
    struct map tables; /* name → struct plugin_book_table */
};

/* A table that plugins have declared. */
struct plugin_book_table {
    char *name;
    uint64_t shape; /* of its declaration: two that are the same have the same */
    char *by;       /* who declared it first, for words */
    unsigned users;
    struct table *table;
};

void plugin_book_init(struct plugin_book *b, struct store *store);
/* Its tables stay in the store. */
void plugin_book_done(struct plugin_book *b);

/* The table of this declaration, made if it is not there; the caller uses it until plugin_book_leave. had: the one of this name
 * that he uses already, or NULL. ERR_INVALID where the name is that of a table of icetop's own, or another plugin has declared it otherwise.
 * A declaration that is another one than before, where nobody else uses it, makes the table anew: its rows go. */
int plugin_book_declare(struct plugin_book *b, const struct stream_schema *s, const char *who,
                        struct plugin_book_table *had, struct plugin_book_table **ret, struct error *err);
/* Without any user the table goes. */
void plugin_book_leave(struct plugin_book *b, struct plugin_book_table *t);

#endif
