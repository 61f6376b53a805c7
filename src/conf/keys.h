/* The map `keys` of the file: actions of the console, each with its keys. What actions there are is the console's business. */
#ifndef CONF_KEYS_H
#define CONF_KEYS_H

#include "conf/loading.h"

extern const char conf_keys_name[]; /* its key in the file */

/* Reads the map; NULL or an empty one gives none. */
int conf_keys_read(struct conf_loading *l, const struct conf_yaml *map, struct conf *c);
/* Appends it as it would stand in a file, each key with its origin given by comment. */
void conf_keys_print(const struct conf *c, void (*comment)(struct str *out, size_t begin, const char *origin),
                     struct str *out);
/* Its part of the manual, in scdoc's format. */
void conf_keys_document(struct str *out);
void conf_keys_done(struct conf *c);

#endif
