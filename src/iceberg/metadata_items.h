/* One item of table metadata, from its piece of JSON to its struct; nobody but iceberg/metadata_parse.c includes it. */
#ifndef ICEBERG_METADATA_ITEMS_H
#define ICEBERG_METADATA_ITEMS_H

#include "iceberg/metadata.h"

#include <jansson.h>
#include <stdbool.h>

/* An array's element to its (zeroed) struct; false where it has no id, and so is to be left out. */
typedef bool iceberg_metadata_item(struct iceberg_metadata *m, json_t *json, void *item);
iceberg_metadata_item iceberg_metadata_items_snapshot, iceberg_metadata_items_snapshot_log,
    iceberg_metadata_items_metadata_log, iceberg_metadata_items_spec, iceberg_metadata_items_sort_order;

/* What is an object as a whole. */
void iceberg_metadata_items_pairs(struct iceberg_metadata *m, json_t *object, struct iceberg_pairs *ret);
void iceberg_metadata_items_refs(struct iceberg_metadata *m, json_t *object);
/* An array of partition fields, as old tables have it in place of specs. */
void iceberg_metadata_items_fields(struct iceberg_metadata *m, json_t *array, struct iceberg_partition_spec *ret);
/* The columns of a schema. */
void iceberg_metadata_items_schema(struct iceberg_metadata *m, json_t *schema);

#endif
