/* Sockets at which collectors are found, and streams over two pipes. */
#include "tests/unit/unit.h"

#include "base/mem.h"
#include "stream/listen.h"
#include "stream/relay.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct place {
    struct event_base *base;
    char *directory, *path;
    int accepted; /* the last one's descriptor */
};

static int setup(void **state)
{
    struct place *p = mem_new(struct place);
    char directory[] = "/tmp/icetop-listen-XXXXXX";
    assert_non_null(mkdtemp(directory));
    p->base = event_base_new();
    p->directory = mem_strdup(directory);
    p->path = mem_printf("%s/deep/down/a.sock", directory);
    p->accepted = -1;
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    char *down = mem_printf("%s/deep/down", p->directory), *deep = mem_printf("%s/deep", p->directory);
    unlink(p->path);
    rmdir(down);
    rmdir(deep);
    assert_int_equal(rmdir(p->directory), 0); /* nothing else was left in it */
    event_base_free(p->base);
    free(down);
    free(deep);
    free(p->directory);
    free(p->path);
    free(p);
    return 0;
}

static void on_accepted(void *arg, int fd)
{
    struct place *p = arg;
    if (p->accepted >= 0)
        close(p->accepted);
    p->accepted = fd;
}

static int start(struct place *p, struct stream_listener **l, pid_t *holder, struct error *err)
{
    return stream_listener_new(p->base, p->path, on_accepted, p, l, holder, err);
}

static void found_and_gone(void **state)
{
    struct place *p = *state;
    struct stream_listener *l = NULL, *second = NULL;
    struct error err = {0};
    struct stat st;
    pid_t pid = 0, holder = 0;
    int fd;
    assert_int_equal(stream_listen_connect(p->path, &fd, &pid, &err), ERR_NOT_FOUND);
    assert_int_equal(start(p, &l, &holder, &err), 0);
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    char *down = mem_printf("%s/deep/down", p->directory);
    assert_int_equal(stat(down, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);

    assert_int_equal(stream_listen_connect(p->path, &fd, &pid, &err), 0);
    assert_int_equal(pid, getpid());
    event_base_loop(p->base, EVLOOP_ONCE);
    assert_true(p->accepted >= 0);
    assert_int_equal(write(p->accepted, "x", 1), 1);
    struct pollfd readable = {.fd = fd, .events = POLLIN};
    char c = 0;
    assert_int_equal(poll(&readable, 1, 5000), 1);
    assert_int_equal(read(fd, &c, 1), 1);
    close(fd);
    close(p->accepted);
    p->accepted = -1;

    assert_int_equal(start(p, &second, &holder, &err), ERR_UNAVAILABLE);
    assert_int_equal(holder, getpid());
    assert_non_null(strstr(err.text, "listens there already"));
    stream_listen_paths found = {0};
    assert_int_equal(stream_listen_find(down, &found, &err), 0);
    assert_int_equal(found.n, 1);
    assert_string_equal(found.items[0], p->path);
    stream_listen_paths_done(&found);

    stream_listener_free(l);
    assert_int_equal(access(p->path, F_OK), -1);
    assert_int_equal(stream_listen_find(down, &found, &err), 0);
    assert_int_equal(found.n, 0);
    stream_listen_paths_done(&found);
    if (p->accepted >= 0)
        close(p->accepted);
    free(down);
}

/* One that was killed leaves its socket. */
static void stale_is_replaced(void **state)
{
    struct place *p = *state;
    struct stream_listener *l = NULL;
    struct error err = {0};
    pid_t holder = 0, pid;
    int fd;
    assert_int_equal(start(p, &l, &holder, &err), 0);
    stream_listener_free(l);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", p->path);
    int dead = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(dead, (struct sockaddr *)&address, sizeof address), 0);
    close(dead);
    assert_int_equal(stream_listen_connect(p->path, &fd, &pid, &err), ERR_UNAVAILABLE);
    assert_int_equal(start(p, &l, &holder, &err), 0);
    assert_int_equal(stream_listen_connect(p->path, &fd, &pid, &err), 0);
    close(fd);

    /* and who is replaced does not take the place of the next one with him */
    unlink(p->path);
    struct stream_listener *next = NULL;
    assert_int_equal(start(p, &next, &holder, &err), 0);
    stream_listener_free(l);
    assert_int_equal(access(p->path, F_OK), 0);
    stream_listener_free(next);
}

static void files_stay(void **state)
{
    struct place *p = *state;
    struct stream_listener *l = NULL;
    struct error err = {0};
    pid_t holder = 0;
    assert_int_equal(start(p, &l, &holder, &err), 0); /* makes the directories */
    stream_listener_free(l);
    int file = open(p->path, O_CREAT | O_WRONLY, 0600);
    assert_true(file >= 0);
    close(file);
    assert_int_equal(start(p, &l, &holder, &err), ERR_UNAVAILABLE);
    assert_non_null(strstr(err.text, "no socket"));
    assert_int_equal(access(p->path, F_OK), 0);

    char *path = p->path;
    p->path = mem_printf("%s/deep/down/%0150d", p->directory, 0);
    assert_int_equal(start(p, &l, &holder, &err), ERR_LIMIT);
    free(p->path);
    p->path = path;
}

static void directories(void **state)
{
    struct error err = {0};
    char *path;
    (void)state;
    setenv("HOME", "/home/x", 1);
    setenv("XDG_STATE_HOME", "relative", 1);
    unsetenv("XDG_RUNTIME_DIR");
    assert_int_equal(stream_listen_directory(&path, &err), 0);
    assert_string_equal(path, "/home/x/.local/state/icetop");
    free(path);
    setenv("XDG_STATE_HOME", "/s", 1);
    assert_int_equal(stream_listen_directory(&path, &err), 0);
    assert_string_equal(path, "/s/icetop");
    free(path);
    setenv("XDG_RUNTIME_DIR", "/run/user/7", 1);
    assert_int_equal(stream_listen_directory(&path, &err), 0);
    assert_string_equal(path, "/run/user/7/icetop");
    free(path);
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_int_equal(stream_listen_directory(&path, &err), ERR_UNAVAILABLE);
}

/* ---- two pipes ---- */

static size_t pass(struct event_base *base, int from, int to, size_t n)
{
    static char buf[65536];
    size_t sent = 0, got = 0;
    fcntl(from, F_SETFL, O_NONBLOCK);
    fcntl(to, F_SETFL, O_NONBLOCK);
    for (int turns = 0; got < n && turns < 1000000; turns++) {
        memset(buf, (int)(sent % 251), sizeof buf);
        ssize_t w = sent < n ? write(to, buf, n - sent < sizeof buf ? n - sent : sizeof buf) : 0;
        sent += w > 0 ? (size_t)w : 0;
        event_base_loop(base, EVLOOP_NONBLOCK);
        ssize_t r = read(from, buf, sizeof buf);
        got += r > 0 ? (size_t)r : 0;
    }
    return got;
}

static void relayed(void **state)
{
    enum { MUCH = 8 * 1024 * 1024 };
    struct place *p = *state;
    int in[2], out[2], fd;
    char c;
    struct stream_relay *r;
    struct error err = {0};
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(stream_relay_new(p->base, in[0], out[1], &r, &fd, &err), 0);
    assert_int_equal(pass(p->base, fd, in[1], MUCH), MUCH);
    assert_int_equal(pass(p->base, out[0], fd, MUCH), MUCH);

    assert_int_equal(write(in[1], "!", 1), 1); /* the last word comes before the end */
    close(in[1]);
    for (int i = 0; i < 10; i++)
        event_base_loop(p->base, EVLOOP_NONBLOCK);
    assert_int_equal(read(fd, &c, 1), 1);
    assert_int_equal(c, '!');
    assert_int_equal(read(fd, &c, 1), 0);
    close(fd);
    stream_relay_free(r);
    close(out[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(found_and_gone, setup, teardown),
        cmocka_unit_test_setup_teardown(stale_is_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(files_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(relayed, setup, teardown),
        cmocka_unit_test(directories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
