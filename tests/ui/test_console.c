/* The console on its demo: every view, what the keys do, every size, and nothing remote that reaches the terminal raw. */
#include "tests/ui/console.h"

#include "base/mem.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const demo[] = {"--demo", "--no-history", "-d", "1", NULL};

static int setup(void **state)
{
    *state = console_new();
    return 0;
}

static int teardown(void **state)
{
    console_free(*state);
    return 0;
}

/* Esc on its own: a key that follows at once would make Alt of the two. */
static void leave(struct screen *s, const char *gone)
{
    screen_key(s, "Esc");
    screen_expect_gone(s, gone);
}

static void test_overview(void **state)
{
    struct console *c = *state;
    struct screen *s = console_run(c, 100, 30, demo);
    screen_expect_regex(s, "^icetop +default +[0-9:]{8} .*1[0-4] of 14 live, .* ago, every 1 s$");
    screen_expect_regex(s, "^  BEHIND [0-9]+ +lag +behind .*last [0-9]+ min");
    screen_expect_regex(s, "^. mailer +[0-9.]+ k ");
    screen_expect_regex(s, "^. default +1 partition under-replicated");
    screen_expect_regex(s, "^  CLUSTERS 1 +brokers +topics");
    screen_expect_regex(s, "^. default +3 +16 ");
    screen_expect_regex(s, "groups? caught up|more behind");
    screen_expect_regex(s, "^  LATEST EVENTS");
    screen_expect_regex(s, "^Enter open  Tab next pane .*\\? help");
    assert_true(screen_alternate(s));
    console_quit(c);
}

static void test_groups(void **state)
{
    struct console *c = *state;
    struct screen *s = console_run(c, 100, 30, demo);
    screen_expect(s, "BEHIND");
    screen_key(s, "2");
    screen_expect(s, "GROUPS 3");
    screen_send(s, "/group = \"mailer\"\r");
    screen_expect(s, "1 of 34: group = \"mailer\"");
    screen_expect_regex(s, "^. mailer ");
    screen_key(s, "Enter");
    screen_expect_regex(s, "^groups › mailer +Stable, 2 members, 3 partitions");
    screen_expect_regex(s, "^lag [0-9.]+ k +max .*in/s [0-9.]+ .*out/s ");
    screen_expect(s, "PARTITIONS 3");
    screen_expect_regex(s, "^. [012] +[0-9.]+ k .*[0-9]{3},[0-9]{3}");
    screen_expect(s, "MEMBERS 2");
    screen_expect(s, "mail.outbox(1,2)");
    screen_key(s, "i"); /* every column of the partition */
    screen_expect_regex(s, "^ +committed +[0-9,]+");
    screen_expect(s, "End minus the greater of committed and start");
    screen_send(s, "jj"); /* lag, lag_s, committed */
    screen_expect(s, "The committed offset");
    leave(s, "The committed offset");
    leave(s, "groups › mailer");
    screen_expect(s, "1 of 34");
    leave(s, "1 of 34"); /* the filter goes before the view does */
    screen_expect(s, "GROUPS 3");
    leave(s, "GROUPS 3");
    screen_expect(s, "BEHIND");
}

static void test_records(void **state)
{
    struct console *c = *state;
    struct screen *s = console_run(c, 100, 30, demo);
    screen_expect(s, "BEHIND");
    screen_send(s, "2/group = \"mailer\"\r");
    screen_expect(s, "1 of 34: group = \"mailer\"");
    screen_expect_regex(s, "^. mailer ");
    screen_key(s, "Enter");
    screen_expect(s, "PARTITIONS 3");
    screen_key(s, "o");
    screen_expect_regex(s, "^mail.outbox [012]  offset [0-9,]+, [0-9,]+ to the end .*record 1 of 10 read");
    screen_expect_regex(s, "^time   20.* old \\(CreateTime\\)");
    screen_expect_regex(s, "^value  [0-9]+ B, as json");
    screen_expect(s, "mailer stands here");
    screen_expect_regex(s, "^  \"topic\": \"mail.outbox\",$");
    screen_key(s, "n");
    screen_expect(s, "record 2 of 10 read");
    screen_send(s, "fff"); /* text, JSON, hex */
    screen_expect_regex(s, "^00000000  7b 22 74 6f 70 69 63 22");
    leave(s, "00000000");
    screen_expect(s, "PARTITIONS 3");
    console_quit(c);
}

static void test_filter(void **state)
{
    struct console *c = *state;
    struct screen *s = console_run(c, 100, 30, demo);
    screen_expect(s, "BEHIND");
    screen_send(s, "2/mail");
    screen_expect_regex(s, "^/mail .*2 of 34$");
    screen_expect(s, "GROUPS 2");
    screen_expect_gone(s, "billing-export");
    screen_send(s, " and");
    screen_expect(s, "it ends here");
    screen_expect(s, "GROUPS 2"); /* the last one that was right */
    screen_expect_regex(s, "^/mail and .*2 of 34$");
    screen_send(s, " lag >"); /* on the way "mail and lag" was right as well: rows may come and go */
    screen_expect(s, "it ends here");
    screen_send(s, " 1000");
    screen_expect_gone(s, "it ends here");
    screen_expect_regex(s, "^/mail and lag > 1000 .*1 of 34$");
    screen_expect_regex(s, "^  GROUPS 1 ");
    screen_key(s, "Enter");
    screen_expect_regex(s, "^groups .*1 of 34: mail and lag > 1000$");
    screen_send(s, "/ and (");
    screen_expect_regex(s, "╷ expected ");
    screen_expect_regex(s, "^  GROUPS 1 ");
    leave(s, "╷ "); /* and what was before it is back */
    screen_expect(s, "1 of 34: mail and lag > 1000");
}

/* Where the texts stand: a above b. */
static bool above(struct screen *s, void *arg)
{
    const char *const *names = arg;
    int x, upper, lower;
    return screen_find(s, names[0], &x, &upper) && screen_find(s, names[1], &x, &lower) && upper < lower;
}

static void test_keys(void **state)
{
    struct console *c = *state;
    struct screen *s = console_run(c, 120, 50, demo);
    screen_expect(s, "BEHIND");
    screen_key(s, "2");
    screen_expect(s, "GROUPS 3");
    screen_key(s, "s");
    screen_expect(s, "SORT BY");
    screen_key(s, "j"); /* by group */
    screen_key(s, "Enter");
    screen_expect_gone(s, "SORT BY");
    screen_expect_regex(s, "^groups .*by group$");
    static const char *const down[] = {"· cart ", "· web-analytics "}, *const up[] = {"· web-analytics ", "· cart "};
    assert_true(screen_wait(s, above, (void *)(uintptr_t)down, SCREEN_DEADLINE));
    screen_key(s, "S");
    screen_expect_regex(s, "by group, inverted$");
    assert_true(screen_wait(s, above, (void *)(uintptr_t)up, SCREEN_DEADLINE));
    screen_key(s, "S");
    screen_expect_gone(s, "inverted");
    screen_expect_regex(s, " lag +behind ");
    screen_key(s, "c");
    screen_expect(s, "[x] lag_s ");
    screen_send(s, "jjj ");
    screen_expect(s, "[ ] lag_s ");
    leave(s, "COLUMNS");
    screen_expect_regex(s, " lag +(not queryable +oldest +)?verdict ");
    screen_key(s, "u");
    screen_expect_regex(s, "billing-export +[0-9]{3},[0-9]{3} ");
    screen_key(s, "u");
    screen_expect_regex(s, "billing-export +[0-9]{3} k ");
    screen_key(s, "z");
    screen_expect_regex(s, "[0-9]:[0-9]{2}Z ");
    screen_key(s, "?");
    screen_expect_regex(s, "^/ +Shows only rows");
    screen_key(s, "PgDn");
    screen_expect_regex(s, "^q \\^C +Ends icetop");
    leave(s, "Ends icetop");
    screen_key(s, "p");
    screen_expect(s, "paused, ");
    screen_expect_regex(s, "paused, ([2-9]|[1-9][0-9]+) changes since"); /* time goes on, the picture does not */
    screen_key(s, "p");
    screen_expect_gone(s, "paused");
    console_quit(c);
}

static void test_views(void **state)
{
    struct console *c = *state;
    struct screen *s = console_run(c, 100, 30, demo);
    screen_expect(s, "BEHIND");
    screen_key(s, "3");
    screen_expect_regex(s, "^  TOPICS 16 +in/s");
    screen_expect_regex(s, "^. payments\\.transactions ");
    screen_send(s, "/orders.created\r\r");
    screen_expect_regex(s, "^topics › orders\\.created +6 partitions");
    screen_expect_regex(s, "^  GROUPS ON IT");
    screen_key(s, "4");
    screen_expect_regex(s, "^  BROKERS 3 +host");
    screen_expect_regex(s, "^. [123] +127\\.0\\.0\\.1 .*up");
    screen_key(s, "0");
    screen_expect_regex(s, "^  SOURCES 14 +state");
    screen_expect_regex(s, "^· kafka:default +ok ");
    screen_key(s, "L");
    screen_expect_regex(s, "^  EVENTS");
    screen_send(s, ":gro\t");
    screen_expect(s, ":groups");
    screen_key(s, "Enter");
    screen_expect(s, "GROUPS 3");
    screen_key(s, "["); /* the view before */
    screen_expect_regex(s, "^  EVENTS");
    screen_key(s, "1");
    screen_expect(s, "BEHIND");
}

/* Sizes while it runs: what belongs to each is there, at its place, and the way back is clean. */
static void test_sizes(void **state)
{
    struct console *c = *state;
    struct screen *s = console_run(c, 80, 24, demo);
    screen_expect_regex(s, "^  BEHIND .*last [0-9]+ min");
    screen_resize(s, 40, 12);
    screen_expect_gone(s, " min");
    screen_expect_regex(s, "^  BEHIND [0-9]+ +lag");
    screen_expect_regex(s, "help$");
    screen_resize(s, 200, 50);
    screen_expect_regex(s, "^icetop .{150,}ago, every 1 s$");
    screen_expect_regex(s, "LATEST EVENTS");
    screen_expect_regex(s, "q quit$");
    char *last = screen_row(s, 49);
    assert_non_null(strstr(last, "q quit"));
    free(last);
    screen_send(s, "2/group = \"mailer\"\r\r");
    screen_expect(s, "groups › mailer");
    screen_resize(s, 40, 12);
    screen_expect_regex(s, "^groups › mailer +");
    screen_expect(s, "PARTITIONS 3");
    screen_resize(s, 20, 4);
    screen_expect_regex(s, "^Enter open  \\? help$");
    screen_expect_regex(s, "^  PARTITIONS 3");
    screen_resize(s, 80, 24);
    screen_expect(s, "MEMBERS 2");
    screen_expect_regex(s, "^groups › mailer +Stable");
    console_quit(c);
}

/* Rows below the 24 that most terminals begin with scroll like all others: nothing stale stays at the bottom. */
static void test_tall(void **state)
{
    static const int heights[] = {30, 50, 24};
    struct console *c = *state;
    for (size_t i = 0; i < sizeof heights / sizeof *heights; i++) {
        struct screen *s = console_run(c, 100, heights[i], demo);
        screen_expect_regex(s, "^Enter open ");
        screen_expect_regex(s, "^  BEHIND [0-9]+");
        for (int k = 0; k < 4; k++) { /* as much scrolling as views can make */
            screen_key(s, k % 2 ? "1" : "2");
            screen_expect(s, k % 2 ? "LATEST EVENTS" : "GROUPS 3");
        }
        char *last = screen_row(s, heights[i] - 1);
        const char *help = strstr(last, "? help");
        assert_non_null(help);
        assert_true(strcmp(help, "? help") == 0 || strncmp(help, "? help  q quit", 14) == 0);
        free(last);
        console_quit(c);
    }
}

static void assert_ascii(struct screen *s, int width, int height)
{
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            VTermScreenCell cell = screen_cell(s, x, y);
            assert_true(cell.chars[0] <= 0x7e && cell.chars[1] == 0);
        }
    }
    for (const char *raw = screen_raw(s); *raw; raw++)
        assert_true((unsigned char)*raw <= 0x7e);
}

static void test_ascii(void **state)
{
    static const char *const arguments[] = {"--demo", "--no-history", "-d", "1", "--ascii", NULL};
    static const char *const keys[] = {"2", "3", "4", "0", "L", "?"};
    static const char *const texts[] = {"GROUPS 3", "TOPICS 16", "BROKERS 3", "SOURCES", "EVENTS", "KEYS"};
    struct console *c = *state;
    struct screen *s = console_run(c, 100, 40, arguments);
    screen_expect(s, "BEHIND");
    screen_expect_regex(s, "^[X!.] mailer ");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        screen_key(s, keys[i]);
        screen_expect(s, texts[i]);
        assert_ascii(s, 100, 40);
    }
    leave(s, "KEYS");
    screen_send(s, "2/group = \"mailer\"\r");
    screen_expect(s, "1 of 34: group = \"mailer\"");
    screen_key(s, "Enter");
    screen_expect(s, "groups > mailer");
    screen_expect(s, "PARTITIONS 3");
    assert_ascii(s, 100, 40);
    console_quit(c);
}

/* A group whose name would colour, ring, retitle and turn the line round is drawn as what it is. */
static void test_hostile_name(void **state)
{
    struct console *c = *state;
    struct screen *s = console_run(c, 120, 50, demo);
    screen_expect(s, "BEHIND");
    screen_key(s, "2");
    screen_expect(s, "GROUPS 3");
    screen_expect(s, "[31mred");
    screen_expect(s, "gnp.\\xFF\\xC3(");
    screen_send(s, "/group ~ \"red\"\r");
    screen_expect(s, "1 of 34");
    screen_send(s, "i");
    screen_expect_regex(s, "^ +group +.*owned");
    leave(s, "The coordinator's word");
    screen_key(s, "Enter");
    screen_expect_regex(s, "^groups › .*owned");
    const char *raw = screen_raw(s);
    assert_null(strstr(raw, "\033[31mred"));
    assert_null(strstr(raw, "\033]0;"));
    assert_null(strchr(raw, '\a'));
    assert_null(strchr(raw, '\xff'));
    assert_null(strstr(raw, "\xe2\x80\xae"));
    console_quit(c);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_overview), T(test_groups), T(test_records), T(test_filter), T(test_keys),
        T(test_views),    T(test_sizes),  T(test_tall),    T(test_ascii),  T(test_hostile_name),
    };
    setlocale(LC_CTYPE, "C.UTF-8");                /* for regular expressions: one sign is one character */
    cmocka_set_test_filter(getenv("TEST_FILTER")); /* one of them, by name, for looking closer */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
