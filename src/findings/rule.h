/* What a finding is: its page, by which people know it, and the rule that sees it; and what a rule says of what it saw.
 *
 * One declaration a finding, in the file of its family; from it come the rows' title and severity, `icetop explain`, the manual
 * page icetop-findings(7) and completion. */
#ifndef FINDINGS_RULE_H
#define FINDINGS_RULE_H

#include "findings/facts.h"

#include <stdbool.h>
#include <stdint.h>

enum findings_severity { FINDINGS_INFO, FINDINGS_WARNING, FINDINGS_CRITICAL };
/* "info", "warning", "critical" */
const char *findings_severity_name(enum findings_severity s);

/* Whole sentences; markup is none. Paragraphs are parted by an empty line. */
struct findings_page {
    const char *id;    /* "IT-C04" */
    const char *title; /* "idle task cannot answer in time": what a colleague would say, no full stop */
    enum findings_severity severity;
    const char *seen;          /* what icetop saw when it says so: the predicate, with its numbers */
    const char *means;         /* what that does to the data */
    const char *todo;          /* what to do; its first sentence is the row's */
    const char * not ;         /* what looks like it and is not, and what it stays silent on; NULL: nothing */
    const char *const *issues; /* "apache/iceberg#11818", NULL-terminated; NULL: none is known */
};

struct findings_look;

/* One of the three functions; each says all that is so now. */
struct findings_rule {
    struct findings_page page;
    bool
        rest; /* of a sink: it looks at Connect's word alone, and is not blind where the control topic cannot be read */
    void (*sink)(struct findings_look *look, const struct findings_sink *sink);
    void (*table)(struct findings_look *look, const struct findings_table *table);
    void (*world)(struct findings_look *look, const struct findings_world *world);
};

/* Where a finding leads; texts may be NULL, numbers CONNECT_EVENT_UNKNOWN (FINDINGS_NOWHERE has all so). Borrowed for the call.
 * A connector or table that is not given is the one that is looked at. */
struct findings_place {
    const char *connect, *connector, *worker, *group, *topic, *catalog, *table, *commit_id;
    int64_t task, partition;
};
#define FINDINGS_NOWHERE .task = CONNECT_EVENT_UNKNOWN, .partition = CONNECT_EVENT_UNKNOWN

/* What a rule saw. */
struct findings_saw {
    const char *cluster; /* NULL: that of the sink or table that is looked at */
    const char *subject; /* "connector orders-sink": with the rule's id and the cluster its identity */
    enum findings_severity severity;
    bool own_severity;   /* severity counts; else the page's */
    int64_t since_ms;    /* CONNECT_EVENT_UNKNOWN: since it was first seen */
    int64_t hold_ms;     /* it counts once it was so for as long; 0: at once */
    int64_t cost;        /* rows that are held back or lost: of two of one severity the greater comes first */
    const char *missing; /* which source is missing for certainty; NULL: none */
    const char
        *cause; /* why rows of this sink do not arrive, as a clause for IT-C01's line: "every commit fails (18 of 18)";
                            NULL: it is not why */
    struct findings_place place;
};

/* Says that it is so; the text is a sentence with the identity in it, without a full stop. Evidence may follow. */
__attribute__((format(printf, 3, 4))) void findings_saw(struct findings_look *look, const struct findings_saw *saw,
                                                        const char *text, ...);
/* Evidence for what was last said: rows of a table, by an expression made of the format, in which %s stands for a text that is
 * quoted as the grammar of expressions wants it, %d, %ld and %lld for numbers (so PRId32 and PRId64 work); time_ms may be
 * CONNECT_EVENT_UNKNOWN. At most 20 count. */
void findings_evidence(struct findings_look *look, const char *text, int64_t time_ms, const char *table,
                       const char *where, ...);
/* It cannot be told now whether it is so for this subject (of the same rule): what was said before stands, dated. */
void findings_unsure(struct findings_look *look, const char *cluster, const char *subject);

/* The causes that rules asked before this one have named for the sink that is looked at, the worst first, parted by "; "; NULL
 * if none has; to be called by a rule that says them, for they are marked as named by it. Families are asked in the catalogue's order, but delivery last. */
const char *findings_causes(const struct findings_look *look);

/* The wall clock of this look. */
int64_t findings_now(const struct findings_look *look);

#endif
