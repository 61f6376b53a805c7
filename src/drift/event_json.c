/* JSON texts as calls: yajl's handle kept from text to text, NaN and infinity let through, and what stands behind a text seen. */
#include "drift/event_json.h"

#include "base/mem.h"
#include "base/number.h"
#include "base/str.h"

#include <yajl/yajl_parse.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct drift_event_json {
    const struct drift_event_json_calls *calls;
    void *arg;
    yajl_handle handle;     /* NULL: one is to be made */
    const char *original;   /* the text at hand as it was given */
    const char *text;       /* as it is read: the same, or the copy */
    size_t len, depth, end; /* end: behind the list or map; 0 while it goes on */
    struct str copy;
    bool once;
    int code; /* of an error of ours */
    const char *why;
};

struct word {
    const char *name, *number; /* of equal length */
    double value;
};

static const struct word words[] = {
    {"NaN", "0e0", NAN},
    {"Infinity", "0e000000", INFINITY},
    {"-Infinity", "-0e000000", -INFINITY},
};

static const struct word *word_at(const char *p, const char *end)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t len = strlen(words[i].name);
        if ((size_t)(end - p) >= len && memcmp(p, words[i].name, len) == 0)
            return &words[i];
    }
    return NULL;
}

static bool is_part(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || strchr("_.+-\"", c);
}

/* Copies the text with those words replaced that stand alone and outside of strings. Returns whether there is one. */
static bool mend(struct drift_event_json *j)
{
    const char *const start = j->original, *const end = start + j->len;
    bool quoted = false, found = false;
    str_clear(&j->copy);
    str_bytes(&j->copy, start, j->len);
    for (const char *p = start; p < end; p++) {
        const struct word *w;
        if (quoted && *p == '\\') {
            p++;
        } else if (*p == '"') {
            quoted = !quoted;
        } else if (!quoted && (*p == 'N' || *p == 'I' || *p == '-') && (w = word_at(p, end))) {
            const size_t len = strlen(w->name);
            if ((p > start && is_part(p[-1])) || (p + len < end && is_part(p[len])))
                continue;
            memcpy(j->copy.s + (p - start), w->number, len);
            found = true;
            p += len - 1;
        }
    }
    return found;
}

/* ---- what yajl calls ---- */

static int stop(struct drift_event_json *j, int code, const char *why)
{
    j->code = code;
    j->why = why;
    return 0;
}

static int hand_on(struct drift_event_json *j, bool taken)
{
    return taken || stop(j, ERR_INVALID, j->calls->why(j->arg));
}

/* A value that is in no list and no map. */
static int outside(struct drift_event_json *j)
{
    return stop(j, ERR_INVALID, j->end ? "something follows behind the end" : "neither a list nor a map");
}

/* True for what stands in the text itself. */
static bool is_inside(const struct drift_event_json *j, const char *s)
{
    return s >= j->text && s < j->text + j->len;
}

static int on_null(void *arg)
{
    struct drift_event_json *j = arg;
    return j->depth ? hand_on(j, j->calls->null(j->arg)) : outside(j);
}

static int on_boolean(void *arg, int value)
{
    struct drift_event_json *j = arg;
    return j->depth ? hand_on(j, j->calls->boolean(j->arg, value)) : outside(j);
}

static int on_number(void *arg, const char *s, size_t len)
{
    struct drift_event_json *j = arg;
    double value = 0;
    const struct word *w = NULL;
    if (!j->depth)
        return outside(j);
    if (j->text != j->original && is_inside(j, s))
        w = word_at(j->original + (s - j->text), j->original + j->len);
    if (w)
        value = w->value;
    else if (number_read(s, len, &value) == ERR_LIMIT)
        value = *s == '-' ? -INFINITY : INFINITY;
    return hand_on(j, j->calls->number(j->arg, value + 0.0));
}

static int on_text(void *arg, const unsigned char *s, size_t len)
{
    struct drift_event_json *j = arg;
    const char *const text = (const char *)s;
    return j->depth ? hand_on(j, j->calls->text(j->arg, text, len, is_inside(j, text))) : outside(j);
}

static int on_key(void *arg, const unsigned char *s, size_t len)
{
    struct drift_event_json *j = arg;
    return hand_on(j, j->calls->key(j->arg, (const char *)s, len));
}

static int open(struct drift_event_json *j, bool list)
{
    if (j->end)
        return stop(j, ERR_INVALID, "something follows behind the end");
    if (++j->depth > DRIFT_EVENT_JSON_DEPTH)
        return stop(j, ERR_LIMIT, "nested too deep");
    return hand_on(j, j->calls->open(j->arg, list));
}

static int close(struct drift_event_json *j, bool list)
{
    if (!--j->depth)
        j->end = yajl_get_bytes_consumed(j->handle);
    return hand_on(j, j->calls->close(j->arg, list));
}

static int on_open_map(void *arg)
{
    return open(arg, false);
}

static int on_close_map(void *arg)
{
    return close(arg, false);
}

static int on_open_list(void *arg)
{
    return open(arg, true);
}

static int on_close_list(void *arg)
{
    return close(arg, true);
}

static const yajl_callbacks callbacks = {
    .yajl_null = on_null,
    .yajl_boolean = on_boolean,
    .yajl_number = on_number,
    .yajl_string = on_text,
    .yajl_start_map = on_open_map,
    .yajl_map_key = on_key,
    .yajl_end_map = on_close_map,
    .yajl_start_array = on_open_list,
    .yajl_end_array = on_close_list,
};

static void *take(void *ctx, size_t size)
{
    (void)ctx;
    return mem_alloc(size);
}

static void *resize(void *ctx, void *p, size_t size)
{
    (void)ctx;
    return mem_realloc(p, size, 1);
}

static void give_back(void *ctx, void *p)
{
    (void)ctx;
    free(p);
}

static void make_handle(struct drift_event_json *j)
{
    static yajl_alloc_funcs memory = {take, resize, give_back, NULL};
    j->handle = yajl_alloc(&callbacks, &memory, j);
    yajl_config(j->handle, yajl_allow_multiple_values, 1);
    yajl_config(j->handle, yajl_dont_validate_strings, 1);
}

/* Only a handle that stands between two texts can read another one. */
static void drop_handle(struct drift_event_json *j)
{
    if (j->handle)
        yajl_free(j->handle);
    j->handle = NULL;
}

/* ---- reading ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What yajl says of an error, without the kind before it and the line's end. */
static int blame(struct drift_event_json *j, struct error *err)
{
    const size_t at = yajl_get_bytes_consumed(j->handle);
    unsigned char *said = yajl_get_error(j->handle, 0, (const unsigned char *)j->text, j->len);
    const char *text = (const char *)said, *colon = strstr(text, ": ");
    text = colon ? colon + 2 : text;
    error_set(err, ERR_INVALID, "byte %zu: %.*s", at, (int)strcspn(text, "\n"), text);
    yajl_free_error(j->handle, said);
    return ERR_INVALID;
}

static int judge(struct drift_event_json *j, yajl_status status, struct error *err)
{
    if (j->code)
        return error_set(err, j->code, "byte %zu: %s", yajl_get_bytes_consumed(j->handle), j->why);
    if (status != yajl_status_ok)
        return blame(j, err);
    if (j->depth)
        return error_set(err, ERR_INVALID, "byte %zu: it ends in the middle", j->len + 1);
    if (!j->end)
        return error_set(err, ERR_INVALID, "no list or map");
    for (size_t i = j->end; i < j->len; i++)
        if (!is_space(j->text[i]))
            return error_set(err, ERR_INVALID, "byte %zu: something follows behind the end", i + 1);
    return 0;
}

static int read_once(struct drift_event_json *j, const char *text, struct error *err)
{
    if (!j->handle)
        make_handle(j);
    j->text = text;
    j->depth = j->end = 0;
    j->code = 0;
    j->calls->begin(j->arg);
    const int code = judge(j, yajl_parse(j->handle, (const unsigned char *)text, j->len), err);
    if (code)
        drop_handle(j);
    return code;
}

struct drift_event_json *drift_event_json_new(const struct drift_event_json_calls *calls, void *arg, bool once)
{
    struct drift_event_json *j = mem_new(struct drift_event_json);
    j->calls = calls;
    j->arg = arg;
    j->once = once;
    return j;
}

void drift_event_json_free(struct drift_event_json *j)
{
    if (!j)
        return;
    drop_handle(j);
    str_done(&j->copy);
    free(j);
}

int drift_event_json_read(struct drift_event_json *j, const char *bytes, size_t len, struct error *err)
{
    if (len > DRIFT_EVENT_JSON_BYTES)
        return error_set(err, ERR_LIMIT, "%zu bytes, at most %d", len, DRIFT_EVENT_JSON_BYTES);
    if (!len)
        return error_set(err, ERR_INVALID, "no list or map");
    j->original = bytes;
    j->len = len;
    if (j->once)
        return read_once(j, mend(j) ? j->copy.s : bytes, err);
    struct error first; /* not told if there is a second time */
    const int code = read_once(j, bytes, &first);
    if (code == ERR_INVALID && mend(j))
        return read_once(j, j->copy.s, err);
    if (code && err)
        *err = first;
    return code;
}

size_t drift_event_json_at(const struct drift_event_json *j)
{
    return yajl_get_bytes_consumed(j->handle);
}
