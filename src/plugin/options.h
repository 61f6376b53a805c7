/* The options of one instance of a plugin: as the plugin declares them, with the values that the configuration gives. */
#ifndef PLUGIN_OPTIONS_H
#define PLUGIN_OPTIONS_H

#include "base/error.h"
#include "plugin/descriptor.h"

#include <jansson.h>

struct plugin_options;

/* From field "options" of the message "configure" (see icetop-plugin(7)); list may be NULL. ERR_INVALID with a text that begins
 * with the place in the file: an option that is not declared (the nearest is named), one that is given twice or is missing, a
 * value that is none of its type, a secret that stands in the file. d must outlive what is returned. */
int plugin_options_read(const struct plugin_descriptor *d, const json_t *list, struct plugin_options **ret,
                        struct error *err);
/* Wipes secrets. NULL is allowed. */
void plugin_options_free(struct plugin_options *o);

/* The i-th value of an option, as given or preset; NULL where there is none. Also for names that are not declared. */
const char *plugin_options_text(const struct plugin_options *o, const char *name, size_t i);
/* The first value; 0, NaN, false where there is none, or it is of another type. */
int64_t plugin_options_int(const struct plugin_options *o, const char *name);
double plugin_options_real(const struct plugin_options *o, const char *name);
bool plugin_options_bool(const struct plugin_options *o, const char *name);

/* "text", "int", "real", "bool", "duration", "size". */
const char *plugin_options_type_name(enum icetop_option_type type);

#endif
