/* What recipes find at an endpoint, in words and as JSON. */
#ifndef CMD_RECIPES_TEXT_H
#define CMD_RECIPES_TEXT_H

#include "base/str.h"
#include "prom/services.h"

#include <jansson.h>

/* An endpoint that was asked; services are those of its last scrape; NULL: it could not be read, and error says why. */
struct cmd_recipes_endpoint {
    char *url, *job, *instance; /* owned, as the next one */
    char *error;
    int64_t samples, kept, bad;
    char *bad_line; /* the first of the bad lines, owned */
    const struct prom_services *services;
};

/* How many recipes fit. */
size_t cmd_recipes_text_fits(const struct cmd_recipes_endpoint *e);
void cmd_recipes_text_write(const struct cmd_recipes_endpoint *e, struct str *out);
/* A reference for the caller. */
json_t *cmd_recipes_text_json(const struct cmd_recipes_endpoint *e);

#endif
