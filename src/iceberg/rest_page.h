/* What an Iceberg REST catalog answers, parsed: its configuration, pages of namespaces and of tables, a table, a
 * refusal. Format: the Iceberg REST catalog specification. */
#ifndef ICEBERG_REST_PAGE_H
#define ICEBERG_REST_PAGE_H

#include "base/error.h"
#include "base/str.h"
#include "iceberg/skim.h"

#include <stddef.h>

enum {
    ICEBERG_REST_PAGE_BYTES = 2 * 1024 * 1024, /* of an answer that is no table: it is parsed on the loop */
    ICEBERG_REST_PAGE_DEPTH = 16,              /* levels of a namespace */
    ICEBERG_REST_PAGE_NAME = 1024,             /* bytes of a level, a name */
};

/* GET /v1/config: what the server overrides, or else what it takes for granted. Texts are on the heap. */
struct iceberg_rest_config {
    char *prefix;    /* as it is to stand in paths; NULL: none */
    char *separator; /* of a namespace's levels in paths, percent-encoded; never NULL */
};

/* ERR_REMOTE if it is none. */
int iceberg_rest_page_config(const char *body, size_t len, struct iceberg_rest_config *ret, struct error *err);
void iceberg_rest_config_done(struct iceberg_rest_config *c);

/* A namespace, or a table in one. */
struct iceberg_rest_name {
    char **levels;
    size_t n_levels;
    char *name; /* of the table; NULL: a namespace */
};

struct iceberg_rest_page {
    struct iceberg_rest_name *names;
    size_t n;
    size_t skipped; /* entries that were no names, or beyond a cap */
    char *next;     /* the token of the next page; NULL: this was the last one */
};

/* A page of namespaces ("namespaces", arrays of levels) or of tables ("identifiers"). ERR_REMOTE if it is none. */
int iceberg_rest_page_namespaces(const char *body, size_t len, struct iceberg_rest_page *ret, struct error *err);
int iceberg_rest_page_tables(const char *body, size_t len, struct iceberg_rest_page *ret, struct error *err);
void iceberg_rest_page_done(struct iceberg_rest_page *p);

/* A loaded table: where its metadata lies (on the heap, NULL where the server does not say), and the metadata
 * itself, a piece of body. Passes over the body once, without building anything. ERR_INVALID if it is half an
 * answer, ERR_REMOTE if it holds no metadata. source names it in errors. */
int iceberg_rest_page_table(const char *body, size_t len, const char *source, char **location,
                            struct iceberg_span *metadata, struct error *err);

/* Appends ": TYPE: MESSAGE" of a refusal, safe and short; nothing where there is none. */
void iceberg_rest_page_refusal(const char *body, size_t len, struct str *out);

#endif
