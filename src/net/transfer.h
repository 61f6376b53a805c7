/* One HTTP request as a libcurl handle; nobody but net/http.c includes it. */
#ifndef NET_TRANSFER_H
#define NET_TRANSFER_H

#include "net/body.h"
#include "net/http.h"

#include <curl/curl.h>

struct net_transfer {
    CURL *easy; /* ready to be performed or added to a multi handle */
    struct curl_slist *headers;
    char *shown; /* the URL as texts may show it */
    struct net_body body;
    size_t header_bytes;
    bool headers_full; /* they hit their cap */
    bool guarded;      /* carries credentials: redirects are not followed */
    bool proxied;      /* through a proxy of the request's own, whose URL is not shown */
    int deadline_ms;
    char detail[CURL_ERROR_SIZE]; /* libcurl's words */
};

/* Sets a zeroed one up. ERR_INVALID, as net/http.h says; then there is nothing to be done with it. */
int net_transfer_init(struct net_transfer *t, const struct net_http_request *r, struct error *err);

/* What came of it, once it has been performed with this code. */
int net_transfer_end(struct net_transfer *t, CURLcode code, struct net_http_answer *ret, struct error *err);

/* Wipes and frees; the handle is in no multi handle any more. A zeroed one is allowed. */
void net_transfer_done(struct net_transfer *t);

/* "https://host:port/path" of a URL on the heap: no credentials, no query. ERR_INVALID if it is no such URL, or holds
 * credentials. */
int net_transfer_show(const char *url, char **ret, struct error *err);

#endif
