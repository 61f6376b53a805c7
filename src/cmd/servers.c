/* Sources of Prometheus servers. */
#include "cmd/servers.h"

#include "conf/same.h"
#include "conf/server.h"
#include "prom/server.h"
#include "source/source.h"

#include <stdlib.h>

static bool stays(const struct conf_server *was, const struct conf_server *is)
{
    return was && is && conf_same_server(was, is);
}

void cmd_servers_apply(struct event_base *base, struct store *store, struct scheduler *scheduler,
                       const struct prom_server_fill_past *past, const struct conf *old, const struct conf *now)
{
    for (size_t i = 0; old && i < old->nservers; i++) {
        char *name = prom_server_name_of(&old->servers[i]);
        struct source *src = scheduler_find(scheduler, name);
        if (src && !stays(&old->servers[i], conf_kind_find(&conf_server_kind, now, old->servers[i].name)))
            scheduler_remove(scheduler, src);
        free(name);
    }
    for (size_t i = 0; i < now->nservers; i++) {
        const struct conf_server *is = &now->servers[i];
        if (stays(conf_kind_find(&conf_server_kind, old, is->name), is))
            continue;
        struct prom_server *self = prom_server_new(base, store, is, past);
        const struct source_settings settings = prom_server_settings(is);
        scheduler_add(scheduler, prom_server_name(self), NULL, &prom_server_ops, self, &settings);
    }
}
