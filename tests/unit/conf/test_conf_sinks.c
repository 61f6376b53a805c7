/* Connect clusters, catalogs and sets of tables: from the file, from the command line, and which Kafka cluster they belong to. */
#include "conf/catalog.h"
#include "conf/connect.h"
#include "conf/digest.h"
#include "conf/options.h"
#include "conf/same.h"
#include "conf/web.h"
#include "prom/selector.h"
#include "tests/unit/conf/files.h"

static const char **list(const char *const *items)
{
    return items && *items ? (const char **)(uintptr_t)items : NULL;
}

static void every_option_is_there(void **state)
{
    (void)state;
    for (size_t s = 0; s < CONF_NSECTIONS; s++)
        for (size_t i = 0; i < conf_options[s].n; i++) {
            const struct conf_option *o = &conf_options[s].options[i];
            assert_non_null(o->name);
            assert_non_null(o->help);
            assert_true(o->preset || o->unset);
        }
}

static void a_file_with_everything(void **state)
{
    (void)state;
    setenv("CONNECT_SECRET", "pa:ss", 1);
    struct conf *c = files_loaded("clusters: {prod: {bootstrap: k}, other: {bootstrap: l}}\n"
                                  "connect:\n"
                                  "  prod:\n"
                                  "    urls: [\"https://c1:8083/\", c2, \"c3:99\"]\n"
                                  "    user: me\n"
                                  "    password: {env: CONNECT_SECRET}\n"
                                  "    ca: ca.pem\n"
                                  "    logs: [a.log, /var/log/*.log]\n"
                                  "    log_commands: [[journalctl, -fu, connect], {command: [ssh, h, tail, -F, x]}]\n"
                                  "    log_zone: \"-05:30\"\n"
                                  "    log_archives: yes\n"
                                  "    control_topics: control-*\n"
                                  "    probe: false\n"
                                  "    back: 2h\n"
                                  "  two: {cluster: other, urls: c9}\n"
                                  "catalogs:\n"
                                  "  lake: {uri: \"https://cat/api/\", credential: \"c:s\", warehouse: wh, map: "
                                  "{\"file:/x\": here, \"s3://b\": \"https://web/b\"}}\n"
                                  "  files: {warehouse: \"file:///lake/wh\", tables: [\"db.*\", \"!db.tmp\"]}\n"
                                  "  db: {uri: \"jdbc:sqlite:/a/cat.db?busy_timeout=3\"}\n"
                                  "  one: {path: t/metadata/v1.metadata.json, interval: 1m}\n",
                                  (struct conf_args){0});
    assert_int_equal(c->nconnects, 2);
    const struct conf_connect *k = &c->connects[0];
    assert_string_equal(k->cluster, "prod");
    assert_string_equal(k->urls[0], "https://c1:8083");
    assert_string_equal(k->urls[1], "http://c2:8083");
    assert_string_equal(k->urls[2], "http://c3:99");
    assert_null(k->urls[3]);
    assert_string_equal(k->http.password, "pa:ss");
    char *ca = mem_printf("%s/ca.pem", files_dir), *log = mem_printf("%s/a.log", files_dir);
    assert_string_equal(k->http.ca, ca);
    assert_string_equal(k->logs[0], log);
    free(ca);
    free(log);
    assert_string_equal(k->logs[1], "/var/log/*.log");
    assert_int_equal(k->log_commands.n, 2);
    assert_string_equal(k->log_commands.items[0][2], "connect");
    assert_string_equal(k->log_commands.items[1][0], "ssh");
    assert_null(k->log_commands.items[1][5]);
    assert_true(k->log_archives);
    assert_false(k->probe);
    assert_int_equal(k->back_ms, 7200000);
    assert_true(conf_globs_match(&k->control_topics, "control-iceberg"));
    assert_string_equal(c->connects[1].cluster, "other");
    assert_true(c->connects[1].probe);
    assert_int_equal(c->connects[1].back_ms, 6 * 3600000);

    assert_int_equal(c->ncatalogs, 4);
    assert_string_equal(c->catalogs[0].type, "rest");
    assert_string_equal(c->catalogs[0].uri, "https://cat/api");
    assert_string_equal(c->catalogs[0].warehouse, "wh");
    assert_string_equal(c->catalogs[0].credential, "c:s");
    assert_int_equal(c->catalogs[0].map.n, 2);
    assert_string_equal(c->catalogs[0].map.items[1].value, "https://web/b");
    assert_string_equal(c->catalogs[0].map.items[0].name, "file:/x");
    char *here = mem_printf("%s/here", files_dir), *one = mem_printf("%s/t/metadata/v1.metadata.json", files_dir);
    assert_string_equal(c->catalogs[0].map.items[0].value, here);
    assert_string_equal(c->catalogs[1].type, "hadoop");
    assert_string_equal(c->catalogs[1].warehouse, "/lake/wh");
    assert_false(conf_globs_match(&c->catalogs[1].tables, "db.tmp"));
    assert_string_equal(c->catalogs[2].type, "sql");
    assert_string_equal(c->catalogs[2].uri, "/a/cat.db");
    assert_string_equal(c->catalogs[3].type, "table");
    assert_string_equal(c->catalogs[3].path, one);
    assert_int_equal(c->catalogs[3].interval_ms, 60000);
    free(here);
    free(one);
    conf_free(c);
}

static void what_is_printed_reads_back_and_hides_secrets(void **state)
{
    (void)state;
    struct conf *c =
        files_loaded("clusters: {p: {bootstrap: k}}\n"
                     "connect: {p: {urls: h, user: u, password: secret-1, log_commands: [[a, \"b c\"]], logs: /x}}\n"
                     "catalogs: {l: {uri: \"http://c\", bearer: secret-2, map: {\"s3://b\": /m}}}\n",
                     (struct conf_args){0});
    struct str first = {0}, second = {0};
    conf_print(c, &first);
    assert_null(strstr(str_text(&first), "secret-"));
    assert_non_null(
        strstr(str_text(&first), "\n    cluster: p                              # the cluster of that name\n"));
    assert_non_null(strstr(str_text(&first), "icetop.yaml:2:21\n"));
    conf_free(c);
    c = files_loaded(str_text(&first), (struct conf_args){0});
    assert_string_equal(c->connects[0].log_commands.items[0][1], "b c");
    assert_string_equal(c->catalogs[0].map.items[0].value, "/m");
    conf_print(c, &second);
    assert_non_null(strstr(str_text(&second), "log_commands: [[a, \"b c\"]]"));
    conf_free(c);
    str_done(&first);
    str_done(&second);
}

static void mistakes_are_named_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"connect: {p: {url: h}}",
         "DIR/icetop.yaml:1:15: connect.p: unknown key \"url\" (did you mean \"urls\"?); allowed: cluster, urls, user, "
         "password, bearer, ca, certificate, key, key_password, insecure, interval, deadline, logs, log_commands, "
         "log_zone, log_archives, control_topics, probe, back"},
        {"connect: {p: {urls: {a: b}}}",
         "DIR/icetop.yaml:1:21: connect.p.urls: a map, where a text is expected; allowed: "
         "a list of http://HOST:PORT and https://HOST:PORT"},
        {"connect: {p: {urls: \"ftp://h\"}}",
         "DIR/icetop.yaml:1:21: connect.p.urls: \"ftp://h\" is no URL; allowed: http://HOST[:PORT] or "
         "https://HOST[:PORT], with a path behind it or without"},
        {"connect: {p: {urls: \"http://me:secret@h\"}}",
         "DIR/icetop.yaml:1:21: connect.p.urls: credentials in a URL; allowed: user and password beside it"},
        {"connect: {p: {urls: h, password: x}}",
         "DIR/icetop.yaml:1:34: connect.p.password: without user nobody has it"},
        {"connect: {p: {urls: h, log_zone: CET}}",
         "DIR/icetop.yaml:1:34: connect.p.log_zone: \"CET\" is no time zone; allowed: local, UTC, +02:00, -05:30"},
        {"connect: {p: {urls: h, log_commands: [a, b]}}",
         "DIR/icetop.yaml:1:39: connect.p.log_commands: a text, where a list of words is expected; allowed: a list of "
         "commands, each a list of words: [[journalctl, -fu, connect]]"},
        {"connect: {p: {urls: h, log_commands: [[]]}}", "DIR/icetop.yaml:1:39: connect.p.log_commands: an empty text"},
        {"clusters: {prod: {bootstrap: k}}\nconnect: {p: {cluster: prd}}",
         "DIR/icetop.yaml:2:24: connect.p.cluster: \"prd\" is no cluster (did you mean \"prod\"?); allowed: prod"},
        {"catalogs: {l: {}}",
         "DIR/icetop.yaml:1:12: catalogs.l: nothing says where it is; allowed: uri, warehouse or path"},
        {"catalogs: {l: {type: rest, warehouse: w}}",
         "DIR/icetop.yaml:1:12: catalogs.l: no uri, which type rest needs"},
        {"catalogs: {l: {type: sql, uri: \"jdbc:postgresql://h/db\"}}",
         "DIR/icetop.yaml:1:32: catalogs.l.uri: no SQLite file; allowed: the path of one, or jdbc:sqlite: before it"},
        {"catalogs: {l: {warehouse: /w, map: [a]}}",
         "DIR/icetop.yaml:1:36: catalogs.l.map: a list, where a map is expected; allowed: a map of prefixes to "
         "directories, or to URLs"},
        {"consistency: {s: {tables: [a.b]}}", "DIR/icetop.yaml:1:27: consistency.s.tables: fewer than two tables; "
                                              "allowed: two or more of NAMESPACE.NAME and "
                                              "CATALOG/NAMESPACE.NAME"},
        {"consistency:\n  s: {by: last_commit}",
         "DIR/icetop.yaml:2:3: consistency.s: fewer than two tables; allowed: two or more of NAMESPACE.NAME and "
         "CATALOG/NAMESPACE.NAME"},
        {"consistency: {s: {tables: [a.b, l/a.b, a.b]}}",
         "DIR/icetop.yaml:1:27: consistency.s.tables: \"a.b\" is there twice"},
        {"consistency: {s: {tables: [a.b, l/]}}",
         "DIR/icetop.yaml:1:27: consistency.s.tables: \"l/\" is no table; allowed: NAMESPACE.NAME, "
         "CATALOG/NAMESPACE.NAME"},
        {"consistency: {s: {tables: [a.b, a.c],\n  by: \"summary:\"}}",
         "DIR/icetop.yaml:2:7: consistency.s.by: \"summary:\" says nothing of a table; allowed: valid_through, "
         "last_commit, summary:KEY, property:KEY"},
        {"consistency: {s: {tables: [a.b, a.c], within: soon}}",
         "DIR/icetop.yaml:1:47: consistency.s.within: \"soon\" is not a duration; allowed: 0 to 3650d, as 500ms, "
         "5s, 2m, 1h30m, 7d; a plain number is seconds"},
        {"consistency: [a]",
         "DIR/icetop.yaml:1:14: consistency: a list, where a map is expected; allowed: names of sets of tables, each "
         "with options"},
        {"catalogs: x", "DIR/icetop.yaml:1:11: catalogs: a text, where a map is expected; allowed: names of catalogs, "
                        "each with options"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        files_error(cases[i].text, (struct conf_args){0}, cases[i].error);
}

/* Selectors are checked by who knows them, and errors stand at their character. */
static void recipes_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"recipes: {r: {requests: \"a{b=c}\"}}",
         "DIR/icetop.yaml:1:30: recipes.r.requests: expected a value in quotes: "
         "\"\", '' or ``"},
        {"recipes:\n  r:\n    requests: [a_total, 'ä{b=\"c\"}']",
         "DIR/icetop.yaml:3:26: recipes.r.requests: expected the name of a metric, or {"},
        {"recipes: {r: {queue: '{\"ä\", a=~\"(\"}'}}",
         "DIR/icetop.yaml:1:34: recipes.r.queue: regular expression: missing closing parenthesis"},
        /* with escapes of YAML, and over lines, the place is that of the text */
        {"recipes: {r: {queue: \"a{b=~\\\"(\\\"}\"}}",
         "DIR/icetop.yaml:1:22: recipes.r.queue: regular expression: missing closing parenthesis"},
        {"recipes: {r: {title: t}}",
         "DIR/icetop.yaml:1:11: recipes.r: nothing to show; one of requests, errors, latency, "
         "in_flight, queue, saturation and idle has to be there"},
        {"recipes: {r: {requests: a, capacity: b}}",
         "DIR/icetop.yaml:1:38: recipes.r.capacity: says nothing without saturation"},
        {"recipes: {r: {requests: a, unit: h}}",
         "DIR/icetop.yaml:1:34: recipes.r.unit: \"h\" is not known; allowed: s, ms, us, ns"},
    };
    const struct conf_args args = {.selector = prom_selector_check};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        files_error(cases[i].text, args, cases[i].error);
    struct conf *c =
        files_loaded("clusters: {a: {bootstrap: k}}\n"
                     "recipes: {r: {requests: [a_total, 'b_total{c=\"d\"}'], unit: ms}, off: {enabled: false}}",
                     args);
    assert_int_equal(c->nrecipes, 2);
    assert_string_equal(c->recipes[0].name, "r");
    assert_string_equal(c->recipes[0].requests[1], "b_total{c=\"d\"}");
    assert_string_equal(c->recipes[0].unit, "ms");
    assert_true(c->recipes[0].enabled);
    assert_false(c->recipes[1].enabled);
    assert_null(c->recipes[1].requests);
    conf_free(c);
}

static void the_command_line_needs_no_cluster(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://a:1,b,https://c/", "http://u:p%40w@d:2", NULL};
    static const char *const logs[] = {"/var/log/connect.log", "x*.log", NULL};
    const char *file = "clusters: {prod: {bootstrap: k}}\nconnect: {prod: {urls: z}}\ncatalogs: {l: {warehouse: /w}}";
    struct conf *c = files_loaded(file, (struct conf_args){.connects = list(urls), .connect_logs = list(logs)});
    assert_int_equal(c->nclusters, 0);
    assert_int_equal(c->ncatalogs, 0);
    assert_int_equal(c->nconnects, 2);
    assert_string_equal(c->connects[0].name, "default");
    assert_null(c->connects[0].cluster);
    assert_string_equal(c->connects[0].urls[1], "http://b:8083");
    assert_string_equal(c->connects[0].urls[2], "https://c");
    assert_string_equal(c->connects[0].logs[0], "/var/log/connect.log");
    assert_int_equal(c->connects[0].logs[1][0], '/');
    assert_null(c->connects[1].logs);
    assert_string_equal(c->connects[1].name, "d:2");
    assert_string_equal(c->connects[1].http.user, "u");
    assert_string_equal(c->connects[1].http.password, "p@w");
    assert_non_null(strstr(conf_warnings(c), "--connect: every user of this machine"));
    conf_free(c);

    c = files_loaded(file, (struct conf_args){.connect_logs = list(logs)});
    assert_int_equal(c->nconnects, 1);
    assert_null(c->connects[0].urls);
    conf_free(c);

    c = files_loaded(file,
                     (struct conf_args){.connects = list(urls), .cluster = "prod"}); /* beside those of the cluster */
    assert_int_equal(c->nclusters, 1);
    assert_int_equal(c->nconnects, 3);
    assert_int_equal(c->ncatalogs, 1);
    assert_string_equal(c->connects[1].name, "default");
    assert_string_equal(c->connects[1].cluster, "prod");
    conf_free(c);

    c = files_loaded(file, (struct conf_args){.connects = list(urls), .bootstrap = "h:9"});
    assert_int_equal(c->nclusters, 1);
    assert_int_equal(c->nconnects, 2);
    assert_int_equal(c->ncatalogs, 0);
    assert_string_equal(c->connects[1].cluster, "default");
    conf_free(c);

    static const char *const bad[] = {"http://", NULL};
    files_error(
        file, (struct conf_args){.connects = list(bad)},
        "--connect: \"\" has no host; allowed: http://HOST[:PORT] or https://HOST[:PORT], with a path behind it "
        "or without");
}

static void control_topics_of_the_command_line_hold_everywhere(void **state)
{
    (void)state;
    static const char *const topics[] = {"ctl", "control-*", NULL};
    struct conf *c = files_loaded("clusters: {a: {bootstrap: k}, b: {bootstrap: k}}\nconnect: {a: {control_topics: x}}",
                                  (struct conf_args){.control_topics = list(topics)});
    assert_int_equal(c->nclusters, 2);
    assert_int_equal(c->nconnects, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(conf_globs_match(&c->connects[i].control_topics, "ctl"));
        assert_false(conf_globs_match(&c->connects[i].control_topics, "x"));
    }
    assert_string_equal(c->connects[1].cluster, "b");
    conf_free(c);
}

static void a_catalog_is_known_by_what_it_is(void **state)
{
    (void)state;
    char *db = files_write_bytes("cat.db", "SQLite format 3\0 and so on", 27);
    char *metadata = files_write("v3.metadata.json", "{}"), *nothing = files_write("notes.txt", "x");
    char *table = mem_printf("%s/wh/db/t", files_dir), *inner = mem_printf("%s/metadata", table);
    char *warehouse = mem_printf("%s/wh", files_dir), *namespace = mem_printf("%s/db", warehouse);
    assert_int_equal(mkdir(warehouse, 0700), 0);
    assert_int_equal(mkdir(namespace, 0700), 0);
    assert_int_equal(mkdir(table, 0700), 0);
    assert_int_equal(mkdir(inner, 0700), 0);
    char *uri = mem_printf("jdbc:sqlite:%s?x=1", db), *file = mem_printf("file:%s", warehouse);
    const char *const specs[] = {db,  metadata, table, warehouse, "http://cat:8181/", "https://h/t/v1.gz.metadata.json",
                                 uri, file,     NULL};
    static const char *const expected[][2] = {{"sql", "cat"},   {"table", "v3"},      {"table", "t"},
                                              {"hadoop", "wh"}, {"rest", "cat:8181"}, {"table", "h"},
                                              {"sql", "cat-2"}, {"hadoop", "wh-2"}};
    struct conf *c = files_loaded("", (struct conf_args){.catalogs = list(specs)});
    assert_int_equal(c->ncatalogs, 8);
    for (size_t i = 0; i < 8; i++) {
        assert_string_equal(c->catalogs[i].type, expected[i][0]);
        assert_string_equal(c->catalogs[i].name, expected[i][1]);
    }
    assert_string_equal(c->catalogs[0].uri, db);
    assert_string_equal(c->catalogs[6].uri, db);
    assert_string_equal(c->catalogs[7].warehouse, warehouse);
    assert_string_equal(c->catalogs[4].uri, "http://cat:8181");
    conf_free(c);
    const char *const bad[] = {nothing, NULL}, *const gone[] = {"/nonexistent/wh", NULL};
    files_error("", (struct conf_args){.catalogs = list(bad)},
                "--catalog: DIR/notes.txt: neither an SQLite file nor a table's metadata; allowed: a warehouse's or a "
                "table's directory, an SQLite file, FILE.metadata.json, the URL of a REST catalog");
    files_error("", (struct conf_args){.catalogs = list(gone)},
                "--catalog: /nonexistent/wh: No such file or directory");
    char *pipe = mem_printf("%s/pipe", files_dir); /* to open one waits for who writes to it */
    const char *const waits[] = {pipe, NULL};
    assert_int_equal(mkfifo(pipe, 0600), 0);
    files_error("", (struct conf_args){.catalogs = list(waits)},
                "--catalog: DIR/pipe: neither an SQLite file nor a table's metadata; allowed: a warehouse's or a "
                "table's directory, an SQLite file, FILE.metadata.json, the URL of a REST catalog");
    free(pipe);
    char *all[] = {db, metadata, nothing, table, inner, warehouse, namespace, uri, file};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        free(all[i]);
}

static void other_sinks_make_another_collector(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "clusters: {p: {bootstrap: k}}",
        "clusters: {p: {bootstrap: k}}\nconnect: {p: {urls: h}}",
        "clusters: {p: {bootstrap: k}}\nconnect: {p: {urls: i}}",
        "clusters: {p: {bootstrap: k}}\nconnect: {p: {urls: i, logs: /x}}",
        "clusters: {p: {bootstrap: k}}\ncatalogs: {p: {warehouse: /x}}",
        "clusters: {p: {bootstrap: k}}\ncatalogs: {p: {warehouse: /y}}",
        "clusters: {p: {bootstrap: k}}\ncatalogs: {p: {warehouse: /y}}\nconsistency: {s: {tables: [a, b]}}",
    };
    enum { N = sizeof texts / sizeof *texts };
    char *names[N];
    for (size_t i = 0; i < N; i++) {
        struct conf *c = files_loaded(texts[i], (struct conf_args){0});
        names[i] = conf_digest(c);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(names[i], names[k]);
        conf_free(c);
    }
    for (size_t i = 0; i < N; i++)
        free(names[i]);
}

/* What a reload leaves alone. */
static void same_or_not(void **state)
{
    (void)state;
    const char *text = "clusters: {p: {bootstrap: k, properties: {sasl.password: x}}}\n"
                       "connect: {p: {urls: h, user: u, password: x, log_commands: [[a, b]]}}\n"
                       "catalogs: {p: {warehouse: /x, map: {a: /b}}}";
    static const struct {
        const char *text;
        int same; /* bits: cluster, connect, catalog */
    } cases[] = {
        {"clusters: {p: {bootstrap: k, interval: 5s, properties: {sasl.password: x}}}\n"
         "connect: {p: {urls: \"http://h:8083/\", user: u, password: x, log_commands: [[a, b]]}}\n"
         "catalogs: {p: {type: hadoop, warehouse: /x, map: {a: /b}}}",
         7},
        {"clusters: {p: {bootstrap: k, offsets: poll, properties: {sasl.password: x}}}\n"
         "connect: {p: {urls: h, user: u, password: y, log_commands: [[a, b]]}}\n"
         "catalogs: {p: {warehouse: /x, map: {a: /c}}}",
         0},
        {"clusters: {p: {bootstrap: k, properties: {sasl.password: y}}}\n"
         "connect: {p: {urls: h, user: u, password: x, log_commands: [[a], [b]]}}\n"
         "catalogs: {p: {warehouse: /x, map: {a: /b}, interval: 1m}}",
         0},
    };
    struct conf *a = files_loaded(text, (struct conf_args){0});
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf *b = files_loaded(cases[i].text, (struct conf_args){0});
        assert_int_equal(conf_same_cluster(a->clusters, b->clusters), (cases[i].same & 1) != 0);
        assert_int_equal(conf_same_connect(a->connects, b->connects), (cases[i].same & 2) != 0);
        assert_int_equal(conf_same_catalog(a->catalogs, b->catalogs), (cases[i].same & 4) != 0);
        conf_free(b);
    }
    conf_free(a);
}

static void endpoints(void **state)
{
    (void)state;
    setenv("SCRAPE_SECRET", "s:t", 1);
    struct conf *c = files_loaded("prometheus:\n"
                                  "  node:\n"
                                  "    urls: [\"https://h1:99/\", h2, \"http://h3/a/b\"]\n"
                                  "    keep: [\"node_*\", \"!*_info\"]\n"
                                  "    bearer: {env: SCRAPE_SECRET}\n"
                                  "    interval: 5s\n"
                                  "    max_series: 10\n"
                                  "  other: {urls: x}\n",
                                  (struct conf_args){0});
    assert_int_equal(c->nprometheus, 2);
    const struct conf_prometheus *p = c->prometheus;
    assert_string_equal(p->urls[0], "https://h1:99/metrics");
    assert_string_equal(p->urls[1], "http://h2:9100/metrics");
    assert_string_equal(p->urls[2], "http://h3/a/b");
    assert_null(p->urls[3]);
    assert_true(conf_globs_match(&p->keep, "node_load1"));
    assert_false(conf_globs_match(&p->keep, "node_uname_info"));
    assert_string_equal(p->http.bearer, "s:t");
    assert_int_equal(p->interval_ms, 5000);
    assert_int_equal(p->max_series, 10);
    assert_int_equal(p[1].interval_ms, 15000);
    assert_int_equal(p[1].max_body, 64000000);
    assert_true(conf_same_prometheus(p, p));
    assert_false(conf_same_prometheus(p, p + 1));
    conf_free(c);

    c = files_loaded(
        "prometheus: {a: {urls: 'h/x?match[]={a=\"b\"}&Token=t', files: ['t/*.json', /b.yml], http_sd: 'https://sd/', "
        "labels: {env: prod, __scheme__: https}}}",
        (struct conf_args){0});
    p = c->prometheus;
    assert_string_equal(p->urls[0], "http://h:9100/x?match[]={a=\"b\"}&Token=t");
    assert_non_null(strstr(p->files[0], "/t/*.json"));
    assert_string_equal(p->files[1], "/b.yml");
    assert_string_equal(p->http_sd[0], "https://sd/");
    assert_int_equal(p->labels.n, 2);
    assert_string_equal(p->labels.items[1].value, "https");
    assert_int_equal(p->refresh_ms, 60000);
    assert_false(p->http_sd_login);
    struct str printed = {0};
    conf_print(c, &printed);
    assert_non_null(strstr(str_text(&printed), "&Token=\xE2\x80\xA2"));
    assert_non_null(strstr(str_text(&printed), "labels: {env: prod, \"__scheme__\": https}"));
    str_done(&printed);
    conf_free(c);

    static const char *const urls[] = {"h1:9100", "http://h2/x", NULL};
    c = files_loaded("prometheus: {node: {urls: z}}\nclusters: {p: {bootstrap: k}}",
                     (struct conf_args){.scrapes = list(urls), .interval = "2"});
    assert_int_equal(c->nclusters, 0); /* what the command line names is all there is */
    assert_int_equal(c->nprometheus, 1);
    assert_string_equal(c->prometheus[0].name, "default");
    assert_string_equal(c->prometheus[0].urls[0], "http://h1:9100/metrics");
    assert_string_equal(c->prometheus[0].urls[1], "http://h2/x");
    assert_int_equal(c->prometheus[0].interval_ms, 2000);
    conf_free(c);

    static const struct {
        const char *text, *error;
    } bad[] = {
        {"prometheus: {n: {}}", "DIR/icetop.yaml:1:14: prometheus.n: no endpoints; one of urls, files and "
                                "http_sd has to name them"},
        {"prometheus: {n: {urls: [\"http://a\", \"http://a/metrics\"]}}",
         "DIR/icetop.yaml:1:24: prometheus.n.urls: http://a/metrics is there twice"},
        {"prometheus: {n: {files: [a.txt]}}",
         "DIR/icetop.yaml:1:25: prometheus.n.files: \"DIR/a.txt\" ends in none of .json, .yml and .yaml"},
        {"prometheus: {n: {urls: \"http://a/b#c\"}}", NULL},
        {"prometheus: {n: {urls: \"http://a/b?x#c\"}}", NULL},
        {"prometheus: {n: {http_sd: \"sd/x\"}}", NULL},
        {"prometheus: {n: {urls: a, labels: {__name__: x}}}", NULL},
        {"prometheus: {n: {urls: \"http://u:p@a/metrics\"}}", NULL},
        {"prometheus: {n: {urls: a, intervall: 1s}}", NULL},
        {"prometheus: {n: {urls: a, user: u, bearer: b}}", NULL},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        if (bad[i].error)
            files_error(bad[i].text, (struct conf_args){0}, bad[i].error);
        else
            assert_int_not_equal(files_load(bad[i].text, (struct conf_args){0}, &c, &err), 0);
    }
}

static void sets_of_tables(void **state)
{
    (void)state;
    const char *text = "catalogs: {l: {warehouse: /w}}\n"
                       "consistency:\n"
                       "  training: {tables: [db.features, l/db.labels]}\n"
                       "  nightly: {tables: [db.a, db.b], by: \"summary:run date\", within: 1d}\n";
    struct conf *c = files_loaded(text, (struct conf_args){0});
    assert_int_equal(c->nconsistency, 2);
    const struct conf_consistency *s = c->consistency;
    assert_string_equal(s[0].name, "training");
    assert_string_equal(s[0].tables[0], "db.features");
    assert_string_equal(s[0].tables[1], "l/db.labels");
    assert_null(s[0].tables[2]);
    assert_string_equal(s[0].by, "valid_through");
    assert_int_equal(s[0].within_ms, 3600000);
    assert_string_equal(s[1].by, "summary:run date");
    assert_int_equal(s[1].within_ms, 86400000);
    struct str out = {0};
    conf_print(c, &out);
    assert_non_null(strstr(str_text(&out), "consistency:\n  training:\n    tables: [db.features, l/db.labels]"));
    assert_non_null(strstr(str_text(&out), "icetop.yaml:4:39\n"));
    conf_free(c);
    c = files_loaded(str_text(&out), (struct conf_args){0}); /* what is printed reads back */
    assert_string_equal(c->consistency[1].by, "summary:run date");
    conf_free(c);
    static const char *const catalogs[] = {"http://cat:8181/", NULL};
    c = files_loaded(text, (struct conf_args){.catalogs = list(catalogs)}); /* they hold for whatever is looked at */
    assert_int_equal(c->ncatalogs, 1);
    assert_int_equal(c->nconsistency, 2);
    conf_free(c);
    c = files_loaded(text, (struct conf_args){.no_clusters = true});
    assert_int_equal(c->nconsistency, 0);
    conf_free(c);
    str_done(&out);
}

static void zones(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int seconds;
    } good[] = {{"UTC", 0}, {"+02:00", 7200}, {"-05:30", -19800}, {"+9", 32400}, {"+0545", 20700}};
    int got;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(conf_connect_zone(good[i].text, &got, NULL), 0);
        assert_int_equal(got, good[i].seconds);
    }
    static const char *const bad[] = {"", "02:00", "+", "+2:", "+02:6", "+02:60", "+19:00", "+-2", "+02:00x", "utc+1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(conf_connect_zone(bad[i], &got, NULL), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_option_is_there),
        cmocka_unit_test(a_file_with_everything),
        cmocka_unit_test(what_is_printed_reads_back_and_hides_secrets),
        cmocka_unit_test(mistakes_are_named_with_their_place),
        cmocka_unit_test(recipes_are_read),
        cmocka_unit_test(the_command_line_needs_no_cluster),
        cmocka_unit_test(control_topics_of_the_command_line_hold_everywhere),
        cmocka_unit_test(a_catalog_is_known_by_what_it_is),
        cmocka_unit_test(other_sinks_make_another_collector),
        cmocka_unit_test(same_or_not),
        cmocka_unit_test(endpoints),
        cmocka_unit_test(sets_of_tables),
        cmocka_unit_test(zones),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
