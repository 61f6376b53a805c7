/* Vector selectors: what each form chooses, strings and their escapes, and where errors are. */
#include "tests/unit/unit.h"

#include "prom/labels.h"
#include "prom/selector.h"

static struct prom_selector *parse(const char *text)
{
    struct prom_selector *s = NULL;
    struct error err = {0};
    size_t at = 0;
    if (prom_selector_parse(text, &s, &at, &err))
        fail_msg("%s: at %zu: %s", text, at, err.text);
    assert_string_equal(prom_selector_text(s), text);
    return s;
}

static bool matches(const char *selector, const char *name, const char *labels)
{
    struct prom_selector *s = parse(selector);
    bool ret = prom_selector_name(s, name) && prom_selector_labels(s, labels);
    prom_selector_free(s);
    return ret;
}

#define assert_yes(selector, name, labels) assert_true(matches(selector, name, labels))
#define assert_no(selector, name, labels)  assert_false(matches(selector, name, labels))

static void assert_wrong(const char *text, size_t column, const char *word)
{
    struct prom_selector *s = NULL;
    struct error err = {0};
    size_t at = 12345;
    assert_int_equal(prom_selector_parse(text, &s, &at, &err), ERR_INVALID);
    assert_null(s);
    if (at + 1 != column || !strstr(err.text, word))
        fail_msg("%s: column %zu, where %zu is right: %s", text, at + 1, column, err.text);
}

static void test_names(void **state)
{
    (void)state;
    assert_yes("up", "up", "");
    assert_yes(" up ", "up", "job=\"a\"");
    assert_no("up", "upper", "");
    assert_no("up", "u", "");
    assert_yes("vllm:num_requests_running", "vllm:num_requests_running", "");
    assert_yes("up{}", "up", "a=\"b\"");
    assert_yes("{__name__=\"up\"}", "up", "");
    assert_yes("{__name__=~\"a|b.*\"}", "bcd", "");
    assert_no("{__name__=~\"a|b.*\"}", "ab", "");
    assert_yes("{__name__=~\"a.*\",__name__!=\"ab\"}", "ac", "");
    assert_no("{__name__=~\"a.*\",__name__!=\"ab\"}", "ab", "");
    assert_yes("{\"a.b\"}", "a.b", "");
    assert_yes("{\"a.b\", c=\"d\",}", "a.b", "c=\"d\"");
    assert_no("{\"a.b\"}", "a_b", "");
    assert_yes("{\"größe\",\"label mit blank\"='x'}", "größe", "\"label mit blank\"=\"x\"");
}

static void test_labels(void **state)
{
    const char *labels = "code=\"200\",method=\"get\",path=\"/a\"";
    (void)state;
    assert_yes("http{code=\"200\"}", "http", labels);
    assert_no("http{code=\"20\"}", "http", labels);
    assert_yes("http{code!=\"500\"}", "http", labels);
    assert_no("http{code!=\"200\"}", "http", labels);
    assert_yes("http{code=~\"2..\"}", "http", labels);
    assert_no("http{code=~\"2.\"}", "http", labels);
    assert_yes("http{code=~\"5..|2..\"}", "http", labels);
    assert_no("http{code=~\"5..|2\"}", "http", labels);
    assert_yes("http{code!~\"5..\"}", "http", labels);
    assert_no("http{code!~\"2..\",method=\"get\"}", "http", labels);
    assert_yes("http { code = \"200\" ,\n\tmethod =~ 'get' , }", "http", labels);
    assert_no("http{code=\"200\",method=\"put\"}", "http", labels);
    assert_yes("{code=\"200\"}", "any", labels);
    assert_no("http{code=\"200\"}", "other", labels);
    assert_yes("http{code=~\"2..\",code!=\"204\"}", "http", labels);
}

/* What is not there is the empty text. */
static void test_missing(void **state)
{
    (void)state;
    assert_yes("http{code=\"\"}", "http", "");
    assert_no("http{code=\"\"}", "http", "code=\"1\"");
    assert_no("http{code!=\"\"}", "http", "");
    assert_yes("http{code!=\"\"}", "http", "code=\"1\"");
    assert_yes("http{code=~\"|2..\"}", "http", "a=\"b\"");
    assert_no("http{code=~\".+\"}", "http", "a=\"b\"");
    assert_no("http{code!~\".*\"}", "http", "a=\"b\"");
}

static void test_strings(void **state)
{
    (void)state;
    assert_yes("m{a=\"x\\\"y\\\\z\\n\"}", "m", "a=\"x\\\"y\\\\z\\n\"");
    assert_yes("m{a='it\\'s \"so\"'}", "m", "a=\"it's \\\"so\\\"\"");
    assert_yes("m{a=`\\d\n`}", "m", "a=\"\\\\d\\n\"");
    assert_yes("m{a=~`\\d+`}", "m", "a=\"12\"");
    assert_yes("m{a=~\"\\\\d+\"}", "m", "a=\"12\"");
    assert_yes("m{a=\"\\x41\\102\\u00e4\\U0001F600\\t\"}", "m", "a=\"ABä😀\t\"");
    assert_no("m{a=\"\\x41\"}", "m", "a=\"a\"");
    /* a line end is a character as any other, and so are bytes that are no UTF-8 where nothing asks for them */
    assert_yes("m{a=~\"x.y\"}", "m", "a=\"x\\ny\"");
    assert_yes("m{a=~\"ä.\"}", "m", "a=\"äö\"");
    assert_yes("m{a=\"\\xff\"}", "m", "a=\"\xff\"");
    assert_no("m{a=~\"b\"}", "m", "a=\"\xff\"");
    /* a backslash at the end of a value does not end it */
    assert_yes("m{a=\"x\\\\\",b=\"y\"}", "m", "a=\"x\\\\\",b=\"y\"");
}

/* A series as it stands in a text says the same. */
static void test_series(void **state)
{
    static const char line[] = "http_total{ code = \"2\\\"0\" , \"le.b\"=\"x\"}";
    struct prom_text_span series = {line, sizeof line - 1};
    struct str labels = {0};
    struct prom_selector *s = parse("http_total{code='2\"0',\"le.b\"=~\"x|y\",none=\"\"}");
    (void)state;
    prom_labels_write(series, NULL, &labels);
    assert_true(prom_selector_name(s, "http_total"));
    assert_true(prom_selector_labels(s, str_text(&labels)));
    assert_true(prom_selector_series(s, series));
    prom_selector_free(s);
    s = parse("http_total{code='2'}");
    assert_false(prom_selector_labels(s, str_text(&labels)));
    assert_false(prom_selector_series(s, series));
    assert_false(prom_selector_is_name(s));
    prom_selector_free(s);
    s = parse("http_total");
    assert_true(prom_selector_series(s, series));
    assert_true(prom_selector_is_name(s));
    prom_selector_free(s);
    str_done(&labels);
}

static void test_errors(void **state)
{
    (void)state;
    assert_wrong("", 1, "expected the name of a metric");
    assert_wrong("1a", 1, "expected the name of a metric");
    assert_wrong("a b", 3, "ends here");
    assert_wrong("up[5m]", 3, "ends here");
    assert_wrong("up{a=\"b\"} offset 5m", 11, "ends here");
    assert_wrong("up{", 4, "the name of a label");
    assert_wrong("up{,}", 4, "the name of a label");
    assert_wrong("up{a", 5, "expected =");
    assert_wrong("up{a:b=\"c\"}", 5, "expected =");
    assert_wrong("up{a=b}", 6, "in quotes");
    assert_wrong("up{a=\"b}", 6, "not closed");
    assert_wrong("up{a=\"b\nc\"}", 6, "not closed");
    assert_wrong("up{a=\"b\\q\"}", 8, "no such escape");
    assert_wrong("up{a=\"\\'\"}", 7, "no such escape");
    assert_wrong("up{a=\"\\400\"}", 7, "no such escape");
    assert_wrong("up{a=\"\\ud800\"}", 7, "no such escape");
    assert_wrong("up{a=\"\\x4\"}", 7, "no such escape");
    assert_wrong("up{a=\"b\" c=\"d\"}", 10, "expected , or }");
    assert_wrong("up{a=~\"b(c\"}", 11, "regular expression");
    assert_wrong("up{a=~\"a)|(b\"}", 9, "regular expression");
    assert_wrong("up{__name__=\"down\"}", 1, "twice");
    assert_wrong("up{\"down\"}", 4, "already");
    assert_wrong("{\"\"}", 2, "empty name");
    assert_wrong("{}", 1, "at least one");
    assert_wrong("{a=\"\"}", 1, "at least one");
    assert_wrong("{a=~\".*\",b!=\"c\"}", 1, "at least one");
}

static void test_limits(void **state)
{
    struct prom_selector *s = NULL;
    struct error err = {0};
    struct str text = {0};
    (void)state;
    str_add(&text, "up{");
    for (int i = 0; i <= PROM_SELECTOR_MATCHERS; i++)
        str_printf(&text, "a%d=\"\",", i);
    str_char(&text, '}');
    assert_int_equal(prom_selector_parse(str_text(&text), &s, NULL, &err), ERR_LIMIT);
    str_clear(&text);
    str_repeat(&text, 'a', PROM_SELECTOR_BYTES + 1);
    assert_int_equal(prom_selector_parse(str_text(&text), &s, NULL, &err), ERR_LIMIT);
    /* one that could run for ever gives up */
    assert_no("m{a=~\"(x+x+)+[yz]\"}", "m", "a=\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"");
    str_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),   cmocka_unit_test(test_labels), cmocka_unit_test(test_missing),
        cmocka_unit_test(test_strings), cmocka_unit_test(test_series), cmocka_unit_test(test_errors),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
