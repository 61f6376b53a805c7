/* Sets of tables that ought to keep step, of the configuration. */
#include "findings/gather_internal.h"

#include <stdlib.h>
#include <string.h>

static void clear(struct findings_gather *g)
{
    for (size_t i = 0; i < g->consistency.n; i++)
        vec_done(&g->consistency.items[i].tables);
    g->consistency.n = 0;
}

void gather_consistency_done(struct findings_gather *g)
{
    clear(g);
    vec_done(&g->consistency);
}

/* "NAMESPACE.NAME", of whichever catalogs have it, or "CATALOG/NAMESPACE.NAME". */
static void add_tables(const struct findings_gather *g, struct findings_consistency *set, const char *name)
{
    const char *slash = strchr(name, '/');
    for (const struct gather_table *t = gather_tables_find(&g->tables, slash ? slash + 1 : name); t; t = t->next)
        if (!slash ||
            (t->catalog->len == (size_t)(slash - name) && memcmp(t->catalog->raw, name, t->catalog->len) == 0))
            vec_push(&set->tables, &t->pub);
}

void gather_consistency_read(struct findings_gather *g)
{
    clear(g);
    for (size_t i = 0; g->conf && i < g->conf->nconsistency; i++) {
        const struct conf_consistency *c = &g->conf->consistency[i];
        struct findings_consistency set = {.name = c->name, .by = c->by, .within_ms = c->within_ms};
        for (size_t k = 0; c->tables && c->tables[k]; k++)
            add_tables(g, &set, c->tables[k]);
        vec_push(&g->consistency, set);
    }
}
