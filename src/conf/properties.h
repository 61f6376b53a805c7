/* The Java .properties format. */
#ifndef CONF_PROPERTIES_H
#define CONF_PROPERTIES_H

#include "base/error.h"

#include <stddef.h>

struct conf_properties_entry {
    char *key, *value; /* UTF-8; the value may be "" */
    unsigned line;     /* where the key begins, from 1 */
};

struct conf_properties {
    struct conf_properties_entry *items; /* in the order of the file; a key may come again */
    size_t n, room;
};

/* Parses as java.util.Properties.load does with a stream: ISO 8859-1; comments after # or !; key
 * and value apart by =, : or blanks; lines continued by a backslash; escapes \t \n \r \f and
 * \uXXXX, any other backslash is dropped. ERR_INVALID with "name:line: what" for a malformed
 * \uXXXX or a NUL, ERR_LIMIT after 10,000 entries. */
int conf_properties_parse(const char *name, const char *bytes, size_t len, struct conf_properties *ret,
                          struct error *err);

/* Wipes and frees. A zeroed one is allowed. */
void conf_properties_done(struct conf_properties *p);

#endif
