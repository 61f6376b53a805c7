/* What a commit cycle's evidence says of times, numbers, names and tables. */
#include "connect/cycles_internal.h"

#include <stdlib.h>
#include <string.h>

#define UNKNOWN CONNECT_EVENT_UNKNOWN

static int64_t known(int64_t first, int64_t second)
{
    return first != UNKNOWN ? first : second;
}

/* The group's name without what the sink, or the older one, puts before the connector's. */
static struct name *connector_of_group(const struct connect_cycles *c, const struct name *group)
{
    static const char *const prefixes[] = {"connect-", "cg-control-"};
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t len = strlen(prefixes[i]);
        if (group->len > len && memcmp(group->raw, prefixes[i], len) == 0)
            return name_intern(c->names, group->raw + len, group->len - len);
    }
    return name_intern(c->names, group->raw, group->len);
}

static struct name *connector(const struct connect_cycles *c, const struct connect_cycle_internal *e)
{
    const struct cycles_setting *setting = connect_cycles_setting(c, e);
    if (setting && setting->connector)
        return name_ref(setting->connector);
    const struct cycles_connector *by_log = e->group && e->group->connector ? e->group->connector : e->connector;
    if (by_log && by_log->name->len)
        return name_ref(by_log->name);
    const struct name *group = e->group ? e->group->id : e->made_by;
    return group ? connector_of_group(c, group) : name_ref(c->nobody);
}

static void replace(struct name **at, struct name *with)
{
    name_unref(*at);
    *at = with;
}

struct name *connect_cycles_coordinator(const struct connect_cycles *c, const struct connect_cycle_internal *e)
{
    if (e->log.seen && e->connector && e->connector->name->len && e->log.task != UNKNOWN && e->log.initiated) {
        struct str text = {0};
        str_bytes(&text, e->connector->name->raw, e->connector->name->len);
        str_printf(&text, "-%lld", (long long)e->log.task);
        struct name *name = name_intern(c->names, str_text(&text), text.len);
        str_done(&text);
        return name;
    }
    return e->task ? name_ref(e->task) : NULL;
}

struct cycles_chain *connect_cycles_chain(const struct connect_cycle_internal *e)
{
    for (size_t i = 0; e->pub.sender && i < e->group->chains.n; i++)
        if (e->group->chains.items[i].key == e->pub.sender)
            return &e->group->chains.items[i];
    return NULL;
}

/* By its own evidence, else by that of another cycle with the same record key, which is the same coordinator's. */
static struct name *coordinator(const struct connect_cycles *c, const struct connect_cycle_internal *e)
{
    struct name *own = connect_cycles_coordinator(c, e);
    const struct cycles_chain *chain = own ? NULL : connect_cycles_chain(e);
    return chain && chain->coordinator ? name_ref(chain->coordinator) : own;
}

static void names(const struct connect_cycles *c, struct connect_cycle_internal *e)
{
    replace(&e->pub.connector, connector(c, e));
    replace(&e->pub.coordinator, coordinator(c, e));
    const struct cycles_connector *by_log = e->connector;
    struct name *group = e->group ? e->group->id : e->made_by ? e->made_by : by_log ? by_log->group : NULL;
    replace(&e->pub.group, group ? name_ref(group) : NULL);
    e->pub.control_topic = e->group ? e->group->topic : NULL;
}

static void settings(const struct connect_cycles *c, struct connect_cycle_internal *e)
{
    const struct cycles_setting *s = connect_cycles_setting(c, e);
    bool ended = e->topic.completed || e->topic.followed || e->log.completed || e->log.failed;
    if (s && (!ended || e->assigned == UNKNOWN))
        e->assigned = s->partitions;
    if (s && (!ended || e->set_interval_ms == UNKNOWN))
        e->set_interval_ms = s->interval_ms;
    if (s && (!ended || e->set_timeout_ms == UNKNOWN))
        e->set_timeout_ms = s->timeout_ms;
    const struct cycles_connector *by_log = e->group && e->group->connector ? e->group->connector : e->connector;
    int64_t log_interval = known(e->log.interval_ms, by_log ? by_log->interval_ms : UNKNOWN);
    int64_t log_timeout = known(e->log.timeout_ms, by_log ? by_log->timeout_ms : UNKNOWN);
    /* A log tells what held then, settings what holds now. */
    e->pub.flush_ms = by_log ? by_log->flush_ms : UNKNOWN;
    e->pub.interval_ms = known(known(log_interval, e->set_interval_ms), e->topic.gap_ms);
    e->pub.timeout_ms = known(log_timeout, e->set_timeout_ms);
}

/* Which answers came in time, how many, and how long the last of them took. */
static void answers(struct connect_cycle_internal *e)
{
    struct connect_cycle *pub = &e->pub;
    for (size_t i = 0; i < pub->answers.n; i++) {
        struct connect_answer *a = &pub->answers.items[i];
        struct cycles_place at = {a->control_partition, a->control_offset, a->control_ms};
        a->late = !connect_cycles_in_time(e, &at);
    }
    pub->received = 0;
    pub->latency_ms = UNKNOWN;
    for (size_t i = 0; i < e->done.n; i++) {
        const struct cycles_done *d = &e->done.items[i];
        if (!connect_cycles_in_time(e, &d->at))
            continue;
        pub->received += d->assignments;
        int64_t after = connect_cycles_between(e->topic.start_ms, d->time_ms);
        if (after > pub->latency_ms)
            pub->latency_ms = after;
    }
    if (e->topic.seen)
        return;
    pub->received = e->log.received;
    if (pub->received == UNKNOWN && e->log.seen && (e->log.timeout || e->log.initiated))
        pub->received = 0;
}

static void expected(struct connect_cycle_internal *e)
{
    struct connect_cycle *pub = &e->pub;
    pub->expected_at_least = false;
    pub->expected = known(e->log.expected, e->assigned);
    if (pub->expected != UNKNOWN || !e->group)
        return;
    pub->expected = e->group->answered.n ? (int64_t)e->group->answered.n : UNKNOWN;
    pub->expected_at_least = pub->expected != UNKNOWN;
}

static void add(int64_t *sum, int64_t more)
{
    if (__builtin_add_overflow(*sum, more, sum))
        *sum = INT64_MAX;
}

static void sums(struct connect_cycle_internal *e)
{
    struct connect_cycle *pub = &e->pub;
    pub->files = pub->delete_files = pub->rows = pub->bytes = e->topic.seen ? 0 : UNKNOWN;
    pub->ntables = 0;
    for (size_t i = 0; i < e->tables.n; i++) {
        const struct cycles_table *t = &e->tables.items[i];
        pub->ntables += t->announced || t->logged || t->made;
        if (!e->topic.seen)
            continue;
        add(&pub->files, t->sums.files);
        add(&pub->delete_files, t->sums.deletes);
        add(&pub->rows, t->sums.rows);
        add(&pub->bytes, t->sums.bytes);
    }
}

static int64_t valid_through(const struct connect_cycle_internal *e)
{
    if (e->topic.completed)
        return e->topic.valid_through_ms;
    if (e->log.completed)
        return e->log.valid_through_ms;
    int64_t valid = UNKNOWN;
    for (size_t i = 0; i < e->tables.n && valid == UNKNOWN; i++) {
        const struct cycles_table *t = &e->tables.items[i];
        valid = known(t->event_valid, known(t->line_valid, t->made_valid));
    }
    return valid;
}

void connect_cycles_numbers(const struct connect_cycles *c, struct connect_cycle_internal *e)
{
    struct connect_cycle *pub = &e->pub;
    const struct cycles_from_topic *t = &e->topic;
    pub->seen = (t->seen ? CONNECT_SEEN_TOPIC : 0) | (e->log.seen ? CONNECT_SEEN_LOG : 0) |
                (e->in_table ? CONNECT_SEEN_TABLE : 0);
    names(c, e);
    settings(c, e);
    pub->error = e->log.error;
    pub->started_ms = t->started ? t->start_ms : e->log.start_ms;
    pub->control_partition = t->started ? t->start.partition : t->point.partition;
    pub->start_offset = t->start.offset;
    pub->end_offset = t->point.offset;
    pub->ended_ms = t->pointed ? t->point_ms : known(e->log.end_ms, e->log.failed_ms);
    pub->valid_through_ms = valid_through(e);
    answers(e);
    expected(e);
    sums(e);
}

static enum connect_table_state state(const struct connect_cycle_internal *e, const struct cycles_table *t)
{
    if (t->announced || t->logged || t->made)
        return CONNECT_TABLE_COMMITTED;
    if (e->pub.outcome == CONNECT_OUTCOME_RUNNING)
        return CONNECT_TABLE_ANNOUNCED;
    const int64_t *taken = e->group ? map_get(&e->group->taken, &t->table, sizeof t->table) : NULL;
    return taken && *taken > t->written_ms ? CONNECT_TABLE_COMMITTED : CONNECT_TABLE_WAITING;
}

void connect_cycles_tables(struct connect_cycle_internal *e)
{
    struct connect_cycle *pub = &e->pub;
    pub->tables.n = 0;
    for (size_t i = 0; i < e->tables.n; i++) {
        const struct cycles_table *t = &e->tables.items[i];
        struct connect_cycle_table one = {
            .table = t->table,
            .catalog = t->catalog,
            .state = state(e, t),
            .snapshot_id = known(t->event_snapshot, known(t->line_snapshot, t->made_snapshot)),
            .committed_ms = known(t->event_ms, known(t->line_ms, t->made_ms)),
            .valid_through_ms = known(t->event_valid, known(t->line_valid, t->made_valid))};
        bool told = e->topic.seen;
        one.files = told ? t->sums.files : UNKNOWN;
        one.delete_files = told ? t->sums.deletes : UNKNOWN;
        one.rows = told ? t->sums.rows : UNKNOWN;
        one.bytes = told ? t->sums.bytes : UNKNOWN;
        memcpy(one.uuid, t->uuid, sizeof one.uuid);
        vec_push(&pub->tables, one);
    }
}
