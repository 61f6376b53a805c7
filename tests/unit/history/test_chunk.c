/* The codec of chunks and of the journal: whatever goes in comes out, bit by bit. */
#include "tests/unit/unit.h"

#include "base/vec.h"
#include "history/chunk.h"
#include "history/journal.h"
#include "history/pack.h"

#include <float.h>
#include <math.h>

/* A small generator of numbers, so that every run tries the same ones. */
static uint64_t next(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static int64_t odd_integer(uint64_t *state)
{
    static const int64_t odd[] = {0, 1, -1, INT64_MAX, INT64_MIN, (INT64_C(1) << 53) + 1, 127, 128};
    uint64_t n = next(state);
    return n % 3 ? (int64_t)(next(state) >> (n % 64)) : odd[next(state) % 8];
}

static double odd_real(uint64_t *state)
{
    const double odd[] = {NAN, INFINITY, -INFINITY, 0.0, -0.0, DBL_MAX, DBL_MIN, 5e-324, 0.1, 1.5, -1234.5, 84.27};
    uint64_t n = next(state), bits = next(state);
    double any;
    memcpy(&any, &bits, sizeof any); /* NaNs with payloads among them */
    return n % 3 == 0 ? any : n % 3 == 1 ? odd[bits % 12] : (double)(int64_t)(bits % 100000) / 100;
}

static struct history_sample odd_sample(uint64_t *state, int64_t *time)
{
    struct history_sample s = {.quality = next(state) % (QUALITY_STALE + 1), .fresh = next(state) % 8 == 0};
    *time += 1 + (int64_t)(next(state) % 4 ? 60000 : next(state) % 100000000);
    s.time_ms = *time;
    if (s.quality == QUALITY_UNKNOWN)
        return s;
    s.real = next(state) % 2;
    if (s.real)
        s.d = odd_real(state);
    else
        s.i = odd_integer(state);
    return s;
}

static void assert_same(const struct history_sample *a, const struct history_sample *b)
{
    assert_int_equal(a->time_ms, b->time_ms);
    assert_int_equal(a->quality, b->quality);
    assert_int_equal(a->fresh, b->fresh);
    if (a->quality == QUALITY_UNKNOWN)
        return;
    assert_int_equal(a->real, b->real);
    assert_memory_equal(&a->i, &b->i, sizeof a->i); /* reals by their bits */
}

static void chunks_come_back(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int round = 0; round < 3000; round++) {
        struct history_samples in = {0}, out = {0};
        struct history_chunk_head head;
        struct str bytes = {0};
        int64_t time = round % 7 ? 1700000000000 : -5;
        for (size_t n = next(&random) % 300; n; n--)
            vec_push(&in, odd_sample(&random, &time));
        history_chunk_encode(&bytes, in.items, in.n, round % 2, round);
        assert_int_equal(history_chunk_decode(bytes.s, bytes.len, &head, &out), 0);
        assert_int_equal(head.n, in.n);
        assert_int_equal(head.texts, round % 2);
        assert_int_equal(head.resolution_ms, round);
        assert_int_equal(out.n, in.n);
        for (size_t i = 0; i < in.n; i++)
            assert_same(&in.items[i], &out.items[i]);
        if (bytes.len) /* a cut one is refused, and nothing is written */
            assert_int_equal(history_chunk_decode(bytes.s, next(&random) % bytes.len, NULL, &out), ERR_INVALID);
        assert_int_equal(out.n, in.n);
        str_done(&bytes);
        vec_done(&in);
        vec_done(&out);
    }
}

static void steady_series_are_small(void **state)
{
    (void)state;
    struct history_samples in = {0};
    struct str bytes = {0};
    for (int i = 0; i < 240; i++)
        vec_push(&in, (struct history_sample){
                          .time_ms = 1700000000000 + 60000 * i, .i = 1000000 + 840 * i, .quality = QUALITY_EXACT});
    history_chunk_encode(&bytes, in.items, in.n, false, 0);
    assert_true(bytes.len < 240 * 3 + 32);
    str_done(&bytes);
    vec_done(&in);
}

static void extreme_times_come_back(void **state)
{
    (void)state;
    const struct history_sample in[] = {{.time_ms = INT64_MIN, .quality = QUALITY_EXACT, .i = 1},
                                        {.time_ms = 0, .quality = QUALITY_UNKNOWN},
                                        {.time_ms = INT64_MAX, .quality = QUALITY_GE, .i = 2}};
    struct history_samples out = {0};
    struct str bytes = {0};
    history_chunk_encode(&bytes, in, 3, false, 0);
    assert_int_equal(history_chunk_decode(bytes.s, bytes.len, NULL, &out), 0);
    for (size_t i = 0; i < 3; i++)
        assert_same(&in[i], &out.items[i]);
    str_done(&bytes);
    vec_done(&out);
}

static void malformed_chunks_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
    } bad[] = {
        {"", 0},
        {"\x02\x00\x00\x00", 4},                                      /* another version */
        {"\x01\x02\x00\x00", 4},                                      /* an unknown flag */
        {"\x01\x00\x00\x05\x01", 5},                                  /* more samples than bytes */
        {"\x01\x00\x00\x01\x06\x02", 6},                              /* no such quality */
        {"\x01\x00\x00\x01\x08\x02", 6},                              /* an unknown real */
        {"\x01\x00\x00\x01\x81\x02", 6},                              /* no such form of an integer */
        {"\x01\x00\x00\x01\x01\x02\x00", 7},                          /* bytes left over */
        {"\x01\x00\x00\x02\x01\x02\x01\x01", 8},                      /* time stands still */
        {"\x01\x00\x00\x01\xC9\x02\x09\x02", 8},                      /* a real of ten to the 9 */
        {"\x01\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F\x00", 13}, /* no 64 bits */
    };
    struct history_samples out = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(history_chunk_decode(bad[i].bytes, bad[i].len, NULL, &out), ERR_INVALID);
    assert_int_equal(out.n, 0);
    vec_done(&out);
}

static void journals_come_back(void **state)
{
    (void)state;
    uint64_t random = 7;
    struct history_journal j = {0};
    struct history_samples in = {0};
    struct history_entries out = {0};
    int64_t time = 1700000000000;
    for (int i = 0; i < 5000; i++) {
        vec_push(&in, odd_sample(&random, &time));
        history_journal_add(&j, 1024 * (i % 50) + i % 7, &in.items[i], false);
    }
    const struct history_filter all = {.low = 0, .high = INT64_MAX, .slot = -1, .of = 1};
    assert_int_equal(history_journal_decode(j.data.s, j.data.len, &all, &out), 0);
    assert_int_equal(out.n, in.n);
    for (size_t i = 0; i < in.n; i++) {
        assert_int_equal(out.items[i].series, 1024 * (i % 50) + i % 7);
        assert_same(&in.items[i], &out.items[i].sample);
    }
    const struct history_filter some = {.low = 1024 * 3, .high = 1024 * 4, .slot = 3, .of = 1};
    out.n = 0;
    assert_int_equal(history_journal_decode(j.data.s, j.data.len, &some, &out), 0);
    assert_true(out.n > 0);
    for (size_t i = 0; i < out.n; i++)
        assert_int_equal(out.items[i].series, 1024 * 3 + 3);
    out.n = 0;
    assert_int_equal(history_journal_decode(j.data.s, j.data.len - 1, &all, &out), ERR_INVALID);
    assert_int_equal(out.n, 0);
    history_journal_done(&j);
    vec_done(&in);
    vec_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_come_back),        cmocka_unit_test(steady_series_are_small),
        cmocka_unit_test(extreme_times_come_back), cmocka_unit_test(malformed_chunks_are_refused),
        cmocka_unit_test(journals_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
