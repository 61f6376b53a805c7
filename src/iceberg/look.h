/* One look after another at a catalog that is made of files: which tables there are, and where the current metadata
 * of each is. A look at which nothing has changed costs some calls of stat a table, or two for a whole SQLite
 * catalog. */
#ifndef ICEBERG_LOOK_H
#define ICEBERG_LOOK_H

#include "base/clock.h"
#include "base/error.h"
#include "iceberg/place.h"

#include <stdbool.h>
#include <stddef.h>

enum iceberg_look_type {
    ICEBERG_LOOK_WAREHOUSE, /* directories, as Hadoop's catalog has them */
    ICEBERG_LOOK_SQL,       /* an SQLite file */
    ICEBERG_LOOK_PATH,      /* one table: its directory, or a metadata file */
};

/* Everything is copied. */
struct iceberg_look_settings {
    enum iceberg_look_type type;
    /* Of the warehouse, the SQLite file, the table; as it is written elsewhere: prefixes count. For SQLite also as JDBC
     * ("jdbc:sqlite:PATH?...") and SQLAlchemy ("sqlite:///PATH") have it. */
    const char *path;
    const char *catalog; /* of those in the SQLite file; NULL: whichever there are */
    const char *table;   /* the name of the one table; NULL: as iceberg_look_name has it */
    const struct iceberg_place *place;
    const char *const *globs; /* of NAMESPACE.NAME; those that begin with '!' leave out; only such, or none: all */
    size_t n_globs;
    size_t max_tables;
    const struct clock *clock;
};

struct iceberg_look;

struct iceberg_look_table {
    const char *name;    /* NAMESPACE.NAME */
    const char *written; /* its metadata file, as its catalog names it; NULL where that is not known */
    const char *file;    /* to be opened here, or a URL; NULL: error says why */
    const char *how;     /* "catalog", "hint", "listed", "given" */
    bool changed;        /* it is another file, or was written to, since the look before */
    int code;            /* 0 or an enum error_code */
    const char *error;
};

struct iceberg_look_result {
    const struct iceberg_look_table *tables; /* by name; valid until the next look */
    size_t n;
    bool complete;    /* whatever is not among them is not there (any more) */
    size_t left_out;  /* tables beyond max_tables */
    size_t ambiguous; /* tables that several catalogs of one SQLite file have: those of the first one count */
    size_t unread;    /* directories that could not be read */
};

/* ERR_UNAVAILABLE where the path is no local one; ERR_INVALID. */
int iceberg_look_new(const struct iceberg_look_settings *settings, struct iceberg_look **ret, struct error *err);
/* NULL is allowed. */
void iceberg_look_free(struct iceberg_look *l);

/* Only these tables from the next look on, whether there are such or not; none: all that the globs choose. Copied. */
void iceberg_look_want(struct iceberg_look *l, const char *const *names, size_t n);

/* Looks; on a thread. wait_ms: at most, for a lock. Errors are of the catalog as a whole: those of
 * iceberg/warehouse.h and iceberg/sql_catalog.h. After an error the tables are those of the look before. */
int iceberg_look_poll(struct iceberg_look *l, int wait_ms, struct iceberg_look_result *ret, struct error *err);

/* NAMESPACE.NAME of a table's directory, or of a metadata file in one, by the last two parts of its path (or URL), as
 * catalogs lay tables out; on the heap. The ".db" of Hive's namespaces does not count. */
char *iceberg_look_name(const char *path);

/* Do globs choose this name? */
bool iceberg_look_chosen(const char *const *globs, size_t n, const char *name);

#endif
