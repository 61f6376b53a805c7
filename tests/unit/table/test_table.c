/* Rows by key, change sets, readers' cursors, column groups and owners that come and go. */
#include "tests/unit/unit.h"

#include "base/limits.h"
#include "base/str.h"
#include "table/packed.h"

#include <math.h>

enum { GROUP, PARTITION, LAG, RATE, NOTE };

static const struct column columns[] = {
    [GROUP] = {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
    [PARTITION] = {.name = "partition", .type = COLUMN_INT, .flags = COLUMN_KEY},
    [LAG] = {.name = "lag", .type = COLUMN_INT},
    [RATE] = {.name = "rate", .type = COLUMN_REAL},
    [NOTE] = {.name = "note", .type = COLUMN_TEXT},
};
static const struct table_def def = {.name = "things", .group = {.name = "own", .columns = columns, .ncolumns = 5}};

struct fixture {
    struct store *s;
    struct table *t;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->s = store_new(&clock_system);
    if (store_add(f->s, &def, NULL, &f->t, NULL))
        return 1;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    store_free(f->s);
    free(f);
    return 0;
}

static struct row *put(struct fixture *f, const char *group, int64_t partition, uint16_t owner)
{
    struct name *n = name_intern(store_names(f->s), group, strlen(group));
    struct value key[2] = {{.s = n, .quality = QUALITY_EXACT}, value_int(partition)};
    struct row *r = table_upsert(f->t, key, owner);
    name_unref(n);
    return r;
}

static void upsert_finds_the_same_row(void **state)
{
    struct fixture *f = *state;
    struct row *r = put(f, "a", 1, 1);
    assert_ptr_equal(put(f, "a", 1, 2), r);
    assert_int_equal(row_owner(r), 1);
    assert_ptr_not_equal(put(f, "a", 2, 1), r);
    assert_ptr_not_equal(put(f, "a\0b", 1, 1), NULL);
    assert_int_equal(table_nrows(f->t), 2);
    assert_ptr_equal(table_by_id(f->t, row_id(r)), r);
    assert_int_equal(row_get(r, LAG).quality, QUALITY_UNKNOWN);
    struct value unknown_key[2] = {value_unknown(), value_int(1)};
    assert_null(table_upsert(f->t, unknown_key, 1));
    assert_null(table_find(f->t, unknown_key));
}

static void same_value_costs_nothing(void **state)
{
    struct fixture *f = *state;
    struct row *r = put(f, "a", 1, 1);
    table_set_int(f->t, r, LAG, 5, QUALITY_EXACT);
    table_set_real(f->t, r, RATE, NAN, QUALITY_EXACT);
    table_set_text(f->t, r, NOTE, "hello");
    store_commit(f->s);
    uint64_t seq = store_seq(f->s);
    table_set_int(f->t, r, LAG, 5, QUALITY_EXACT);
    table_set_real(f->t, r, RATE, NAN, QUALITY_EXACT);
    table_set_text(f->t, r, NOTE, "hello");
    put(f, "a", 1, 1);
    assert_int_equal(store_seq(f->s), seq);
    table_set_int(f->t, r, LAG, 5, QUALITY_GE); /* quality is part of it */
    assert_int_equal(store_seq(f->s), seq + 1);
    assert_int_equal(row_cell_seq(r, LAG), seq + 1);
    assert_true(row_cell_seq(r, NOTE) <= seq);
    table_set_unknown(f->t, r, NOTE);
    table_set_unknown(f->t, r, NOTE);
    assert_int_equal(store_seq(f->s), seq + 2);
}

/* A reader that is away for any number of change sets finds every cell written since, and one that is not away only those. */
static void cells_written_since_are_found(void **state)
{
    struct fixture *f = *state;
    struct row *r = put(f, "a", 1, 1);
    uint64_t written[3] = {0}, commits[200];
    uint32_t seed = 1;
    store_commit(f->s);
    commits[0] = store_seq(f->s);
    for (int i = 1; i < 200; i++) {
        uint64_t since = commits[i - 1];
        for (size_t k = 0; k < 3; k++) {
            seed = seed * 1664525u + 1013904223u;
            if (seed >> 30)
                continue;
            char text[16];
            snprintf(text, sizeof text, "at %d", i);
            if (k == 2)
                table_set_text(f->t, r, NOTE, text);
            else
                table_set_int(f->t, r, LAG + k, i, QUALITY_EXACT);
            written[k] = row_seq(r);
        }
        store_commit(f->s);
        commits[i] = store_seq(f->s);
        for (size_t k = 0; k < 3; k++) {
            assert_true(row_cell_seq(r, LAG + k) >= written[k]);
            assert_int_equal(row_cell_seq(r, LAG + k) > since, written[k] > since);
        }
    }
}

/* What the size of the collector rests on: a row of 40 columns, a few of them with a value. */
static void rows_are_small(void **state)
{
    struct fixture *f = *state;
    static char names[40][8];
    struct column many[40] = {{.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY},
                              {.name = "partition", .type = COLUMN_INT, .flags = COLUMN_KEY}};
    for (int i = 2; i < 40; i++) {
        snprintf(names[i], sizeof names[i], "c%d", i);
        many[i] = (struct column){.name = names[i], .type = COLUMN_INT};
    }
    const struct table_def wide = {.name = "wide", .group = {.name = "own", .columns = many, .ncolumns = 40}};
    struct table *t;
    assert_int_equal(store_add(f->s, &wide, NULL, &t, NULL), 0);
    struct name *n = name_intern(store_names(f->s), "g", 1);
    for (int i = 0; i < 1000; i++) {
        struct value key[2] = {{.s = n, .quality = QUALITY_EXACT}, value_int(i)};
        struct row *r = table_upsert(t, key, 1);
        for (size_t c = 2; c < 12; c++)
            table_set_int(t, r, c, (int64_t)c * 1000, QUALITY_EXACT);
    }
    name_unref(n);
    assert_true(table_bytes(t) / 1000 <= 194); /* of which 72 are the row's own, and 16 to 37 to find it by */
}

static void readers_follow_sequence_numbers(void **state)
{
    struct fixture *f = *state;
    struct row *a = put(f, "a", 0, 1), *b = put(f, "b", 0, 1), *c = put(f, "c", 0, 1);
    uint64_t cursor = store_seq(f->s);
    assert_null(table_changed_after(f->t, cursor));
    table_set_int(f->t, b, LAG, 1, QUALITY_EXACT);
    table_set_int(f->t, a, LAG, 1, QUALITY_EXACT);
    struct row *r = table_changed_after(f->t, cursor);
    assert_ptr_equal(r, b);
    assert_ptr_equal(row_next(r), a);
    assert_null(row_next(a));
    assert_ptr_equal(table_first(f->t), c);

    uint64_t id = row_id(c);
    table_remove(f->t, c);
    const struct table_removal *removed;
    size_t n;
    assert_true(table_removed_after(f->t, cursor, &removed, &n));
    assert_int_equal(n, 1);
    assert_int_equal(removed[0].id, id);
    assert_null(table_by_id(f->t, id));
    assert_true(table_removed_after(f->t, store_seq(f->s), &removed, &n));
    assert_int_equal(n, 0);
}

static void removals_are_forgotten_in_the_end(void **state)
{
    struct fixture *f = *state;
    uint64_t cursor = store_seq(f->s);
    for (int i = 0; i < 70000; i++)
        table_remove(f->t, put(f, "a", i, 1));
    const struct table_removal *removed;
    size_t n;
    assert_false(table_removed_after(f->t, cursor, &removed, &n));
    assert_true(table_removed_after(f->t, removed[0].seq, &removed, &n));
    for (size_t i = 1; i < n; i++)
        assert_true(removed[i].seq > removed[i - 1].seq);
}

static void a_round_sweeps_what_it_did_not_touch(void **state)
{
    struct fixture *f = *state;
    for (int round = 0; round < 600; round++) { /* more than the mark can count */
        put(f, "other", 7, 2);
        table_begin(f->t, 1);
        put(f, "a", round, 1);
        put(f, "a", round + 1, 1);
        assert_int_equal(table_sweep(f->t, 1), round ? 1 : 0);
        assert_int_equal(table_nrows(f->t), 3);
    }
    assert_int_equal(table_drop_owner(f->t, 1), 2);
    assert_int_equal(table_nrows(f->t), 1);
}

static void count_call(struct store *s, void *arg)
{
    (void)s;
    ++*(int *)arg;
}

static void commits_reach_listeners_once(void **state)
{
    struct fixture *f = *state;
    int calls = 0;
    struct store_listener *l = store_listen(f->s, count_call, &calls);
    put(f, "a", 1, 1);
    put(f, "b", 1, 1);
    assert_int_equal(calls, 0);
    store_commit(f->s);
    assert_int_equal(calls, 1);
    store_commit(f->s);
    assert_int_equal(calls, 1);
    store_unlisten(f->s, l);
    put(f, "c", 1, 1);
    store_commit(f->s);
    assert_int_equal(calls, 1);
}

static void groups_of_columns_come_and_go(void **state)
{
    struct fixture *f = *state;
    static const struct column q1[] = {{.name = "pending", .type = COLUMN_INT}, {.name = "who", .type = COLUMN_TEXT}};
    static const struct column q2[] = {{.name = "late", .type = COLUMN_TEXT}};
    const struct column_group g1 = {.name = "q1", .columns = q1, .ncolumns = 2};
    const struct column_group g2 = {.name = "q2", .columns = q2, .ncolumns = 1};
    struct row *r = put(f, "a", 1, 1);
    uint64_t version = store_schema_version(f->s);
    assert_int_equal(table_add_group(f->t, &g1, "derive", NULL), 0);
    assert_int_equal(table_add_group(f->t, &g2, "derive", NULL), 0);
    assert_true(store_schema_version(f->s) > version);
    struct error err = {0};
    assert_int_equal(table_add_group(f->t, &g1, "derive", &err), ERR_INVALID);
    table_set_text(f->t, r, 6, "task 1");
    table_set_text(f->t, r, 7, "late text");
    assert_int_equal(table_group_of(f->t, 7), 2);
    assert_int_equal(table_drop_group(f->t, "q1"), 0);
    assert_int_equal(table_drop_group(f->t, "q1"), ERR_NOT_FOUND);
    assert_int_equal(table_drop_group(f->t, "own"), ERR_NOT_FOUND);
    assert_int_equal(table_ncolumns(f->t), 6);
    assert_int_equal(table_column_index(f->t, "late"), 5);
    assert_string_equal(row_get(r, 5).s->raw, "late text");
    assert_int_equal(table_group_of(f->t, 5), 1);
}

static void bad_declarations_are_refused(void **state)
{
    struct fixture *f = *state;
    struct error err = {0};
    assert_int_equal(store_add(f->s, &def, NULL, NULL, &err), ERR_INVALID);
    static const struct column no_key[] = {{.name = "x"}};
    static const struct column late_key[] = {{.name = "x"}, {.name = "k", .flags = COLUMN_KEY}};
    static const struct column twice[] = {{.name = "k", .flags = COLUMN_KEY}, {.name = "k"}};
    static const struct column odd[] = {{.name = "K x", .flags = COLUMN_KEY}};
    const struct table_def bad[] = {
        {.name = "t", .group = {.name = "g", .columns = no_key, .ncolumns = 1}},
        {.name = "t", .group = {.name = "g", .columns = late_key, .ncolumns = 2}},
        {.name = "t", .group = {.name = "g", .columns = twice, .ncolumns = 2}},
        {.name = "t", .group = {.name = "g", .columns = odd, .ncolumns = 1}},
        {.name = "T", .group = {.name = "g", .columns = columns, .ncolumns = 5}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(store_add(f->s, &bad[i], NULL, NULL, &err), ERR_INVALID);
    assert_int_equal(store_count(f->s), 1);
}

static void names_are_one_and_bounded(void **state)
{
    struct fixture *f = *state;
    struct names *pool = store_names(f->s);
    struct name *a = name_intern(pool, "x\x1b\xFFy", 4), *b = name_intern(pool, "x\x1b\xFFy", 4);
    assert_ptr_equal(a, b);
    assert_false(a->utf8);
    assert_int_equal(a->len, 4);
    assert_string_equal(a->safe, "x\xEF\xBF\xBD\\xFFy");
    assert_int_equal(a->width, 7);
    name_unref(a);
    name_unref(b);
    assert_int_equal(names_count(pool), 0);

    static char huge[LIMITS_NAME_BYTES + 100];
    memset(huge, 'h', sizeof huge);
    memcpy(huge + LIMITS_NAME_BYTES - 4, "\xE6\x97\xA5", 3); /* the cut must not split this */
    struct name *cut = name_intern(pool, huge, sizeof huge);
    assert_true(cut->len <= LIMITS_NAME_BYTES);
    assert_true(cut->utf8);
    name_unref(cut);
}

static void keys_come_back_from_their_bytes(void **state)
{
    struct fixture *f = *state;
    struct row *r = put(f, "a\xFF", INT64_MIN, 1);
    struct str bytes = {0};
    table_key_bytes(f->t, r, &bytes);
    struct value key[2];
    assert_int_equal(table_key_decode(f->t, bytes.s, bytes.len, key), 0);
    assert_ptr_equal(table_find(f->t, key), r);
    table_key_done(f->t, key);
    for (size_t len = 0; len < bytes.len; len++) /* cut anywhere */
        assert_int_equal(table_key_decode(f->t, bytes.s, len, key), ERR_INVALID);
    str_char(&bytes, 'x');
    assert_int_equal(table_key_decode(f->t, bytes.s, bytes.len, key), ERR_INVALID);
    str_done(&bytes);
    assert_int_equal(names_count(store_names(f->s)), 1);
}

/* What was lent stays as it was, whoever writes the row, and whatever columns come; the row has both. */
static void lent_cells_stay_as_they_are(void **state)
{
    struct fixture *f = *state;
    static const struct column more[] = {{.name = "more", .type = COLUMN_INT}};
    struct row *quiet = put(f, "a", 1, 1), *written = put(f, "a", 2, 1);
    const size_t n = table_ncolumns(f->t);
    struct packed kept, split, none;
    table_set_int(f->t, quiet, LAG, 5, QUALITY_EXACT);
    table_set_int(f->t, written, LAG, 6, QUALITY_EXACT);
    store_commit(f->s);
    assert_true(row_lend(quiet, &kept));
    assert_true(row_lend(written, &split));
    assert_false(row_lend(written, &none));
    table_set_int(f->t, written, LAG, 700000, QUALITY_GE);
    assert_int_equal(packed_get(&kept, n, LAG, false).i, 5);
    assert_int_equal(packed_get(&split, n, LAG, false).i, 6);
    assert_int_equal(row_get(written, LAG).i, 700000);
    row_take_back(quiet, &kept, n);
    row_take_back(written, &split, n);
    table_set_int(f->t, quiet, LAG, 8, QUALITY_EXACT);
    assert_int_equal(row_get(quiet, LAG).i, 8);

    assert_true(row_lend(quiet, &kept));
    const struct column_group group = {.name = "theirs", .columns = more, .ncolumns = 1};
    assert_int_equal(table_add_group(f->t, &group, "other", NULL), 0);
    table_set_int(f->t, quiet, n, 9, QUALITY_EXACT);
    assert_int_equal(packed_get(&kept, n, LAG, false).i, 8);
    assert_int_equal(row_get(quiet, LAG).i, 8);
    assert_int_equal(row_get(quiet, n).i, 9);
    row_take_back(quiet, &kept, n);
    assert_true(row_lend(quiet, &kept));
    assert_int_equal(table_drop_group(f->t, "theirs"), 0);
    assert_int_equal(packed_get(&kept, n + 1, n, false).i, 9);
    row_take_back(quiet, &kept, n + 1);
}

static void rows_go_by_their_ids(void **state)
{
    struct fixture *f = *state;
    uint64_t ids[5];
    for (int i = 0; i < 5; i++)
        ids[i] = row_id(put(f, "g", i, 1));
    table_remove_id(f->t, 0);
    table_remove_id(f->t, ids[4] + 1);
    assert_int_equal(table_nrows(f->t), 5);
    table_remove_id(f->t, ids[2]);
    assert_int_equal(table_nrows(f->t), 4);
    assert_null(table_by_id(f->t, ids[2]));
    table_remove_id(f->t, ids[2]);

    uint64_t now[] = {ids[4], ids[0], ids[4]};
    const uint64_t sorted[] = {ids[0], ids[4], ids[4]};
    table_sort_ids(now, 3);
    table_sort_ids(NULL, 0);
    assert_memory_equal(now, sorted, sizeof now);
    table_remove_others(f->t, ids, 4, now, 3);
    assert_int_equal(table_nrows(f->t), 2);
    assert_non_null(table_by_id(f->t, ids[0]));
    assert_non_null(table_by_id(f->t, ids[4]));
    table_remove_others(f->t, ids, 5, now + 1, 2);
    assert_int_equal(table_nrows(f->t), 1);
    table_remove_others(f->t, NULL, 0, now, 3);
    table_remove_others(f->t, now, 3, NULL, 0);
    assert_int_equal(table_nrows(f->t), 0);
}

static void numbers_that_nobody_told_are_unknown(void **state)
{
    struct fixture *f = *state;
    struct row *r = put(f, "g", 1, 1);
    table_set_told(f->t, r, RATE, 2.5);
    assert_int_equal(row_get(r, RATE).quality, QUALITY_EXACT);
    assert_true(row_get(r, RATE).d == 2.5);
    table_set_told(f->t, r, RATE, -INFINITY);
    assert_int_equal(row_get(r, RATE).quality, QUALITY_EXACT);
    assert_true(row_get(r, RATE).d == -INFINITY);
    table_set_told(f->t, r, RATE, NAN);
    assert_int_equal(row_get(r, RATE).quality, QUALITY_UNKNOWN);
    assert_int_equal(value_told(NAN, QUALITY_GE).quality, QUALITY_UNKNOWN);
    assert_int_equal(value_told(0, QUALITY_GE).quality, QUALITY_GE);
}

static void values_have_an_order(void **state)
{
    (void)state;
    assert_true(value_compare(COLUMN_INT, value_int(1), value_int(2)) < 0);
    assert_true(value_compare(COLUMN_INT, value_unknown(), value_int(INT64_MAX)) > 0);
    assert_true(value_compare(COLUMN_REAL, value_real(NAN), value_real(-INFINITY)) < 0);
    assert_int_equal(value_compare(COLUMN_REAL, value_real(NAN), value_real(NAN)), 0);
    assert_int_equal(value_compare(COLUMN_INT, value_unknown(), value_unknown()), 0);
    assert_true(value_compare(COLUMN_INT, value_int(INT64_MIN), value_int(INT64_MAX)) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(upsert_finds_the_same_row, setup, teardown),
        cmocka_unit_test_setup_teardown(same_value_costs_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(readers_follow_sequence_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(cells_written_since_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_are_small, setup, teardown),
        cmocka_unit_test_setup_teardown(removals_are_forgotten_in_the_end, setup, teardown),
        cmocka_unit_test_setup_teardown(a_round_sweeps_what_it_did_not_touch, setup, teardown),
        cmocka_unit_test_setup_teardown(commits_reach_listeners_once, setup, teardown),
        cmocka_unit_test_setup_teardown(groups_of_columns_come_and_go, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_declarations_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(names_are_one_and_bounded, setup, teardown),
        cmocka_unit_test_setup_teardown(keys_come_back_from_their_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(lent_cells_stay_as_they_are, setup, teardown),
        cmocka_unit_test_setup_teardown(rows_go_by_their_ids, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_that_nobody_told_are_unknown, setup, teardown),
        cmocka_unit_test_setup_teardown(values_have_an_order, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
