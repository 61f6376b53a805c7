/* The metadata of an Iceberg table: what its *.metadata.json says, format versions 1 to 3, as a struct.
 *
 * What is missing is unknown, not zero: numbers that were not said, or not as a number, are ICEBERG_UNKNOWN, texts
 * NULL. Ids and times are exact. Where a text holds a NUL it ends there. Unknown fields are passed over. Format:
 * the Iceberg table specification, section "Table Metadata". */
#ifndef ICEBERG_METADATA_H
#define ICEBERG_METADATA_H

#include "base/error.h"
#include "base/str.h"
#include "iceberg/pool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ICEBERG_UNKNOWN INT64_C(-1) /* also "no snapshot", as Java writes it: writers make no such id */

enum {
    ICEBERG_METADATA_VERSION = 3, /* the highest format version that is known here */
    /* Caps; beyond one the document is refused with ERR_LIMIT. */
    ICEBERG_METADATA_BYTES = 64 * 1024 * 1024, /* of text, after inflation */
    ICEBERG_METADATA_PIECE = 4 * 1024 * 1024,  /* of text of one snapshot, schema, ref, of all properties, ... */
    ICEBERG_METADATA_SNAPSHOTS = 250000,
    ICEBERG_METADATA_LOG = 1000000,  /* entries of either log */
    ICEBERG_METADATA_NESTED = 256,   /* columns within columns */
    ICEBERG_METADATA_ITEMS = 100000, /* refs, partition specs, sort orders, schemas; columns of the current schema */
};

struct iceberg_pair {
    const char *key, *value;
};

/* String to string, in the order of the text; a value that is no string is left out. */
struct iceberg_pairs {
    struct iceberg_pair *items;
    size_t n;
};

/* A snapshot as it is written. */
struct iceberg_snapshot {
    int64_t id;
    int64_t parent_id; /* ICEBERG_UNKNOWN: none */
    int64_t sequence_number;
    int64_t timestamp_ms;
    int64_t schema_id;
    int64_t first_row_id, added_rows; /* version 3; added_rows is an upper bound */
    const char *operation;            /* append, replace, overwrite, delete */
    struct iceberg_pairs summary;     /* without the operation; see iceberg/summary.h */
    const char *manifest_list;        /* its path as written; NULL in old tables, which name the manifests: */
    const char *const *manifests;     /* paths */
    size_t n_manifests;
    const char *key_id; /* the manifest list is encrypted */
};

/* A branch or tag. */
struct iceberg_ref {
    const char *name;
    bool tag; /* else a branch */
    int64_t snapshot_id;
    int64_t min_snapshots_to_keep, max_snapshot_age_ms, max_ref_age_ms; /* unknown: the table's properties decide */
};

/* The current snapshot was this one from then on. */
struct iceberg_snapshot_log {
    int64_t timestamp_ms, snapshot_id;
};

/* A metadata file that was current until another one was, at that time. */
struct iceberg_metadata_log {
    int64_t timestamp_ms;
    const char *file;
};

/* A field of the current schema; nested ones follow what holds them. */
struct iceberg_column {
    int64_t id;
    ptrdiff_t parent; /* position among the columns of what holds it, always a lower one; -1: a column of the table */
    const char *name; /* its own; "element", "key" and "value" in lists and maps */
    const char *type; /* as written; "struct", "list" or "map" where others follow */
    const char *doc;
    bool required;
};

struct iceberg_partition_field {
    int64_t source_id, field_id; /* source_id: the first, where there are several */
    const char *name, *transform;
};

struct iceberg_partition_spec {
    int64_t id;
    struct iceberg_partition_field *fields;
    size_t n_fields;
};

struct iceberg_sort_field {
    int64_t source_id; /* the first, where there are several */
    const char *transform, *direction, *null_order;
};

struct iceberg_sort_order {
    int64_t id; /* 0: unsorted */
    struct iceberg_sort_field *fields;
    size_t n_fields;
};

/* All of it belongs to the pool and lives as long as this. */
struct iceberg_metadata {
    int64_t format_version;
    const char *table_uuid, *location; /* the location as written; unknown in some version 4 tables */
    int64_t last_updated_ms, last_sequence_number;
    int64_t current_snapshot_id; /* ICEBERG_UNKNOWN: none, whether it is written as -1, null or not at all */
    int64_t current_schema_id, default_spec_id, default_sort_order_id;
    struct iceberg_snapshot *snapshots; /* in the order of the text, which need not be that of time */
    size_t n_snapshots;
    struct iceberg_ref *refs; /* as written: main may be missing while there is a current snapshot */
    size_t n_refs;
    struct iceberg_snapshot_log *snapshot_log;
    size_t n_snapshot_log;
    struct iceberg_metadata_log *metadata_log;
    size_t n_metadata_log;
    struct iceberg_column *columns; /* of the current schema */
    size_t n_columns;
    size_t n_schemas;
    struct iceberg_partition_spec *specs;
    size_t n_specs;
    struct iceberg_sort_order *sort_orders;
    size_t n_sort_orders;
    struct iceberg_pairs properties;
    size_t text_bytes; /* of the document it was read from */
    size_t skipped;    /* snapshots, refs, log entries, columns, ... that were left out: without an id, or no object */
    bool encrypted;    /* it holds encryption keys */
    struct iceberg_pool pool;
    uint32_t *by_id; /* private: positions of snapshots, by id */
};

/* Parses len bytes of text; source names them in errors (a path, a URL). Takes 15 to 20 ms a MB, on whatever
 * thread. 0; ERR_PARTIAL with *ret set where the format version is newer than ICEBERG_METADATA_VERSION: what is
 * understood is there; ERR_LIMIT "source: size, limit"; ERR_INVALID for what is half written, no JSON, no UTF-8,
 * or no table metadata. */
int iceberg_metadata_parse(const char *text, size_t len, const char *source, struct iceberg_metadata **ret,
                           struct error *err);
/* NULL is allowed. */
void iceberg_metadata_free(struct iceberg_metadata *m);

/* The snapshot of this id, NULL if there is none (it expired, or id is ICEBERG_UNKNOWN); where several have it,
 * the first. */
const struct iceberg_snapshot *iceberg_metadata_snapshot(const struct iceberg_metadata *m, int64_t id);
/* The current one, NULL if there is none. */
const struct iceberg_snapshot *iceberg_metadata_current(const struct iceberg_metadata *m);
/* Appends the full name of column i: a.b, a.element, a.key. */
void iceberg_metadata_column(const struct iceberg_metadata *m, size_t i, struct str *out);
/* The value of a key, NULL if it is not there. */
const char *iceberg_pairs_get(const struct iceberg_pairs *pairs, const char *key);

#endif
