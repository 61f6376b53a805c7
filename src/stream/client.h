/* The reading end of the stream: a mirror of the collector's tables that the console, snapshots and
 * checks read.
 *
 * The mirror is an ordinary store (table/table.h) with every table that the peer has, all its
 * columns included. Rows are there of tables that were subscribed to; cells of columns that were
 * not are unknown. It changes only in whole change sets: a reader never sees half a round. */
#ifndef STREAM_CLIENT_H
#define STREAM_CLIENT_H

#include "base/error.h"
#include "table/table.h"

struct event_base;
struct stream_client;
struct stream_record_query;
struct stream_records;

enum stream_client_limits {
    STREAM_CLIENT_STAGED = 512 * 1024 * 1024, /* bytes of one change set before it is applied; more closes the stream */
    STREAM_CLIENT_POINTS = 1000000,           /* of one history answer; more closes the stream */
    STREAM_CLIENT_HISTORY = 8,                /* history requests on their way at once; others wait here */
};

/* What one subscription asks for. */
struct stream_query {
    const char *table;
    const char *const *columns; /* names, NULL-terminated; NULL: all, also those of groups that come later */
    const char *where;          /* an expression (expr/expr.h), or NULL */
    const char *sort;           /* "lag desc, group"; only with limit; NULL: by key */
    size_t limit;               /* 0: none */
};

/* One series of history: the points of one column of one row. */
struct stream_point {
    int64_t time_ms;
    double value; /* NaN is a value; a gap is simply no point */
};

struct stream_history_query {
    const char *table;
    const struct value *key; /* table_nkeys values in the mirror's names */
    const char *column;
    int64_t from_ms, to_ms;
    int64_t step_ms; /* of each step the least, the greatest and the last; 0: as stored */
};

/* Every slot may be NULL, and may free the client. */
struct stream_client_ops {
    /* The peer said hello; now subscriptions are answered. version is its icetop version. */
    void (*hello)(void *arg, const char *version);
    /* A change set was applied to the mirror. complete: every subscription so far is up to date. */
    void (*changed)(void *arg, bool complete);
    /* The peer could not do something that no callback was given for (an error that names no
     * subscription, or one without failed). */
    void (*trouble)(void *arg, const struct error *err);
    /* The stream ended; err says why ("collector ended"). The mirror stays readable. Called once.
     */
    void (*closed)(void *arg, const struct error *err);
};

/* Speaks on fd (made non-blocking, owned from now on). ops and arg must outlive it. The mirror
 * belongs to the client. */
struct stream_client *stream_client_new(struct event_base *base, int fd, const struct clock *clock,
                                        const struct stream_client_ops *ops, void *arg);
/* No callback comes afterwards. The mirror goes too, unless taken before. NULL is allowed. */
void stream_client_free(struct stream_client *c);

struct store *stream_client_store(struct stream_client *c);
/* Goes on with the mirror of a client that was closed: its rows stay, stale, until the new peer has
 * sent its own. To be called before anything else; stream_client_store is then that of old, which
 * is left with an empty one and can be freed. Its subscriptions go on too, under their numbers;
 * history requests do not (they failed when it was closed). */
void stream_client_adopt(struct stream_client *c, struct stream_client *old);

/* Before anything else towards a child collector: its configuration, as the argument vector to
 * parse. */
void stream_client_configure(struct stream_client *c, int argc, const char *const *argv);

/* Subscribes; returns a number for unsubscribe. Two subscriptions to one table show the union of
 * their rows and columns. A table that does not exist yet is subscribed to when it comes. An error
 * in it (unknown column, bad expression) comes to failed(arg, id, err) if given; an unknown column
 * is tried again whenever the table's columns change. */
int stream_client_subscribe(struct stream_client *c, const struct stream_query *q,
                            void (*failed)(void *arg, int id, const struct error *err), void *arg);
/* Rows that no other subscription holds leave the mirror, with a later change set. */
void stream_client_unsubscribe(struct stream_client *c, int id);

/* Asks for history; done is called once with the points in order of time (borrowed for the call),
 * or with an error; never before this function has returned. */
void stream_client_history(struct stream_client *c, const struct stream_history_query *q,
                           void (*done)(void *arg, const struct stream_point *points, size_t n,
                                        const struct error *err),
                           void *arg);
/* Asks for records (stream/record.h); done is called once with the answer, or with an error; never before this function
 * has returned. records is empty with an error; done may take over what is in it, and empties it then. */
void stream_client_look(struct stream_client *c, const struct stream_record_query *q,
                        void (*done)(void *arg, struct stream_records *records, const struct error *err), void *arg);
/* Forgets callbacks with this arg, of history, records and failed alike; for views that close. */
void stream_client_forget(struct stream_client *c, const void *arg);

/* Says which rows of a table are on screen, in place of those said before: sources read these more often. keys: n times
 * table_nkeys values, in the mirror's names; copied. At most STREAM_FOCUS_KEYS (stream/focus.h) are sent. */
void stream_client_focus(struct stream_client *c, const char *table, const struct value *keys, size_t n);

/* Asks for a round now; what is a source's name, or NULL for all. */
void stream_client_refresh(struct stream_client *c, const char *what);

/* The schema of every table the peer has, subscribed to or not: for help, completion, column
 * choice. Filled from hello on and kept up to date. The i-th name, or NULL at the end. */
const char *stream_client_table(const struct stream_client *c, size_t i);

#endif
