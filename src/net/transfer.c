/* One HTTP request as a libcurl handle: its options, its caps, and what came of it. */
#include "net/transfer.h"

#include "base/mem.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- URLs ---- */

/* One part of a URL, for curl_free; NULL if it has none. */
static char *url_part(CURLU *u, CURLUPart part, unsigned flags)
{
    char *text = NULL;
    return curl_url_get(u, part, &text, flags) == CURLUE_OK ? text : NULL;
}

static int show_parsed(CURLU *u, bool strip, char **ret, struct error *err)
{
    char *scheme = url_part(u, CURLUPART_SCHEME, 0), *host = url_part(u, CURLUPART_HOST, 0);
    char *port = url_part(u, CURLUPART_PORT, 0), *path = url_part(u, CURLUPART_PATH, 0);
    char *user = url_part(u, CURLUPART_USER, 0), *password = url_part(u, CURLUPART_PASSWORD, 0);
    int rc = 0;
    if (!scheme || !host || (strcmp(scheme, "http") != 0 && strcmp(scheme, "https") != 0))
        rc = error_set(err, ERR_INVALID, "only http and https can be asked");
    else if (!strip && (user || password))
        rc = error_set(err, ERR_INVALID, "a URL does not hold credentials: they are given apart from it");
    if (rc == 0) {
        struct str s = {0};
        char *whole = mem_printf("%s://%s%s%s%s", scheme, host, port ? ":" : "", port ? port : "", path ? path : "/");
        text_safe(&s, whole, strlen(whole));
        free(whole);
        *ret = str_take(&s);
    }
    if (password)
        explicit_bzero(password, strlen(password));
    char *const parts[] = {scheme, host, port, path, user, password};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        curl_free(parts[i]);
    return rc;
}

/* strip: credentials are left out instead of refused. */
static int show(const char *url, bool strip, char **ret, struct error *err)
{
    CURLU *u = curl_url();
    CURLUcode code = curl_url_set(u, CURLUPART_URL, url, 0);
    int rc =
        code ? error_set(err, ERR_INVALID, "not a URL: %s", curl_url_strerror(code)) : show_parsed(u, strip, ret, err);
    curl_url_cleanup(u);
    return rc;
}

int net_transfer_show(const char *url, char **ret, struct error *err)
{
    return show(url, false, ret, err);
}

/* ---- what arrives ---- */

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct net_transfer *t = arg;
    return net_body_add(&t->body, bytes, size * n) ? size * n : 0;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *arg)
{
    struct net_transfer *t = arg;
    net_body_header(&t->body, bytes, size * n);
    t->header_bytes += size * n;
    t->headers_full = t->header_bytes > NET_HTTP_MAX_HEADERS;
    return t->headers_full ? 0 : size * n;
}

/* ---- options ---- */

/* Headers that log in, for which struct net_auth is there: redirects depend on knowing of them. */
static bool logs_in(const char *header)
{
    static const char *const names[] = {"Authorization:", "Proxy-Authorization:", "Cookie:"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncasecmp(header, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static int set_headers(struct net_transfer *t, const struct net_http_request *r, struct error *err)
{
    for (size_t i = 0; r->headers && r->headers[i]; i++) {
        const char *h = r->headers[i];
        if (!strchr(h, ':') || strpbrk(h, "\r\n") || logs_in(h))
            return error_set(err, ERR_INVALID, "%s: header %zu is malformed or one that logs in", t->shown, i + 1);
        t->headers = curl_slist_append(t->headers, h);
    }
    for (size_t i = 0; r->auth.headers && r->auth.headers[i]; i++) {
        const char *h = r->auth.headers[i];
        if (!strchr(h, ':') || strpbrk(h, "\r\n"))
            return error_set(err, ERR_INVALID, "%s: header %zu of one's own is malformed", t->shown, i + 1);
        t->headers = curl_slist_append(t->headers, h);
    }
    t->headers = curl_slist_append(t->headers, "Accept-Encoding: gzip"); /* libcurl does not know, see net/body.h */
    if (r->form)                                                         /* no waiting for leave to send the body */
        t->headers = curl_slist_append(t->headers, "Expect:");
    curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
    return 0;
}

static int set_auth(struct net_transfer *t, const struct net_auth *a, struct error *err)
{
    if (a->bearer && (a->user || a->password))
        return error_set(err, ERR_INVALID, "%s: both a password and a token", t->shown);
    if (a->bearer) {
        if (!*a->bearer || strpbrk(a->bearer, "\r\n"))
            return error_set(err, ERR_INVALID, "%s: a token of more than one line, or of none", t->shown);
        curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(t->easy, CURLOPT_XOAUTH2_BEARER, a->bearer);
    } else if (a->user || a->password) {
        curl_easy_setopt(t->easy, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(t->easy, CURLOPT_USERNAME, a->user ? a->user : "");
        curl_easy_setopt(t->easy, CURLOPT_PASSWORD, a->password ? a->password : "");
    }
    return 0;
}

static int set_tls(struct net_transfer *t, const struct net_tls *tls, struct error *err)
{
    const char *const files[] = {tls->ca, tls->certificate, tls->key};
    struct stat st = {0};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files[i] && access(files[i], R_OK) != 0) /* libcurl's words do not name it */
            return error_set_errno(err, ERR_INVALID, errno, "%s: %s", t->shown, files[i]);
    if (tls->ca && stat(tls->ca, &st) == 0 && S_ISDIR(st.st_mode)) {
        curl_easy_setopt(t->easy, CURLOPT_CAPATH, tls->ca);
        curl_easy_setopt(t->easy, CURLOPT_CAINFO, NULL);
    } else if (tls->ca) {
        curl_easy_setopt(t->easy, CURLOPT_CAINFO, tls->ca);
        curl_easy_setopt(t->easy, CURLOPT_CAPATH, NULL);
    }
    if (tls->certificate) {
        curl_easy_setopt(t->easy, CURLOPT_SSLCERT, tls->certificate);
        curl_easy_setopt(t->easy, CURLOPT_SSLKEY, tls->key ? tls->key : tls->certificate);
        /* Without one OpenSSL would ask on the terminal. */
        curl_easy_setopt(t->easy, CURLOPT_KEYPASSWD, tls->key_password ? tls->key_password : "");
    }
    curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYPEER, tls->insecure ? 0L : 1L);
    curl_easy_setopt(t->easy, CURLOPT_SSL_VERIFYHOST, tls->insecure ? 0L : 2L);
    return 0;
}

static void set_limits(struct net_transfer *t, const struct net_http_request *r)
{
    t->deadline_ms = r->deadline_ms > 0 ? r->deadline_ms : NET_HTTP_DEADLINE_MS;
    net_body_init(&t->body, r->max_body ? r->max_body : NET_HTTP_MAX_BODY);
    curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)t->deadline_ms);
    curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)t->deadline_ms);
    curl_easy_setopt(t->easy, CURLOPT_MAXFILESIZE_LARGE,
                     (curl_off_t)t->body.text.max); /* one that says so before it comes */
    curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
#if LIBCURL_VERSION_NUM >= 0x075700
    curl_easy_setopt(t->easy, CURLOPT_QUICK_EXIT, 1L); /* giving up does not wait for the resolver's thread */
#endif
    curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->detail);
}

static void set_redirects(struct net_transfer *t, const struct net_http_request *r)
{
    t->guarded = r->auth.user || r->auth.password || r->auth.bearer || r->auth.headers || r->form || r->tls.certificate;
    curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(t->easy, CURLOPT_REDIR_PROTOCOLS_STR,
                     strncmp(t->shown, "https:", 6) == 0 ? "https" : "http,https");
    curl_easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, t->guarded ? 0L : 1L);
    curl_easy_setopt(t->easy, CURLOPT_MAXREDIRS, (long)NET_HTTP_MAX_REDIRECTS);
}

int net_transfer_init(struct net_transfer *t, const struct net_http_request *r, struct error *err)
{
    int rc = net_transfer_show(r->url, &t->shown, err);
    if (rc != 0)
        return rc;
    t->easy = curl_easy_init();
    curl_easy_setopt(t->easy, CURLOPT_URL, r->url);
    curl_easy_setopt(t->easy, CURLOPT_USERAGENT, "icetop/" ICETOP_VERSION);
    curl_easy_setopt(t->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (r->proxy)
        curl_easy_setopt(t->easy, CURLOPT_PROXY, r->proxy);
    t->proxied = r->proxy && *r->proxy;
    if (r->form)
        curl_easy_setopt(t->easy, CURLOPT_COPYPOSTFIELDS, r->form);
    set_limits(t, r);
    set_redirects(t, r);
    rc = set_headers(t, r, err);
    if (rc == 0)
        rc = set_auth(t, &r->auth, err);
    if (rc == 0)
        rc = set_tls(t, &r->tls, err);
    if (rc != 0)
        net_transfer_done(t);
    return rc;
}

/* ---- what came of it ---- */

static int code_class(CURLcode code)
{
    switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
        return ERR_INVALID;
    case CURLE_UNSUPPORTED_PROTOCOL: /* of a redirect, and an answer without any header */
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return ERR_REMOTE;
    case CURLE_TOO_MANY_REDIRECTS:
        return ERR_LIMIT;
    default:
        return ERR_UNAVAILABLE;
    }
}

static int failed(struct net_transfer *t, CURLcode code, struct error *err)
{
    int rc = code == CURLE_FILESIZE_EXCEEDED ? net_body_too_large(&t->body, t->shown, err)
                                             : net_body_check(&t->body, t->shown, err);
    if (rc)
        return rc;
    if (t->headers_full)
        return error_set(err, ERR_LIMIT, "%s: the headers are larger than %d bytes, the limit", t->shown,
                         NET_HTTP_MAX_HEADERS);
    if (code == CURLE_OPERATION_TIMEDOUT && t->body.arrived)
        return error_set(err, ERR_TIMEOUT, "%s: %zu bytes and no end of them within %d ms", t->shown, t->body.arrived,
                         t->deadline_ms);
    if (code == CURLE_OPERATION_TIMEDOUT)
        return error_set(err, ERR_TIMEOUT, "%s: no answer within %d ms", t->shown, t->deadline_ms);
    if (code == CURLE_COULDNT_RESOLVE_PROXY && t->proxied)
        return error_set(err, ERR_UNAVAILABLE, "%s: the proxy's name is not known", t->shown);
    struct str s = {0};
    const char *words = *t->detail ? t->detail : curl_easy_strerror(code);
    text_safe(&s, words, strnlen(words, sizeof t->detail));
    rc = error_set(err, code_class(code), "%s: %s", t->shown, str_text(&s));
    str_done(&s);
    return rc;
}

/* A redirect that nobody follows. */
static int redirected(struct net_transfer *t, struct error *err)
{
    char *to = NULL, *shown = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &to);
    if (!to)
        return 0;
    if (show(to, true, &shown, NULL) != 0) /* libcurl puts the request's own user and password into it */
        shown = mem_strdup("elsewhere");
    int rc = error_set(err, ERR_REMOTE, "%s: redirected to %.200s, where credentials do not follow", t->shown, shown);
    free(shown);
    return rc;
}

int net_transfer_end(struct net_transfer *t, CURLcode code, struct net_http_answer *ret, struct error *err)
{
    long status = 0;
    const char *type = NULL;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    int rc = code ? failed(t, code, err) : redirected(t, err);
    if (rc == 0)
        rc = net_body_end(&t->body, (int)status, t->shown, err);
    if (rc != 0)
        return rc;
    curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
    *ret = (struct net_http_answer){.status = (int)status, .len = t->body.text.len};
    snprintf(ret->content_type, sizeof ret->content_type, "%s", type ? type : "");
    struct curl_header *etag = NULL;
    if (curl_easy_header(t->easy, "ETag", 0, CURLH_HEADER, -1, &etag) == CURLHE_OK &&
        strlen(etag->value) < sizeof ret->etag)
        snprintf(ret->etag, sizeof ret->etag, "%s", etag->value);
    ret->body = str_take(&t->body.text);
    return 0;
}

void net_transfer_done(struct net_transfer *t)
{
    if (t->easy)
        curl_easy_cleanup(t->easy);
    for (const struct curl_slist *h = t->headers; h; h = h->next)
        explicit_bzero(h->data, strlen(h->data)); /* may be secret */
    curl_slist_free_all(t->headers);
    net_body_done(&t->body);
    free(t->shown);
    *t = (struct net_transfer){0};
}
