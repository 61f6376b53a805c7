/* What the parts of conf_load share while one configuration is being read. */
#ifndef CONF_LOADING_H
#define CONF_LOADING_H

#include "base/str.h"
#include "base/vec.h"
#include "conf/conf.h"
#include "conf/java.h"
#include "conf/options.h"
#include "conf/yaml.h"

/* A secret that was fetched, so that clusters which share it fetch it once. */
struct conf_fetched {
    const struct conf_yaml *from;
    char *text;
};

struct conf_loading {
    const struct conf_args *args;
    const char *file;                         /* as shown in errors; NULL: none was read */
    const struct conf_yaml *defaults;         /* the map of that name, or NULL */
    struct conf_java java;                    /* of --command-config */
    const char *bootstrap, *bootstrap_origin; /* of the command line, for the cluster that -b makes */
    char **clusters;                          /* names of Kafka clusters that there are, for what belongs to one */
    bool secret_in_file;                      /* the file itself holds one */
    VEC(struct conf_fetched) fetched;
    struct str *warnings;
    struct error *err;
};

/* What conf_free, conf_print and conf_load know of a struct conf. */
struct conf_internal {
    char *file;
    struct str warnings;
    char **origins[CONF_NSECTIONS]; /* by section and option; NULL: the default */
};

#endif
