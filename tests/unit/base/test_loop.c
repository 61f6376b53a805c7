/* Work in slices lets everything else come first; as ordinary events the same slices would not. */
#include "tests/unit/unit.h"

#include "base/loop.h"

#include <event2/event.h>
#include <unistd.h>

enum { SLICES = 100 };

struct fixture {
    struct event *turn;
    int slices, at_read; /* at_read: how many slices had been done when the pipe was read; -1: not yet */
    int pipe[2];
};

static void on_turn(evutil_socket_t fd, short what, void *arg)
{
    struct fixture *f = arg;
    (void)fd, (void)what;
    if (f->slices++ == 0)
        assert_int_equal(write(f->pipe[1], "x", 1), 1);
    if (f->slices < SLICES)
        event_active(f->turn, 0, 0);
}

static void on_read(evutil_socket_t fd, short what, void *arg)
{
    struct fixture *f = arg;
    (void)fd, (void)what;
    f->at_read = f->slices;
}

static int slices_before_a_read(struct event_base *base)
{
    struct fixture f = {.at_read = -1};
    assert_int_equal(pipe(f.pipe), 0);
    struct event *e = event_new(base, f.pipe[0], EV_READ, on_read, &f);
    f.turn = event_new(base, -1, 0, on_turn, &f);
    loop_work(f.turn);
    event_add(e, NULL);
    event_active(f.turn, 0, 0);
    event_base_dispatch(base);
    assert_int_equal(f.slices, SLICES);
    event_free(e);
    event_free(f.turn);
    close(f.pipe[0]);
    close(f.pipe[1]);
    event_base_free(base);
    return f.at_read;
}

static void test_work_waits(void **state)
{
    (void)state;
    assert_int_equal(slices_before_a_read(loop_new()), 1);
    assert_int_equal(slices_before_a_read(event_base_new()), SLICES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_work_waits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
