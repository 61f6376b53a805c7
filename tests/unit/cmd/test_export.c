/* Files that the console writes: whole, never over another without leave. */
#include "cmd/export.h"

#include "base/mem.h"
#include "table/format.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char dir[64];
    struct store *store;
    const struct row *rows[2];
    struct format_options format;
    size_t columns[2];
    struct app_rows all;
};

static const struct column columns[] = {
    {.name = "group", .type = COLUMN_TEXT, .flags = COLUMN_KEY, .help = "Its name."},
    {.name = "lag", .type = COLUMN_INT, .help = "Its lag."},
};
static const struct table_def def = {.name = "groups",
                                     .title = "groups",
                                     .help = "Groups.",
                                     .group = {.name = "base", .columns = columns, .ncolumns = 2}};

static int setup(void **state)
{
    struct place *p = mem_new(struct place);
    struct table *t;
    struct error err = {0};
    snprintf(p->dir, sizeof p->dir, "/tmp/icetop-export-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    p->store = store_new(&clock_system);
    if (store_add(p->store, &def, NULL, &t, &err))
        fail_msg("%s", err.text);
    static const char *const names[] = {"a,b", "=1+1"};
    for (int i = 0; i < 2; i++) {
        struct name *n = name_intern(store_names(p->store), names[i], strlen(names[i]));
        struct row *r = table_upsert(t, &(struct value){.s = n, .quality = QUALITY_EXACT}, 1);
        table_set_int(t, r, 1, 1000 + i, QUALITY_EXACT);
        p->rows[i] = r;
        name_unref(n);
    }
    store_commit(p->store);
    p->columns[0] = 1;
    p->all = (struct app_rows){
        .table = t, .rows = p->rows, .nrows = 2, .columns = p->columns, .ncolumns = 2, .format = &p->format};
    *state = p;
    return 0;
}

/* The number of names in the directory, which goes with them. */
static int clean(const char *dir)
{
    int n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));) {
        char *path = mem_printf("%s/%s", dir, e->d_name);
        n += *e->d_name != '.' && unlink(path) == 0;
        free(path);
    }
    if (d)
        closedir(d);
    rmdir(dir);
    return n;
}

static int teardown(void **state)
{
    struct place *p = *state;
    clean(p->dir);
    store_free(p->store);
    free(p);
    return 0;
}

static void expect_file(const char *path, const char *want)
{
    char got[256] = {0};
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    got[fread(got, 1, sizeof got - 1, f)] = '\0';
    fclose(f);
    assert_string_equal(got, want);
}

static void test_rows(void **state)
{
    struct place *p = *state;
    struct error err = {0};
    struct str out = {0};
    assert_int_equal(cmd_export_render(&p->all, "csv", &out, &err), 0);
    assert_string_equal(str_text(&out), "lag,group,_q\r\n1000,\"a,b\",\r\n1001,'=1+1,\r\n");
    str_clear(&out);
    assert_int_equal(cmd_export_render(&p->all, "nonsense", &out, &err), ERR_NOT_FOUND);
    str_done(&out);
}

static void test_nothing_is_overwritten(void **state)
{
    struct place *p = *state;
    struct error err = {0};
    char *path = mem_printf("%s/x.csv", p->dir), *link = mem_printf("%s/link.csv", p->dir);
    struct app_file file = {.path = path, .rows = &p->all, .format = "csv"};
    assert_int_equal(cmd_export_save(&file, &err), 0);
    expect_file(path, "lag,group,_q\r\n1000,\"a,b\",\r\n1001,'=1+1,\r\n");
    file = (struct app_file){.path = path, .text = "new", .len = 3};
    assert_int_equal(cmd_export_save(&file, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "is there already"));
    expect_file(path, "lag,group,_q\r\n1000,\"a,b\",\r\n1001,'=1+1,\r\n");
    file.replace = true;
    assert_int_equal(cmd_export_save(&file, &err), 0);
    expect_file(path, "new");
    assert_int_equal(symlink("nowhere", link), 0); /* a dangling one is something, too */
    file = (struct app_file){.path = link, .text = "new", .len = 3};
    assert_int_equal(cmd_export_save(&file, &err), ERR_INVALID);
    free(path);
    free(link);
    assert_int_equal(clean(p->dir), 2); /* no temporary file is left */
}

static void test_what_is_no_file(void **state)
{
    struct place *p = *state;
    struct error err = {0};
    char *fifo = mem_printf("%s/fifo", p->dir), *gone = mem_printf("%s/no/x.csv", p->dir);
    assert_int_equal(mkfifo(fifo, 0600), 0);
    struct app_file file = {.path = fifo, .replace = true, .text = "x", .len = 1};
    assert_int_equal(cmd_export_save(&file, &err), ERR_INVALID); /* and does not wait for a reader */
    file.path = p->dir;
    assert_int_equal(cmd_export_save(&file, &err), ERR_INVALID);
    file.path = gone;
    assert_int_equal(cmd_export_save(&file, &err), ERR_IO);
    file = (struct app_file){.path = fifo, .replace = true, .rows = &p->all, .format = "csv"};
    unlink(fifo);
    file.format = "nonsense";
    assert_int_equal(cmd_export_save(&file, &err), ERR_NOT_FOUND);
    free(fifo);
    free(gone);
    assert_int_equal(clean(p->dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_is_overwritten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_no_file, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
