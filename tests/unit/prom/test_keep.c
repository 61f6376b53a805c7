/* Which series are kept: by name at once, by labels where a selector asks for them. */
#include "tests/unit/unit.h"

#include "prom/keep.h"

enum { MANY = 4 };

static struct prom_keep keep_of(const char *const *entries)
{
    static char *in[MANY], *out[MANY];
    size_t nin = 0, nout = 0;
    for (; *entries; entries++)
        if (**entries == '!')
            out[nout++] = (char *)(uintptr_t)(*entries + 1);
        else
            in[nin++] = (char *)(uintptr_t)*entries;
    in[nin] = out[nout] = NULL;
    struct prom_keep k;
    prom_keep_init(&k, &(struct conf_globs){.in = in, .out = out});
    return k;
}

static void test_names_and_labels(void **state)
{
    (void)state;
    static const struct {
        const char *entries[MANY];
        const char *name, *family, *series;
        enum prom_keep_answer answer;
        bool kept; /* where the answer is SOME */
    } cases[] = {
        {{NULL}, "a", "a", "a", PROM_KEEP_ALL, 0},
        {{"a*"}, "b", "b", "b", PROM_KEEP_NONE, 0},
        {{"h"}, "h_bucket", "h", "h_bucket", PROM_KEEP_ALL, 0},
        {{"!go_*"}, "go_gc", "go_gc", "go_gc", PROM_KEEP_NONE, 0},
        {{"!go_*"}, "a", "a", "a", PROM_KEEP_ALL, 0},
        {{"a{x=\"1\"}"}, "b", "b", "b{x=\"1\"}", PROM_KEEP_NONE, 0},
        {{"a{x=\"1\"}"}, "a", "a", "a{x=\"1\",y=\"2\"}", PROM_KEEP_SOME, true},
        {{"a{x=\"1\"}"}, "a", "a", "a{x=\"2\"}", PROM_KEEP_SOME, false},
        {{"a{x=\"1\"}", "a"}, "a", "a", "a{x=\"2\"}", PROM_KEEP_ALL, 0},
        {{"h{x=~\"1|2\"}"}, "h_bucket", "h", "h_bucket{le=\"1\",x=\"2\"}", PROM_KEEP_SOME, true},
        {{"a{}"}, "a", "a", "a{x=\"2\"}", PROM_KEEP_ALL, 0},
        {{"!a{}"}, "a", "a", "a{x=\"2\"}", PROM_KEEP_NONE, 0},
        {{"a", "!{x=\"2\"}"}, "a", "a", "a{x=\"2\"}", PROM_KEEP_SOME, false},
        {{"a", "!{x=\"2\"}"}, "a", "a", "a{x=\"3\"}", PROM_KEEP_SOME, true},
        {{"a", "!{x=\"2\"}"}, "b", "b", "b{x=\"3\"}", PROM_KEEP_NONE, 0},
        {{"{__name__=~\"a|b\",x=\"1\"}"}, "b", "b", "b{x=\"1\"}", PROM_KEEP_SOME, true},
        {{"a{"}, "a", "a", "a", PROM_KEEP_NONE, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prom_keep k = keep_of(cases[i].entries);
        const struct prom_text_span series = {cases[i].series, strlen(cases[i].series)};
        if (prom_keep_name(&k, cases[i].name, cases[i].family) != cases[i].answer)
            fail_msg("case %zu: %s", i, cases[i].series);
        if (cases[i].answer == PROM_KEEP_SOME &&
            prom_keep_series(&k, cases[i].name, cases[i].family, series) != cases[i].kept)
            fail_msg("case %zu: %s", i, cases[i].series);
        prom_keep_done(&k);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_and_labels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
