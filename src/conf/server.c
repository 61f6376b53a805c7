/* Prometheus servers: the file's options, checked, and those that the command line names. */
#include "conf/server.h"

#include "base/mem.h"
#include "conf/section.h"
#include "conf/value.h"
#include "conf/web.h"

#include <stdlib.h>
#include <string.h>

static const struct conf_section *const section = &conf_options[CONF_SERVERS];

enum { DEFAULT_PORT = 9090 };

/* Whoever copies the address of a question means the server. */
static void cut_api(char *url)
{
    char *api = strstr(strstr(url, "://") + 3, "/api/v1");
    if (api && (!api[7] || api[7] == '/'))
        *api = '\0';
}

static int check_url(struct conf_loading *l, struct conf_server *c, const struct conf_yaml *node, const char *path)
{
    char *url;
    if (!c->url) {
        error_set(l->err, ERR_INVALID, "no url; allowed: http://HOST:PORT or https://HOST:PORT");
        return conf_section_place(l, node->key_line, node->key_column, path);
    }
    if (conf_web_url(c->url, DEFAULT_PORT, &url, NULL, NULL, l->err)) {
        const char *origin = conf_section_origin_of(section, c->origins, "url");
        error_prefix(l->err, node ? "%s: %s.url" : "%s", origin, path);
        return l->err->code;
    }
    cut_api(url);
    free(c->url);
    c->url = url;
    return 0;
}

/* Every name is that of one query. node: the list, or the one map that need not be in a list. */
static int check_queries(struct conf_loading *l, const struct conf_server *c, const struct conf_yaml *node,
                         const char *path)
{
    const struct conf_query *q = c->queries.items;
    for (size_t i = 0; i < c->queries.n; i++)
        for (size_t k = 0; k < i; k++) {
            if (strcmp(q[i].name, q[k].name) != 0)
                continue;
            struct str name = {0};
            const struct conf_yaml *at = conf_yaml_get(&node->items[i], "name");
            char *own = mem_printf("%s.queries[%zu].name", path, i);
            conf_value_quote(&name, q[i].name);
            error_set(l->err, ERR_INVALID, "%s is there twice", str_text(&name));
            int rc = conf_section_place(l, at->line, at->column, own);
            str_done(&name);
            free(own);
            return rc;
        }
    return 0;
}

static int read_one(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                    bool fetch, const char *url, struct conf_server *ret)
{
    struct conf_server c = {.name = mem_strdup(name)};
    c.origins = conf_section_preset(section, &c);
    int rc = conf_section_apply(l, section, node, path, &c, c.origins);
    if (rc == 0 && url)
        rc = conf_section_set(l, section, "url", "--prometheus", url, &c, c.origins);
    if (rc == 0 && l->args->interval)
        rc = conf_section_set(l, section, "interval", "-d", l->args->interval, &c, c.origins);
    if (rc == 0)
        rc = conf_section_secrets(l, section, node, path, fetch, &c, c.origins);
    if (rc == 0)
        rc = check_url(l, &c, node, path);
    if (rc == 0)
        rc = check_queries(l, &c, conf_yaml_get(node, "queries"), path);
    if (rc == 0)
        rc = conf_web_check(l, section, &c.http, c.origins, path);
    if (rc == 0)
        *ret = c;
    else
        conf_server_done(&c);
    return rc;
}

int conf_server_read(struct conf_loading *l, const char *name, const struct conf_yaml *node, const char *path,
                     bool fetch, void *ret)
{
    return read_one(l, name, node, path, fetch, NULL, ret);
}

void conf_server_done(void *server)
{
    struct conf_server *c = server;
    if (c->origins)
        conf_section_done(section, c, c->origins);
    free(c->name);
    *c = (struct conf_server){0};
}

static bool is_taken(const struct conf *c, const char *name)
{
    for (size_t i = 0; i < c->nservers; i++)
        if (strcmp(c->servers[i].name, name) == 0)
            return true;
    return false;
}

/* HOST:PORT and the path of a URL; not yet the name of another. */
static char *name_of(const struct conf *c, const char *url)
{
    const char *begin = strstr(url, "://") + 3;
    char *name = mem_strdup(begin);
    for (int n = 2; is_taken(c, name); n++) {
        free(name);
        name = mem_printf("%s-%d", begin, n);
    }
    return name;
}

int conf_server_arguments(struct conf_loading *l, struct conf *c)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && l->args->servers && l->args->servers[i]; i++) {
        struct conf_server one;
        rc = read_one(l, "", NULL, "the server of the command line", true, l->args->servers[i], &one);
        if (rc)
            break;
        free(one.name);
        one.name = name_of(c, one.url);
        c->servers = mem_realloc(c->servers, c->nservers + 1, sizeof *c->servers);
        c->servers[c->nservers++] = one;
    }
    return rc;
}
