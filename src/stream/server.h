/* The writing end of the stream: sends a store's changes to any number of readers, and takes what
 * they ask. */
#ifndef STREAM_SERVER_H
#define STREAM_SERVER_H

#include "base/error.h"
#include "stream/record.h"
#include "table/table.h"

struct event_base;
struct stream_server;
struct stream_reader;

enum stream_server_limits {
    STREAM_SERVER_SUBSCRIPTIONS = 200, /* of one reader; one more, and it is closed */
    STREAM_SERVER_HISTORY = 32,        /* history requests of one reader at once; more are answered with an error */
    STREAM_SERVER_POINTS = 100000,     /* of one answer; a longer one is an error that asks for a longer step */
    STREAM_SERVER_LOOKS = 4,           /* requests for records of one reader at once; more are answered with an error */
};

/* What the server cannot answer from the store alone; every slot may be NULL. None of them may free
 * the server, but for idle. */
struct stream_server_ops {
    /* A child collector's first message: the argument vector, argv[argc] is NULL. Borrowed for the
     * call. */
    void (*configure)(void *arg, int argc, char **argv);
    /* Run a round now; what may be NULL. */
    void (*refresh)(void *arg, const char *what);
    /* A history request: answer with stream_server_history, now or later. key has table_nkeys
     * values, borrowed for the call, as is column. request is a number of the server's, unique
     * among all readers'. */
    void (*history)(void *arg, struct stream_reader *reader, int request, const struct table *table,
                    const struct value *key, const char *column, int64_t from_ms, int64_t to_ms, int64_t step_ms);
    /* Records are to be looked at: answer with stream_server_records, now or later. q is borrowed for the call; request as
     * for history. */
    void (*look)(void *arg, struct stream_reader *reader, int request, const struct stream_record_query *q);
    /* What readers have on their screens is another thing than before: see stream_server_focused. */
    void (*focus)(void *arg);
    /* The last reader has gone. */
    void (*idle)(void *arg);
};

/* What is written to the store goes out after store_commit, never before. */
struct stream_server *stream_server_new(struct event_base *base, struct store *store,
                                        const struct stream_server_ops *ops, void *arg);
void stream_server_free(struct stream_server *s); /* closes all readers; NULL is allowed */

/* Serves fd (made non-blocking, owned from now on): greets it and does what it asks. */
struct stream_reader *stream_server_add(struct stream_server *s, int fd);
size_t stream_server_readers(const struct stream_server *s);

struct stream_point;
/* Answers a history request. reader may have gone meanwhile: that is found out here. err NULL:
 * points are the answer; they are copied. */
void stream_server_history(struct stream_server *s, struct stream_reader *reader, int request,
                           const struct stream_point *points, size_t n, const struct error *err);

/* Answers a look, to the reader that asked and to nobody else; it may have gone meanwhile. err NULL: records are the answer,
 * which are taken over (and emptied) in any case; with an error they may be NULL. */
void stream_server_records(struct stream_server *s, struct stream_reader *reader, int request,
                           struct stream_records *records, const struct error *err);

/* Calls each with the key of every row of a table that some reader says it has on its screen; one may come more than once.
 * Names are the store's. */
void stream_server_focused(const struct stream_server *s, const char *table,
                           void (*each)(void *arg, const struct value *key), void *arg);
/* Which rows somebody looks at right now: history keeps more of those. */
bool stream_server_watched(const struct stream_server *s, const struct table *t, const struct row *r);

/* Bytes that wait to be sent to all readers together; bounded, whatever the store does and however
 * long they stall. */
size_t stream_server_unsent(const struct stream_server *s);

#endif
