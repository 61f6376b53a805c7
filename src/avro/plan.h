/* What is wanted of values of a schema, compiled into a program that reads those parts and skips the rest.
 *
 * Wants are one flat table; the index of a want is its name in all that follows:
 *
 *     enum { STATUS, FILE, PATH, LOWER, LOWER_KEY, LOWER_VALUE };
 *     static const struct avro_plan_want wants[] = {
 *         [STATUS] = {AVRO_PLAN_TOP, 0, "status", AVRO_PLAN_LONG, .required = true},
 *         [FILE] = {AVRO_PLAN_TOP, 2, "data_file", AVRO_PLAN_RECORD},
 *         [PATH] = {FILE, 100, "file_path", AVRO_PLAN_BYTES},
 *         [LOWER] = {FILE, 125, "lower_bounds", AVRO_PLAN_LIST},
 *         [LOWER_KEY] = {LOWER, 126, "key", AVRO_PLAN_LONG},
 *         [LOWER_VALUE] = {LOWER, 127, "value", AVRO_PLAN_BYTES},
 *     };
 *
 * A want is found among the fields of its parent by field-id; where no field has the id, by one of its names (or the
 * field's aliases) among the fields that have no id at all. What is not found stays absent, unless it is required. What the
 * schema has and nobody wants is skipped: runs of fixed width at once, lists whose blocks tell their bytes by them.
 *
 * Below a LIST:
 * - of an array of records (that may be null: then all is absent) the wants are the record's fields: so Iceberg's maps with keys that are not strings read too;
 * - of any other array the first want below it is the item, whatever its id and name (writers differ in element ids);
 * - of an Avro map "key" is the key and "value" the value, by key-id and value-id or by these names;
 * - nothing: the list is only counted.
 *
 * Unions: null is told apart; of the other branches those whose type is the wanted one are read, the rest are skipped and
 * read as AVRO_DATUM_OTHER. */
#ifndef AVRO_PLAN_H
#define AVRO_PLAN_H

#include "avro/schema.h"

enum avro_plan_limit {
    AVRO_PLAN_WANTS = 10000,
    AVRO_PLAN_OPS = 500000, /* instructions, and steps of compiling */
    AVRO_PLAN_DEPTH = 64,   /* wants in wants */
};

enum { AVRO_PLAN_TOP = -1 };

enum avro_plan_type {
    AVRO_PLAN_LONG,   /* int, long, boolean (0, 1), enum (its symbol's index) */
    AVRO_PLAN_DOUBLE, /* float, double */
    AVRO_PLAN_BYTES,  /* string, bytes, fixed */
    AVRO_PLAN_SCALAR, /* any of these, as it comes */
    AVRO_PLAN_RECORD, /* a record; its wants lie below it */
    AVRO_PLAN_LIST,   /* array or map; its wants lie below it, once for each item */
};

struct avro_plan_want {
    int parent;        /* the index of a RECORD or LIST before this one, or AVRO_PLAN_TOP */
    int32_t id;        /* field-id, or AVRO_SCHEMA_NO_ID to go by name only */
    const char *names; /* "added_files_count|added_data_files_count"; NULL: by id only */
    enum avro_plan_type type;
    bool required; /* compiling fails where its parent is there and it is not */
};

/* Where a want's values are written: for who reads them, see avro/datum.h. */
struct avro_plan_place {
    uint16_t store; /* 0: of the whole; each LIST has one more, for what is below it */
    bool found;
    enum avro_schema_logical logical; /* of a scalar found; AVRO_SCHEMA_PLAIN else */
    uint32_t column, width;           /* in a row of that store; cells of a row */
};

struct avro_plan_op; /* one instruction; avro/program.h */

struct avro_plan {
    unsigned holders;
    struct avro_plan_place *places; /* one a want */
    struct avro_plan_op *ops;
    size_t nwants, nops;
    uint32_t *widths; /* cells of a row, one a store */
    size_t nstores;
};

/* Compiles. ERR_INVALID for wants that contradict the schema (its text names the want, what it is there, and what was
 * wanted) or that are required and not there, ERR_LIMIT for what grows too large. The plan keeps nothing of the schema or of
 * the wants. One plan may be used by several threads at once. */
int avro_plan_new(const struct avro_schema *schema, const struct avro_plan_want *wants, size_t nwants,
                  struct avro_plan **ret, struct error *err);
/* One more holder, who calls avro_plan_free; returns p. From any thread. */
struct avro_plan *avro_plan_hold(struct avro_plan *p);
/* One holder less; the last frees. From any thread. */
void avro_plan_free(struct avro_plan *p);

#endif
