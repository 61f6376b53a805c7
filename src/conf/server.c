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
    if (conf_web_url(c->url, DEFAULT_PORT, &url, NULL, NULL, l->err))
        return node ? conf_section_wrong(l, section, c->origins, "url", path)
                    : error_prefix(l->err, "%s", conf_section_origin_of(section, c->origins, "url"));
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

static int check(struct conf_loading *l, void *server, const struct conf_yaml *node, const char *path, bool fetch)
{
    (void)fetch;
    struct conf_server *c = server;
    int rc = check_url(l, c, node, path);
    if (rc == 0)
        rc = check_queries(l, c, conf_yaml_get(node, "queries"), path);
    return rc ? rc : conf_web_check(l, section, &c->http, c->origins, path);
}

static int add_arguments(struct conf_loading *l, struct conf *c)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && l->args->servers && l->args->servers[i]; i++) {
        const struct conf_argument url = {.option = "url", .flag = "--prometheus", .text = l->args->servers[i]};
        struct conf_server one;
        rc = conf_kind_make(l, &conf_server_kind, "", NULL, "the server of the command line", true, &url, &one);
        if (rc)
            break;
        free(one.name);
        one.name = conf_kind_new_name(&conf_server_kind, c, strstr(one.url, "://") + 3);
        conf_kind_add(&conf_server_kind, c, &one);
    }
    return rc;
}

const struct conf_kind conf_server_kind = {
    .section = CONF_SERVERS,
    .what = "Prometheus server",
    .plural = "Prometheus servers",
    CONF_KIND(conf_server, servers, nservers),
    .check = check,
    .arguments = add_arguments,
};
