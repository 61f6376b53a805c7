/* Tests of the picture as lines. */
#include "world.h"

#include "base/mem.h"
#include "base/str.h"
#include "ui/plain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    struct world w;
    struct plain *p;
};

static void setup(struct fixture *f, void (*fill)(struct world *w))
{
    const struct format_options format = {.utc = true};
    world_init(&f->w);
    if (fill)
        fill(&f->w);
    store_commit(f->w.store);
    f->p = plain_new(&f->w.clock, &format);
    plain_attach(f->p, f->w.store);
}

static void teardown(struct fixture *f)
{
    plain_free(f->p);
    world_done(&f->w);
}

static void assert_says(struct fixture *f, bool all, const char *expected)
{
    struct str out = {0};
    plain_say(f->p, all, &out);
    assert_string_equal(str_text(&out), expected);
    str_done(&out);
}

/* Three seconds go by, and a row changes. */
static void change(struct fixture *f, const char *key, const char *column, const char *text)
{
    f->w.now_ms += 3000;
    world_set(&f->w, "groups", key, column, text);
    store_commit(f->w.store);
}

static void test_all_then_changes(void **state)
{
    (void)state;
    static const char everything[] =
        "14:22:07Z 2 wrong, 2 warnings, 41 groups fine; 2 of 2 sources live, read 3 s ago\n"
        "wrong: group audit-archive, 30.2 k messages deleted before it read them, 1.24 M behind\n"
        "wrong: group payments, 84.2 k behind, payments.events-7: stuck at offset 9,189,823 for over 2 min while 260/s "
        "arrive; 2 more stuck\n"
        "warning: cluster prod-eu, 2 partitions under-replicated\n"
        "warning: group fraud-model, 502 k behind, 5 m 40 s, features.raw-3: catching up, done in ~5 min; 23 more "
        "catching up\n";
    struct fixture f;
    setup(&f, world_fill);
    assert_says(&f, false, everything);
    assert_says(&f, false, ""); /* nothing changed */
    assert_says(&f, true, everything);
    change(&f, "prod-eu/payments", "lag", "90000"); /* a number alone is no news */
    assert_says(&f, false, "");
    change(&f, "prod-eu/mailer", "lost", "5");
    assert_says(&f, false,
                "14:22:13Z now wrong: group mailer, 5 messages deleted before it read them, 12 behind\n"
                "14:22:13Z 3 wrong, 2 warnings, 40 groups fine\n");
    change(&f, "prod-eu/payments", "verdict", "rewound");
    assert_says(&f, false,
                "14:22:16Z better, now warning: group payments, 90.0 k behind, payments.events-7: stuck at offset "
                "9,189,823 for over 2 min while 260/s arrive; 2 more stuck\n"
                "14:22:16Z 2 wrong, 3 warnings, 40 groups fine\n");
    f.w.now_ms += 60000;
    change(&f, "prod-eu/mailer", "lost", "0");
    world_set(&f.w, "groups", "prod-eu/payments", "verdict", "stuck");
    world_remove(&f.w, "groups", "prod-eu/audit-archive");
    store_commit(f.w.store);
    assert_says(
        &f, false,
        "14:23:19Z worse, now wrong: group payments, 90.0 k behind, payments.events-7: stuck at offset 9,189,823 "
        "for over 2 min while 260/s arrive; 2 more stuck\n"
        "14:23:19Z not wrong any more: group audit-archive, after over 1 m 12 s\n"
        "14:23:19Z not wrong any more: group mailer, after 1 m 6 s\n"
        "14:23:19Z 1 wrong, 2 warnings, 41 groups fine\n");
    teardown(&f);
}

static void test_calm_and_sources(void **state)
{
    (void)state;
    struct fixture f;
    setup(&f, world_fill_calm);
    assert_says(&f, false, "14:22:07Z nothing wrong, 41 groups fine; 1 of 1 source live, read 3 s ago\n");
    f.w.now_ms += 5000;
    world_set(&f.w, "sources", "kafka:prod-eu", "state", "failed");
    world_set(&f.w, "sources", "kafka:prod-eu", "error", "connection refused");
    store_commit(f.w.store);
    assert_says(&f, false,
                "14:22:12Z now wrong: source kafka:prod-eu, connection refused\n"
                "14:22:12Z 1 wrong, 0 warnings, 41 groups fine\n");
    teardown(&f);
}

/* Before anything was read that is said once; a collector that ends and comes back is compared with what it said before. */
static void test_waiting_and_lost(void **state)
{
    (void)state;
    struct fixture f;
    struct str out = {0};
    struct error err;
    setup(&f, NULL);
    static const char reading[] = "14:22:07Z reading; what is wrong is said as soon as it is known\n";
    assert_says(&f, false, reading);
    assert_says(&f, false, "");
    assert_says(&f, true, reading);
    world_fill(&f.w);
    store_commit(f.w.store);
    plain_say(f.p, false, &out);
    assert_memory_equal(str_text(&out), "14:22:07Z 2 wrong, 2 warnings", 29);
    str_clear(&out);
    error_set(&err, ERR_CLOSED, "the collector was killed by signal 6");
    plain_detach(f.p, &err, &out);
    assert_string_equal(str_text(&out), "14:22:07Z no collector: the collector was killed by signal 6; what was said "
                                        "before may have changed\n");
    str_done(&out);
    assert_says(&f, false, "");
    plain_attach(f.p, f.w.store);
    assert_says(&f, false,
                "14:22:07Z a collector answers again\n"
                "14:22:07Z 2 wrong, 2 warnings, 41 groups fine\n");
    assert_says(&f, false, "");
    change(&f, "prod-eu/payments", "verdict", "ok");
    assert_says(&f, false,
                "14:22:10Z not wrong any more: group payments, after over 3 s\n"
                "14:22:10Z 1 wrong, 2 warnings, 42 groups fine\n");
    teardown(&f);
}

/* Findings are told first and by their ids; what they name is told by them alone. */
static void test_findings(void **state)
{
    (void)state;
    struct fixture f;
    struct str out = {0};
    setup(&f, world_fill_sinks);
    plain_say(f.p, false, &out);
    assert_non_null(
        strstr(str_text(&out),
               " fine; 3 of 3 sources live, read 3 s ago\n"
               "wrong: connector orders-sink (IT-C01), 1.24 M rows not queryable for 6 h 12 m, lag is 0, tasks RUNNING: "
               "every commit fails (18 of 18): SQLiteException: [SQLITE_BUSY] The database file is locked\n"
               "wrong: connector orders-sink (IT-C05), two coordinators start commits in turn"));
    assert_null(strstr(str_text(&out), "group connect-orders-sink"));
    str_done(&out);
    f.w.now_ms += 3000;
    world_remove(&f.w, "findings", "IT-C04/prod-eu/connector clicks-sink");
    store_commit(f.w.store);
    assert_says(&f, false,
                "14:22:10Z not warning any more: connector clicks-sink (IT-C04), after over 3 s\n"
                "14:22:10Z 5 wrong, 2 warnings, 44 groups fine\n");
    teardown(&f);
}

/* A thousand groups that go wrong at once are a hundred lines; names are never more than text. */
static void test_many_and_hostile(void **state)
{
    (void)state;
    struct fixture f;
    struct str out = {0};
    setup(&f, world_fill_calm);
    plain_say(f.p, false, &out);
    str_clear(&out);
    for (int i = 0; i < 300; i++) {
        char key[64];
        snprintf(key, sizeof key, "prod-eu/\x1b[31m%03d\n", i);
        world_set(&f.w, "groups", key, "lag", "7");
        world_set(&f.w, "groups", key, "lost", "7");
    }
    store_commit(f.w.store);
    f.w.now_ms += 3000;
    plain_say(f.p, false, &out);
    int lines = 0;
    for (const char *at = str_text(&out); *at; at++) {
        lines += *at == '\n';
        assert_true(*at == '\n' || (unsigned char)*at >= ' ');
    }
    assert_int_equal(lines, 102);
    assert_non_null(strstr(str_text(&out), "\nand 200 more\n"));
    assert_non_null(strstr(str_text(&out), " 300 wrong, 0 warnings, 41 groups fine\n"));
    str_done(&out);
    teardown(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_then_changes), cmocka_unit_test(test_calm_and_sources),
        cmocka_unit_test(test_waiting_and_lost), cmocka_unit_test(test_findings),
        cmocka_unit_test(test_many_and_hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
