/* The map `theme` of the file: a theme of one's own, written as in a theme file. What it means is the console's business. */
#ifndef CONF_THEME_H
#define CONF_THEME_H

#include "conf/loading.h"

extern const char conf_theme_name[]; /* its key in the file */

/* Takes the map out of root, after a look at its shape: texts, and one map of texts. NULL or an empty one is none. */
int conf_theme_take(struct conf_loading *l, struct conf_yaml *root, struct conf *c);
/* Appends it as it would stand in a file, each value with its origin given by comment. */
void conf_theme_print(const struct conf *c, void (*comment)(struct str *out, size_t begin, const char *origin),
                      struct str *out);
/* Its part of the manual, in scdoc's format. */
void conf_theme_document(struct str *out);
void conf_theme_done(struct conf *c);

#endif
