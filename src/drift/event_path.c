/* Paths to a value in an event, read and written. */
#include "drift/event_path.h"

#include "base/text.h"

#include <string.h>

struct path_text {
    const char *start, *p, *end;
    struct drift_event_path *path;
    struct error *err;
};

static int wrong(const struct path_text *t, const char *why)
{
    return error_set(t->err, ERR_INVALID, "path: byte %zu: %s", (size_t)(t->p - t->start) + 1, why);
}

static bool is_special(char c)
{
    return c == '.' || c == '[' || c == ']' || c == '"' || c == '\'';
}

static bool at(const struct path_text *t, char c)
{
    return t->p < t->end && *t->p == c;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A key never has more bytes than its text: keys has room for all. */
static void put(struct drift_event_path *path, const char *bytes, size_t len)
{
    memcpy(path->keys + path->len, bytes, len);
    path->len += len;
}

/* What follows a backslash. */
static int read_escape(struct path_text *t)
{
    uint32_t code = 0;
    char buf[4];
    if (t->p < t->end && (*t->p == '"' || *t->p == '\'' || *t->p == '\\')) {
        put(t->path, t->p++, 1);
        return 0;
    }
    if (!at(t, 'u') || t->end - t->p < 5)
        return wrong(t, "after a backslash stands a quote, a backslash or uXXXX");
    for (int i = 1; i <= 4; i++) {
        if (hex(t->p[i]) < 0)
            return wrong(t, "after \\u stand four hexadecimal digits");
        code = code * 16 + (uint32_t)hex(t->p[i]);
    }
    if (code >= 0xd800 && code < 0xe000)
        return wrong(t, "half of a surrogate pair");
    put(t->path, buf, text_encode(code, buf));
    t->p += 5;
    return 0;
}

static int read_quoted(struct path_text *t)
{
    const char quote = *t->p++;
    while (t->p < t->end && *t->p != quote) {
        if (*t->p == '\\') {
            t->p++;
            const int code = read_escape(t);
            if (code)
                return code;
        } else {
            put(t->path, t->p++, 1);
        }
    }
    if (t->p == t->end)
        return wrong(t, "the quote is not closed");
    t->p++;
    return 0;
}

static int read_name(struct path_text *t)
{
    const char *const from = t->p;
    while (t->p < t->end && !is_special(*t->p))
        t->p++;
    if (t->p == from)
        return wrong(t, "a name is expected");
    put(t->path, from, (size_t)(t->p - from));
    return 0;
}

static int read_index(struct path_text *t, struct drift_event_step *step)
{
    const char *const from = t->p;
    for (; t->p < t->end && *t->p >= '0' && *t->p <= '9'; t->p++) {
        step->index = step->index * 10 + (uint32_t)(*t->p - '0');
        if (step->index > DRIFT_EVENT_PATH_INDEX)
            return error_set(t->err, ERR_LIMIT, "path: an index above %d", DRIFT_EVENT_PATH_INDEX);
    }
    if (t->p == from)
        return wrong(t, "an index or a quoted name is expected");
    step->item = true;
    return 0;
}

static int read_brackets(struct path_text *t, struct drift_event_step *step)
{
    t->p++;
    const int code = at(t, '"') || at(t, '\'') ? read_quoted(t) : read_index(t, step);
    if (code)
        return code;
    if (!at(t, ']'))
        return wrong(t, "a ] is expected");
    t->p++;
    return 0;
}

static int read_step(struct path_text *t, struct drift_event_step *step)
{
    const bool first = t->p == t->start;
    if (at(t, '['))
        return read_brackets(t, step);
    if (at(t, '.'))
        t->p++;
    else if (!first)
        return wrong(t, "a . or a [ is expected");
    return at(t, '"') || at(t, '\'') ? read_quoted(t) : read_name(t);
}

int drift_event_path_read(const char *text, size_t len, struct drift_event_path *ret, struct error *err)
{
    struct drift_event_path path = {0};
    struct path_text t = {text, text, text + len, &path, err};
    if (len > DRIFT_EVENT_PATH_BYTES)
        return error_set(err, ERR_LIMIT, "path: %zu bytes, at most %d", len, DRIFT_EVENT_PATH_BYTES);
    if (len > 1 && *text == '$' && (text[1] == '.' || text[1] == '['))
        t.p++;
    else if (len && *text == '.')
        return wrong(&t, "a name is expected");
    do {
        if (path.nsteps == DRIFT_EVENT_PATH_STEPS)
            return error_set(err, ERR_LIMIT, "path: more than %d steps", DRIFT_EVENT_PATH_STEPS);
        struct drift_event_step step = {.at = (uint32_t)path.len};
        const int code = read_step(&t, &step);
        if (code)
            return code;
        step.len = (uint32_t)path.len - step.at;
        path.steps[path.nsteps++] = step;
    } while (t.p < t.end);
    *ret = path;
    return 0;
}

static bool is_plain(const char *key, size_t len, bool first)
{
    for (size_t i = 0; i < len; i++)
        if (is_special(key[i]) || (unsigned char)key[i] <= ' ')
            return false;
    return len && !(first && *key == '$');
}

void drift_event_path_print(struct str *out, const char *key, size_t len, uint32_t index)
{
    if (!key) {
        str_printf(out, "[%u]", index);
        return;
    }
    if (is_plain(key, len, !out->len)) {
        if (out->len)
            str_char(out, '.');
        str_bytes(out, key, len);
        return;
    }
    str_add(out, "[\"");
    for (size_t i = 0; i < len; i++) {
        if (key[i] == '"' || key[i] == '\\')
            str_char(out, '\\');
        if ((unsigned char)key[i] < ' ')
            str_printf(out, "\\u%04x", (unsigned)(unsigned char)key[i]);
        else
            str_char(out, key[i]);
    }
    str_add(out, "\"]");
}
