/* Whether two configurations of one thing mean the same, so that a reload can leave it alone. */
#ifndef CONF_SAME_H
#define CONF_SAME_H

#include "conf/conf.h"

/* Names are not compared, everything else is, secrets too. */
bool conf_same_cluster(const struct conf_cluster *a, const struct conf_cluster *b);
/* Of a Connect cluster: all of it; what its REST source is made of; what the source of its logs is. */
bool conf_same_connect(const struct conf_connect *a, const struct conf_connect *b);
bool conf_same_connect_rest(const struct conf_connect *a, const struct conf_connect *b);
bool conf_same_connect_logs(const struct conf_connect *a, const struct conf_connect *b);
bool conf_same_dataset(const struct conf_dataset *a, const struct conf_dataset *b);
bool conf_same_plugin(const struct conf_plugin *a, const struct conf_plugin *b);
bool conf_same_catalog(const struct conf_catalog *a, const struct conf_catalog *b);
/* The same but for what names endpoints: are they asked and kept alike? */
bool conf_same_prometheus_scrape(const struct conf_prometheus *a, const struct conf_prometheus *b);
bool conf_same_prometheus(const struct conf_prometheus *a, const struct conf_prometheus *b);
/* All of their recipes, in the same order. */
bool conf_same_recipes(const struct conf *a, const struct conf *b);
bool conf_same_server(const struct conf_server *a, const struct conf_server *b);

#endif
