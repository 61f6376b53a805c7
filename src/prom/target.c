/* Endpoints to scrape, from URLs and from labels. */
#include "prom/target.h"

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "conf/address.h"
#include "conf/options.h"
#include "conf/value.h"
#include "conf/web.h"
#include "net/http.h"
#include "prom/labels.h"

#include <stdlib.h>
#include <string.h>

/* The labels that hold: those of a group, and those of the configuration that it does not have. */
struct given {
    const struct conf_pair *labels;
    size_t n;
    const struct conf_pairs *common;
};

static const struct conf_pair *find(const struct conf_pair *labels, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(labels[i].name, name) == 0)
            return &labels[i];
    return NULL;
}

/* How many there are to look through; the i-th, or NULL where another holds in its place or it is empty. */
static size_t count(const struct given *g)
{
    return g->n + g->common->n;
}

static const struct conf_pair *at(const struct given *g, size_t i)
{
    const struct conf_pair *p = i < g->n ? &g->labels[i] : &g->common->items[i - g->n];
    if (i >= g->n && find(g->labels, g->n, p->name))
        return NULL;
    return *p->value ? p : NULL;
}

static const char *value_of(const struct given *g, const char *name, const char *otherwise)
{
    const struct conf_pair *p = find(g->labels, g->n, name);
    p = p ? p : find(g->common->items, g->common->n, name);
    return p && *p->value ? p->value : otherwise;
}

/* ---- what it is called ---- */

/* HOST:PORT, and the path if that is another than /metrics or a query follows. */
static char *instance_of(const char *url)
{
    struct str shown = {0};
    const char *begin = strstr(url, "://");
    conf_web_hide(begin ? begin + 3 : url, &shown);
    size_t host = strcspn(str_text(&shown), "/");
    if (strcmp(str_text(&shown) + host, "/metrics") == 0)
        str_cut(&shown, host);
    return str_take(&shown);
}

static bool is_own(const char *name)
{
    return strncmp(name, "__", 2) != 0 && strcmp(name, "job") != 0 && strcmp(name, "instance") != 0;
}

static char *labels_of(const struct given *g)
{
    VEC(struct prom_labels_pair) pairs = {0};
    struct str s = {0};
    for (size_t i = 0; i < count(g); i++) {
        const struct conf_pair *p = at(g, i);
        if (p && is_own(p->name))
            vec_push(&pairs, ((struct prom_labels_pair){p->name, p->value, strlen(p->name), strlen(p->value)}));
    }
    prom_labels_join(pairs.items, pairs.n, &s);
    vec_done(&pairs);
    return str_take(&s);
}

/* ---- where it is ---- */

/* What no URL may hold behind its host, percent-encoded; what is encoded stays so. */
static char *encode(const char *url)
{
    struct str s = {0};
    const char *begin = strstr(url, "://");
    const char *rest = begin ? begin + 3 : url;
    rest += strcspn(rest, "/?");
    str_bytes(&s, url, (size_t)(rest - url));
    for (const unsigned char *p = (const unsigned char *)rest; *p; p++)
        if (*p <= ' ' || *p >= 0x7F || strchr("\"<>[]\\^`{|}", *p))
            str_printf(&s, "%%%02X", *p);
        else
            str_char(&s, (char)*p);
    return str_take(&s);
}

static int by_name(const void *a, const void *b)
{
    return strcmp((*(const struct conf_pair *const *)a)->name, (*(const struct conf_pair *const *)b)->name);
}

/* Appends the query, as it is asked and as it is shown. */
static void add_query(const struct given *g, struct str *url, struct str *shown)
{
    static const char prefix[] = "__param_";
    VEC(const struct conf_pair *) params = {0};
    for (size_t i = 0; i < count(g); i++) {
        const struct conf_pair *p = at(g, i);
        if (p && strncmp(p->name, prefix, sizeof prefix - 1) == 0 && p->name[sizeof prefix - 1])
            vec_push(&params, p);
    }
    if (params.n)
        qsort(params.items, params.n, sizeof *params.items, by_name);
    for (size_t i = 0; i < params.n; i++) {
        const char *name = params.items[i]->name + sizeof prefix - 1;
        str_char(url, i ? '&' : '?');
        net_http_encode(url, name);
        str_char(url, '=');
        net_http_encode(url, params.items[i]->value);
        str_printf(shown, "%c%s=", i ? '&' : '?', name);
        for (const char *p = params.items[i]->value; *p; p++)
            if (*p == '&')
                str_add(shown, "%26");
            else
                str_char(shown, *p);
    }
    vec_done(&params);
}

static int refuse(struct error *err, const char *address, const char *what, const char *value)
{
    struct str who = {0}, safe = {0};
    conf_value_quote(&who, address);
    if (value)
        conf_value_quote(&safe, value);
    int rc = error_set(err, ERR_INVALID, "target %s: %s%s%s", str_text(&who), what, value ? ": " : "", str_text(&safe));
    str_done(&who);
    str_done(&safe);
    return rc;
}

/* What names, addresses of either kind and ports are made of. */
static const char host_signs[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_~:[]";

/* *url for asking, *shown as it would be written. */
static int build(const struct given *g, const char *address, char **url, char **shown, struct error *err)
{
    const char *scheme = value_of(g, "__scheme__", "http"), *path = value_of(g, "__metrics_path__", "/metrics");
    if (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0)
        return refuse(err, address, "__scheme__ is neither http nor https", scheme);
    if (address[strspn(address, host_signs)] || !conf_address_split(address, strlen(address), NULL, NULL))
        return refuse(err, address, "it is neither HOST nor HOST:PORT", NULL);
    struct str to = {0}, seen = {0};
    str_printf(&seen, "%s://%s%s", scheme, address, *path == '/' ? "" : "/");
    str_add(&to, str_text(&seen));
    for (const char *p = path; *p; p++) /* a path holds no query */
        if (*p == '?' || *p == '#' || *p == '%')
            str_printf(&to, "%%%02X", (unsigned char)*p);
        else
            str_char(&to, *p);
    str_add(&seen, path);
    add_query(g, &to, &seen);
    *url = encode(str_text(&to));
    *shown = str_take(&seen);
    str_done(&to);
    return 0;
}

/* A duration among the labels, by the rules of the option of the job that it stands for. */
static int duration(const struct given *g, const char *address, const char *label, const char *option, int *ret,
                    struct error *err)
{
    struct conf_prometheus scratch = {0};
    size_t i;
    const char *text = value_of(g, label, NULL);
    const struct conf_option *o = conf_options_find(&conf_options[CONF_PROMETHEUS], option, &i);
    if (!text)
        return 0;
    if (conf_value_parse(o, text, &scratch, err) != 0) {
        char *own = mem_strdup(err ? err->text : "");
        struct str who = {0};
        conf_value_quote(&who, address);
        int rc = error_set(err, ERR_INVALID, "target %s: %s: %s", str_text(&who), label, own);
        str_done(&who);
        free(own);
        return rc;
    }
    *ret = strcmp(option, "interval") == 0 ? scratch.interval_ms : scratch.deadline_ms;
    return 0;
}

/* ---- targets ---- */

void prom_target_of_url(struct prom_target *t, const struct conf_prometheus *conf, const char *url)
{
    const struct given g = {.common = &conf->labels};
    char *instance = instance_of(url);
    *t = (struct prom_target){.job = mem_strdup(value_of(&g, "job", conf->name)),
                              .instance = mem_strdup(value_of(&g, "instance", instance)),
                              .url = encode(url),
                              .labels = labels_of(&g)};
    free(instance);
}

static int check_length(const struct prom_target *t, const char *address, struct error *err)
{
    const char *const texts[] = {t->job, t->instance, t->url, t->labels};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strlen(texts[i]) > PROM_TARGET_TEXT) {
            struct str who = {0};
            conf_value_quote(&who, address);
            int rc = error_set(err, ERR_LIMIT, "target %s: labels of %zu bytes, the limit is %d", str_text(&who),
                               strlen(texts[i]), PROM_TARGET_TEXT);
            str_done(&who);
            return rc;
        }
    return 0;
}

int prom_target_of_labels(struct prom_target *t, const struct conf_prometheus *conf, const char *address,
                          const struct conf_pair *labels, size_t n, struct error *err)
{
    const struct given g = {.labels = labels, .n = n, .common = &conf->labels};
    struct prom_target own = {0};
    char *shown = NULL;
    int rc = build(&g, address, &own.url, &shown, err);
    if (rc == 0)
        rc = duration(&g, address, "__scrape_interval__", "interval", &own.interval_ms, err);
    if (rc == 0)
        rc = duration(&g, address, "__scrape_timeout__", "deadline", &own.deadline_ms, err);
    if (rc == 0) {
        char *instance = instance_of(shown);
        own.job = mem_strdup(value_of(&g, "job", conf->name));
        own.instance = mem_strdup(value_of(&g, "instance", instance));
        own.labels = labels_of(&g);
        free(instance);
        rc = check_length(&own, address, err);
    }
    free(shown);
    if (rc == 0)
        *t = own;
    else
        prom_target_done(&own);
    return rc;
}

void prom_target_done(struct prom_target *t)
{
    free(t->job);
    free(t->instance);
    free(t->url);
    free(t->labels);
    *t = (struct prom_target){0};
}

bool prom_target_same(const struct prom_target *a, const struct prom_target *b)
{
    return strcmp(a->job, b->job) == 0 && strcmp(a->instance, b->instance) == 0 && strcmp(a->url, b->url) == 0 &&
           strcmp(a->labels, b->labels) == 0 && a->interval_ms == b->interval_ms && a->deadline_ms == b->deadline_ms;
}
