/* What is hidden of texts of others, and what is not. */
#include "tests/unit/unit.h"

#include "connect/redact.h"

#define HIDDEN "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2"

static void test_texts(void **state)
{
    (void)state;
    static const char *const texts[][2] = {
        {"", ""},
        {"http://catalog:8181/v1/config", "http://catalog:8181/v1/config"},
        {"https://joe:pw@catalog:8181/v1", "https://" HIDDEN "@catalog:8181/v1"},
        {"https://joe:p/w@x@catalog/v1", "https://" HIDDEN "@catalog/v1"},
        {"see https://token@catalog/v1 and a@b", "see https://" HIDDEN "@catalog/v1 and a@b"},
        {"https://host/path@home", "https://host/path@home"},
        {"abfss://data@account.dfs.core.windows.net/wh", "abfss://data@account.dfs.core.windows.net/wh"},
        {"jdbc:postgresql://h/db?user=x&password=y&ssl=true",
         "jdbc:postgresql://h/db?user=x&password=" HIDDEN "&ssl=true"},
        {"jdbc:sqlserver://h;user=sa;Password=y;encrypt=true",
         "jdbc:sqlserver://h;user=sa;Password=" HIDDEN ";encrypt=true"},
        {"jdbc:oracle:thin:scott/tiger@db:1521", "jdbc:oracle:thin:scott/" HIDDEN "@db:1521"},
        {"jdbc:sqlite:/lake1/cat.db?busy_timeout=3000", "jdbc:sqlite:/lake1/cat.db?busy_timeout=3000"},
        {"https://a.blob/x?sv=1&sig=ab%2Fc&se=2", "https://a.blob/x?sv=1&sig=" HIDDEN "&se=2"},
        {"username=\"joe\" password=\"a \\\" b\";", "username=\"joe\" password=\"" HIDDEN "\";"},
        {"{\"client_secret\":\"abc\",\"scope\":\"x\"}", "{\"client_secret\":\"" HIDDEN "\",\"scope\":\"x\"}"},
        {"password = abc def", "password = " HIDDEN " def"},
        {"token: expired", "token: expired"},
        {"user: joe, password: abc, x", "user: joe, password: " HIDDEN ", x"},
        {"AWS_SECRET_ACCESS_KEY: ab/c", "AWS_SECRET_ACCESS_KEY: " HIDDEN},
        {"a password : no", "a password : no"},
        {"Authorization: Basic am9lOng=", "Authorization: Basic " HIDDEN},
        {"{Authorization=[Bearer abc]}", "{Authorization=[Bearer " HIDDEN "]}"},
        {"a Basic example", "a Basic example"},
        {"Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc", "Authorization: Bearer " HIDDEN},
        {"the bearer of this", "the bearer of this"},
        {"password=", "password="},
        {"password=\"", "password=\""},
        {"//", "//"},
        {"org.x.Y: offset=12 partition=3", "org.x.Y: offset=12 partition=3"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct str s = {0};
        connect_redact_text(&s, texts[i][0]);
        assert_string_equal(str_text(&s), texts[i][1]);
        str_done(&s);
    }
}

static void test_names(void **state)
{
    (void)state;
    static const char *const secret[] = {
        "iceberg.catalog.credential",           "iceberg.catalog.token",
        "iceberg.catalog.s3.access-key-id",     "iceberg.catalog.s3.secret-access-key",
        "iceberg.kafka.sasl.jaas.config",       "consumer.override.ssl.keystore.password",
        "value.converter.basic.auth.user.info", "iceberg.catalog.adls.sas-token.account",
        "iceberg.kafka.ssl.keystore.key",       "my.APIKEY",
    };
    static const char *const open[] = {"topics",
                                       "key.converter",
                                       "iceberg.tables",
                                       "iceberg.catalog.uri",
                                       "transforms.route.type",
                                       "iceberg.kafka.sasl.mechanism"};
    for (size_t i = 0; i < sizeof secret / sizeof *secret; i++)
        assert_true(connect_redact_named(secret[i]));
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        assert_false(connect_redact_named(open[i]));
}

static void test_values(void **state)
{
    (void)state;
    struct connect_redact r = {0};
    connect_redact_add(&r, "iceberg.catalog.credential", "client:s3cr3t");
    connect_redact_add(&r, "iceberg.catalog.token", "abc");
    connect_redact_add(&r, "iceberg.catalog.other-token", "abcdef");
    connect_redact_add(&r, "iceberg.kafka.sasl.jaas.config",
                       "o.a.Plain required username=\"joe\" password=\"hunter2\";");
    connect_redact_add(&r, "my.setting", "correct-horse");
    connect_redact_add(&r, "my.flag", "true");
    connect_redact_add(&r, "my.number", "1234567");
    connect_redact_add(&r, "my.short", "wh");
    connect_redact_add(&r, "db.url", "jdbc:x://u:dbpass@h/x");
    connect_redact_add(&r, "a.password", "${file:/etc/x:password}");
    struct str s = {0};
    connect_redact_apply(&r, &s,
                         "s3cr3t abcdef, abc; 'hunter2' correct-horse true 1234567 wh dbpass ${file:/etc/x:password}");
    assert_string_equal(str_text(&s), HIDDEN " " HIDDEN ", " HIDDEN "; '" HIDDEN "' " HIDDEN " true 1234567 wh " HIDDEN
                                             " ${file:/etc/x:password}");
    str_done(&s);
    connect_redact_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
