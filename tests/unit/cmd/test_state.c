/* The state file: merged, replaced, set aside. The app is a text here, so the file is part of this one. */
#include "cmd/state.c"

#include "base/mem.h"
#include "base/path.h"
#include "base/str.h"
#include "ui/app.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* In place of the system's: how often somebody waited for the disk. */
static int syncs;

int fsync(int fd)
{
    (void)fd;
    syncs++;
    return 0;
}

struct app {
    const char *text;
    char *restored;
};

void app_state_save(struct app *a, struct str *out)
{
    str_add(out, a->text);
}

int app_state_restore(struct app *a, const char *text, struct error *err)
{
    if (strstr(text, "nonsense"))
        return error_set(err, ERR_INVALID, "nonsense");
    free(a->restored);
    a->restored = mem_strdup(text);
    return 0;
}

struct place {
    char *directory, *path;
};

static int setup(void **state)
{
    struct place *p = mem_new(struct place);
    char directory[] = "/tmp/icetop-state-XXXXXX";
    assert_non_null(mkdtemp(directory));
    p->directory = mem_strdup(directory);
    p->path = mem_printf("%s/icetop/state.json", directory);
    setenv("XDG_STATE_HOME", directory, 1);
    *state = p;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int teardown(void **state)
{
    struct place *p = *state;
    nftw(p->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(p->directory);
    free(p->path);
    free(p);
    return 0;
}

static void put(const char *path, const char *text)
{
    assert_int_equal(path_make_directories(path, NULL), 0);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* The file without blanks. */
static char *get(const char *path)
{
    struct str s = {0};
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    for (int c; (c = getc(f)) != EOF;)
        if (c != ' ' && c != '\n')
            str_char(&s, (char)c);
    fclose(f);
    return str_take(&s);
}

static void expect(const char *path, const char *text)
{
    char *is = get(path);
    assert_string_equal(is, text);
    free(is);
}

static size_t files(const struct place *p, const char *part)
{
    char *name = mem_printf("%s/icetop", p->directory);
    DIR *d = opendir(name);
    size_t n = 0;
    for (struct dirent *e; d && (e = readdir(d));)
        n += strstr(e->d_name, part) != NULL;
    if (d)
        closedir(d);
    free(name);
    return n;
}

static void changes_alone_are_written(void **state)
{
    struct place *p = *state;
    struct stat st;
    struct error err;
    struct app a = {.text = "{\"utc\":false,\"lists\":{\"x 0\":\"a\"}}"};
    struct cmd_state *s = cmd_state_new(&a, &err);
    assert_string_equal(err.text, "");
    assert_null(a.restored);
    assert_int_equal(cmd_state_write(s, 0, &err), 0);
    assert_int_equal(stat(p->path, &st), -1); /* nothing was changed */
    a.text = "{\"utc\":true,\"lists\":{\"x 0\":\"a\"}}";
    syncs = 0;
    assert_int_equal(cmd_state_write(s, 0, &err), 0);
    assert_int_equal(syncs, 0); /* with the loop waiting */
    expect(p->path, "{\"format\":1,\"utc\":true}");
    assert_int_equal(stat(p->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    a.text = "{\"utc\":false,\"lists\":{\"x 0\":\"a\"}}";
    assert_int_equal(cmd_state_write(s, 100, &err), 0);
    assert_int_equal(syncs, 1);
    a.text = "{\"utc\":true,\"lists\":{\"x 0\":\"a\"}}";
    assert_int_equal(cmd_state_write(s, 0, &err), 0);
    cmd_state_free(s);

    struct app b = {.text = a.text};
    s = cmd_state_new(&b, &err);
    assert_string_equal(b.restored, "{\"format\":1,\"utc\":true}");
    cmd_state_free(s);
    free(b.restored);
}

/* Two at once: what each of them changed is there in the end, whoever was last. */
static void two_at_once(void **state)
{
    struct place *p = *state;
    struct error err;
    struct app a = {.text = "{\"bookmarks\":{\"old\":1,\"both\":1},\"utc\":false}"}, b = {.text = a.text};
    put(p->path, "{\"format\":1,\"bookmarks\":{\"old\":1,\"both\":1},\"utc\":false,\"later\":[]}");
    struct cmd_state *first = cmd_state_new(&a, &err), *second = cmd_state_new(&b, &err);
    a.text = "{\"bookmarks\":{\"old\":1,\"both\":2,\"mine\":1},\"utc\":false}";
    b.text = "{\"bookmarks\":{\"both\":1,\"yours\":1},\"utc\":true}";
    assert_int_equal(cmd_state_write(first, 0, &err), 0);
    assert_int_equal(cmd_state_write(second, 0, &err), 0);
    expect(p->path, "{\"bookmarks\":{\"both\":2,\"mine\":1,\"yours\":1},\"format\":1,\"later\":[],\"utc\":true}");
    assert_int_equal(cmd_state_write(first, 0, &err), 0); /* nothing new: what the other one did stays */
    expect(p->path, "{\"bookmarks\":{\"both\":2,\"mine\":1,\"yours\":1},\"format\":1,\"later\":[],\"utc\":true}");

    int lock = path_lock_directory(p->path, 0, &err);
    assert_true(lock >= 0);
    a.text = "{}";
    assert_int_equal(cmd_state_write(first, 0, &err), ERR_UNAVAILABLE);
    close(lock);
    assert_int_equal(cmd_state_write(first, 0, &err), 0);
    expect(p->path, "{\"format\":1,\"later\":[]}");
    assert_int_equal(files(p, "state"), 1); /* no temporary one is left */
    cmd_state_free(first);
    cmd_state_free(second);
    free(a.restored);
    free(b.restored);
}

static void bad_ones_are_set_aside(void **state)
{
    struct place *p = *state;
    static const struct {
        const char *text, *word;
    } cases[] = {
        {"{\"format\":1", "is broken: line 1"},
        {"", "is broken"},
        {"[]", "no format"},
        {"{\"format\":\"1\"}", "no format"},
        {"{\"format\":1,\"nonsense\":1}", "is broken: nonsense"},
        {"{\"format\":2}", "newer icetop"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct app a = {.text = "{}"};
        struct error err;
        put(p->path, cases[i].text);
        struct cmd_state *s = cmd_state_new(&a, &err);
        assert_non_null(strstr(err.text, cases[i].word));
        const char *now = strstr(err.text, "; it is state.json.aside-");
        assert_non_null(now);
        assert_null(a.restored);
        assert_int_equal(access(p->path, F_OK), -1);
        char *aside = mem_printf("%s/icetop/%.*s", p->directory, (int)strcspn(now + 8, " "), now + 8);
        char *text = get(aside);
        assert_string_equal(text, cases[i].text);
        a.text = "{\"utc\":true}";
        assert_int_equal(cmd_state_write(s, 0, &err), 0);
        expect(p->path, "{\"format\":1,\"utc\":true}");
        cmd_state_free(s);
        unlink(aside);
        free(aside);
        free(text);
    }
}

/* What cannot be read is not touched either. */
static void no_file(void **state)
{
    struct place *p = *state;
    struct error err;
    struct app a = {.text = "{}"};
    put(p->path, "{\"format\":1}");
    struct cmd_state *s = cmd_state_new(&a, &err);
    put(p->path, "{\"format\":2}"); /* a newer one has begun meanwhile */
    a.text = "{\"utc\":true}";
    assert_int_equal(cmd_state_write(s, 0, &err), ERR_LIMIT);
    expect(p->path, "{\"format\":2}");
    cmd_state_free(s);
    free(a.restored);

    a.restored = NULL;
    unsetenv("XDG_STATE_HOME");
    char *home = mem_strdup(getenv("HOME") ? getenv("HOME") : "");
    unsetenv("HOME");
    s = cmd_state_new(&a, &err);
    assert_non_null(strstr(err.text, "no place for state.json"));
    a.text = "{}";
    assert_int_equal(cmd_state_write(s, 0, &err), 0);
    cmd_state_free(s);
    setenv("HOME", home, 1);
    free(home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_alone_are_written, setup, teardown),
        cmocka_unit_test_setup_teardown(two_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(bad_ones_are_set_aside, setup, teardown),
        cmocka_unit_test_setup_teardown(no_file, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
