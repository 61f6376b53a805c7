/* One way in for all encodings of events. */
#include "drift/decoder.h"

#include "avro/container.h"
#include "avro/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "drift/begin.h"
#include "drift/event_avro.h"
#include "drift/event_json.h"
#include "drift/event_tensor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* A writer's schema, and what reads by it. */
struct decoder_writer {
    struct avro_schema *schema; /* NULL: error */
    struct error error;
    struct drift_event_avro *reader; /* by the decoder's plan; NULL: none yet */
    struct error unread;             /* code not 0: why the plan does not meet the schema */
};

struct drift_decoder {
    enum drift_decoder_encoding encoding;
    const struct drift_event_plan *plan; /* of all readers */
    struct drift_event_tensors *tensors;
    struct map writers;             /* id to writer */
    struct decoder_writer *carried; /* by the schema of the last container, */
    char *carried_text;             /* which is this */
    size_t carried_len;
    bool misses; /* a schema, since it was asked */
    struct str json;
};

/* What is done with each event. */
struct decoder_use {
    struct drift_decoder *d;
    struct drift_event *e; /* NULL: it is printed */
    void (*event)(void *arg);
    int (*text)(void *arg, const char *json, size_t len, struct error *err);
    void *arg;
    struct error *err;
};

enum drift_decoder_encoding drift_decoder_encoding_of(const char *format)
{
    if (strcmp(format, "avro") == 0)
        return DRIFT_DECODER_AVRO;
    return strcmp(format, "tensors") == 0 ? DRIFT_DECODER_TENSORS : DRIFT_DECODER_JSON;
}

struct drift_decoder *drift_decoder_new(enum drift_decoder_encoding encoding)
{
    struct drift_decoder *d = mem_new(struct drift_decoder);
    d->encoding = encoding;
    if (encoding == DRIFT_DECODER_TENSORS)
        d->tensors = drift_event_tensors_new();
    return d;
}

/* ---- schemas ---- */

static void free_writer(struct decoder_writer *w)
{
    if (!w)
        return;
    drift_event_avro_free(w->reader);
    avro_schema_free(w->schema);
    free(w);
}

static void forget_reader(struct decoder_writer *w)
{
    if (!w)
        return;
    drift_event_avro_free(w->reader);
    w->reader = NULL;
    w->unread.code = 0;
}

void drift_decoder_free(struct drift_decoder *d)
{
    size_t at = 0;
    if (!d)
        return;
    void *w;
    while (map_next(&d->writers, &at, NULL, NULL, &w))
        free_writer(w);
    map_done(&d->writers);
    free_writer(d->carried);
    free(d->carried_text);
    drift_event_tensors_free(d->tensors);
    str_done(&d->json);
    free(d);
}

/* Readers are made anew by another plan. */
static void change_plan(struct drift_decoder *d, const struct drift_event_plan *plan)
{
    size_t at = 0;
    void *w;
    while (map_next(&d->writers, &at, NULL, NULL, &w))
        forget_reader(w);
    forget_reader(d->carried);
    d->plan = plan;
}

void drift_decoder_schema(struct drift_decoder *d, int64_t id, struct avro_schema *schema, const struct error *err)
{
    struct decoder_writer *w = mem_new(struct decoder_writer);
    w->schema = schema;
    if (!schema && err)
        w->error = *err;
    free_writer(map_put(&d->writers, &id, sizeof id, w));
}

bool drift_decoder_misses(struct drift_decoder *d)
{
    const bool misses = d->misses;
    d->misses = false;
    return misses;
}

/* The writer of an id. What stands before the record is left behind. */
static int find_writer(struct drift_decoder *d, const char **bytes, size_t *len, struct decoder_writer **ret,
                       struct error *err)
{
    int64_t id = DRIFT_DECODER_PLAIN;
    struct decoder_writer *w = map_get(&d->writers, &id, sizeof id);
    const unsigned char *b = (const unsigned char *)*bytes;
    if (!w) {
        struct str why = {0};
        if (*len >= DRIFT_DECODER_PREFIX_BYTES && *b == 0) {
            id = (int64_t)b[1] << 24 | b[2] << 16 | b[3] << 8 | b[4];
            w = map_get(&d->writers, &id, sizeof id);
        } else {
            drift_begin_tell(*bytes, *len, &why);
            error_set(err, ERR_INVALID, "no Avro with its schema or the id of one: %s", str_text(&why));
            str_done(&why);
            return ERR_INVALID;
        }
        *bytes += DRIFT_DECODER_PREFIX_BYTES;
        *len -= DRIFT_DECODER_PREFIX_BYTES;
    }
    if (w && w->schema) {
        *ret = w;
        return 0;
    }
    d->misses |= !w;
    if (w && w->error.code && err)
        *err = w->error;
    else
        error_set(err, ERR_UNAVAILABLE, "the schema of id %" PRId64 " is not known", id);
    return w && w->error.code ? w->error.code : ERR_UNAVAILABLE;
}

/* ---- uses ---- */

/* One value; used NULL: it is all there is. */
static int use_avro(struct decoder_use *u, struct decoder_writer *w, const char *bytes, size_t len, size_t *used)
{
    struct str *json = &u->d->json;
    size_t n = 0;
    int code;
    if (u->e) {
        code = drift_event_avro_read(w->reader, bytes, len, used, u->e, u->err);
        if (!code)
            u->event(u->arg);
        return code;
    }
    str_clear(json);
    code = avro_json_print(w->schema, bytes, len, DRIFT_EVENT_JSON_BYTES, json, &n, u->err);
    if (!code && !used && n < len)
        code = error_set(u->err, ERR_INVALID, "%zu bytes follow behind the event's %zu", len - n, n);
    if (!code && used)
        *used = n;
    return code ? code : u->text(u->arg, str_text(json), json->len, u->err);
}

/* Can the plan's values be read by this schema? */
static int meet(const struct decoder_use *u, struct decoder_writer *w)
{
    if (u->e && !w->reader && !w->unread.code)
        drift_event_avro_new(u->d->plan, w->schema, &w->reader, &w->unread);
    if (!u->e || !w->unread.code)
        return 0;
    u->e->bad++;
    return error_set(u->err, w->unread.code, "%s", w->unread.text);
}

static int use_record(struct decoder_use *u, const char *bytes, size_t len)
{
    struct decoder_writer *w;
    int code = find_writer(u->d, &bytes, &len, &w, u->err);
    if (code) {
        if (u->e)
            u->e->bad++;
        return code;
    }
    code = meet(u, w);
    return code ? code : use_avro(u, w, bytes, len, NULL);
}

/* ---- containers ---- */

static bool is_container(const char *bytes, size_t len)
{
    return len >= 4 && memcmp(bytes, "Obj\1", 4) == 0;
}

/* The writer of a container: that of the one before where their schemas are the same text. */
static int carry(struct drift_decoder *d, struct avro_container *c, struct error *err)
{
    struct avro_schema *schema;
    bool known;
    size_t len = 0;
    int code = avro_container_header(c, &known, err);
    const void *text = code ? NULL : avro_container_property(c, "avro.schema", &len);
    if (code)
        return code;
    if (!text)
        return error_set(err, ERR_INVALID, "an object container without a schema");
    if (d->carried && len == d->carried_len && memcmp(text, d->carried_text, len) == 0)
        return 0;
    code = avro_schema_parse(text, len, &schema, err);
    if (code)
        return code;
    free_writer(d->carried);
    free(d->carried_text);
    d->carried = mem_new(struct decoder_writer);
    d->carried->schema = schema;
    d->carried_text = mem_memdup(text, len);
    d->carried_len = len;
    return 0;
}

static int use_block(struct decoder_use *u, const struct avro_container_block *b)
{
    size_t at = 0, used = 0;
    int code = 0;
    if (b->count > b->len) /* values of no bytes carry nothing, and there is no end of them */
        return error_set(u->err, ERR_INVALID, "more values than bytes");
    for (uint64_t i = 0; i < b->count && !code; i++, at += used)
        code = use_avro(u, u->d->carried, (const char *)b->bytes + at, b->len - at, &used);
    return code ? code : at == b->len ? 0 : error_set(u->err, ERR_INVALID, "more bytes than values");
}

static int use_container(struct decoder_use *u, const char *bytes, size_t len)
{
    const struct avro_container_options options = {DRIFT_DECODER_INFLATED_BYTES, DRIFT_DECODER_INFLATED_BYTES};
    struct avro_container *c = avro_container_new(&options);
    struct avro_container_block block = {.state = AVRO_CONTAINER_BLOCK};
    avro_container_give(c, bytes, len);
    const uint64_t bad = u->e ? u->e->bad : 0;
    int code = carry(u->d, c, u->err);
    if (!code)
        code = meet(u, u->d->carried);
    while (!code && block.state == AVRO_CONTAINER_BLOCK)
        if (!(code = avro_container_next(c, &block, u->err)) && block.state == AVRO_CONTAINER_BLOCK)
            code = use_block(u, &block);
    if (code && u->e && u->e->bad == bad)
        u->e->bad++;
    avro_container_free(c);
    return code;
}

/* ---- tensors ---- */

static int use_tensors(struct decoder_use *u, const char *bytes, size_t len)
{
    struct drift_decoder *d = u->d;
    size_t rows;
    int code = drift_event_tensors_read(d->tensors, bytes, len, &rows, u->err);
    if (code && u->e)
        u->e->bad++;
    for (size_t i = 0; !code && i < rows; i++) {
        if (u->e) {
            code = drift_event_tensors_row(d->tensors, i, u->e, u->err);
            if (!code)
                u->event(u->arg);
        } else {
            str_clear(&d->json);
            drift_event_tensors_print(d->tensors, i, &d->json);
            code = u->text(u->arg, str_text(&d->json), d->json.len, u->err);
        }
    }
    return code;
}

/* ---- JSON ---- */

/* Goes over the id that a registry's serializer puts before JSON. */
static void skip_id(const char **bytes, size_t *len)
{
    if (*len <= DRIFT_DECODER_PREFIX_BYTES || **bytes ||
        !drift_begin_is_json(*bytes + DRIFT_DECODER_PREFIX_BYTES, *len - DRIFT_DECODER_PREFIX_BYTES))
        return;
    *bytes += DRIFT_DECODER_PREFIX_BYTES;
    *len -= DRIFT_DECODER_PREFIX_BYTES;
}

static int use_json(struct decoder_use *u, const char *bytes, size_t len)
{
    if (!u->e)
        return u->text(u->arg, bytes, len, u->err);
    int code = drift_event_read(u->e, bytes, len, u->err);
    if (!code)
        u->event(u->arg);
    return code;
}

static int use(struct decoder_use *u, const char *bytes, size_t len)
{
    struct str why = {0};
    int code;
    if (u->e && u->e->plan != u->d->plan)
        change_plan(u->d, u->e->plan);
    if (u->d->encoding == DRIFT_DECODER_AVRO)
        return is_container(bytes, len) ? use_container(u, bytes, len) : use_record(u, bytes, len);
    skip_id(&bytes, &len);
    code = u->d->encoding == DRIFT_DECODER_TENSORS ? use_tensors(u, bytes, len) : use_json(u, bytes, len);
    if (code != ERR_INVALID || drift_begin_is_json(bytes, len))
        return code;
    drift_begin_tell(bytes, len, &why);
    error_set(u->err, ERR_INVALID, "no JSON: %s", str_text(&why));
    str_done(&why);
    return code;
}

int drift_decoder_read(struct drift_decoder *d, const char *bytes, size_t len, struct drift_event *e,
                       void (*event)(void *arg), void *arg, struct error *err)
{
    struct decoder_use u = {.d = d, .e = e, .event = event, .arg = arg, .err = err};
    return use(&u, bytes, len);
}

int drift_decoder_print(struct drift_decoder *d, const char *bytes, size_t len,
                        int (*text)(void *arg, const char *json, size_t len, struct error *err), void *arg,
                        struct error *err)
{
    struct decoder_use u = {.d = d, .text = text, .arg = arg, .err = err};
    return use(&u, bytes, len);
}
