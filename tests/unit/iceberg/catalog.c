/* A REST catalog of the tests' own. */
#include "tests/unit/iceberg/catalog.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOK_MS = 1000, CONNECTIONS = 64, PATHS = 2048 };

struct connection {
    int fd;
    struct str in;
};

struct catalog {
    struct catalog_settings settings;
    int fd, port, wake[2];
    pthread_t thread;
    pthread_mutex_t lock; /* over all that follows, and the settings */
    VEC(char *) requests;
    const char *path, *bytes; /* overridden */
    int tokens, least;        /* tokens given; the lowest that is taken */
    VEC(struct connection) open;
};

/* ---- answers ---- */

static void send_all(int fd, const struct str *s)
{
    for (size_t at = 0; at < s->len;) {
        ssize_t n = send(fd, s->s + at, s->len - at, MSG_NOSIGNAL);
        if (n <= 0)
            return;
        at += (size_t)n;
    }
}

static void reply(int fd, int status, const char *header, const char *body)
{
    struct str out = {0};
    str_printf(&out, "HTTP/1.1 %d x\r\nContent-Type: application/json\r\n%s", status, header);
    if (status != 304)
        str_printf(&out, "Content-Length: %zu\r\n", strlen(body));
    str_printf(&out, "\r\n%s", status == 304 ? "" : body);
    send_all(fd, &out);
    str_done(&out);
}

static void refuse(int fd, int status, const char *type, const char *message)
{
    char *body = mem_printf("{\"error\":{\"message\":\"%s\",\"type\":\"%s\",\"code\":%d}}", message, type, status);
    reply(fd, status, "", body);
    free(body);
}

/* Percent-decoded; %1F and whatever else separates levels becomes a dot. */
static char *decode(const struct catalog *c, const char *text, size_t len)
{
    const char *between = c->settings.separator ? c->settings.separator : "%1F";
    struct str out = {0};
    for (size_t i = 0; i < len; i++)
        if (strncmp(text + i, between, strlen(between)) == 0) {
            str_char(&out, '.');
            i += strlen(between) - 1;
        } else if (text[i] == '%' && i + 2 < len) {
            const char hex[] = {text[i + 1], text[i + 2], 0};
            str_char(&out, (char)strtoul(hex, NULL, 16));
            i += 2;
        } else {
            str_char(&out, text[i]);
        }
    return str_take(&out);
}

/* A parameter's value on the heap; NULL if it is not there. */
static char *parameter(const struct catalog *c, const char *query, const char *key)
{
    for (const char *p = query; p && *p; p = strchr(p, '&') ? strchr(p, '&') + 1 : NULL) {
        size_t n = strlen(key);
        if (strncmp(p, key, n) == 0 && p[n] == '=')
            return decode(c, p + n + 1, strcspn(p + n + 1, "&"));
    }
    return NULL;
}

static void add_levels(struct str *out, const char *dotted)
{
    str_char(out, '[');
    for (const char *p = dotted; *p;) {
        size_t n = strcspn(p, ".");
        str_printf(out, "%s\"%.*s\"", p > dotted ? "," : "", (int)n, p);
        p += n + (p[n] == '.');
    }
    str_char(out, ']');
}

/* Writes a list of which a page is wanted. */
static void send_page(const struct catalog *c, int fd, const char *query, const char *key, char **items, size_t n)
{
    char *token = parameter(c, query, "pageToken");
    size_t from = token && *token ? strtoul(token, NULL, 10) : 0, size = c->settings.page ? c->settings.page : n + 1;
    struct str out = {0};
    str_printf(&out, "{\"%s\":[", key);
    for (size_t i = from; i < n && i < from + size; i++)
        str_printf(&out, "%s%s", i > from ? "," : "", items[i]);
    str_add(&out, "]");
    if (from + size < n)
        str_printf(&out, ",\"next-page-token\":\"%zu\"", from + size);
    str_add(&out, "}");
    reply(fd, 200, "", str_text(&out));
    str_done(&out);
    free(token);
}

/* The namespace one level below parent in which a table lies; NULL if it does not lie below it. */
static char *child(const struct catalog *c, const char *namespace, const char *parent)
{
    size_t n = c->settings.flat ? 0 : strlen(parent);
    if (strncmp(namespace, parent, n) != 0 || (n && namespace[n] != '.'))
        return NULL;
    size_t end = n + (n > 0);
    return mem_memdup(namespace, end + strcspn(namespace + end, "."));
}

static void send_namespaces(const struct catalog *c, int fd, const char *query)
{
    char *parent = parameter(c, query, "parent");
    VEC(char *) items = {0};
    for (const struct catalog_table *t = c->settings.tables; t->namespace; t++) {
        char *name = child(c, t->namespace, parent ? parent : "");
        struct str item = {0};
        if (name)
            add_levels(&item, name);
        bool known = !name;
        for (size_t i = 0; i < items.n && !known; i++)
            known = strcmp(items.items[i], item.s) == 0;
        if (!known)
            vec_push(&items, str_take(&item));
        str_done(&item);
        free(name);
    }
    send_page(c, fd, query, "namespaces", items.items, items.n);
    for (size_t i = 0; i < items.n; i++)
        free(items.items[i]);
    vec_done(&items);
    free(parent);
}

static void send_tables(const struct catalog *c, int fd, const char *namespace, const char *query)
{
    VEC(char *) items = {0};
    for (const struct catalog_table *t = c->settings.tables; t->namespace; t++) {
        struct str item = {0};
        if (!t->name || strcmp(t->namespace, namespace) != 0)
            continue;
        str_add(&item, "{\"namespace\":");
        add_levels(&item, namespace);
        str_printf(&item, ",\"name\":\"%s\"}", t->name);
        vec_push(&items, str_take(&item));
    }
    send_page(c, fd, query, "identifiers", items.items, items.n);
    for (size_t i = 0; i < items.n; i++)
        free(items.items[i]);
    vec_done(&items);
}

static void send_table(const struct catalog *c, int fd, const char *namespace, const char *name, const char *request)
{
    const struct catalog_table *t = c->settings.tables;
    while (t->namespace && !(t->name && strcmp(t->namespace, namespace) == 0 && strcmp(t->name, name) == 0))
        t++;
    if (!t->namespace) {
        refuse(fd, 404, "NoSuchTableException", "Table does not exist");
        return;
    }
    char *etag = c->settings.etags ? mem_printf("ETag: W/\"%zx\"\r\n", strlen(t->metadata) * 31) : mem_strdup("");
    const char *match = strstr(request, "If-None-Match: ");
    struct str out = {0};
    str_add(&out, "{");
    if (t->location)
        str_printf(&out, "\"metadata-location\":\"%s\",", t->location);
    str_printf(&out, "\"config\":{\"s3.secret-access-key\":\"hush\",\"n\":\"%zu\"},\"metadata\":%s}", c->requests.n,
               t->metadata);
    bool same = *etag && match && strncmp(match + 15, etag + 6, strlen(etag) - 6) == 0;
    reply(fd, same ? 304 : 200, etag, str_text(&out));
    str_done(&out);
    free(etag);
}

static void send_config(const struct catalog *c, int fd)
{
    struct str out = {0};
    str_add(&out, "{\"defaults\":{\"prefix\":\"not/this\"},\"overrides\":{");
    str_printf(&out, "\"prefix\":\"%s\"", c->settings.prefix ? c->settings.prefix : "");
    if (c->settings.separator)
        str_printf(&out, ",\"namespace-separator\":\"%s\"", c->settings.separator);
    str_add(&out, "}}");
    reply(fd, 200, "", str_text(&out));
    str_done(&out);
}

static void send_token(struct catalog *c, int fd, const char *request)
{
    char *secret = mem_printf("client_secret=%s&", c->settings.secret);
    if (strncmp(request, "POST ", 5) == 0 && strstr(request, secret)) {
        char *life = c->settings.token_s ? mem_printf(",\"expires_in\":%d", c->settings.token_s) : mem_strdup("");
        char *body = mem_printf("{\"access_token\":\"t-%d\",\"token_type\":\"bearer\"%s}", ++c->tokens, life);
        reply(fd, 200, "", body);
        free(body);
        free(life);
    } else {
        reply(fd, 401, "", "{\"error\":\"invalid_client\",\"error_description\":\"who are you\"}");
    }
    free(secret);
}

static bool is_known(const struct catalog *c, const char *request)
{
    const char *token = strstr(request, "Authorization: Bearer t-");
    return !c->settings.secret || (token && strtol(token + strlen("Authorization: Bearer t-"), NULL, 10) >= c->least);
}

/* What comes behind the prefix: namespaces, or what is in one. */
static void answer_below(const struct catalog *c, int fd, char *path, const char *query, const char *request)
{
    char *table = strstr(path, "/tables/"), *tables = strstr(path, "/tables");
    if (c->settings.no_pages && query && strstr(query, "pageSize")) {
        refuse(fd, 400, "BadRequestException", "no pages here");
    } else if (strcmp(path, "namespaces") == 0) {
        send_namespaces(c, fd, query);
    } else if (table && strncmp(path, "namespaces/", 11) == 0) {
        char *namespace = decode(c, path + 11, (size_t)(table - path - 11));
        char *name = decode(c, table + 8, strlen(table + 8));
        send_table(c, fd, namespace, name, request);
        free(namespace);
        free(name);
    } else if (tables && strncmp(path, "namespaces/", 11) == 0) {
        char *namespace = decode(c, path + 11, (size_t)(tables - path - 11));
        send_tables(c, fd, namespace, query);
        free(namespace);
    } else {
        refuse(fd, 404, "NotFoundException", "no such path");
    }
}

static void answer(struct catalog *c, int fd, const char *request)
{
    char line[PATHS];
    const char *path = strchr(request, ' ');
    snprintf(line, sizeof line, "%.*s", path ? (int)strcspn(path + 1, " \r") : 0, path ? path + 1 : "");
    char *query = strchr(line, '?'), *prefix = mem_printf("/cat/v1/%s%s", c->settings.prefix ? c->settings.prefix : "",
                                                          c->settings.prefix ? "/" : "");
    if (c->path && strstr(line, c->path)) {
        struct str bytes = {0};
        str_add(&bytes, c->bytes);
        send_all(fd, &bytes);
        str_done(&bytes);
        free(prefix);
        return;
    }
    if (query)
        *query++ = 0;
    if (strcmp(line, "/cat/v1/oauth/tokens") == 0)
        send_token(c, fd, request);
    else if (!is_known(c, request))
        refuse(fd, 401, "NotAuthorizedException", "token has gone");
    else if (strcmp(line, "/cat/v1/config") == 0)
        send_config(c, fd);
    else if (strncmp(line, prefix, strlen(prefix)) == 0)
        answer_below(c, fd, line + strlen(prefix), query, request);
    else
        refuse(fd, 404, "NotFoundException", "no such prefix");
    free(prefix);
}

/* ---- connections ---- */

/* Is the request whole: its headers and the body that they announce? */
static bool whole(const struct str *in)
{
    const char *text = str_text(in), *end = strstr(text, "\r\n\r\n"), *length = strcasestr(text, "content-length:");
    size_t want = end && length && length < end ? strtoul(length + strlen("content-length:"), NULL, 10) : 0;
    return end && in->len >= (size_t)(end + 4 - text) + want;
}

/* Reads what has come; false when the connection is over. */
static bool serve(struct catalog *c, struct connection *k)
{
    char buf[4096];
    ssize_t got = recv(k->fd, buf, sizeof buf, 0);
    if (got <= 0)
        return false;
    str_bytes(&k->in, buf, (size_t)got);
    if (!whole(&k->in))
        return true;
    pthread_mutex_lock(&c->lock);
    vec_push(&c->requests, mem_strdup(str_text(&k->in)));
    answer(c, k->fd, str_text(&k->in));
    bool over = c->path && strstr(str_text(&k->in), c->path);
    pthread_mutex_unlock(&c->lock);
    str_clear(&k->in);
    return !over;
}

static void *run(void *arg)
{
    struct catalog *c = arg;
    for (;;) {
        struct pollfd p[CONNECTIONS + 2] = {{.fd = c->wake[0], .events = POLLIN}, {.fd = c->fd, .events = POLLIN}};
        for (size_t i = 0; i < c->open.n; i++)
            p[i + 2] = (struct pollfd){.fd = c->open.items[i].fd, .events = POLLIN};
        poll(p, c->open.n + 2, LOOK_MS);
        if (p[0].revents)
            return NULL;
        for (size_t i = c->open.n; i-- > 0;)
            if (p[i + 2].revents && !serve(c, &c->open.items[i])) {
                close(c->open.items[i].fd);
                str_done(&c->open.items[i].in);
                c->open.items[i] = c->open.items[--c->open.n];
            }
        if (p[1].revents && c->open.n < CONNECTIONS)
            vec_push(&c->open, (struct connection){.fd = accept(c->fd, NULL, NULL)});
    }
}

struct catalog *catalog_start(const struct catalog_settings *settings)
{
    struct catalog *c = mem_new(struct catalog);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof a;
    c->settings = *settings;
    c->least = 1;
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(c->fd, (struct sockaddr *)&a, len) || listen(c->fd, 64) ||
        getsockname(c->fd, (struct sockaddr *)&a, &len) || pipe(c->wake))
        abort();
    c->port = ntohs(a.sin_port);
    pthread_mutex_init(&c->lock, NULL);
    pthread_create(&c->thread, NULL, run, c);
    return c;
}

char *catalog_url(const struct catalog *c, const char *path)
{
    return mem_printf("http://127.0.0.1:%d/cat%s", c->port, path);
}

void catalog_stop(struct catalog *c)
{
    close(c->wake[1]);
    pthread_join(c->thread, NULL);
    for (size_t i = 0; i < c->open.n; i++) {
        close(c->open.items[i].fd);
        str_done(&c->open.items[i].in);
    }
    vec_done(&c->open);
    close(c->wake[0]);
    close(c->fd);
    catalog_forget(c);
    vec_done(&c->requests);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

struct catalog_settings *catalog_lock(struct catalog *c)
{
    pthread_mutex_lock(&c->lock);
    return &c->settings;
}

void catalog_unlock(struct catalog *c)
{
    pthread_mutex_unlock(&c->lock);
}

void catalog_override(struct catalog *c, const char *path, const char *bytes)
{
    pthread_mutex_lock(&c->lock);
    c->path = path;
    c->bytes = bytes;
    pthread_mutex_unlock(&c->lock);
}

void catalog_revoke(struct catalog *c)
{
    pthread_mutex_lock(&c->lock);
    c->least = c->tokens + 1;
    pthread_mutex_unlock(&c->lock);
}

size_t catalog_count(struct catalog *c, const char *text)
{
    size_t n = 0;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->requests.n; i++)
        n += strstr(c->requests.items[i], text) != NULL;
    pthread_mutex_unlock(&c->lock);
    return n;
}

void catalog_forget(struct catalog *c)
{
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->requests.n; i++)
        free(c->requests.items[i]);
    c->requests.n = 0;
    pthread_mutex_unlock(&c->lock);
}
