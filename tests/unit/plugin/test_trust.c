/* A plugin's file is opened only where nobody else can have changed it. */
#include "base/mem.h"
#include "plugin/trust.h"
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct place {
    char *dir; /* 0700, vouched for */
};

static char *below(const struct place *p, const char *name)
{
    return mem_printf("%s/%s", p->dir, name);
}

static void make_directory(const struct place *p, const char *name, mode_t mode)
{
    char *path = below(p, name);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(chmod(path, mode), 0);
    free(path);
}

static void make_file(const struct place *p, const char *name, mode_t mode)
{
    char *path = below(p, name);
    int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    free(path);
}

static void make_link(const struct place *p, const char *target, const char *name)
{
    char *path = below(p, name);
    assert_int_equal(symlink(target, path), 0);
    free(path);
}

static int set_up(void **state)
{
    struct place *p = mem_new(struct place);
    const char *tmp = getenv("TMPDIR");
    char *made = mem_printf("%s/icetop-trust-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(made));
    p->dir = realpath(made, NULL);
    assert_non_null(p->dir);
    free(made);
    setenv("ICETOP_PLUGIN_TRUST", p->dir, 1);
    make_directory(p, "good", 0755);
    make_directory(p, "good/deep", 0755);
    make_file(p, "good/deep/plain.so", 0755);
    make_file(p, "good/deep/grouped.so", 0775);
    make_file(p, "good/deep/worldly.so", 0757);
    make_directory(p, "sticky", 01777);
    make_directory(p, "sticky/mine", 0700);
    make_file(p, "sticky/mine/plain.so", 0755);
    make_file(p, "sticky/plain.so", 0755);
    *state = p;
    return 0;
}

static int tear_down(void **state)
{
    struct place *p = *state;
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", p->dir, (char *)NULL);
        _exit(127);
    }
    int status;
    while (pid > 0 && waitpid(pid, &status, 0) < 0)
        ;
    free(p->dir);
    free(p);
    return 0;
}

static void opens(const struct place *p, const char *name, const char *leads_to)
{
    struct error err = {0};
    char *path = below(p, name), *wanted = below(p, leads_to), *got = NULL;
    int fd = -1;
    assert_int_equal(plugin_trust_open(path, &fd, &got, &err), 0);
    assert_string_equal(got, wanted);
    struct stat a, b;
    assert_int_equal(fstat(fd, &a), 0);
    assert_int_equal(stat(wanted, &b), 0);
    assert_true(a.st_ino == b.st_ino && a.st_dev == b.st_dev);
    assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    close(fd);
    free(path);
    free(wanted);
    free(got);
}

static void refuses(const struct place *p, const char *name, int code, const char *word, const char *other)
{
    struct error err = {0};
    char *path = below(p, name), untouched[] = "", *got = untouched;
    int fd = -7;
    assert_int_equal(plugin_trust_open(path, &fd, &got, &err), code);
    assert_int_equal(fd, -7);
    assert_ptr_equal(got, untouched);
    if (!strstr(err.text, word) || !strstr(err.text, other))
        fail_msg("\"%s\" says neither \"%s\" nor \"%s\"", err.text, word, other);
    free(path);
}

static void own_files(void **state)
{
    const struct place *p = *state;
    opens(p, "good/deep/plain.so", "good/deep/plain.so");
    opens(p, "good//./deep/../deep/plain.so", "good/deep/plain.so");
    refuses(p, "good/deep/none.so", ERR_NOT_FOUND, "none.so", "No such file");
    refuses(p, "good/deep/plain.so/x", ERR_NOT_FOUND, "plain.so/x", "Not a directory");
    refuses(p, "good/deep", ERR_INVALID, "good/deep", "no regular file");
}

static void others_could_write(void **state)
{
    const struct place *p = *state;
    refuses(p, "good/deep/grouped.so", ERR_INVALID, "file ", "its group (mode 0775)");
    refuses(p, "good/deep/worldly.so", ERR_INVALID, "file ", "everybody (mode 0757)");
    refuses(p, "sticky/plain.so", ERR_INVALID, "directory ", "everybody (mode 1777)");
    refuses(p, "sticky/mine/plain.so", ERR_INVALID, "sticky ", "everybody (mode 1777)");
}

static void links(void **state)
{
    const struct place *p = *state;
    char *absolute = below(p, "good/deep/plain.so");
    make_link(p, "deep/plain.so", "good/near.so");
    make_link(p, "../sticky/mine/plain.so", "good/astray.so");
    make_link(p, absolute, "good/far.so");
    make_link(p, absolute, "sticky/far.so");
    make_link(p, "../good/deep/plain.so", "sticky/near.so");
    make_link(p, "turn.so", "good/turn.so");
    make_link(p, "deep", "good/alias");
    free(absolute);
    opens(p, "good/near.so", "good/deep/plain.so");
    opens(p, "good/far.so", "good/deep/plain.so");
    opens(p, "good/alias/plain.so", "good/deep/plain.so");
    refuses(p, "good/astray.so", ERR_INVALID, "sticky ", "mode 1777");
    refuses(p, "sticky/far.so", ERR_INVALID, "sticky ", "mode 1777");
    refuses(p, "sticky/near.so", ERR_INVALID, "sticky ", "mode 1777");
    refuses(p, "good/turn.so", ERR_IO, "turn.so", "Too many levels");
}

/* Only where this runs as root can a file be given away. */
static void strangers(void **state)
{
    const struct place *p = *state;
    char *path = below(p, "good/theirs.so");
    make_file(p, "good/theirs.so", 0755);
    if (chown(path, 12345, 12345) != 0) {
        free(path);
        skip();
    }
    refuses(p, "good/theirs.so", ERR_INVALID, "belongs to user 12345", "only where root or you own it");
    free(path);
    make_directory(p, "theirs", 0755);
    make_file(p, "theirs/plain.so", 0755);
    path = below(p, "theirs");
    assert_int_equal(chown(path, 12345, 12345), 0);
    refuses(p, "theirs/plain.so", ERR_INVALID, "directory ", "belongs to user 12345");
    free(path);
}

static void vouched_for(void **state)
{
    const struct place *p = *state;
    char *list = mem_printf("relative:/nowhere:%s/sticky", p->dir);
    setenv("ICETOP_PLUGIN_TRUST", list, 1);
    opens(p, "sticky/mine/plain.so", "sticky/mine/plain.so");
    opens(p, "sticky/plain.so", "sticky/plain.so");
    setenv("ICETOP_PLUGIN_TRUST", p->dir, 1);
    free(list);
    refuses(p, "sticky/plain.so", ERR_INVALID, "directory ", "mode 1777");
}

static void relative_paths(void **state)
{
    const struct place *p = *state;
    struct error err = {0};
    char *got = NULL, *wanted = below(p, "good/deep/plain.so"), *in = below(p, "good");
    int fd = -1, before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(chdir(in), 0);
    assert_int_equal(plugin_trust_open("deep/plain.so", &fd, &got, &err), 0);
    assert_int_equal(fchdir(before), 0);
    assert_string_equal(got, wanted);
    close(fd);
    close(before);
    free(got);
    free(wanted);
    free(in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_files), cmocka_unit_test(others_could_write), cmocka_unit_test(links),
        cmocka_unit_test(strangers), cmocka_unit_test(vouched_for),        cmocka_unit_test(relative_paths),
    };
    return cmocka_run_group_tests_name("trust", tests, set_up, tear_down);
}
