/* Frequent items: exact while all have a counter, within the bounds beyond, merged or not; DataSketches' bytes. */
#include "tests/unit/unit.h"

#include "drift/frequent_image.h"
#include "golden.h"
#include "numbers.h"
#include "random.h"

enum { KINDS = 5000, N = 60000 };

static size_t name_of(char *text, size_t room, unsigned item)
{
    return (size_t)snprintf(text, room, "item %u", item);
}

static void add(struct drift_frequent *s, unsigned item, uint64_t weight)
{
    char text[32];
    drift_frequent_add(s, text, name_of(text, sizeof text, item), weight);
}

/* The number in an item's name. */
static unsigned number_in(const struct drift_frequent_item *item)
{
    unsigned number = 0;
    for (size_t i = strlen("item "); i < item->len; i++)
        number = number * 10 + (unsigned)(item->bytes[i] - '0');
    return number;
}

/* Few items often and many seldom: the share of item i is about that of 1 / (i + 1). */
static unsigned draw(uint64_t *random)
{
    return (unsigned)(pow(KINDS, random_unit(random)) - 1);
}

/* Every item's true weight lies within its bounds, and lists hold what they promise. */
static void check(const struct drift_frequent *s, const uint64_t *truth, uint64_t total)
{
    uint64_t threshold = s->error;
    struct drift_frequent_item *sure, *possible;
    size_t sure_n = drift_frequent_list(s, DRIFT_FREQUENT_SURE, threshold, &sure);
    size_t possible_n = drift_frequent_list(s, DRIFT_FREQUENT_POSSIBLE, threshold, &possible);
    size_t heavy = 0, found = 0;
    assert_int_equal(s->total, total);
    assert_true((double)s->error <= 3.5 / (double)(1u << s->lg) * (double)total);
    assert_true(s->n <= ((size_t)3 << s->lg) / 4);
    for (unsigned i = 0; i < KINDS; i++) {
        char text[32];
        size_t len = name_of(text, sizeof text, i);
        assert_true(drift_frequent_lower(s, text, len) <= truth[i]);
        assert_true(drift_frequent_upper(s, text, len) >= truth[i]);
        heavy += truth[i] > threshold;
        for (size_t j = 0; j < possible_n && truth[i] > threshold; j++)
            found += possible[j].len == len && memcmp(possible[j].bytes, text, len) == 0;
    }
    assert_int_equal(found, heavy); /* none is missing */
    for (size_t i = 0; i < sure_n; i++) {
        assert_true(truth[number_in(&sure[i])] > threshold); /* none is wrong */
        assert_true(!i || sure[i].lower <= sure[i - 1].lower);
    }
    free(sure);
    free(possible);
}

static void few_items_are_exact(void **state)
{
    (void)state;
    struct drift_frequent s;
    drift_frequent_init(&s, 8);
    assert_int_equal(drift_frequent_lower(&s, "a", 1), 0);
    for (unsigned i = 0; i < 192; i++)
        add(&s, i, i + 1);
    drift_frequent_add(&s, "", 0, 0);
    assert_int_equal(s.n, 192);
    assert_int_equal(s.error, 0);
    for (unsigned i = 0; i < 192; i++) {
        char text[32];
        size_t len = name_of(text, sizeof text, i);
        assert_int_equal(drift_frequent_lower(&s, text, len), i + 1);
        assert_int_equal(drift_frequent_upper(&s, text, len), i + 1);
    }
    add(&s, 192, 1); /* one too many */
    assert_true(s.error > 0 && s.n <= 97);
    drift_frequent_done(&s);
    drift_frequent_init(&s, 8);
    drift_frequent_add(&s, "", 0, 2);
    drift_frequent_add(&s, "\0a", 2, 1);
    drift_frequent_add(&s, "\0", 1, 1);
    assert_int_equal(drift_frequent_lower(&s, "", 0), 2);
    assert_int_equal(drift_frequent_lower(&s, "\0a", 2), 1);
    assert_int_equal(s.n, 3);
    drift_frequent_done(&s);
}

static void counts_lie_within_their_bounds(void **state)
{
    (void)state;
    for (unsigned lg = 3; lg <= 10; lg++)
        for (int order = 0; order < 2; order++) {
            static uint64_t truth[KINDS];
            struct drift_frequent s, parts[3];
            uint64_t random = lg;
            memset(truth, 0, sizeof truth);
            drift_frequent_init(&s, lg);
            for (int p = 0; p < 3; p++)
                drift_frequent_init(&parts[p], lg);
            for (int i = 0; i < N; i++) {
                unsigned item = order ? (unsigned)(i * 7 % KINDS) : draw(&random);
                truth[item]++;
                add(&s, item, 1);
                add(&parts[i % 3], item, 1);
            }
            check(&s, truth, N);
            assert_true(drift_frequent_bytes(&s) <= sizeof s + ((size_t)1 << lg) * (24 + 2 * 96) + 64);
            for (int p = 1; p < 3; p++)
                drift_frequent_merge(&parts[0], &parts[p]);
            check(&parts[0], truth, N);
            drift_frequent_done(&s);
            for (int p = 0; p < 3; p++)
                drift_frequent_done(&parts[p]);
        }
}

static void long_items_are_cut(void **state)
{
    (void)state;
    char text[200];
    struct drift_frequent s;
    struct drift_frequent_item *items;
    memset(text, 'x', sizeof text);
    drift_frequent_init(&s, 8);
    drift_frequent_add(&s, text, 128, 1);
    assert_int_equal(s.cut, 0);
    drift_frequent_add(&s, text, 200, 3);
    assert_int_equal(s.cut, 3);
    assert_int_equal(drift_frequent_lower(&s, text, 150), 4);
    memcpy(text + 126, "\xe2\x82\xac", 3); /* a character over the end */
    drift_frequent_add(&s, text, 200, 9);
    memset(text + 100, 0x80, 100); /* no characters at all */
    drift_frequent_add(&s, text, 200, 8);
    assert_int_equal(drift_frequent_list(&s, DRIFT_FREQUENT_SURE, 0, &items), 3);
    assert_int_equal(items[0].len, 126);
    assert_int_equal(items[1].len, 128);
    free(items);
    drift_frequent_done(&s);
}

static void weights_stand_still_at_the_end(void **state)
{
    (void)state;
    struct drift_frequent s;
    drift_frequent_init(&s, 3);
    for (int i = 0; i < 40; i++)
        add(&s, (unsigned)i % 9, UINT64_MAX);
    assert_true(s.total == (uint64_t)1 << 63 && s.error <= s.total);
    drift_frequent_done(&s);
}

static void see_golden(const struct numbers *line)
{
    struct str bytes = {0}, ours = {0}, twice = {0};
    struct drift_frequent s, again;
    golden_read(line->kind, &bytes);
    assert_int_equal(drift_frequent_image_read(&s, bytes.s, bytes.len, NULL), 0);
    drift_frequent_image_write(&s, &ours);
    assert_int_equal(ours.len, bytes.len);
    assert_memory_equal(ours.s, bytes.s, 4);
    assert_int_equal(drift_frequent_image_read(&again, ours.s, ours.len, NULL), 0);
    const struct drift_frequent *both[] = {&s, &again};
    for (int k = 0; k < 2; k++) {
        const double *v = line->values;
        struct drift_frequent_item *items;
        assert_int_equal(both[k]->lg, v[0]);
        assert_int_equal(both[k]->total, v[1]);
        assert_int_equal(both[k]->n, v[3]);
        assert_int_equal(drift_frequent_list(both[k], DRIFT_FREQUENT_SURE, both[k]->error, &items), v[5]);
        free(items);
        assert_int_equal(drift_frequent_list(both[k], DRIFT_FREQUENT_POSSIBLE, both[k]->error, &items), v[6]);
        free(items);
        v += 7;
        for (unsigned i = 0; i < 20; i++, v += 3) {
            char text[32];
            size_t len = name_of(text, sizeof text, i);
            assert_int_equal(drift_frequent_lower(both[k], text, len), v[0]);
            assert_int_equal(drift_frequent_upper(both[k], text, len), v[2]);
        }
    }
    drift_frequent_image_write(&again, &twice);
    assert_memory_equal(ours.s, twice.s, ours.len);
    struct error err;
    drift_frequent_done(&again);
    for (size_t len = 0; len < bytes.len; len++)
        assert_int_equal(drift_frequent_image_read(&again, bytes.s, len, &err), ERR_INVALID);
    str_char(&bytes, 0);
    assert_int_equal(drift_frequent_image_read(&again, bytes.s, bytes.len, &err), ERR_INVALID);
    drift_frequent_done(&s);
    str_done(&bytes);
    str_done(&ours);
    str_done(&twice);
}

static void its_bytes_give_its_answers(void **state)
{
    (void)state;
    numbers_each("sketches/frequent.txt", see_golden);
}

/* Two items as the package writes them, but for their order: it is that of its hashes there, of the weights here. */
static void two_items_have_its_bytes(void **state)
{
    (void)state;
    struct drift_frequent s;
    struct str bytes = {0};
    drift_frequent_init(&s, 10);
    drift_frequent_add(&s, "bb", 2, 2);
    drift_frequent_add(&s, "a", 1, 3);
    drift_frequent_image_write(&s, &bytes);
    golden_hex(&bytes,
               "04010a0a0300000002000000000000000500000000000000000000000000000003000000000000000200000000000000"
               "0100000061020000006262");
    drift_frequent_done(&s);
    str_done(&bytes);
}

static void bad_bytes_are_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t byte;
        const char *why;
        int code;
    } cases[] = {
        {0, 1, "preamble", ERR_INVALID},         {1, 2, "version 2", ERR_INVALID},
        {2, 7, "family", ERR_INVALID},           {3, 17, "2^17", ERR_LIMIT},
        {3, 2, "of 2^2", ERR_INVALID},           {4, 11, "2^11 of", ERR_INVALID},
        {5, 4, "preamble", ERR_INVALID},         {8, 7, "7 of them", ERR_INVALID},
        {8, 0, "0 of them", ERR_INVALID},        {8, 3, "ends within", ERR_INVALID},
        {16, 4, "item 2 weighs", ERR_INVALID},   {24, 6, "are not 2", ERR_INVALID},
        {32, 0, "item 1 weighs 0", ERR_INVALID}, {48, 200, "ends within", ERR_INVALID},
        {8, 1, "behind", ERR_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str bytes = {0};
        struct drift_frequent s;
        struct error err = {0};
        golden_read("frequent_two", &bytes);
        bytes.s[cases[i].at] = (char)cases[i].byte;
        if (drift_frequent_image_read(&s, bytes.s, bytes.len, &err) != cases[i].code || !strstr(err.text, cases[i].why))
            fail_msg("byte %zu as %u: %s, not %s", cases[i].at, cases[i].byte, err.text, cases[i].why);
        str_done(&bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_items_are_exact),        cmocka_unit_test(counts_lie_within_their_bounds),
        cmocka_unit_test(long_items_are_cut),         cmocka_unit_test(weights_stand_still_at_the_end),
        cmocka_unit_test(its_bytes_give_its_answers), cmocka_unit_test(two_items_have_its_bytes),
        cmocka_unit_test(bad_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
