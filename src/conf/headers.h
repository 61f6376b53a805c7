/* Headers of one's own, whose values are secrets: lists of "Name: value". */
#ifndef CONF_HEADERS_H
#define CONF_HEADERS_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>

/* What to write, for errors and the manual. */
#define CONF_HEADERS_ALLOWED "a map of names of headers to texts, or to secrets as SECRETS says"

/* Adds one to a list (NULL: an empty one). ERR_INVALID for a name that is none, that requests set themselves, or that is there,
 * and for a value of more than one line; no text of an error has a value. */
int conf_headers_add(char ***list, const char *name, const char *value, struct error *err);
/* Appends {Name: •••}; nothing for an empty one. */
void conf_headers_write(char *const *list, struct str *out);
bool conf_headers_same(char *const *a, char *const *b);
/* Wipes and frees the list, which is NULL then. */
void conf_headers_done(char ***list);

#endif
