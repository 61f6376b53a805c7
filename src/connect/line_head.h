/* What stands around the message of a log line: prefixes of those who carry it, time, level, context, thread,
 * logger. */
#ifndef CONNECT_LINE_HEAD_H
#define CONNECT_LINE_HEAD_H

#include "connect/event.h"

/* Texts are borrowed from the line; s NULL: not there. */
struct connect_line_head {
    int64_t time_ms; /* or unknown */
    struct connect_event_text level, logger, connector;
    int64_t task;                   /* or unknown */
    struct connect_event_text text; /* the message */
};

/* Bytes in front of a line that whoever carries it has put there: the journal ("Nov 21 05:44:36 host
 * connect[12]: "), a container's runtime ("2026-...Z stdout F "), kubectl ("[pod/connect-0/connect] ") and
 * compose ("connect-1  | "). *time_ms gets the time that stands in it, or unknown. */
size_t connect_line_head_prefix(const char *line, size_t len, int64_t *time_ms);
/* Reads an entry's first line; false where it does not begin as an entry does. */
bool connect_line_head_read(const char *line, size_t len, int utc_offset_s, struct connect_line_head *ret);
/* Does it begin so? The same question without the end of the line. */
bool connect_line_head_begins(const char *line, size_t len);
/* A context as Connect has it, "orders-sink|task-0" or "orders-sink|worker", also with a scope behind another
 * bar; or the name of a task's thread, "task-thread-orders-sink-0". False for anything else. */
bool connect_line_head_context(const char *s, size_t len, struct connect_event_text *connector, int64_t *task);
/* "(org.apache.iceberg.connect.IcebergSinkConfig:371)" or without the number, alone on a line or before a
 * thread in brackets: the logger's name. */
bool connect_line_head_logger(const char *line, size_t len, struct connect_event_text *logger);
/* "orders-sink-0": the part before the last dash and the number behind it. */
bool connect_line_head_task(const char *s, size_t len, struct connect_event_text *connector, int64_t *task);

#endif
