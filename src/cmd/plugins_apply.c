/* Sources of plugins. */
#include "cmd/plugins_apply.h"

#include "conf/plugin.h"
#include "conf/same.h"
#include "plugin/source.h"
#include "source/source.h"

#include <stdlib.h>

static bool stays(const struct conf_plugin *was, const struct conf_plugin *is)
{
    return was && is && conf_same_plugin(was, is);
}

void cmd_plugins_apply(struct plugin_runs *runs, struct plugin_book *book, struct scheduler *scheduler,
                       const struct conf *old, const struct conf *now)
{
    for (size_t i = 0; old && i < old->nplugins; i++) {
        char *name = plugin_source_name_of(&old->plugins[i]);
        struct source *src = scheduler_find(scheduler, name);
        if (src && !stays(&old->plugins[i], conf_kind_find(&conf_plugin_kind, now, old->plugins[i].name)))
            scheduler_remove(scheduler, src);
        free(name);
    }
    for (size_t i = 0; i < now->nplugins; i++) {
        const struct conf_plugin *is = &now->plugins[i];
        if (stays(conf_kind_find(&conf_plugin_kind, old, is->name), is))
            continue;
        struct plugin_source *self = plugin_source_new(runs, book, is);
        const struct source_settings settings = plugin_source_settings(is);
        scheduler_add(scheduler, plugin_source_name(self), NULL, &plugin_source_ops, self, &settings);
    }
}
