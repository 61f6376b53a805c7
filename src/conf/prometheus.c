/* Endpoints that are scraped: the file's options, checked, and those that the command line names. */
#include "conf/prometheus.h"

#include "base/mem.h"
#include "base/text.h"
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

/* A URL with what is missing in it, its query as it stands. */
static int complete(const char *text, int port, const char *usual_path, char **ret, struct error *err)
{
    size_t head = strcspn(text, "?");
    char *before = mem_memdup(text, head), *url;
    int rc = conf_web_query(text + head, err);
    if (rc == 0)
        rc = conf_web_url(before, port, &url, NULL, NULL, err);
    free(before);
    if (rc)
        return rc;
    bool has_path = strchr(strstr(url, "://") + 3, '/') != NULL;
    *ret = mem_printf("%s%s%s", url, has_path ? "" : usual_path, text + head);
    free(url);
    return 0;
}

static int check_urls(struct conf_loading *l, char **urls, int port, const char *usual_path)
{
    for (char **u = urls; u && *u; u++) {
        char *url;
        int rc = complete(*u, port, usual_path, &url, l->err);
        if (rc)
            return rc;
        free(*u);
        *u = url;
        for (char **before = urls; before < u; before++) {
            if (strcmp(strstr(*before, "://"), strstr(*u, "://")) != 0)
                continue;
            struct str shown = {0};
            conf_web_hide(*u, &shown);
            rc = error_set(l->err, ERR_INVALID, "%s is there twice", str_text(&shown));
            str_done(&shown);
            return rc;
        }
    }
    return 0;
}

/* As Prometheus has it, so that a file that works there works here. */
static int check_files(struct conf_loading *l, char *const *files)
{
    static const char *const ends[] = {".json", ".yml", ".yaml", ".JSON", ".YML", ".YAML"};
    for (; files && *files; files++) {
        size_t len = strlen(*files), i = 0, n = sizeof ends / sizeof *ends;
        while (i < n && (len <= strlen(ends[i]) || strcmp(*files + len - strlen(ends[i]), ends[i]) != 0))
            i++;
        if (i < n)
            continue;
        struct str s = {0};
        conf_value_quote(&s, *files);
        int rc = error_set(l->err, ERR_INVALID, "%s ends in none of .json, .yml and .yaml", str_text(&s));
        str_done(&s);
        return rc;
    }
    return 0;
}

static int check_labels(struct conf_loading *l, const struct conf_pairs *labels)
{
    for (size_t i = 0; i < labels->n; i++) {
        const char *name = labels->items[i].name;
        if (text_is_utf8(name, strlen(name)) && strcmp(name, "__name__") != 0)
            continue;
        return error_set(l->err, ERR_INVALID, "__name__ is no label of an endpoint");
    }
    return 0;
}

static int check(struct conf_loading *l, struct conf_prometheus *c, const struct conf_yaml *node, const char *path)
{
    if (!c->urls && !c->files && !c->http_sd && node) {
        error_set(l->err, ERR_INVALID, "no endpoints; one of urls, files and http_sd has to name them");
        return conf_section_place(l, node->key_line, node->key_column, path);
    }
    if (check_urls(l, c->urls, DEFAULT_PORT, "/metrics"))
        return place(l, c, "urls", path);
    if (check_urls(l, c->http_sd, 0, "/"))
        return place(l, c, "http_sd", path);
    if (check_files(l, c->files))
        return place(l, c, "files", path);
    if (check_labels(l, &c->labels))
        return place(l, c, "labels", path);
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
