/* A small world for the console's tests: a store with known rows, a clock that is set by hand, no
 * stream and no terminal. */
#ifndef TEST_UI_WORLD_H
#define TEST_UI_WORLD_H

#include "ui/app.h"

enum { WORLD_SUBSCRIPTIONS = 8192 };

struct world {
    struct clock clock;
    int64_t now_ms;
    struct store *store;
    struct app_data data;
    struct app *app;
    const char *state; /* what world_start restores; NULL: nothing */
    bool quit;
    bool forgetful; /* history has nothing */
    int draws, refreshes, histories;
    /* the last look at records, which world_answer answers */
    int looks;
    int64_t looked_at;
    void (*look_done)(void *arg, struct stream_records *records, const struct error *err);
    void *look_arg;
    int focuses;
    size_t nfocused;
    char focused[4096]; /* "groups prod-eu/payments ..." */
    char copied[1024];
    char *saved, saved_as[256]; /* the last file that was written */
    const struct theme *theme;
    char *subscriptions[WORLD_SUBSCRIPTIONS]; /* "table where"; NULL: ended */
    int nsubscriptions;
};

/* Tables as the sources declare them, no rows. 2026-11-20 14:22:07 UTC. */
void world_init(struct world *w);
void world_done(struct world *w);
/* Tables of connectors, cycles and Iceberg; world_init adds them. */
void world_add_sink_tables(struct world *w);
/* One cluster on which some things go wrong. */
void world_fill(struct world *w);
/* The same with Iceberg sinks and their tables. */
void world_fill_sinks(struct world *w);
/* Tables of scraped endpoints; world_init adds them. */
void world_add_metrics_tables(struct world *w);
/* One cluster on which nothing goes wrong, and a service that is scraped. */
void world_fill_metrics(struct world *w);
void world_fill_metrics_alone(struct world *w); /* without a Kafka cluster */
/* The same with a Prometheus server that is asked. */
void world_fill_servers(struct world *w);
void world_fill_servers_alone(struct world *w);
/* Tables of drift; world_init adds them. */
void world_add_drift_tables(struct world *w);
/* Datasets, of which one drifts. */
void world_fill_drift(struct world *w);
/* Likewise a dataset in its first window, which is its reference. */
void world_fill_drift_first(struct world *w);
/* One cluster on which nothing does. */
void world_fill_calm(struct world *w);
/* A thousand groups. */
void world_fill_many(struct world *w);
/* Makes the app, on the overview, attached, with everything there. */
void world_start(struct world *w, const struct app_settings *settings);
/* Time passes. */
void world_pass(struct world *w, int64_t ms);

/* Sets a cell of the row with this key ("prod-eu/payments"); the row is made if it is not there.
 * Numbers as text: "84200", "1.5", "inf", "-" for unknown, ">=7200"; times as seconds ago, "240".
 */
void world_set(struct world *w, const char *table, const char *key, const char *column, const char *text);
void world_remove(struct world *w, const char *table, const char *key);
/* A change set ends, and the app hears of it. */
void world_commit(struct world *w);

/* Answers the look that was asked last, with records, or with an error. */
void world_answer(struct world *w, const struct error *err);

/* Presses keys, names divided by blanks: "j j Enter / l a g Esc". */
void world_keys(struct world *w, const char *keys);
/* Everything from world_init to the first picture. */
void world_begin(struct world *w, void (*fill)(struct world *w));
/* The Kafka cluster does not answer any more, and its clock is off. */
void world_source_fails(struct world *w);
/* Five seconds later a row is another. */
void world_rows_change(struct world *w);
/* Subscriptions in force, as "table where", each with a newline; the caller frees. */
char *world_subscribed(const struct world *w);
/* Is the text on a screen of 80x24? */
bool world_shows(struct world *w, const char *text);
/* The screen as text; the caller frees it. */
char *world_screen(struct world *w, int width, int height, bool ascii);

#endif
