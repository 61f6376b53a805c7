/* Files for tests, in a directory that is theirs alone and goes with them. */
#ifndef TESTS_UNIT_CONF_FILES_H
#define TESTS_UNIT_CONF_FILES_H

#include "tests/unit/unit.h"

#include "base/mem.h"
#include "conf/conf.h"

#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char files_dir[64];

static inline int files_setup(void **state)
{
    (void)state;
    snprintf(files_dir, sizeof files_dir, "/tmp/icetop-conf-XXXXXX");
    assert_non_null(mkdtemp(files_dir));
    /* Nothing of who runs the tests may be found. */
    setenv("HOME", files_dir, 1);
    setenv("XDG_CONFIG_HOME", files_dir, 1);
    return 0;
}

static inline int files_remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline int files_teardown(void **state)
{
    (void)state;
    return nftw(files_dir, files_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Writes bytes to a file of the directory; the path is for free. */
static inline char *files_write_bytes(const char *name, const void *bytes, size_t len)
{
    char *path = mem_printf("%s/%s", files_dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0600), 0);
    return path;
}

static inline char *files_write(const char *name, const char *text)
{
    return files_write_bytes(name, text, strlen(text));
}

/* text with every DIR replaced by the directory; for free. */
static inline char *files_expand(const char *text)
{
    char *out = mem_strdup("");
    for (const char *at; (at = strstr(text, "DIR")); text = at + 3) {
        char *next = mem_printf("%s%.*s%s", out, (int)(at - text), text, files_dir);
        free(out);
        out = next;
    }
    char *all = mem_printf("%s%s", out, text);
    free(out);
    return all;
}

/* Reads text as the file DIR/icetop.yaml. */
static inline int files_load(const char *text, struct conf_args args, struct conf **ret, struct error *err)
{
    char *path = files_write("icetop.yaml", text);
    args.config = path;
    int rc = conf_load(&args, ret, err);
    free(path);
    return rc;
}

/* The same of what is well. */
static inline struct conf *files_loaded(const char *text, struct conf_args args)
{
    struct conf *c = NULL;
    struct error err = {0};
    if (files_load(text, args, &c, &err))
        fail_msg("%s", err.text);
    return c;
}

/* Fails unless it is refused with just that text, in which DIR is the directory. */
static inline void files_error(const char *text, struct conf_args args, const char *expected)
{
    struct conf *c = NULL;
    struct error err = {0};
    assert_int_not_equal(files_load(text, args, &c, &err), 0);
    char *want = files_expand(expected);
    assert_string_equal(err.text, want);
    free(want);
}

#endif
