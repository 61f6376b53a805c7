/* Finds the fields of a log line's object under the names that layouts give them. */
#include "connect/line_json.h"
#include "base/str.h"
#include "connect/line_time.h"

#include <jansson.h>
#include <string.h>

enum field { FIELD_TIME, FIELD_LEVEL, FIELD_LOGGER, FIELD_MESSAGE, FIELD_CONTEXT, FIELD_THREAD, FIELD_TRACE, FIELDS };

/* A dot goes into an object where no member has the whole name. */
static const char *const names[FIELDS][8] = {
    [FIELD_TIME] = {"@timestamp", "timestamp", "time", "timeMillis", "instant", "ts"},
    [FIELD_LEVEL] = {"level", "log.level", "severity", "loglevel"},
    [FIELD_LOGGER] = {"logger_name", "logger", "loggerName", "log.logger"},
    [FIELD_MESSAGE] = {"message", "msg"},
    [FIELD_CONTEXT] = {"mdc.connector.context", "connector.context", "contextMap.connector.context",
                       "properties.connector.context", "labels.connector.context"},
    [FIELD_THREAD] = {"thread_name", "thread", "threadName", "process.thread.name"},
    [FIELD_TRACE] = {"stack_trace", "exception", "error.stack_trace", "thrown", "stackTrace", "throwable"},
};

/* How a line of Docker's begins. */
static const char wrap[] = "{\"log\":\"";

static const json_t *find(const json_t *object, const char *name)
{
    const json_t *found = json_object_get(object, name);
    const char *dot = strchr(name, '.');
    if (found || !dot)
        return found;
    char head[32];
    if ((size_t)(dot - name) >= sizeof head)
        return NULL;
    memcpy(head, name, (size_t)(dot - name));
    head[dot - name] = '\0';
    object = json_object_get(object, head);
    return json_is_object(object) ? find(object, dot + 1) : NULL;
}

static const json_t *field(const json_t *object, enum field f)
{
    for (size_t i = 0; i < sizeof names[f] / sizeof *names[f] && names[f][i]; i++) {
        const json_t *found = find(object, names[f][i]);
        if (found && !json_is_null(found))
            return found;
    }
    return NULL;
}

/* A trace may be an object of its own. */
static const json_t *trace_of(const json_t *value)
{
    static const char *const inner[] = {"stacktrace", "stack_trace", "stackTrace", "extendedStackTrace", "message"};
    for (size_t i = 0; json_is_object(value) && i < sizeof inner / sizeof *inner; i++)
        if (json_is_string(json_object_get(value, inner[i])))
            return json_object_get(value, inner[i]);
    return value;
}

static int64_t time_of(const json_t *value, int utc_offset_s)
{
    int64_t ms = CONNECT_EVENT_UNKNOWN;
    if (json_is_string(value)) {
        const char *s = json_string_value(value);
        connect_line_time_read(s, s + json_string_length(value), utc_offset_s, &ms);
    } else if (json_is_number(value)) {
        const double number = json_number_value(value);
        if (number > 0 && number < 1e15)
            ms = (int64_t)(number < 1e11 ? number * 1000 : number);
    } else if (json_is_object(value)) {
        const json_t *s = json_object_get(value, "epochSecond"), *ns = json_object_get(value, "nanoOfSecond");
        if (json_is_integer(s) && json_integer_value(s) > 0 && json_integer_value(s) < INT64_C(100000000000))
            ms = json_integer_value(s) * 1000;
        if (ms != CONNECT_EVENT_UNKNOWN && json_is_integer(ns) && json_integer_value(ns) > 0 &&
            json_integer_value(ns) < 1000000000)
            ms += json_integer_value(ns) / 1000000;
    }
    return ms;
}

/* Appends a string's bytes, and says where they are; the buffer has room for all of a line's. */
static struct connect_event_text hold(struct str *held, const json_t *value)
{
    if (!json_is_string(value))
        return (struct connect_event_text){0};
    const size_t at = held->len, len = json_string_length(value);
    str_bytes(held, json_string_value(value), len);
    str_char(held, '\0');
    return (struct connect_event_text){held->s + at, len};
}

static void read_context(const json_t *object, struct str *held, struct connect_line_head *head)
{
    struct connect_event_text t = hold(held, field(object, FIELD_CONTEXT));
    while (t.len && (t.s[t.len - 1] == ' ' || t.s[t.len - 1] == ']'))
        t.len--;
    while (t.len && *t.s == '[') {
        t.s++;
        t.len--;
    }
    if (t.s && connect_line_head_context(t.s, t.len, &head->connector, &head->task))
        return;
    t = hold(held, field(object, FIELD_THREAD));
    if (t.s)
        connect_line_head_context(t.s, t.len, &head->connector, &head->task);
}

int connect_line_json_read(const char *line, size_t len, int utc_offset_s, struct str *held,
                           struct connect_line_head *ret, struct connect_event_text *trace, struct error *err)
{
    struct connect_line_head head = {.task = CONNECT_EVENT_UNKNOWN};
    json_t *object = json_loadb(line, len, 0, NULL);
    int rc = 0;
    str_clear(held);
    str_repeat(held, ' ', len + FIELDS * 2 + 16); /* no text grows when it is unescaped: nothing moves later */
    str_clear(held);
    if (!json_is_object(object)) {
        rc = error_set(err, ERR_INVALID, "a line that begins as a JSON object is none");
        goto out;
    }
    head.time_ms = time_of(field(object, FIELD_TIME), utc_offset_s);
    head.level = hold(held, field(object, FIELD_LEVEL));
    head.logger = hold(held, field(object, FIELD_LOGGER));
    head.text = hold(held, field(object, FIELD_MESSAGE));
    *trace = hold(held, trace_of(field(object, FIELD_TRACE)));
    read_context(object, held, &head);
    if (!head.text.s || (head.time_ms == CONNECT_EVENT_UNKNOWN && !head.level.s))
        rc = error_set(err, ERR_INVALID,
                       "a JSON object that is no log line: it has no message, or neither time nor level");
    else
        *ret = head;
out:
    json_decref(object);
    return rc;
}

/* The wrapped line, without the newline at its end. */
static bool unwrap(const char *line, size_t len, struct str *out)
{
    if (len < sizeof wrap - 1 || memcmp(line, wrap, sizeof wrap - 1) != 0)
        return false;
    json_t *object = json_loadb(line, len, 0, NULL);
    const json_t *text = json_object_get(object, "log");
    const bool found = json_is_string(text);
    if (found) {
        const char *s = json_string_value(text);
        size_t n = json_string_length(text);
        while (n && (s[n - 1] == '\n' || s[n - 1] == '\r'))
            n--;
        str_bytes(out, s, n);
    }
    json_decref(object);
    return found;
}

bool connect_line_json_unwrap(const char *entry, size_t len, struct str *out)
{
    const char *p = entry, *end = entry + len;
    for (bool first = true; p < end; first = false) {
        const char *newline = memchr(p, '\n', (size_t)(end - p)), *line_end = newline ? newline : end;
        if (!first)
            str_char(out, '\n');
        if (!unwrap(p, (size_t)(line_end - p), out)) {
            if (first)
                return false;
            str_bytes(out, p, (size_t)(line_end - p));
        }
        p = newline ? newline + 1 : end;
    }
    return len > 0;
}

bool connect_line_json_begins(const char *line, size_t len)
{
    const size_t n = sizeof wrap - 1;
    if (len > n && memcmp(line, wrap, n) == 0)
        return line[n] == '{' || connect_line_head_begins(line + n, len - n); /* no escape stands in what it looks at */
    return len > 2 && line[1] == '"';
}
