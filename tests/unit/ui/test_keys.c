/* The table of bindings: no key means two things, everything is listed, sequences work. */
#include "ui/keymap.h"
#include "ui/page.h"
#include "ui/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct keymap *keys; /* as declared */

static bool has_key(const struct key_binding *b, uint32_t key)
{
    for (size_t k = 0; k < 4 && b->keys[k]; k++) {
        if (b->keys[k] == key)
            return true;
    }
    return b->twice == key;
}

static void test_no_key_twice(void **state)
{
    (void)state;
    for (size_t i = 0; keys_at(i); i++) {
        for (size_t k = 0; k < 4 && keys_at(i)->keys[k]; k++) {
            uint32_t key = keys_at(i)->keys[k];
            for (size_t j = 0; keys_at(j); j++) {
                if (j != i && (keys_at(i)->contexts & keys_at(j)->contexts) && has_key(keys_at(j), key))
                    fail_msg("%s and %s have a key in common", keys_at(i)->name, keys_at(j)->name);
            }
            if (keys_at(i)->contexts & KEYS_LIST)
                assert_null(keymap_view(keys, key));
        }
    }
    for (size_t i = 0; views_at(i); i++) {
        for (size_t j = 0; j < i && views_at(i)->key; j++)
            assert_int_not_equal(views_at(i)->key, views_at(j)->key);
    }
}

static void test_every_action_once(void **state)
{
    (void)state;
    for (int action = ACTION_OPEN; action <= ACTION_QUIT; action++) {
        int n = 0;
        for (size_t i = 0; keys_at(i); i++)
            n += keys_at(i)->action == (enum action)action;
        assert_int_equal(n, 1);
        const struct key_binding *b = keymap_of(keys, (enum action)action);
        assert_true(b->name && b->label && b->help && b->help[strlen(b->help) - 1] == '.');
    }
}

static void test_find(void **state)
{
    (void)state;
    uint32_t pending = 0;
    assert_int_equal(keymap_find(keys, KEYS_LIST, 'j', &pending), ACTION_ROW_DOWN);
    assert_int_equal(keymap_find(keys, KEYS_LIST, 'g', &pending), ACTION_PENDING);
    assert_int_equal(keymap_find(keys, KEYS_LIST, 'g', &pending), ACTION_FIRST);
    assert_int_equal(keymap_find(keys, KEYS_LIST, 'g', &pending), ACTION_PENDING);
    assert_int_equal(keymap_find(keys, KEYS_LIST, 'j', &pending), ACTION_ROW_DOWN);
    assert_int_equal(pending, 0);
    assert_int_equal(keymap_find(keys, KEYS_LIST, '2', &pending), ACTION_VIEW);
    assert_int_equal(keymap_find(keys, KEYS_PAGE, '2', &pending), ACTION_NONE);
    assert_int_equal(keymap_find(keys, KEYS_PAGE, '/', &pending), ACTION_NONE);
    assert_int_equal(keymap_find(keys, KEYS_CHOOSER, ' ', &pending), ACTION_TOGGLE);
    assert_int_equal(keymap_find(keys, KEYS_LIST, INPUT_CTRL | 'l', &pending), ACTION_REDRAW);
    assert_int_equal(keymap_find(keys, KEYS_LIST, INPUT_CTRL | 'x', &pending), ACTION_NONE);
}

/* Help and the man page tell of every binding and every view. */
static void test_told(void **state)
{
    (void)state;
    struct page page = {0};
    struct str manual = {0};
    page_help(&page, keys);
    keys_document(&manual);
    for (size_t i = 0; keys_at(i); i++) {
        bool found = false;
        for (size_t k = 0; k < page.lines.n; k++)
            found |= page.lines.items[k].right && strcmp(page.lines.items[k].right, keys_at(i)->help) == 0;
        assert_true(found);
        char name[64];
        snprintf(name, sizeof name, "(%s)\n", keys_at(i)->name);
        assert_non_null(strstr(str_text(&manual), name));
    }
    for (size_t i = 0; views_at(i); i++) {
        bool found = false;
        for (size_t k = 0; k < page.lines.n; k++)
            found |= page.lines.items[k].right && strcmp(page.lines.items[k].right, views_at(i)->help) == 0;
        assert_true(found);
    }
    assert_non_null(strstr(str_text(&manual), "*gg Home* (first)"));
    assert_non_null(strstr(str_text(&manual), "*\\[* (back)"));
    str_done(&manual);
    page_done(&page);
}

static const char *changed(const struct keymap_change *changes, size_t n, struct keymap **ret)
{
    static struct error err;
    err = (struct error){0};
    return keymap_new("icetop.yaml", changes, n, ret, &err) ? err.text : "";
}

static void test_change(void **state)
{
    (void)state;
    const struct keymap_change changes[] = {
        {"sort", "o", 3, 9},   {"look", NULL, 4, 3},   {"quit", "Q", 5, 10},  {"quit", "F10", 5, 13},
        {"first", "aa", 6, 3}, {"columns", "Z", 7, 3}, {"groups", "C", 8, 3}, {"brokers", NULL, 9, 3},
    };
    struct keymap *m;
    uint32_t pending = 0;
    char buf[16];
    assert_string_equal(changed(changes, sizeof changes / sizeof *changes, &m), "");
    assert_int_equal(keymap_find(m, KEYS_LIST, 'o', &pending), ACTION_SORT);
    assert_int_equal(keymap_find(m, KEYS_LIST, 's', &pending), ACTION_NONE);
    assert_int_equal(keymap_find(m, KEYS_LIST, 'q', &pending), ACTION_NONE);
    assert_int_equal(keymap_find(m, KEYS_LIST, INPUT_F1 + 9, &pending), ACTION_QUIT);
    assert_int_equal(keymap_find(m, KEYS_LIST, 'a', &pending), ACTION_PENDING);
    assert_int_equal(keymap_find(m, KEYS_LIST, 'a', &pending), ACTION_FIRST);
    assert_int_equal(keymap_find(m, KEYS_LIST, 'Z', &pending), ACTION_COLUMNS);
    assert_int_equal(keymap_find(m, KEYS_LIST, 'C', &pending), ACTION_VIEW);
    assert_string_equal(keymap_view(m, 'C')->name, "groups");
    assert_int_equal(keymap_view_key(m, views_find("brokers")), 0);
    assert_string_equal(keymap_name(m, ACTION_QUIT, buf), "Q");
    assert_string_equal(keymap_name(m, ACTION_FIRST, buf), "aa");
    assert_string_equal(keymap_name(m, ACTION_LOOK, buf), "");

    struct page page = {0};
    page_help(&page, m);
    bool told = false;
    for (size_t k = 0; k < page.lines.n; k++)
        told |= page.lines.items[k].left && strcmp(page.lines.items[k].left, "Q F10") == 0;
    assert_true(told);
    page_done(&page);
    keymap_free(m);
}

static void test_change_refused(void **state)
{
    (void)state;
    struct keymap *m;
    const struct keymap_change action[] = {{"srot", "o", 3, 9}};
    assert_string_equal(changed(action, 1, &m),
                        "icetop.yaml:3:9: keys.srot: there is no such action or view; icetop(1) "
                        "and the key ? list them");
    const struct keymap_change key[] = {{"sort", "Ctl-o", 3, 9}};
    assert_non_null(strstr(changed(key, 1, &m), "icetop.yaml:3:9: keys.sort: \"Ctl-o\" is no key; allowed: "));
    const struct keymap_change declared[] = {{"sort", "s", 2, 1}, {"quit", "c", 3, 9}};
    assert_string_equal(changed(declared, 2, &m), "icetop.yaml:3:9: keys.quit: c is the key of columns; give that one "
                                                  "another key, or none: \"columns: []\"");
    const struct keymap_change both[] = {{"sort", "X", 2, 1}, {"quit", "X", 3, 9}};
    assert_string_equal(changed(both, 2, &m), "icetop.yaml:3:9: keys.quit: X is the key of sort already (line 2)");
    const struct keymap_change view[] = {{"topics", "j", 2, 4}};
    assert_non_null(strstr(changed(view, 1, &m), "icetop.yaml:2:4: keys.topics: j is the key of down; "));
    const struct keymap_change views[] = {{"topics", "2", 2, 4}};
    assert_non_null(strstr(changed(views, 1, &m), "icetop.yaml:2:4: keys.topics: 2 is the key of groups; "));
    const struct keymap_change twice[] = {{"pause", "g", 2, 4}};
    assert_non_null(strstr(changed(twice, 1, &m), "icetop.yaml:2:4: keys.pause: g is the key of first; "));
    const struct keymap_change none[] = {{"quit", NULL, 2, 4}};
    assert_string_equal(changed(none, 1, &m), "icetop.yaml:2:4: keys.quit: some key must end icetop");
    const struct keymap_change many[] = {
        {"pause", "A", 1, 1}, {"pause", "B", 1, 2}, {"pause", "D", 1, 3}, {"pause", "E", 1, 4}, {"pause", "H", 1, 5}};
    assert_string_equal(changed(many, 5, &m), "icetop.yaml:1:5: keys.pause: more than 4 keys, the limit");
}

int main(void)
{
    if (keymap_new(NULL, NULL, 0, &keys, NULL))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_key_twice), cmocka_unit_test(test_every_action_once),
        cmocka_unit_test(test_find),         cmocka_unit_test(test_told),
        cmocka_unit_test(test_change),       cmocka_unit_test(test_change_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    keymap_free(keys);
    return failed;
}
