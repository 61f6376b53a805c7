/* What the parts of the REST catalog share; nobody but iceberg/rest_*.c includes it. */
#ifndef ICEBERG_REST_INTERNAL_H
#define ICEBERG_REST_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "iceberg/rest_catalog.h"
#include "iceberg/rest_page.h"
#include "net/login.h"
#include "net/token.h"

#include <event2/event.h>

enum {
    HTTP_OK = 200,
    HTTP_NOT_MODIFIED = 304,
    HTTP_BAD_REQUEST = 400,
    HTTP_UNAUTHORIZED = 401,
    HTTP_NOT_FOUND = 404,
    HTTP_NOT_ALLOWED = 405,
    HTTP_NOT_ACCEPTABLE = 406,
    HTTP_LOGIN_TIMEOUT = 419,
    HTTP_TOO_MANY = 429,
    HTTP_NOT_IMPLEMENTED = 501,
    HTTP_SLOW_DOWN = 503,
    ICEBERG_REST_HEADERS = 64, /* of the settings */
};

/* Stands in paths where the separator of a namespace's levels goes, until the server has said what that is; names are
 * percent-encoded, so that it cannot be theirs. */
#define ICEBERG_REST_BETWEEN '\x1f'

/* The end of a request: an answer of whatever status, or an error. */
typedef void iceberg_rest_answered(void *arg, const struct net_http_answer *answer, const struct error *err);

struct iceberg_rest_ask {
    struct iceberg_rest *r;
    char *path; /* below the prefix, with its query */
    char *url;  /* once it is on its way */
    char *etag;
    size_t max_body;
    bool config;                /* it is the one for the configuration */
    bool again;                 /* a token was refused once */
    uint64_t number;            /* in the order they were made */
    uint64_t token;             /* the number of the token that it was sent with */
    struct net_http_call *call; /* NULL while it waits for token or configuration */
    iceberg_rest_answered *done;
    void *arg;
};

struct iceberg_rest_listing;

struct iceberg_rest {
    struct net_http *http;
    const struct clock *clock;
    char *uri, *warehouse, *oauth_uri;
    char *form, *secret;  /* for a token; NULL: none is asked for */
    struct net_login login;
    char *proxy;
    char *headers[ICEBERG_REST_HEADERS + 1];
    int deadline_ms;
    struct net_token token;
    struct net_http_call *token_call;
    int64_t token_asked_ms;
    uint64_t tokens; /* that came, the last one's number */
    struct iceberg_rest_config config; /* separator NULL: not known yet */
    VEC(struct iceberg_rest_ask *) asks;
    uint64_t made;      /* asks */
    struct event *kick; /* lets what waits go on, in a turn of its own */
    struct iceberg_rest_listing *listing;
};

/* Makes a request; the path is taken. It goes on its way with the next iceberg_rest_kick, when token and
 * configuration are there; then done is called, once. */
struct iceberg_rest_ask *iceberg_rest_ask(struct iceberg_rest *r, char *path, size_t max_body,
                                          iceberg_rest_answered *done, void *arg);
/* Ends it without a call. */
void iceberg_rest_unask(struct iceberg_rest_ask *a);
/* Lets what waits go on, in a turn of its own. */
void iceberg_rest_kick(struct iceberg_rest *r);

#endif
