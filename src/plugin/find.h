/* Where plugins are: files in a few directories, by the plugin's name. */
#ifndef PLUGIN_FIND_H
#define PLUGIN_FIND_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct plugin_file {
    char *name; /* what it is configured by */
    char *path;
    bool object; /* a shared object; else a program */
};

/* The plugin of this name, in the first directory that has one: of those of ICETOP_PLUGIN_PATH (colons between), then
 * ~/.local/lib/icetop/plugins, then PREFIX/lib/icetop/plugins of PREFIX/bin/icetop. In a directory it is NAME.so, NAME/NAME.so, NAME or NAME/NAME, the last two
 * programs. A name with a slash is a path. Nothing of it is looked at but that it is there: see plugin/trust.h. ERR_NOT_FOUND names
 * the directories. */
int plugin_find(const char *name, struct plugin_file *ret, struct error *err);
void plugin_find_done(struct plugin_file *f);

/* All that there are, in the order of their names; one that plugin_find would not return is left out. */
void plugin_find_all(struct plugin_file **ret, size_t *n);
void plugin_find_free(struct plugin_file *files, size_t n);

/* Appends the directories, with ", " between. */
void plugin_find_directories(struct str *out);

#endif
