/* What the engine's files and its tests share; nobody else includes it. */
#ifndef FINDINGS_ENGINE_INTERNAL_H
#define FINDINGS_ENGINE_INTERNAL_H

#include "findings/engine.h"
#include "findings/gather.h"
#include "findings/look.h"

enum findings_engine_times {
    FINDINGS_LOOK_MS = 1000,   /* between two looks, while things change */
    FINDINGS_TICK_MS = 2000,   /* and while they do not: time passes */
    FINDINGS_STILL_MS = 60000, /* at most so long a row's numbers stand still, and a thirtieth of the finding's age */
    FINDINGS_GRACE_MS = 10000, /* what goes and comes back within it never went */
};

/* One that was said, from then until it is over. */
struct findings_kept {
    const struct findings_rule *rule;
    char *key; /* id, cluster and subject */
    struct name *id, *cluster, *subject;
    char *about; /* the sink or table that was looked at, see findings_rows_about; NULL: the world */
    enum findings_severity severity;
    int64_t first_ms;  /* when it was first said */
    int64_t since_ms;  /* when it began, as far as the rule ever knew */
    int64_t judged_ms; /* when it was last said by what could be read then */
    int64_t gone_ms;   /* when it was first not said any more; 0: it is */
    bool raised;       /* it has a row */
    size_t nevidence;  /* rows of evidence */
    uint64_t shape;    /* of what was written last: its words without their numbers, and how many rows of evidence */
    int64_t written_ms;
    unsigned round; /* in which it was said, or could not be judged */
};

/* ---- rows.c ---- */

/* Writes the row and the evidence of what was said. Nothing is committed. */
void findings_rows_write(struct store *store, uint16_t owner, struct findings_kept *k,
                         const struct findings_look_said *said);
/* Only that it cannot be judged now, or can be again. */
void findings_rows_date(struct store *store, const struct findings_kept *k, bool dated);
void findings_rows_remove(struct store *store, struct findings_kept *k);
/* What is about a sink or about a table, as a text on the heap that is the same in each look; NULL for both NULL. */
char *findings_rows_about(const struct findings_sink *sink, const struct findings_table *table);

#endif
