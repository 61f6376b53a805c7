/* An Iceberg REST catalog, asked on the loop: what it has, and what a table is now. Only GET, and the POST that
 * OAuth wants for a token.
 *
 * The configuration comes first (GET /v1/config, for its prefix), once, and again after a listing that failed. A
 * token of client credentials is asked for when one is wanted, kept for three quarters of its life, and got anew
 * once where the server says 401 or 419. */
#ifndef ICEBERG_REST_CATALOG_H
#define ICEBERG_REST_CATALOG_H

#include "base/clock.h"
#include "net/login.h"

struct event_base;
struct iceberg_rest;

enum {
    ICEBERG_REST_ACTIVE = 8,         /* requests of a listing under way at once */
    ICEBERG_REST_PAGE_SIZE = 500,    /* that servers are asked for; they may send more or fewer */
    ICEBERG_REST_NAMESPACES = 10000, /* of a catalog */
    ICEBERG_REST_TABLES = 100000,
    ICEBERG_REST_REQUESTS = 100000,              /* of one listing: a server whose pages have no end */
    ICEBERG_REST_TABLE_BYTES = 68 * 1024 * 1024, /* of a loaded table: metadata and what is around it */
};

/* Everything is copied; NULL where there is none. */
struct iceberg_rest_settings {
    const char *uri; /* without /v1 */
    const char *warehouse;
    struct net_login login; /* its auth in place of client credentials */
    const char *proxy;
    const char *const *headers;
    const char *client_id, *client_secret; /* secret NULL: no OAuth */
    const char *oauth_uri, *scope, *audience, *resource;
    int deadline_ms; /* of one request */
    const struct clock *clock;
};

struct iceberg_rest *iceberg_rest_new(struct event_base *base, struct net_http *http,
                                      const struct iceberg_rest_settings *settings);
/* What is under way ends without a call. NULL is allowed. */
void iceberg_rest_free(struct iceberg_rest *r);

/* ---- what there is ---- */

struct iceberg_rest_table {
    char *name; /* NAMESPACE.NAME, levels with dots between them */
    char *path; /* for iceberg_rest_load */
};

struct iceberg_rest_list {
    struct iceberg_rest_table *tables; /* in no order */
    size_t n;
    size_t unread;    /* namespaces that could not be read, names that are none */
    struct error why; /* of the first one */
    size_t requests;  /* that it took */
};

/* The end of a listing: *list belongs to who is called (iceberg_rest_list_done), or is NULL with an error. */
typedef void iceberg_rest_listed(void *arg, struct iceberg_rest_list *list, const struct error *err);
/* Lists all tables of all namespaces, those within namespaces among them. One listing at a time: another one begins
 * anew in place of the first, which ends without a call. Errors: those of net/http.h; ERR_REMOTE for refusals and
 * answers that are none, ERR_LIMIT. */
void iceberg_rest_list(struct iceberg_rest *r, iceberg_rest_listed *done, void *arg);
void iceberg_rest_list_cancel(struct iceberg_rest *r);
/* Zeroed is allowed. */
void iceberg_rest_list_done(struct iceberg_rest_list *l);

/* ---- one table ---- */

/* The path of a table whose name is known from elsewhere, its namespace's levels with dots between them; on the
 * heap. */
char *iceberg_rest_path(const char *name);

/* The answer is 200, with the table as iceberg/rest_page.h reads it, or 304: it is as it was. Everything else comes
 * as an error: ERR_NOT_FOUND for 404, ERR_UNAVAILABLE also where no token is to be had, else ERR_REMOTE with the
 * server's words. */
typedef void iceberg_rest_loaded(void *arg, const struct net_http_answer *answer, const struct error *err);
/* etag: of the answer before, NULL: none. All snapshots are asked for. */
void iceberg_rest_load(struct iceberg_rest *r, const char *path, const char *etag, iceberg_rest_loaded *done,
                       void *arg);

#endif
