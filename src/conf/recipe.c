/* Recipes of services: the file's options, checked. */
#include "conf/recipe.h"

#include "conf/section.h"

static const struct conf_section *const section = &conf_options[CONF_RECIPES];

static int needs(struct conf_loading *l, const struct conf_recipe *r, const char *name, const char *other,
                 const char *path)
{
    error_set(l->err, ERR_INVALID, "says nothing without %s", other);
    return conf_section_wrong(l, section, r->origins, name, path);
}

static int check(struct conf_loading *l, void *recipe, const struct conf_yaml *node, const char *path, bool fetch)
{
    (void)fetch;
    const struct conf_recipe *r = recipe;
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

const struct conf_kind conf_recipe_kind = {
    .section = CONF_RECIPES,
    .what = "recipe",
    .plural = "recipes",
    CONF_KIND(conf_recipe, recipes, nrecipes),
    .stays = true,
    .check = check,
};
