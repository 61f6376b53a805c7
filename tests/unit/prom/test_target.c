/* Endpoints from URLs and from labels: what they are called, where they are, what is refused. */
#include "tests/unit/unit.h"

#include "base/str.h"
#include "prom/target.h"

static struct conf_prometheus job(void)
{
    static char name[] = "node";
    return (struct conf_prometheus){.name = name, .interval_ms = 15000, .deadline_ms = 10000};
}

#define PAIR(n, v)                                                                                                     \
    {                                                                                                                  \
        (char *)(uintptr_t)(n), (char *)(uintptr_t)(v)                                                                 \
    }

#define assert_target(t, job_, instance_, url_, labels_)                                                               \
    do {                                                                                                               \
        assert_string_equal((t)->job, job_);                                                                           \
        assert_string_equal((t)->instance, instance_);                                                                 \
        assert_string_equal((t)->url, url_);                                                                           \
        assert_string_equal((t)->labels, labels_);                                                                     \
    } while (0)

static void test_urls(void **state)
{
    (void)state;
    static const struct {
        const char *url, *instance, *asked;
    } cases[] = {
        {"http://h:9100/metrics", "h:9100", "http://h:9100/metrics"},
        {"https://h/a/b", "h/a/b", "https://h/a/b"},
        {"http://[::1]:9/metrics", "[::1]:9", "http://[::1]:9/metrics"},
        {"http://h:1/metrics?x=1", "h:1/metrics?x=1", "http://h:1/metrics?x=1"},
        {"http://h:1/f?match[]={job=\"x y\"}", "h:1/f?match[]={job=\"x y\"}",
         "http://h:1/f?match%5B%5D=%7Bjob=%22x%20y%22%7D"},
        {"http://h:1/m?a=%26&Api_Key=planted&b=2", "h:1/m?a=%26&Api_Key=\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2&b=2",
         "http://h:1/m?a=%26&Api_Key=planted&b=2"},
    };
    const struct conf_prometheus conf = job();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prom_target t;
        prom_target_of_url(&t, &conf, cases[i].url);
        assert_target(&t, "node", cases[i].instance, cases[i].asked, "");
        prom_target_done(&t);
    }
}

/* The configuration's labels hold for URLs too, but for those that say how to ask. */
static void test_common_labels(void **state)
{
    (void)state;
    struct conf_pair labels[] = {PAIR("z", "1"), PAIR("__scheme__", "https"), PAIR("a.b", "x\"y"),
                                 PAIR("job", "other")};
    struct conf_prometheus conf = job();
    struct prom_target t;
    conf.labels = (struct conf_pairs){labels, 4};
    prom_target_of_url(&t, &conf, "http://h:1/metrics");
    assert_target(&t, "other", "h:1", "http://h:1/metrics", "\"a.b\"=\"x\\\"y\",z=\"1\"");
    prom_target_done(&t);
    /* what discovery says comes before it, also where it says that there is none */
    const struct conf_pair own[] = {PAIR("z", "2"), PAIR("job", ""), PAIR("instance", "me"), PAIR("__meta_x", "y"),
                                    PAIR("empty", "")};
    assert_int_equal(prom_target_of_labels(&t, &conf, "h:1", own, 5, NULL), 0);
    assert_target(&t, "node", "me", "https://h:1/metrics", "\"a.b\"=\"x\\\"y\",z=\"2\"");
    prom_target_done(&t);
}

static void test_how_to_ask(void **state)
{
    (void)state;
    const struct conf_prometheus conf = job();
    struct prom_target t, plain;
    const struct conf_pair labels[] = {
        PAIR("__scheme__", "https"),
        PAIR("__metrics_path__", "probe it?"),
        PAIR("__param_target", "http://x/?a=1&b"),
        PAIR("__param_module", "m"),
        PAIR("__param_token", "planted"),
        PAIR("__scrape_interval__", "1m30s"),
        PAIR("__scrape_timeout__", "500ms"),
    };
    assert_int_equal(prom_target_of_labels(&t, &conf, "h:443", labels, 7, NULL), 0);
    assert_target(&t, "node",
                  "h:443/probe it??module=m&target=http://x/?a=1%26b&token=\xE2\x80\xA2\xE2\x80\xA2\xE2\x80\xA2",
                  "https://h:443/probe%20it%3F?module=m&target=http%3A%2F%2Fx%2F%3Fa%3D1%26b&token=planted", "");
    assert_int_equal(t.interval_ms, 90000);
    assert_int_equal(t.deadline_ms, 500);
    assert_int_equal(prom_target_of_labels(&plain, &conf, "h:443", NULL, 0, NULL), 0);
    assert_target(&plain, "node", "h:443", "http://h:443/metrics", "");
    assert_int_equal(plain.interval_ms, 0);
    assert_true(prom_target_same(&t, &t));
    assert_false(prom_target_same(&t, &plain));
    prom_target_done(&t);
    prom_target_done(&plain);
}

static void test_refused(void **state)
{
    (void)state;
    const struct conf_prometheus conf = job();
    static const struct {
        const char *address, *name, *value, *words;
    } cases[] = {
        {"", "a", "b", "target \"\": it is neither HOST nor HOST:PORT"},
        {"http://h:1", "a", "b", "neither HOST nor HOST:PORT"},
        {"u:p@h:1", "a", "b", "neither HOST nor HOST:PORT"},
        {"h:1/x", "a", "b", "neither HOST nor HOST:PORT"},
        {"h:1?x", "a", "b", "neither HOST nor HOST:PORT"},
        {"h:x", "a", "b", "neither HOST nor HOST:PORT"},
        {"h>1", "a", "b", "neither HOST nor HOST:PORT"},
        {"h 1", "a", "b", "neither HOST nor HOST:PORT"},
        {"h\x1b[1m", "a", "b", "neither HOST nor HOST:PORT"},
        {"h:1", "__scheme__", "ftp", "target \"h:1\": __scheme__ is neither http nor https: \"ftp\""},
        {"h:1", "__scrape_interval__", "often", "target \"h:1\": __scrape_interval__: \"often\" is not a duration"},
        {"h:1", "__scrape_timeout__", "0", "out of range"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct conf_pair label = PAIR(cases[i].name, cases[i].value);
        struct prom_target t = {0};
        struct error err = {0};
        assert_int_equal(prom_target_of_labels(&t, &conf, cases[i].address, &label, 1, &err), ERR_INVALID);
        if (!strstr(err.text, cases[i].words))
            fail_msg("%s", err.text);
        assert_null(strchr(err.text, '\x1b'));
        assert_null(t.url);
    }
    struct str long_text = {0};
    struct prom_target t = {0};
    struct error err = {0};
    str_repeat(&long_text, 'x', 5000);
    const struct conf_pair label = PAIR("a", long_text.s);
    assert_int_equal(prom_target_of_labels(&t, &conf, "h:1", &label, 1, &err), ERR_LIMIT);
    assert_non_null(strstr(err.text, "the limit is 4096"));
    str_done(&long_text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_urls),
        cmocka_unit_test(test_common_labels),
        cmocka_unit_test(test_how_to_ask),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
