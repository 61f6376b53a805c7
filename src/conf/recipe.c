/* Recipes of services: the file's options, checked. */
#include "conf/recipe.h"

#include "base/mem.h"
#include "conf/section.h"

#include <stdlib.h>

static const struct conf_section *const section = &conf_options[CONF_RECIPES];

static int needs(struct conf_loading *l, const struct conf_recipe *r, const char *name, const char *other,
                 const char *path)
{
    error_set(l->err, ERR_INVALID, "says nothing without %s", other);
    return error_prefix(l->err, "%s: %s.%s", conf_section_origin_of(section, r->origins, name), path, name);
}

static int check(struct conf_loading *l, const struct conf_recipe *r, const struct conf_yaml *node, const char *path)
{
    bool any = r->requests || r->errors || r->latency || r->in_flight || r->queue || r->saturation || r->idle;
    if (r->latency_count && !r->latency)
        return needs(l, r, "latency_count", "latency", path);
    if (r->capacity && !r->saturation)
        return needs(l, r, "capacity", "saturation", path);
    if (any || !r->enabled)
        return 0;
    error_set(
        l->err, ERR_INVALID,
        "nothing to show; one of requests, errors, latency, in_flight, queue, saturation and idle has to be there");
    return conf_section_place(l, node->key_line, node->key_column, path);
}

int conf_recipe_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                     bool fetch, void *ret)
{
    (void)fetch;
    struct conf_recipe r = {.name = mem_strdup(name)};
    r.origins = conf_section_preset(section, &r);
    int rc = conf_section_apply(l, section, node, path, &r, r.origins);
    if (rc == 0)
        rc = check(l, &r, node, path);
    if (rc == 0)
        *(struct conf_recipe *)ret = r;
    else
        conf_recipe_done(&r);
    return rc;
}

void conf_recipe_done(void *recipe)
{
    struct conf_recipe *r = recipe;
    if (r->origins)
        conf_section_done(section, r, r->origins);
    free(r->name);
    *r = (struct conf_recipe){0};
}
