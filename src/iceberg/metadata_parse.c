/* Table metadata from its text. The text is walked over once for the pieces that are known, and each is parsed on
 * its own: of ten thousand snapshots one at a time, of a thousand schemas one. */
#include "base/vec.h"
#include "iceberg/metadata.h"
#include "iceberg/metadata_items.h"
#include "iceberg/skim.h"

#include <stdlib.h>
#include <string.h>

enum part {
    FORMAT_VERSION,
    TABLE_UUID,
    LOCATION,
    LAST_UPDATED,
    LAST_SEQUENCE,
    CURRENT_SNAPSHOT,
    CURRENT_SCHEMA,
    DEFAULT_SPEC,
    DEFAULT_SORT_ORDER,
    SNAPSHOTS,
    SNAPSHOT_LOG,
    METADATA_LOG,
    SPECS,
    SORT_ORDERS,
    REFS,
    PROPERTIES,
    SCHEMA,
    SCHEMAS,
    SPEC,
    ENCRYPTION_KEYS,
    VIEW_UUID,
    PARTS,
};

static const char *const names[PARTS] = {
    [FORMAT_VERSION] = "format-version",
    [TABLE_UUID] = "table-uuid",
    [LOCATION] = "location",
    [LAST_UPDATED] = "last-updated-ms",
    [LAST_SEQUENCE] = "last-sequence-number",
    [CURRENT_SNAPSHOT] = "current-snapshot-id",
    [CURRENT_SCHEMA] = "current-schema-id",
    [DEFAULT_SPEC] = "default-spec-id",
    [DEFAULT_SORT_ORDER] = "default-sort-order-id",
    [SNAPSHOTS] = "snapshots",
    [SNAPSHOT_LOG] = "snapshot-log",
    [METADATA_LOG] = "metadata-log",
    [SPECS] = "partition-specs",
    [SORT_ORDERS] = "sort-orders",
    [REFS] = "refs",
    [PROPERTIES] = "properties",
    [SCHEMA] = "schema",
    [SCHEMAS] = "schemas",
    [SPEC] = "partition-spec",
    [ENCRYPTION_KEYS] = "encryption-keys",
    [VIEW_UUID] = "view-uuid",
};

struct reader {
    struct iceberg_metadata *m;
    const char *source;
    struct iceberg_span parts[PARTS]; /* the last of each name, as everybody reads JSON */
    struct error *err;
};

/* "source: snapshots", for errors. */
static const char *place(const struct reader *r, enum part part, char *buf, size_t size)
{
    snprintf(buf, size, "%s: %s", r->source, names[part]);
    return buf;
}

static int too_large(const struct reader *r, enum part part, const char *what, size_t n, size_t limit)
{
    return error_set(r->err, ERR_LIMIT, "%s: %s: %zu %s; at most %zu are read", r->source, names[part], n, what, limit);
}

/* Parses one piece. Members' keys cannot hold a NUL, other texts can. */
static int piece(const struct reader *r, enum part part, struct iceberg_span span, json_t **ret)
{
    if (span.len > ICEBERG_METADATA_PIECE)
        return too_large(r, part, "bytes in one piece", span.len, ICEBERG_METADATA_PIECE);
    json_error_t e;
    *ret = json_loadb(span.s, span.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &e);
    if (*ret)
        return 0;
    enum json_error_code code = json_error_code(&e);
    const char *what = code == json_error_invalid_utf8       ? "no UTF-8"
                       : code == json_error_numeric_overflow ? "a number beyond 64 bits"
                                                             : "malformed JSON";
    return error_set(r->err, ERR_INVALID, "%s: %s, byte %d of a piece of %zu: %s", r->source, names[part], e.position,
                     span.len, what);
}

static int scalar(const struct reader *r, enum part part, int64_t *number, const char **text)
{
    if (iceberg_span_null(r->parts[part]))
        return 0;
    json_t *json = NULL;
    int rc = piece(r, part, r->parts[part], &json);
    if (rc)
        return rc;
    if (number && json_is_integer(json))
        *number = json_integer_value(json);
    if (text && json_is_string(json))
        *text = iceberg_pool_copy(&r->m->pool, json_string_value(json), json_string_length(json));
    json_decref(json);
    return 0;
}

static int scalars(const struct reader *r)
{
    struct iceberg_metadata *m = r->m;
    const struct {
        enum part part;
        int64_t *number;
        const char **text;
    } all[] = {
        {TABLE_UUID, NULL, &m->table_uuid},
        {LOCATION, NULL, &m->location},
        {LAST_UPDATED, &m->last_updated_ms, NULL},
        {LAST_SEQUENCE, &m->last_sequence_number, NULL},
        {CURRENT_SNAPSHOT, &m->current_snapshot_id, NULL},
        {CURRENT_SCHEMA, &m->current_schema_id, NULL},
        {DEFAULT_SPEC, &m->default_spec_id, NULL},
        {DEFAULT_SORT_ORDER, &m->default_sort_order_id, NULL},
    };
    int rc = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0] && !rc; i++) {
        if (all[i].number)
            *all[i].number = ICEBERG_UNKNOWN;
        rc = scalar(r, all[i].part, all[i].number, all[i].text);
    }
    return rc;
}

/* An array of items of one kind, and where in the metadata it goes: a pointer and a size_t. */
struct list {
    enum part part;
    size_t size, limit, items, n;
    iceberg_metadata_item *item;
};

static const struct list lists[] = {
    {SNAPSHOTS, sizeof(struct iceberg_snapshot), ICEBERG_METADATA_SNAPSHOTS,
     offsetof(struct iceberg_metadata, snapshots), offsetof(struct iceberg_metadata, n_snapshots),
     iceberg_metadata_items_snapshot},
    {SNAPSHOT_LOG, sizeof(struct iceberg_snapshot_log), ICEBERG_METADATA_LOG,
     offsetof(struct iceberg_metadata, snapshot_log), offsetof(struct iceberg_metadata, n_snapshot_log),
     iceberg_metadata_items_snapshot_log},
    {METADATA_LOG, sizeof(struct iceberg_metadata_log), ICEBERG_METADATA_LOG,
     offsetof(struct iceberg_metadata, metadata_log), offsetof(struct iceberg_metadata, n_metadata_log),
     iceberg_metadata_items_metadata_log},
    {SPECS, sizeof(struct iceberg_partition_spec), ICEBERG_METADATA_ITEMS, offsetof(struct iceberg_metadata, specs),
     offsetof(struct iceberg_metadata, n_specs), iceberg_metadata_items_spec},
    {SORT_ORDERS, sizeof(struct iceberg_sort_order), ICEBERG_METADATA_ITEMS,
     offsetof(struct iceberg_metadata, sort_orders), offsetof(struct iceberg_metadata, n_sort_orders),
     iceberg_metadata_items_sort_order},
};

/* Elements of one list to a block of structs behind each other; n counts those that are taken. item has room for
 * one. */
static int elements(const struct reader *r, const struct list *l, void *item, struct str *block, size_t *n)
{
    struct iceberg_skim skim;
    struct iceberg_span span;
    iceberg_skim_begin(&skim, r->parts[l->part], '[');
    while (iceberg_skim_next(&skim, NULL, &span)) {
        json_t *json = NULL;
        if (*n == l->limit)
            return error_set(r->err, ERR_LIMIT, "%s: %s: more than %zu; at most that many are read", r->source,
                             names[l->part], l->limit);
        int rc = piece(r, l->part, span, &json);
        if (rc)
            return rc;
        memset(item, 0, l->size);
        if (l->item(r->m, json, item)) {
            str_bytes(block, item, l->size);
            ++*n;
        } else {
            r->m->skipped++;
        }
        json_decref(json);
    }
    char where[256];
    return iceberg_skim_end(&skim, place(r, l->part, where, sizeof where), r->err);
}

static int list(const struct reader *r, const struct list *l)
{
    if (iceberg_span_null(r->parts[l->part]))
        return 0;
    struct str block = {0};
    size_t n = 0;
    void *item = mem_alloc(l->size);
    int rc = elements(r, l, item, &block, &n);
    free(item);
    if (!rc && n) {
        void *items = iceberg_pool_alloc(&r->m->pool, n, l->size);
        memcpy(items, block.s, block.len);
        memcpy((char *)r->m + l->items, &items, sizeof items);
        memcpy((char *)r->m + l->n, &n, sizeof n);
    }
    str_done(&block);
    return rc;
}

/* The id of a schema, without parsing it. */
static int64_t schema_id(struct iceberg_span schema)
{
    struct iceberg_skim skim;
    struct iceberg_span key, value;
    int64_t id = ICEBERG_UNKNOWN;
    char digits[24] = "";
    iceberg_skim_begin(&skim, schema, '{');
    while (iceberg_skim_next(&skim, &key, &value))
        if (iceberg_span_is(key, "schema-id") && value.len < sizeof digits) {
            memcpy(digits, value.s, value.len);
            digits[value.len] = '\0';
            id = strtoll(digits, NULL, 10);
        }
    return id;
}

/* Of all schemas the current one; the only one of an old table. */
static int schemas(const struct reader *r)
{
    struct iceberg_skim skim;
    struct iceberg_span span, current = r->parts[SCHEMA];
    struct iceberg_metadata *m = r->m;
    if (!iceberg_span_null(r->parts[SCHEMAS])) {
        iceberg_skim_begin(&skim, r->parts[SCHEMAS], '[');
        for (; iceberg_skim_next(&skim, NULL, &span); m->n_schemas++) {
            if (m->n_schemas == ICEBERG_METADATA_ITEMS)
                return too_large(r, SCHEMAS, "or more", m->n_schemas + 1, ICEBERG_METADATA_ITEMS);
            if (m->current_schema_id != ICEBERG_UNKNOWN && schema_id(span) == m->current_schema_id)
                current = span;
        }
        char where[256];
        int rc = iceberg_skim_end(&skim, place(r, SCHEMAS, where, sizeof where), r->err);
        if (rc)
            return rc;
    }
    if (iceberg_span_null(current))
        return 0;
    json_t *json = NULL;
    int rc = piece(r, SCHEMA, current, &json);
    if (rc)
        return rc;
    m->n_schemas += m->n_schemas == 0;
    iceberg_metadata_items_schema(m, json);
    json_decref(json);
    return 0;
}

/* What is one object, or in an old table one array. */
static int objects(const struct reader *r)
{
    struct iceberg_metadata *m = r->m;
    const enum part parts[] = {REFS, PROPERTIES, SPEC, ENCRYPTION_KEYS};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        json_t *json = NULL;
        if (iceberg_span_null(r->parts[parts[i]]))
            continue;
        int rc = piece(r, parts[i], r->parts[parts[i]], &json);
        if (rc)
            return rc;
        if (parts[i] == REFS)
            iceberg_metadata_items_refs(m, json);
        else if (parts[i] == PROPERTIES)
            iceberg_metadata_items_pairs(m, json, &m->properties);
        else if (parts[i] == ENCRYPTION_KEYS)
            m->encrypted = json_array_size(json) > 0;
        else if (m->n_specs == 0) {
            m->specs = iceberg_pool_alloc(&m->pool, 1, sizeof *m->specs);
            m->n_specs = 1;
            iceberg_metadata_items_fields(m, json, m->specs);
        }
        json_decref(json);
    }
    return 0;
}

static int order(const void *a, const void *b, void *arg)
{
    const struct iceberg_snapshot *all = arg;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    int ids = (all[i].id > all[j].id) - (all[i].id < all[j].id);
    return ids ? ids : (i > j) - (i < j);
}

static void sort(struct iceberg_metadata *m)
{
    m->by_id = iceberg_pool_alloc(&m->pool, m->n_snapshots, sizeof *m->by_id);
    for (size_t i = 0; i < m->n_snapshots; i++)
        m->by_id[i] = (uint32_t)i;
    if (m->n_snapshots)
        qsort_r(m->by_id, m->n_snapshots, sizeof *m->by_id, order, m->snapshots);
}

/* Finds the parts, and whether this is the metadata of a table. */
static int find(struct reader *r, struct iceberg_span text)
{
    struct iceberg_skim skim;
    struct iceberg_span key, value;
    iceberg_skim_begin(&skim, text, '{');
    while (iceberg_skim_next(&skim, &key, &value))
        for (size_t i = 0; i < PARTS; i++)
            if (iceberg_span_is(key, names[i]))
                r->parts[i] = value;
    int rc = iceberg_skim_end(&skim, r->source, r->err);
    if (rc)
        return rc;
    if (r->parts[VIEW_UUID].s)
        return error_set(r->err, ERR_INVALID, "%s: the metadata of a view, not of a table", r->source);
    r->m->format_version = ICEBERG_UNKNOWN;
    rc = scalar(r, FORMAT_VERSION, &r->m->format_version, NULL);
    if (!rc && r->m->format_version < 1)
        rc = error_set(r->err, ERR_INVALID, "%s: no table metadata: it has no format-version", r->source);
    return rc;
}

int iceberg_metadata_parse(const char *text, size_t len, const char *source, struct iceberg_metadata **ret,
                           struct error *err)
{
    if (len > ICEBERG_METADATA_BYTES)
        return error_set(err, ERR_LIMIT, "%s: %zu bytes of table metadata; at most %d are read", source, len,
                         ICEBERG_METADATA_BYTES);
    struct reader r = {.m = mem_new(struct iceberg_metadata), .source = source, .err = err};
    r.m->text_bytes = len;
    int rc = find(&r, (struct iceberg_span){.s = text, .len = len});
    rc = rc ? rc : scalars(&r);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0] && !rc; i++)
        rc = list(&r, &lists[i]);
    rc = rc ? rc : schemas(&r);
    rc = rc ? rc : objects(&r);
    if (rc) {
        iceberg_metadata_free(r.m);
        return rc;
    }
    sort(r.m);
    *ret = r.m;
    if (r.m->format_version > ICEBERG_METADATA_VERSION)
        return error_set(err, ERR_PARTIAL, "%s: format version %lld; only what versions 1 to %d say is understood",
                         source, (long long)r.m->format_version, ICEBERG_METADATA_VERSION);
    return 0;
}
