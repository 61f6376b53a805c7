/* Themes by name: those built in, and files. */
#ifndef CMD_THEMES_H
#define CMD_THEMES_H

#include "base/error.h"

struct conf;
struct theme;
struct cmd_themes;

/* conf may be NULL: then names of its own are not looked for. It must outlive the themes. */
struct cmd_themes *cmd_themes_new(const struct conf *conf);
void cmd_themes_free(struct cmd_themes *t); /* with all themes that it gave; NULL is allowed */

/* A theme built in, or of a file: what has a slash in it or ends in .yaml is one, else NAME.yaml in the directories for
 * themes of the user and of the system. Read anew each time; what was given before stays. ERR_NOT_FOUND with the names there
 * are, ERR_INVALID with file:line:column, or as conf_file_read. */
int cmd_themes_find(struct cmd_themes *t, const char *name, const struct theme **ret, struct error *err);
/* The theme to begin with: given on the command line (NULL: not), else of the configuration. The error says where the name
 * stands. */
int cmd_themes_first(struct cmd_themes *t, const char *given, const struct theme **ret, struct error *err);
/* Is there such a theme, for a command line of which no more is known? NULL is right. */
int cmd_themes_check(const char *given, struct error *err);
/* Names of the files in the directories for themes, sorted; NULL-terminated, owned by t. */
const char *const *cmd_themes_names(struct cmd_themes *t);

#endif
