/* Making, keeping and freeing the things of one kind, by its description and its section's table of options. */
#include "conf/kind.h"

#include "base/mem.h"
#include "conf/section.h"

#include <stdlib.h>
#include <string.h>

static char **name_of(void *thing)
{
    return thing;
}

static char ***origins_of(const struct conf_kind *kind, void *thing)
{
    return (char ***)(void *)((char *)thing + kind->origins);
}

static int set_argument(struct conf_loading *l, const struct conf_section *s, const struct conf_argument *a,
                        void *thing, char **origins)
{
    if (a->text)
        return conf_section_set(l, s, a->option, a->flag, a->text, thing, origins);
    return conf_section_set_texts(l, s, a->option, a->flag, a->texts, thing, origins);
}

/* What the command line says, over what the file does. */
static int apply_arguments(struct conf_loading *l, const struct conf_kind *kind, const char *path,
                           const struct conf_argument *argument, void *thing)
{
    const struct conf_section *s = &conf_options[kind->section];
    char **origins = *origins_of(kind, thing);
    size_t interval;
    int rc = 0;
    if (argument)
        rc = set_argument(l, s, argument, thing, origins);
    if (rc == 0 && l->args->interval && conf_options_find(s, "interval", &interval))
        rc = conf_section_set(l, s, "interval", "-d", l->args->interval, thing, origins);
    if (rc == 0 && kind->set)
        rc = kind->set(l, thing, path);
    return rc;
}

int conf_kind_make(struct conf_loading *l, const struct conf_kind *kind, const char *name, const struct conf_yaml *node,
                   const char *path, bool fetch, const struct conf_argument *argument, void *ret)
{
    const struct conf_section *s = &conf_options[kind->section];
    void *thing = mem_calloc(1, kind->size);
    char **origins = conf_section_preset(s, thing);
    *name_of(thing) = mem_strdup(name);
    *origins_of(kind, thing) = origins;
    int rc = kind->inherits ? conf_section_apply(l, s, l->defaults, "defaults", thing, origins) : 0;
    if (rc == 0)
        rc = conf_section_apply(l, s, node, path, thing, origins);
    if (rc == 0)
        rc = apply_arguments(l, kind, path, argument, thing);
    if (rc == 0)
        rc = conf_section_secrets(l, s, node, kind->inherits ? l->defaults : NULL, path, fetch, thing, origins);
    if (rc == 0)
        rc = kind->check(l, thing, node, path, fetch);
    if (rc == 0)
        memcpy(ret, thing, kind->size);
    else
        conf_kind_done(kind, thing);
    free(thing);
    return rc;
}

void conf_kind_done(const struct conf_kind *kind, void *thing)
{
    if (kind->done)
        kind->done(thing);
    conf_section_done(&conf_options[kind->section], thing, *origins_of(kind, thing));
    free(*name_of(thing));
    memset(thing, 0, kind->size);
}

static char **items_of(const struct conf_kind *kind, struct conf *c)
{
    return (char **)(void *)((char *)c + kind->items);
}

static size_t *count_of(const struct conf_kind *kind, struct conf *c)
{
    return (size_t *)(void *)((char *)c + kind->n);
}

void *conf_kind_add(const struct conf_kind *kind, struct conf *c, const void *thing)
{
    char **items = items_of(kind, c);
    size_t *n = count_of(kind, c);
    *items = mem_realloc(*items, *n + 1, kind->size);
    return memcpy(*items + (*n)++ * kind->size, thing, kind->size);
}

size_t conf_kind_count(const struct conf_kind *kind, const struct conf *c)
{
    return *(const size_t *)(const void *)((const char *)c + kind->n);
}

const void *conf_kind_at(const struct conf_kind *kind, const struct conf *c, size_t i)
{
    return *(char *const *)(const void *)((const char *)c + kind->items) + i * kind->size;
}

void conf_kind_clear(const struct conf_kind *kind, struct conf *c)
{
    char **items = items_of(kind, c);
    size_t *n = count_of(kind, c);
    for (size_t i = 0; i < *n; i++)
        conf_kind_done(kind, *items + i * kind->size);
    free(*items);
    *items = NULL;
    *n = 0;
}

const void *conf_kind_find(const struct conf_kind *kind, const struct conf *c, const char *name)
{
    for (size_t i = 0; c && i < conf_kind_count(kind, c); i++) {
        const void *thing = conf_kind_at(kind, c, i);
        if (strcmp(conf_kind_name(thing), name) == 0)
            return thing;
    }
    return NULL;
}

bool conf_kind_is_taken(const struct conf_kind *kind, const struct conf *c, const char *name)
{
    return conf_kind_find(kind, c, name) != NULL;
}

char *conf_kind_new_name(const struct conf_kind *kind, const struct conf *c, const char *name)
{
    char *own = mem_strdup(name);
    for (int n = 2; conf_kind_is_taken(kind, c, own); n++) {
        free(own);
        own = mem_printf("%s-%d", name, n);
    }
    return own;
}

const char *conf_kind_name(const void *thing)
{
    return *(char *const *)thing;
}

char *const *conf_kind_origins(const struct conf_kind *kind, const void *thing)
{
    return *(char **const *)(const void *)((const char *)thing + kind->origins);
}
