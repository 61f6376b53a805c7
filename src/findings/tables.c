/* The tables of findings: what each column means, once, for screens, formats, filters and the man page. */
#include "findings/tables.h"

#include "table/declare.h"

/* clang-format off: a column's declaration is one line. */
static const struct column findings[] = {
    [FINDINGS_ID] = {"id", "finding", COLUMN_TEXT, UNIT_NONE, KEY, 0, "Which one: `icetop explain ID` prints its page."},
    [FINDINGS_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEY, 8, "Where the subject is: the Kafka cluster; the Connect cluster where no Kafka cluster is known for it; the catalog of a table that no sink writes to."},
    [FINDINGS_SUBJECT] = {"subject", "subject", COLUMN_TEXT, UNIT_NONE, KEY, 0, "What it is about: `connector NAME`, `task CONNECTOR-N`, `table NAMESPACE.NAME` (`table CATALOG/NAMESPACE.NAME` where several catalogs have one of that name), `topic NAME`, `group NAME`, `dataset NAME`, `feature DATASET > NAME`, `cohort DATASET > KEY = LEVEL`."},
    [FINDINGS_SEVERITY] = {"severity", "severity", COLUMN_TEXT, UNIT_NONE, KEPT, 1, "critical: data does not arrive, or is lost; warning: it will be, or arrives late; info: worth knowing."},
    [FINDINGS_TEXT] = {"text", "what was seen", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "What was seen, and never more than that."},
    [FINDINGS_SINCE] = {"since", "since", COLUMN_TIME, UNIT_NONE, KEPT, 0, "When it began, as far as that is known; else when it was first seen."},
    [FINDINGS_TITLE] = {"title", "finding is", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "What the finding is called."},
    [FINDINGS_TODO] = {"todo", "what to do", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "What to do first; its page has more."},
    [FINDINGS_MISSING] = {"missing", "to be certain", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "Which source would make it certain, where one is missing."},
    [FINDINGS_RANK] = {"rank", "rank", COLUMN_INT, UNIT_ID, HIDDEN, 9, "The order in which they come, the worst first: by severity, then by the rows that are held back or lost."},
    [FINDINGS_SEEN] = {"seen", "seen", COLUMN_TIME, UNIT_NONE, KEPT, 4, "Of one that cannot be judged now, because a source fails: when it last was; else unknown."},
    [FINDINGS_NAMED_BY] = {"named_by", "named by", COLUMN_TEXT, UNIT_NONE, KEPT, 4, "The finding of the same sink whose sentence names this one as the cause: the overview shows only that one."},
    [FINDINGS_ISSUES] = {"issues", "known by", COLUMN_TEXT, UNIT_NONE, KEPT, 5, "Public issues it is known by, REPOSITORY#NUMBER."},
    [FINDINGS_CONNECT] = {"connect", "connect", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "The Connect cluster it is about."},
    [FINDINGS_CONNECTOR] = {"connector", "connector", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The connector."},
    [FINDINGS_TASK] = {"task", "task", COLUMN_INT, UNIT_ID, KEPT, 6, "Its task."},
    [FINDINGS_WORKER] = {"worker", "worker", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The worker that runs it."},
    [FINDINGS_GROUP] = {"group", "group", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The consumer group."},
    [FINDINGS_TOPIC] = {"topic", "topic", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The topic."},
    [FINDINGS_PARTITION] = {"partition", "part", COLUMN_INT, UNIT_ID, KEPT, 7, "Its partition."},
    [FINDINGS_CATALOG] = {"catalog", "catalog", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "The Iceberg catalog."},
    [FINDINGS_TABLE] = {"table", "table", COLUMN_TEXT, UNIT_NONE, KEPT, 6, "The table, NAMESPACE.NAME."},
    [FINDINGS_COMMIT_ID] = {"commit_id", "commit", COLUMN_TEXT, UNIT_NONE, KEPT, 7, "The commit cycle."},
    [FINDINGS_CRITERION] = {"criterion", "said when", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "Of its page: when it is said, with the numbers that count."},
    [FINDINGS_MEANS] = {"means", "what it means", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "Of its page: what that does to the data."},
    [FINDINGS_ADVICE] = {"advice", "advice", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "Of its page: all of what to do."},
    [FINDINGS_UNLIKE] = {"unlike", "what it is not", COLUMN_TEXT, UNIT_NONE, HIDDEN, 9, "Of its page: what looks like it and is something else."},
};

const struct table_def findings_table_findings = {
    .name = "findings",
    .title = "findings",
    .help = "What is wrong, in words: named diagnoses with evidence. They come and go by themselves as what they saw does.",
    .group = {.name = "findings", COLUMNS(findings)},
};

static const struct column evidence[] = {
    [FINDING_EVIDENCE_ID] = {"id", "finding", COLUMN_TEXT, UNIT_NONE, KEY, 4, "The finding's id."},
    [FINDING_EVIDENCE_CLUSTER] = {"cluster", "cluster", COLUMN_TEXT, UNIT_NONE, KEY, 8, "As the finding has it."},
    [FINDING_EVIDENCE_SUBJECT] = {"subject", "subject", COLUMN_TEXT, UNIT_NONE, KEY, 4, "As the finding has it."},
    [FINDING_EVIDENCE_POSITION] = {"position", "no", COLUMN_INT, UNIT_ID, KEY, 0, "The first is what proves most."},
    [FINDING_EVIDENCE_TEXT] = {"text", "what shows it", COLUMN_TEXT, UNIT_NONE, KEPT, 0, "What is seen there."},
    [FINDING_EVIDENCE_TIME] = {"time", "time", COLUMN_TIME, UNIT_NONE, KEPT, 1, "When that was."},
    [FINDING_EVIDENCE_TABLE] = {"table", "table", COLUMN_TEXT, UNIT_NONE, KEPT, 2, "The table of icetop's whose rows show it."},
    [FINDING_EVIDENCE_WHERE] = {"where", "where", COLUMN_TEXT, UNIT_NONE, KEPT, 3, "Which of its rows: a condition, as --where takes it."},
};

const struct table_def findings_table_evidence = {
    .name = "finding_evidence",
    .title = "evidence",
    .help = "Rows that prove a finding: in which table, and which.",
    .group = {.name = "evidence", COLUMNS(evidence)},
};
/* clang-format on */

const struct table_def *const findings_tables[] = {&findings_table_findings, &findings_table_evidence, NULL};
