/* Endpoints that are scraped: the file's options, checked, and those that the command line names. */
#include "conf/prometheus.h"

#include "base/mem.h"
#include "conf/section.h"
#include "conf/value.h"
#include "conf/web.h"

#include <stdlib.h>
#include <string.h>

static const struct conf_section *const section = &conf_options[CONF_PROMETHEUS];

enum { DEFAULT_PORT = 9100 }; /* where HOST alone is written: the node exporter's */

/* The place of an option that is wrong, and what it is. */
static int place(struct conf_loading *l, const struct conf_prometheus *c, const char *name, const char *path)
{
    const char *origin = conf_section_origin_of(section, c->origins, name);
    error_prefix(l->err, "%s: %s.%s", origin ? origin : "default", path, name);
    return l->err->code;
}

/* With /metrics where a URL has no path. */
static char *complete(char *url)
{
    if (strchr(strstr(url, "://") + 3, '/'))
        return url;
    char *ret = mem_printf("%s/metrics", url);
    free(url);
    return ret;
}

static int check_urls(struct conf_loading *l, struct conf_prometheus *c)
{
    for (char **u = c->urls; u && *u; u++) {
        char *url;
        int rc = conf_web_url(*u, DEFAULT_PORT, &url, NULL, NULL, l->err);
        if (rc)
            return rc;
        free(*u);
        *u = complete(url);
        for (char **before = c->urls; before < u; before++)
            if (strcmp(strstr(*before, "://"), strstr(*u, "://")) == 0)
                return error_set(l->err, ERR_INVALID, "%s is there twice", *u);
    }
    return 0;
}

static int check(struct conf_loading *l, struct conf_prometheus *c, const struct conf_yaml *node, const char *path)
{
    if (!c->urls && node) {
        error_set(l->err, ERR_INVALID, "no urls; allowed: a list of http://HOST:PORT and https://HOST:PORT");
        return conf_section_place(l, node->key_line, node->key_column, path);
    }
    if (check_urls(l, c))
        return place(l, c, "urls", path);
    return conf_web_check(l, section, &c->http, c->origins, path);
}

static int read_one(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                    bool fetch, const char *const *urls, struct conf_prometheus *ret)
{
    struct conf_prometheus c = {.name = mem_strdup(name)};
    c.origins = conf_section_preset(section, &c);
    int rc = conf_section_apply(l, section, node, path, &c, c.origins);
    if (rc == 0)
        rc = conf_section_set_texts(l, section, "urls", "--scrape", urls, &c, c.origins);
    if (rc == 0 && l->args->interval)
        rc = conf_section_set(l, section, "interval", "-d", l->args->interval, &c, c.origins);
    if (rc == 0)
        rc = conf_section_secrets(l, section, node, path, fetch, &c, c.origins);
    if (rc == 0)
        rc = check(l, &c, node, path);
    if (rc == 0)
        *ret = c;
    else
        conf_prometheus_done(&c);
    return rc;
}

int conf_prometheus_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                         bool fetch, void *ret)
{
    return read_one(l, name, node, path, fetch, NULL, ret);
}

void conf_prometheus_done(void *prometheus)
{
    struct conf_prometheus *c = prometheus;
    if (c->origins)
        conf_section_done(section, c, c->origins);
    free(c->name);
    *c = (struct conf_prometheus){0};
}

int conf_prometheus_arguments(struct conf_loading *l, struct conf *c)
{
    struct conf_prometheus one;
    const char *name = "default";
    if (!l->args->scrapes || !l->args->scrapes[0])
        return 0;
    for (size_t i = 0; i < c->nprometheus; i++) /* beside those of the file */
        if (strcmp(c->prometheus[i].name, name) == 0)
            name = "command line";
    int rc = read_one(l, name, NULL, "the endpoints of the command line", true, l->args->scrapes, &one);
    if (rc)
        return rc;
    c->prometheus = mem_realloc(c->prometheus, c->nprometheus + 1, sizeof *c->prometheus);
    c->prometheus[c->nprometheus++] = one;
    return 0;
}
