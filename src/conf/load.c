/* Loading: finds the file, reads it, and lays the command line over it. */
#include "base/mem.h"
#include "conf/cluster.h"
#include "conf/conf.h"
#include "conf/file.h"
#include "conf/keys.h"
#include "conf/lists.h"
#include "conf/loading.h"
#include "conf/named.h"
#include "conf/place.h"
#include "conf/secret.h"
#include "conf/section.h"
#include "conf/theme.h"
#include "conf/suggest.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>

static const char defaults_key[] = "defaults";

static int check_top_keys(struct conf_loading *l, const struct conf_yaml *root)
{
    const char *names[CONF_NSECTIONS + 3];
    size_t n = 0;
    names[n++] = defaults_key;
    for (size_t i = 0; i < CONF_NSECTIONS; i++)
        names[n++] = conf_options[i].name;
    names[n++] = conf_keys_name;
    names[n++] = conf_theme_name;
    if (root->kind == CONF_YAML_NULL)
        return 0;
    if (root->kind != CONF_YAML_MAP)
        return conf_section_kind(l, root, "", "map",
                                 "clusters, defaults, connect, catalogs, prometheus, prometheus_servers, recipes, "
                                 "consistency, datasets, plugins, history, ui, log, keys, theme");
    for (size_t i = 0; i < root->n; i++) {
        size_t k = 0;
        while (k < n && strcmp(root->items[i].key, names[k]) != 0)
            k++;
        if (k == n)
            return conf_section_unknown(l, &root->items[i], "", names, n);
    }
    return 0;
}

/* The sections that stand once. */
static int load_sections(struct conf_loading *l, struct conf_yaml *root, struct conf *c)
{
    int rc = 0;
    for (size_t i = CONF_NAMED; i < CONF_NSECTIONS; i++)
        c->internal->origins[i] = conf_section_preset(&conf_options[i], c);
    for (size_t i = CONF_NAMED; rc == 0 && i < CONF_NSECTIONS; i++)
        rc = conf_section_apply(l, &conf_options[i], conf_yaml_get(root, conf_options[i].name), conf_options[i].name, c,
                                c->internal->origins[i]);
    if (rc == 0)
        rc = conf_keys_read(l, conf_yaml_get(root, conf_keys_name), c);
    if (rc == 0)
        rc = conf_theme_take(l, root, c);
    const char *history = l->args->history;
    char **origins = c->internal->origins[CONF_HISTORY];
    if (rc == 0 && history && *history) {
        rc = conf_section_set(l, &conf_options[CONF_HISTORY], "path", "--history", history, c, origins);
        if (rc == 0)
            rc = conf_section_set(l, &conf_options[CONF_HISTORY], "enabled", "--history", "true", c, origins);
    } else if (rc == 0 && history) {
        rc = conf_section_set(l, &conf_options[CONF_HISTORY], "enabled", "--no-history", "false", c, origins);
    }
    return rc;
}

/* The cluster that the command line names, without the file's. */
static int load_argument_cluster(struct conf_loading *l, const char *bootstrap, const char *origin, struct conf *c)
{
    struct conf_cluster cluster;
    l->bootstrap = bootstrap;
    l->bootstrap_origin = origin;
    int rc =
        conf_kind_make(l, &conf_cluster_kind, "default", NULL, "the cluster of the command line", true, NULL, &cluster);
    if (rc == 0)
        conf_kind_add(&conf_cluster_kind, c, &cluster);
    return rc;
}

/* Is defaults well formed, even if no cluster takes it? */
static int check_defaults(struct conf_loading *l)
{
    struct conf_cluster scratch;
    int rc = conf_kind_make(l, &conf_cluster_kind, defaults_key, NULL, defaults_key, false, NULL, &scratch);
    if (rc == 0)
        conf_kind_done(&conf_cluster_kind, &scratch);
    return rc;
}

/* Nothing is left: says why, and what to do. */
static int no_cluster(const struct conf_loading *l, const struct conf_yaml *map)
{
    if (l->args->cluster) {
        struct conf_suggest near = {.wanted = l->args->cluster};
        struct str s = {0};
        for (size_t i = 0; map && i < map->n; i++)
            conf_suggest_offer(&near, map->items[i].key);
        conf_value_quote(&s, l->args->cluster);
        str_add(&s, " is no cluster");
        conf_suggest_write(&near, &s);
        str_add(&s, "; allowed: ");
        for (size_t i = 0; map && i < map->n; i++)
            str_printf(&s, "%s%s", i ? ", " : "", map->items[i].key);
        if (!map || map->n == 0)
            str_add(&s, l->args->bootstrap ? "default, which -b makes" : "none, the file has none");
        int rc = error_set(l->err, ERR_NOT_FOUND, "--cluster: %s", str_text(&s));
        str_done(&s);
        return rc;
    }
    char *user = conf_place_user();
    int rc = l->file ? error_set(l->err, ERR_NOT_FOUND,
                                 "%s: no clusters, connect, catalogs, prometheus or prometheus_servers; add one, or "
                                 "name a cluster with -b HOST:PORT",
                                 l->file)
                     : error_set(l->err, ERR_NOT_FOUND,
                                 "no cluster to look at: name one with -b HOST:PORT, or a Connect worker with "
                                 "--connect URL, or a catalog "
                                 "with --catalog, or metrics with --scrape URL, or a Prometheus server with "
                                 "--prometheus URL, or describe yours in %s",
                                 user ? user : CONF_PLACE_SYSTEM);
    free(user);
    return rc;
}

/* What the command line names is all there is, unless it chooses a cluster of the file, beside which it stands. */
static bool keeps_file(const struct conf_args *a, const char *bootstrap)
{
    bool names =
        bootstrap || (!a->cluster && (a->connects || a->connect_logs || a->catalogs || a->scrapes || a->servers));
    return !names && !a->no_clusters;
}

static int load_clusters(struct conf_loading *l, const struct conf_yaml *root, struct conf *c)
{
    const struct conf_args *a = l->args;
    const struct conf_yaml *map = conf_yaml_get(root, conf_options[CONF_CLUSTERS].name);
    const char *bootstrap = a->bootstrap ? a->bootstrap : l->java.bootstrap;
    const char *origin = a->bootstrap ? "-b" : l->java.bootstrap_origin;
    bool takes_file = keeps_file(a, bootstrap);
    int rc = check_defaults(l);
    if (rc == 0)
        rc = conf_named_read(l, CONF_CLUSTERS, map, takes_file, c);
    if (rc == 0 && !a->no_clusters && bootstrap && (!a->cluster || strcmp(a->cluster, "default") == 0))
        rc = load_argument_cluster(l, bootstrap, origin, c);
    if (rc == 0 && !a->no_clusters && a->cluster && !c->nclusters)
        rc = no_cluster(l, bootstrap ? NULL : map);
    return rc;
}

/* What --demo has to scrape, to ask and to compare, as if it stood in a file. */
static int load_own(struct conf_loading *l, struct conf *c)
{
    static const enum conf_section_id ids[] = {CONF_PROMETHEUS, CONF_SERVERS, CONF_DATASETS};
    const char *file = l->file, *text = l->args->sections;
    struct conf_yaml root = {0};
    if (!text)
        return 0;
    l->file = "--sections";
    int rc = conf_yaml_parse(l->file, text, strlen(text), &root, l->err);
    for (size_t i = 0; rc == 0 && i < sizeof ids / sizeof *ids; i++)
        rc = conf_named_read(l, ids[i], conf_yaml_get(&root, conf_options[ids[i]].name), true, c);
    conf_yaml_done(&root);
    l->file = file;
    return rc;
}

/* All but the Kafka clusters, once it is known which of these there are. */
static int load_others(struct conf_loading *l, const struct conf_yaml *root, struct conf *c)
{
    const struct conf_args *a = l->args;
    const struct conf_yaml *map = conf_yaml_get(root, conf_options[CONF_CLUSTERS].name);
    bool takes_file = keeps_file(a, a->bootstrap ? a->bootstrap : l->java.bootstrap);
    for (size_t i = 0; map && i < map->n; i++)
        conf_lists_add(&l->clusters, map->items[i].key, NULL);
    int rc = 0;
    for (size_t id = CONF_CLUSTERS + 1; rc == 0 && id < CONF_NAMED; id++)
        rc = conf_named_read(l, id, conf_yaml_get(root, conf_options[id].name),
                             conf_named[id]->stays ? !a->no_clusters : takes_file, c);
    if (rc != 0 || a->no_clusters)
        return rc;
    conf_lists_done(&l->clusters);
    for (size_t i = 0; i < c->nclusters; i++)
        conf_lists_add(&l->clusters, c->clusters[i].name, NULL);
    for (size_t id = 0; rc == 0 && id < CONF_NAMED; id++)
        rc = conf_named[id]->arguments ? conf_named[id]->arguments(l, c) : 0;
    if (rc == 0)
        rc = load_own(l, c);
    if (rc == 0 && !a->may_be_empty && !c->nclusters && !c->nconnects && !c->ncatalogs && !c->nprometheus &&
        !c->nservers && !c->ndatasets && !c->nplugins)
        rc = no_cluster(l, map);
    return rc;
}

/* What others on this machine might see. */
static void warn_of_exposure(const struct conf_loading *l, const struct conf_file *f)
{
    if (l->secret_in_file && f->exposed)
        str_printf(l->warnings, "%s: holds a secret, and every user of this machine may read it\n", l->file);
    for (size_t i = 0; l->args->properties && l->args->properties[i]; i++) {
        const char *arg = l->args->properties[i];
        char *name = mem_memdup(arg, strcspn(arg, "="));
        if (conf_secret_named(name))
            str_printf(l->warnings, "-X: %s: every user of this machine may read it in the list of processes\n", name);
        free(name);
    }
}

static int load_all(struct conf_loading *l, const struct conf_file *f, struct conf_yaml *root, struct conf *c)
{
    int rc = 0;
    if (l->file)
        rc = conf_yaml_parse(l->file, f->bytes, f->len, root, l->err);
    if (rc == 0)
        rc = check_top_keys(l, root);
    l->defaults = l->args->no_defaults ? NULL : conf_yaml_get(root, defaults_key);
    if (rc == 0)
        rc = load_sections(l, root, c);
    if (rc == 0 && l->args->command_config) {
        rc = conf_java_load(l->args->command_config, &l->java, l->warnings, l->err);
        if (rc != 0)
            error_prefix(l->err, "--command-config");
    }
    if (rc == 0)
        rc = load_clusters(l, root, c);
    if (rc == 0)
        rc = load_others(l, root, c);
    if (rc == 0)
        warn_of_exposure(l, f);
    return rc;
}

int conf_load(const struct conf_args *args, struct conf **ret, struct error *err)
{
    struct conf *c = mem_new(struct conf);
    struct conf_file f = {0};
    struct conf_yaml root = {0};
    struct error own = {0}; /* errors are built up in steps, which needs one */
    c->internal = mem_new(struct conf_internal);
    int rc = conf_place_read(args->config, &c->internal->file, &f, &own);
    struct conf_loading l = {.args = args, .file = c->internal->file, .warnings = &c->internal->warnings, .err = &own};
    if (rc == 0)
        rc = load_all(&l, &f, &root, c);
    for (size_t i = 0; i < l.fetched.n; i++)
        mem_free_secret(l.fetched.items[i].text);
    vec_done(&l.fetched);
    conf_lists_done(&l.clusters);
    conf_java_done(&l.java);
    conf_yaml_done(&root);
    conf_file_done(&f);
    if (rc == 0) {
        *ret = c;
        return 0;
    }
    conf_free(c);
    return error_set(err, rc, "%s", own.text);
}
