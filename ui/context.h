/* What every view needs to draw: the rows, the time, how to write numbers. Handed down by the app,
 * borrowed for the call. */
#ifndef UI_CONTEXT_H
#define UI_CONTEXT_H

#include "table/format.h"
#include "ui/app_data.h"
#include "ui/graph.h"
#include "ui/mark.h"

struct keymap;
struct verdicts;
struct series_set;

struct context {
    struct store *store; /* NULL until something was attached */
    struct app_data data;
    struct format_options format; /* its now_ms is the time of the picture: it stands still while paused */
    enum graph_glyphs graph;
    const struct keymap *keys; /* those in force */
    struct verdicts *verdicts;
    struct series_set *series;
    bool log_scale;    /* charts and spark lines by powers of ten */
    bool heat_counts;  /* heat strips are shaded by how much there was, not by its share */
    bool shared_scale; /* all spark lines of a list on one scale */
    struct mark *mark; /* NULL: none was set */
    bool since_mark;   /* lists show how numbers changed since then */
    bool still;        /* what changes does not stand out */
    bool detached;     /* nobody feeds the store now */
    bool old;          /* what is in it is from a collector that has gone */
    bool paused;
    bool hurry;     /* a key is to be answered: what is costly waits for the next picture */
    bool loading;   /* what was asked for last has not come yet */
    unsigned epoch; /* another number whenever store is another one: pointers into it are void then */
    const char
        *cluster;   /* of views that are about no row, only its rows are listed, judged and counted; NULL: of all */
    unsigned scope; /* another number whenever cluster is another one */
};

/* Is what this owner writes old: has its last round failed, or is nobody feeding the store? */
bool context_stale(const struct context *ctx, uint16_t owner);
/* The row of table `sources` for a name; NULL if there is none. */
struct row *context_source(const struct context *ctx, const char *name);
/* Has no source ended a round yet? Then empty tables mean nothing. One that is starting and says how far it is has;
 * history does not count. */
bool context_starting(const struct context *ctx);
/* Is a source of one of these kinds ("kafka", "prometheus server"), of which the last is NULL, among what is watched? While
 * nothing is known that may be. NULL: true. */
bool context_watches(const struct context *ctx, const char *const *kinds);
/* Is the row one of the chosen cluster: by its column `cluster`, else by that of its source? What names neither is one of every
 * cluster, and every row is where none is chosen. */
bool context_in_scope(const struct context *ctx, const struct table *t, const struct row *r);
/* Work over all rows of a table that was done at built_us and took cost_us: may it be done again now? A tenth of the time at
 * most goes into it, and none of what takes long while a key waits. */
bool context_afford(const struct context *ctx, int64_t built_us, int64_t cost_us);

#endif
