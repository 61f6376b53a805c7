/* Which topics are control topics and which catalogs there are, from what is configured and what connectors say. */
#include "derive/discover.h"
#include "conf/globs.h"
#include "tests/unit/unit.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static struct derive_discover_names names_of(const char *words)
{
    struct derive_discover_names names = {0};
    for (const char *p = words; *p;) {
        size_t len = strcspn(p, " ");
        char *word = mem_memdup(p, len);
        derive_discover_add(&names, word);
        free(word);
        p += len + (p[len] == ' ');
    }
    return names;
}

static void assert_names(struct derive_discover_names *got, const char *words)
{
    struct derive_discover_names want = names_of(words);
    if (!derive_discover_same(got, &want)) {
        for (size_t i = 0; i < got->list.n; i++)
            print_message("got %s\n", got->list.items[i]);
        fail_msg("expected %s", words);
    }
    derive_discover_done(&want);
    derive_discover_done(got);
}

static void topics_are_those_that_somebody_names(void **state)
{
    (void)state;
    struct derive_discover_names all = names_of("orders control-iceberg other-control Iceberg-2 x.ctl"),
                                 connectors = names_of("control-iceberg gone"), found = names_of("Iceberg-2"),
                                 topics = {0}, candidates = {0};
    struct conf_globs globs = {0};
    conf_globs_add(&globs, "*.ctl", NULL);
    conf_globs_add(&globs, "named", NULL);
    const struct conf_globs *configured[] = {&globs};
    struct derive_discover_cluster cluster = {
        .configured = configured,
        .nconfigured = 1,
        .topics = &all,
        .connectors = &connectors,
        .found = &found,
        .probe = true,
    };
    derive_discover_topics(&cluster, &topics, &candidates);
    assert_names(&topics, "named x.ctl control-iceberg gone Iceberg-2");
    assert_names(&candidates, "other-control");

    cluster.probe = false;
    derive_discover_topics(&cluster, &topics, &candidates);
    assert_names(&topics, "named x.ctl control-iceberg gone Iceberg-2");
    assert_names(&candidates, "");

    cluster.only_configured = true;
    derive_discover_topics(&cluster, &topics, &candidates);
    assert_names(&topics, "named x.ctl");
    assert_names(&candidates, "");
    conf_globs_done(&globs);
    derive_discover_done(&all);
    derive_discover_done(&connectors);
    derive_discover_done(&found);
}

/* However many topics there are, a look at them is short. */
static void there_is_an_end_to_topics(void **state)
{
    (void)state;
    struct derive_discover_names all = {0}, none = {0}, topics = {0}, candidates = {0};
    for (int i = 0; i < 20000; i++)
        vec_push(&all.list, mem_printf("control-%d", i));
    struct derive_discover_cluster cluster = {.topics = &all, .connectors = &none, .found = &none, .probe = true};
    derive_discover_topics(&cluster, &topics, &candidates);
    assert_int_equal(candidates.list.n, DERIVE_DISCOVER_TOPICS);
    struct conf_globs globs = {0};
    conf_globs_add(&globs, "control-*", NULL);
    const struct conf_globs *configured[] = {&globs};
    cluster.configured = configured;
    cluster.nconfigured = 1;
    derive_discover_topics(&cluster, &topics, &candidates);
    assert_int_equal(topics.list.n, DERIVE_DISCOVER_TOPICS);
    conf_globs_done(&globs);
    derive_discover_done(&all);
    derive_discover_done(&topics);
    derive_discover_done(&candidates);
}

/* A sink whose configuration is written "NAME=VALUE|NAME=VALUE". */
static struct derive_discover_sink sink_of(const char *connector, const char *text)
{
    struct connect_settings_pair pairs[32];
    size_t n = 0;
    pairs[n++] = (struct connect_settings_pair){mem_strdup("connector.class"),
                                                mem_strdup("org.apache.iceberg.connect.IcebergSinkConnector")};
    for (const char *p = text; *p;) {
        size_t len = strcspn(p, "|"), name = strcspn(p, "=");
        pairs[n++] = (struct connect_settings_pair){mem_memdup(p, name), mem_memdup(p + name + 1, len - name - 1)};
        p += len + (p[len] == '|');
    }
    struct connect_settings settings;
    struct derive_discover_sink sink;
    connect_settings_init(&settings, connector, pairs, n, NULL);
    derive_discover_sink_init(&sink, "kc", connector, &settings);
    connect_settings_done(&settings);
    while (n--) {
        free(pairs[n].name);
        free(pairs[n].value);
    }
    return sink;
}

static const char lake[] =
    "iceberg.catalog.type=rest|iceberg.catalog.uri=http://rest:8181/|iceberg.catalog.warehouse=prod|"
    "iceberg.catalog.credential=me:se:cret|iceberg.tables=db.a,db.b";

static void a_connector_names_its_topic_and_catalog(void **state)
{
    (void)state;
    struct derive_discover_sink sinks[] = {
        sink_of("one", lake),
        sink_of("two", "iceberg.catalog.type=rest|iceberg.catalog.uri=http://rest:8181|iceberg.catalog.warehouse=prod|"
                       "iceberg.tables=db.b,db.c|iceberg.control.topic=ctl|iceberg.catalog=other"),
        sink_of("three", "iceberg.catalog.type=hadoop|iceberg.catalog.warehouse=file:/lake/wh|"
                         "iceberg.tables.dynamic-enabled=true|iceberg.tables.route-field=t"),
        sink_of("four", "iceberg.catalog.type=jdbc|iceberg.catalog.uri=jdbc:sqlite:/lake/cat.db?busy_timeout=1|"
                        "iceberg.tables=db.a|iceberg.kafka.bootstrap.servers=elsewhere:9092"),
    };
    struct derive_discover_catalogs c;
    size_t of[4];
    assert_string_equal(sinks[0].control_topic, "control-iceberg");
    assert_string_equal(sinks[1].control_topic, "ctl");
    assert_null(sinks[1].kafka);
    assert_string_equal(sinks[3].kafka, "elsewhere:9092");
    derive_discover_catalogs(sinks, 4, NULL, 0, NULL, &c, of);
    assert_int_equal(c.list.n, 3);
    assert_int_equal(of[0], 0);
    assert_int_equal(of[1], 0); /* the same place, whatever it is called */
    assert_int_equal(of[2], 1);
    assert_int_equal(of[3], 2);
    const struct derive_discover_catalog *rest = &c.list.items[0], *files = &c.list.items[1], *db = &c.list.items[2];
    assert_null(rest->why);
    assert_string_equal(rest->name, "iceberg");
    assert_int_equal(rest->type, ICEBERG_SOURCE_REST);
    assert_string_equal(rest->warehouse, "prod");
    assert_string_equal(rest->client_id, "me");
    assert_string_equal(rest->client_secret, "se:cret");
    assert_int_equal(rest->tables.list.n, 3);
    assert_false(rest->all);
    assert_int_equal(files->type, ICEBERG_SOURCE_HADOOP);
    assert_string_equal(files->name, "iceberg-2");
    assert_string_equal(files->uri, "file:/lake/wh");
    assert_true(files->all);
    assert_int_equal(db->type, ICEBERG_SOURCE_SQL);
    assert_string_equal(db->name, "iceberg-3");
    assert_string_equal(db->warehouse, "iceberg");

    /* Names stay though the first of them goes. */
    struct derive_discover_catalogs later;
    derive_discover_catalogs(sinks + 2, 2, NULL, 0, &c, &later, of);
    assert_string_equal(later.list.items[0].name, "iceberg-2");
    assert_string_equal(later.list.items[1].name, "iceberg-3");
    assert_true(derive_discover_catalog_same(&c.list.items[1], &later.list.items[0]));
    assert_false(derive_discover_catalog_same(&c.list.items[0], &later.list.items[0]));
    derive_discover_catalogs_done(&later);
    derive_discover_catalogs_done(&c);
    assert_true(derive_discover_sink_same(&sinks[0], &sinks[0]));
    assert_false(derive_discover_sink_same(&sinks[0], &sinks[1]));
    for (size_t i = 0; i < 4; i++)
        derive_discover_sink_done(&sinks[i]);
}

static void why_a_catalog_cannot_be_read(void **state)
{
    (void)state;
    static const struct {
        const char *settings, *why;
    } cases[] = {
        {"iceberg.catalog.type=hive|iceberg.catalog.uri=thrift://h", "it is of type hive, which icetop does not read"},
        {"iceberg.catalog.catalog-impl=org.apache.iceberg.aws.glue.GlueCatalog",
         "it is of type glue, which icetop does not read"},
        {"iceberg.catalog.type=rest", "it has no uri"},
        {"iceberg.catalog.type=rest|iceberg.catalog.uri=${file:/x:uri}",
         "its uri is a placeholder, which only Connect resolves; a catalog \"iceberg\" in the configuration stands for "
         "it"},
        {"iceberg.catalog.type=rest|iceberg.catalog.uri=http://h|iceberg.catalog.credential=${vault:x:y}",
         "its credential is a placeholder, which only Connect resolves; a catalog \"iceberg\" in the configuration "
         "stands "
         "for it"},
        {"iceberg.catalog.type=rest|iceberg.catalog.uri=http://h|iceberg.catalog.rest.sigv4-enabled=true",
         "its requests are signed for AWS, which icetop does not do"},
        {"iceberg.catalog.type=jdbc|iceberg.catalog.uri=jdbc:postgresql://h/db",
         "it is a database other than SQLite, of which icetop reads none"},
        {"iceberg.catalog.type=hadoop", "it has no warehouse"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct derive_discover_sink sink = sink_of("s", cases[i].settings);
        struct derive_discover_catalogs c;
        size_t of;
        derive_discover_catalogs(&sink, 1, NULL, 0, NULL, &c, &of);
        assert_int_equal(c.list.n, 1);
        assert_null(c.list.items[0].name);
        assert_string_equal(c.list.items[0].why, cases[i].why);
        derive_discover_catalogs_done(&c);
        derive_discover_sink_done(&sink);
    }
}

static void what_is_configured_stands_for_what_is_found(void **state)
{
    (void)state;
    char from[] = "file:/lake", to[] = "/mnt/lake", hadoop[] = "hadoop", rest[] = "rest", warehouse[] = "/mnt/lake/wh",
         copies[] = "copies", iceberg[] = "iceberg", uri[] = "https://outside/rest";
    struct conf_pair prefix = {from, to};
    const struct conf_catalog configured[] = {
        {.name = copies, .type = hadoop, .warehouse = warehouse, .map = {&prefix, 1}},
        {.name = iceberg, .type = rest, .uri = uri},
    };
    struct derive_discover_sink sinks[] = {
        sink_of("by-map", "iceberg.catalog=a|iceberg.catalog.type=hadoop|iceberg.catalog.warehouse=file:///lake/wh/|"
                          "iceberg.tables=db.a"),
        sink_of("by-name", "iceberg.catalog.type=rest|iceberg.catalog.uri=http://rest.cluster.local:8181|"
                           "iceberg.catalog.token=${vault:x}|iceberg.tables=db.a"),
        sink_of("neither", "iceberg.catalog=copies-2|iceberg.catalog.type=hadoop|iceberg.catalog.warehouse=/elsewhere|"
                           "iceberg.tables=db.a"),
    };
    struct derive_discover_catalogs c;
    size_t of[3];
    derive_discover_catalogs(sinks, 3, configured, 2, NULL, &c, of);
    assert_int_equal(c.list.n, 3);
    assert_true(c.list.items[0].configured);
    assert_string_equal(c.list.items[0].name, "copies");
    assert_true(c.list.items[1].configured);
    assert_string_equal(c.list.items[1].name, "iceberg");
    assert_null(c.list.items[1].why);
    assert_false(c.list.items[2].configured);
    assert_string_equal(c.list.items[2].name, "copies-2");
    derive_discover_catalogs_done(&c);
    for (size_t i = 0; i < 3; i++)
        derive_discover_sink_done(&sinks[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topics_are_those_that_somebody_names),        cmocka_unit_test(there_is_an_end_to_topics),
        cmocka_unit_test(a_connector_names_its_topic_and_catalog),     cmocka_unit_test(why_a_catalog_cannot_be_read),
        cmocka_unit_test(what_is_configured_stands_for_what_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
