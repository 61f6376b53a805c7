/* Values of options: from text, back to text, and what is allowed in words. */
#ifndef CONF_VALUE_H
#define CONF_VALUE_H

#include "base/str.h"
#include "conf/options.h"

/* Reads text into the option's field of base (a struct conf_cluster, conf_connect, conf_catalog or conf), freeing what
 * was there. Not for what holds several values. Durations: one or more of a number (with a fraction)
 * and ms s m h d w, "1h30m"; a plain number is seconds. Sizes: a number and B kB MB GB TB (powers
 * of 1000) or KiB MiB GiB TiB, in any case; a plain number is bytes. Booleans: true yes on, false
 * no off. The error says what the text is and what is allowed, without a place. */
int conf_value_parse(const struct conf_option *o, const char *text, void *base, struct error *err);

/* Sets the field to the default, for all types. */
void conf_value_preset(const struct conf_option *o, void *base);

/* Appends the field as it would stand in a file, on one line; nothing where it is not set and for
 * properties. */
void conf_value_format(const struct conf_option *o, const void *base, struct str *out);

/* Frees what the field owns and clears it. */
void conf_value_free(const struct conf_option *o, void *base);

/* Appends what is allowed: "100ms to 1h", "auto, braille, block, ascii", "a list of globs". */
void conf_value_allowed(const struct conf_option *o, struct str *out);

/* "duration", "size", "list of globs", ... for the manual. */
const char *conf_value_type_name(enum conf_type type);

/* A duration as options of that type are written, in milliseconds. ERR_INVALID for what is none. */
int conf_value_duration(const char *text, int64_t *ms);
/* Likewise a size, in bytes. */
int conf_value_size(const char *text, int64_t *bytes);

/* Appends text in double quotes, safe for a terminal, cut to about 60 columns. */
void conf_value_quote(struct str *out, const char *text);

#endif
