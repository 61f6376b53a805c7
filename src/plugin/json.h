/* JSON as plugins read it: jansson's values behind a name of their own. */
#ifndef PLUGIN_JSON_H
#define PLUGIN_JSON_H

#include "base/error.h"
#include "icetop/plugin.h"

#include <jansson.h>

/* A text to a value, which json_decref releases. ERR_INVALID. */
int plugin_json_read(const void *text, size_t len, json_t **ret, struct error *err);
/* The same value under either name. */
const struct icetop_json *plugin_json_of(const json_t *value);
const json_t *plugin_json_to(const struct icetop_json *value);

/* Fills in the services for JSON of plugin.h, where each is described. */
void plugin_json_serve(struct icetop_host *face);

#endif
