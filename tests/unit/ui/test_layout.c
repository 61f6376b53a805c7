/* Properties of layouts at every size from 1x1 to 300x100: parts lie inside, none over another. */
#include "ui/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static bool empty(struct rect r)
{
    return r.w <= 0 || r.h <= 0;
}

static bool inside(struct rect r, struct rect box)
{
    return empty(r) || (r.x >= box.x && r.y >= box.y && r.x + r.w <= box.x + box.w && r.y + r.h <= box.y + box.h);
}

static bool overlap(struct rect a, struct rect b)
{
    return !empty(a) && !empty(b) && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static void check(const struct rect *r, int n, struct rect box)
{
    for (int i = 0; i < n; i++) {
        assert_true(inside(r[i], box));
        assert_true(r[i].w >= 0 && r[i].h >= 0);
        for (int k = 0; k < i; k++)
            assert_false(overlap(r[i], r[k]));
    }
}

static void test_frame(void **state)
{
    (void)state;
    for (int w = 1; w <= 300; w += w < 60 ? 1 : 7) {
        for (int h = 1; h <= 100; h++) {
            for (int notices = 0; notices < 12; notices += 3) {
                struct layout_frame f;
                layout_frame(w, h, notices, notices % 3, &f);
                const struct rect parts[] = {f.header, f.notices, f.crumbs, f.body, f.footer};
                check(parts, 5, (struct rect){0, 0, w, h});
                assert_int_equal(f.header.h, 1);
                assert_true(h < 2 || f.body.h >= 1);
                int rows = 0;
                for (int i = 0; i < 5; i++)
                    rows += parts[i].h;
                assert_int_equal(rows, h);
            }
        }
    }
}

/* A small generator of its own, so that a failure can be run again. */
static unsigned next(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static void test_stack(void **state)
{
    (void)state;
    unsigned seed = 7;
    for (int run = 0; run < 20000; run++) {
        struct rect box = {(int)(next(&seed) % 5), (int)(next(&seed) % 5), 1 + (int)(next(&seed) % 300),
                           1 + (int)(next(&seed) % 100)};
        struct layout_part parts[5];
        struct rect at[5];
        int n = 1 + (int)(next(&seed) % 5), gap = (int)(next(&seed) % 2);
        for (int i = 0; i < n; i++)
            parts[i] = (struct layout_part){.min = (int)(next(&seed) % 8),
                                            .want = (int)(next(&seed) % 60),
                                            .rank = (int)(next(&seed) % 4),
                                            .grow = next(&seed) % 3 == 0};
        layout_stack(box, gap, parts, n, at);
        check(at, n, box);
        for (int i = 0; i < n; i++) {
            bool first = true;
            for (int k = 0; k < n; k++)
                first &= parts[k].rank > parts[i].rank || (parts[k].rank == parts[i].rank && k >= i) ||
                         parts[k].min <= 0 || parts[k].want <= 0;
            if (first && parts[i].min > 0 && parts[i].want > 0)
                assert_true(at[i].h > 0); /* who comes first gets something */
            if (at[i].h > 0 && !first)
                assert_true(at[i].h >= (parts[i].min < parts[i].want ? parts[i].min : parts[i].want));
        }
    }
}

static void test_split(void **state)
{
    (void)state;
    for (int w = 1; w <= 300; w++) {
        struct rect two[2], box = {3, 2, w, 9};
        layout_split(box, 3, 30, &two[0], &two[1]);
        check(two, 2, box);
        assert_true(two[1].w == 0 || (two[0].w >= 30 && two[1].w >= 30));
        assert_true(two[1].w > 0 || two[0].w == w);
    }
}

static void test_fit(void **state)
{
    (void)state;
    unsigned seed = 11;
    for (int run = 0; run < 20000; run++) {
        struct layout_column c[10];
        int n = 1 + (int)(next(&seed) % 10), width = 1 + (int)(next(&seed) % 300);
        for (int i = 0; i < n; i++) {
            c[i].natural = 1 + (int)(next(&seed) % 40);
            c[i].min = next(&seed) % 2 ? c[i].natural : 1 + (int)(next(&seed) % (unsigned)c[i].natural);
            c[i].priority = (int)(next(&seed) % 9);
        }
        int used = layout_fit(width, 2, c, n), sum = 0, shown = 0;
        for (int i = 0; i < n; i++) {
            sum += c[i].width;
            shown += c[i].width > 0;
            assert_true(c[i].width <= c[i].natural);
            assert_true(i == 0 || c[i].width == 0 || c[i].width >= c[i].min);
        }
        assert_true(c[0].width > 0);
        assert_int_equal(used, sum + (shown - 1) * 2);
        assert_true(used <= width);
        for (int i = 1; i < n; i++) /* nothing that would fit beside more important ones is left out */
            assert_true(c[i].width > 0 || used + 2 + c[i].min > width);
    }
}

/* The important columns stay when it gets narrow, and keep their order. */
static void test_fit_priority(void **state)
{
    (void)state;
    struct layout_column c[] = {{20, 10, 0, 0}, {8, 8, 5, 0}, {8, 8, 1, 0}};
    assert_int_equal(layout_fit(40, 2, c, 3), 40);
    assert_int_equal(c[1].width, 8);
    assert_int_equal(layout_fit(29, 2, c, 3), 29);
    assert_int_equal(c[0].width, 19);
    assert_int_equal(c[1].width, 0);
    assert_int_equal(c[2].width, 8);
    assert_int_equal(layout_fit(9, 2, c, 3), 9);
    assert_int_equal(c[0].width, 9);
    assert_int_equal(c[2].width, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_frame), cmocka_unit_test(test_stack),        cmocka_unit_test(test_split),
        cmocka_unit_test(test_fit),   cmocka_unit_test(test_fit_priority),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
