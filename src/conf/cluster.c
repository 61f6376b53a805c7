/* Clusters: options, properties and secrets in layers. */
#include "conf/cluster.h"

#include "base/mem.h"
#include "base/text.h"
#include "conf/address.h"
#include "conf/fetch.h"
#include "conf/oidc.h"
#include "conf/rdkafka.h"
#include "conf/secret.h"
#include "conf/section.h"
#include "conf/value.h"

#include <stdlib.h>
#include <string.h>

static const struct conf_section *const section = &conf_options[CONF_CLUSTERS];

/* A property on its way: what replaces it by name may still come. */
struct pending {
    struct conf_property p;        /* value is NULL while it is still to be fetched */
    const struct conf_yaml *fetch; /* {env: ...} or the like, or NULL */
};

struct layers {
    struct conf_loading *l;
    const char *path; /* of the cluster */
    VEC(struct pending) v;
};

static void property_done(struct conf_property *p)
{
    free(p->name);
    mem_free_secret(p->value);
    free(p->origin);
}

/* Adds at the end, so that what came later is also applied later, and takes away what it replaces.
 */
static void push(struct layers *y, struct conf_property p, const struct conf_yaml *fetch)
{
    for (size_t i = 0; i < y->v.n; i++)
        if (strcmp(y->v.items[i].p.name, p.name) == 0) {
            property_done(&y->v.items[i].p);
            memmove(&y->v.items[i], &y->v.items[i + 1], (y->v.n - i - 1) * sizeof *y->v.items);
            y->v.n--;
            break;
        }
    vec_push(&y->v, ((struct pending){.p = p, .fetch = fetch}));
}

static void push_java(struct layers *y, const struct conf_java *j)
{
    for (size_t i = 0; i < j->n; i++)
        push(y,
             (struct conf_property){.name = mem_strdup(j->items[i].name),
                                    .value = mem_strdup(j->items[i].value),
                                    .secret = j->items[i].secret,
                                    .origin = mem_strdup(j->items[i].origin)},
             NULL);
}

static int property_error(struct layers *y, const struct conf_yaml *item, const char *path)
{
    return conf_section_place(y->l, item->key_line, item->key_column, path);
}

static int read_property(struct layers *y, const struct conf_yaml *item, const char *path)
{
    struct conf_loading *l = y->l;
    bool named = conf_secret_named(item->key);
    if (conf_rdkafka_check_name(item->key, l->err) != 0)
        return property_error(y, item, path);
    char *place = mem_printf("%s:%u:%u", l->file, item->line, item->column);
    struct conf_property p = {.secret = named, .origin = place};
    int rc = 0;
    const char *from = conf_fetch_origin(item);
    if (item->kind == CONF_YAML_SCALAR) {
        if (conf_rdkafka_check(item->key, item->text, named, l->err) != 0)
            rc = property_error(y, item, path);
        else
            p.value = mem_strdup(item->text);
        l->secret_in_file = l->secret_in_file || named;
    } else if (from) {
        p.secret = true;
        p.origin = mem_printf("%s, %s", place, from);
        free(place);
    } else {
        char *own = mem_printf("%s.%s", path, item->key);
        rc = conf_section_kind(l, item, own, "text or a way to a secret", CONF_FETCH_ALLOWED);
        free(own);
    }
    if (rc != 0) {
        free(p.origin);
        return rc;
    }
    p.name = mem_strdup(item->key);
    push(y, p, p.value ? NULL : item);
    return 0;
}

/* The properties of defaults or of a cluster. */
static int read_properties(struct layers *y, const struct conf_yaml *map, const char *path)
{
    const struct conf_yaml *node = conf_yaml_get(map, "properties");
    if (!node || node->kind == CONF_YAML_NULL)
        return 0;
    char *own = mem_printf("%s.properties", path);
    int rc = 0;
    if (node->kind != CONF_YAML_MAP)
        rc = conf_section_kind(y->l, node, own, "map", "librdkafka properties, each with a value");
    for (size_t i = 0; rc == 0 && i < node->n; i++)
        rc = read_property(y, &node->items[i], own);
    free(own);
    return rc;
}

/* One -X name=value. */
static int read_argument(struct layers *y, const char *arg)
{
    struct conf_loading *l = y->l;
    const char *equals = strchr(arg, '=');
    if (!equals || equals == arg) {
        struct str s = {0};
        conf_value_quote(&s, arg);
        int rc = error_set(l->err, ERR_INVALID, "-X: %s is no property; allowed: NAME=VALUE", str_text(&s));
        str_done(&s);
        return rc;
    }
    char *name = mem_memdup(arg, (size_t)(equals - arg));
    bool secret = conf_secret_named(name);
    int rc = conf_rdkafka_check(name, equals + 1, secret, l->err);
    if (rc != 0) {
        error_prefix(l->err, "-X");
        free(name);
        return rc;
    }
    push(y,
         (struct conf_property){
             .name = name, .value = mem_strdup(equals + 1), .secret = secret, .origin = mem_strdup("-X")},
         NULL);
    return 0;
}

/* The Java client's file that the configuration names, under everything else. */
static int read_command_config(struct layers *y, struct conf_cluster *c)
{
    struct conf_loading *l = y->l;
    struct conf_java java = {0};
    struct str warnings = {0};
    int rc = conf_java_load(c->command_config, &java, &warnings, l->err);
    if (rc != 0) {
        error_prefix(l->err, "%s.command_config", y->path);
    } else {
        push_java(y, &java);
        if (!c->bootstrap && java.bootstrap) {
            c->bootstrap = mem_strdup(java.bootstrap);
            conf_section_origin(section, c->origins, "bootstrap", mem_strdup(java.bootstrap_origin));
        }
        /* Clusters may share the file: its warnings are said once. */
        if (!strstr(str_text(l->warnings), str_text(&warnings)))
            str_add(l->warnings, str_text(&warnings));
    }
    str_done(&warnings);
    conf_java_done(&java);
    return rc;
}

/* Fetches the value of a property and has it checked. */
static int fetch(struct layers *y, struct pending *p)
{
    struct conf_loading *l = y->l;
    const struct conf_yaml *value = &p->fetch->items[0];
    int rc = conf_fetch_secret(l, p->fetch, &p->p.value);
    if (rc == 0)
        rc = conf_rdkafka_check(p->p.name, p->p.value, true, l->err);
    if (rc != 0) {
        char *own = mem_printf("%s.properties.%s", y->path, p->p.name);
        rc = conf_section_place(l, value->line, value->column, own);
        free(own);
    }
    return rc;
}

/* Lays all properties over each other and moves what is left into the cluster. */
static int set_properties(struct layers *y, struct conf_cluster *c, const struct conf_yaml *node, bool fetch_them)
{
    struct conf_loading *l = y->l;
    int rc = 0;
    if (fetch_them && c->command_config)
        rc = read_command_config(y, c);
    if (rc == 0)
        rc = read_properties(y, l->defaults, "defaults");
    if (rc == 0)
        rc = read_properties(y, node, y->path);
    if (rc == 0)
        push_java(y, &l->java);
    for (size_t i = 0; rc == 0 && l->args->properties && l->args->properties[i]; i++)
        rc = read_argument(y, l->args->properties[i]);
    for (size_t i = 0; rc == 0 && fetch_them && i < y->v.n; i++)
        if (y->v.items[i].fetch)
            rc = fetch(y, &y->v.items[i]);
    if (rc != 0 || !fetch_them)
        return rc;
    c->properties = mem_calloc(y->v.n, sizeof *c->properties);
    for (size_t i = 0; i < y->v.n; i++)
        c->properties[i] = y->v.items[i].p;
    c->nproperties = y->v.n;
    y->v.n = 0;
    rc = conf_oidc_complete(c->properties, c->nproperties, l->warnings, l->err);
    return rc ? error_prefix(l->err, "%s.properties", y->path) : 0;
}

/* Is text HOST[:PORT][,...], with IPv6 addresses in brackets? The error quotes it. */
static int check_servers(const char *text, struct error *err)
{
    const char *p = text;
    for (;;) {
        p += strspn(p, " ");
        size_t len = strcspn(p, ",");
        const char *next = p + len;
        while (len && p[len - 1] == ' ')
            len--;
        if (!conf_address_split(p, len, NULL, NULL)) {
            struct str s = {0};
            char *part = mem_memdup(p, len);
            conf_value_quote(&s, part);
            int rc = error_set(err, ERR_INVALID,
                               "%s is no broker; allowed: HOST:PORT[,HOST:PORT...], an IPv6 "
                               "address in brackets",
                               str_text(&s));
            free(part);
            str_done(&s);
            return rc;
        }
        if (!*next)
            return 0;
        p = next + 1;
    }
}

static const char *origin_of(const struct conf_cluster *c, const char *name)
{
    return conf_section_origin_of(section, c->origins, name);
}

/* What the command line says of every cluster, but for its interval. */
static int apply_arguments(struct conf_loading *l, struct conf_cluster *c)
{
    const struct conf_args *a = l->args;
    int rc = 0;
    if (a->fast)
        rc = conf_section_set(l, section, "max_requests_per_s", "--fast", "0", c, c->origins);
    if (rc == 0 && a->socks5)
        rc = conf_section_set(l, section, "socks5", "--socks5", a->socks5, c, c->origins);
    if (rc == 0 && a->starts_interval)
        rc = conf_section_set(l, section, "starts_interval", "--demo", a->starts_interval, c, c->origins);
    if (rc == 0)
        rc = conf_section_set_globs(l, section, "groups", "-g", a->groups, c, c->origins);
    if (rc == 0)
        rc = conf_section_set_globs(l, section, "topics", "-t", a->topics, c, c->origins);
    return rc;
}

/* An interval that is longer than the default or the file's longest, but was asked for, lifts it;
 * two that contradict each other in the file are an error. */
static int check_intervals(struct conf_loading *l, struct conf_cluster *c, const char *path)
{
    if (c->max_interval_ms >= c->interval_ms)
        return 0;
    const char *longest = origin_of(c, "max_interval");
    if (longest && !l->args->interval)
        return error_set(l->err, ERR_INVALID, "%s: %s.max_interval: less than interval; allowed: from interval (%s) up",
                         longest, path, origin_of(c, "interval") ? origin_of(c, "interval") : "5s");
    c->max_interval_ms = c->interval_ms;
    conf_section_origin(section, c->origins, "max_interval", mem_strdup("as long as interval"));
    return 0;
}

/* Is the proxy an address, and does the login belong to one? */
static int check_proxy(struct conf_loading *l, const struct conf_cluster *c, const char *path)
{
    int port = 0;
    if (c->socks5 && (!conf_address_split(c->socks5, strlen(c->socks5), NULL, &port) || port == 0)) {
        struct str s = {0};
        conf_value_quote(&s, c->socks5);
        int rc = error_set(l->err, ERR_INVALID, "%s: %s.socks5: %s is no proxy; allowed: HOST:PORT",
                           origin_of(c, "socks5"), path, str_text(&s));
        str_done(&s);
        return rc;
    }
    if (c->socks5_password && !c->socks5_user)
        return error_set(l->err, ERR_INVALID, "%s: %s.socks5_password: without socks5_user nobody has it",
                         origin_of(c, "socks5_password"), path);
    return 0;
}

static int check_bootstrap(struct conf_loading *l, struct conf_cluster *c, const struct conf_yaml *node,
                           const char *path, bool fetch)
{
    if (!c->bootstrap) {
        if (!node || (c->command_config && !fetch))
            return 0;
        error_set(l->err, ERR_INVALID, "no bootstrap; allowed: bootstrap: HOST:PORT[,HOST:PORT...]");
        return conf_section_place(l, node->key_line, node->key_column, path);
    }
    int rc = check_servers(c->bootstrap, l->err);
    if (rc != 0)
        error_prefix(l->err, "%s", origin_of(c, "bootstrap"));
    return rc;
}

static bool is_named(const struct conf_loading *l, const char *name, const struct conf_yaml *node)
{
    (void)node;
    return strcmp(l->args->cluster, name) == 0;
}

static int set(struct conf_loading *l, void *cluster, const char *path)
{
    struct conf_cluster *c = cluster;
    int rc = apply_arguments(l, c);
    if (rc == 0)
        rc = check_intervals(l, c, path);
    if (rc == 0 && l->bootstrap) {
        free(c->bootstrap);
        c->bootstrap = mem_strdup(l->bootstrap);
        conf_section_origin(section, c->origins, "bootstrap", mem_strdup(l->bootstrap_origin));
    }
    return rc;
}

static int check(struct conf_loading *l, void *cluster, const struct conf_yaml *node, const char *path, bool fetch_them)
{
    struct conf_cluster *c = cluster;
    struct layers y = {.l = l, .path = path};
    int rc = check_proxy(l, c, path);
    if (rc == 0)
        rc = set_properties(&y, c, node, fetch_them);
    if (rc == 0)
        rc = check_bootstrap(l, c, node, path, fetch_them);
    for (size_t i = 0; i < y.v.n; i++)
        property_done(&y.v.items[i].p);
    vec_done(&y.v);
    return rc;
}

static void done(void *cluster)
{
    struct conf_cluster *c = cluster;
    for (size_t i = 0; i < c->nproperties; i++)
        property_done(&c->properties[i]);
    free(c->properties);
}

const struct conf_kind conf_cluster_kind = {
    .section = CONF_CLUSTERS,
    .what = "cluster",
    .plural = "clusters",
    CONF_KIND(conf_cluster, clusters, nclusters),
    .inherits = true,
    .chosen = is_named,
    .set = set,
    .check = check,
    .done = done,
};
