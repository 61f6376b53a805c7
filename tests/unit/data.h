/* Files of tests/data. */
#ifndef TESTS_UNIT_DATA_H
#define TESTS_UNIT_DATA_H

#include "tests/unit/unit.h"

#include "base/mem.h"
#include "base/str.h"

/* The path of the file of this name, for free. */
__attribute__((format(printf, 1, 2))) static inline char *data_path(const char *fmt, ...)
{
    const char *data = getenv("TEST_DATA");
    struct str path = {0};
    str_printf(&path, "%s/", data ? data : "tests/data");
    va_list ap;
    va_start(ap, fmt);
    str_vprintf(&path, fmt, ap);
    va_end(ap);
    return str_take(&path);
}

/* Its bytes; fails the test where it cannot be read. path is freed. */
static inline struct str data_load(char *path)
{
    struct str s = {0};
    char buf[65536];
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("cannot read %s", path);
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        str_bytes(&s, buf, n);
    assert_false(ferror(f));
    fclose(f);
    free(path);
    return s;
}

/* The same as a text, for free. */
static inline char *data_text(char *path)
{
    struct str s = data_load(path);
    return str_take(&s);
}

/* That got is what the file says; TEST_UPDATE=1 writes it anew. path is freed. */
static inline void data_golden(char *path, const char *got, size_t len)
{
    if (getenv("TEST_UPDATE")) {
        FILE *f = fopen(path, "wb");
        assert_non_null(f);
        assert_int_equal(fwrite(got, 1, len, f), len);
        assert_int_equal(fclose(f), 0);
    }
    struct str want = data_load(mem_strdup(path));
    if (want.len != len || memcmp(str_text(&want), got, len) != 0) {
        print_message("%.*s", (int)len, got);
        fail_msg("that is not what %s says", path);
    }
    str_done(&want);
    free(path);
}

#endif
