/* Finds views, which views_*.c declare by subject; links between them, and what is read for all of them. */
#include "ui/views.h"

#include "base/mem.h"
#include "ui/template.h"
#include "ui/views_internal.h"

#include <string.h>

/* Columns of `groups` that the header, the overview and the rules need. */
static const char *const groups_short[] = {"cluster", "group",    "state",     "lag",         "lag_s",      "trend",
                                           "rate_in", "rate_out", "eta_s",     "members",     "partitions", "behind",
                                           "lost",    "moved",    "lag_rate",  "state_since", "note",       "verdict",
                                           "why",     "net_rate", "connector", "role",        NULL};

static const char *const findings_short[] = {"id",      "cluster", "subject", "severity", "text",      "since", "title",
                                             "missing", "rank",    "seen",    "connect",  "connector", "task",  "group",
                                             "topic",   "catalog", "table",   "named_by", NULL};

static const char *const alerts_short[] = {"server", "alert",   "labels",      "state", "severity",
                                           "since",  "summary", "description", NULL};

static const char *const services_short[] = {"job",        "instance",    "service", "recipe",
                                             "requests_s", "error_ratio", "p99_ms",  "in_flight",
                                             "queue",      "saturation",  "mean_ms", NULL};

static const struct stream_query base_queries[] = {
    {.table = "sources"},
    {.table = "clusters"},
    {.table = "groups", .columns = groups_short},
    {.table = "connectors"},
    {.table = "findings", .columns = findings_short},
    {.table = "prom_alerts", .columns = alerts_short},
    {.table = "plugin_checks"},
    {.table = "services", .columns = services_short},
};

const char *const views_road[] = {"kafka", "connect", "control", "log", "iceberg", NULL};

/* In the order of views_at. */
static const struct views_part *const parts[] = {
    &views_overview, &views_findings, &views_kafka, &views_sinks,      &views_tables,
    &views_metrics,  &views_servers,  &views_drift, &views_tables_one, &views_collector,
};

static const struct view_link links[] = {
    {"cluster", "cluster", "clusters", "cluster", "cluster", 1, 0},
    {"group", "cluster group", "groups", "cluster group", "group", 2, 0},
    {"topic", "cluster topic", "topics", "cluster topic", "topic", 2, 0},
    {"topic of group", "cluster group topic", "group_topics", "cluster group topic", "group_topic", 3, 0},
    {"member", "cluster group member_id", "group_members", "cluster group member_id", "group", 2, 1},
    {"broker", "cluster broker", "brokers", "cluster broker", "brokers", 0, 0},
    {"leader", "cluster leader", "brokers", "cluster broker", "brokers", 0, 0},
    {"coordinator", "cluster coordinator", "brokers", "cluster broker", "brokers", 0, 0},
    {"controller", "cluster controller", "brokers", "cluster broker", "brokers", 0, 0},
    {"connector", "connect connector", "connectors", "connect connector", "connector", 2, 0},
    {"commit", "cluster commit_id", "commits", "cluster commit_id", "commit", 2, 0},
    {"table", "catalog table", "iceberg_tables", "catalog table", "iceberg_table", 2, 0},
    {"metric", "job metric", "metric_families", "job metric", "metric_family", 2, 0},
    {"target", "job instance", "targets", "job instance", "target", 2, 0},
    {"source", "source", "sources", "source", "sources", 0, 0},
};

const struct view_link *views_link(size_t i)
{
    return i < sizeof links / sizeof *links ? &links[i] : NULL;
}

const struct view_def *views_at(size_t i)
{
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        if (i < parts[p]->n)
            return &parts[p]->defs[i];
        i -= parts[p]->n;
    }
    return NULL;
}

const struct view_def *views_find(const char *name)
{
    const struct view_def *d;
    for (size_t i = 0; (d = views_at(i)); i++) {
        if (strcmp(d->name, name) == 0)
            return d;
    }
    for (size_t i = 0; (d = views_at(i)); i++) {
        if (!d->subject && strcmp(d->title, name) == 0)
            return d;
    }
    return NULL;
}

void views_call(const struct table *t, const struct row *r, struct str *out)
{
    const struct format_options plain = {.exact = true};
    const struct view_def *d;
    size_t before = out->len;
    for (size_t i = 0; (d = views_at(i)) && out->len == before; i++) {
        if (d->called && d->subject && strcmp(d->subject, table_name(t)) == 0)
            template_say(out, d->called, t, r, &plain);
    }
    for (size_t i = table_nkeys(t); i-- > 0 && out->len == before;)
        format_cell(out, table_column(t, i), row_get(r, i), &plain);
}

struct view_def *views_generic(const char *table)
{
    size_t len = strlen(table) + 1;
    struct view_def *d = mem_calloc(1, sizeof *d + len);
    char *name = (char *)(d + 1);
    memcpy(name, table, len);
    d->name = d->title = name;
    d->panes[0].table = d->panes[0].title = name;
    const struct view_def *about;
    for (size_t i = 0; (about = views_at(i)); i++) {
        if (about->subject && strcmp(about->subject, table) == 0)
            d->panes[0].open = about->name;
    }
    return d;
}

const struct stream_query *views_base(size_t i)
{
    return i < sizeof base_queries / sizeof *base_queries ? &base_queries[i] : NULL;
}
