/* The declarations of the tables of findings and of what proves them; the enums give the columns' positions. */
#ifndef FINDINGS_TABLES_H
#define FINDINGS_TABLES_H

#include "table/table.h"

enum findings_findings_column {
    FINDINGS_ID,       /* key: "IT-C04", as the next two */
    FINDINGS_CLUSTER,  /* of Kafka, or of Connect where no Kafka is known, or the catalog: where the subject is */
    FINDINGS_SUBJECT,  /* "connector orders-sink", "table db.orders", "topic control-iceberg", "task orders-sink-1" */
    FINDINGS_SEVERITY, /* "critical" "warning" "info" */
    FINDINGS_TEXT,     /* a sentence with the identity in it: what was seen */
    FINDINGS_SINCE,    /* when it began, as far as it is known */
    FINDINGS_TITLE,
    FINDINGS_TODO,    /* what to do, in a sentence */
    FINDINGS_MISSING, /* which source is missing for certainty; unknown: none */
    FINDINGS_RANK,    /* hidden: what is worst first: severity, then what it costs */
    FINDINGS_SEEN,    /* when it was last found to be so; of one that cannot be judged now that is long ago */
    FINDINGS_NAMED_BY, /* the finding whose sentence names this one as the cause; unknown: none */
    FINDINGS_ISSUES,  /* the public issues it is known by */
    FINDINGS_CONNECT, /* whom it is about, so that one can go there; any may be unknown */
    FINDINGS_CONNECTOR,
    FINDINGS_TASK,
    FINDINGS_WORKER,
    FINDINGS_GROUP,
    FINDINGS_TOPIC,
    FINDINGS_PARTITION,
    FINDINGS_CATALOG,
    FINDINGS_TABLE,
    FINDINGS_COMMIT_ID,
    FINDINGS_CRITERION, /* hidden, as the next three: its page (rule.h): seen, */
    FINDINGS_MEANS,
    FINDINGS_ADVICE, /* todo, all of it, */
    FINDINGS_UNLIKE, /* and not */
};

enum findings_evidence_column {
    FINDING_EVIDENCE_ID, /* key, as the next three: of the finding */
    FINDING_EVIDENCE_CLUSTER,
    FINDING_EVIDENCE_SUBJECT,
    FINDING_EVIDENCE_POSITION, /* 1, 2, ... */
    FINDING_EVIDENCE_TEXT,     /* what is seen there */
    FINDING_EVIDENCE_TIME,     /* when that was; or unknown */
    FINDING_EVIDENCE_TABLE,    /* the table whose rows show it, */
    FINDING_EVIDENCE_WHERE,    /* and which of them: an expression, as --where takes it */
};

extern const struct table_def findings_table_findings;
extern const struct table_def findings_table_evidence; /* "finding_evidence" */

/* All of them, NULL-terminated, in the order they are added. */
extern const struct table_def *const findings_tables[];

#endif
