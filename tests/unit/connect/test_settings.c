/* Configurations of Iceberg sinks, Apache's and Tabular's, with defaults, overrides, placeholders and secrets. */
#include "tests/unit/unit.h"

#include "connect/settings.h"

#include "base/mem.h"

#define SECRET "planted-secret-42"

/* Settings as NAME, VALUE, ..., NULL. */
static struct connect_settings read_as(const char *class, const char *const *texts)
{
    struct connect_settings_pair pairs[64] = {0};
    size_t n = 0;
    for (; texts[2 * n]; n++)
        pairs[n] = (struct connect_settings_pair){mem_strdup(texts[2 * n]), mem_strdup(texts[2 * n + 1])};
    struct connect_settings s;
    connect_settings_init(&s, "sink", pairs, n, class);
    for (size_t i = 0; i < n; i++) {
        free(pairs[i].name);
        free(pairs[i].value);
    }
    return s;
}

#define READ(class, ...) read_as(class, (const char *const[]){__VA_ARGS__, NULL})
#define APACHE           "connector.class", "org.apache.iceberg.connect.IcebergSinkConnector"
#define TABULAR          "connector.class", "io.tabular.iceberg.connect.IcebergSinkConnector"

static void test_defaults(void **state)
{
    (void)state;
    struct connect_settings s = READ(NULL, APACHE, "topics", "a,b");
    assert_int_equal(s.sink, CONNECT_SETTINGS_APACHE);
    assert_string_equal(s.class, "org.apache.iceberg.connect.IcebergSinkConnector");
    assert_string_equal(s.topics, "a,b");
    assert_string_equal(s.group, "connect-sink");
    assert_string_equal(s.data_group, "connect-sink");
    assert_false(s.other_group);
    assert_string_equal(s.control_topic, "control-iceberg");
    assert_string_equal(s.control_prefix, "cg-control-");
    assert_null(s.kafka);
    assert_int_equal(s.interval_ms, 300000);
    assert_int_equal(s.timeout_ms, 30000);
    assert_int_equal(s.tables.n, 0);
    assert_false(s.routed);
    assert_null(s.branch);
    assert_string_equal(s.catalog.name, "iceberg");
    assert_string_equal(s.catalog.type, "hive");
    assert_null(s.catalog.uri);
    assert_false(s.catalog.has_credential);
    assert_int_equal(s.unresolved.n, 0);
    connect_settings_done(&s);
    s = READ(NULL, TABULAR, "topics.regex", "a.*");
    assert_int_equal(s.sink, CONNECT_SETTINGS_TABULAR);
    assert_string_equal(s.group, "cg-control-sink");
    assert_string_equal(s.data_group, "connect-sink");
    assert_false(s.other_group);
    assert_string_equal(s.topics, "a.*");
    connect_settings_done(&s);
    connect_settings_done(&s);
}

static void test_configured(void **state)
{
    (void)state;
    struct connect_settings s =
        READ(NULL, APACHE, "iceberg.control.topic", " control ", "iceberg.control.commit.interval-ms", "10000",
             "iceberg.control.commit.timeout-ms", "soon", "iceberg.tables", "db.a, db.b ,,",
             "iceberg.tables.dynamic-enabled", "TRUE", "iceberg.connect.group-id", "g",
             "iceberg.control.group-id-prefix", "x-", "iceberg.catalog", "prod", "iceberg.catalog.catalog-impl",
             "org.apache.iceberg.aws.glue.GlueCatalog", "iceberg.tables.default-commit-branch", "staging",
             "iceberg.kafka.bootstrap.servers", "k:9092", "iceberg.catalog.s3.endpoint", "http://s3:9000");
    assert_string_equal(s.control_topic, "control");
    assert_int_equal(s.interval_ms, 10000);
    assert_int_equal(s.timeout_ms, CONNECT_EVENT_UNKNOWN);
    assert_int_equal(s.tables.n, 2);
    assert_string_equal(s.tables.items[0], "db.a");
    assert_string_equal(s.tables.items[1], "db.b");
    assert_true(s.routed);
    assert_string_equal(s.group, "g");
    assert_string_equal(s.data_group, "connect-sink");
    assert_true(s.other_group); /* its members are in a group that it does not look at */
    assert_string_equal(s.control_prefix, "x-");
    assert_string_equal(s.catalog.name, "prod");
    assert_string_equal(s.catalog.type, "glue");
    assert_string_equal(s.branch, "staging");
    assert_string_equal(s.kafka, "k:9092");
    assert_string_equal(connect_settings_property(&s.catalog, "s3.endpoint"), "http://s3:9000");
    assert_null(connect_settings_property(&s.catalog, "s3"));
    connect_settings_done(&s);
    s = READ(NULL, APACHE, "iceberg.connect.group-id", "g", "consumer.override.group.id", "g");
    assert_false(s.other_group);
    assert_string_equal(s.group, "g");
    connect_settings_done(&s);
    s = READ(NULL, TABULAR, "iceberg.control.group-id", "mine");
    assert_string_equal(s.group, "mine");
    connect_settings_done(&s);
}

static void test_classes(void **state)
{
    (void)state;
    static const struct {
        const char *class, *full;
        enum connect_settings_sink sink;
    } cases[] = {
        {"IcebergSinkConnector", NULL, CONNECT_SETTINGS_APACHE},
        {"IcebergSink", "io.tabular.iceberg.connect.IcebergSinkConnector", CONNECT_SETTINGS_TABULAR},
        {"IcebergSink", "org.apache.iceberg.connect.IcebergSinkConnector", CONNECT_SETTINGS_APACHE},
        {"IcebergSink", "com.example.IcebergSinkConnector", CONNECT_SETTINGS_OTHER},
        {"com.example.IcebergSinkConnector", NULL, CONNECT_SETTINGS_OTHER},
        {"org.apache.kafka.connect.file.FileStreamSinkConnector", NULL, CONNECT_SETTINGS_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct connect_settings s = READ(cases[i].full, "connector.class", cases[i].class, "topics", "t");
        assert_int_equal(s.sink, cases[i].sink);
        assert_true((s.group != NULL) == (cases[i].sink != CONNECT_SETTINGS_OTHER));
        assert_string_equal(s.topics, "t");
        connect_settings_done(&s);
    }
    struct connect_settings none = READ(NULL, "x", "y");
    assert_int_equal(none.sink, CONNECT_SETTINGS_OTHER);
    assert_null(none.class);
    assert_null(none.topics);
    assert_int_equal(none.interval_ms, CONNECT_EVENT_UNKNOWN);
    connect_settings_done(&none);
}

static void test_placeholders(void **state)
{
    (void)state;
    assert_true(connect_settings_placeholder("${file:/etc/x.properties:uri}"));
    assert_true(connect_settings_placeholder("http://${env:HOST}/x"));
    assert_false(connect_settings_placeholder("${HOST}"));
    assert_false(connect_settings_placeholder("${HOST:"));
    assert_false(connect_settings_placeholder("plain"));
    struct connect_settings s =
        READ(NULL, APACHE, "iceberg.catalog.type", "rest", "iceberg.catalog.uri", "${file:/etc/x:uri}",
             "iceberg.catalog.token", "${vault:x:t}", "iceberg.control.topic", "${env:TOPIC}",
             "iceberg.control.commit.interval-ms", "${env:MS}");
    assert_null(s.control_topic);
    assert_int_equal(s.interval_ms, CONNECT_EVENT_UNKNOWN);
    assert_null(s.catalog.uri);
    assert_true(s.catalog.has_token);
    assert_true(s.catalog.placeholders);
    assert_string_equal(s.catalog.shown, "rest uri ${file:/etc/x:uri} that only Connect resolves");
    assert_int_equal(s.unresolved.n, 3);
    assert_string_equal(s.unresolved.items[0], "iceberg.control.topic");
    assert_string_equal(s.unresolved.items[2], "iceberg.catalog.uri");
    connect_settings_done(&s);
}

static void test_shown(void **state)
{
    (void)state;
    struct connect_settings s =
        READ(NULL, APACHE, "topics", "t", "iceberg.catalog.uri", "https://joe:" SECRET "@c/v1?token=" SECRET "&a=b",
             "iceberg.catalog.type", "rest", "iceberg.catalog.warehouse", "s3://wh", "iceberg.catalog.credential",
             "id:" SECRET, "iceberg.catalog.s3.secret-access-key", SECRET, "iceberg.catalog.header.Authorization",
             "Bearer " SECRET, "iceberg.kafka.sasl.jaas.config", "x password=\"" SECRET "\";", "a.setting.of.mine",
             SECRET, "transforms.t.something", SECRET, "tasks.max", "2");
    assert_string_equal(s.shown,
                        "connector.class=org.apache.iceberg.connect.IcebergSinkConnector; iceberg.catalog.type=rest; "
                        "iceberg.catalog.uri=https://\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2@c/v1?token="
                        "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2&a=b; iceberg.catalog.warehouse=s3://wh; tasks.max=2; "
                        "topics=t; 6 more");
    assert_null(strstr(s.catalog.shown, SECRET));
    assert_non_null(strstr(s.catalog.shown, "rest https://"));
    assert_non_null(strstr(s.catalog.shown, ", warehouse s3://wh"));
    assert_string_equal(s.catalog.uri, "https://joe:" SECRET "@c/v1?token=" SECRET "&a=b"); /* as discovery needs it */
    assert_true(s.catalog.has_credential);
    connect_settings_done(&s);
}

/* However long a configuration is, what is shown of it is not. */
static void test_long(void **state)
{
    (void)state;
    char *topics = mem_alloc(100001);
    memset(topics, 'x', 100000);
    topics[100000] = '\0';
    struct connect_settings s = READ(NULL, APACHE, "topics", topics, "tasks.max", "1");
    assert_true(strlen(s.shown) <= CONNECT_SETTINGS_SHOWN + 32);
    assert_non_null(strstr(s.shown, "tasks.max=1; 1 more"));
    connect_settings_done(&s);
    free(topics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),     cmocka_unit_test(test_configured), cmocka_unit_test(test_classes),
        cmocka_unit_test(test_placeholders), cmocka_unit_test(test_shown),      cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
