/* Answers of OAuth token endpoints (RFC 6749, section 5). */
#ifndef NET_TOKEN_H
#define NET_TOKEN_H

#include "base/str.h"
#include "net/http.h"

#include <stdint.h>

/* A token and how long it is good for by our clock. Zeroed: none. */
struct net_token {
    char *value;                /* a secret */
    char *subject;              /* of a JWT that names one, else NULL: for logs only */
    int64_t since_ms, until_ms; /* wall time */
};

enum {
    NET_TOKEN_LIFETIME_MS = 300000, /* of a token about which nothing is said */
    NET_TOKEN_KEEP_PERCENT = 75,    /* of its life a token is fresh */
};

/* Reads an answer of 200, asked for at now_ms: lifetime by expires_in, else by the exp claim of a JWT. Nothing is
 * verified: that is for whoever takes the token. ERR_REMOTE. */
int net_token_parse(const char *body, size_t len, int64_t now_ms, struct net_token *ret, struct error *err);
/* Wipes and frees what it owns. */
void net_token_done(struct net_token *t);
/* Is it there, and less than NET_TOKEN_KEEP_PERCENT of its life over? */
bool net_token_is_fresh(const struct net_token *t, int64_t now_ms);

/* Appends ": REASON" of an answer that is a refusal, as RFC 6749 has it, unless it repeats the secret. */
void net_token_reason(const struct net_http_answer *a, const char *secret, struct str *out);

#endif
