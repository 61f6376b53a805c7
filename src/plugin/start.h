/* How a plugin is started: its file, words, environment, and what it is told first. */
#ifndef PLUGIN_START_H
#define PLUGIN_START_H

#include "base/process.h"
#include "conf/conf.h"

/* What a process is started with; strings are owned. */
struct plugin_start {
    char *kind;   /* "executable" "stays" "shared object" */
    char *path;   /* what plugins shows */
    char *plugin; /* it is looked for by this name; or NULL */
    bool object;  /* a shared object, which is run by icetop plugin-host */
    char *file;   /* what was found to be it last, without links; or NULL */
    char **argv, **environment;
    bool stays;
    struct str configure; /* the message of that type */
};

void plugin_start_init(struct plugin_start *s, const struct conf_plugin *conf);
/* Wipes what may be secret. */
void plugin_start_done(struct plugin_start *s);

/* For process_start, borrowed from s. ERR_NOT_FOUND, ERR_INVALID where there is no such file, or none that may be run. */
int plugin_start_options(struct plugin_start *s, struct process_options *ret, struct error *err);

#endif
