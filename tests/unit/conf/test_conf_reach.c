/* How to get to brokers, and client credentials: addresses, the proxy, OAUTHBEARER. */
#include "conf/address.h"
#include "conf/oidc.h"
#include "conf/rdkafka.h"
#include "tests/unit/conf/files.h"

static int load(const char *text, struct conf **ret, struct error *err)
{
    return files_load(text, (struct conf_args){0}, ret, err);
}

static void addresses_split(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host;
        int port;
    } good[] = {{"h", "h", 0},
                {"h:1", "h", 1},
                {"10.0.0.1:65535", "10.0.0.1", 65535},
                {"[::1]:9", "::1", 9},
                {"[::1]", "::1", 0}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        char *host;
        int port;
        assert_true(conf_address_split(good[i].text, strlen(good[i].text), &host, &port));
        assert_string_equal(host, good[i].host);
        assert_int_equal(port, good[i].port);
        free(host);
    }
    static const char *const bad[] = {"",    ":1",    "h:", "h:0",  "h:65536", "h:1x",
                                      "h h", "a@h:1", "[]", "[::1", "[::1]x",  "h/1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(conf_address_split(bad[i], strlen(bad[i]), NULL, NULL));
}

static void the_first_address_that_matches_holds(void **state)
{
    (void)state;
    struct conf_address_map m = {0};
    assert_int_equal(conf_address_add(&m, "b1.internal:9092", "localhost:19092", NULL), 0);
    assert_int_equal(conf_address_add(&m, "b1.internal", "one", NULL), 0);
    assert_int_equal(conf_address_add(&m, "*.internal", "bastion", NULL), 0);
    assert_int_equal(conf_address_add(&m, "*:9094", "[::1]:1", NULL), 0);
    static const struct {
        const char *host;
        int port;
        const char *to;
        int to_port;
    } cases[] = {{"b1.internal", 9092, "localhost", 19092},
                 {"b1.internal", 9093, "one", 9093},
                 {"b2.internal", 7, "bastion", 7},
                 {"elsewhere", 9094, "::1", 1},
                 {"elsewhere", 9095, NULL, 0},
                 {"fe80::1", 9094, "::1", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *host = NULL;
        int port = 0;
        assert_int_equal(conf_address_find(&m, cases[i].host, cases[i].port, &host, &port), cases[i].to != NULL);
        if (cases[i].to)
            assert_string_equal(host, cases[i].to);
        assert_int_equal(port, cases[i].to_port);
        free(host);
    }
    struct str s = {0};
    conf_address_write(&m, &s);
    assert_string_equal(str_text(&s),
                        "{b1.internal:9092: localhost:19092, b1.internal: one, \"*.internal\": bastion, "
                        "\"*:9094\": \"[::1]:1\"}");
    str_done(&s);
    assert_int_equal(conf_address_add(&m, "", "h", NULL), ERR_INVALID);
    assert_int_equal(conf_address_add(&m, "h", "h:0", NULL), ERR_INVALID);
    conf_address_done(&m);
}

static void the_way_to_a_cluster(void **state)
{
    (void)state;
    struct conf *c;
    struct error err = {0};
    setenv("PROXY_PASSWORD", "planted-1", 1);
    assert_int_equal(
        load("defaults: {socks5: \"localhost:1080\", socks5_user: me, socks5_password: {env: PROXY_PASSWORD}}\n"
             "clusters:\n"
             "  a: {bootstrap: a, address_map: {\"a.internal:9092\": \"localhost:1\", \"*\": gate}}\n"
             "  b: {bootstrap: b, socks5: \"other:9\", socks5_password: planted-2}\n",
             &c, &err),
        0);
    const struct conf_cluster *a = &c->clusters[0], *b = &c->clusters[1];
    assert_string_equal(a->socks5, "localhost:1080");
    assert_string_equal(a->socks5_user, "me");
    assert_string_equal(a->socks5_password, "planted-1");
    assert_int_equal(a->address_map.n, 2);
    assert_string_equal(a->address_map.items[1].from, "*");
    assert_string_equal(b->socks5, "other:9");
    assert_string_equal(b->socks5_password, "planted-2");
    assert_int_equal(b->address_map.n, 0);
    struct str s = {0};
    conf_print(c, &s);
    assert_null(strstr(str_text(&s), "planted"));
    assert_non_null(strstr(str_text(&s), "    address_map: {a.internal:9092: localhost:1, \"*\": gate}  # "));
    assert_non_null(strstr(str_text(&s), ", from the environment"));
    str_done(&s);
    conf_free(c);
}

#define OIDC                                                                                                           \
    "security.protocol: SASL_SSL, sasl.mechanism: OAUTHBEARER, sasl.oauthbearer.method: oidc, "                        \
    "sasl.oauthbearer.client.id: me"
#define URL    ", sasl.oauthbearer.token.endpoint.url: \"https://idp/token\""
#define SECRET ", sasl.oauthbearer.client.secret: planted-3"

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *options, *error;
    } cases[] = {
        {"socks5: proxy", "socks5: \"proxy\" is no proxy; allowed: HOST:PORT"},
        {"socks5: \"h:0\"", "\"h:0\" is no proxy"},
        {"socks5: \"h:1\", socks5_password: planted-3", "socks5_password: without socks5_user nobody has it"},
        {"socks5: \"h:1\", socks5_user: u, socks5_password: [planted-3]",
         "clusters.a.socks5_password: a list, where a text"},
        {"socks5: \"h:1\", socks5_user: u, socks5_password: {env: NOT_THERE_AT_ALL}", "NOT_THERE_AT_ALL is not set"},
        {"address_map: [a]", "clusters.a.address_map: a list, where a map is expected"},
        {"address_map: {a: [b]}", "clusters.a.address_map: a list, where a text is expected"},
        {"address_map: {a: \"b c\"}", "\"b c\" is no address; allowed: HOST or HOST:PORT"},
        {"properties: {security.protocol: SASL_SSL, sasl.mechanism: OAUTHBEARER}",
         "OAUTHBEARER has no token; allowed: sasl.oauthbearer.method: oidc"},
        {"properties: {" OIDC URL "}", "no sasl.oauthbearer.client.secret, which sasl.oauthbearer.method: oidc needs"},
        {"properties: {" OIDC SECRET "}", "no sasl.oauthbearer.token.endpoint.url, which"},
        {"properties: {sasl.oauthbearer.method: magic}", "sasl.oauthbearer.method: \"magic\": allowed: default, oidc"},
        {"properties: {sasl.oauthbearer.token.endpoint.url: \"ftp://x\"}",
         "token.endpoint.url: allowed: a URL of http or https"},
        {"properties: {sasl.oauthbearer.token.endpoint.url: \"https://u:planted-3@x/\"}",
         "token.endpoint.url: credentials do not stand in it"},
        {"properties: {sasl.oauthbearer.extensions: \"auth=x\"}", "allowed: NAME=VALUE"},
        {"properties: {sasl.oauthbearer.extensions: \"a=b,,c=d\"}", "allowed: NAME=VALUE"},
        {"properties: {sasl.oauthbearer.client.secret: \"\"}", "sasl.oauthbearer.client.secret: it is empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf *c = NULL;
        struct error err = {0};
        char *text = mem_printf("clusters:\n  a: {bootstrap: a, %s}\n", cases[i].options);
        assert_int_not_equal(load(text, &c, &err), 0);
        if (!strstr(err.text, cases[i].error))
            fail_msg("%zu: %s", i, err.text);
        assert_null(strstr(err.text, "planted"));
        free(text);
    }
}

static void client_credentials(void **state)
{
    (void)state;
    struct conf *c;
    struct error err = {0};
    assert_int_equal(load("clusters:\n  a: {bootstrap: a, properties: {" OIDC URL SECRET
                          ", sasl.oauthbearer.scope: \"a b\", sasl.oauthbearer.extensions: \"pool=x,cluster=y\", "
                          "https.ca.location: /ca}}\n",
                          &c, &err),
                     0);
    assert_string_equal(conf_warnings(c), "");
    assert_true(conf_oidc_wanted(c->clusters[0].properties, c->clusters[0].nproperties));
    conf_free(c);
    assert_int_equal(load("clusters:\n  a: {bootstrap: a, properties: {" OIDC SECRET
                          ", sasl.oauthbearer.token.endpoint.url: \"http://idp/\"}}\n",
                          &c, &err),
                     0);
    assert_non_null(strstr(conf_warnings(c), "http, not https"));
    conf_free(c);
    assert_int_equal(load("clusters:\n  a: {bootstrap: a, properties: {security.protocol: SASL_PLAINTEXT, "
                          "sasl.mechanisms: OAUTHBEARER, "
                          "enable.sasl.oauthbearer.unsecure.jwt: true}}\n",
                          &c, &err),
                     0);
    assert_false(conf_oidc_wanted(c->clusters[0].properties, c->clusters[0].nproperties));
    conf_free(c);
}

/* Each of the ways to a secret, for each property that is one. */
static void every_secret_can_be_fetched(void **state)
{
    (void)state;
    static const char *const names[] = {"sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
                                        "sasl.oauthbearer.client.secret"};
    char *file = files_write("secret", "planted-4\n");
    setenv("A_SECRET", "planted-4", 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (size_t way = 0; way < 3; way++) {
            char *from = way == 0   ? mem_strdup("{env: A_SECRET}")
                         : way == 1 ? mem_printf("{file: %s}", file)
                                    : mem_strdup("{command: [printf, planted-4]}");
            char *text = mem_printf("clusters: {a: {bootstrap: a, properties: {%s: %s}}}\n", names[i], from);
            struct conf *c;
            struct error err = {0};
            assert_int_equal(load(text, &c, &err), 0);
            assert_string_equal(c->clusters[0].properties[0].value, "planted-4");
            assert_true(c->clusters[0].properties[0].secret);
            struct str s = {0};
            conf_print(c, &s);
            assert_null(strstr(str_text(&s), "planted"));
            str_done(&s);
            conf_free(c);
            free(text);
            free(from);
        }
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_split),
        cmocka_unit_test(the_first_address_that_matches_holds),
        cmocka_unit_test_setup_teardown(the_way_to_a_cluster, files_setup, files_teardown),
        cmocka_unit_test_setup_teardown(errors, files_setup, files_teardown),
        cmocka_unit_test_setup_teardown(client_credentials, files_setup, files_teardown),
        cmocka_unit_test_setup_teardown(every_secret_can_be_fetched, files_setup, files_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
