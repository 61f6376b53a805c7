/* Layouts of log4j and logback as they are met at Connect workers, read from left to right without a pattern of
 * one's own. */
#include "connect/line_head.h"
#include "connect/line_time.h"

#include <string.h>

enum { BRACKET = 512 /* bytes within one */, LEVELS = 7 };

/* What is still to be read. */
struct rest {
    const char *p, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static struct connect_event_text text(const char *s, const char *end)
{
    return (struct connect_event_text){s, (size_t)(end - s)};
}

/* Blanks, and the colours that some layouts set around a level. */
static void skip_blanks(struct rest *r)
{
    for (;;) {
        while (r->p < r->end && is_blank(*r->p))
            r->p++;
        if (r->end - r->p < 3 || r->p[0] != '\033' || r->p[1] != '[')
            return;
        const char *q = r->p + 2;
        while (q < r->end && (is_digit(*q) || *q == ';'))
            q++;
        if (q == r->end || *q != 'm')
            return;
        r->p = q + 1;
    }
}

/* What stands between the bracket at p and the next closing one; NULL if there is none near. */
static const char *bracket_end(const char *p, const char *end)
{
    const size_t len = (size_t)(end - p);
    return memchr(p, ']', len < BRACKET ? len : BRACKET);
}

/* ---- prefixes ---- */

/* "stdout F " */
static const char *skip_stream(const char *p, const char *end)
{
    if (end - p < 9 || (memcmp(p, "stdout ", 7) != 0 && memcmp(p, "stderr ", 7) != 0))
        return NULL;
    return (p[7] == 'F' || p[7] == 'P') && p[8] == ' ' ? p + 9 : NULL;
}

/* "host connect[12]: ", "host connect: " */
static const char *skip_ident(const char *p, const char *end)
{
    for (int word = 0; word < 2; word++) {
        const char *begin = p;
        while (p<end && * p> ' ' && *p != ':' && *p != '[')
            p++;
        if (p == begin || p == end || (!word && *p++ != ' '))
            return NULL;
    }
    if (*p == '[') {
        for (p++; p < end && is_digit(*p);)
            p++;
        if (p == end || *p++ != ']' || p == end)
            return NULL;
    }
    return *p == ':' ? p + 1 + (p + 1 < end && p[1] == ' ') : NULL;
}

/* "Nov 21 05:44:36 " */
static const char *skip_syslog_time(const char *p, const char *end)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (end - p < 17 || p[3] != ' ' || p[6] != ' ' || p[9] != ':' || p[12] != ':' || p[15] != ' ')
        return NULL;
    for (const char *m = months; *m; m += 3)
        if (memcmp(p, m, 3) == 0 && is_digit(p[5]) && is_digit(p[7]) && is_digit(p[8]))
            return p + 16;
    return NULL;
}

/* A level at p; returns its end. */
static const char *level_end(const char *p, const char *end)
{
    static const char levels[LEVELS][8] = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL", "WARNING"};
    const char *q = p;
    while (q < end && *q >= 'A' && *q <= 'Z')
        q++;
    if (q - p < 4 || q - p > 7 || (q < end && (is_alnum(*q) || *q == '.' || *q == '_')))
        return NULL;
    for (int i = 0; i < LEVELS; i++)
        if (strlen(levels[i]) == (size_t)(q - p) && memcmp(p, levels[i], (size_t)(q - p)) == 0)
            return q;
    return NULL;
}

/* A time with the letter T that a carrier has set before a line with a time of its own, or before one of a trace. */
static const char *skip_carrier_time(const char *p, const char *end)
{
    int64_t time;
    const char *q = connect_line_time_read(p, end, 0, &time);
    if (!q || q - p < 20 || p[10] != 'T' || q == end || *q++ != ' ' || q == end)
        return NULL;
    if (*q == '{' || *q == '\t' || connect_line_time_read(q + (*q == '['), end, 0, &time))
        return q;
    return *q == ' ' && !level_end(q + 1, end) ? q : NULL;
}

/* "connect-1  | " */
static const char *skip_compose(const char *p, const char *end)
{
    const char *begin = p;
    while (p < end && (is_alnum(*p) || *p == '-' || *p == '_' || *p == '.'))
        p++;
    if (p == begin)
        return NULL;
    while (p < end && *p == ' ')
        p++;
    return end - p >= 2 && p[0] == '|' && p[1] == ' ' && p[-1] == ' ' ? p + 2 : NULL;
}

/* "[pod/connect-0/connect] " */
static const char *skip_pod(const char *p, const char *end)
{
    if (end - p < 6 || memcmp(p, "[pod/", 5) != 0)
        return NULL;
    p = bracket_end(p, end);
    return p && p + 1 < end && p[1] == ' ' ? p + 2 : NULL;
}

static const char *skip_prefix(const char *p, const char *end, int64_t *time_ms)
{
    const char *q = NULL;
    if (*p == '[')
        return skip_pod(p, end);
    if (is_digit(*p)) {
        int64_t time;
        const char *behind = connect_line_time_read(p, end, 0, &time);
        if (behind && behind < end && *behind == ' ') {
            q = skip_stream(behind + 1, end);
            if (!q)
                q = skip_carrier_time(p, end);
            if (!q && behind - p >= 20 && !level_end(behind + 1, end))
                q = skip_ident(behind + 1, end);
            if (q)
                *time_ms = time;
        }
    } else if (is_alnum(*p)) {
        q = skip_syslog_time(p, end);
        q = q ? skip_ident(q, end) : NULL;
    }
    return q || !is_alnum(*p) ? q : skip_compose(p, end);
}

size_t connect_line_head_prefix(const char *line, size_t len, int64_t *time_ms)
{
    const char *p = line, *end = line + len;
    *time_ms = CONNECT_EVENT_UNKNOWN;
    for (int i = 0; i < 3 && p < end; i++) { /* kubectl's before a runtime's, at most */
        const char *q = skip_prefix(p, end, time_ms);
        if (!q)
            break;
        p = q;
    }
    return (size_t)(p - line);
}

/* ---- names ---- */

bool connect_line_head_task(const char *s, size_t len, struct connect_event_text *connector, int64_t *task)
{
    size_t at = len;
    int64_t value = 0, scale = 1;
    for (; at && is_digit(s[at - 1]); at--) {
        if (len - at == 9)
            return false;
        value += (s[at - 1] - '0') * scale;
        scale *= 10;
    }
    if (at == len || at < 2 || s[at - 1] != '-')
        return false;
    *connector = (struct connect_event_text){s, at - 1};
    *task = value;
    return true;
}

bool connect_line_head_context(const char *s, size_t len, struct connect_event_text *connector, int64_t *task)
{
    static const char thread[] = "task-thread-";
    const size_t before = sizeof thread - 1;
    if (len > before && memcmp(s, thread, before) == 0)
        return connect_line_head_task(s + before, len - before, connector, task);
    const char *bar = memchr(s, '|', len), *end = s + len;
    if (!bar || bar == s)
        return false;
    const char *scope = memchr(bar + 1, '|', (size_t)(end - bar) - 1);
    const char *role = bar + 1, *role_end = scope ? scope : end;
    while (role_end > role && is_blank(role_end[-1]))
        role_end--;
    const size_t n = (size_t)(role_end - role);
    struct connect_event_text word;
    int64_t number = CONNECT_EVENT_UNKNOWN;
    if (!(n == 6 && memcmp(role, "worker", 6) == 0) &&
        !(n > 5 && memcmp(role, "task-", 5) == 0 && connect_line_head_task(role, n, &word, &number) && word.len == 4))
        return false;
    *connector = text(s, bar);
    *task = number;
    return true;
}

static bool is_logger_char(char c)
{
    return is_alnum(c) || c == '.' || c == '_' || c == '$' || c == '-' || c == '/';
}

/* "org.apache.iceberg.connect.channel.Coordinator:105" and nothing else; the name without the number. */
static bool is_logger(const char *p, const char *end, struct connect_event_text *logger)
{
    const char *begin = p;
    while (p < end && is_logger_char(*p))
        p++;
    const char *name_end = p;
    if (p == begin)
        return false;
    if (p < end && *p == ':') {
        p++;
        if (p == end)
            return false;
        while (p < end && (is_digit(*p) || *p == '?'))
            p++;
    }
    if (p != end)
        return false;
    *logger = text(begin, name_end);
    return true;
}

bool connect_line_head_logger(const char *line, size_t len, struct connect_event_text *logger)
{
    const char *p = line, *end = line + len;
    while (p < end && is_blank(*p))
        p++;
    while (end > p && is_blank(end[-1]))
        end--;
    if (end > p && end[-1] == ']') { /* a thread's name */
        const char *open = end - 1;
        while (open > p && *open != '[')
            open--;
        end = *open == '[' ? open : end;
        while (end > p && is_blank(end[-1]))
            end--;
    }
    return end - p > 2 && *p == '(' && end[-1] == ')' && is_logger(p + 1, end - 1, logger);
}

/* ---- the first line ---- */

/* Reads a time in or without brackets. */
static bool take_time(struct rest *r, int utc_offset_s, int64_t *ret, bool *bracketed)
{
    const bool open = r->p < r->end && *r->p == '[';
    const char *q = connect_line_time_read(r->p + open, r->end, utc_offset_s, ret);
    if (!q || (open && (q == r->end || *q != ']')))
        return false;
    if (!open && q < r->end && !is_blank(*q) && *q != ']' && *q != '|')
        return false;
    *bracketed = open;
    r->p = q + open;
    return true;
}

static bool take_level(struct rest *r, struct connect_event_text *ret)
{
    const bool open = r->p < r->end && *r->p == '[';
    const char *begin = r->p + open;
    const char *q = level_end(begin, r->end);
    if (!q)
        return false;
    const char *behind = q;
    while (open && behind < r->end && *behind == ' ')
        behind++;
    if (open && (behind == r->end || *behind++ != ']'))
        return false;
    *ret = text(begin, q);
    r->p = behind;
    return true;
}

/* A bracketed group: a context or a thread's name. */
static bool take_group(struct rest *r, struct connect_line_head *head, bool only_context)
{
    if (r->p == r->end || *r->p != '[')
        return false;
    const char *close = bracket_end(r->p, r->end);
    if (!close)
        return false;
    const bool known = connect_line_head_context(r->p + 1, (size_t)(close - r->p) - 1, &head->connector, &head->task);
    if (!known && only_context)
        return false;
    r->p = close + 1;
    return true;
}

/* Time, level and groups around them, up to the message. */
static bool read_front(struct rest *r, int utc_offset_s, int64_t carried_ms, struct connect_line_head *head)
{
    bool time = false, level = false, bracketed = false;
    for (int i = 0; i < 6; i++) {
        skip_blanks(r);
        if (!time && take_time(r, utc_offset_s, &head->time_ms, &bracketed))
            time = true;
        else if (!level && take_level(r, &head->level))
            level = true;
        else if (level && (time || carried_ms != CONNECT_EVENT_UNKNOWN) && take_group(r, head, true))
            continue;
        else if (level || !time || !take_group(r, head, false))
            break;
    }
    if (!time && level)
        head->time_ms = carried_ms;
    return level ? time || carried_ms != CONNECT_EVENT_UNKNOWN : bracketed;
}

bool connect_line_head_begins(const char *line, size_t len)
{
    int64_t carried;
    struct connect_line_head head = {.time_ms = CONNECT_EVENT_UNKNOWN};
    struct rest r = {line, line + len};
    r.p += connect_line_head_prefix(line, len, &carried);
    return read_front(&r, 0, carried, &head);
}

/* " (logger:12)" and " [thread]" at the end of the message; what is before them stays. */
static void read_back(struct rest *r, struct connect_line_head *head)
{
    while (r->end > r->p && is_blank(r->end[-1]))
        r->end--;
    const char *end = r->end;
    if (end > r->p && end[-1] == ']') {
        const char *open = end - 1;
        while (open > r->p && *open != '[')
            open--;
        const char *before = open;
        while (before > r->p && is_blank(before[-1]))
            before--;
        if (before < open && before > r->p && before[-1] == ')') {
            if (!head->connector.s)
                connect_line_head_context(open + 1, (size_t)(end - open) - 2, &head->connector, &head->task);
            end = before;
        }
    }
    if (end == r->p || end[-1] != ')')
        return;
    const char *open = end - 1;
    while (open > r->p && *open != '(')
        open--;
    if (*open != '(' || (open > r->p && !is_blank(open[-1])) || !is_logger(open + 1, end - 1, &head->logger))
        return;
    r->end = open;
    while (r->end > r->p && is_blank(r->end[-1]))
        r->end--;
}

/* "logger - message", "logger:12 - message", "logger : message". */
static void read_logger_before(struct rest *r, struct connect_line_head *head)
{
    const char *p = r->p;
    if (p < r->end && *p == '[') { /* a thread's name */
        p = bracket_end(p, r->end);
        if (!p++)
            return;
        while (p < r->end && is_blank(*p))
            p++;
    }
    const char *begin = p;
    while (p < r->end && !is_blank(*p))
        p++;
    const char *name_end = p;
    while (p < r->end && is_blank(*p))
        p++;
    if (p == name_end || r->end - p < 2 || (*p != '-' && *p != ':') || !is_blank(p[1]) ||
        !is_logger(begin, name_end, &head->logger))
        return;
    if (r->p < begin && !head->connector.s)
        connect_line_head_context(r->p + 1, (size_t)(begin - r->p) - 1, &head->connector, &head->task);
    r->p = p + 1;
    skip_blanks(r);
    if (take_group(r, head, true))
        skip_blanks(r);
}

bool connect_line_head_read(const char *line, size_t len, int utc_offset_s, struct connect_line_head *ret)
{
    int64_t carried;
    struct connect_line_head head = {.time_ms = CONNECT_EVENT_UNKNOWN, .task = CONNECT_EVENT_UNKNOWN};
    struct rest r = {line, line + len};
    r.p += connect_line_head_prefix(line, len, &carried);
    if (!read_front(&r, utc_offset_s, carried, &head))
        return false;
    skip_blanks(&r);
    read_back(&r, &head);
    if (!head.logger.s)
        read_logger_before(&r, &head);
    if (r.p < r.end && *r.p == ':' && r.p + 1 < r.end && r.p[1] == ' ')
        r.p += 2;
    else if (r.end - r.p > 1 && r.p[0] == '-' && r.p[1] == ' ')
        r.p += 2;
    head.text = text(r.p, r.end);
    *ret = head;
    return true;
}
