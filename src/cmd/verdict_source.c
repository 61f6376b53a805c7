/* A line for each source of `icetop check`: how it fares, and what is in its rows. */
#include "cmd/verdict.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *state;
    enum cmd_verdict_status status;
} states[] = {
    {"ok", VERDICT_OK},
    {"partial", VERDICT_WARNING},
    {"failed", VERDICT_CRITICAL},
    {"starting", VERDICT_CRITICAL},
};

static bool is_starting(const struct row *r)
{
    return strcmp(row_text(r, "state"), "starting") == 0;
}

enum cmd_verdict_status cmd_verdict_source(const struct row *source)
{
    if (is_starting(source) && *row_text(source, "error")) /* rows are there, but not all */
        return VERDICT_WARNING;
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].state, row_text(source, "state")) == 0)
            return states[i].status;
    return VERDICT_CRITICAL;
}

/* ", 3 brokers"; nothing of what is wrong where nothing is. */
static void add_count(struct str *out, const struct row *r, const char *column, bool wrong)
{
    struct value v = row_cell(r, column);
    if (v.quality != QUALITY_UNKNOWN && (v.i || !wrong))
        str_printf(out, ", %" PRId64 " %.*s", v.i, (int)(strlen(column) - (v.i == 1 && !wrong)), column);
}

/* What was read of a source's cluster; its note mostly is the source's error. */
static void add_facts(const struct store *store, const char *cluster, const char *error, struct str *out)
{
    static const char *const counts[] = {"brokers", "topics", "partitions", "groups"}, *const wrong[] = {
                                                                                           "leaderless",
                                                                                           "under_replicated"};
    const struct table *t = store_find(store, "clusters");
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        if (strcmp(row_text(r, "cluster"), cluster) != 0)
            continue;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            add_count(out, r, counts[i], false);
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
            add_count(out, r, wrong[i], true);
        if (*row_text(r, "note") && strcmp(row_text(r, "note"), error) != 0)
            str_printf(out, "; %s", row_text(r, "note"));
    }
}

/* "; groups: 1 losing, 2 stuck": those with something wrong, the worst first. */
static void add_verdicts(const struct store *store, const char *cluster, struct str *out)
{
    static const char *const wrong[] = {"losing", "rebalancing", "stuck", "rewound", "falling behind", "unread"};
    const struct table *t = store_find(store, "groups");
    const char *before = "; groups: ";
    for (size_t i = 0; t && i < sizeof wrong / sizeof *wrong; i++) {
        size_t n = 0;
        for (const struct row *r = table_first(t); r; r = row_next(r))
            n += strcmp(row_text(r, "cluster"), cluster) == 0 && strcmp(row_text(r, "verdict"), wrong[i]) == 0;
        if (!n)
            continue;
        str_printf(out, "%s%zu %s", before, n, wrong[i]);
        before = ", ";
    }
}

/* What is said of a source's rows beside Kafka's: how many there are, and how many of them are wrong by a column. */
static const struct {
    const char *kind, *table, *key, *column; /* key: the column that names the source's own */
    const char *const *wrong;                /* values of column, the worst first; NULL: anything */
    const char *const *columns;
} facts[] = {
    {"connect", "connectors", "connect", "state",
     (const char *const[]){"FAILED", "UNASSIGNED", "PAUSED", "STOPPED", NULL},
     (const char *const[]){"connect", "connector", "state", NULL}},
    {"connect", "tasks", "connect", "state", (const char *const[]){"FAILED", "UNASSIGNED", NULL},
     (const char *const[]){"connect", "connector", "task", "state", NULL}},
    {"control", "commits", "cluster", "outcome",
     (const char *const[]){"failed", "dropped", "partial", "superseded", "end unknown", NULL},
     (const char *const[]){"cluster", "commit_id", "outcome", NULL}},
    {"iceberg", "iceberg_tables", "catalog", "note", NULL, (const char *const[]){"catalog", "table", "note", NULL}},
    {"log", "log_events", "connect", "level", (const char *const[]){"ERROR", "WARN", NULL},
     (const char *const[]){"connect", "id", "level", NULL}},
};

enum { FACTS = sizeof facts / sizeof *facts };

/* "connectors" of `connectors`, "events" of `log_events`, "table" of one of `iceberg_tables` */
static void add_noun(const char *table, size_t n, struct str *out)
{
    const char *noun = strchr(table, '_') ? strchr(table, '_') + 1 : table;
    str_printf(out, ", %zu %.*s", n, (int)(strlen(noun) - (n == 1)), noun);
}

/* ", 12 tasks (1 FAILED)" */
static void add_rows(const struct store *store, const struct row *source, struct str *out)
{
    const char *name = strchr(row_text(source, "source"), ':');
    for (size_t i = 0; name && i < FACTS; i++) {
        const struct table *t = store_find(store, facts[i].table);
        size_t n = 0, counts[8] = {0}, all = 0;
        if (!t || strcmp(row_text(source, "kind"), facts[i].kind) != 0)
            continue;
        for (const struct row *r = table_first(t); r; r = row_next(r)) {
            if (strcmp(row_text(r, facts[i].key), name + 1) != 0)
                continue;
            n++;
            all += *row_text(r, facts[i].column) != '\0';
            for (size_t k = 0; facts[i].wrong && facts[i].wrong[k]; k++)
                counts[k] += strcmp(row_text(r, facts[i].column), facts[i].wrong[k]) == 0;
        }
        add_noun(facts[i].table, n, out);
        const char *before = " (";
        for (size_t k = 0; facts[i].wrong && facts[i].wrong[k]; k++)
            if (counts[k]) {
                str_printf(out, "%s%zu %s", before, counts[k], facts[i].wrong[k]);
                before = ", ";
            }
        str_add(out, *before == ',' ? ")" : "");
        if (!facts[i].wrong && all)
            str_printf(out, " (%zu with a note)", all);
    }
}

void cmd_verdict_source_line(const struct store *store, const struct row *source, struct str *out)
{
    enum cmd_verdict_status status = cmd_verdict_source(source);
    bool begun = status == VERDICT_WARNING;
    str_printf(out, "%s %s: ", cmd_verdict_word(status), row_text(source, "source"));
    if (is_starting(source))
        str_printf(out, "%s before the deadline", begun ? "the first picture is not complete" : "no round has ended");
    else
        str_add(out, row_text(source, "state"));
    struct value took = row_cell(source, "round_ms");
    if (took.quality != QUALITY_UNKNOWN)
        str_printf(out, " in %" PRId64 " ms", took.i);
    if (status != VERDICT_CRITICAL)
        add_rows(store, source, out);
    if (status != VERDICT_CRITICAL && strcmp(row_text(source, "kind"), "kafka") == 0) {
        add_facts(store, row_text(source, "cluster"), row_text(source, "error"), out);
        add_verdicts(store, row_text(source, "cluster"), out);
    }
    if (*row_text(source, "error"))
        str_printf(out, "; %s", row_text(source, "error"));
}

bool cmd_verdict_needs(size_t i, const char **table, const char *const **columns, const char **where)
{
    static const char *const verdicts[] = {"cluster", "group", "verdict", NULL};
    *where = NULL;
    *columns = NULL;
    if (i < FACTS) {
        *table = facts[i].table;
        *columns = facts[i].columns;
        return true;
    }
    *table = i == FACTS ? "clusters" : "groups";
    if (i == FACTS + 1) {
        *columns = verdicts;
        *where = "verdict != \"ok\"";
    }
    return i <= FACTS + 1;
}
