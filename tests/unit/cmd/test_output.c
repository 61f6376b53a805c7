/* A snapshot's file is replaced only when it is whole. */
#include "tests/unit/unit.h"

#include "cmd/output.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];

static int setup(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/icetop-output-XXXXXX");
    return mkdtemp(directory) ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/out", directory);
    unlink(path);
    return rmdir(directory); /* fails if a temporary file was left */
}

static void read_all(const char *path, char *buf, size_t size)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    buf[fread(buf, 1, size - 1, f)] = '\0';
    fclose(f);
}

static void the_old_file_stays_until_commit(void **state)
{
    (void)state;
    char path[128], text[64];
    struct error err;
    struct cmd_output out;
    snprintf(path, sizeof path, "%s/out", directory);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(cmd_output_open(&out, path, &err), 0);
        assert_int_equal(cmd_output_write(&out, i ? "second" : "first", i ? 6 : 5, &err), 0);
        if (i) {
            read_all(path, text, sizeof text);
            assert_string_equal(text, "first");
        }
        assert_int_equal(cmd_output_commit(&out, &err), 0);
        cmd_output_done(&out);
    }
    read_all(path, text, sizeof text);
    assert_string_equal(text, "second");

    assert_int_equal(cmd_output_open(&out, path, &err), 0);
    assert_int_equal(cmd_output_write(&out, "half", 4, &err), 0);
    cmd_output_done(&out); /* given up */
    read_all(path, text, sizeof text);
    assert_string_equal(text, "second");
}

static void a_directory_that_is_not_there_is_an_error(void **state)
{
    (void)state;
    struct error err;
    struct cmd_output out;
    assert_int_equal(cmd_output_open(&out, "/nonexistent/x", &err), ERR_IO);
    assert_non_null(strstr(err.text, "/nonexistent/x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_old_file_stays_until_commit, setup, teardown),
        cmocka_unit_test(a_directory_that_is_not_there_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
