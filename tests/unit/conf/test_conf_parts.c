/* The parsers of the configuration one by one: YAML, Java properties, JAAS, values, globs, secrets.
 */
#include "base/mem.h"
#include "tests/unit/conf/files.h"

#include "base/error.h"
#include "base/limits.h"
#include "conf/file.h"
#include "conf/globs.h"
#include "conf/jaas.h"
#include "conf/properties.h"
#include "conf/secret.h"
#include "conf/suggest.h"
#include "conf/value.h"
#include "conf/yaml.h"

static void properties_vectors(void **state)
{
    static const struct {
        const char *text;
        const char *pairs[9]; /* key, value, ... */
    } cases[] = {
        {"", {NULL}},
        {"a=b", {"a", "b"}},
        {"a:b\nc d\n", {"a", "b", "c", "d"}},
        {"  a \t=\f b  \r\nc=d", {"a", "b  ", "c", "d"}},
        {"a = = b", {"a", "= b"}},
        {"a b=c", {"a", "b=c"}},
        {"a", {"a", ""}},
        {"a=", {"a", ""}},
        {"# x=y\n ! z\na=b # no comment", {"a", "b # no comment"}},
        {"a=b\\\n   c\\\r\n  d", {"a", "bcd"}},
        {"a\\\n  b=c", {"ab", "c"}},
        {"a=b\\\\\nc=d", {"a", "b\\", "c", "d"}},
        {"a=b\\\n#c", {"a", "b#c"}},
        {"a=b\\", {"a", "b"}},
        {"a\\ b\\=c\\:d=e", {"a b=c:d", "e"}},
        {"p=C:\\\\x\\ty\\q", {"p", "C:\\x\tyq"}},
        {"u=\\u0041\\u20ac\\uD83D\\uDE00", {"u", "A\xE2\x82\xAC\xF0\x9F\x98\x80"}},
        {"u=\\uD83Dx", {"u", "\xEF\xBF\xBDx"}},
        {"u=\\uD83D\\u0041",
         {"u", "\xEF\xBF\xBD"
               "A"}},
        {"l=\xE4", {"l", "\xC3\xA4"}}, /* ISO 8859-1 */
        {"a=1\na=2", {"a", "1", "a", "2"}},
        {"\n\n\n", {NULL}},
        {"a=b\rc=d", {"a", "b", "c", "d"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf_properties p;
        struct error err;
        size_t n = 0;
        while (cases[i].pairs[n])
            n++;
        assert_int_equal(conf_properties_parse("f", cases[i].text, strlen(cases[i].text), &p, &err), 0);
        assert_int_equal(p.n * 2, n);
        for (size_t k = 0; k < p.n; k++) {
            assert_string_equal(p.items[k].key, cases[i].pairs[2 * k]);
            assert_string_equal(p.items[k].value, cases[i].pairs[2 * k + 1]);
        }
        conf_properties_done(&p);
    }
}

static void properties_lines_and_errors(void **state)
{
    struct conf_properties p;
    struct error err;
    static const char text[] = "# one\n\na=b\\\n  c\n\rd=e";
    (void)state;
    assert_int_equal(conf_properties_parse("f", text, sizeof text - 1, &p, &err), 0);
    assert_int_equal(p.n, 2);
    assert_int_equal(p.items[0].line, 3);
    assert_int_equal(p.items[1].line, 6);
    conf_properties_done(&p);
    static const struct {
        const char *text;
        size_t len;
        const char *error;
    } bad[] = {
        {"a=b\nc=\\u12g4", 12, "f:2: \\u must be followed by four hexadecimal digits"},
        {"a=\\u12", 6, "f:1: \\u must be followed by four hexadecimal digits"},
        {"a=\\u0000", 8, "f:1: a NUL is not allowed"},
        {"a=b\0c", 5, "f:1: a NUL is not allowed"},
        {"a=b\\\0c", 6, "f:1: a NUL is not allowed"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(conf_properties_parse("f", bad[i].text, bad[i].len, &p, &err), ERR_INVALID);
        assert_string_equal(err.text, bad[i].error);
    }
}

static void jaas_vectors(void **state)
{
    static const struct {
        const char *text, *module;
        const char *pairs[7];
    } cases[] = {
        {"org.apache.kafka.common.security.plain.PlainLoginModule required username=\"alice\" "
         "password=\"se cret\";",
         "PlainLoginModule",
         {"username", "alice", "password", "se cret"}},
        {"  a.b.ScramLoginModule  REQUIRED\n  username=alice\n  password='it\"s' ; ",
         "ScramLoginModule",
         {"username", "alice", "password", "it\"s"}},
        {"M required p=\"a\\\"b\\\\c\\td\\101\\7\";",
         "M",
         {"p", "a\"b\\c\td"
               "A\a"}},
        {"M required p=\"a;b=c\" /* x=\"y\" */ q=1 // end\n;", "M", {"p", "a;b=c", "q", "1"}},
        {"M optional;", "M", {NULL}},
        {"M sufficient useKeyTab=true keyTab=\"/etc/k.keytab\" principal=\"a/b@C\";",
         "M",
         {"useKeyTab", "true", "keyTab", "/etc/k.keytab", "principal", "a/b@C"}},
        {"M requisite a=\"\";", "M", {"a", ""}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf_jaas j;
        struct error err;
        size_t n = 0;
        while (cases[i].pairs[n])
            n++;
        assert_int_equal(conf_jaas_parse(cases[i].text, &j, &err), 0);
        assert_string_equal(conf_jaas_module_name(&j), cases[i].module);
        assert_int_equal(j.n * 2, n);
        for (size_t k = 0; k < n; k += 2)
            assert_string_equal(conf_jaas_get(&j, cases[i].pairs[k]), cases[i].pairs[k + 1]);
        assert_null(conf_jaas_get(&j, "absent"));
        conf_jaas_done(&j);
    }
}

static void jaas_errors(void **state)
{
    static const char flag[] = "after the login module comes required, requisite, sufficient or optional";
    static const struct {
        const char *text;
        size_t at;
        const char *what;
    } cases[] = {
        {"", 1, "a login module was expected"},
        {"M", 2, flag},
        {"M demanded;", 3, flag},
        {"M required", 11, "the entry does not end with a semicolon"},
        {"M required a=\"b\"", 17, "the entry does not end with a semicolon"},
        {"M required a;", 13, "an option is written key=\"value\""},
        {"M required a=;", 14, "an option has no value"},
        {"M required a=\"b", 16, "the quote is not closed"},
        {"M required a=\"b\n\";", 16, "the quote is not closed"},
        {"M required a=\"\\0\";", 18, "a NUL is not allowed in a value"},
        {"M required; N required;", 13, "one login module is allowed"},
        {"M required /* open", 19, "the entry does not end with a semicolon"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf_jaas j;
        struct error err;
        char *expected = mem_printf("at character %zu: %s", cases[i].at, cases[i].what);
        assert_int_equal(conf_jaas_parse(cases[i].text, &j, &err), ERR_INVALID);
        assert_string_equal(err.text, expected);
        free(expected);
    }
}

static void yaml_tree(void **state)
{
    static const char text[] = "a: 1\n\"b c\":\n  - x\n  - {d: 'null', e: ~}\n";
    struct conf_yaml root;
    struct error err;
    (void)state;
    assert_int_equal(conf_yaml_parse("f", text, sizeof text - 1, &root, &err), 0);
    const struct conf_yaml *b = conf_yaml_get(&root, "b c");
    assert_int_equal(b->kind, CONF_YAML_LIST);
    assert_int_equal(b->key_line, 2);
    assert_int_equal(b->line, 3);
    assert_int_equal(b->column, 3);
    assert_string_equal(b->items[0].text, "x");
    assert_string_equal(conf_yaml_get(&b->items[1], "d")->text, "null");
    assert_int_equal(conf_yaml_get(&b->items[1], "e")->kind, CONF_YAML_NULL);
    assert_int_equal(conf_yaml_get(&b->items[1], "e")->column, 20);
    assert_null(conf_yaml_get(b, "d"));
    conf_yaml_done(&root);
    assert_int_equal(conf_yaml_parse("f", "", 0, &root, &err), 0);
    assert_int_equal(root.kind, CONF_YAML_NULL);
}

static void yaml_errors(void **state)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"a: 1\na: 2\n", "f:2:1: the key \"a\" is given twice, first in line 1"},
        {"a: &x 1\n", "f:1:4: an anchor (&) is not supported; quote a text that begins with &"},
        {"a: *x\n", "f:1:4: an alias (*) is not supported; quote a glob that begins with *, as in "
                    "\"*-sink\""},
        {"g:\n- !test- x\n", "f:2:3: a tag (!) is not supported; quote a glob that begins with !, "
                             "as in \"!test-*\""},
        {"g: [!test-*]\n", "f:1:12: not YAML: did not find expected whitespace or line break while "
                           "scanning a tag; quote a glob that begins with !, as in \"!test-*\""},
        {"? [a]\n: b\n", "f:1:3: a key must be a text"},
        {"~: b\n", "f:1:1: a key must be a text that is not empty"},
        {"a: \"\\0\"\n", "f:1:4: a NUL character is not allowed in a text"},
        {"a: 1\n---\nb: 2\n", "f:2:1: a second document is not allowed"},
        {"a: b: c\n", "f:1:5: not YAML: mapping values are not allowed in this context; quote a "
                      "text that has \": \" in it"},
        {"a:\n\tb: c\n", "f:2:1: not YAML: found character that cannot start any token while "
                         "scanning for the next token; indent with spaces, and quote what begins "
                         "with a sign"},
        {"a: 1\nb: [*]\n", "f:2:6: not YAML: did not find expected alphabetic or numeric character "
                           "while scanning an alias; quote a glob that begins with *, as in "
                           "\"*\""},
        {"a: 1\nb\xFF: 2\n", "f:2:2: not YAML: invalid leading UTF-8 octet"},
        {"[[[[[[[[[[[[[[[[[[", "f:1:17: more than 16 levels, the limit"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct conf_yaml root;
        struct error err;
        assert_true(conf_yaml_parse("f", cases[i].text, strlen(cases[i].text), &root, &err) < 0);
        assert_string_equal(err.text, cases[i].error);
    }
}

static void yaml_has_a_cap_on_values(void **state)
{
    struct str s = {0};
    struct conf_yaml root;
    struct error err;
    (void)state;
    for (int i = 0; i < 100000; i++)
        str_add(&s, "- a\n");
    assert_int_equal(conf_yaml_parse("f", s.s, s.len, &root, &err), ERR_LIMIT);
    assert_string_equal(err.text, "f:100000:3: more than 100000 values, the limit");
    str_done(&s);
}

static void yaml_scalars_come_back(void **state)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        {"plain", "plain"},
        {"a:9092", "a:9092"},
        {"", "\"\""},
        {"null", "\"null\""},
        {"~", "\"~\""},
        {"*", "\"*\""},
        {"a: b", "\"a: b\""},
        {"a,b", "\"a,b\""},
        {"x:", "\"x:\""},
        {"q\"\\", "\"q\\\"\\\\\""},
        {"l1\nl2\t", "\"l1\\nl2\\x09\""},
        {"\xC3\xA4", "\"\xC3\xA4\""},    /* a letter stays */
        {"\xE2\x80\xAE", "\"\\u202E\""}, /* a bidirectional control is escaped */
        {"\xC2\x9B", "\"\\x9B\""},
        {"\xF3\xA0\x81\x81", "\"\\U000E0041\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str s = {0};
        struct conf_yaml root;
        conf_yaml_write(&s, cases[i].text);
        assert_string_equal(str_text(&s), cases[i].written);
        assert_int_equal(conf_yaml_parse("f", s.s, s.len, &root, NULL), 0);
        assert_string_equal(root.text, cases[i].text);
        conf_yaml_done(&root);
        str_done(&s);
    }
}

/* Parses text for an option of a section and gives the field as it is written again, or the error.
 */
static char *parsed(enum conf_section_id section, const char *name, const char *text)
{
    struct conf c = {0};
    struct conf_cluster cluster = {0};
    void *base = section == CONF_CLUSTERS ? (void *)&cluster : (void *)&c;
    size_t i;
    const struct conf_option *o = conf_options_find(&conf_options[section], name, &i);
    struct str s = {0};
    struct error err;
    assert_non_null(o);
    if (conf_value_parse(o, text, base, &err) == 0)
        conf_value_format(o, base, &s);
    else
        str_add(&s, err.text);
    conf_value_free(o, base);
    return str_take(&s);
}

static void values(void **state)
{
    static const char duration[] =
        " is not a duration; allowed: 100ms to 1h, as 500ms, 5s, 2m, 1h30m, 7d; a plain number is "
        "seconds";
    static const char size[] = " is not a size; allowed: 16MB to 100TB, as 500MB, 4GB, 1TB, 2GiB";
    static const struct {
        enum conf_section_id section;
        const char *name, *text, *result, *more;
    } cases[] = {
        {CONF_CLUSTERS, "interval", "5s", "5s", ""},
        {CONF_CLUSTERS, "interval", "5", "5s", ""},
        {CONF_CLUSTERS, "interval", "0.25", "250ms", ""},
        {CONF_CLUSTERS, "interval", "1.5s", "1500ms", ""},
        {CONF_CLUSTERS, "interval", "90 s", "90s", ""},
        {CONF_CLUSTERS, "interval", "1m30s", "90s", ""},
        {CONF_CLUSTERS, "interval", "3600s", "1h", ""},
        {CONF_HISTORY, "max_age", "2w", "14d", ""},
        {CONF_HISTORY, "max_age", "0", "0", ""},
        {CONF_HISTORY, "thin", "2h:5m", "2h:5m", ""},
        {CONF_HISTORY, "thin", " 120m : 300 ,1w:1d", "2h:5m, 7d:1d", ""},
        {CONF_HISTORY, "thin", "none", "none", ""},
        {CONF_HISTORY, "thin", "2h", "\"2h\" is no list of steps; allowed: AGE:STEP, AGE:STEP... or none",
         "; ages and steps are durations: 2h:5m, 1d:30m"},
        {CONF_HISTORY, "thin", "2h:5m,", "\"2h:5m,\" is no list of steps; allowed: AGE:STEP, AGE:STEP... or none",
         "; ages and steps are durations: 2h:5m, 1d:30m"},
        {CONF_HISTORY, "thin", "2h:5m, 1h:10m",
         "\"2h:5m, 1h:10m\" is out of order; allowed: AGE:STEP, AGE:STEP... or none",
         "; ages and steps grow, from 1s on, and no step is longer than its age"},
        {CONF_HISTORY, "thin", "2h:3h", "\"2h:3h\" is out of order; allowed: AGE:STEP, AGE:STEP... or none",
         "; ages and steps grow, from 1s on, and no step is longer than its age"},
        {CONF_CLUSTERS, "interval", "5 parsecs", "\"5 parsecs\"", duration},
        {CONF_CLUSTERS, "interval", "1h30", "\"1h30\"", duration},
        {CONF_CLUSTERS, "interval", "-5s", "\"-5s\"", duration},
        {CONF_CLUSTERS, "interval", "1.", "\"1.\"", duration},
        {CONF_CLUSTERS, "interval", ".5", "\".5\"", duration},
        {CONF_CLUSTERS, "interval", "0.0001s", "\"0.0001s\"", duration},
        {CONF_CLUSTERS, "interval", "99999999999999999999s", "\"99999999999999999999s\"", duration},
        {CONF_CLUSTERS, "interval", "9999999999999999w", "\"9999999999999999w\"", duration},
        {CONF_CLUSTERS, "interval", "", "\"\"", duration},
        {CONF_CLUSTERS, "interval", "99ms", "\"99ms\" is out of range; allowed: 100ms to 1h", ""},
        {CONF_CLUSTERS, "interval", "2h", "\"2h\" is out of range; allowed: 100ms to 1h", ""},
        {CONF_HISTORY, "max_size", "4GB", "4GB", ""},
        {CONF_HISTORY, "max_size", "4 gb", "4GB", ""},
        {CONF_HISTORY, "max_size", "1.5GiB", "1610612736B", ""},
        {CONF_HISTORY, "max_size", "100000000", "100MB", ""},
        {CONF_HISTORY, "max_size", "4G", "\"4G\"", size},
        {CONF_HISTORY, "max_size", "1MB", "\"1MB\" is out of range; allowed: 16MB to 100TB", ""},
        {CONF_CLUSTERS, "max_groups", "12", "12", ""},
        {CONF_CLUSTERS, "max_groups", "12k", "\"12k\" is not a whole number; allowed: 1 to 1000000", ""},
        {CONF_CLUSTERS, "max_groups", "1.5", "\"1.5\" is not a whole number; allowed: 1 to 1000000", ""},
        {CONF_CLUSTERS, "max_groups", "0", "\"0\" is out of range; allowed: 1 to 1000000", ""},
        {CONF_UI, "utc", "Yes", "true", ""},
        {CONF_UI, "utc", "off", "false", ""},
        {CONF_UI, "utc", "maybe", "\"maybe\" is neither true nor false; allowed: true, false", ""},
        {CONF_UI, "graph", "block", "block", ""},
        {CONF_UI, "graph", "blok",
         "\"blok\" is not known (did you mean \"block\"?); allowed: auto, braille, block, ascii", ""},
        {CONF_UI, "graph", "xyz", "\"xyz\" is not known; allowed: auto, braille, block, ascii", ""},
        {CONF_CLUSTERS, "isolation", "read_committed", "read_committed", ""},
        {CONF_CLUSTERS, "isolation", "read_uncommitted", "read_uncommitted", ""},
        {CONF_HISTORY, "path", "", "\"\" is empty; allowed: the path of a file", ""},
        {CONF_UI, "charset", "\x1b[31mred", "\"\xEF\xBF\xBD[31mred\" is not known; allowed: auto, utf-8, ascii", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = parsed(cases[i].section, cases[i].name, cases[i].text);
        char *expected = mem_printf("%s%s", cases[i].result, cases[i].more);
        assert_string_equal(got, expected);
        free(got);
        free(expected);
    }
}

/* Every default is a value that its own option takes, within its range, and is written as it is. */
static void table_is_consistent(void **state)
{
    (void)state;
    for (int s = 0; s < CONF_NSECTIONS; s++)
        for (size_t i = 0; i < conf_options[s].n; i++) {
            const struct conf_option *o = &conf_options[s].options[i];
            assert_true(o->preset != NULL || o->unset != NULL);
            assert_true(o->help && o->help[strlen(o->help) - 1] == '.');
            if (!o->preset || o->type == CONF_GLOBS)
                continue;
            char *got = parsed((enum conf_section_id)s, o->name, o->preset);
            char *expected = mem_strdup(strcmp(o->preset, "60s") == 0 ? "1m" : o->preset);
            assert_string_equal(got, expected);
            free(got);
            free(expected);
        }
}

static void globs(void **state)
{
    struct conf_globs g = {0};
    struct error err;
    (void)state;
    assert_true(conf_globs_match(&g, "anything"));
    assert_int_equal(conf_globs_add(&g, "!console-*", &err), 0);
    assert_true(conf_globs_match(&g, "payments"));
    assert_false(conf_globs_match(&g, "console-consumer-1"));
    assert_int_equal(conf_globs_add(&g, "pay*", &err), 0);
    assert_int_equal(conf_globs_add(&g, "[a-c]?", &err), 0);
    assert_true(conf_globs_match(&g, "payments"));
    assert_true(conf_globs_match(&g, "b1"));
    assert_false(conf_globs_match(&g, "orders"));
    struct str s = {0};
    conf_globs_write(&g, &s);
    assert_string_equal(str_text(&s), "[\"pay*\", \"[a-c]?\", \"!console-*\"]");
    str_done(&s);
    assert_int_equal(conf_globs_add(&g, "!", &err), ERR_INVALID);
    assert_int_equal(conf_globs_add(&g, "", &err), ERR_INVALID);
    conf_globs_done(&g);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(conf_globs_add(&g, "x", &err), 0);
    assert_int_equal(conf_globs_add(&g, "x", &err), ERR_LIMIT);
    conf_globs_done(&g);
}

static const char *nearest(const char *wanted)
{
    static const char *const names[] = {"interval", "max_interval", "deadline", "bootstrap"};
    struct conf_suggest s = {.wanted = wanted};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        conf_suggest_offer(&s, names[i]);
    return s.best;
}

static void suggestions(void **state)
{
    (void)state;
    assert_string_equal(nearest("intervall"), "interval");
    assert_string_equal(nearest("itnerval"), "interval");
    assert_string_equal(nearest("max-interval"), "max_interval");
    assert_string_equal(nearest("DEADLINE"), "deadline");
    assert_string_equal(nearest("botstrap"), "bootstrap");
    assert_null(nearest("colour"));
    assert_null(nearest(""));
}

static void secret_sources(void **state)
{
    char *secret = NULL;
    struct error err;
    bool exposed = true;
    (void)state;
    setenv("ICETOP_TEST_SECRET", "s3cret\r\n", 1);
    assert_int_equal(conf_secret_env("ICETOP_TEST_SECRET", &secret, &err), 0);
    assert_string_equal(secret, "s3cret");
    mem_free_secret(secret);
    unsetenv("ICETOP_TEST_SECRET");
    assert_int_equal(conf_secret_env("ICETOP_TEST_SECRET", &secret, &err), ERR_NOT_FOUND);
    assert_string_equal(err.text, "the environment variable ICETOP_TEST_SECRET is not set");

    char *path = files_write("secret", "a b\n\n");
    assert_int_equal(conf_secret_file(path, &exposed, &secret, &err), 0);
    assert_string_equal(secret, "a b\n"); /* one newline goes */
    assert_false(exposed);
    mem_free_secret(secret);
    chmod(path, 0644);
    assert_int_equal(conf_secret_file(path, &exposed, &secret, &err), 0);
    assert_true(exposed);
    mem_free_secret(secret);
    free(path);

    path = files_write("empty", "\n");
    assert_int_equal(conf_secret_file(path, &exposed, &secret, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "/empty: empty, where a secret was expected"));
    free(path);
    path = files_write_bytes("nul", "a\0b", 3);
    assert_int_equal(conf_secret_file(path, &exposed, &secret, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "/nul: has a NUL byte"));
    free(path);
    char *large = mem_calloc(1, LIMITS_SECRET_BYTES + 2);
    memset(large, 'x', LIMITS_SECRET_BYTES + 1);
    path = files_write("large", large);
    assert_int_equal(conf_secret_file(path, &exposed, &secret, &err), ERR_LIMIT);
    assert_non_null(strstr(err.text, "/large: larger than 65536 bytes, the limit"));
    free(path);
    free(large);
}

static void secret_names(void **state)
{
    (void)state;
    assert_true(conf_secret_named("sasl.password"));
    assert_true(conf_secret_named("ssl.key.pem"));
    assert_true(conf_secret_named("sasl.oauthbearer.client.secret"));
    assert_false(conf_secret_named("sasl.username"));
    assert_false(conf_secret_named("ssl.key.location"));
}

/* Runs sh -c script as the command, which itself is run without a shell. */
static int run(const char *script, int deadline_ms, char **secret, struct error *err)
{
    char sh[] = "sh", c[] = "-c";
    char *text = mem_strdup(script);
    char *argv[] = {sh, c, text, NULL};
    int rc = conf_secret_command(argv, deadline_ms, secret, err);
    free(text);
    return rc;
}

static void secret_commands(void **state)
{
    char *secret = NULL;
    struct error err;
    char echo[] = "echo", words[] = "$HOME; a  b", absent[] = "icetop-no-such-program";
    char *argv[] = {echo, words, NULL};
    (void)state;
    assert_int_equal(conf_secret_command(argv, 10000, &secret, &err), 0);
    assert_string_equal(secret, "$HOME; a  b"); /* no shell has seen it */
    mem_free_secret(secret);
    argv[0] = absent;
    assert_int_equal(conf_secret_command(argv, 10000, &secret, &err), ERR_IO);
    assert_string_equal(err.text, "command \"icetop-no-such-program\": No such file or directory");
    assert_int_equal(run("echo half; echo 'no key' >&2; echo more >&2; exit 3", 10000, &secret, &err), ERR_IO);
    assert_string_equal(err.text, "command \"sh\": exit code 3: no key");
    assert_int_equal(run("kill -9 $$", 10000, &secret, &err), ERR_IO);
    assert_string_equal(err.text, "command \"sh\": ended by signal 9");
    assert_int_equal(run("exit 0", 10000, &secret, &err), ERR_INVALID);
    assert_string_equal(err.text, "command \"sh\": empty, where a secret was expected");
    assert_int_equal(run("exec cat /dev/zero", 10000, &secret, &err), ERR_LIMIT);
    assert_string_equal(err.text, "command \"sh\": its output is larger than 65536 bytes");
    /* Nothing to read on standard input, and what stays behind in the background is not waited
     * for. */
    assert_int_equal(run("cat; sleep 4 & echo done", 2000, &secret, &err), 0);
    assert_string_equal(secret, "done");
    mem_free_secret(secret);
    assert_int_equal(run("echo early; sleep 60", 100, &secret, &err), ERR_TIMEOUT);
    assert_string_equal(err.text, "command \"sh\": not done within 100 ms");
}

static void file_kinds(void **state)
{
    struct conf_file f = {0};
    struct error err;
    (void)state;
    assert_int_equal(conf_file_read(files_dir, 100, &f, &err), ERR_IO);
    char *path = mem_printf("%s/absent", files_dir);
    char *expected = mem_printf("%s: No such file or directory", path);
    assert_int_equal(conf_file_read(path, 100, &f, &err), ERR_NOT_FOUND);
    assert_string_equal(err.text, expected);
    free(expected);
    free(path);
    path = files_write("ten", "0123456789");
    assert_int_equal(conf_file_read(path, 9, &f, &err), ERR_LIMIT);
    assert_int_equal(conf_file_read(path, 10, &f, &err), 0);
    assert_int_equal(f.len, 10);
    conf_file_done(&f);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(properties_vectors),
        cmocka_unit_test(properties_lines_and_errors),
        cmocka_unit_test(jaas_vectors),
        cmocka_unit_test(jaas_errors),
        cmocka_unit_test(yaml_tree),
        cmocka_unit_test(yaml_errors),
        cmocka_unit_test(yaml_has_a_cap_on_values),
        cmocka_unit_test(yaml_scalars_come_back),
        cmocka_unit_test(values),
        cmocka_unit_test(table_is_consistent),
        cmocka_unit_test(globs),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(secret_sources),
        cmocka_unit_test(secret_names),
        cmocka_unit_test(secret_commands),
        cmocka_unit_test(file_kinds),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
