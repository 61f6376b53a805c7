/* Exposition format 0.0.4: every line that Prometheus takes, every one it does not, with the reason; limits; no memory. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "prom/text.h"

#include <math.h>

#ifndef __SANITIZE_ADDRESS__
/* Counted: the parser must do without. */
static size_t allocations;
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

void *malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    allocations++;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
    allocations++;
    return __libc_realloc(p, size);
}
#endif

#define NONE PROM_TEXT_NO_TIME

/* "name|label=value|..." with the escapes undone. */
static void write_series(struct str *out, const struct prom_text_item *item)
{
    struct prom_text_label labels[PROM_TEXT_LABELS];
    struct prom_text_span name;
    const size_t n = prom_text_labels(item->series, &name, labels, PROM_TEXT_LABELS);
    assert_ptr_equal(name.s, item->name.s);
    assert_int_equal(name.len, item->name.len);
    prom_text_unescape(name, out);
    for (size_t i = 0; i < n; i++) {
        str_char(out, '|');
        prom_text_unescape(labels[i].name, out);
        str_char(out, '=');
        prom_text_unescape(labels[i].value, out);
    }
}

static const struct accepted {
    const char *line, *series, *labels;
    double number;
    int64_t time_ms;
} accepted[] = {
    {"a 1", "a", "a", 1, NONE},
    {"a{} 1", "a{}", "a", 1, NONE},
    {"http_requests_total{method=\"post\",code=\"200\"} 1027 1395066363000",
     "http_requests_total{method=\"post\",code=\"200\"}", "http_requests_total|method=post|code=200", 1027,
     1395066363000},
    {"vllm:num_requests_running 3", "vllm:num_requests_running", "vllm:num_requests_running", 3, NONE},
    {":a_1:B 2.5e-3", ":a_1:B", ":a_1:B", 0.0025, NONE},
    {"a{b=\"c\",} 1", "a{b=\"c\",}", "a|b=c", 1, NONE},                 /* a comma behind the last */
    {"a{b=\"c\"d=\"e\"} 1", "a{b=\"c\"d=\"e\"}", "a|b=c|d=e", 1, NONE}, /* no comma between two */
    {"a{b=\"c\" d=\"e\"} 1", "a{b=\"c\" d=\"e\"}", "a|b=c|d=e", 1, NONE},
    {"a{b=\"c\"}1", "a{b=\"c\"}", "a|b=c", 1, NONE}, /* no blank before the value */
    {"  a  {\t b = \"c\" ,\td=\"\" , }\t 1  \t 2\t ", "a  {\t b = \"c\" ,\td=\"\" , }", "a|b=c|d=", 1, 2},
    {"a\t1\t-3982045", "a", "a", 1, -3982045}, /* a negative time */
    {"a 1 +5", "a", "a", 1, 5},
    {"a 1\r", "a", "a", 1, NONE},
    {"a{b=\"\\\\ \\\" \\n\"} 1", "a{b=\"\\\\ \\\" \\n\"}", "a|b=\\ \" \n", 1, NONE},
    {"a{b=\"C:\\temp\\x\"} 1", "a{b=\"C:\\temp\\x\"}", "a|b=C:\\temp\\x", 1, NONE}, /* unknown escapes stay */
    {"a{b=\"\\\\n\"} 1", "a{b=\"\\\\n\"}", "a|b=\\n", 1, NONE},
    {"a{b=\"x}y{z=,# \"} 1", "a{b=\"x}y{z=,# \"}", "a|b=x}y{z=,# ", 1, NONE},
    {"a{b=\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"} 1", "a{b=\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"}",
     "a|b=\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 1, NONE},
    {"{\"http.status\"} 1", "{\"http.status\"}", "http.status", 1, NONE},
    {"{\"http.status\",region=\"eu\"} 1", "{\"http.status\",region=\"eu\"}", "http.status|region=eu", 1, NONE},
    {"{ \"a \\\"b\\\"\" , \"l.1\" = \"v\" } 1", "{ \"a \\\"b\\\"\" , \"l.1\" = \"v\" }", "a \"b\"|l.1=v", 1, NONE},
    {"{a=\"b\",\"n\"} 1", "{a=\"b\",\"n\"}", "n|a=b", 1, NONE},
    {"a{\"b.c\"=\"d\"} 1", "a{\"b.c\"=\"d\"}", "a|b.c=d", 1, NONE},
    {"a{le=\"+Inf\"} 17", "a{le=\"+Inf\"}", "a|le=+Inf", 17, NONE},
    {"a +Inf", "a", "a", INFINITY, NONE},
    {"a -inf", "a", "a", -INFINITY, NONE},
    {"a NaN", "a", "a", NAN, NONE},
    {"a{b=\"1234567\\\"\",c=\"12345678\",d=\"123456789abcdefg\\\\\"} 1",
     "a{b=\"1234567\\\"\",c=\"12345678\",d=\"123456789abcdefg\\\\\"}", "a|b=1234567\"|c=12345678|d=123456789abcdefg\\",
     1, NONE},
};

static bool is(struct prom_text_span have, const char *want)
{
    return have.len == strlen(want) && memcmp(have.s, want, have.len) == 0;
}

static void check_accepted(const struct accepted *a, bool newline)
{
    struct prom_text t;
    struct prom_text_item item;
    struct str labels = {0};
    char *const text = mem_printf("%s%s", a->line, newline ? "\n" : "");
    prom_text_init(&t, PROM_TEXT_PLAIN, text, strlen(text));
    assert_int_equal(prom_text_next(&t, &item, NULL), 0);
    if (item.kind != PROM_TEXT_SAMPLE)
        fail_msg("%s: %s", a->line, item.error);
    write_series(&labels, &item);
    assert_string_equal(str_text(&labels), a->labels);
    if (!is(item.series, a->series))
        fail_msg("%s: the series is \"%.*s\"", a->line, (int)item.series.len, item.series.s);
    assert_true(item.number == a->number || (isnan(a->number) && isnan(item.number)));
    assert_int_equal(item.time_ms, a->time_ms);
    assert_int_equal(item.exemplar.len, 0);
    assert_int_equal(item.line, 1);
    assert_int_equal(prom_text_next(&t, &item, NULL), 0);
    assert_int_equal(item.kind, PROM_TEXT_END);
    prom_text_done(&t);
    str_done(&labels);
    free(text);
}

static void test_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        check_accepted(&accepted[i], true);
        check_accepted(&accepted[i], false);
    }
}

static const struct {
    const char *line, *why;
} refused[] = {
    {"a", "there is no value"},
    {"a ", "there is no value"},
    {"a{b=\"c\"}", "there is no value"},
    {"0a 1", "a name cannot begin with \"0\""},
    {"-", "a name cannot begin with \"-\""},
    {"a.b 1", "a name cannot contain \".\""},
    {"a-b 1", "a name cannot contain \"-\""},
    {"\"a\" 1", "a name in quotes must stand in braces"},
    {"a{b} 1", "label \"b\" is not followed by ="},
    {"a{b=} 1", "label \"b\" is not followed by a value in quotes"},
    {"a{b=c} 1", "label \"b\" is not followed by a value in quotes"},
    {"a{b='c'} 1", "label \"b\" is not followed by a value in quotes"},
    {"a{b\"c\"} 1", "label \"b\" is not followed by ="},
    {"a{=\"c\"} 1", "a label's name cannot begin with \"=\""},
    {"a{,b=\"c\"} 1", "a label's name cannot begin with \",\""},
    {"a{b=\"c\",,} 1", "a label's name cannot begin with \",\""},
    {"a{1b=\"c\"} 1", "a label's name cannot begin with \"1\""},
    {"a{b:c=\"d\"} 1", "label \"b\" is not followed by ="},
    {"a{b.c=\"d\"} 1", "label \"b\" is not followed by ="},
    {"a{b=\"c\" 1", "a label's name cannot begin with \"1\""},
    {"a{b=\"c\"", "the braces are not closed"},
    {"a{", "the braces are not closed"},
    {"a{b=\"c} 1", "the quotes of a label's value are not closed"},
    {"a{b=\"c\\\"} 1", "the quotes of a label's value are not closed"},
    {"a{b=\"c\\", "the quotes of a label's value are not closed"},
    {"a{\"b} 1", "the quotes of a name are not closed"},
    {"a{\"\"=\"c\"} 1", "a label's name is empty"},
    {"{\"\"} 1", "a label's name is empty"},
    {"a{b=\"1\",c=\"2\",b=\"3\"} 1", "label \"b\" is there twice"},
    {"a{b=\"1\",\"b\"=\"2\"} 1", "label \"b\" is there twice"},
    {"a{__name__=\"b\"} 1", "a label cannot be called __name__"},
    {"{b=\"c\"} 1", "there is no name, only labels"},
    {"{} 1", "there is no name, only labels"},
    {"a{\"b\"} 1", "there are two names: \"b\" is the second"},
    {"{\"a\",\"b\"} 1", "there are two names: \"b\" is the second"},
    {"{\"a\" b=\"c\"} 1", "label \"a\" is not followed by ="},
    {"a x", "the value \"x\" is no number"},
    {"a 1_000", "the value \"1_000\" is no number"},
    {"a 0x1p-3", "the value \"0x1p-3\" is no number"},
    {"a 0b1", "the value \"0b1\" is no number"},
    {"a 1,5", "the value \"1,5\" is no number"},
    {"a 1e999", "the value \"1e999\" is greater than any number"},
    {"a 1 x", "\"x\" is no time in milliseconds"},
    {"a 1 1.5", "\"1.5\" is no time in milliseconds"},
    {"a 1 9223372036854775808", "\"9223372036854775808\" is no time in milliseconds that fits 64 bits"},
    {"a 1 2 3", "behind value and time there is \"3\""},
    {"a 1 # {b=\"c\"} 2", "\"#\" is no time in milliseconds"},
    {"a{b=\"\xff\"} 1", "the line is not UTF-8"},
    {"a{b=\"12345678\xc3\"} 1", "the line is not UTF-8"},
    {"a{b=\"\xed\xa0\x80\"} 1", "the line is not UTF-8"},
    {"a\xc3\xa4 1", "a name cannot contain \"\xc3\""},
    {"\xef\xbb\xbf"
     "a 1",
     "a name cannot begin with \"\xef\""},
    {"# TYPE a histogrm", "there is no type \"histogrm\""},
    {"# TYPE a info", "there is no type \"info\""},
    {"# TYPE a counter x", "a type is one word"},
    {"# TYPE 1a counter", "a name cannot begin with \"1\""},
    {"# HELP a.b text", "a name cannot contain \".\""},
    {"# HELP \"a\xff\" b", "the line is not UTF-8"},
    {"# HELP \"a text", "the quotes of a name are not closed"},
};

/* The line between two good ones: only it is bad. */
static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct prom_text t;
        struct prom_text_item item;
        char *const text = mem_printf("first 1\n%s\nlast 2\n", refused[i].line);
        prom_text_init(&t, PROM_TEXT_PLAIN, text, strlen(text));
        assert_int_equal(prom_text_next(&t, &item, NULL), 0);
        assert_int_equal(item.kind, PROM_TEXT_SAMPLE);
        assert_int_equal(prom_text_next(&t, &item, NULL), 0);
        if (item.kind != PROM_TEXT_BAD || strcmp(item.error, refused[i].why) != 0)
            fail_msg("%s: %d, \"%s\", not \"%s\"", refused[i].line, (int)item.kind,
                     item.kind == PROM_TEXT_BAD ? item.error : "", refused[i].why);
        assert_int_equal(item.line, 2);
        assert_int_equal(prom_text_next(&t, &item, NULL), 0);
        assert_int_equal(item.kind, PROM_TEXT_SAMPLE);
        assert_true(is(item.name, "last"));
        assert_int_equal(item.line, 3);
        assert_int_equal(prom_text_next(&t, &item, NULL), 0);
        assert_int_equal(item.kind, PROM_TEXT_END);
        free(text);
    }
}

static void test_metadata(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum prom_text_kind kind; /* END: it says nothing */
        const char *name, *value;
        enum prom_text_type type;
    } cases[] = {
        {"# HELP a Text with  blanks, \\\\ and \\n. ", PROM_TEXT_HELP, "a", "Text with  blanks, \\\\ and \\n. ", 0},
        {"# HELP a", PROM_TEXT_HELP, "a", "", 0},
        {"# HELP a \xff", PROM_TEXT_HELP, "a", "\xff", 0},
        {"#\t HELP\ta \t b", PROM_TEXT_HELP, "a", "b", 0},
        {"# HELP \"a.b\" c", PROM_TEXT_HELP, "a.b", "c", 0},
        {"  # TYPE a counter ", PROM_TEXT_TYPE, "a", NULL, PROM_TEXT_COUNTER},
        {"#TYPE a gauge", PROM_TEXT_TYPE, "a", NULL, PROM_TEXT_GAUGE},
        {"# TYPE a Histogram", PROM_TEXT_TYPE, "a", NULL, PROM_TEXT_HISTOGRAM},
        {"# TYPE \"a.b\" summary\r", PROM_TEXT_TYPE, "a.b", NULL, PROM_TEXT_SUMMARY},
        {"# TYPE a untyped", PROM_TEXT_TYPE, "a", NULL, PROM_TEXT_UNKNOWN},
        {"# TYPE a", PROM_TEXT_END, NULL, NULL, 0},
        {"# TYPE", PROM_TEXT_END, NULL, NULL, 0},
        {"# HELP ", PROM_TEXT_END, NULL, NULL, 0},
        {"#", PROM_TEXT_END, NULL, NULL, 0},
        {"# UNIT a seconds", PROM_TEXT_END, NULL, NULL, 0},
        {"# EOF", PROM_TEXT_END, NULL, NULL, 0},
        {"# \xff anything", PROM_TEXT_END, NULL, NULL, 0},
        {"", PROM_TEXT_END, NULL, NULL, 0},
        {" \t\r", PROM_TEXT_END, NULL, NULL, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prom_text t;
        struct prom_text_item item;
        char *const text = mem_printf("%s\n", cases[i].line);
        prom_text_init(&t, PROM_TEXT_PLAIN, text, strlen(text));
        assert_int_equal(prom_text_next(&t, &item, NULL), 0);
        if (item.kind != cases[i].kind)
            fail_msg("%s: %d", cases[i].line, (int)item.kind);
        if (cases[i].name)
            assert_true(is(item.name, cases[i].name));
        if (cases[i].value)
            assert_true(is(item.value, cases[i].value));
        if (item.kind == PROM_TEXT_TYPE)
            assert_int_equal(item.type, cases[i].type);
        free(text);
    }
}

/* A NUL within a label's value is a byte as any other. */
static void test_nul(void **state)
{
    (void)state;
    static const char text[] = "a{b=\"c\0d\"} 1\n# HELP a x\0y\na\0b 2\n";
    struct prom_text t;
    struct prom_text_item item;
    struct prom_text_span name;
    struct prom_text_label label;
    prom_text_init(&t, PROM_TEXT_PLAIN, text, sizeof text - 1);
    assert_int_equal(prom_text_next(&t, &item, NULL), 0);
    assert_int_equal(prom_text_labels(item.series, &name, &label, 1), 1);
    assert_int_equal(label.value.len, 3);
    assert_memory_equal(label.value.s, "c\0d", 3);
    assert_int_equal(prom_text_next(&t, &item, NULL), 0);
    assert_int_equal(item.kind, PROM_TEXT_HELP);
    assert_int_equal(item.value.len, 3);
    assert_int_equal(prom_text_next(&t, &item, NULL), 0);
    assert_int_equal(item.kind, PROM_TEXT_BAD);
}

static void check_limit(const struct str *text, const char *why)
{
    struct prom_text t;
    struct prom_text_item item;
    prom_text_init(&t, PROM_TEXT_PLAIN, text->s, text->len);
    struct error err;
    if (why) { /* it is the whole text's, not the line's */
        char *expected = mem_printf("line 1: %s", why);
        assert_int_equal(prom_text_next(&t, &item, &err), ERR_LIMIT);
        assert_string_equal(err.text, expected);
        assert_int_equal(prom_text_next(&t, &item, &err), ERR_LIMIT);
        free(expected);
        return;
    }
    assert_int_equal(prom_text_next(&t, &item, NULL), 0);
    assert_int_equal(item.kind, PROM_TEXT_SAMPLE);
    assert_int_equal(prom_text_next(&t, &item, NULL), 0);
    assert_int_equal(item.kind, PROM_TEXT_END);
}

static void write_long(struct str *s, size_t name, size_t label, size_t value, int labels)
{
    str_clear(s);
    str_repeat(s, 'n', name);
    str_char(s, '{');
    for (int i = 0; i < labels; i++)
        str_printf(s, "l%d=\"\",", i);
    str_repeat(s, 'b', label);
    str_add(s, "=\"");
    str_repeat(s, 'v', value);
    str_add(s, "\"} 1\n");
}

static void test_limits(void **state)
{
    (void)state;
    static const struct {
        size_t name, label, value;
        int labels;
        const char *why;
    } cases[] = {
        {PROM_TEXT_NAME, PROM_TEXT_NAME, PROM_TEXT_VALUE, PROM_TEXT_LABELS - 1, NULL},
        {PROM_TEXT_NAME + 1, 1, 1, 0, "a name of 4097 bytes; the limit is 4096"},
        {1, PROM_TEXT_NAME + 1, 1, 0, "a label's name of 4097 bytes; the limit is 4096"},
        {1, 1, PROM_TEXT_VALUE + 1, 0, "a label's value of 65537 bytes; the limit is 65536"},
        {1, 1, 1, PROM_TEXT_LABELS, "more labels than 256"},
        {1, 1, PROM_TEXT_LINE, 0, "a line of 1048585 bytes; the limit is 1048576"},
    };
    struct str s = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_long(&s, cases[i].name, cases[i].label, cases[i].value, cases[i].labels);
        check_limit(&s, cases[i].why);
    }
    str_done(&s);
}

/* Fewer labels are given than there are, if there is no room for them. */
static void test_few_labels(void **state)
{
    (void)state;
    static const char series[] = "a{b=\"1\",c=\"2\",d=\"3\"}";
    struct prom_text_span name;
    struct prom_text_label labels[2];
    const struct prom_text_span span = {series, sizeof series - 1};
    assert_int_equal(prom_text_labels(span, &name, labels, 2), 2);
    assert_true(is(labels[1].name, "c") && is(labels[1].value, "2") && is(name, "a"));
    assert_int_equal(prom_text_labels(span, &name, NULL, 0), 0);
}

static void test_unescape(void **state)
{
    (void)state;
    static const struct {
        const char *text, *want;
    } cases[] = {{"", ""},           {"abc", "abc"},           {"\\n", "\n"},
                 {"\\\\n", "\\n"},   {"a\\\"b\\\\", "a\"b\\"}, {"\\t\\x", "\\t\\x"},
                 {"end\\", "end\\"}, {"\\\\\\n", "\\\n"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str out = {0};
        prom_text_unescape((struct prom_text_span){cases[i].text, strlen(cases[i].text)}, &out);
        assert_string_equal(str_text(&out), cases[i].want);
        str_done(&out);
    }
}

static void test_content_types(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        int code;
        enum prom_text_format format;
    } cases[] = {
        {"text/plain; version=0.0.4; charset=utf-8", 0, PROM_TEXT_PLAIN},
        {"text/plain;version=1.0.0;escaping=allow-utf-8", 0, PROM_TEXT_PLAIN},
        {"Text/Plain", 0, PROM_TEXT_PLAIN},
        {"application/openmetrics-text; version=1.0.0; charset=utf-8", 0, PROM_TEXT_OPENMETRICS},
        {" application/OpenMetrics-text", 0, PROM_TEXT_OPENMETRICS},
        {"application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily", ERR_INVALID, 0},
        {"text/html", ERR_INVALID, 0},
        {"text/plainer", ERR_INVALID, 0},
        {"", ERR_INVALID, 0},
        {NULL, ERR_INVALID, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum prom_text_format format = 0;
        assert_int_equal(prom_text_format_of(cases[i].type, &format), cases[i].code);
        assert_int_equal(format, cases[i].format);
    }
    for (enum prom_text_type t = 0; t < PROM_TEXT_TYPES; t++)
        assert_non_null(prom_text_type_name(t));
    assert_string_equal(prom_text_type_name(PROM_TEXT_UNKNOWN), "unknown");
}

/* From the second time on nothing is allocated. */
static void check_memory(enum prom_text_format format, const char *text)
{
    struct prom_text t;
    struct prom_text_item item;
    size_t samples = 0;
#ifndef __SANITIZE_ADDRESS__
    const size_t first = allocations;
    size_t before = 0;
#endif
    prom_text_init(&t, format, NULL, 0);
    for (int i = 0; i < 3; i++) {
#ifndef __SANITIZE_ADDRESS__
        if (i == 1)
            before = allocations;
#endif
        prom_text_again(&t, format, text, strlen(text));
        while (!prom_text_next(&t, &item, NULL) && item.kind != PROM_TEXT_END)
            samples += item.kind == PROM_TEXT_SAMPLE;
    }
#ifndef __SANITIZE_ADDRESS__
    assert_int_equal(allocations, before);
    assert_int_equal(before > first, format == PROM_TEXT_OPENMETRICS); /* or they are not counted at all */
#endif
    assert_int_equal(samples, 3 * 5000);
    prom_text_done(&t);
}

static void test_memory(void **state)
{
    (void)state;
    struct str s = {0};
    for (int i = 0; i < 5000; i++)
        str_printf(&s, "a{b=\"%d\",c=\"x\\n\"} %d.00000000000000001\n", i, i);
    str_add(&s, "# EOF\n");
    check_memory(PROM_TEXT_PLAIN, s.s);
    check_memory(PROM_TEXT_OPENMETRICS, s.s);
    str_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accepted), cmocka_unit_test(test_refused),       cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_nul),      cmocka_unit_test(test_limits),        cmocka_unit_test(test_few_labels),
        cmocka_unit_test(test_unescape), cmocka_unit_test(test_content_types), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
