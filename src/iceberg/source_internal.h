/* What the parts of the Iceberg source share; nobody but iceberg/source*.c includes it. */
#ifndef ICEBERG_SOURCE_INTERNAL_H
#define ICEBERG_SOURCE_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "base/workers.h"
#include "iceberg/look.h"
#include "iceberg/rest_catalog.h"
#include "iceberg/rows.h"
#include "iceberg/source.h"

/* A table of the catalog. */
struct iceberg_source_table {
    char *name;
    struct iceberg_rows rows;
    char *written, *file; /* as in struct iceberg_look_table; of a REST catalog file is the path it is asked for by */
    const char *how;
    char *uuid;        /* of what its rows show; NULL: nothing was read yet */
    char *note;        /* why it cannot be read, or what is odd; NULL: all is well */
    char *etag;        /* of what came over HTTP last */
    uint64_t body;     /* its hash; 0: none came */
    bool due;          /* it points elsewhere than what its rows show, or something else of it is wanted */
    unsigned marked;   /* its row shows the marks that were wanted then; see marking */
    bool reading;      /* that is under way */
    bool failed, odd;  /* what the note is about */
    bool missing;      /* its catalog says that there is no such table */
    bool told;         /* an event told that it cannot be read */
    bool silent;       /* the server said nothing of it in this round */
    bool seen;         /* by the look that is being taken */
    size_t left_out;   /* snapshots that have no row, for there are too many */
    unsigned failures; /* in a row */
    unsigned pause;    /* rounds that it is left alone after them */
};

struct iceberg_source_fetch;
struct iceberg_source_url;

struct iceberg_source {
    struct event_base *base;
    struct store *store;
    struct source *src;                      /* NULL before the first round */
    char *name;                              /* "iceberg:NAME" */
    struct iceberg_source_settings settings; /* its texts are the source's own */
    struct iceberg_place place;
    struct workers *lane; /* one thread: looks, readings */
    struct iceberg_look *look;
    struct net_http *http;
    struct iceberg_rest *rest;      /* NULL: it is no REST catalog */
    struct iceberg_rest_list known; /* of its last listing, those that were chosen */
    struct error known_why;         /* why some namespaces could not be read */
    int64_t list_us;                /* when it is to be listed again */
    struct error silence; /* why the server said nothing of a table in this round; code 0: it has not been so */
    size_t silent;        /* of how many */
    bool heard;           /* it said something else in this round */
    struct iceberg_source_url *url;             /* NULL: it is not at a URL */
    bool asking;                                /* whether a table has changed is found out by asking for it */
    VEC(struct iceberg_source_fetch *) fetches; /* under way */
    struct map by_name;                         /* of struct iceberg_source_table */
    VEC(struct iceberg_source_table *) tables;
    size_t next; /* where the search for a table to be read goes on */
    VEC(char *) globs;
    VEC(char *) wanted;
    VEC(char *) marks;
    unsigned marking; /* changes with marks */
    bool want;        /* wanted is another one than the look knows */
    bool round;       /* one is under way */
    bool looking;     /* a look is */
    bool listed;      /* one look at least has ended well */
    bool late;        /* the last round ended before everything was read */
    bool drained;     /* everything that was due has been read once */
    bool closing;
    size_t reading;                     /* tables of which that is under way */
    size_t jobs;                        /* readings on the lane */
    size_t left_out, ambiguous, unread; /* of the last look */
    size_t told, untold;                /* events of this round about single tables, and those beyond its measure */
};

/* ---- source_tables.c: what is known of each table ---- */

struct iceberg_source_table *iceberg_source_find(const struct iceberg_source *s, const char *name);
/* Takes what a look has found: tables come and go, become due, or cannot be found. */
void iceberg_source_take(struct iceberg_source *s, const struct iceberg_look_result *found);
/* Its metadata has been read: writes its rows. */
void iceberg_source_read(struct iceberg_source *s, struct iceberg_source_table *t, const struct iceberg_digest *d);
/* It is as it was. */
void iceberg_source_same(struct iceberg_source *s, struct iceberg_source_table *t);
/* The round ends before all is read: says so of those that are left. */
void iceberg_source_late(struct iceberg_source *s);
/* Its metadata could not be read. */
void iceberg_source_unread(struct iceberg_source *s, struct iceberg_source_table *t, const struct error *err);
/* The round is over: what the server said nothing of cannot be read, unless it said nothing at all. */
void iceberg_source_settle(struct iceberg_source *s);
/* What is to be said of all of them: OK or PARTIAL with the reason. */
enum source_outcome iceberg_source_judge(const struct iceberg_source *s, struct error *err);
size_t iceberg_source_rows(const struct iceberg_source *s);
void iceberg_source_forget(struct iceberg_source *s);

/* ---- source_read.c: reading what is due, a few at a time ---- */

/* Starts reading tables that are due, and ends the round when none is left. */
void iceberg_source_pump(struct iceberg_source *s);
/* Asks for a URL, with the credentials where it is one they are meant for. etag, range: headers, or NULL. */
struct net_http_call *iceberg_source_get(struct iceberg_source *s, const char *url, const char *etag, const char *range,
                                         net_http_done *done, void *arg);
/* Before the threads and the connections go. */
void iceberg_source_stop(struct iceberg_source *s);

/* ---- source_rest.c: rounds of a REST catalog ---- */

void iceberg_source_rest_new(struct iceberg_source *s, const struct iceberg_source_settings *settings);
/* Begins what a round does: a listing, where it is time for one, and then every table is due. */
void iceberg_source_rest_round(struct iceberg_source *s);
/* The deadline has passed over a listing. */
void iceberg_source_rest_late(struct iceberg_source *s);

/* ---- source_url.c: rounds of one table at a URL ---- */

void iceberg_source_url_new(struct iceberg_source *s);
void iceberg_source_url_free(struct iceberg_source *s);
/* Begins what a round does: where the URL is that of a directory, its version hint is followed first. */
void iceberg_source_url_round(struct iceberg_source *s);
/* The deadline has passed over that. */
void iceberg_source_url_late(struct iceberg_source *s);

/* ---- source.c ---- */

/* Ends the round. */
void iceberg_source_end(struct iceberg_source *s, enum source_outcome outcome, const struct error *err);

/* Everything that was due has been read: ends the round, or says what is true now where it has ended before. */
void iceberg_source_drained(struct iceberg_source *s);

#endif
