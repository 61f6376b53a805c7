/* Assignments of members as bytes: good ones, those cut anywhere, and those that lie about their lengths. */
#include "tests/unit/unit.h"

#include "kafka/assignment.h"

static const unsigned char good[] = {
    0,    1,                                                    /* version */
    0,    0,    0,    2,                                        /* two topics */
    0,    2,    'a',  'b',  0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 7, /* ab: 0 7 */
    0,    1,    'c',  0,    0, 0, 1, 0, 0, 1, 0,                /* c: 256 */
    0xff, 0xff, 0xff, 0xff,                                     /* no user data */
};

static void reads_topics_and_partitions(void **state)
{
    (void)state;
    struct kafka_arena arena = {0};
    struct kafka_assigned *a;
    size_t n;
    assert_int_equal(kafka_assignment_parse(good, sizeof good, &arena, &a, &n), 0);
    assert_int_equal(n, 2);
    assert_string_equal(a[0].topic, "ab");
    assert_int_equal(a[0].npartitions, 2);
    assert_int_equal(a[0].partitions[1], 7);
    assert_string_equal(a[1].topic, "c");
    assert_int_equal(a[1].partitions[0], 256);
    kafka_arena_done(&arena);
}

static void nothing_is_an_empty_assignment(void **state)
{
    (void)state;
    struct kafka_arena arena = {0};
    struct kafka_assigned *a;
    size_t n = 9;
    assert_int_equal(kafka_assignment_parse("", 0, &arena, &a, &n), 0);
    assert_int_equal(n, 0);
    kafka_arena_done(&arena);
}

static void refuses_every_cut(void **state)
{
    (void)state;
    for (size_t len = 1; len < sizeof good - 4; len++) { /* user data is not read */
        struct kafka_arena arena = {0};
        struct kafka_assigned *a = NULL;
        size_t n = 77;
        unsigned char *exact = malloc(len); /* so that a sanitizer sees one byte too many */
        memcpy(exact, good, len);
        assert_int_equal(kafka_assignment_parse(exact, len, &arena, &a, &n), ERR_INVALID);
        assert_int_equal(n, 77);
        free(exact);
        kafka_arena_done(&arena);
    }
}

static void refuses_lengths_that_lie(void **state)
{
    (void)state;
    static const unsigned char lies[][14] = {
        {0, 0, 0x7f, 0xff, 0xff, 0xff, 0, 1, 'a', 0, 0, 0, 0},
        {0, 0, 0xff, 0xff, 0xff, 0xff, 0, 1, 'a', 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 1, 0xff, 0xff, 'a', 0, 0, 0, 0},
        {0, 0, 0, 0, 0, 1, 0, 1, 'a', 0x7f, 0xff, 0xff, 0xff},
    };
    for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
        struct kafka_arena arena = {0};
        struct kafka_assigned *a;
        size_t n;
        assert_int_equal(kafka_assignment_parse(lies[i], 13, &arena, &a, &n), ERR_INVALID);
        assert_true(arena.bytes < 1000000);
        kafka_arena_done(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_topics_and_partitions),
        cmocka_unit_test(nothing_is_an_empty_assignment),
        cmocka_unit_test(refuses_every_cut),
        cmocka_unit_test(refuses_lengths_that_lie),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
