/* The grammar by tables of cases: what matches, what is an error and where it points. */
#include "base/limits.h"
#include "base/text.h"
#include "expr/expr.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MS INT64_C(1700000000000) /* "now" */

enum col {
    GROUP,
    STATE,
    LAG,
    LAG_S,
    BYTES,
    WAIT,
    MOVED,
    SEEN,
    CONTROLLER,
    NULLS,
    SCORE,
    COMMITTED,
    END,
    PARTITION,
    NOTE
};

static const struct column columns[] = {
    [GROUP] = {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    [STATE] = {.name = "state", .type = COLUMN_TEXT},
    [LAG] = {.name = "lag", .type = COLUMN_INT, .unit = UNIT_MESSAGES, .flags = COLUMN_WORST_HIGH},
    [LAG_S] = {.name = "lag_s", .type = COLUMN_REAL, .unit = UNIT_SECONDS},
    [BYTES] = {.name = "bytes", .type = COLUMN_INT, .unit = UNIT_BYTES},
    [WAIT] = {.name = "wait", .type = COLUMN_INT, .unit = UNIT_MS},
    [MOVED] = {.name = "moved", .type = COLUMN_TIME},
    [SEEN] = {.name = "seen", .type = COLUMN_TIME},
    [CONTROLLER] = {.name = "controller", .type = COLUMN_BOOL},
    [NULLS] = {.name = "nulls", .type = COLUMN_REAL, .unit = UNIT_RATIO},
    [SCORE] = {.name = "score", .type = COLUMN_REAL},
    [COMMITTED] = {.name = "committed", .type = COLUMN_INT, .unit = UNIT_OFFSET},
    [END] = {.name = "end", .type = COLUMN_INT, .unit = UNIT_OFFSET},
    [PARTITION] = {.name = "partition", .type = COLUMN_INT, .unit = UNIT_ID},
    [NOTE] = {.name = "note", .type = COLUMN_TEXT},
};
static const struct table_def def = {
    .name = "t", .group = {.name = "g", .columns = columns, .ncolumns = sizeof columns / sizeof *columns}};

struct world {
    struct store *store;
    struct table *t;
    struct row *r; /* all known */
    struct row *u; /* all unknown but its key "none" */
    struct row *b; /* not UTF-8: "caf\xe9\0z" */
};

static struct row *add_row(struct world *w, const char *bytes, size_t len)
{
    struct name *n = name_intern(store_names(w->store), bytes, len);
    struct row *r = table_upsert(w->t, &(struct value){.s = n, .quality = QUALITY_EXACT}, 1);
    name_unref(n);
    assert_non_null(r);
    return r;
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->store = store_new(&clock_system);
    assert_int_equal(store_add(w->store, &def, "test", &w->t, NULL), 0);
    struct row *r = w->r = add_row(w, "payments-2", 10);
    table_set_text(w->t, r, STATE, "Stable");
    table_set_int(w->t, r, LAG, 9007199254740993, QUALITY_EXACT); /* 2^53 + 1: no double has it */
    table_set_real(w->t, r, LAG_S, 7200, QUALITY_GE);
    table_set_int(w->t, r, BYTES, 10000000, QUALITY_EXACT);
    table_set_int(w->t, r, WAIT, 1500, QUALITY_EXACT);
    table_set_int(w->t, r, MOVED, MS - 300000, QUALITY_EXACT);
    table_set_int(w->t, r, SEEN, MS - 1000, QUALITY_LE);
    table_set_int(w->t, r, CONTROLLER, 1, QUALITY_EXACT);
    table_set_real(w->t, r, NULLS, 0.05, QUALITY_EST);
    table_set_real(w->t, r, SCORE, NAN, QUALITY_EXACT);
    table_set_int(w->t, r, COMMITTED, 100, QUALITY_EXACT);
    table_set_int(w->t, r, END, 250, QUALITY_STALE);
    table_set_int(w->t, r, PARTITION, 7, QUALITY_EXACT);
    table_set_text(w->t, r, NOTE, "Größe \"x\" \\d");
    w->u = add_row(w, "none", 4);
    w->b = add_row(w, "caf\xe9\0z", 6);
    table_set_real(w->t, w->b, SCORE, -INFINITY, QUALITY_EXACT);
    table_set_int(w->t, w->b, LAG, INT64_MIN, QUALITY_EXACT);
    store_commit(w->store);
    *state = w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    store_free(w->store);
    free(w);
    return 0;
}

static struct expr *compile(struct world *w, const char *text)
{
    struct expr *e = NULL;
    struct error err = {0};
    size_t at = 0;
    int rc = expr_parse(text, &e, &at, &err);
    if (rc == 0)
        rc = expr_bind(e, w->t, &at, &err);
    if (rc < 0)
        fail_msg("%s: at %zu: %s", text, at, err.text);
    return e;
}

static void check(struct world *w, const char *text, const struct row *r, bool want)
{
    struct expr *e = compile(w, text);
    if (expr_matches(e, r, MS) != want)
        fail_msg("%s: expected %s", text, want ? "true" : "false");
    assert_string_equal(expr_text(e), text);
    expr_free(e);
}

/* Of the known row. */
static const char *const matching[] = {
    "",
    "  ",
    "payments",
    "PAYMENTS",
    "ments-2",
    "pay and stable",
    "\"payments-2\"",
    "gröSSe or größe",
    "GRÖ",
    "controller",
    "not \"controller\"",
    /* comparisons of text */
    "group = payments-2",
    "group=payments-2",
    "group = \"payments-2\"",
    "group == 'payments-2'",
    "group != payments",
    "group > pay",
    "group >= payments-2",
    "group < q",
    "\"payments-2\" = group",
    "q > group",
    "group = \"\\x70ayments-2\"",
    "note = 'Größe \"x\" \\\\d'",
    "group != state",
    "state = Stable",
    "state != stable",
    /* regular expressions */
    "group ~ \"^pay\"",
    "group ~ ^pay",
    "group ~ '(*NO_JIT)^pay'",
    "group ~ \"\\d$\"",
    "group !~ \"^x\"",
    "group ~ '^p[a-z]+-2$'",
    "note ~ \"\\\"x\\\"\"",
    "note ~ '\\\\d$'",
    "note ~ \"Gr.ße\"",
    "note ~ \"(?i)grÖ\"",
    "group ~ group|pay",
    /* numbers, exactly */
    "lag = 9007199254740993",
    "lag != 9007199254740992",
    "lag > 9007199254740992",
    "lag > 9007199254740992.0",
    "lag > 9.007199254740992e15",
    "lag < 9007199254740994.0",
    "lag < 1e19",
    "lag > -1e19",
    "lag < 99999999999999999999",
    "lag > 84.2k",
    "lag > 5M",
    "lag<inf",
    "lag > -inf",
    "1000 < lag",
    "1k<lag",
    "partition = 7",
    "partition = 7.0",
    "partition > 6.5",
    "partition < 7.5",
    "partition = +7",
    "partition > -1",
    /* sizes */
    "bytes = 10MB",
    "bytes = 10000kB",
    "bytes < 10MiB",
    "bytes > 9.5MiB",
    "bytes = 1e7",
    "bytes = 10M",
    "bytes = 10000000B",
    "bytes < 1PiB",
    /* durations */
    "wait = 1500",
    "wait = 1500ms",
    "wait = 1.5s",
    "wait < 1m",
    "wait > 1s",
    "wait < 1h30m",
    "lag_s > 1h",
    "lag_s > 7199",
    "lag_s >= 2h",
    "lag_s > 1h59m59s",
    "lag_s >= wait",
    "wait < lag_s",
    /* bounds: 2 h is the least it can be */
    "not lag_s < 2h",
    "lag_s != 5",
    "not lag_s = 1h",
    /* ages and times */
    "moved > 4m",
    "moved < 6m",
    "moved = 5m",
    "age(moved) > 4m59s",
    "AGE( moved )>=5m",
    "5m = age(moved)",
    "moved > 2023-11-14T22:00:00Z",
    "moved > \"2023-11-14 22:00:00Z\"",
    "moved = 2023-11-14T22:08:20Z",
    "moved = 2023-11-14T23:08:20.000+01:00",
    "moved < seen or not moved < seen or moved < 1d",
    "age(moved) > wait",
    "moved > wait",
    "age(moved) < 3d",
    "moved in (5m, 6m)",
    "moved < 1w",
    /* seen is at most that time: at least one second old */
    "seen >= 1s",
    "age(seen) > 500ms",
    "seen < 2023-11-15T00:00:00Z",
    /* bool */
    "controller = true",
    "controller != false",
    "controller = YES",
    "controller in (true)",
    /* ratio, estimate, NaN */
    "nulls = 5%",
    "nulls = 0.05",
    "nulls < 5.1%",
    "nulls > 4.9%",
    "score = nan",
    "score != 5",
    "score != inf",
    "not score > 5",
    "not score <= 5",
    "not score = 5",
    "score = NaN and not score != NaN",
    "score != lag",
    /* columns */
    "committed < end",
    "end > committed",
    "committed != end",
    "lag > end",
    /* lists */
    "partition in (0, 7)",
    "partition in(7)",
    "partition not in (0, 1)",
    "not partition in (0)",
    "state in (Empty, \"Stable\")",
    "group in (state, payments-2)",
    "wait in (1s, 1.5s)",
    "state NOT IN (Empty, Dead)",
    /* precedence: or < and < not < comparison */
    "partition = 7 or partition = 8 and partition = 9",
    "not (partition = 7 and partition = 8)",
    "(partition = 7 or partition = 8) and lag > 0",
    "not partition = 8 and lag > 0",
    "not not partition = 7",
    "partition = 7 OR nothing AND nothing",
    "not nothing or nothing",
    "((((payments))))",
    "not nothing and not never or payments",
    "lag > 1000 and group ~ \"^pay\" and not state = \"Empty\"",
    /* unknown */
    "lag != unknown",
    "not lag = unknown",
    "note != Unknown",
    "state != \"unknown\"",
};

/* Of the known row, false, or unknown, which is no match either. */
static const char *const failing[] = {
    "nothing",
    "paymentsx",
    "not payments",
    "payments and nothing",
    "\"controller\"",
    "not controller",
    "group = payments",
    "group = Payments-2",
    "group < pay",
    "group ~ ^ments",
    "group !~ pay",
    "group ~ PAY",
    "lag = 9007199254740992",
    "lag = 9007199254740992.0",
    "lag <= 9007199254740992.0",
    "lag >= 9007199254740994.0",
    "lag > 1e19",
    "lag = inf",
    "lag > inf",
    "lag = nan",
    "lag < nan",
    "bytes > 10MB",
    "bytes = 10MiB",
    "wait = 1.4999s",
    "wait > 2s",
    /* at least 2 h: more than that is unknown, and so is its negation */
    "lag_s > 2h",
    "lag_s > 3h",
    "not lag_s > 3h",
    "lag_s = 2h",
    "not lag_s = 2h",
    "lag_s != 2h",
    "lag_s != 3h",
    "lag_s < 3h",
    "not lag_s < 3h",
    "lag_s < 2h",
    "lag_s <= 1h",
    "lag_s in (2h, 3h)",
    "lag_s not in (3h)",
    "seen < 2s",
    "not seen < 2s",
    "seen > 2s",
    "age(seen) < 1s",
    "moved > 5m",
    "moved < 4m",
    "moved = 5m1s",
    "moved > 2023-11-15T00:00:00Z",
    "controller = false",
    "controller != true",
    "nulls > 5%",
    "score = 5",
    "score < 5",
    "score > 5",
    "score >= 5",
    "score < inf",
    "score != nan",
    "score = lag",
    "not score != 5",
    "committed > end",
    "committed = end",
    "partition in (0, 1)",
    "partition not in (7)",
    "group in (group)",
    "state in (stable)",
    "(partition = 7 or partition = 8) and partition = 9",
    "not (partition = 7 or nothing)",
    "not partition = 7 or nothing",
    "lag = unknown",
    "not lag != unknown",
    "state = unknown",
};

static void rows_are_matched(void **state)
{
    struct world *w = *state;
    for (size_t i = 0; i < sizeof matching / sizeof *matching; i++)
        check(w, matching[i], w->r, true);
    for (size_t i = 0; i < sizeof failing / sizeof *failing; i++)
        check(w, failing[i], w->r, false);
}

/* Three values: of the row whose cells are unknown. */
static void unknown_compares_to_nothing(void **state)
{
    struct world *w = *state;
    static const char *const no[] = {
        "lag > 0",
        "lag <= 0",
        "lag = 0",
        "lag != 0",
        "not lag > 0",
        "not lag = 0",
        "not lag != 0",
        "state = Empty",
        "state != Empty",
        "not state = Empty",
        "note ~ x",
        "note !~ x",
        "not note ~ x",
        "controller",
        "not controller",
        "controller = false",
        "controller != false",
        "moved > 5m",
        "moved < 5m",
        "age(moved) != 5m",
        "moved < seen",
        "lag in (1, 2)",
        "lag not in (1, 2)",
        "committed < end",
        "not committed < end",
        "lag > 0 and lag <= 0",
        "lag > 0 or lag <= 0",
        "not (lag > 0 or lag <= 0)",
        "not (lag > 0 and group = none)",
        "lag != unknown",
        "lag > 0 or nothing",
        "not (lag > 0 and none)",
        "group != state",
    };
    static const char *const yes[] = {
        "lag = unknown",
        "not lag != unknown",
        "none",
        "not payments",
        "lag = unknown and state = unknown",
        "not (lag > 0 and nothing)",
        "lag > 0 or none",
        "age(moved) = unknown",
        "not (nothing or lag > 0 and nothing)",
    };
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        check(w, no[i], w->u, false);
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        check(w, yes[i], w->u, true);
}

static void bytes_that_are_no_utf8(void **state)
{
    struct world *w = *state;
    static const char *const yes[] = {
        "caf",
        "group = \"caf\\xe9\\x00z\"",
        "group ~ ^caf",
        "group ~ 'caf\\\\xE9'",
        "\"\\xe9\"",
        "'\\\\xe9'",
        "group > caf",
        "group < \"caf\\xff\"",
        "score = -inf",
        "score < 0",
        "score < lag",
        "lag = -9223372036854775808",
        "lag >= -9.223372036854775808e18",
        "lag > -inf",
    };
    static const char *const no[] = {
        "group = caf",  "group = \"caf\\xe9\"",           "\"\\xff\"",   "group ~ ^caf$",
        "score > -inf", "lag < -9.223372036854775808e18", "score > lag",
    };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        check(w, yes[i], w->b, true);
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        check(w, no[i], w->b, false);
}

static void errors_point_at_the_place(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *text;
        size_t at;
        const char *says;
    } cases[] = {
        {"lag >", 5, "a value after >"},
        {"lag > and x", 6, "a value after >"},
        {"and", 0, "expected a column"},
        {"lag > 5 or", 10, "it ends here"},
        {"lag > 5 lag < 6", 8, "\"and\", \"or\" or the end"},
        {"(lag > 5", 8, "\")\""},
        {"lag > 5)", 7, "the end"},
        {"()", 1, "a column"},
        {"group = \"x", 8, "no end"},
        {"group = 'a\\q'", 10, "escape"},
        {"group = \"\\x4\"", 9, "escape"},
        {"!x", 0, "not"},
        {"lag ! 5", 4, "not"},
        {"1 < lag < 5", 8, "and"},
        {"lag < unknown", 4, "= and !="},
        {"lag in 5", 7, "list"},
        {"lag in ()", 8, "a value"},
        {"lag in (1 2)", 10, "\",\" or \")\""},
        {"lag in (age(moved))", 12, "values only"},
        {"not", 3, "expected"},
        {"age(moved)", 10, "comparison"},
        {"sum(lag) > 5", 0, "age(COLUMN)"},
        {"age(\"moved\") > 5m", 4, "time column"},
        {"age(moved > 5m", 10, "\")\""},
        {"group ~ \"a(b\"", 12, "parenthesis"},
        {"group ~ \"\\\"[\"", 12, "missing terminating ]"},
        {"group ~ *", 8, "regular expression"},
        {"group ~ age(lag)", 12, "regular expression"},
        /* by the table's columns */
        {"lagg > 5", 0, "no column \"lagg\"; it has: group, state, lag"},
        {"not (lagg > 5)", 5, "no column"},
        {"5 > lagg", 0, "no column"},
        {"lag > lagg", 6, "lag is a number"},
        {"lag > \"5\"", 6, "in quotes"},
        {"lag = ''", 6, "in quotes"},
        {"lag > 5m", 6, "a number (1000, 84.2k)"},
        {"lag > 10MB", 6, "a number"},
        {"lag > 10 or lag > 5x", 18, "\"5x\""},
        {"lag > 0x10", 6, "\"0x10\""},
        {"lag > 1.5.2", 6, "\"1.5.2\""},
        {"lag > 1k5", 6, "\"1k5\""},
        {"lag > 1e", 6, "\"1e\""},
        {"lag > 1h5", 6, "\"1h5\""},
        {"lag > -", 6, "\"-\""},
        {"bytes > 5m", 8, "size"},
        {"lag_s > 10MB", 8, "duration"},
        {"partition > 1k", 12, "plain number"},
        {"lag ~ 5", 4, "~ matches text, lag is a number"},
        {"moved !~ x", 6, "a time"},
        {"moved > 5", 8, "a duration (5m) or a time"},
        {"moved > 10MB", 8, "a duration"},
        {"moved > yesterday", 8, "a duration"},
        {"moved in (5m, 2023-11-14T22:08:20Z)", 14, "age"},
        {"moved in (2023-11-14T22:08:20Z, 5m)", 32, "times"},
        {"age(lag) > 5m", 4, "needs a time"},
        {"age(x) > 5m", 4, "no column \"x\""},
        {"age(moved) > 5", 13, "duration"},
        {"controller > true", 11, "= and != only"},
        {"controller = 1", 13, "true or false"},
        {"controller ~ t", 11, "true or false"},
        {"lag = group", 4, "do not compare"},
        {"moved = lag", 6, "do not compare"},
        {"bytes > lag_s", 6, "do not compare"},
        {"bytes > lag", 6, "do not compare"},
        {"zz = unknown", 0, "no column \"zz\""},
        {"zz in (a)", 0, "no column"},
        {"zz ~ a", 0, "no column"},
        {"\"lag\" > 5", 0, "no column"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct expr *e = NULL;
        struct error err = {0};
        size_t at = 999;
        int rc = expr_parse(cases[i].text, &e, &at, &err);
        if (rc == 0)
            rc = expr_bind(e, w->t, &at, &err);
        if (rc != ERR_INVALID || at != cases[i].at || !strstr(err.text, cases[i].says))
            fail_msg("%s: %d at %zu: %s", cases[i].text, rc, at, err.text);
        assert_int_equal(err.code, rc);
        if (e) /* what did not bind matches nothing */
            assert_false(expr_matches(e, w->r, MS));
        expr_free(e);
    }
    assert_int_equal(expr_parse("lag >", &(struct expr *){NULL}, NULL, NULL), ERR_INVALID);
}

static void errors_are_shown_under_the_text(void **state)
{
    (void)state;
    struct expr *e;
    struct error err;
    size_t at;
    struct str out = {0};
    const char *text = "\"gr\xc3\xb6\xc3\x9f\x65\033\" or or";
    assert_int_equal(expr_parse(text, &e, &at, &err), ERR_INVALID);
    expr_explain(&out, text, at, &err);
    assert_string_equal(str_text(&out), "expected a column, a word or \"(\", not \"or\"\n"
                                        "  \"größe\xEF\xBF\xBD\" or or\n"
                                        "              ^\n");
    str_done(&out);
}

static void depth_and_length_are_bounded(void **state)
{
    struct world *w = *state;
    struct str s = {0};
    struct expr *e = NULL;
    size_t at;
    struct error err;
    str_repeat(&s, '(', LIMITS_EXPR_DEPTH - 1);
    str_add(&s, "payments");
    str_repeat(&s, ')', LIMITS_EXPR_DEPTH - 1);
    check(w, str_text(&s), w->r, true);
    str_clear(&s);
    str_repeat(&s, '(', LIMITS_EXPR_DEPTH + 1);
    assert_int_equal(expr_parse(str_text(&s), &e, &at, &err), ERR_LIMIT);
    assert_int_equal(at, LIMITS_EXPR_DEPTH);
    str_clear(&s);
    for (int i = 0; i < LIMITS_EXPR_DEPTH + 1; i++)
        str_add(&s, "not ");
    assert_int_equal(expr_parse(str_text(&s), &e, &at, &err), ERR_LIMIT);
    str_clear(&s);
    str_add(&s, "a");
    while (s.len + 5 <= LIMITS_EXPR_BYTES)
        str_add(&s, " or a");
    check(w, str_text(&s), w->r, true);
    str_add(&s, " or a");
    assert_int_equal(expr_parse(str_text(&s), &e, &at, &err), ERR_LIMIT);
    assert_int_equal(at, LIMITS_EXPR_BYTES);
    str_done(&s);
}

/* Patterns that would take longer than the universe; the whole must stay within a second or so even
 * if sanitized. */
static void no_pattern_hangs(void **state)
{
    struct world *w = *state;
    static const char *const hostile[] = {
        "^(a+)+$",
        "(a|aa)+$",
        "^(a|a|a)*$",
        "(.*)(.*)(.*)(.*)(.*)(.*)x",
        "(a?){2000}a{2000}b",
        "^(([a-z])+.)+[A-Z]([a-z])+$",
        "(x+x+)+y|(a*)*b",
        "((a{1,100}){1,100})$",
        "(*NO_JIT)^(a+)+$",
        "(*NO_JIT)(a|aa)+$",
        "(?=(a+))a*b\\1",
        "^(?:a?a?a?)*(?:a?a?)*$",
    };
    struct str s = {0};
    str_repeat(&s, 'a', LIMITS_NAME_BYTES - 1);
    str_char(&s, '!');
    for (int i = 0; i < 200; i++) {
        char key[16];
        snprintf(key, sizeof key, "row%d", i);
        table_set_bytes(w->t, add_row(w, key, strlen(key)), NOTE, s.s, s.len);
    }
    store_commit(w->store);
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        struct str text = {0};
        str_printf(&text, "note ~ \"%s\"", hostile[i]);
        struct expr *e;
        struct error err;
        size_t at;
        int64_t start = clock_mono_us(&clock_system);
        if (expr_parse(str_text(&text), &e, &at, &err) == 0) {
            assert_int_equal(expr_bind(e, w->t, &at, &err), 0);
            size_t n = 0;
            for (const struct row *r = table_first(w->t); r; r = row_next(r))
                n += expr_matches(e, r, MS);
            assert_true(n <= table_nrows(w->t));
            expr_free(e);
        }
        int64_t took = clock_mono_us(&clock_system) - start;
        print_message("%s: %lld us\n", hostile[i], (long long)took);
        assert_true(took < 20000000);
        str_done(&text);
    }
    str_done(&s);
}

/* Bound anew, its columns are those of the new table. */
static void binds_again(void **state)
{
    struct world *w = *state;
    static const struct column other[] = {
        {.name = "lag", .type = COLUMN_INT, .flags = COLUMN_KEY},
        {.name = "moved", .type = COLUMN_INT, .unit = UNIT_SECONDS},
        {.name = "word", .type = COLUMN_TEXT},
    };
    static const struct table_def other_def = {.name = "other",
                                               .group = {.name = "g", .columns = other, .ncolumns = 3}};
    struct table *t;
    assert_int_equal(store_add(w->store, &other_def, "test", &t, NULL), 0);
    struct row *r = table_upsert(t, &(struct value){.i = 5, .quality = QUALITY_EXACT}, 1);
    table_set_int(t, r, 1, 301, QUALITY_EXACT);
    table_set_text(t, r, 2, "Hello");
    struct expr *e = compile(w, "lag > 4 and moved >= 5m and (hello or payments)");
    assert_true(expr_matches(e, w->r, MS));
    assert_int_equal(expr_bind(e, t, NULL, NULL), 0);
    assert_true(expr_matches(e, r, MS));
    assert_int_equal(expr_bind(e, w->t, NULL, NULL), 0);
    assert_true(expr_matches(e, w->r, MS));
    expr_free(e);
    e = compile(w, "state = Stable");
    size_t at = 9;
    assert_int_equal(expr_bind(e, t, &at, NULL), ERR_INVALID);
    assert_int_equal(at, 0);
    assert_false(expr_matches(e, w->r, MS));
    expr_free(e);
}

static void orders_are_total(void **state)
{
    struct world *w = *state;
    struct expr_order o;
    struct error err;
    assert_int_equal(expr_order_parse("", w->t, &o, &err), 0);
    assert_int_equal(o.nkeys, 0);
    assert_true(expr_order_compare(&o, w->t, w->r, w->b) > 0); /* by key */
    assert_true(expr_order_compare(&o, w->t, w->u, w->r) < 0);
    assert_int_equal(expr_order_compare(&o, w->t, w->u, w->u), 0);
    assert_int_equal(expr_order_parse("lag", w->t, &o, &err), 0); /* worst first */
    assert_true(o.keys[0].descending);
    assert_true(expr_order_compare(&o, w->t, w->r, w->b) < 0);
    assert_true(expr_order_compare(&o, w->t, w->r, w->u) < 0); /* unknown last */
    assert_true(expr_order_compare(&o, w->t, w->b, w->u) < 0);
    assert_int_equal(expr_order_parse(" lag ASC , state desc", w->t, &o, &err), 0);
    assert_int_equal(o.nkeys, 2);
    assert_false(o.keys[0].descending);
    assert_true(o.keys[1].descending);
    assert_true(expr_order_compare(&o, w->t, w->r, w->b) > 0);
    assert_true(expr_order_compare(&o, w->t, w->r, w->u) < 0); /* unknown last either way */
    assert_true(expr_order_compare(&o, w->t, w->u, w->r) > 0);
    assert_int_equal(expr_order_parse("state desc", w->t, &o, &err), 0);
    assert_true(expr_order_compare(&o, w->t, w->u, w->b) > 0); /* both unknown: by key */
    static const struct {
        const char *text;
        int rc;
        const char *says;
    } bad[] = {
        {"lagg", ERR_INVALID, "no column \"lagg\"; it has: group"},
        {"lag down", ERR_INVALID, "asc, desc or a comma, not \"down\""},
        {"lag,", ERR_INVALID, "expected a column"},
        {",lag", ERR_INVALID, "expected a column"},
        {"lag desc state", ERR_INVALID, "comma"},
        {"\"lag", ERR_INVALID, "no end"},
        {"lag,lag,lag,lag,lag,lag,lag,lag,lag", ERR_LIMIT, "8"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(expr_order_parse(bad[i].text, w->t, &o, &err), bad[i].rc);
        if (!strstr(err.text, bad[i].says))
            fail_msg("%s: %s", bad[i].text, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(rows_are_matched, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_compares_to_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(bytes_that_are_no_utf8, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_point_at_the_place, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_are_shown_under_the_text, setup, teardown),
        cmocka_unit_test_setup_teardown(depth_and_length_are_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(no_pattern_hangs, setup, teardown),
        cmocka_unit_test_setup_teardown(binds_again, setup, teardown),
        cmocka_unit_test_setup_teardown(orders_are_total, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
