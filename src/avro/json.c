/* The schema walked along a value's bytes. */
#include "avro/json.h"

#include "avro/run.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/text.h"

#include <math.h>

enum { EMPTY_VALUES = 2 * AVRO_SCHEMA_NODES }; /* that take no bytes: nulls, and records of them */

struct json_print {
    struct avro_run run;
    const struct avro_schema *schema;
    struct str *out;
    size_t most;   /* length of out */
    uint64_t left; /* values that may come yet: a schema may have more of them in a few bytes than there is time for */
    size_t depth;
    bool hidden; /* nothing is written */
};

double avro_json_decimal(const unsigned char *bytes, size_t len, int scale)
{
    double v = len && bytes[0] & 0x80 ? -1 : 0;
    for (size_t i = 0; i < len; i++)
        v = v * 256 + bytes[i];
    return v / pow(10, scale);
}

/* ---- scalars ---- */

static void put_number(struct json_print *p, double v)
{
    char buf[NUMBER_BYTES];
    if (p->hidden)
        return;
    if (isnan(v))
        str_add(p->out, "NaN");
    else if (isinf(v))
        str_add(p->out, v < 0 ? "-Infinity" : "Infinity");
    else
        str_bytes(p->out, buf, number_shortest(v, buf));
}

static void put_text(struct json_print *p, const char *s, size_t len)
{
    if (!p->hidden)
        text_json(p->out, s, len);
}

static void put_word(struct json_print *p, const char *word)
{
    if (!p->hidden)
        str_add(p->out, word);
}

static bool print_bytes(struct json_print *p, const struct avro_schema_node *n, size_t len)
{
    const unsigned char *bytes = p->run.p;
    if (!avro_run_skip_bytes(&p->run, len))
        return false;
    if (n->logical == AVRO_SCHEMA_DECIMAL)
        put_number(p, avro_json_decimal(bytes, len, n->scale > 0 ? n->scale : 0));
    else
        put_text(p, (const char *)bytes, len);
    return true;
}

static bool print_long(struct json_print *p, const struct avro_schema_node *n)
{
    int64_t v;
    if (!avro_run_varint(&p->run, &v))
        return false;
    if (n->type != AVRO_SCHEMA_ENUM) {
        put_number(p, (double)v);
        return true;
    }
    if (v < 0 || v >= n->size)
        return avro_run_fail(&p->run, ERR_INVALID, "symbol %lld of an enum of %u", (long long)v, n->size);
    const char *symbol = p->schema->texts[n->symbols + (size_t)v];
    put_text(p, symbol, strlen(symbol));
    return true;
}

static bool print_fraction(struct json_print *p, const struct avro_schema_node *n)
{
    const unsigned char *at = p->run.p;
    double d;
    float f;
    if (!avro_run_skip_bytes(&p->run, n->type == AVRO_SCHEMA_FLOAT ? sizeof f : sizeof d))
        return false;
    if (n->type == AVRO_SCHEMA_FLOAT) {
        memcpy(&f, at, sizeof f);
        d = (double)f;
    } else {
        memcpy(&d, at, sizeof d);
    }
    put_number(p, d);
    return true;
}

static bool print_scalar(struct json_print *p, const struct avro_schema_node *n)
{
    int64_t len = n->size;
    switch (n->type) {
    case AVRO_SCHEMA_NULL:
        put_word(p, "null");
        return true;
    case AVRO_SCHEMA_BOOLEAN:
        if (!avro_run_skip_bytes(&p->run, 1))
            return false;
        put_word(p, p->run.p[-1] ? "true" : "false");
        return true;
    case AVRO_SCHEMA_FLOAT:
    case AVRO_SCHEMA_DOUBLE:
        return print_fraction(p, n);
    case AVRO_SCHEMA_BYTES:
    case AVRO_SCHEMA_STRING:
        return avro_run_text_length(&p->run, &len) && print_bytes(p, n, (size_t)len);
    case AVRO_SCHEMA_FIXED:
        return print_bytes(p, n, (size_t)len);
    default:
        return print_long(p, n);
    }
}

/* ---- what holds others ---- */

static bool print_value(struct json_print *p, uint32_t node, bool item);

static bool print_record(struct json_print *p, const struct avro_schema_node *n)
{
    put_word(p, "{");
    for (uint32_t i = 0; i < n->nbelow; i++) {
        const struct avro_schema_field *f = &p->schema->below[n->first + i];
        put_word(p, i ? "," : "");
        put_text(p, f->name, strlen(f->name));
        put_word(p, ":");
        if (!print_value(p, f->node, false))
            return false;
    }
    put_word(p, "}");
    return true;
}

/* A block's count of items; 0: the list is over. */
static bool begin_block(struct json_print *p, uint64_t *ret)
{
    int64_t count, bytes;
    if (!avro_run_varint(&p->run, &count))
        return false;
    if (count < 0 && !avro_run_varint(&p->run, &bytes))
        return false;
    *ret = count < 0 ? -(uint64_t)count : (uint64_t)count;
    return *ret <= p->left || avro_run_fail(&p->run, ERR_LIMIT, "a list of %llu items", (unsigned long long)*ret);
}

/* With map, a key before the value. What is no scalar is left out, its key with it. */
static bool print_item(struct json_print *p, uint32_t node, bool map, bool *any)
{
    const size_t before = p->out->len;
    int64_t len;
    put_word(p, *any ? "," : "");
    if (map) {
        if (!avro_run_text_length(&p->run, &len))
            return false;
        put_text(p, (const char *)p->run.p, (size_t)len);
        p->run.p += len;
        put_word(p, ":");
    }
    const size_t begin = p->out->len;
    if (!print_value(p, node, true))
        return false;
    if (p->out->len == begin)
        str_cut(p->out, before);
    else
        *any = true;
    return true;
}

static bool print_list(struct json_print *p, const struct avro_schema_node *n)
{
    const bool map = n->type == AVRO_SCHEMA_MAP;
    bool any = false;
    uint64_t left;
    put_word(p, map ? "{" : "[");
    do {
        if (!begin_block(p, &left))
            return false;
        for (uint64_t i = 0; i < left; i++)
            if (!print_item(p, p->schema->below[n->first].node, map, &any))
                return false;
    } while (left);
    put_word(p, map ? "}" : "]");
    return true;
}

static bool is_scalar(const struct avro_schema_node *n)
{
    return n->type != AVRO_SCHEMA_RECORD && n->type != AVRO_SCHEMA_ARRAY && n->type != AVRO_SCHEMA_MAP;
}

/* The type of the value at hand: of a union the branch that the bytes name. */
static bool take_type(struct json_print *p, uint32_t node, const struct avro_schema_node **ret)
{
    const struct avro_schema_node *n = &p->schema->nodes[node];
    int64_t branch;
    if (n->type == AVRO_SCHEMA_UNION) {
        if (!avro_run_varint(&p->run, &branch))
            return false;
        if (branch < 0 || branch >= n->nbelow)
            return avro_run_fail(&p->run, ERR_INVALID, "branch %lld of a union of %u", (long long)branch, n->nbelow);
        n = &p->schema->nodes[p->schema->below[n->first + (uint32_t)branch].node];
    }
    *ret = n;
    return true;
}

/* item: of a list. As deep as AVRO_DATUM_DEPTH. */
static bool print_value(struct json_print *p, uint32_t node, bool item)
{
    const struct avro_schema_node *n;
    const bool hidden = p->hidden;
    if (!take_type(p, node, &n))
        return false;
    if (!p->left--)
        return avro_run_fail(&p->run, ERR_LIMIT, "more values than it has bytes");
    if (p->out->len > p->most)
        return avro_run_fail(&p->run, ERR_LIMIT, "more than %zu bytes of JSON", p->most);
    if (is_scalar(n))
        return print_scalar(p, n);
    if (++p->depth > AVRO_DATUM_DEPTH)
        return avro_run_fail(&p->run, ERR_LIMIT, "nested deeper than %d", AVRO_DATUM_DEPTH);
    p->hidden = hidden || item;
    const bool done = n->type == AVRO_SCHEMA_RECORD ? print_record(p, n) : print_list(p, n);
    p->hidden = hidden;
    p->depth--;
    return done;
}

int avro_json_print(const struct avro_schema *schema, const void *bytes, size_t len, size_t max, struct str *out,
                    size_t *used, struct error *err)
{
    struct json_print *p = mem_new(struct json_print);
    p->schema = schema;
    p->out = out;
    p->most = out->len + max;
    p->left = 2 * (uint64_t)len + EMPTY_VALUES; /* those of a union beside its branch are one with it */
    p->run.p = p->run.start = bytes;
    p->run.end = p->run.p + len;
    p->run.err = err;
    print_value(p, schema->root, false);
    if (!p->run.code && out->len > p->most)
        avro_run_blame(&p->run, ERR_LIMIT, "more than %zu bytes of JSON", max);
    const int code = p->run.code;
    if (!code && used)
        *used = (size_t)(p->run.p - p->run.start);
    free(p);
    return code;
}
