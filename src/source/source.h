/* What a source is, and the scheduler that runs rounds of it: intervals, deadlines, back-off, and
 * its row in `sources`. */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "base/error.h"
#include "table/table.h"

struct event_base;
struct scheduler;
struct source;

/* How a round ended. */
enum source_outcome {
    SOURCE_OK,       /* everything it stands for was read */
    SOURCE_STARTING, /* rows were written, and more of the first picture are on their way; the error says how far it is */
    SOURCE_PARTIAL, /* rows were written, but something is missing; the error says what */
    SOURCE_FAILED,  /* nothing new; the last rows stay, stale */
};

/* A kind of source. Every function is called on the loop's thread and must not block. */
struct source_ops {
    const char *kind; /* "kafka" */
    /* Starts a round; it ends with exactly one source_done, now or later. */
    void (*round)(void *self, struct source *src);
    /* The round's deadline has passed: give it up, call source_done soon (it may already have been
     * called). */
    void (*deadline)(void *self, struct source *src);
    /* The source goes: release everything; no source_done may come afterwards. May wait for threads
     * a short while. */
    void (*free)(void *self);
};

struct source_settings {
    int interval_ms;     /* between the starts of two rounds */
    int deadline_ms;     /* for one round */
    int max_interval_ms; /* back-off after failures doubles the interval, with jitter, up to this */
    int wait_ms;         /* before the first round */
    bool
        spread; /* rounds begin at a moment of the interval that the name determines, so that many sources, added or found due
                    together, do not go on together: one interval may last from half to one and a half of it */
};

struct scheduler *scheduler_new(struct event_base *base, struct store *store);
/* Frees all sources too. NULL is allowed. */
void scheduler_free(struct scheduler *s);

/* Adds a source and schedules its first round, at once unless settings say otherwise. name, which no other has, is its key in `sources` and the owner
 * of its rows
 * ("kafka:prod-eu"); cluster may be NULL. self is handed to ops and owned by the source. */
struct source *scheduler_add(struct scheduler *s, const char *name, const char *cluster, const struct source_ops *ops,
                             void *self, const struct source_settings *settings);
/* Removes it with its rows in every table. */
void scheduler_remove(struct scheduler *s, struct source *src);
struct source *scheduler_find(const struct scheduler *s, const char *name);
/* New settings from the next round on. */
void scheduler_configure(struct scheduler *s, struct source *src, const struct source_settings *settings);
/* Runs a round now (name NULL: of every source), unless one is running: then another follows it. */
void scheduler_refresh(struct scheduler *s, const char *name);
/* Starts what is due by the store's clock and gives up what is late; the loop's timer calls it. For tests, whose clock
 * stands still while the loop's does not. */
void scheduler_turn(struct scheduler *s);

/* The end of a round; commits nothing itself: the source has written its rows and calls this within
 * the same turn, and then store_commit is called, so that rows and state change together. err is
 * read for all but OK; rows is how many rows the round wrote. */
void source_done(struct source *src, enum source_outcome outcome, const struct error *err, size_t rows);
/* The same between two rounds, for a source that goes on reading after the end of one: other rows were written, and the
 * outcome is what is true now. Commits nothing else; counts as no round. */
void source_progress(struct source *src, enum source_outcome outcome, const struct error *err, size_t rows);
/* What the source says of how it reads, whether all is well or a part is missing; a failed round unsays it. NULL or "": nothing. Copied. It is committed with what
 * is committed next. */
void source_note(struct source *src, const char *text);
const char *source_name(const struct source *src);
/* What was given to scheduler_add as self. */
void *source_self(const struct source *src);
uint16_t source_owner(const struct source *src);

enum { SOURCE_EVENTS_KEPT = 4000 };

/* Adds a row to `events` (its caller commits); severity "info", "warn" or "error"; subject names what it is about
 * ("group payments"). Old events beyond a few thousand go. */
__attribute__((format(printf, 5, 6))) void source_event(struct store *store, const char *source, const char *severity,
                                                        const char *subject, const char *fmt, ...);

/* The declarations of `sources` and `events`; scheduler_new adds both to the store. */
extern const struct table_def source_table_sources;
extern const struct table_def source_table_events;

/* Columns of `sources`, in the order of the declaration. */
enum source_sources_column {
    SOURCES_SOURCE, /* key */
    SOURCES_KIND,
    SOURCES_CLUSTER,
    SOURCES_STATE,      /* "starting" "ok" "partial" "failed" */
    SOURCES_ERROR,      /* the last error's text; unknown when all is well */
    SOURCES_LAST_OK,    /* time of the last round that was OK or PARTIAL: the age of what it owns */
    SOURCES_LAST_ROUND, /* time the last round ended */
    SOURCES_NEXT_ROUND, /* time the next is planned */
    SOURCES_ROUND_MS,   /* how long the last one took */
    SOURCES_ROUNDS,
    SOURCES_FAILURES, /* in a row */
    SOURCES_ROWS,
    SOURCES_INTERVAL_S, /* in force now, back-off included */
    SOURCES_NOTE,       /* how it reads; see source_note */
};

/* Columns of `events`. */
enum source_events_column {
    EVENTS_ID, /* key: a counter, higher is newer; of this collector's run */
    EVENTS_TIME,
    EVENTS_SEVERITY,
    EVENTS_SOURCE,
    EVENTS_SUBJECT,
    EVENTS_TEXT,
};

#endif
