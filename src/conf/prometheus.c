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

static int check(struct conf_loading *l, void *prometheus, const struct conf_yaml *node, const char *path, bool fetch)
{
    (void)fetch;
    struct conf_prometheus *c = prometheus;
    if (!c->urls && !c->files && !c->http_sd && node) {
        error_set(l->err, ERR_INVALID, "no endpoints; one of urls, files and http_sd has to name them");
        return conf_section_place(l, node->key_line, node->key_column, path);
    }
    if (check_urls(l, c->urls, DEFAULT_PORT, "/metrics"))
        return conf_section_wrong(l, section, c->origins, "urls", path);
    if (check_urls(l, c->http_sd, 0, "/"))
        return conf_section_wrong(l, section, c->origins, "http_sd", path);
    if (check_files(l, c->files))
        return conf_section_wrong(l, section, c->origins, "files", path);
    if (check_labels(l, &c->labels))
        return conf_section_wrong(l, section, c->origins, "labels", path);
    return conf_web_check(l, section, &c->http, c->origins, path);
}

static int add_arguments(struct conf_loading *l, struct conf *c)
{
    const struct conf_argument urls = {.option = "urls", .flag = "--scrape", .texts = l->args->scrapes};
    struct conf_prometheus one;
    if (!l->args->scrapes || !l->args->scrapes[0])
        return 0;
    bool taken = conf_kind_is_taken(&conf_prometheus_kind, c, "default"); /* by one of the file */
    int rc = conf_kind_make(l, &conf_prometheus_kind, taken ? "command line" : "default", NULL,
                            "the endpoints of the command line", true, &urls, &one);
    if (rc == 0)
        conf_kind_add(&conf_prometheus_kind, c, &one);
    return rc;
}

const struct conf_kind conf_prometheus_kind = {
    .section = CONF_PROMETHEUS,
    .what = "set of endpoints",
    .plural = "sets of endpoints",
    CONF_KIND(conf_prometheus, prometheus, nprometheus),
    .check = check,
    .arguments = add_arguments,
};
