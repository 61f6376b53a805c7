/* Events read by a plan: every kind of value, bad input, limits; and the same as a walk along jansson's tree. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"
#include "drift/event.h"
#include "drift/event_json.h"
#include "drift/event_path.h"

#include <jansson.h>
#include <math.h>

enum { MOST = 16 };

static struct drift_event *reader(const struct drift_event_want *wants, size_t n, struct drift_event_plan **plan)
{
    struct error err = {0};
    if (drift_event_plan_new(wants, n, plan, &err))
        fail_msg("%s", err.text);
    return drift_event_new(*plan);
}

/* A value as text: "-" missing, "null", "true", numbers, 'texts', "other". */
static void print_value(struct str *out, const struct drift_event_value *v)
{
    static const char *const names[] = {"-", "null", "", "", "", "other"};
    char buf[NUMBER_BYTES];
    size_t len = 0;
    const char *s = drift_event_category(v, buf, &len);
    if (v->kind == DRIFT_EVENT_TEXT) {
        str_char(out, '\'');
        str_bytes(out, s, len);
        str_add(out, v->cut ? "'..." : "'");
    } else if (v->kind == DRIFT_EVENT_NUMBER && !s) {
        str_add(out, "nan");
    } else if (s) {
        str_bytes(out, s, len);
    } else {
        str_add(out, names[v->kind]);
    }
}

/* Reads one event by paths and compares its values, with blanks between them. */
static void check(const char *const *paths, const char *event, const char *want)
{
    struct drift_event_want wants[MOST] = {0};
    struct drift_event_plan *plan;
    struct error err = {0};
    struct str got = {0};
    size_t n = 0;
    for (; paths[n]; n++)
        wants[n].path = paths[n];
    struct drift_event *e = reader(wants, n, &plan);
    for (int again = 0; again < 2; again++) { /* nothing stays from event to event */
        str_clear(&got);
        if (drift_event_read(e, event, strlen(event), &err))
            fail_msg("%s: %s", event, err.text);
        assert_string_equal(err.text, "");
        for (size_t i = 0; i < n; i++) {
            if (i)
                str_char(&got, ' ');
            print_value(&got, drift_event_get(e, i));
        }
        if (strcmp(str_text(&got), want))
            fail_msg("%s: %s, not %s", event, str_text(&got), want);
        assert_int_equal(drift_event_read(e, "[]", 2, &err), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(drift_event_get(e, i)->kind, DRIFT_EVENT_MISSING);
    }
    str_done(&got);
    drift_event_free(e);
    drift_event_plan_free(plan);
}

#define PATHS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_kinds(void **state)
{
    (void)state;
    check(PATHS("a", "b", "c", "d", "e", "f", "g", "h"),
          "{\"a\":1,\"b\":-2.5e3,\"c\":\"x\",\"d\":true,\"e\":false,\"f\":null,\"g\":[1],\"h\":{}}",
          "1 -2500 'x' true false null other other");
    check(PATHS("a", "nope", "a.b", "a[0]"), " \n{\"a\" : 7 }\r\n", "7 - - -");
    check(PATHS("x"), "{\"x\":\"\"}", "''");
    check(PATHS("x"), "{\"x\":\"a\\u00e9\\n\"}", "'a\xc3\xa9\n'");
    check(PATHS("x"), "{\"x\":\"\xff\xfe\"}", "'\xff\xfe'"); /* no UTF-8 */
    check(PATHS("[\"\\u00e9\\u00e9\"]"), "{\"\\u00e9\xc3\xa9\":1}", "1");
}

static void test_paths(void **state)
{
    (void)state;
    check(PATHS("$.features.age", "features", "features.x[1]", "features.x[1].y", "features[\"x\"][2].y"),
          "{\"id\":[{\"age\":3}],\"features\":{\"age\":41,\"x\":[0,{\"y\":5},{\"y\":\"z\"}]},\"age\":9}",
          "41 other other 5 'z'");
    check(PATHS("[0]", "[2].a", "$[1][1]"), "[1,[2,3],{\"a\":4},5]", "1 4 3");
    check(PATHS("a", "a", "a.b"), "{\"a\":{\"b\":1}}", "other other 1");
    check(PATHS("a[0]", "a.b"), "{\"a\":{\"b\":1}}", "- 1");
    check(PATHS("a[0]", "a.b"), "{\"a\":[1]}", "1 -");
    check(PATHS("[0]", "x[0]"), "{\"y\":[1,2],\"x\":[[7]]}",
          "- other"); /* a list that nobody wants has no root's items */
    check(PATHS("a.a"), "{\"b\":{\"a\":{\"a\":1}},\"a\":{\"b\":1,\"a\":2}}", "2");
}

/* The last one counts, with all that is below it. */
static void test_twice(void **state)
{
    (void)state;
    check(PATHS("a"), "{\"a\":1,\"a\":\"x\"}", "'x'");
    check(PATHS("f.x", "f.y"), "{\"f\":{\"x\":1},\"f\":{\"y\":2}}", "- 2");
    check(PATHS("f.x", "f"), "{\"f\":{\"x\":1},\"f\":null}", "- null");
    check(PATHS("f.g.x", "f.g.y", "z"), "{\"f\":{\"g\":{\"x\":1},\"g\":{\"x\":2}},\"z\":3,\"f\":{\"g\":{\"y\":1}}}",
          "- 1 3");
    check(PATHS("f[0]", "f[1]"), "{\"f\":[1,2],\"f\":[3]}", "3 -");
}

static void test_numbers(void **state)
{
    (void)state;
    check(PATHS("a", "b", "c"), "{\"a\":NaN,\"b\":Infinity,\"c\":-Infinity}", "nan inf -inf");
    check(PATHS("a[0]", "a[1]", "a[2]"), "{\"s\":\"NaN, -Infinity \\\" NaN\",\"a\":[NaN ,\tNaN,NaN\n]}", "nan nan nan");
    check(PATHS("a", "b"), "{\"a\":1e999,\"b\":-1e999}", "inf -inf");
    check(PATHS("a", "b"), "{\"a\":9223372036854775808,\"b\":123456789012345678901234567890}",
          "9.223372036854776e+18 1.2345678901234568e+29");
    check(PATHS("a", "b"), "{\"a\":9007199254740993,\"b\":9007199254740992}", "9007199254740992 9007199254740992");
    check(PATHS("a", "b", "c"), "{\"a\":-0,\"b\":-0.0,\"c\":0e0}", "0 0 0");
    check(PATHS("a", "b"), "{\"a\":0e0,\"b\":NaN}",
          "0 nan"); /* what stands for NaN in the copy is none where it was given */
    check(PATHS("a", "b"), "{\"a\":0.1,\"b\":1e-400}", "0.1 0");
    check(PATHS("t", "n"), "{\"t\":\"Infinity\",\"n\":NaN}", "'Infinity' nan"); /* a text of the copy stays */
}

static void test_bad(void **state)
{
    (void)state;
    static const struct {
        const char *event, *error;
    } cases[] = {
        {"", "no list or map"},
        {"  \n", "no list or map"},
        {"12", "no list or map"},
        {"12 ", "byte 2: neither a list nor a map"},
        {"\"x\"", "byte 3: neither a list nor a map"},
        {"null", "byte 4: neither a list nor a map"},
        {"{\"a\":1", "byte 7: it ends in the middle"},
        {"{\"a\":[1,{\"b\":\"c", "byte 16: it ends in the middle"},
        {"{\"a\":tr", "byte 8: it ends in the middle"},
        {"{}{}", "byte 3: something follows behind the end"},
        {"{\"a\":1} 2", "byte 9: something follows behind the end"},
        {"{\"a\":1}}", NULL},
        {"{\"a\":1,}", NULL},
        {"{\"a\" 1}", NULL},
        {"{'a':1}", NULL},
        {"{\"a\":01}", NULL},
        {"{\"a\":nan}", NULL},
        {"{\"a\":NaN5}", NULL},
        {"{\"a\":5NaN}", NULL},
        {"{\"a\":-NaN}", NULL},
        {"{\"a\":+1}", NULL},
        {"{\"a\":\"\n\"}", NULL},
        {"{\"a\":\"\\x\"}", NULL},
        {"Struct{a=1}", NULL},
        {"\x00\x00\x00\x00\x05", "no list or map"},
    };
    static const struct drift_event_want wants[] = {{"a"}};
    struct drift_event_plan *plan;
    struct drift_event *e = reader(wants, 1, &plan);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        const int code = drift_event_read(e, cases[i].event, strlen(cases[i].event), &err);
        if (code != ERR_INVALID || !*err.text || (cases[i].error && strcmp(err.text, cases[i].error)))
            fail_msg("%s: %d, %s", cases[i].event, code, err.text);
        if (strchr(err.text, '\n'))
            fail_msg("%s: %s", cases[i].event, err.text);
        assert_int_equal(drift_event_read(e, "{\"a\":1}", 7, &err), 0); /* the next is not harmed */
        assert_true(drift_event_get(e, 0)->number == 1);
    }
    assert_int_equal(e->bad, sizeof cases / sizeof *cases);
    assert_int_equal(e->good, sizeof cases / sizeof *cases);
    drift_event_free(e);
    drift_event_plan_free(plan);
}

/* Every event cut at every byte is bad but the whole one. */
static void test_half(void **state)
{
    (void)state;
    static const char event[] = "{\"a\":[1,-2.5e3,{\"b\":\"\\u00e9x\"}],\"c\":null,\"d\":NaN}";
    static const struct drift_event_want wants[] = {{"a[2].b"}, {"d"}};
    struct drift_event_plan *plan;
    struct drift_event *e = reader(wants, 2, &plan);
    for (size_t len = 0; len < sizeof event; len++) {
        struct error err = {0};
        char *piece = mem_alloc(len + 1); /* of its own, so that a byte too far is seen */
        memcpy(piece, event, len);
        assert_int_equal(drift_event_read(e, piece, len, &err), len == sizeof event - 1 ? 0 : ERR_INVALID);
        free(piece);
    }
    drift_event_free(e);
    drift_event_plan_free(plan);
}

static void test_limits(void **state)
{
    (void)state;
    static const struct drift_event_want wants[] = {{"z"}, {"t"}};
    struct drift_event_plan *plan;
    struct drift_event *e = reader(wants, 2, &plan);
    struct str text = {0};
    struct error err = {0};
    str_add(&text, "{\"t\":\"");
    str_repeat(&text, 'x', DRIFT_EVENT_JSON_BYTES - 13);
    str_add(&text, "\",\"z\":1}");
    assert_int_equal(text.len, DRIFT_EVENT_JSON_BYTES + 1);
    assert_int_equal(drift_event_read(e, text.s, text.len, &err), ERR_LIMIT);
    assert_string_equal(err.text, "4194305 bytes, at most 4194304");
    text.s[6] = '"';
    memmove(text.s + 7, text.s + 8, text.len - 8);
    memset(text.s + 5, ' ', 1);
    text.s[5] = '"', text.s[6] = 'y';
    assert_int_equal(drift_event_read(e, text.s, text.len - 1, &err), 0);
    assert_true(drift_event_get(e, 0)->number == 1);
    assert_int_equal(drift_event_get(e, 1)->len, DRIFT_EVENT_TEXT_BYTES);
    assert_true(drift_event_get(e, 1)->cut);
    str_clear(&text);
    for (int extra = 0; extra < 2; extra++) {
        str_clear(&text);
        str_repeat(&text, '[', (size_t)DRIFT_EVENT_JSON_DEPTH + (size_t)extra);
        str_repeat(&text, ']', (size_t)DRIFT_EVENT_JSON_DEPTH + (size_t)extra);
        assert_int_equal(drift_event_read(e, text.s, text.len, &err), extra ? ERR_LIMIT : 0);
    }
    assert_string_equal(err.text, "byte 129: nested too deep");
    str_done(&text);
    drift_event_free(e);
    drift_event_plan_free(plan);
}

/* A text is cut between code points, whether it lies in the event or was unescaped. */
static void test_cut(void **state)
{
    (void)state;
    static const struct drift_event_want wants[] = {{"t"}};
    struct drift_event_plan *plan;
    struct drift_event *e = reader(wants, 1, &plan);
    for (size_t before = 120; before < 132; before++)
        for (int escaped = 0; escaped < 2; escaped++) {
            struct str text = {0};
            struct error err = {0};
            const size_t whole = before + 3 + 20;
            str_add(&text, "{\"t\":\"");
            str_repeat(&text, 'x', before);
            str_add(&text, escaped ? "\\u20ac" : "\xe2\x82\xac");
            str_repeat(&text, 'y', 20);
            str_add(&text, "\"}");
            assert_int_equal(drift_event_read(e, text.s, text.len, &err), 0);
            const struct drift_event_value *v = drift_event_get(e, 0);
            const size_t want = before > 125 && before < 128 ? before : whole < 128 ? whole : 128;
            assert_int_equal(v->len, want);
            assert_int_equal(v->cut, true);
            assert_int_equal(v->text[0], 'x');
            assert_int_equal((unsigned char)v->text[v->len - 1], before >= 126 ? 'x' : before == 125 ? 0xac : 'y');
            str_done(&text);
        }
    drift_event_free(e);
    drift_event_plan_free(plan);
}

/* A feature that is sometimes a text, one that is never there, one that is always null. */
static void test_tallies(void **state)
{
    (void)state;
    static const struct drift_event_want wants[] = {{"age", DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS},
                                                    {"age", DRIFT_EVENT_COHORT},
                                                    {"gone", DRIFT_EVENT_FEATURE, DRIFT_EVENT_NUMBERS},
                                                    {"nil", DRIFT_EVENT_FEATURE, DRIFT_EVENT_TEXTS},
                                                    {"any"}};
    static const char *const events[] = {"{\"age\":1,\"nil\":null,\"any\":[]}",
                                         "{\"age\":\"1\",\"nil\":null}",
                                         "{\"age\":null,\"any\":\"x\"}",
                                         "{\"age\":[1]}",
                                         "{\"age\":true}",
                                         "{\"age\":"};
    struct drift_event_plan *plan;
    struct drift_event *e = reader(wants, 5, &plan);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++)
        drift_event_read(e, events[i], strlen(events[i]), NULL);
    assert_int_equal(drift_event_tally(e, 0)->present, 5);
    assert_int_equal(drift_event_tally(e, 0)->conflicts, 3);
    assert_int_equal(drift_event_tally(e, 2)->present, 0);
    assert_int_equal(drift_event_tally(e, 3)->present, 2);
    assert_int_equal(drift_event_tally(e, 3)->conflicts, 0);
    assert_int_equal(drift_event_tally(e, 4)->conflicts, 0);
    assert_int_equal(e->good, 5);
    assert_int_equal(e->bad, 1);
    drift_event_free(e);
    drift_event_plan_free(plan);
}

static void test_many(void **state)
{
    (void)state;
    enum { N = DRIFT_EVENT_PLAN_WANTS };
    struct drift_event_want *wants = mem_calloc(N + 1, sizeof *wants);
    struct str text = {0};
    struct error err = {0};
    struct drift_event_plan *plan;
    for (size_t i = 0; i <= N; i++) {
        wants[i].path = mem_printf("f.x%zu", i);
        str_printf(&text, "%s\"x%zu\":%zu", i ? "," : "{\"f\":{", N - i, N - i);
    }
    str_add(&text, "}}");
    assert_int_equal(drift_event_plan_new(wants, N + 1, &plan, &err), ERR_LIMIT);
    assert_string_equal(err.text, "10001 values of an event, at most 10000");
    struct drift_event *e = reader(wants, N, &plan);
    assert_int_equal(drift_event_read(e, text.s, text.len, &err), 0);
    for (size_t i = 0; i < N; i++)
        assert_true(drift_event_get(e, i)->number == (double)i);
    drift_event_free(e);
    drift_event_plan_free(plan);
    char *const good = (char *)(uintptr_t)wants[7].path;
    wants[7].path = "f..x";
    assert_int_equal(drift_event_plan_new(wants, 7, &plan, &err), 0);
    drift_event_plan_free(plan);
    assert_int_equal(drift_event_plan_new(wants, 8, &plan, &err), ERR_INVALID);
    assert_string_equal(err.text, "value 8: path: byte 3: a name is expected");
    wants[7].path = good;
    for (size_t i = 0; i <= N; i++)
        free((void *)(uintptr_t)wants[i].path);
    free(wants);
    str_done(&text);
}

/* ---- against jansson ---- */

static uint32_t seed = 7;

static uint32_t draw(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(seed >> 8) * n >> 24);
}

static json_t *make(int depth)
{
    static const char *const texts[] = {"", "x", "a\"b", "\xc3\xa9\n", "NaN", "a longer one with \\ and \t"};
    const uint32_t kind = draw(depth ? 9 : 6);
    json_t *j;
    if (kind == 0)
        return json_null();
    if (kind == 1)
        return json_boolean(draw(2));
    if (kind == 2)
        return json_integer((json_int_t)draw(100000) - 50000);
    if (kind == 3)
        return json_real((draw(1 << 24) - 5e6) / 37);
    if (kind <= 5)
        return json_string(texts[draw(6)]);
    j = kind == 6 ? json_array() : json_object();
    for (uint32_t n = draw(5); n; n--) {
        static const char *const keys[] = {"a", "b", "c.d", "e"};
        if (kind == 6)
            json_array_append_new(j, make(depth - 1));
        else
            json_object_set_new(j, keys[draw(4)], make(depth - 1));
    }
    return j;
}

static const json_t *walk(const json_t *j, const struct drift_event_path *path)
{
    for (size_t i = 0; j && i < path->nsteps; i++) {
        const struct drift_event_step *s = &path->steps[i];
        char key[8];
        snprintf(key, sizeof key, "%.*s", (int)s->len, path->keys + s->at);
        j = s->item ? json_array_get(j, s->index) : json_object_get(j, key);
    }
    return j;
}

static void print_json(struct str *out, const json_t *j)
{
    struct drift_event_value v = {.kind = DRIFT_EVENT_OTHER};
    if (!j)
        v.kind = DRIFT_EVENT_MISSING;
    else if (json_is_null(j))
        v.kind = DRIFT_EVENT_NULL;
    else if (json_is_boolean(j))
        v = (struct drift_event_value){.number = json_is_true(j), .kind = DRIFT_EVENT_BOOL};
    else if (json_is_number(j))
        v = (struct drift_event_value){.number = json_number_value(j), .kind = DRIFT_EVENT_NUMBER};
    else if (json_is_string(j))
        v = drift_event_text(json_string_value(j), json_string_length(j));
    print_value(out, &v);
}

/* The same values whatever the order of the keys, the white space and the escapes; and those that jansson's tree has. */
static void test_same(void **state)
{
    (void)state;
    static const struct drift_event_want wants[] = {{"a"},    {"a.b"},         {"a[0]"},       {"a[1].b"},
                                                    {"b[2]"}, {"[\"c.d\"].e"}, {"e.e.e"},      {"a.a.a[0]"},
                                                    {"[1]"},  {"[0].a"},       {"b.b[3][1].a"}};
    enum { N = sizeof wants / sizeof *wants };
    static const size_t styles[] = {JSON_COMPACT, JSON_SORT_KEYS, JSON_ENSURE_ASCII | JSON_INDENT(3)};
    struct drift_event_plan *plan;
    struct drift_event *e = reader(wants, N, &plan);
    size_t found = 0;
    for (int round = 0; round < 20000; round++) {
        json_t *j = make(5);
        if (!json_is_array(j) && !json_is_object(j)) {
            json_decref(j);
            continue;
        }
        for (size_t style = 0; style < sizeof styles / sizeof *styles; style++) {
            char *text = json_dumps(j, styles[style]);
            struct error err = {0};
            if (drift_event_read(e, text, strlen(text), &err))
                fail_msg("%s: %s", text, err.text);
            for (size_t i = 0; i < N; i++) {
                struct drift_event_path path;
                struct str got = {0}, want = {0};
                drift_event_path_read(wants[i].path, strlen(wants[i].path), &path, NULL);
                print_value(&got, drift_event_get(e, i));
                print_json(&want, walk(j, &path));
                if (strcmp(str_text(&got), str_text(&want)))
                    fail_msg("%s: %s is %s, not %s", text, wants[i].path, str_text(&got), str_text(&want));
                found += drift_event_get(e, i)->kind != DRIFT_EVENT_MISSING;
                str_done(&got);
                str_done(&want);
            }
            free(text);
        }
        json_decref(j);
    }
    assert_true(found > 2000);
    drift_event_free(e);
    drift_event_plan_free(plan);
}

static void test_categories(void **state)
{
    (void)state;
    static const struct {
        double number;
        const char *text;
    } cases[] = {{0, "0"},          {1, "1"},        {-3, "-3"},
                 {0.1, "0.1"},      {1e15, "1e+15"}, {1.5, "1.5"},
                 {INFINITY, "inf"}, {1e22, "1e+22"}, {1 / 3., "0.333333333333333"}};
    char buf[NUMBER_BYTES];
    size_t len;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct drift_event_value v = {.number = cases[i].number, .kind = DRIFT_EVENT_NUMBER};
        const char *s = drift_event_category(&v, buf, &len);
        assert_int_equal(len, strlen(s));
        assert_true(strtod(s, NULL) == cases[i].number);
        assert_int_equal(strncmp(s, cases[i].text, strlen(cases[i].text)), 0);
    }
    const struct drift_event_value nan = {.number = NAN, .kind = DRIFT_EVENT_NUMBER};
    assert_null(drift_event_category(&nan, buf, &len));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),   cmocka_unit_test(test_paths), cmocka_unit_test(test_twice),
        cmocka_unit_test(test_numbers), cmocka_unit_test(test_bad),   cmocka_unit_test(test_half),
        cmocka_unit_test(test_limits),  cmocka_unit_test(test_cut),   cmocka_unit_test(test_tallies),
        cmocka_unit_test(test_many),    cmocka_unit_test(test_same),  cmocka_unit_test(test_categories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
