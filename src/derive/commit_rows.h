/* The rows of one commit cycle in `commits`, `commit_partitions` and `commit_tables`. */
#ifndef DERIVE_COMMIT_ROWS_H
#define DERIVE_COMMIT_ROWS_H

#include "connect/cycles.h"
#include "derive/sinks.h"

#include <sys/queue.h>

/* Where they are written, and by what. */
struct derive_commit_rows {
    struct store *store;
    struct name *cluster;
    uint16_t owner;
    const struct derive_sinks *sinks;
    int64_t born_ms; /* tasks of cycles that began before are estimated: members are known since then */
    struct table *commits, *partitions, *tables;
};

/* A cycle that has rows. */
struct derive_commit {
    char id[CONNECT_EVENT_ID];
    struct derive_sink *sink; /* or NULL, past the limit of sinks */
    uint64_t row;             /* ids of its rows */
    VEC(uint64_t) partitions, tables;
    bool placed; /* its control topic was known when its snapshots were looked for */
    bool
        settled; /* its end was written while it was known who was to answer and who did: who was missing stays as it is */
    TAILQ_ENTRY(derive_commit) in_all;
};

/* Writes what is different. */
void derive_commit_rows_write(const struct derive_commit_rows *w, struct derive_commit *commit,
                              const struct connect_cycle *cycle);
/* Removes its rows; only those of its partitions if thin. */
void derive_commit_rows_remove(const struct derive_commit_rows *w, struct derive_commit *commit, bool thin);

/* "1 of 2", "1 of 2+" where there may be more, "1": who answered in time; false if that is not known. */
bool derive_commit_rows_answered(const struct connect_cycle *cycle, char *buf, size_t size);
/* The task whose coordinator leads a sink's cycle, and the worker that runs it; quality unknown where it cannot be told. The
 * text is valid until the next call for these rows and is a reference for the caller. */
struct value derive_commit_rows_coordinator(const struct derive_commit_rows *w, const struct derive_sink *sink,
                                            const struct connect_cycle *cycle, struct value *worker);

#endif
