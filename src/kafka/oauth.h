/* Tokens for OAUTHBEARER by client credentials (RFC 6749, section 4.4): asked for at a token endpoint over HTTP, kept until
 * they grow old, and shared by all clients of a cluster. From any thread. */
#ifndef KAFKA_OAUTH_H
#define KAFKA_OAUTH_H

#include "base/clock.h"
#include "base/error.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

struct conf_property;
struct kafka_oauth;

/* A token and how long it is good for by our clock. */
struct kafka_oauth_token {
    char *value;                /* a secret */
    char *principal;            /* its subject, or the client id: for logs only */
    int64_t since_ms, until_ms; /* wall time */
};

enum {
    KAFKA_OAUTH_DEADLINE_MS = 10000,   /* for one answer of the endpoint */
    KAFKA_OAUTH_MAX_BYTES = 64 * 1024, /* of an answer */
    KAFKA_OAUTH_RETRY_MS = 1000,       /* after a failure; doubles with each further one */
    KAFKA_OAUTH_MAX_RETRY_MS = 30000,
};

/* For the properties of a cluster, which are copied; NULL if they do not ask for client credentials. */
struct kafka_oauth *kafka_oauth_new(const struct conf_property *properties, size_t n, const struct clock *clock);
void kafka_oauth_free(struct kafka_oauth *o); /* no call may be under way; NULL is allowed */

/* A token: the one that is kept while less than 3/4 of its life have passed, else a new one; one that is older but good for
 * some seconds yet where the endpoint fails. One thread asks for all. Blocks until then, for KAFKA_OAUTH_DEADLINE_MS at
 * most, or until *stop (NULL: none) is true. After a failure the endpoint is left alone for a while, and
 * the error is the same at once. Errors are those of net/http.h, and ERR_REMOTE where the answer is none or a refusal;
 * they never hold the secret or a token. */
int kafka_oauth_get(struct kafka_oauth *o, const atomic_bool *stop, struct kafka_oauth_token *ret, struct error *err);

/* Wipes and frees what the token owns. A zeroed one is allowed. */
void kafka_oauth_token_done(struct kafka_oauth_token *t);

/* The configured SASL extensions as key, value, key, value, ...; *n counts the strings. The source's. */
const char **kafka_oauth_extensions(const struct kafka_oauth *o, size_t *n);

/* Reads a token endpoint's answer of 200, asked for at now_ms: lifetime by expires_in, else by the exp claim of a JWT. Nothing
 * is verified: that is the broker's to do. client is the principal of a token that names none. ERR_REMOTE. */
int kafka_oauth_parse(const char *body, size_t len, int64_t now_ms, const char *client, struct kafka_oauth_token *ret,
                      struct error *err);

#endif
