/* Reads entries: head, sentence, settings, trace. */
#include "connect/line.h"
#include "base/str.h"
#include "connect/line_head.h"
#include "connect/line_json.h"
#include "connect/line_words.h"

#include <string.h>

static const char *const kind_names[CONNECT_LINE_KINDS] = {
    [CONNECT_LINE_OTHER] = "other",
    [CONNECT_LINE_LEADER] = "leader",
    [CONNECT_LINE_COORDINATOR] = "coordinator",
    [CONNECT_LINE_LOST_LEADER] = "lost-leader",
    [CONNECT_LINE_WORKER] = "worker",
    [CONNECT_LINE_INITIATED] = "initiated",
    [CONNECT_LINE_NOT_READY] = "not-ready",
    [CONNECT_LINE_READY] = "ready",
    [CONNECT_LINE_TIMEOUT] = "timeout",
    [CONNECT_LINE_TABLE] = "table",
    [CONNECT_LINE_NOTHING] = "nothing",
    [CONNECT_LINE_COMPLETE] = "complete",
    [CONNECT_LINE_FAILED] = "failed",
    [CONNECT_LINE_NO_TABLE] = "no-table",
    [CONNECT_LINE_OTHER_TABLE] = "other-table",
    [CONNECT_LINE_UNEXPECTED] = "unexpected",
    [CONNECT_LINE_COORDINATOR_ERROR] = "coordinator-error",
    [CONNECT_LINE_FLUSH] = "flush",
    [CONNECT_LINE_CONFIG] = "config",
    [CONNECT_LINE_TASK_FAILED] = "task-failed",
    [CONNECT_LINE_JOIN_FAILED] = "join-failed",
};

const char *connect_line_kind_name(enum connect_line_kind kind)
{
    return kind_names[kind];
}

size_t connect_line_prefix(const char *line, size_t len)
{
    int64_t time;
    return connect_line_head_prefix(line, len, &time);
}

bool connect_line_begins(const char *line, size_t len)
{
    if (!len || *line == '\t' || *line == ' ')
        return false;
    if (*line == '{')
        return connect_line_json_begins(line, len);
    const size_t prefix = connect_line_prefix(line, len);
    if (prefix && prefix < len && line[prefix] == '{')
        return connect_line_json_begins(line + prefix, len - prefix);
    return connect_line_head_begins(line, len);
}

static struct connect_event_text first_line(struct connect_event_text t)
{
    const char *newline = t.len ? memchr(t.s, '\n', t.len) : NULL;
    if (newline)
        t.len = (size_t)(newline - t.s);
    return t;
}

/* What is behind the first line. */
static struct connect_event_text other_lines(struct connect_event_text t)
{
    const size_t first = first_line(t).len;
    if (first == t.len)
        return (struct connect_event_text){0};
    return (struct connect_event_text){t.s + first + 1, t.len - first - 1};
}

static struct connect_event_text trimmed(struct connect_event_text t)
{
    while (t.len &&
           (t.s[t.len - 1] == ' ' || t.s[t.len - 1] == '\r' || t.s[t.len - 1] == '\t' || t.s[t.len - 1] == '\n'))
        t.len--;
    while (t.len && (*t.s == ' ' || *t.s == '\t')) {
        t.s++;
        t.len--;
    }
    return t;
}

static bool is(struct connect_event_text t, const char *text)
{
    return t.len == strlen(text) && memcmp(t.s, text, t.len) == 0;
}

/* ---- traces ---- */

/* The last cause that is none of a suppressed exception, which are indented. */
static struct connect_event_text cause(struct connect_event_text trace)
{
    static const char by[] = "Caused by: ";
    const size_t n = sizeof by - 1;
    struct connect_event_text found = {0};
    if (trace.len && *trace.s != '\t' && *trace.s != ' ')
        found = trimmed(first_line(trace));
    for (; trace.len; trace = other_lines(trace)) {
        struct connect_event_text line = first_line(trace);
        if (line.len > n && memcmp(line.s, by, n) == 0)
            found = trimmed((struct connect_event_text){line.s + n, line.len - n});
    }
    return found;
}

/* A message of several lines, as settings are, has its logger on a line of its own at its end. */
static void take_last_logger(struct connect_line *line)
{
    size_t at = line->trace.len;
    while (at && (line->trace.s[at - 1] == '\n' || line->trace.s[at - 1] == '\r'))
        at--;
    const size_t end = at;
    while (at && line->trace.s[at - 1] != '\n')
        at--;
    if (connect_line_head_logger(line->trace.s + at, end - at, &line->logger))
        line->trace.len = at ? at - 1 : 0;
}

/* ---- settings ---- */

static void take_number(struct connect_event_text value, int64_t *ret)
{
    int64_t n = 0;
    if (!value.len || value.len > 18)
        return;
    for (size_t i = 0; i < value.len; i++) {
        if (value.s[i] < '0' || value.s[i] > '9')
            return;
        n = n * 10 + (value.s[i] - '0');
    }
    *ret = n;
}

static void take_sink_setting(struct connect_line *line, struct connect_event_text name,
                              struct connect_event_text value)
{
    const bool null = is(value, "null");
    if (is(name, "iceberg.control.commit.interval-ms"))
        take_number(value, &line->interval_ms);
    else if (is(name, "iceberg.control.commit.timeout-ms"))
        take_number(value, &line->timeout_ms);
    else if (is(name, "iceberg.control.topic") && !null)
        line->control_topic = value;
    else if (is(name, "iceberg.connect.group-id") || (is(name, "iceberg.control.group-id") && !null))
        line->group = null ? (struct connect_event_text){"", 0} : value;
}

static void take_worker_setting(struct connect_line *line, struct connect_event_text name,
                                struct connect_event_text value)
{
    if (is(name, "offset.flush.interval.ms"))
        take_number(value, &line->number);
}

/* "NAME = VALUE" a line, between the first line and the logger's. */
static void read_settings(struct connect_line *line)
{
    static const struct {
        const char *text;
        enum connect_line_kind kind;
        void (*take)(struct connect_line *line, struct connect_event_text name, struct connect_event_text value);
    } blocks[] = {{"IcebergSinkConfig values:", CONNECT_LINE_CONFIG, take_sink_setting},
                  {"DistributedConfig values:", CONNECT_LINE_FLUSH, take_worker_setting},
                  {"StandaloneConfig values:", CONNECT_LINE_FLUSH, take_worker_setting}};
    size_t b = 0;
    while (b < sizeof blocks / sizeof *blocks && !is(line->text, blocks[b].text))
        b++;
    if (b == sizeof blocks / sizeof *blocks)
        return;
    line->kind = blocks[b].kind;
    for (struct connect_event_text rest = line->trace; rest.len; rest = other_lines(rest)) {
        const struct connect_event_text t = trimmed(first_line(rest));
        const char *equals = t.len ? memchr(t.s, '=', t.len) : NULL;
        if (!equals)
            continue;
        blocks[b].take(line, trimmed((struct connect_event_text){t.s, (size_t)(equals - t.s)}),
                       trimmed((struct connect_event_text){equals + 1, (size_t)(t.s + t.len - equals) - 1}));
    }
}

/* ---- entries ---- */

static void take_head(struct connect_line *line, const struct connect_line_head *head)
{
    *line = (struct connect_line){
        .kind = CONNECT_LINE_OTHER,
        .time_ms = head->time_ms,
        .level = head->level,
        .connector = head->connector,
        .task = head->task,
        .logger = head->logger,
        .text = head->text,
        .received = CONNECT_EVENT_UNKNOWN,
        .expected = CONNECT_EVENT_UNKNOWN,
        .tables = CONNECT_EVENT_UNKNOWN,
        .snapshot_id = CONNECT_EVENT_UNKNOWN,
        .valid_through_ms = CONNECT_EVENT_UNKNOWN,
        .number = CONNECT_EVENT_UNKNOWN,
        .interval_ms = CONNECT_EVENT_UNKNOWN,
        .timeout_ms = CONNECT_EVENT_UNKNOWN,
    };
}

/* Text, trace and logger are there: the rest follows from them. */
static void understand(struct connect_line *line)
{
    if (!line->logger.s && line->trace.len)
        take_last_logger(line);
    line->text = trimmed(line->text);
    connect_line_words_read(line);
    if (line->kind == CONNECT_LINE_OTHER)
        read_settings(line);
    line->cause = cause(line->trace);
}

int connect_line_read(const char *entry, size_t len, int utc_offset_s, struct connect_line *ret, struct error *err)
{
    const struct connect_event_text all = {entry, len}, first = first_line(all);
    struct connect_line_head head;
    if (!connect_line_head_read(first.s, first.len, utc_offset_s, &head))
        return error_set(err, ERR_INVALID, "a line that begins with neither time nor level");
    struct connect_line line;
    take_head(&line, &head);
    line.trace = other_lines(all);
    understand(&line);
    *ret = line;
    return 0;
}

static int read_json(const char *entry, size_t len, int utc_offset_s, struct str *held, struct connect_line *ret,
                     struct error *err)
{
    struct connect_line_head head;
    struct connect_event_text trace = {0};
    int rc = connect_line_json_read(entry, first_line((struct connect_event_text){entry, len}).len, utc_offset_s, held,
                                    &head, &trace, err);
    if (rc)
        return rc;
    struct connect_line line;
    take_head(&line, &head);
    line.text = first_line(head.text);
    line.trace = trace.len ? trace : other_lines(head.text);
    understand(&line);
    *ret = line;
    return 0;
}

int connect_line_read_held(const char *entry, size_t len, int utc_offset_s, struct str *held, struct connect_line *ret,
                           struct error *err)
{
    const size_t prefix = connect_line_prefix(entry, len);
    if (prefix == len || entry[prefix] != '{')
        return connect_line_read(entry, len, utc_offset_s, ret, err);
    struct str unwrapped = {0};
    if (!connect_line_json_unwrap(entry + prefix, len - prefix, &unwrapped))
        return read_json(entry + prefix, len - prefix, utc_offset_s, held, ret, err);
    if (unwrapped.len && *unwrapped.s == '{') {
        int rc = read_json(unwrapped.s, unwrapped.len, utc_offset_s, held, ret, err);
        str_done(&unwrapped);
        return rc;
    }
    str_done(held);
    *held = unwrapped;
    return connect_line_read(str_text(held), held->len, utc_offset_s, ret, err);
}
