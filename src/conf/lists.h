/* Options that hold several texts: lists of texts, of commands, and maps of texts. */
#ifndef CONF_LISTS_H
#define CONF_LISTS_H

#include "base/error.h"
#include "base/str.h"
#include "conf/conf.h"

/* Adds a copy at the end of a NULL-terminated list. ERR_INVALID where the text is empty, ERR_LIMIT after a thousand; without a
 * place. */
int conf_lists_add(char ***list, const char *text, struct error *err);
/* Appends it as a YAML list on one line. */
void conf_lists_write(char *const *list, struct str *out);
/* How many there are; NULL is none. */
size_t conf_lists_count(char *const *list);
/* Frees it and makes it NULL. */
void conf_lists_done(char ***list);

/* Adds a command; takes argv over in any case. Errors as above, an empty first word being one. */
int conf_lists_add_command(struct conf_commands *c, char **argv, struct error *err);
void conf_lists_write_commands(const struct conf_commands *c, struct str *out);
void conf_lists_commands_done(struct conf_commands *c);

int conf_lists_add_pair(struct conf_pairs *p, const char *name, const char *value, struct error *err);
/* Appends it as a YAML map on one line. */
void conf_lists_write_pairs(const struct conf_pairs *p, struct str *out);
void conf_lists_pairs_done(struct conf_pairs *p);

#endif
