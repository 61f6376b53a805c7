/* Pieces of an answer's JSON that know where they stand; nobody but the readers of prom/api.h includes it. */
#ifndef PROM_API_NODE_H
#define PROM_API_NODE_H

#include "base/error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* A value and its place. Lives on the stack of who goes down, as long as those below it. */
struct prom_api_node {
    const json_t *json; /* borrowed; NULL: not there, or null, as some servers write it */
    const struct prom_api_node *up;
    const char *key; /* of an object; NULL: an item of an array */
    size_t index;
    bool there; /* maybe null */
};

/* `of` may be anything: what is no object or no array has nothing in it. */
struct prom_api_node prom_api_node_member(const struct prom_api_node *of, const char *key);
struct prom_api_node prom_api_node_item(const struct prom_api_node *of, size_t index);

/* ERR_INVALID: "data.result[3].value[1]: a number as text was expected, not null". */
int prom_api_node_refuse(const struct prom_api_node *n, const char *expected, struct error *err);
/* ERR_LIMIT: "data.alerts: 12000 alerts; at most 10000 are taken". */
int prom_api_node_limit(const struct prom_api_node *n, size_t count, const char *what, size_t max, struct error *err);

/* Refuse what is something else. */
int prom_api_node_object(const struct prom_api_node *n, struct error *err);
/* How many items; 0 where it is null, as some servers write an empty one, and where it is not there, but for those that are needed,
 * which are refused then: an answer to another question has none. */
int prom_api_node_needed_array(const struct prom_api_node *n, size_t *ret, struct error *err);
int prom_api_node_array(const struct prom_api_node *n, size_t *ret, struct error *err);
/* A number; NaN where it is not there. */
int prom_api_node_number(const struct prom_api_node *n, double *ret, struct error *err);
/* A number as text: "1e+00", "NaN", "+Inf". */
int prom_api_node_value(const struct prom_api_node *n, double *ret, struct error *err);

/* What a member is read as. */
enum prom_api_node_kind {
    PROM_API_NODE_TEXT,    /* char *; cut to PROM_API_TEXT; NULL where it is not there or empty */
    PROM_API_NODE_NUMBER,  /* double; NaN where it is not there */
    PROM_API_NODE_SECONDS, /* double, of a number or of a text as "1m30s"; NaN where it is not there or not to be read */
    PROM_API_NODE_TIME,    /* int64_t, milliseconds; 0 where it is not there or before 1970 */
    PROM_API_NODE_NUMERAL, /* double, of a number as text or a number; NaN where it cannot be read */
};
struct prom_api_node_field {
    const char *key;
    size_t offset; /* within the struct that is filled */
    enum prom_api_node_kind kind;
    bool needed; /* refused where it is not there; a text may be empty then */
};

/* A table of fields, and how many it has, as arguments. */
#define PROM_API_NODE_FIELDS(fields) (fields), sizeof(fields) / sizeof *(fields)

/* Fills the (zeroed) fields of `to`; texts are owned by it, also when this fails. */
int prom_api_node_fields(const struct prom_api_node *object, const struct prom_api_node_field *fields, size_t n,
                         void *to, struct error *err);
/* Frees its texts. */
void prom_api_node_release(const struct prom_api_node_field *fields, size_t n, void *of);

/* Labels, or annotations, as prom/labels.h writes them; those that `apart` names go into its texts of `to` instead. whole: they
 * tell one from another, so that more than PROM_API_TEXT bytes are ERR_LIMIT; else they are cut. Owned by the caller. */
int prom_api_node_labels(const struct prom_api_node *n, const struct prom_api_node_field *apart, size_t n_apart,
                         void *to, bool whole, char **ret, struct error *err);

/* A copy that C can hold: NUL becomes U+FFFD. Cut to PROM_API_TEXT at a character's end. */
char *prom_api_node_copy(const char *bytes, size_t len);

#endif
