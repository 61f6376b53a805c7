/* What the commit cycles of a sink say of its connector: the column group "commits" of `connectors`. */
#ifndef DERIVE_CONNECTORS_H
#define DERIVE_CONNECTORS_H

#include "derive/commit_rows.h"

/* A cycle, as far as the summary remembers it. */
struct derive_brief {
    char id[CONNECT_EVENT_ID];
    enum connect_outcome outcome;
    int64_t started_ms, ended_ms, rows, files;
    int32_t control_partition;
    int64_t start_offset;
};

enum { DERIVE_CONNECTORS_KEPT = 60 };

/* The newest cycles of a sink, in the order in which they began. Zeroed is empty. */
struct derive_summary {
    struct derive_sink *sink;
    VEC(struct derive_brief) cycles;
    int64_t last_commit_ms, valid_through_ms; /* of all that there ever were; 0: none */
    uint64_t own_row;                         /* in connectors, where nobody else has one; 0: none */
    int64_t told_ms;                          /* when a source of Connect was last seen to have it; 0: never */
    bool changed;
};

void derive_connectors_done(struct derive_summary *s);
/* A cycle of the sink is new or changed. */
void derive_connectors_add(struct derive_summary *s, const struct connect_cycle *cycle);
/* It has gone to another sink, or is forgotten. */
void derive_connectors_remove(struct derive_summary *s, const char *id);
/* Writes the connector's row; one of our own where no source tells of it, unless wait (one may, soon), and unless one did and
 * no cycle has begun since: then it is deleted. */
void derive_connectors_write(const struct derive_commit_rows *w, struct derive_summary *s,
                             const struct connect_cycles *cycles, bool wait);

/* Takes back what it wrote. */
void derive_connectors_clear(const struct derive_commit_rows *w, struct derive_summary *s);

#endif
