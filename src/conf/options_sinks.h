/* The part of the table of options that is about what is not Kafka. */
#ifndef CONF_OPTIONS_SINKS_H
#define CONF_OPTIONS_SINKS_H

#include "conf/options.h"

enum { CONF_CONNECT_OPTIONS = 19, CONF_CATALOG_OPTIONS = 20, CONF_PROMETHEUS_OPTIONS = 23, CONF_SERVER_OPTIONS = 18, CONF_RECIPE_OPTIONS = 16, CONF_CONSISTENCY_OPTIONS = 3, CONF_DATASET_OPTIONS = 23 };
enum { CONF_PLUGIN_OPTIONS = 12 };

extern const struct conf_option conf_connect_options[CONF_CONNECT_OPTIONS];
extern const struct conf_option conf_catalog_options[CONF_CATALOG_OPTIONS];
extern const struct conf_option conf_prometheus_options[CONF_PROMETHEUS_OPTIONS];
extern const struct conf_option conf_server_options[CONF_SERVER_OPTIONS];
extern const struct conf_option conf_recipe_options[CONF_RECIPE_OPTIONS];
extern const struct conf_option conf_consistency_options[CONF_CONSISTENCY_OPTIONS];
extern const struct conf_option conf_dataset_options[CONF_DATASET_OPTIONS];
extern const struct conf_option conf_plugin_options[CONF_PLUGIN_OPTIONS];

#endif
