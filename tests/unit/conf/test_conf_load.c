/* Whole configurations: what they mean, what is wrong with them, where values come from. */
#include "tests/unit/conf/files.h"
#include "tests/unit/data.h"

#include "base/str.h"
#include "conf/conf.h"
#include "conf/digest.h"

#include <librdkafka/rdkafka.h>

/* Reads text, with DIR replaced, as the file DIR/icetop.yaml; *c is NULL on error. */
static int load(const char *text, struct conf_args args, struct conf **c, struct error *err)
{
    char *expanded = files_expand(text);
    *c = NULL;
    *err = (struct error){0};
    int rc = files_load(expanded, args, c, err);
    free(expanded);
    return rc;
}

static const struct conf_property *property(const struct conf_cluster *c, const char *name)
{
    for (size_t i = 0; i < c->nproperties; i++)
        if (strcmp(c->properties[i].name, name) == 0)
            return &c->properties[i];
    return NULL;
}

static void assert_property(const struct conf_cluster *c, const char *name, const char *value, const char *origin)
{
    const struct conf_property *p = property(c, name);
    assert_non_null(p);
    assert_string_equal(p->value, value);
    char *expanded = files_expand(origin);
    assert_string_equal(p->origin, expanded);
    free(expanded);
}

static void defaults_and_clusters(void **state)
{
    struct conf *c;
    struct error err;
    (void)state;
    assert_int_equal(load("clusters:\n"
                          "  a:\n"
                          "    bootstrap: \"a:9092,b:9092\"\n"
                          "    interval: 2s\n"
                          "    groups: [\"pay*\", \"!payx\"]\n"
                          "    topics: t*\n"
                          "    properties:\n"
                          "      client.id: me\n"
                          "      socket.keepalive.enable: true\n"
                          "  b: {bootstrap: c, isolation: read_committed, max_in_flight: 7}\n"
                          "defaults:\n"
                          "  interval: 7s\n"
                          "  deadline: 3s\n"
                          "  properties: {client.id: all, client.rack: r}\n"
                          "history: {enabled: no, path: h.db, max_size: 1GB, max_age: 1d}\n"
                          "ui: {theme: mono, utc: true, interval: 250ms}\n"
                          "log: {file: ~/log, level: debug}\n",
                          (struct conf_args){0}, &c, &err),
                     0);
    assert_int_equal(c->nclusters, 2);
    const struct conf_cluster *a = &c->clusters[0], *b = &c->clusters[1];
    assert_string_equal(a->name, "a");
    assert_string_equal(a->bootstrap, "a:9092,b:9092");
    assert_int_equal(a->interval_ms, 2000);
    assert_int_equal(a->deadline_ms, 3000);
    assert_int_equal(a->max_interval_ms, 60000);
    assert_int_equal(a->starts_interval_ms, 300000);
    assert_int_equal(a->max_groups, 20000);
    assert_int_equal(a->max_partitions, 500000);
    assert_int_equal(a->max_in_flight, 200);
    assert_false(a->read_committed);
    assert_true(conf_globs_match(&a->groups, "payments"));
    assert_false(conf_globs_match(&a->groups, "payx"));
    assert_true(conf_globs_match(&a->topics, "tt"));
    assert_false(conf_globs_match(&a->topics, "x"));
    assert_int_equal(a->nproperties, 3);
    assert_property(a, "client.id", "me", "DIR/icetop.yaml:8:18");
    assert_property(a, "client.rack", "r", "DIR/icetop.yaml:14:45");
    assert_property(a, "socket.keepalive.enable", "true", "DIR/icetop.yaml:9:32");
    assert_string_equal(a->properties[0].name, "client.rack");
    assert_int_equal(b->interval_ms, 7000);
    assert_true(b->read_committed);
    assert_int_equal(b->max_in_flight, 7);
    assert_true(conf_globs_match(&b->groups, "anything"));
    assert_property(b, "client.id", "all", "DIR/icetop.yaml:14:27");
    assert_false(c->history.enabled);
    char *path = files_expand("DIR/h.db");
    assert_string_equal(c->history.path, path);
    free(path);
    assert_int_equal(c->history.max_bytes, 1000000000);
    assert_int_equal(c->history.max_age_ms, 86400000);
    assert_int_equal(c->history.sample_ms, 60000);
    assert_string_equal(c->ui.theme, "mono");
    assert_string_equal(c->ui.graph, "auto");
    assert_true(c->ui.utc);
    assert_false(c->ui.mouse);
    assert_int_equal(c->ui.interval_ms, 250);
    path = files_expand("DIR/log");
    assert_string_equal(c->log_file, path);
    free(path);
    assert_string_equal(c->log_level, "debug");
    assert_string_equal(conf_warnings(c), "");
    conf_free(c);
}

#define CLUSTER "clusters:\n  a:\n    bootstrap: a:9092\n"
#define CLUSTER_KEYS                                                                                                   \
    "bootstrap, properties, command_config, socks5, socks5_user, socks5_password, address_map, groups, topics, "       \
    "interval, deadline, max_interval, "                                                                               \
    "starts_interval, isolation, read_committed_groups, offsets, records, max_groups, max_partitions, "                \
    "max_requests_per_s, "                                                                                             \
    "max_in_flight"
#define DURATION ", as 500ms, 5s, 2m, 1h30m, 7d; a plain number is seconds"
#define SECRET   "a text, {env: NAME}, {file: PATH}, {command: [WORD, ...]}"

static void errors(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "DIR/icetop.yaml: no clusters, connect, catalogs, prometheus or prometheus_servers; add one, or "
             "name a cluster with -b HOST:PORT"},
        {"clusters: {}", "DIR/icetop.yaml: no clusters, connect, catalogs, prometheus or prometheus_servers; add one, or "
                         "name a cluster with -b HOST:PORT"},
        {"- a", "DIR/icetop.yaml:1:1: a list, where a map is expected; allowed: clusters, "
                "defaults, connect, catalogs, prometheus, prometheus_servers, recipes, consistency, datasets, plugins, history, ui, log, keys, theme"},
        {"cluster: {}",
         "DIR/icetop.yaml:1:1: unknown key \"cluster\" (did you mean "
         "\"clusters\"?); allowed: defaults, clusters, connect, catalogs, prometheus, prometheus_servers, recipes, consistency, datasets, plugins, history, ui, log, keys, theme"},
        {"keys: q",
         "DIR/icetop.yaml:1:7: keys: a text, where a map is expected; allowed: names of actions and views, each "
         "with its keys"},
        {"keys:\n  quit: {a: b}",
         "DIR/icetop.yaml:2:9: keys.quit: a map, where a key or list is expected; allowed: a key, "
         "a list of keys, or [] for none"},
        {"keys:\n  quit: [q, [Q]]", "DIR/icetop.yaml:2:13: keys.quit: a list, where a key is expected; allowed: a key, "
                                    "a list of keys, or [] for none"},
        {"clusters: a:9092", "DIR/icetop.yaml:1:11: clusters: a text, where a map is expected; "
                             "allowed: names of clusters, each with options"},
        {"clusters:\n  a: b", "DIR/icetop.yaml:2:6: clusters.a: a text, where a map is expected; "
                              "allowed: its options, each with a value"},
        {"clusters:\n  a: {}", "DIR/icetop.yaml:2:3: clusters.a: no bootstrap; allowed: "
                               "bootstrap: HOST:PORT[,HOST:PORT...]"},
        {"clusters:\n  \"a\\eb\": {}",
         "DIR/icetop.yaml:2:3: clusters: no name for a cluster; allowed: at most 200 bytes, "
         "without control characters"},
        {CLUSTER "    intervall: 5s", "DIR/icetop.yaml:4:5: clusters.a: unknown key \"intervall\" "
                                      "(did you mean \"interval\"?); allowed: " CLUSTER_KEYS},
        {CLUSTER "    interval: soon",
         "DIR/icetop.yaml:4:15: clusters.a.interval: \"soon\" is not a duration; allowed: 100ms "
         "to 1h" DURATION},
        {CLUSTER "    interval: 2h", "DIR/icetop.yaml:4:15: clusters.a.interval: \"2h\" is out of "
                                     "range; allowed: 100ms to 1h"},
        {CLUSTER "    interval: [5s]",
         "DIR/icetop.yaml:4:15: clusters.a.interval: a list, where a duration is expected; "
         "allowed: 100ms to 1h"},
        {CLUSTER "    interval:\n", "DIR/icetop.yaml:4:14: clusters.a.interval: nothing, where a duration is expected; "
                                    "allowed: 100ms to 1h"},
        {CLUSTER "    isolation: committed",
         "DIR/icetop.yaml:4:16: clusters.a.isolation: \"committed\" is not known; allowed: "
         "read_uncommitted, read_committed"},
        {CLUSTER "    max_groups: many", "DIR/icetop.yaml:4:17: clusters.a.max_groups: \"many\" is "
                                         "not a whole number; allowed: 1 to 1000000"},
        {CLUSTER "    groups: {a: b}", "DIR/icetop.yaml:4:13: clusters.a.groups: a map, where a "
                                       "glob is expected; allowed: a list of globs"},
        {CLUSTER "    groups: [a, \"!\"]",
         "DIR/icetop.yaml:4:17: clusters.a.groups: an empty glob; allowed: a pattern of * ? [a-z], "
         "with ! before it to leave out what matches"},
        {CLUSTER "    interval: 10s\n    max_interval: 5s",
         "DIR/icetop.yaml:5:19: clusters.a.max_interval: less than interval; allowed: from "
         "interval (DIR/icetop.yaml:4:15) up"},
        {CLUSTER "    properties: [a]",
         "DIR/icetop.yaml:4:17: clusters.a.properties: a list, where a map is expected; allowed: "
         "librdkafka properties, each with a value"},
        {CLUSTER "    properties:\n      sasl.pasword: x",
         "DIR/icetop.yaml:5:7: clusters.a.properties: sasl.pasword: librdkafka VERSION has no such "
         "property (did you mean \"sasl.password\"?)"},
        {CLUSTER "    properties:\n      security.protocol: TLS",
         "DIR/icetop.yaml:5:7: clusters.a.properties: security.protocol: Invalid value \"TLS\" for "
         "configuration property \"security.protocol\""},
        {CLUSTER "    properties:\n      socket.timeout.ms: 1",
         "DIR/icetop.yaml:5:7: clusters.a.properties: socket.timeout.ms: Configuration property "
         "\"socket.timeout.ms\" value 1 is outside allowed range 10..300000"},
        {CLUSTER "    properties: {group.id: g}", "DIR/icetop.yaml:4:18: clusters.a.properties: "
                                                  "group.id: not to be set: icetop never joins a "
                                                  "group"},
        {CLUSTER "    properties: {bootstrap.servers: g}",
         "DIR/icetop.yaml:4:18: clusters.a.properties: bootstrap.servers: not to be set: the "
         "brokers are given with -b, or as bootstrap of the cluster"},
        {CLUSTER "    properties: {plugin.library.paths: g}",
         "DIR/icetop.yaml:4:18: clusters.a.properties: plugin.library.paths: not to be set: "
         "icetop loads no code into its client"},
        {CLUSTER "    properties: {sasl.password: {}}",
         "DIR/icetop.yaml:4:33: clusters.a.properties.sasl.password: a map, where a text or a way "
         "to a secret is expected; allowed: " SECRET},
        {CLUSTER "    properties: {sasl.password: {enw: X}}",
         "DIR/icetop.yaml:4:33: clusters.a.properties.sasl.password: a map, where a text or a way "
         "to a secret is expected; allowed: " SECRET},
        {CLUSTER "    properties: {sasl.password: {command: pass show x}}",
         "DIR/icetop.yaml:4:33: clusters.a.properties.sasl.password: a map, where a text or a way "
         "to a secret is expected; allowed: " SECRET},
        {CLUSTER "    properties: {sasl.password: {command: [\"\"]}}",
         "DIR/icetop.yaml:4:33: clusters.a.properties.sasl.password: a map, where a text or a way "
         "to a secret is expected; allowed: " SECRET},
        {CLUSTER "    properties: {sasl.password: [x]}",
         "DIR/icetop.yaml:4:33: clusters.a.properties.sasl.password: a list, where a text or a way "
         "to a secret is expected; allowed: " SECRET},
        {CLUSTER "    properties: {sasl.password: {env: ICETOP_TEST_UNSET}}",
         "DIR/icetop.yaml:4:39: clusters.a.properties.sasl.password: the environment variable "
         "ICETOP_TEST_UNSET is not set"},
        {CLUSTER "    properties: {sasl.password: {file: absent}}",
         "DIR/icetop.yaml:4:40: clusters.a.properties.sasl.password: DIR/absent: No such file or "
         "directory"},
        {CLUSTER "    properties: {sasl.password: {command: [\"false\"]}}",
         "DIR/icetop.yaml:4:43: clusters.a.properties.sasl.password: command \"false\": exit code "
         "1"},
        {CLUSTER "    properties: {socket.timeout.ms: {command: [echo, hunter2]}}",
         "DIR/icetop.yaml:4:47: clusters.a.properties.socket.timeout.ms: socket.timeout.ms: "
         "librdkafka does not take the value"},
        {CLUSTER "    command_config: absent.properties",
         "clusters.a.command_config: DIR/absent.properties: No such file or directory"},
        {"clusters:\n  a: {bootstrap: \"a:9092,:1\"}",
         "DIR/icetop.yaml:2:18: \":1\" is no broker; allowed: HOST:PORT[,HOST:PORT...], an IPv6 "
         "address in brackets"},
        {"defaults: {interval: x}\nclusters: {}",
         "DIR/icetop.yaml:1:22: defaults.interval: \"x\" is not a duration; allowed: 100ms to "
         "1h" DURATION},
        {"defaults: {properties: {foo: x}}",
         "DIR/icetop.yaml:1:25: defaults.properties: foo: librdkafka VERSION has no such "
         "property"},
        {"history: {max_size: 4}", "DIR/icetop.yaml:1:21: history.max_size: \"4\" is out of range; "
                                   "allowed: 16MB to 100TB"},
        {"history: {enable: true}",
         "DIR/icetop.yaml:1:11: history: unknown key \"enable\" (did you mean \"enabled\"?); "
         "allowed: enabled, path, max_size, max_age, sample, thin"},
        {"ui: {color: blue}", "DIR/icetop.yaml:1:13: ui.color: \"blue\" is not known; allowed: "
                              "auto, always, never"},
        {"log: {level: warning}", "DIR/icetop.yaml:1:14: log.level: \"warning\" is not known; "
                                  "allowed: error, warn, info, debug"},
        {"log: []", "DIR/icetop.yaml:1:6: log: a list, where a map is expected; allowed: its "
                    "options, each with a value"},
        {"a: 1\na: 2", "DIR/icetop.yaml:2:1: the key \"a\" is given twice, first in line 1"},
    };
    (void)state;
    unsetenv("ICETOP_TEST_UNSET");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf *c;
        struct error err;
        assert_true(load(cases[i].text, (struct conf_args){0}, &c, &err) < 0);
        assert_null(c);
        char *expected = files_expand(cases[i].error);
        char *version = strstr(expected, "VERSION");
        if (version) {
            char *with = mem_printf("%.*s%s%s", (int)(version - expected), expected, rd_kafka_version_str(),
                                    version + strlen("VERSION"));
            free(expected);
            expected = with;
        }
        assert_string_equal(err.text, expected);
        free(expected);
    }
}

static void command_line_errors(void **state)
{
    static const char *const good = "clusters: {prod: {bootstrap: a}, test: {bootstrap: b}}";
    static const char *bad_x[] = {"foo", NULL}, *unknown_x[] = {"foo.bar=1", NULL}, *group_x[] = {"group.id=1", NULL},
                      *java_x[] = {"sasl.jaas.config=1", NULL}, *globs[] = {"a", "!", NULL};
    struct {
        struct conf_args args;
        const char *error;
    } cases[] = {
        {{.properties = bad_x}, "-X: \"foo\" is no property; allowed: NAME=VALUE"},
        {{.properties = unknown_x}, "-X: foo.bar: librdkafka VERSION has no such property"},
        {{.properties = java_x},
         "-X: sasl.jaas.config: only Java's clients have this; --command-config and "
         "command_config translate it"},
        {{.properties = group_x}, "-X: group.id: not to be set: icetop never joins a group"},
        {{.interval = "x"}, "-d: \"x\" is not a duration; allowed: 100ms to 1h" DURATION},
        {{.groups = globs},
         "-g: an empty glob; allowed: a pattern of * ? [a-z], with ! before it "
         "to leave out what matches"},
        {{.cluster = "prd"},
         "--cluster: \"prd\" is no cluster (did you mean \"prod\"?); allowed: "
         "prod, test"},
        {{.cluster = "prod", .bootstrap = "a"}, "--cluster: \"prod\" is no cluster; allowed: default, which -b makes"},
        {{.bootstrap = "a b"},
         "-b: \"a b\" is no broker; allowed: HOST:PORT[,HOST:PORT...], an "
         "IPv6 address in brackets"},
        {{.bootstrap = ""},
         "-b: \"\" is no broker; allowed: HOST:PORT[,HOST:PORT...], an IPv6 "
         "address in brackets"},
        {{.command_config = "/absent"}, "--command-config: /absent: No such file or directory"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf *c;
        struct error err;
        assert_true(load(good, cases[i].args, &c, &err) < 0);
        const char *version = strstr(cases[i].error, "VERSION");
        char *expected = version ? mem_printf("%.*s%s%s", (int)(version - cases[i].error), cases[i].error,
                                              rd_kafka_version_str(), version + strlen("VERSION"))
                                 : mem_strdup(cases[i].error);
        assert_string_equal(err.text, expected);
        free(expected);
    }
}

static void brokers(void **state)
{
    static const struct {
        const char *text;
        bool ok;
    } cases[] = {
        {"a", true},
        {"a:1", true},
        {"a:65535", true},
        {"a:65536", false},
        {"a:0", false},
        {"a:", false},
        {":1", false},
        {"a:b", false},
        {"[::1]:9092", true},
        {"[::1]", true},
        {"[]:1", false},
        {"::1", false},
        {"[::1", false},
        {"[::1]x", false},
        {"a:1, b:2", true},
        {"a:1,", false},
        {"a:1,,b", false},
        {"a b", false},
        {"SSL://a", false},
        {"a:99999999999", false},
        {"1.2.3.4:9092", true},
        {"a_b.c-d:1", true},
        {"u@h:1", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf *c = NULL;
        struct error err;
        int rc = load("", (struct conf_args){.bootstrap = cases[i].text}, &c, &err);
        if ((rc == 0) != cases[i].ok)
            fail_msg("%s: %d", cases[i].text, rc);
        conf_free(c);
    }
}

static void command_line_over_file(void **state)
{
    static const char *x[] = {"client.id=x", "sasl.password=pw=1", NULL}, *g[] = {"only", NULL}, *t[] = {"!no", NULL};
    struct conf *c;
    struct error err;
    (void)state;
    /* The clusters of the file are left out, with their secrets; the rest holds. */
    assert_int_equal(
        load("defaults: {deadline: 2s, groups: a, properties: {client.id: d}}\n"
             "ui: {theme: mono}\n"
             "history: {enabled: true, path: /h}\n"
             "clusters:\n"
             "  p:\n"
             "    bootstrap: a:1\n"
             "    command_config: absent\n"
             "    properties: {sasl.password: {command: [\"false\"]}}\n",
             (struct conf_args){
                 .bootstrap = "h:1", .properties = x, .groups = g, .topics = t, .interval = "90", .history = ""},
             &c, &err),
        0);
    assert_int_equal(c->nclusters, 1);
    const struct conf_cluster *k = &c->clusters[0];
    assert_string_equal(k->name, "default");
    assert_string_equal(k->bootstrap, "h:1");
    assert_int_equal(k->interval_ms, 90000);
    assert_int_equal(k->max_interval_ms, 90000); /* lifted */
    assert_int_equal(k->deadline_ms, 2000);
    assert_true(conf_globs_match(&k->groups, "only"));
    assert_false(conf_globs_match(&k->groups, "a"));
    assert_false(conf_globs_match(&k->topics, "no"));
    assert_true(conf_globs_match(&k->topics, "yes"));
    assert_property(k, "client.id", "x", "-X");
    assert_property(k, "sasl.password", "pw=1", "-X");
    assert_true(property(k, "sasl.password")->secret);
    assert_string_equal(c->ui.theme, "mono");
    assert_false(c->history.enabled);
    assert_string_equal(conf_warnings(c), "-X: sasl.password: every user of this machine may read "
                                          "it in the list of processes\n");
    conf_free(c);

    assert_int_equal(load("clusters: {a: {bootstrap: x}, b: {bootstrap: y, command_config: z}}",
                          (struct conf_args){.cluster = "a", .history = "/tmp/h"}, &c, &err),
                     0);
    assert_int_equal(c->nclusters, 1);
    assert_string_equal(c->clusters[0].name, "a");
    assert_string_equal(c->history.path, "/tmp/h");
    assert_true(c->history.enabled);
    conf_free(c);
}

static void defaults_can_be_left_out(void **state)
{
    struct conf *c;
    struct error err;
    (void)state;
    assert_int_equal(load("defaults: {interval: 1s, properties: {client.id: d}}\nui: {theme: mono}\n",
                          (struct conf_args){.bootstrap = "h:1", .no_defaults = true}, &c, &err),
                     0);
    assert_int_equal(c->clusters[0].interval_ms, 5000);
    assert_int_equal(c->clusters[0].nproperties, 0);
    assert_string_equal(c->ui.theme, "mono");
    conf_free(c);
}

static void file_search(void **state)
{
    struct conf_args args = {0};
    struct conf *c = NULL;
    struct error err;
    (void)state;
    char *dir = mem_printf("%s/icetop", files_dir);
    char *expected = mem_printf("no cluster to look at: name one with -b HOST:PORT, or a Connect worker with "
                                "--connect URL, or a catalog with --catalog, or metrics with --scrape URL, or a Prometheus server with --prometheus URL, or describe yours in "
                                "%s/icetop.yaml",
                                dir);
    if (access("/etc/icetop/icetop.yaml", F_OK) != 0) {
        assert_int_equal(conf_load(&args, &c, &err), ERR_NOT_FOUND);
        assert_string_equal(err.text, expected);
        args.bootstrap = "a";
        assert_int_equal(conf_load(&args, &c, &err), 0);
        assert_null(conf_file(c));
        conf_free(c);
        args.bootstrap = NULL;
    }
    assert_int_equal(mkdir(dir, 0700), 0);
    char *path = files_write("icetop/icetop.yaml", "clusters: {a: {bootstrap: x}}");
    assert_int_equal(conf_load(&args, &c, &err), 0);
    assert_string_equal(conf_file(c), path);
    conf_free(c);
    args.config = "/absent.yaml";
    assert_int_equal(conf_load(&args, &c, &err), ERR_NOT_FOUND);
    assert_string_equal(err.text, "/absent.yaml: No such file or directory");
    assert_int_equal(unlink(path), 0);
    free(path);
    free(expected);
    free(dir);
}

static void secrets(void **state)
{
    struct conf *c;
    struct error err;
    (void)state;
    setenv("ICETOP_TEST_SECRET", "from-env", 1);
    free(files_write("pw", "from-file\n"));
    /* The command adds a byte to a file each time: clusters that share it run it once. */
    assert_int_equal(load("defaults:\n"
                          "  properties:\n"
                          "    ssl.key.password:\n"
                          "      command: [sh, -c, 'echo >> DIR/runs; echo from-command']\n"
                          "clusters:\n"
                          "  a:\n"
                          "    bootstrap: x\n"
                          "    properties: {sasl.password: {env: ICETOP_TEST_SECRET}}\n"
                          "  b:\n"
                          "    bootstrap: y\n"
                          "    properties: {client.id: {file: pw}}\n",
                          (struct conf_args){0}, &c, &err),
                     0);
    assert_property(&c->clusters[0], "sasl.password", "from-env", "DIR/icetop.yaml:8:33, from the environment");
    assert_property(&c->clusters[0], "ssl.key.password", "from-command", "DIR/icetop.yaml:4:7, from a command");
    assert_property(&c->clusters[1], "ssl.key.password", "from-command", "DIR/icetop.yaml:4:7, from a command");
    assert_property(&c->clusters[1], "client.id", "from-file", "DIR/icetop.yaml:11:29, from a file");
    assert_true(property(&c->clusters[1], "client.id")->secret);
    assert_string_equal(conf_warnings(c), "");
    struct str s = {0};
    conf_print(c, &s);
    assert_null(strstr(s.s, "from-env"));
    assert_null(strstr(s.s, "from-file"));
    assert_null(strstr(s.s, "from-command"));
    str_done(&s);
    conf_free(c);
    char *runs = files_expand("DIR/runs");
    struct stat st;
    assert_int_equal(stat(runs, &st), 0);
    assert_int_equal(st.st_size, 1);
    free(runs);
}

static void replaced_secrets_are_not_fetched(void **state)
{
    static const char *x[] = {"sasl.password=mine", NULL};
    struct conf *c;
    struct error err;
    (void)state;
    assert_int_equal(load("clusters:\n"
                          "  a:\n"
                          "    bootstrap: x\n"
                          "    properties: {sasl.password: {command: [\"false\"]}}\n",
                          (struct conf_args){.properties = x}, &c, &err),
                     0);
    assert_property(&c->clusters[0], "sasl.password", "mine", "-X");
    conf_free(c);
}

static void exposed_files_are_warned_of(void **state)
{
    struct conf *c = NULL;
    struct error err;
    (void)state;
    char *path = files_write("open.yaml", "clusters:\n"
                                          "  a:\n"
                                          "    bootstrap: x\n"
                                          "    properties: {sasl.password: p}\n");
    char *warning = files_expand("DIR/open.yaml: holds a secret, and every user of this machine may read it\n");
    struct conf_args args = {.config = path};
    assert_int_equal(conf_load(&args, &c, &err), 0);
    assert_string_equal(conf_warnings(c), "");
    conf_free(c);
    chmod(path, 0644);
    assert_int_equal(conf_load(&args, &c, &err), 0);
    assert_string_equal(conf_warnings(c), warning);
    conf_free(c);
    free(warning);
    free(path);
}

static void print_exactly(void **state)
{
    static const char *x[] = {"sasl.password=p", NULL};
    static const char expected[] =
        "clusters:\n"
        "  default:\n"
        "    bootstrap: h:1                          # -b\n"
        "    properties:\n"
        "      client.id: me                         # DIR/icetop.yaml:1:36\n"
        "      sasl.password: \"\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2\"                  # -X\n"
        "    # command_config: none                  # default\n"
        "    # socks5: none                          # default\n"
        "    # socks5_user: nobody                   # default\n"
        "    # socks5_password: none                 # default\n"
        "    # address_map: none                     # default\n"
        "    groups: [\"*\", \"!b\"]                     # DIR/icetop.yaml:1:49\n"
        "    topics: [\"*\"]                           # default\n"
        "    interval: 90s                           # -d\n"
        "    deadline: 10s                           # default\n"
        "    max_interval: 90s                       # as long as interval\n"
        "    starts_interval: 5m                     # default\n"
        "    isolation: read_uncommitted             # default\n"
        "    read_committed_groups: []               # default\n"
        "    offsets: auto                           # default\n"
        "    records: allow                          # default\n"
        "    max_groups: 20000                       # default\n"
        "    max_partitions: 500000                  # default\n"
        "    max_requests_per_s: 500                 # default\n"
        "    max_in_flight: 200                      # default\n"
        "history:\n"
        "  enabled: false                            # --no-history\n"
        "  # path: icetop/history.db in $XDG_STATE_HOME, which is ~/.local/state unless set  "
        "# default\n"
        "  max_size: 4GB                             # default\n"
        "  max_age: 90d                              # default\n"
        "  sample: 1m                                # default\n"
        "  thin: 2h:5m, 6h:30m, 1d:2h                # default\n"
        "ui:\n"
        "  theme: default                            # default\n"
        "  graph: auto                               # default\n"
        "  charset: auto                             # default\n"
        "  color: auto                               # default\n"
        "  utc: true                                 # DIR/icetop.yaml:2:11\n"
        "  mouse: false                              # default\n"
        "  exact: false                              # default\n"
        "  units: iec                                # default\n"
        "  plain: false                              # default\n"
        "  flash: true                               # default\n"
        "  state: true                               # default\n"
        "  summary: true                             # default\n"
        "  interval: 1s                              # default\n"
        "log:\n"
        "  # file: none is kept                      # default\n"
        "  level: warn                               # default\n";
    struct conf *c;
    struct error err;
    struct str s = {0};
    (void)state;
    assert_int_equal(load("defaults: {properties: {client.id: me}, groups: [\"*\", \"!b\"]}\nui: {utc: yes}\n",
                          (struct conf_args){.bootstrap = "h:1", .properties = x, .interval = "90", .history = ""}, &c,
                          &err),
                     0);
    conf_print(c, &s);
    char *text = files_expand(expected);
    assert_string_equal(str_text(&s), text);
    free(text);
    str_done(&s);
    conf_free(c);
}

/* The lines without their comments. */
static char *values_of(const char *text)
{
    struct str s = {0};
    while (*text) {
        size_t n = strcspn(text, "\n");
        char *line = mem_memdup(text, n);
        char *sharp = strstr(line, "# ");
        str_bytes(&s, line, sharp ? (size_t)(sharp - line) : n);
        while (s.len && s.s[s.len - 1] == ' ')
            str_cut(&s, s.len - 1);
        str_char(&s, '\n');
        free(line);
        text += n + (text[n] == '\n');
    }
    return str_take(&s);
}

static void print_loads_again(void **state)
{
    struct conf *c;
    struct error err;
    struct str first = {0}, second = {0};
    (void)state;
    assert_int_equal(load("clusters:\n"
                          "  \"odd: name\":\n"
                          "    bootstrap: \"[::1]:9092, b\"\n"
                          "    groups: [\"*\", \"!x\"]\n"
                          "    isolation: read_committed\n"
                          "    interval: 1500ms\n"
                          "    properties: {client.id: \"a \\\"b\\\" \\\\ : # \\n\xC3\xA4\", client.rack: \"\"}\n"
                          "  none: {bootstrap: x}\n"
                          "history: {path: \"/a b\", max_size: 123456789}\n"
                          "keys: {quit: [q, \"?\"], help: [], groups: 7, filter: \"~\"}\n",
                          (struct conf_args){0}, &c, &err),
                     0);
    conf_print(c, &first);
    assert_int_equal(c->nkeys, 5);
    assert_string_equal(c->keys[1].action, "quit");
    assert_string_equal(c->keys[1].key, "?");
    assert_int_equal(c->keys[1].line, 10);
    assert_int_equal(c->keys[1].column, 18);
    assert_null(c->keys[2].key);
    assert_string_equal(c->keys[4].key, "~");
    conf_free(c);
    assert_int_equal(load(str_text(&first), (struct conf_args){0}, &c, &err), 0);
    assert_string_equal(property(&c->clusters[0], "client.id")->value, "a \"b\" \\ : # \n\xC3\xA4");
    conf_print(c, &second);
    conf_free(c);
    char *a = values_of(str_text(&first)), *b = values_of(str_text(&second));
    assert_string_equal(a, b);
    free(a);
    free(b);
    str_done(&first);
    str_done(&second);
}

/* What a collector does not do differently makes no other name; what it does, makes one. */
static void digests(void **state)
{
    static const char *const same[] = {
        "clusters: {a-b.c: {bootstrap: x, properties: {sasl.password: one}}}",
        "# elsewhere\nclusters:\n  a-b.c: {properties: {sasl.password: two}, bootstrap: x}\nui: {utc: true}\nkeys: "
        "{quit: Q}",
    };
    static const char *const others[] = {
        "clusters: {a-b.c: {bootstrap: y, properties: {sasl.password: one}}}",
        "clusters: {a-b.c: {bootstrap: x, properties: {sasl.password: one, client.id: x}}}",
        "clusters: {a-b.c: {bootstrap: x, groups: g, properties: {sasl.password: one}}}",
        "clusters: {a-b.c: {bootstrap: x, properties: {sasl.password: one}}, d: {bootstrap: x}}",
        "clusters: {a-b.c: {bootstrap: x, properties: {sasl.password: one}}}\nhistory: {enabled: false}",
    };
    struct error err;
    struct conf *c;
    char *first = NULL;
    (void)state;
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(load(i < 2 ? same[i] : others[i - 2], (struct conf_args){0}, &c, &err), 0);
        char *name = conf_digest(c);
        if (i == 0)
            first = mem_strdup(name);
        else if (i == 1)
            assert_string_equal(name, first);
        else
            assert_string_not_equal(name, first);
        assert_memory_equal(name, "a-b-c-", 6);
        free(name);
        conf_free(c);
    }
    free(first);
}

static void example_loads(void **state)
{
    char *path = data_path("../../share/icetop.example.yaml");
    struct conf_args args = {.config = path};
    struct conf *c = NULL;
    struct error err = {0};
    (void)state;
    setenv("KAFKA_PASSWORD", "x", 1);
    setenv("CONNECT_PASSWORD", "y", 1);
    setenv("CATALOG_CREDENTIAL", "client:z", 1);
    if (conf_load(&args, &c, &err) != 0)
        fail_msg("%s", err.text);
    assert_int_equal(c->nclusters, 3);
    assert_string_equal(c->clusters[2].socks5, "localhost:1080");
    assert_string_equal(c->clusters[0].name, "prod-eu");
    assert_int_equal(c->clusters[1].interval_ms, 15000);
    assert_property(&c->clusters[1], "client.id", "icetop", property(&c->clusters[1], "client.id")->origin);
    assert_string_equal(conf_warnings(c), "");
    assert_int_equal(c->nconnects, 1);
    assert_string_equal(c->connects[0].cluster, "prod-eu");
    assert_string_equal(c->connects[0].http.password, "y");
    assert_int_equal(c->ncatalogs, 2);
    assert_string_equal(c->catalogs[0].credential, "client:z");
    assert_string_equal(c->catalogs[1].type, "hadoop");
    assert_int_equal(c->nprometheus, 1);
    assert_string_equal(c->prometheus[0].urls[1], "http://broker-2:9100/metrics");
    assert_int_equal(c->nconsistency, 1);
    conf_free(c);
    free(path);
}

static void document_lists_all(void **state)
{
    struct str s = {0};
    (void)state;
    conf_document(&s);
    assert_non_null(strstr(s.s, "## clusters\n"));
    assert_non_null(strstr(s.s, "*starts\\_interval* (duration: 1s to 1d; default 5m)\n\tHow"));
    assert_non_null(strstr(s.s, "*bootstrap* (text: HOST:PORT\\[,HOST:PORT...\\]; required)\n"));
    assert_non_null(strstr(s.s, "*graph* (choice: auto, braille, block, ascii; default auto)\n"));
    assert_non_null(strstr(s.s, "## keys\n"));
    assert_non_null(strstr(s.s, "*level* (choice: error, warn, info, debug; default warn)\n"));
    str_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_and_clusters),
        cmocka_unit_test(errors),
        cmocka_unit_test(command_line_errors),
        cmocka_unit_test(brokers),
        cmocka_unit_test(command_line_over_file),
        cmocka_unit_test(defaults_can_be_left_out),
        cmocka_unit_test(file_search),
        cmocka_unit_test(secrets),
        cmocka_unit_test(replaced_secrets_are_not_fetched),
        cmocka_unit_test(exposed_files_are_warned_of),
        cmocka_unit_test(print_exactly),
        cmocka_unit_test(print_loads_again),
        cmocka_unit_test(digests),
        cmocka_unit_test(example_loads),
        cmocka_unit_test(document_lists_all),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
