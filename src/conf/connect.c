/* Connect clusters: the file's options, checked, and those that the command line makes. */
#include "conf/connect.h"

#include "base/mem.h"
#include "conf/belongs.h"
#include "conf/lists.h"
#include "conf/section.h"
#include "conf/value.h"
#include "conf/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct conf_section *const section = &conf_options[CONF_CONNECT];

enum { DEFAULT_PORT = 8083 }; /* of a worker's REST */

int conf_connect_zone(const char *text, int *ret, struct error *err)
{
    int hours = 0, minutes = 0, used = 0;
    if (strcmp(text, "local") == 0) {
        struct tm tm;
        time_t now = time(NULL);
        localtime_r(&now, &tm);
        *ret = (int)tm.tm_gmtoff;
        return 0;
    }
    if (strcmp(text, "UTC") == 0 || strcmp(text, "Z") == 0) {
        *ret = 0;
        return 0;
    }
    bool sign = *text == '+' || *text == '-';
    bool ok = sign && sscanf(text + 1, "%2d%n", &hours, &used) == 1 && text[1] >= '0' && text[1] <= '9';
    const char *rest = ok ? text + 1 + used : text;
    bool more = ok && *rest;
    rest += ok && *rest == ':';
    if (more)
        ok = *rest >= '0' && *rest <= '9' && sscanf(rest, "%2d%n", &minutes, &used) == 1 && used == 2 && !rest[2];
    if (!ok || hours > 18 || minutes > 59) {
        struct str s = {0};
        conf_value_quote(&s, text);
        int rc = error_set(err, ERR_INVALID, "%s is no time zone; allowed: local, UTC, +02:00, -05:30", str_text(&s));
        str_done(&s);
        return rc;
    }
    *ret = (*text == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return 0;
}

static int check_urls(struct conf_loading *l, struct conf_connect *c, const char *path)
{
    for (size_t i = 0; c->urls && c->urls[i]; i++) {
        char *url;
        if (conf_web_url(c->urls[i], DEFAULT_PORT, &url, NULL, NULL, l->err))
            return conf_section_wrong(l, section, c->origins, "urls", path);
        free(c->urls[i]);
        c->urls[i] = url;
    }
    return 0;
}

static int set(struct conf_loading *l, void *connect, const char *path)
{
    (void)path;
    struct conf_connect *c = connect;
    return conf_section_set_globs(l, section, "control_topics", "--control-topic", l->args->control_topics, c,
                                  c->origins);
}

static int check(struct conf_loading *l, void *connect, const struct conf_yaml *node, const char *path, bool fetch)
{
    (void)fetch;
    struct conf_connect *c = connect;
    int offset;
    int rc = conf_belongs_set(l, section, &c->cluster, c->origins, c->name, node, path);
    if (rc == 0)
        rc = check_urls(l, c, path);
    if (rc == 0)
        rc = conf_web_check(l, section, &c->http, c->origins, path);
    if (rc == 0 && conf_connect_zone(c->log_zone, &offset, l->err))
        rc = conf_section_wrong(l, section, c->origins, "log_zone", path);
    return rc;
}

/* ---- the command line ---- */

/* A new one, named "default" or, where that is taken, after its place. */
static int add(struct conf_loading *l, struct conf *c, const char *place, const char *cluster,
               struct conf_connect **ret)
{
    const struct conf_kind *kind = &conf_connect_kind;
    struct conf_connect connect;
    char *name = conf_kind_is_taken(kind, c, "default") ? conf_kind_new_name(kind, c, place) : mem_strdup("default");
    int rc = conf_kind_make(l, kind, name, NULL, "the Connect cluster of the command line", true, NULL, &connect);
    free(name);
    if (rc)
        return rc;
    if (cluster && !connect.cluster)
        connect.cluster = mem_strdup(cluster);
    *ret = conf_kind_add(kind, c, &connect);
    return 0;
}

/* URL[,URL...]; a login in the first holds for all. */
static int add_url(struct conf_loading *l, struct conf_connect *c, const char *text, size_t len)
{
    char *part = mem_memdup(text, len), *url, *user, *password;
    int rc = conf_web_url(part, DEFAULT_PORT, &url, &user, &password, l->err);
    mem_free_secret(part);
    if (rc)
        return error_prefix(l->err, "--connect");
    conf_lists_add(&c->urls, url, NULL);
    conf_section_origin(section, c->origins, "urls", mem_strdup("--connect"));
    free(url);
    if (!user) {
        mem_free_secret(password);
        return 0;
    }
    free(c->http.user);
    mem_free_secret(c->http.password);
    c->http.user = user;
    c->http.password = password;
    conf_section_origin(section, c->origins, "user", mem_strdup("--connect"));
    if (password)
        conf_section_origin(section, c->origins, "password", mem_strdup("--connect"));
    if (password)
        str_add(l->warnings, "--connect: every user of this machine may read the password in the list of processes\n");
    return 0;
}

/* HOST:PORT of the first URL, as a name. */
static char *place_of(const char *url)
{
    const char *host = strstr(url, "://") ? strstr(url, "://") + 3 : url;
    size_t len = strcspn(host, "/,");
    const char *at = memchr(host, '@', len);
    return at ? mem_memdup(at + 1, len - (size_t)(at + 1 - host)) : mem_memdup(host, len);
}

static int add_connect(struct conf_loading *l, struct conf *c, const char *urls, struct conf_connect **ret)
{
    char *name = place_of(urls);
    struct conf_connect *added = NULL;
    int rc = add(l, c, name, NULL, &added);
    for (const char *p = urls; rc == 0; p++) {
        size_t len = strcspn(p, ",");
        rc = add_url(l, added, p, len);
        p += len;
        if (!*p)
            break;
    }
    *ret = added;
    free(name);
    return rc;
}

/* Control topics that are asked for are read in every cluster, of which some may have no Connect. */
static int add_control(struct conf_loading *l, struct conf *c)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < c->nclusters; i++) {
        bool has = false;
        struct conf_connect *added;
        for (size_t k = 0; k < c->nconnects; k++)
            has |= c->connects[k].cluster && strcmp(c->connects[k].cluster, c->clusters[i].name) == 0;
        if (!has)
            rc = add(l, c, c->clusters[i].name, c->clusters[i].name, &added);
    }
    return rc;
}

static int add_logs(struct conf_loading *l, struct conf_connect *c)
{
    char **paths = NULL;
    int rc = 0;
    for (const char **p = l->args->connect_logs; rc == 0 && *p; p++) {
        char *path = conf_section_absolute(*p);
        rc = conf_lists_add(&paths, path, l->err);
        free(path);
    }
    if (rc == 0)
        rc = conf_section_set_texts(l, section, "logs", "--connect-log", (const char *const *)paths, c, c->origins);
    conf_lists_done(&paths);
    return rc;
}

static int add_arguments(struct conf_loading *l, struct conf *c)
{
    const struct conf_args *a = l->args;
    size_t before = c->nconnects;
    struct conf_connect *added = NULL;
    int rc = 0;
    for (size_t i = 0; rc == 0 && a->connects && a->connects[i]; i++)
        rc = add_connect(l, c, a->connects[i], &added);
    if (rc == 0 && a->connect_logs && c->nconnects == before)
        rc = add(l, c, "logs", NULL, &added);
    if (rc == 0 && a->connect_logs)
        rc = add_logs(l, &c->connects[before]);
    if (rc == 0 && a->control_topics)
        rc = add_control(l, c);
    return rc;
}

const struct conf_kind conf_connect_kind = {
    .section = CONF_CONNECT,
    .what = "Connect cluster",
    .plural = "Connect clusters",
    CONF_KIND(conf_connect, connects, nconnects),
    .chosen = conf_belongs_chosen,
    .set = set,
    .check = check,
    .arguments = add_arguments,
};
