/* What a plugin in C says of itself, checked and copied, whatever size its structs had where it was compiled. */
#ifndef PLUGIN_DESCRIPTOR_H
#define PLUGIN_DESCRIPTOR_H

#include "base/error.h"
#include "icetop/plugin.h"
#include "table/column.h"

enum plugin_descriptor_limits {
    PLUGIN_OPTIONS = 64,
    PLUGIN_TABLES = 32,
    PLUGIN_GROUPS = 32,
    PLUGIN_PAGES = 200,
    PLUGIN_FORMATS = 32,  /* and notifiers */
    PLUGIN_COLUMNS = 200, /* of one table */
};

/* The arrays are ours, the texts the plugin's. In calls every array and every size is 0: what it has are the functions. */
struct plugin_descriptor {
    struct icetop_plugin calls; /* also name, version, license and help */
    struct icetop_option *options;
    struct icetop_table *tables; /* columns are ours as well */
    struct icetop_group *groups;
    struct icetop_page *pages;
    struct icetop_format *formats;
    struct icetop_notifier *notifiers;
    size_t noptions, ntables, ngroups, npages, nformats, nnotifiers;
    size_t unknown; /* bytes of the plugin's struct behind what we know: it was built for a later icetop */
};

/* Reads *p, of which size bytes are there (0: not known). ERR_INVALID with a text that says what is wrong and where: another
 * ABI, a size that cannot be, a function that is missing, a name that is malformed, stands twice or is not the plugin's to give, a
 * table without a key. */
int plugin_descriptor_read(const struct icetop_plugin *p, size_t size, struct plugin_descriptor **ret,
                           struct error *err);
void plugin_descriptor_free(struct plugin_descriptor *d); /* NULL is allowed */

/* The option of this name; NULL if there is none. */
const struct icetop_option *plugin_descriptor_option(const struct plugin_descriptor *d, const char *name);

/* Fills n columns as the tables have them. */
void plugin_descriptor_columns(const struct icetop_column *from, size_t n, struct column *to);

#endif
