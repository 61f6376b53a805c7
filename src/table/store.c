/* The store: tables by name, owners, change sets and who listens to them. */
#include "table/store_internal.h"
#include "base/limits.h"

#include <stdlib.h>
#include <string.h>

struct store_listener {
    struct store_listener *next;
    void (*fn)(struct store *s, void *arg); /* NULL: unlistened while being called */
    void *arg;
};

struct store *store_new(const struct clock *clock)
{
    struct store *s = mem_new(struct store);
    s->clock = clock;
    s->names = names_new();
    return s;
}

static void free_listeners(struct store *s, bool all)
{
    struct store_listener **at = &s->listeners;
    while (*at) {
        struct store_listener *l = *at;
        if (all || !l->fn) {
            *at = l->next;
            free(l);
        } else {
            at = &l->next;
        }
    }
}

void store_free(struct store *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->tables.n; i++)
        table_free(s->tables.items[i]);
    vec_done(&s->tables);
    for (size_t i = 0; i < s->owners.n; i++)
        free(s->owners.items[i]);
    vec_done(&s->owners);
    map_done(&s->owner_numbers);
    free_listeners(s, true);
    names_free(s->names);
    if (!s->lent) /* else a thread that was left behind may still read them */
        slab_done(&s->slab);
    free(s);
}

struct names *store_names(struct store *s)
{
    return s->names;
}

const struct clock *store_clock(const struct store *s)
{
    return s->clock;
}

int store_add(struct store *s, const struct table_def *def, const char *owner, struct table **ret, struct error *err)
{
    if (s->tables.n >= LIMITS_TABLES)
        return error_set(err, ERR_LIMIT, "table %s: more than %d tables", def->name, LIMITS_TABLES);
    if (store_find(s, def->name))
        return error_set(err, ERR_INVALID, "table %s: there is one of this name", def->name);
    struct table *t;
    int rc = table_new(s, def, owner, &t, err);
    if (rc)
        return rc;
    vec_push(&s->tables, t);
    s->schema_version++;
    if (ret)
        *ret = t;
    return 0;
}

void store_drop(struct store *s, struct table *t)
{
    for (size_t i = 0; i < s->tables.n; i++)
        if (s->tables.items[i] == t) {
            memmove(&s->tables.items[i], &s->tables.items[i + 1], (--s->tables.n - i) * sizeof t);
            table_free(t);
            s->schema_version++;
            return;
        }
}

struct table *store_find(const struct store *s, const char *name)
{
    for (size_t i = 0; i < s->tables.n; i++)
        if (strcmp(table_name(s->tables.items[i]), name) == 0)
            return s->tables.items[i];
    return NULL;
}

size_t store_count(const struct store *s)
{
    return s->tables.n;
}

struct table *store_at(const struct store *s, size_t i)
{
    return s->tables.items[i];
}

uint64_t store_schema_version(const struct store *s)
{
    return s->schema_version;
}

uint64_t store_seq(const struct store *s)
{
    return s->seq;
}

void store_commit(struct store *s)
{
    if (s->committing || s->holds)
        return; /* a listener wrote and committed: the loop below sees it; or the last release will */
    s->committing = true;
    while (s->seq != s->committed_seq || s->schema_version != s->committed_schema_version) {
        s->committed_seq = s->seq;
        s->committed_schema_version = s->schema_version;
        for (struct store_listener *l = s->listeners; l; l = l->next)
            if (l->fn)
                l->fn(s, l->arg);
    }
    s->committing = false;
    free_listeners(s, false);
}

void store_hold(struct store *s)
{
    s->holds++;
}

void store_release(struct store *s)
{
    if (--s->holds == 0)
        store_commit(s);
}

struct store_listener *store_listen(struct store *s, void (*fn)(struct store *s, void *arg), void *arg)
{
    struct store_listener *l = mem_new(struct store_listener);
    *l = (struct store_listener){.fn = fn, .arg = arg};
    struct store_listener **at = &s->listeners;
    while (*at)
        at = &(*at)->next;
    *at = l;
    return l;
}

void store_unlisten(struct store *s, struct store_listener *l)
{
    if (!l)
        return;
    l->fn = NULL;
    if (!s->committing)
        free_listeners(s, false);
}

uint16_t store_owner(struct store *s, const char *name)
{
    void *known = map_get(&s->owner_numbers, name, strlen(name));
    if (known)
        return (uint16_t)(uintptr_t)known;
    if (s->owners.n == UINT16_MAX)
        return UINT16_MAX; /* 65,535 sources: all further ones share the last number */
    vec_push(&s->owners, mem_strdup(name));
    map_put(&s->owner_numbers, name, strlen(name), (void *)(uintptr_t)s->owners.n);
    return (uint16_t)s->owners.n;
}

const char *store_owner_name(const struct store *s, uint16_t owner)
{
    return owner && owner <= s->owners.n ? s->owners.items[owner - 1] : NULL;
}
