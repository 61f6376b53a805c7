/* Globs that choose names: one of some must match, none of others may. */
#ifndef CONF_GLOBS_H
#define CONF_GLOBS_H

#include "base/error.h"
#include "base/str.h"
#include "conf/conf.h"

/* Adds a glob; one that begins with '!' leaves out. ERR_INVALID where it is empty, ERR_LIMIT after
 * a thousand; the text has no place. */
int conf_globs_add(struct conf_globs *g, const char *glob, struct error *err);

/* Appends them as a YAML list on one line. */
void conf_globs_write(const struct conf_globs *g, struct str *out);

void conf_globs_done(struct conf_globs *g);

#endif
