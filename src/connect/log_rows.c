/* Writes lines as rows under an ever growing number. */
#include "connect/log_rows.h"
#include "base/mem.h"
#include "base/str.h"
#include "connect/redact.h"
#include "connect/tables.h"

#include <stdlib.h>
#include <string.h>

struct connect_log_rows {
    struct store *store;
    struct table *table;
    struct name *connect;
    uint16_t owner;
    int64_t first, next; /* ids in use: first <= id < next */
};

static bool is(struct connect_event_text t, const char *text)
{
    return t.len == strlen(text) && memcmp(t.s, text, t.len) == 0;
}

static bool has(struct connect_event_text t, const char *part)
{
    return t.len && memmem(t.s, t.len, part, strlen(part));
}

bool connect_log_rows_wanted(const struct connect_line *line)
{
    if (line->kind != CONNECT_LINE_OTHER)
        return true;
    if (!is(line->level, "WARN") && !is(line->level, "ERROR") && !is(line->level, "FATAL") &&
        !is(line->level, "WARNING"))
        return false;
    return line->connector.s || !line->logger.len || has(line->logger, "iceberg") || has(line->logger, "kafka.connect");
}

struct connect_log_rows *connect_log_rows_new(struct store *store, const char *connect, uint16_t owner)
{
    struct connect_log_rows *r = mem_new(struct connect_log_rows);
    r->store = store;
    r->table = store_find(store, connect_table_log_events.name);
    if (!r->table)
        store_add(store, &connect_table_log_events, NULL, &r->table, NULL);
    r->connect = name_intern(store_names(store), connect, strlen(connect));
    r->owner = owner;
    r->first = r->next = 1;
    return r;
}

void connect_log_rows_free(struct connect_log_rows *r)
{
    if (!r)
        return;
    name_unref(r->connect);
    free(r);
}

static void forget_oldest(struct connect_log_rows *r)
{
    const struct value key[] = {{.s = r->connect, .quality = QUALITY_EXACT}, value_int(r->first++)};
    struct row *row = table_find(r->table, key);
    if (row)
        table_remove(r->table, row);
}

static void set_text(struct connect_log_rows *r, struct row *row, size_t column, struct connect_event_text t)
{
    if (t.s)
        table_set_bytes(r->table, row, column, t.s, t.len);
}

/* A message, without what may be a secret, cut to max bytes. */
static void set_message(struct connect_log_rows *r, struct row *row, size_t column, struct connect_event_text t,
                        size_t max)
{
    if (!t.len)
        return;
    struct str safe = {0};
    char *text = mem_memdup(t.s, t.len < max ? t.len : max);
    connect_redact_text(&safe, text);
    table_set_bytes(r->table, row, column, str_text(&safe), safe.len);
    free(text);
    str_done(&safe);
}

/* What is known of settings, in place of all of them: others may be secrets. */
static void set_settings(struct connect_log_rows *r, struct row *row, const struct connect_line *line)
{
    struct str s = {0};
    str_bytes(&s, line->text.s, line->text.len);
    if (line->number != CONNECT_EVENT_UNKNOWN)
        str_printf(&s, " offset.flush.interval.ms = %lld", (long long)line->number);
    if (line->interval_ms != CONNECT_EVENT_UNKNOWN)
        str_printf(&s, " iceberg.control.commit.interval-ms = %lld", (long long)line->interval_ms);
    if (line->timeout_ms != CONNECT_EVENT_UNKNOWN)
        str_printf(&s, " iceberg.control.commit.timeout-ms = %lld", (long long)line->timeout_ms);
    if (line->control_topic.len)
        str_printf(&s, " iceberg.control.topic = %.*s", (int)line->control_topic.len, line->control_topic.s);
    if (line->group.len)
        str_printf(&s, " iceberg.connect.group-id = %.*s", (int)line->group.len, line->group.s);
    set_message(r, row, LOG_EVENTS_TEXT, (struct connect_event_text){s.s, s.len}, CONNECT_LOG_ROWS_TRACE);
    str_done(&s);
}

static void set_number(struct connect_log_rows *r, struct row *row, size_t column, int64_t number)
{
    if (number != CONNECT_EVENT_UNKNOWN)
        table_set_int(r->table, row, column, number, QUALITY_EXACT);
}

void connect_log_rows_add(struct connect_log_rows *r, const struct connect_line *line, const char *file, int64_t number)
{
    const struct value key[] = {{.s = r->connect, .quality = QUALITY_EXACT}, value_int(r->next)};
    struct row *row = table_upsert(r->table, key, r->owner);
    if (!row) /* past the limit of rows */
        return;
    if (++r->next - r->first > CONNECT_LOG_ROWS_KEPT)
        forget_oldest(r);
    set_number(r, row, LOG_EVENTS_TIME, line->time_ms);
    set_text(r, row, LOG_EVENTS_LEVEL, line->level);
    set_text(r, row, LOG_EVENTS_CONNECTOR, line->connector);
    set_number(r, row, LOG_EVENTS_TASK, line->task);
    table_set_text(r->table, row, LOG_EVENTS_KIND, connect_line_kind_name(line->kind));
    table_set_text(r->table, row, LOG_EVENTS_COMMIT_ID, *line->commit_id ? line->commit_id : NULL);
    if (line->kind == CONNECT_LINE_CONFIG || line->kind == CONNECT_LINE_FLUSH) {
        set_settings(r, row, line);
    } else {
        set_message(r, row, LOG_EVENTS_TEXT, line->text, CONNECT_LOG_ROWS_TRACE);
        set_message(r, row, LOG_EVENTS_CAUSE, line->cause, CONNECT_LOG_ROWS_TRACE);
        set_message(r, row, LOG_EVENTS_TRACE, line->trace, CONNECT_LOG_ROWS_TRACE);
    }
    table_set_text(r->table, row, LOG_EVENTS_ORIGIN, file);
    set_number(r, row, LOG_EVENTS_LINE, number);
}

size_t connect_log_rows_count(const struct connect_log_rows *r)
{
    return (size_t)(r->next - r->first);
}
