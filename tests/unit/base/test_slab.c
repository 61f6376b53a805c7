/* Slabs: pieces keep what they hold and do not overlap, whatever sizes come and go, and memory is used again. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/slab.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct piece {
    unsigned char *p;
    size_t size;
    unsigned char byte;
};

enum { PIECES = 20000 };

static unsigned next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void check(const struct piece *x)
{
    for (size_t i = 0; i < x->size; i++)
        assert_int_equal(x->p[i], x->byte);
}

static size_t some_size(uint32_t *seed)
{
    unsigned n = next(seed);
    return n % 50 == 0 ? 1000 + n % 3000 : n % 7 == 0 ? n % 300 : n % 100; /* few are large */
}

static void pieces_keep_what_they_hold(void **state)
{
    (void)state;
    struct slab s = {.regions = NULL};
    struct piece *pieces = mem_calloc(PIECES, sizeof *pieces);
    uint32_t seed = 7;
    for (size_t n = 0; n < 10 * PIECES; n++) {
        struct piece *x = &pieces[next(&seed) % PIECES];
        if (x->p) {
            x->p = slab_settle(&s, x->p, x->size);
            check(x);
        }
        size_t size = some_size(&seed), kept = size < x->size ? size : x->size;
        if (x->p && next(&seed) % 3 == 0) {
            slab_free(&s, x->p, x->size);
            *x = (struct piece){.p = NULL};
            continue;
        }
        x->p = slab_resize(&s, x->p, x->size, size);
        assert_int_equal((uintptr_t)x->p % 8, 0);
        for (size_t i = 0; i < kept; i++)
            assert_int_equal(x->p[i], x->byte);
        *x = (struct piece){.p = x->p, .size = size, .byte = (unsigned char)next(&seed)};
        memset(x->p, x->byte, size);
    }
    for (size_t i = 0; i < PIECES; i++) {
        if (pieces[i].p)
            check(&pieces[i]);
        slab_free(&s, pieces[i].p, pieces[i].size);
    }
    slab_done(&s);
    free(pieces);
}

/* What all pieces of one size gave up serves those of another. */
static void memory_serves_other_sizes(void **state)
{
    (void)state;
    struct slab s = {.regions = NULL};
    void **pieces = mem_calloc(PIECES, sizeof *pieces);
    size_t size = 40;
    for (size_t i = 0; i < PIECES; i++)
        pieces[i] = slab_alloc(&s, size);
    for (; size < 400; size += 24)
        for (size_t i = 0; i < PIECES; i++)
            pieces[i] = slab_resize(&s, pieces[i], size, size + 24);
    for (; size > 40; size -= 24)
        for (size_t i = 0; i < PIECES; i++)
            pieces[i] = slab_resize(&s, pieces[i], size, size - 24);
    assert_true(slab_bytes(&s) < PIECES * 40 * 5 / 4 + 16 * 16 * 1024);
    for (size_t i = 0; i < PIECES; i++)
        slab_free(&s, pieces[i], size);
    slab_done(&s);
    free(pieces);
}

/* Of pieces of one size most go, here and there; those that are left need few pages once they were settled. */
static void holes_are_closed(void **state)
{
    (void)state;
    struct slab s = {.regions = NULL};
    struct piece *pieces = mem_calloc(PIECES, sizeof *pieces);
    uint32_t seed = 11;
    size_t left = 0;
    for (size_t i = 0; i < PIECES; i++) {
        pieces[i] = (struct piece){.p = slab_alloc(&s, 40), .size = 40, .byte = (unsigned char)next(&seed)};
        memset(pieces[i].p, pieces[i].byte, 40);
    }
    for (size_t i = 0; i < PIECES; i++)
        if (next(&seed) % 3) {
            slab_free(&s, pieces[i].p, 40);
            pieces[i].p = NULL;
        }
    for (size_t i = 0; i < PIECES; i++)
        if (pieces[i].p) {
            pieces[i].p = slab_settle(&s, pieces[i].p, 40);
            check(&pieces[i]);
            left++;
        }
    assert_true(slab_bytes(&s) < left * 40 * 8 / 7 + 18 * 16 * 1024);
    for (size_t i = 0; i < PIECES; i++)
        slab_free(&s, pieces[i].p, 40);
    slab_done(&s);
    free(pieces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_keep_what_they_hold),
        cmocka_unit_test(memory_serves_other_sizes),
        cmocka_unit_test(holes_are_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
