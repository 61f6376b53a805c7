/* Tests of the rows that are followed, against a plain array of them. */
#include "history/follow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { TABLES = 3, IDS = 700, COLUMNS = 11, STEPS = 60000 };

struct model {
    bool there, bits[2][COLUMNS];
    uint32_t row;
    uint64_t seq;
    int64_t ms;
    int bucket; /* -1: none */
};

struct fixture {
    struct history_follow f;
    struct model rows[TABLES][IDS];
    size_t columns[TABLES], n;
    uint32_t seed;
};

static uint32_t draw(struct fixture *x, uint32_t below)
{
    x->seed = x->seed * 1664525u + 1013904223u;
    return (x->seed >> 8) % below;
}

/* Ids are far from one another, and as large as they may be. */
static uint64_t id_of(size_t i)
{
    return (UINT64_C(1) << 40) - 1 - i * 64;
}

static void check_row(const struct fixture *x, uint32_t table, size_t i)
{
    const struct model *m = &x->rows[table][i];
    uint32_t row = history_follow_find(&x->f, table, id_of(i));
    bool any[2] = {0};
    if (!m->there) {
        assert_int_equal(row, HISTORY_FOLLOW_NONE);
        return;
    }
    assert_int_equal(row, m->row);
    assert_int_equal(history_follow_id(&x->f, row), id_of(i));
    assert_int_equal(history_follow_table_of(&x->f, row), table);
    assert_int_equal(history_follow_seq(&x->f, row), m->seq);
    assert_int_equal(history_follow_sampled_ms(&x->f, row), m->ms);
    for (size_t c = 0; c < x->columns[table]; c++)
        for (int s = 0; s < 2; s++) {
            assert_int_equal(history_follow_has(&x->f, row, (enum history_follow_set)s, c), m->bits[s][c]);
            any[s] |= m->bits[s][c];
        }
    for (int s = 0; s < 2; s++)
        assert_int_equal(history_follow_any(&x->f, row, (enum history_follow_set)s), any[s]);
}

static void check_all(const struct fixture *x)
{
    uint32_t waiting[HISTORY_FOLLOW_BUCKETS] = {0};
    assert_int_equal(x->f.n, x->n);
    for (uint32_t t = 0; t < TABLES; t++) {
        size_t there = 0, walked = 0;
        for (size_t i = 0; i < IDS; i++) {
            const struct model *m = &x->rows[t][i];
            check_row(x, t, i);
            there += m->there;
            if (m->there && m->bucket >= 0)
                waiting[m->bucket]++;
        }
        for (uint32_t at = 0; history_follow_next(&x->f, t, &at) != HISTORY_FOLLOW_NONE;)
            walked++;
        assert_int_equal(walked, there);
    }
    assert_memory_equal(waiting, x->f.waiting, sizeof waiting);
}

static void change_row(struct fixture *x, struct model *m)
{
    uint32_t table = history_follow_table_of(&x->f, m->row), column = draw(x, (uint32_t)x->columns[table]);
    uint32_t set = draw(x, 2);
    switch (draw(x, 5)) {
    case 0:
        history_follow_put(&x->f, m->row, (enum history_follow_set)set, column);
        m->bits[set][column] = true;
        break;
    case 1:
        history_follow_clear(&x->f, m->row, (enum history_follow_set)set);
        memset(m->bits[set], 0, sizeof m->bits[set]);
        break;
    case 2:
        m->seq = (UINT64_C(1) << 48) - 1 - draw(x, 1000);
        m->ms = (INT64_C(1) << 40) - 1 - draw(x, 1000);
        history_follow_set_seq(&x->f, m->row, m->seq);
        history_follow_set_sampled_ms(&x->f, m->row, m->ms);
        break;
    case 3: {
        uint32_t bucket = draw(x, HISTORY_FOLLOW_BUCKETS);
        history_follow_wait(&x->f, m->row, bucket);
        m->bucket = m->bucket < 0 ? (int)bucket : m->bucket;
        break;
    }
    default:
        history_follow_rest(&x->f, m->row);
        m->bucket = -1;
    }
}

static void step(struct fixture *x)
{
    uint32_t table = draw(x, TABLES);
    size_t i = draw(x, IDS);
    struct model *m = &x->rows[table][i];
    if (!m->there) {
        *m = (struct model){.there = true, .bucket = -1, .row = history_follow_add(&x->f, table, id_of(i))};
        x->n++;
    } else if (draw(x, 3) == 0) {
        history_follow_del(&x->f, m->row);
        m->there = false;
        x->n--;
    } else {
        change_row(x, m);
    }
}

/* Columns come, go and change places. */
static void move_columns(struct fixture *x, uint32_t table)
{
    size_t from[COLUMNS], n = 1 + draw(x, COLUMNS), old = x->columns[table];
    for (size_t i = 0; i < n; i++)
        from[i] = draw(x, 4) ? draw(x, COLUMNS) : SIZE_MAX;
    for (size_t i = 0; i < n; i++)
        if (from[i] >= old)
            from[i] = SIZE_MAX;
    history_follow_columns(&x->f, table, n, from);
    for (size_t i = 0; i < IDS; i++) {
        struct model *m = &x->rows[table][i], was = *m;
        memset(m->bits, 0, sizeof m->bits);
        for (size_t c = 0; c < n; c++)
            for (int s = 0; s < 2 && from[c] < old; s++)
                m->bits[s][c] = was.bits[s][from[c]];
    }
    x->columns[table] = n;
}

static void rows_are_as_in_an_array(void **state)
{
    struct fixture *x = calloc(1, sizeof *x);
    (void)state;
    x->seed = 3;
    for (uint32_t t = 0; t < TABLES; t++)
        move_columns(x, t);
    for (int i = 1; i <= STEPS; i++) {
        step(x);
        if (i % 5000 == 0)
            check_all(x);
        if (i % 7000 == 0)
            move_columns(x, draw(x, TABLES));
    }
    history_follow_forget(&x->f, 1);
    for (size_t i = 0; i < IDS; i++) {
        x->n -= x->rows[1][i].there;
        x->rows[1][i].there = false;
    }
    move_columns(x, 1);
    check_all(x);
    for (int i = 0; i < STEPS / 10; i++)
        step(x);
    check_all(x);
    history_follow_done(&x->f);
    free(x);
}

/* A bucket is emptied by taking one after the other, those of all tables. */
static void buckets_are_emptied(void **state)
{
    struct history_follow f = {0};
    const size_t none = SIZE_MAX;
    (void)state;
    for (uint32_t t = 0; t < 2; t++) {
        history_follow_columns(&f, t, 1, &none);
        for (uint64_t id = 1; id <= 1000; id++)
            history_follow_wait(&f, history_follow_add(&f, t, id), id % 2 ? 7 : 63);
    }
    size_t page = 0, n = 0;
    uint32_t row;
    while ((row = history_follow_waiting(&f, 7, &page)) != HISTORY_FOLLOW_NONE) {
        assert_int_equal(history_follow_id(&f, row) % 2, 1);
        history_follow_rest(&f, row);
        n++;
    }
    assert_int_equal(n, 1000);
    assert_int_equal(f.waiting[7], 0);
    assert_int_equal(f.waiting[63], 1000);
    history_follow_forget(&f, 0);
    assert_int_equal(f.waiting[63], 500);
    history_follow_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_as_in_an_array),
        cmocka_unit_test(buckets_are_emptied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
