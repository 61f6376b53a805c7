/* The workers of a Connect cluster as they are asked. */
#include "connect/endpoints.h"

#include "base/mem.h"
#include "connect/redact.h"
#include "connect/rest.h"
#include "net/http.h"
#include "source/source.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void connect_endpoints_init(struct connect_endpoints *e, const char *const *urls)
{
    *e = (struct connect_endpoints){.serving = -1};
    while (urls[e->n])
        e->n++;
    e->items = mem_calloc(e->n, sizeof *e->items);
    for (size_t i = 0; i < e->n; i++)
        e->items[i].url = mem_strdup(urls[i]);
}

void connect_endpoints_done(struct connect_endpoints *e)
{
    for (size_t i = 0; i < e->n; i++) {
        free(e->items[i].url);
        free(e->items[i].why);
        free(e->items[i].version);
        free(e->items[i].kafka_id);
    }
    free(e->items);
    *e = (struct connect_endpoints){.serving = -1};
}

/* ---- words ---- */

/* Appends the text without " after 3 ms". */
static void steady(struct str *out, const char *text)
{
    static const char after[] = " after ";
    for (const char *s = text; *s;) {
        const char *digits = strncmp(s, after, sizeof after - 1) == 0 ? s + sizeof after - 1 : NULL, *end = digits;
        while (end && isdigit((unsigned char)*end))
            end++;
        if (end && end > digits && strncmp(end, " ms", 3) == 0)
            s = end + 3;
        else
            str_char(out, *s++);
    }
}

void connect_endpoints_words(const struct connect_endpoint *e, const struct error *err, struct str *out)
{
    struct str plain = {0};
    if (err->code == ERR_TIMEOUT)
        str_printf(&plain, "%s: no answer in time", e->url);
    else
        steady(&plain, err->text);
    connect_redact_text(out, str_text(&plain));
    str_done(&plain);
}

static void set_why(struct connect_endpoint *e, const struct error *err)
{
    struct str s = {0};
    free(e->why);
    connect_endpoints_words(e, err, &s);
    e->why = str_take(&s);
}

void connect_endpoints_note(const struct connect_endpoints *all, struct str *out)
{
    const struct connect_endpoint *serving = all->serving >= 0 ? &all->items[all->serving] : NULL;
    if (serving)
        str_printf(out, "Kafka Connect%s%s at %s", serving->version ? " " : "",
                   serving->version ? serving->version : "", serving->url);
    for (size_t i = 0; i < all->n; i++) {
        const struct connect_endpoint *e = &all->items[i];
        if (e->why)
            str_printf(out, "%sdown: %s", out->len ? "; " : "", e->why);
        else if (serving && e->kafka_id && serving->kafka_id && strcmp(e->kafka_id, serving->kafka_id) != 0)
            str_printf(out, "; %s works on another Kafka cluster", e->url);
    }
}

void connect_endpoints_tell(struct connect_endpoints *all, struct store *store, const char *source)
{
    for (size_t i = 0; all->n > 1 && i < all->n; i++) {
        struct connect_endpoint *e = &all->items[i];
        if (e->why && !e->told)
            source_event(store, source, "warn", source, "worker is down: %s", e->why);
        else if (!e->why && e->told)
            source_event(store, source, "info", source, "worker is back: %s", e->url);
        e->told = e->why;
    }
}

/* ---- choosing ---- */

void connect_endpoints_begin(struct connect_endpoints *all)
{
    for (size_t i = 0; i < all->n; i++) {
        all->items[i].rank = CONNECT_ENDPOINTS_PENDING;
        all->items[i].tried = false;
    }
}

void connect_endpoints_root(struct connect_endpoints *all, size_t i, const char *url,
                            const struct net_http_answer *answer, const struct error *err)
{
    struct connect_endpoint *e = &all->items[i];
    struct connect_rest_root root = {0};
    struct error own = err ? *err : (struct error){0};
    const struct net_http_request request = {.url = url};
    int rc = err ? err->code : net_http_check(&request, answer, &own);
    if (rc == 0 && (rc = connect_rest_root(answer->body, answer->len, &root, &own)) != 0)
        error_prefix(&own, "%s", e->url);
    e->rank = rc == 0 ? CONNECT_ENDPOINTS_GOOD : answer ? CONNECT_ENDPOINTS_ODD : CONNECT_ENDPOINTS_DOWN;
    if (rc != 0) {
        set_why(e, &own);
        return;
    }
    free(e->why);
    free(e->version);
    free(e->kafka_id);
    e->why = NULL;
    e->version = root.version;
    e->kafka_id = root.kafka_cluster_id;
}

void connect_endpoints_failed(struct connect_endpoints *all, size_t i, const struct error *err)
{
    all->items[i].tried = true;
    if (all->n > 1)
        set_why(&all->items[i], err);
}

int connect_endpoints_choose(const struct connect_endpoints *all, bool *wait)
{
    int good = -1, odd = -1;
    *wait = false;
    for (size_t k = 0; k < all->n; k++) {
        size_t i = all->serving >= 0 ? ((size_t)all->serving + k) % all->n : k; /* the one before goes first */
        const struct connect_endpoint *e = &all->items[i];
        if (e->tried)
            continue;
        if (e->rank == CONNECT_ENDPOINTS_PENDING) {
            *wait = true;
            if ((int)i == all->serving)
                return -1;
        }
        if (e->rank == CONNECT_ENDPOINTS_GOOD && good < 0)
            good = (int)i;
        if (e->rank == CONNECT_ENDPOINTS_ODD && odd < 0)
            odd = (int)i;
    }
    return good >= 0 || *wait ? good : odd;
}

size_t connect_endpoints_left(const struct connect_endpoints *all)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        n += !all->items[i].tried && all->items[i].rank != CONNECT_ENDPOINTS_DOWN;
    return n;
}

bool connect_endpoints_is_down(const struct connect_endpoints *all, const char *worker)
{
    for (size_t i = 0; i < all->n; i++) {
        const char *host = strstr(all->items[i].url, "://");
        host = host ? host + 3 : all->items[i].url;
        size_t len = strcspn(host, "/");
        if (all->items[i].rank == CONNECT_ENDPOINTS_DOWN && strlen(worker) == len &&
            strncasecmp(host, worker, len) == 0)
            return true;
    }
    return false;
}
