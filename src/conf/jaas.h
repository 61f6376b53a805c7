/* The value of a Java client's sasl.jaas.config: one login module with its options. */
#ifndef CONF_JAAS_H
#define CONF_JAAS_H

#include "base/error.h"

#include <stddef.h>

struct conf_jaas_option {
    char *key, *value;
};

struct conf_jaas {
    char *module; /* the class, "org.apache.kafka.common.security.plain.PlainLoginModule" */
    struct conf_jaas_option *items;
    size_t n, room;
};

/* Parses `CLASS required|requisite|sufficient|optional key=value ... ;`, values bare or in single
 * or double quotes with C-like escapes, comments of Java between them. More than one module is
 * refused. ERR_INVALID with "at character N: what" where N counts bytes from 1; what the text
 * quotes is never a value. */
int conf_jaas_parse(const char *text, struct conf_jaas *ret, struct error *err);

/* The value of an option, or NULL; the last one where a key is repeated. */
const char *conf_jaas_get(const struct conf_jaas *j, const char *key);

/* The class without its package: "PlainLoginModule". */
const char *conf_jaas_module_name(const struct conf_jaas *j);

/* Wipes and frees. A zeroed one is allowed. */
void conf_jaas_done(struct conf_jaas *j);

#endif
