/* Rows for tables of icetop's own that several plugins fill, and for those whose columns only their content tells: staged cell by
 * cell, without a message. */
#ifndef PLUGIN_INTAKE_PUT_H
#define PLUGIN_INTAKE_PUT_H

#include "plugin/intake.h"

#include <jansson.h>

struct plugin_intake_table;

struct names *plugin_intake_names(const struct plugin_intake *in);
/* The instance's name as a cell, with a reference for the caller. */
struct value plugin_intake_instance(const struct plugin_intake *in);

/* The table of this declaration, which is in the store already; from now on its rows of this plugin are counted and swept as those of
 * its own tables. ERR_NOT_FOUND: the store has none. */
int plugin_intake_shared(struct plugin_intake *in, const struct table_def *def, struct plugin_intake_table **ret,
                         struct error *err);
/* The table of a message of that type, declared. */
int plugin_intake_own(struct plugin_intake *in, json_t *message, struct plugin_intake_table **ret, struct error *err);
/* The table of that name of its own; NULL: it has none. */
const struct table *plugin_intake_known(const struct plugin_intake *in, const char *name);

/* Stages a row: a cell for each column of the table, the key's exact; takes the references of texts. */
void plugin_intake_put(struct plugin_intake *in, struct plugin_intake_table *t, const struct value *cells);

#endif
