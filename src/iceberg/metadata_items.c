/* One item of table metadata, from its piece of JSON to its struct. */
#include "iceberg/metadata_items.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Member of an object as a number; ICEBERG_UNKNOWN if it is not there or no integer. */
static int64_t number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_integer(value) ? json_integer_value(value) : ICEBERG_UNKNOWN;
}

/* The same as a text of the pool, or NULL. */
static const char *text(struct iceberg_metadata *m, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? iceberg_pool_copy(&m->pool, json_string_value(value), json_string_length(value))
                                 : NULL;
}

/* A text of which there are few different ones. */
static const char *word(struct iceberg_metadata *m, const json_t *value)
{
    if (!json_is_string(value))
        return NULL;
    return iceberg_pool_intern(&m->pool, json_string_value(value), strlen(json_string_value(value)));
}

void iceberg_metadata_items_pairs(struct iceberg_metadata *m, json_t *object, struct iceberg_pairs *ret)
{
    const char *key;
    json_t *value;
    size_t n = json_object_size(object);
    *ret = (struct iceberg_pairs){.items = iceberg_pool_alloc(&m->pool, n, sizeof *ret->items)};
    json_object_foreach(object, key, value)
    {
        if (!json_is_string(value))
            continue;
        struct iceberg_pair *pair = &ret->items[ret->n++];
        pair->key = key;
        const char *text = json_string_value(value);
        pair->value = iceberg_pool_value(&m->pool, &pair->key, strlen(key), text, strlen(text));
    }
}

static void manifests(struct iceberg_metadata *m, const json_t *array, struct iceberg_snapshot *s)
{
    const char **paths = iceberg_pool_alloc(&m->pool, json_array_size(array), sizeof *paths);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *path = json_array_get(array, i);
        if (json_is_string(path))
            paths[s->n_manifests++] = iceberg_pool_copy(&m->pool, json_string_value(path), json_string_length(path));
    }
    s->manifests = paths;
}

bool iceberg_metadata_items_snapshot(struct iceberg_metadata *m, json_t *json, void *item)
{
    struct iceberg_snapshot *s = item;
    s->id = number(json, "snapshot-id");
    if (s->id == ICEBERG_UNKNOWN)
        return false;
    s->parent_id = number(json, "parent-snapshot-id");
    s->sequence_number = number(json, "sequence-number");
    s->timestamp_ms = number(json, "timestamp-ms");
    s->schema_id = number(json, "schema-id");
    s->first_row_id = number(json, "first-row-id");
    s->added_rows = number(json, "added-rows");
    s->manifest_list = text(m, json, "manifest-list");
    s->key_id = text(m, json, "key-id");
    json_t *summary = json_object_get(json, "summary");
    s->operation = word(m, json_object_get(summary, "operation"));
    json_object_del(summary, "operation");
    iceberg_metadata_items_pairs(m, summary, &s->summary);
    manifests(m, json_object_get(json, "manifests"), s);
    return true;
}

bool iceberg_metadata_items_snapshot_log(struct iceberg_metadata *m, json_t *json, void *item)
{
    (void)m;
    struct iceberg_snapshot_log *log = item;
    log->timestamp_ms = number(json, "timestamp-ms");
    log->snapshot_id = number(json, "snapshot-id");
    return log->snapshot_id != ICEBERG_UNKNOWN;
}

bool iceberg_metadata_items_metadata_log(struct iceberg_metadata *m, json_t *json, void *item)
{
    struct iceberg_metadata_log *log = item;
    log->timestamp_ms = number(json, "timestamp-ms");
    log->file = text(m, json, "metadata-file");
    return log->file;
}

/* "source-id", or in version 3 the first of "source-ids". */
static int64_t source_id(const json_t *field)
{
    int64_t one = number(field, "source-id");
    const json_t *first = json_array_get(json_object_get(field, "source-ids"), 0);
    return one == ICEBERG_UNKNOWN && json_is_integer(first) ? json_integer_value(first) : one;
}

void iceberg_metadata_items_fields(struct iceberg_metadata *m, json_t *array, struct iceberg_partition_spec *ret)
{
    ret->n_fields = json_array_size(array);
    ret->fields = iceberg_pool_alloc(&m->pool, ret->n_fields, sizeof *ret->fields);
    for (size_t i = 0; i < ret->n_fields; i++) {
        const json_t *field = json_array_get(array, i);
        ret->fields[i] = (struct iceberg_partition_field){
            .source_id = source_id(field),
            .field_id = number(field, "field-id"),
            .name = word(m, json_object_get(field, "name")),
            .transform = word(m, json_object_get(field, "transform")),
        };
    }
}

bool iceberg_metadata_items_spec(struct iceberg_metadata *m, json_t *json, void *item)
{
    struct iceberg_partition_spec *spec = item;
    spec->id = number(json, "spec-id");
    iceberg_metadata_items_fields(m, json_object_get(json, "fields"), spec);
    return spec->id != ICEBERG_UNKNOWN;
}

bool iceberg_metadata_items_sort_order(struct iceberg_metadata *m, json_t *json, void *item)
{
    struct iceberg_sort_order *order = item;
    const json_t *fields = json_object_get(json, "fields");
    order->id = number(json, "order-id");
    order->n_fields = json_array_size(fields);
    order->fields = iceberg_pool_alloc(&m->pool, order->n_fields, sizeof *order->fields);
    for (size_t i = 0; i < order->n_fields; i++) {
        const json_t *field = json_array_get(fields, i);
        order->fields[i] = (struct iceberg_sort_field){
            .source_id = source_id(field),
            .transform = word(m, json_object_get(field, "transform")),
            .direction = word(m, json_object_get(field, "direction")),
            .null_order = word(m, json_object_get(field, "null-order")),
        };
    }
    return order->id != ICEBERG_UNKNOWN;
}

void iceberg_metadata_items_refs(struct iceberg_metadata *m, json_t *object)
{
    const char *name;
    json_t *json;
    m->refs = iceberg_pool_alloc(&m->pool, json_object_size(object), sizeof *m->refs);
    json_object_foreach(object, name, json)
    {
        struct iceberg_ref *ref = &m->refs[m->n_refs];
        *ref = (struct iceberg_ref){
            .snapshot_id = number(json, "snapshot-id"),
            .min_snapshots_to_keep = number(json, "min-snapshots-to-keep"),
            .max_snapshot_age_ms = number(json, "max-snapshot-age-ms"),
            .max_ref_age_ms = number(json, "max-ref-age-ms"),
        };
        const char *type = json_string_value(json_object_get(json, "type"));
        ref->tag = type && strcasecmp(type, "tag") == 0;
        if (ref->snapshot_id == ICEBERG_UNKNOWN) {
            m->skipped++;
            continue;
        }
        ref->name = iceberg_pool_copy(&m->pool, name, strlen(name));
        m->n_refs++;
    }
}

typedef VEC(struct iceberg_column) columns_vec;

/* Adds a column of a type that is written as its name or as an object; false where it is left out. */
static bool add(struct iceberg_metadata *m, columns_vec *all, struct iceberg_column c, const json_t *type)
{
    c.type = word(m, json_is_object(type) ? json_object_get(type, "type") : type);
    if (c.id == ICEBERG_UNKNOWN || !c.name || !c.type) {
        m->skipped++;
        return false;
    }
    vec_push(all, c);
    return true;
}

/* Adds what a schema, struct, list or map holds, each followed by what it holds itself. As deep as the brackets of
 * the text. */
static void columns(struct iceberg_metadata *m, columns_vec *all, const json_t *type, ptrdiff_t parent)
{
    const json_t *fields = json_object_get(type, "fields");
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i), *inner = json_object_get(field, "type");
        struct iceberg_column c = {.id = number(field, "id"),
                                   .parent = parent,
                                   .name = word(m, json_object_get(field, "name")),
                                   .doc = word(m, json_object_get(field, "doc")),
                                   .required = json_is_true(json_object_get(field, "required"))};
        if (add(m, all, c, inner))
            columns(m, all, inner, (ptrdiff_t)all->n - 1);
    }
    static const struct {
        const char *name, *id, *required;
    } parts[] = {{"element", "element-id", "element-required"},
                 {"key", "key-id", NULL},
                 {"value", "value-id", "value-required"}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const json_t *inner = json_object_get(type, parts[i].name);
        bool required = !parts[i].required || json_is_true(json_object_get(type, parts[i].required));
        struct iceberg_column c = {
            .id = number(type, parts[i].id), .parent = parent, .name = parts[i].name, .required = required};
        if (inner && add(m, all, c, inner))
            columns(m, all, inner, (ptrdiff_t)all->n - 1);
    }
}

void iceberg_metadata_items_schema(struct iceberg_metadata *m, json_t *schema)
{
    columns_vec all = {0};
    columns(m, &all, schema, -1);
    m->columns = iceberg_pool_alloc(&m->pool, all.n, sizeof *m->columns);
    if (all.n)
        memcpy(m->columns, all.items, all.n * sizeof *all.items);
    m->n_columns = all.n;
    vec_done(&all);
}
