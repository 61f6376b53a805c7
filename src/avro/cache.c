/* A hash map of schemas with a list of them, the one asked for last in front. */
#include "avro/cache.h"
#include "avro/mutf8.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"

enum { MAX_PLANS = 256, MAX_BYTES = 4 * 1024 * 1024 };

struct entry {
    struct entry *before, *after;
    uint64_t hash;
    char *text; /* the schema as it was given */
    size_t len;
    struct avro_plan *plan; /* NULL: err says why */
    struct error err;
};

struct avro_cache {
    struct avro_cache_options options;
    struct map entries; /* hash → entry */
    struct entry *first, *last;
    size_t n, bytes;
    uint64_t compiled;
};

struct avro_cache *avro_cache_new(const struct avro_cache_options *options)
{
    struct avro_cache *c = mem_new(struct avro_cache);
    c->options = *options;
    c->options.max_plans = options->max_plans ? options->max_plans : MAX_PLANS;
    c->options.max_bytes = options->max_bytes ? options->max_bytes : MAX_BYTES;
    return c;
}

static void unlink_entry(struct avro_cache *c, struct entry *e)
{
    *(e->before ? &e->before->after : &c->first) = e->after;
    *(e->after ? &e->after->before : &c->last) = e->before;
}

static void link_first(struct avro_cache *c, struct entry *e)
{
    e->before = NULL;
    e->after = c->first;
    *(c->first ? &c->first->before : &c->last) = e;
    c->first = e;
}

static void drop(struct avro_cache *c, struct entry *e)
{
    unlink_entry(c, e);
    map_del(&c->entries, &e->hash, sizeof e->hash);
    c->n--;
    c->bytes -= e->len;
    avro_plan_free(e->plan);
    free(e->text);
    free(e);
}

void avro_cache_free(struct avro_cache *c)
{
    if (!c)
        return;
    while (c->first)
        drop(c, c->first);
    map_done(&c->entries);
    free(c);
}

/* Compiles; what went wrong is kept in the entry as well. */
static void compile(struct avro_cache *c, struct entry *e)
{
    struct str utf8 = {0};
    struct avro_schema *schema = NULL;
    const char *text = e->text;
    size_t len = e->len;
    if (c->options.mutf8 && !avro_mutf8_is_utf8(text, len)) {
        avro_mutf8_decode(&utf8, text, len);
        text = str_text(&utf8);
        len = utf8.len;
    }
    c->compiled++;
    if (avro_schema_parse(text, len, &schema, &e->err) == 0)
        avro_plan_new(schema, c->options.wants, c->options.nwants, &e->plan, &e->err);
    avro_schema_free(schema);
    str_done(&utf8);
}

static struct entry *add(struct avro_cache *c, uint64_t hash, const void *schema, size_t len)
{
    while (c->n && (c->n >= c->options.max_plans || c->bytes + len > c->options.max_bytes))
        drop(c, c->last);
    struct entry *e = mem_new(struct entry);
    e->hash = hash;
    e->text = mem_memdup(schema, len);
    e->len = len;
    compile(c, e);
    map_put(&c->entries, &e->hash, sizeof e->hash, e);
    link_first(c, e);
    c->n++;
    c->bytes += len;
    return e;
}

int avro_cache_get(struct avro_cache *c, const void *schema, size_t len, struct avro_plan **ret, struct error *err)
{
    uint64_t hash = map_hash(schema, len);
    struct entry *e = map_get(&c->entries, &hash, sizeof hash);
    if (len > AVRO_SCHEMA_TEXT_BYTES)
        return error_set(err, ERR_LIMIT, "Avro schema: %zu bytes, more than %d", len, AVRO_SCHEMA_TEXT_BYTES);
    if (e && (e->len != len || memcmp(e->text, schema, len) != 0)) {
        drop(c, e); /* another schema of the same hash */
        e = NULL;
    }
    if (!e) {
        e = add(c, hash, schema, len);
    } else if (e != c->first) {
        unlink_entry(c, e);
        link_first(c, e);
    }
    if (!e->plan)
        return error_set(err, e->err.code, "%s", e->err.text);
    *ret = e->plan;
    return 0;
}

void avro_cache_counts(const struct avro_cache *c, uint64_t *compiled, size_t *kept)
{
    *compiled = c->compiled;
    *kept = c->n;
}
