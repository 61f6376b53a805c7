/* YAML as a tree whose every node knows its line and column; what configuration files do not need
 * is refused. */
#ifndef CONF_YAML_H
#define CONF_YAML_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

enum conf_yaml_kind { CONF_YAML_NULL, CONF_YAML_SCALAR, CONF_YAML_LIST, CONF_YAML_MAP };

/* One value; a map's or a list's items are in the order of the file. Lines and columns count from
 * 1, columns in characters. */
struct conf_yaml {
    enum conf_yaml_kind kind;
    unsigned line, column;         /* of the value */
    char *key;                     /* of an item of a map */
    unsigned key_line, key_column; /* and where the key stands */
    char *text;                    /* of a scalar: UTF-8 without a NUL */
    unsigned text_column;          /* of its first character, where it stands on one line without escapes; else 0 */
    struct conf_yaml *items;
    size_t n, room;
};

/* Parses one document (none at all is NULL of kind CONF_YAML_NULL). name stands for the file in
 * errors, "name:line:column: what". Refused: anchors, aliases, tags, a second document, the same
 * key twice in a map, keys that are not text, more than 16 levels or 100,000 nodes. An empty plain
 * scalar, `~` and `null` are CONF_YAML_NULL. ERR_INVALID or ERR_LIMIT. */
int conf_yaml_parse(const char *name, const char *bytes, size_t len, struct conf_yaml *ret, struct error *err);

/* Wipes and frees what the node owns. A zeroed one is allowed. */
void conf_yaml_done(struct conf_yaml *node);

/* The item of a map with that key, or NULL; also where node is NULL or no map. */
const struct conf_yaml *conf_yaml_get(const struct conf_yaml *node, const char *key);

/* "a list", "a map", "a text", "nothing". */
const char *conf_yaml_kind_name(enum conf_yaml_kind kind);

/* Appends text as a scalar that conf_yaml_parse reads back, plain where that is safe even inside
 * [ ], else in double quotes; control and bidirectional characters are escaped. */
void conf_yaml_write(struct str *out, const char *text);

#endif
