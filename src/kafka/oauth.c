/* Tokens for OAUTHBEARER by client credentials. */
#include "kafka/oauth.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/text.h"
#include "base/vec.h"
#include "conf/conf.h"
#include "conf/oidc.h"
#include "net/http.h"

#include <ctype.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    KEEP_PERCENT = 75, /* of its life a token is handed out: librdkafka asks again at 80 */
    LEFT_MS = 10000,   /* an old token must be good for so long, to be better than none */
    LOOK_MS = 100,     /* how often somebody who waits for another's answer looks whether to stop */
    MAX_LIFE_S = 10 * 366 * 24 * 3600,
    MAX_WORDS = 160, /* bytes of an endpoint's own words */
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
    if (t->value)
        explicit_bzero(t->value, strlen(t->value));
    free(t->value);
    free(t->principal);
    *t = (struct kafka_oauth_token){0};
}

/* ---- answers ---- */

/* Decodes base64url without padding, onto the heap; NULL if it is none. */
static char *decode_base64url(const char *text, size_t len, size_t *ret_len)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    struct str s = {0};
    uint32_t bits = 0;
    unsigned n = 0;
    while (len && text[len - 1] == '=')
        len--;
    for (size_t i = 0; i < len; i++) {
        const char *d = text[i] ? strchr(digits, text[i]) : NULL;
        if (!d) {
            str_done(&s);
            return NULL;
        }
        bits = bits << 6 | (uint32_t)(d - digits);
        n += 6;
        if (n >= 8) {
            n -= 8;
            str_char(&s, (char)(bits >> n & 0xff));
        }
    }
    *ret_len = s.len;
    return str_take(&s);
}

/* The claims of a JWT, or NULL: a token may be anything. */
static json_t *read_claims(const char *token)
{
    const char *first = strchr(token, '.'), *second = first ? strchr(first + 1, '.') : NULL;
    if (!second)
        return NULL;
    size_t len = 0;
    char *bytes = decode_base64url(first + 1, (size_t)(second - first - 1), &len);
    json_t *claims = bytes ? json_loadb(bytes, len, JSON_DECODE_INT_AS_REAL, NULL) : NULL;
    if (bytes)
        explicit_bzero(bytes, len);
    free(bytes);
    return claims;
}

/* A number, also one in quotes as some endpoints write it; NAN if there is none. */
static double read_number(const json_t *object, const char *name)
{
    const json_t *v = json_object_get(object, name);
    if (json_is_number(v))
        return json_number_value(v);
    const char *text = json_string_value(v);
    char *end = NULL;
    double number = text ? strtod(text, &end) : NAN;
    return text && end != text && !*end ? number : NAN;
}

/* RFC 6750: what may stand in a header. */
static bool is_token(const char *text)
{
    for (const char *p = text; *p; p++)
        if (!isgraph((unsigned char)*p) || !isascii((unsigned char)*p) || *p == ',')
            return false;
    return *text;
}

static int read_life(const json_t *answer, const json_t *claims, int64_t now_ms, int64_t *until_ms, struct error *err)
{
    double seconds = read_number(answer, "expires_in"), exp = read_number(claims, "exp");
    if (isnan(seconds) && !isnan(exp))
        seconds = exp - (double)now_ms / 1000;
    if (isnan(seconds))
        seconds = KAFKA_OAUTH_LIFETIME_MS / 1000.0;
    if (seconds <= 0)
        return error_set(err, ERR_REMOTE, "the token has expired %.0f s ago: is a clock wrong?", -seconds);
    *until_ms = now_ms + (int64_t)((seconds < MAX_LIFE_S ? seconds : MAX_LIFE_S) * 1000);
    return 0;
}

int kafka_oauth_parse(const char *body, size_t len, int64_t now_ms, const char *client, struct kafka_oauth_token *ret,
                      struct error *err)
{
    json_t *answer = json_loadb(body, len, JSON_DECODE_INT_AS_REAL, NULL), *claims = NULL;
    const char *value = json_string_value(json_object_get(answer, "access_token"));
    const char *type = json_string_value(json_object_get(answer, "token_type"));
    int64_t until_ms = 0;
    int rc = 0;
    if (!json_is_object(answer))
        rc = error_set(err, ERR_REMOTE, "the answer is not a JSON object");
    else if (!value)
        rc = error_set(err, ERR_REMOTE, "the answer has no access_token");
    else if (!is_token(value))
        rc = error_set(err, ERR_REMOTE, "the access_token has characters that no token has");
    else if (type && strcasecmp(type, "bearer") != 0)
        rc = error_set(err, ERR_REMOTE, "the token is not a bearer's");
    if (rc == 0) {
        claims = read_claims(value);
        rc = read_life(answer, claims, now_ms, &until_ms, err);
    }
    if (rc == 0) {
        const char *subject = json_string_value(json_object_get(claims, "sub"));
        *ret = (struct kafka_oauth_token){.value = mem_strdup(value),
                                          .principal = mem_strdup(subject && *subject ? subject : client),
                                          .since_ms = now_ms,
                                          .until_ms = until_ms};
    }
    json_decref(claims);
    json_decref(answer);
    return rc;
}

/* Appends the endpoint's reason for a refusal, as RFC 6749 has it, unless it repeats the secret. */
static void add_reason(const struct kafka_oauth *o, const struct net_http_answer *a, struct str *out)
{
    json_t *answer = json_loadb(a->body, a->len, 0, NULL);
    const char *const words[] = {json_string_value(json_object_get(answer, "error")),
                                 json_string_value(json_object_get(answer, "error_description"))};
    for (size_t i = 0; i < 2; i++)
        if (words[i] && !strstr(words[i], o->secret)) {
            str_add(out, ": ");
            text_safe(out, words[i], strnlen(words[i], MAX_WORDS));
        }
    json_decref(answer);
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
        add_reason(o, &a, &reason);
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
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
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
    const char *value = conf_oidc_get(p, n, name, NULL);
    return value ? mem_strdup(value) : NULL;
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
    if (o->secret)
        explicit_bzero(o->secret, strlen(o->secret));
    char *const texts[] = {o->url, o->client, o->secret, o->scope, o->ca, o->extensions};
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
