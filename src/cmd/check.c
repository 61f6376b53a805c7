/* icetop check: one round of every source, one line each, and an exit status that Nagios understands. */
#include "base/str.h"
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/session.h"

#include <event2/event.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { DEFAULT_DEADLINE_S = 30, OK = 0, WARNING = 1, CRITICAL = 2, UNKNOWN = 3 };

struct check {
    struct cmd_session session;
    struct event *deadline;
    int status;
};

static const struct {
    const char *state, *word;
    int status;
} states[] = {
    {"ok", "OK", OK},
    {"partial", "WARNING", WARNING},
    {"failed", "CRITICAL", CRITICAL},
    {"starting", "CRITICAL", CRITICAL},
};

/* ", 3 brokers" */
static void add_count(struct str *out, const struct row *r, const char *column)
{
    struct value v = row_cell(r, column);
    if (v.quality != QUALITY_UNKNOWN)
        str_printf(out, ", %" PRId64 " %s", v.i, column);
}

/* What was read of a source's cluster; its note mostly is the source's error. */
static void add_facts(const struct store *store, const char *cluster, const char *error, struct str *out)
{
    static const char *const counts[] = {"brokers", "topics", "partitions", "groups", "leaderless", "under_replicated"};
    const struct table *t = store_find(store, "clusters");
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        if (strcmp(row_text(r, "cluster"), cluster) != 0)
            continue;
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            add_count(out, r, counts[i]);
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
        const char *noun = strchr(facts[i].table, '_') ? strchr(facts[i].table, '_') + 1 : facts[i].table;
        str_printf(out, ", %zu %s", n, noun);
        for (size_t k = 0; facts[i].wrong && facts[i].wrong[k]; k++)
            if (counts[k])
                str_printf(out, " (%zu %s)", counts[k], facts[i].wrong[k]);
        if (!facts[i].wrong && all)
            str_printf(out, " (%zu with a note)", all);
    }
}

static int report_source(const struct store *store, const struct row *r)
{
    const char *state = row_text(r, "state");
    bool starting = strcmp(state, "starting") == 0, begun = starting && *row_text(r, "error");
    size_t i = 0;
    while (i + 1 < sizeof states / sizeof *states && strcmp(states[i].state, begun ? "partial" : state) != 0)
        i++;
    struct str line = {0};
    const char *unfinished = begun ? "the first picture is not complete" : "no round has ended";
    str_printf(&line, "%s %s: %s%s", states[i].word, row_text(r, "source"), starting ? unfinished : state,
               starting ? " before the deadline" : "");
    struct value took = row_cell(r, "round_ms");
    if (took.quality != QUALITY_UNKNOWN)
        str_printf(&line, " in %" PRId64 " ms", took.i);
    if (states[i].status != CRITICAL)
        add_rows(store, r, &line);
    if (states[i].status != CRITICAL && strcmp(row_text(r, "kind"), "kafka") == 0) {
        add_facts(store, row_text(r, "cluster"), row_text(r, "error"), &line);
        add_verdicts(store, row_text(r, "cluster"), &line);
    }
    if (*row_text(r, "error"))
        str_printf(&line, "; %s", row_text(r, "error"));
    puts(str_text(&line));
    str_done(&line);
    return states[i].status;
}

static bool counts(const struct row *r)
{
    return strcmp(row_text(r, "kind"), "history") != 0;
}

/* Prints all lines; what could not be reached at all makes the whole answer unknown. */
static int report(const struct check *c)
{
    const struct store *store = stream_client_store(c->session.client);
    const struct table *t = store_find(store, "sources");
    int worst = OK;
    size_t reached = 0;
    for (const struct row *r = t ? table_first(t) : NULL; r; r = row_next(r)) {
        if (!counts(r))
            continue;
        int status = report_source(store, r);
        reached += status != CRITICAL;
        worst = status > worst ? status : worst;
    }
    if (!reached)
        puts("UNKNOWN nothing could be reached");
    return reached ? worst : UNKNOWN;
}

static void end(struct check *c)
{
    c->status = report(c);
    event_base_loopbreak(c->session.base);
}

static void on_changed(void *arg, bool complete)
{
    struct check *c = arg;
    const struct table *t = store_find(stream_client_store(c->session.client), "sources");
    size_t known = 0;
    for (const struct row *r = t && complete ? table_first(t) : NULL; r; r = row_next(r)) {
        if (!counts(r))
            continue;
        if (strcmp(row_text(r, "state"), "starting") == 0)
            return;
        known++;
    }
    if (known)
        end(c);
}

static void on_closed(void *arg, const struct error *err)
{
    struct check *c = arg;
    struct error why = *err;
    cmd_session_why(&c->session, &why);
    printf("UNKNOWN %s\n", why.text);
    c->status = UNKNOWN;
    event_base_loopbreak(c->session.base);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    end(arg);
}

static int run(struct check *c, double deadline_s)
{
    static const struct stream_client_ops ops = {.changed = on_changed, .closed = on_closed};
    struct error err = {0};
    if (cmd_session_connect(&c->session, &ops, c, &err)) {
        printf("UNKNOWN %s\n", err.text);
        return UNKNOWN;
    }
    stream_client_subscribe(c->session.client, &(struct stream_query){.table = "sources"}, NULL, NULL);
    stream_client_subscribe(c->session.client, &(struct stream_query){.table = "clusters"}, NULL, NULL);
    static const char *const verdicts[] = {"cluster", "group", "verdict", NULL};
    stream_client_subscribe(
        c->session.client, &(struct stream_query){.table = "groups", .columns = verdicts, .where = "verdict != \"ok\""},
        NULL, NULL);
    for (size_t i = 0; i < FACTS; i++)
        stream_client_subscribe(c->session.client,
                                &(struct stream_query){.table = facts[i].table, .columns = facts[i].columns}, NULL,
                                NULL);
    c->deadline = evtimer_new(c->session.base, on_deadline, c);
    const struct timeval after = {.tv_sec = (time_t)deadline_s, .tv_usec = (suseconds_t)(fmod(deadline_s, 1) * 1e6)};
    event_add(c->deadline, &after);
    event_base_dispatch(c->session.base);
    event_free(c->deadline);
    return c->status;
}

int cmd_check_run(const struct cmd_options *o)
{
    struct check c = {.status = UNKNOWN};
    struct error err = {0};
    double deadline_s;
    if (cmd_options_seconds(o, OPTIONS_DEADLINE, DEFAULT_DEADLINE_S, &deadline_s, &err)) {
        printf("UNKNOWN %s\n", err.text);
        return UNKNOWN;
    }
    int status = cmd_session_init(&c.session, o, true) ? UNKNOWN : run(&c, deadline_s);
    cmd_session_done(&c.session);
    return status;
}
