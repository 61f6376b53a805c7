/* Bodies of Connect's REST interface: recorded ones, and whatever else may come. */
#include "tests/unit/data.h"

#include "connect/rest.h"

#define SECRET "planted-secret-42"

static char *load(const char *run, const char *name)
{
    return data_text(data_path("connect/rest/%s/%s.json", run, name));
}

static struct connect_rest_connectors connectors(const char *body, const struct connect_rest_plugins *p)
{
    struct connect_rest_connectors c = {0};
    struct error err = {0};
    if (connect_rest_connectors(body, strlen(body), p, &c, &err))
        fail_msg("%s", err.text);
    return c;
}

static void test_captures(void **state)
{
    (void)state;
    static const struct {
        const char *run, *version;
        size_t tasks;
        int64_t interval, timeout;
        const char *catalog;
    } runs[] = {
        {"failing-1.11.0", "1.11.0", 2, 10000, 8000,
         "jdbc jdbc:sqlite:/lake1/cat.db?busy_timeout=3000, warehouse file:///lake1/wh"},
        {"healthy-1.9.2", "1.9.2", 2, 10000, 8000, NULL},
        {"idle-1.9.2", "1.9.2", 1, 45000, 20000, "hadoop, warehouse file:///lake2/wh"},
        {"zombie-1.10.1", "1.10.1", 2, 10000, 8000, NULL},
    };
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
        struct connect_rest_plugins p = {0};
        char *body = load(runs[i].run, "plugins");
        assert_int_equal(connect_rest_plugins(body, strlen(body), &p, NULL), 0);
        free(body);
        body = load(runs[i].run, "connectors");
        struct connect_rest_connectors c = connectors(body, &p);
        free(body);
        assert_int_equal(c.list.n, 1);
        const struct connect_rest_connector *one = &c.list.items[0];
        assert_string_equal(one->name, "orders-sink");
        assert_string_equal(one->type, "sink");
        assert_string_equal(one->state, "RUNNING");
        assert_non_null(strstr(one->worker, "127.0.0.1:"));
        assert_string_equal(one->version, runs[i].version);
        assert_null(one->trace);
        assert_int_equal(one->tasks.n, runs[i].tasks);
        for (size_t t = 0; t < one->tasks.n; t++) {
            assert_int_equal(one->tasks.items[t].task, t);
            assert_string_equal(one->tasks.items[t].state, "RUNNING");
        }
        assert_int_equal(one->settings.sink, CONNECT_SETTINGS_APACHE);
        assert_string_equal(one->settings.group, "connect-orders-sink");
        assert_string_equal(one->settings.control_topic, "control-iceberg");
        assert_int_equal(one->settings.interval_ms, runs[i].interval);
        assert_int_equal(one->settings.timeout_ms, runs[i].timeout);
        assert_int_equal(one->settings.tables.n, 1);
        assert_string_equal(one->settings.tables.items[0], "db.orders");
        if (runs[i].catalog)
            assert_string_equal(one->settings.catalog.shown, runs[i].catalog);
        assert_null(strstr(one->settings.shown, " more"));
        connect_rest_connectors_done(&c);
        connect_rest_plugins_done(&p);
    }
}

static void test_smaller_captures(void **state)
{
    (void)state;
    struct connect_rest_task_configs t = {0};
    char *body = load("failing-1.11.0", "tasks");
    assert_int_equal(connect_rest_tasks(body, strlen(body), &t, NULL), 0);
    free(body);
    assert_int_equal(t.list.n, 2);
    assert_int_equal(t.list.items[1].task, 1);
    assert_string_equal(t.list.items[1].suffix, "-txn-0a8eb020-9924-4ff0-9242-c0c2620c7690-1");
    assert_string_equal(t.list.items[1].class, "org.apache.iceberg.connect.IcebergSinkTask");
    connect_rest_tasks_done(&t);
    struct connect_rest_topics topics = {0};
    body = load("failing-1.11.0", "topics");
    assert_int_equal(connect_rest_topics(body, strlen(body), &topics, NULL), 0);
    free(body);
    assert_int_equal(topics.list.n, 1);
    assert_string_equal(topics.list.items[0], "orders");
    connect_rest_topics_done(&topics);
    struct connect_rest_root root = {0};
    body = load("failing-1.11.0", "root");
    assert_int_equal(connect_rest_root(body, strlen(body), &root, NULL), 0);
    free(body);
    assert_string_equal(root.version, "3.9.1");
    assert_string_equal(root.kafka_cluster_id, "MkU3OEVBNTcwNTJENDM2Qk");
    connect_rest_root_done(&root);
}

static void test_causes(void **state)
{
    (void)state;
    static const char *const traces[][2] = {
        {"", ""},
        {"org.x.A: one\n\tat b(C.java:1)\n", "org.x.A: one"},
        {"org.x.A: one\r\n\tat b\r\nCaused by: org.x.B: two\r\n\tat c\r\nCaused by: org.x.C: three\r\n\t... 9 more\r\n",
         "org.x.C: three"},
        {"\n\norg.x.A", "org.x.A"},
        {"Caused by: ", ""},
        {"x NotCaused by: y\n", "x NotCaused by: y"},
    };
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
        char *cause = connect_rest_cause(traces[i][0]);
        assert_string_equal(cause, traces[i][1]);
        free(cause);
    }
    char *cause = connect_rest_cause("Caused by: A\n\tSuppressed: x\n\t\tCaused by: B\n");
    assert_string_equal(cause, "B");
    free(cause);
    char longer[2 * CONNECT_REST_CAUSE + 1];
    for (size_t i = 0; i + 1 < sizeof longer; i += 2)
        memcpy(longer + i, "\xC3\xA4", 2);
    longer[sizeof longer - 1] = '\0';
    cause = connect_rest_cause(longer);
    assert_int_equal(strlen(cause), CONNECT_REST_CAUSE);
    free(cause);
}

#define SINK(name, config, more)                                                                                       \
    "{\"" name "\":{\"info\":{\"name\":\"" name "\",\"type\":\"sink\",\"config\":{" config                             \
    "},\"tasks\":[{\"connector\":"                                                                                     \
    "\"" name "\",\"task\":0},{\"connector\":\"" name "\",\"task\":1}]},\"status\":{\"name\":\"" name                  \
    "\",\"connector\":"                                                                                                \
    "{\"state\":\"RUNNING\",\"worker_id\":\"w:1\"},\"tasks\":[" more "]}}}"

/* Nothing of what is not known to be safe comes back, wherever Connect repeats it. */
static void test_secrets(void **state)
{
    (void)state;
    static const char body[] =
        SINK("s", "\"connector.class\":\"IcebergSink\",\"iceberg.catalog.token\":\"" SECRET "\",\"odd\":\"" SECRET "\"",
             "{\"id\":1,\"state\":\"FAILED\",\"worker_id\":\"w:1\",\"trace\":\"org.x.A: token " SECRET
             " refused\\n\\tat b\\nCaused by: http://u:pw@h/" SECRET "\\n\\tat c\"}");
    struct connect_rest_connectors c = connectors(body, NULL);
    const struct connect_rest_connector *one = &c.list.items[0];
    assert_int_equal(one->tasks.n, 2);
    assert_null(one->tasks.items[0].state);
    assert_string_equal(one->tasks.items[1].state, "FAILED");
    assert_null(strstr(one->tasks.items[1].trace, SECRET));
    assert_non_null(strstr(one->tasks.items[1].trace, "org.x.A: token \xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2 refused"));
    assert_string_equal(one->tasks.items[1].cause, "http://\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2@h/"
                                                   "\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2");
    assert_string_equal(one->settings.shown, "connector.class=IcebergSink; 2 more");
    connect_rest_connectors_done(&c);
}

static uint64_t config_of(const char *body)
{
    struct connect_rest_connectors c = connectors(body, NULL);
    uint64_t ret = c.list.items[0].config;
    connect_rest_connectors_done(&c);
    return ret;
}

static void test_changes_of_configuration(void **state)
{
    (void)state;
    uint64_t was = config_of(SINK("s", "\"a\":\"1\",\"b\":\"2\"", ""));
    assert_true(was == config_of(SINK("s", "\"b\":\"2\",\"a\":\"1\"", "{\"id\":0,\"state\":\"FAILED\"}")));
    assert_true(was == config_of(SINK("s", "\"b\":\"2\",\"c\":null,\"a\":\"1\"", "")));
    assert_true(was != config_of(SINK("s", "\"a\":\"2\",\"b\":\"1\"", "")));
    assert_true(was != config_of(SINK("s", "\"a\":\"1\"", "")));
    assert_true(was != config_of("{\"s\":{\"info\":{\"config\":{\"a\":\"1\",\"b\":\"2\"},\"tasks\":[{\"task\":0}]}}}"));
}

static void test_aliases(void **state)
{
    (void)state;
    static const char plugins[] =
        "[{\"class\":\"io.tabular.iceberg.connect.IcebergSinkConnector\",\"type\":\"sink\",\"version\":\"1.4.3-kc-0."
        "6\"},"
        "{\"class\":\"org.x.HttpSource\",\"version\":null},{\"class\":\"org.y.HttpSource\",\"version\":\"2\"}]";
    struct connect_rest_plugins p = {0};
    assert_int_equal(connect_rest_plugins(plugins, strlen(plugins), &p, NULL), 0);
    assert_string_equal(connect_rest_version(&p, "IcebergSink"), "1.4.3-kc-0.6");
    assert_string_equal(connect_rest_version(&p, "IcebergSinkConnector"), "1.4.3-kc-0.6");
    assert_null(connect_rest_version(&p, "Iceberg"));
    assert_null(connect_rest_version(&p, "HttpSource")); /* two of them */
    assert_string_equal(connect_rest_version(&p, "org.y.HttpSource"), "2");
    assert_null(connect_rest_version(&p, "org.x.HttpSource"));
    struct connect_rest_connectors c = connectors(SINK("s", "\"connector.class\":\"IcebergSink\"", ""), &p);
    assert_int_equal(c.list.items[0].settings.sink, CONNECT_SETTINGS_TABULAR);
    assert_string_equal(c.list.items[0].version, "1.4.3-kc-0.6");
    connect_rest_connectors_done(&c);
    connect_rest_plugins_done(&p);
}

enum body { CONNECTORS, TASKS, TOPICS, PLUGINS, ROOT };

/* Reads any body as one that was asked for, and forgets it. */
static int read_as(enum body as, const char *body, size_t len, struct error *err)
{
    struct connect_rest_connectors c = {0};
    struct connect_rest_task_configs t = {0};
    struct connect_rest_topics topics = {0};
    struct connect_rest_plugins p = {0};
    struct connect_rest_root root = {0};
    int rc = as == CONNECTORS ? connect_rest_connectors(body, len, NULL, &c, err)
             : as == TASKS    ? connect_rest_tasks(body, len, &t, err)
             : as == TOPICS   ? connect_rest_topics(body, len, &topics, err)
             : as == PLUGINS  ? connect_rest_plugins(body, len, &p, err)
                              : connect_rest_root(body, len, &root, err);
    connect_rest_connectors_done(&c);
    connect_rest_tasks_done(&t);
    connect_rest_topics_done(&topics);
    connect_rest_plugins_done(&p);
    connect_rest_root_done(&root);
    return rc;
}

static void test_malformed(void **state)
{
    (void)state;
    static const struct {
        enum body as;
        const char *body, *text;
    } cases[] = {
        {CONNECTORS, "", "connectors: the answer is empty"},
        {CONNECTORS, " \n", "connectors: the answer is empty"},
        {CONNECTORS, "<html>", "connectors: the answer is HTML or XML, where JSON was expected"},
        {CONNECTORS, "{\"s\":{\"info\":", "connectors: the answer of 13 bytes ends in the middle"},
        {CONNECTORS, "{\"s\" 1}", "connectors: no JSON at byte"},
        {CONNECTORS, "[\"s\"]", "connectors: a list of names where an object was expected: Connect older than 2.3?"},
        {CONNECTORS, "7", "connectors: a number where an object was expected"},
        {CONNECTORS, "{\"a\033[1m\":1}", "connectors: no JSON at byte"},
        {CONNECTORS, "{\"a\\u001b[1m\":1}", "connectors: a\xEF\xBF\xBD[1m: a number where an object was expected"},
        {CONNECTORS, "{\"s\":{}}", "connectors: s: neither status nor info"},
        {CONNECTORS, "{\"s\":{\"info\":[]}}", "connectors: s.info: a list where an object was expected"},
        {CONNECTORS, "{\"s\":{\"info\":{\"config\":{\"a\":1}}}}",
         "connectors: s.info.config: a number where a text as each setting's value was expected"},
        {CONNECTORS, "{\"s\":{\"info\":{\"tasks\":[{\"task\":0},{}]}}}",
         "connectors: s.info.tasks.[1].task: nothing where a number was expected"},
        {CONNECTORS, "{\"s\":{\"status\":{}}}", "connectors: s.status.connector: nothing where an object was expected"},
        {CONNECTORS, "{\"s\":{\"status\":{\"connector\":{\"state\":1}}}}",
         "connectors: s.status.connector.state: a number where a text was expected"},
        {CONNECTORS, "{\"s\":{\"status\":{\"connector\":{},\"tasks\":[{\"id\":-1}]}}}",
         "connectors: s.status.tasks.[0].id: no task has the number -1"},
        {CONNECTORS, "{\"s\":{\"status\":{\"connector\":{},\"tasks\":[{\"id\":1,\"trace\":{}}]}}}",
         "connectors: s.status.tasks.[0].trace: an object where a text was expected"},
        {TASKS, "{}", "tasks: an object where a list was expected"},
        {TASKS, "[{\"id\":{\"task\":\"0\"}}]", "tasks: [0].id.task: a text where a number was expected"},
        {TASKS, "[{\"id\":{\"task\":0}}]", "tasks: [0].config: nothing where an object was expected"},
        {TOPICS, "{}", "topics: 0 connectors where one was expected"},
        {TOPICS, "{\"s\":{\"topics\":[1]}}", "topics: topics: a number where a text was expected"},
        {PLUGINS, "[{}]", "connector-plugins: [0]: no class"},
        {PLUGINS, "{\"error_code\":500,\"message\":\"x\"}", "connector-plugins: an object where a list was expected"},
        {ROOT, "{}", "/: no version: is it Kafka Connect?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        assert_int_equal(read_as(cases[i].as, cases[i].body, strlen(cases[i].body), &err), ERR_INVALID);
        if (strncmp(err.text, cases[i].text, strlen(cases[i].text)) != 0)
            fail_msg("%s\nis not\n%s", err.text, cases[i].text);
    }
}

/* Every beginning of every recorded body: an error, never a crash. */
static void test_halves(void **state)
{
    (void)state;
    static const char *const names[] = {"connectors", "tasks", "topics", "plugins", "root"};
    for (enum body as = CONNECTORS; as <= ROOT; as++) {
        char *body = load("failing-1.11.0", names[as]);
        size_t len = strlen(body);
        while (len && strchr(" \n", body[len - 1]))
            len--;
        for (size_t i = 0; i < len; i++) {
            char *half = mem_memdup(body, i); /* as the sanitizer sees its end */
            assert_int_equal(read_as(as, half, i, NULL), ERR_INVALID);
            free(half);
        }
        assert_int_equal(read_as(as, body, len, NULL), 0);
        free(body);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct error err = {0};
    struct str s = {0};
    str_add(&s, "[");
    str_repeat(&s, ',', CONNECT_REST_VALUES);
    assert_int_equal(read_as(CONNECTORS, s.s, s.len, &err), ERR_LIMIT);
    assert_string_equal(err.text, "connectors: more than 1000000 values");
    str_clear(&s);
    str_repeat(&s, '[', 5000); /* deeper than anybody goes */
    assert_int_equal(read_as(TASKS, s.s, s.len, &err), ERR_INVALID);
    str_clear(&s);
    str_repeat(&s, ' ', CONNECT_REST_BYTES + 1);
    assert_int_equal(read_as(ROOT, s.s, s.len, &err), ERR_LIMIT);
    str_clear(&s);
    str_add(&s, "{");
    for (int i = 0; i <= CONNECT_REST_CONNECTORS; i++)
        str_printf(&s, "%s\"c%d\":0", i ? "," : "", i);
    str_add(&s, "}");
    assert_int_equal(read_as(CONNECTORS, s.s, s.len, &err), ERR_LIMIT);
    assert_string_equal(err.text, "connectors: 10001 connectors, more than 10000");
    str_clear(&s);
    str_add(&s, "{\"x\":{\"topics\":[\"0\"");
    for (int i = 0; i < CONNECT_REST_TOPICS; i++)
        str_add(&s, ",\"t\"");
    str_add(&s, "]}}");
    assert_int_equal(read_as(TOPICS, s.s, s.len, &err), ERR_LIMIT);
    str_done(&s);
}

/* A trace of any length is kept to a few kilobytes; a NUL in it, or bytes that end in the middle of a letter, harm nothing. */
static void test_long_trace(void **state)
{
    (void)state;
    struct str s = {0};
    str_add(&s,
            "{\"s\":{\"status\":{\"connector\":{\"state\":\"FAILED\",\"trace\":\"first\\u0000x\"},\"tasks\":[{\"id\":7,"
            "\"state\":\"FAILED\",\"trace\":\"x");
    for (int i = 0; i < 400000; i++)
        str_add(&s, "\xC3\xA4");
    str_add(&s, "\\nCaused by: too far\"}]}}}");
    struct connect_rest_connectors c = connectors(str_text(&s), NULL);
    assert_string_equal(c.list.items[0].trace, "first");
    const struct connect_rest_task *t = &c.list.items[0].tasks.items[0];
    assert_int_equal(t->task, 7);
    assert_int_equal(strlen(t->trace), CONNECT_REST_TRACE - 1 + 3);
    assert_true(strlen(t->cause) <= CONNECT_REST_CAUSE);
    connect_rest_connectors_done(&c);
    str_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_captures),  cmocka_unit_test(test_smaller_captures),
        cmocka_unit_test(test_causes),    cmocka_unit_test(test_secrets),
        cmocka_unit_test(test_aliases),   cmocka_unit_test(test_changes_of_configuration),
        cmocka_unit_test(test_malformed), cmocka_unit_test(test_halves),
        cmocka_unit_test(test_limits),    cmocka_unit_test(test_long_trace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
