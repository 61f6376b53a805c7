/* A writer's Avro schema: its JSON text, validated, with every name resolved, as a compact graph of nodes.
 *
 * The format is that of the Avro specification, section "Schema Declaration". Names resolve as Java's parser does it, which
 * is what Iceberg's events need: a name with a dot is a full name; one without is looked for in the enclosing namespace
 * first, then among the names without a namespace. Of the properties that Iceberg adds, field-id, element-id, key-id,
 * value-id, logicalType and adjust-to-utc are kept; an id that is neither a number of 0 or more nor the text of one counts
 * as not given. Defaults, documentation and everything else are ignored. A schema may be recursive. */
#ifndef AVRO_SCHEMA_H
#define AVRO_SCHEMA_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum avro_schema_limit {
    AVRO_SCHEMA_TEXT_BYTES = 4 * 1024 * 1024,     /* of the JSON text */
    AVRO_SCHEMA_NODES = 50000,                    /* types, fields and branches */
    AVRO_SCHEMA_DEPTH = 64,                       /* of types in types, where they are written down */
    AVRO_SCHEMA_NAME_BYTES = 1024,                /* a full name, a field's name, an alias, an enum's symbol */
    AVRO_SCHEMA_FIXED_BYTES = 1024 * 1024 * 1024, /* a value of type fixed */
};

enum { AVRO_SCHEMA_NO_ID = -1 };

enum avro_schema_type {
    AVRO_SCHEMA_NULL,
    AVRO_SCHEMA_BOOLEAN,
    AVRO_SCHEMA_INT,
    AVRO_SCHEMA_LONG,
    AVRO_SCHEMA_FLOAT,
    AVRO_SCHEMA_DOUBLE,
    AVRO_SCHEMA_BYTES,
    AVRO_SCHEMA_STRING,
    AVRO_SCHEMA_FIXED,
    AVRO_SCHEMA_ENUM,
    AVRO_SCHEMA_RECORD,
    AVRO_SCHEMA_ARRAY,
    AVRO_SCHEMA_MAP,
    AVRO_SCHEMA_UNION,
};

enum avro_schema_logical {
    AVRO_SCHEMA_PLAIN, /* no logicalType, or one not listed here */
    AVRO_SCHEMA_DATE,
    AVRO_SCHEMA_TIME_MICROS,
    AVRO_SCHEMA_TIMESTAMP_MILLIS,
    AVRO_SCHEMA_TIMESTAMP_MICROS,
    AVRO_SCHEMA_TIMESTAMP_NANOS,
    AVRO_SCHEMA_DECIMAL,
    AVRO_SCHEMA_UUID,
    AVRO_SCHEMA_KEY_VALUES, /* "map": an array of key and value records */
};

/* What a node has below it: a record's field, a union's branch, an array's items, a map's values. */
struct avro_schema_field {
    const char *name;    /* of a record's field; else NULL */
    const char *aliases; /* of a record's field, with '|' between them; NULL: none */
    int32_t id;          /* field-id, element-id of an array's items, value-id of a map's values */
    uint32_t node;
};

/* A type. A named type has one node however often it is used, so that nodes may be reached on several ways. */
struct avro_schema_node {
    enum avro_schema_type type;
    enum avro_schema_logical logical;
    bool utc;               /* adjust-to-utc of a timestamp */
    int32_t key_id;         /* key-id of a map */
    int32_t scale;          /* of a decimal; -1: not given */
    uint32_t size;          /* bytes of a fixed, symbols of an enum */
    uint32_t symbols;       /* of an enum: the first of them in texts, the others behind it */
    const char *name;       /* full name of a record, enum or fixed; else NULL */
    uint32_t first, nbelow; /* what is below it: below[first] to below[first + nbelow - 1] */
    uint64_t least;         /* bytes that a value takes at least; fewer than that in a recursive type */
    bool constant;          /* every value takes `least` bytes; what is not constant takes one or more */
};

struct avro_schema {
    struct avro_schema_node *nodes; /* nodes[root] is the whole */
    struct avro_schema_field *below;
    size_t nnodes, nbelow;
    uint32_t root;
    char **texts; /* the names and symbols, owned */
    size_t ntexts;
};

/* Parses len bytes of JSON, UTF-8. ERR_INVALID for what is no schema, with the place in it ("payload.data_files: no type is
 * named x"); ERR_LIMIT for one that is too large. *ret owns all that it points to, and is freed by avro_schema_free. */
int avro_schema_parse(const char *json, size_t len, struct avro_schema **ret, struct error *err);
void avro_schema_free(struct avro_schema *s);

/* "string", "record": as Avro's specification has it. */
const char *avro_schema_type_name(enum avro_schema_type type);

/* The node itself, or the one branch of a union that is not null; NULL if there are several or none. */
const struct avro_schema_node *avro_schema_not_null(const struct avro_schema *s, const struct avro_schema_node *node);

#endif
