/* HTTP as icetop asks for it: reading over libcurl, on the loop or blocking on a thread, each request with a deadline and a
 * cap on what comes back.
 *
 * A request is a GET, or the POST of a form where an OAuth token endpoint wants one; there is no way to ask for anything
 * that changes something. Bodies are asked for as gzip; they are inflated, have to have its end, and the cap holds for what comes
 * out. Certificates are verified unless net_tls says otherwise. Redirects are followed, a few, within http and
 * https and never from https to http; not one of them where a request carries credentials. Proxies: that of the request,
 * else those of the environment (https_proxy, no_proxy, ...), as curl takes them. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/error.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct net_http;
struct net_http_call;

/* Whom to trust and who we are; a zeroed one trusts what the system trusts, and shows no certificate. All paths are of PEM
 * files. */
struct net_tls {
    const char *ca;                /* a file, or a directory as `openssl rehash` makes them, in place of the system's */
    const char *certificate, *key; /* ours; key NULL: in the certificate's file */
    const char *key_password;      /* of an encrypted key; a secret */
    bool insecure;                 /* neither the certificate nor its name is verified */
};

/* Who asks. At most one of password and bearer may be set, and neither where a header is Authorization. */
struct net_auth {
    const char *user, *password; /* Basic; the password is a secret */
    const char *bearer;          /* a token; a secret */
    const char *const *headers;  /* of one's own, "Name: value", secrets; NULL-terminated, or NULL */
};

/* Everything is copied; strings are NULL where there are none. */
struct net_http_request {
    const char *url;            /* http or https, without credentials in it */
    const char *form;           /* a body of application/x-www-form-urlencoded: makes it a POST; may hold a secret */
    const char *const *headers; /* further ones, "Name: value", NULL-terminated, or NULL; none that logs in */
    struct net_auth auth;
    struct net_tls tls;
    const char *proxy; /* a URL as curl takes it: http://H:P, socks5h://H:P (names are resolved by the proxy);
                                     "": none, whatever the environment says; may hold credentials, is never shown */
    int deadline_ms;   /* for all of it, redirects included; 0: NET_HTTP_DEADLINE_MS */
    size_t max_body;   /* bytes after inflation; 0: NET_HTTP_MAX_BODY */
};

enum {
    NET_HTTP_DEADLINE_MS = 10000,
    NET_HTTP_MAX_BODY = 4 * 1024 * 1024,
    NET_HTTP_MAX_HEADERS = 64 * 1024, /* bytes of all header lines of one answer */
    NET_HTTP_MAX_REDIRECTS = 5,
};

/* What came back, whatever its status: 404 is an answer. */
struct net_http_answer {
    int status; /* 100 to 599 */
    char *body; /* len bytes and a NUL behind them */
    size_t len;
    char content_type[128]; /* "" if none was named; cut */
    char etag[256];         /* as written, for If-None-Match; "" if none was named, or a longer one */
};

/* ---- on the loop ---- */

/* Called once for each request, on the loop, never from within net_http_start: with an answer, whose body is borrowed until
 * the return, or with answer NULL and an error. */
typedef void net_http_done(void *arg, const struct net_http_answer *answer, const struct error *err);

/* Keeps connections for all requests that are made with it. */
struct net_http *net_http_new(struct event_base *base);
/* Cancels what is under way: no done is called. NULL is allowed. */
void net_http_free(struct net_http *h);

/* Starts a request. The call is valid until done is called. Errors of the request itself (a malformed URL) come to done
 * as well. */
struct net_http_call *net_http_start(struct net_http *h, const struct net_http_request *request, net_http_done *done,
                                     void *arg);
/* Ends it; done is not called. */
void net_http_cancel(struct net_http_call *call);

/* ---- on a thread ---- */

/* The same, blocking: until there is an answer, the deadline has passed or *stop (NULL: none) has turned true, which
 * is noticed within 100 ms (ERR_CLOSED). */
int net_http_get(const struct net_http_request *request, const atomic_bool *stop, struct net_http_answer *ret,
                 struct error *err);
/* Wipes and frees the body. A zeroed one is allowed. */
void net_http_answer_done(struct net_http_answer *a);

/* The body of an answer that is borrowed, for its taker to free; the answer is left without one. For bodies that are too
 * large to be copied on the loop. */
char *net_http_answer_take(const struct net_http_answer *a);

/* ---- errors ----
 * ERR_INVALID    the request is malformed: URL, a file of net_tls, both kinds of credentials
 * ERR_UNAVAILABLE no connection, or it broke: name unknown, refused, TLS not verified, half an answer, gzip that is cut off
 * ERR_TIMEOUT    the deadline; the text says what had come until then
 * ERR_LIMIT      body, headers or redirects beyond their cap; of a body, what is known of its size
 * ERR_REMOTE     no HTTP, an encoding that was not asked for, or a redirect that is not followed
 * Texts begin with the URL's scheme, host and path; its query, forms and credentials are never part of them. */

/* An answer as an error, for callers that only want 2xx: ERR_REMOTE "URL: 401 Unauthorized", with the beginning of a short
 * body that is text, made safe for a terminal. 0 for 2xx. */
int net_http_check(const struct net_http_request *request, const struct net_http_answer *answer, struct error *err);

/* Appends text percent-encoded, as a form and a query want it. */
struct str;
void net_http_encode(struct str *out, const char *text);

#endif
