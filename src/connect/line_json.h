/* Log lines that are JSON objects, as the layouts of logstash, log4j 2 and ECS write them. */
#ifndef CONNECT_LINE_JSON_H
#define CONNECT_LINE_JSON_H

#include "connect/line_head.h"

struct str;

/* Reads an object's time, level, logger, context and message into *ret; head->text is the whole message, *trace
 * the stack trace. Texts lie in *held, which is emptied first. ERR_INVALID where it is no object, has no
 * message, or tells neither time nor level. */
int connect_line_json_read(const char *line, size_t len, int utc_offset_s, struct str *held,
                           struct connect_line_head *ret, struct connect_event_text *trace, struct error *err);

/* Docker's files: {"log":"the line\n","stream":"stdout","time":...}. Appends what is wrapped in each line of an
 * entry, of other lines themselves; false, with nothing appended, where the first is none of these. */
bool connect_line_json_unwrap(const char *entry, size_t len, struct str *out);

/* Does an entry begin at this line, whose first byte is a brace? */
bool connect_line_json_begins(const char *line, size_t len);

#endif
