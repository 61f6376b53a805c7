/* Questions to the HTTP API. */
#include "prom/server_ask.h"

#include "base/mem.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_QUERY = 1500 }; /* bytes behind the '?'; some proxies take URLs of 2,000 alone */

struct prom_server_ask {
    const struct prom_server_place *place;
    enum prom_api_job_kind kind;
    struct str url;
    struct net_http_call *call; /* until it is answered, then */
    struct prom_api_job *job;   /* until it is read */
    prom_server_ask_done *done;
    void *arg;
};

static void free_ask(struct prom_server_ask *a)
{
    str_done(&a->url);
    free(a);
}

static void end(struct prom_server_ask *a, union prom_api_answer *answer, const struct error *failed)
{
    prom_server_ask_done *done = a->done;
    void *arg = a->arg;
    free_ask(a);
    done(arg, answer, failed);
}

static void on_read(void *arg, union prom_api_answer *answer, const struct error *failed)
{
    end(arg, answer, failed);
}

/* 404 of whom has none; VictoriaMetrics says it with 400 and words; 405 and 501 are said by proxies that let through but some. */
static bool is_missing(const struct net_http_answer *answer)
{
    return answer->status == 404 || answer->status == 405 || answer->status == 501 ||
           (answer->status == 400 && strstr(answer->body, "unsupported path requested"));
}

/* What is wrong with an answer, the server's own words first. */
static void refuse(const struct prom_server_ask *a, const struct net_http_answer *answer, struct error *err)
{
    const struct net_http_request request = {.url = a->url.s};
    if (prom_api_failure_of(answer->body, answer->len, err))
        return;
    net_http_check(&request, answer, err);
    if (is_missing(answer))
        err->code = ERR_NOT_FOUND;
}

static void on_answer(void *arg, const struct net_http_answer *answer, const struct error *failed)
{
    struct prom_server_ask *a = arg;
    struct error err = {0};
    a->call = NULL;
    if (answer && answer->status >= 200 && answer->status < 300) {
        size_t len = answer->len;
        a->job = prom_api_job_start(a->place->readers, a->kind, net_http_answer_take(answer), len, on_read, a);
        return;
    }
    if (answer)
        refuse(a, answer, &err);
    end(a, NULL, answer ? &err : failed);
}

struct prom_server_ask *prom_server_ask_start(const struct prom_server_place *place, enum prom_api_job_kind kind,
                                              const char *path, const char *form, prom_server_ask_done *done, void *arg)
{
    struct prom_server_ask *a = mem_new(struct prom_server_ask);
    *a = (struct prom_server_ask){.place = place, .kind = kind, .done = done, .arg = arg};
    bool post = strlen(form) > LONGEST_QUERY;
    str_printf(&a->url, "%s%s%s%s", place->url, path, *form && !post ? "?" : "", post ? "" : form);
    const struct net_http_request request = {.url = a->url.s,
                                             .form = post ? form : NULL,
                                             .headers = place->headers,
                                             .auth = place->login.auth,
                                             .tls = place->login.tls,
                                             .deadline_ms = place->deadline_ms,
                                             .max_body = place->max_body};
    a->call = net_http_start(place->http, &request, on_answer, a);
    return a;
}

void prom_server_ask_cancel(struct prom_server_ask *a)
{
    if (!a)
        return;
    if (a->call)
        net_http_cancel(a->call);
    prom_api_job_cancel(a->job);
    free_ask(a);
}
