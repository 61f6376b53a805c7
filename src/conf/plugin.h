/* Plugins: their options, from the file. */
#ifndef CONF_PLUGIN_H
#define CONF_PLUGIN_H

#include "conf/kind.h"

extern const struct conf_kind conf_plugin_kind;

#endif
