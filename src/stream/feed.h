/* What one reader has of one table: cursors into the store instead of a queue, and the messages
 * that take it further.
 *
 * A feed sends a row as the row is when its turn comes; a row that is written again meanwhile has
 * moved to the end of the table's list and is met again. So the reader's picture is right when the
 * feeds of all its tables have nothing left, and only then; until then the reader stages. */
#ifndef STREAM_FEED_H
#define STREAM_FEED_H

#include "base/str.h"
#include "stream/encode.h"
#include "stream/filter.h"
#include "table/table.h"

struct stream_feed;

/* One subscription's part of a feed. */
struct stream_feed_part {
    const struct stream_filter *filter; /* bound to the table; lives until the next bind */
    char *const *columns;               /* names that are there, NULL-terminated; NULL: all */
};

/* What a feed needs while it writes; the same for all feeds of a turn. */
struct stream_feed_turn {
    uint64_t commits; /* counts the store's commits from 1; no change set may be open */
    int64_t now_ms;   /* for ages */
    struct stream_encode_rows *rows;
    struct str *line; /* scratch */
    void (*send)(void *arg, const struct str *line);
    void *arg;
};

struct stream_feed *stream_feed_new(const char *table);
void stream_feed_free(struct stream_feed *f); /* NULL is allowed */
const char *stream_feed_name(const struct stream_feed *f);

/* The subscriptions have changed, or the schema has (t may be another table now, NULL where there
 * is none). Their union is what is sent from now on; the reader's rows are sent anew where that is
 * simpler than to find out what it lacks. */
void stream_feed_bind(struct stream_feed *f, struct table *t, const struct stream_feed_part *parts, size_t n,
                      bool schema_changed);
/* No subscription is left, and the reader knows. */
bool stream_feed_over(const struct stream_feed *f);

/* Sends at most one message, of LIMITS_STREAM_BATCH at most (several, if a single row is longer
 * than that). */
void stream_feed_fill(struct stream_feed *f, const struct stream_feed_turn *turn);
/* The commit up to which everything was sent, 0 while that is none. */
uint64_t stream_feed_done(const struct stream_feed *f);
/* Begins a round over the table. fair: each row is sent at most once in it, so that none waits while another is sent again;
 * costs memory for the rows sent. */
void stream_feed_begin(struct stream_feed *f, bool fair);
/* All rows that were last written up to this sequence number were sent, or all rows in this round: true sooner or later,
 * however fast the store changes. */
bool stream_feed_reached(const struct stream_feed *f, uint64_t seq);
/* The reader has everything up to the last commit, of this table and all others: later only newer
 * cells are sent. */
void stream_feed_settle(struct stream_feed *f);

/* Is this row among what the reader sees? */
bool stream_feed_shows(const struct stream_feed *f, const struct table *t, const struct row *r);

#endif
