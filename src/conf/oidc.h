/* Properties of OAUTHBEARER's client credentials, which icetop carries out itself, as not every librdkafka can: their names
 * are librdkafka's. */
#ifndef CONF_OIDC_H
#define CONF_OIDC_H

#include "base/error.h"
#include "base/str.h"
#include "conf/conf.h"

/* Is this one of them? Then it is not to be handed to librdkafka. */
bool conf_oidc_owns(const char *name);

/* Does it take this value? The error begins with the name, and quotes the value unless secret. */
int conf_oidc_check(const char *name, const char *value, bool secret, struct error *err);

/* Do the properties of a cluster make a login, where its mechanism is OAUTHBEARER? ERR_INVALID with what is missing; what
 * is unwise goes to warnings, a line each. */
int conf_oidc_complete(const struct conf_property *properties, size_t n, struct str *warnings, struct error *err);

/* The value of a property, or NULL; alias is another name of it, or NULL. */
const char *conf_oidc_get(const struct conf_property *properties, size_t n, const char *name, const char *alias);

/* Does icetop get the tokens for these properties? */
bool conf_oidc_wanted(const struct conf_property *properties, size_t n);

#endif
