/* A Java client's configuration in librdkafka's terms. */
#ifndef CONF_JAVA_H
#define CONF_JAVA_H

#include "base/error.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/properties.h"

#include <stddef.h>

struct conf_java {
    char *bootstrap, *bootstrap_origin; /* bootstrap.servers and "file:line", or NULL */
    struct conf_property *items;        /* checked by librdkafka, each with origin "file:line" */
    size_t n, room;
};

/* Translates: sasl.jaas.config of the Plain, Scram and Krb5 login modules; stores by their type,
 * PEM and PKCS12 as far as librdkafka reads them; ssl.endpoint.identification.algorithm, empty for
 * none; request.timeout.ms into socket.timeout.ms, within its range; names that both know as they
 * are. What has no counterpart, or would make icetop join, commit or write, is left out and named
 * in a line of warnings, "name:line: ...". ERR_INVALID where a login, the protocol or the mechanism
 * is malformed. Reads the first bytes of stores to know their type. */
int conf_java_translate(const char *name, const struct conf_properties *p, struct conf_java *ret, struct str *warnings,
                        struct error *err);

/* Reads the file and translates it; warns of one that holds a secret and can be read by all. */
int conf_java_load(const char *path, struct conf_java *ret, struct str *warnings, struct error *err);

/* Wipes and frees. A zeroed one is allowed. */
void conf_java_done(struct conf_java *j);

#endif
