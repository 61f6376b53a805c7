/* What librdkafka says of a property, and which ones are not the user's to set. */
#ifndef CONF_RDKAFKA_H
#define CONF_RDKAFKA_H

#include "base/error.h"

#include <stdbool.h>

/* Why this property may not be set ("icetop never joins a group"), or NULL where it may. */
const char *conf_rdkafka_refused(const char *name);

/* Is there such a property in this librdkafka, or does icetop carry it out (conf/oidc.h), and may it be set? ERR_INVALID with what is wrong,
 * beginning with the name, and with the nearest known name. */
int conf_rdkafka_check_name(const char *name, struct error *err);

/* The same, and does it take this value? The error quotes the value unless secret. */
int conf_rdkafka_check(const char *name, const char *value, bool secret, struct error *err);

#endif
