/* Tokens: what endpoints answer, and when they are asked. */
#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "kafka/oauth.h"
#include "net/token.h"
#include "tests/unit/net/web.h"
#include "tests/unit/unit.h"

#include <math.h>
#include <pthread.h>
#include <signal.h>

#define NOW_MS INT64_C(1700000000000)

/* Time that stands still until it is moved. */
struct held {
    int64_t wall_ms, mono_us;
};

static int64_t held_wall(void *arg)
{
    return ((struct held *)arg)->wall_ms;
}

static int64_t held_mono(void *arg)
{
    return ((struct held *)arg)->mono_us;
}

static void move(struct held *h, int64_t ms)
{
    h->wall_ms += ms;
    h->mono_us += ms * 1000;
}

static void answers(void **state)
{
    (void)state;
    /* {"alg":"none"}.{"sub":"alice","exp":1700000060} and the same without either claim */
#define JWT   "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSIsImV4cCI6MTcwMDAwMDA2MH0."
#define EMPTY "eyJhbGciOiJub25lIn0.e30."
    static const struct {
        const char *body, *value, *principal;
        int64_t life_ms;
    } good[] = {
        {"{\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":90}", "t", "client", 90000},
        {"{\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":\"30\"}", "t", "client", 30000},
        {"{\"access_token\":\"" JWT "\"}", JWT, "alice", 60000},
        {"{\"access_token\":\"" JWT "\",\"expires_in\":10.5}", JWT, "alice", 10500},
        {"{\"access_token\":\"" EMPTY "\"}", EMPTY, "client", NET_TOKEN_LIFETIME_MS},
        {"{\"access_token\":\"a.!!.c\"}", "a.!!.c", "client", NET_TOKEN_LIFETIME_MS},
        {"{\"access_token\":\"t\",\"expires_in\":null}", "t", "client", NET_TOKEN_LIFETIME_MS},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct kafka_oauth_token t = {0};
        struct error err = {0};
        assert_int_equal(kafka_oauth_parse(good[i].body, strlen(good[i].body), NOW_MS, "client", &t, &err), 0);
        assert_string_equal(t.value, good[i].value);
        assert_string_equal(t.principal, good[i].principal);
        assert_int_equal(t.until_ms - t.since_ms, good[i].life_ms);
        kafka_oauth_token_done(&t);
    }
    static const char *const bad[] = {"",
                                      "[]",
                                      "null",
                                      "{}",
                                      "{\"access_token\":5}",
                                      "{\"access_token\":\"\"}",
                                      "{\"access_token\":\"a b\"}",
                                      "{\"access_token\":\"a\\nb\"}",
                                      "{\"access_token\":\"a\",\"token_type\":\"mac\"}",
                                      "{\"access_token\":\"a\",\"expires_in\":0}",
                                      "{\"access_token\":\"a\",\"expires_in\":-5}",
                                      "<html>"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct kafka_oauth_token t = {0};
        assert_int_equal(kafka_oauth_parse(bad[i], strlen(bad[i]), NOW_MS, "client", &t, NULL), ERR_REMOTE);
        assert_null(t.value);
    }
    struct kafka_oauth_token t = {0};
    assert_int_equal(
        kafka_oauth_parse("{\"access_token\":\"" JWT "\"}", strlen(JWT) + 19, NOW_MS + 60001, "c", &t, NULL),
        ERR_REMOTE);
}

#define ANSWER(status, body) "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" body

static struct kafka_oauth *source(struct web *w, const struct clock *clock)
{
    char *url = web_url(w, "/token");
    const struct conf_property p[] = {
        {.name = (char *)(uintptr_t) "security.protocol", .value = (char *)(uintptr_t) "SASL_SSL"},
        {.name = (char *)(uintptr_t) "sasl.mechanism", .value = (char *)(uintptr_t) "OAUTHBEARER"},
        {.name = (char *)(uintptr_t) "sasl.oauthbearer.method", .value = (char *)(uintptr_t) "oidc"},
        {.name = (char *)(uintptr_t) "sasl.oauthbearer.client.id", .value = (char *)(uintptr_t) "aladdin"},
        {.name = (char *)(uintptr_t) "sasl.oauthbearer.client.secret", .value = (char *)(uintptr_t) "opensesame"},
        {.name = (char *)(uintptr_t) "sasl.oauthbearer.scope", .value = (char *)(uintptr_t) "a b"},
        {.name = (char *)(uintptr_t) "sasl.oauthbearer.extensions", .value = (char *)(uintptr_t) "pool=x,cluster=y=z"},
        {.name = (char *)(uintptr_t) "sasl.oauthbearer.token.endpoint.url", .value = url},
    };
    struct kafka_oauth *o = kafka_oauth_new(p, sizeof p / sizeof *p, clock);
    free(url);
    return o;
}

/* One token; its value must be as expected, NULL for an error. */
static void get(struct kafka_oauth *o, const char *expected, struct error *err)
{
    struct kafka_oauth_token t = {0};
    int rc = kafka_oauth_get(o, NULL, &t, err);
    assert_int_equal(rc == 0, expected != NULL);
    if (expected)
        assert_string_equal(t.value, expected);
    kafka_oauth_token_done(&t);
}

static void a_token_is_kept_and_renewed(void **state)
{
    (void)state;
    struct web_page pages[] = {{.bytes = ANSWER("200 OK", "{\"access_token\":\"one\",\"expires_in\":100}")}, {0}};
    struct web *w = web_start(pages);
    struct held now = {.wall_ms = NOW_MS};
    const struct clock clock = {.wall_ms = held_wall, .mono_us = held_mono, .arg = &now};
    struct kafka_oauth *o = source(w, &clock);
    struct error err = {0};
    size_t n;
    const char **words = kafka_oauth_extensions(o, &n);
    assert_int_equal(n, 4);
    assert_string_equal(words[2], "cluster");
    assert_string_equal(words[3], "y=z");
    get(o, "one", &err);
    move(&now, 74000);
    get(o, "one", &err);
    assert_int_equal(web_count(w), 1);
    char *sent = web_request(w, 0);
    assert_non_null(strstr(sent, "Authorization: Basic YWxhZGRpbjpvcGVuc2VzYW1l"));
    assert_non_null(strstr(sent, "\r\n\r\ngrant_type=client_credentials&scope=a%20b"));
    free(sent);
    pages[0].bytes = ANSWER("200 OK", "{\"access_token\":\"two\",\"expires_in\":100}");
    move(&now, 1000);
    get(o, "two", &err); /* 3/4 of its life have passed */
    assert_int_equal(web_count(w), 2);
    pages[0].bytes = ANSWER("503 Service Unavailable", "{\"error\":\"busy\"}");
    move(&now, 80000);
    get(o, "two", &err); /* the endpoint fails, and the old one is good yet */
    assert_int_equal(web_count(w), 3);
    get(o, "two", &err);
    assert_int_equal(web_count(w), 3); /* it is left alone for a second */
    move(&now, 15000);
    get(o, NULL, &err); /* too old to be handed out */
    assert_non_null(strstr(err.text, "503 Service Unavailable: busy"));
    assert_int_equal(web_count(w), 4);
    move(&now, 1500);
    get(o, NULL, &err);
    assert_int_equal(web_count(w), 4); /* now for two seconds */
    move(&now, 600);
    get(o, NULL, &err);
    assert_int_equal(web_count(w), 5);
    pages[0].bytes = ANSWER("200 OK", "{\"access_token\":\"three\",\"expires_in\":100}");
    move(&now, 60000);
    get(o, "three", &err);
    kafka_oauth_free(o);
    web_stop(w);
}

static void refusals_have_words_and_no_secret(void **state)
{
    (void)state;
    static const struct {
        const char *answer, *said;
    } cases[] = {
        {ANSWER("401 Unauthorized", "{\"error\":\"invalid_client\",\"error_description\":\"opensesame is wrong\"}"),
         "/token: 401 Unauthorized: invalid_client"},
        {ANSWER("400 Bad Request", "{\"error\":\"invalid_scope\",\"error_description\":\"no such\\u001b[31m scope\"}"),
         "400 Bad Request: invalid_scope: no such"},
        {ANSWER("200 OK", "<html>login</html>"), "the answer is not a JSON object"},
        {ANSWER("204 No Content", ""), "an answer without a token"},
        {"HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
         "where credentials do not follow"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct web_page pages[] = {{.bytes = cases[i].answer}, {0}};
        struct web *w = web_start(pages);
        struct kafka_oauth *o = source(w, &clock_system);
        struct error err = {0};
        get(o, NULL, &err);
        if (!strstr(err.text, cases[i].said))
            fail_msg("%s", err.text);
        assert_int_equal(strncmp(err.text, "OAuth token: ", 13), 0);
        assert_null(strstr(err.text, "opensesame"));
        assert_null(strchr(err.text, 0x1b));
        kafka_oauth_free(o);
        web_stop(w);
    }
}

static void *get_on_thread(void *arg)
{
    struct error err = {0};
    get(arg, "one", &err);
    return NULL;
}

static void many_ask_once(void **state)
{
    (void)state;
    static const struct web_page pages[] = {
        {.bytes = ANSWER("200 OK", "{\"access_token\":\"one\",\"expires_in\":100}")}, {0}};
    struct web *w = web_start(pages);
    struct kafka_oauth *o = source(w, &clock_system);
    pthread_t threads[8];
    for (size_t i = 0; i < 8; i++)
        pthread_create(&threads[i], NULL, get_on_thread, o);
    for (size_t i = 0; i < 8; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(web_count(w), 1);
    kafka_oauth_free(o);
    web_stop(w);
}

static void giving_up(void **state)
{
    (void)state;
    static const struct web_page pages[] = {{.bytes = "HTTP/1.1 200 OK\r\n", .hang = 1}, {0}};
    struct web *w = web_start(pages);
    struct kafka_oauth *o = source(w, &clock_system);
    atomic_bool stop = true;
    struct kafka_oauth_token t = {0};
    struct error err = {0};
    int64_t begun = clock_mono_us(&clock_system);
    assert_int_equal(kafka_oauth_get(o, &stop, &t, &err), ERR_CLOSED);
    assert_true(clock_mono_us(&clock_system) - begun < KAFKA_OAUTH_DEADLINE_MS * INT64_C(1000) / 2);
    kafka_oauth_free(o);
    web_stop(w);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    unsetenv("http_proxy");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(a_token_is_kept_and_renewed),
        cmocka_unit_test(refusals_have_words_and_no_secret),
        cmocka_unit_test(many_ask_once),
        cmocka_unit_test(giving_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
