/* Asks URLs that name endpoints, and reads on a worker what they say. */
#include "prom/link.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/workers.h"
#include "conf/conf.h"
#include "net/http.h"
#include "source/login.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct prom_link *prom_link_new(const char *url)
{
    struct prom_link *l = mem_new(struct prom_link);
    struct str shown = {0};
    text_safe(&shown, url, strcspn(url, "?"));
    *l = (struct prom_link){.url = mem_strdup(url), .shown = str_take(&shown)};
    return l;
}

void prom_link_free(struct prom_link *l)
{
    if (l->call)
        net_http_cancel(l->call);
    prom_discovery_done(&l->found);
    free(l->url);
    free(l->shown);
    free(l->error);
    free(l->body);
    free(l);
}

static void set_error(struct prom_link *l, const char *text)
{
    free(l->error);
    l->error = mem_strdup(text);
}

struct parse {
    struct prom_link *link;
    int rc;
    struct prom_discovery found;
    struct error err;
};

static void run_parse(void *arg)
{
    struct parse *p = arg;
    p->rc = prom_discovery_json(p->link->shown, p->link->body, p->link->len, &p->found, &p->err);
}

static void end_parse(void *arg)
{
    struct parse *p = arg;
    struct prom_link *l = p->link;
    bool read = !p->rc;
    free(l->body);
    l->body = NULL;
    if (read) {
        prom_discovery_done(&l->found);
        l->found = p->found;
        free(l->error);
        l->error = NULL;
    } else {
        set_error(l, p->err.text[0] ? p->err.text : "was not read");
    }
    free(p);
    l->done(l->arg, read);
}

static bool is_json(const char *type)
{
    static const char json[] = "application/json";
    return strncasecmp(type, json, sizeof json - 1) == 0 && strchr("; \t", type[sizeof json - 1]);
}

static int check_answer(const struct prom_link *l, const struct net_http_answer *answer, struct error *err)
{
    const struct net_http_request request = {.url = l->url};
    int rc = net_http_check(&request, answer, err);
    if (rc == 0 && answer->status != 200)
        rc = error_set(err, ERR_REMOTE, "%s: %d, where 200 is expected", l->shown, answer->status);
    if (rc == 0 && !is_json(answer->content_type)) {
        struct str type = {0};
        text_safe(&type, answer->content_type, strlen(answer->content_type));
        rc = error_set(err, ERR_REMOTE, "%s: Content-Type \"%s\", where application/json is expected", l->shown,
                       str_text(&type));
        str_done(&type);
    }
    return rc;
}

static void on_answer(void *arg, const struct net_http_answer *answer, const struct error *failed)
{
    struct prom_link *l = arg;
    struct error err = {0};
    l->call = NULL;
    if (!answer || check_answer(l, answer, &err)) {
        set_error(l, answer ? err.text : failed->text);
        l->done(l->arg, false);
        return;
    }
    struct parse *p = mem_new(struct parse);
    p->link = l;
    p->rc = ERR_CLOSED;
    l->len = answer->len;
    l->body = net_http_answer_take(answer);
    workers_submit(l->workers, run_parse, end_parse, p);
}

void prom_link_ask(struct prom_link *l, struct net_http *http, struct workers *workers,
                   const struct conf_prometheus *conf, void (*done)(void *arg, bool read), void *arg)
{
    char refresh[80];
    const char *headers[] = {"Accept: application/json", refresh, NULL};
    snprintf(refresh, sizeof refresh, "X-Prometheus-Refresh-Interval-Seconds: %g", (double)conf->refresh_ms / 1000);
    struct net_http_request request = {
        .url = l->url, .headers = headers, .deadline_ms = conf->deadline_ms, .max_body = PROM_DISCOVERY_BYTES};
    if (conf->http_sd_login) {
        const struct net_login login = source_login(&conf->http);
        request.auth = login.auth;
        request.tls = login.tls;
    }
    l->workers = workers;
    l->done = done;
    l->arg = arg;
    l->call = net_http_start(http, &request, on_answer, l);
}
