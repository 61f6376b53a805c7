/* Logs followed through all that is done to files, and commands that write them. */
#include "tests/unit/unit.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "connect/follow.h"
#include "connect/line.h"
#include "connect/tail.h"
#include "tests/unit/connect/log.h"

#include <dirent.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define AT    "[2026-11-21 05:44:36,933] WARN "
#define LATER "[2026-11-21 05:44:37,000] WARN "

/* A clock ten times as fast, by which pauses and patience pass. */
static int64_t fast_mono(void *arg)
{
    (void)arg;
    return clock_mono_us(&clock_system) * 10;
}

static int64_t fast_wall(void *arg)
{
    (void)arg;
    return clock_wall_ms(&clock_system);
}

static const struct clock fast = {.wall_ms = fast_wall, .mono_us = fast_mono};

struct fixture {
    char dir[64];
    struct event_base *base;
    struct connect_tail *tail;
    struct str told;    /* "text@line;" of each entry */
    struct str origins; /* "origin<file;" */
};

static bool wanted(const char *entry, size_t len, int64_t *time_ms)
{
    struct connect_line line;
    if (connect_line_read(entry, len, 0, &line, NULL))
        return false;
    *time_ms = line.time_ms;
    return line.level.len == 4 && memcmp(line.level.s, "WARN", 4) == 0;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void on_entries(void *arg, const struct connect_tail_entry *items, size_t n)
{
    struct fixture *f = arg;
    for (size_t i = 0; i < n; i++) {
        struct connect_line line;
        assert_int_equal(connect_line_read(items[i].entry, items[i].len, 0, &line, NULL), 0);
        str_bytes(&f->told, line.text.s, line.text.len);
        if (line.trace.len)
            str_printf(&f->told, "+%zu", line.trace.len);
        str_printf(&f->told, "@%lld;", (long long)items[i].line);
        str_printf(&f->origins, "%s<%s;", base_name(items[i].origin), base_name(items[i].file));
    }
}

static void on_changed(void *arg)
{
    (void)arg;
}

static int set_up(void **state)
{
    struct fixture *f = mem_new(struct fixture);
    snprintf(f->dir, sizeof f->dir, "/tmp/test_tail.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->base = event_base_new();
    *state = f;
    return 0;
}

static char *path_of(const struct fixture *f, const char *name)
{
    return mem_printf("%s/%s", f->dir, name);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    connect_tail_free(f->tail);
    event_base_free(f->base);
    DIR *d = opendir(f->dir);
    for (const struct dirent *e; (e = readdir(d));) {
        char *path = path_of(f, e->d_name);
        if (*e->d_name != '.')
            unlink(path);
        free(path);
    }
    closedir(d);
    rmdir(f->dir);
    str_done(&f->told);
    str_done(&f->origins);
    free(f);
    return 0;
}

static void write_mode(const struct fixture *f, const char *name, int flags, const char *text)
{
    char *path = path_of(f, name);
    int fd = open(path, O_WRONLY | O_CREAT | flags, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    free(path);
}

static void append(const struct fixture *f, const char *name, const char *text)
{
    write_mode(f, name, O_APPEND, text);
}

static void move(const struct fixture *f, const char *from, const char *to)
{
    char *a = path_of(f, from), *b = path_of(f, to);
    assert_int_equal(rename(a, b), 0);
    free(a);
    free(b);
}

static void start(struct fixture *f, const char *name, const char *const *const *commands, bool archives, int64_t back)
{
    static const struct connect_tail_ops ops = {.wanted = wanted, .entries = on_entries, .changed = on_changed};
    char *path = name ? path_of(f, name) : NULL;
    const char *const paths[] = {path, NULL};
    f->tail = connect_tail_new(
        f->base, &fast,
        &(struct connect_tail_settings){.paths = paths, .commands = commands, .archives = archives, .back_bytes = back},
        &ops, f);
    free(path);
}

/* Turns the loop once, for a little while. */
static void turn(struct fixture *f)
{
    const struct timeval tick = {.tv_usec = 10000};
    event_base_loopexit(f->base, &tick);
    event_base_dispatch(f->base);
}

static int64_t deadline(void)
{
    return clock_mono_us(&clock_system) + 30 * INT64_C(1000000);
}

static void until_told(struct fixture *f, const char *want)
{
    for (int64_t end = deadline(); strcmp(str_text(&f->told), want) != 0; turn(f))
        if (clock_mono_us(&clock_system) > end)
            fail_msg("told \"%s\", not \"%s\"", str_text(&f->told), want);
}

static void until_caught_up(struct fixture *f)
{
    for (int64_t end = deadline(); !connect_tail_caught_up(f->tail); turn(f))
        assert_true(clock_mono_us(&clock_system) < end);
}

/* Waits for the first origin's error, or for its end (NULL). */
static void until_error(struct fixture *f, const char *want)
{
    for (int64_t end = deadline();; turn(f)) {
        const struct connect_tail_origin *o = connect_tail_origin_at(f->tail, 0);
        if (o && (want ? o->error && strstr(o->error, want) : !o->error))
            return;
        if (clock_mono_us(&clock_system) > end)
            fail_msg("error \"%s\", not \"%s\"", o && o->error ? o->error : "", want ? want : "none");
    }
}

static void test_grows(void **state)
{
    struct fixture *f = *state;
    append(f, "a.log", AT "one\n[2026-11-21 05:44:36,933] INFO no\n" AT "two\nx\n");
    start(f, "a.log", NULL, false, 0);
    until_told(f, "one@1;two+1@3;");
    until_caught_up(f);
    append(f, "a.log", AT "three\n" AT "fo"); /* the end of a line comes later */
    until_told(f, "one@1;two+1@3;three@5;");
    append(f, "a.log", "ur\n");
    until_told(f, "one@1;two+1@3;three@5;four@6;");
    assert_string_equal(str_text(&f->origins), "a.log<a.log;a.log<a.log;a.log<a.log;a.log<a.log;");
    const struct connect_tail_origin *o = connect_tail_origin_at(f->tail, 0);
    assert_int_equal(o->counts.lines, 6);
    assert_null(o->error);
    assert_null(connect_tail_origin_at(f->tail, 1));
}

/* Of a long file only its end is read at the start; then all that comes. */
static void test_back(void **state)
{
    struct fixture *f = *state;
    append(f, "a.log", AT "one\n" AT "two\n" AT "three\n");
    start(f, "a.log", NULL, false, (int64_t)strlen(AT "two\n" AT "three\n") + 3);
    until_told(f, "two@1;three@2;");
    append(f, "a.log", AT "four\n");
    until_told(f, "two@1;three@2;four@3;");
}

/* Rotation by another name, while the writer goes on in the old file for a moment. */
static void test_rotation(void **state)
{
    struct fixture *f = *state;
    append(f, "a.log", AT "one\n");
    start(f, "a.log", NULL, false, 0);
    until_told(f, "one@1;");
    move(f, "a.log", "a.log.1");
    append(f, "a.log.1", AT "two\n");
    append(f, "a.log", AT "three\n");
    until_told(f, "one@1;two@2;three@1;");
    move(f, "a.log", "a.log.2");
    append(f, "a.log.2", AT "four\n");
    until_told(f, "one@1;two@2;three@1;four@2;");
    append(f, "a.log", AT "five\n");
    until_told(f, "one@1;two@2;three@1;four@2;five@1;");
    assert_int_equal(connect_tail_origin_at(f->tail, 0)->rotations, 2);
    assert_int_equal(connect_tail_origin_at(f->tail, 0)->truncations, 0);
}

/* Copied away and cut, to less than before and to more. */
static void test_truncation(void **state)
{
    struct fixture *f = *state;
    append(f, "a.log", AT "one\n" AT "two\n");
    start(f, "a.log", NULL, false, 0);
    until_told(f, "one@1;two@2;");
    write_mode(f, "a.log", O_TRUNC, LATER "3\n");
    until_told(f, "one@1;two@2;3@1;");
    write_mode(f, "a.log", O_TRUNC, "[2026-11-21 05:44:38,000] WARN four\n" AT "five\n" AT "six\n");
    until_told(f, "one@1;two@2;3@1;four@1;five@2;six@3;");
    assert_int_equal(connect_tail_origin_at(f->tail, 0)->truncations, 2);
    write_mode(f, "a.log", O_TRUNC, "");
    append(f, "a.log", LATER "seven\n");
    until_told(f, "one@1;two@2;3@1;four@1;five@2;six@3;seven@1;");
}

/* Not there, there, removed, there again: each from its beginning. */
static void test_comes_and_goes(void **state)
{
    struct fixture *f = *state;
    start(f, "a.log", NULL, false, 1);
    until_error(f, "a.log: No such file");
    assert_true(connect_tail_caught_up(f->tail));
    append(f, "a.log", AT "one\n" AT "two\n");
    until_told(f, "one@1;two@2;");
    assert_null(connect_tail_origin_at(f->tail, 0)->error);
    char *path = path_of(f, "a.log");
    unlink(path);
    until_error(f, "No such file");
    append(f, "a.log", AT "three\n");
    until_told(f, "one@1;two@2;three@1;");
    until_error(f, NULL);
    unlink(path);
    assert_int_equal(mkdir(path, 0700), 0);
    until_error(f, "no regular file");
    rmdir(path);
    free(path);
}

/* A glob finds what comes later, and what it has read under one name it does not read again under another. */
static void test_glob(void **state)
{
    struct fixture *f = *state;
    start(f, "*.log*", NULL, false, 0);
    until_error(f, "matches no file");
    append(f, "a.log", AT "one\n");
    until_told(f, "one@1;");
    append(f, "b.log", AT "two\n");
    until_told(f, "one@1;two@1;");
    move(f, "a.log", "a.log.1");
    append(f, "a.log", AT "three\n");
    until_told(f, "one@1;two@1;three@1;");
    for (int64_t end = deadline(); !connect_tail_origin_at(f->tail, 2); turn(f)) /* found as a.log.1 */
        assert_true(clock_mono_us(&clock_system) < end);
    append(f, "a.log.1", AT "four\n"); /* known: only what is new */
    until_told(f, "one@1;two@1;three@1;four@1;");
    assert_null(connect_tail_origin_at(f->tail, 3));
}

static void pack(const struct fixture *f, const char *name, const char *text)
{
    char *path = path_of(f, name);
    gzFile g = gzopen(path, "wb");
    assert_int_equal(gzwrite(g, text, (unsigned)strlen(text)), strlen(text));
    gzclose(g);
    free(path);
}

static void set_age(const struct fixture *f, const char *name, int seconds)
{
    char *path = path_of(f, name);
    struct timespec now, times[2];
    clock_gettime(CLOCK_REALTIME, &now);
    now.tv_sec -= seconds;
    times[0] = times[1] = now;
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
}

/* Pieces that a glob finds come in the order of their age, as one origin. */
static void test_glob_order(void **state)
{
    struct fixture *f = *state;
    append(f, "a.log", AT "three\n");
    append(f, "a.log.1", AT "two\n");
    append(f, "a.log.2", AT "one\n");
    append(f, "b.log", AT "zero\n");
    pack(f, "a.log.3.gz", AT "not asked for\n");
    set_age(f, "a.log.1", 100);
    set_age(f, "a.log.2", 200);
    set_age(f, "b.log", 300);
    start(f, "*.log*", NULL, false, 0);
    until_told(f, "zero@1;one@1;two@1;three@1;");
    assert_string_equal(str_text(&f->origins), "b.log<b.log;a.log<a.log.2;a.log<a.log.1;a.log<a.log;");
}

static void test_log_of(void **state)
{
    (void)state;
    static const char *const names[][2] = {
        {"/x/connect.log", "/x/connect.log"},
        {"/x/connect.log.1", "/x/connect.log"},
        {"/x/connect.log.2.gz", "/x/connect.log"},
        {"connect.log-20261120", "connect.log"},
        {"connect.log.2026-11-20-07", "connect.log"},
        {"connect.log-20261120.gz", "connect.log"},
        {"connect-2026-11-20.log.gz", "connect.log"},
        {"connect_2026-11-20.log", "connect.log"},
        {"/x.1/connect.log", "/x.1/connect.log"},
        {"/x/connect0.log", "/x/connect0.log"}, /* another worker's */
        {"/x/connect-0.log", "/x/connect-0.log"},
        {"/x/connect-0.log.3", "/x/connect-0.log"},
        {"/x/connect", "/x/connect"},
        {"/x/2026-11-20.log", "/x/2026-11-20.log"},
        {"connect.gz", "connect"},
        {".gz", ".gz"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *log = connect_follow_log(names[i][0]);
        assert_string_equal(log, names[i][1]);
        free(log);
    }
}

/* What rotation has left comes first, the oldest before the others; of the same origin. */
static void test_archives(void **state)
{
    struct fixture *f = *state;
    append(f, "a.log", AT "now\n");
    append(f, "a.log.1", AT "yesterday\n");
    pack(f, "a.log.2.gz", AT "before\n" AT "that\n");
    pack(f, "a-2026-11-18.log.gz", AT "first\n");
    pack(f, "b.log.gz", AT "of another\n");
    append(f, "a.log.3.gz", "\x1f\x8b\x08 torn");
    set_age(f, "a.log.1", 100);
    set_age(f, "a.log.2.gz", 200);
    set_age(f, "a-2026-11-18.log.gz", 300);
    set_age(f, "a.log.3.gz", 400);
    start(f, "a.log", NULL, true, 0);
    until_told(f, "first@1;before@1;that@2;yesterday@1;now@1;");
    assert_string_equal(str_text(&f->origins), "a.log<a-2026-11-18.log.gz;a.log<a.log.2.gz;a.log<a.log.2.gz;"
                                               "a.log<a.log.1;a.log<a.log;");
    const struct connect_tail_origin *o = connect_tail_origin_at(f->tail, 0);
    assert_non_null(strstr(o->name, "a.log.3.gz"));
    assert_non_null(strstr(o->error, "cannot be unpacked"));
}

/* More than one piece, in order and whole. */
static void test_long(void **state)
{
    struct fixture *f = *state;
    struct str log = {0}, want = {0};
    for (int i = 0; i < 20000; i++) {
        str_printf(&log, "[2026-11-21 05:44:36,933] %s %d and so on for a while\n", i % 1000 ? "INFO" : "WARN", i);
        if (i % 1000 == 0)
            str_printf(&want, "%d and so on for a while@%d;", i, i + 1);
    }
    append(f, "a.log", str_text(&log));
    start(f, "a.log", NULL, false, 0);
    until_told(f, str_text(&want));
    str_done(&log);
    str_done(&want);
}

/* ---- commands ---- */

static void test_command(void **state)
{
    struct fixture *f = *state;
    char *path = path_of(f, "a.log"), *pid = path_of(f, "pid");
    append(f, "a.log", AT "one\n" AT "two\nmore\n");
    const char *const follow[] = {"sh", "-c", "echo $$ >\"$1\"; exec tail -n +1 -f \"$0\"", path, pid, NULL};
    const char *const *const commands[] = {follow, NULL};
    start(f, NULL, commands, false, 0);
    until_told(f, "one@1;two+4@2;");
    until_caught_up(f);
    append(f, "a.log", LATER "three\n");
    until_told(f, "one@1;two+4@2;three@4;");
    const struct connect_tail_origin *o = connect_tail_origin_at(f->tail, 0);
    assert_true(o->command);
    assert_null(o->error);
    assert_memory_equal(o->name, "sh -c", 5);
    FILE *file = fopen(pid, "r");
    int number = 0;
    assert_int_equal(fscanf(file, "%d", &number), 1);
    fclose(file);
    assert_int_equal(kill(number, 0), 0);
    connect_tail_free(f->tail);
    f->tail = NULL;
    assert_int_equal(kill(number, 0), -1); /* it went, and was waited for */
    assert_int_equal(errno, ESRCH);
    free(path);
    free(pid);
}

/* One that ends is started again; what it repeats is known. */
static void test_command_again(void **state)
{
    struct fixture *f = *state;
    char *path = path_of(f, "a.log");
    append(f, "a.log", AT "one\n" AT "two\n");
    const char *const show[] = {"sh", "-c", "cat \"$0\"; echo first >&2; echo went away >&2; exit 3", path, NULL};
    const char *const *const commands[] = {show, NULL};
    start(f, NULL, commands, false, 0);
    until_told(f, "one@1;two@2;");
    until_error(f, "ended with status 3: went away");
    append(f, "a.log", LATER "three\n");
    until_told(f, "one@1;two@2;three@3;");
    assert_true(connect_tail_origin_at(f->tail, 0)->restarts > 0);
    free(path);
}

/* One that shows all that there is, and ends well, is run again and again without fault. */
static void test_command_ends_well(void **state)
{
    struct fixture *f = *state;
    char *path = path_of(f, "a.log");
    append(f, "a.log", AT "one\n");
    const char *const cat[] = {"cat", path, NULL}, *const nothing[] = {"true", NULL};
    const char *const *const commands[] = {cat, nothing, NULL};
    start(f, NULL, commands, false, 0);
    until_told(f, "one@1;");
    append(f, "a.log", LATER "two\n");
    until_told(f, "one@1;two@2;");
    for (int64_t end = deadline(); connect_tail_origin_at(f->tail, 0)->restarts < 2; turn(f)) {
        assert_true(clock_mono_us(&clock_system) < end);
        assert_null(connect_tail_origin_at(f->tail, 0)->error);
    }
    assert_non_null(strstr(connect_tail_origin_at(f->tail, 1)->error, "\"true\" ended with status 0"));
    assert_string_equal(str_text(&f->told), "one@1;two@2;");
    free(path);
}

static void test_command_missing(void **state)
{
    struct fixture *f = *state;
    static const char *const no[] = {"/nonexistent/program", NULL}, *const killed[] = {"sh", "-c", "kill -9 $$", NULL};
    static const char *const *const commands[] = {no, killed, NULL};
    start(f, NULL, commands, false, 0);
    until_error(f, "/nonexistent/program\": No such file");
    for (int64_t end = deadline();; turn(f)) {
        const struct connect_tail_origin *o = connect_tail_origin_at(f->tail, 1);
        if (o->error && strstr(o->error, "ended by signal 9"))
            break;
        assert_true(clock_mono_us(&clock_system) < end);
    }
    assert_true(connect_tail_caught_up(f->tail));
}

static bool is_zombie(int pid)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return true;
    size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    const char *close = n ? strrchr(text, ')') : NULL;
    return close && close[2] == 'Z';
}

/* One that does not heed SIGTERM, and whose child keeps its output open, is ended nevertheless. */
static void test_command_stubborn(void **state)
{
    struct fixture *f = *state;
    char *pid = path_of(f, "pid");
    const char *const stubborn[] = {
        "sh", "-c", "trap '' TERM; echo '" AT "here'; sh -c 'echo $$ >\"$0\"; exec tail -f /dev/null' \"$0\" & wait",
        pid, NULL};
    const char *const *const commands[] = {stubborn, NULL};
    start(f, NULL, commands, false, 0);
    until_told(f, "here@1;");
    int number = 0;
    for (int64_t end = deadline(); !number; turn(f)) {
        FILE *file = fopen(pid, "r");
        if (file) {
            if (fscanf(file, "%d", &number) != 1)
                number = 0;
            fclose(file);
        }
        assert_true(clock_mono_us(&clock_system) < end);
    }
    connect_tail_free(f->tail);
    f->tail = NULL;
    for (int64_t end = deadline(); kill(number, 0) == 0; turn(f)) /* killed; whoever adopts it waits for it */
        if (is_zombie(number))
            break;
        else
            assert_true(clock_mono_us(&clock_system) < end);
    free(pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(test_grows),
        TEST(test_back),
        TEST(test_rotation),
        TEST(test_truncation),
        TEST(test_comes_and_goes),
        TEST(test_glob),
        TEST(test_glob_order),
        cmocka_unit_test(test_log_of),
        TEST(test_archives),
        TEST(test_long),
        TEST(test_command),
        TEST(test_command_again),
        TEST(test_command_ends_well),
        TEST(test_command_missing),
        TEST(test_command_stubborn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
