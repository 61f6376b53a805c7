/* Recipes of services: their options, from the file. */
#ifndef CONF_RECIPE_H
#define CONF_RECIPE_H

#include "conf/kind.h"

extern const struct conf_kind conf_recipe_kind;

#endif
