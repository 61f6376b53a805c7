/* Secrets that the file names instead of holding them: {env: NAME}, {file: PATH}, {command: [WORD, ...]}. */
#ifndef CONF_FETCH_H
#define CONF_FETCH_H

#include "conf/loading.h"

/* What may stand where a secret may, for errors. */
#define CONF_FETCH_ALLOWED "a text, {env: NAME}, {file: PATH}, {command: [WORD, ...]}"

/* Where the map says that the secret comes from, "from the environment"; NULL if it is none of the ways. */
const char *conf_fetch_origin(const struct conf_yaml *node);

/* Fetches it, once for all who name this node; *ret is for mem_free_secret. The error has no place; its place is that of
 * the node's only item. */
int conf_fetch_secret(struct conf_loading *l, const struct conf_yaml *node, char **ret);

#endif
