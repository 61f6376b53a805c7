/* Tokens for OAUTHBEARER by client credentials. */
#include "kafka/oauth.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "conf/conf.h"
#include "conf/oidc.h"
#include "net/http.h"
#include "net/token.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    KEEP_PERCENT = 75, /* of its life a token is handed out: librdkafka asks again at 80 */
    LEFT_MS = 10000,   /* an old token must be good for so long, to be better than none */
    LOOK_MS = 100,     /* how often somebody who waits for another's answer looks whether to stop */
};

struct kafka_oauth {
    char *url, *client, *secret, *scope, *ca;
    char *extensions; /* cut into words, which follow */
    VEC(const char *) words;
    const struct clock *clock;

    pthread_mutex_t lock; /* over all that follows */
    pthread_cond_t answered;
    bool asking; /* one thread is */
    struct kafka_oauth_token token;
    struct error error; /* the last failure, which holds until retry_us */
    int64_t retry_us;
    int retry_ms; /* 0: none failed */
};

void kafka_oauth_token_done(struct kafka_oauth_token *t)
{
    mem_free_secret(t->value);
    free(t->principal);
    *t = (struct kafka_oauth_token){0};
}

/* ---- answers ---- */

int kafka_oauth_parse(const char *body, size_t len, int64_t now_ms, const char *client, struct kafka_oauth_token *ret,
                      struct error *err)
{
    struct net_token t = {0};
    int rc = net_token_parse(body, len, now_ms, &t, err);
    if (rc == 0)
        *ret = (struct kafka_oauth_token){.value = t.value,
                                          .principal = t.subject ? t.subject : mem_strdup(client),
                                          .since_ms = t.since_ms,
                                          .until_ms = t.until_ms};
    return rc;
}

/* ---- asking ---- */

static int ask(const struct kafka_oauth *o, const atomic_bool *stop, struct kafka_oauth_token *ret, struct error *err)
{
    struct str form = {0};
    str_add(&form, "grant_type=client_credentials");
    if (o->scope) {
        str_add(&form, "&scope=");
        net_http_encode(&form, o->scope);
    }
    const char *const headers[] = {"Accept: application/json", NULL};
    const struct net_http_request q = {.url = o->url,
                                       .form = str_text(&form),
                                       .headers = headers,
                                       .auth = {.user = o->client, .password = o->secret},
                                       .tls = {.ca = o->ca},
                                       .deadline_ms = KAFKA_OAUTH_DEADLINE_MS,
                                       .max_body = KAFKA_OAUTH_MAX_BYTES};
    struct net_http_answer a = {0};
    int64_t now_ms = clock_wall_ms(o->clock);
    int rc = net_http_get(&q, stop, &a, err);
    if (rc == 0 && a.status != 200) {
        struct net_http_answer bare = {.status = a.status};
        struct str reason = {0};
        net_token_reason(&a, o->secret, &reason);
        rc = net_http_check(&q, &bare, err);
        rc = error_set(err, ERR_REMOTE, "%.250s%s", rc ? err->text : "an answer without a token", str_text(&reason));
        str_done(&reason);
    } else if (rc == 0) {
        rc = kafka_oauth_parse(a.body, a.len, now_ms, o->client, ret, err);
    }
    net_http_answer_done(&a);
    str_done(&form);
    return rc ? error_prefix(err, "OAuth token") : 0;
}

/* ---- keeping ---- */

static bool is_fresh(const struct kafka_oauth_token *t, int64_t now_ms)
{
    return t->value && now_ms >= t->since_ms && now_ms - t->since_ms < (t->until_ms - t->since_ms) / 100 * KEEP_PERCENT;
}

static void copy_token(const struct kafka_oauth_token *from, struct kafka_oauth_token *to)
{
    *to = *from;
    to->value = mem_strdup(from->value);
    to->principal = mem_strdup(from->principal);
}

/* With the lock held: waits until whoever asks has an answer; ERR_CLOSED if nobody waits any more. */
static int wait_for_other(struct kafka_oauth *o, const atomic_bool *stop, struct error *err)
{
    while (o->asking) {
        struct timespec until = clock_deadline(LOOK_MS);
        pthread_cond_timedwait(&o->answered, &o->lock, &until);
        if (stop && atomic_load(stop))
            return error_set(err, ERR_CLOSED, "OAuth token: given up");
    }
    return 0;
}

/* With the lock held, which it gives away meanwhile: a new token into the source, or its error. */
static void renew(struct kafka_oauth *o, const atomic_bool *stop)
{
    struct kafka_oauth_token token = {0};
    struct error error = {0};
    o->asking = true;
    pthread_mutex_unlock(&o->lock);
    int rc = ask(o, stop, &token, &error);
    pthread_mutex_lock(&o->lock);
    o->asking = false;
    pthread_cond_broadcast(&o->answered);
    if (rc == 0) {
        kafka_oauth_token_done(&o->token);
        o->token = token;
        o->error = (struct error){0};
        o->retry_ms = 0;
    } else if (rc == ERR_CLOSED) { /* says nothing of the endpoint */
        o->error = error;
        o->retry_us = 0;
    } else {
        o->error = error;
        o->retry_ms = o->retry_ms == 0 ? KAFKA_OAUTH_RETRY_MS : 2 * o->retry_ms;
        if (o->retry_ms > KAFKA_OAUTH_MAX_RETRY_MS)
            o->retry_ms = KAFKA_OAUTH_MAX_RETRY_MS;
        o->retry_us = clock_mono_us(o->clock) + o->retry_ms * INT64_C(1000);
    }
}

int kafka_oauth_get(struct kafka_oauth *o, const atomic_bool *stop, struct kafka_oauth_token *ret, struct error *err)
{
    pthread_mutex_lock(&o->lock);
    int rc = wait_for_other(o, stop, err);
    bool left_alone = o->error.code && clock_mono_us(o->clock) < o->retry_us;
    if (rc == 0 && !is_fresh(&o->token, clock_wall_ms(o->clock)) && !left_alone)
        renew(o, stop);
    if (rc == 0) {
        int64_t now_ms = clock_wall_ms(o->clock);
        bool usable = o->token.value && now_ms + (o->error.code ? LEFT_MS : 0) < o->token.until_ms;
        if (usable)
            copy_token(&o->token, ret);
        else if (o->error.code)
            rc = error_set(err, o->error.code, "%s", o->error.text);
        else
            rc = error_set(err, ERR_REMOTE, "OAuth token: the last one has expired");
    }
    pthread_mutex_unlock(&o->lock);
    return rc;
}

/* ---- life ---- */

static char *copy_property(const struct conf_property *p, size_t n, const char *name)
{
    return mem_strdup_opt(conf_oidc_get(p, n, name, NULL));
}

static void split_extensions(struct kafka_oauth *o)
{
    char *rest = o->extensions;
    while (rest && *rest) {
        char *pair = strsep(&rest, ","), *equals = strchr(pair, '=');
        if (!equals)
            continue;
        *equals = '\0';
        vec_push(&o->words, pair);
        vec_push(&o->words, equals + 1);
    }
}

struct kafka_oauth *kafka_oauth_new(const struct conf_property *properties, size_t n, const struct clock *clock)
{
    if (!conf_oidc_wanted(properties, n))
        return NULL;
    struct kafka_oauth *o = mem_new(struct kafka_oauth);
    o->clock = clock;
    o->url = copy_property(properties, n, "sasl.oauthbearer.token.endpoint.url");
    o->client = copy_property(properties, n, "sasl.oauthbearer.client.id");
    o->secret = copy_property(properties, n, "sasl.oauthbearer.client.secret");
    o->scope = copy_property(properties, n, "sasl.oauthbearer.scope");
    o->ca = copy_property(properties, n, "https.ca.location");
    o->extensions = copy_property(properties, n, "sasl.oauthbearer.extensions");
    split_extensions(o);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&o->answered, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&o->lock, NULL);
    return o;
}

void kafka_oauth_free(struct kafka_oauth *o)
{
    if (!o)
        return;
    kafka_oauth_token_done(&o->token);
    mem_free_secret(o->secret);
    char *const texts[] = {o->url, o->client, o->scope, o->ca, o->extensions};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    vec_done(&o->words);
    pthread_cond_destroy(&o->answered);
    pthread_mutex_destroy(&o->lock);
    free(o);
}

const char **kafka_oauth_extensions(const struct kafka_oauth *o, size_t *n)
{
    *n = o->words.n;
    return o->words.items;
}
