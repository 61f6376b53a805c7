/* Commit cycles as the lines of a worker's log tell of them. */
#include "connect/cycles_internal.h"

#include <stdlib.h>
#include <string.h>

/* The task that writes a line, in its worker's log: NULL past the limit. */
static struct cycles_context *context_of(struct connect_cycles *c, const char *origin, const struct connect_line *line)
{
    struct str key = {0};
    str_bytes(&key, origin, strlen(origin) + 1);
    str_bytes(&key, line->connector.s ? line->connector.s : "", line->connector.len);
    str_bytes(&key, &line->task, sizeof line->task);
    struct cycles_context *context = map_get(&c->contexts, key.s, key.len);
    if (!context && c->contexts.n < CYCLES_CONTEXTS) {
        context = mem_new(struct cycles_context);
        context->expected = CONNECT_EVENT_UNKNOWN;
        map_put(&c->contexts, key.s, key.len, context);
    }
    str_done(&key);
    return context;
}

static struct connect_cycle_internal *cycle_of(struct connect_cycles *c, struct cycles_connector *connector,
                                               const struct connect_line *line, const char *id)
{
    struct connect_cycle_internal *e = connect_cycles_get(c, id);
    e->log.seen = true;
    if (!e->connector) {
        e->connector = connector;
        e->log.task = line->task;
    }
    if (!e->lane)
        connect_cycles_put(c, e, &connector->lane);
    if (e->group && !e->group->connector) {
        e->group->connector = e->connector;
        connect_cycles_again_all(c, &e->group->lane);
    }
    return e;
}

static void initiated(struct connect_cycles *c, struct connect_cycle_internal *e, const struct cycles_context *context,
                      const struct connect_line *line)
{
    struct cycles_connector *connector = e->connector;
    e->log.initiated = true;
    e->log.start_ms = line->time_ms;
    e->log.task = line->task;
    e->log.expected = context->expected;
    e->log.interval_ms = connector->interval_ms;
    e->log.timeout_ms = connector->timeout_ms;
    if (connector->started_ms == CONNECT_EVENT_UNKNOWN || connector->started_ms < line->time_ms)
        connector->started_ms = line->time_ms;
    connect_cycles_again_open(c, &connector->lane);
}

static void failed(struct connect_cycle_internal *e, const struct connect_line *line)
{
    const struct connect_event_text *text = line->cause.len ? &line->cause : &line->text;
    e->log.failed = true;
    e->log.failed_ms = line->time_ms;
    free(e->log.error);
    e->log.error = mem_memdup(text->s ? text->s : "", text->len < CYCLES_ERROR_BYTES ? text->len : CYCLES_ERROR_BYTES);
}

static void table(struct connect_cycles *c, struct connect_cycle_internal *e, const struct connect_line *line)
{
    struct cycles_table *t = connect_cycles_table(c, e, line->table.s ? line->table.s : "", line->table.len);
    if (e->log.end_ms == CONNECT_EVENT_UNKNOWN)
        e->log.end_ms = line->time_ms;
    if (!t)
        return;
    t->logged = true;
    t->line_snapshot = line->snapshot_id;
    t->line_ms = line->time_ms;
    t->line_valid = line->valid_through_ms;
}

static void completed(struct connect_cycle_internal *e, const struct connect_line *line)
{
    e->log.completed = true;
    e->log.valid_through_ms = line->valid_through_ms;
    if (e->log.end_ms == CONNECT_EVENT_UNKNOWN)
        e->log.end_ms = line->time_ms;
}

/* A line about answers or an end of waiting: what its numbers say. */
static void waited(struct connect_cycle_internal *e, struct cycles_context *context, const struct connect_line *line)
{
    struct cycles_from_log *l = &e->log;
    if (line->kind == CONNECT_LINE_TIMEOUT) {
        l->timeout = true;
    } else {
        l->ready = l->ready || line->kind == CONNECT_LINE_READY;
        if (l->received == CONNECT_EVENT_UNKNOWN || line->received > l->received)
            l->received = line->received;
    }
    if (line->kind == CONNECT_LINE_NOT_READY)
        context->expected = line->expected;
    if (context->expected != CONNECT_EVENT_UNKNOWN)
        l->expected = context->expected;
}

static void about_cycle(struct connect_cycles *c, struct connect_cycle_internal *e, struct cycles_context *context,
                        const struct connect_line *line)
{
    switch (line->kind) {
    case CONNECT_LINE_INITIATED:
        initiated(c, e, context, line);
        break;
    case CONNECT_LINE_NOT_READY:
    case CONNECT_LINE_READY:
    case CONNECT_LINE_TIMEOUT:
        waited(e, context, line);
        break;
    case CONNECT_LINE_TABLE:
        table(c, e, line);
        break;
    case CONNECT_LINE_COMPLETE:
        completed(e, line);
        break;
    case CONNECT_LINE_FAILED:
    case CONNECT_LINE_COORDINATOR_ERROR:
        failed(e, line);
        break;
    case CONNECT_LINE_NOTHING:
    case CONNECT_LINE_NO_TABLE:
    case CONNECT_LINE_OTHER_TABLE:
        e->log.skipped = true;
        break;
    default:
        break;
    }
}

/* The id of the cycle that a line is about, "" if of none: by its own words, else by what its task was doing. Follows what
 * the task is doing. */
static void follow(struct cycles_context *context, const struct connect_line *line, char id[static CONNECT_EVENT_ID])
{
    memcpy(id, line->commit_id, CONNECT_EVENT_ID);
    switch (line->kind) {
    case CONNECT_LINE_LEADER:
        *context = (struct cycles_context){.expected = CONNECT_EVENT_UNKNOWN};
        return;
    case CONNECT_LINE_INITIATED:
    case CONNECT_LINE_NOT_READY:
        memcpy(context->current, id, CONNECT_EVENT_ID);
        return;
    case CONNECT_LINE_READY:
    case CONNECT_LINE_TIMEOUT:
        if (!id[0])
            memcpy(id, context->current, CONNECT_EVENT_ID);
        memcpy(context->pending, id, CONNECT_EVENT_ID);
        return;
    case CONNECT_LINE_COMPLETE:
        if (strcmp(context->pending, id) == 0)
            context->pending[0] = '\0';
        return;
    case CONNECT_LINE_FAILED:
    case CONNECT_LINE_COORDINATOR_ERROR:
        if (!id[0])
            memcpy(id, context->pending, CONNECT_EVENT_ID);
        if (strcmp(context->pending, id) == 0)
            context->pending[0] = '\0';
        return;
    case CONNECT_LINE_NOTHING:
    case CONNECT_LINE_NO_TABLE:
    case CONNECT_LINE_OTHER_TABLE:
        if (!id[0])
            memcpy(id, context->pending, CONNECT_EVENT_ID);
        return;
    default:
        return;
    }
}

/* What is known of a connector is another: its cycles are looked at again. */
static void again(struct connect_cycles *c, struct cycles_connector *connector)
{
    void *value;
    connect_cycles_again_all(c, &connector->lane);
    for (size_t at = 0; map_next(&c->groups, &at, NULL, NULL, &value);)
        if (((struct cycles_group *)value)->connector == connector)
            connect_cycles_again_all(c, &((struct cycles_group *)value)->lane);
}

/* A worker starts, and prints its settings: they are those of all that its log tells of. */
static void started(struct connect_cycles *c, const char *origin, const struct connect_line *line)
{
    int64_t *flush_ms = map_get(&c->flushes, origin, strlen(origin));
    if (!flush_ms && c->flushes.n < CYCLES_CONTEXTS) {
        flush_ms = mem_new(int64_t);
        map_put(&c->flushes, origin, strlen(origin), flush_ms);
    }
    if (flush_ms)
        *flush_ms = line->number;
}

static void follow_flush(struct connect_cycles *c, const char *origin, struct cycles_connector *connector)
{
    const int64_t *flush_ms = map_get(&c->flushes, origin, strlen(origin));
    if (!flush_ms || *flush_ms == connector->flush_ms)
        return;
    connector->flush_ms = *flush_ms;
    again(c, connector);
}

/* The sink's own settings: they hold for the cycles that it begins from then on, and for those whose beginning no line tells. */
static void configured(struct connect_cycles *c, struct cycles_connector *connector, const struct connect_line *line)
{
    struct str group = {0};
    if (line->group.len) {
        str_bytes(&group, line->group.s, line->group.len);
    } else {
        str_add(&group, "connect-");
        str_bytes(&group, connector->name->raw, connector->name->len);
    }
    name_unref(connector->group);
    connector->group = name_intern(c->names, str_text(&group), group.len);
    str_done(&group);
    connector->interval_ms = line->interval_ms;
    connector->timeout_ms = line->timeout_ms;
    again(c, connector);
}

static bool tells_of_cycles(const struct connect_line *line)
{
    switch (line->kind) {
    case CONNECT_LINE_LEADER:
    case CONNECT_LINE_INITIATED:
    case CONNECT_LINE_NOT_READY:
    case CONNECT_LINE_READY:
    case CONNECT_LINE_TIMEOUT:
    case CONNECT_LINE_TABLE:
    case CONNECT_LINE_COMPLETE:
    case CONNECT_LINE_FAILED:
    case CONNECT_LINE_NOTHING:
    case CONNECT_LINE_NO_TABLE:
    case CONNECT_LINE_OTHER_TABLE:
    case CONNECT_LINE_COORDINATOR_ERROR:
    case CONNECT_LINE_CONFIG:
        return true;
    default:
        return false;
    }
}

void connect_cycles_line(struct connect_cycles *c, const char *origin, const struct connect_line *line)
{
    if (line->kind == CONNECT_LINE_FLUSH && line->number != CONNECT_EVENT_UNKNOWN)
        started(c, origin, line);
    if (!tells_of_cycles(line))
        return;
    connect_cycles_trim(c);
    struct cycles_connector *connector =
        connect_cycles_connector(c, line->connector.s ? line->connector.s : "", line->connector.len);
    struct cycles_context *context = context_of(c, origin, line);
    if (!connector || !context) {
        c->ignored++;
        return;
    }
    follow_flush(c, origin, connector);
    if (line->kind == CONNECT_LINE_CONFIG) {
        configured(c, connector, line);
        return;
    }
    char id[CONNECT_EVENT_ID];
    follow(context, line, id);
    if (!id[0])
        return;
    struct connect_cycle_internal *e = cycle_of(c, connector, line, id);
    about_cycle(c, e, context, line);
    connect_cycles_touch(c, e);
}
