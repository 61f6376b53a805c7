/* Heads above a matrix: two letters a name, each pair once. */
#include "ui/heads.h"

#include "world.h"

#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

static const char *heads_of(const char *const *features, bool words, struct str *out)
{
    struct world w;
    struct heads_names names = {0};
    world_init(&w);
    world_set(&w, "cohorts", "d/region/emea", "marks", ".");
    world_set(&w, "features", "other/zone", "state", "OK");
    for (; *features; features++) {
        char key[64];
        snprintf(key, sizeof key, "d/%s", *features);
        world_set(&w, "features", key, "state", "OK");
    }
    const struct context ctx = {.store = w.store};
    heads_find("features feature", &ctx, table_first(store_find(w.store, "cohorts")), &names);
    str_clear(out);
    heads_text(&names, words, out);
    vec_done(&names);
    world_done(&w);
    return str_text(out);
}
#define HEADS(words, out, ...) heads_of((const char *const[]){__VA_ARGS__, NULL}, words, out)

static void test_heads(void **state)
{
    (void)state;
    struct str s = {0};
    assert_string_equal(HEADS(false, &s, "plan", "age", "tenure"), "ag pl te ");
    assert_string_equal(HEADS(true, &s, "plan", "age"), "ag age, pl plan");
    assert_string_equal(HEADS(false, &s, "a_b", "ab", "aab", "abb"), "ab aa a  03 ");
    assert_string_equal(HEADS(false, &s, "\xc3\xa9t\xc3\xa9", "_x", "x"),
                        "x  01 t  "); /* of letters that are none here */
    str_done(&s);
}

static void test_spread(void **state)
{
    (void)state;
    struct str s = {0};
    heads_spread(&s, ".D?");
    assert_string_equal(str_text(&s), ".  D  ?  ");
    str_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_spread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
