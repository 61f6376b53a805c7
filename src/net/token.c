/* Answers of OAuth token endpoints. */
#include "net/token.h"

#include "base/mem.h"
#include "base/text.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    MAX_LIFE_S = 10 * 366 * 24 * 3600,
    MAX_WORDS = 160, /* bytes of an endpoint's own words */
};

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
        seconds = NET_TOKEN_LIFETIME_MS / 1000.0;
    if (seconds <= 0)
        return error_set(err, ERR_REMOTE, "the token has expired %.0f s ago: is a clock wrong?", -seconds);
    *until_ms = now_ms + (int64_t)((seconds < MAX_LIFE_S ? seconds : MAX_LIFE_S) * 1000);
    return 0;
}

int net_token_parse(const char *body, size_t len, int64_t now_ms, struct net_token *ret, struct error *err)
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
        *ret = (struct net_token){.value = mem_strdup(value),
                                  .subject = subject && *subject ? mem_strdup(subject) : NULL,
                                  .since_ms = now_ms,
                                  .until_ms = until_ms};
    }
    json_decref(claims);
    json_decref(answer);
    return rc;
}

void net_token_reason(const struct net_http_answer *a, const char *secret, struct str *out)
{
    json_t *answer = json_loadb(a->body, a->len, 0, NULL);
    const char *const words[] = {json_string_value(json_object_get(answer, "error")),
                                 json_string_value(json_object_get(answer, "error_description"))};
    for (size_t i = 0; i < 2; i++)
        if (words[i] && !strstr(words[i], secret)) {
            str_add(out, ": ");
            text_safe(out, words[i], strnlen(words[i], MAX_WORDS));
        }
    json_decref(answer);
}

void net_token_done(struct net_token *t)
{
    mem_free_secret(t->value);
    free(t->subject);
    *t = (struct net_token){0};
}

bool net_token_is_fresh(const struct net_token *t, int64_t now_ms)
{
    return t->value && now_ms >= t->since_ms &&
           now_ms - t->since_ms < (t->until_ms - t->since_ms) / 100 * NET_TOKEN_KEEP_PERCENT;
}
