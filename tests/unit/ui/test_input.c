/* Tests of the names of keys. */
#include "ui/input.h"

#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void test_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t key;
    } cases[] = {
        {"a", 'a'},
        {"G", 'G'},
        {"?", '?'},
        {"^", '^'},
        {"-", '-'},
        {"F", 'F'},
        {"é", 0xE9},
        {"Space", ' '},
        {" ", ' '},
        {"enter", INPUT_ENTER},
        {"ESC", INPUT_ESCAPE},
        {"Escape", INPUT_ESCAPE},
        {"PgUp", INPUT_PAGE_UP},
        {"PageDown", INPUT_PAGE_DOWN},
        {"Shift-Tab", INPUT_BACKTAB},
        {"F1", INPUT_F1},
        {"f12", INPUT_F12},
        {"^L", INPUT_CTRL | 'l'},
        {"^l", INPUT_CTRL | 'l'},
        {"Ctrl-L", INPUT_CTRL | 'l'},
        {"^Left", INPUT_CTRL | INPUT_LEFT},
        {"Alt-x", INPUT_ALT | 'x'},
        {"Alt-X", INPUT_ALT | 'X'},
        {"Alt-^D", INPUT_ALT | INPUT_CTRL | 'd'},
        {"Alt-Up", INPUT_ALT | INPUT_UP},
        {"^I", INPUT_TAB},
        {"^M", INPUT_ENTER},
        {"^[", INPUT_ESCAPE},
        {"^H", INPUT_BACKSPACE},
        {"^Space", INPUT_CTRL | ' '},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t key = 0;
        assert_int_equal(input_parse(cases[i].text, &key), 0);
        assert_int_equal(key, cases[i].key);
    }
}

static void test_parse_refuses(void **state)
{
    (void)state;
    static const char *const bad[] = {"",     "ab",   "F0",   "F13",      "F1x",    "Alt",
                                      "Ctrl", "\x1b", "\xff", "\xC2\x9B", "Hyper-x"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        uint32_t key = 4711;
        assert_int_equal(input_parse(bad[i], &key), ERR_INVALID);
        assert_int_equal(key, 4711);
    }
}

static void test_name(void **state)
{
    (void)state;
    char buf[16];
    assert_string_equal(input_name(INPUT_CTRL | 'l', buf), "^L");
    assert_string_equal(input_name(' ', buf), "Space");
    assert_string_equal(input_name(INPUT_PAGE_DOWN, buf), "PgDn");
    assert_string_equal(input_name(INPUT_F1 + 4, buf), "F5");
    assert_string_equal(input_name(INPUT_ALT | 'x', buf), "Alt-x");
    assert_string_equal(input_name(INPUT_ALT | INPUT_CTRL | INPUT_BACKSPACE, buf), "Alt-^Backspace");
    assert_string_equal(input_name(0xE9, buf), "é");
    assert_string_equal(input_name(7, buf), "U+0007");
    assert_string_equal(input_name(0x202E, buf), "U+202E");
}

/* What has a name can be written into a configuration and comes back as the same key. */
static void test_round_trip(void **state)
{
    (void)state;
    char buf[16];
    static const uint32_t modifiers[] = {0, INPUT_CTRL, INPUT_ALT, INPUT_ALT | INPUT_CTRL};
    for (size_t m = 0; m < 4; m++)
        for (uint32_t plain = 0x20; plain <= INPUT_F12; plain++) {
            if (plain == 0x7f)
                plain = INPUT_SPECIAL + 1;
            bool letter = plain >= 'A' && plain <= 'Z';
            if ((modifiers[m] & INPUT_CTRL) && (letter || strchr("ijmh[", (int)(plain & 0x7f))))
                continue; /* twins of other keys */
            uint32_t key = plain | modifiers[m], back = 0;
            assert_int_equal(input_parse(input_name(key, buf), &back), 0);
            assert_int_equal(back, key);
        }
}

static void test_from_control(void **state)
{
    (void)state;
    assert_int_equal(input_from_control(0x0c), INPUT_CTRL | 'l');
    assert_int_equal(input_from_control('\t'), INPUT_TAB);
    assert_int_equal(input_from_control('\r'), INPUT_ENTER);
    assert_int_equal(input_from_control('\n'), INPUT_ENTER);
    assert_int_equal(input_from_control(0x1b), INPUT_ESCAPE);
    assert_int_equal(input_from_control(0x7f), INPUT_BACKSPACE);
    assert_int_equal(input_from_control(8), INPUT_BACKSPACE);
    assert_int_equal(input_from_control(0), INPUT_CTRL | ' ');
    assert_int_equal(input_from_control('q'), 'q');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),      cmocka_unit_test(test_parse_refuses), cmocka_unit_test(test_name),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_from_control),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
