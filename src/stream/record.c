/* Records to messages and back. */
#include "stream/record.h"
#include "base/limits.h"
#include "stream/decode.h"
#include "stream/encode.h"

#include <inttypes.h>
#include <string.h>

static const char *const found_names[] = {
    [STREAM_RECORD_HERE] = "here",      [STREAM_RECORD_LATER] = "later",       [STREAM_RECORD_LOST] = "lost",
    [STREAM_RECORD_AT_LOG_END] = "end", [STREAM_RECORD_BEYOND] = "beyond_end", [STREAM_RECORD_NONE] = "none",
};
static const char *const clock_names[] = {
    [STREAM_RECORD_NO_TIME] = "none", [STREAM_RECORD_CREATED] = "create", [STREAM_RECORD_APPENDED] = "append"};

enum { NFOUND = sizeof found_names / sizeof *found_names, NCLOCKS = sizeof clock_names / sizeof *clock_names };

/* ---- values ---- */

static void bytes_done(struct stream_record_bytes *b)
{
    if (b->s)
        explicit_bzero(b->s, b->len);
    free(b->s);
}

static void record_done(struct stream_record *r)
{
    bytes_done(&r->key);
    bytes_done(&r->value);
    for (size_t i = 0; i < r->nheaders; i++) {
        bytes_done(&r->headers[i].name);
        bytes_done(&r->headers[i].value);
    }
    free(r->headers);
}

void stream_record_done(struct stream_records *r)
{
    for (size_t i = 0; i < r->items.n; i++)
        record_done(&r->items.items[i]);
    vec_done(&r->items);
    *r = (struct stream_records){0};
}

struct stream_record_bytes stream_record_keep(const void *bytes, size_t size, size_t max)
{
    struct stream_record_bytes b = {.len = size < max ? size : max, .size = size};
    if (bytes)
        b.s = mem_memdup(bytes, b.len);
    else
        b.len = b.size = 0;
    return b;
}

void stream_record_explain(const struct stream_records *r, struct str *out)
{
    int64_t first = r->items.n ? r->items.items[0].offset : -1;
    switch (r->found) {
    case STREAM_RECORD_HERE:
        str_printf(out, "the record at offset %" PRId64, r->asked);
        break;
    case STREAM_RECORD_LATER:
        str_printf(
            out, "no record has offset %" PRId64 " (compacted away, or a transaction's marker); the next has %" PRId64,
            r->asked, first);
        break;
    case STREAM_RECORD_LOST:
        str_printf(out, "offset %" PRId64 " was deleted: the log starts at %" PRId64 ", %" PRId64 " later", r->asked,
                   r->start, r->start - r->asked);
        break;
    case STREAM_RECORD_AT_LOG_END:
        str_printf(out, "nothing at offset %" PRId64 " yet: the log ends there", r->asked);
        break;
    case STREAM_RECORD_BEYOND:
        str_printf(out, "offset %" PRId64 " is beyond the log, which ends at %" PRId64, r->asked, r->end);
        break;
    case STREAM_RECORD_NONE:
        str_printf(out,
                   "no record from offset %" PRId64 " to the end at %" PRId64
                   ": only transactions' markers, or compacted away",
                   r->asked, r->end);
        break;
    }
}

/* ---- to messages ---- */

static void put_text(struct str *out, const char *name, const char *text)
{
    str_printf(out, ",\"%s\":", name);
    stream_encode_bytes(out, text, strlen(text));
}

static void put_bytes(struct str *out, const struct stream_record_bytes *b)
{
    if (b->s)
        stream_encode_bytes(out, b->s, b->len);
    else
        str_add(out, "null");
}

/* The bytes under a name, and their full number where some are missing. */
static void put_field(struct str *out, const char *name, const struct stream_record_bytes *b)
{
    str_printf(out, ",\"%s\":", name);
    put_bytes(out, b);
    if (b->len < b->size)
        str_printf(out, ",\"%s_size\":%zu", name, b->size);
}

static void begin(struct str *out, int64_t id)
{
    str_printf(out, "{\"t\":\"records\",\"id\":%" PRId64, id);
}

void stream_record_encode_query(struct str *out, int64_t id, const struct stream_record_query *q)
{
    str_printf(out, "{\"t\":\"look\",\"id\":%" PRId64, id);
    put_text(out, "cluster", q->cluster);
    put_text(out, "topic", q->topic);
    str_printf(out, ",\"partition\":%" PRId32, q->partition);
    if (q->offset < 0)
        put_text(out, "offset", q->offset == STREAM_RECORD_AT_END ? "end" : "start");
    else
        str_printf(out, ",\"offset\":%" PRId64, q->offset);
    str_printf(out, ",\"count\":%d}", q->count);
}

void stream_record_encode(struct str *out, int64_t id, const struct stream_record *r)
{
    begin(out, id);
    str_printf(out, ",\"records\":[{\"offset\":%" PRId64, r->offset);
    if (r->clock)
        str_printf(out, ",\"time\":%" PRId64 ",\"clock\":\"%s\"", r->time_ms, clock_names[r->clock]);
    put_field(out, "key", &r->key);
    put_field(out, "value", &r->value);
    if (r->nheaders) {
        str_add(out, ",\"headers\":[");
        for (size_t i = 0; i < r->nheaders; i++) {
            str_add(out, i ? ",[" : "[");
            put_bytes(out, &r->headers[i].name);
            str_char(out, ',');
            put_bytes(out, &r->headers[i].value);
            str_char(out, ']');
        }
        str_char(out, ']');
    }
    if (r->nheaders < r->headers_there)
        str_printf(out, ",\"headers_there\":%zu", r->headers_there);
    str_add(out, "}],\"more\":true}");
}

void stream_record_encode_end(struct str *out, int64_t id, const struct stream_records *r)
{
    begin(out, id);
    str_printf(out, ",\"found\":\"%s\",\"asked\":%" PRId64 ",\"start\":%" PRId64 ",\"end\":%" PRId64 "%s}",
               found_names[r->found], r->asked, r->start, r->end, r->late ? ",\"late\":true" : "");
}

void stream_record_encode_failure(struct str *out, int64_t id, const struct error *err)
{
    begin(out, id);
    put_text(out, "code", stream_encode_code(err->code));
    put_text(out, "text", err->text);
    str_char(out, '}');
}

/* ---- from messages ---- */

static int find_word(const char *const *words, size_t n, const json_t *j, const char *what, size_t *ret,
                     struct error *err)
{
    const char *word = json_string_value(j);
    for (size_t i = 0; word && i < n; i++)
        if (strcmp(words[i], word) == 0) {
            *ret = i;
            return 0;
        }
    return error_set(err, ERR_INVALID, "\"%s\" is no word that is known", what);
}

static int take_bytes(const json_t *j, size_t max, struct stream_record_bytes *ret, struct error *err)
{
    struct str s = {0};
    if (!j || json_is_null(j))
        return 0;
    int rc = stream_decode_bytes(j, &s, err);
    if (!rc && s.len > max)
        rc = error_set(err, ERR_LIMIT, "%zu bytes, more than %zu", s.len, max);
    if (rc) {
        str_done(&s);
        return rc;
    }
    ret->size = ret->len = s.len;
    ret->s = str_take(&s);
    return 0;
}

static int take_field(const json_t *m, const char *name, size_t max, struct stream_record_bytes *ret, struct error *err)
{
    char *size_name = mem_printf("%s_size", name);
    int rc = take_bytes(json_object_get(m, name), max, ret, err);
    int64_t size = (int64_t)ret->len;
    if (!rc)
        rc = stream_decode_int(m, size_name, size, INT64_MAX, &size, err);
    ret->size = (size_t)size;
    free(size_name);
    return rc ? error_prefix(err, "\"%s\"", name) : 0;
}

static int take_headers(const json_t *m, struct stream_record *r, struct error *err)
{
    const json_t *list = json_object_get(m, "headers");
    size_t n = json_array_size(list), left = STREAM_RECORD_HEADER_BYTES;
    if (n > STREAM_RECORD_HEADERS)
        return error_set(err, ERR_LIMIT, "%zu headers, more than %d", n, STREAM_RECORD_HEADERS);
    r->headers = mem_calloc(n + 1, sizeof *r->headers);
    for (size_t i = 0; i < n; i++) {
        const json_t *pair = json_array_get(list, i);
        struct stream_record_header *h = &r->headers[r->nheaders++];
        int rc = take_bytes(json_array_get(pair, 0), left, &h->name, err);
        left -= rc ? 0 : h->name.len;
        if (!rc)
            rc = take_bytes(json_array_get(pair, 1), left, &h->value, err);
        if (rc)
            return error_prefix(err, "a header");
        left -= h->value.len;
    }
    int64_t there = (int64_t)n;
    int rc = stream_decode_int(m, "headers_there", there, INT64_MAX, &there, err);
    r->headers_there = (size_t)there;
    return rc;
}

static int take_record(const json_t *m, struct stream_record *r, struct error *err)
{
    size_t clock = STREAM_RECORD_NO_TIME;
    r->offset = -1;
    int rc = stream_decode_int(m, "offset", 0, INT64_MAX, &r->offset, err);
    if (!rc && r->offset < 0)
        rc = error_set(err, ERR_INVALID, "a record without an offset");
    if (!rc)
        rc = stream_decode_int(m, "time", INT64_MIN, INT64_MAX, &r->time_ms, err);
    if (!rc && json_object_get(m, "clock"))
        rc = find_word(clock_names, NCLOCKS, json_object_get(m, "clock"), "clock", &clock, err);
    r->clock = (enum stream_record_clock)clock;
    if (!rc)
        rc = take_field(m, "key", STREAM_RECORD_KEY, &r->key, err);
    if (!rc)
        rc = take_field(m, "value", STREAM_RECORD_VALUE, &r->value, err);
    return rc ? rc : take_headers(m, r, err);
}

static int take_end(const json_t *m, struct stream_records *r, struct error *err)
{
    size_t found = 0;
    int rc = find_word(found_names, NFOUND, json_object_get(m, "found"), "found", &found, err);
    if (!rc)
        rc = stream_decode_int(m, "asked", 0, INT64_MAX, &r->asked, err);
    if (!rc)
        rc = stream_decode_int(m, "start", 0, INT64_MAX, &r->start, err);
    if (!rc)
        rc = stream_decode_int(m, "end", 0, INT64_MAX, &r->end, err);
    bool any = found == STREAM_RECORD_HERE || found == STREAM_RECORD_LATER;
    if (!rc && any && !r->items.n)
        rc = error_set(err, ERR_INVALID, "records were found, and none was sent");
    r->found = (enum stream_record_found)found;
    r->late = json_is_true(json_object_get(m, "late"));
    return rc;
}

int stream_record_decode(const json_t *message, struct stream_records *r, bool *more, struct error *err)
{
    const json_t *list = json_object_get(message, "records");
    size_t n = json_array_size(list);
    if (r->items.n + n > STREAM_RECORD_COUNT)
        return error_set(err, ERR_LIMIT, "records: more than %d", STREAM_RECORD_COUNT);
    int rc = 0;
    for (size_t i = 0; i < n && !rc; i++) {
        vec_push(&r->items, (struct stream_record){0});
        rc = take_record(json_array_get(list, i), &r->items.items[r->items.n - 1], err);
    }
    *more = json_is_true(json_object_get(message, "more"));
    if (!rc && !*more)
        rc = take_end(message, r, err);
    return rc ? error_prefix(err, "records") : 0;
}
