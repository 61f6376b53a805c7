/* The control topic of sinks: how long it keeps what, how it is divided, whether it is still the same. */
#include "findings/catalogue.h"

#include "base/map.h"
#include "findings/sums.h"
#include "findings/words.h"

#include <stdlib.h>
#include <string.h>

enum {
    INTERVALS = 3, /* a retention of fewer commit intervals is too short */
    LISTED = 3,    /* names in a sentence */
};

/* ---- topics ---- */

/* A control topic with the sinks that use it. */
struct topic {
    const struct findings_sink *first; /* of them, whose word on the topic is taken */
    VEC(const struct findings_sink *) users;
    struct str subject;
};

struct topics {
    struct map by_name;
    VEC(struct topic *) all;
};

static struct topic *topic_of(struct topics *t, const struct findings_sink *sink)
{
    struct str key = {0};
    str_add(&key, sink->cluster);
    str_char(&key, '\0');
    str_add(&key, sink->control.topic);
    struct topic *topic = map_get(&t->by_name, key.s, key.len);
    if (!topic) {
        topic = mem_new(struct topic);
        topic->first = sink;
        str_printf(&topic->subject, "topic %s", sink->control.topic);
        map_put(&t->by_name, key.s, key.len, topic);
        vec_push(&t->all, topic);
    }
    str_done(&key);
    vec_push(&topic->users, sink);
    return topic;
}

static void topics_init(struct topics *t, const struct findings_world *world)
{
    *t = (struct topics){0};
    for (size_t i = 0; i < world->nsinks; i++)
        if (world->sinks[i]->cluster && world->sinks[i]->control.topic)
            topic_of(t, world->sinks[i]);
}

static void topics_done(struct topics *t)
{
    for (size_t i = 0; i < t->all.n; i++) {
        vec_done(&t->all.items[i]->users);
        str_done(&t->all.items[i]->subject);
        free(t->all.items[i]);
    }
    vec_done(&t->all);
    map_done(&t->by_name);
}

static struct findings_saw saw_of(const struct topic *t)
{
    bool alone = t->users.n == 1;
    return (struct findings_saw){
        .cluster = t->first->cluster,
        .subject = t->subject.s,
        .since_ms = CONNECT_EVENT_UNKNOWN,
        .place = {FINDINGS_NOWHERE, .topic = t->first->control.topic, .connector = alone ? t->first->connector : NULL,
                  .connect = alone ? t->first->connect : NULL},
    };
}

/* "of orders-sink", "of a, b, c and 4 more". */
static void add_users(struct str *out, const struct topic *t)
{
    str_add(out, "of ");
    for (size_t i = 0; i < t->users.n; i++)
        findings_words_list(out, t->users.items[i]->connector, i, t->users.n, LISTED);
}

static void evidence_of_topic(struct findings_look *look, const struct topic *t, const char *text)
{
    findings_evidence(look, text, CONNECT_EVENT_UNKNOWN, "topics", "cluster = %s and topic = %s", t->first->cluster,
                      t->first->control.topic);
}

static void each_topic(struct findings_look *look, const struct findings_world *world,
                       void (*judge)(struct findings_look *look, const struct topic *t))
{
    struct topics topics;
    topics_init(&topics, world);
    for (size_t i = 0; i < topics.all.n; i++)
        judge(look, topics.all.items[i]);
    topics_done(&topics);
}

static bool has_policy(const struct topic *t, const char *policy)
{
    return t->first->control.cleanup_policy && strstr(t->first->control.cleanup_policy, policy);
}

/* ---- IT-K01 ---- */

/* Files that wait for a snapshot for longer than half of the retention, and not merely for their cycle. */
struct waiting {
    int64_t rows, files, oldest_ms;
    const struct findings_sink *sink; /* of the oldest */
    const struct connect_backlog_files *file;
    const struct connect_backlog_of_table *table;
    bool blind;
};

static int64_t patience_of(const struct findings_sink *sink)
{
    return sink->interval_ms > 0 && sink->timeout_ms > 0
               ? findings_sums_plus(findings_sums_times(sink->interval_ms, 2), sink->timeout_ms)
               : 0;
}

static void add_waiting(struct waiting *w, int64_t now, int64_t retention, const struct findings_sink *sink)
{
    int64_t least = retention / 2 > patience_of(sink) ? retention / 2 : patience_of(sink);
    w->blind |= sink->blind;
    for (size_t t = 0; sink->backlog && t < sink->backlog->tables.n; t++) {
        const struct connect_backlog_of_table *table = &sink->backlog->tables.items[t];
        for (size_t i = 0; i < table->files.n; i++) {
            const struct connect_backlog_files *f = &table->files.items[i];
            int64_t age = connect_cycles_between(f->announced_ms, now);
            if (f->state != CONNECT_BACKLOG_PENDING || age == CONNECT_EVENT_UNKNOWN || age <= least)
                continue;
            w->rows = findings_sums_plus(w->rows, f->sums.rows);
            w->files = findings_sums_plus(w->files, findings_sums_plus(f->sums.files, f->sums.delete_files));
            if (w->file && f->announced_ms >= w->oldest_ms)
                continue;
            w->oldest_ms = f->announced_ms;
            w->sink = sink;
            w->table = table;
            w->file = f;
        }
    }
}

static void say_waiting(struct findings_look *look, const struct topic *t, const struct waiting *w, int64_t retention)
{
    int64_t lost_ms = findings_sums_plus(w->oldest_ms, retention);
    struct findings_saw saw = saw_of(t);
    saw.since_ms = findings_sums_plus(w->oldest_ms, retention / 2);
    saw.cost = w->rows;
    saw.own_severity = true;
    saw.severity = lost_ms <= findings_now(look) ? FINDINGS_CRITICAL : FINDINGS_WARNING;
    findings_saw(look, &saw,
                 "%s keeps records for %s, and %s in %s that it announces %s in no snapshot for over half of "
                 "that",
                 t->first->control.topic, findings_words_ms(retention).s, findings_words_count(w->rows, "row").s,
                 findings_words_count(w->files, "file").s, w->rows == 1 ? "is" : "are");
    findings_evidence(look, "the oldest of them: from then on Kafka may delete what announces it", lost_ms,
                      "pending_files", "cluster = %s and group_id = %s and table = %s and commit_id = %s",
                      w->sink->cluster, w->sink->group, w->table->table->raw, w->file->commit_id);
    evidence_of_topic(look, t, "for how long the topic keeps its records");
}

static void judge_retention(struct findings_look *look, const struct topic *t)
{
    int64_t retention = t->first->control.retention_ms, interval = 0;
    struct waiting w = {0};
    if (retention == CONNECT_EVENT_UNKNOWN) {
        findings_unsure(look, t->first->cluster, t->subject.s);
        return;
    }
    if (retention < 0 || (t->first->control.cleanup_policy && !has_policy(t, "delete")))
        return;
    for (size_t i = 0; i < t->users.n; i++) {
        const struct findings_sink *sink = t->users.items[i];
        interval = sink->interval_ms > interval ? sink->interval_ms : interval;
        add_waiting(&w, findings_now(look), retention, sink);
    }
    if (w.file && !w.sink->blind) {
        say_waiting(look, t, &w, retention);
    } else if (interval > 0 && retention / INTERVALS < interval) {
        struct findings_saw saw = saw_of(t);
        findings_saw(look, &saw, "%s keeps records for %s, less than %d commit intervals of %s",
                     t->first->control.topic, findings_words_ms(retention).s, INTERVALS, findings_words_ms(interval).s);
        evidence_of_topic(look, t, "for how long the topic keeps its records");
    } else if (w.blind) {
        findings_unsure(look, t->first->cluster, t->subject.s);
    }
}

static void retention(struct findings_look *look, const struct findings_world *world)
{
    each_topic(look, world, judge_retention);
}

/* ---- IT-K02, IT-K03, IT-K05 ---- */

static void judge_compaction(struct findings_look *look, const struct topic *t)
{
    struct findings_saw saw = saw_of(t);
    if (!t->first->control.cleanup_policy) {
        findings_unsure(look, t->first->cluster, t->subject.s);
    } else if (has_policy(t, "compact")) {
        struct str users = {0};
        add_users(&users, t);
        findings_saw(look, &saw, "%s, the control topic %s, is compacted: its cleanup.policy is %s",
                     t->first->control.topic, str_text(&users), t->first->control.cleanup_policy);
        evidence_of_topic(look, t, "its cleanup policy");
        str_done(&users);
    }
}

static void compaction(struct findings_look *look, const struct findings_world *world)
{
    each_topic(look, world, judge_compaction);
}

/* Snapshots carry the offsets of all partitions from 1.10.1 on. */
static bool merges_offsets(const char *version)
{
    static const long since[] = {1, 10, 1};
    const char *at = version;
    for (size_t i = 0; at && i < sizeof since / sizeof *since; i++) {
        char *end;
        long n = strtol(at, &end, 10);
        if (end == at)
            return false;
        if (n != since[i])
            return n > since[i];
        at = *end == '.' ? end + 1 : "0";
    }
    return at != NULL;
}

static void judge_partitions(struct findings_look *look, const struct topic *t)
{
    int64_t n = t->first->control.npartitions;
    if (n == CONNECT_EVENT_UNKNOWN) {
        findings_unsure(look, t->first->cluster, t->subject.s);
        return;
    }
    if (n <= 1)
        return;
    struct str users = {0};
    bool merged = true;
    for (size_t i = 0; i < t->users.n; i++)
        merged = merged && merges_offsets(t->users.items[i]->version);
    add_users(&users, t);
    struct findings_saw saw = saw_of(t);
    saw.own_severity = true;
    saw.severity = merged ? FINDINGS_INFO : FINDINGS_WARNING;
    saw.missing = merged || t->first->version ? NULL : "the version of the sink";
    findings_saw(look, &saw, "%s, the control topic %s, has %s", t->first->control.topic, str_text(&users),
                 findings_words_count(n, "partition").s);
    evidence_of_topic(look, t, "its partitions");
    findings_evidence(look, "how far its coordinator has read each of them", CONNECT_EVENT_UNKNOWN, "group_partitions",
                      "cluster = %s and group = %s and topic = %s", t->first->cluster, t->first->coordinator.group,
                      t->first->control.topic);
    str_done(&users);
}

static void partitions(struct findings_look *look, const struct findings_world *world)
{
    each_topic(look, world, judge_partitions);
}

static void judge_growth(struct findings_look *look, const struct topic *t)
{
    struct findings_saw saw = saw_of(t);
    const struct findings_control_topic *c = &t->first->control;
    if (c->retention_ms == CONNECT_EVENT_UNKNOWN || c->retention_bytes == CONNECT_EVENT_UNKNOWN || !c->cleanup_policy) {
        findings_unsure(look, t->first->cluster, t->subject.s);
    } else if (c->retention_ms < 0 && c->retention_bytes < 0 && has_policy(t, "delete")) {
        struct str users = {0};
        add_users(&users, t);
        findings_saw(look, &saw, "%s, the control topic %s, keeps its records for ever", t->first->control.topic,
                     str_text(&users));
        evidence_of_topic(look, t, "its retention is unlimited");
        str_done(&users);
    }
}

static void growth(struct findings_look *look, const struct findings_world *world)
{
    each_topic(look, world, judge_growth);
}

/* ---- IT-K04 ---- */

static void made_again(struct findings_look *look, const struct findings_sink *sink)
{
    struct str subject = {0}, tables = {0};
    int64_t rows = 0;
    size_t n = 0;
    const struct connect_backlog_of_table *first = NULL;
    str_printf(&subject, "connector %s", sink->connector);
    for (size_t i = 0; sink->backlog && i < sink->backlog->tables.n; i++)
        n += sink->backlog->tables.items[i].recreated;
    for (size_t i = 0, at = 0; n && i < sink->backlog->tables.n; i++) {
        const struct connect_backlog_of_table *t = &sink->backlog->tables.items[i];
        if (!t->recreated)
            continue;
        findings_words_list(&tables, t->table->raw, at++, n, LISTED);
        rows = findings_sums_plus(
            rows, findings_sums_plus(t->sums[CONNECT_BACKLOG_PENDING].rows, t->sums[CONNECT_BACKLOG_LOST].rows));
        first = first ? first : t;
    }
    if (sink->blind || !sink->backlog) {
        findings_unsure(look, sink->cluster, str_text(&subject));
    } else if (first) {
        struct findings_saw saw = {
            .subject = str_text(&subject),
            .since_ms = CONNECT_EVENT_UNKNOWN,
            .cost = rows,
            .cause = "its control topic was made again, so that new files count as committed long ago",
            .place = {FINDINGS_NOWHERE, .connect = sink->connect, .connector = sink->connector, .group = sink->group,
                      .topic = sink->control_topic, .table = first->table->raw,
                      .catalog = first->catalog ? first->catalog->raw : NULL},
        };
        findings_saw(look, &saw,
                     "snapshots of %s name offsets of %s that it does not have: the topic was made again, "
                     "and %s skips files below them",
                     str_text(&tables), sink->control_topic, sink->connector);
        findings_evidence(look, "offsets in the snapshots", CONNECT_EVENT_UNKNOWN, "snapshots",
                          "table = %s and control_offsets != unknown", first->table->raw);
        findings_evidence(look, "where the topic ends", CONNECT_EVENT_UNKNOWN, "partitions",
                          "cluster = %s and topic = %s", sink->cluster, sink->control_topic);
        findings_evidence(look, "files that wait, or that were passed over", CONNECT_EVENT_UNKNOWN, "pending_files",
                          "cluster = %s and group_id = %s", sink->cluster, sink->group);
    }
    str_done(&subject);
    str_done(&tables);
}

/* ---- pages ---- */

static const char *const issues_retention[] = {"apache/iceberg#13752", "apache/iceberg#13995", NULL};
static const char *const issues_partitions[] = {"apache/iceberg#13067", "apache/iceberg#13787", "apache/iceberg#14525",
                                                NULL};
static const char *const issues_made_again[] = {"apache/iceberg#15293", "apache/iceberg#12357", NULL};
static const char *const issues_growth[] = {"apache/iceberg#15844", NULL};

const struct findings_rule findings_control[] = {
    {
        .page =
            {
                .id = "IT-K01",
                .title = "the control topic forgets too soon",
                .severity = FINDINGS_WARNING,
                .seen = "Its retention.ms is less than three commit intervals of a sink that uses it; or files that it "
                        "announces have been in no snapshot for longer than half of its retention, two intervals and "
                        "the commit timeout. Critical once the retention of the oldest of these has passed.",
                .means = "The announcements are the only list of files that wait for a commit. A coordinator that is "
                         "at work has read them; one that begins anew, after a restart or a rebalance, reads the topic "
                         "from where its group has committed. What Kafka has deleted by then is in no table for ever, "
                         "though its source offsets count as consumed.",
                .todo = "Raise retention.ms of the control topic now, to days rather than hours. Then mend what holds "
                        "the commits back, before the oldest announcement is deleted.",
                .not = "Kafka deletes whole segments, so that records may stay longer than said. retention.bytes is "
                       "not judged, nor is a topic whose settings may not be read.",
                .issues = issues_retention,
            },
        .world = retention,
    },
    {
        .page =
            {
                .id = "IT-K02",
                .title = "the control topic is compacted",
                .severity = FINDINGS_WARNING,
                .seen = "Its cleanup.policy has `compact` in it.",
                .means = "All events of one task carry one key. Compaction keeps the last of a key alone, so that "
                         "earlier announcements of files vanish: a coordinator that has not read them yet, as after a "
                         "restart, never commits those files, and their rows are lost.",
                .todo = "Set cleanup.policy=delete on the control topic, with a retention of days.",
                .not = "Seen in the topic's settings alone, whether or not anything was lost yet.",
                .issues = NULL,
            },
        .world = compaction,
    },
    {
        .page =
            {
                .id = "IT-K03",
                .title = "the control topic has more than one partition",
                .severity = FINDINGS_WARNING,
                .seen = "Its partitions, as Kafka tells them. A warning for sinks older than 1.10.1 and of unknown "
                        "version, else for information.",
                .means = "Nothing is gained: one coordinator reads all partitions. Events of different tasks have no "
                         "order among them, and when two coordinators live at once each reads a part, so that each "
                         "lacks some answers. Before 1.10.1 a snapshot named only the partitions from which its "
                         "cycle had read, and forgot how far the others were.",
                .todo = "Use a control topic of one partition. Stop the connectors that use it while all files that "
                        "were announced are in snapshots, have them name a new topic (`iceberg.control.topic`), and "
                        "start them again.",
                .not = "A topic cannot lose partitions, and one made again under the same name loses rows: see "
                       "IT-K04.",
                .issues = issues_partitions,
            },
        .world = partitions,
    },
    {
        .page =
            {
                .id = "IT-K04",
                .title = "the control topic was made again",
                .severity = FINDINGS_CRITICAL,
                .seen = "A table's snapshots say that the sink has read the control topic up to an offset beyond the "
                        "topic's end, which was read after the table; or files were announced below such an offset "
                        "after the snapshot was made that seems to cover them.",
                .means = "The sink skips files that were announced below the offsets in the snapshots, since it takes "
                         "them for committed. In a new topic, or in another Kafka cluster, offsets start at 0: until "
                         "they have passed the old ones, all files are skipped. Source offsets go on, and the rows are "
                         "lost. The log has \"nothing to commit\" at most.",
                .todo = "Stop the connector, and give it a control topic of another name (`iceberg.control.topic`): "
                        "offsets of another topic do not count. Then set its consumer group back to before the rows "
                        "that were skipped and start it again: rows that did arrive come twice.",
                .not = "A difference of clocks of up to two seconds between who announces and who commits is allowed "
                       "for.",
                .issues = issues_made_again,
            },
        .sink = made_again,
    },
    {
        .page =
            {
                .id = "IT-K05",
                .title = "the control topic grows for ever",
                .severity = FINDINGS_INFO,
                .seen = "Its cleanup.policy is delete, and neither retention.ms nor retention.bytes limits it.",
                .means = "Each cycle adds an event for each task and table, and all statistics of all files with it. "
                         "Nothing of it is needed once its files are in a snapshot. The topic takes room, and who "
                         "reads it from its beginning takes ever longer.",
                .todo = "Set retention.ms on the control topic: some days, far longer than the longest outage in which "
                        "files wait for a commit.",
                .not = "A retention that is only long is no finding.",
                .issues = issues_growth,
            },
        .world = growth,
    },
    {.page.id = NULL},
};
