/* An Iceberg REST catalog, asked on the loop. */
#include "iceberg/rest_catalog.h"
#include "base/mem.h"
#include "iceberg/rest_internal.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_TOKEN_BYTES = 64 * 1024 /* of a token endpoint's answer */ };

/* ---- settings ---- */

static void add_field(struct str *form, const char *key, const char *value)
{
    if (!value)
        return;
    str_printf(form, "&%s=", key);
    net_http_encode(form, value);
}

/* The form for a token; a secret. */
static char *token_form(const struct iceberg_rest_settings *s)
{
    struct str form = {0};
    str_add(&form, "grant_type=client_credentials");
    add_field(&form, "client_id", s->client_id);
    add_field(&form, "client_secret", s->client_secret);
    add_field(&form, "scope", s->scope ? s->scope : "catalog");
    add_field(&form, "audience", s->audience);
    add_field(&form, "resource", s->resource);
    return str_take(&form);
}

void iceberg_rest_unask(struct iceberg_rest_ask *a)
{
    struct iceberg_rest *r = a->r;
    for (size_t i = 0; i < r->asks.n; i++)
        if (r->asks.items[i] == a) {
            memmove(&r->asks.items[i], &r->asks.items[i + 1], (--r->asks.n - i) * sizeof(struct iceberg_rest_ask *));
            break;
        }
    if (a->call)
        net_http_cancel(a->call);
    free(a->path);
    free(a->url);
    free(a->etag);
    free(a);
}

/* ---- requests ---- */

/* A status that is no success, as an error with the server's words. */
static int refused(const char *url, const struct net_http_answer *a, struct error *err)
{
    static const int closed[] = {HTTP_UNAUTHORIZED, HTTP_LOGIN_TIMEOUT, HTTP_TOO_MANY, HTTP_SLOW_DOWN};
    const struct net_http_request request = {.url = url};
    const struct net_http_answer bare = {.status = a->status};
    struct str words = {0};
    struct error said = {0};
    int code = a->status == HTTP_NOT_FOUND ? ERR_NOT_FOUND : ERR_REMOTE;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        code = a->status == closed[i] ? ERR_UNAVAILABLE : code;
    if (net_http_check(&request, &bare, &said) == 0)
        error_set(&said, ERR_REMOTE, "%.300s: status %d is none that was expected", url, a->status);
    iceberg_rest_page_refusal(a->body, a->len, &words);
    error_set(err, code, "%.280s%s", said.text, str_text(&words));
    str_done(&words);
    return code;
}

/* The path with the separator in its places, behind the prefix. */
static char *full_url(const struct iceberg_rest *r, const struct iceberg_rest_ask *a)
{
    struct str url = {0};
    str_printf(&url, "%s/v1/", r->uri);
    if (!a->config && r->config.prefix)
        str_printf(&url, "%s/", r->config.prefix);
    for (const char *p = a->path; *p; p++)
        if (*p == ICEBERG_REST_BETWEEN)
            str_add(&url, r->config.separator);
        else
            str_char(&url, *p);
    return str_take(&url);
}

static void end_ask(struct iceberg_rest_ask *a, const struct net_http_answer *answer, const struct error *err)
{
    iceberg_rest_answered *done = a->done;
    void *arg = a->arg;
    iceberg_rest_unask(a);
    done(arg, answer, err);
}

/* Everything that waits now ends with this error; what is made by those who are told is not meant. */
static void fail_waiting(struct iceberg_rest *r, const struct error *err)
{
    uint64_t last = r->made;
    struct iceberg_rest_ask *next;
    do {
        next = NULL;
        for (size_t i = 0; i < r->asks.n && !next; i++)
            if (!r->asks.items[i]->call && r->asks.items[i]->number <= last)
                next = r->asks.items[i];
        if (next)
            end_ask(next, NULL, err);
    } while (next);
}

void iceberg_rest_kick(struct iceberg_rest *r)
{
    const struct timeval now = {0};
    evtimer_add(r->kick, &now);
}

static void on_answer(void *arg, const struct net_http_answer *answer, const struct error *err)
{
    struct iceberg_rest_ask *a = arg;
    struct iceberg_rest *r = a->r;
    a->call = NULL;
    if (answer && (answer->status == HTTP_UNAUTHORIZED || answer->status == HTTP_LOGIN_TIMEOUT) && r->form &&
        !a->again) {
        a->again = true;
        if (a->token == r->tokens) /* else it was an older one that was refused */
            net_token_done(&r->token);
        iceberg_rest_kick(r);
    } else if (answer && answer->status != HTTP_OK && answer->status != HTTP_NOT_MODIFIED) {
        struct error said = {0};
        refused(a->url, answer, &said);
        end_ask(a, answer, &said);
    } else {
        end_ask(a, answer, err);
    }
}

static void send_ask(struct iceberg_rest_ask *a)
{
    struct iceberg_rest *r = a->r;
    char *match = a->etag ? mem_printf("If-None-Match: %s", a->etag) : NULL;
    VEC(const char *) headers = {0};
    vec_push(&headers, "Accept: application/json");
    for (size_t i = 0; r->headers[i]; i++)
        vec_push(&headers, r->headers[i]);
    if (match)
        vec_push(&headers, match);
    vec_push(&headers, NULL);
    free(a->url);
    a->url = full_url(r, a);
    struct net_http_request q = {.url = a->url,
                                 .headers = headers.items,
                                 .auth = r->login.auth,
                                 .tls = r->login.tls,
                                 .proxy = r->proxy,
                                 .deadline_ms = r->deadline_ms,
                                 .max_body = a->max_body};
    if (r->form)
        q.auth = (struct net_auth){.bearer = r->token.value};
    a->token = r->tokens;
    a->call = net_http_start(r->http, &q, on_answer, a);
    vec_done(&headers);
    free(match);
}

struct iceberg_rest_ask *iceberg_rest_ask(struct iceberg_rest *r, char *path, size_t max_body,
                                          iceberg_rest_answered *done, void *arg)
{
    struct iceberg_rest_ask *a = mem_new(struct iceberg_rest_ask);
    *a = (struct iceberg_rest_ask){
        .r = r, .path = path, .max_body = max_body, .number = ++r->made, .done = done, .arg = arg};
    vec_push(&r->asks, a);
    return a;
}

/* ---- token and configuration ---- */

static void on_token(void *arg, const struct net_http_answer *answer, const struct error *failure)
{
    struct iceberg_rest *r = arg;
    const struct net_http_request request = {.url = r->oauth_uri};
    struct error err = {0};
    int rc = failure ? failure->code : 0;
    r->token_call = NULL;
    if (failure) {
        err = *failure;
    } else if (answer->status != HTTP_OK) {
        const struct net_http_answer bare = {.status = answer->status};
        struct str reason = {0};
        net_token_reason(answer, r->secret, &reason);
        rc = net_http_check(&request, &bare, &err);
        rc = error_set(&err, ERR_UNAVAILABLE, "%.280s%s", rc ? err.text : "an answer without a token",
                       str_text(&reason));
        str_done(&reason);
    } else {
        rc = net_token_parse(answer->body, answer->len, r->token_asked_ms, &r->token, &err);
        err.code = rc ? ERR_UNAVAILABLE : 0;
        r->tokens++;
    }
    if (rc) {
        error_prefix(&err, "OAuth token");
        fail_waiting(r, &err);
    }
    iceberg_rest_kick(r);
}

static void start_token(struct iceberg_rest *r)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    const struct net_http_request q = {.url = r->oauth_uri,
                                       .form = r->form,
                                       .headers = headers,
                                       .tls = r->login.tls,
                                       .proxy = r->proxy,
                                       .deadline_ms = r->deadline_ms,
                                       .max_body = MAX_TOKEN_BYTES};
    net_token_done(&r->token);
    r->token_asked_ms = clock_wall_ms(r->clock);
    r->token_call = net_http_start(r->http, &q, on_token, r);
}

static void on_config(void *arg, const struct net_http_answer *answer, const struct error *failure)
{
    struct iceberg_rest *r = arg;
    struct error err = {0};
    int rc = failure ? failure->code : iceberg_rest_page_config(answer->body, answer->len, &r->config, &err);
    if (rc) {
        err = failure ? *failure : err;
        err.code = rc == ERR_NOT_FOUND || rc == ERR_REMOTE ? ERR_UNAVAILABLE : rc; /* not of the table that waits */
        error_prefix(&err, "configuration of the catalog");
        fail_waiting(r, &err);
    }
    iceberg_rest_kick(r);
}

static struct iceberg_rest_ask *find_config(const struct iceberg_rest *r)
{
    for (size_t i = 0; i < r->asks.n; i++)
        if (r->asks.items[i]->config)
            return r->asks.items[i];
    return NULL;
}

static void ask_config(struct iceberg_rest *r)
{
    struct str path = {0};
    str_add(&path, "config");
    if (r->warehouse) {
        str_add(&path, "?warehouse=");
        net_http_encode(&path, r->warehouse);
    }
    struct iceberg_rest_ask *a = iceberg_rest_ask(r, str_take(&path), ICEBERG_REST_PAGE_BYTES, on_config, r);
    a->config = true;
}

/* Lets every request that waits go as far as it can. */
static void advance(struct iceberg_rest *r)
{
    if (r->asks.n && !r->config.separator && !find_config(r))
        ask_config(r);
    for (size_t i = 0; i < r->asks.n; i++) {
        struct iceberg_rest_ask *a = r->asks.items[i];
        if (a->call || (!a->config && !r->config.separator))
            continue;
        if (!r->form || net_token_is_fresh(&r->token, clock_wall_ms(r->clock)))
            send_ask(a);
        else if (!r->token_call)
            start_token(r);
    }
}

static void on_kick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd, (void)what;
    advance(arg);
}

/* ---- one table ---- */

static void add_name(struct str *path, const char *name, size_t len)
{
    char *piece = mem_memdup(name, len);
    net_http_encode(path, piece);
    free(piece);
}

char *iceberg_rest_path(const char *name)
{
    const char *last = strrchr(name, '.');
    struct str path = {0};
    str_add(&path, "namespaces/");
    for (const char *p = name; last && p < last;) {
        size_t n = strcspn(p, ".");
        if (p > name)
            str_char(&path, ICEBERG_REST_BETWEEN);
        add_name(&path, p, n);
        p += n + 1;
    }
    str_add(&path, "/tables/");
    add_name(&path, last ? last + 1 : name, strlen(last ? last + 1 : name));
    return str_take(&path);
}

void iceberg_rest_load(struct iceberg_rest *r, const char *path, const char *etag, iceberg_rest_loaded *done, void *arg)
{
    struct iceberg_rest_ask *a =
        iceberg_rest_ask(r, mem_printf("%s?snapshots=all", path), ICEBERG_REST_TABLE_BYTES, done, arg);
    a->etag = mem_strdup_opt(etag);
    iceberg_rest_kick(r);
}

/* ---- making and freeing one ---- */

struct iceberg_rest *iceberg_rest_new(struct event_base *base, struct net_http *http,
                                      const struct iceberg_rest_settings *s)
{
    struct iceberg_rest *r = mem_new(struct iceberg_rest);
    size_t n = strlen(s->uri);
    while (n && s->uri[n - 1] == '/')
        n--;
    r->http = http;
    r->kick = evtimer_new(base, on_kick, r);
    r->clock = s->clock;
    r->uri = mem_memdup(s->uri, n);
    r->warehouse = mem_strdup_opt(s->warehouse);
    r->login = net_login_copy(&s->login);
    r->proxy = mem_strdup_opt(s->proxy);
    for (size_t i = 0; s->headers && s->headers[i] && i < ICEBERG_REST_HEADERS; i++)
        r->headers[i] = mem_strdup(s->headers[i]);
    r->deadline_ms = s->deadline_ms;
    if (s->client_secret) {
        r->form = token_form(s);
        r->secret = mem_strdup(s->client_secret);
        r->oauth_uri = s->oauth_uri ? mem_strdup(s->oauth_uri) : mem_printf("%s/v1/oauth/tokens", r->uri);
    }
    return r;
}

void iceberg_rest_free(struct iceberg_rest *r)
{
    if (!r)
        return;
    iceberg_rest_list_cancel(r);
    while (r->asks.n)
        iceberg_rest_unask(r->asks.items[0]);
    vec_done(&r->asks);
    if (r->token_call)
        net_http_cancel(r->token_call);
    event_free(r->kick);
    net_token_done(&r->token);
    iceberg_rest_config_done(&r->config);
    net_login_done(&r->login);
    free(r->uri);
    free(r->warehouse);
    free(r->oauth_uri);
    mem_free_secret(r->form);
    mem_free_secret(r->secret);
    mem_free_secret(r->proxy);
    for (size_t i = 0; r->headers[i]; i++)
        free(r->headers[i]);
    free(r);
}
