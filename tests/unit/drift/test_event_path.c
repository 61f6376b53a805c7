/* Paths to a value in an event: what is one, what is none, and that they read back. */
#include "tests/unit/unit.h"

#include "drift/event_path.h"

/* The steps of a path, "k" for keys and "#" for items, with a bar behind each. */
static char *steps_of(const char *text, struct error *err)
{
    struct drift_event_path path;
    struct str out = {0};
    if (drift_event_path_read(text, strlen(text), &path, err)) {
        str_done(&out);
        return NULL;
    }
    for (size_t i = 0; i < path.nsteps; i++) {
        const struct drift_event_step *s = &path.steps[i];
        if (s->item)
            str_printf(&out, "#%u|", s->index);
        else
            str_printf(&out, "k%.*s|", (int)s->len, path.keys + s->at);
    }
    return str_take(&out);
}

static void test_read(void **state)
{
    (void)state;
    static const struct {
        const char *text, *steps;
    } cases[] = {
        {"age", "kage|"},
        {"$.age", "kage|"},
        {"$.features.age", "kfeatures|kage|"},
        {"features.age", "kfeatures|kage|"},
        {"a.b[0]", "ka|kb|#0|"},
        {"a[0][12].c", "ka|#0|#12|kc|"},
        {"[3]", "#3|"},
        {"$[3]", "#3|"},
        {"$[3].x", "#3|kx|"},
        {"a[\"b.c\"].d", "ka|kb.c|kd|"},
        {"a['b.c']", "ka|kb.c|"},
        {"a.\"b.c\".d", "ka|kb.c|kd|"},
        {"$.'it''s'", NULL},
        {"$['it\\'s']", "kit's|"},
        {"\"a.b\"", "ka.b|"},
        {"[\"\"]", "k|"},
        {"$schema.x", "k$schema|kx|"},
        {"$", "k$|"},
        {"a.$", "ka|k$|"},
        {"@timestamp", "k@timestamp|"},
        {"last seen", "klast seen|"},
        {"gr\xc3\xb6\xc3\x9f"
         "e",
         "kgr\xc3\xb6\xc3\x9f"
         "e|"},
        {"[\"gr\\u00f6\\u00dfe\"]", "kgr\xc3\xb6\xc3\x9f"
                                    "e|"},
        {"[\"a\\\\b\\\"\"]", "ka\\b\"|"},
        {"x[999999]", "kx|#999999|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *steps = steps_of(cases[i].text, NULL);
        if (!cases[i].steps != !steps || (steps && strcmp(steps, cases[i].steps)))
            fail_msg("%s is read as %s", cases[i].text, steps ? steps : "nothing");
        free(steps);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "path: byte 1: a name is expected"},
        {".", "path: byte 1: a name is expected"},
        {".a", "path: byte 1: a name is expected"},
        {"$.", "path: byte 3: a name is expected"},
        {"a.", "path: byte 3: a name is expected"},
        {"a..b", "path: byte 3: a name is expected"},
        {"a.[0]", "path: byte 3: a name is expected"},
        {"a[0]b", "path: byte 5: a . or a [ is expected"},
        {"a\"b\"", "path: byte 2: a . or a [ is expected"},
        {"a[", "path: byte 3: an index or a quoted name is expected"},
        {"a[]", "path: byte 3: an index or a quoted name is expected"},
        {"a[-1]", "path: byte 3: an index or a quoted name is expected"},
        {"a[*]", "path: byte 3: an index or a quoted name is expected"},
        {"a[0", "path: byte 4: a ] is expected"},
        {"a[\"b\"", "path: byte 6: a ] is expected"},
        {"a[\"b]", "path: byte 6: the quote is not closed"},
        {"a[\"\\n\"]", "path: byte 5: after a backslash stands a quote, a backslash or uXXXX"},
        {"a[\"\\u12\"]", "path: byte 5: after \\u stand four hexadecimal digits"},
        {"a[\"\\ud800\"]", "path: byte 5: half of a surrogate pair"},
        {"a[1000000]", "path: an index above 999999"},
        {"a[99999999999999999999]", "path: an index above 999999"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        char *steps = steps_of(cases[i].text, &err);
        if (steps || strcmp(err.text, cases[i].error))
            fail_msg("%s: %s, not %s", cases[i].text, steps ? steps : err.text, cases[i].error);
        free(steps);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct str text = {0};
    struct error err = {0};
    struct drift_event_path path;
    str_repeat(&text, 'a', DRIFT_EVENT_PATH_BYTES);
    assert_int_equal(drift_event_path_read(text.s, text.len, &path, &err), 0);
    str_char(&text, 'a');
    assert_int_equal(drift_event_path_read(text.s, text.len, &path, &err), ERR_LIMIT);
    assert_string_equal(err.text, "path: 1025 bytes, at most 1024");
    str_clear(&text);
    str_char(&text, 'a');
    for (int i = 1; i < DRIFT_EVENT_PATH_STEPS; i++)
        str_add(&text, "[0]");
    assert_int_equal(drift_event_path_read(text.s, text.len, &path, &err), 0);
    assert_int_equal(path.nsteps, DRIFT_EVENT_PATH_STEPS);
    str_add(&text, "[0]");
    assert_int_equal(drift_event_path_read(text.s, text.len, &path, &err), ERR_LIMIT);
    str_done(&text);
}

/* Any keys, printed, are read as they were. */
static void test_print(void **state)
{
    (void)state;
    static const char alphabet[] = "ab.[]\"'\\$ \x01\n\xc3\xa9";
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        struct str text = {0}, want = {0};
        char keys[4][6];
        size_t n = 1 + (seed >> 20) % 4;
        for (size_t i = 0; i < n; i++) {
            size_t len = 0;
            for (seed = seed * 1664525 + 1013904223; len < (seed >> 16) % 6; len++)
                keys[i][len] = alphabet[(seed >> (4 * len)) % (sizeof alphabet - 1)];
            const bool item = seed >> 31;
            drift_event_path_print(&text, item ? NULL : keys[i], len, (uint32_t)i);
            if (item)
                str_printf(&want, "#%zu|", i);
            else
                str_printf(&want, "k%.*s|", (int)len, keys[i]);
        }
        char *steps = steps_of(str_text(&text), NULL);
        if (!steps || strcmp(steps, str_text(&want)))
            fail_msg("%s is read as %s, not %s", str_text(&text), steps ? steps : "nothing", str_text(&want));
        free(steps);
        str_done(&text);
        str_done(&want);
    }
    struct str plain = {0};
    drift_event_path_print(&plain, "features", 8, 0);
    drift_event_path_print(&plain, "x.y", 3, 0);
    drift_event_path_print(&plain, NULL, 0, 3);
    drift_event_path_print(&plain, "z", 1, 0);
    assert_string_equal(plain.s, "features[\"x.y\"][3].z");
    str_done(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_print),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
