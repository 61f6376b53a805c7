/* Comparing things option by option, by the table of options. */
#include "conf/same.h"

#include "conf/options.h"
#include "conf/value.h"

#include <string.h>

static bool same_secret(const struct conf_option *o, const void *a, const void *b)
{
    const char *p = *(char *const *)(const void *)((const char *)a + o->offset);
    const char *q = *(char *const *)(const void *)((const char *)b + o->offset);
    return p && q ? strcmp(p, q) == 0 : p == q;
}

static bool same_value(const struct conf_option *o, const void *a, const void *b)
{
    struct str p = {0}, q = {0};
    conf_value_format(o, a, &p);
    conf_value_format(o, b, &q);
    bool same = p.len == q.len && memcmp(str_text(&p), str_text(&q), p.len) == 0;
    str_done(&p);
    str_done(&q);
    return same;
}

static bool same_options(enum conf_section_id id, const void *a, const void *b)
{
    const struct conf_section *s = &conf_options[id];
    bool same = true;
    for (size_t i = 0; same && i < s->n; i++) {
        const struct conf_option *o = &s->options[i];
        same = o->type == CONF_SECRET ? same_secret(o, a, b) : same_value(o, a, b);
    }
    return same;
}

bool conf_same_cluster(const struct conf_cluster *a, const struct conf_cluster *b)
{
    if (a->nproperties != b->nproperties || !same_options(CONF_CLUSTERS, a, b))
        return false;
    for (size_t i = 0; i < a->nproperties; i++)
        if (strcmp(a->properties[i].name, b->properties[i].name) != 0 ||
            strcmp(a->properties[i].value, b->properties[i].value) != 0)
            return false;
    return true;
}

bool conf_same_connect(const struct conf_connect *a, const struct conf_connect *b)
{
    return same_options(CONF_CONNECT, a, b);
}

bool conf_same_catalog(const struct conf_catalog *a, const struct conf_catalog *b)
{
    return same_options(CONF_CATALOGS, a, b);
}
