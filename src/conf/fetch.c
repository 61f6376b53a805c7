/* Secrets that the file names instead of holding them. */
#include "conf/fetch.h"

#include "base/mem.h"
#include "conf/secret.h"
#include "conf/section.h"

#include <stdlib.h>
#include <string.h>

static int fetch_env(struct conf_loading *l, const struct conf_yaml *node, char **ret)
{
    return conf_secret_env(node->text, ret, l->err);
}

static int fetch_file(struct conf_loading *l, const struct conf_yaml *node, char **ret)
{
    bool exposed = false;
    char *path = conf_section_resolve(l, node->text);
    int rc = conf_secret_file(path, &exposed, ret, l->err);
    if (rc == 0 && exposed)
        str_printf(l->warnings, "%s: holds a secret, and every user of this machine may read it\n", path);
    free(path);
    return rc;
}

static int fetch_command(struct conf_loading *l, const struct conf_yaml *node, char **ret)
{
    char **argv = mem_calloc(node->n + 1, sizeof *argv);
    for (size_t i = 0; i < node->n; i++)
        argv[i] = node->items[i].text;
    int rc = conf_secret_command(argv, CONF_SECRET_DEADLINE_MS, ret, l->err);
    free(argv);
    return rc;
}

/* The ways to name a secret instead of writing it. */
static const struct {
    const char *key;
    enum conf_yaml_kind kind;
    int (*fetch)(struct conf_loading *l, const struct conf_yaml *node, char **ret);
    const char *origin; /* beside the place */
} fetchers[] = {
    {"env", CONF_YAML_SCALAR, fetch_env, "from the environment"},
    {"file", CONF_YAML_SCALAR, fetch_file, "from a file"},
    {"command", CONF_YAML_LIST, fetch_command, "from a command"},
};

/* Which way a map names a secret; as many as there are if it is malformed. */
static size_t fetcher_of(const struct conf_yaml *node)
{
    size_t n = sizeof fetchers / sizeof *fetchers;
    if (node->kind != CONF_YAML_MAP || node->n != 1)
        return n;
    const struct conf_yaml *value = &node->items[0];
    for (size_t i = 0; i < n; i++) {
        if (strcmp(value->key, fetchers[i].key) != 0)
            continue;
        bool ok = value->kind == fetchers[i].kind && (value->n > 0 || value->text);
        for (size_t k = 0; k < value->n; k++)
            ok = ok && value->items[k].kind == CONF_YAML_SCALAR;
        const char *first = value->kind == CONF_YAML_LIST && ok ? value->items[0].text : value->text;
        return ok && *first ? i : n;
    }
    return n;
}

const char *conf_fetch_origin(const struct conf_yaml *node)
{
    size_t way = fetcher_of(node);
    return way < sizeof fetchers / sizeof *fetchers ? fetchers[way].origin : NULL;
}

int conf_fetch_secret(struct conf_loading *l, const struct conf_yaml *node, char **ret)
{
    for (size_t i = 0; i < l->fetched.n; i++)
        if (l->fetched.items[i].from == node) {
            *ret = mem_strdup(l->fetched.items[i].text);
            return 0;
        }
    int rc = fetchers[fetcher_of(node)].fetch(l, &node->items[0], ret);
    if (rc == 0)
        vec_push(&l->fetched, ((struct conf_fetched){.from = node, .text = mem_strdup(*ret)}));
    return rc;
}
