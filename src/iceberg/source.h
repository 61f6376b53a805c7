/* The Iceberg source: the tables of one catalog and their snapshots, followed through the catalog's pointer (or the
 * version hint), read on a thread, written as rows of `iceberg_tables` and `snapshots` on the loop.
 *
 * A round looks which tables there are and whether any points elsewhere; only what changed is read. What cannot be
 * read has its words in the table's `note`, and the source is partial; the rest goes on. Snapshots expire: then
 * their rows go. Events tell of tables that appear, go, are replaced by another of the same name, and can no longer
 * be read. */
#ifndef ICEBERG_SOURCE_H
#define ICEBERG_SOURCE_H

#include "net/login.h"
#include "source/source.h"

struct iceberg_source;

enum iceberg_source_type {
    ICEBERG_SOURCE_HADOOP, /* a warehouse of directories */
    ICEBERG_SOURCE_SQL,    /* an SQLite file */
    ICEBERG_SOURCE_REST,   /* an Iceberg REST catalog */
    ICEBERG_SOURCE_TABLE,  /* one table: its directory, or a metadata file, here or at a URL */
};

/* What begins with `from` as the catalog writes it is read below `to`: a directory here, or an http(s) URL. */
struct iceberg_source_prefix {
    const char *from, *to;
};

/* Everything is copied; NULL and 0 where nothing else is said. */
struct iceberg_source_settings {
    const char *name; /* of the catalog, in rows */
    enum iceberg_source_type type;
    /* HADOOP: the warehouse's directory. SQL: the file, also as "jdbc:sqlite:PATH?..." or "sqlite:///PATH". REST: the
     * catalog's URL, without /v1. TABLE: a directory or a metadata file, here or at a URL (a directory there must
     * have a version-hint.text). In whatever form another machine
     * writes it: prefixes count. */
    const char *uri;
    const char *warehouse; /* REST: the warehouse it is asked for. SQL: the catalog in the file; NULL: all */
    const char *table;     /* TABLE: its NAMESPACE.NAME; NULL: as iceberg/look.h has it by its path */
    const struct iceberg_source_prefix *prefixes;
    size_t n_prefixes;
    const char *const *tables; /* globs of NAMESPACE.NAME; '!' in front leaves out; none: all */
    size_t n_tables;
    const char *const *marks;   /* that are wanted of each table, NULL-terminated; see iceberg/marks.h */
    struct net_login login;     /* for uri, and for URLs below a prefix's `to`; for others only whom to trust */
    const char *proxy;          /* as net_http_request has it */
    const char *const *headers; /* "Name: value", NULL-terminated; likewise */
    /* OAuth2 client credentials for a REST catalog, in place of auth. */
    const char *client_id, *client_secret; /* id NULL: only a secret is sent */
    const char *oauth_uri;                 /* the token endpoint; NULL: the catalog's own, /v1/oauth/tokens */
    const char *scope;                     /* NULL: "catalog" */
    const char *audience, *resource;
    int interval_ms, deadline_ms, max_interval_ms; /* 0: ICEBERG_SOURCE_INTERVAL_MS, ... */
    size_t max_tables;                             /* 0: ICEBERG_SOURCE_TABLES */
};

enum {
    ICEBERG_SOURCE_INTERVAL_MS = 10000,
    ICEBERG_SOURCE_DEADLINE_MS = 15000,
    ICEBERG_SOURCE_MAX_INTERVAL_MS = 300000,
    ICEBERG_SOURCE_TABLES = 1000,
    ICEBERG_SOURCE_SNAPSHOTS = 100000, /* rows of snapshots of one source: with many tables each has fewer than 1,000 */
    ICEBERG_SOURCE_LEAST = 20,         /* but at least so many */
};

/* kind "iceberg" */
extern const struct source_ops iceberg_source_ops;

/* For scheduler_add with iceberg_source_ops. Adds the tables of iceberg_tables to the store where they are not
 * there yet. ERR_INVALID where the settings cannot be meant; ERR_UNAVAILABLE where the uri is nothing that can be
 * read from here ("jdbc:postgresql:...", "s3://..." without a prefix): the text says so. */
int iceberg_source_new(struct event_base *base, struct store *store, const struct iceberg_source_settings *settings,
                       struct iceberg_source **ret, struct error *err);
/* For who made it and has not given it to a scheduler; NULL is allowed. */
void iceberg_source_free(struct iceberg_source *s);
/* "iceberg:NAME", the name for scheduler_add; owned by the source. */
const char *iceberg_source_name(const struct iceberg_source *s);
/* The settings for scheduler_add. */
struct source_settings iceberg_source_settings(const struct iceberg_source_settings *settings);

/* Which tables are looked at from the next round on: these ("NAMESPACE.NAME", copied), whether the catalog has them
 * or not, and whatever the globs say; n 0: all that the globs choose, up to max_tables. Not for a source of one
 * TABLE. */
void iceberg_source_tables(struct iceberg_source *s, const char *const *names, size_t n);
/* Which marks are wanted from now on, NULL-terminated, copied; NULL: none. Tables are read again in the next round. */
void iceberg_source_marks(struct iceberg_source *s, const char *const *marks);

#endif
