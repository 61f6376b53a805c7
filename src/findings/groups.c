/* Consumer groups of sinks: ids that do not match, connectors that share one, leftovers, markers. */
#include "findings/catalogue.h"

#include "findings/sums.h"
#include "findings/words.h"
#include "kafka/markers.h"
#include "kafka/tables.h"

#include <string.h>

enum {
    SETTLED_MS = 60000,      /* members of before may stay for a session timeout */
    SESSIONS_MS = 2 * 45000, /* two session timeouts, as consumers have them by default */
    QUIET_MS = 300000,       /* between two commits a group may come to an end of this kind, and go on */
    USED_MS = 3600000,       /* who has committed within the last hour is at work */
    LISTED = 4,              /* names in a sentence */
};

static const char client_prefix[] = "connector-consumer-", data_prefix[] = "connect-", control_prefix[] = "cg-control-",
                  coordinator_suffix[] = "-coord";

static bool begins(const char *text, const char *prefix)
{
    return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

/* The connector after which a member is called: its length at *name, 0 where the client id is not one of Connect's own. */
static size_t connector_of(const char *client, const char **name)
{
    if (!begins(client, client_prefix))
        return 0;
    *name = client + sizeof client_prefix - 1;
    const char *dash = strrchr(*name, '-');
    bool task = dash && dash > *name && dash[1] && strspn(dash + 1, "0123456789") == strlen(dash + 1);
    return task ? (size_t)(dash - *name) : 0;
}

/* ---- IT-C30 ---- */

static bool is_tabular(const struct findings_sink *sink)
{
    return begins(sink->class, "io.tabular.") || begins(sink->group, control_prefix);
}

/* Has a coordinator begun a cycle of late? Then it was elected, whatever settings say. */
static bool has_cycles(const struct findings_look *look, const struct findings_sink *sink)
{
    int64_t interval = sink->interval_ms > 0 ? sink->interval_ms : USED_MS;
    int64_t age = sink->ncycles ? connect_cycles_between(sink->cycles[0]->started_ms, findings_now(look)) : INT64_MAX;
    return age != CONNECT_EVENT_UNKNOWN && age < findings_sums_plus(findings_sums_times(interval, 3), SETTLED_MS);
}

/* The group that its settings give its tasks, where that is another one than the sink asks about; else NULL. */
static const char *configured_apart(const struct findings_sink *sink)
{
    const char *given = sink->config ? sink->config(sink, "consumer.override.group.id") : NULL;
    const char *believed = sink->config ? sink->config(sink, "iceberg.connect.group-id") : NULL;
    if (given)
        return strcmp(given, sink->group) != 0 ? given : NULL;
    bool own =
        !believed || (begins(believed, data_prefix) && strcmp(believed + sizeof data_prefix - 1, sink->connector) == 0);
    return own ? NULL : "";
}

static void say_apart(struct findings_look *look, const struct findings_sink *sink, const struct findings_saw *saw,
                      const char *other)
{
    size_t n = 0;
    for (size_t i = 0; i < sink->strays.n; i++)
        n += strcmp(sink->strays.items[i].group, other) == 0;
    struct str where = {0};
    if (*other)
        str_add(&where, other);
    else
        str_printf(&where, "%s%s", data_prefix, sink->connector);
    if (n)
        findings_saw(look, saw, "%s looks for its leader in the group %s, which has no members: its %s%s in %s",
                     sink->connector, sink->group,
                     n == 1 ? "only member" : findings_words_count((int64_t)n, "member").s, n == 1 ? " is" : " are",
                     str_text(&where));
    else
        findings_saw(look, saw, "%s is set to look for its leader in the group %s, and its tasks to join %s",
                     sink->connector, sink->group, str_text(&where));
    findings_evidence(look, n ? "its members" : "nobody is in it", CONNECT_EVENT_UNKNOWN,
                      n ? "group_members" : "groups", "cluster = %s and group = %s", sink->cluster, str_text(&where));
    findings_evidence(look, "the group in which it looks", CONNECT_EVENT_UNKNOWN, "groups",
                      "cluster = %s and group = %s", sink->cluster, sink->group);
    if (sink->row && sink->connect)
        findings_evidence(look, "its settings", CONNECT_EVENT_UNKNOWN, "connectors", "connect = %s and connector = %s",
                          sink->connect, sink->connector);
    str_done(&where);
}

static void group_mismatch(struct findings_look *look, const struct findings_sink *sink)
{
    if (!sink->group || is_tabular(sink) || sink->data.members.n || has_cycles(look, sink))
        return;
    const char *other = sink->strays.n ? sink->strays.items[0].group : configured_apart(sink);
    bool idle = sink->state && (strcmp(sink->state, "PAUSED") == 0 || strcmp(sink->state, "STOPPED") == 0);
    if (!other || (idle && !sink->strays.n))
        return;
    struct str subject = {0};
    str_printf(&subject, "connector %s", sink->connector);
    struct findings_saw saw = {
        .subject = str_text(&subject),
        .since_ms = CONNECT_EVENT_UNKNOWN,
        .hold_ms = SETTLED_MS,
        .missing = sink->strays.n ? NULL : "the members of its consumer group, which are not known",
        .cause = "its tasks are in another group than that in which it looks for its leader",
        .place = {FINDINGS_NOWHERE, .connect = sink->connect, .connector = sink->connector, .group = sink->group},
    };
    say_apart(look, sink, &saw, other);
    str_done(&subject);
}

/* ---- IT-C31 ---- */

/* The first member of the same client id; its own index where there is none before it. */
static size_t first_like(const struct findings_group *g, size_t i)
{
    size_t k = 0;
    while (k < i &&
           (!g->members.items[k].client || strcmp(g->members.items[k].client, g->members.items[i].client) != 0))
        k++;
    return k;
}

/* The first member of the same connector. */
static size_t first_of(const struct findings_group *g, size_t i)
{
    const char *name, *other;
    size_t len = connector_of(g->members.items[i].client, &name), k = 0;
    for (; k < i; k++)
        if (connector_of(g->members.items[k].client, &other) == len && memcmp(name, other, len) == 0)
            break;
    return k;
}

static void evidence_of_members(struct findings_look *look, const struct findings_sink *sink)
{
    findings_evidence(look, "its members and their client ids", CONNECT_EVENT_UNKNOWN, "group_members",
                      "cluster = %s and group = %s", sink->cluster, sink->data.group);
}

static void shared_group(struct findings_look *look, const struct findings_sink *sink)
{
    const struct findings_group *g = &sink->data;
    struct str names = {0}, subject = {0};
    size_t connectors = 0, twice = SIZE_MAX;
    const char *name;
    for (size_t i = 0; g->group && i < g->members.n; i++) {
        size_t len = connector_of(g->members.items[i].client, &name);
        if (!len)
            continue;
        if (first_of(g, i) == i) {
            str_printf(&names, "%s%.*s", connectors ? ", " : "", (int)len, name);
            connectors++;
        }
        if (twice == SIZE_MAX && first_like(g, i) != i)
            twice = i;
    }
    str_printf(&subject, "group %s", g->group ? g->group : "");
    struct findings_saw saw = {
        .subject = str_text(&subject),
        .since_ms = CONNECT_EVENT_UNKNOWN,
        .hold_ms = SESSIONS_MS,
        .place = {FINDINGS_NOWHERE, .connect = sink->connect, .connector = sink->connector, .group = g->group},
    };
    if (connectors > 1) {
        findings_saw(look, &saw, "the members of the group %s are tasks of %zu connectors: %s", g->group, connectors,
                     str_text(&names));
        evidence_of_members(look, sink);
    } else if (twice != SIZE_MAX) {
        const struct findings_member *a = &g->members.items[first_like(g, twice)], *b = &g->members.items[twice];
        findings_saw(look, &saw, "the group %s has two members that are called %s, on %s and %s", g->group, b->client,
                     a->host ? a->host : "a host that is not known", b->host ? b->host : "one that is not known");
        evidence_of_members(look, sink);
    }
    str_done(&names);
    str_done(&subject);
}

/* ---- IT-C32 ---- */

static bool is_uuid(const char *s)
{
    enum { UUID = 36 };
    for (size_t i = 0; i < UUID; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (!s[i] || (dash ? s[i] != '-' : !strchr("0123456789abcdefABCDEF", s[i])))
            return false;
    }
    return !s[UUID];
}

/* Does a sink of Tabular's commit to it? Then it is no leftover. */
static bool is_used(const struct findings_world *world, const char *group)
{
    for (size_t i = 0; i < world->nsinks; i++)
        if (world->sinks[i]->group && strcmp(world->sinks[i]->group, group) == 0)
            return true;
    return false;
}

static const struct findings_sink *successor(const struct findings_world *world, const char *cluster, const char *name)
{
    for (size_t i = 0; i < world->nsinks; i++) {
        const struct findings_sink *s = world->sinks[i];
        if (s->cluster && strcmp(s->cluster, cluster) == 0 && s->connector && strcmp(s->connector, name) == 0)
            return s;
    }
    return NULL;
}

/* A group of this kind that is empty, has offsets and has not moved of late. */
static bool is_leftover(const struct findings_look *look, const struct row *r)
{
    struct value group = row_get(r, GROUPS_GROUP), state = row_get(r, GROUPS_STATE);
    struct value partitions = row_get(r, GROUPS_PARTITIONS), moved = row_get(r, GROUPS_MOVED);
    if (!begins(group.s->raw, control_prefix) || is_uuid(group.s->raw + sizeof control_prefix - 1))
        return false;
    size_t len = strlen(group.s->raw), suffix = sizeof coordinator_suffix - 1;
    if (len > suffix && strcmp(group.s->raw + len - suffix, coordinator_suffix) == 0)
        return false; /* that of its coordinator, which goes with it */
    bool empty = state.quality != QUALITY_UNKNOWN && strcmp(state.s->raw, "Empty") == 0;
    bool offsets = partitions.quality != QUALITY_UNKNOWN && partitions.i > 0;
    return empty && offsets &&
           (moved.quality == QUALITY_UNKNOWN || connect_cycles_between(moved.i, findings_now(look)) > USED_MS);
}

static void leftovers(struct findings_look *look, const struct findings_world *world)
{
    struct table *groups = world->nsinks ? store_find(world->store, kafka_table_groups.name) : NULL;
    for (const struct row *r = groups ? table_first(groups) : NULL; r; r = row_next(r)) {
        if (!is_leftover(look, r) || is_used(world, row_get(r, GROUPS_GROUP).s->raw))
            continue;
        const char *cluster = row_get(r, GROUPS_CLUSTER).s->raw, *group = row_get(r, GROUPS_GROUP).s->raw;
        const struct findings_sink *now = successor(world, cluster, group + sizeof control_prefix - 1);
        struct str subject = {0};
        str_printf(&subject, "group %s", group);
        struct findings_saw saw = {
            .cluster = cluster,
            .subject = str_text(&subject),
            .since_ms = CONNECT_EVENT_UNKNOWN,
            .place = {FINDINGS_NOWHERE, .group = group, .connector = now ? now->connector : NULL,
                      .connect = now ? now->connect : NULL},
        };
        findings_saw(look, &saw, "the group %s has offsets and no members, as Tabular's sink left it%s%s", group,
                     now ? ", beside the sink " : "", now ? now->connector : "");
        findings_evidence(look, "it is empty", CONNECT_EVENT_UNKNOWN, "groups", "cluster = %s and group = %s", cluster,
                          group);
        findings_evidence(look, "the offsets that it holds", CONNECT_EVENT_UNKNOWN, "group_partitions",
                          "cluster = %s and group = %s", cluster, group);
        if (now && now->data.group)
            findings_evidence(look, "the group that is at work", CONNECT_EVENT_UNKNOWN, "groups",
                              "cluster = %s and group = %s", cluster, now->data.group);
        str_done(&subject);
    }
}

/* ---- IT-C33 ---- */

static void markers(struct findings_look *look, const struct findings_sink *sink)
{
    const struct findings_group *g = &sink->data;
    struct value note = g->row ? row_get(g->row, GROUPS_NOTE) : value_unknown();
    const char *said = note.quality == QUALITY_UNKNOWN ? NULL : strstr(note.s->raw, KAFKA_MARKERS_NOTE);
    if (!said || !g->group)
        return;
    said += sizeof KAFKA_MARKERS_NOTE - 1;
    struct str subject = {0};
    str_printf(&subject, "group %s", g->group);
    struct findings_saw saw = {
        .subject = str_text(&subject),
        .since_ms = CONNECT_EVENT_UNKNOWN,
        .place = {FINDINGS_NOWHERE, .group = g->group},
    };
    saw.hold_ms = QUIET_MS;
    findings_saw(look, &saw,
                 "the group %s has read all there is on %.*s: what other tools call its lag there are "
                 "markers of transactions",
                 g->group, (int)strcspn(said, ","), said);
    findings_evidence(look, "where nothing but markers is left", CONNECT_EVENT_UNKNOWN, "group_partitions",
                      "cluster = %s and group = %s and note ~ \"markers\"", sink->cluster, g->group);
    str_done(&subject);
}

/* ---- pages ---- */

static const char *const issues_mismatch[] = {"apache/iceberg#12610", "apache/iceberg#12608", NULL};
static const char *const issues_leftovers[] = {"apache/iceberg#13236", "apache/iceberg#11805", "apache/iceberg#11818",
                                               NULL};
static const char *const issues_markers[] = {"apache/iceberg#11818", NULL};

const struct findings_rule findings_groups[] = {
    {
        .page =
            {
                .id = "IT-C30",
                .title = "group id mismatch",
                .severity = FINDINGS_CRITICAL,
                .seen = "The group in which the sink looks for its leader (`iceberg.connect.group-id`, else `connect-` "
                        "and the "
                        "connector's name) has had no members for a minute, while members whose "
                        "client ids are `connector-consumer-NAME-TASK` of this connector sit in another group. Where "
                        "the members cannot be seen: its settings name two groups. In both cases no commit cycle has "
                        "begun for three intervals.",
                .means = "The leader is the task that holds the smallest partition of that group. Nobody holds any, "
                         "so no coordinator starts, no commit cycle begins, and the control topic stays empty. Tasks "
                         "are RUNNING, read records and write files that no table will ever have. No error is logged.",
                .todo = "Set `iceberg.connect.group-id` to the group in which the tasks are, or remove "
                        "`consumer.override.group.id` and `consumer.group.id` from the settings, and restart the "
                        "connector. Look where the group's offsets are first: the tasks go on from those of the group "
                        "that they join.",
                .not = "Not for Tabular's sink, whose groups differ by design, and not while cycles begin. A connector "
                       "whose client ids are overridden (`consumer.override.client.id`) cannot be recognised by its "
                       "members.",
                .issues = issues_mismatch,
            },
        .sink = group_mismatch,
    },
    {
        .page =
            {
                .id = "IT-C31",
                .title = "two connectors in one consumer group",
                .severity = FINDINGS_WARNING,
                .seen = "The group of a sink's tasks has had members of two connectors, by their client ids "
                        "`connector-consumer-NAME-TASK`, or two members of one client id, for 90 seconds (two session "
                        "timeouts, so that members that are merely leaving do not count).",
                .means = "Sinks tell their control events apart by the group alone. Partitions are dealt out over the "
                         "tasks of both connectors, one coordinator leads for both and commits the files of both "
                         "through its own catalog, and it waits for answers that the other connector's settings may "
                         "never give. Two members of one client id are the same connector deployed twice, or a task "
                         "that its worker lost and never ended.",
                .todo = "Give each connector a group of its own: remove `consumer.override.group.id` and "
                        "`iceberg.connect.group-id`, whose defaults differ by the connector's name. Where the same "
                        "connector runs in two Connect clusters, rename one, or end the one that is not wanted; where "
                        "a lost task is left over, restart its worker.",
                .not = "Several connectors on one control topic are allowed and are not meant here. Members without "
                       "such a client id are not judged.",
                .issues = NULL,
            },
        .sink = shared_group,
    },
    {
        .page =
            {
                .id = "IT-C32",
                .title = "leftovers of Tabular's sink",
                .severity = FINDINGS_INFO,
                .seen = "A group `cg-control-NAME`, where NAME is no UUID, is Empty, holds committed offsets, was not "
                        "seen to move within the last hour, and no sink that is known commits to it.",
                .means = "Tabular's sink kept its source offsets there. Apache's sink reads `connect-NAME` instead: "
                         "after a move from one to the other records are read twice, or left out, if the offsets were "
                         "not carried over. Dashboards that show such a group show a lag that grows and means "
                         "nothing.",
                .todo = "Compare its offsets with those of `connect-NAME`, and delete the group once the move is over "
                        "and right. Kafka removes it by itself when offsets.retention.minutes has passed.",
                .not = "Groups `cg-control-UUID` are made anew by every task of Apache's sink that starts, and lie "
                       "empty for a while after it: these are not meant. Nor is a group of Tabular's sink at work, "
                       "which never has members.",
                .issues = issues_leftovers,
            },
        .world = leftovers,
    },
    {
        .page =
            {
                .id = "IT-C33",
                .title = "lag that is only transaction markers",
                .severity = FINDINGS_INFO,
                .seen = "A read from the committed offset to the end of a partition of the sink's group brought no "
                        "record, though the offsets differ, and so for five minutes.",
                .means = "Nothing: the group has read everything. Producers that write in transactions leave a marker "
                         "at the end of each, which takes an offset and is given to nobody. Kafka's own tools, and "
                         "all that subtract offsets, show a lag of 1 or more there for as long as nothing is written.",
                .todo = "Do not alert on it: use the lag of this program, or a threshold above it.",
                .not = "The group of the coordinator (`connect-NAME-coord`) is not looked at: its lag between two "
                       "cycles is 3, and 2 for each table, by design. A lag of which nobody has read yet whether it "
                       "is markers is shown as lag.",
                .issues = issues_markers,
            },
        .sink = markers,
    },
    {.page.id = NULL},
};
