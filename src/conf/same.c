/* Comparing things option by option, by the table of options. */
#include "conf/same.h"

#include "conf/headers.h"
#include "conf/options.h"
#include "conf/settings.h"
#include "conf/value.h"

#include <string.h>

static bool same_secret(const struct conf_option *o, const void *a, const void *b)
{
    const char *p = *(char *const *)(const void *)((const char *)a + o->offset);
    const char *q = *(char *const *)(const void *)((const char *)b + o->offset);
    return p && q ? strcmp(p, q) == 0 : p == q;
}

static bool same_headers(const struct conf_option *o, const void *a, const void *b)
{
    return conf_headers_same(*(char **const *)(const void *)((const char *)a + o->offset),
                             *(char **const *)(const void *)((const char *)b + o->offset));
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

static bool is_among(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names;
}

/* All of a section's, but for those that are left out (NULL: none). */
static bool same_options(enum conf_section_id id, const void *a, const void *b, const char *const *without)
{
    const struct conf_section *s = &conf_options[id];
    bool same = true;
    for (size_t i = 0; same && i < s->n; i++) {
        const struct conf_option *o = &s->options[i];
        if (without && is_among(without, o->name))
            continue;
        same = o->type == CONF_SECRET     ? same_secret(o, a, b)
               : o->type == CONF_HEADERS  ? same_headers(o, a, b)
               : o->type == CONF_SETTINGS ? conf_settings_same((const void *)((const char *)a + o->offset),
                                                               (const void *)((const char *)b + o->offset))
                                          : same_value(o, a, b);
    }
    return same;
}

bool conf_same_cluster(const struct conf_cluster *a, const struct conf_cluster *b)
{
    if (a->nproperties != b->nproperties || !same_options(CONF_CLUSTERS, a, b, NULL))
        return false;
    for (size_t i = 0; i < a->nproperties; i++)
        if (strcmp(a->properties[i].name, b->properties[i].name) != 0 ||
            strcmp(a->properties[i].value, b->properties[i].value) != 0)
            return false;
    return true;
}

bool conf_same_connect(const struct conf_connect *a, const struct conf_connect *b)
{
    return same_options(CONF_CONNECT, a, b, NULL);
}

bool conf_same_connect_rest(const struct conf_connect *a, const struct conf_connect *b)
{
    static const char *const others[] = {"logs",           "log_commands", "log_zone", "log_archives",
                                         "control_topics", "probe",        "back",     NULL};
    return same_options(CONF_CONNECT, a, b, others);
}

bool conf_same_connect_logs(const struct conf_connect *a, const struct conf_connect *b)
{
    static const char *const others[] = {"urls",        "user",     "password",       "bearer",       "ca",
                                         "certificate", "key",      "insecure",       "key_password", "interval",
                                         "probe",       "deadline", "control_topics", "back",         NULL};
    return same_options(CONF_CONNECT, a, b, others);
}

bool conf_same_prometheus_scrape(const struct conf_prometheus *a, const struct conf_prometheus *b)
{
    static const char *const names[] = {"urls", "files", "http_sd", "http_sd_login", "refresh", "labels", NULL};
    return same_options(CONF_PROMETHEUS, a, b, names);
}

bool conf_same_prometheus(const struct conf_prometheus *a, const struct conf_prometheus *b)
{
    return same_options(CONF_PROMETHEUS, a, b, NULL);
}

bool conf_same_server(const struct conf_server *a, const struct conf_server *b)
{
    return same_options(CONF_SERVERS, a, b, NULL);
}

bool conf_same_dataset(const struct conf_dataset *a, const struct conf_dataset *b)
{
    return same_options(CONF_DATASETS, a, b, NULL);
}

bool conf_same_plugin(const struct conf_plugin *a, const struct conf_plugin *b)
{
    return same_options(CONF_PLUGINS, a, b, NULL);
}

bool conf_same_catalog(const struct conf_catalog *a, const struct conf_catalog *b)
{
    return same_options(CONF_CATALOGS, a, b, NULL);
}

bool conf_same_recipes(const struct conf *a, const struct conf *b)
{
    bool same = a->nrecipes == b->nrecipes;
    for (size_t i = 0; same && i < a->nrecipes; i++)
        same = strcmp(a->recipes[i].name, b->recipes[i].name) == 0 &&
               same_options(CONF_RECIPES, &a->recipes[i], &b->recipes[i], NULL);
    return same;
}
