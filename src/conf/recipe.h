/* Recipes of services: their options, from the file. */
#ifndef CONF_RECIPE_H
#define CONF_RECIPE_H

#include "conf/loading.h"

/* Reads and checks one section, as conf_cluster_read does a cluster; ret is a struct conf_recipe. */
int conf_recipe_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                     bool fetch, void *ret);
/* Frees what a struct conf_recipe owns. A zeroed one is allowed. */
void conf_recipe_done(void *recipe);

#endif
