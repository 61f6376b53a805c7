/* What the declarations of views share; for views*.c alone. */
#ifndef UI_VIEWS_INTERNAL_H
#define UI_VIEWS_INTERNAL_H

#include "ui/views.h"

/* Views of one subject, in the order in which views_at gives them. */
struct views_part {
    const struct view_def *defs;
    size_t n;
};

extern const struct views_part views_overview;
extern const struct views_part views_findings;
extern const struct views_part views_kafka;
extern const struct views_part views_sinks;
extern const struct views_part views_tables;     /* lists of them */
extern const struct views_part views_tables_one; /* about one of them */
extern const struct views_part views_metrics;
extern const struct views_part views_servers;
extern const struct views_part views_drift;
extern const struct views_part views_collector;

extern const char *const views_road[]; /* kinds of sources on the road from Kafka to Iceberg */

/* Headings of columns of what is not queryable yet. */
#define QUERYABLE_HEADS "queryable_lag_s=oldest pending_rows=written"

/* Files that no snapshot has, behind their names. */
#define PENDING_COLUMNS                                                                                                \
    "-commit_id -group_id table state rows files bytes announced lost_at commit_id connector delete_files "            \
    "control_topic control_offset"

#endif
