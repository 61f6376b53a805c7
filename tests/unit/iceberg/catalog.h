/* A REST catalog of the tests' own, on a thread: namespaces within namespaces, pages, ETags, tokens that grow old,
 * and every way of being wrong. */
#ifndef TESTS_UNIT_ICEBERG_CATALOG_H
#define TESTS_UNIT_ICEBERG_CATALOG_H

#include <stdbool.h>
#include <stddef.h>

/* What it has. Borrowed; may be changed under catalog_lock. */
struct catalog_table {
    const char *namespace; /* its levels with dots between them; levels hold none */
    const char *name;
    const char *location; /* of its metadata; NULL: the server does not say */
    const char *metadata;
};

struct catalog_settings {
    const struct catalog_table *tables; /* up to one without a name */
    const char *prefix;                 /* in paths; NULL: none */
    const char *separator;              /* as the configuration names it; NULL: it does not */
    const char *secret;                 /* of clients; NULL: nobody has to log in */
    int token_s;                        /* a token's life, as it is said; 0: it is not said */
    size_t page;                        /* names on a page; 0: all */
    bool etags;                         /* sends and takes them */
    bool flat;                          /* knows no namespaces within others: lists all of them again */
    bool no_pages;                      /* refuses requests for pages */
};

struct catalog;

struct catalog *catalog_start(const struct catalog_settings *settings);
/* "http://127.0.0.1:PORT/cat" and path, on the heap. */
char *catalog_url(const struct catalog *c, const char *path);
void catalog_stop(struct catalog *c);

/* While it is locked nothing is answered. */
struct catalog_settings *catalog_lock(struct catalog *c);
void catalog_unlock(struct catalog *c);
/* Every request whose path holds this text is answered with these bytes (borrowed) instead; NULL: none any more. */
void catalog_override(struct catalog *c, const char *path, const char *bytes);
/* Tokens that were given are taken no more. */
void catalog_revoke(struct catalog *c);

/* How many requests it has had whose first line and headers hold this text. */
size_t catalog_count(struct catalog *c, const char *text);
void catalog_forget(struct catalog *c);

#endif
