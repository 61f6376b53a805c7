/* The workers of a Connect cluster as they are asked: which of them live, which one serves, and what is said of the others. */
#ifndef CONNECT_ENDPOINTS_H
#define CONNECT_ENDPOINTS_H

#include "base/error.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

struct net_http_answer;
struct store;

/* What a worker answered to `/` in this round, the better the higher. */
enum connect_endpoints_rank {
    CONNECT_ENDPOINTS_PENDING,
    CONNECT_ENDPOINTS_DOWN,
    CONNECT_ENDPOINTS_ODD, /* something, but not what Connect says */
    CONNECT_ENDPOINTS_GOOD,
};

struct connect_endpoint {
    char *url;
    enum connect_endpoints_rank rank;
    bool tried;               /* in this round, and it failed */
    bool told;                /* events have said that it is down */
    char *why;                /* it does not serve; or NULL */
    char *version, *kafka_id; /* as it said last; or NULL */
};

struct connect_endpoints {
    struct connect_endpoint *items;
    size_t n;
    int serving; /* which answered last, -1: none yet */
};

/* urls: NULL-terminated, copied. */
void connect_endpoints_init(struct connect_endpoints *e, const char *const *urls);
void connect_endpoints_done(struct connect_endpoints *e);

/* A round begins: nothing is known of any. */
void connect_endpoints_begin(struct connect_endpoints *e);
/* The i-th one's answer to url, its `/`, or the error. */
void connect_endpoints_root(struct connect_endpoints *e, size_t i, const char *url,
                            const struct net_http_answer *answer, const struct error *err);
/* It failed where it was to serve: another one is asked, of several. */
void connect_endpoints_failed(struct connect_endpoints *e, size_t i, const struct error *err);
/* The one to be asked: that which served before, while it answers as Connect does, else another that does, else any that
 * answers. -1: none; or, where *wait is true, not yet. */
int connect_endpoints_choose(const struct connect_endpoints *e, bool *wait);
/* How many there are that may still be asked in this round. */
size_t connect_endpoints_left(const struct connect_endpoints *e);

/* Is a worker that calls itself HOST:PORT one of these, and down? */
bool connect_endpoints_is_down(const struct connect_endpoints *e, const char *worker);

/* Appends an error's text as it may be shown: without what may be a secret, and without numbers that would make it another one in
 * each round. */
void connect_endpoints_words(const struct connect_endpoint *e, const struct error *err, struct str *out);
/* Appends which one serves, and which do not. */
void connect_endpoints_note(const struct connect_endpoints *e, struct str *out);
/* Events: says once of each that it is down, and once that it is back; of a single one the source itself tells. */
void connect_endpoints_tell(struct connect_endpoints *e, struct store *store, const char *source);

#endif
