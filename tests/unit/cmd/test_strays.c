/* What is printed on standard error of a collector that nobody sees is told. */
#include "tests/unit/unit.h"

#include "cmd/strays.h"
#include "source/source.h"

#include <event2/event.h>
#include <fcntl.h>
#include <unistd.h>

struct world {
    struct event_base *base;
    struct store *store;
    struct scheduler *scheduler; /* brings the table */
    int before;
};

static int setup(void **state)
{
    static struct world w;
    w.base = event_base_new();
    w.store = store_new(&clock_system);
    w.scheduler = scheduler_new(w.base, w.store);
    w.before = dup(STDERR_FILENO);
    int null = open("/dev/null", O_WRONLY);
    dup2(null, STDERR_FILENO);
    close(null);
    *state = &w;
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    dup2(w->before, STDERR_FILENO);
    close(w->before);
    scheduler_free(w->scheduler);
    store_free(w->store);
    event_base_free(w->base);
    return 0;
}

static struct row *last_event(const struct world *w)
{
    struct row *last = NULL;
    for (struct row *r = table_first(store_find(w->store, "events")); r; r = row_next(r))
        last = r;
    return last;
}

static void turn(struct world *w)
{
    event_base_loop(w->base, EVLOOP_NONBLOCK);
}

static void lines_become_events(void **state)
{
    struct world *w = *state;
    struct error err;
    struct cmd_strays *s = NULL;
    assert_int_equal(cmd_strays_new(w->base, w->store, &s, &err), 0);
    assert_non_null(s);
    fputs("GSSAPI: a word ", stderr);
    turn(w);
    assert_null(last_event(w)); /* not yet a line */
    fputs("of a \x1b[31mlibrary\n", stderr);
    turn(w);
    assert_non_null(last_event(w));
    assert_string_equal(row_get(last_event(w), EVENTS_TEXT).s->raw, "GSSAPI: a word of a \x1b[31mlibrary");
    assert_null(strchr(row_text(last_event(w), "text"), '\x1b')); /* nothing colours a terminal */
    assert_string_equal(row_get(last_event(w), EVENTS_SUBJECT).s->raw, "standard error");
    assert_string_equal(row_get(last_event(w), EVENTS_SEVERITY).s->raw, "warn");
    cmd_strays_free(s);
    fputs("to nobody\n", stderr);
    turn(w);
    assert_string_equal(row_get(last_event(w), EVENTS_TEXT).s->raw, "GSSAPI: a word of a \x1b[31mlibrary");
}

/* Neither the pipe nor the table fills, and who writes never waits. */
static void a_flood_is_counted(void **state)
{
    struct world *w = *state;
    struct error err;
    struct cmd_strays *s = NULL;
    assert_int_equal(cmd_strays_new(w->base, w->store, &s, &err), 0);
    char block[4096];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 100; i++) /* far more than a pipe holds */
        (void)!write(STDERR_FILENO, block, sizeof block);
    for (int i = 0; i < 100; i++)
        turn(w);
    for (int i = 0; i < 1000; i++) {
        fprintf(stderr, "line %d\n", i);
        turn(w);
    }
    size_t n = table_nrows(store_find(w->store, "events"));
    assert_in_range(n, 1, 45); /* twice what is shown in a span, should one have ended, and the word on the rest */
    for (struct row *r = table_first(store_find(w->store, "events")); r; r = row_next(r))
        assert_in_range(row_get(r, EVENTS_TEXT).s->len, 1, 400);
    cmd_strays_free(s);
}

static void what_somebody_reads_is_left_alone(void **state)
{
    struct world *w = *state;
    struct error err;
    int ends[2];
    struct cmd_strays *s = (struct cmd_strays *)w;
    assert_int_equal(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    assert_int_equal(cmd_strays_new(w->base, w->store, &s, &err), 0);
    assert_null(s);
    fputs("here\n", stderr);
    char buf[8];
    assert_int_equal(read(ends[0], buf, sizeof buf), 5);
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(lines_become_events),
        TEST(a_flood_is_counted),
        TEST(what_somebody_reads_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
