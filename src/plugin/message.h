/* Messages of a plugin that are made one by one; rows have encoders of their own. */
#ifndef PLUGIN_MESSAGE_H
#define PLUGIN_MESSAGE_H

#include "base/str.h"

#include <jansson.h>

/* Appends a message and its line end, and releases it. */
void plugin_message_add(struct str *out, json_t *message);
/* Adds a text for people, made safe for a terminal and cut at 2,000 bytes; NULL: nothing. */
void plugin_message_text(json_t *message, const char *name, const char *text);

#endif
