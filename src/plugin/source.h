/* A plugin as a source: rounds, deadlines, limits of what it writes, and its row in `plugins`. */
#ifndef PLUGIN_SOURCE_H
#define PLUGIN_SOURCE_H

#include "conf/conf.h"
#include "plugin/book.h"
#include "plugin/run.h"
#include "source/source.h"

struct plugin_source;

extern const struct source_ops plugin_source_ops;

/* conf is read while this is called, not later. runs and book must outlive it. */
struct plugin_source *plugin_source_new(struct plugin_runs *runs, struct plugin_book *book,
                                        const struct conf_plugin *conf);
struct source_settings plugin_source_settings(const struct conf_plugin *conf);
/* "plugin:NAME", on the heap. */
char *plugin_source_name_of(const struct conf_plugin *conf);
const char *plugin_source_name(const struct plugin_source *s);

#endif
