/* A plugin in C as a process that speaks icetop-plugin(7) on two descriptors. */
#ifndef PLUGIN_HOST_STDIO_H
#define PLUGIN_HOST_STDIO_H

#include "base/error.h"
#include "base/str.h"
#include "plugin/object.h"
#include "plugin/recorded.h"

struct plugin_host_stdio {
    const struct plugin_object *object;
    int in, out;                      /* borrowed; made non-blocking */
    struct plugin_recorded *recorded; /* its rounds are run one after the other and in is not read; NULL: the network */
};

/* Until the end of in, of out, or of what was recorded. ERR_UNAVAILABLE: the plugin could not be opened; ERR_INVALID: what came
 * on in is no message. Without anybody who configures it, a refresh comes with no options. */
int plugin_host_stdio_run(const struct plugin_host_stdio *s, struct error *err);

/* Writes what the plugin declares, a line for itself, one for each option, table, group and page, without opening it. */
void plugin_host_stdio_describe(const struct plugin_object *object, struct str *out);

#endif
