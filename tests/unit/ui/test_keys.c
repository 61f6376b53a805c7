/* The table of bindings: no key means two things, everything is listed, sequences work. */
#include "ui/keys.h"
#include "ui/page.h"
#include "ui/views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

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
                assert_null(views_by_key(key));
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
        const struct key_binding *b = keys_of((enum action)action);
        assert_true(b->name && b->label && b->help && b->help[strlen(b->help) - 1] == '.');
    }
}

static void test_find(void **state)
{
    (void)state;
    uint32_t pending = 0;
    assert_int_equal(keys_find(KEYS_LIST, 'j', &pending), ACTION_ROW_DOWN);
    assert_int_equal(keys_find(KEYS_LIST, 'g', &pending), ACTION_PENDING);
    assert_int_equal(keys_find(KEYS_LIST, 'g', &pending), ACTION_FIRST);
    assert_int_equal(keys_find(KEYS_LIST, 'g', &pending), ACTION_PENDING);
    assert_int_equal(keys_find(KEYS_LIST, 'j', &pending), ACTION_ROW_DOWN);
    assert_int_equal(pending, 0);
    assert_int_equal(keys_find(KEYS_LIST, '2', &pending), ACTION_VIEW);
    assert_int_equal(keys_find(KEYS_PAGE, '2', &pending), ACTION_NONE);
    assert_int_equal(keys_find(KEYS_PAGE, '/', &pending), ACTION_NONE);
    assert_int_equal(keys_find(KEYS_CHOOSER, ' ', &pending), ACTION_TOGGLE);
    assert_int_equal(keys_find(KEYS_LIST, INPUT_CTRL | 'l', &pending), ACTION_REDRAW);
    assert_int_equal(keys_find(KEYS_LIST, INPUT_CTRL | 'x', &pending), ACTION_NONE);
}

/* Help and the man page tell of every binding and every view. */
static void test_told(void **state)
{
    (void)state;
    struct page page = {0};
    struct str manual = {0};
    page_help(&page);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_key_twice),
        cmocka_unit_test(test_every_action_once),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
