/* What one entry of a Connect worker's log says: its time, level and context, and, of the lines that the Iceberg
 * sink writes in all its versions, what they mean.
 *
 * An entry is a line that begins as the layout has it ("[2026-11-21 05:44:36,933] INFO [orders-sink|task-0] text
 * (logger:12)", also without context or logger, with other orders of time and level, and JSON layouts) with the
 * lines after it that do not: stack traces, settings. */
#ifndef CONNECT_LINE_H
#define CONNECT_LINE_H

#include "base/error.h"
#include "connect/event.h"

struct str;

enum connect_line_kind {
    CONNECT_LINE_OTHER,             /* worth showing by its level only */
    CONNECT_LINE_LEADER,            /* a task was elected: a coordinator starts */
    CONNECT_LINE_COORDINATOR,       /* "received leader partition": a coordinator starts or was kept */
    CONNECT_LINE_LOST_LEADER,       /* it stops */
    CONNECT_LINE_WORKER,            /* "Starting commit worker" */
    CONNECT_LINE_INITIATED,         /* a cycle began: commit_id */
    CONNECT_LINE_NOT_READY,         /* commit_id, received, expected */
    CONNECT_LINE_READY,             /* commit_id, received ("all N": expected is not told) */
    CONNECT_LINE_TIMEOUT,           /* commit_id */
    CONNECT_LINE_TABLE,             /* commit_id, table, snapshot_id, valid_through_ms */
    CONNECT_LINE_NOTHING,           /* nothing to commit to a table */
    CONNECT_LINE_COMPLETE,          /* commit_id, tables, valid_through_ms */
    CONNECT_LINE_FAILED,            /* commit_id where told (>= 1.11) */
    CONNECT_LINE_NO_TABLE,          /* table not found */
    CONNECT_LINE_OTHER_TABLE,       /* table mismatch: expected and received uuid in the text */
    CONNECT_LINE_UNEXPECTED,        /* a response or ready when no commit is in progress: commit_id */
    CONNECT_LINE_COORDINATOR_ERROR, /* its thread exits */
    CONNECT_LINE_FLUSH,             /* DistributedConfig values: number = offset.flush.interval.ms */
    CONNECT_LINE_CONFIG,      /* IcebergSinkConfig values: interval, timeout, control topic, group of the connector */
    CONNECT_LINE_TASK_FAILED, /* the worker kills a task */
    CONNECT_LINE_JOIN_FAILED, /* a consumer could not join its group, which the text names */
    CONNECT_LINE_KINDS
};

/* All texts are borrowed from the entry. Numbers that are not told are CONNECT_EVENT_UNKNOWN. */
struct connect_line {
    enum connect_line_kind kind;
    int64_t time_ms;
    struct connect_event_text level;     /* "INFO" */
    struct connect_event_text connector; /* by context "[orders-sink|task-0]", else by the words */
    int64_t task;
    struct connect_event_text logger; /* "org.apache.iceberg.connect.channel.Coordinator" */
    struct connect_event_text text;   /* the message's first line without time, level, context, logger */
    struct connect_event_text trace;  /* the lines after it */
    struct connect_event_text cause;  /* the last "Caused by: " of the trace, or its first line */
    char commit_id[CONNECT_EVENT_ID]; /* "": none */
    int64_t received, expected, tables, snapshot_id, valid_through_ms, number;
    struct connect_event_text
        table; /* NAMESPACE.NAME as the sink prints it, without the catalog where it prints that */
    int64_t interval_ms, timeout_ms;                /* CONNECT_LINE_CONFIG */
    struct connect_event_text control_topic, group; /* likewise; group: "" where it is null */
};

/* Does a new entry begin here, or does the line belong to the one before? */
bool connect_line_begins(const char *line, size_t len);

/* How many bytes in front of a line are of who carried it (journal, container runtime, kubectl, compose). An
 * entry's first line may keep them; they are to be taken off the lines after it. */
size_t connect_line_prefix(const char *line, size_t len);

/* Reads an entry, its lines separated by newlines. utc_offset_s: the zone, in seconds east of UTC, of times that
 * name none. ERR_INVALID where it does not begin as an entry does, which JSON does not. */
int connect_line_read(const char *entry, size_t len, int utc_offset_s, struct connect_line *ret, struct error *err);
/* The same, of JSON too, also as Docker wraps lines: texts then lie in *held, whose contents go with the next
 * call. */
int connect_line_read_held(const char *entry, size_t len, int utc_offset_s, struct str *held, struct connect_line *ret,
                           struct error *err);

/* "initiated", "not-ready", ...: as the column kind of log_events has it. */
const char *connect_line_kind_name(enum connect_line_kind kind);

#endif
