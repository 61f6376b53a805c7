/* Entries of a log, whatever pieces it comes in: their lines, their ends, their cap. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/vec.h"
#include "connect/entries.h"
#include "connect/line.h"
#include "tests/unit/connect/log.h"

#define AT "[2026-11-21 05:44:36,933] INFO "

struct told {
    char *entry;
    size_t len;
    int64_t line;
};

struct all {
    VEC(struct told) list;
};

static void on_entry(void *arg, const char *entry, size_t len, int64_t line)
{
    struct all *a = arg;
    vec_push(&a->list, ((struct told){mem_memdup(entry, len), len, line}));
}

static void forget(struct all *a)
{
    for (size_t i = 0; i < a->list.n; i++)
        free(a->list.items[i].entry);
    vec_done(&a->list);
}

static void assert_told(const struct all *a, size_t i, const char *entry, int64_t line)
{
    assert_true(i < a->list.n);
    assert_string_equal(a->list.items[i].entry, entry);
    assert_int_equal(a->list.items[i].len, strlen(entry));
    assert_int_equal(a->list.items[i].line, line);
}

static void test_pieces(void **state)
{
    (void)state;
    static const char log[] =
        "\tof an entry before\n" AT "one\n" AT "two\r\na.B: c\r\n\tat d\n\n" AT "three\n" AT "four";
    for (size_t size = 1; size < sizeof log; size++) {
        struct all a = {0};
        struct connect_entries e;
        connect_entries_init(&e, on_entry, &a);
        for (size_t at = 0; at < sizeof log - 1; at += size)
            connect_entries_feed(&e, log + at, size < sizeof log - 1 - at ? size : sizeof log - 1 - at);
        assert_int_equal(a.list.n, 2);
        connect_entries_pause(&e); /* the last line is not whole */
        assert_int_equal(a.list.n, 3);
        assert_false(connect_entries_open(&e));
        connect_entries_end(&e, true);
        assert_int_equal(a.list.n, 4);
        assert_told(&a, 0, AT "one", 2);
        assert_told(&a, 1, AT "two\na.B: c\n\tat d\n", 3);
        assert_told(&a, 2, AT "three", 7);
        assert_told(&a, 3, AT "four", 8);
        assert_int_equal(e.counts.lines, 8);
        assert_int_equal(e.counts.entries, 4);
        assert_int_equal(e.counts.orphans, 1);
        assert_int_equal(e.counts.cut, 0);
        connect_entries_feed(&e, AT "anew\n", strlen(AT "anew\n"));
        connect_entries_pause(&e);
        assert_told(&a, 4, AT "anew", 1);
        connect_entries_feed(&e, "\tlate\n", 6); /* after a pause it belongs to nothing */
        assert_int_equal(e.counts.orphans, 2);
        connect_entries_done(&e);
        forget(&a);
    }
}

/* A run's log in pieces is the log as a whole. */
static void collect(void *arg, const char *entry, size_t len)
{
    while (len && entry[len - 1] == '\n')
        len--;
    on_entry(arg, entry, len, 0);
}

static void test_run(void **state)
{
    (void)state;
    struct str log = log_load("failing-1.11.0");
    struct all whole = {0}, pieces = {0};
    struct connect_entries e;
    log_each(&log, collect, &whole);
    connect_entries_init(&e, on_entry, &pieces);
    for (size_t at = 0; at < log.len; at += 1000)
        connect_entries_feed(&e, log.s + at, log.len - at < 1000 ? log.len - at : 1000);
    connect_entries_end(&e, false);
    assert_int_equal(pieces.list.n, whole.list.n);
    for (size_t i = 0; i < whole.list.n; i++)
        assert_string_equal(pieces.list.items[i].entry, whole.list.items[i].entry);
    connect_entries_done(&e);
    forget(&whole);
    forget(&pieces);
    str_done(&log);
}

/* Prefixes of who carries the log stay with the first line and go from the others. */
static void test_carried(void **state)
{
    (void)state;
    static const char log[] = "2026-11-21T05:44:37.1Z stdout F " AT "broken\n"
                              "2026-11-21T05:44:37.1Z stdout F a.B: c\n"
                              "2026-11-21T05:44:37.1Z stdout F \tat d\n"
                              "2026-11-21T05:44:37.1Z stdout F Caused by: e\n";
    struct all a = {0};
    struct connect_entries e;
    connect_entries_init(&e, on_entry, &a);
    connect_entries_feed(&e, log, sizeof log - 1);
    connect_entries_end(&e, false);
    assert_int_equal(a.list.n, 1);
    struct connect_line line;
    assert_int_equal(connect_line_read(a.list.items[0].entry, a.list.items[0].len, 0, &line, NULL), 0);
    assert_memory_equal(line.text.s, "broken", 6);
    assert_int_equal(line.trace.len, strlen("a.B: c\n\tat d\nCaused by: e"));
    assert_memory_equal(line.cause.s, "e", 1);
    connect_entries_done(&e);
    forget(&a);
}

/* A line of 20 MB, and an entry of as many in short lines, keep no more than the cap. */
static void test_cap(void **state)
{
    (void)state;
    enum { MB = 1024 * 1024, BIG = 20 * MB };
    struct all a = {0};
    struct connect_entries e;
    char *piece = mem_alloc(MB);
    memset(piece, 'x', MB);
    connect_entries_init(&e, on_entry, &a);
    connect_entries_feed(&e, AT, strlen(AT));
    for (int i = 0; i < 20; i++)
        connect_entries_feed(&e, piece, MB);
    assert_true(e.line.room + e.entry.room <= 4 * CONNECT_ENTRIES_BYTES);
    connect_entries_feed(&e, "\n", 1);
    for (int i = 99; i < MB; i += 100)
        piece[i] = '\n';
    connect_entries_feed(&e, AT "many\n", strlen(AT "many\n"));
    for (int i = 0; i < 20; i++)
        connect_entries_feed(&e, piece, MB);
    connect_entries_feed(&e, "\n" AT "short\n", strlen("\n" AT "short\n"));
    connect_entries_end(&e, false);
    assert_int_equal(a.list.n, 3);
    assert_int_equal(a.list.items[0].len, CONNECT_ENTRIES_BYTES);
    assert_int_equal(a.list.items[1].len, CONNECT_ENTRIES_BYTES);
    assert_string_equal(a.list.items[2].entry, AT "short");
    assert_int_equal(e.counts.cut, 2);
    /* of the second: all that it has, with a newline before each of its lines and none at the end */
    const int64_t first = (int64_t)strlen(AT) + BIG, second = (int64_t)strlen(AT "many") + BIG + 1;
    assert_int_equal(e.counts.cut_bytes, first + second - 2 * CONNECT_ENTRIES_BYTES);
    assert_true(e.line.room + e.entry.room <= 4 * CONNECT_ENTRIES_BYTES);
    connect_entries_done(&e);
    forget(&a);
    free(piece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_carried),
        cmocka_unit_test(test_cap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
