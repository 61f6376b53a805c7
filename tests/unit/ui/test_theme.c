/* Tests of the themes: they can be read, meaning survives without colour and for the colour-blind. */
#include "ui/theme.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void test_found_by_name(void **state)
{
    (void)state;
    int n = 0;
    for (const struct theme *t; (t = theme_at(n)); n++) {
        assert_ptr_equal(theme_find(t->name), t);
        assert_true(t->help[0]);
    }
    assert_string_equal(theme_at(0)->name, "default");
    static const char *const names[] = {"dark", "light", "high-contrast", "8-colour", "mono"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(theme_find(names[i]));
    assert_int_equal(n, 6);
    assert_null(theme_find("no such"));
    assert_null(theme_at(-1));
}

/* Built-in themes use the colours that terminals agree about: the first eight, and the fixed ones. */
static void test_colours_are_known(void **state)
{
    (void)state;
    for (int i = 0; theme_at(i); i++)
        for (int role = 0; role < ROLE_COUNT; role++) {
            const struct theme_style *s = &theme_at(i)->styles[role];
            assert_in_range(s->fg + 1, 0, 256);
            assert_in_range(s->fg8 + 1, 0, 8);
            assert_true(s->fg < 8 || s->fg >= 16);
            if (s->fg < 8)
                assert_int_equal(s->fg, s->fg8);
        }
}

/* ---- contrast, as WCAG 2.2 has it ---- */

static double linear(uint32_t channel)
{
    double c = channel / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t rgb)
{
    return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 0xff) + 0.0722 * linear(rgb & 0xff);
}

static double contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a), y = luminance(b);
    return (fmax(x, y) + 0.05) / (fmin(x, y) + 0.05);
}

/* The eight as xterm has them. */
static const uint32_t ansi[8] = {0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5};

static double least_contrast(const struct theme *t, int colors, uint32_t background)
{
    double least = 21;
    for (int role = 0; role < ROLE_COUNT; role++) {
        int fg = theme_foreground(&t->styles[role], colors);
        if (fg >= 0)
            least = fmin(least, contrast(fg < 8 ? ansi[fg] : theme_rgb(fg), background));
    }
    return least;
}

/* Every role of every theme can be read on what the theme is made for: 3 to 1 for one made for any background, 4.5 for
 * others, 7 for high contrast. Of 8 colours, which are what the terminal makes of them, 3. */
static void test_contrast(void **state)
{
    (void)state;
    enum { BLACK = 0, CHARCOAL = 0x1c1c1c, WHITE = 0xffffff, CREAM = 0xfdf6e3 };
    assert_true(fabs(contrast(BLACK, WHITE) - 21) < 1e-9);
    assert_true(fabs(contrast(0x767676, WHITE) - 4.54) < 0.01);
    for (int i = 0; theme_at(i); i++) {
        const struct theme *t = theme_at(i);
        bool high = strcmp(t->name, "high-contrast") == 0, eight = strcmp(t->name, "8-colour") == 0;
        if (t->ground == THEME_ANY) {
            assert_true(least_contrast(t, 256, BLACK) >= 3);
            assert_true(least_contrast(t, 256, WHITE) >= 3);
        } else if (t->ground == THEME_DARK) {
            assert_true(least_contrast(t, 256, BLACK) >= (high ? 7 : eight ? 3 : 4.5));
            assert_true(least_contrast(t, 256, CHARCOAL) >= (high ? 7 : eight ? 2.5 : 4.5));
        } else {
            assert_true(least_contrast(t, 256, WHITE) >= 4.5);
            assert_true(least_contrast(t, 256, CREAM) >= 4.5);
        }
        assert_true(least_contrast(t, 8, t->ground == THEME_LIGHT ? WHITE : BLACK) >= 3);
    }
}

/* ---- what the colour-blind see ---- */

enum sight { FULL, PROTAN, DEUTAN, TRITAN, SIGHTS };

/* CIE L*a*b* of a colour as eyes of a kind see it, by the matrices of Machado, Oliveira and Fernandes (2009) for the whole
 * loss of one kind of cone. */
static void lab_of(uint32_t rgb, enum sight sight, double lab[3])
{
    static const double matrices[SIGHTS][3][3] = {
        [FULL] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
        [PROTAN] = {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
        [DEUTAN] = {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
        [TRITAN] = {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
    };
    const double from[3] = {linear(rgb >> 16), linear(rgb >> 8 & 0xff), linear(rgb & 0xff)};
    double c[3], f[3];
    for (int i = 0; i < 3; i++) {
        const double *m = matrices[sight][i];
        c[i] = fmin(1, fmax(0, m[0] * from[0] + m[1] * from[1] + m[2] * from[2]));
    }
    const double xyz[3] = {(0.4124 * c[0] + 0.3576 * c[1] + 0.1805 * c[2]) / 0.9505,
                           0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2],
                           (0.0193 * c[0] + 0.1192 * c[1] + 0.9505 * c[2]) / 1.089};
    for (int i = 0; i < 3; i++)
        f[i] = xyz[i] > 0.008856 ? cbrt(xyz[i]) : 7.787 * xyz[i] + 16.0 / 116;
    lab[0] = 116 * f[1] - 16;
    lab[1] = 500 * (f[0] - f[1]);
    lab[2] = 200 * (f[1] - f[2]);
}

static double difference(uint32_t a, uint32_t b, enum sight sight)
{
    double x[3], y[3];
    lab_of(a, sight, x);
    lab_of(b, sight, y);
    return sqrt((x[0] - y[0]) * (x[0] - y[0]) + (x[1] - y[1]) * (x[1] - y[1]) + (x[2] - y[2]) * (x[2] - y[2]));
}

/* Wrong, a warning and good news are colours apart for everybody; about 2.3 is the least that is seen. */
static void test_colour_blind(void **state)
{
    (void)state;
    static const enum role severities[] = {ROLE_BAD, ROLE_WARN, ROLE_OK};
    assert_true(difference(0xff0000, 0x00a000, FULL) > 100);
    assert_true(difference(0xb00000, 0x605000, DEUTAN) < 15); /* the reason for all this */
    for (int i = 0; theme_at(i); i++)
        for (int a = 0; a < 3; a++)
            for (int b = 0; b < a; b++)
                for (int sight = FULL; sight < SIGHTS; sight++) {
                    int x = theme_foreground(&theme_at(i)->styles[severities[a]], 256);
                    int y = theme_foreground(&theme_at(i)->styles[severities[b]], 256);
                    if (x >= 16 && y >= 16)
                        assert_true(difference(theme_rgb(x), theme_rgb(y), (enum sight)sight) >= 25);
                }
}

/* A warning, a failure, a match and a link differ from ordinary text without any colour; mono has
 * none. */
static void test_attributes_carry_meaning(void **state)
{
    (void)state;
    static const enum role loud[] = {ROLE_WARN,   ROLE_BAD,   ROLE_MATCH, ROLE_LINK,
                                     ROLE_STRONG, ROLE_TITLE, ROLE_KEY,   ROLE_INPUT};
    for (int i = 0; theme_at(i); i++)
        for (size_t r = 0; r < sizeof loud / sizeof *loud; r++)
            assert_true(theme_at(i)->styles[loud[r]].attrs != theme_at(i)->styles[ROLE_TEXT].attrs);
    const struct theme *mono = theme_find("mono");
    for (int role = 0; role < ROLE_COUNT; role++)
        assert_int_equal(mono->styles[role].fg, -1);
    assert_true(mono->styles[ROLE_BAD].attrs != mono->styles[ROLE_WARN].attrs);
}

static void test_foreground(void **state)
{
    (void)state;
    struct theme_style grey = {.fg = 8, .fg8 = -1}, teal = {.fg = 24, .fg8 = 4}, red = {.fg = 1, .fg8 = 1};
    assert_int_equal(theme_foreground(&grey, 256), 8);
    assert_int_equal(theme_foreground(&grey, 16), 8);
    assert_int_equal(theme_foreground(&grey, 8), -1);
    assert_int_equal(theme_foreground(&teal, 256), 24);
    assert_int_equal(theme_foreground(&teal, 88), 4); /* where 24 is another colour */
    assert_int_equal(theme_foreground(&teal, 16), 4);
    assert_int_equal(theme_foreground(&red, 8), 1);
    assert_int_equal(theme_foreground(&red, 0), -1);
}

static void test_rgb(void **state)
{
    (void)state;
    assert_int_equal(theme_rgb(16), 0x000000);
    assert_int_equal(theme_rgb(31), 0x0087af);
    assert_int_equal(theme_rgb(231), 0xffffff);
    assert_int_equal(theme_rgb(232), 0x080808);
    assert_int_equal(theme_rgb(255), 0xeeeeee);
}

static void test_roles(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_COUNT; role++) {
        assert_int_equal(theme_role_find(theme_role_name((enum role)role)), role);
        assert_true(theme_role_help((enum role)role)[0]);
    }
    assert_int_equal(theme_role_find("colour"), -1);
    assert_int_equal(theme_role_find(""), -1);
}

static void test_style_parse(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        struct theme_style style;
    } good[] = {
        {"", {-1, -1, 0}},
        {"default", {-1, -1, 0}},
        {"red", {1, 1, 0}},
        {"  white   bold ", {7, 7, THEME_BOLD}},
        {"bold underline", {-1, -1, THEME_BOLD | THEME_UNDERLINE}},
        {"reverse dim", {-1, -1, THEME_REVERSE | THEME_DIM}},
        {"9", {9, 1, 0}},
        {"196 bold", {196, 1, THEME_BOLD}},
        {"245", {245, -1, 0}},
        {"130/yellow bold", {130, 3, THEME_BOLD}},
        {"130/default", {130, -1, 0}},
        {"#ff0000", {196, 1, 0}},
        {"#0087AF", {31, 6, 0}},
        {"255", {255, -1, 0}},
    };
    static const char *const bad[] = {"256",   "purple",   "#12345",    "#gggggg",
                                      "-1",    "bold red", "red green", "130/orange",
                                      "130/9", "/red",     "red/",      "1234567890123456789012345678901234",
                                      "1e1",   "Bold"};
    struct theme_style style;
    struct error err;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(theme_style_parse(good[i].text, &style, &err), 0);
        assert_int_equal(style.fg, good[i].style.fg);
        assert_int_equal(style.fg8, good[i].style.fg8);
        assert_int_equal(style.attrs, good[i].style.attrs);
    }
    style.fg = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(theme_style_parse(bad[i], &style, &err), ERR_INVALID);
        assert_int_equal(style.fg, 77);
        assert_true(err.text[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_by_name),
        cmocka_unit_test(test_colours_are_known),
        cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_colour_blind),
        cmocka_unit_test(test_attributes_carry_meaning),
        cmocka_unit_test(test_foreground),
        cmocka_unit_test(test_rgb),
        cmocka_unit_test(test_roles),
        cmocka_unit_test(test_style_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
