/* Options of a plugin's own: a map of names to texts or secrets, each with its place in the file. */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "conf/loading.h"

/* Reads the map into *ret, whose content is freed first. Secrets are fetched only where fetch is true. */
int conf_settings_apply(struct conf_loading *l, const struct conf_yaml *map, const char *path, bool fetch,
                        struct conf_settings *ret);
/* Appends it as a YAML map on one line, secrets not shown; nothing for an empty one. */
void conf_settings_write(const struct conf_settings *s, struct str *out);
/* Secrets are compared too, places are not. */
bool conf_settings_same(const struct conf_settings *a, const struct conf_settings *b);
/* Wipes and frees what is in it. */
void conf_settings_done(struct conf_settings *s);

#endif
