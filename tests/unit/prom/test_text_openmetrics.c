/* OpenMetrics: texts that are one, texts that are none, with the line and the reason; what is read from them. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "prom/text.h"

#include <math.h>

static bool is(struct prom_text_span have, const char *want)
{
    return have.len == strlen(want) && memcmp(have.s, want, have.len) == 0;
}

/* Reads to the end; the number of samples. */
static int read_all(const char *text, size_t len, size_t *samples, struct error *err)
{
    struct prom_text t;
    struct prom_text_item item;
    char *const copy = len ? mem_memdup(text, len) : NULL; /* so that a sanitizer sees its end */
    int code;
    *samples = 0;
    prom_text_init(&t, PROM_TEXT_OPENMETRICS, copy, len);
    while (!(code = prom_text_next(&t, &item, err)) && item.kind != PROM_TEXT_END)
        *samples += item.kind == PROM_TEXT_SAMPLE;
    if (code) /* and it stays so */
        assert_int_not_equal(prom_text_next(&t, &item, NULL), 0);
    else
        assert_int_equal(prom_text_next(&t, &item, NULL), 0);
    prom_text_done(&t);
    free(copy);
    return code;
}

#define HISTOGRAM "# TYPE a histogram\n"
#define COUNTER   "# TYPE a counter\n"
#define SUMMARY   "# TYPE a summary\n"
#define GAUGE_H   "# TYPE a gaugehistogram\n"
#define TEN       "0123456789"
#define FIFTY     TEN TEN TEN TEN TEN

static const struct {
    const char *text; /* without `# EOF` */
    size_t samples;
} good[] = {
    {"", 0},
    {"a 1\n", 1},
    {"a 1\nb 2\n", 2},
    {"a{} 1\n", 1},
    {"a{b=\"c\",d=\"\"} 1\n", 1},
    {"a{b=\"} # {\"} 1 2\n", 1},
    {"a{b=\"\\x\\\\\\\"\\n\"} 1\n", 1},
    {"{\"a.b\",\"c.d\"=\"e\"} 1\n", 1},
    {"# TYPE \"a.b\" counter\n{\"a.b_total\"} 1\n", 1},
    {"a +inf\nb -Infinity\nc nan\nd 007\ne .5\nf 1e-3\n", 6},
    {"a 1 -1.5e3\n", 1},
    {"a 1 000\n", 1},
    {"a 1 12345678901234567890.5\n", 1},
    {"a 1 1\na 2 1.001\n", 2},
    {"a{b=\"1\"} 1 5\na{b=\"2\"} 1 4\n", 2},
    {"# TYPE a gauge\n# UNIT a \n# HELP a \na 1\n", 1},
    {"# HELP a x\n# TYPE a unknown\na 1\n", 1},
    {"# UNIT a_seconds seconds\n# TYPE a_seconds gauge\na_seconds 1\n", 1},
    {"# HELP a back\\slash \\\" \\n and \\\\\n", 0},
    {"# TYPE a gauge\n# TYPE b gauge\n", 0},
    {COUNTER "a_total 1\na_created 1520430000.123\n", 2},
    {COUNTER "a_created 1\na_total 1\n", 2},
    {COUNTER "a_total{b=\"1\"} 1 # {} 5\na_total{b=\"2\"} 1 2 # {c=\"d\",e=\"\"} -5 1.5\n", 2},
    {COUNTER "a_total 1 # {"
             "b=\"" FIFTY FIFTY TEN TEN "1234567\"} 1\n",
     1},
    {COUNTER "a_total +Inf\n", 1},
    {COUNTER "a_total 1\na_foo 1\n", 2}, /* another family, of unknown type */
    {HISTOGRAM "a_bucket{le=\"+Inf\"} 0\n", 1},
    {HISTOGRAM "a_bucket{le=\"1\"} 1\na_bucket{le=\"2e0\"} 1\na_bucket{le=\"+Inf\"} 3\na_count 3\na_sum 4.5\n", 5},
    {HISTOGRAM "a_count 3\na_sum 4.5\na_bucket{le=\"+Inf\"} 3\na_created 1\n", 4},
    {HISTOGRAM "a_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 2\n", 2},
    {HISTOGRAM "a_bucket{x=\"1\",le=\"1\"} 1\na_bucket{le=\"+Inf\",x=\"1\"} 1\na_bucket{x=\"2\",le=\"+Inf\"} 0\n", 3},
    {HISTOGRAM "a_bucket{le=\"1\"} 1 # {b=\"c\"} 1\na_bucket{le=\"+Inf\"} 2 # {b=\"c\"} 1.5 7\n", 2},
    {HISTOGRAM "a_bucket{le=\"+Inf\"} 0 1\na_bucket{le=\"+Inf\"} 1 2\n", 2},
    {GAUGE_H "a_bucket{le=\"-1\"} 1\na_bucket{le=\"+Inf\"} 2\na_gcount 2\na_gsum -7\n", 4},
    {GAUGE_H "a_bucket{le=\"+Inf\"} 5 # {} 3\na_gcount 5\na_gsum 7.5\n", 3},
    {SUMMARY "a{quantile=\"0\"} 1\na{quantile=\"1.0\"} NaN\na_count 2\na_sum 3\na_created 1\n", 5},
    {SUMMARY "a_count{b=\"1\"} 2\na_sum{b=\"1\"} 3\na_count{b=\"2\"} 2\n", 3},
    {"# TYPE a info\na_info{b=\"c\"} 1\na_info{b=\"d\"} 1.0\n", 2},
    {"# TYPE a stateset\na{a=\"x\"} 1\na{a=\"y\"} 0\na{a=\"x\",b=\"2\"} 1\n", 3},
};

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct error err = {0};
        size_t samples;
        for (int newline = 0; newline < 2; newline++) {
            char *const text = mem_printf("%s# EOF%s", good[i].text, newline ? "\n" : "");
            if (read_all(text, strlen(text), &samples, &err))
                fail_msg("%s: %s", good[i].text, err.text);
            if (samples != good[i].samples)
                fail_msg("%s: %zu samples", good[i].text, samples);
            free(text);
        }
    }
}

#define EOF_LINE "# EOF\n"

static const struct {
    const char *text, *why;
} bad[] = {
    /* The whole. */
    {"", "line 0: the text breaks off: there is no # EOF"},
    {"a 1\n", "line 1: the text breaks off: there is no # EOF"},
    {"a 1", "line 1: the text breaks off: there is no # EOF"},
    {"a 1\n\n" EOF_LINE, "line 2: an empty line"},
    {"\n" EOF_LINE, "line 1: an empty line"},
    {EOF_LINE "a 1\n", "line 1: there is more behind # EOF"},
    {EOF_LINE "\n", "line 1: there is more behind # EOF"},
    {EOF_LINE EOF_LINE, "line 1: there is more behind # EOF"},
    {"# EOF \n", "line 1: there are no comments, only TYPE, UNIT, HELP and EOF"},
    {"# EOFx\n", "line 1: there are no comments, only TYPE, UNIT, HELP and EOF"},
    {"#EOF\n", "line 1: behind # there must be one space"},
    {"# EOF\r\n", "line 1: there are no comments, only TYPE, UNIT, HELP and EOF"},
    {"a 1\r\n" EOF_LINE, "line 1: the value \"1\r\" is no number"},
    {"# a comment\n" EOF_LINE, "line 1: there are no comments, only TYPE, UNIT, HELP and EOF"},
    {"# HELP a x\n# a comment\n" EOF_LINE, "line 2: there are no comments, only TYPE, UNIT, HELP and EOF"},
    {"\xef\xbb\xbf" EOF_LINE, "line 1: a name cannot begin with \"\xef\""},
    {"a{b=\"\xc3\"} 1\n" EOF_LINE, "line 1: the line is not UTF-8"},
    {"# HELP a \xff\n" EOF_LINE, "line 1: the line is not UTF-8"},
    /* Samples. */
    {"a\n" EOF_LINE, "line 1: behind the name there must be one space"},
    {"a \n" EOF_LINE, "line 1: the value \"\" is no number"},
    {"a  1\n" EOF_LINE, "line 1: the value \"\" is no number"},
    {"a\t1\n" EOF_LINE, "line 1: behind the name there must be one space"},
    {" a 1\n" EOF_LINE, "line 1: a name cannot begin with \" \""},
    {"a 1 \n" EOF_LINE, "line 1: behind value and time there may be an exemplar, and nothing else"},
    {"a 1\t\n" EOF_LINE, "line 1: the value \"1\t\" is no number"},
    {"a 1  2\n" EOF_LINE, "line 1: \"\" is no time in seconds"},
    {"a 1 2 3\n" EOF_LINE, "line 1: behind value and time there may be an exemplar, and nothing else"},
    {"0a 1\n" EOF_LINE, "line 1: a name cannot begin with \"0\""},
    {"a-b 1\n" EOF_LINE, "line 1: a name cannot contain \"-\""},
    {"a.b 1\n" EOF_LINE, "line 1: a name cannot contain \".\""},
    {"a b\n" EOF_LINE, "line 1: the value \"b\" is no number"},
    {"a 1_2\n" EOF_LINE, "line 1: the value \"1_2\" is no number"},
    {"a 0x1p-3\n" EOF_LINE, "line 1: the value \"0x1p-3\" is no number"},
    {"a +nan\n" EOF_LINE, "line 1: the value \"+nan\" is no number"},
    {"a 1e999\n" EOF_LINE, "line 1: the value \"1e999\" is greater than any number"},
    {"a 1 z\n" EOF_LINE, "line 1: \"z\" is no time in seconds"},
    {"a 1 NaN\n" EOF_LINE, "line 1: \"NaN\" is no time in seconds"},
    {"a 1 +Inf\n" EOF_LINE, "line 1: \"+Inf\" is no time in seconds"},
    {"a 1 1.1.1\n" EOF_LINE, "line 1: \"1.1.1\" is no time in seconds"},
    /* Labels. */
    {"a{b=\"c\"}1\n" EOF_LINE, "line 1: behind the name there must be one space"},
    {"a {b=\"c\"} 1\n" EOF_LINE, "line 1: the value \"{b=\"c\"}\" is no number"},
    {"a{ b=\"c\"} 1\n" EOF_LINE, "line 1: a label's name cannot begin with \" \""},
    {"a{b =\"c\"} 1\n" EOF_LINE, "line 1: label \"b\" is not followed by ="},
    {"a{b= \"c\"} 1\n" EOF_LINE, "line 1: label \"b\" is not followed by a value in quotes"},
    {"a{b=\"c\" } 1\n" EOF_LINE, "line 1: between labels there is \" \", and not a comma"},
    {"a{b=\"c\", d=\"e\"} 1\n" EOF_LINE, "line 1: a label's name cannot begin with \" \""},
    {"a{b=\"c\"d=\"e\"} 1\n" EOF_LINE, "line 1: between labels there is \"d\", and not a comma"},
    {"a{b=\"c\",} 1\n" EOF_LINE, "line 1: a comma behind the last label"},
    {"a{b=\"c\",,d=\"e\"} 1\n" EOF_LINE, "line 1: a label's name cannot begin with \",\""},
    {"a{b=1} 1\n" EOF_LINE, "line 1: label \"b\" is not followed by a value in quotes"},
    {"a{b='1'} 1\n" EOF_LINE, "line 1: label \"b\" is not followed by a value in quotes"},
    {"a{b} 1\n" EOF_LINE, "line 1: label \"b\" is not followed by ="},
    {"a{1=\"1\"} 1\n" EOF_LINE, "line 1: a label's name cannot begin with \"1\""},
    {"a{b=\"1} 1\n" EOF_LINE, "line 1: the quotes of a label's value are not closed"},
    {"a{b=\"1\nx\"} 1\n" EOF_LINE, "line 1: the quotes of a label's value are not closed"},
    {"a{b=\"1\",b=\"1\"} 1\n" EOF_LINE, "line 1: label \"b\" is there twice"},
    {"a{__name__=\"b\"} 1\n" EOF_LINE, "line 1: a label cannot be called __name__"},
    {"{b=\"1\"} 1\n" EOF_LINE, "line 1: there is no name, only labels"},
    /* Metadata. */
    {"# HELP\n" EOF_LINE, "line 1: behind HELP there must be one space"},
    {"# HELP \n" EOF_LINE, "line 1: there is no name"},
    {"# HELP a\n" EOF_LINE, "line 1: behind the name there must be one space"},
    {"# HELP a\t\n" EOF_LINE, "line 1: behind the name there must be one space"},
    {" # HELP a b\n" EOF_LINE, "line 1: a name cannot begin with \" \""},
    {"#  HELP a b\n" EOF_LINE, "line 1: there are no comments, only TYPE, UNIT, HELP and EOF"},
    {"# TYPE a\n" EOF_LINE, "line 1: behind the name there must be one space"},
    {"# TYPE a meh\n" EOF_LINE, "line 1: there is no type \"meh\""},
    {"# TYPE a Gauge\n" EOF_LINE, "line 1: there is no type \"Gauge\""},
    {"# TYPE a gauge \n" EOF_LINE, "line 1: there is no type \"gauge \""},
    {"# TYPE a untyped\n" EOF_LINE, "line 1: there is no type \"untyped\""},
    {"# UNIT a seconds\n" EOF_LINE, "line 1: the unit \"seconds\" is not the end of the name"},
    {"# UNIT _s s\n" EOF_LINE, "line 1: the unit \"s\" is not the end of the name"},
    {"# UNIT a_seconds seconds \n" EOF_LINE, "line 1: the unit \"seconds \" is not the end of the name"},
    {"# TYPE a_u info\n# UNIT a_u u\n" EOF_LINE, "line 3: a family of type info has no unit"},
    {"# UNIT a_u u\n# TYPE a_u stateset\nb 1\n" EOF_LINE, "line 3: a family of type stateset has no unit"},
    {"# FOO a x\n" EOF_LINE, "line 1: there are no comments, only TYPE, UNIT, HELP and EOF"},
    {"# HELP a x\na 1\n# TYPE a gauge\n" EOF_LINE, "line 3: TYPE behind a sample of its family"},
    {"# TYPE a gauge\na 1\n# HELP a x\n" EOF_LINE, "line 3: HELP behind a sample of its family"},
    {"# TYPE a_s gauge\na_s 1\n# UNIT a_s s\n" EOF_LINE, "line 3: UNIT behind a sample of its family"},
    {"# HELP a \n# HELP a \n" EOF_LINE, "line 2: a second HELP"},
    {"# TYPE a info\n# TYPE a counter\n" EOF_LINE, "line 2: a second TYPE"},
    {"# UNIT a_s s\n# UNIT a_s s\n" EOF_LINE, "line 2: a second UNIT"},
    /* Families and metrics that do not stand together. */
    {"a 1\nb 1\na 2\n" EOF_LINE, "line 3: \"a\" was there before"},
    {"# TYPE a gauge\n# TYPE b gauge\n# HELP a x\n" EOF_LINE, "line 4: \"a\" was there before"},
    {"# TYPE a_created gauge\n# TYPE a counter\n" EOF_LINE, "line 3: \"a_created\" was there before"},
    {COUNTER "# TYPE a_total gauge\n" EOF_LINE, "line 3: \"a_total\" was there before"},
    {"# TYPE a info\na_info 1\n# TYPE a_info gauge\na_info 1\n" EOF_LINE, "line 4: \"a_info\" was there before"},
    {COUNTER "a 1\n" EOF_LINE, "line 2: the name does not end as those of type counter do"},
    {"# TYPE a info\na 1\n" EOF_LINE, "line 2: the name does not end as those of type info do"},
    {"a{b=\"1\"} 1\na{b=\"2\"} 1\na{b=\"1\"} 1\n" EOF_LINE, "line 3: samples of one metric do not stand together"},
    {COUNTER "a_total{b=\"1\"} 1\na_total{b=\"2\"} 1\na_created{b=\"1\"} 1\n" EOF_LINE,
     "line 4: samples of one metric do not stand together"},
    {"a{b=\"1\",c=\"2\"} 1\na{c=\"2\",b=\"1\"} 1\n" EOF_LINE, "line 2: the same series twice at the same time"},
    {"a 1\na 1\n" EOF_LINE, "line 2: the same series twice at the same time"},
    {"a 1 5\na 1 5\n" EOF_LINE, "line 2: the same series twice at the same time"},
    {"a 1 5\na 1 4.9\n" EOF_LINE, "line 2: times of one metric do not rise"},
    {"a 1 -1\na 1 -1.1\n" EOF_LINE, "line 2: times of one metric do not rise"},
    {"a 1\na 1 0\n" EOF_LINE, "line 2: samples of one metric with and without time"},
    {"a 1 0\na 1\n" EOF_LINE, "line 2: samples of one metric with and without time"},
    {SUMMARY "a{quantile=\"0.5\"} 1\na{quantile=\"0.5\"} 1\n" EOF_LINE,
     "line 3: the same series twice at the same time"},
    {"# TYPE a stateset\na{a=\"x\"} 1\na{a=\"x\"} 1\n" EOF_LINE, "line 3: the same series twice at the same time"},
    /* Counters, summaries, infos, states. */
    {COUNTER "a_total NaN\n" EOF_LINE, "line 2: a counter below zero, or not a number"},
    {COUNTER "a_total -1\n" EOF_LINE, "line 2: a counter below zero, or not a number"},
    {COUNTER "a_created 1\n" EOF_LINE, "line 3: above this line: a counter without its total"},
    {SUMMARY "a 0\n" EOF_LINE, "line 2: a summary's value without a label quantile"},
    {SUMMARY "a{quantile=\"-1\"} 0\n" EOF_LINE, "line 2: quantile=\"-1\" is not from 0 to 1"},
    {SUMMARY "a{quantile=\"1.01\"} 0\n" EOF_LINE, "line 2: quantile=\"1.01\" is not from 0 to 1"},
    {SUMMARY "a{quantile=\"NaN\"} 0\n" EOF_LINE, "line 2: quantile=\"NaN\" is not from 0 to 1"},
    {SUMMARY "a{quantile=\"x\"} 0\n" EOF_LINE, "line 2: quantile=\"x\" is not from 0 to 1"},
    {SUMMARY "a{quantile=\"0.5\"} -1\n" EOF_LINE, "line 2: a quantile is negative"},
    {SUMMARY "a_sum -1\n" EOF_LINE, "line 2: a sum below zero, or not a number"},
    {SUMMARY "a_sum NaN\n" EOF_LINE, "line 2: a sum below zero, or not a number"},
    {SUMMARY "a_count 0.5\n" EOF_LINE, "line 2: a count that is not a whole number from 0 on"},
    {SUMMARY "a_count -1\n" EOF_LINE, "line 2: a count that is not a whole number from 0 on"},
    {SUMMARY "a_count NaN\n" EOF_LINE, "line 2: a count that is not a whole number from 0 on"},
    {"# TYPE a info\na_info{b=\"c\"} 2\n" EOF_LINE, "line 2: an info's value is not 1"},
    {"# TYPE a stateset\na{a=\"x\"} 2\n" EOF_LINE, "line 2: a state is neither 0 nor 1"},
    {"# TYPE a stateset\na 0\n" EOF_LINE, "line 2: a state without a label that is called as the family"},
    /* Histograms. */
    {HISTOGRAM "a_bucket 0\n" EOF_LINE, "line 2: a bucket without a label le"},
    {HISTOGRAM "a_bucket{le=\"x\"} 0\n" EOF_LINE, "line 2: le=\"x\" is no bound"},
    {HISTOGRAM "a_bucket{le=\"NaN\"} 0\n" EOF_LINE, "line 2: le=\"NaN\" is no bound"},
    {HISTOGRAM "a_bucket{le=\"+INF\"} 0\n" EOF_LINE, "line 2: le=\"+INF\" is no bound"},
    {HISTOGRAM "a_bucket{le=\"-Inf\"} 0\n" EOF_LINE, "line 2: le=\"-Inf\" is no bound"},
    {HISTOGRAM "a_bucket{le=\"+Inf\"} 0.5\n" EOF_LINE, "line 2: a count that is not a whole number from 0 on"},
    {HISTOGRAM "a_bucket{le=\"+Inf\"} -1\n" EOF_LINE, "line 2: a count that is not a whole number from 0 on"},
    {HISTOGRAM "a_bucket{le=\"+Inf\"} NaN\n" EOF_LINE, "line 2: a count that is not a whole number from 0 on"},
    {HISTOGRAM "a_bucket{le=\"1\"} 0\n" EOF_LINE, "line 3: above this line: a histogram without a bucket for +Inf"},
    {HISTOGRAM "a_sum 1\n" EOF_LINE, "line 3: above this line: a histogram without a bucket for +Inf"},
    {HISTOGRAM "a_bucket{le=\"+Inf\"} 0\na_sum 0\n" EOF_LINE,
     "line 4: above this line: a histogram with only one of count and sum"},
    {HISTOGRAM "a_bucket{le=\"+Inf\"} 0\na_count 0\n" EOF_LINE,
     "line 4: above this line: a histogram with only one of count and sum"},
    {HISTOGRAM "a_bucket{le=\"+Inf\"} 0\na_count 1\na_sum 0\n" EOF_LINE,
     "line 5: above this line: a histogram's count is not that of its bucket for +Inf"},
    {HISTOGRAM "a_bucket{le=\"+Inf\"} 1\na_count 1\na_sum -1\n" EOF_LINE, "line 4: a sum below zero, or not a number"},
    {HISTOGRAM "a_bucket{le=\"-1\"} 0\na_bucket{le=\"+Inf\"} 0\na_sum 0\na_count 0\n" EOF_LINE,
     "line 6: above this line: a histogram with bounds below zero and a sum"},
    {HISTOGRAM "a_bucket{le=\"2\"} 0\na_bucket{le=\"1\"} 0\n" EOF_LINE, "line 3: the bounds of buckets do not rise"},
    {HISTOGRAM "a_bucket{le=\"1\"} 0\na_bucket{le=\"1.0\"} 0\n" EOF_LINE, "line 3: the bounds of buckets do not rise"},
    {HISTOGRAM "a_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 0\n" EOF_LINE,
     "line 3: a bucket has less than the one before it, though they are cumulative"},
    {HISTOGRAM "a_bucket{b=\"1\",le=\"1\"} 0\na_bucket{b=\"2\",le=\"+Inf\"} 0\n" EOF_LINE,
     "line 3: above this line: a histogram without a bucket for +Inf"},
    {HISTOGRAM "a_bucket{b=\"1\",le=\"+Inf\"} 0\na_bucket{b=\"2\",le=\"+Inf\"} 0\na_count{b=\"1\"} 0\n" EOF_LINE,
     "line 4: samples of one metric do not stand together"},
    {HISTOGRAM "a 1\n" EOF_LINE, "line 2: the name does not end as those of type histogram do"},
    {GAUGE_H "a_bucket{le=\"+Inf\"} 1\na_gcount 1\na_gsum -1\n" EOF_LINE,
     "line 5: above this line: a sum below zero though no bound is"},
    {GAUGE_H "a_bucket{le=\"+Inf\"} 1\na_gsum NaN\n" EOF_LINE, "line 3: a sum below zero, or not a number"},
    {GAUGE_H "a_bucket{le=\"+Inf\"} 0\na_gcount 0\n" EOF_LINE,
     "line 4: above this line: a histogram with only one of count and sum"},
    /* Exemplars. */
    {"a 1 # {} 1\n" EOF_LINE, "line 1: only totals and buckets have exemplars"},
    {"# TYPE a info\na_info 1 # {} 1\n" EOF_LINE, "line 2: only totals and buckets have exemplars"},
    {HISTOGRAM "a_sum 1 # {b=\"c\"} 1\n" EOF_LINE, "line 2: only totals and buckets have exemplars"},
    {COUNTER "a_created 1 # {b=\"c\"} 1\n" EOF_LINE, "line 2: only totals and buckets have exemplars"},
    {COUNTER "a_total 1 #\n" EOF_LINE, "line 2: behind # there must be one space"},
    {COUNTER "a_total 1# {} 1\n" EOF_LINE, "line 2: the value \"1#\" is no number"},
    {COUNTER "a_total 1 #{} 1\n" EOF_LINE, "line 2: behind # there must be one space"},
    {COUNTER "a_total 1 # \n" EOF_LINE, "line 2: an exemplar begins with labels in braces"},
    {COUNTER "a_total 1 # 1\n" EOF_LINE, "line 2: an exemplar begins with labels in braces"},
    {COUNTER "a_total 1 # {}\n" EOF_LINE, "line 2: behind an exemplar's labels there must be one space"},
    {COUNTER "a_total 1 # {}1\n" EOF_LINE, "line 2: behind an exemplar's labels there must be one space"},
    {COUNTER "a_total 1 # {} x\n" EOF_LINE, "line 2: the exemplar \"x\" is no number"},
    {COUNTER "a_total 1 # {} 1 \n" EOF_LINE, "line 2: \"\" is no time in seconds"},
    {COUNTER "a_total 1 # {} 1 1 \n" EOF_LINE, "line 2: there is more behind the exemplar"},
    {COUNTER "a_total 1 # {} 1 0x1p-3\n" EOF_LINE, "line 2: \"0x1p-3\" is no time in seconds"},
    {COUNTER "a_total 1 # {\"b\"} 1\n" EOF_LINE, "line 2: an exemplar has no name"},
    {COUNTER "a_total 1 # {b=\"1\",b=\"2\"} 1\n" EOF_LINE, "line 2: label \"b\" is there twice"},
    {COUNTER "a_total 1 # {b=\"" FIFTY FIFTY TEN TEN "12345678\"} 1\n" EOF_LINE,
     "line 2: an exemplar's labels have 129 characters; the limit is 128"},
    {HISTOGRAM "a_bucket{le=\"1\"} 1 # {} 1.5\n" EOF_LINE, "line 2: the exemplar lies outside of its bucket"},
    {HISTOGRAM "a_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 2 # {} 1\n" EOF_LINE,
     "line 3: the exemplar lies outside of its bucket"},
};

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = {0};
        size_t samples;
        if (read_all(bad[i].text, strlen(bad[i].text), &samples, &err) != ERR_INVALID)
            fail_msg("%s is read", bad[i].text);
        if (strcmp(err.text, bad[i].why) != 0)
            fail_msg("%s: \"%s\", not \"%s\"", bad[i].text, err.text, bad[i].why);
    }
}

/* Characters are counted, neither bytes nor escapes. */
static void test_characters(void **state)
{
    (void)state;
    struct error err = {0};
    size_t samples;
    struct str s = {0};
    for (int more = 0; more < 2; more++) {
        str_clear(&s);
        str_add(&s, COUNTER "a_total 1 # {b=\"");
        for (int i = 0; i < 126 + more; i++)
            str_add(&s, i % 2 ? "\xe2\x82\xac" : "\\\"");
        str_add(&s, "x\"} 1\n" EOF_LINE);
        assert_int_equal(read_all(s.s, s.len, &samples, &err), more ? ERR_INVALID : 0);
    }
    str_done(&s);
}

static void must(struct prom_text *t, struct prom_text_item *item, enum prom_text_kind kind)
{
    struct error err = {0};
    if (prom_text_next(t, item, &err))
        fail_msg("%s", err.text);
    assert_int_equal(item->kind, kind);
}

static void test_items(void **state)
{
    (void)state;
    static const char text[] = "# TYPE a_seconds histogram\n# UNIT a_seconds seconds\n# HELP a_seconds A \\\"b\\\".\n"
                               "a_seconds_bucket{le=\"+Inf\"} 17 1520879607.789 # {id=\"x\"} 0.67 1520879606\n"
                               "{\"b.c\",d=\"e\"} -Inf\n" EOF_LINE;
    struct prom_text t;
    struct prom_text_item item;
    struct prom_text_span name;
    struct prom_text_label label;
    prom_text_init(&t, PROM_TEXT_OPENMETRICS, text, sizeof text - 1);
    must(&t, &item, PROM_TEXT_TYPE);
    assert_int_equal(item.type, PROM_TEXT_HISTOGRAM);
    must(&t, &item, PROM_TEXT_UNIT);
    assert_true(is(item.name, "a_seconds") && is(item.value, "seconds"));
    must(&t, &item, PROM_TEXT_HELP);
    assert_true(is(item.value, "A \\\"b\\\"."));
    must(&t, &item, PROM_TEXT_SAMPLE);
    assert_true(is(item.series, "a_seconds_bucket{le=\"+Inf\"}") && is(item.name, "a_seconds_bucket"));
    assert_true(is(item.exemplar, "{id=\"x\"} 0.67 1520879606"));
    assert_true(item.number == 17);
    assert_int_equal(item.time_ms, 1520879607789);
    assert_int_equal(item.line, 4);
    must(&t, &item, PROM_TEXT_SAMPLE);
    assert_int_equal(prom_text_labels(item.series, &name, &label, 1), 1);
    assert_true(is(name, "b.c") && is(label.name, "d") && is(label.value, "e"));
    assert_true(isinf(item.number) && item.number < 0);
    assert_int_equal(item.time_ms, PROM_TEXT_NO_TIME);
    assert_int_equal(item.exemplar.len, 0);
    must(&t, &item, PROM_TEXT_END);
    prom_text_done(&t);
}

/* A text is not held against what came before it, whatever became of that. */
static void test_again(void **state)
{
    (void)state;
    static const char right[] = "a 1\n" EOF_LINE, wrong[] = "a 1\na 1\n" EOF_LINE;
    struct prom_text t;
    struct prom_text_item item;
    prom_text_init(&t, PROM_TEXT_PLAIN, "a 1\n", 4);
    must(&t, &item, PROM_TEXT_SAMPLE);
    for (int i = 0; i < 3; i++) {
        prom_text_again(&t, PROM_TEXT_OPENMETRICS, wrong, sizeof wrong - 1);
        must(&t, &item, PROM_TEXT_SAMPLE);
        assert_int_equal(prom_text_next(&t, &item, NULL), ERR_INVALID);
        prom_text_again(&t, PROM_TEXT_OPENMETRICS, right, sizeof right - 1);
        must(&t, &item, PROM_TEXT_SAMPLE);
        must(&t, &item, PROM_TEXT_END);
    }
    prom_text_done(&t);
}

static void test_limit(void **state)
{
    (void)state;
    struct str s = {0};
    struct error err = {0};
    size_t samples;
    str_add(&s, "# HELP a ");
    str_repeat(&s, 'x', PROM_TEXT_LINE);
    str_add(&s, "\n" EOF_LINE);
    assert_int_equal(read_all(s.s, s.len, &samples, &err), ERR_LIMIT);
    assert_string_equal(err.text, "line 1: a line of 1048585 bytes; the limit is 1048576");
    str_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),  cmocka_unit_test(test_bad),   cmocka_unit_test(test_characters),
        cmocka_unit_test(test_items), cmocka_unit_test(test_again), cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
