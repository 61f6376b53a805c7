/* Processes are told by the TMPDIR in their environment, whoever their parent is by now. */
#include "tests/ui/console.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

enum { LOOK_MS = 20, ARGUMENTS = 12 };

struct console *console_new(void)
{
    struct console *c = mem_new(struct console);
    c->directory = mem_strdup("/tmp/icetop-test-XXXXXX");
    assert_non_null(getenv("ICETOP"));
    assert_non_null(mkdtemp(c->directory));
    c->tmp = mem_printf("TMPDIR=%s", c->directory);
    c->home = mem_printf("HOME=%s", c->directory);
    const char *const env[] = {
        c->tmp, c->home, "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TZ=UTC", "ICETOP_CORE=1", NULL};
    memcpy(c->env, env, sizeof env);
    return c;
}

/* All of a file of /proc, NULs as blanks; "" if it cannot be read. */
static void read_proc(long pid, const char *name, struct str *out)
{
    char path[64], buf[4096];
    str_clear(out);
    snprintf(path, sizeof path, "/proc/%ld/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    for (ssize_t n; fd >= 0 && (n = read(fd, buf, sizeof buf)) > 0;) {
        for (ssize_t i = 0; i < n; i++)
            buf[i] = buf[i] ? buf[i] : ' ';
        str_bytes(out, buf, (size_t)n);
    }
    if (fd >= 0)
        close(fd);
}

static long parent_of(long pid)
{
    struct str s = {0};
    read_proc(pid, "stat", &s);
    const char *end = s.len ? strrchr(str_text(&s), ')') : NULL; /* the name before may hold anything */
    long parent = end && strlen(end) > 4 ? strtol(end + 4, NULL, 10) : 0;
    str_done(&s);
    return parent;
}

/* The next process of ours after pid in the order of /proc; 0 at the end. */
static long next_of_ours(const struct console *c, DIR *proc)
{
    struct str s = {0};
    long found = 0;
    for (struct dirent *e = readdir(proc); e && !found; e = found ? e : readdir(proc)) {
        long pid = strtol(e->d_name, NULL, 10);
        if (pid <= 0 || pid == getpid())
            continue;
        read_proc(pid, "environ", &s);
        char *ours = mem_printf("%s ", c->tmp);
        if (strstr(str_text(&s), ours))
            found = pid;
        free(ours);
    }
    str_done(&s);
    return found;
}

static pid_t find_child(const struct console *c, pid_t parent, const char *word, pid_t before)
{
    struct str s = {0};
    pid_t found = 0;
    DIR *proc = opendir("/proc");
    assert_non_null(proc);
    for (long pid; !found && (pid = next_of_ours(c, proc)) > 0;) {
        read_proc(pid, "cmdline", &s);
        if (pid != before && parent_of(pid) == parent && strstr(str_text(&s), word))
            found = (pid_t)pid;
    }
    closedir(proc);
    str_done(&s);
    return found;
}

/* Is something of ours there: a process, or what a demo keeps? Says what, for a message. */
static bool something_left(const struct console *c, struct str *what)
{
    str_clear(what);
    DIR *proc = opendir("/proc"), *dir = opendir(c->directory);
    assert_true(proc && dir);
    for (long pid; (pid = next_of_ours(c, proc)) > 0;) {
        struct str s = {0};
        read_proc(pid, "cmdline", &s);
        str_printf(what, "process %ld: %s\n", pid, str_text(&s));
        str_done(&s);
    }
    for (struct dirent *e; (e = readdir(dir));) {
        if (strncmp(e->d_name, "icetop-demo-", 12) == 0)
            str_printf(what, "directory %s\n", e->d_name);
    }
    closedir(proc);
    closedir(dir);
    return what->len > 0;
}

static bool late(int64_t start_us)
{
    return clock_mono_us(&clock_system) - start_us > (int64_t)SCREEN_DEADLINE * 1000;
}

void console_expect_nothing_left(struct console *c)
{
    struct str what = {0};
    int64_t start = clock_mono_us(&clock_system);
    while (something_left(c, &what)) {
        if (late(start)) {
            print_error("left behind:\n%s", str_text(&what));
            str_done(&what);
            fail();
        }
        poll(NULL, 0, LOOK_MS);
    }
    str_done(&what);
}

pid_t console_other_child(struct console *c, pid_t parent, const char *word, pid_t before)
{
    pid_t found;
    int64_t start = clock_mono_us(&clock_system);
    while ((found = find_child(c, parent, word, before)) == 0) {
        if (late(start)) {
            print_error("process %d has no other child that is called %s\n", (int)parent, word);
            fail();
        }
        screen_poll(c->screen);
        poll(NULL, 0, LOOK_MS);
    }
    return found;
}

pid_t console_child(struct console *c, pid_t parent, const char *word)
{
    return console_other_child(c, parent, word, 0);
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *at)
{
    (void)st;
    (void)what;
    (void)at;
    return remove(path);
}

void console_free(struct console *c)
{
    if (!c)
        return;
    screen_free(c->screen);
    DIR *proc = opendir("/proc");
    for (long pid; proc && (pid = next_of_ours(c, proc)) > 0;)
        kill((pid_t)pid, SIGKILL);
    if (proc)
        closedir(proc);
    nftw(c->directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(c->directory);
    free(c->home);
    free(c->tmp);
    free(c);
}

static struct screen *run(struct console *c, int width, int height, const char *const argv[])
{
    const struct screen_settings settings = {.width = width, .height = height, .term = "xterm-256color", .env = c->env};
    screen_free(c->screen);
    c->screen = NULL;
    c->screen = screen_run(&settings, argv);
    return c->screen;
}

struct screen *console_run(struct console *c, int width, int height, const char *const *arguments)
{
    const char *argv[ARGUMENTS + 2] = {getenv("ICETOP")};
    for (int i = 0; arguments[i]; i++) {
        assert_true(i < ARGUMENTS);
        argv[i + 1] = arguments[i];
    }
    return run(c, width, height, argv);
}

struct screen *console_shell(struct console *c, int width, int height, const char *command)
{
    const char *const argv[] = {"/bin/sh", "-c", command, NULL};
    return run(c, width, height, argv);
}

void console_quit(struct console *c)
{
    int x, y;
    bool visible;
    screen_key(c->screen, "q");
    assert_int_equal(screen_expect_exit(c->screen), 0);
    screen_cursor(c->screen, &x, &y, &visible);
    assert_true(visible);
    assert_false(screen_alternate(c->screen));
    assert_false(screen_mouse(c->screen));
    assert_true(screen_cooked(c->screen));
    console_expect_nothing_left(c);
}
